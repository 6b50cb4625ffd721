from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirecopy.stages import postings
from wirecopy.stages.postings import Postings

_SOME = np.random.default_rng(40).integers(0, 2**64, 40, dtype=np.uint64).tolist()
_HASHES = st.integers(0, 2**64 - 1).map(lambda n: n * 0x9E3779B97F4A7C15 % 2**64)  # spread evenly
_HASHES = _HASHES | st.sampled_from(_SOME)
_ARTICLES = st.lists(st.sets(_HASHES, max_size=30), max_size=40)


def _met(index: Postings, values: tuple[int, ...]) -> dict[int, list[int]]:
    hashes, places, numbers = index.find(values, least=1)
    found: dict[int, list[int]] = defaultdict(list)
    for value, number in zip(hashes[places].tolist(), numbers.tolist(), strict=True):
        found[value].append(number)
    return {value: sorted(numbers) for value, numbers in found.items()}


@settings(max_examples=60, deadline=None)
@given(articles=_ARTICLES, fresh=st.integers(1, 60))
def test_a_shingle_is_found_with_every_article_that_has_it(
    articles: list[set[int]], fresh: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_FRESH", fresh)
        index = Postings()
        expected: dict[int, list[int]] = defaultdict(list)
        for number, values in enumerate(articles):
            asked = tuple(sorted(values))
            assert _met(index, asked) == {v: expected[v] for v in asked if v in expected}
            index.add(asked, number, range(len(articles)))
            for value in values:
                expected[value].append(number)


def test_an_array_goes_once_all_its_articles_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postings, "_FRESH", 10)
    index = Postings()
    old = tuple(sorted(_SOME[:10]))
    index.add(old, 1, [1])
    index.add(tuple(sorted(_SOME[10:20])), 2, [2])
    assert _met(index, old) == {}


def test_what_was_never_met_is_hardly_ever_looked_for() -> None:
    chance = np.random.default_rng(7)
    index = Postings()
    for number in range(1_000):
        index.add(
            tuple(np.sort(chance.integers(0, 2**64, 100, dtype=np.uint64)).tolist()), number, ()
        )
    asked = tuple(np.sort(chance.integers(0, 2**64, 100_000, dtype=np.uint64)).tolist())
    assert len(index.find(asked, least=1).hashes) < 1_000
