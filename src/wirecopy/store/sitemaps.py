"""Sitemaps that an index names: feeds of the index's publisher, though no setting names them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, func, literal, select, update

from wirecopy.model import Feed, FeedState, PublisherId
from wirecopy.store.db import insert_new
from wirecopy.store.schema import feed_states, feeds

NAMED_BY = "named by "


def follow(c: Connection, index: Feed, urls: Iterable[str], at: datetime) -> list[Feed]:
    """Make feeds of the sitemaps that an index names; those that are new are due at once."""
    children = [
        Feed(
            url=url,
            publisher=index.publisher,
            section=index.section,
            language=index.language,
            listed_in=f"{NAMED_BY}{index.url}",
        )
        for url in urls
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
    return children


def resume(c: Connection) -> list[Feed]:
    """The sitemaps of indexes that the settings still name, active again after a start."""
    index = feeds.alias("named")
    parents = select(literal(NAMED_BY) + index.c.url).where(index.c.active)
    c.execute(update(feeds).where(feeds.c.listed_in.in_(parents)).values(active=True))
    found = c.execute(select(feeds).where(feeds.c.active, feeds.c.listed_in.startswith(NAMED_BY)))
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
