"""Every field that a feed carries, whatever its format, bounded before a parser sees it."""

from __future__ import annotations

import html
import json
from typing import Any

from wirecopy.stages.feeds_bounds import MAX_ENTRIES, bound
from wirecopy.stages.feeds_dates import read_date
from wirecopy.stages.feeds_fields import ParsedEntry, ParsedFeed
from wirecopy.stages.feeds_values import once
from wirecopy.stages.feeds_xml import parse_xml


def parse_feed(body: bytes, content_type: str = "", url: str = "") -> ParsedFeed | None:
    """All that a feed's bytes say, entries without an address too; None when it is no feed.

    `url` is the base of relative addresses, "" leaves them as they are. Nothing is opened, and
    nothing is cleaned: markup and addresses are the publisher's, of every scheme.
    """
    sane = bound(body)
    if sane.kind == "json":
        return _parse_json(sane.body)
    if not sane.body or sane.kind in ("html", "urlset", "sitemapindex"):
        return None
    charset = f"application/xml; charset={sane.charset}" if sane.charset else content_type
    return parse_xml(sane.body, charset, url)


def _parse_json(body: bytes) -> ParsedFeed | None:
    """A JSON Feed (jsonfeed.org, 1.0 and 1.1)."""
    try:
        feed: Any = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return None
    authors = _authors(feed)
    return ParsedFeed(
        title=_escaped(feed, "title"),
        link=_text(feed, "home_page_url"),
        language=_text(feed, "language"),
        entries=tuple(
            _item(item, authors) for item in items[:MAX_ENTRIES] if isinstance(item, dict)
        ),
    )


def _item(item: dict[str, Any], authors: tuple[str, ...]) -> ParsedEntry:
    files, tags = item.get("attachments"), item.get("tags")
    return ParsedEntry(
        id=_text(item, "id"),
        title=_escaped(item, "title"),
        link=_text(item, "url") or _text(item, "external_url"),
        published=read_date(_text(item, "date_published")),
        updated=read_date(_text(item, "date_modified")),
        authors=_authors(item) or authors,
        summary=_escaped(item, "summary"),
        content=_text(item, "content_html") or _escaped(item, "content_text"),
        categories=once([tag for tag in tags if isinstance(tag, str)])
        if isinstance(tags, list)
        else (),
        enclosures=once([_text(one, "url") for one in files if isinstance(one, dict)])
        if isinstance(files, list)
        else (),
        images=once([_text(item, "image"), _text(item, "banner_image")]),
    )


def _authors(of: dict[str, Any]) -> tuple[str, ...]:
    several = of.get("authors")
    found = several if isinstance(several, list) else [of.get("author")]  # 1.0 had one
    return once([_text(one, "name") for one in found if isinstance(one, dict)])


def _text(of: dict[str, Any], key: str) -> str:
    value = of.get(key)
    return value.strip() if isinstance(value, str) else ""


def _escaped(of: dict[str, Any], key: str) -> str:
    return html.escape(_text(of, key), quote=False)
