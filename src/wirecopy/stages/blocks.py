"""A parsed page as a row of text blocks, and the elements that hold them.

A block is text that no block-level tag and no blank line divides: what a browser would set as one
paragraph. The proof cuts a page at the same places (see `source`), though it reads the page by
itself. All the scorer knows of a page's layout is kept here as plain lists, so that it can be
counted by arrays afterwards; the pieces of each block, with their elements, are for the search of
bylines, and hold the parsed page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from selectolax.lexbor import LexborHTMLParser, LexborNode

from wirecopy.stages.block_words import marks_of
from wirecopy.stages.source import BLOCK_LEVEL

# What is no text of an article, whatever stands in it. Of the blocks in a `nav`, a quarter of all,
# 1 in 400 is an article's, mostly a list of contents; in a `footer`, an eighth, 1 in 5,000.
_SKIPPED = """script style noscript template iframe textarea select option datalist canvas object
    svg math head audio map applet noframes noembed frameset nav menu footer button -comment"""
# Kinds of nodes. Open links, bold and italics are counted in one number, so that theirs are powers
# of 16; deeper nesting than 15 of one inside itself is no text's.
_INLINE, _SLANTED, _BOLD, _LINK = 0, 1, 0x10, 0x100
_TEXT, _BLOCK, _SKIP, _BREAK, _PICTURE = -1, -2, -3, -4, -5
_KINDS = {
    "-text": _TEXT,
    "br": _BREAK,
    "a": _LINK,
    **dict.fromkeys(("b", "strong"), _BOLD),
    **dict.fromkeys(("i", "em"), _SLANTED),
    **dict.fromkeys(("img", "picture", "amp-img", "video"), _PICTURE),
    **dict.fromkeys(BLOCK_LEVEL, _BLOCK),
    **dict.fromkeys(_SKIPPED.split(), _SKIP),
}
# Attributes that name what an element is for.
_NAMING = """class id itemprop role aria-label
    data-testid data-component data-type data-qa data-module"""
_LABELS = frozenset(_NAMING.split())
_LONGEST_LABEL = 300

Ints = npt.NDArray[np.int64]
Piece = tuple[str, LexborNode]
"""Text within a block, as it is written, and the element that holds it: a `br` holds a space."""


class Name(NamedTuple):
    """What an element is called; the same for all elements of a page that are called alike."""

    tag: str
    label: str  # class, id and the like, one string
    marks: int  # bits of `block_words`


@dataclass
class Blocks:
    """A page's blocks in document order, and its block-level elements in the order they open.

    `counts` has a row for each block, `elements` one for each element, in the columns below.
    Element 0 is the body. `pieces` are what each block was put together from.
    """

    text: list[str] = field(default_factory=list)
    counts: list[tuple[int, ...]] = field(default_factory=list)
    elements: list[list[int]] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    pieces: list[list[Piece]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def columns(self) -> tuple[Ints, Ints]:
        """`counts` and `elements` as arrays, a row for each of their columns."""
        return columns_of(self.counts), columns_of(self.elements)


# Columns of `counts`: letters in links, stretches of links, letters in bold and in italics, line
# breaks inside, and the nearest block-level element around the block.
LINKED, LINKS, BOLD, SLANTED, BREAKS, ELEMENT = range(6)
# Columns of `elements`: its name, the marks of everything around it, the element around it (the
# body's own for the body), how many those are, the first block in it, the first after it, and how
# many pictures stand right in it.
NAME, ABOVE, PARENT, DEPTH, FIRST, LAST, PICTURES = range(7)


def cut(tree: LexborHTMLParser) -> Blocks:
    """The blocks of a page, at any depth; none where it has no body.

    A block ends wherever a block-level tag or a blank line stands; what lies between two such ends
    is a stretch, and a block is a stretch with words. One loop, as a page has two thousand nodes:
    a function a node would cost as much again.
    """
    page = Blocks()
    body = tree.body or tree.root
    if body is None or body.first_child is None:
        return page
    elements, names, counts = page.elements, page.names, page.counts
    known: dict[tuple[str, str], int] = {}
    kinds = _KINDS
    stack: list[tuple[LexborNode, int]] = []  # open elements and their kinds
    element = stretch = rows = 0
    begun = 0  # blocks
    inside = 0  # links, bold and italics that are open here
    pieces: list[Piece] = []  # of the stretch `filled`, which stands in the element `holder`
    filled, holder = -1, 0
    linked = links = bold = slanted = breaks = 0
    node: LexborNode | None = body
    while True:
        if node is None:
            node, kind = stack.pop()
            if kind == _BLOCK:
                stretch += 1
                closing = elements[element]
                closing[LAST] = begun
                element = closing[PARENT]
            else:
                inside -= kind
            if not stack:
                break
            node = node.next
            continue
        tag = node.tag or ""
        kind = kinds.get(tag, _INLINE)
        if kind == _TEXT:
            text = node.text_content or ""
            node = node.next
            if not text or text.isspace():
                if filled == stretch:
                    pieces.append((" ", stack[-1][0]))
                continue
            if rows > 1:
                stretch += 1
            rows = 0
            if filled != stretch:
                if pieces:
                    page.pieces.append(pieces)
                    counts.append((linked, links, bold, slanted, breaks, holder))
                    pieces = []
                    linked = links = bold = slanted = breaks = 0
                begun += 1
                filled, holder = stretch, element
            pieces.append((text, stack[-1][0]))
            if inside:
                letters = len(text) - text.count(" ")
                if inside >= _LINK:
                    linked += letters
                    links += 1
                if inside & 0xFF >= _BOLD:
                    bold += letters
                if inside & 0xF:
                    slanted += letters
        elif kind == _BLOCK:
            stretch += 1
            rows = 0
            child = node.first_child
            if child is None:
                node = node.next
                continue
            attributes = node.attributes
            label = _label(attributes) if attributes else ""
            name = known.get((tag, label))
            if name is None:
                name = known[tag, label] = len(names)
                names.append(Name(tag, label, marks_of(tag, label)))
            if stack:
                around = elements[element]
                above = around[ABOVE] | names[around[NAME]].marks
                elements.append([name, above, element, around[DEPTH] + 1, begun, 0, 0])
                element = len(elements) - 1
            else:
                elements.append([name, 0, 0, 0, begun, 0, 0])
            stack.append((node, _BLOCK))
            node = child
        elif kind == _SKIP:
            node = node.next
        elif kind == _BREAK:
            rows += 1
            if filled == stretch:
                pieces.append((" ", node))
                breaks += 1
            node = node.next
        else:
            if kind == _PICTURE:
                elements[element][PICTURES] += 1
                kind = _INLINE
            child = node.first_child
            if child is None:
                node = node.next
                continue
            inside += kind
            stack.append((node, kind))
            node = child
    if pieces:
        page.pieces.append(pieces)
        counts.append((linked, links, bold, slanted, breaks, holder))
    page.text = [_text_of(pieces) for pieces in page.pieces]
    return page


def columns_of(rows: Sequence[Sequence[int]]) -> Ints:
    """Rows of whole numbers as columns, in half the time that `np.array` takes."""
    flat = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * len(rows[0]))
    return flat.reshape(len(rows), -1).T


def _text_of(pieces: list[Piece]) -> str:
    text = pieces[0][0] if len(pieces) == 1 else "".join([text for text, _ in pieces])
    return " ".join(text.split())


def _label(attributes: dict[str, str | None]) -> str:
    label = attributes.get("class") or ""
    if len(attributes) > (1 if label else 0):
        found = [value for name, value in attributes.items() if value and name in _LABELS]
        if "hidden" in attributes or "none" in (attributes.get("style") or ""):
            found.append("isnone")
        label = " ".join(found)
    return label[:_LONGEST_LABEL]
