"""Feeds of our own: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1.

Every item names its origin and ends with the disclaimer. Atom and RSS are built as trees, so that
no headline can break out of its element; characters that XML 1.0 forbids are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email.utils import format_datetime
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import escape

from wirecopy.web.render import iso
from wirecopy.web.site import Site
from wirecopy.web.views_feed import FeedItem, FeedPage

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"  # RFC 6721
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
# XML 1.0, 2.2: what no document may hold, not even as a reference
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = {
    "paragraph": "p",
    "subheading": "h2",
    "list-item": "li",
    "quotation": "blockquote",
    "caption": "p",
    "table-row": "p",
    "standfirst": "p",
}


def write(page: FeedPage, format: str, site: Site, base: str) -> bytes:
    """The feed as "atom", "rss" or "json"; `base` is the site's own address."""
    return {"atom": atom, "rss": rss, "json": json_feed}[format](page, site, base)


def atom(page: FeedPage, site: Site, base: str) -> bytes:
    """RFC 4287; each entry carries the source it came from (4.2.11)."""
    feed = ET.Element("feed", {"xmlns": ATOM, "xmlns:at": TOMBSTONES})
    own = f"{base}/feeds/{page.name}.atom"
    _add(feed, "id", own)
    _add(feed, "title", page.title)
    _add(feed, "updated", iso(page.updated))
    _add(feed, "link", rel="self", type="application/atom+xml", href=own)
    _add(feed, "link", rel="alternate", type="text/html", href=base + page.home)
    _add(feed, "generator", "Wirecopy")
    _add(_add(feed, "author"), "name", site.name)
    for item in page.items:
        _entry(feed, item, base)
    for gone in page.gone:
        # RFC 6721, 3: the entry's id, and when it was taken back
        _add(feed, "at:deleted-entry", ref=base + gone.href, when=iso(gone.at))
    return _written(feed)


def _entry(feed: ET.Element, item: FeedItem, base: str) -> None:
    line = item.article
    entry = _add(feed, "entry")
    if line.language:
        entry.set("xml:lang", line.language)
    _add(entry, "id", base + line.href)
    _add(entry, "title", line.headline)
    _add(entry, "updated", iso(line.changed))
    _add(entry, "published", iso(line.published))
    for name in line.authors or (line.publisher.name,):
        _add(_add(entry, "author"), "name", name)
    _add(entry, "link", rel="alternate", type="text/html", href=base + line.href)
    _add(entry, "link", rel="via", type="text/html", href=line.url)
    if line.section:
        _add(entry, "category", term=line.section)
    _add(entry, "rights", line.disclaimer)
    source = _add(entry, "source")
    _add(source, "id", line.feed)
    _add(source, "title", line.publisher.name)
    _add(source, "updated", iso(line.published))
    _add(source, "link", rel="self", href=line.feed)
    _add(entry, "content", _html(item), type="html")


def rss(page: FeedPage, site: Site, base: str) -> bytes:
    """RSS 2.0; the text stands in content:encoded only where it is shown in full."""
    root = ET.Element(
        "rss",
        {"version": "2.0", "xmlns:atom": ATOM, "xmlns:content": CONTENT, "xmlns:dc": DC},
    )
    channel = _add(root, "channel")
    _add(channel, "title", page.title)
    _add(channel, "link", base + page.home)
    _add(channel, "description", f"{page.title}: gathered by a computer programme, unedited.")
    _add(channel, "lastBuildDate", format_datetime(page.updated, usegmt=True))
    _add(channel, "generator", "Wirecopy")
    _add(
        channel,
        "atom:link",
        rel="self",
        type="application/rss+xml",
        href=f"{base}/feeds/{page.name}.rss",
    )
    for item in page.items:
        line = item.article
        made = _add(channel, "item")
        _add(made, "title", line.headline)
        _add(made, "link", base + line.href)
        _add(made, "guid", base + line.href, isPermaLink="false")
        _add(made, "pubDate", format_datetime(line.published, usegmt=True))
        for name in line.authors:
            _add(made, "dc:creator", name)
        if line.section:
            _add(made, "category", line.section)
        _add(made, "source", line.publisher.name, url=line.feed)
        lead = f"<p>{escape(line.lead)}</p>" if line.lead else ""
        _add(made, "description", f"{lead}<p>{escape(line.disclaimer)}</p>")
        if line.mode == "full":
            _add(made, "content:encoded", _html(item))
    return _written(root)


def json_feed(page: FeedPage, site: Site, base: str) -> bytes:
    """JSON Feed 1.1; what the format has no word for stands in `_wirecopy`."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": page.title,
        "home_page_url": base + page.home,
        "feed_url": f"{base}/feeds/{page.name}.json",
        "authors": [{"name": site.name}],
        "items": [_json_item(item, base) for item in page.items],
    }
    if page.gone:
        feed["_wirecopy"] = {
            "withdrawn": [{"id": base + gone.href, "at": iso(gone.at)} for gone in page.gone]
        }
    return json.dumps(feed, ensure_ascii=False).encode("utf-8", "replace")


def _json_item(item: FeedItem, base: str) -> dict[str, Any]:
    line = item.article
    found: dict[str, Any] = {
        "id": base + line.href,
        "url": base + line.href,
        "external_url": line.url,
        "title": line.headline,
        "content_html": _html(item),
        "date_published": iso(line.published),
        "date_modified": iso(line.changed),
        "authors": [{"name": name} for name in line.authors or (line.publisher.name,)],
        "_wirecopy": {
            "about": f"{base}/about",
            "mode": line.mode,
            "sha256": item.sha256,
            "story": base + f"/s/{line.story}" if line.story else "",
            "publisher": line.publisher.id,
            "disclaimer": line.disclaimer,
        },
    }
    if line.language:
        found["language"] = line.language
    if line.section:
        found["tags"] = [line.section]
    if line.image:
        found["image"] = base + line.image.href
    return found


def _html(item: FeedItem) -> str:
    """The words that may be shown, and the disclaimer as the last paragraph."""
    line = item.article
    parts = list(_blocks(item)) if line.mode in ("full", "excerpt") else []
    where = escape(line.url)
    parts.append(f'<p><a href="{where}">{escape(line.publisher.name)}</a></p>')
    parts.append(f"<p>{escape(line.disclaimer)}</p>")
    return "\n".join(parts)


def _blocks(item: FeedItem) -> Iterator[str]:
    for kind, blocks in groupby(item.blocks, key=lambda block: block.kind):
        tag = _TAGS.get(kind, "p")
        written = [
            f"<{tag}>{escape(item.text[block.start : block.end])}</{tag}>" for block in blocks
        ]
        yield f"<ul>{''.join(written)}</ul>" if tag == "li" else "\n".join(written)


def _add(parent: ET.Element, tag: str, text: str = "", /, **attributes: str) -> ET.Element:
    element = ET.SubElement(
        parent, tag, {key: _FORBIDDEN.sub("", value) for key, value in attributes.items()}
    )
    if text:
        element.text = _FORBIDDEN.sub("", text)
    return element


def _written(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
