"""Licence terms for machines (RSL) as they were last had, by their address or in a feed."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from wirecopy.model import ArticleId, Licence
from wirecopy.store import serial
from wirecopy.store.db import upsert
from wirecopy.store.quick import ask, run
from wirecopy.store.schema import entry_licences, licences

_KNOWN = select(licences).where(licences.c.url == bindparam("asked"))


def put(c: Connection, url: str, found: Licence | None) -> None:
    """Keep what an answer at `url` said; None where there is no document any more."""
    if found is None:
        c.execute(delete(licences).where(licences.c.url == url))
    else:
        run(c, upsert(c, licences), {"url": url, "rules": serial.licence_json(found)})


def of(c: Connection, url: str) -> Licence | None:
    """The terms at an address; None where none were had."""
    rows = ask(c, _KNOWN, {"asked": url})
    return serial.licence_of(rows[0]["rules"]) if rows else None


def say(c: Connection, feed: str, article: ArticleId, said: Licence | None) -> None:
    """Keep what a feed says of an article; None where it says nothing any more."""
    if said is None:
        run(c, _SAY_NOTHING, {"of": feed, "wanted": article})
        return
    row = {"feed": feed, "article": article, "rules": serial.licence_json(said)}
    run(c, upsert(c, entry_licences), row)


def of_feed(c: Connection, feed: str) -> dict[ArticleId, Licence]:
    """What a feed says of the articles that it has terms for."""
    rows = ask(c, _OF_FEED, {"of": feed})
    return {ArticleId(row["article"]): serial.licence_of(row["rules"]) for row in rows}


def of_article(c: Connection, article: ArticleId) -> list[tuple[str, Licence]]:
    """The feeds that have terms for an article, and what they say."""
    rows = ask(c, _OF_ARTICLE, {"wanted": article})
    return [(row["feed"], serial.licence_of(row["rules"])) for row in rows]


_SAY_NOTHING = delete(entry_licences).where(
    entry_licences.c.feed == bindparam("of"), entry_licences.c.article == bindparam("wanted")
)
_OF_FEED = select(entry_licences).where(entry_licences.c.feed == bindparam("of"))
_OF_ARTICLE = (
    select(entry_licences)
    .where(entry_licences.c.article == bindparam("wanted"))
    .order_by(entry_licences.c.feed)
)
