"""Questions that the pages about publishers and their feeds ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from wirecopy.model import (
    ArticleId,
    ArticleState,
    Feed,
    FeedState,
    Publisher,
    PublisherId,
)
from wirecopy.store.schema import articles, feed_states, feeds, hosts, publishers, subscriptions
from wirecopy.store.serial import basis_of
from wirecopy.store.sources import state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed with what is known from asking it; no state before it was first scheduled."""

    feed: Feed
    publisher_name: str
    state: FeedState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """What became of a publisher's articles."""

    announced: int = 0
    published: int = 0
    held: int = 0
    withdrawn: int = 0
    by_mode: dict[str, int] = field(default_factory=dict)

    @property
    def read(self) -> int:
        return self.published + self.held + self.withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """An article that was read and is not published."""

    id: ArticleId
    url: str
    headline: str
    language: str
    publisher: PublisherId
    publisher_name: str
    first_seen: datetime
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """A host that asked for a pause."""

    host: str
    until: datetime
    why: str


def all_publishers(c: Connection, *, active: bool = True) -> list[Publisher]:
    """Publishers with their feeds, in the order of the settings."""
    query = select(publishers).order_by(publishers.c.position, publishers.c.id)
    if active:
        query = query.where(publishers.c.active)
    found = c.execute(query).all()
    of: dict[str, list[Feed]] = {}
    for row in c.execute(
        select(feeds).where(feeds.c.active).order_by(feeds.c.publisher, feeds.c.position)
    ):
        of.setdefault(row.publisher, []).append(_feed(row))
    return [_publisher(row, tuple(of.get(row.id, ()))) for row in found]


def one_publisher(c: Connection, id: str) -> Publisher | None:
    """A publisher with its feeds, also one that left the settings."""
    row = c.execute(select(publishers).where(publishers.c.id == id)).first()
    if row is None:
        return None
    own = c.execute(
        select(feeds).where(feeds.c.publisher == id, feeds.c.active).order_by(feeds.c.position)
    )
    return _publisher(row, tuple(_feed(one) for one in own))


def sources(c: Connection, *, publisher: str = "") -> list[Source]:
    """Every feed with its state, in the order of the settings."""
    query = (
        select(feeds, publishers.c.name, feed_states)
        .join(publishers, publishers.c.id == feeds.c.publisher)
        .outerjoin(feed_states, feed_states.c.feed == feeds.c.url)
        .where(feeds.c.active)
        .order_by(publishers.c.position, feeds.c.publisher, feeds.c.position)
    )
    if publisher:
        query = query.where(feeds.c.publisher == publisher)
    return [
        Source(
            feed=_feed(row),
            publisher_name=row.name,
            state=state_of(row) if row.due_at is not None else None,
        )
        for row in c.execute(query)
    ]


def yields(
    c: Connection, *, since: datetime | None = None, publisher: str = ""
) -> dict[PublisherId, Yield]:
    """What became of each publisher's articles published since then."""
    query = select(
        articles.c.publisher, articles.c.state, articles.c.mode, func.count().label("total")
    ).group_by(articles.c.publisher, articles.c.state, articles.c.mode)
    if since is not None:
        query = query.where(articles.c.published >= since)
    if publisher:
        query = query.where(articles.c.publisher == publisher)
    counts: dict[PublisherId, dict[str, int]] = {}
    modes: dict[PublisherId, dict[str, int]] = {}
    for row in c.execute(query):
        mine = counts.setdefault(row.publisher, {})
        mine[row.state] = mine.get(row.state, 0) + row.total
        if row.state == ArticleState.PUBLISHED:
            modes.setdefault(row.publisher, {})[row.mode] = row.total
    return {
        id: Yield(
            announced=mine.get(ArticleState.ANNOUNCED, 0),
            published=mine.get(ArticleState.PUBLISHED, 0),
            held=mine.get(ArticleState.HELD, 0),
            withdrawn=mine.get(ArticleState.WITHDRAWN, 0),
            by_mode=modes.get(id, {}),
        )
        for id, mine in counts.items()
    }


def held_back(c: Connection, *, limit: int, publisher: str = "") -> list[HeldBack]:
    """Articles that were read and are not published, newest first."""
    query = (
        select(articles, publishers.c.name)
        .join(publishers, publishers.c.id == articles.c.publisher)
        .where(articles.c.state == ArticleState.HELD.value)
        .order_by(articles.c.published.desc(), articles.c.position.desc())
        .limit(limit)
    )
    if publisher:
        query = query.where(articles.c.publisher == publisher)
    return [
        HeldBack(
            id=ArticleId(row.id),
            url=row.url,
            headline=row.headline,
            language=row.language,
            publisher=PublisherId(row.publisher),
            publisher_name=row.name,
            first_seen=row.first_seen,
            reason=row.held_reason,
            detail=row.held_detail,
        )
        for row in c.execute(query)
    ]


def leases(c: Connection) -> dict[str, datetime]:
    """Until when each feed's hub tells us of its news."""
    lasting = select(subscriptions.c.feed, subscriptions.c.lease_until).where(
        subscriptions.c.lease_until.is_not(None)
    )
    return {row.feed: row.lease_until for row in c.execute(lasting)}


def resting(c: Connection, at: datetime) -> list[Resting]:
    """Hosts that rest longer than until then."""
    query = (
        select(hosts)
        .where(and_(hosts.c.resting_until.is_not(None), hosts.c.resting_until > at))
        .order_by(hosts.c.resting_until)
    )
    return [
        Resting(host=row.host, until=row.resting_until, why=row.why) for row in c.execute(query)
    ]


def _feed(row: Row[Any]) -> Feed:
    return Feed(
        url=row.url,
        publisher=PublisherId(row.publisher),
        section=row.section,
        language=row.language,
        listed_in=row.listed_in,
    )


def _publisher(row: Row[Any], own: tuple[Feed, ...]) -> Publisher:
    return Publisher(
        id=PublisherId(row.id),
        name=row.name,
        home=row.home,
        domains=tuple(row.domains or ()),
        country=row.country,
        language=row.language,
        basis=basis_of(row.basis),
        feeds=own,
    )
