"""What proving again asks: each revision readers may see, and what the archive should hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Select, Table, func, select

from wirecopy.model import ArticleId, ArticleState, Revision
from wirecopy.store import revisions, schema
from wirecopy.store.schema import articles, captures
from wirecopy.store.schema import revisions as revision_rows

Key = tuple[object, ...]
"""The primary key of a row."""

DERIVED: tuple[Table, ...] = (
    schema.captures,
    schema.entries,
    schema.articles,
    schema.revisions,
    schema.features,
    schema.quotes,
    schema.citations,
    schema.stories,
)
"""The tables that depend on the archive and the settings alone. An edition is drawn up at most
every few seconds of the machine's time, so which ones there are depends on the machine."""


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


def rows(c: Connection, table: Table) -> dict[Key, dict[str, object]]:
    """Every row of a table by its key, in the order of keys."""
    keys = [column.name for column in table.primary_key.columns]
    found = c.execute(select(table).order_by(*table.primary_key.columns))
    return {tuple(row[key] for key in keys): row for row in (each._asdict() for each in found)}
