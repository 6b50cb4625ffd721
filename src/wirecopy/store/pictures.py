"""The queue of lead images that are still to be had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

from sqlalchemy import Connection, Insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from wirecopy.model import ArticleId
from wirecopy.store.quick import run
from wirecopy.store.schema import image_queue


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePicture:
    """A lead image to ask for."""

    article: ArticleId
    url: str
    attempts: int


def want(c: Connection, article: ArticleId, url: str, at: datetime) -> None:
    """Queue an article's lead image; another address than before starts anew."""
    run(
        c,
        _want(c.dialect.name),
        {
            "article": article,
            "url": url,
            "host": urlsplit(url).hostname or "",
            "due_at": at,
            "attempts": 0,
        },
    )


@cache
def _want(dialect: str) -> Insert:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(image_queue)
    return statement.on_conflict_do_update(
        index_elements=["article"],
        set_={name: statement.excluded[name] for name in ("url", "host", "due_at", "attempts")},
        where=image_queue.c.url != statement.excluded.url,
    )


def due(c: Connection, at: datetime, limit: int) -> list[DuePicture]:
    """The images to ask for now, longest waiting first."""
    rows = c.execute(
        select(image_queue.c.article, image_queue.c.url, image_queue.c.attempts)
        .where(image_queue.c.due_at <= at)
        .order_by(image_queue.c.due_at, image_queue.c.article)
        .limit(limit)
    )
    return [
        DuePicture(article=ArticleId(row.article), url=row.url, attempts=row.attempts)
        for row in rows
    ]


def settle(c: Connection, article: ArticleId, *, due_at: datetime | None, attempts: int) -> None:
    """Set when the image is asked for again; None: it is had, or given up."""
    c.execute(
        update(image_queue)
        .where(image_queue.c.article == article)
        .values(due_at=due_at, attempts=attempts)
    )


def wanted_by(c: Connection, url: str) -> list[ArticleId]:
    """The articles whose lead image this address is."""
    rows = c.execute(
        select(image_queue.c.article)
        .where(image_queue.c.url == url)
        .order_by(image_queue.c.article)
    )
    return [ArticleId(row.article) for row in rows]
