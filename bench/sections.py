"""How often an article's section is known, and how often it is right.

`--data` is JSON Lines, gzip or plain: `url`, `title`, `text`, `lang`, and the `category` that
people gave. Only the address is given to the stage, as the set has neither feeds nor pages: the
publisher's own word in another place is not measured. Categories are coarser than sections, so a
section is right where it is one of those that a category stands for.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from bench import Ask, CannotRun
from bench.clusters import print_table, rows
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


def run(ask: Ask) -> list[dict[str, Any]]:
    """Print, for each language, how many articles have a section and how many the right one."""
    if ask.data is None or not ask.data.is_file():
        raise CannotRun("This benchmark needs labelled articles: --data FILE.jsonl.gz")
    counts: dict[str, Counter[str]] = {}
    for number, row in enumerate(rows(ask.data), start=1):
        try:
            category, language, url = row["category"], row["lang"], row["url"]
        except KeyError as error:
            raise CannotRun(f"{ask.data}: row {number} has no {error}") from error
        if category not in MEANS:
            continue
        key, _ = section("", "", (), url)
        for name in (language, "all"):
            told = counts.setdefault(name, Counter())
            told["articles"] += 1
            told["known"] += bool(key)
            told["right"] += key in MEANS[category]
    table = [
        {
            "name": name,
            "articles": told["articles"],
            "known": round(told["known"] / told["articles"], 4),
            "right_of_known": round(told["right"] / told["known"], 4) if told["known"] else None,
        }
        for name, told in sorted(counts.items())
    ]
    print_table(table)
    return table
