"""Streams of articles, put into copies and stories as recording does, and scored against a truth.

A stream is JSON Lines, gzip or plain: `id`, `timestamp`, `publisher`, `lang`, `title`, `text` and,
for the truth, `story`. The score is B-Cubed (Bagga and Baldwin 1998) and pairwise F1.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import CannotRun
from wirecopy.model import ArticleId, Features, PublisherId, Repeat, StoryId
from wirecopy.stages.features import features
from wirecopy.stages.group import Grouper
from wirecopy.stages.language import detect
from wirecopy.stages.repeats import Index

PUBLISHED = Path(__file__).parent.parent / "src" / "wirecopy" / "web" / "measured.json"
RESAMPLES = 1_000  # of the bootstrap
Pair = tuple[str, str]  # what an article belongs to: in truth, and as predicted


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article of a stream."""

    id: ArticleId
    at: datetime  # UTC
    publisher: PublisherId
    language: str
    title: str
    text: str
    truth: str  # "" where it is not known
    variant: str = ""  # how a copy was made, where the file says so


def read_stream(path: Path | None, *, clock: str = "timestamp") -> list[Item]:
    """The articles of a file in the order of that clock, equals in the file's order.

    CannotRun for a file that is not there, and for a row that lacks something, by its line.
    """
    if path is None:
        raise CannotRun("This benchmark needs a stream to measure on: --data FILE.jsonl.gz")
    if not path.is_file():
        raise CannotRun(f"--data {path} is not a file")
    items = []
    for number, row in enumerate(rows(path), start=1):
        try:
            items.append(_item(row, clock))
        except KeyError as error:
            raise CannotRun(f"{path}: row {number} has no {error}") from error
        except ValueError as error:
            raise CannotRun(f"{path}: row {number}: {error}") from error
    return sorted(items, key=lambda item: item.at)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, gzip or plain."""
    packed = path.suffix == ".gz"
    with gzip.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def _item(row: dict[str, Any], clock: str) -> Item:
    at = datetime.fromisoformat(row[clock])
    return Item(
        id=ArticleId(str(row["id"])),
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        publisher=PublisherId(row.get("publisher") or ""),
        language=row.get("lang") or "",
        title=row["title"],
        text=row.get("text") or "",
        truth=row.get("story") or "",
        variant=row.get("variant") or "",
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """An article of a stream with what is known of it before its story is."""

    item: Item
    features: Features
    language: str
    repeat: Repeat | None  # of an article that came before


def draw(items: Iterable[Item]) -> Iterator[Drawn]:
    """Every step from an article's words on, up to its story.

    Articles come in the order in which they were published, so none turns a copy round.
    """
    index = Index()
    for item in items:
        language = detect(item.title, item.text, item.language)
        found = features(item.title, item.text, language)
        repeat = index.find(item.id, found, publisher=item.publisher, at=item.at)
        index.add(item.id, found, publisher=item.publisher, at=item.at, repeat=repeat)
        yield Drawn(item, found, language, repeat)


def group(stream: Iterable[Drawn]) -> dict[ArticleId, StoryId]:
    """The story of each article: decided as it comes; copies follow their text."""
    grouper, stories = Grouper(), dict[ArticleId, StoryId]()
    for one in stream:
        item = one.item
        if one.repeat is None:
            for merge in grouper.look_again(item.at):
                for article in [id_ for id_, story in stories.items() if story == merge.story]:
                    stories[article] = merge.into
            placement = grouper.place(
                item.id, one.features, language=one.language, at=item.at, publisher=item.publisher
            )
        else:
            placement = grouper.join_copy(item.id, one.repeat, story=stories[one.repeat.of])
        stories[item.id] = placement.story
    return stories


def beside(
    programs: Mapping[str, Callable[[Sequence[Item]], Mapping[str, str]]],
    wanted: tuple[str, ...] | None,
    items: Sequence[Item],
) -> Iterator[tuple[str, Mapping[str, str], float]]:
    """Each program that is wanted and installed: its name, what it gave, its CPU seconds.

    None wants everybody. CannotRun for a name that is not known.
    """
    for name in wanted or ():
        if name not in programs:
            raise CannotRun(f"--peers {name} is not known; there are {', '.join(programs)}")
    for name, program in programs.items():
        if wanted is not None and name not in wanted:
            continue
        began = time.process_time()
        try:
            given = program(items)
        except ModuleNotFoundError as error:
            print(f"{name} is left out: {error.name} is not installed")
            continue
        yield name, given, time.process_time() - began


def publish(name: str, figures: Mapping[str, Any]) -> None:
    """Keep what was measured of a stream where the site's method page and docs/ read it."""
    kept = json.loads(PUBLISHED.read_text("utf-8")) if PUBLISHED.exists() else {}
    kept[name] = kept.get(name, {}) | figures
    PUBLISHED.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")


def can_publish(parser: argparse.ArgumentParser) -> None:
    """The flag `--publish`."""
    parser.add_argument(
        "--publish", action="store_true", help="keep the figures for docs/ and the method page"
    )


def name_of(path: Path | None) -> str:
    """`dev_uci.jsonl.gz` is `uci`: a part of a collection bears the collection's name."""
    assert path is not None, "a stream was read from it"
    return path.name.partition(".")[0].rpartition("_")[2]


def print_table(table: Sequence[Mapping[str, Any]]) -> None:
    """One program a column, one figure a row."""
    keys = dict.fromkeys(key for row in table for key in row)
    for key in keys:
        cells = [str(row.get(key, "")) for row in table]
        print(f"{key:<22}" + "".join(f" {cell:>22}" for cell in cells).rstrip())


def write_rows(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    """`{id, story}` a line, as a score.py reads them."""
    lines = (json.dumps({"id": id_, "story": story}) + "\n" for id_, story in rows)
    path.write_text("".join(lines), encoding="utf-8")


# ---------------------------------------------------------------- scores


def f1(precision: float, recall: float) -> float:
    """The harmonic mean, 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def bcubed(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Precision and recall, each 0..1, over articles."""
    both, true, given = _counts(pairs)
    precision = sum(n * n / given[story] for (_, story), n in both.items()) / len(pairs)
    recall = sum(n * n / true[truth] for (truth, _), n in both.items()) / len(pairs)
    return precision, recall


def pairwise(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Precision and recall, each 0..1, over pairs of articles; 1 where there are no pairs."""
    both, true, given = _counts(pairs)
    hits, wanted, said = (_links(counts.values()) for counts in (both, true, given))
    return hits / said if said else 1.0, hits / wanted if wanted else 1.0


def interval(pairs: Sequence[Pair], *, seed: int = 1) -> tuple[float, float]:
    """The middle 95 % of B-Cubed F1 when whole true stories are drawn anew, with replacement.

    Stories, not articles, are what a stream has few of: their choice is the larger chance.
    """
    given = Counter(story for _, story in pairs)
    stories: dict[str, Counter[str]] = {}
    for truth, story in pairs:
        stories.setdefault(truth, Counter())[story] += 1
    told = [_shares(stories[truth], given) for truth in sorted(stories)]
    dice = random.Random(seed)
    drawn = sorted(_redrawn(dice.choices(told, k=len(told))) for _ in range(RESAMPLES))
    return drawn[round(0.025 * RESAMPLES)], drawn[round(0.975 * RESAMPLES) - 1]


def _shares(theirs: Counter[str], given: Counter[str]) -> tuple[float, float, int]:
    """A true story's part of precision and of recall, and its articles."""
    articles = theirs.total()
    precision = sum(n * n / given[story] for story, n in theirs.items())
    return precision, sum(n * n for n in theirs.values()) / articles, articles


def _redrawn(told: Sequence[tuple[float, float, int]]) -> float:
    articles = sum(n for *_, n in told)
    return f1(sum(p for p, *_ in told) / articles, sum(r for _, r, _ in told) / articles)


def _counts(pairs: Sequence[Pair]) -> tuple[Counter[Pair], Counter[str], Counter[str]]:
    true, given = zip(*pairs, strict=True)
    return Counter(pairs), Counter(true), Counter(given)


def _links(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)
