"""What training on pages does with its tables, on pages counted by hand."""

from __future__ import annotations

import re

import numpy as np
import pytest

from bench.train_pages import _PARTS, FOLDS, Example, _blinded, curve, fold_of, guesses, lost
from wirecopy.stages.block_claims import Said
from wirecopy.stages.block_features import FEATURES
from wirecopy.stages.block_scorer import Scored
from wirecopy.stages.blocks import Blocks


def example(texts: list[str], right: list[float], domain: str = "a.example") -> Example:
    page = Blocks(
        text=texts,
        counts=[(0,) * 6 for _ in texts],
        elements=[[0, 0, 0, 0, 0, len(texts), 0]],
        names=[],
    )
    many = len(texts)
    return Example(
        row={"id": "1", "url": "http://a.example/", "text": " ".join(texts)},
        domain=domain,
        page=page,
        said=Said(),
        layout=np.zeros((many, 1), np.float32),
        right=np.array(right),
        weight=np.ones(many),
    )


def left(*numbers: int) -> Scored:
    table = np.zeros((len(FEATURES), len(numbers)), np.float32)
    return Scored(np.array(numbers), table, np.zeros(len(numbers), np.float32))


def test_pages_of_one_domain_stand_in_one_fold() -> None:
    folds = {fold_of(example(["x"], [1], f"{n}.example")) for n in range(50)}
    assert folds == set(range(FOLDS))
    assert fold_of(example(["x"], [1])) == fold_of(example(["y"], [0]))


def test_what_the_sieve_loses_is_counted_in_the_words_of_the_text() -> None:
    pages = [example(["one two three", "four", "menu"], [1, 1, 0]), example(["five six"], [1])]
    dropped, gone = lost(pages, [left(0), left(0)])
    assert dropped == pytest.approx(2 / 4)
    assert gone == pytest.approx(1 / 6)


def test_a_page_of_which_nothing_is_left_has_no_text() -> None:
    pages = [example(["one two"], [1])]
    assert [guess.text for _, guess in guesses(pages, [left()])] == [""]
    assert curve(pages, [left()]) == [(0.0, 0.0)]


def test_what_may_not_be_seen_is_nought_and_the_rest_stays() -> None:
    table = np.array([[1, 2], [3, 4]], np.float32)
    assert _blinded(table, ["a", "b"], {"b"}).tolist() == [[1, 0], [3, 0]]
    assert _blinded(table, ["a", "b"], frozenset()) is table


def test_every_part_that_is_left_out_is_counted() -> None:
    for what, pattern in _PARTS.items():
        found = [name for name in FEATURES if re.match(pattern, name)]
        assert found, what
        assert len(found) < len(FEATURES), what
