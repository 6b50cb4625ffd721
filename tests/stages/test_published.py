"""Which of two times readers are told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wirecopy.stages.published import published


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("page", "feed", "told"),
    [
        (at(4, 9, 15), at(4, 11), at(4, 9, 15)),  # the page's own word
        (None, at(4, 11), at(4, 11)),
        (at(4), at(4, 11, 20), at(4, 11, 20)),  # a bare day, and the feed's time on it
        (at(1), at(4, 11, 20), at(1)),  # the feed speaks of another day
        (at(4), at(5, 18), at(4)),  # the feed named no time: it is when we saw it
        (at(9, 8), at(9, 9), at(5, 18)),  # the future has not been published yet
    ],
)
def test_the_page_says_when_and_the_feed_says_it_more_exactly(
    page: datetime | None, feed: datetime, told: datetime
) -> None:
    assert published(page, feed, at(5, 18)) == told
