"""Train the choice of a page's blocks, and say how well it does on publishers it has not seen.

`--data` is a folder of pages whose text is known (truth.jsonl and html/*.gz), `--more DIR` another
that is trained on too, at half the weight. The figures are of five-fold cross-validation on the
pages of `--data`: no domain stands on both sides. The trees of `--out` are trained on all pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from selectolax.lexbor import LexborHTMLParser

from bench import Ask, CannotRun
from bench.extraction import read_truth
from bench.forests import plain
from bench.page_labels import labels
from bench.scoring import Prediction, Truth, compare, score
from wirecopy.stages.block_choice import Choice, choose
from wirecopy.stages.block_features import FEATURES, Floats, features
from wirecopy.stages.block_scorer import forest_of
from wirecopy.stages.blocks import Blocks, cut
from wirecopy.stages.decode import decode
from wirecopy.stages.metadata import read_metadata
from wirecopy.stages.pages import said_by

FOLDS = 5
ELSEWHERE = 0.5  # the weight of a page of --more
_LONGEST = 100  # words; a longer block counts no more
_TREES: dict[str, Any] = {
    "iterations": 300,
    "depth": 6,
    "border_count": 63,
    "thread_count": 2,
    "verbose": False,
    "allow_writing_files": False,
}
# Two forests that see different features first are better than one (F1 +.002, exact +.015).
_FORESTS: tuple[dict[str, Any], ...] = (
    {"learning_rate": 0.15, "l2_leaf_reg": 5, "random_seed": 1},
    {"learning_rate": 0.15, "l2_leaf_reg": 10, "random_seed": 2, "rsm": 0.3},
)
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Example:
    """A page whose text is known, cut and counted."""

    row: Truth
    domain: str
    page: Blocks
    table: Floats  # (blocks, features)
    right: npt.NDArray[np.float64]  # the share of each block that the text holds
    weight: npt.NDArray[np.float64]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--more", action="append", type=Path, default=[], metavar="DIR", help="train on this too"
    )


def run(ask: Ask) -> list[dict[str, Any]]:
    """Print what cross-validation gives, and write the trees of all pages to `--out`."""
    own = examples(ask.folder(), 1.0)
    more = [one for folder in ask.more.more for one in examples(folder, ELSEWHERE)]
    print(f"{len(own)} pages, and {len(more)} more to train on", flush=True)
    chances = crossed(own, more)
    table = [told(own, chances, name) for name in ("all", *sorted({set_of(e) for e in own}))]
    print(f"\n{'':15}{'pages':>7}{'F1':>8}{'P':>8}{'R':>8}{'exact':>8}{'fail':>8}")
    for line in table:
        figures = "".join(f"{line[key]:8.3f}" for key in ("f1", "precision", "recall", "exact"))
        print(f"{line['name']:15}{line['pages']:7}{figures}{line['fail']:8.3f}")
    print("\nconfidence told, F1 found, by tenths of the pages")
    for told_confidence, found in curve(own, chances):
        print(f"{told_confidence:8.3f}{found:8.3f}")
    if ask.out is not None:
        ask.out.write_text(plain(fit([*own, *more]), FEATURES), encoding="utf-8")
    return table


def set_of(example: Example) -> str:
    return example.row.get("set", "")


def examples(folder: Path, weight: float) -> list[Example]:
    """Every page of a folder whose text is known and which has any block."""
    found = []
    shown = sys.stderr.isatty()
    rows = [row for row in read_truth(folder) if row.get("text")]
    for number, row in enumerate(rows, 1):
        found += example(folder, row, weight)
        if shown:
            print(f"\r{folder.name}: {number} of {len(rows)} pages ", end="", file=sys.stderr)
    if shown:
        print(file=sys.stderr)
    return found


def example(folder: Path, row: Truth, weight: float) -> list[Example]:
    text = decode(gzip.decompress((folder / row["file"]).read_bytes()), "").text
    tree = LexborHTMLParser(text)
    page = cut(tree)
    if not page:
        return []
    table = features(page, said_by(read_metadata(tree, row["url"])))
    size = np.array([block.count(" ") + 1 for block in page.text], np.float64)
    by_size = np.sqrt(np.minimum(size, _LONGEST))
    return [
        Example(
            row=row,
            domain=str(row.get("domain") or row["id"]),
            page=page,
            table=np.ascontiguousarray(table.T),
            right=labels(page.text, row["text"] or ""),
            weight=by_size * (300 * weight / by_size.sum()),  # every page counts alike
        )
    ]


def fold_of(example: Example) -> int:
    return crc32(example.domain.encode()) % FOLDS


def crossed(own: Sequence[Example], more: Sequence[Example]) -> list[Floats]:
    """The chances of each page's blocks, as told by trees that saw no page of its domain."""
    chances: dict[int, Floats] = {}
    for fold in range(FOLDS):
        forest = forest_of(
            json.loads(plain(fit([e for e in (*own, *more) if fold_of(e) != fold]), FEATURES))
        )
        for number, one in enumerate(own):
            if fold_of(one) == fold:
                chances[number] = forest.chances(np.ascontiguousarray(one.table.T))
        print(f"fold {fold + 1} of {FOLDS}", file=sys.stderr, flush=True)
    return [chances[number] for number in range(len(own))]


def fit(pages: Sequence[Example]) -> list[Any]:
    """CatBoost's trees; any other way to oblivious trees would do."""
    try:
        from catboost import CatBoostClassifier, Pool
    except ImportError as error:
        raise CannotRun("catboost is not installed: scripts/setup bench") from error
    pool = Pool(
        np.vstack([one.table for one in pages]),
        np.concatenate([one.right >= 0.5 for one in pages]).astype(int),
        weight=np.concatenate([one.weight for one in pages]),
    )
    models = [CatBoostClassifier(**_TREES, **settings) for settings in _FORESTS]
    for model in models:
        model.fit(pool)
    return models


def told(own: Sequence[Example], chances: Sequence[Floats], name: str) -> dict[str, Any]:
    """One line of the table: all pages or those of one collection."""
    pairs = [
        (one.row, Prediction(text=_text(one, chance)))
        for one, chance in zip(own, chances, strict=True)
        if name in ("all", set_of(one))
    ]
    found = score(pairs)
    keys = ("f1", "precision", "recall", "exact", "fail")
    return {"name": name, "pages": len(pairs), **{key: getattr(found, key) or 0.0 for key in keys}}


def _text(one: Example, chance: Floats) -> str:
    return "\n".join(block.text for block in _choice(one, chance).blocks)


def _choice(one: Example, chance: Floats) -> Choice:
    return choose(one.page, np.ascontiguousarray(one.table.T), chance)


def curve(own: Sequence[Example], chances: Sequence[Floats]) -> list[tuple[float, float]]:
    """Mean confidence and mean page F1 of each tenth of the pages, least sure first."""
    rows = []
    for one, chance in zip(own, chances, strict=True):
        found = compare(one.row["text"] or "", _text(one, chance)).f1
        rows.append((_choice(one, chance).confidence, found))
    rows.sort()
    means = np.array_split(np.array(rows), _TENTHS)
    return [(float(part[:, 0].mean()), float(part[:, 1].mean())) for part in means if len(part)]
