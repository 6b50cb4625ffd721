"""What arrays tell of a page's blocks: how long, how linked, where, marked up how, among what.

Counted over the rows of `blocks`: of a block itself, of the elements around it (their share of the
page's text, what they are called), of its neighbours, and of the blocks that are marked up alike.
Counts are whole numbers and shares are their quotients, so that every machine gets the same table.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wirecopy.stages.block_words import NAMES
from wirecopy.stages.blocks import (
    ABOVE,
    BOLD,
    DEPTH,
    ELEMENT,
    FIRST,
    LAST,
    LINKED,
    LINKS,
    NAME,
    PARENT,
    PICTURES,
    SLANTED,
    Blocks,
    Ints,
)

Floats = npt.NDArray[np.float32]

_LONG = 65  # letters outside links: a paragraph, not a headline or a label
_LEVELS = ("own", "parent", "grand", "great", "greater")  # the elements around it, outwards
_TOLD = """p div li td h1 h2 h3 h4 h5 h6 figcaption blockquote section article header footer
    ul ol dd dt figure aside main nav form body address pre th caption center summary"""
_TAG_CODE = {tag: number for number, tag in enumerate(_TOLD.split(), 1)}
_TOLD_TAGS = ("p", "div", "li", "h1", "h2", "h3", "figcaption")
_TOLD_CODES = np.array([_TAG_CODE[tag] for tag in _TOLD_TAGS])[:, None]
_STEPS = (-3, -2, -1, 1, 2, 3)
_WIDTHS = (4, 10)
_NAMED = ("own", "parent", "grand", "above")


_SINGLE = """
    size words word_size linked links bold slanted tag_own tag_parent tag_grand depth
    page_size page_long page_blocks
    alike_own alike_long_own alike_many_own alike_size_own
    alike_pair alike_long_pair alike_many_pair alike_size_pair
    place text_before long_before long_after
    in_best in_around from_best to_best_end depth_below_best best_share direct_of_best child_of_best
    from_first_long to_last_long from_h1 h1s headings_before
    pictures_own pictures_parent pictures_grand"""
# The rows of the table in their order; some are written several at once.
LAYOUT = _SINGLE.split()
LAYOUT += [f"tag_is_{tag}" for tag in _TOLD_TAGS]
LAYOUT += [
    f"{what}_{level}"
    for level in _LEVELS
    for what in ("share", "long", "links", "paragraphs", "dense", "many")
]
LAYOUT += [f"{what}{step:+d}" for what in ("size", "linked", "tag", "long") for step in _STEPS]
LAYOUT += ["same-1", "same+1"]
LAYOUT += [f"long_{way}_{wide}" for wide in _WIDTHS for way in ("past", "ahead")]
LAYOUT += [f"{level}:{name}" for level in _NAMED for name in NAMES]
_ROW = {name: number for number, name in enumerate(LAYOUT)}


def layout(page: Blocks) -> Floats:
    """(features, blocks), in the order of `LAYOUT`; the page has at least one block."""
    return _Counting(page).table


class _Counting:
    """The table as it is filled, and what several parts of it are counted from."""

    def __init__(self, page: Blocks) -> None:
        n = len(page)
        self.table = np.zeros((len(LAYOUT), n), np.float32)
        self.number = np.arange(n)
        counts, elements = page.columns
        self.first, self.last = elements[FIRST], elements[LAST]
        self.parent, self.depth, self.name = elements[PARENT], elements[DEPTH], elements[NAME]
        self.element = counts[ELEMENT]
        around = [self.element]
        for _ in _LEVELS[1:]:
            around.append(self.parent[around[-1]])
        self.around = np.array(around)  # (levels, blocks)
        tags = [_TAG_CODE.get(name.tag, 0) for name in page.names]
        self.tag = np.array(tags, np.int64)[self.name]
        spaces = np.fromiter((text.count(" ") for text in page.text), np.int64, n)
        self.size = np.fromiter(map(len, page.text), np.int64, n) - spaces
        self.linked = np.minimum(counts[LINKED], self.size)
        self.plain = self.size - self.linked
        self.long = np.where(self.plain >= _LONG, self.plain, 0)
        self._put("size", self.size)
        self._put("words", spaces + 1)
        self._put("word_size", self.size / (spaces + 1))
        self._put("linked", self.linked / self.size)
        self._put("links", counts[LINKS])
        self._put("bold", counts[BOLD] / self.size)
        self._put("slanted", counts[SLANTED] / self.size)
        self._names(page, elements[ABOVE])
        self._shares()
        self._alike()
        self._places(elements[PICTURES])
        self._neighbours()

    def _put(self, name: str, values: npt.ArrayLike) -> None:
        self.table[_ROW[name]] = values

    def _names(self, page: Blocks, above: Ints) -> None:
        """What the elements are called, a row for each bit."""
        marks = np.array([name.marks for name in page.names], np.int64)[self.name]
        shifts = np.arange(len(NAMES))[:, None]
        own, parent, grand = self.around[:3]
        first = _ROW[f"own:{NAMES[0]}"]
        for bits in (marks[own], marks[parent], marks[grand], above[grand]):
            self.table[first : first + len(NAMES)] = (bits >> shifts) & 1
            first += len(NAMES)
        row = _ROW["tag_own"]
        self.table[row : row + 3] = self.tag[self.around[:3]]
        row = _ROW[f"tag_is_{_TOLD_TAGS[0]}"]
        self.table[row : row + len(_TOLD_TAGS)] = self.tag[own] == _TOLD_CODES
        self._put("depth", self.depth[own])

    def _shares(self) -> None:
        """Of the elements around a block: how much of the page's text, and how linked that is."""
        size, long = _sums(self.size), _sums(self.long)
        linked, many = _sums(self.linked), _sums(self.long > 0)
        whole, whole_long = max(size[-1], 1), max(long[-1], 1)
        self._put("page_size", whole)
        self._put("page_long", whole_long / whole)
        self._put("page_blocks", self.number.size)
        a, b = self.first[self.around], self.last[self.around]  # (levels, blocks)
        sized = size[b] - size[a]
        longer = long[b] - long[a]
        sized_or_1 = np.maximum(sized, 1)
        row = _ROW["share_own"]
        shares = self.table[row : row + 6 * len(_LEVELS)].reshape(len(_LEVELS), 6, -1)
        shares[:, 0] = sized / whole
        shares[:, 1] = longer / whole_long
        shares[:, 2] = (linked[b] - linked[a]) / sized_or_1
        shares[:, 3] = many[b] - many[a]
        shares[:, 4] = longer / sized_or_1
        shares[:, 5] = b - a

    def _alike(self) -> None:
        """How much of the page's text stands in blocks that are marked up alike."""
        whole, whole_long = max(int(self.plain.sum()), 1), max(int(self.long.sum()), 1)
        own = self.name[self.element]
        pair = own * (int(self.name.max()) + 1) + self.name[self.around[1]]
        pair = np.unique(pair, return_inverse=True)[1]
        self.signature = own
        for level, signature in (("own", own), ("pair", pair)):
            many = np.bincount(signature)
            row = _ROW[f"alike_{level}"]
            alike = self.table[row : row + 4]
            alike[0] = (np.bincount(signature, self.plain) / whole)[signature]
            alike[1] = (np.bincount(signature, self.long) / whole_long)[signature]
            alike[2] = many[signature]
            alike[3] = (np.bincount(signature, self.size) / np.maximum(many, 1))[signature]

    def _places(self, pictures: Ints) -> None:
        """Where a block stands: on the page, in the likely body, after the headline."""
        number, n = self.number, self.number.size
        before, long_before = _sums(self.size)[:-1], _sums(self.long)[:-1]
        whole, whole_long = max(int(self.size.sum()), 1), max(int(self.long.sum()), 1)
        self._put("place", number / n)
        self._put("text_before", before / whole)
        self._put("long_before", long_before / whole_long)
        self._put("long_after", 1 - (long_before + self.long) / whole_long)
        best, share = self._best(whole_long)
        around = int(self.parent[best])
        self._put("in_best", (number >= self.first[best]) & (number < self.last[best]))
        self._put("in_around", (number >= self.first[around]) & (number < self.last[around]))
        self._put("from_best", _within(-30, number - self.first[best], 60))
        self._put("to_best_end", _within(-60, self.last[best] - number, 30))
        below = self.depth[self.element] - self.depth[best]
        self._put("depth_below_best", _within(-8, below, 8))
        self._put("best_share", share)
        self._put("direct_of_best", self.element == best)
        self._put("child_of_best", self.parent[self.element] == best)
        paragraphs = np.flatnonzero(self.long)
        start, end = (paragraphs[0], paragraphs[-1]) if paragraphs.size else (0, n)
        self._put("from_first_long", _within(-20, number - start, 40))
        self._put("to_last_long", _within(-20, end - number, 40))
        tags = self.tag[self.element]
        h1 = np.flatnonzero(tags == _TAG_CODE["h1"])
        self._put("from_h1", _within(-20, number - h1[0], 60) if h1.size else -30)
        self._put("h1s", h1.size)
        self._put(
            "headings_before", np.cumsum((tags >= _TAG_CODE["h2"]) & (tags <= _TAG_CODE["h6"]))
        )
        row = _ROW["pictures_own"]
        self.table[row : row + 3] = np.minimum(pictures[self.around[:3]], 9)

    def _best(self, whole_long: int) -> tuple[int, float]:
        """The element that holds most paragraphs, right in it or a level or two below."""
        many = len(self.parent)
        direct = np.bincount(self.element, self.long, many)
        inner = np.bincount(self.parent, direct, many)
        deeper = np.bincount(self.parent[self.parent], direct, many)
        weight = direct * 0.7 + inner + deeper * 0.5
        weight[0] *= 0.5
        best = int(weight.argmax())
        return best, direct[best] / whole_long

    def _neighbours(self) -> None:
        n = self.number.size
        padded = np.full((4, n + 6), -1, np.float32)
        padded[0] = 0
        padded[:, 3:-3] = (
            self.size,
            self.linked / self.size,
            self.tag[self.element],
            self.long > 0,
        )
        row = _ROW[f"size{_STEPS[0]:+d}"]
        for offset, step in enumerate(_STEPS):
            last = row + offset + 3 * len(_STEPS) + 1
            self.table[row + offset : last : len(_STEPS)] = padded[:, 3 + step : 3 + step + n]
        same = self.signature[1:] == self.signature[:-1]
        self.table[_ROW["same-1"], 1:] = same
        self.table[_ROW["same+1"], :-1] = same
        sums = _sums(self.long)
        for wide in _WIDTHS:
            low, high = np.maximum(self.number - wide, 0), np.minimum(self.number + 1 + wide, n)
            self._put(f"long_past_{wide}", sums[self.number] - sums[low])
            self._put(f"long_ahead_{wide}", sums[high] - sums[self.number + 1])


def _within(least: int, values: Ints, most: int) -> Ints:
    """As `np.clip`, in a third of the time for arrays as short as a page."""
    within: Ints = np.minimum(np.maximum(values, least), most)
    return within


def _sums(values: npt.NDArray[np.generic]) -> Ints:
    """Running sums with a nought before: the sum of a slice is one difference."""
    sums = np.zeros(values.size + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums
