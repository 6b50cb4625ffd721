from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

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


def _shingles(values: Iterable[int]) -> bytes:
    return b"".join(value.to_bytes(8, "little") for value in sorted(values))


def _met(index: Postings, values: Iterable[int]) -> dict[int, list[int]]:
    hashes, places, numbers = index.find(_shingles(values), least=1)
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
        patch.setattr(postings, "_LEAST_ROOM", 1)  # so that the filter has to be widened
        index = Postings()
        expected: dict[int, list[int]] = defaultdict(list)
        for number, values in enumerate(articles):
            assert _met(index, values) == {v: expected[v] for v in values if v in expected}
            index.add(_shingles(values), number, range(len(articles)))
            for value in values:
                expected[value].append(number)


def test_an_array_goes_once_all_its_articles_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postings, "_FRESH", 10)
    index = Postings()
    index.add(_shingles(_SOME[:10]), 1, [1])
    index.add(_shingles(_SOME[10:20]), 2, [2])
    assert _met(index, _SOME[:10]) == {}
    assert _met(index, _SOME[10:20]) == {value: [2] for value in _SOME[10:20]}


def test_what_was_never_met_is_hardly_ever_looked_for() -> None:
    chance = np.random.default_rng(7)
    index = Postings()
    for number in range(1_000):
        index.add(_drawn(chance, 100), number, ())
    assert len(index.find(_drawn(chance, 100_000), least=1).hashes) < 1_000


def _drawn(chance: np.random.Generator, count: int) -> bytes:
    return np.sort(chance.integers(0, 2**64, count, dtype=np.uint64)).astype("<u8").tobytes()
