"""Of what kind the chosen blocks of a page are: paragraphs, sub-headings, items, quotations..."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wirecopy.model import BlockKind, DraftBlock
from wirecopy.stages.block_words import NAMES
from wirecopy.stages.blocks import BOLD, ELEMENT, FIRST, LAST, NAME, PARENT, Blocks

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
# What a paragraph inside one of these is.
_AROUND = frozenset([BlockKind.QUOTATION, BlockKind.LIST_ITEM, BlockKind.CAPTION])
WHOLE = frozenset(["blockquote", "tr"])
"""Elements that are an article's as a whole or not at all."""
_CAPTION = 1 << NAMES.index("caption")
_UP = 4  # elements, the nearest included
_CELL = 200  # characters; a table's cell that says more is a column of the page
_BOLD_HEADING = 100  # characters
_SENTENCE_ENDS = tuple(".,;:!?…。！？؟")

_STANDFIRST = 60, 800  # characters, at least and at most
_TOGETHER = 3  # blocks
_CALLED_STANDFIRST = re.compile(
    r"stand-?first|\bdec?k\b|\blede?\b|\blead\b|intro|summary|sub-?(?:title|head|line)|chapo|sapo"
    r"|vorspann|ingress|preamble|entradilla|excerpt",
    re.IGNORECASE,
)


def typed(page: Blocks, numbers: Sequence[int]) -> tuple[DraftBlock, ...]:
    """The blocks of these numbers with their kinds; neighbouring cells of a row are one block."""
    blocks = tuple(_rows_together(page, numbers))
    if len(blocks) > 2 and _is_standfirst(page, numbers[0]):
        blocks = (replace(blocks[0], kind=BlockKind.STANDFIRST), *blocks[1:])
    return blocks


def is_heading(page: Blocks, number: int) -> bool:
    """Whether a block stands in a heading's element."""
    return _kind(page, page.counts[number][ELEMENT]) is BlockKind.SUBHEADING


def whole_around(page: Blocks, number: int) -> int | None:
    """The nearest quotation or table's row around a block, by its number among the elements."""
    element = page.counts[number][ELEMENT]
    for _ in range(_UP):
        if page.names[page.elements[element][NAME]].tag in WHOLE:
            return element
        element = page.elements[element][PARENT]
    return None


def holder(page: Blocks, numbers: Sequence[int]) -> str:
    """The element around these blocks that holds most of their text, as a selector of its tag and
    first class: "div.article-body"; "" for no block."""
    held: Counter[int] = Counter()
    for number in numbers:
        held[page.elements[page.counts[number][ELEMENT]][PARENT]] += len(page.text[number])
    if not held:
        return ""
    name = page.names[page.elements[held.most_common(1)[0][0]][NAME]]
    return ".".join((name.tag, *name.label.split()[:1]))


def _rows_together(page: Blocks, numbers: Sequence[int]) -> Iterator[DraftBlock]:
    row, last, cells = -1, -1, list[str]()
    for number in numbers:
        text = page.text[number]
        element = page.counts[number][ELEMENT]
        kind = _kind(page, element)
        around = page.elements[element][PARENT]
        ends = kind is not BlockKind.TABLE_ROW or around != row or number != last + 1
        if cells and (ends or len(text) > _CELL):
            yield DraftBlock(kind=BlockKind.TABLE_ROW, text=" ".join(cells))
            cells.clear()
        if kind is BlockKind.PARAGRAPH and _is_bold_heading(page, number):
            yield DraftBlock(kind=BlockKind.SUBHEADING, text=text)
        elif kind is not BlockKind.TABLE_ROW:
            yield DraftBlock(kind=kind, text=text)
        elif len(text) > _CELL:
            yield DraftBlock(kind=BlockKind.PARAGRAPH, text=text)
        else:
            row, last = around, number
            cells.append(text)
    if cells:
        yield DraftBlock(kind=BlockKind.TABLE_ROW, text=" ".join(cells))


def _kind(page: Blocks, element: int) -> BlockKind:
    """By the nearest element that tells, or is called a caption; a paragraph in a quotation is
    one, and a cell of a caption's table is a caption."""
    names, elements = page.names, page.elements
    kind = _KINDS.get(names[elements[element][NAME]].tag)
    for _ in range(_UP):
        row = elements[element]
        name = names[row[NAME]]
        around = _KINDS.get(name.tag)
        if around is BlockKind.CAPTION or name.marks & _CAPTION:
            return BlockKind.CAPTION
        if kind is None and around in _AROUND:
            kind = around
        element = row[PARENT]
    return kind or BlockKind.PARAGRAPH


def _is_bold_heading(page: Blocks, number: int) -> bool:
    """Whether a paragraph is short, bold from end to end, and no sentence."""
    text = page.text[number]
    return (
        len(text) <= _BOLD_HEADING
        and not text.endswith(_SENTENCE_ENDS)
        and page.counts[number][BOLD] >= len(text) - text.count(" ")
    )


def _is_standfirst(page: Blocks, number: int) -> bool:
    """Whether a text's first block leads into it: it is called so, alone or nearly, or it is a
    heading as long as a sentence."""
    if not _STANDFIRST[0] <= len(page.text[number]) <= _STANDFIRST[1]:
        return False
    element = page.counts[number][ELEMENT]
    if page.names[page.elements[element][NAME]].tag in ("h2", "h3"):
        return True
    for _ in range(2):
        row = page.elements[element]
        alone = row[LAST] - row[FIRST] <= _TOGETHER
        if alone and _CALLED_STANDFIRST.search(page.names[row[NAME]].label):
            return True
        element = row[PARENT]
    return False
