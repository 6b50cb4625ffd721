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

from wirecopy.stages.block_claims import Said
from wirecopy.stages.block_features import FEATURES, features
from wirecopy.stages.block_layout import LAYOUT, Floats, layout
from wirecopy.stages.blocks import Blocks, Ints

SCALE = 10_000  # a leaf's unit is a ten-thousandth of log odds
# Of blocks of lower odds by their layout, half of all, next to none is an article's: `python -m
# bench train-pages` prints how many.
HOPELESS = -3 * SCALE


@dataclass(frozen=True, slots=True)
class Forest:
    """Oblivious trees: (trees, levels) questions `table[feature] > border`, (trees, 2**levels)
    leaves in ten-thousandths of log odds, the first level being the lowest bit of the leaf."""

    feature: npt.NDArray[np.intp]
    border: Floats
    leaf: npt.NDArray[np.int32]
    bias: int

    def odds(self, table: Floats) -> npt.NDArray[np.int32]:
        """Log odds of each block in units of 1 / SCALE; `table` is (features, blocks)."""
        many, levels = self.feature.shape
        code = np.zeros((many, table.shape[1]), np.uint8)
        for level in range(levels):
            over = table[self.feature[:, level]] > self.border[:, level, None]
            code |= over.view(np.uint8) << np.uint8(level)
        at = code + (np.arange(many) << levels)[:, None]
        total: npt.NDArray[np.int32] = self.leaf.ravel().take(at).sum(axis=0, dtype=np.int32)
        return total + np.int32(self.bias)

    def chances(self, table: Floats) -> Floats:
        """The same as probabilities, 0 to 1."""
        odds = self.odds(table) / SCALE
        return (1 / (1 + np.exp(-odds))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Scored:
    """The blocks in question, by their numbers on the page, with what they were judged by."""

    numbers: Ints
    table: Floats  # (features, numbers), in the order of `FEATURES`
    chances: Floats  # that each is the article's, 0 to 1


@dataclass(frozen=True, slots=True)
class Scorer:
    """Two forests: one sorts out by their layout what is hopeless, the other looks at the rest."""

    sieve: Forest  # over `LAYOUT`
    forest: Forest  # over `FEATURES`

    def score(self, page: Blocks, said: Said) -> Scored:
        """The chances of a page's blocks; the page has at least one."""
        laid_out = layout(page)
        numbers = np.flatnonzero(self.sieve.odds(laid_out) > HOPELESS)
        table = features(page, said, laid_out, numbers)
        return Scored(numbers, table, self.forest.chances(table))


@lru_cache(maxsize=1)
def trained() -> Scorer:
    """The trees in the package."""
    file = resources.files("wirecopy.stages").joinpath("data/page_blocks.json")
    return scorer_of(json.loads(file.read_text(encoding="utf-8")))


def scorer_of(data: Mapping[str, Any]) -> Scorer:
    """Both forests from their plain form."""
    return Scorer(forest_of(data["sieve"], LAYOUT), forest_of(data, FEATURES))


def forest_of(data: Mapping[str, Any], names: Sequence[str]) -> Forest:
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
