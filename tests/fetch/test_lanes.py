"""Requests that last give their place away, and the longest of too many is given up."""

from __future__ import annotations

import asyncio

import pytest

from tests.conformance.server import Server, page, silent
from tests.fetch.fetching import AGENT
from wirecopy import fetch_lanes
from wirecopy.clock import SystemClock
from wirecopy.dial import ReplayDialer
from wirecopy.errors import Unreachable
from wirecopy.fetch import Fetcher, Manners
from wirecopy.fetch_lanes import Crowded, Lanes
from wirecopy.model import Purpose


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_lanes, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(fetch_lanes, "LATE_SECONDS", 60)  # a busy machine is not our subject


async def test_h25_a_request_that_lasts_gives_its_place_away() -> None:
    lanes = Lanes(1)
    released = asyncio.Event()

    async def lasts() -> str:
        async with lanes.place():
            await released.wait()
        return "answered"

    lasting = asyncio.create_task(lasts())
    await asyncio.sleep(0)
    async with asyncio.timeout(10), lanes.place():
        assert lanes.silent == 1
    released.set()
    assert await lasting == "answered"
    assert lanes.silent == 0


async def test_h25_of_too_many_the_one_that_waited_longest_is_given_up() -> None:
    lanes = Lanes(1, slow=2)
    given_up: list[int] = []

    async def lasts(number: int) -> None:
        try:
            async with lanes.place():
                await asyncio.sleep(3600)
        except Crowded:
            given_up.append(number)

    tasks = [asyncio.create_task(lasts(number)) for number in range(4)]
    async with asyncio.timeout(10):
        await asyncio.wait({tasks[0]})
        await asyncio.wait({tasks[1]})

    assert given_up == [0, 1]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(10), lanes.place():
        pass  # every place is free again


async def test_h25_an_answer_that_has_begun_is_not_silent() -> None:
    lanes = Lanes(1)

    async def answers() -> None:
        async with lanes.place():
            lanes.begun()
            await asyncio.sleep(3600)

    task = asyncio.create_task(answers())
    await asyncio.sleep(0)
    async with asyncio.timeout(10), lanes.place():
        assert lanes.silent == 0
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_h25_sixty_stuck_hosts_leave_the_one_place_there_is() -> None:
    async with (
        Server({"/stuck": silent(), "/": page(b"well")}) as server,
        Fetcher(
            dialer=ReplayDialer(server.port),
            clock=SystemClock(),
            manners=Manners(user_agent=AGENT, delay_seconds=0, connections=1),
        ) as fetch,
    ):
        stuck = [
            asyncio.create_task(fetch.get(f"http://s{n}.example/stuck", Purpose.PAGE))
            for n in range(60)
        ]
        async with asyncio.timeout(30):
            response = await fetch.get("http://good.example/", Purpose.PAGE)
        for task in stuck:
            task.cancel()
        ended = await asyncio.gather(*stuck, return_exceptions=True)

    assert response.body == b"well"
    assert not any(isinstance(each, Unreachable) for each in ended)
