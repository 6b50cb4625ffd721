"""What the archive still knows of a site from before a restart, so that it is not asked again."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Connection

from wirecopy.archive import read_body
from wirecopy.fetch import Remembered
from wirecopy.model import Capture, Purpose
from wirecopy.store import captures
from wirecopy.store.db import Store, translated

VIEW_SECONDS = 1.0  # a view of the store serves for so long: to open one takes as long as six looks


class Memory:
    """Looks a site's earlier answers up; belongs to one event loop.

    What was recorded within the last second may be missing, but that is remembered elsewhere.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._view = ExitStack()
        self._reader: Connection | None = None

    async def recall(self, url: str, purpose: Purpose) -> Remembered | None:
        """The latest archived answer for a site's robots.txt or tdmrep.json, or None.

        A miss or a 5xx says nothing, and bytes that were pruned are not there any more.
        """
        found = self._latest(url, purpose)
        if found is None:
            return None
        body = b""
        if found.status == 200 and purpose is Purpose.ROBOTS:
            body = await asyncio.to_thread(read_body, self._folder, found.record)
        return Remembered(found.at, found.status, body)

    def close(self) -> None:
        """Let the view go."""
        self._reader = None
        self._view.close()

    def _latest(self, url: str, purpose: Purpose) -> Capture | None:
        if self._reader is None:
            self._reader = self._view.enter_context(self._store.connect())
            asyncio.get_running_loop().call_later(VIEW_SECONDS, self.close)
        try:
            with translated(self._store.engine):
                return captures.latest_answer(self._reader, url, purpose)
        except BaseException:
            self.close()
            raise
