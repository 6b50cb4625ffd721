"""From chances to an article: which blocks it has, of what kind they are, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wirecopy.model import BlockKind, DraftBlock
from wirecopy.stages.block_features import FEATURES, Floats
from wirecopy.stages.block_words import NAMES
from wirecopy.stages.blocks import ELEMENT, NAME, PARENT, Blocks

CHOSEN = 0.5  # the chance from which a block is part of the article
# The same of a block that is called a pointer elsewhere, and of one that is called a tool: of 49
# and 39 such blocks with lower chances, 14 and 12 are an article's.
_CHOSEN_ELSEWHERE, _CHOSEN_TOOL = 0.95, 0.8
SURE = 0.75  # the confidence from which that is so
_UNLIKELY = 0.1  # a block of a lower chance is never taken
_OPENING = 4  # blocks among which headline and byline may be
_BYLINE = 60  # characters
_WRITTEN_BY = re.compile(
    r"(?:by|von|par|por|text|texto|автор|بقلم|كتب|लेखक|作者|記者|文)(?:[:：/ ]\s*)(?=\w)",
    re.IGNORECASE,
)
_CELL = 200  # characters; a table's cell that says more is a column of the page

_KINDS = {
    "li": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "figcaption": BlockKind.CAPTION,
    "caption": BlockKind.CAPTION,
    "blockquote": BlockKind.QUOTATION,
    "td": BlockKind.TABLE_ROW,
    "th": BlockKind.TABLE_ROW,
    **{f"h{level}": BlockKind.SUBHEADING for level in range(1, 7)},
}
_ELSEWHERE = """own:newsletter parent:newsletter grand:newsletter own:related parent:related
    grand:related"""
_TOOLS = "own:share parent:share own:cookie parent:cookie"
_IS_ELSEWHERE = [FEATURES.index(name) for name in _ELSEWHERE.split()]
_IS_TOOL = [FEATURES.index(name) for name in _TOOLS.split()]
_IS_TITLE, _IS_AUTHOR = FEATURES.index("is_title"), FEATURES.index("is_author")

_Numbers = npt.NDArray[np.float64]
_CAPTION = 1 << NAMES.index("caption")
_UP = 4  # elements, the nearest included
# What a paragraph inside one of these is.
_AROUND = frozenset([BlockKind.QUOTATION, BlockKind.LIST_ITEM, BlockKind.CAPTION])


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks of an article in order, and the F1 that is expected of them (0 to 1)."""

    blocks: tuple[DraftBlock, ...]
    confidence: float


def choose(page: Blocks, table: Floats, chances: Floats) -> Choice:
    """The blocks that are likelier in the article than not; where that leaves much in doubt, as
    many of the likeliest as make the expected F1 highest. `table` is that of `block_features`.
    """
    words = np.fromiter((text.count(" ") + 1 for text in page.text), np.float64, len(page))
    asked = np.where(table[_IS_TOOL].any(axis=0), _CHOSEN_TOOL, 0.0)
    asked[table[_IS_ELSEWHERE].any(axis=0)] = _CHOSEN_ELSEWHERE
    taken = chances >= np.maximum(asked, CHOSEN)
    confidence = expected(words, chances, taken)
    if confidence < SURE:
        taken = chances >= np.maximum(asked, _best_cut(words, chances))
        confidence = expected(words, chances, taken)
    numbers = _framed(page, table, np.flatnonzero(taken).tolist())
    return Choice(tuple(_typed(page, numbers)), confidence)


def _framed(page: Blocks, table: Floats, taken: list[int]) -> list[int]:
    """Without headline and byline at the beginning, and without headings that nothing follows."""
    title, author = table[_IS_TITLE], table[_IS_AUTHOR]
    kept = [
        number
        for place, number in enumerate(taken)
        if place >= _OPENING or not (title[number] or _is_byline(page.text[number], author[number]))
    ]
    while kept and _kind(page, page.counts[kept[-1]][ELEMENT]) is BlockKind.SUBHEADING:
        kept.pop()
    return kept


def _is_byline(text: str, names_author: float) -> bool:
    return len(text) < _BYLINE and bool(names_author or _WRITTEN_BY.match(text))


def expected(words: _Numbers, chances: Floats, taken: npt.NDArray[np.bool_]) -> float:
    """The expected F1 of the blocks taken: 2 hits / (taken + true), in words, 0 to 1.

    The chances are calibrated, so this is what the F1 of a page will be: `python -m bench
    train-pages` prints the two side by side by tenths of the pages.
    """
    likely = words * chances
    total = float(words[taken].sum() + likely.sum())
    return 2 * float(likely[taken].sum()) / total if total else 0.0


def _best_cut(words: _Numbers, chances: Floats) -> float:
    """The chance from which to take blocks so that the expected F1 is highest."""
    order = np.argsort(-chances, kind="stable")
    likely = np.cumsum((words * chances)[order])
    f1 = 2 * likely / (np.cumsum(words[order]) + likely[-1])
    return max(float(chances[order[int(f1.argmax())]]), _UNLIKELY)


def _typed(page: Blocks, taken: Sequence[int]) -> Iterator[DraftBlock]:
    """Blocks with their kinds; neighbouring cells of one row are one block."""
    row, cells = -1, list[str]()
    for number in taken:
        text = page.text[number]
        element = page.counts[number][ELEMENT]
        kind = _kind(page, element)
        around = page.elements[element][PARENT]
        if cells and (kind is not BlockKind.TABLE_ROW or around != row or len(text) > _CELL):
            yield DraftBlock(kind=BlockKind.TABLE_ROW, text=" ".join(cells))
            cells.clear()
        if kind is not BlockKind.TABLE_ROW:
            yield DraftBlock(kind=kind, text=text)
        elif len(text) > _CELL:
            yield DraftBlock(kind=BlockKind.PARAGRAPH, text=text)
        else:
            row = around
            cells.append(text)
    if cells:
        yield DraftBlock(kind=BlockKind.TABLE_ROW, text=" ".join(cells))


def _kind(page: Blocks, element: int) -> BlockKind:
    """By the nearest element that tells, or is called a caption; a paragraph in a quotation is
    one, and a cell of a caption's table is a caption."""
    kind = _KINDS.get(page.names[page.elements[element][NAME]].tag)
    for _ in range(_UP):
        name = page.names[page.elements[element][NAME]]
        around = _KINDS.get(name.tag)
        if around is BlockKind.CAPTION or name.marks & _CAPTION:
            return BlockKind.CAPTION
        if kind is None and around in _AROUND:
            kind = around
        element = page.elements[element][PARENT]
    return kind or BlockKind.PARAGRAPH
