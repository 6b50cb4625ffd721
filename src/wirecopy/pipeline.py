"""READ FIRST: the path of a story from a feed's address to the front page.

`PATH` states it from top to bottom. Three kinds of step:

* *fetch*: one polite request, or one append to the archive;
* *read*: one pure function of one capture's bytes, in whichever process;
* *record*: gather, decide, record; one capture after the other in archive order, many a
  transaction.

Time comes from the capture, ids from content or order, so a replay of the archive gives the same
rows. Every recording step may run twice and leaves the same rows. `gather` walks the path with
the live web in front, `replay` with the archive alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from wirecopy import announcing, recording, robots
from wirecopy.archive import Archive, read_body
from wirecopy.engine import Stage
from wirecopy.errors import ReadError
from wirecopy.fetch import Fetcher
from wirecopy.images import shrink
from wirecopy.model import (
    Capture,
    Edition,
    Feed,
    FeedReading,
    Held,
    Miss,
    Placement,
    Policy,
    Publisher,
    Purpose,
    Reading,
    Repeat,
    Response,
    Revision,
    SiteTerms,
    Story,
)
from wirecopy.newsroom import Newsroom
from wirecopy.recording import Recorded, Result
from wirecopy.stages import rank, revise, rights
from wirecopy.stages.feeds import read_feed
from wirecopy.stages.group import Grouper
from wirecopy.stages.licence import read_licence
from wirecopy.stages.read import read_page
from wirecopy.stages.repeats import Index
from wirecopy.stages.signals import AGENT
from wirecopy.stages.terms import read_tdmrep
from wirecopy.store import stories
from wirecopy.store.articles import ArticleRow, DuePage


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One capture to read; the worker opens the archive itself, so its bytes cross no process."""

    folder: Path  # of the archive
    capture: Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a worker found, and the CPU seconds it cost by step."""

    found: Result
    cpu_seconds: tuple[tuple[str, float], ...] = ()


def read(job: Job) -> Outcome:
    """Steps 3 and 6: what one archived capture says. Runs in any process, and may run twice."""
    capture = job.capture
    watch = _StopWatch()
    body = read_body(job.folder, capture.record)
    watch("unarchive")
    found: Result = None
    if capture.purpose is Purpose.PAGE:
        found = read_page(body, capture.headers, capture.final_url, capture.at, mark=watch)
    elif capture.purpose is Purpose.FEED:
        content_type = capture.header("content-type")
        found = read_feed(body, content_type, capture.final_url, capture.at)
        watch("feed")
    elif capture.purpose is Purpose.ROBOTS:
        found = read_robots(body)
        watch("terms")
    elif capture.purpose is Purpose.TERMS:
        found = read_tdmrep(body)
        watch("terms")
    elif capture.purpose is Purpose.LICENCE:
        found = read_licence(body)
        watch("terms")
    elif capture.purpose is Purpose.IMAGE:
        try:
            found = shrink(body, capture.final_url)
        except ReadError as error:
            found = Held(reason="not-a-picture", detail=error.message)
        watch("picture")
    return Outcome(found=found, cpu_seconds=watch.spent())


def read_robots(body: bytes) -> SiteTerms:
    """What a robots.txt says of a site's pages, beside what may be asked for."""
    return SiteTerms(licence=robots.licence(body, AGENT))


class _StopWatch:
    """CPU seconds of this process between one mark and the next."""

    def __init__(self) -> None:
        self._last = time.process_time()
        self._spent: dict[str, float] = {}

    def __call__(self, step: str) -> None:
        now = time.process_time()
        self._spent[step] = self._spent.get(step, 0.0) + now - self._last
        self._last = now

    def spent(self) -> tuple[tuple[str, float], ...]:
        return tuple(self._spent.items())


def record(c: Connection, room: Newsroom, item: Capture | Miss, found: Result) -> Recorded:
    """Steps 4 and 7 to 10: what one capture changes in the store."""
    room.latest = item.at if room.latest is None else max(room.latest, item.at)
    if item.purpose is Purpose.FEED:
        return announcing.announce(c, room, item, found)
    if item.purpose is Purpose.PAGE:
        return recording.publish(c, room, item, found)
    if item.purpose is Purpose.IMAGE:
        return recording.illustrate(c, room, item, found)
    return announcing.note(c, room, item, found)


PATH = (
    # what is asked for, and kept before anything is concluded from it
    Stage(name="1 poll", run=Fetcher.get, takes=(Feed,), gives=(Response, Miss), kind="fetch"),
    Stage(
        name="2 keep", run=Archive.keep, takes=(Response, Miss), gives=(Capture, Miss), kind="fetch"
    ),
    Stage(
        name="3 read the feed",
        run=read_feed,
        takes=(Capture,),
        gives=(FeedReading, Held),
        kind="read",
    ),
    Stage(
        name="4 announce",
        run=announcing.announce,
        takes=(Capture, Miss, FeedReading),
        gives=(ArticleRow, DuePage),
        kind="record",
    ),
    Stage(
        name="5 fetch the page",
        run=Fetcher.get,
        takes=(DuePage,),
        gives=(Response, Miss),
        kind="fetch",
    ),
    # what a page says, word for word
    Stage(
        name="6 read and prove the page",
        run=read_page,
        takes=(Capture,),
        gives=(Reading, Held),
        kind="read",
    ),
    # what becomes of it: one article after the other, in archive order
    Stage(
        name="7 decide what may be shown",
        run=rights.decide,
        takes=(Publisher, Reading, Held, Miss),
        gives=(Policy,),
        kind="record",
    ),
    Stage(
        name="8 revise",
        run=revise.decide,
        takes=(Reading, Policy),
        gives=(Revision,),
        kind="record",
    ),
    Stage(
        name="9 find what it repeats",
        run=Index.find,
        takes=(Reading,),
        gives=(Repeat,),
        kind="record",
    ),
    Stage(
        name="10 place it in a story",
        run=Grouper.place,
        takes=(Reading, Repeat),
        gives=(Placement,),
        kind="record",
    ),
    # what readers find: after each batch
    Stage(name="11 count", run=stories.refresh, takes=(Placement,), gives=(Story,), kind="record"),
    Stage(name="12 rank", run=rank.rank, takes=(Story,), gives=(Edition,), kind="record"),
)
"""The whole path. `gather` and `replay` walk it; docs/explanation/architecture.md tells it."""
