"""Feeds that another feed leads to, and what each feed has brought, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from tests.store.newsroom import (
    HARBOUR,
    HARBOUR_FEED,
    HILL_FEED,
    NOON,
    PUBLISHERS,
    announced,
    capture,
    entry,
    minutes,
)
from wirecopy.model import ArticleId, Feed
from wirecopy.store import articles, captures, older_pages, sitemaps, sources
from wirecopy.store.db import Store

(INDEX,) = PUBLISHERS[0].feeds
MAP = "http://harbour.example/map.xml"


def due(c: Connection, at: datetime) -> set[str]:
    return {feed.url for feed, _ in sources.due_feeds(c, at, 100, 10)}


def answered(c: Connection, url: str, at: datetime) -> None:
    """As after a good poll: due again in a day."""
    state = sources.feed_state(c, url)
    assert state is not None
    later = at + timedelta(days=1)
    sources.put_feed_state(c, replace(state, answered_at=at, polled_at=at, due_at=later))


def test_a_map_is_due_when_its_index_says_that_it_changed(store: Store) -> None:
    with store.begin() as c:
        sources.put_publishers(c, PUBLISHERS, NOON)
        (child,) = sitemaps.follow(c, INDEX, {MAP: NOON}, NOON)
        assert sitemaps.is_dated(child)
        assert MAP in due(c, NOON)
        answered(c, MAP, minutes(1))

        sitemaps.follow(c, INDEX, {MAP: NOON - timedelta(hours=1)}, minutes(2))
        assert MAP not in due(c, minutes(2))
        sitemaps.follow(c, INDEX, {MAP: minutes(90)}, minutes(100))
        assert MAP in due(c, minutes(100))


def test_a_map_dated_by_the_day_changed_at_any_hour_of_it(store: Store) -> None:
    day = NOON.replace(hour=0)
    with store.begin() as c:
        sources.put_publishers(c, PUBLISHERS, NOON)
        sitemaps.follow(c, INDEX, {MAP: day}, NOON)
        answered(c, MAP, NOON)
        sitemaps.follow(c, INDEX, {MAP: day}, minutes(60))
        assert MAP in due(c, minutes(60))


def test_what_feeds_led_to_is_active_again_after_a_start(store: Store) -> None:
    unread, read = "http://harbour.example/feed?page=2", "http://harbour.example/feed?page=3"
    dated, plain = MAP, "http://harbour.example/undated.xml"
    with store.begin() as c:
        sources.put_publishers(c, PUBLISHERS, NOON)
        sitemaps.follow(c, INDEX, {dated: NOON, plain: None}, NOON)
        older_pages.follow(c, INDEX, unread, 2, NOON)
        page = older_pages.follow(c, INDEX, read, 3, NOON)
        older_pages.close(c, page)
        answered(c, read, NOON)
        assert due(c, NOON) >= {dated, plain, unread}
        assert read not in due(c, NOON + timedelta(days=2))

        sources.put_publishers(c, PUBLISHERS, NOON)  # the next start
        assert {feed.url for feed in sitemaps.resume(c)} == {dated, plain, unread}
        sources.put_publishers(c, PUBLISHERS[1:], NOON)  # their publisher left the settings
        assert sitemaps.resume(c) == []


def test_a_page_knows_its_feed_and_number() -> None:
    page = Feed(url="http://a.example/2", publisher=HARBOUR, listed_in=f"page 7 of {HARBOUR_FEED}")

    assert older_pages.page_of(page) == older_pages.Page(number=7, feed=HARBOUR_FEED)
    assert older_pages.page_of(INDEX) is None


def test_new_articles_of_late_are_told_by_feed_oldest_first(store: Store) -> None:
    with store.begin() as c:
        sources.put_publishers(c, PUBLISHERS, NOON)
        for number, hours in ((1, 0), (2, 10), (3, 30)):
            announced(c, number, at=NOON + timedelta(hours=hours))

        assert sources.announced_of_late(c, timedelta(days=1)) == [
            (HARBOUR_FEED, NOON + timedelta(hours=10)),
            (HARBOUR_FEED, NOON + timedelta(hours=30)),
        ]


def test_an_announcement_with_words_counts_before_an_earlier_one_without(store: Store) -> None:
    with store.begin() as c:
        sources.put_publishers(c, PUBLISHERS, NOON)
        for number, said in ((1, replace(entry(1), feed=HILL_FEED, title="")), (2, entry(1))):
            articles.announce(
                c,
                said,
                article=ArticleId("article-1"),
                url="http://harbour.example/1",
                publisher=HARBOUR,
                capture=captures.add(c, capture(number)),
                at=minutes(number),
            )

        found = articles.entry(c, ArticleId("article-1"))
        assert found is not None
        assert (found.feed, found.title) == (HARBOUR_FEED, "Headline 1")


def test_a_good_answer_before_a_time_is_known(store: Store) -> None:
    with store.begin() as c:
        first = capture(5)
        captures.add(c, first)

        assert captures.was_read_before(c, first.url, minutes(6))
        assert not captures.was_read_before(c, first.url, minutes(5))
        assert not captures.was_read_before(c, MAP, minutes(6))
