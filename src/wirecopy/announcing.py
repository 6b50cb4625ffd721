"""Step 4: what a feed names becomes articles whose pages are due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from wirecopy.model import (
    ArticleId,
    Capture,
    Entry,
    Feed,
    FeedReading,
    Held,
    Licence,
    Miss,
    Purpose,
    SiteTerms,
)
from wirecopy.newsroom import Newsroom
from wirecopy.recording import Recorded, Result
from wirecopy.recording_rights import restrict
from wirecopy.stages import address, sections
from wirecopy.stages.licence import where
from wirecopy.store import articles, captures, licences, older_pages, site_terms, sitemaps

NEWS_AGE = timedelta(days=2)  # of a plain sitemap's addresses, by their lastmod
SITEMAPS = 3  # of an index: its newest; the rest is the publisher's past
PAGES = 10  # of older entries, at the first reading of a feed that has them (RFC 5005)
PAGE_AGE = timedelta(days=30)  # entries older than that are no news, and lead to no older page
QUOTA = 1_000  # new articles of one feed in a day; the busiest agencies' feeds have 600
DAY = timedelta(days=1)


def announce(c: Connection, room: Newsroom, item: Capture | Miss, found: Result) -> Recorded:
    """Step 4: every entry that is new becomes an article, and its page is due."""
    capture = captures.add(c, item)
    feed = room.feeds.get(item.url)
    if feed is None or not isinstance(found, FeedReading):
        return Recorded(url=item.url, held=found.reason if isinstance(found, Held) else "")
    if found.format == "sitemap-index":
        return _follow(c, room, feed, found, item.at)
    page = older_pages.page_of(feed)
    if page is not None:
        older_pages.close(c, feed)  # its entries are had: an older page is read once
        feed = replace(feed, url=page.feed)
    new, refused = _entries(c, room, feed, found, item.at, capture)
    next_page = _next_page(c, room, item, found, page.number if page else 1)
    if next_page:
        child = older_pages.follow(c, feed, next_page, page.number + 1 if page else 2, item.at)
        room.feeds[child.url] = child
    return Recorded(
        words=f"{feed.publisher}: {new} new of {len(found.entries)} entries",
        url=item.url,
        announced=new + bool(next_page),
        refused=refused,
    )


def _entries(
    c: Connection, room: Newsroom, feed: Feed, found: FeedReading, at: datetime, capture: int
) -> tuple[int, int]:
    """How many of a feed's entries became articles, and how many were past its day's quota."""
    new, left = 0, QUOTA - room.announced_since(feed.url, at - DAY)
    refused = 0
    said: dict[ArticleId, Licence | None] = {}
    for entry in found.entries:
        if found.format == "sitemap" and not _is_news(entry, at):
            continue  # a plain sitemap names everything a publisher ever wrote
        publisher = room.publisher_of(entry.url)
        if publisher is None:
            continue  # another house's page: credit follows the link's host
        article = address.article_id(entry.url)
        if new >= left and not articles.known(c, [article]):
            refused += 1
            continue
        own = publisher.id == feed.publisher
        announced = articles.announce(
            c,
            replace(entry if own else _bare(entry), feed=feed.url),
            article=article,
            url=address.normal(entry.url),
            publisher=publisher.id,
            capture=capture,
            at=at,
            section=_section(feed, entry) if own else "",
            language=(feed.language if own else "") or publisher.language,
        )
        new += announced is not None
        if own:
            said[article] = said.get(article) or entry.licence
    room.announced_at(feed.url, at, new)
    _terms(c, room, feed, said)
    return new, refused


def _terms(
    c: Connection, room: Newsroom, feed: Feed, said: dict[ArticleId, Licence | None]
) -> None:
    """Keep the terms for machines that a feed gives its articles; stricter ones hold at once."""
    before = licences.of_feed(c, feed.url)
    for article, licence in said.items():
        if licence != before.get(article):
            licences.say(c, feed.url, article, licence)
            restrict(c, room, article)


def _bare(entry: Entry) -> Entry:
    """The address alone: nobody puts words, names or times into another publisher's mouth."""
    return Entry(feed=entry.feed, guid=entry.url, url=entry.url, title="")


def _section(feed: Feed, entry: Entry) -> str:
    return sections.section(feed.section, "", entry.categories, entry.url)[0]


def _is_news(entry: Entry, at: datetime) -> bool:
    return entry.updated is not None and at - entry.updated <= NEWS_AGE


def _next_page(
    c: Connection, room: Newsroom, item: Capture | Miss, found: FeedReading, number: int
) -> str:
    """The page of older entries to read too: at the first reading, while they are news still."""
    if not found.next_page or number >= PAGES or not found.entries:
        return ""
    if number == 1 and captures.was_read_before(c, item.url, item.at):
        return ""
    url = address.normal(found.next_page)
    times = [time for entry in found.entries if (time := entry.published or entry.updated)]
    if url in room.feeds or (times and item.at - min(times) > PAGE_AGE):
        return ""
    return url if address.domain(url) == address.domain(item.url) else ""


def _follow(
    c: Connection, room: Newsroom, index: Feed, found: FeedReading, at: datetime
) -> Recorded:
    """The newest sitemaps of an index are asked too: its addresses are feeds', not articles'."""
    own = [entry for entry in found.entries if room.publisher_of(entry.url) is not None]
    newest = sorted(own, key=lambda entry: entry.updated or at, reverse=True)[:SITEMAPS]
    named = {address.normal(entry.url): entry.updated for entry in newest}
    children = sitemaps.follow(c, index, named, at)
    room.feeds.update({child.url: child for child in children})
    return Recorded(
        words=f"{index.publisher}: {len(children)} sitemaps of {len(found.entries)}",
        url=index.url,
        announced=len(children),
    )


def note(c: Connection, room: Newsroom, item: Capture | Miss, found: Result) -> Recorded:
    """What a site says of its pages: robots.txt, tdmrep.json, licences. The latest answer holds."""
    captures.add(c, item)
    if not isinstance(item, Capture) or item.status >= 500:
        return Recorded(url=item.url)
    if item.purpose is Purpose.LICENCE:
        licences.put(c, where(item.url, ""), found if isinstance(found, Licence) else None)
    else:
        terms = found if isinstance(found, SiteTerms) else SiteTerms()
        site_terms.put(c, item.url, item.purpose, terms)
    return Recorded(url=item.url)
