"""Older pages of a feed (RFC 5005): feeds that are read once, and count as the feed itself."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from wirecopy.model import Feed, FeedState
from wirecopy.store.db import insert_new
from wirecopy.store.schema import feed_states, feeds

_LISTED = re.compile(r"page (\d+) of (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which page of which feed."""

    number: int  # the feed itself is 1
    feed: str


def page_of(feed: Feed) -> Page | None:
    """What a feed is a page of; None of one that stands for itself."""
    match = _LISTED.fullmatch(feed.listed_in)
    return Page(number=int(match[1]), feed=match[2]) if match else None


def follow(c: Connection, feed: Feed, url: str, number: int, at: datetime) -> Feed:
    """Have a feed's older page asked once, now."""
    page = Feed(
        url=url,
        publisher=feed.publisher,
        section=feed.section,
        language=feed.language,
        listed_in=f"page {number} of {feed.url}",
    )
    last = c.execute(select(func.coalesce(func.max(feeds.c.position), 0))).scalar_one()
    c.execute(insert_new(c, feeds), [asdict(page) | {"position": last + 1, "active": True}])
    c.execute(insert_new(c, feed_states), [asdict(FeedState(feed=url, due_at=at))])
    return page


def close(c: Connection, page: Feed) -> None:
    """A page that was read is not asked again."""
    c.execute(update(feeds).where(feeds.c.url == page.url).values(active=False))
