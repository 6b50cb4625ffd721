"""Requests that last give their place away, and the longest of too many is given up."""

from __future__ import annotations

import asyncio
import subprocess
import sys

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
    monkeypatch.setattr(fetch_lanes, "GRACE_SECONDS", (0.0, 0.0))
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
        assert lanes.light == 2
    released.set()
    assert await lasting == "answered"
    assert lanes.light == 0


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


async def test_h25_none_is_given_up_where_all_hosts_are_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetch_lanes, "GRACE_SECONDS", (0.0, 3600))
    monkeypatch.setattr(fetch_lanes, "GRACE_TIMES", 100)
    lanes = Lanes(2, slow=1)
    answered: list[int] = []

    async def is_late(number: int) -> None:
        async with lanes.place():
            await asyncio.sleep(0.3)
        answered.append(number)

    async with asyncio.timeout(10):
        await asyncio.gather(*(is_late(number) for number in range(8)))
    assert sorted(answered) == list(range(8))


@pytest.mark.parametrize(("answers_take", "is_given_up"), [(0.0, True), (0.2, False)])
async def test_h25_a_request_is_given_up_once_others_were_answered_much_sooner(
    monkeypatch: pytest.MonkeyPatch, answers_take: float, is_given_up: bool
) -> None:
    monkeypatch.setattr(fetch_lanes, "GRACE_SECONDS", (0.1, 3600))
    monkeypatch.setattr(fetch_lanes, "GRACE_TIMES", 1_000)  # 0.0 s and a bit: less than .5 s
    lanes = Lanes(2, slow=1)
    given_up: list[int] = []

    async def is_answered() -> None:
        async with lanes.place():
            await asyncio.sleep(answers_take)

    async def lasts(number: int) -> None:
        try:
            async with lanes.place():
                await asyncio.sleep(3600)
        except Crowded:
            given_up.append(number)

    await asyncio.gather(*(is_answered() for _ in range(8)))
    tasks = [asyncio.create_task(lasts(number)) for number in range(2)]
    async with asyncio.timeout(20):
        if is_given_up:
            await asyncio.wait({tasks[0]})
        else:
            await asyncio.sleep(1)
    assert given_up == [0] * is_given_up
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_h25_before_any_answer_the_longer_grace_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetch_lanes, "GRACE_SECONDS", (0.0, 3600))
    lanes = Lanes(2, slow=1)

    async def lasts() -> None:
        async with lanes.place():
            await asyncio.sleep(3600)

    tasks = [asyncio.create_task(lasts()) for _ in range(2)]
    done, _ = await asyncio.wait(tasks, timeout=0.5)
    assert done == set()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_h25_only_a_large_answer_counts_and_few_are_read_at_a_time() -> None:
    lanes = Lanes(3, large=1)
    let_go = asyncio.Event()
    grown: list[int] = []

    async def grows(number: int) -> None:
        async with lanes.place():
            await lanes.grow()
            await lanes.grow()  # it has its room already
            grown.append(number)
            await let_go.wait()

    async def drips() -> None:
        async with lanes.place():
            await asyncio.sleep(3600)

    tasks = [asyncio.create_task(each) for each in (grows(1), grows(2), drips())]
    for _ in range(5):
        await asyncio.sleep(0)
    assert grown == [1]
    assert lanes.light == 2  # one that drips, and one that waits before it reads more
    assert lanes.large == 1
    let_go.set()
    async with asyncio.timeout(10):
        await asyncio.wait(tasks[:2])
    assert grown == [1, 2]
    assert lanes.large == 0
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert lanes.light == 0


async def test_h25_what_is_held_after_the_request_counts_until_its_task_ends() -> None:
    lanes = Lanes(1, large=1)
    let_go = asyncio.Event()

    async def holds() -> None:
        async with lanes.place():
            assert await lanes.grow() < 1
        await let_go.wait()  # for the recorder, say

    task = asyncio.create_task(holds())
    await asyncio.sleep(0)
    async with asyncio.timeout(10), lanes.place():
        waiting = asyncio.create_task(lanes.grow())
        await asyncio.sleep(0.02)
        assert lanes.large == 1
        assert not waiting.done()
        let_go.set()
        assert await waiting >= 0.01
    await task


async def test_h25_more_is_started_while_all_wait() -> None:
    lanes = Lanes(1)
    called: list[int] = []
    lanes.on_waiting = lambda: called.append(lanes.light)

    async def waits() -> None:
        async with lanes.place():
            await asyncio.sleep(3600)

    tasks = [asyncio.create_task(waits()) for _ in range(2)]
    await asyncio.sleep(0)
    assert called == [1, 2]  # the second waits for the first one's place
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


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


@pytest.mark.parametrize(("files", "room"), [(8_192, 1_536), (1_000, 360)])
def test_h25_as_many_may_wait_as_files_may_be_open(files: int, room: int) -> None:
    """1,000 files: 256 are places, 384 are left for the rest."""
    code = (
        "import resource; from wirecopy.fetch_lanes import slow_room;"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, (500, {files})); print(slow_room(256))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(told.stdout) == room
