from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from wirecopy.model import ArticleId, Features, PublisherId, Repeat
from wirecopy.stages.features import features
from wirecopy.stages.repeats import Index

_START = datetime(2026, 11, 1, tzinfo=UTC)
_A, _B, _C = (PublisherId(name) for name in ("a.example", "b.example", "c.example"))


def _text(seed: str, words: int = 300) -> str:
    """Words of their own for each seed, so that two seeds share no run of five."""
    chance = random.Random(seed)
    return " ".join(f"{seed}{chance.randrange(10_000)}" for _ in range(words))


class _Desk:
    """An index that is asked before it takes each article in, as the path does."""

    def __init__(self, window: timedelta = timedelta(days=30)) -> None:
        self.index = Index(window=window)

    def read(
        self, name: str, text: str, *, publisher: PublisherId = _A, day: float = 0
    ) -> Repeat | None:
        article, at = ArticleId(name), _START + timedelta(days=day)
        found = features("Any headline", text, "en")
        repeat = self.index.find(article, found, publisher=publisher, at=at)
        self.index.add(article, found, publisher=publisher, at=at, repeat=repeat)
        return repeat


def test_a_copy_under_another_headline_repeats_the_first() -> None:
    desk = _Desk()
    assert desk.read("first", _text("x")) is None
    assert desk.read("copy", _text("x"), publisher=_B) == Repeat(
        article=ArticleId("copy"), of=ArticleId("first"), kind="copy", share=1.0
    )


def test_a_first_text_that_came_late_is_what_the_others_repeat() -> None:
    desk = _Desk()
    desk.read("customer", _text("x"))
    desk.read("second customer", _text("x"), publisher=_B)
    desk.index.turn_round(ArticleId("customer"), ArticleId("agency"))

    found = desk.read("third customer", _text("x"), publisher=_C)

    assert found is not None
    assert found.of == ArticleId("agency")


def test_marks_and_line_breaks_do_not_hide_a_copy() -> None:
    desk = _Desk()
    desk.read("first", "“Rain,” she said, fell on the old town all night long. " + _text("x"))
    copy = desk.read(
        "copy", '"Rain" she said fell on the old town\n\nall night long. ' + _text("x")
    )
    assert copy is not None
    assert copy.kind == "copy"


def test_a_shortened_copy_is_an_excerpt() -> None:
    desk = _Desk()
    desk.read("first", _text("x", 600))
    found = desk.read("cut", " ".join(_text("x", 600).split()[:200]), publisher=_B)
    assert found is not None
    assert (found.of, found.kind, found.share) == ("first", "excerpt", 1.0)


def test_sixty_words_out_of_a_long_text_are_an_excerpt() -> None:
    desk = _Desk()
    desk.read("first", _text("x", 900))
    found = desk.read("cut", " ".join(_text("x", 900).split()[:80]), publisher=_B)
    assert found is not None
    assert (found.of, found.kind) == ("first", "excerpt")


def test_a_copy_with_paragraphs_of_its_own_is_extended() -> None:
    desk = _Desk()
    desk.read("agency", _text("x", 300))
    found = desk.read("longer", _text("own", 250) + " " + _text("x", 300), publisher=_B)
    assert found is not None
    assert (found.of, found.kind) == ("agency", "extended")


def test_the_same_event_in_other_words_is_no_repeat() -> None:
    desk = _Desk()
    shared = "the minister said the bridge would be open again by the end of the month"
    desk.read("one", _text("x") + shared)
    assert desk.read("two", _text("y") + shared, publisher=_B) is None


def test_a_copy_of_a_copy_repeats_the_first() -> None:
    desk = _Desk()
    desk.read("first", _text("x", 400))
    desk.read("second", _text("x", 400) + " " + _text("local", 500), publisher=_B)
    found = desk.read("third", _text("local", 500), publisher=_C)
    assert found is not None
    assert found.of == "first"


def test_an_article_does_not_repeat_itself() -> None:
    desk = _Desk()
    desk.read("first", _text("x"))
    assert desk.read("first", _text("x")) is None
    assert len(desk.index) == 1


def test_a_text_of_a_few_words_is_no_repeat() -> None:
    desk = _Desk()
    desk.read("one", "Subscribe now to read this story")
    assert desk.read("two", "Subscribe now to read this story", publisher=_B) is None


def test_after_thirty_days_a_text_is_new_again() -> None:
    desk = _Desk()
    desk.read("first", _text("x"), day=0)
    assert desk.read("late", _text("x"), publisher=_B, day=30.5) is None


def test_on_the_thirtieth_day_it_is_still_a_repeat() -> None:
    desk = _Desk()
    desk.read("first", _text("x"), day=0)
    assert desk.read("late", _text("x"), publisher=_B, day=30) is not None


def test_a_publishers_furniture_makes_no_repeat() -> None:
    desk = _Desk()
    furniture = _text("about", 120)
    for n in range(3):
        desk.read(f"before{n}", _text(f"own{n}q", 300) + " " + furniture, publisher=_A)
    assert desk.read("after", _text("newq", 100) + " " + furniture, publisher=_A) is None


def test_words_in_over_two_hundred_articles_make_no_repeat() -> None:
    desk = _Desk()
    furniture = _text("about", 120)
    for n in range(202):
        publisher = PublisherId(f"p{n}.example")
        desk.read(f"before{n}", _text(f"own{n}q", 400) + " " + furniture, publisher=publisher)
    assert desk.read("after", _text("newq", 100) + " " + furniture, publisher=_B) is None


def _made(chance: random.Random) -> Features:
    values = sorted({chance.getrandbits(60) * 4 for _ in range(120)})
    return Features(shingles=b"".join(v.to_bytes(8, "little") for v in values), words=480)


def test_an_article_of_thousands_ago_is_still_found() -> None:
    chance = random.Random(7)
    index = Index()
    every = [_made(chance) for _ in range(2_000)]
    for n, found in enumerate(every):
        at = _START + timedelta(minutes=n)
        index.add(ArticleId(f"a{n}"), found, publisher=_A, at=at)
    at = _START + timedelta(days=5)
    for n in (0, 1, 417, 1_999):
        repeat = index.find(ArticleId("new"), every[n], publisher=_B, at=at)
        assert repeat is not None
        assert repeat.of == f"a{n}"


_ARTICLES = st.lists(
    st.tuples(
        st.integers(0, 5),  # which text
        st.integers(0, 2),  # which part of it
        st.sampled_from([_A, _B]),
        st.integers(0, 40),  # days since the start, in any order
    ),
    max_size=25,
)


@settings(deadline=None, max_examples=40)
@given(_ARTICLES, st.integers(0, 5), st.integers(35, 45))
def test_after_a_restart_the_index_answers_as_before(
    articles: list[tuple[int, int, PublisherId, int]], asked: int, day: int
) -> None:
    kept = []
    before = Index()
    for n, (which, part, publisher, days) in enumerate(articles):
        text = " ".join(_text(f"t{which}q", 200).split()[part * 40 :])
        found = features("", text, "en")
        article, at = ArticleId(f"a{n}"), _START + timedelta(days=days)
        repeat = before.find(article, found, publisher=publisher, at=at)
        before.add(article, found, publisher=publisher, at=at, repeat=repeat)
        kept.append((article, found, publisher, at, repeat))
    after = Index()
    latest = max((at for *_, at, _ in kept), default=_START)
    for article, found, publisher, at, repeat in kept:
        if at >= latest - timedelta(days=30):
            after.add(article, found, publisher=publisher, at=at, repeat=repeat)
    assert len(after) == len(before)
    question = features("", _text(f"t{asked}q", 200), "en")
    at = _START + timedelta(days=day)
    given_before = before.find(ArticleId("new"), question, publisher=_C, at=at)
    given_after = after.find(ArticleId("new"), question, publisher=_C, at=at)
    assert given_after == given_before
