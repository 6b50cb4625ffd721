"""One bad item never stops the others, whatever it does to its worker."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import psutil
import pytest

from wirecopy.engine import Failure
from wirecopy.engine.local import LocalEngine
from wirecopy.errors import NoArticle


def act(what: str) -> str:
    """What the tests have done in a worker."""
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "hang":
        time.sleep(60)
    if what == "deep":
        return act(what)
    if what == "refuse":
        raise NoArticle("There is nothing here.", url="http://a.example/")
    if what == "defect":
        raise LookupError("ours")
    return what.upper()


@pytest.fixture
async def engine() -> AsyncIterator[LocalEngine]:
    engine = LocalEngine(workers=2, seconds=3.0)
    yield engine
    await engine.close()


async def test_an_item_that_kills_its_worker_costs_only_itself(engine: LocalEngine) -> None:
    items = ["a", "b", "die", "c", "d", "e"]

    results = await asyncio.gather(*(engine.run(act, item) for item in items))

    assert [r for r in results if isinstance(r, str)] == ["A", "B", "C", "D", "E"]
    assert results[2] == Failure(reason="crashed", detail="the worker that read it died twice")


async def test_an_item_that_hangs_is_given_up(engine: LocalEngine) -> None:
    results = await asyncio.gather(*(engine.run(act, item) for item in ["a", "hang", "b"]))

    assert results == ["A", Failure(reason="timed-out", detail="no result in 3 s"), "B"]


async def test_a_sources_fault_is_a_failure_with_its_name(engine: LocalEngine) -> None:
    assert await engine.run(act, "refuse") == Failure(
        reason="NoArticle", detail="There is nothing here."
    )


async def test_endless_recursion_is_a_failure(engine: LocalEngine) -> None:
    assert await engine.run(act, "deep") == Failure(reason="crashed", detail="RecursionError")


async def test_a_defect_of_ours_is_raised(engine: LocalEngine) -> None:
    with pytest.raises(LookupError, match="ours"):
        await engine.run(act, "defect")


PARENT = """
import asyncio, os, sys
from tests.engine.test_local import act
from wirecopy.engine.local import LocalEngine

async def main():
    engine = LocalEngine(workers=1)
    print(await engine.run(os.getenv, "HOME") is not None, flush=True)
    print(await engine.run(eval, "__import__('os').getpid()"), flush=True)
    await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_workers_end_when_their_parent_is_killed(tmp_path: object) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    worker = int(parent.stdout.readline())
    os.kill(worker, 0)

    parent.kill()
    parent.wait()
    parent.stdout.close()

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _alive(worker):
        time.sleep(0.05)
    assert not _alive(worker)


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_items_outlive_the_server_that_workers_are_forked_from(engine: LocalEngine) -> None:
    """The machine, out of memory, may choose to kill that one."""
    await engine.run(act, "a")
    [server] = [
        child
        for child in psutil.Process().children()
        if "multiprocessing.forkserver" in " ".join(child.cmdline())
    ]
    items = asyncio.gather(*(engine.run(act, f"item {number}") for number in range(40)))
    await asyncio.sleep(0)

    server.kill()

    assert await items == [f"ITEM {number}" for number in range(40)]
    assert await engine.run(act, "b") == "B"
