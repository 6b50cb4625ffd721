"""What a feed carries, field by field, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wirecopy.model import Licence


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One item as its feed writes it; "" and () where it says nothing."""

    id: str = ""
    title: str = ""  # HTML
    link: str = ""
    link_original: str = ""  # the page itself, where `link` leads over a counter (FeedBurner)
    link_elsewhere: str = ""  # a page of somebody else's that the item is about (JSON Feed)
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    summary: str = ""  # HTML
    content: str = ""  # HTML
    categories: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()  # addresses
    images: tuple[str, ...] = ()  # addresses
    language: str = ""
    licence: Licence | None = None  # RSL 1.0, 4.7; not of its enclosures and images


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed with all its items, those without an address or an id among them."""

    title: str = ""  # HTML
    link: str = ""
    language: str = ""
    ttl: str = ""  # minutes (RSS 2.0)
    skip_hours: tuple[str, ...] = ()  # as written (RSS 2.0)
    skip_days: tuple[str, ...] = ()
    update_period: str = ""  # "hourly", "daily", ... (RSS 1.0's syndication module)
    update_frequency: str = ""  # times a period
    named_url: str = ""  # rel="self" (RFC 4287, 4.2.7.2)
    new_url: str = ""  # itunes:new-feed-url
    next_page: str = ""  # rel="next" or "prev-archive" (RFC 5005, 3 and 4); JSON Feed's next_url
    hub: str = ""  # rel="hub" (WebSub)
    licence: Licence | None = None  # RSL, for those of its items that it covers
    format: str = ""  # "rss", "rdf", "atom", "json"
    entries: tuple[ParsedEntry, ...] = ()
    dropped: int = 0  # items past the cap, and what stood among them that is none
