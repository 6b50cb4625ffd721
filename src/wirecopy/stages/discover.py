"""The feeds a home page names (RSS autodiscovery), and where to look when it names none."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from lxml import etree

from wirecopy.stages.feeds_values import address

MAX_BYTES = 1_000_000  # of a page that are looked at; links stand in its head
TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/json",
    }
)
USUAL = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.json", "/index.xml")

_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|replies", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def find_feeds(html: bytes, content_type: str, url: str) -> tuple[str, ...]:
    """The feeds a page names, absolute: as it orders them, feeds of comments last."""
    declared = _CHARSET.search(content_type)
    try:
        parser = etree.HTMLParser(
            encoding=declared[1] if declared else None, no_network=True, recover=True
        )
    except LookupError:  # a charset of their own invention
        parser = etree.HTMLParser(no_network=True, recover=True)
    try:
        root = etree.fromstring(html[:MAX_BYTES], parser)
    except etree.XMLSyntaxError:
        return ()
    if root is None:
        return ()
    base = url
    found: dict[str, bool] = {}
    for element in root.iter("base", "link"):
        href = element.get("href") or ""
        if element.tag == "base":
            if base == url:  # HTML, 4.2.3: the first one counts
                base = address(url, href) or url
        elif _is_feed(element) and (link := address(base, href)):
            comments = _COMMENTS.search(f"{element.get('title') or ''} {urlsplit(link).path}")
            found.setdefault(link, comments is not None)
    return tuple(sorted(found, key=lambda link: found[link]))


def usual_feeds(url: str) -> tuple[str, ...]:
    """Where feeds usually are, for a home page that names none; at most six requests."""
    return tuple(urljoin(url, path) for path in USUAL)


def _is_feed(element: etree._Element) -> bool:
    rel = (element.get("rel") or "").lower().split()
    kind = (element.get("type") or "").partition(";")[0].strip().lower()
    if "feed" in rel:
        return True
    if "alternate" not in rel or kind not in TYPES:
        return False
    # WordPress offers its API as application/json beside the feeds.
    return kind != "application/json" or "/wp-json" not in (element.get("href") or "")
