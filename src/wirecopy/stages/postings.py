"""Which articles have a shingle: an inverted index that is asked for millions it never met.

Nearly every shingle of a new article is new. So a filter is asked first, and only what it lets
through is looked for: among the latest in a dictionary, among older ones in sorted arrays. A
dictionary alone takes 11 kB an article, the arrays .8 kB. They keep 32 of a hash's 64 bits, beside
the article's number: where six shingles in common are asked for, the odd one by chance is none.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_FRESH = 50_000  # postings kept as a dictionary before they are packed
_PARTS = 4  # no array holds more than one in so many of all postings, ...
_SMALL = 10  # ... unless they are fewer than so many times the fresh ones
_FEW = 4  # hashes of a layer among which one is looked for
_MASK_BITS = 12  # of a hash, that choose its pattern
_SET = 4  # bits of a pattern
_ROOM = 2  # bytes of the filter for each shingle

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Places = NDArray[np.intp]

_NO_NUMBERS: Numbers = np.empty(0, dtype=np.uint32)
_NO_PLACES: Places = np.empty(0, dtype=np.intp)

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
    """What was asked for last."""

    values: tuple[int, ...]
    hashes: Hashes
    met: Hashes  # those that the filter lets through


class Postings:
    """Shingle -> numbers of articles.

    Numbers of articles that have been forgotten may still come back; they go when an array holds
    none but such.
    """

    def __init__(self) -> None:
        # Nearly every shingle stands in one article: its bare number. Several are an array, as the
        # garbage collector would go through lists again and again.
        self._fresh: dict[int, int | array[int]] = {}
        self._added: list[tuple[Hashes, int]] = []  # the same, by article
        self._count = 0
        self._layers: list[_Layer] = []
        self._met = _Met(2 * _FRESH)
        self._latest = _NOTHING_ASKED

    def add(self, values: tuple[int, ...], number: int, known: Collection[int]) -> None:
        """An article with these sorted shingles; `known` are all that are not forgotten."""
        if not self._met.takes(len(values)):
            self._widen(len(values))
        fresh = self._fresh
        again = {value: fresh[value] for value in self._asked(values).tolist() if value in fresh}
        hashes = self._latest.hashes
        fresh.update(dict.fromkeys(values, number))
        for value, there in again.items():
            if isinstance(there, int):
                fresh[value] = array("I", [there, number])
            else:
                there.append(number)
                fresh[value] = there
        self._met.add(hashes)
        self._latest = _NOTHING_ASKED
        self._added.append((hashes, number))
        self._count += len(values)
        if self._count >= _FRESH:
            self._pack(known)

    def find(self, values: tuple[int, ...], *, least: int) -> Found:
        """What was met before of these sorted values; nothing where `least` may not have been."""
        asked = self._asked(values)
        if len(asked) < least:
            return Found(asked[:0], _NO_PLACES, _NO_NUMBERS)
        places: list[int] = []
        numbers: list[int] = []
        for place, value in enumerate(asked.tolist()):
            there = self._fresh.get(value)
            if there is not None:
                found: Sequence[int] = (there,) if isinstance(there, int) else there
                places += [place] * len(found)
                numbers += found
        all_places = [np.array(places, dtype=np.intp)]
        all_numbers = [np.array(numbers, dtype=np.uint32)]
        for layer in self._layers:
            older = layer.find(asked)
            all_places.append(older[0])
            all_numbers.append(older[1])
        return Found(asked, np.concatenate(all_places), np.concatenate(all_numbers))

    def _asked(self, values: tuple[int, ...]) -> Hashes:
        """Those of them that the filter lets through."""
        if values is not self._latest.values:  # an article is asked for, then added
            hashes = np.array(values, dtype=np.uint64)
            self._latest = _Asked(values, hashes, self._met.among(hashes))
        return self._latest.met

    def _widen(self, more: int) -> None:
        """A filter of twice the room for what stands here and so many more."""
        there = [*(layer.entries for layer in self._layers), *(hashes for hashes, _ in self._added)]
        self._met = _Met(2 * (sum(map(len, there)) + more))
        for hashes in there:
            self._met.add(hashes)

    def _pack(self, known: Collection[int]) -> None:
        hashes = np.concatenate([values for values, _ in self._added])
        numbers = np.repeat(
            np.array([number for _, number in self._added], dtype=np.uint32),
            [len(values) for values, _ in self._added],
        )
        self._fresh, self._added, self._count = {}, [], 0
        self._layers = [layer for layer in self._layers if layer.has_any(known)]
        # Layers double in size, so that an article is packed a logarithmic number of times; but
        # not up to one that holds nearly all, as whoever records waits while they are joined.
        joined, size, first = [hashes & _KEPT | numbers], len(hashes), int(numbers[0])
        most = max(
            (size + sum(len(one.entries) for one in self._layers)) // _PARTS, _SMALL * _FRESH
        )
        while self._layers:
            older = self._layers[-1]
            if len(older.entries) > min(2 * size, most - size):
                break
            joined.append(self._layers.pop().entries)
            size, first = size + len(older.entries), older.articles.start
        entries = np.concatenate(joined)
        entries.sort()
        self._layers.append(_Layer(entries, range(first, int(numbers[-1]) + 1)))


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

    def add(self, hashes: Hashes) -> None:
        self._room -= len(hashes)
        np.bitwise_or.at(self._words, hashes >> self._shift, _patterns(hashes))

    def among(self, asked: Hashes) -> Hashes:
        """Those that may have been met, in their order."""
        wanted = _patterns(asked)
        there: NDArray[np.bool_] = self._words[asked >> self._shift] & wanted == wanted
        return asked[there]


def _patterns(hashes: Hashes) -> Hashes:
    patterns: Hashes = _PATTERNS[hashes >> _HALF & _LOW]
    return patterns


def _every_pattern() -> Hashes:
    """Four bits each, drawn once for all."""
    chance = np.random.default_rng(1970)
    bits = chance.integers(0, 64, (1 << _MASK_BITS, _SET), dtype=np.uint64)
    patterns: Hashes = np.bitwise_or.reduce(_ONE << bits, axis=1)
    return patterns


_PATTERNS = _every_pattern()
_NOTHING_ASKED = _Asked((), np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.uint64))
