"""JSON Feed 1.0 and 1.1 (jsonfeed.org); one bad item does not lose the others."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from wirecopy.model import Entry, FeedReading, Held
from wirecopy.stages.feeds_bounds import MAX_ENTRIES
from wirecopy.stages.feeds_values import MAX_TITLE, address, from_html, from_text, iso_moment, once


class _Number(str):
    """A number as it was written."""


def read_json(body: bytes, url: str, at: datetime) -> FeedReading | Held:
    """A JSON Feed's reading; Held when it is JSON of another kind, or none."""
    try:
        # Numbers stay text: an id may be one of 5,000 digits, and none is reckoned with here.
        feed = json.loads(body, parse_int=_Number, parse_float=_Number, parse_constant=_Number)
    except RecursionError:
        return Held(reason="not-a-feed", detail="The JSON is nested too deep to be read.")
    except ValueError as error:  # also bytes that are not UTF-8
        return Held(reason="not-a-feed", detail=f"The JSON cannot be read: {error}"[:200])
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Held(reason="not-a-feed", detail="It is JSON, and not a JSON Feed (no items).")
    language = _text(feed, "language")
    authors = _authors(feed)
    read = [_entry(item, url, at, authors, language) for item in items[:MAX_ENTRIES]]
    entries = tuple(entry for entry in read if entry is not None)
    return FeedReading(
        title=from_text(_text(feed, "title"), MAX_TITLE),
        home=address(url, _text(feed, "home_page_url")),
        language=language,
        entries=entries,
        format="json",
        dropped=len(items) - len(entries),
    )


def _entry(
    item: object, url: str, at: datetime, authors: tuple[str, ...], language: str
) -> Entry | None:
    if not isinstance(item, dict):
        return None
    link = address(url, _text(item, "url")) or address("", _text(item, "id"))
    if not link:
        link = address(url, _text(item, "external_url"))
    if not link:
        return None
    tags = item.get("tags")
    return Entry(
        feed=url,
        guid=from_text(_id(item)) or link,
        url=link,
        title=from_text(_text(item, "title"), MAX_TITLE),
        summary=from_text(_text(item, "summary") or _text(item, "content_text"))
        or from_html(_text(item, "content_html")),
        authors=_authors(item) or authors,
        published=iso_moment(_text(item, "date_published"), at),
        updated=iso_moment(_text(item, "date_modified"), at),
        categories=once([from_text(tag) for tag in tags if isinstance(tag, str)])
        if isinstance(tags, list)
        else (),
        language=_text(item, "language") or language,
    )


def _authors(of: dict[str, Any]) -> tuple[str, ...]:
    several = of.get("authors")
    found = several if isinstance(several, list) else [of.get("author")]  # 1.0 had one
    return once([from_text(_text(one, "name")) for one in found if isinstance(one, dict)])


def _text(of: dict[str, Any], key: str) -> str:
    value = of.get(key)
    return value if isinstance(value, str) and not isinstance(value, _Number) else ""


def _id(item: dict[str, Any]) -> str:
    value = item.get("id")
    return value[:1000] if isinstance(value, str) else ""  # a number is an id too (version 1)
