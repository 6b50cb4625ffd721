"""How well and how fast copies of a text are found, and how often different texts are joined.

The stream goes in time order through the steps that recording takes. A row's `story` is its group
of copies; `variant` says how a copy was made, and `hard-negative` is a different text on the same
event, which belongs to nobody.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bench import Ask
from bench.clusters import (
    Item,
    bcubed,
    beside,
    can_publish,
    f1,
    pairwise,
    print_table,
    publish,
    read_stream,
    write_rows,
)
from bench.duplicates_peers import PEERS
from wirecopy.model import ArticleId, Repeat
from wirecopy.stages.features import fingerprint
from wirecopy.stages.repeats import Index

HARD = "hard-negative"


def arguments(parser: argparse.ArgumentParser) -> None:
    can_publish(parser)


def run(ask: Ask) -> list[dict[str, Any]]:
    """Stream the file, write each article's group, and score it where the truth is known."""
    items = read_stream(ask.data)
    found, seconds = find_copies(items)
    groups = {item.id: found[item.id].of if item.id in found else item.id for item in items}
    if ask.out is not None:
        write_rows(ask.out, groups.items())
    kinds = dict(Counter(repeat.kind for repeat in found.values()))
    table = [_row("wirecopy", items, groups, seconds) | {"kinds": kinds}]
    for name, given, spent in beside(PEERS, ask.peers, items):
        table.append(_row(name, items, given, spent))
    print_table(table)
    if ask.more.publish:
        peers = {row["name"]: row.get("f1") for row in table[1:]}
        kept = ("documents", "f1", "hard_negatives_joined")
        publish(
            "copies", {key: table[0][key] for key in kept if key in table[0]} | {"peers": peers}
        )
    return table


def _row(
    name: str, items: Sequence[Item], groups: Mapping[Any, str], seconds: float
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": name,
        "documents": len(items),
        "documents_per_s": round(len(items) / seconds, 1) if seconds else None,
    }
    pairs = [(item.truth, groups[item.id]) for item in items if item.truth]
    if pairs:
        row["f1"] = round(f1(*pairwise(pairs)), 4)
        row["bcubed_f1"] = round(f1(*bcubed(pairs)), 4)
        row |= by_variant(items, groups)
    return row


def find_copies(items: list[Item]) -> tuple[dict[ArticleId, Repeat], float]:
    """What each article repeats, and the CPU seconds it took, from the text on."""
    index, found = Index(), {}
    began = time.process_time()
    for item in items:
        drawn = fingerprint(item.text)
        repeat = index.find(item.id, drawn, publisher=item.publisher, at=item.at)
        index.add(item.id, drawn, publisher=item.publisher, at=item.at, repeat=repeat)
        if repeat is not None:
            found[item.id] = repeat
    return found, time.process_time() - began


def by_variant(items: Sequence[Item], groups: Mapping[Any, str]) -> dict[str, float]:
    """For each way a copy was made the share found, and the share of different texts joined."""
    originals = {item.truth: groups[item.id] for item in items if item.variant == "original"}
    sizes = Counter(groups.values())
    told: defaultdict[str, list[bool]] = defaultdict(list)
    for item in items:
        if item.variant == HARD:
            told["hard_negatives_joined"].append(sizes[groups[item.id]] > 1)
        elif item.variant not in ("", "original") and item.truth in originals:
            told[item.variant].append(groups[item.id] == originals[item.truth])
    return {kind: round(sum(hits) / len(hits), 4) for kind, hits in sorted(told.items())}
