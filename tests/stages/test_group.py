from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stages.cases import cases
from wirecopy.model import ArticleId, Placement, PublisherId, Repeat, StoryId
from wirecopy.stages.features import features
from wirecopy.stages.group import Grouper

_START = datetime(2026, 11, 1, tzinfo=UTC)
_PAPER = PublisherId("paper.example")


def _place(grouper: Grouper, article: dict[str, Any]) -> Placement:
    return grouper.place(
        ArticleId(article["id"]),
        features(article["title"], article["text"], article["language"]),
        language=article["language"],
        at=_START + timedelta(hours=article["hour"]),
        publisher=_PAPER,
    )


@pytest.mark.parametrize("case", cases("group"))
def test_articles_find_their_stories(case: dict[str, Any]) -> None:
    grouper = Grouper()
    for article in case["articles"]:
        assert _place(grouper, article).story == article["story"], article["id"]


_FERRY = {
    "id": "a",
    "hour": 0,
    "language": "en",
    "title": "Ferry runs aground",
    "text": "The ferry Astrid ran aground off Lundholm with 214 people on board.",
}


def test_a_placement_tells_what_is_shared() -> None:
    grouper = Grouper()
    _place(grouper, _FERRY)
    text = "Rescuers took 214 people from the ferry Astrid near Lundholm."
    placed = _place(grouper, {**_FERRY, "id": "b", "hour": 1, "title": "Rescue", "text": text})
    assert placed.kind == "joined"
    assert placed.shared_names == ("Astrid", "Lundholm")
    assert placed.shared_numbers == ("214",)
    assert set(placed.shared_terms) == {"ferry"}
    assert placed.words == (
        "It shares the names Astrid and Lundholm, the number 214 and the word ferry with the story."
    )
    assert 0 < placed.score <= 1


def test_the_first_article_opens_a_story_of_its_name() -> None:
    placed = _place(Grouper(), _FERRY)
    assert placed == Placement(
        article=ArticleId("a"),
        story=StoryId("a"),
        kind="opened",
        score=0.0,
        words="No live story is like it.",
    )


def test_a_copy_stands_with_what_it_repeats() -> None:
    repeat = Repeat(article=ArticleId("b"), of=ArticleId("a"), kind="copy", share=0.97)
    placed = Grouper().join_copy(ArticleId("b"), repeat, story=StoryId("s"))
    assert (placed.story, placed.kind, placed.score) == ("s", "copy", 0.97)
    assert placed.words == "Its text is a copy of another in this story (97% the same)."


def test_asked_twice_an_article_stays_where_it_is() -> None:
    grouper = Grouper()
    _place(grouper, _FERRY)
    before = _place(grouper, {**_FERRY, "id": "b", "hour": 1})
    again = _place(grouper, {**_FERRY, "id": "b", "hour": 1, "title": "Something else"})
    assert again.story == before.story == "a"


def test_a_copy_is_not_taken_back_into_the_shelf() -> None:
    grouper = Grouper()
    found = features(_FERRY["title"], _FERRY["text"], "en")  # type: ignore[arg-type]
    grouper.restore(
        ArticleId("z"),
        found,
        language="en",
        at=_START,
        publisher=_PAPER,
        story=StoryId("s"),
        copy=True,
    )
    assert _place(grouper, _FERRY).kind == "opened"


_WORDS = ["ferry", "storm", "Lundholm", "Astrid", "bank", "rate", "miners", "Kessel", "214", "12"]


def _articles(seed: int, count: int) -> list[dict[str, Any]]:
    """A stream over two weeks, a little out of order, in two languages."""
    chance = random.Random(seed)
    return [
        {
            "id": f"a{n}",
            "hour": n * 336 / count + chance.uniform(-30, 0),
            "language": chance.choice(["en", "en", "de"]),
            "title": " ".join(chance.choices(_WORDS, k=4)),
            "text": " ".join(chance.choices(_WORDS, k=chance.choice([0, 6, 20]))),
        }
        for n in range(count)
    ]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_the_same_articles_make_the_same_stories(seed: int) -> None:
    stream = _articles(seed, 40)
    one, two = Grouper(), Grouper()
    assert [_place(one, a) for a in stream] == [_place(two, a) for a in stream]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 79))
def test_after_a_restart_stories_go_on_as_if_nothing_had_been(seed: int, stop: int) -> None:
    stream = _articles(seed, 80)
    before = Grouper()
    placed = [(article, _place(before, article)) for article in stream[:stop]]
    latest = max(article["hour"] for article, _ in placed)
    after = Grouper()
    for article, placement in placed:
        if article["hour"] >= latest - 96:
            after.restore(
                ArticleId(article["id"]),
                features(article["title"], article["text"], article["language"]),
                language=article["language"],
                at=_START + timedelta(hours=article["hour"]),
                publisher=_PAPER,
                story=placement.story,
            )
    for article in stream[stop:]:
        assert _place(after, article) == _place(before, article)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_another_language_in_between_changes_nothing(seed: int) -> None:
    stream = sorted(_articles(seed, 60), key=lambda article: article["hour"])
    mixed, alone = Grouper(), Grouper()
    for article in stream:
        placed = _place(mixed, article)
        if article["language"] == "en":
            assert placed == _place(alone, article)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_in_a_newspaper_of_one_language_it_is_one_whether_others_may_join(seed: int) -> None:
    one, other = Grouper(), Grouper(across_languages=True)
    for article in _articles(seed, 60):
        english = {**article, "language": "en", "text": f"{article['text']} 4,711"}
        assert _place(one, english) == _place(other, english)


def test_a_story_of_many_articles_stays_quick_and_right() -> None:
    grouper = Grouper()
    chance = random.Random(3)
    for n in range(120):
        extra = " ".join(f"word{chance.randrange(500)}" for _ in range(10))
        article = {**_FERRY, "id": f"f{n}", "hour": n / 4}
        article["text"] = f"{_FERRY['text']} {extra}"
        assert _place(grouper, article).story == "f0"


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 79))
def test_a_moved_article_stands_as_if_it_had_always_been_there(seed: int, stop: int) -> None:
    stream = _articles(seed, 80)
    chance = random.Random(seed)
    before, stories = Grouper(), {}
    for article in stream[:stop]:
        stories[article["id"]] = _place(before, article).story
    for id_ in chance.sample(sorted(stories), len(stories) // 4):
        stories[id_] = stories[chance.choice(sorted(stories))]
        before.move(ArticleId(id_), stories[id_])
    latest = max(article["hour"] for article in stream[:stop])
    after = Grouper()
    for article in stream[:stop]:
        if article["hour"] >= latest - 96:
            after.restore(
                ArticleId(article["id"]),
                features(article["title"], article["text"], article["language"]),
                language=article["language"],
                at=_START + timedelta(hours=article["hour"]),
                publisher=_PAPER,
                story=stories[article["id"]],
            )
    for article in stream[stop:]:
        at = _START + timedelta(hours=article["hour"])
        assert after.look_again(at) == before.look_again(at)
        assert _place(after, article) == _place(before, article)


def test_two_stories_of_headlines_that_are_one_are_merged_into_the_older() -> None:
    grouper = Grouper()
    titles = {
        "a": (0.0, "Ferry Astrid aground off Lundholm"),
        "b": (0.1, "Rescue boats leave for passengers"),
        "c": (0.2, "Ferry Astrid: rescue boats take passengers off Lundholm"),
        "d": (0.3, "Ferry Astrid aground off Lundholm: rescue boats leave for passengers"),
    }
    for id_, (hour, title) in titles.items():
        _place(grouper, {"id": id_, "hour": hour, "language": "en", "title": title, "text": ""})
    grouper.move(ArticleId("d"), StoryId("b"))
    assert grouper.look_again(_START + timedelta(hours=1)) == []
    (merge,) = grouper.look_again(_START + timedelta(hours=2))
    assert (merge.story, merge.into) == ("b", "a")
    assert 0.35 <= merge.likeness < 1
    later = {"id": "e", "hour": 2, "language": "en", "title": "Rescue boats leave", "text": ""}
    assert _place(grouper, later).story == "a"


def test_stories_with_texts_are_not_looked_at_again() -> None:
    grouper = Grouper()
    _place(grouper, _FERRY)
    grouper.restore(
        ArticleId("b"),
        features(_FERRY["title"], _FERRY["text"], "en"),  # type: ignore[arg-type]
        language="en",
        at=_START,
        publisher=_PAPER,
        story=StoryId("b"),
    )
    assert grouper.look_again(_START + timedelta(hours=3)) == []
