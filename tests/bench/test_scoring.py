"""The scoring rule, on texts short enough to count by hand."""

from __future__ import annotations

import pytest

from bench.scoring import Prediction, Truth, compare, lost_and_added, score, words


def only(truth: Truth, guess: Prediction) -> dict[str, float | None]:
    measured = score([(truth, guess)])
    return {"title": measured.title, "authors": measured.authors, "date": measured.date}


def test_words_are_runs_of_letters_and_single_characters_of_wide_scripts() -> None:
    assert words("Don’t: 3.5 km") == ["Don", "t", "3", "5", "km"]
    assert words("東京で fire") == ["東", "京", "で", "fire"]


def test_the_same_words_in_other_white_space_are_exact() -> None:
    page = compare("one two three\nfour five", "one two  three four five")
    assert (page.precision, page.recall, page.f1, page.exact) == (1.0, 1.0, 1.0, True)


def test_runs_of_four_words_are_counted_as_bags() -> None:
    # truth: abcd bcde cdef; given: abcd bcdx
    page = compare("a b c d e f", "a b c d x")
    assert page.precision == pytest.approx(1 / 2)
    assert page.recall == pytest.approx(1 / 3)
    assert page.f1 == pytest.approx(2 / 5)
    assert not page.exact


def test_a_text_shorter_than_a_run_is_one_run() -> None:
    assert compare("a b", "a b").f1 == 1.0
    assert compare("a b", "a b c").f1 == 0.0


def test_nothing_found_costs_recall_and_leaves_precision_alone() -> None:
    pairs: list[tuple[Truth, Prediction]] = [
        ({"text": "a b c d"}, Prediction(text="a b c d")),
        ({"text": "a b c d"}, Prediction()),
    ]
    measured = score(pairs)
    assert measured.precision == 1.0
    assert measured.recall == 0.5
    assert measured.f1 == pytest.approx(2 / 3)
    assert measured.exact == 0.5
    assert measured.fail == 0.5


def test_a_truth_of_null_is_not_scored() -> None:
    truth: Truth = {"text": None, "title": None, "authors": None, "date": None}
    measured = score([(truth, Prediction(title="T", text="words", date="2026-01-01"))])
    assert [measured.f1, measured.exact, measured.fail] == [None, None, None]
    assert [measured.title, measured.authors, measured.date] == [None, None, None]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('"Storm" - Third Day', 1.0),
        ("“Storm”  —  third day", 1.0),
        ("Storm, third day", 0.0),
        ("", 0.0),
    ],
)
def test_a_headline_counts_but_for_case_spaces_quotes_and_dashes(
    given: str, expected: float
) -> None:
    assert only({"title": "“Storm” – Third day"}, Prediction(title=given))["title"] == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("By Ana Silva", "BO LI"), 1.0),
        (("Ana Silva",), 2 / 3),
        (("Ana Silva", "Bo Li", "Staff", "Desk"), 4 / 6),
        ((), 0.0),
    ],
)
def test_bylines_are_compared_as_sets(given: tuple[str, ...], expected: float) -> None:
    truth: Truth = {"authors": ["Ana Silva", "Bo Li"]}
    assert only(truth, Prediction(authors=given))["authors"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-03-01", 1.0),
        ("2026-03-02T01:30:00+00:00", 1.0),
        ("2026-03-02", 1.0),  # the day in UTC
        ("2026-03-03", 0.0),
        ("2026", 0.0),
    ],
)
def test_a_date_is_the_day_there_or_in_utc(given: str, expected: float) -> None:
    truth: Truth = {"date": "2026-03-01T20:30:00-05:00"}
    assert only(truth, Prediction(date=given))["date"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c d e f g h i j k", ("lost at the start", 2)),
        ("a b c d e f g h i", ("lost at the end", 2)),
        ("a b c d h i j k", ("lost in the middle", 3)),
        ("x y z a b c d e f g h i j k", ("added at the start", 3)),
        ("a b c d e f g h i j k x", ("added at the end", 1)),
        ("a b c d e f x y g h i j k", ("added in the middle", 2)),
        ("x y", ("lost at the start", 11)),
    ],
)
def test_the_costliest_stretch_of_errors_is_named(text: str, expected: tuple[str, int]) -> None:
    assert expected == lost_and_added("a b c d e f g h i j k", text)


def test_the_text_of_a_page_that_is_no_article_is_not_scored() -> None:
    pairs: list[tuple[Truth, Prediction]] = [
        ({"text": "a b c d", "page_type": "article"}, Prediction(text="a b c d")),
        ({"text": "e f g h", "title": "E", "page_type": "forum"}, Prediction()),
    ]
    measured = score(pairs)
    assert (measured.f1, measured.exact, measured.title) == (1.0, 1.0, None)
