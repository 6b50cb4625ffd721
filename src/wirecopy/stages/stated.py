"""What a page states for machines: meta tags and JSON-LD, read from the extractor's parse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

Node = Mapping[str, Any]
"""An object of JSON-LD: the outside world, whatever it says."""

_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|Posting|Review|Recipe)$")
_WHITE = " \t\n\f\r"


def metas_of(tree: HtmlElement) -> dict[str, list[str]]:
    """Contents by lower-case name, property or itemprop."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = clean(element.get("content") or "")
        if content:
            for label in ("property", "name", "itemprop", "http-equiv"):
                if key := (element.get(label) or "").strip().lower():
                    found.setdefault(key, []).append(content)
    return found


def first(metas: Mapping[str, list[str]], *keys: str) -> str:
    return next((metas[key][0] for key in keys if key in metas), "")


# JSON can say what no page, feed or database can hold: controls, halves of characters.
_UNFIT = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"[ \t\n\f\r]+")


def clean(text: str) -> str:
    """Without white space to spare and without characters that can be kept nowhere."""
    return _UNFIT.sub("", _SPACES.sub(" ", text)).strip(_WHITE)


def json_nodes(tree: HtmlElement) -> list[Node]:
    """Every object of the page's JSON-LD, outer before inner."""
    nodes: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            nodes.extend(_flat(_parse_json(script.text)))
    return nodes


def _parse_json(text: str) -> Any:
    text = re.sub(r"^\s*(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>\s*$|^\s*<!--|-->\s*$", "", text)
    text = text.strip().rstrip(";")
    for repaired in (text, re.sub(r",\s*([}\]])", r"\1", text)):
        try:
            return json.loads(repaired, strict=False)
        except (ValueError, RecursionError):
            continue
    return _salvage(text)


_PAIR = re.compile(
    r'"(headline|datePublished|dateModified|articleSection|description|inLanguage)"\s*:\s*'
    r'("(?:[^"\\]++|\\.)*+")'
)
_AUTHOR = re.compile(r'"author"\s*:\s*[\[{][^\]]{0,500}?"name"\s*:\s*("(?:[^"\\]++|\\.)*+")')


def _salvage(text: str) -> Node:
    """The members that matter, from JSON-LD that is not JSON."""
    found: dict[str, Any] = {}
    for key, literal in [*_PAIR.findall(text), *(("author", x) for x in _AUTHOR.findall(text))]:
        try:
            found.setdefault(key, json.loads(literal, strict=False))
        except ValueError:
            continue
    return {"@type": "Article", **found} if "headline" in found else {}


def _flat(value: Any, depth: int = 0) -> Iterator[Node]:
    if depth > 8:
        return
    if isinstance(value, list):
        for item in value[:500]:
            yield from _flat(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for item in value.values():
            if isinstance(item, dict | list):
                yield from _flat(item, depth + 1)


def is_article(node: Node) -> bool:
    kinds = node.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    is_article = any(isinstance(kind, str) and _ARTICLE.search(kind) for kind in named)
    return is_article and any(node.get(key) for key in ("headline", "datePublished", "author"))


def text_of(value: Any) -> str:
    """A JSON-LD string, references resolved; many publishers escape twice."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    return clean(unescape(value)) if isinstance(value, str) else ""


def name_of(value: Any, by_id: Mapping[str, Node]) -> str:
    if isinstance(value, dict) and "name" not in value:
        value = by_id.get(str(value.get("@id")), value)
    return text_of(value)


def visible_text(element: HtmlElement) -> str:
    """An element's text as a reader sees it: a line break or a block parts words."""
    return clean("".join(_pieces(element)))


def _pieces(element: HtmlElement) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in ("script", "style"):
        yield " " if element.tag in ("br", "div", "p", "h2", "figcaption") else ""
        yield element.text or ""
        for child in element:
            yield from _pieces(child)
            yield child.tail or ""


def absolute(base: str, href: str) -> str:
    try:
        address = urljoin(base, href.strip()) if href.strip() else ""
    except ValueError:
        return ""
    return address if address.startswith(("http://", "https://")) else ""
