"""The tree of an XML feed that is not quite what it should be.

The bytes have been bounded before (`feeds_bounds`). Lying encodings, HTML's named characters, bare
ampersands, undeclared prefixes and attributes without quotes lose nothing here.
"""

from __future__ import annotations

import re
from html.entities import html5

from lxml import etree

from wirecopy.stages.feeds_charset import decoded
from wirecopy.stages.feeds_tree import items

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?\]\]>|&(?!#[0-9]+;|#[xX][0-9a-fA-F]+;|(?:amp|lt|gt|quot|apos);)(\w+;)?", re.S
)
_ITEM = re.compile(r"(?i)<(?:\w+:)?(?:item|entry)\b")
_START = re.compile(r"<[A-Za-z][^<>]*>")
_UNQUOTED = re.compile(r"(\s[\w:.-]++=)([^\s\"'<>]++)")


def mended_tree(body: bytes, content_type: str, url: str) -> etree._Element | None:
    """The tree of bounded XML; None when nothing is left in it."""
    text = _DECLARATION.sub("", _AMPERSAND.sub(_reference, decoded(body, content_type)), count=1)
    root = _tree(text, url)
    # A root whose attributes stand without quotes is lost to libxml2, and all entries with it.
    if root is None or (not items(root) and _ITEM.search(text)):
        root = _tree(_START.sub(_quoted, text), url)
    return root


def _tree(text: str, url: str) -> etree._Element | None:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8", load_dtd=False,
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser, base_url=url)
    except etree.XMLSyntaxError:  # nothing at all was left to recover
        return None


def _quoted(match: re.Match[str]) -> str:
    return _UNQUOTED.sub(r'\1"\2"', match[0])


def _reference(match: re.Match[str]) -> str:
    """HTML's named characters, and ampersands that nobody escaped, as XML knows them."""
    if match[0].startswith("<"):
        return match[0]
    name = match[1] or ""
    return html5[name] if name in html5 else "&amp;" + name
