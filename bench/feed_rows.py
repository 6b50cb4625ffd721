"""What a program read of a feed, as a row for the scoring of a set: ours and the peers'."""

from __future__ import annotations

import importlib
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench import CannotRun
from wirecopy.model import Held
from wirecopy.stages.feeds_parse import parse_feed

Row = dict[str, Any]
PEERS = ("feedparser", "fastfeedparser")


def reader(name: str) -> Callable[[bytes], Any]:
    """The peer's own entrance; CannotRun where it is unknown or not installed."""
    if name not in PEERS:
        raise CannotRun(f"--peers {name}: known are {', '.join(PEERS)}")
    try:
        read: Callable[[bytes], Any] = importlib.import_module(name).parse
    except ImportError as error:
        raise CannotRun(f"{name} is not installed: `scripts/setup bench`") from error
    return read


def ours(body: bytes) -> Row:
    """Every field of a feed; `error` where it is none."""
    feed = parse_feed(body)
    if isinstance(feed, Held):
        return {"error": feed.detail}
    entries = [
        {
            "id": entry.id,
            "title": entry.title,
            "link": entry.link or entry.link_elsewhere,
            "published": _iso(entry.published),
            "updated": _iso(entry.updated),
            "authors": entry.authors,
            "summary": entry.summary,
            "content": entry.content,
            "enclosures": entry.enclosures,
            "images": entry.images,
        }
        for entry in feed.entries
    ]
    about = {"title": feed.title, "link": feed.link, "language": feed.language}
    return {"feed": about, "entries": entries}


def theirs(name: str) -> Callable[[bytes], Row]:
    """The same of a peer; both give dictionaries of nearly the same keys."""
    read = reader(name)

    def row(body: bytes) -> Row:
        try:
            found = read(body)
        except Exception as error:  # noqa: BLE001 - a peer's own trouble is its figure here
            return {"error": str(error)}
        about = {key: found.feed.get(key) or "" for key in ("title", "link", "language")}
        return {"feed": about, "entries": [_entry(entry) for entry in found.entries]}

    return row


def _entry(entry: Any) -> Row:
    content = [str(each.get("value") or "") for each in entry.get("content") or []]
    media = [*(entry.get("media_thumbnail") or []), *(entry.get("media_content") or [])]
    image = entry.get("image")
    return {
        "id": entry.get("id") or "",
        "title": entry.get("title") or "",
        "link": entry.get("link") or "",
        "published": _time(entry, "published"),
        "updated": _time(entry, "updated"),
        "authors": [name for each in entry.get("authors") or [] if (name := each.get("name"))]
        or ([entry["author"]] if entry.get("author") else []),
        "summary": entry.get("summary") or entry.get("description") or "",
        "content": max(content, key=len, default=""),
        "enclosures": [link for each in entry.get("enclosures") or [] if (link := _address(each))],
        "images": [link for each in media if (link := _address(each))]
        + ([link] if isinstance(image, dict) and (link := _address(image)) else []),
    }


def _address(of: Any) -> str:
    return str(of.get("href") or of.get("url") or "")


def _time(entry: Any, key: str) -> str | None:
    parsed = entry.get(f"{key}_parsed")
    if parsed is None:
        return entry.get(key) or None
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
