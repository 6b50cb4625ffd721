"""Which live stories a term stands in: an inverted index over the terms of their articles.

An article speaks for its story while it is one of the latest there. That is kept by the article's
number, so that an article moves and is forgotten without a look at its terms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wirecopy.stages.likeness import Exact, Lexicon, Vector, Whole

_MOST_POSTINGS = 4_000  # stories a term stands in; with more it tells nothing
_WEIGHT_BITS = 12  # of an entry; a weight of the index is under 1,000
_WEIGHT = (1 << _WEIGHT_BITS) - 1
_FIRST_SIZE = 1_024
_LEAST_ROOM = 8  # entries of a term


class StoryIndex:
    """Term -> entries, each an article's number and the term's weight in it, packed into one.

    A story is known by its place: a number from 1 on. Entries of forgotten articles are taken out
    as others come, where they are the most.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._entries = _Entries()
        # By number, from the base on. The last cell is that of all numbers below, and empty.
        self._base = 0
        self._places = np.zeros(_FIRST_SIZE, dtype=np.int64)  # 0: speaks for no story
        self._alive = np.zeros(_FIRST_SIZE, dtype=np.bool_)

    # ------------------------------------------------------------ asking

    def sums(self, terms: Whole, factors: Exact) -> Exact:
        """What each story has of these terms, by its place: weights times the term's factor.

        Factors are whole numbers, and sums under 2**53, so that they are exact. Place 0 has none.
        """
        found = self._of(terms)
        if (found.counts > _MOST_POSTINGS).any():
            telling = [self._stories_with(term) <= _MOST_POSTINGS for term in terms]
            factors, found = factors[telling], self._of(terms[telling])
        each = factors.repeat(found.counts) * (found.entries & _WEIGHT)
        sums = np.bincount(self._spoken_for(found.entries), weights=each, minlength=1)
        sums[0] = 0.0
        return sums.astype(np.float64, copy=False)

    def standing(self, terms: Whole, places: Sequence[int]) -> list[list[bool]]:
        """Whether each of these terms stands in the story at each of these places."""
        found = self._of(terms)
        spoken_for = self._spoken_for(found.entries).tolist()
        standing, end = [], 0
        for count in found.counts.tolist():
            start, end = end, end + count
            there = spoken_for[start:end]
            standing.append([place in there for place in places])
        return standing

    def _of(self, terms: Whole) -> _Found:
        self._entries.make_room(len(self._lexicon.words))
        return self._entries.of(terms)

    def _spoken_for(self, entries: Whole) -> Whole:
        places: Whole = self._places.take(self._cells(entries))
        return places

    def _cells(self, entries: Whole) -> Whole:
        cells: Whole = np.maximum((entries >> _WEIGHT_BITS) - self._base, -1)
        return cells

    def _stories_with(self, term: int) -> int:
        return int(np.count_nonzero(np.unique(self._spoken_for(self._entries.of_one(term)))))

    # ------------------------------------------------------------ keeping and forgetting

    def add(self, number: int, vector: Vector, oldest: int) -> None:
        """An article, which speaks for no story yet; `oldest` is the lowest number not forgotten.

        Numbers rise from one article to the next.
        """
        self._reach(number, oldest)
        self._alive[number - self._base] = True
        self._entries.make_room(len(self._lexicon.words))
        terms, weights = vector.text
        for term in self._entries.full(terms):
            entries = self._entries.of_one(term)
            if len(entries) > 2 * self._lexicon.count_of(term):
                entries = entries[self._alive.take(self._cells(entries))]
            self._entries.put(term, entries)
        self._entries.append(terms, (number << _WEIGHT_BITS) + weights)

    def speak(self, number: int, place: int) -> None:
        """From now on an article speaks for the story at that place; for none at 0."""
        self._places[number - self._base] = place

    def forget(self, number: int) -> None:
        """An article is no longer live."""
        self._places[number - self._base] = 0
        self._alive[number - self._base] = False

    def no_more(self, term: int) -> None:
        """No live article has this term now."""
        self._entries.clear(term)

    def _reach(self, number: int, oldest: int) -> None:
        """Makes room for an article's number."""
        if number - self._base < len(self._places) - 1:
            return
        room = max(_FIRST_SIZE, 2 * (number - oldest + 2))
        places, alive = np.zeros(room, dtype=np.int64), np.zeros(room, dtype=np.bool_)
        left = slice(oldest - self._base, len(self._places) - 1)
        kept = left.stop - left.start
        places[:kept], alive[:kept] = self._places[left], self._alive[left]
        self._places, self._alive, self._base = places, alive, oldest


class _Found(NamedTuple):
    entries: Whole  # of the first term, then of the second, ...
    counts: Whole  # by term


class _Entries:
    """The entries of all terms in one array, so that those of dozens are read or added at once.

    A term has a run of cells there, a power of two and some of them empty; it moves to one of twice
    the size when it is full, and the cells it leaves are given to another.
    """

    def __init__(self) -> None:
        self._cells = np.zeros(_FIRST_SIZE, dtype=np.int64)
        self._used = 0
        self._left: defaultdict[int, list[int]] = defaultdict(list)  # by size, where runs begin
        self._starts = np.zeros(0, dtype=np.int64)  # by term
        self._counts = np.zeros(0, dtype=np.int64)
        self._rooms = np.zeros(0, dtype=np.int64)

    def make_room(self, terms: int) -> None:
        """Takes so many terms."""
        if terms > len(self._starts):
            more = np.zeros(max(_FIRST_SIZE, terms), dtype=np.int64)
            self._starts = np.concatenate([self._starts, more])
            self._counts = np.concatenate([self._counts, more])
            self._rooms = np.concatenate([self._rooms, more])

    def of(self, terms: Whole) -> _Found:
        """The entries of these terms, one after the other."""
        counts = self._counts[terms]
        ends = counts.cumsum()
        at = (self._starts[terms] - ends + counts).repeat(counts)
        at += np.arange(len(at))
        return _Found(self._cells.take(at), counts)

    def of_one(self, term: int) -> Whole:
        """The entries of this term."""
        start = self._starts[term]
        return self._cells[start : start + self._counts[term]]

    def full(self, terms: Whole) -> list[int]:
        """Those of these terms that have no empty cell."""
        found: list[int] = terms[self._counts[terms] == self._rooms[terms]].tolist()
        return found

    def append(self, terms: Whole, entries: Whole) -> None:
        """One entry more for each of these terms, which are different and not full."""
        counts = self._counts[terms]
        self._cells[self._starts[terms] + counts] = entries
        self._counts[terms] = counts + 1

    def put(self, term: int, entries: Whole) -> None:
        """A term has these entries and room for as many again."""
        room = max(_LEAST_ROOM, 1 << (2 * len(entries) - 1).bit_length())
        entries = entries.copy()
        if room != self._rooms[term]:
            self.clear(term)
            self._starts[term], self._rooms[term] = self._run(room), room
        start = int(self._starts[term])
        self._cells[start : start + len(entries)] = entries
        self._counts[term] = len(entries)

    def clear(self, term: int) -> None:
        """A term has no entries and no room."""
        if term < len(self._rooms) and self._rooms[term]:
            self._left[int(self._rooms[term])].append(int(self._starts[term]))
            self._counts[term] = self._rooms[term] = 0

    def _run(self, room: int) -> int:
        if self._left[room]:
            return self._left[room].pop()
        start, self._used = self._used, self._used + room
        if self._used > len(self._cells):
            more = np.zeros(max(room, len(self._cells)), dtype=np.int64)
            self._cells = np.concatenate([self._cells, more])
        return start
