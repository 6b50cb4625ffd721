"""What an article costs on its way into a story, as more and more of them have come.

The stream is made up, as no real one that may be had is long enough: words drawn by how common
they are in the texts of `--data`, stories of a few to hundreds of articles with names, numbers
and words of their own, one article in seven a copy. So many come an hour that `--live` of them
stand in the window; a row tells the mean CPU time over the last tenth before its mark, by step,
and its ratio to the first row once the machine's own pace is taken out.

Articles are read (language, features) a line at a time and then recorded (copies, story) one after
the other, as in production: there the readers are other processes, and what they have read waits
in line. `--line 1` has the two take turns, which costs more, as each finds the other's data in the
processor's caches.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import Ask, CannotRun
from bench.clusters import Item, read_stream
from wirecopy.model import ArticleId, Features, PublisherId, StoryId
from wirecopy.recorder import IN_LINE
from wirecopy.stages.features import features
from wirecopy.stages.group import WINDOW_HOURS, Grouper
from wirecopy.stages.language import detect
from wirecopy.stages.repeats import Index

MARKS = (10_000, 20_000, 50_000, 100_000, 200_000, 400_000)
STEPS = ("language", "features", "copies", "story")
GARBAGE = (10_000, 20, 20)  # as in the process that records (`gather`)
PUBLISHERS = tuple(f"p{number}.example" for number in range(200))
_SEED = 20
_START = datetime(2026, 1, 1, tzinfo=UTC)
_COPY = 1 / 7
_SIZES = 1.3  # exponent of the sizes of stories: most have one article, some hundreds
_LARGEST = 300
_LIFE_HOURS = 30.0  # a story's articles come in so many hours, most of them early
_WORDS = (120, 600)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--live", type=int, default=8_000, metavar="N", help="articles in the window (8000)"
    )
    parser.add_argument(
        "--articles", type=int, default=MARKS[-1], metavar="N", help="how many come (400000)"
    )
    parser.add_argument(
        "--line",
        type=int,
        default=IN_LINE,
        metavar="N",
        help=f"articles read before they are recorded ({IN_LINE}, as in production)",
    )


def run(ask: Ask) -> list[dict[str, Any]]:
    """Print a row at each mark, and how its cost stands to the first row's."""
    last: int = ask.more.articles
    if last < MARKS[0] or ask.more.live < 1 or ask.more.line < 1:
        raise CannotRun(f"--articles is {MARKS[0]} at least, --live and --line 1")
    marks = sorted({mark for mark in MARKS if mark <= last} | {last})
    newsroom = _Newsroom()
    gc.set_threshold(*GARBAGE)
    table: list[dict[str, Any]] = []
    items = islice(stream(read_stream(ask.data), ask.more.live), last)
    number = 0
    while line := list(islice(items, min(ask.more.line, _to_mark(number, marks)))):
        newsroom.take(line)
        number += len(line)
        mark = next(mark for mark in marks if mark >= number)
        if number == mark - mark // 10:
            newsroom.spent.clear()
        if number == mark:
            table.append(newsroom.row(mark))
            table[-1]["ratio"] = _to_first(table)
            print("  ".join(f"{key} {value}" for key, value in table[-1].items()), flush=True)
        elif sys.stderr.isatty():
            print(f"\r{number:,} of {last:,}", end="\r", file=sys.stderr)
    return table


def _to_mark(number: int, marks: list[int]) -> int:
    """Articles until there is something to write down, or to clear."""
    places = sorted({place for mark in marks for place in (mark - mark // 10, mark)})
    return next((place - number for place in places if place > number), 1)


def _to_first(table: list[dict[str, Any]]) -> float:
    """The last row's cost to the first row's, each by that of language and features.

    These two steps look at nothing that came before: what they take tells how busy the machine is.
    """
    first, last = (
        (row["us"] / (row["language"] + row["features"])) for row in (table[0], table[-1])
    )
    return float(round(last / first, 3))


@dataclass(slots=True)
class _Newsroom:
    """The steps from an article's words on, each with its CPU time."""

    index: Index = field(default_factory=Index)
    grouper: Grouper = field(default_factory=Grouper)
    stories: dict[ArticleId, StoryId] = field(default_factory=dict)
    spent: list[tuple[float, ...]] = field(default_factory=list)  # seconds by step, an article

    def take(self, line: list[Item]) -> None:
        read = [self._read(item) for item in line]
        for item, (language, found, spent) in zip(line, read, strict=True):
            self.spent.append((*spent, *self._record(item, language, found)))

    def _read(self, item: Item) -> tuple[str, Features, tuple[float, float]]:
        start = time.process_time()
        language = detect(item.title, item.text, item.language)
        told = time.process_time()
        found = features(item.title, item.text, language)
        return language, found, (told - start, time.process_time() - told)

    def _record(self, item: Item, language: str, found: Features) -> tuple[float, float]:
        id_, at, publisher = item.id, item.at, item.publisher
        start = time.process_time()
        repeat = self.index.find(id_, found, publisher=publisher, at=at)
        self.index.add(id_, found, publisher=publisher, at=at, repeat=repeat)
        searched = time.process_time()
        if repeat is None:
            placed = self.grouper.place(id_, found, language=language, at=at, publisher=publisher)
        else:
            placed = self.grouper.join_copy(id_, repeat, story=self.stories[repeat.of])
        end = time.process_time()
        self.stories[id_] = placed.story
        return searched - start, end - searched

    def row(self, mark: int) -> dict[str, Any]:
        micros = np.array(self.spent) * 1e6
        whole = micros.sum(axis=1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {
            "after": mark,
            "us": round(float(whole.mean()), 1),
            **{step: round(float(micros[:, i].mean()), 1) for i, step in enumerate(STEPS)},
            "p99_us": round(float(np.quantile(whole, 0.99)), 1),
            "articles_per_s": round(1e6 / float(whole.mean()), 1),
            "stories": len(set(self.stories.values())),
            "peak_mb": round(peak / 1024),
        }


# ---------------------------------------------------------------- a stream without end


@dataclass(slots=True)
class _Event:
    """A story as it is made up: its words and names, and the articles still to come."""

    words: NDArray[np.int64]
    names: list[str]
    number: int
    due: list[float]  # hours, the next one last
    latest: Item | None = None


def stream(models: list[Item], live: int) -> Iterator[Item]:
    """Articles without end, `live` of them within the window, in the order of time."""
    chance = np.random.default_rng(_SEED)
    texts = Counter(word for item in models for word in item.text.split())
    if not texts:
        raise CannotRun("--data has no texts to take words from")
    vocabulary = sorted(texts, key=lambda word: (-texts[word], word))
    names = [w for w in vocabulary if w.isalpha() and w[0].isupper() and len(w) > 3]
    weights = np.array([texts[word] for word in vocabulary], dtype=float)
    common = np.cumsum(weights / weights.sum())
    telling = np.cumsum(weights**0.5 / (weights**0.5).sum())
    hour, step = 0.0, WINDOW_HOURS / live
    running: list[_Event] = []
    serial = 0
    while True:
        hour += step
        event = next((one for one in running if one.due and one.due[-1] <= hour), None)
        if event is None:
            size = int(min(_LARGEST, chance.pareto(_SIZES) + 1))
            gaps = np.sort(chance.exponential(_LIFE_HOURS / 3, size - 1))[::-1] + hour
            event = _Event(
                words=np.searchsorted(telling, chance.random(25)),
                names=[names[i] for i in chance.integers(0, len(names), 4)],
                number=int(chance.integers(2, 5_000)),
                due=gaps.tolist(),
            )
            running.append(event)
        else:
            event.due.pop()
        serial += 1
        item = _written(event, serial, hour, vocabulary, common, chance)
        event.latest = item
        if serial % 200 == 0:
            running = [one for one in running if one.due]
        yield item


def _written(
    event: _Event,
    serial: int,
    hour: float,
    vocabulary: list[str],
    common: NDArray[np.float64],
    chance: np.random.Generator,
) -> Item:
    title = [event.names[0], *(vocabulary[i] for i in chance.choice(event.words, 6))]
    if event.latest is not None and chance.random() < _COPY:
        text = event.latest.text
    else:
        count = int(chance.integers(*_WORDS))
        drawn = np.searchsorted(common, chance.random(count))
        own = chance.random(count) < 0.15
        drawn[own] = chance.choice(event.words, int(own.sum()))
        words = [vocabulary[i] for i in drawn]
        for at in range(3, count, 17):
            words[at] = event.names[at % len(event.names)]
        words[5] = str(event.number)
        text = " ".join(words)
    return Item(
        id=ArticleId(f"a{serial}"),
        at=_START + timedelta(hours=hour),
        publisher=PublisherId(PUBLISHERS[int(chance.integers(0, len(PUBLISHERS)))]),
        language="en",
        title=" ".join(title),
        text=text,
        truth="",
    )
