"""What waits to be recorded, and what need not wait for a place in line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from tests.path import press
from wirecopy.archive import Archive
from wirecopy.engine import Failure
from wirecopy.model import Miss, Purpose, Response
from wirecopy.newsroom import open_newsroom
from wirecopy.recorder import IN_LINE, Recorder
from wirecopy.store import sources
from wirecopy.store.db import open_store

T = TypeVar("T")
R = TypeVar("R")

AT = datetime(2026, 1, 5, tzinfo=UTC)
RSL = b"License: https://a.example/licence.xml\nUser-agent: *\nAllow: /\n"


class Behind:
    """Workers that have more to read than they will ever do."""

    capacity = 1

    async def run(self, function: Callable[[T], R], item: T) -> R | Failure:
        return await asyncio.Future()

    async def close(self) -> None:
        pass


def answer(purpose: Purpose, number: int, body: bytes) -> Response:
    url = f"http://h{number}.example/{purpose.value}"
    return Response(
        url=url, final_url=url, purpose=purpose, status=200, headers=(), body=body, at=AT
    )


@asynccontextmanager
async def recorder(folder: Path) -> AsyncIterator[Recorder]:
    settings = press.settings(folder)
    settings.archive_folder.mkdir(parents=True, exist_ok=True)
    with open_store(settings.database_url) as store:
        with store.begin() as c:
            sources.put_publishers(c, settings.publishers, AT)
            room = open_newsroom(settings, c)
        with Archive(settings.archive_folder, software="a test") as keeper:
            made = Recorder(
                store=store,
                folder=settings.archive_folder,
                keeper=keeper,
                engine=Behind(),
                room=room,
            )
            running = asyncio.create_task(made.run())
            yield made
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_hosts_that_are_given_up_hold_up_no_feed(tmp_path: Path) -> None:
    async with recorder(tmp_path) as made, asyncio.timeout(20):
        await made.put(answer(Purpose.FEED, 0, b"<rss/>"))  # all that follows waits behind it
        for number in range(2 * IN_LINE):
            url = f"http://h{number}.example/"
            await made.put(
                Miss(url=url, purpose=Purpose.FEED, at=AT, reason="Unreachable", detail="late")
            )
            await made.put(answer(Purpose.ROBOTS, number, RSL))
        assert not made.full
        for number in range(1, IN_LINE):
            await made.put(answer(Purpose.FEED, number, b"<rss/>"))
        assert made.full


async def test_a_robots_txt_is_recorded_though_all_workers_are_behind(tmp_path: Path) -> None:
    async with recorder(tmp_path) as made, asyncio.timeout(20):
        await made.put(answer(Purpose.ROBOTS, 1, RSL))
        await made.settle()
        assert made.tally.recorded == 1
