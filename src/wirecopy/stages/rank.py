"""The order of a page: a public sum, of which every line can be shown.

Breadth counts by its logarithm, so that the step from one publisher to two weighs as much as that
from ten to twenty; age takes off an even amount each hour, which halves what breadth has built.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from wirecopy.model import Edition, Ranked, Story, Weight

HALF_LIFE = timedelta(hours=8)  # since the story's latest article
RUNNING_HALF_LIFE = timedelta(hours=48)  # since it opened: a story of days makes room
OWN_TEXTS, COUNTRIES, LANGUAGES = 0.5, 0.5, 0.3

FORMULA = (
    "publishers: the natural logarithm of how many publishers report it",
    "own texts: half the logarithm of how many articles repeat no other",
    "countries: half the logarithm of how many countries these publishers are of",
    "languages: three tenths of the logarithm of how many languages they write in",
    "freshness: minus 0.69 for every 8 hours since the latest article",
    "running: minus 0.69 for every 48 hours since the first article",
)
"""The sum in words, for the page that explains it."""


def rank(stories: Iterable[Story], at: datetime, section: str) -> Edition:
    """The stories of a section (of all, where it is "") in the order of their sums at a time.

    Each line is rounded before it is added, so that what is shown adds up. Of equal sums the
    story with the smaller id stands first.
    """
    ranking = [_ranked(story, at) for story in stories if not section or story.section == section]
    ranking.sort(key=lambda ranked: (-ranked.score, ranked.story))
    return Edition(at=at, section=section, ranking=tuple(ranking))


def _ranked(story: Story, at: datetime) -> Ranked:
    weights = tuple(_weights(story, at))
    score = round(sum(weight.value for weight in weights), 2)
    return Ranked(story=story.id, score=score, weights=weights)


def _weights(story: Story, at: datetime) -> Iterator[Weight]:
    """The lines of the sum; one that adds nothing is left out, but never the first."""
    yield _line(
        "publishers", math.log(max(1, story.publishers)), _many(story.publishers, "publisher")
    )
    lines = (
        ("own texts", OWN_TEXTS, story.own_texts, "text of their own", "texts of their own"),
        ("countries", COUNTRIES, story.countries, "country", "countries"),
        ("languages", LANGUAGES, story.languages, "language", "languages"),
    )
    for name, weight, count, one, many in lines:
        if count > 1:
            yield _line(name, weight * math.log(count), _many(count, one, many))
    ages = (
        ("freshness", HALF_LIFE, at - story.touched, "latest article"),
        ("running", RUNNING_HALF_LIFE, at - story.opened, "first article"),
    )
    for name, half_life, age, what in ages:
        value = -math.log(2) * max(0.0, age / half_life)
        if round(value, 2) != 0:
            yield _line(name, value, f"{what} {_ago(age)} ago")


def _line(name: str, value: float, words: str) -> Weight:
    value = round(value, 2)
    sign = "−" if value < 0 else "+"
    return Weight(name=name, value=value, words=f"{words}: {sign}{abs(value):.2f}")


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"


def _ago(age: timedelta) -> str:
    minutes = round(age.total_seconds() / 60)
    if minutes < 90:
        return _many(minutes, "minute")
    if minutes < 36 * 60:
        return _many(round(minutes / 60), "hour")
    return _many(round(minutes / 1440), "day")
