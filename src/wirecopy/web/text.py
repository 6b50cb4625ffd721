"""An article's text laid out for a page: blocks, their words, and the marks beside them.

Marks stand next to a block, never inside its words, so that copying gives the pure text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wirecopy.web.views_article import ArticlePage


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a block; `id` where a marked stretch begins, `kind` "", "quote" or "citation"."""

    text: str
    id: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A note in the margin about a stretch of the block."""

    kind: str  # "quote" or "citation"
    to: str  # id of the stretch
    words: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Laid:
    """A block: its kind, its words, its marks."""

    kind: str
    runs: tuple[Run, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: int
    end: int
    kind: str
    id: str
    mark: Mark


def lay_out(page: ArticlePage) -> list[list[Laid]]:
    """The blocks in their order; neighbouring list items, and table rows, in one group."""
    stretches = sorted(_stretches(page), key=lambda one: (one.start, -one.end))
    groups: list[list[Laid]] = []
    for block in page.blocks:
        mine = [one for one in stretches if block.start <= one.start < block.end]
        laid = Laid(
            kind=block.kind,
            runs=tuple(_runs(page.text, block.start, block.end, mine)),
            marks=tuple(_once(one.mark for one in mine)),
        )
        together = block.kind in ("list-item", "table-row")
        if together and groups and groups[-1][0].kind == block.kind:
            groups[-1].append(laid)
        else:
            groups.append([laid])
    return groups


def _stretches(page: ArticlePage) -> Iterator[_Stretch]:
    for number, quote in enumerate(page.quotes, start=1):
        id = f"quote-{number}"
        mark = Mark("quote", id, quote.speaker)
        yield _Stretch(quote.start, quote.end, "quote", id, mark)
    for number, one in enumerate(page.citations, start=1):
        id = f"citation-{number}"
        mark = Mark("citation", id, one.name, one.href)
        yield _Stretch(one.start, one.end, "citation", id, mark)


def _once(marks: Iterable[Mark]) -> Iterator[Mark]:
    """One mark for all of a block's quotes of one speaker, or credits of one publisher."""
    seen = set()
    for mark in marks:
        if (mark.kind, mark.words) not in seen:
            seen.add((mark.kind, mark.words))
            yield mark


def _runs(text: str, start: int, end: int, mine: list[_Stretch]) -> Iterator[Run]:
    """Cut a block where marked stretches begin and end; the one that begins first wins."""
    at = start
    for one in mine:
        if one.start < at:
            continue  # inside another stretch: its mark stands in the margin all the same
        if one.start > at:
            yield Run(text[at : one.start])
        stop = min(one.end, end)
        yield Run(text[one.start : stop], one.id, one.kind)
        at = stop
    if at < end:
        yield Run(text[at:end])
