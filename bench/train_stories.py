"""Train the decision whether an article joins a story, and say how well it does on other stories.

`--data` is a stream like those of `grouping`; each clock named is streamed by itself, and all of
them are trained on together. The weights of `--out` are trained on every story; the figures come
from five-fold cross-validation, in which no story stands on both sides: the stream runs whole, but
examples are taken from the stories of four folds and articles are scored in the fifth.

Training has two rounds: first with every earlier article in its true story, then with the stories
as the first round's weights make them, where a story is whatever most of its articles are.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from bench import Ask, CannotRun
from bench.clusters import (
    Drawn,
    Pair,
    can_publish,
    draw,
    f1,
    name_of,
    pairwise,
    publish,
    read_stream,
)
from wirecopy.model import ArticleId, StoryId
from wirecopy.stages.decision import ASKED, Evidence, Weights, choose, rivalry
from wirecopy.stages.group import TEXT_WORDS, WINDOW_HOURS, place
from wirecopy.stages.shelf import Shelf

FOLDS = 5
DIGITS = 4  # of a weight as it is kept
_RIDGE = 1.0  # on the slopes, so that evidence that says the same shares its weight
_STEPS = 30

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one article, and which of them are its story."""

    truth: str
    candidates: Matrix  # candidates x figures
    right: NDArray[np.bool_]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--clock",
        action="append",
        metavar="FIELD",
        help="a field to stream by; may be given again (timestamp)",
    )
    can_publish(parser)


def run(ask: Ask) -> list[dict[str, Any]]:
    """Cross-validate, print the figures, and write the weights of all stories."""
    clocks = ask.more.clock or ["timestamp"]
    streams = {clock: read(ask.data, clock) for clock in clocks}
    folds = [_weights(streams, without=k) for k in range(FOLDS)]
    table = [{"clock": clock} | cross_validated(streams[clock], folds) for clock in clocks]
    for row in table:
        if ask.more.publish:
            publish(f"{name_of(ask.data)} by {row['clock']}", {"cross_validated": row})
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    weights = _weights(streams)
    if ask.out is not None:
        write(ask.out, weights)
    return table


def read(path: Path | None, clock: str) -> list[Drawn]:
    """A stream with what no weight has a say in: features and copies."""
    items = read_stream(path, clock=clock)
    for item in items:
        if not item.truth:
            raise CannotRun(f"{item.id} has no story; training needs the truth")
    return list(draw(items))


def fold(truth: str) -> int:
    """Which fold a story is in: by its name alone."""
    return xxh3_64_intdigest(truth.encode()) % FOLDS


def cross_validated(stream: Sequence[Drawn], folds: Sequence[Weights]) -> dict[str, Any]:
    """B-Cubed, each article scored by weights that never saw its story; pairwise: the mean."""
    precision, recall, pairs_f1 = [], [], []
    for k, weights in enumerate(folds):
        _, pairs = walk(stream, weights)
        both, true, given = Counter(pairs), *map(Counter, zip(*pairs, strict=True))
        for truth, story in pairs:
            if fold(truth) == k:
                precision.append(both[truth, story] / given[story])
                recall.append(both[truth, story] / true[truth])
        pairs_f1.append(f1(*pairwise(pairs)))
    p, r = float(np.mean(precision)), float(np.mean(recall))
    return {
        "precision": round(p, 4),
        "recall": round(r, 4),
        "f1": round(f1(p, r), 4),
        "pairwise_f1": round(float(np.mean(pairs_f1)), 4),
    }


def walk(stream: Sequence[Drawn], weights: Weights | None) -> tuple[list[Example], list[Pair]]:
    """One pass: what there was to choose from, and what was chosen.

    Without weights every article is put where it belongs. Headlines alone are no examples, as they
    are decided otherwise.
    """
    shelves: defaultdict[str, Shelf] = defaultdict(Shelf)
    told: defaultdict[str, Counter[str]] = defaultdict(Counter)  # true stories of a story
    placed: dict[ArticleId, str] = {}
    examples = []
    for one in stream:
        truth, at = one.item.truth, one.item.at
        shelf = shelves[one.language]
        shelf.forget(at - timedelta(hours=WINDOW_HOURS))
        if one.repeat is not None:
            placed[one.item.id] = placed[one.repeat.of]
            continue
        story: str = one.item.id if weights else truth
        vector = shelf.read(one.features)
        candidates = shelf.weigh(vector, at) if one.features.words >= TEXT_WORDS else []
        if candidates:
            evidence = [figures for _, figures in candidates]
            right = [told[name].most_common(1)[0][0] == truth for name, _ in candidates]
            examples.append(Example(truth, np.array(evidence), np.array(right)))
            if weights is not None:
                best, chance = choose(evidence, weights)
                story = candidates[best][0] if chance >= ASKED else story
        elif weights is not None:
            story = place(shelf, one.item.id, one.features, vector, at, weights).story
        shelf.add(one.item.id, vector, one.features.numbers, at, StoryId(story))
        told[story][truth] += 1
        placed[one.item.id] = story
    return examples, [(one.item.truth, placed[one.item.id]) for one in stream]


# ---------------------------------------------------------------- fitting


def _weights(streams: dict[str, list[Drawn]], *, without: int | None = None) -> Weights:
    """Trained on the stories of every fold but that one."""

    def examples(weights: Weights | None) -> list[Example]:
        return [
            one
            for stream in streams.values()
            for one in walk(stream, weights)[0]
            if fold(one.truth) != without
        ]

    seen = examples(None)
    return fit([*seen, *examples(fit(seen))])


def fit(examples: Sequence[Example]) -> Weights:
    """Both rounds of weights: for telling candidates apart, and for deciding on the best."""
    each = logistic(
        np.concatenate([one.candidates for one in examples]),
        np.concatenate([one.right for one in examples]),
    )
    rows, right = [], []
    for one in examples:
        odds = one.candidates @ each[:-1] + each[-1]
        best = int(np.argmax(odds))
        rows.append((*one.candidates[best], *rivalry(odds.tolist(), best)))
        right.append(one.right[best])
    last = logistic(np.array(rows), np.array(right))
    return Weights(each=_rounded(each), best=_rounded(last))


def logistic(figures: Matrix, right: NDArray[np.bool_]) -> Matrix:
    """Slopes and constant of a logistic regression, by Newton's method."""
    x = np.column_stack([figures, np.ones(len(figures))])
    ridge = np.diag([_RIDGE] * figures.shape[1] + [0.0])
    weights = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (right - chance) - ridge @ weights
        bend = (x.T * (chance * (1 - chance))) @ x + ridge
        step = np.linalg.solve(bend, slope)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _rounded(weights: Matrix) -> tuple[float, ...]:
    return tuple(round(float(weight), DIGITS) for weight in weights)


def write(path: Path, weights: Weights) -> None:
    """The weights as the package keeps them."""
    data = {
        "figures": list(Evidence._fields),
        "each": list(weights.each),
        "best": list(weights.best),
    }
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in data.items())
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
