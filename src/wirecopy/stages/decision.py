"""How likely an article tells of the same event as a live story: a logistic decision over evidence.

The weights are plain data, `data/story_decision.json`, made by `python -m bench train-stories`. No
figure tells how many articles a story has, as training sets have stories of a set size.

Measured on stories that the weights were not trained on, B-Cubed F1: news round-ups .920, the same
laid over three weeks .846 (pairwise .72). Means over the latest members do better than the story's
sum (.912, .844), and the likest member alone does worse (.909, .840).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

ASKED = 0.5  # the chance from which an article joins
_BOUND = 6.0  # how far apart two candidates can be, in log odds


class Evidence(NamedTuple):
    """What is weighed of one candidate story; each figure is 0..1."""

    text: float  # mean cosine with the latest members: title and lead
    title: float  # the same of headlines alone
    names: float  # the same of the words in names
    fresh: float  # 1 for a story that begins now, 1/e after 72 hours
    rarest: float  # share of the article's ten rarest terms that stand in the story, by rarity


@dataclass(frozen=True, slots=True)
class Weights:
    """Two rounds: `each` tells candidates apart, `best` decides on the first of them.

    `each` has a weight for every figure of Evidence and a constant; `best` has a weight for every
    figure, one for its lead over the next candidate, one for being the only one, and a constant.
    """

    each: tuple[float, ...]
    best: tuple[float, ...]

    def __post_init__(self) -> None:
        figures = len(Evidence._fields)
        if (len(self.each), len(self.best)) != (figures + 1, figures + 3):
            raise ValueError(f"{figures + 1} and {figures + 3} weights are wanted")


@lru_cache(maxsize=1)
def trained() -> Weights:
    """The weights in the package."""
    file = resources.files("wirecopy.stages").joinpath("data/story_decision.json")
    return weights_of(file.read_text(encoding="utf-8"))


def weights_of(text: str) -> Weights:
    """The weights of a JSON text; ValueError for anything else."""
    data = json.loads(text)
    return Weights(each=tuple(data["each"]), best=tuple(data["best"]))


def choose(candidates: Sequence[Evidence], weights: Weights) -> tuple[int, float]:
    """The likeliest candidate, the first of equals, and the chance (0..1) that it is the story."""
    if not candidates:
        raise ValueError("there is nothing to choose from")
    odds = [_sum(weights.each, one) for one in candidates]
    best = max(range(len(odds)), key=lambda i: (odds[i], -i))
    figures = (*candidates[best], *rivalry(odds, best))
    return best, 1 / (1 + math.exp(-_sum(weights.best, figures)))


def rivalry(odds: Sequence[float], best: int) -> tuple[float, float]:
    """The best candidate's lead in log odds over the next, bounded; and 1 if there is no next.

    Having no rival is no lead: in a small newspaper it says nothing.
    """
    others = [value for i, value in enumerate(odds) if i != best]
    if not others:
        return 0.0, 1.0
    return min(_BOUND, odds[best] - max(others)), 0.0


def _sum(weights: Sequence[float], figures: Sequence[float]) -> float:
    *slopes, constant = weights
    return sum([w * x for w, x in zip(slopes, figures, strict=True)]) + constant
