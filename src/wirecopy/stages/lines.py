"""The short lines of a page as a reader sees them: where bylines and dates are printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from wirecopy.stages.blocks import BREAKS, Blocks, Piece

LONGEST = 240  # characters; a line that is longer is a paragraph

_LABELS = ("class", "id", "itemprop", "rel", "data-testid", "data-test", "data-component", "href")


class Line(NamedTuple):
    """A short line."""

    text: str
    pieces: Sequence[Piece]
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


def lines_of(page: Blocks) -> list[Line]:
    """The short lines of a page's blocks, which line breaks part."""
    short: list[Line] = []
    number = 0
    for text, pieces, counts in zip(page.text, page.pieces, page.counts, strict=True):
        if not counts[BREAKS]:
            number += 1
            if len(text) <= LONGEST:
                short.append(Line(text, pieces, number))
            continue
        for line in _parted(pieces):
            number += 1
            text = " ".join("".join([text for text, _ in line]).split())
            if text and len(text) <= LONGEST:
                short.append(Line(text, line, number))
    return short


def _parted(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """A block's pieces line by line."""
    line: list[Piece] = []
    for piece in pieces:
        if line and piece[1].tag == "br":
            yield line
            line = []
        if line or not piece[0].isspace():
            line.append(piece)
    if line:
        yield line


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
