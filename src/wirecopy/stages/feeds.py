"""What a feed says: RSS 0.9 to 2.0, RDF, Atom, JSON Feed, sitemap and news sitemap.

The bytes are bounded before a parser sees them (`feeds_bounds`), and parsers get bytes only: they
open nothing. What a parser found is made plain here, in one way for every format: words without
markup, http(s) addresses, times that can be.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from wirecopy.model import Entry, FeedReading, Held, Licence
from wirecopy.stages.discover import find_feeds
from wirecopy.stages.feeds_bounds import bound
from wirecopy.stages.feeds_fields import ParsedEntry, ParsedFeed
from wirecopy.stages.feeds_parse import parse_bounded, parse_plain
from wirecopy.stages.feeds_plain import is_plain_sitemap
from wirecopy.stages.feeds_sitemap import read_sitemap
from wirecopy.stages.feeds_values import MAX_TITLE, address, from_html, from_text, moment, once
from wirecopy.stages.licence import of_item

MAX_TTL_SECONDS = 7 * 86_400

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIODS = {
    "hourly": 3600,
    "daily": 86_400,
    "weekly": 7 * 86_400,
    "monthly": 30 * 86_400,
    "yearly": 365 * 86_400,
}
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")


def read_feed(body: bytes, content_type: str, url: str, at: datetime) -> FeedReading | Held:
    """Read a feed's bytes; `url` is where they came from, `at` when.

    Held with reason "not-a-feed" (an HTML page among them: its feeds are `discover`'s to find),
    "too-large", or "broken-feed" when nothing whole was left before a fault.
    """
    if is_plain_sitemap(body):
        return read_sitemap(body, url, at, 0)
    plain = parse_plain(body, content_type, url)
    if plain is not None:
        return _reading(plain, url, at)
    sane = bound(body)
    if sane.kind and sane.fault and not sane.entries:
        return Held(reason="broken-feed", detail=f"No whole entry was left: {sane.fault}.")
    if sane.kind in ("urlset", "sitemapindex"):
        return replace(read_sitemap(sane.body, url, at, sane.dropped), fault=sane.fault)
    if sane.kind == "html" and (named := find_feeds(body, content_type, url)):
        return Held(
            reason="not-a-feed", detail=f"It is an HTML page that names the feed {named[0]}."
        )
    feed = parse_bounded(sane, content_type, url)
    return feed if isinstance(feed, Held) else _reading(feed, url, at, sane.fault)


def _reading(feed: ParsedFeed, url: str, at: datetime, fault: str = "") -> FeedReading:
    read = [_entry(entry, feed.licence, url, at) for entry in feed.entries]
    entries = tuple(entry for entry in read if entry is not None)
    return FeedReading(
        title=from_html(feed.title, MAX_TITLE),
        home=address(url, feed.link),
        language=from_text(feed.language),
        entries=entries,
        ttl_seconds=_ttl(feed.ttl),
        skip_hours=_hours(feed.skip_hours),
        skip_days=_days(feed.skip_days),
        update_seconds=_period(feed.update_period, feed.update_frequency),
        named_url=address(url, feed.new_url) or address(url, feed.named_url),
        next_page=address(url, feed.next_page),
        hub=address(url, feed.hub),
        format=feed.format,
        dropped=feed.dropped + len(read) - len(entries),
        fault=fault,
    )


def _entry(entry: ParsedEntry, all_of: Licence | None, url: str, at: datetime) -> Entry | None:
    # A permanent id comes before a page of somebody else's: an article is its publisher's.
    links = (entry.link_original, entry.link)
    link = next((found for each in links if (found := address(url, each))), "")
    link = link or address("", entry.id) or address(url, entry.link_elsewhere)
    if not link:
        return None
    return Entry(
        feed=url,
        guid=from_text(entry.id) or link,
        url=link,
        title=from_html(entry.title, MAX_TITLE),
        summary=from_html(entry.summary) or from_html(entry.content),
        authors=tuple(name for name in _plain(entry.authors) if not _MAIL.fullmatch(name)),
        published=moment(entry.published, at),
        updated=moment(entry.updated, at),
        categories=_plain(entry.categories),
        language=from_text(entry.language),
        licence=of_item(entry.licence, all_of, link),
    )


def _plain(pieces: tuple[str, ...]) -> tuple[str, ...]:
    return once([from_html(piece) for piece in pieces])


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text[:9]) if text.isascii() and text.isdigit() else None


def _ttl(text: str) -> int:
    return min((_number(text) or 0) * 60, MAX_TTL_SECONDS)  # RSS 2.0: minutes


def _hours(written: tuple[str, ...]) -> tuple[int, ...]:
    """RSS 2.0: 0 to 23 in GMT; 24 was midnight in 0.91. All of them would be never: no wish."""
    hours = {hour % 24 for text in written if (hour := _number(text)) is not None and hour <= 24}
    return tuple(sorted(hours)) if len(hours) < 24 else ()


def _days(written: tuple[str, ...]) -> tuple[int, ...]:
    days = {_DAYS.index(name) for text in written if (name := text.strip()[:3].lower()) in _DAYS}
    return tuple(sorted(days)) if len(days) < 7 else ()


def _period(period: str, frequency: str) -> int:
    """Seconds between two changes (RDF Site Summary 1.0, syndication: both have defaults)."""
    if not period and not frequency:
        return 0
    seconds = _PERIODS.get(period.strip().lower() or "daily", 0)
    return seconds // max(_number(frequency) or 1, 1)
