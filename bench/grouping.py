"""How well and how fast a stream of articles is put into stories.

The stream goes in time order through the very steps that recording takes, from an article's words
on: language, features, copies, story. Nothing of the truth is read by them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from typing import Any

from bench import Ask
from bench.clusters import (
    Item,
    bcubed,
    beside,
    can_publish,
    draw,
    f1,
    group,
    interval,
    name_of,
    pairwise,
    print_table,
    publish,
    read_stream,
    write_rows,
)
from bench.grouping_peers import PEERS


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--clock", default="timestamp", metavar="FIELD", help="the field to stream by (timestamp)"
    )
    can_publish(parser)


def run(ask: Ask) -> list[dict[str, Any]]:
    """Stream the file, write what was decided, and score it where the truth is known."""
    items = read_stream(ask.data, clock=ask.more.clock)
    began = time.process_time()
    stories = group(draw(items))
    table = [_row("wirecopy", items, stories, time.process_time() - began)]
    if ask.out is not None:
        write_rows(ask.out, ((item.id, stories[item.id]) for item in items))
    for name, given, seconds in beside(PEERS, ask.peers, items):
        table.append(_row(name, items, given, seconds))
    print_table(table)
    if ask.more.publish:
        peers = {row["name"]: row.get("f1") for row in table[1:] if row["articles"] == len(items)}
        publish(
            f"{name_of(ask.data)} by {ask.more.clock}",
            {key: table[0][key] for key in _PUBLISHED if key in table[0]} | {"peers": peers},
        )
    return table


_PUBLISHED = ("articles", "true_stories", "f1", "f1_low", "f1_high", "pairwise_f1")


def _row(
    name: str, items: Sequence[Item], stories: Mapping[Any, str], seconds: float
) -> dict[str, Any]:
    """What a program made of the articles that it got to see."""
    seen = [item for item in items if item.id in stories]
    row: dict[str, Any] = {
        "name": name,
        "articles": len(seen),
        "stories": len({stories[item.id] for item in seen}),
        "articles_per_s": round(len(seen) / seconds, 1) if seconds else None,
    }
    pairs = [(item.truth, str(stories[item.id])) for item in seen if item.truth]
    if pairs:
        precision, recall = bcubed(pairs)
        low, high = interval(pairs)
        linked = pairwise(pairs)
        row |= {
            "true_stories": len({truth for truth, _ in pairs}),
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(f1(precision, recall), 4),
            "f1_low": round(low, 4),
            "f1_high": round(high, 4),
            "pairwise_f1": round(f1(*linked), 4),
        }
    return row
