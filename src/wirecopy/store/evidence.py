"""What proving again asks: each revision readers may see, and what the archive should hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Select, func, select

from wirecopy.model import ArticleId, ArticleState, Revision
from wirecopy.store import revisions
from wirecopy.store.schema import articles, captures
from wirecopy.store.schema import revisions as revision_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A revision, and whether its bytes were pruned."""

    revision: Revision
    pruned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A capture as the store names it."""

    file: str
    offset: int
    sha256: str  # "" for a miss
    pruned: bool


def _published(article: ArticleId | None) -> Select[str]:
    asked = select(articles.c.id).where(articles.c.state == ArticleState.PUBLISHED.value)
    return asked if article is None else asked.where(articles.c.id == article)


def count(c: Connection, article: ArticleId | None) -> int:
    """How many revisions `each_revision` gives."""
    asked = select(func.count()).where(revision_rows.c.article.in_(_published(article)))
    return int(c.execute(asked).scalar_one())


def each_revision(c: Connection, article: ArticleId | None) -> Iterator[Shown]:
    """Every revision of one published article, or of all, in the order of announcement."""
    ids = list(c.execute(_published(article).order_by(articles.c.position)).scalars())
    pruned = set(c.execute(select(captures.c.file, captures.c.offset).where(captures.c.pruned)))
    for id in ids:
        for revision in revisions.revisions(c, ArticleId(id)):
            record = revision.capture.record
            yield Shown(revision=revision, pruned=(record.file, record.offset) in pruned)


def noted_captures(c: Connection) -> Iterator[Noted]:
    """What the archive holds, as far as the store knows, in archive order."""
    asked = select(
        captures.c.file, captures.c.offset, captures.c.sha256, captures.c.pruned
    ).order_by(captures.c.id)
    for row in c.execute(asked):
        yield Noted(file=row.file, offset=row.offset, sha256=row.sha256, pruned=row.pruned)
