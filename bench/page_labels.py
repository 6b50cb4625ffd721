"""Which blocks of a page its known text holds: what the block scorer learns from.

A text may be found at several places of a page (in the article and in a teaser beside it), and a
short block in the middle of a sentence. Truth and page are read in the same order, so the labels
are the blocks that can be laid along the truth one after the other and cover most of its words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bench.scoring import words

_PLACES = 8  # of one block in the truth, at the most
_RUN = 4  # words that a part of a block shares with the truth
_NEXT_TO = 0.3  # words that a neighbour on the page counts more than a far block
_GOES_ON = 0.4  # words that the truth's very next words count more

Place = tuple[int, int, int, float]
"""Block, first word in the truth, last word excluded, words that are the same."""


def labels(blocks: Sequence[str], truth: str) -> npt.NDArray[np.float64]:
    """For each block the share of its words (0 to 1) that the truth holds, in the truth's order."""
    parts = [words(block) for block in blocks]
    share = np.zeros(len(blocks))
    places, partial = _places(parts, words(truth))
    for number in _chain(places):
        block = places[number][0]
        share[block] = partial.get(block, 1.0)
    return share


def _places(parts: list[list[str]], truth: list[str]) -> tuple[list[Place], dict[int, float]]:
    """Where blocks stand in the truth, whole or, where they stand nowhere whole, in part."""
    text = " " + " ".join(truth) + " "
    starts, at = [], 1
    for word in truth:
        starts.append(at)
        at += len(word) + 1
    runs: dict[tuple[str, ...], int] = {}
    for number in range(len(truth) - _RUN, -1, -1):
        runs[tuple(truth[number : number + _RUN])] = number
    places: list[Place] = []
    partial: dict[int, float] = {}
    for block, part in enumerate(parts):
        if not part:
            continue
        needle = " " + " ".join(part) + " "
        found = text.find(needle)
        for _ in range(_PLACES):
            if found < 0:
                break
            first = bisect_left(starts, found + 1)
            places.append((block, first, first + len(part), len(part)))
            found = text.find(needle, found + 1)
        if (places and places[-1][0] == block) or len(part) < _RUN + 2:
            continue
        every = (runs.get(tuple(part[i : i + _RUN])) for i in range(len(part) - _RUN + 1))
        hits = [hit for hit in every if hit is not None]
        if len(hits) < 0.5 * (len(part) - _RUN + 1):
            continue
        first, last = min(hits), max(hits) + _RUN
        if last - first <= 2 * len(part) + 2 * _RUN:
            same = len(hits) + _RUN - 1
            places.append((block, first, last, same))
            partial[block] = min(1.0, same / len(part))
    return places, partial


def _chain(places: list[Place]) -> list[int]:
    """Places in order of both page and truth that hold the most words, last to first."""
    if not places:
        return []
    blocks = np.array([place[0] for place in places])
    ends = np.array([place[2] for place in places])
    best = np.zeros(len(places))
    before = np.full(len(places), -1)
    for number, (block, first, _, same) in enumerate(places):
        fits = (blocks[:number] < block) & (ends[:number] <= first)
        if fits.any():
            near = np.where(blocks[:number] >= block - 3, _NEXT_TO, 0)
            near = near + np.where(ends[:number] == first, _GOES_ON, 0)
            worth = np.where(fits, best[:number] + near, -1)
            before[number] = int(worth.argmax())
            best[number] = worth[before[number]]
        best[number] += same
    chain = []
    number = int(best.argmax())
    while number >= 0:
        chain.append(number)
        number = int(before[number])
    return chain
