"""What the block scorer is told of each block of a page: a column of numbers a block.

Counted by arrays over the rows of `blocks`: of itself (length, links, tag, names), of the elements
around it (their share of the page's text, what they are called), of its neighbours, of the blocks
that are marked up alike, and of what the page's own data says (headline, description, articleBody).
Counts are whole numbers and shares are their quotients, so that every machine gets the same table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

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
)

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the page's own data says, for comparison: claims, any may be missing."""

    titles: Sequence[str] = ()
    description: str = ""
    body: str = ""  # JSON-LD articleBody
    authors: Sequence[str] = ()


_LONG = 65  # letters outside links: a paragraph, not a headline or a label
_HEAD = 60  # characters: how a block begins
_LEVELS = ("own", "parent", "grand", "great", "greater")  # the elements around it, outwards
_TOLD = """p div li td h1 h2 h3 h4 h5 h6 figcaption blockquote section article header footer
    ul ol dd dt figure aside main nav form body address pre th caption center summary"""
_TAG_CODE = {tag: number for number, tag in enumerate(_TOLD.split(), 1)}
_TOLD_TAGS = ("p", "div", "li", "h1", "h2", "h3", "figcaption")
_STEPS = (-3, -2, -1, 1, 2, 3)
_WIDTHS = (4, 10)
_NAMED = ("own", "parent", "grand", "above")

_SINGLE = """
    size words commas stops ends ends_colon upper_first all_upper quoted lead_more lead_by
    has_address has_terms has_offer has_time bar
    word_size linked links bold slanted repeated tag_own tag_parent tag_grand depth
    page_size page_long page_blocks
    alike_own alike_long_own alike_many_own alike_size_own
    alike_pair alike_long_pair alike_many_pair alike_size_pair
    place text_before long_before long_after
    in_best in_around from_best to_best_end depth_below_best best_share direct_of_best child_of_best
    from_first_long to_last_long from_h1 h1s headings_before
    pictures_own pictures_parent pictures_grand
    is_title in_title is_description in_body is_author has_body"""
# The rows of the table in their order; some are written several at once.
FEATURES = _SINGLE.split()
FEATURES += [f"tag_is_{tag}" for tag in _TOLD_TAGS]
FEATURES += [
    f"{what}_{level}"
    for level in _LEVELS
    for what in ("share", "long", "links", "paragraphs", "dense", "many")
]
FEATURES += [f"{what}{step:+d}" for what in ("size", "linked", "tag", "long") for step in _STEPS]
FEATURES += ["same-1", "same+1"]
FEATURES += [f"long_{way}_{wide}" for wide in _WIDTHS for way in ("past", "ahead")]
FEATURES += [f"{level}:{name}" for level in _NAMED for name in NAMES]
_ROW = {name: number for number, name in enumerate(FEATURES)}

_ENDS = frozenset(".!?。！？…।؟۔\"”“»’')]")
_QUOTES = frozenset("\"“„«‘»「『'")
# Words are looked for in lower case: a pattern that folds by itself takes ten times as long.
_MORE = re.compile(
    "read |more|see also|also |related|mehr |lesen|lees |leia|lea |lire |leggi|читайте|ver |watch|"
    "listen|click|tap |don't miss|lue |läs|les |baca|follow|subscribe|sign |share|tweet|download|"
    "advert|anzeige|publicidad|comment|posted|published|updated|last |tags?\\b|topics?\\b|filed|"
    "categor|loading|skip|menu|search|home|login|log in|register|newsletter|copyright|all rights"
)
_BY = re.compile("by |by:|von |por |par |di |text:|door |av |af |от |автор|written by")
_ADDRESS = re.compile(r"@\w|https?:|www\.|\.com\b")
_TERMS = re.compile(
    "cookie|privacy|consent|terms of|gdpr|datenschutz|einwilligung|confidentialit|privacid|"
    "privatsphäre|personvern|integritet|prywatno|конфиденциал|all rights reserved|copyright|©|"
    "隐私|プライバシー|개인정보"
)
_OFFER = re.compile(
    "newsletter|inbox|subscri|sign up|signing up|sign in|log in|abonn|suscri|inscri|assina|"
    "probeabo|download the app|our app|whatsapp|telegram|follow us|google news|e-mail address|"
    "email address|подпис|メルマガ|会員|订阅|구독"
)
_TIME = re.compile(r"\d{1,2}[:.h]\d\d|(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d\d")
_SEARCHED = 240  # characters of a block
_NO_LETTERS = str.maketrans("", "", " \t\n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”„‘’‚«»‹›–—…·•\u00a0")


def folded(text: str) -> str:
    """Lower case without spaces and marks: how claims and blocks are compared."""
    return text.lower().translate(_NO_LETTERS)


def features(page: Blocks, said: Said) -> Floats:
    """(features, blocks), in the order of `FEATURES`; the page has at least one block."""
    return _Counting(page, said).table


class _Counting:
    """The table as it is filled, and what several parts of it are counted from."""

    def __init__(self, page: Blocks, said: Said) -> None:
        n = len(page)
        self.table = np.zeros((len(FEATURES), n), np.float32)
        self.number = np.arange(n)
        counts, elements = _columns(page.counts), _columns(page.elements)
        self.first, self.last = elements[FIRST], elements[LAST]
        self.parent, self.depth, self.name = elements[PARENT], elements[DEPTH], elements[NAME]
        self.element = counts[ELEMENT]
        self.around = [self.element]
        for _ in _LEVELS[1:]:
            self.around.append(self.parent[self.around[-1]])
        tags = [_TAG_CODE.get(name.tag, 0) for name in page.names]
        self.tag = np.array(tags, np.int64)[self.name]
        self._text(page.text)
        self.linked = np.minimum(counts[LINKED], self.size)
        self.plain = self.size - self.linked
        self.long = np.where(self.plain >= _LONG, self.plain, 0)
        self._put("word_size", self.size / self.words)
        self._put("linked", self.linked / self.size)
        self._put("links", counts[LINKS])
        self._put("bold", counts[BOLD] / self.size)
        self._put("slanted", counts[SLANTED] / self.size)
        self._names(page, elements[ABOVE])
        self._shares()
        self._alike()
        self._places(elements[PICTURES])
        self._claims(page.text, said)
        self._neighbours()

    def _put(self, name: str, values: npt.ArrayLike) -> None:
        self.table[_ROW[name]] = values

    def _text(self, text: list[str]) -> None:
        """What only a look at the words tells."""
        seen: dict[str, int] = {}
        rows: list[tuple[int, ...]] = []
        for one in text:
            seen[one] = seen.get(one, 0) + 1
            low = one[:_SEARCHED].lower()
            head = low[:_HEAD]
            spaces = one.count(" ")
            last = one[-1]
            rows.append(
                (
                    len(one) - spaces,
                    spaces + 1,
                    one.count(",") + one.count("、") + one.count("،"),
                    one.count(". ") + one.count("。") + one.count("? ") + one.count("! "),
                    last in _ENDS,
                    last in ":：",
                    one[0].isupper(),
                    one.isupper(),
                    one[0] in _QUOTES,
                    _MORE.match(low) is not None,
                    _BY.match(low) is not None,
                    _ADDRESS.search(low) is not None,
                    _TERMS.search(low) is not None,
                    _OFFER.search(low) is not None,
                    _TIME.search(head) is not None,
                    "|" in head,
                )
            )
        told = _columns(rows)
        self.size, self.words = told[0], told[1]
        first = _ROW["size"]
        self.table[first : first + len(told)] = told
        self._put("repeated", [seen[one] for one in text])

    def _names(self, page: Blocks, above: Ints) -> None:
        """What the elements are called, a row for each bit."""
        marks = np.array([name.marks for name in page.names], np.int64)[self.name]
        shifts = np.arange(len(NAMES))[:, None]
        own, parent, grand = self.around[:3]
        first = _ROW[f"own:{NAMES[0]}"]
        for bits in (marks[own], marks[parent], marks[grand], above[grand]):
            self.table[first : first + len(NAMES)] = (bits >> shifts) & 1
            first += len(NAMES)
        for level, where in zip(_LEVELS[:3], self.around, strict=False):
            self._put(f"tag_{level}", self.tag[where])
        for tag in _TOLD_TAGS:
            self._put(f"tag_is_{tag}", self.tag[own] == _TAG_CODE[tag])
        self._put("depth", self.depth[own])

    def _shares(self) -> None:
        """Of the elements around a block: how much of the page's text, and how linked that is."""
        size, long = _sums(self.size), _sums(self.long)
        linked, many = _sums(self.linked), _sums(self.long > 0)
        whole, whole_long = max(size[-1], 1), max(long[-1], 1)
        self._put("page_size", whole)
        self._put("page_long", whole_long / whole)
        self._put("page_blocks", self.number.size)
        row = _ROW["share_own"]
        for where in self.around:
            a, b = self.first[where], self.last[where]
            sized = size[b] - size[a]
            longer = long[b] - long[a]
            sized_or_1 = np.maximum(sized, 1)
            self.table[row : row + 6] = (
                sized / whole,
                longer / whole_long,
                (linked[b] - linked[a]) / sized_or_1,
                many[b] - many[a],
                longer / sized_or_1,
                b - a,
            )
            row += 6

    def _alike(self) -> None:
        """How much of the page's text stands in blocks that are marked up alike."""
        whole, whole_long = max(int(self.plain.sum()), 1), max(int(self.long.sum()), 1)
        own = self.name[self.element]
        pair = own * (int(self.name.max()) + 1) + self.name[self.around[1]]
        self.signature = own
        for level, signature in (("own", own), ("pair", pair)):
            many = np.bincount(signature)
            row = _ROW[f"alike_{level}"]
            self.table[row : row + 4] = np.array(
                (
                    np.bincount(signature, self.plain) / whole,
                    np.bincount(signature, self.long) / whole_long,
                    many,
                    np.bincount(signature, self.size) / np.maximum(many, 1),
                )
            )[:, signature]

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
        self._put("from_best", np.clip(number - self.first[best], -30, 60))
        self._put("to_best_end", np.clip(self.last[best] - number, -60, 30))
        below = self.depth[self.element] - self.depth[best]
        self._put("depth_below_best", np.clip(below, -8, 8))
        self._put("best_share", share)
        self._put("direct_of_best", self.element == best)
        self._put("child_of_best", self.parent[self.element] == best)
        paragraphs = np.flatnonzero(self.long)
        start, end = (paragraphs[0], paragraphs[-1]) if paragraphs.size else (0, n)
        self._put("from_first_long", np.clip(number - start, -20, 40))
        self._put("to_last_long", np.clip(end - number, -20, 40))
        tags = self.tag[self.element]
        h1 = np.flatnonzero(tags == _TAG_CODE["h1"])
        self._put("from_h1", np.clip(number - h1[0], -20, 60) if h1.size else -30)
        self._put("h1s", h1.size)
        self._put(
            "headings_before", np.cumsum((tags >= _TAG_CODE["h2"]) & (tags <= _TAG_CODE["h6"]))
        )
        for level, where in zip(_LEVELS[:3], self.around, strict=False):
            self._put(f"pictures_{level}", np.minimum(pictures[where], 9))

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

    def _claims(self, text: list[str], said: Said) -> None:
        titles = {one for one in map(folded, said.titles) if one}
        every_title = "\n".join(titles)
        opens = folded(said.description[:200])[:_HEAD]
        told = len(opens) > 25
        body = folded(said.body)
        known = len(body) > 200
        authors = [one for one in map(folded, said.authors) if len(one) > 4]
        rows: list[tuple[int, ...]] = []
        for one in text:
            small = folded(one[:100])[:80]
            rows.append(
                (
                    small in titles,
                    len(small) > 3 and small in every_title,
                    told
                    and len(small) > 25
                    and (small.startswith(opens) or opens.startswith(small[:_HEAD])),
                    (1 if small in body else -1) if known else 0,
                    len(one) < 100 and any(author in small for author in authors),
                )
            )
        row = _ROW["is_title"]
        self.table[row : row + 5] = _columns(rows)
        self._put("has_body", min(len(body), 20_000) / 1000)

    def _neighbours(self) -> None:
        n = self.number.size
        row = _ROW[f"size{_STEPS[0]:+d}"]
        for values, outside in (
            (self.size, 0),
            (self.linked / self.size, -1),
            (self.tag[self.element], -1),
            (self.long > 0, -1),
        ):
            padded = np.full(n + 6, outside, np.float32)
            padded[3:-3] = values
            for step in _STEPS:
                self.table[row] = padded[3 + step : 3 + step + n]
                row += 1
        same = self.signature[1:] == self.signature[:-1]
        self.table[_ROW["same-1"], 1:] = same
        self.table[_ROW["same+1"], :-1] = same
        sums = _sums(self.long)
        for wide in _WIDTHS:
            low, high = np.maximum(self.number - wide, 0), np.minimum(self.number + 1 + wide, n)
            self._put(f"long_past_{wide}", sums[self.number] - sums[low])
            self._put(f"long_ahead_{wide}", sums[high] - sums[self.number + 1])


def _sums(values: npt.NDArray[np.generic]) -> Ints:
    """Running sums with a nought before: the sum of a slice is one difference."""
    sums = np.zeros(values.size + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def _columns(rows: Sequence[Sequence[int]]) -> Ints:
    """Rows of whole numbers as columns, in half the time that `np.array` takes."""
    flat = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * len(rows[0]))
    return flat.reshape(len(rows), -1).T
