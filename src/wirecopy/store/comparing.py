"""Two stores of one archive, row by row; after pruning, the rows that can still be the same.

A pruned archive begins later. A store rebuilt from it counts its captures, articles and features
from another start, knows nothing of stories that began before, and announces articles anew that
older feeds had named. What is left to compare are the articles of which every byte is kept: what
was announced, read, proved, revised and quoted of them. Captures are then known by their place.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select

from wirecopy.model import Purpose
from wirecopy.store import schema
from wirecopy.store.schema import captures, entries, page_queue

Key = tuple[object, ...]
"""The primary key of a row."""

Rows = dict[Key, dict[str, object]]

DERIVED: tuple[Table, ...] = (
    schema.captures,
    schema.site_terms,
    schema.licences,
    schema.entry_licences,
    schema.entries,
    schema.articles,
    schema.revisions,
    schema.features,
    schema.families,
    schema.quotes,
    schema.citations,
    schema.stories,
)
"""The tables that depend on the archive and the settings alone. An edition is drawn up at most
every few seconds of the machine's time, so which ones there are depends on the machine."""

_NEIGHBOURS = {
    "articles": ("position", "story", "placement", "repeats", "repeat", "responses"),
    "features": ("position",),
    "citations": ("cited",),
}
"""Columns that depend on other articles too, which may have been pruned."""


def rows(c: Connection, table: Table) -> Rows:
    """Every row of a table by its key, in the order of keys."""
    keys = [column.name for column in table.primary_key.columns]
    found = c.execute(select(table).order_by(*table.primary_key.columns))
    return {tuple(row[key] for key in keys): row for row in (each._asdict() for each in found)}


def pruned(c: Connection) -> int:
    """How many captures were pruned."""
    return int(c.execute(select(func.count()).where(captures.c.pruned)).scalar_one())


def whole(c: Connection) -> set[str]:
    """The articles of which no feed, page or miss was pruned."""
    announced = (
        select(entries.c.article)
        .join(captures, captures.c.id == entries.c.capture)
        .where(captures.c.pruned)
    )
    asked = (
        select(page_queue.c.article)
        .join(captures, captures.c.url == page_queue.c.url)
        .where(captures.c.pruned, captures.c.purpose == Purpose.PAGE.value)
    )
    # what was left out of these depends on sister pages, which may have been pruned
    related = select(schema.families.c.article).where(schema.families.c.known > 0)
    every = set(c.execute(select(schema.articles.c.id)).scalars())
    broken = (announced, asked, related)
    return every.difference(*(c.execute(each).scalars() for each in broken))


def rows_left(c: Connection, table: Table, articles: set[str]) -> Rows:
    """The rows of these articles, or the captures kept, as both stores should have them."""
    if table is schema.stories:
        return {}
    places = {
        row.id: (row.file, row.offset)
        for row in c.execute(
            select(captures.c.id, captures.c.file, captures.c.offset).where(~captures.c.pruned)
        )
    }
    if table is schema.captures:
        found = rows(c, table)
        return {
            place: {name: value for name, value in found[(id,)].items() if name != "id"}
            for id, place in places.items()
        }
    loose = _NEIGHBOURS.get(table.name, ())
    mine = "id" if table is schema.articles else "article"
    left: Rows = {}
    for key, row in rows(c, table).items():
        if row[mine] in articles:
            left[key] = {
                name: places.get(value, value) if name == "capture" else value
                for name, value in row.items()
                if name not in loose
            }
    return left
