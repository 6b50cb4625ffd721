"""How often two articles are rightly told to be of one event, or of two.

`--data` is JSON Lines, gzip or plain: `title_a`, `text_a`, `title_b`, `text_b`, `lang`, and the
`label` that people gave, OK or BAD. The first of a pair opens a story and the second comes an hour
later, with no other article near: what joins is decided by the pair alone.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import Ask, CannotRun
from bench.clusters import Item, draw, group, print_table, rows
from wirecopy.model import ArticleId, PublisherId

_AT = datetime(2026, 1, 1, tzinfo=UTC)


def run(ask: Ask) -> list[dict[str, Any]]:
    """Decide each pair by itself; print the share decided as people did, and how it errs."""
    if ask.data is None or not ask.data.is_file():
        raise CannotRun("This benchmark needs labelled pairs: --data FILE.jsonl.gz")
    told: Counter[tuple[str, bool, bool]] = Counter()
    for number, row in enumerate(rows(ask.data), start=1):
        try:
            pair = [_item(row, side, hour) for hour, side in enumerate("ab")]
            told[row["lang"], row["label"] == "OK", len(set(group(draw(pair)).values())) == 1] += 1
        except KeyError as error:
            raise CannotRun(f"{ask.data}: row {number} has no {error}") from error
    languages = sorted({language for language, *_ in told})
    table = [_row(language, told) for language in languages]
    table.append(_row("all", _whole(told)))
    print_table(table)
    return table


def _whole(told: Counter[tuple[str, bool, bool]]) -> Counter[tuple[str, bool, bool]]:
    whole: Counter[tuple[str, bool, bool]] = Counter()
    for (_, same, joined), count in told.items():
        whole["all", same, joined] += count
    return whole


def _row(language: str, told: Counter[tuple[str, bool, bool]]) -> dict[str, Any]:
    def count(*, same: bool, joined: bool) -> int:
        return told[language, same, joined]

    right = count(same=True, joined=True) + count(same=False, joined=False)
    pairs = right + count(same=True, joined=False) + count(same=False, joined=True)
    return {
        "name": language,
        "pairs": pairs,
        "accuracy": round(right / pairs, 4),
        "joined_wrongly": count(same=False, joined=True),
        "left_apart_wrongly": count(same=True, joined=False),
    }


def _item(row: dict[str, Any], side: str, hour: int) -> Item:
    return Item(
        id=ArticleId(side),
        at=_AT + timedelta(hours=hour),
        publisher=PublisherId(f"{side}.example"),
        language=row["lang"],
        title=row[f"title_{side}"],
        text=row[f"text_{side}"],
        truth="",
    )
