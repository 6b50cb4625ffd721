"""Every field that a feed carries, whatever its format, bounded before a parser sees it."""

from __future__ import annotations

from dataclasses import replace

from wirecopy.model import Held
from wirecopy.stages.feeds_bounds import Bounded, bound
from wirecopy.stages.feeds_fields import ParsedFeed
from wirecopy.stages.feeds_json import parse_json
from wirecopy.stages.feeds_plain import plain_tree
from wirecopy.stages.feeds_tree import read_tree
from wirecopy.stages.feeds_xml import mended_tree


def parse_feed(body: bytes, content_type: str = "", url: str = "") -> ParsedFeed | Held:
    """All that a feed's bytes say, entries without an address too; Held when it is no feed.

    `url` is the base of relative addresses, "" leaves them as they are. Nothing is opened, and
    nothing is cleaned: markup and addresses are the publisher's, of every scheme. Sitemaps are no
    feeds here.
    """
    return parse_plain(body, content_type, url) or parse_bounded(bound(body), content_type, url)


def parse_plain(body: bytes, content_type: str, url: str) -> ParsedFeed | None:
    """The same of a feed that needs no looking through; None for one that does."""
    root = plain_tree(body, content_type, url)
    return None if root is None else read_tree(root, url)


def parse_bounded(sane: Bounded, content_type: str, url: str) -> ParsedFeed | Held:
    """The same of bytes that were looked through before."""
    if sane.kind == "json":
        return parse_json(sane.body)
    if sane.kind == "html":
        return Held(
            reason="not-a-feed",
            detail="It is an HTML page; `wirecopy add` finds the feeds that such a page names.",
        )
    if not sane.kind or sane.kind in ("urlset", "sitemapindex"):
        large = "bytes" in sane.fault
        detail = f"It {sane.fault}." if large else "No feed format was recognised."
        return Held(reason="too-large" if large else "not-a-feed", detail=detail)
    if sane.charset:
        content_type = f"application/xml; charset={sane.charset}"
    root = mended_tree(sane.body, content_type, url)
    if root is None:
        return Held(reason="broken-feed", detail="Nothing of its XML could be read.")
    found = read_tree(root, url)
    return replace(found, dropped=sane.dropped) if sane.dropped else found
