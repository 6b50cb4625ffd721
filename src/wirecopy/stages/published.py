"""When an article was published: what the page says, what the feed says, and when we saw it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

NEAR = timedelta(hours=36)  # a day named in any time zone, and its feed's time


def published(page: datetime | None, feed: datetime, seen: datetime) -> datetime:
    """The time readers are told; never after `seen`.

    The page's own word counts. Where it names a bare day, and the feed a time on that day, the
    feed's is the more exact. `feed` is `seen` where the feed named no time.
    """
    if page is None:
        return min(feed, seen)
    bare = page.time() == time(0)
    if bare and feed != seen and timedelta(0) <= feed - page < NEAR:
        return min(feed, seen)
    return min(page, seen)
