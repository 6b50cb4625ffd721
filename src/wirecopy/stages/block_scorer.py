"""How likely each block of a page belongs to its article: boosted trees as plain data.

The trees are oblivious: all nodes of one level ask the same question, so that a tree is a few
comparisons and one look-up, which arrays do for all blocks and all trees at once. They are made by
`python -m bench train-pages`. Leaves are whole numbers, which add up alike on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from wirecopy.stages.block_features import FEATURES, Floats

SCALE = 10_000  # a leaf's unit is a ten-thousandth of log odds
_FIRST = 100  # trees
_HOPELESS = -2 * SCALE


@dataclass(frozen=True, slots=True)
class Forest:
    """Oblivious trees: (trees, levels) questions `table[feature] > border`, (trees, 2**levels)
    leaves in ten-thousandths of log odds, the first level being the lowest bit of the leaf."""

    feature: npt.NDArray[np.intp]
    border: Floats
    leaf: npt.NDArray[np.int32]
    bias: int

    def odds(self, table: Floats) -> npt.NDArray[np.int32]:
        """Log odds of each block in units of 1 / SCALE; `table` is (features, blocks).

        Half of all blocks are hopeless after the first trees, and are asked no more.
        """
        first, rest = slice(0, _FIRST), slice(_FIRST, len(self.leaf))
        total = self._sums(first, table)
        hopeful = np.flatnonzero(total > _HOPELESS)
        total[hopeful] += self._sums(rest, table[:, hopeful])
        return total + np.int32(self.bias)

    def _sums(self, trees: slice, table: Floats) -> npt.NDArray[np.int32]:
        """What some of the trees add for each block."""
        feature, border, leaf = self.feature[trees], self.border[trees], self.leaf[trees]
        many, levels = feature.shape
        code = np.zeros((many, table.shape[1]), np.uint8)
        for level in range(levels):
            over = table[feature[:, level]] > border[:, level, None]
            code |= over.view(np.uint8) << np.uint8(level)
        at = code + (np.arange(many) << levels)[:, None]
        total: npt.NDArray[np.int32] = leaf.ravel().take(at).sum(axis=0, dtype=np.int32)
        return total

    def chances(self, table: Floats) -> Floats:
        """The same as probabilities, 0 to 1."""
        odds = self.odds(table) / SCALE
        return (1 / (1 + np.exp(-odds))).astype(np.float32)


@lru_cache(maxsize=1)
def trained() -> Forest:
    """The trees in the package."""
    file = resources.files("wirecopy.stages").joinpath("data/page_blocks.json")
    return forest_of(json.loads(file.read_text(encoding="utf-8")))


def forest_of(data: Mapping[str, Any], names: Sequence[str] = FEATURES) -> Forest:
    """Trees from their plain form, over rows of these names; ValueError where they ask for what
    is not counted."""
    unknown = sorted(set(data["features"]) - set(names))
    if unknown:
        raise ValueError(f"the trees ask for {', '.join(unknown)}; train them anew")
    rows = np.array([names.index(name) for name in data["features"]], np.intp)
    trees = data["trees"]
    feature = rows[np.array([tree["feature"] for tree in trees], np.intp)]
    border = np.array([tree["border"] for tree in trees], np.float32)
    leaf = np.array([tree["leaf"] for tree in trees], np.int32)
    if leaf.shape != (len(trees), 1 << feature.shape[1]) or border.shape != feature.shape:
        raise ValueError("every tree wants as many levels, and two leaves for each way through")
    return Forest(feature=feature, border=border, leaf=leaf, bias=int(data["bias"]))
