"""The queue of pages: which are to be asked for, and when again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from wirecopy.model import ArticleId
from wirecopy.store.quick import run
from wirecopy.store.schema import articles, page_queue, publishers


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage:
    """A page in the queue, and what is known from asking for it."""

    article: ArticleId
    url: str
    host: str
    feed: str
    due_at: datetime | None  # None: not asked again
    attempts: int  # failures in a row
    checks: int  # times the page was had
    etag: str
    last_modified: str
    answered_from: str = ""  # the address whose validators these are; "": the page's own


_DUE = (
    select(page_queue)
    .join(articles, articles.c.id == page_queue.c.article)
    .join(publishers, publishers.c.id == articles.c.publisher)
    .where(page_queue.c.due_at <= bindparam("now"), publishers.c.active)
    .order_by(page_queue.c.due_at, page_queue.c.article)
    .limit(bindparam("most"))
)
_ONE = select(page_queue).where(page_queue.c.article == bindparam("wanted"))
_SET = update(page_queue).where(page_queue.c.article == bindparam("wanted"))


def due_pages(c: Connection, at: datetime, limit: int) -> list[DuePage]:
    """The pages to ask for now, longest due first; none of a publisher that left the settings."""
    return [DuePage(**row._mapping) for row in c.execute(_DUE, {"now": at, "most": limit})]


def queued(c: Connection, article: ArticleId) -> DuePage | None:
    """What the queue knows of an article's page."""
    row = c.execute(_ONE, {"wanted": article}).first()
    return None if row is None else DuePage(**row._mapping)


def set_page(
    c: Connection,
    article: ArticleId,
    *,
    due_at: datetime | None,
    attempts: int,
    checks: int,
    etag: str = "",
    last_modified: str = "",
    answered_from: str = "",
) -> None:
    """Set when the page is asked for again (None: never), and with what to ask."""
    run(
        c,
        _SET,
        {
            "wanted": article,
            "due_at": due_at,
            "attempts": attempts,
            "checks": checks,
            "etag": etag,
            "last_modified": last_modified,
            "answered_from": answered_from,
        },
    )
