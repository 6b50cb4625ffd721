"""Room for requests: many that wait for an answer, few that hold a large one.

Hosts that take a request and never answer, or answer a byte at a time, would otherwise fill every
place, and all other hosts would wait for them. A request that has lasted for `PATIENCE_SECONDS`
leaves its place and goes on in a lane of its own; when that lane is full, the one that has waited
longest is given up, if that is for long beside what other answers took of late. What a request may
hold there is little: it needs one of the few large places before it reads more than `LITTLE` bytes.
"""

from __future__ import annotations

import asyncio
import resource
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from statistics import median

PATIENCE_SECONDS = 0.1  # a request has its place for so long, unless it is answered before
# A request is not given up before it has waited so many times as long as the middle one of the last
# answers took, within bounds. Where all of six hundred hosts answer late, it is the line to them
# that is slow, and new requests keep their places meanwhile.
GRACE_TIMES = 4
GRACE_SECONDS = 0.5, 4.0
ANSWERS = 64  # that tell how long answers take; before there are any, the longer grace holds
LATE_SECONDS = 0.1  # by which our own loop may be behind before it is we who are slow, not they
SLOW = 1_536  # requests that lasted longer, at most; TLS holds up to 100 KB for each
LITTLE = 65_536  # bytes of an answer that count for nothing
OTHER_FILES = 384  # that the process holds open: idle connections, the store, the archive, workers
LARGE = 64  # answers with more bytes that are held at a time, until what asked for them has ended


class Crowded(Exception):
    """The request was given up, since too many others were waiting as it was."""


class Lanes:
    """`places` requests at a time, and at most `SLOW` that have lasted longer than others do."""

    def __init__(self, places: int, *, slow: int = SLOW, large: int = LARGE) -> None:
        self._places = asyncio.Semaphore(places)
        self._large_places = asyncio.Semaphore(large)
        self._most_slow = slow
        self._here: set[asyncio.Task[object]] = set()  # that have a place, slow or not, or want one
        self._large: set[asyncio.Task[object]] = set()
        # Longest waiting first, each with when its request began.
        self._slow: dict[asyncio.Task[object], tuple[asyncio.Timeout, float]] = {}
        self._took: deque[float] = deque(maxlen=ANSWERS)  # seconds
        self.on_waiting: Callable[[], None] = lambda: None
        """Called when there is one light request more."""

    @property
    def light(self) -> int:
        """How many requests have no answer yet, or but the first bytes: they hold next to nothing.

        The requests that wait for a place are among them.
        """
        return len(self._here - self._large)

    @property
    def large(self) -> int:
        """How many tasks hold an answer of more than `LITTLE` bytes, or still read it."""
        return len(self._large)

    async def grow(self) -> float:
        """Wait until the current task may hold more than `LITTLE` bytes; it may until it ends.

        Gives the seconds it waited: they are not the host's.
        """
        task = _this_task()
        if task in self._large:
            return 0.0
        began = asyncio.get_running_loop().time()
        await self._large_places.acquire()
        self._large.add(task)
        task.add_done_callback(self._shrunk)
        return asyncio.get_running_loop().time() - began

    def _shrunk(self, task: asyncio.Task[object]) -> None:
        self._large.discard(task)
        self._large_places.release()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for the request of the current task. Raises Crowded when it is given up."""
        task = _this_task()
        self._here.add(task)
        self.on_waiting()
        try:
            await self._places.acquire()
        except BaseException:
            self._here.discard(task)
            raise
        held = True
        loop = asyncio.get_running_loop()
        began = loop.time()
        leaving: asyncio.TimerHandle

        def leave() -> None:
            nonlocal held, leaving
            now = loop.time()
            late = now - leaving.when() > LATE_SECONDS
            wait = PATIENCE_SECONDS if late else self._until_room(now)
            if wait > 0:
                leaving = loop.call_later(wait, leave)
                return
            held = False
            self._places.release()
            self._slow[task] = ours, began

        leaving = loop.call_later(PATIENCE_SECONDS, leave)
        try:
            async with asyncio.timeout(None) as ours:
                yield
            self._took.append(loop.time() - began)
        except TimeoutError as error:
            if ours.expired():
                raise Crowded from error
            raise
        finally:
            leaving.cancel()
            self._slow.pop(task, None)
            self._here.discard(task)
            if held:
                self._places.release()

    def _until_room(self, now: float) -> float:
        """Seconds until one more may be slow; the longest waiting may be given up for it."""
        if len(self._slow) < self._most_slow:
            return 0.0
        longest, (time, since) = next(iter(self._slow.items()))
        left = since + self._grace() - now
        if left > 0:
            return min(left, PATIENCE_SECONDS)
        del self._slow[longest]
        time.reschedule(0)  # a time that has passed: it ends now
        return 0.0

    def _grace(self) -> float:
        shortest, longest = GRACE_SECONDS
        if not self._took:
            return longest
        return min(max(GRACE_TIMES * median(self._took), shortest), longest)


def slow_room(places: int) -> int:
    """How many connections beside `places` this process may hold open, at most `SLOW`.

    Asks for as many files as they need: many systems allow 1,024 until a process asks for more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = places + SLOW + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return SLOW
    return max(1, min(SLOW, soft - places - OTHER_FILES))


def _this_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None, "a request runs in a task"
    return task
