"""How stories are joined across languages: of one event rightly, of others falsely.

`--data` may be given again. A file of JSON is a list of articles of affairs, as in
tests/cases/tongues: `affair`, `event`, `hour`, `language`, `title`, `text`; every two of one affair
in different languages are tried, in both orders and alone in their window. JSON Lines, gzip or
plain, hold articles (`title`, `text`, `lang`) or pairs (`title_a`, `text_a`, ...; of extraction's
truth the first line of a text stands for a title that is not known). All articles of all these
files are laid over twelve hours in an order of chance, as if one day had brought them: each that
joins a story of another language is printed, to be looked at, as no truth is known of them.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from bench import Ask, CannotRun
from bench.clusters import print_table, rows
from wirecopy.model import ArticleId, Placement, PublisherId
from wirecopy.stages.features import features
from wirecopy.stages.group import Grouper
from wirecopy.stages.language import detect

_AT = datetime(2026, 1, 1, tzinfo=UTC)
_HOURS = 12.0

Article = dict[str, Any]


def run(ask: Ask) -> list[dict[str, Any]]:
    """Try the pairs of each affair, and stream the rest together; print both."""
    table, articles = [], []
    for path in ask.sets or (ask.data,):
        if path is None or not path.is_file():
            raise CannotRun("This benchmark needs articles: --data FILE.json or FILE.jsonl.gz")
        try:
            if path.suffix == ".json":
                table.append(_affairs(path))
            else:
                articles += [one for row in rows(path) for one in _articles(row) if one["text"]]
        except KeyError as error:
            raise CannotRun(f"{path}: a row has no {error}") from error
    print_table(table)
    if articles:
        table.append(_stream(articles))
        print_table(table[-1:])
    return table


def _affairs(path: Path) -> dict[str, Any]:
    told: Counter[tuple[bool, bool]] = Counter()
    for one, other in combinations(json.loads(path.read_text("utf-8")), 2):
        if one["affair"] == other["affair"] and one["language"] != other["language"]:
            for pair in ((one, other), (other, one)):
                told[one["event"] == other["event"], _joined(*pair)] += 1
    return {
        "name": path.stem,
        "one_event": told[True, True] + told[True, False],
        "joined": told[True, True],
        "other_events": told[False, True] + told[False, False],
        "falsely_joined": told[False, True],
    }


def _joined(one: Article, other: Article) -> bool:
    grouper = Grouper(across_languages=True)
    placed = [_place(grouper, str(at), each, each["hour"]) for at, each in enumerate((one, other))]
    return placed[0].story == placed[1].story


def _articles(row: Article) -> Iterator[Article]:
    for side in ("_a", "_b") if "title_a" in row else ("",):
        text = row[f"text{side}"] or ""
        title = row[f"title{side}"] or text.partition("\n")[0]
        yield {"title": title, "text": text, "language": row.get("lang") or ""}


def _stream(articles: list[Article]) -> dict[str, Any]:
    random.Random(1).shuffle(articles)
    *_, before = _streamed(articles, across=False)
    languages, joined, seconds = _streamed(articles, across=True)
    return {
        "name": "all others as one day",
        "articles": len(articles),
        "languages": len(languages),
        "commonest": ", ".join(f"{one} {count}" for one, count in languages.most_common(4)),
        "joined": joined,
        "us_an_article_more": round(1e6 * (seconds - before) / len(articles)),
    }


def _streamed(articles: list[Article], *, across: bool) -> tuple[Counter[str], int, float]:
    """Their languages, how many joined a story of another, and the CPU time of their placing."""
    grouper = Grouper(across_languages=across)
    languages: Counter[str] = Counter()
    joined, seconds = 0, 0.0
    for number, one in enumerate(articles):
        language = detect(one["title"], one["text"], one["language"])
        languages[language] += 1
        found = features(one["title"], one["text"], language)
        began = time.process_time()
        placed = grouper.place(
            ArticleId(str(number)),
            found,
            language=language,
            at=_AT + timedelta(hours=_HOURS * number / len(articles)),
            publisher=PublisherId("paper.example"),
        )
        seconds += time.process_time() - began
        if placed.words.rpartition(" with ")[2].startswith("a story in "):
            joined += 1
            _show(one, articles[int(placed.story)], placed)
    return languages, joined, seconds


def _show(one: Article, first: Article, placed: Placement) -> None:
    print(f"{one['title']}\n  joins {first['title']}\n  {placed.words}", file=sys.stderr)


def _place(grouper: Grouper, id_: str, one: Article, hour: float) -> Placement:
    language = detect(one["title"], one["text"], one["language"])
    return grouper.place(
        ArticleId(id_),
        features(one["title"], one["text"], language),
        language=language,
        at=_AT + timedelta(hours=hour),
        publisher=PublisherId(f"{id_}.example"),
    )
