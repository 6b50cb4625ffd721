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
import tempfile
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
from bench.page_labels import labels
from bench.scoring import Prediction, Truth, compare, score
from wirecopy.stages.block_choice import Choice, choose
from wirecopy.stages.block_features import FEATURES, Floats, features
from wirecopy.stages.block_scorer import SCALE, forest_of
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
        ask.out.write_text(plain(fit([*own, *more])), encoding="utf-8")
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
        forest = forest_of(json.loads(plain(fit([e for e in (*own, *more) if fold_of(e) != fold]))))
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


def plain(models: Sequence[Any]) -> str:
    """The trees as JSON that a person can read: a line a tree, leaves in whole numbers. The odds
    of several forests are averaged."""
    forests = [_splits(model) for model in models]
    used = sorted({feature for trees in forests for tree in trees for feature, _ in tree})
    number = {feature: index for index, feature in enumerate(used)}
    bias, lines = 0.0, []
    for model, trees in zip(models, forests, strict=True):
        scale, offset = model.get_scale_and_bias()
        bias += float(offset) / len(models)
        leaves, at = model.get_leaf_values() * (scale / len(models)), 0
        for tree in trees:
            values = [float(value) for value in leaves[at : at + (1 << len(tree))]]
            at += len(values)
            lines.append(json.dumps(_line(tree, values, number), separators=(",", ":")))
    names = json.dumps([FEATURES[feature] for feature in used])
    return (
        f'{{"bias":{round(bias * SCALE)},\n"features":{names},\n"trees":[\n'
        + ",\n".join(lines)
        + "\n]}\n"
    )


def _line(
    tree: Sequence[tuple[int, float]], values: Sequence[float], number: dict[int, int]
) -> dict[str, list[Any]]:
    """One tree. One of fewer levels asks its last question again: leaves between are never met."""
    depth = _TREES["depth"]
    asked = [*tree, *([tree[-1]] * (depth - len(tree)))]
    return {
        "feature": [number[feature] for feature, _ in asked],
        "border": [border for _, border in asked],
        "leaf": [round(value * SCALE) for value in _widened(values, 1 << depth)],
    }


def _splits(model: Any) -> list[list[tuple[int, float]]]:
    """Each tree's questions as (feature, border), lowest bit first, from CatBoost's own JSON."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        trees = json.loads(path.read_text("utf-8"))["oblivious_trees"]
    return [
        [
            (split["float_feature_index"], float(f"{np.float32(split['border']):.9g}"))
            for split in tree["splits"]
        ]
        for tree in trees
    ]


def _widened(values: Sequence[float], leaves: int) -> list[float]:
    """Leaves of a tree whose last question is asked again until it has that many."""
    wide = list(values)
    while len(wide) < leaves:
        half = len(wide) // 2
        wide = [*wide[:half], *wide[:half], *wide[half:], *wide[half:]]
    return wide


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
