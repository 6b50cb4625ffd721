from __future__ import annotations

from typing import Any

import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stages.cases import cases
from wirecopy.stages import shingles
from wirecopy.stages.features import features, fingerprint, words


@pytest.mark.parametrize("case", cases("features", "words"))
def test_words_are_cut_as_a_reader_would(case: dict[str, Any]) -> None:
    assert words(case["text"]) == case["words"]


@pytest.mark.parametrize("case", cases("features", "features"))
def test_features_tell_what_an_article_is_about(case: dict[str, Any]) -> None:
    found = features(case["title"], case["text"], case["language"])
    if "terms" in case:
        assert dict(found.terms) == case["terms"]
    for name in ("title_terms", "names", "numbers"):
        if name in case:
            assert list(getattr(found, name)) == case[name]


def _hashes(text: str) -> list[int]:
    found: list[int] = shingles.hashes_of(features("", text, "en").shingles).tolist()
    return found


def _numbered(count: int) -> str:
    return " ".join(f"word{n}" for n in range(count))


def test_a_text_of_five_words_has_one_shingle() -> None:
    expected = xxhash.xxh3_64_intdigest(b"the river rose last night")
    assert _hashes("The river rose last night.") == [expected]


def test_a_text_of_six_words_has_two_shingles_and_shares_each_with_who_has_it() -> None:
    six = set(_hashes("The river rose last night: café"))
    later = set(_hashes("River rose last night: café closed"))
    earlier = set(_hashes("Why the river rose last night"))
    assert len(six) == 2
    assert len(six & later) == len(six & earlier) == 1
    assert not later & earlier


def test_the_same_words_in_another_order_share_no_shingle() -> None:
    one = _hashes("one two three four five six")
    other = _hashes("six five four three two one")
    assert not set(one) & set(other)


def test_a_short_text_keeps_every_shingle_and_a_long_one_a_quarter() -> None:
    assert len(_hashes(_numbered(24))) == 20
    kept = _hashes(_numbered(4004))
    assert 900 < len(kept) < 1100
    assert all(value % 4 == 0 for value in kept)
    assert kept == sorted(kept)


def test_shingles_are_little_endian_whatever_the_machine() -> None:
    expected = xxhash.xxh3_64_intdigest(b"the river rose last night")
    found = features("", "The river rose last night.", "en").shingles
    assert found == expected.to_bytes(8, "little")
    assert shingles.hashes_of(b"\x01" + bytes(7) + b"\xff" * 8).tolist() == [1, 2**64 - 1]


def test_marks_do_not_change_shingles() -> None:
    curled = features("", "“It’s late,” she said – and left the room – quietly.", "en")
    straight = features("", '"It\'s late" she said - and left\nthe room - quietly', "en")
    assert curled.shingles == straight.shingles


@given(st.text(alphabet="ab é日 \n", min_size=1, max_size=300), st.integers(1, 40))
def test_a_text_taken_in_parts_has_the_same_shingles(text: str, letters: int) -> None:
    whole = fingerprint(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shingles, "_KEPT", letters)
        assert fingerprint(text) == whole


def test_a_headline_is_no_part_of_the_shingles() -> None:
    text = _numbered(100)
    assert features("One", text, "en").shingles == features("Another", text, "en").shingles


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=400), st.sampled_from(["en", "de", "hi", "xx", ""]))
def test_any_text_has_features_and_the_same_ones_twice(title: str, text: str, tag: str) -> None:
    once = features(title, text, tag)
    assert once == features(title, text, tag)
    assert len(once.shingles) % 8 == 0
    assert all(weight >= 1 for _, weight in once.terms)
