"""Feeds that no setting names, but another feed: sitemaps of an index; after a start, all such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, func, literal, or_, select, update

from wirecopy.model import Feed, FeedState, PublisherId
from wirecopy.store.db import insert_new
from wirecopy.store.schema import feed_states, feeds

NAMED_BY = "named by "
DATED_BY = "named with its date by "


def is_dated(feed: Feed) -> bool:
    """Whether a sitemap's index tells when it changes, so that it need not be asked before."""
    return feed.listed_in.startswith(DATED_BY)


def follow(
    c: Connection, index: Feed, named: Mapping[str, datetime | None], at: datetime
) -> list[Feed]:
    """Make feeds of the sitemaps that an index names, with the time of their last change.

    Due at once are those that are new, and those that changed since they were asked.
    """
    children = [
        Feed(
            url=url,
            publisher=index.publisher,
            section=index.section,
            language=index.language,
            listed_in=f"{DATED_BY if changed else NAMED_BY}{index.url}",
        )
        for url, changed in named.items()
    ]
    if children:
        last = c.execute(select(func.coalesce(func.max(feeds.c.position), 0))).scalar_one()
        rows = [
            asdict(child) | {"position": last + number, "active": True}
            for number, child in enumerate(children, start=1)
        ]
        c.execute(insert_new(c, feeds), rows)
        states = [asdict(FeedState(feed=child.url, due_at=at)) for child in children]
        c.execute(insert_new(c, feed_states), states)
        for url, changed in named.items():
            if changed is not None:
                _wake(c, url, changed, at)
    return children


def _wake(c: Connection, url: str, changed: datetime, at: datetime) -> None:
    if changed.time() == time():  # a day without an hour: any hour of it
        changed += timedelta(days=1)
    c.execute(
        update(feed_states)
        .where(feed_states.c.feed == url, feed_states.c.answered_at <= changed)
        .values(due_at=at, why="its index says that it has changed")
    )


def resume(c: Connection) -> list[Feed]:
    """What the feeds of the settings led to, active again after a start.

    Sitemaps that an index names, and older pages that were not read yet.
    """
    parent = feeds.alias("parent")
    led = [
        select(literal(words) + parent.c.url).where(parent.c.active)
        for words in (NAMED_BY, DATED_BY, *(f"page {n} of " for n in range(2, 11)))
    ]
    unread = select(feed_states.c.feed).where(feed_states.c.answered_at.is_(None))
    c.execute(
        update(feeds)
        .where(
            or_(*(feeds.c.listed_in.in_(each) for each in led)),
            or_(feeds.c.listed_in.not_like("page %"), feeds.c.url.in_(unread)),
        )
        .values(active=True)
    )
    named = (NAMED_BY, DATED_BY, "page ")
    found = c.execute(
        select(feeds).where(feeds.c.active, or_(*(feeds.c.listed_in.startswith(n) for n in named)))
    )
    return [
        Feed(
            url=row.url,
            publisher=PublisherId(row.publisher),
            section=row.section,
            language=row.language,
            listed_in=row.listed_in,
        )
        for row in found
    ]
