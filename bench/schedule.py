"""What the schedule costs and gives: picking what is due, and a year of polls by real rhythms.

First: so many feeds (`--stored`, a million) in a database, a tenth of them due, five on a host on
average; the time to pick the thousand longest due, at most one a host, as the gatherer does. In
SQLite, and in PostgreSQL where `--postgresql ADDRESS` names an empty database.

Second, with `--data DIR` (`expected.jsonl` of real feeds): `--feeds` feeds publish for `--days` in
the rhythm of a real one, and are asked by our schedule and at fixed intervals. The mean lag is that
of a story, from its publication to the poll that brings it, and of a feed, the mean over its
stories; a fixed interval is given at 60 minutes, and where it spends our requests or has our lag.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import Ask, CannotRun
from wirecopy.model import Feed, FeedState, Publisher, PublisherId
from wirecopy.stages.schedule import Answer, after_poll
from wirecopy.store import schema, sources
from wirecopy.store.db import Store, open_store

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = 24 * 60  # minutes
PICKED = 1_000
A_HOST = 5  # feeds, on average
DUE = 0.1  # of all feeds
LEAST = 8  # publications of a real feed that tell its rhythm
SHOWN = 60  # entries a feed shows at most
FIXED = 60.0  # minutes
ROUNDS = 7


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stored", type=int, default=1_000_000, help="feeds stored (1,000,000)")
    parser.add_argument("--postgresql", metavar="ADDRESS", help="an empty database to measure too")
    parser.add_argument("--feeds", type=int, default=1_000, help="feeds of the simulation (1,000)")
    parser.add_argument("--days", type=int, default=365, help="days of the simulation (365)")
    parser.add_argument("--seed", type=int, default=1, help="of chance (1)")


def run(ask: Ask) -> dict[str, Any]:
    """Print both tables."""
    table: dict[str, Any] = {"picked": {}}
    with tempfile.TemporaryDirectory(prefix="wirecopy-schedule-") as made:
        where = {"SQLite": f"sqlite:///{Path(made) / 'wirecopy.db'}"}
        if ask.more.postgresql:
            where["PostgreSQL"] = ask.more.postgresql
        for name, url in where.items():
            with open_store(url) as store:
                table["picked"][name] = _pick(store, ask.more.stored, ask.more.seed)
            for what, value in table["picked"][name].items():
                print(f"{name:<12} {what:<44} {value}")
    if ask.data is not None:
        table["simulated"] = _simulate(
            _rhythms(ask.folder()), ask.more.feeds, ask.more.days, ask.more.seed
        )
        for what, value in table["simulated"].items():
            print(f"{what:<60} {value}")
    return table


# ---------------------------------------------------------------- picking


def _pick(store: Store, stored: int, seed: int) -> dict[str, Any]:
    _fill(store, stored, random.Random(seed))
    took: list[float] = []
    cpu: list[float] = []
    picked = 0
    for _ in range(ROUNDS):
        began, spent = time.perf_counter(), time.process_time()
        picked = len(_longest_due(store))
        took.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
    return {
        "feeds": stored,
        "due": round(stored * DUE),
        "picked, at most one a host": picked,
        "ms, the middle one of seven (goal 100)": round(statistics.median(took), 1),
        "CPU ms of this process": round(statistics.median(cpu), 1),
        "ms, the slowest": round(max(took), 1),
    }


def _longest_due(store: Store) -> dict[str, tuple[Feed, FeedState]]:
    """The thousand longest due, at most one a host, as `gather_loop` lines them up."""
    hosts: dict[str, tuple[Feed, FeedState]] = {}
    with store.connect() as c:
        limit = PICKED + PICKED // 10
        for feed, state in sources.due_feeds(c, START, limit):
            hosts.setdefault(urlsplit(feed.url).hostname or "", (feed, state))
            if len(hosts) == PICKED:
                break
    return hosts


def _fill(store: Store, stored: int, chance: random.Random) -> None:
    me = PublisherId("street.example")
    with store.begin() as c:
        sources.put_publishers(c, [Publisher(id=me, name="The Street")], START)
    hosts = max(1, stored // A_HOST)
    for first in range(0, stored, 20_000):
        numbers = range(first, min(first + 20_000, stored))
        rows, states = [], []
        for number in numbers:
            url = f"https://h{chance.randrange(hosts)}.example/{number}.xml"
            feed = Feed(url=url, publisher=me)
            rows.append(asdict(feed) | {"position": number, "active": True})
            minutes = chance.uniform(-DUE, 1 - DUE) * DAY
            states.append(
                asdict(
                    FeedState(
                        feed=url,
                        due_at=START + timedelta(minutes=minutes),
                        polls=9,
                        etag='"1"',
                        rhythm=tuple(chance.randrange(29_000_000) for _ in range(20)),
                    )
                )
            )
        with store.begin() as c:
            c.execute(schema.feeds.insert(), rows)
            c.execute(schema.feed_states.insert(), states)
    with store.begin() as c:
        c.exec_driver_sql("ANALYZE")


# ---------------------------------------------------------------- a year of polls


@dataclass(slots=True)
class Spent:
    """What a way of asking cost and gave."""

    requests: int = 0
    stories: int = 0
    waited: float = 0.0  # minutes, all stories
    feeds: list[float] = field(default_factory=list)  # each feed's mean

    def add(self, requests: int, lags: Sequence[float]) -> None:
        self.requests += requests
        self.stories += len(lags)
        self.waited += sum(lags)
        if lags:
            self.feeds.append(statistics.fmean(lags))

    @property
    def lag(self) -> float:
        return self.waited / max(self.stories, 1)


def _rhythms(folder: Path) -> list[list[int]]:
    """The publication times of real feeds that show enough of them, in minutes."""
    path = folder / "expected.jsonl"
    if not path.exists():
        raise CannotRun(f"{path} is not there: --data names a folder of feeds with expected.jsonl")
    found = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] != "real":
            continue
        said = [entry.get("published") or entry.get("updated") for entry in row["entries"]]
        times = sorted(
            int(datetime.fromisoformat(each.replace("Z", "+00:00")).timestamp()) // 60
            for each in said
            if each
        )
        if len(set(times)) >= LEAST and times[-1] - times[0] > 60:
            found.append(times)
    return found


def _published(times: list[int], days: int, chance: random.Random) -> list[int]:
    """A real feed's times laid end to end over so many days, hours and weekdays kept.

    Spans of less than half a day tell no hours: their gaps are drawn by chance instead.
    """
    end, span = days * DAY, times[-1] - times[0]
    made: list[int] = []
    if span < DAY / 2:
        gaps = [max(later - sooner, 0) for sooner, later in pairwise(times)]
        at = chance.random() * 60
        while at < end:
            made.append(int(at))
            at += chance.choice(gaps) or 1
        return made
    unit = 7 * DAY if span >= 7 * DAY else DAY
    period = ceil(span / unit) * unit
    first = times[0] // DAY * DAY
    shift = -chance.randrange(period // unit) * unit
    while shift < end:
        moved = (time_ - first + shift + chance.randint(-10, 10) for time_ in times)
        made += [each for each in moved if 0 <= each < end]
        shift += period
    return sorted(made)


def _simulate(rhythms: list[list[int]], feeds: int, days: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    ours, fixed = Spent(), Spent()
    years = []
    began = time.process_time()
    for number in range(feeds):
        times = chance.choice(rhythms)
        year = _published(times, days, chance)
        years.append(year)
        shown = max(LEAST, min(len(times), SHOWN))
        ours.add(*_ours(f"https://h{number}.example/feed", year, shown, days))
        fixed.add(*_fixed(year, days, FIXED, chance))
    seconds = time.process_time() - began
    same_requests = feeds * days * DAY / ours.requests
    as_often = Spent()
    for year in years:
        as_often.add(*_fixed(year, days, same_requests, chance))
    as_late = feeds * days * DAY / (2 * ours.lag)  # requests of a fixed interval of twice our lag
    return {
        "real rhythms, feeds, days": f"{len(rhythms)}, {feeds}, {days}",
        "stories": ours.stories,
        "ours: requests a feed and day": round(ours.requests / feeds / days, 2),
        "ours: mean lag of a story, minutes": round(ours.lag, 1),
        "ours: mean over feeds of their lag, minutes": round(statistics.fmean(ours.feeds), 1),
        "fixed 60: requests a feed and day": round(fixed.requests / feeds / days, 2),
        "fixed 60: mean lag of a story, minutes": round(fixed.lag, 1),
        "fixed 60: mean over feeds of their lag, minutes": round(statistics.fmean(fixed.feeds), 1),
        "fixed at our requests: mean lag of a story, minutes": round(as_often.lag, 1),
        "our lag / fixed lag at the same requests (goal .5)": round(ours.lag / as_often.lag, 3),
        "our requests / fixed requests at the same lag (goal .5)": round(
            ours.requests / as_late, 3
        ),
        "CPU us a decision": round(seconds / ours.requests * 1e6, 1),
    }


def _ours(feed: str, year: list[int], shown: int, days: int) -> tuple[int, list[float]]:
    state = FeedState(feed=feed, due_at=START)
    requests, seen, lags, at = 0, 0, [], 0.0
    while at < days * DAY:
        requests += 1
        have = bisect_right(year, at)
        now = START + timedelta(minutes=at)
        lags += [at - each for each in year[seen:have]]
        if have > seen or requests == 1:
            published = tuple(
                START + timedelta(minutes=each) for each in year[max(0, have - shown) : have]
            )
            answer = Answer(
                status=200, etag='"1"', published=published, new_entries=min(have - seen, shown)
            )
        else:
            answer = Answer(status=304)
        seen = have
        state = after_poll(state, answer, now)
        at = (state.due_at - START) / timedelta(minutes=1)
    return requests, lags


def _fixed(
    year: list[int], days: int, minutes: float, chance: random.Random
) -> tuple[int, list[float]]:
    phase = chance.random() * minutes
    lags = [(phase - each) % minutes for each in year]
    return int(days * DAY / minutes), lags
