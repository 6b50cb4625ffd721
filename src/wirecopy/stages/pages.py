"""Pages to drafts: the one module that knows the extractor (trafilatura, for now).

A draft is a claim. Nothing of it reaches a reader before `proof` found it in the archived bytes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from itertools import accumulate

from lxml.etree import _Element
from lxml.html import HtmlElement
from selectolax.lexbor import LexborHTMLParser
from trafilatura import bare_extraction
from trafilatura.utils import load_html

from wirecopy.model import BlockKind, Draft, DraftBlock, Held
from wirecopy.stages.decode import Decoded
from wirecopy.stages.metadata import read_metadata
from wirecopy.stages.source import MARKUP

EXTRACTOR = f"trafilatura {version('trafilatura')}"

# Of 746 real pages the largest has 2.2 million characters and 12,031 tags; trafilatura needs
# seconds for ten times as much.
MAX_CHARACTERS = 5_000_000
MAX_TAGS = 100_000
MAX_DEPTH = 250  # libxml2 gives up at 256

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|div|p|article|main|section|h1)[\s>]", re.I)
_OTHER = re.compile(
    r"\s*(?:%PDF|\{|\[|<\?xml[^>]*>\s*+(?!<!doctype\s+html|<html|<!--)|<(?:rss|feed|urlset|svg)[\s>])",
    re.IGNORECASE,
)
# Tags that hold nothing, or that the next of their kind closes; they nest nothing.
_FLAT = (
    "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|dt|dd|option|optgroup"
    "|tr|td|th|tbody|thead|tfoot|colgroup|path|circle|rect|line|polygon|use|stop|a"
)
_OPEN_OR_CLOSE = re.compile(rf"<(?:/(?!(?:{_FLAT})\b)[a-zA-Z]|(?!(?:{_FLAT})\b)[a-zA-Z])")
_NAMED = re.compile(rf"<(/?)(?!(?:{_FLAT})\b)([a-zA-Z][^\s/>]*+)(?:[^>]*(/)>)?", re.IGNORECASE)

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its refusals are our Held


def extract(decoded: Decoded, url: str, at: datetime | None = None) -> Draft | Held:
    """What the page claims to say, or why it cannot be read: "not-html", "too-large", "too-deep",
    "no-article". `at` is the capture's time; a date searched for in the text is not after it."""
    text = decoded.text
    if refusal := _refuse(text):
        return refusal
    tree = load_html(text)
    if not isinstance(tree, HtmlElement):
        return Held(reason="not-html", detail="no element was found in it")
    body = _body(tree, url)
    blocks = tuple(_blocks(body)) if body is not None else ()
    if not blocks:
        return Held(reason="no-article", detail="the extractor found no text on the page")
    about = read_metadata(LexborHTMLParser(text), url, at)
    return Draft(
        titles=about.titles,
        authors=about.authors,
        published=about.published,
        published_day=about.published_day,
        updated=about.updated,
        language=about.language,
        section=about.section,
        description=about.description,
        image=about.image,
        blocks=blocks,
        canonical=about.canonical,
        site_name=about.site_name,
        extractor=EXTRACTOR,
    )


def _refuse(text: str) -> Held | None:
    """Counted before any parser sees the page."""
    if len(text) > MAX_CHARACTERS:
        return Held(
            reason="too-large", detail=f"{len(text):,} characters; {MAX_CHARACTERS:,} are read"
        )
    if _OTHER.match(text) or not _HTML.search(text):
        return Held(reason="not-html", detail=f"begins with {text[:40].strip()!r}")
    tags = text.count("<")
    if tags > MAX_TAGS:
        return Held(reason="too-large", detail=f"{tags:,} tags; {MAX_TAGS:,} are read")
    depth = _depth(text)
    if depth > MAX_DEPTH:
        return Held(reason="too-deep", detail=f"tags nested {depth:,} deep; {MAX_DEPTH} are read")
    return None


def _depth(text: str) -> int:
    """How deep tags are nested at most; a quick upper bound where that suffices."""
    steps = (-1 if tag[1] == "/" else 1 for tag in _OPEN_OR_CLOSE.findall(text))
    bound = max(accumulate(steps), default=0)
    return bound if bound <= MAX_DEPTH else _exact_depth(text)


def _exact_depth(text: str) -> int:
    """The same by names and without what stands in scripts and comments."""
    open_tags: list[str] = []
    deepest = 0
    for token in MARKUP.findall(text):
        named = _NAMED.match(token)
        if named is None or named[3]:
            continue
        tag = named[2].lower()
        if not named[1]:
            open_tags.append(tag)
            deepest = max(deepest, len(open_tags))
        elif tag in open_tags[-64:]:  # an end tag closes what stands open inside it
            while open_tags.pop() != tag:
                pass
    return deepest


def _body(tree: HtmlElement, url: str) -> _Element | None:
    document = bare_extraction(tree, url=url, include_comments=False, with_metadata=False)
    body = getattr(document, "body", None)
    return body if isinstance(body, _Element) else None


_KINDS = {
    "p": BlockKind.PARAGRAPH,
    "head": BlockKind.SUBHEADING,
    "item": BlockKind.LIST_ITEM,
    "quote": BlockKind.QUOTATION,
    "row": BlockKind.TABLE_ROW,
    "code": BlockKind.PARAGRAPH,
}
_HOLDERS = frozenset({"body", "list", "table", "div", "quote", "item", "done"})


def _blocks(body: _Element) -> Iterator[DraftBlock]:
    """The tree's blocks in order. Text of a holder between its blocks is a block too."""
    yield from _walk(body, BlockKind.PARAGRAPH)


def _walk(element: _Element, kind: BlockKind) -> Iterator[DraftBlock]:
    pending = [element.text or ""]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        inner = _KINDS.get(tag, kind)
        if tag in _KINDS or tag in _HOLDERS:
            yield from _block(kind, pending)
            if kind in (BlockKind.LIST_ITEM, BlockKind.QUOTATION) and tag == "p":
                inner = kind
            if tag in _HOLDERS:
                yield from _walk(child, inner)
            else:
                yield from _block(inner, list(_pieces(child)))
        else:
            pending.extend(_pieces(child))
        pending.append(child.tail or "")
    yield from _block(kind, pending)


def _pieces(element: _Element) -> Iterator[str]:
    """Text with a space where the tree breaks a line or begins a cell."""
    yield element.text or ""
    for child in element:
        if child.tag in ("lb", "cell", "p", "row"):
            yield " "
        yield from _pieces(child)
        yield child.tail or ""


def _block(kind: BlockKind, pieces: list[str]) -> Iterator[DraftBlock]:
    text = " ".join("".join(pieces).split())
    pieces.clear()
    if text:
        yield DraftBlock(kind=kind, text=text)
