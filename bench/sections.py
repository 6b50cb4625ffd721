"""How often an article's section is known, and how often it is right.

`--data` is JSON Lines, gzip or plain: `url`, `title`, `text`, `lang`, and the `category` that
people gave. The stage is given the address, as the set has neither feeds nor pages: the
publisher's own word in another place is not measured. Where the address tells nothing, the words
may. Categories are coarser than sections, so a section is right where it is one of those that a
category stands for.

The package's weights of words are trained on a part of such a set: of that part the figures say
nothing, and `train-sections` prints those of articles that were not trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench import Ask, CannotRun
from bench.clusters import print_table, rows
from wirecopy.stages.section_guess import guess
from wirecopy.stages.sections import section

MEANS = {
    "society": {"society", "politics", "world", "health", "environment", "weather", "opinion"},
    "economy": {"business"},
    "technology": {"technology"},
    "science": {"science", "health", "environment"},
    "sports": {"sport"},
    "entertainment": {"culture"},
}
"""Sections that a category may stand for; other categories are of no section."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """An article that people sorted."""

    url: str
    title: str
    text: str
    language: str
    category: str


def run(ask: Ask) -> list[dict[str, Any]]:
    """Print, for each language, how many articles have a section and how many the right one."""
    articles = read(ask)
    languages = sorted({one.language for one in articles})
    table = [row_of(name, articles, _told) for name in ("all", *languages)]
    print_table(table)
    return table


def read(ask: Ask) -> list[Sorted]:
    """The articles of `--data`. CannotRun where it is none, and for a row that lacks something."""
    if ask.data is None or not ask.data.is_file():
        raise CannotRun("This benchmark needs labelled articles: --data FILE.jsonl.gz")
    found = []
    for number, row in enumerate(rows(ask.data), start=1):
        try:
            found.append(
                Sorted(row["url"], row["title"], row["text"], row["lang"], row["category"])
            )
        except KeyError as error:
            raise CannotRun(f"{ask.data}: row {number} has no {error}") from error
    return found


def row_of(name: str, articles: Sequence[Sorted], told: Callable[[Sorted], str]) -> dict[str, Any]:
    """What address, words, and words after the address tell of a language's articles."""
    here = [one for one in articles if name in ("all", one.language)]
    known = [one for one in here if one.category in MEANS]
    others = [one for one in here if one.category not in MEANS]
    by_address = [section("", "", (), one.url)[0] for one in known]
    by_words = [told(one) for one in known]
    both = [address or words for address, words in zip(by_address, by_words, strict=True)]
    row: dict[str, Any] = {"name": name, "articles": len(known)}
    for how, keys in (("address", by_address), ("words", by_words), ("both", both)):
        right = sum(key in MEANS[one.category] for one, key in zip(known, keys, strict=True))
        count = sum(map(bool, keys))
        row[f"{how}_known"] = round(count / len(known), 4) if known else None
        row[f"{how}_right_of_known"] = round(right / count, 4) if count else None
        row[f"{how}_right_of_all"] = round(right / len(known), 4) if known else None
    row["of_no_section"] = len(others)
    row["of_no_section_told"] = sum(bool(told(one)) for one in others)
    return row


def _told(one: Sorted) -> str:
    return guess(one.title, one.text, one.language)[0]
