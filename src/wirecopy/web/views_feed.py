"""What a feed of ours holds: articles with their words, and the ones that were taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from wirecopy.model import ArticleId
from wirecopy.store import reading, reading_articles
from wirecopy.web import views, views_sources, views_story
from wirecopy.web.lines import ArticleLine
from wirecopy.web.site import Site
from wirecopy.web.views_article import BlockSpan

ITEMS = 50
TOMBSTONE_DAYS = 30  # how long a feed tells that an article was taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """An article in a feed; the text is what its mode allows."""

    article: ArticleLine
    text: str
    blocks: tuple[BlockSpan, ...]
    sha256: str  # of headline, line break and whole text; "" when the page was never read


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """An article that was taken back."""

    href: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """A feed, whatever its format."""

    title: str
    name: str  # of the feed's address: "front", "section/world", ...
    home: str  # the page it belongs to
    updated: datetime
    items: tuple[FeedItem, ...]
    gone: tuple[Tombstone, ...]


def front(c: Connection, site: Site) -> FeedPage:
    """The lead articles of the front page, in its order."""
    at, lines = views.leads(c, site, "", limit=ITEMS)
    return _feed(c, site.name, "front", "/", lines, at)


def section(c: Connection, site: Site, key: str) -> FeedPage:
    """The lead articles of a section. Raises NoSuchPage."""
    named = views.section_of(c, key)
    at, lines = views.leads(c, site, key, limit=ITEMS)
    return _feed(c, f"{site.name}: {named.title}", f"section/{key}", named.href, lines, at)


def story(c: Connection, site: Site, id: str) -> FeedPage:
    """A story's articles, newest first. Raises NoSuchPage, Moved."""
    page = views_story.story(c, site, id)
    title = f"{site.name}: {page.story.lead.headline}"
    return _feed(
        c, title, f"story/{id}", page.story.href, page.articles[::-1], page.ended, story=id
    )


def publisher(c: Connection, site: Site, id: str) -> FeedPage:
    """A publisher's newest articles. Raises NoSuchPage."""
    page = views_sources.publisher(c, site, id)
    title = f"{site.name}: {page.publisher.publisher.name}"
    at = page.articles[0].published if page.articles else None
    return _feed(c, title, f"publisher/{id}", f"/p/{id}", page.articles, at, publisher=id)


def _feed(
    c: Connection,
    title: str,
    name: str,
    home: str,
    lines: Sequence[ArticleLine],
    at: datetime | None,
    *,
    publisher: str = "",
    story: str = "",
) -> FeedPage:
    newest = at or reading.newest_time(c) or datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    shown = lines[:ITEMS]
    texts = reading_articles.texts(c, [line.id for line in shown])
    gone = reading.withdrawn(
        c, since=newest - timedelta(days=TOMBSTONE_DAYS), publisher=publisher, story=story
    )
    changed = [line.changed for line in shown] + [at for _, at in gone]
    return FeedPage(
        title=title,
        name=name,
        home=home,
        updated=max(changed, default=newest),
        items=tuple(_item(line, texts.get(ArticleId(line.id))) for line in shown),
        gone=tuple(Tombstone(href=f"/a/{id}", at=at) for id, at in gone),
    )


def _item(line: ArticleLine, words: reading_articles.Words | None) -> FeedItem:
    return FeedItem(
        article=line,
        text=words.text if words else "",
        blocks=tuple(
            BlockSpan(kind=block.kind.value, start=block.start, end=block.end)
            for block in (words.blocks if words else ())
        ),
        sha256=words.sha256 if words else "",
    )
