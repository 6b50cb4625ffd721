"""What is known of the rights in a page beyond what it says itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypedDict

from sqlalchemy import Connection

from wirecopy.model import ArticleId, ArticleState, Capture, Miss, Signals
from wirecopy.newsroom import Newsroom
from wirecopy.stages import licence, rights, terms
from wirecopy.stages.licence import Terms
from wirecopy.store import articles, licences, policies, site_terms


class Told(TypedDict):
    """As `rights.decide` takes it."""

    signals: Signals
    licences: tuple[Terms, ...]


def told(c: Connection, article: ArticleId, signals: Signals, item: Capture | Miss) -> Told:
    """A page's signals with its site's, and what all licence terms that speak of it grant."""
    page = item.final_url if isinstance(item, Capture) else item.url
    said = terms.joined(signals, site_terms.of(c, page), page)
    found = [
        Terms(named="in the page itself", grant=licence.grant(each, page)) for each in said.inline
    ]
    if said.rsl:
        there = licence.where(page, said.rsl)
        said = replace(said, rsl=there or said.rsl)
        granted = licence.grant(licences.of(c, there), page)
        found.insert(0, Terms(named=said.rsl, grant=granted))
    return Told(signals=said, licences=(*found, *_of_feeds(c, article, page)))


def restrict(c: Connection, room: Newsroom, article: ArticleId) -> None:
    """Show less of a published article at once, if the terms in feeds that name it allow less.

    Where they allow more than before, that waits until its page is read again.
    """
    row = articles.get(c, article)
    if row is None or row.state is not ArticleState.PUBLISHED:
        return
    policy = rights.decide(
        publisher=room.publishers[row.publisher],
        private_site=room.private_site,
        signals=Signals(),
        licences=tuple(_of_feeds(c, article, row.url)),
    )
    if policy.mode.rank < row.mode.rank:
        policies.close(c, policies.standing_of(row), policy)
        room.changed.add(row.id)
        if row.story is not None:
            room.touched.add(row.story)


def _of_feeds(c: Connection, article: ArticleId, page: str) -> Iterator[Terms]:
    for feed, said in licences.of_article(c, article):
        yield Terms(named=f"in the feed {feed}", grant=licence.grant(said, page))
