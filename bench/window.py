"""How long it takes at a start until the live window stands in memory again.

A store is filled with the made-up stream of `grouping-cost`, of words of the texts of `--data`:
`--articles` of them, of which the latest `--live` stand in the window of stories; copies look back
thirty days, and so have all of them. Then the newsroom is opened as it is at each start, and the
next articles are placed by it and by the one that never stopped: both must decide the same.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import Ask, CannotRun
from bench.clusters import Item, print_table, read_stream
from bench.grouping_cost import GARBAGE, PUBLISHERS, stream
from bench.street import settings_text
from wirecopy import config
from wirecopy.config import Settings
from wirecopy.model import (
    ArticleId,
    Capture,
    Entry,
    Features,
    Placement,
    Purpose,
    Record,
    Repeat,
    StoryId,
)
from wirecopy.newsroom import open_newsroom
from wirecopy.stages.features import features
from wirecopy.stages.group import Grouper
from wirecopy.stages.repeats import Index
from wirecopy.store import articles, captures, copies, sources, stories
from wirecopy.store.db import Store, open_store

_NEXT = 500  # articles that both place afterwards


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--live", type=int, default=20_000, metavar="N", help="articles in the window (20000)"
    )
    parser.add_argument(
        "--articles", type=int, default=20_000, metavar="N", help="articles in the store (20000)"
    )


def run(ask: Ask) -> list[dict[str, Any]]:
    """Fill a store, open the newsroom on it, and hold its decisions against the other's."""
    count: int = ask.more.articles
    if count < 1 or ask.more.live < 1:
        raise CannotRun("--articles and --live are 1 at least")
    items = stream(read_stream(ask.data), ask.more.live)
    gc.set_threshold(*GARBAGE)
    with tempfile.TemporaryDirectory(prefix="wirecopy-window-") as made:
        path = Path(made) / "wirecopy.toml"
        path.write_text(settings_text(Path(made) / "data", PUBLISHERS), "utf-8")
        settings = config.load(path)
        settings.storage.folder.mkdir(parents=True)
        with open_store(settings.database_url) as store:
            stood = _filled(store, settings, itertools.islice(items, count), count)
            gc.collect()
            began, spent = time.monotonic(), time.process_time()
            with store.connect() as c:
                room = open_newsroom(settings, c)
            wall, cpu = time.monotonic() - began, time.process_time() - spent
    rebuilt = _Window(room.repeats, room.grouper, dict(stood.stories))
    told = [(stood.place(item), rebuilt.place(item)) for item in itertools.islice(items, _NEXT)]
    row = {
        "name": "rebuilt",
        "articles": count,
        "live": min(count, ask.more.live),
        "seconds": round(wall, 2),
        "cpu_seconds": round(cpu, 2),
        "articles_per_cpu_s": round(count / cpu),
        "placed_afterwards": len(told),
        "decided_alike": sum(one[2:] == other[2:] for one, other in told),
    }
    print_table([row])
    return [row]


@dataclass(slots=True)
class _Window:
    """What is live, as recording has it."""

    repeats: Index = field(default_factory=Index)
    grouper: Grouper = field(default_factory=Grouper)
    stories: dict[ArticleId, StoryId] = field(default_factory=dict)

    def place(self, item: Item) -> tuple[Features, Repeat | None, Placement]:
        found = features(item.title, item.text, item.language)
        repeat = self.repeats.find(item.id, found, publisher=item.publisher, at=item.at)
        self.repeats.add(item.id, found, publisher=item.publisher, at=item.at, repeat=repeat)
        if repeat is None:
            placed = self.grouper.place(
                item.id, found, language=item.language, at=item.at, publisher=item.publisher
            )
        else:
            placed = self.grouper.join_copy(item.id, repeat, story=self.stories[repeat.of])
        self.stories[item.id] = placed.story
        return found, repeat, placed


def _filled(store: Store, settings: Settings, items: Iterator[Item], count: int) -> _Window:
    """A store in which these articles were placed, and what was live at the end."""
    window = _Window()
    with store.begin() as c:
        for number, item in enumerate(items, start=1):
            if number == 1:
                sources.put_publishers(c, settings.publishers, item.at)
                capture = captures.add(c, _capture(item.at))
            url = f"http://{item.publisher}/{item.id}"
            entry = Entry(feed=f"http://{item.publisher}/feed", guid=url, url=url, title=item.title)
            articles.announce(
                c,
                entry,
                article=item.id,
                url=url,
                publisher=item.publisher,
                capture=capture,
                at=item.at,
                language=item.language,
            )
            found, repeat, placed = window.place(item)
            articles.put_features(c, item.id, found, item.at)
            if repeat is not None:
                copies.set_repeat(c, repeat)
            stories.place(c, placed)
            if number % 1_000 == 0 and sys.stderr.isatty():
                print(f"\r{number:,} of {count:,} placed", end="\r", file=sys.stderr)
    return window


def _capture(at: datetime) -> Capture:
    return Capture(
        url="http://p0.example/feed",
        final_url="http://p0.example/feed",
        purpose=Purpose.FEED,
        status=200,
        headers=(),
        at=at,
        sha256="0" * 64,
        size=1,
        record=Record(file="wirecopy-000001.warc.gz", offset=0, length=1),
    )
