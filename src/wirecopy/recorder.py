"""Puts what was got into the archive, has it read, and records it in archive order.

The archive's order is the one order of everything: results of racing workers wait for their turn,
so the rows are the same however the workers raced, and the same on replay. A batch is one
transaction, made durable after the archive's bytes are (`fdatasync`, then commit).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from wirecopy.engine import Engine, Failure
from wirecopy.model import Capture, Miss, Purpose, Response
from wirecopy.newsroom import Newsroom
from wirecopy.pipeline import Job, Outcome, read, read_robots, record
from wirecopy.publishing import finish
from wirecopy.recording import Recorded, Result
from wirecopy.recording_stories import regroup_before, regroup_now
from wirecopy.store import captures
from wirecopy.store.db import Store

T = TypeVar("T")

BATCH_ITEMS = 100  # one commit an article: 61/s; one a hundred: 8,294/s (PostgreSQL, 2 cores)
BATCH_SECONDS = 0.25
IN_LINE = 64  # captures between the archive and the store: the bound on memory
# Of those whose reading gives next to nothing: 3 KB each. A thousand hosts met at once, or given
# up, would hold up all that are answered if each of theirs took one of the 64.
LITTLE_IN_LINE = 1_024
_LITTLE = frozenset({Purpose.ROBOTS, Purpose.TERMS, Purpose.LICENCE})

Place = tuple[str, int]
"""A file of the archive and an offset in it."""

Then = Callable[[Connection, Result, Recorded | None], None]
"""More to write in the same transaction, when the turn has come; may not be called, on a crash."""

After = Callable[[], None]
"""What to do, back in the event loop, once the turn stands in the store."""


class Keeper(Protocol):
    """The archive, as far as the recorder needs it."""

    def keep(self, item: Response | Miss) -> Capture | Miss: ...

    def end(self) -> Place: ...

    def sync(self) -> None: ...


@dataclass(slots=True)
class _Turn:
    item: Capture | Miss | None
    end: Place | None
    room: asyncio.Semaphore | None = None  # of which it takes one place until it is recorded
    then: Then | None = None
    after: After | None = None
    result: Result = None
    ready: bool = False


@dataclass(slots=True)
class Tally:
    """What one run did: for the summary and the benchmark."""

    recorded: int = 0
    batches: int = 0
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    def spend(self, step: str, seconds: float) -> None:
        self.cpu_seconds[step] = self.cpu_seconds.get(step, 0.0) + seconds


class Recorder:
    """The one writer of the store. `run` is its task; it ends when `close` is called.

    An error of the archive or the store ends `run` with that error; `put` then raises it too.
    """

    def __init__(
        self,
        *,
        store: Store,
        folder: Path,
        keeper: Keeper | None,
        engine: Engine,
        room: Newsroom,
    ) -> None:
        self._store = store
        self._folder = folder
        self._keeper = keeper
        self._engine = engine
        self._room = room
        self.on_recorded: Callable[[Recorded], None] = lambda recorded: None
        self._line: deque[_Turn] = deque()
        self._space = asyncio.Semaphore(IN_LINE)
        self._little_space = asyncio.Semaphore(LITTLE_IN_LINE)
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._closing = False
        self._defect: BaseException | None = None
        self._readers: set[asyncio.Task[None]] = set()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recorder")
        self.tally = Tally()

    async def put(
        self, item: Response | Miss, then: Then | None = None, after: After | None = None
    ) -> None:
        """Archive it and put it in line. Waits while the line is full."""
        assert self._keeper is not None, "a recorder without an archive only takes over"
        room = await self._room_for(item)
        began = time.thread_time()
        kept = self._keeper.keep(item)
        end = self._keeper.end()
        self.tally.spend("archive", time.thread_time() - began)
        turn = _Turn(item=kept, end=end, room=room, then=then, after=after)
        if item.purpose is Purpose.ROBOTS and isinstance(item, Response) and item.status == 200:
            # Its rules were read in this process, too; to send it to a worker takes ten times it.
            turn.result = read_robots(item.body)
        self._enqueue(turn)

    async def take_over(self, kept: Capture | Miss, end: Place | None) -> None:
        """Put in line what already stands in the archive: after a crash, and on replay.

        Without an `end` it was recorded before, and is to be decided again.
        """
        self._enqueue(_Turn(item=kept, end=end, room=await self._room_for(kept)))

    def write(self, then: Then, after: After | None = None) -> None:
        """Have something small written, in this place of the line: a 304, a new time to ask."""
        self._append(_Turn(item=None, end=None, then=then, after=after, ready=True))

    async def between_batches(self, work: Callable[[], T]) -> T:
        """Run something on the writer's own thread: no batch is written meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    @property
    def full(self) -> bool:
        """Whether what is handed on has to wait: reading and recording are behind."""
        return self._space.locked() or self._little_space.locked()

    async def settle(self) -> None:
        """Wait until everything in line is recorded."""
        await self._settled.wait()

    async def close(self) -> None:
        """Record what is in line, then end `run`."""
        self._closing = True
        self._wake.set()

    async def run(self) -> None:
        try:
            while not (self._closing and not self._line):
                await self._wake.wait()
                batch = await self._gather_batch()
                if batch:
                    done = await asyncio.get_running_loop().run_in_executor(
                        self._writer, self._commit, batch, not self._line
                    )
                    for turn, recorded in zip(batch, done, strict=True):
                        if turn.after is not None:
                            turn.after()
                        if turn.room is not None:
                            turn.room.release()
                        if recorded is not None:
                            self.on_recorded(recorded)
                if not self._line:
                    self._settled.set()
        finally:
            self._settled.set()
            for reader in self._readers:
                reader.cancel()
            self._writer.shutdown(wait=True)

    async def _room_for(self, item: Response | Capture | Miss) -> asyncio.Semaphore:
        """Wait for a place in line, and take it."""
        little = isinstance(item, Miss) or item.purpose in _LITTLE
        room = self._little_space if little else self._space
        await room.acquire()
        return room

    def _enqueue(self, turn: _Turn) -> None:
        item = turn.item
        if isinstance(item, Capture) and item.status == 200 and turn.result is None:
            reader = asyncio.create_task(self._read(turn, item))
            self._readers.add(reader)
            reader.add_done_callback(self._after_reading)
        else:
            turn.ready = True
        self._append(turn)

    def _after_reading(self, reader: asyncio.Task[None]) -> None:
        self._readers.discard(reader)
        if not reader.cancelled() and reader.exception() is not None:
            self._defect = reader.exception()  # loud: `run` raises it
            self._wake.set()

    def _append(self, turn: _Turn) -> None:
        self._settled.clear()
        self._line.append(turn)
        self._wake.set()

    async def _read(self, turn: _Turn, capture: Capture) -> None:
        job = Job(folder=self._folder, capture=capture)
        outcome: Outcome | Failure = await self._engine.run(read, job)
        if isinstance(outcome, Outcome):
            turn.result = outcome.found
            for step, seconds in outcome.cpu_seconds:
                self.tally.spend(step, seconds)
        else:
            turn.result = outcome
        turn.ready = True
        self._wake.set()

    async def _gather_batch(self) -> list[_Turn]:
        """The leading turns that are ready: a full batch, or what 250 ms brought."""
        deadline = time.monotonic() + BATCH_SECONDS
        while True:
            if self._defect is not None:
                raise self._defect
            ready = 0
            for turn in self._line:
                if not turn.ready or ready == BATCH_ITEMS:
                    break
                ready += 1
            waiting = ready < len(self._line)
            left = deadline - time.monotonic()
            if ready == BATCH_ITEMS or (ready and (not waiting or left <= 0)):
                return [self._line.popleft() for _ in range(ready)]
            self._wake.clear()
            if self._closing and not self._line:
                self._wake.set()
                return []
            if not ready:
                if not self._line:
                    return []
                await self._wake.wait()
                deadline = time.monotonic() + BATCH_SECONDS
                continue
            try:
                await asyncio.wait_for(self._wake.wait(), left)
            except TimeoutError:
                continue

    def _commit(self, batch: list[_Turn], last: bool) -> list[Recorded | None]:
        began = time.thread_time()
        if self._keeper is not None:
            self._keeper.sync()
        done: list[Recorded | None] = []
        end: Place | None = None
        with self._store.begin() as c:
            regroup_now(c, self._room)
            for turn in batch:
                recorded = None
                if turn.item is not None:
                    regroup_before(c, self._room, turn.item.record)
                    recorded = record(c, self._room, turn.item, turn.result)
                    end = turn.end or end
                if turn.then is not None:
                    turn.then(c, turn.result, recorded)
                done.append(recorded)
            finish(c, self._room, last=last)
            if end is not None:
                captures.set_cursor(c, *end)
        self.tally.recorded += sum(recorded is not None for recorded in done)
        self.tally.batches += 1
        self.tally.spend("record", time.thread_time() - began)
        return done
