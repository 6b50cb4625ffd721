"""Stories in several languages: not unless it is asked for, and then of one event alone.

`pairs.json` holds thirty pairs of invented articles, all of one day: fifteen on one event, the
grounding of a ferry, and fifteen near misses, a fire in the same place. Both share every name of
place and person (the mayor who thanks the firemen is a sister of the captain, and the ferry has her
name), the number 214, and the hour. Only their headlines name different things.

`affairs.json` holds articles of two affairs in several languages, each with its event and hour.
Every two of one affair in different languages are a pair. Its near misses are of the same people in
the same place on the same day (the museum buys a house; another museum is broken into), with the
same number (all who work in the mine are on strike; its shares fall), and of another day (the
painting is found). Neither was looked at while the decision was made; `tried.json` was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.stages.cases import cases
from wirecopy.model import ArticleId, Placement, PublisherId, StoryId
from wirecopy.stages.features import features
from wirecopy.stages.group import Grouper
from wirecopy.stages.language import detect

_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_FERRY = "ferry in en, ferry in de"
_AGAIN = (
    "Rescue boats brought all 214 people on board of the ferry Astrid to the harbour of Lundholm "
    "after it had run aground on Monday, captain Elena Marsh said; nobody was hurt."
)
_FOLDER = Path(__file__).resolve().parents[1] / "cases" / "tongues"
# Where both write "ferry Astrid" with a capital and no other name in the headline but the place,
# nothing says which of the two words is the name.
_MISSED = {
    "ferry in da, ferry in sv",
    "ferry in de, ferry in da",
    "ferry in sv, ferry in de",
}

_Article = dict[str, Any]


def _place(
    grouper: Grouper, id_: str, article: _Article, hour: float, declared: str | None = None
) -> Placement:
    title, text = article["title"], article["text"]
    language = detect(title, text, article["language"] if declared is None else declared)
    return grouper.place(
        ArticleId(id_),
        features(title, text, language),
        language=language,
        at=_NOON + timedelta(hours=hour),
        publisher=PublisherId(f"{id_}.example"),
    )


def _joined(one: _Article, other: _Article, hours: tuple[float, float] = (1, 2)) -> bool:
    """Whether the other joins the story of the first."""
    grouper = Grouper(across_languages=True)
    first = _place(grouper, "first", one, hours[0])
    return _place(grouper, "second", other, hours[1]).story == first.story


def _articles(file: str) -> list[_Article]:
    found: list[_Article] = json.loads((_FOLDER / f"{file}.json").read_text(encoding="utf-8"))
    return found


def _pairs(file: str) -> Iterator[Any]:
    for one, other in combinations(_articles(file), 2):
        if one["affair"] == other["affair"] and one["language"] != other["language"]:
            named = [f"{each['event']} in {each['language']}" for each in (one, other)]
            yield pytest.param(one, other, id=", ".join(named))


def _ferry(language: str) -> _Article:
    found: dict[str, _Article] = {
        article["language"]: article
        for case in cases("tongues", "pairs")
        for article in (case.values[0]["first"], case.values[0]["second"])
        if case.id.count("ferry") == 2
    }
    return found[language]


# ---------------------------------------------------------------- as long as it is not asked for


@pytest.mark.parametrize("declares", [True, False])
@pytest.mark.parametrize("case", cases("tongues", "pairs"))
def test_no_article_joins_a_story_of_another_language(case: _Article, declares: bool) -> None:
    grouper = Grouper()
    for number in ("first", "second"):
        declared = None if declares else ""
        assert _place(grouper, number, case[number], 1, declared).story == number


def test_there_are_thirty_pairs_and_half_of_them_are_on_one_event() -> None:
    facts = [case.id for case in cases("tongues", "pairs")]
    assert len(facts) == 30
    assert sum(fact.count("ferry") == 2 for fact in facts) == 15


def test_in_one_language_the_same_event_is_joined() -> None:
    grouper = Grouper()
    _place(grouper, "first", _ferry("en"), 1)
    again = {
        "title": "All 214 people saved from ferry Astrid off Lundholm",
        "text": _AGAIN,
        "language": "en",
    }
    assert _place(grouper, "second", again, 2).story == "first"


# ---------------------------------------------------------------- where it is


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("case", cases("tongues", "pairs"))
def test_only_the_same_event_is_joined(case: _Article, turned: bool) -> None:
    one, other = (case["first"], case["second"])[:: -1 if turned else 1]
    same = case["fact"].count("ferry") == 2
    assert _joined(one, other) == (same and case["fact"] not in _MISSED)


@pytest.mark.parametrize(("one", "other"), [*_pairs("affairs"), *_pairs("tried")])
def test_another_event_of_the_same_affair_is_not_joined(one: _Article, other: _Article) -> None:
    if one["event"] != other["event"]:
        hours = one["hour"], other["hour"]
        assert not _joined(one, other, hours)
        assert not _joined(other, one, hours[::-1])


def test_more_than_half_of_what_is_one_event_is_joined() -> None:
    pairs = [pair.values for pair in _pairs("affairs")]
    same = [(one, other) for one, other in pairs if one["event"] == other["event"]]
    joined = sum(_joined(a, b) + _joined(b, a) for a, b in same)
    assert (len(same), joined) >= (12, 14)


def test_the_placement_tells_why() -> None:
    grouper = Grouper(across_languages=True)
    _place(grouper, "first", _ferry("fr"), 0)
    placed = _place(grouper, "second", _ferry("en"), 1)
    assert placed.kind == "joined"
    assert set(placed.shared_names) == {"Lundholm", "Captain Elena Marsh", "Ferry Astrid"}
    assert placed.shared_numbers == ("214",)
    assert placed.shared_terms == ()
    assert placed.words.startswith("It shares the names ")
    assert placed.words.endswith(" and the number 214 with a story in French.")
    assert 0.5 <= placed.score <= 1


def test_a_story_may_hold_many_languages() -> None:
    grouper = Grouper(across_languages=True)
    languages = ["en", "fr", "es", "it", "pt", "ru", "uk"]
    stories = {
        _place(grouper, language, _ferry(language), hour).story
        for hour, language in enumerate(languages)
    }
    assert stories == {"en"}


def test_what_follows_in_its_own_language_stands_there_too() -> None:
    grouper = Grouper(across_languages=True)
    _place(grouper, "first", _ferry("fr"), 0)
    _place(grouper, "second", _ferry("en"), 1)
    again = {"title": "Ferry Astrid: all are saved", "text": _AGAIN, "language": "en"}
    placed = _place(grouper, "third", again, 2)
    assert placed.story == "first"
    assert placed.words.endswith("with the story.")


def test_two_days_later_it_is_another_story() -> None:
    assert _joined(_ferry("en"), _ferry("fr"), (0, 11.9))
    assert not _joined(_ferry("en"), _ferry("fr"), (0, 12.1)), "one number is not enough then"
    rich = {
        number: {**_ferry(language), "text": f"{_ferry(language)['text']} 48.5, 1,375."}
        for number, language in (("one", "en"), ("other", "fr"))
    }
    assert _joined(rich["one"], rich["other"], (0, 47.9))
    assert not _joined(rich["one"], rich["other"], (0, 48.1))


def test_without_a_number_in_common_nothing_is_joined() -> None:
    silent = {**_ferry("fr"), "text": _ferry("fr")["text"].replace("214 ", "")}
    assert not _joined(_ferry("en"), silent)
    other = {**_ferry("fr"), "text": _ferry("fr")["text"].replace("214", "241")}
    assert not _joined(_ferry("en"), other)


def test_a_headline_alone_joins_nothing_in_another_language() -> None:
    alone = {**_ferry("fr"), "title": f"{_ferry('fr')['title']} : 214, Elena Marsh", "text": ""}
    assert not _joined(_ferry("en"), alone)
    assert not _joined(alone, _ferry("en"))


def test_a_story_with_articles_in_its_language_was_weighed_before() -> None:
    grouper = Grouper(across_languages=True)
    _place(grouper, "first", _ferry("fr"), 0)
    far = {
        "title": "Harbour dues rise",
        "text": "The council raises what boats pay for a night at the quay, from the spring on.",
        "language": "en",
    }
    _place(grouper, "far", far, 0)
    grouper.move(ArticleId("far"), StoryId("first"))
    assert _place(grouper, "second", _ferry("en"), 1).story == "second"


def test_a_moved_article_takes_its_readers_in_other_languages_along() -> None:
    grouper = Grouper(across_languages=True)
    _place(grouper, "first", _ferry("fr"), 0)
    grouper.move(ArticleId("first"), StoryId("elsewhere"))
    assert _place(grouper, "second", _ferry("en"), 1).story == "elsewhere"


def test_a_merged_story_takes_its_other_languages_along() -> None:
    grouper = Grouper(across_languages=True)
    titles = {
        "a": (0.0, "Ferry Astrid aground off Lundholm"),
        "b": (0.1, "Rescue boats leave for passengers"),
        "c": (0.2, "Ferry Astrid: rescue boats take passengers off Lundholm"),
        "d": (0.3, "Ferry Astrid aground off Lundholm: rescue boats leave for passengers"),
    }
    for id_, (hour, title) in titles.items():
        _place(grouper, id_, {"language": "en", "title": title, "text": ""}, hour)
    _place(grouper, "e", _ferry("fr"), 0.4)
    grouper.move(ArticleId("d"), StoryId("b"))
    grouper.move(ArticleId("e"), StoryId("b"))
    (merge,) = grouper.look_again(_NOON + timedelta(hours=2))
    assert (merge.story, merge.into) == ("b", "a")
    assert _place(grouper, "f", _ferry("es"), 3).story == "a"


@pytest.mark.parametrize("stop", range(1, 40, 3))
def test_after_a_restart_stories_in_several_languages_go_on(stop: int) -> None:
    stream = sorted(_articles("affairs") + _articles("tried"), key=lambda one: one["hour"])
    stream = [{**one, "hour": 3 * one["hour"]} for one in stream]  # so that some are forgotten
    before = Grouper(across_languages=True)
    placed = [
        _place(before, str(number), one, one["hour"]) for number, one in enumerate(stream[:stop])
    ]
    after = Grouper(across_languages=True)
    latest = stream[stop - 1]["hour"]
    for one, placement in zip(stream, placed, strict=False):
        if one["hour"] >= latest - 96:
            language = detect(one["title"], one["text"], one["language"])
            after.restore(
                placement.article,
                features(one["title"], one["text"], language),
                language=language,
                at=_NOON + timedelta(hours=one["hour"]),
                publisher=PublisherId("paper.example"),
                story=placement.story,
            )
    for number, one in enumerate(stream[stop:], start=stop):
        again = [_place(grouper, str(number), one, one["hour"]) for grouper in (before, after)]
        assert again[0] == again[1]
