"""Sitemaps, their indexes and news sitemaps (sitemaps.org; Google's news extension)."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from lxml import etree

from wirecopy.model import Entry, FeedReading
from wirecopy.stages.feeds_values import MAX_TITLE, address, from_text, iso_moment, once

NEWS_AGE = timedelta(days=2)  # a news sitemap names the articles of the last two days

_ROWS = ("{*}url", "{*}sitemap", "url", "sitemap")


def read_sitemap(body: bytes, url: str, at: datetime, dropped: int) -> FeedReading:
    """The addresses a sitemap names, newest knowledge first as it stands.

    `format` says what it is: "sitemap", "news-sitemap", or "sitemap-index", whose entries are
    the addresses of further sitemaps with the time each was changed.
    """
    entries: list[Entry] = []
    kind, site = "sitemap", _site(url)
    rows = etree.iterparse(
        io.BytesIO(body),
        events=("end",),
        tag=_ROWS,
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    for _, row in rows:
        name = _local(row)
        told = _told(row)
        kind = "news-sitemap" if "title" in told else kind
        kind = "sitemap-index" if name == "sitemap" else kind
        entry = _entry(told, url, site, at)
        if entry is None:
            dropped += 1
        else:
            entries.append(entry)
        row.clear(keep_tail=False)
        above = row.getparent()
        while above is not None and row.getprevious() is not None:
            del above[0]
    return FeedReading(
        title="", home="", language="", entries=tuple(entries), format=kind, dropped=dropped
    )


def _local(element: etree._Element) -> str:
    """The name without its namespace; of a broken feed not always one that XML allows."""
    return str(element.tag).rpartition("}")[2]


def _told(row: etree._Element) -> dict[str, str]:
    """What one row says, by the local names of its elements: any prefix means the same."""
    told: dict[str, str] = {}
    for element in row.iter():
        if isinstance(element.tag, str) and element is not row and not len(element):
            told.setdefault(_local(element), (element.text or "").strip())
    return told


def _entry(told: dict[str, str], url: str, site: str, at: datetime) -> Entry | None:
    link = address(url, told.get("loc", ""))
    if not link or not _same_site(_site(link), site):
        return None
    published = iso_moment(told.get("publication_date", ""), at)
    if "title" in told and published is not None and published < at - NEWS_AGE:
        return None
    return Entry(
        feed=url,
        guid=link,
        url=link,
        title=from_text(told.get("title", ""), MAX_TITLE),
        published=published,
        updated=iso_moment(told.get("lastmod", ""), at),
        categories=once([from_text(word) for word in told.get("keywords", "").split(",")]),
        language=from_text(told.get("language", "")),
    )


def _same_site(one: str, other: str) -> bool:
    """A sitemap speaks for its own site only (sitemaps.org, "location")."""
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
