"""The time to pick what is due among so many feeds, in SQLite and in PostgreSQL.

A tenth of the feeds is due. A twentieth of all is one host's, the others are five on a host on
average; at first that host's are not due, then all of them are, and have been for longer than any
other. Picked are the thousand longest due, at most one a host. A pick is cold when the database was
just opened and the machine's copy of its files in memory was dropped; warm are `ROUNDS` more, and
the gatherer's own question: sixteen a host, five thousand in all. As in the gatherer, what was
imported is left out of garbage collection, which would take a pick's time again at every fifth.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.postgresql import programs, running
from wirecopy.gather_loop import DUE_LIMIT, FEEDS_A_HOST
from wirecopy.model import Feed, FeedState, Publisher, PublisherId
from wirecopy.store import schema, sources
from wirecopy.store.db import Store, open_store

NOW = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
DUE = 0.1  # of all feeds
PICKED = 1_000
A_HOST = 5  # feeds, on average
LARGE = 20  # one in so many is the large host's
ROUNDS = 9
ROWS = 20_000  # written at a time

Row = dict[str, float]
HEAD = ("picked", "cold ms", "cold CPU", "warm ms", "warm CPU", "slowest", "5,000 ms")


@dataclass(frozen=True, slots=True)
class Database:
    name: str
    url: str
    cool: Callable[[], None]  # what was read of it is forgotten; it is not open meanwhile


def measured(stored: int, seed: int, postgresql: str | None) -> dict[str, Row]:
    """Print and give the table: for each database and each shape, milliseconds."""
    table: dict[str, Row] = {}
    gc.collect()
    gc.freeze()
    print(f"{f'{stored:,} feeds':<46}" + "".join(f"{name:>10}" for name in HEAD), flush=True)
    with _databases(postgresql) as databases:
        for one in databases:
            with open_store(one.url) as store:
                _fill(store, stored, random.Random(seed))
            for shape, change in (("even", None), ("one host has waited longest", _large_is_due)):
                if change is not None:
                    with open_store(one.url) as store:
                        change(store)
                row = _picks(one)
                table[f"{one.name}, {shape}"] = row
                cells = "".join(f"{row[name]:>10,.1f}" for name in HEAD)
                print(f"{f'{one.name}, {shape}':<46}{cells}", flush=True)
    print("CPU is this process's alone. Goal: 100 ms.")
    return table


@contextmanager
def _databases(postgresql: str | None) -> Iterator[Iterator[Database]]:
    with tempfile.TemporaryDirectory(prefix="wirecopy-schedule-") as made:
        folder = Path(made)

        def each() -> Iterator[Database]:
            url = f"sqlite:///{folder / 'wirecopy.db'}"
            yield Database("SQLite", url, lambda: _drop_from_memory(folder))
            found = programs()
            if postgresql:
                yield Database("PostgreSQL (cold: only opened)", postgresql, lambda: None)
            elif found is None:
                print("PostgreSQL: not measured, its programs are not installed")
            else:
                with running(found) as server:

                    def cool() -> None:
                        server.stop("fast")
                        _drop_from_memory(server.folder)
                        server.start()

                    yield Database("PostgreSQL", server.make_database(), cool)

        yield each()


def _drop_from_memory(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


# ---------------------------------------------------------------- picking


def _picks(one: Database) -> Row:
    one.cool()
    with open_store(one.url) as store:
        cold = _timed(store, PICKED, 1)
        warm = [_timed(store, PICKED, 1) for _ in range(ROUNDS)]
        gathering = [_timed(store, DUE_LIMIT, FEEDS_A_HOST) for _ in range(3)]
    assert all(each[2] == cold[2] for each in warm)
    return {
        "picked": cold[2],
        "cold ms": cold[0],
        "cold CPU": cold[1],
        "warm ms": statistics.median(each[0] for each in warm),
        "warm CPU": statistics.median(each[1] for each in warm),
        "slowest": max(each[0] for each in warm),
        "5,000 ms": statistics.median(each[0] for each in gathering),
    }


def _timed(store: Store, most: int, a_host: int) -> tuple[float, float, int]:
    began, spent = time.perf_counter(), time.process_time()
    with store.connect() as c:
        found = sources.due_feeds(c, NOW, most, a_host)
    return (
        (time.perf_counter() - began) * 1000,
        (time.process_time() - spent) * 1000,
        len(found),
    )


# ---------------------------------------------------------------- feeds


def _fill(store: Store, stored: int, chance: random.Random) -> None:
    me = PublisherId("street.example")
    hosts = max(1, stored // A_HOST)
    with store.begin() as c:
        sources.put_publishers(c, [Publisher(id=me, name="The Street")], NOW)
    for first in range(0, stored, ROWS):
        rows, states = [], []
        for number in range(first, min(first + ROWS, stored)):
            large = number % LARGE == 0
            host = "large.example" if large else f"h{chance.randrange(hosts)}.example"
            feed = Feed(url=f"https://{host}/{number}.xml", publisher=me)
            due = chance.random() if large else chance.uniform(-DUE, 1 - DUE)
            state = FeedState(
                feed=feed.url,
                due_at=NOW + DAY * due,
                polls=9,
                etag='"1"',
                rhythm=tuple(chance.randrange(29_000_000) for _ in range(20)),
            )
            rows.append(asdict(feed) | {"position": number, "active": True})
            states.append(asdict(state))
        with store.begin() as c:
            c.execute(schema.feeds.insert(), rows)
            c.execute(schema.feed_states.insert(), states)
    _analyze(store)


def _large_is_due(store: Store) -> None:
    """The large host was at rest for long: all its feeds are due, before all others."""
    states = schema.feed_states
    theirs = states.c.feed.startswith("https://large.example/")
    with store.begin() as c:
        c.execute(states.update().where(theirs).values(due_at=NOW - DAY * 2))
    _analyze(store)


def _analyze(store: Store) -> None:
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.exec_driver_sql("ANALYZE" if store.dialect == "sqlite" else "VACUUM ANALYZE")
