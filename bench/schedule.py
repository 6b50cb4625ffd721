"""What the schedule costs and gives: picking what is due, and a year of polls by real rhythms.

First: so many feeds (`--stored`, a million) in SQLite, and in PostgreSQL where its programs are
installed (or `--postgresql ADDRESS` names an empty database); the time to pick the thousand longest
due, at most one a host. See `bench/picking.py`.

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
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

from bench import Ask, CannotRun, picking
from wirecopy.model import FeedState
from wirecopy.progress import Report, report_for
from wirecopy.stages.schedule import Answer, after_poll

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = 24 * 60  # minutes
LEAST = 8  # publications of a real feed that tell its rhythm
SHOWN = 60  # entries a feed shows at most
FIXED = 60.0  # minutes


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stored", type=int, default=1_000_000, help="feeds stored (1,000,000)")
    parser.add_argument("--postgresql", metavar="ADDRESS", help="an empty database to measure too")
    parser.add_argument("--feeds", type=int, default=1_000, help="feeds of the simulation (1,000)")
    parser.add_argument("--days", type=int, default=365, help="days of the simulation (365)")
    parser.add_argument("--seed", type=int, default=1, help="of chance (1)")


def run(ask: Ask) -> dict[str, Any]:
    """Print both tables."""
    picked = picking.measured(ask.more.stored, ask.more.seed, ask.more.postgresql)
    table: dict[str, Any] = {"picked": picked}
    if ask.data is not None:
        report = report_for()
        try:
            table["simulated"] = _simulate(
                _rhythms(ask.folder()), ask.more.feeds, ask.more.days, ask.more.seed, report
            )
        finally:
            report.close()
        for what, value in table["simulated"].items():
            print(f"{what:<60} {value}")
    return table


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


def _simulate(
    rhythms: list[list[int]], feeds: int, days: int, seed: int, report: Report
) -> dict[str, Any]:
    chance = random.Random(seed)
    ours, fixed = Spent(), Spent()
    years = []
    report.started("simulated", feeds)
    began = time.process_time()
    for number in range(feeds):
        times = chance.choice(rhythms)
        year = _published(times, days, chance)
        years.append(year)
        shown = max(LEAST, min(len(times), SHOWN))
        ours.add(*_ours(f"https://h{number}.example/feed", year, shown, days))
        fixed.add(*_fixed(year, days, FIXED, chance))
        report.advanced("simulated")
    report.finished("simulated")
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
