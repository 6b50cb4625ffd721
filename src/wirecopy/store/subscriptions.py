"""Subscriptions to feeds' WebSub hubs: when each is asked for again, and until when it lasts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select, update

from wirecopy.store.db import upsert
from wirecopy.store.schema import feed_states, feeds, subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed's. `lease_until` is None until the hub has verified it."""

    feed: str
    hub: str
    topic: str
    token: str
    secret: str
    asked_at: datetime
    due_at: datetime
    lease_until: datetime | None = None
    failures: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A feed whose hub is to be asked, and the subscription it has by now."""

    feed: str
    hub: str
    topic: str
    known: Subscription | None


def put(c: Connection, subscription: Subscription) -> None:
    c.execute(upsert(c, subscriptions), asdict(subscription))


def due(c: Connection, at: datetime, limit: int) -> list[Wish]:
    """The feeds whose hubs are to be asked: for the first time, for more time, or another hub."""
    asked = (
        select(feed_states.c.feed, feed_states.c.hub, feed_states.c.topic)
        .join(feeds, feeds.c.url == feed_states.c.feed)
        .outerjoin(subscriptions, subscriptions.c.feed == feed_states.c.feed)
        .where(
            feeds.c.active,
            ~feed_states.c.gone,
            feed_states.c.hub != "",
            or_(
                subscriptions.c.feed.is_(None),
                subscriptions.c.due_at <= at,
                subscriptions.c.hub != feed_states.c.hub,
                subscriptions.c.topic != feed_states.c.topic,
            ),
        )
        .order_by(feed_states.c.feed)
        .limit(limit)
    )
    return [
        Wish(feed=row.feed, hub=row.hub, topic=row.topic, known=of_feed(c, row.feed))
        for row in c.execute(asked).all()
    ]


def of_feed(c: Connection, feed: str) -> Subscription | None:
    return _one(c, subscriptions.c.feed == feed)


def of_token(c: Connection, token: str) -> Subscription | None:
    """The subscription whose callback ends so."""
    return _one(c, subscriptions.c.token == token)


def is_live(c: Connection, feed: str, at: datetime) -> bool:
    """Whether the feed's hub tells us of its news at that time."""
    found = of_feed(c, feed)
    return found is not None and found.lease_until is not None and found.lease_until > at


def distrust(c: Connection, feed: str, until: datetime, why: str) -> None:
    """Do without a feed's hub until then."""
    one = update(subscriptions).where(subscriptions.c.feed == feed)
    c.execute(one.values(lease_until=None, due_at=until, why=why))


def forget(c: Connection, feed: str) -> None:
    c.execute(delete(subscriptions).where(subscriptions.c.feed == feed))


def _one(c: Connection, where: object) -> Subscription | None:
    row = c.execute(select(subscriptions).where(where)).first()  # type: ignore[arg-type]
    return None if row is None else Subscription(**row._mapping)
