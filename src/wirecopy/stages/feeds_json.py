"""JSON Feed 1.0 and 1.1 (jsonfeed.org); one bad item does not lose the others."""

from __future__ import annotations

import html
import json
from typing import Any

from wirecopy.model import Held
from wirecopy.stages.feeds_bounds import MAX_ENTRIES
from wirecopy.stages.feeds_dates import read_date
from wirecopy.stages.feeds_fields import ParsedEntry, ParsedFeed
from wirecopy.stages.feeds_values import once


class _Number(str):
    """A number as it was written."""


def parse_json(body: bytes) -> ParsedFeed | Held:
    """All that a JSON Feed says; Held when it is JSON of another kind, or none."""
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
    authors, language = _authors(feed), _text(feed, "language")
    kept = [item for item in items[:MAX_ENTRIES] if isinstance(item, dict)]
    return ParsedFeed(
        title=_escaped(feed, "title"),
        link=_text(feed, "home_page_url"),
        language=language,
        named_url=_text(feed, "feed_url"),
        next_page=_text(feed, "next_url"),
        hub=next((_text(hub, "url") for hub in _objects(feed, "hubs")), ""),
        format="json",
        entries=tuple(_entry(item, authors, language) for item in kept),
        dropped=len(items) - len(kept),
    )


def _entry(item: dict[str, Any], authors: tuple[str, ...], language: str) -> ParsedEntry:
    id_ = item.get("id")
    return ParsedEntry(
        id=id_[:1000].strip() if isinstance(id_, str) else "",  # version 1 had numbers too
        title=_escaped(item, "title"),
        link=_text(item, "url"),
        link_elsewhere=_text(item, "external_url"),
        published=read_date(_text(item, "date_published")),
        updated=read_date(_text(item, "date_modified")),
        authors=_authors(item) or authors,
        summary=_escaped(item, "summary"),
        content=_text(item, "content_html") or _escaped(item, "content_text"),
        categories=once([tag for tag in _list(item, "tags") if isinstance(tag, str)]),
        enclosures=once([_text(one, "url") for one in _objects(item, "attachments")]),
        images=once([_text(item, "image"), _text(item, "banner_image")]),
        language=_text(item, "language") or language,
    )


def _authors(of: dict[str, Any]) -> tuple[str, ...]:
    one = of.get("author")  # of version 1.0
    people = _objects(of, "authors") or ([one] if isinstance(one, dict) else [])
    return once([_text(person, "name") for person in people])


def _list(of: dict[str, Any], key: str) -> list[object]:
    value = of.get(key)
    return value if isinstance(value, list) else []


def _objects(of: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [one for one in _list(of, key) if isinstance(one, dict)]


def _text(of: dict[str, Any], key: str) -> str:
    value = of.get(key)
    return value.strip() if isinstance(value, str) and not isinstance(value, _Number) else ""


def _escaped(of: dict[str, Any], key: str) -> str:
    """Plain text as HTML."""
    return html.escape(_text(of, key), quote=False)
