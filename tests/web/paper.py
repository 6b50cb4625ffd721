"""A newspaper served on loopback by a real server, over a store filled by `seed`."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import uvicorn
from lxml import html

from tests.web import seed
from wirecopy.store.db import open_store
from wirecopy.web.app import create_app
from wirecopy.web.reads import Reads
from wirecopy.web.site import Site

READER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SITE = Site(name="The Test Sheet", timezone="Europe/Berlin", contact="desk@sheet.example")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes

    @property
    def page(self) -> html.HtmlElement:
        return html.document_fromstring(self.body.decode())

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def xml(self) -> ET.Element:
        return ET.fromstring(self.body)

    def words(self, path: str) -> list[str]:
        """The text of each element at an XPath, its parts told apart, white space folded."""
        found = (" ".join(" ".join(one.itertext()).split()) for one in self.page.xpath(path))
        return [words.replace(" ,", ",").replace(" :", ":") for words in found]


@dataclass(frozen=True)
class Paper:
    """A running newspaper."""

    port: int
    folder: Path
    url: str  # of the store

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """One request; redirects are not followed. Header names with _ for -."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            asked = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, headers={"User-Agent": READER, **asked})
            answer = line.getresponse()
            return Answer(
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                answer.read(),
            )
        finally:
            line.close()


@contextlib.contextmanager
def serving(
    folder: Path, site: Site = SITE, *, url: str = "", empty: bool = False
) -> Iterator[Paper]:
    """Fill a store in `folder`, or at `url`, with the seed (or nothing), and serve it."""
    url = url or f"sqlite:///{folder / 'wirecopy.db'}"
    images = folder / "images"
    with open_store(url) as store, store.begin() as c:
        if not empty:
            seed.fill(c, images)
    with contextlib.closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        with (
            open_store(url, read_only=True) as store,
            contextlib.closing(Reads(folder / "reads.sqlite")) as reads,
        ):
            app = create_app(store, site=site, reads=reads, images=images)
            server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                _wait(server)
                yield Paper(port=port, folder=folder, url=url)
            finally:
                server.should_exit = True
                thread.join(20)


def _wait(server: uvicorn.Server) -> None:
    for _ in range(400):
        if server.started:
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start in 20 s")
