"""A store built from an archive in many ways, to see whether it is the same each time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from wirecopy.archive import walk
from wirecopy.config import Settings
from wirecopy.engine import Failure
from wirecopy.model import Capture, Miss
from wirecopy.newsroom import open_newsroom
from wirecopy.pipeline import Job, Outcome, read, record
from wirecopy.progress import SilentReport
from wirecopy.publishing import finish
from wirecopy.recording import Result
from wirecopy.replay import rebuild
from wirecopy.store import comparing, sources
from wirecopy.store.db import Store, open_store

T = TypeVar("T")
R = TypeVar("R")

Rows = dict[str, dict[comparing.Key, dict[str, object]]]
"""Every derived table's rows."""


@dataclass(slots=True)
class Memory:
    """What reading gave, once for each record: reading is pure, so once is enough."""

    known: dict[object, Outcome] = field(default_factory=dict)

    def read(self, job: Job) -> Outcome:
        if job.capture.record not in self.known:
            self.known[job.capture.record] = read(job)
        return self.known[job.capture.record]

    def of(self, settings: Settings, item: Capture | Miss) -> Result:
        """What reading an item of the archive gives; only good answers are read."""
        if isinstance(item, Miss) or item.status != 200:
            return None
        return self.read(Job(folder=settings.archive_folder, capture=item)).found


@dataclass(slots=True)
class RacingEngine:
    """An engine whose workers finish in an order of chance, given by a seed."""

    memory: Memory
    seed: int
    capacity: int = 64
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    async def run(self, function: Callable[[T], R], item: T) -> R | Failure:
        assert cast(object, function) is read
        assert isinstance(item, Job)
        await asyncio.sleep(self.chance.random() * 0.01)
        return cast(R, self.memory.read(item))

    async def close(self) -> None:
        pass


def rows(store: Store) -> Rows:
    with store.connect() as c:
        return {table.name: comparing.rows(c, table) for table in comparing.DERIVED}


def rebuilt(settings: Settings, database: Path, memory: Memory, *, seed: int = 0) -> Rows:
    """The rows of a store that the recorder made, its readers racing."""
    with open_store(f"sqlite:///{database}") as store:
        asyncio.run(rebuild(settings, store, RacingEngine(memory, seed), SilentReport()))
        return rows(store)


def recorded(
    settings: Settings,
    database: Path,
    memory: Memory,
    *,
    times: int = 1,
    restart_at: frozenset[int] = frozenset(),
) -> Rows:
    """The rows of a store made one capture after the other, each `times` over; at the numbers of
    `restart_at` the newsroom is forgotten and opened from the store again."""
    with open_store(f"sqlite:///{database}") as store:
        found = [item for item, _ in walk(settings.archive_folder, None)]
        with store.begin() as c:
            sources.put_publishers(c, settings.publishers, found[0].at)
            room = open_newsroom(settings, c)
        for number, item in enumerate(found):
            with store.begin() as c:
                if number in restart_at:
                    room = open_newsroom(settings, c)
                for _ in range(times):
                    record(c, room, item, memory.of(settings, item))
                finish(c, room, last=False)
        return rows(store)
