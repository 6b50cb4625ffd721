"""What a page states for machines: meta tags, JSON-LD, marked elements; found in one pass.

All of it is a claim of the page about itself, and nothing on a page can make reading it fail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wirecopy.stages.blocks import Blocks, cut
from wirecopy.stages.lines import Line, lines_of

Node = Mapping[str, Any]
"""An object of JSON-LD: the outside world, whatever it says."""

_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|Posting|Review|Recipe)$")
_WHITE = " \t\n\f\r"
# One query costs the walk over the tree, .12 ms of a page of 160,000 characters; each more
# selector in it costs .01.
_MARKED = 'meta,title,h1,time,img,link[rel~="canonical" i],script[type*="ld+json" i]'
_MOST_MARKED = 2_000


class Declared(NamedTuple):
    """What kind of page it says it is."""

    kind: str = ""  # og:type, lower case
    is_timed: bool = False  # it has an article's time of publication
    is_signed: bool = False  # it names an author
    types: frozenset[str] = frozenset()  # @type of its JSON-LD, lower case


@dataclass(frozen=True)
class Stated:
    """A parsed page's statements; what is costly is read when it is asked for."""

    tree: LexborHTMLParser
    page: Blocks | None  # the same, cut; None where that is not yet done
    metas: Mapping[str, list[str]]  # contents by lower-case name, property or itemprop
    nodes: list[Node]  # every object of the JSON-LD, outer before inner
    page_title: str
    h1: list[LexborNode]
    times: list[LexborNode]
    links: list[LexborNode]  # to the page's canonical address
    pictures: list[LexborNode]

    @cached_property
    def article(self) -> Node:
        """The first object that describes an article, {} when none does."""
        return next((node for node in self.nodes if is_article(node)), {})

    @property
    def own_host(self) -> str:
        """The host that the page names as its own, without its last label."""
        return host_of(self.meta("og:url") or text_of(self.article.get("url"))).rpartition(".")[0]

    @property
    def is_news(self) -> bool:
        """Whether that object is called a news article."""
        return "NewsArticle" in str(self.article.get("@type"))

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        return {node["@id"]: node for node in self.nodes if isinstance(node.get("@id"), str)}

    @property
    def declared(self) -> Declared:
        kinds = (node.get("@type") for node in self.nodes)
        named = (kind if isinstance(kind, list) else (kind,) for kind in kinds)
        return Declared(
            kind=self.meta("og:type").lower(),
            is_timed="article:published_time" in self.metas,
            is_signed="author" in self.metas or "article:author" in self.metas,
            types=frozenset(one.lower() for kind in named for one in kind if isinstance(one, str)),
        )

    @cached_property
    def site_name(self) -> str:
        return self.meta("og:site_name", "application-name") or name_of(
            self.article.get("publisher"), self.by_id
        )

    @cached_property
    def headings(self) -> list[str]:
        """The words of each h1."""
        return [words for h1 in self.h1[:20] if (words := visible_text(h1))]

    @cached_property
    def lines(self) -> list[Line]:
        """The page's short lines."""
        return lines_of(cut(self.tree) if self.page is None else self.page)

    def meta(self, *keys: str) -> str:
        """The first content under the first key that is there."""
        return next((self.metas[key][0] for key in keys if key in self.metas), "")


def read_stated(tree: LexborHTMLParser, page: Blocks | None = None) -> Stated:
    """One pass over a parsed page; `page` is what `cut` made of it, where that is known."""
    metas: dict[str, list[str]] = {}
    nodes: list[Node] = []
    marked: dict[str, list[LexborNode]] = {"h1": [], "time": [], "link": [], "img": []}
    page_title = ""
    for element in tree.css(_MARKED)[:_MOST_MARKED] if tree.root is not None else ():
        tag = element.tag
        if tag == "meta":
            _read_meta(element.attributes, metas)
        elif tag == "script":
            nodes.extend(_flat(_parse_json(element.text())))
        elif tag == "title":
            page_title = page_title or _title_of(element)
        elif tag in marked:
            marked[tag].append(element)
    return Stated(
        tree=tree,
        page=page,
        metas=metas,
        nodes=nodes,
        page_title=page_title,
        h1=marked["h1"],
        times=marked["time"],
        links=marked["link"],
        pictures=marked["img"],
    )


def _read_meta(attributes: Mapping[str, str | None], metas: dict[str, list[str]]) -> None:
    content = clean(attributes.get("content") or "")
    if content:
        for label in ("property", "name", "itemprop", "http-equiv"):
            if key := (attributes.get(label) or "").strip().lower():
                metas.setdefault(key, []).append(content)


def _title_of(element: LexborNode) -> str:
    """The page's title; a drawing's <title> is none."""
    parent = element.parent
    return "" if parent is not None and parent.tag in ("svg", "g") else clean(element.text())


# JSON can say what no page, feed or database can hold: controls, halves of characters.
_UNFIT = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"[ \t\n\f\r]+")


def clean(text: str) -> str:
    """Without white space to spare and without characters that can be kept nowhere."""
    if "  " in text or not text.isprintable():  # a quarter of the time for nearly all texts
        text = _UNFIT.sub("", _SPACES.sub(" ", text))
    return text.strip(_WHITE)


# ---------------------------------------------------------------- JSON-LD

_WRAPPED = re.compile(r"^\s*(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>\s*$|^\s*<!--|-->\s*$")
_TRAILING = re.compile(r",\s*([}\]])")


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    text = _WRAPPED.sub("", text).strip().rstrip(";")
    for repaired in (text, _TRAILING.sub(r"\1", text)):
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


# ---------------------------------------------------------------- elements

_PARTING_TAGS = """br dd div dl dt figcaption footer h1 h2 h3 h4 h5 h6 header li ol p section td tr
    ul"""
_PARTING = frozenset(_PARTING_TAGS.split())
_UNSEEN = frozenset({"script", "style", "template", "svg"})


def visible_text(element: LexborNode) -> str:
    """An element's text as a reader sees it: a line break or a block parts words."""
    pieces: list[str] = []
    for node in element.traverse(include_text=True):
        tag = node.tag
        if tag == "-text":
            parent = node.parent
            if parent is None or parent.tag not in _UNSEEN:
                pieces.append(node.text_content or "")
        elif tag in _PARTING:
            pieces.append(" ")
    return clean("".join(pieces))


def host_of(url: str) -> str:
    """The host of an address in lower case, without "www."; "" when there is none."""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    return host.lower().removeprefix("www.")


def absolute(base: str, href: str) -> str:
    """An http(s) address, "" for anything else."""
    try:
        address = urljoin(base, href.strip()) if href.strip() else ""
    except ValueError:
        return ""
    return address if address.startswith(("http://", "https://")) else ""
