"""What the archive still knows of a site from before a restart, so that it is not asked again."""

from __future__ import annotations

import asyncio
from pathlib import Path

from wirecopy.archive import read_body
from wirecopy.fetch import Remembered
from wirecopy.model import Purpose
from wirecopy.store import captures
from wirecopy.store.db import Store


async def recall(store: Store, folder: Path, url: str, purpose: Purpose) -> Remembered | None:
    """The latest archived answer for a site's robots.txt or tdmrep.json; None where none serves.

    A miss or a 5xx says nothing, and bytes that were pruned are not there any more.
    """
    with store.connect() as c:
        found = captures.latest_answer(c, url, purpose)
    if found is None:
        return None
    body = b""
    if found.status == 200 and purpose is Purpose.ROBOTS:
        body = await asyncio.to_thread(read_body, folder, found.record)
    return Remembered(found.at, found.status, body)
