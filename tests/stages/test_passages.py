from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wirecopy.stages.passages import shared

AGENCY = (
    "The river Aller rose by two metres on Monday night and the old bridge in Verden was closed."
)


def test_a_passage_is_found_under_other_marks_and_capitals() -> None:
    text = "Our reporter writes: “the river Aller rose by two metres”, on Monday night. More soon."
    found = shared(text, AGENCY)
    assert [text[one.start : one.end] for one in found.passages] == [
        "the river Aller rose by two metres”, on Monday night"
    ]
    assert (found.words, found.shared, found.own) == (15, 10, 5)


def test_own_words_between_two_passages_part_them() -> None:
    text = "The river Aller rose by two metres, says Ann, and the old bridge in Verden was closed."
    found = shared(text, AGENCY)
    assert [text[one.start : one.end] for one in found.passages] == [
        "The river Aller rose by two metres",
        "and the old bridge in Verden was closed",
    ]
    assert found.own == 2


def test_four_words_are_no_passage() -> None:
    assert shared("Yesterday the river Aller rose again.", AGENCY).passages == ()


def test_scripts_without_spaces_have_passages() -> None:
    found = shared("記者によると、東京で大雨が降りました。", "昨日、東京で大雨が降りました。")
    assert found.passages
    assert 0 < found.shared < found.words


@given(st.text(alphabet="ab .", max_size=60), st.text(alphabet="ab .", max_size=60))
def test_passages_lie_in_the_text_in_order(text: str, other: str) -> None:
    found = shared(text, other)
    assert 0 <= found.shared <= found.words
    places = [place for one in found.passages for place in (one.start, one.end)]
    assert places == sorted(places)
    assert all(text[one.start : one.end] for one in found.passages)


@given(st.text(max_size=80))
def test_a_text_has_nothing_of_its_own_beside_itself(text: str) -> None:
    found = shared(text, text)
    assert found.own == (0 if found.words >= 5 else found.words)
