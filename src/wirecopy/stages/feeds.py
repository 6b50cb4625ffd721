"""What a feed says: RSS 0.9 to 2.0, RDF, Atom, JSON Feed, sitemap and news sitemap.

The bytes are bounded before a parser sees them (`feeds_bounds`), and parsers get bytes only: they
open nothing. feedparser stands behind this one module for now, and will be replaced.
"""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from wirecopy.model import Entry, FeedReading, Held
from wirecopy.stages.feeds_bounds import Bounded, bound
from wirecopy.stages.feeds_json import read_json
from wirecopy.stages.feeds_sitemap import read_sitemap
from wirecopy.stages.feeds_values import (
    MAX_SUMMARY,
    MAX_TITLE,
    address,
    from_html,
    from_text,
    moment,
    once,
)

MAX_TTL_SECONDS = 7 * 86_400

# Bytes in UTF-16 and UTF-32 were recoded before; UTF-7 is never believed.
_NOT_SO = re.compile(r"(?i);\s*charset\s*=[^;]*(?:utf-?7|utf-?16|utf-?32|ucs-?[24])[^;]*")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")
_MAIL_AND_NAME = re.compile(
    r"\s*[^\s@]+@[^\s@(]+\s*\(([^()]+)\)\s*|([^<>]+?)\s*<[^\s@]+@[^\s@>]+>\s*"
)
_FORMATS = (("rss10", "rdf"), ("rss090", "rdf"), ("rss", "rss"), ("atom", "atom"), ("cdf", "cdf"))


def read_feed(body: bytes, content_type: str, url: str, at: datetime) -> FeedReading | Held:
    """Read a feed's bytes; `url` is where they came from, `at` when.

    Held with reason "not-a-feed" (an HTML page among them: its feeds are `discover`'s to find),
    "too-large", or "broken-feed" when nothing whole was left before a fault.
    """
    sane = bound(body)
    if sane.kind == "json":
        return read_json(sane.body, url, at)
    if sane.kind == "html":
        return Held(
            reason="not-a-feed",
            detail="It is an HTML page; `wirecopy add` finds the feeds that such a page names.",
        )
    if not sane.kind:
        large = "bytes" in sane.fault
        detail = f"It {sane.fault}." if large else "No feed format was recognised."
        return Held(reason="too-large" if large else "not-a-feed", detail=detail)
    if sane.fault and not sane.entries:
        return Held(reason="broken-feed", detail=f"No whole entry was left: {sane.fault}.")
    if sane.kind in ("urlset", "sitemapindex"):
        return replace(read_sitemap(sane.body, url, at, sane.dropped), fault=sane.fault)
    return _read_xml(sane, content_type, url, at)


def _read_xml(sane: Bounded, content_type: str, url: str, at: datetime) -> FeedReading | Held:
    import feedparser  # 17 MB, in processes that read feeds

    if sane.charset:
        content_type = f"application/xml; charset={sane.charset}"
    try:
        found: Any = feedparser.parse(
            io.BytesIO(sane.body),
            response_headers={
                "content-type": _NOT_SO.sub("", content_type),
                "content-location": url,
            },
            # The words are ours to clean, in one way for every format (`feeds_values`).
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # feedparser 6.0.14 trips over elements out of their place: a `textinput` in an item, a
        # `width` without an image; 7 in 1,000 feeds with a few random changes.
        return Held(
            reason="broken-feed", detail=f"The feed's elements are out of place ({error!r})."[:200]
        )
    feed, version = found["feed"], str(found.get("version") or "")
    language = from_text(str(feed.get("language") or ""))
    literal = version.startswith("atom")
    read = [_entry(entry, url, at, literal) for entry in found["entries"]]
    entries = tuple(entry for entry in read if entry is not None)
    return FeedReading(
        title=_plain(feed, "title", MAX_TITLE, literal=literal),
        home=address(url, str(feed.get("link") or "")),
        language=language,
        entries=entries,
        ttl_seconds=_ttl(feed.get("ttl")),
        format=next((name for start, name in _FORMATS if version.startswith(start)), sane.kind),
        dropped=sane.dropped + len(read) - len(entries),
        fault=sane.fault,
    )


def _entry(entry: Any, url: str, at: datetime, literal: bool) -> Entry | None:
    link = _link(entry, url)
    if not link:
        return None
    summary = _plain(entry, "summary", MAX_SUMMARY, literal=literal)
    if not summary and entry.get("content"):
        summary = from_html(str(entry["content"][0].get("value") or ""))
    return Entry(
        feed=url,
        guid=from_text(str(entry.get("id") or "")) or link,
        url=link,
        title=_plain(entry, "title", MAX_TITLE, literal=literal),
        summary=summary,
        authors=_authors(entry),
        published=_moment(entry, "published_parsed", at),
        updated=_moment(entry, "updated_parsed", at),
        categories=once([from_html(str(tag.get("term") or "")) for tag in entry.get("tags", [])]),
        language=from_text(str((entry.get("title_detail") or {}).get("language") or "")),
    )


def _link(entry: Any, url: str) -> str:
    detail = entry.get("title_detail") or entry.get("summary_detail") or {}
    base = address(url, str(detail.get("base") or "")) or url  # xml:base, as feedparser knows it
    link = address(base, str(entry.get("link") or ""))
    if link:
        return link
    for other in entry.get("links", []):
        if other.get("rel") == "alternate" and (link := address(base, str(other.get("href")))):
            return link
    return address("", str(entry.get("id") or ""))


def _plain(of: Any, key: str, most: int, *, literal: bool) -> str:
    """A text construct as plain text: Atom says which kind it is, RSS means HTML as browsers do."""
    value = str(of.get(key) or "")
    detail = of.get(f"{key}_detail") or {}
    if literal and detail.get("type") == "text/plain":
        return from_text(value, most)
    return from_html(value, most)


def _authors(entry: Any) -> tuple[str, ...]:
    """The authors' names; addresses for mail are nobody's byline."""
    whole = str(entry.get("author") or "")
    # RSS 2.0: "mail@host (Name)". feedparser splits it wrongly after four letters of a domain.
    if match := _MAIL_AND_NAME.fullmatch(whole):
        return once([from_html(match[1] or match[2])])
    people = entry.get("authors") or []
    names = once([from_html(str(person.get("name") or "")) for person in people])
    return tuple(name for name in names or once([from_html(whole)]) if not _MAIL.fullmatch(name))


def _moment(entry: Any, key: str, at: datetime) -> datetime | None:
    # dict.get, since feedparser gives the published time for a missing updated one.
    value: time.struct_time | None = dict.get(entry, key)
    if value is None:
        return None
    try:
        return moment(datetime(*value[:6], tzinfo=UTC), at)
    except (ValueError, OverflowError):
        return None


def _ttl(value: object) -> int:
    text = str(value or "").strip()
    if not (text.isascii() and text.isdigit()):
        return 0
    return min(int(text[:9]) * 60, MAX_TTL_SECONDS)  # RSS 2.0: minutes
