"""Stories keep to one language: thirty pairs of invented articles, half of them on one event.

All share names, a number and the hour, the other half with another event: what a grouping across
languages would go by. None may stand in a story of the other language, however near the two are.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.stages.cases import cases
from wirecopy.model import ArticleId, PublisherId, StoryId
from wirecopy.stages.features import features
from wirecopy.stages.group import Grouper
from wirecopy.stages.language import detect

_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_FERRY = "ferry in en, ferry in de"
_AGAIN = (
    "Rescue boats brought all 214 people on board of the ferry Astrid to the harbour of Lundholm "
    "after it had run aground on Monday, captain Elena Marsh said; nobody was hurt."
)


def _placed(grouper: Grouper, number: int, article: dict[str, str], declared: str) -> StoryId:
    title, text = article["title"], article["text"]
    language = detect(title, text, declared)
    return grouper.place(
        ArticleId(f"article-{number}"),
        features(title, text, language),
        language=language,
        at=_NOON + timedelta(hours=number),
        publisher=PublisherId(f"paper{number}.example"),
    ).story


@pytest.mark.parametrize("declares", [True, False])
@pytest.mark.parametrize("case", cases("tongues"))
def test_no_article_joins_a_story_of_another_language(case: dict[str, Any], declares: bool) -> None:
    grouper = Grouper()
    first, second = case["first"], case["second"]
    one = _placed(grouper, 1, first, first["language"] if declares else "")
    other = _placed(grouper, 2, second, second["language"] if declares else "")
    assert (one, other) == ("article-1", "article-2")


def test_there_are_thirty_pairs() -> None:
    assert len(cases("tongues")) == 30


def test_in_one_language_the_same_event_is_joined() -> None:
    grouper = Grouper()
    (ferry,) = [case.values[0]["first"] for case in cases("tongues") if case.id == _FERRY]
    _placed(grouper, 1, ferry, "en")
    again = {"title": "All 214 people saved from ferry Astrid off Lundholm", "text": _AGAIN}
    assert _placed(grouper, 2, again, "en") == "article-1"
