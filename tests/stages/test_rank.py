from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stages.cases import cases
from wirecopy.model import ArticleId, PublisherId, Story, StoryId, Weight
from wirecopy.stages.rank import rank

_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _story(
    *,
    id: str,
    publishers: int,
    own_texts: int = 1,
    countries: int = 1,
    languages: int = 1,
    touched: float = 0,
    opened: float = 0,
    section: str = "",
) -> Story:
    """A story whose `touched` and `opened` are hours before the edition."""
    return Story(
        id=StoryId(id),
        opened=_AT - timedelta(hours=opened),
        touched=_AT - timedelta(hours=touched),
        articles=publishers,
        publishers=publishers,
        own_texts=own_texts,
        countries=countries,
        languages=languages,
        section=section,
        lead=ArticleId(id),
        lead_publisher=PublisherId("paper.example"),
    )


@pytest.mark.parametrize("case", cases("rank"))
def test_stories_stand_in_the_order_of_their_sums(case: dict[str, Any]) -> None:
    edition = rank([_story(**story) for story in case["stories"]], _AT, case["section"])
    assert [ranked.story for ranked in edition.ranking] == case["order"]
    assert (edition.at, edition.section) == (_AT, case["section"])


def test_the_sum_is_told_line_by_line() -> None:
    story = _story(
        id="a", publishers=9, own_texts=4, countries=2, languages=3, touched=4, opened=48
    )
    ranked = rank([story], _AT, "").ranking[0]
    # ln 9 = 2.197, ln 4 / 2 = 0.693, ln 2 / 2 = 0.347, 0.3 ln 3 = 0.330, half of ln 2 = 0.347
    assert ranked.weights == (
        Weight(name="publishers", value=2.2, words="9 publishers: +2.20"),
        Weight(name="own texts", value=0.69, words="4 texts of their own: +0.69"),
        Weight(name="countries", value=0.35, words="2 countries: +0.35"),
        Weight(name="languages", value=0.33, words="3 languages: +0.33"),
        Weight(name="freshness", value=-0.35, words="latest article 4 hours ago: −0.35"),
        Weight(name="running", value=-0.69, words="first article 2 days ago: −0.69"),
    )
    assert ranked.score == 2.53


def test_a_story_of_one_publisher_has_one_line() -> None:
    ranked = rank([_story(id="a", publishers=1)], _AT, "").ranking[0]
    assert ranked.weights == (Weight(name="publishers", value=0.0, words="1 publisher: +0.00"),)


_STORIES = st.lists(
    st.builds(
        _story,
        id=st.text(alphabet="abcdef", min_size=1, max_size=3),
        publishers=st.integers(1, 60),
        own_texts=st.integers(1, 40),
        countries=st.integers(0, 20),
        languages=st.integers(0, 9),
        touched=st.floats(0, 100),
        opened=st.floats(0, 400),
    ),
    max_size=12,
    unique_by=lambda story: story.id,
)


@settings(deadline=None)
@given(_STORIES, st.randoms())
def test_the_lines_add_up_and_the_order_asked_in_does_not_matter(
    stories: list[Story], chance: Any
) -> None:
    edition = rank(stories, _AT, "")
    for ranked in edition.ranking:
        assert round(sum(weight.value for weight in ranked.weights), 2) == ranked.score
    chance.shuffle(stories)
    assert rank(stories, _AT, "") == edition
