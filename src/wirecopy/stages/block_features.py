"""What the block scorer is told of each block of a page: a column of numbers a block."""

from __future__ import annotations

import numpy as np

from wirecopy.stages.block_claims import CLAIMS, Said, claims
from wirecopy.stages.block_layout import LAYOUT, Floats
from wirecopy.stages.blocks import Blocks, Ints

FEATURES = [*LAYOUT, *CLAIMS]
"""The rows of a table in their order."""


def features(page: Blocks, said: Said, laid_out: Floats, numbers: Ints) -> Floats:
    """(features, numbers), in the order of `FEATURES`, of the blocks of these numbers.

    `laid_out` is what `layout` gives for the whole page.
    """
    table = np.empty((len(FEATURES), len(numbers)), np.float32)
    table[: len(LAYOUT)] = laid_out[:, numbers]
    table[len(LAYOUT) :] = claims(page, said, numbers.tolist())
    return table
