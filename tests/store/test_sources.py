"""Publishers, feeds and the schedule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import text

from tests.store.newsroom import HARBOUR, HARBOUR_FEED, HILL_FEED, NOON, PUBLISHERS, minutes
from wirecopy.model import Basis, BasisKind, Feed, FeedState, Mode
from wirecopy.store import sources
from wirecopy.store.db import Store


def test_publishers_come_back_in_the_order_of_the_settings(store: Store) -> None:
    swapped = (PUBLISHERS[1], PUBLISHERS[0])
    with store.begin() as c:
        sources.put_publishers(c, PUBLISHERS, NOON)
        assert sources.publishers(c) == list(PUBLISHERS)
        sources.put_publishers(c, swapped, NOON)
        assert sources.publishers(c) == list(swapped)


def test_a_basis_comes_back_with_its_evidence(store: Store) -> None:
    basis = Basis(
        kind=BasisKind.LICENCE,
        mode=Mode.FULL,
        licence="CC BY 4.0",
        evidence="“All texts may be republished.”\nWith credit.",
        evidence_url="http://harbour.example/terms",
        recorded=date(2026, 11, 1),
    )
    licensed = replace(PUBLISHERS[0], basis=basis)
    with store.begin() as c:
        sources.put_publishers(c, [licensed], NOON)
        assert sources.publishers(c) == [licensed]


def test_a_publisher_that_left_the_settings_stays_inactive(store: Store) -> None:
    with store.begin() as c:
        sources.put_publishers(c, PUBLISHERS, NOON)
        sources.put_publishers(c, PUBLISHERS[:1], NOON)
        assert sources.publishers(c) == [PUBLISHERS[0]]
        assert {each.id for each in sources.publishers(c, active=False)} == {
            "harbour.example",
            "hill.example",
        }
        assert [feed.url for feed, _ in sources.due_feeds(c, NOON, 10, 10)] == [HARBOUR_FEED]
        sources.put_publishers(c, [], NOON)
        assert sources.publishers(c) == []
        assert sources.due_feeds(c, NOON, 10, 10) == []


def test_a_new_feed_is_due_at_once_and_a_known_one_keeps_its_schedule(store: Store) -> None:
    more = replace(
        PUBLISHERS[0],
        feeds=(*PUBLISHERS[0].feeds, Feed(url="http://harbour.example/sport", publisher=HARBOUR)),
    )
    polled = FeedState(
        feed=HARBOUR_FEED,
        due_at=minutes(60),
        why="the feed asks for an hour",
        polled_at=NOON,
        answered_at=NOON,
        status=200,
        etag='"1"',
        last_modified="Mon, 23 Nov 2026 12:00:00 GMT",
        body_sha256="ab" * 32,
        interval_seconds=3600,
        failures=2,
        error="no answer",
        cure="wait",
        polls=3,
        not_modified=1,
        bytes=5_000_000_000,
        moved_to="https://harbour.example/feed",
        moved_times=2,
    )
    with store.begin() as c:
        sources.put_publishers(c, PUBLISHERS, NOON)
        sources.put_feed_state(c, polled)
        sources.put_publishers(c, [more, PUBLISHERS[1]], minutes(1))
        assert sources.feed_state(c, HARBOUR_FEED) == polled
        assert sources.feed_state(c, "http://nobody.example/") is None
        due = [feed.url for feed, _ in sources.due_feeds(c, minutes(30), 10, 10)]
        assert due == [HILL_FEED, "http://harbour.example/sport"]  # longest due first
        assert len(sources.due_feeds(c, minutes(60), 10, 10)) == 3
        assert len(sources.due_feeds(c, minutes(60), 2, 10)) == 2
        assert sources.feed_states_by_url(c)[HARBOUR_FEED] == polled


def test_a_feed_that_is_gone_is_never_due(store: Store) -> None:
    with store.begin() as c:
        sources.put_publishers(c, PUBLISHERS, NOON)
        state = sources.feed_state(c, HARBOUR_FEED)
        assert state is not None
        sources.put_feed_state(c, replace(state, gone=True))
        [(feed, _)] = sources.due_feeds(c, minutes(10_000), 10, 10)
        assert feed.url == HILL_FEED


def test_a_host_of_thousands_of_feeds_leaves_room_for_others(store: Store) -> None:
    many = tuple(
        Feed(url=f"http://harbour.example/{n:04}.xml", publisher=HARBOUR) for n in range(2_500)
    )
    with store.begin() as c:
        sources.put_publishers(c, [replace(PUBLISHERS[0], feeds=many)], NOON)
        sources.put_publishers(c, [replace(PUBLISHERS[0], feeds=many), PUBLISHERS[1]], minutes(5))
        due = [feed.url for feed, _ in sources.due_feeds(c, minutes(5), 10, 2)]
        assert due == [many[0].url, many[1].url, HILL_FEED]
        # Those that left the settings take no room from those that stayed.
        sources.put_publishers(c, [replace(PUBLISHERS[0], feeds=many[2:])], minutes(5))
        due = [feed.url for feed, _ in sources.due_feeds(c, minutes(5), 10, 2)]
        assert due == [many[2].url, many[3].url]


def test_a_host_rests_until_its_time(store: Store) -> None:
    with store.begin() as c:
        sources.rest_host(c, "harbour.example", minutes(60), "429")
        sources.rest_host(c, "hill.example", minutes(5), "503")
        assert sources.resting_hosts(c, minutes(10) + timedelta(days=1)) == {
            "harbour.example": (minutes(60), 0)
        }
        sources.rest_host(c, "harbour.example", None)
        assert sources.resting_hosts(c, minutes(10) + timedelta(days=1)) == {}


def test_putting_the_same_publishers_twice_changes_nothing(store: Store) -> None:
    with store.begin() as c:
        sources.put_publishers(c, PUBLISHERS, NOON)
        before = c.execute(text("SELECT * FROM feed_states ORDER BY feed")).all()
        sources.put_publishers(c, PUBLISHERS, NOON + timedelta(days=1))
        assert c.execute(text("SELECT * FROM feed_states ORDER BY feed")).all() == before
