"""Publishers, their feeds, and when each is to be asked again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, tuple_, update

from wirecopy.model import Feed, FeedState, Publisher, PublisherId
from wirecopy.store import schema, serial
from wirecopy.store.db import insert_new, upsert
from wirecopy.store.quick import run
from wirecopy.store.schema import articles, feed_states, feeds, hosts

REFRESH = timedelta(minutes=30)  # a wish to ask everything now spares what was asked since


def put_publishers(c: Connection, all_of_them: Sequence[Publisher], at: datetime) -> None:
    """Make the store's publishers and feeds those of the settings, in their order.

    One that left the settings stays, for its articles' sake, and is no longer active. A feed that
    is new is due at once (`at`); one that was known keeps its schedule.
    """
    c.execute(update(schema.publishers).values(active=False))
    c.execute(update(feeds).values(active=False))
    if not all_of_them:
        return
    c.execute(
        upsert(c, schema.publishers),
        [
            {
                "id": publisher.id,
                "name": publisher.name,
                "home": publisher.home,
                "domains": list(publisher.domains),
                "country": publisher.country,
                "language": publisher.language,
                "basis": serial.basis_json(publisher.basis),
                "position": position,
                "active": True,
            }
            for position, publisher in enumerate(all_of_them)
        ],
    )
    every_feed = [feed for publisher in all_of_them for feed in publisher.feeds]
    if not every_feed:
        return
    c.execute(
        upsert(c, feeds),
        [
            {
                "url": feed.url,
                "publisher": feed.publisher,
                "section": feed.section,
                "language": feed.language,
                "listed_in": feed.listed_in,
                "position": position,
                "active": True,
            }
            for position, feed in enumerate(every_feed)
        ],
    )
    c.execute(
        insert_new(c, feed_states),
        [asdict(FeedState(feed=feed.url, due_at=at)) for feed in every_feed],
    )


def publishers(c: Connection, *, active: bool = True) -> list[Publisher]:
    """The publishers of the settings, in their order; with `active=False` also those that left."""
    wanted = select(schema.publishers).order_by(
        schema.publishers.c.position, schema.publishers.c.id
    )
    theirs = select(feeds).order_by(feeds.c.position, feeds.c.url)
    if active:
        wanted = wanted.where(schema.publishers.c.active)
        theirs = theirs.where(feeds.c.active)
    by_publisher: dict[str, list[Feed]] = {}
    for row in c.execute(theirs):
        by_publisher.setdefault(row.publisher, []).append(_feed(row))
    return [
        Publisher(
            id=PublisherId(row.id),
            name=row.name,
            home=row.home,
            domains=tuple(row.domains),
            country=row.country,
            language=row.language,
            basis=serial.basis_of(row.basis),
            feeds=tuple(by_publisher.get(row.id, ())),
        )
        for row in c.execute(wanted)
    ]


# Walked in pages along an index that answers it alone; a feed's own row is read when it is taken.
_DUE = (
    select(feed_states.c.due_at, feed_states.c.feed)
    .where(
        ~feed_states.c.gone,
        feed_states.c.due_at <= bindparam("now"),
        tuple_(feed_states.c.due_at, feed_states.c.feed)
        > tuple_(
            bindparam("after", type_=feed_states.c.due_at.type),
            bindparam("after_feed", type_=feed_states.c.feed.type),
        ),
        feed_states.c.feed.not_in(select(feeds.c.url).where(~feeds.c.active)),
    )
    .order_by(feed_states.c.due_at, feed_states.c.feed)
    .limit(bindparam("most"))
)
_TAKEN = (
    select(feeds, feed_states)
    .join(feed_states, feed_states.c.feed == feeds.c.url)
    .where(feeds.c.url.in_(bindparam("urls", expanding=True)))
)
_WALKED = 2_000  # feeds' names read at a time
_READ = 500  # feeds' rows read at a time; a statement of SQLite's takes 32,766 values
_MANY = 200  # feeds of one host among those walked
_PASSED_OVER = 10  # hosts at a time: each makes the walk's condition longer
_FIRST = datetime(1, 1, 1, tzinfo=UTC)


def due_feeds(c: Connection, at: datetime, limit: int, a_host: int) -> list[tuple[Feed, FeedState]]:
    """The active feeds to ask now, longest due first; never one that is gone (410).

    At most `a_host` of one host's: however many of its feeds are due, others are among them.
    """
    chosen = list(islice(_longest_due(c, at, a_host), limit))
    found = [
        (row.position, _feed(row), state_of(row))
        for first in range(0, len(chosen), _READ)
        for row in c.execute(_TAKEN, {"urls": chosen[first : first + _READ]}).all()
    ]
    found.sort(key=lambda each: (each[2].due_at, each[0], each[1].url))
    return [(feed, state) for _, feed, state in found]


def _longest_due(c: Connection, at: datetime, a_host: int) -> Iterator[str]:
    seen: Counter[str] = Counter()
    asked, left = _DUE, set[str]()
    bounds = {"now": at, "after": _FIRST, "after_feed": "", "most": _WALKED}
    while rows := c.execute(asked, bounds).all():
        for _, feed in rows:
            host = feed.split("/", 3)[2]  # "https://host/path"
            seen[host] += 1
            if seen[host] <= a_host:
                yield feed
        if len(rows) < _WALKED:
            return
        # A host that has thousands due is passed over by the database, not row by row here.
        for host, count in seen.most_common(_PASSED_OVER):
            if count > max(a_host, _MANY) and host not in left:
                left.add(host)
                for scheme in ("http", "https"):
                    theirs = feed_states.c.feed.startswith(f"{scheme}://{host}/", autoescape=True)
                    asked = asked.where(~theirs)
        bounds |= {"after": rows[-1].due_at, "after_feed": rows[-1].feed}


def feed_state(c: Connection, feed: str) -> FeedState | None:
    """What is known of the feed at that address."""
    row = c.execute(select(feed_states).where(feed_states.c.feed == feed)).first()
    return None if row is None else state_of(row)


def feed_states_by_url(c: Connection) -> dict[str, FeedState]:
    """What is known of every active feed."""
    asked = select(feed_states).join(feeds, feeds.c.url == feed_states.c.feed).where(feeds.c.active)
    return {row.feed: state_of(row) for row in c.execute(asked)}


def put_feed_state(c: Connection, state: FeedState) -> None:
    """Keep what a poll taught."""
    run(c, upsert(c, feed_states), asdict(state))


def make_due(c: Connection, at: datetime, why: str, *, spared: timedelta = REFRESH) -> None:
    """Have every feed asked at a time, but for those that are gone or were asked just now.

    However often somebody wishes for it, a feed that was asked within `spared` keeps its time.
    """
    fresh = feed_states.c.polled_at.between(at - spared, at)
    wanted = ~feed_states.c.gone & (feed_states.c.polled_at.is_(None) | ~fresh)
    c.execute(update(feed_states).where(wanted).values(due_at=at, why=why))


def knocked(c: Connection, feed: str, at: datetime, why: str, *, spared: timedelta) -> None:
    """Have one feed asked at a time because its hub says so; not if it was asked just now."""
    c.execute(
        update(feed_states)
        .where(
            feed_states.c.feed == feed,
            ~feed_states.c.gone,
            feed_states.c.due_at > at,
            feed_states.c.polled_at.is_(None) | ~feed_states.c.polled_at.between(at - spared, at),
        )
        .values(due_at=at, why=why)
    )


def announced_of_late(c: Connection, within: timedelta) -> list[tuple[str, datetime]]:
    """The feed and the time of every new article up to so long before the latest, oldest first."""
    asked = select(articles.c.feed, articles.c.first_seen).order_by(articles.c.position.desc())
    found: list[tuple[str, datetime]] = []
    for feed, at in c.execute(asked).yield_per(1_000):
        if found and at <= found[0][1] - within:
            break
        found.append((feed, at))
    return found[::-1]


def rest_host(
    c: Connection, host: str, until: datetime | None, why: str = "", rests: int = 0
) -> None:
    """Leave a whole host alone until then, over restarts too; None lets it be asked again.

    `rests` counts the rests in a row for which it named no time; the next one is longer.
    """
    row = {"host": host, "resting_until": until, "why": why, "rests": rests}
    c.execute(upsert(c, hosts), row)


def resting_hosts(c: Connection, at: datetime) -> dict[str, tuple[datetime, int]]:
    """The hosts that rest at that time: until when, and how many rests in a row that makes.

    Those whose rest ended within a day are among them: the next one in a row is longer.
    """
    asked = select(hosts).where(hosts.c.resting_until > at - timedelta(days=1))
    return {row.host: (row.resting_until, row.rests) for row in c.execute(asked)}


def _feed(row: Row[*tuple[object, ...]]) -> Feed:
    return Feed(
        url=row.url,
        publisher=PublisherId(row.publisher),
        section=row.section,
        language=row.language,
        listed_in=row.listed_in,
    )


_STATE = feed_states.columns.keys()


def state_of(row: Row[*tuple[object, ...]]) -> FeedState:
    """The state that the last columns of a row tell; a name at a time took five times as long."""
    values: dict[str, Any] = dict(zip(_STATE, row[-len(_STATE) :], strict=True))
    for name in ("rhythm", "skip_hours", "skip_days"):
        values[name] = tuple(values[name])
    return FeedState(**values)
