"""Words, addresses and times as feeds write them, made plain: shared by every feed format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from wirecopy.stages.feeds_clean import UNSPEAKABLE, words

MAX_URL = 4_000
MAX_SUMMARY = 5_000  # characters; a feed's full text is read from the page, not from here
MAX_TITLE = 1_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # nothing on the web is older; 0001 and 1970 are zeros


def from_html(markup: str, most: int = MAX_SUMMARY) -> str:
    """A piece of HTML as plain text in one line; its words, dashes and quotes untouched."""
    return from_text(words(markup[: most * 40]), most)


def from_text(text: str, most: int = MAX_SUMMARY) -> str:
    """Plain text in one line, without characters that nothing can show."""
    return " ".join(UNSPEAKABLE.sub("", text).split())[:most].rstrip()


def address(base: str, link: str) -> str:
    """An absolute http(s) address; "" for every other scheme and for rubbish."""
    link = link.strip()
    if not link or len(link) > MAX_URL or UNSPEAKABLE.search(link):
        return ""
    try:
        url = link if link.startswith(("http://", "https://")) else urljoin(base, link).strip()
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    if len(url.split()) > 1:
        url = url.replace(" ", "%20")
    return url if len(url.split()) == 1 else ""


def moment(value: datetime | None, at: datetime) -> datetime | None:
    """A time in UTC; None for a zero, an absurd one, or one more than a day ahead of `at`."""
    if value is None:
        return None
    try:
        value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return value if EARLIEST <= value <= at + timedelta(days=1) else None


def iso_moment(text: str, at: datetime) -> datetime | None:
    """A time in ISO 8601 or W3C-DTF, as JSON Feed and sitemaps write it."""
    text = text.strip()
    if not 4 <= len(text) <= 40:
        return None
    if re.fullmatch(r"\d{4}(-\d\d)?", text):
        text += "-01" if len(text) == 7 else "-01-01"
    try:
        return moment(datetime.fromisoformat(text), at)
    except ValueError:
        return None


def once(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once, in order, without the space around it and without the empty ones."""
    return tuple(dict.fromkeys(word.strip() for word in words if word and not word.isspace()))
