"""The short lines of a page as a reader sees them: where bylines and dates are printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborNode

LONGEST = 240  # characters; a line that is longer is a paragraph

_BLOCK_TAGS = """address article aside blockquote body br button dd details div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table
    tbody td tfoot th thead time tr ul"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_SKIPPED_TAGS = """audio canvas datalist head iframe map math nav noscript object script select
    style svg template textarea video"""
_SKIPPED = frozenset(_SKIPPED_TAGS.split())
_MOST_STEPS = 200_000
_LABELS = ("class", "id", "itemprop", "rel", "data-testid", "data-test", "data-component", "href")


Piece = tuple[str, LexborNode]
"""Text within a line, as it is written, and the element that holds it."""


class Line(NamedTuple):
    """A short line."""

    text: str
    pieces: list[Piece]
    number: int  # of all lines of the page, long ones counted


def labels(node: LexborNode | None, generations: int) -> Iterator[str]:
    """What an element and those around it are called, its own first, in lower case."""
    for _ in range(generations):
        if node is None or node.tag in ("body", "html"):
            return
        attributes = node.attributes
        if attributes:
            said = [value for name in _LABELS if (value := attributes.get(name))]
            if said:
                yield " ".join(said).lower()
        node = node.parent


def lines_of(body: LexborNode | None) -> list[Line]:
    """Walk a page's body once; what a reader does not see and menus are left out.

    .43 us a node, which is three times what walking alone costs.
    """
    short: list[Line] = []
    if body is None:
        return short
    pieces: list[Piece] = []
    open_elements = [(body, True)]  # and whether each ends a line
    number = 0
    node = body.first_child
    for _ in range(_MOST_STEPS):
        if node is None:
            element, ends = open_elements.pop()
            if ends and pieces:
                number += _end(pieces, number, short)
            if not open_elements:
                break
            node = element.next
            continue
        tag = node.tag
        below = None
        if tag == "-text":
            text = node.text_content or ""
            if pieces or not text.isspace():
                pieces.append((text, open_elements[-1][0]))
        elif tag not in _SKIPPED:
            ends = tag in _BLOCKS
            if ends and pieces:
                number += _end(pieces, number, short)
            below = node.first_child
            if below is not None:
                open_elements.append((node, ends))
        node = below or node.next
    return short


def _end(pieces: list[Piece], number: int, short: list[Line]) -> int:
    """Close a line."""
    text = pieces[0][0] if len(pieces) == 1 else "".join([text for text, _ in pieces])
    if len(text) < 4 * LONGEST:
        text = " ".join(text.split())
        if len(text) <= LONGEST:
            short.append(Line(text, pieces.copy(), number))
    pieces.clear()
    return 1


def around_headline(
    lines: Sequence[Line], titles: Sequence[str], after: int, before: int
) -> list[Line]:
    """The lines near the headline, nearest first: those after it, then those before it."""
    at = _place_of_headline(lines, titles)
    following = [line for line in lines if 0 < line.number - at <= after]
    preceding = [line for line in lines if 0 < at - line.number <= before]
    return following + preceding[::-1]


def _place_of_headline(lines: Sequence[Line], titles: Sequence[str]) -> int:
    """The number of the line that is the headline; an h1 before other places; 0 for none."""
    wanted = {_plain(title) for title in titles}
    places = [line for line in lines if _plain(line.text) in wanted]
    if not places and titles:  # a kicker stands in the same line, or the title has more than it
        first = _plain(titles[0])
        places = [line for line in lines if _is_part(_plain(line.text), first)]
    headings = [line for line in places if _is_in_heading(line.pieces[0][1])]
    return next((line.number for line in [*headings, *places]), 0)


_PLAIN = str.maketrans({"\xad": None, "\xa0": " "})


def _plain(text: str) -> str:
    return (text if text.isascii() else text.translate(_PLAIN)).casefold()


def _is_part(text: str, title: str) -> bool:
    shorter, longer = sorted((text, title), key=len)
    return len(shorter) > 15 and shorter in longer


def _is_in_heading(node: LexborNode | None) -> bool:
    for _ in range(4):
        if node is None:
            return False
        if node.tag == "h1":
            return True
        node = node.parent
    return False
