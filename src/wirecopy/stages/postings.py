"""Which articles have a shingle: an inverted index that is asked for millions it never met.

Nearly every shingle of a new article is new. So a filter is asked first, and only where it lets
enough through is anything looked for, in sorted arrays. Arrays take .8 kB an article, a dictionary
would take 11 and be filled four times as slowly. They keep 32 of a hash's 64 bits, beside the
article's number: where six shingles in common are asked for, the odd one by chance is none.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wirecopy.stages.shingles import Hashes, hashes_of

_FRESH = 4_000  # postings kept by article before they are packed; sorted when they are asked for
_GROWTH = 2  # an array is joined with a younger one until it is over so many times as large
_PARTS = 4  # no array holds more than one in so many of all postings, ...
_SMALL = 500_000  # ... unless they are fewer
_FEW = 4  # hashes of a layer among which one is looked for
_MASK_BITS = 12  # of a hash, that choose its pattern
_SET = 4  # bits of a pattern
_ROOM = 2  # bytes of the filter for each shingle
_LEAST_ROOM = 100_000  # shingles that the first filter has room for

Numbers = NDArray[np.uint32]
Places = NDArray[np.intp]

_NO_NUMBERS: Numbers = np.empty(0, dtype=np.uint32)
_NO_PLACES: Places = np.empty(0, dtype=np.intp)
_NO_ENTRIES: Hashes = np.empty(0, dtype=np.uint64)

_ONE, _HALF = np.uint64(1), np.uint64(32)
_NUMBERS = np.uint64(1 << 32)
_KEPT = ~(_NUMBERS - _ONE)  # bits of a hash
_LOW = np.uint64((1 << _MASK_BITS) - 1)


class Found(NamedTuple):
    """Where shingles stand that were asked for: for each posting one place and one number."""

    hashes: Hashes  # (n,) that may stand somewhere
    places: Places  # (m,) in `hashes`
    numbers: Numbers  # (m,) of articles


class _Asked(NamedTuple):
    """Shingles on their way to one filter, and where that tells of them."""

    hashes: Hashes
    cells: Places  # words of the filter
    patterns: Hashes  # bits of these


class Postings:
    """Shingle -> numbers of articles.

    Numbers of articles that have been forgotten may still come back; they go when an array holds
    none but such.
    """

    def __init__(self) -> None:
        self._fresh: list[Hashes] = []  # entries by article
        self._articles = range(0)  # their numbers
        self._count = 0
        self._sorted: _Layer | None = None  # of all fresh entries, once they were asked for
        self._layers: list[_Layer] = []
        self._met = _Met(_LEAST_ROOM)
        self._latest = b""  # what was asked for last
        self._asked = self._met.asked(_NO_ENTRIES)

    def add(self, shingles: bytes, number: int, known: Collection[int]) -> None:
        """An article with these sorted shingles; `known` are all that are not forgotten.

        Numbers rise from one article to the next.
        """
        asked = self._ask(shingles)
        if not self._met.takes(len(asked.hashes)):
            self._widen(len(asked.hashes))
            asked = self._ask(shingles)
        self._met.add(asked)
        self._articles = range(self._articles.start if self._fresh else number, number + 1)
        self._fresh.append(asked.hashes & _KEPT | np.uint64(number))
        self._sorted = None
        self._count += len(asked.hashes)
        if self._count >= _FRESH:
            self._pack(known)

    def find(self, shingles: bytes, *, least: int) -> Found:
        """What was met before of these sorted ones; nothing where `least` may not have been."""
        met = self._met.among(self._ask(shingles))
        if len(met) < least:
            return Found(met[:0], _NO_PLACES, _NO_NUMBERS)
        layers = [*self._layers, self._of_fresh()]
        places, numbers = zip(*[layer.find(met) for layer in layers], strict=True)
        return Found(met, np.concatenate(places), np.concatenate(numbers))

    def _ask(self, shingles: bytes) -> _Asked:
        if shingles is not self._latest:  # an article is asked for, then added
            self._latest, self._asked = shingles, self._met.asked(hashes_of(shingles))
        return self._asked

    def _widen(self, more: int) -> None:
        """A filter of twice the room for what stands here and so many more."""
        there = [*(layer.entries for layer in self._layers), *self._fresh]
        self._met = _Met(2 * (sum(map(len, there)) + more))
        for entries in there:
            self._met.add(self._met.asked(entries))
        self._latest, self._asked = b"", self._met.asked(_NO_ENTRIES)

    def _of_fresh(self) -> _Layer:
        if self._sorted is None:
            self._sorted = _layer([*self._fresh, _NO_ENTRIES], self._articles)
        return self._sorted

    def _pack(self, known: Collection[int]) -> None:
        self._layers = [layer for layer in self._layers if layer.has_any(known)]
        # Layers grow by a factor, so that an article is packed a logarithmic number of times; but
        # not up to one that holds nearly all, as whoever records waits while they are joined.
        joined, size, first = self._fresh, self._count, self._articles.start
        whole = size + sum(len(one.entries) for one in self._layers)
        most = max(whole // _PARTS, _SMALL)
        while self._layers:
            older = self._layers[-1]
            if len(older.entries) > min(_GROWTH * size, most - size):
                break
            joined.append(self._layers.pop().entries)
            size, first = size + len(older.entries), older.articles.start
        self._layers.append(_layer(joined, range(first, self._articles.stop)))
        self._fresh, self._count, self._sorted = [], 0, None


def _layer(parts: list[Hashes], articles: range) -> _Layer:
    entries = np.concatenate(parts)
    entries.sort()
    return _Layer(entries, articles)


class _Layer:
    """Entries in order; none is ever added. The upper half is of a hash, the lower a number."""

    def __init__(self, entries: Hashes, articles: range) -> None:
        self.entries = entries
        self.articles = articles  # their numbers
        # Hashes are spread evenly: by its highest bits, one stands among a few.
        bits = max(1, (len(entries) // _FEW).bit_length())
        self._shift = np.uint64(64 - bits)
        counts = np.bincount((entries >> self._shift).view(np.int64), minlength=1 << bits)
        self._starts = np.zeros(len(counts) + 1, dtype=np.uint32)
        np.cumsum(counts, out=self._starts[1:])

    def has_any(self, known: Collection[int]) -> bool:
        """Whether an article of these stands here."""
        return any(number in known for number in self.articles)

    def find(self, asked: Hashes) -> tuple[Places, Numbers]:
        """The places of those that stand here, and the number of an article for each place."""
        near = (asked >> self._shift).astype(np.intp)
        starts = self._starts[near].astype(np.intp)
        counts = self._starts[near + 1] - starts
        ends = np.cumsum(counts)
        at = np.repeat(starts - ends + counts, counts) + np.arange(ends[-1])
        places = np.repeat(np.arange(len(asked)), counts)
        near_by = self.entries[at]
        there = (near_by ^ asked[places]) < _NUMBERS
        return places[there], near_by[there].astype(np.uint32)


class _Met:
    """Which shingles may have been met: a Bloom filter (1970) in blocks of a word.

    Each sets four bits of one 64-bit word, so that it takes one look at memory (Putze, Sanders and
    Singler 2007). At two bytes a shingle and more, at most one in a hundred of those never met is
    taken for one that was.
    """

    def __init__(self, room: int) -> None:
        words = 1 << max(6, (room * _ROOM // 8 - 1).bit_length())
        self._words = np.zeros(words, dtype=np.uint64)
        self._shift = np.uint64(64 - words.bit_length() + 1)
        self._room = words * 8 // _ROOM

    def takes(self, count: int) -> bool:
        """Whether so many more can be told apart as well."""
        return count <= self._room

    def asked(self, hashes: Hashes) -> _Asked:
        """Where this filter tells of these, whose upper halves are looked at alone."""
        patterns = _PATTERNS.take((hashes >> _HALF & _LOW).view(np.int64))
        return _Asked(hashes, (hashes >> self._shift).view(np.int64), patterns)

    def add(self, asked: _Asked) -> None:
        self._room -= len(asked.hashes)
        np.bitwise_or.at(self._words, asked.cells, asked.patterns)

    def among(self, asked: _Asked) -> Hashes:
        """Those that may have been met, in their order."""
        there: NDArray[np.bool_] = self._words.take(asked.cells) & asked.patterns == asked.patterns
        return asked.hashes[there]


def _every_pattern() -> Hashes:
    """Four bits each, drawn once for all."""
    chance = np.random.default_rng(1970)
    bits = chance.integers(0, 64, (1 << _MASK_BITS, _SET), dtype=np.uint64)
    patterns: Hashes = np.bitwise_or.reduce(_ONE << bits, axis=1)
    return patterns


_PATTERNS = _every_pattern()
