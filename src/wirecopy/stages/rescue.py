"""A second opinion on pages that the block scorer is not sure of: trafilatura's.

It takes ten times as long as the scorer, so it is asked for few pages; the scorer says which.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from itertools import accumulate

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.utils import load_html

from wirecopy.model import BlockKind, DraftBlock
from wirecopy.stages.source import MARKUP

MAX_DEPTH = 250  # libxml2 gives up at 256

# Tags that hold nothing, or that the next of their kind closes; they nest nothing.
_FLAT = (
    "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|dt|dd|option|optgroup"
    "|tr|td|th|tbody|thead|tfoot|colgroup|path|circle|rect|line|polygon|use|stop|a"
)
_OPEN_OR_CLOSE = re.compile(rf"<(?:/(?!(?:{_FLAT})\b)[a-zA-Z]|(?!(?:{_FLAT})\b)[a-zA-Z])")
_NAMED = re.compile(rf"<(/?)(?!(?:{_FLAT})\b)([a-zA-Z][^\s/>]*+)(?:[^>]*(/)>)?", re.IGNORECASE)

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its refusals are our Held


def rescue(text: str, url: str) -> tuple[DraftBlock, ...]:
    """What trafilatura takes for the article's blocks; none where it finds none or a page's tags
    are nested too deep for it."""
    if _depth(text) > MAX_DEPTH:
        return ()
    tree = load_html(text)
    if not isinstance(tree, HtmlElement):
        return ()
    body = _body(tree, url)
    return tuple(_blocks(body)) if body is not None else ()


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
    # Without its own second opinions, which take longer and were no better on the pages in doubt.
    document = bare_extraction(
        tree, url=url, include_comments=False, with_metadata=False, fast=True
    )
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
