"""Every line of the conformance lists has a test, or is known to have none yet."""

from __future__ import annotations

import pytest

from tests.conformance.lines import Line, answering, lines, missing


def each_line() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("line", lines(), ids=lambda line: line.id)


def test_the_lists_are_whole() -> None:
    expected = [f"F{n:02}" for n in range(1, 61)] + [f"H{n:02}" for n in range(1, 49)]

    assert [line.id for line in lines()] == expected
    assert all(line.given and line.expect for line in lines())
    assert {line.part for line in lines()} == {"parsing", "fetching"}


@each_line()
def test_a_line_has_a_test_or_is_known_to_miss_one(line: Line) -> None:
    named = [test.name for test in answering() if line.id in test.ids]

    if line.id in missing():
        assert named == [], f"{line.id} is tested now: take it out of missing.txt"
    else:
        assert named != [], f"{line.id} has no test any more"


def test_every_id_in_a_tests_name_is_a_line() -> None:
    known = {line.id for line in lines()}

    assert [test.name for test in answering() if not known.issuperset(test.ids)] == []
    assert missing() <= known
