"""The tree of a feed that is as it should be: most feeds are, and these are read in half the time.

What `feeds_bounds` finds out tag by tag is settled here by a few counts. A feed that is large or
crowded, breaks off or is not well-formed is left to the long way: here one fault is enough.
"""

from __future__ import annotations

import re

from lxml import etree

from wirecopy.stages.feeds_bounds import MAX_BYTES, MAX_ENTRIES, MAX_PREFIXES, MAX_ROWS
from wirecopy.stages.feeds_charset import decoded, is_utf_8
from wirecopy.stages.feeds_tree import items

MOST_BYTES = 1_000_000  # no run of text can be longer
MOST_TAGS = 20_000  # no entry can have more elements
MOST_MAP_TAGS = 1_000_000  # of a sitemap: 50,000 rows of 20
MOST_TAG_BYTES = 2_000  # no element can have more than 500 attributes

_BEFORE = rb"\A(?:\xef\xbb\xbf)?(?:\s|<\?[^<>]*\?>|<!--(?:(?!-->)[^<])*-->)*"
_ROOT = re.compile(_BEFORE + rb"<(?:rss|feed|(?:[A-Za-z]+:)?RDF)[\s>]")
_MAP = re.compile(_BEFORE + rb"<(?:urlset|sitemapindex)[\s>]")
# A start tag, or as much of it as there is: what stands behind a lost quote ends the parsing.
_TAG = re.compile(rb"<[A-Za-z_:\x80-\xff](?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def plain_tree(body: bytes, content_type: str, url: str) -> etree._Element | None:
    """The tree of a well-formed RSS, RDF or Atom feed of modest size; else None."""
    body = body.lstrip()
    if not _is_modest(body):
        return None
    source = body
    if not is_utf_8(body, content_type):
        text = _DECLARATION.sub("", decoded(body, content_type), count=1)
        source = text.encode("utf-8", "replace")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, collect_ids=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(source, parser, base_url=url)
    except etree.XMLSyntaxError:
        return None
    return root if len(items(root)) <= MAX_ENTRIES else None


def is_plain_sitemap(body: bytes) -> bool:
    """Whether a sitemap or an index of them is whole, in UTF-8, and no larger than it may be."""
    return (
        len(body) <= MAX_BYTES
        and _MAP.match(body) is not None
        and body.rstrip().endswith((b"urlset>", b"sitemapindex>"))
        and is_utf_8(body, "")
        and body.count(b"<url>") + body.count(b"<sitemap>") <= MAX_ROWS
        and _has_modest_tags(body, MOST_MAP_TAGS)
    )


def _is_modest(body: bytes) -> bool:
    return (
        len(body) <= MOST_BYTES
        and _ROOT.match(body) is not None
        and _has_modest_tags(body, MOST_TAGS)
    )


def _has_modest_tags(body: bytes, most: int) -> bool:
    if b"<!DOCTYPE" in body:
        return False
    tags = _TAG.findall(body)
    return (
        len(tags) <= most
        and max(map(len, tags)) <= MOST_TAG_BYTES
        and b"".join(tags).count(b"xmlns:") <= MAX_PREFIXES
    )
