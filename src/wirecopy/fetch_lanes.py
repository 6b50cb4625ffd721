"""Room for requests: a few at a time, and those that last give their room to others.

Hosts that take a request and never answer would otherwise fill every place, and all other hosts
would wait for them. A request that has lasted a second leaves its place and goes on in a lane of
its own; when that lane is full, the one that has waited longest is given up. So a place is free
again after a second at the most, however many hosts are stuck.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 1.0  # a request has its place for so long; nine in ten are answered by then
LATE_SECONDS = 0.1  # by which our own loop may be behind before it is we who are slow, not they
SLOW = 512  # requests that lasted longer, at most; their TLS holds up to 256 KB each


class Crowded(Exception):
    """The request was given up, since too many others were waiting as it was."""


class Lanes:
    """`places` requests at a time, and at most `SLOW` that have lasted longer than a second."""

    def __init__(self, places: int, *, slow: int = SLOW) -> None:
        self._places = asyncio.Semaphore(places)
        self._most_slow = slow
        self._begun: set[asyncio.Task[object]] = set()
        self._slow: dict[asyncio.Task[object], asyncio.Timeout] = {}  # longest waiting first

    @property
    def silent(self) -> int:
        """How many requests in the slow lane have no word of an answer yet: they hold nothing."""
        return len(self._slow) - len(self._begun & self._slow.keys())

    def begun(self) -> None:
        """The answer to the current task's request has begun."""
        task = asyncio.current_task()
        assert task is not None, "a request runs in a task"
        self._begun.add(task)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for the request of the current task. Raises Crowded when it is given up."""
        await self._places.acquire()
        task = asyncio.current_task()
        assert task is not None, "a request runs in a task"
        held = True
        loop = asyncio.get_running_loop()
        leaving: asyncio.TimerHandle

        def leave() -> None:
            nonlocal held, leaving
            if loop.time() - leaving.when() > LATE_SECONDS:
                leaving = loop.call_later(PATIENCE_SECONDS, leave)
                return
            held = False
            self._places.release()
            if len(self._slow) >= self._most_slow:
                longest = next(iter(self._slow))
                self._slow.pop(longest).reschedule(0)  # a time that has passed: it ends now
            self._slow[task] = ours

        leaving = loop.call_later(PATIENCE_SECONDS, leave)
        try:
            async with asyncio.timeout(None) as ours:
                yield
        except TimeoutError as error:
            if ours.expired():
                raise Crowded from error
            raise
        finally:
            leaving.cancel()
            self._slow.pop(task, None)
            self._begun.discard(task)
            if held:
                self._places.release()
