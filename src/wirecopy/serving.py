"""Serves the newspaper: the store opened read-only, reads counted in a file of their own."""

from __future__ import annotations

import time

import uvicorn

from wirecopy.config import Settings
from wirecopy.errors import StoreError
from wirecopy.store.db import Store, open_store
from wirecopy.store.knocks import Knocks
from wirecopy.web.app import create_app
from wirecopy.web.reads import Reads
from wirecopy.web.site import Site

WAIT_SECONDS = 20.0  # for a gatherer that starts beside us and is making the tables


def serve(settings: Settings) -> None:
    """Answer readers until the process is told to end (SIGINT or SIGTERM).

    Raises StoreError when there is no database to read.
    """
    site = Site(
        name=settings.site.name,
        public=settings.site.public,
        timezone=settings.site.timezone,
        languages=settings.site.languages,
        contact=settings.site.contact,
        base_url=settings.site.base_url,
        internal=settings.gather.allow_internal if settings.private else (),
    )
    reads = Reads(settings.storage.folder / "reads.db")
    images = settings.storage.folder / "images"
    knocks = Knocks(settings.storage.folder / "knocks.db")
    with _opened(settings.database_url) as store:
        try:
            app = create_app(store, site=site, reads=reads, images=images, knocks=knocks)
            uvicorn.run(
                app,
                host=settings.site.host,
                port=settings.site.port,
                log_level="warning",
                access_log=False,  # who reads what is nobody's business
                server_header=False,
                proxy_headers=False,
            )
        finally:
            knocks.close()
            reads.close()


def _opened(url: str) -> Store:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return open_store(url, read_only=True)
        except StoreError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.2)
