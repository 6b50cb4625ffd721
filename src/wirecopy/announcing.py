"""Step 4: what a feed names becomes articles whose pages are due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from wirecopy.model import Capture, Entry, Feed, FeedReading, Held, Miss, SiteTerms
from wirecopy.newsroom import Newsroom
from wirecopy.recording import Recorded, Result
from wirecopy.stages import address, sections
from wirecopy.store import articles, captures, site_terms, sitemaps

NEWS_AGE = timedelta(days=2)  # of a plain sitemap's addresses, by their lastmod
SITEMAPS = 3  # of an index: its newest; the rest is the publisher's past


def announce(c: Connection, room: Newsroom, item: Capture | Miss, found: Result) -> Recorded:
    """Step 4: every entry that is new becomes an article, and its page is due."""
    capture = captures.add(c, item)
    feed = room.feeds.get(item.url)
    if feed is None or not isinstance(found, FeedReading):
        return Recorded(url=item.url, held=found.reason if isinstance(found, Held) else "")
    if found.format == "sitemap-index":
        return _follow(c, room, feed, found, item.at)
    new = 0
    for entry in found.entries:
        publisher = room.publisher_of(entry.url)
        if found.format == "sitemap" and not _is_news(entry, item.at):
            continue  # a plain sitemap names everything a publisher ever wrote
        if publisher is None:
            continue  # another house's page: credit follows the link's host
        article = articles.announce(
            c,
            replace(entry, feed=feed.url),
            article=address.article_id(entry.url),
            url=address.normal(entry.url),
            publisher=publisher.id,
            capture=capture,
            at=item.at,
            section=sections.section(feed.section, "", entry.categories, entry.url)[0],
            language=feed.language or publisher.language,
        )
        new += article is not None
    words = f"{feed.publisher}: {new} new of {len(found.entries)} entries"
    return Recorded(words=words, url=item.url, announced=new)


def _is_news(entry: Entry, at: datetime) -> bool:
    return entry.updated is not None and at - entry.updated <= NEWS_AGE


def _follow(
    c: Connection, room: Newsroom, index: Feed, found: FeedReading, at: datetime
) -> Recorded:
    """The newest sitemaps of an index are asked too: its addresses are feeds', not articles'."""
    own = [entry for entry in found.entries if room.publisher_of(entry.url) is not None]
    newest = sorted(own, key=lambda entry: entry.updated or at, reverse=True)[:SITEMAPS]
    children = sitemaps.follow(c, index, [address.normal(entry.url) for entry in newest], at)
    room.feeds.update({child.url: child for child in children})
    return Recorded(
        words=f"{index.publisher}: {len(children)} sitemaps of {len(found.entries)}",
        url=index.url,
        announced=len(children),
    )


def note(c: Connection, room: Newsroom, item: Capture | Miss, found: Result) -> Recorded:
    """What a site says of all its pages: robots.txt, tdmrep.json. An answer replaces the last."""
    captures.add(c, item)
    if isinstance(item, Capture) and item.status < 500:
        terms = found if isinstance(found, SiteTerms) else SiteTerms()
        site_terms.put(c, item.url, item.purpose, terms)
    return Recorded(url=item.url)
