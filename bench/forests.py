"""CatBoost's oblivious trees as plain data, as `wirecopy.stages.block_scorer` reads them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wirecopy.stages.block_scorer import SCALE


def plain(models: Sequence[Any], names: Sequence[str], head: str = "") -> str:
    """The trees as JSON that a person can read: a line a tree, leaves in whole numbers. The odds
    of several forests are averaged. `names` are those of the columns they were trained on; `head`
    is put before the rest."""
    forests = [_splits(model) for model in models]
    depth = max(len(tree) for trees in forests for tree in trees)
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
            lines.append(json.dumps(_line(tree, values, number, depth), separators=(",", ":")))
    asked_for = json.dumps([names[feature] for feature in used])
    return (
        f'{{{head}"bias":{round(bias * SCALE)},\n"features":{asked_for},\n"trees":[\n'
        + ",\n".join(lines)
        + "\n]}\n"
    )


def _line(
    tree: Sequence[tuple[int, float]],
    values: Sequence[float],
    number: dict[int, int],
    depth: int,
) -> dict[str, list[Any]]:
    """One tree. One of fewer levels asks its last question again: leaves between are never met."""
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
