"""How alike two articles are: counted terms, the rarer the more telling, and their cosine.

Terms have numbers and articles are arrays of them, so that an article is held against dozens at
once. Counts and weights are whole numbers: sums do not depend on the order they are made in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wirecopy.model import Features

_SCALE = 100  # weights are kept in hundredths
_UNSEEN = 1_000  # articles imagined before the first, so that early counts do not decide alone
TAG_BITS = 2  # of a tag, that tell its view
_WEIGHT_BITS = 16  # of an entry; a sum of twenty is under 20,000
_WEIGHT = (1 << _WEIGHT_BITS) - 1
_TERM = TAG_BITS + _WEIGHT_BITS
_FIRST_SIZE = 1_024

VIEWS = 3  # title and lead, title, names
_TITLE, _NAMES = 1 << _WEIGHT_BITS, 2 << _WEIGHT_BITS  # these views, in an entry
_EVERY_VIEW = (1 << TAG_BITS) - 1
Whole = NDArray[np.int64]
Exact = NDArray[np.float64]  # whole numbers under 2**53: sums and products of them are exact
Likeness = NDArray[np.float64]  # (n, VIEWS), 0..1


class Vector(NamedTuple):
    """What an article, or the sum of some, is compared by: three views, one after the other.

    Each entry is a tag and a weight in the bits below it; a tag is a term's number and its view.
    The weight tells how often the term stands there, in hundredths; it is 1 for titles and names.
    Each view begins with a term of no number and no weight, so that none is empty.
    """

    entries: Whole
    title: int  # where this view begins
    names: int  # and this one

    @property
    def tags(self) -> Whole:
        """The terms' numbers and views."""
        return self.entries >> _WEIGHT_BITS

    @property
    def text(self) -> tuple[Whole, Whole]:
        """The numbers of the terms of title and lead, in the order of the terms, and weights."""
        entries = self.entries[1 : self.title]
        return entries >> _TERM, entries & _WEIGHT


def words_of(names: Iterable[str]) -> dict[str, None]:
    """The words of all these names by which they are compared, in order."""
    words = dict.fromkeys(" ".join(names).lower().split(" "))
    for letter in [word for word in words if len(word) < 2]:
        del words[letter]
    return words


def name_words(name: str) -> set[str]:
    """The words of a name by which it is compared."""
    return {word for word in name.lower().split(" ") if len(word) > 1}


class Lexicon:
    """The terms of the live articles: their numbers, and how many live articles have each.

    A number is given anew once no live article has its term.
    """

    def __init__(self) -> None:
        self.words: list[str] = [""]  # by number; none has number 0
        self._numbers: dict[str, int] = {"": 0}
        self._free: list[int] = []
        self._counts = np.zeros(_FIRST_SIZE, dtype=np.int64)
        self._logs = np.full(_FIRST_SIZE, _logs_to(0)[0])  # of the counts, in hundredths
        self._mine = np.zeros(_FIRST_SIZE << TAG_BITS, dtype=np.int16)  # of the one at hand, by tag
        self._articles = 0

    # ------------------------------------------------------------ articles come and go

    def read(self, features: Features) -> Vector:
        """The vector of an article; its terms have numbers until `drop` or `count` take them."""
        text, weights = zip(*features.terms, strict=True) if features.terms else ((), ())
        title, names = features.title_terms, words_of(features.names)
        terms = ("", *text, "", *title, "", *names)
        known = [*map(self._numbers.get, terms)]
        numbers = [
            self._number(term) if number is None else number
            for term, number in zip(terms, known, strict=True)
        ]
        titles = len(text) + 1
        named = titles + len(title) + 1
        entries = np.array(numbers, dtype=np.int64) << _TERM
        entries[1:titles] += np.rint(_SCALE * np.array(weights)).astype(np.int64)
        entries[titles:named] += _TITLE + 1
        entries[titles] -= 1
        entries[named:] += _NAMES + 1
        entries[named] -= 1
        return Vector(entries, titles, named)

    def count(self, vector: Vector, sign: int, forgotten: Callable[[int], None]) -> None:
        """A live article more or less; `forgotten` hears of the terms that no live one has now."""
        numbers = _distinct(vector)
        self._articles += sign
        counts = self._counts[numbers] + sign
        self._counts[numbers] = counts
        self._logs[numbers] = _logs_to(self._articles)[counts]
        if sign < 0:
            self._release(numbers[counts == 0], forgotten)

    def drop(self, vector: Vector) -> None:
        """Take back the numbers of terms that only an article has which was never counted."""
        numbers = _distinct(vector)
        self._release(numbers[self._counts[numbers] == 0], lambda _: None)

    def count_of(self, number: int) -> int:
        """How many live articles have this term."""
        return int(self._counts[number])

    def _number(self, term: str) -> int:
        known = self._numbers.get(term)
        if known is not None:
            return known
        if self._free:
            number = self._free.pop()
            self.words[number] = term
        else:
            number = len(self.words)
            self.words.append(term)
            if number >= len(self._counts):
                self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
                self._logs = np.concatenate([self._logs, np.full_like(self._logs, _logs_to(0)[0])])
                self._mine = np.concatenate([self._mine, np.zeros_like(self._mine)])
        self._numbers[term] = number
        return number

    def _release(self, numbers: Whole, forgotten: Callable[[int], None]) -> None:
        for number in numbers.tolist():
            del self._numbers[self.words[number]]
            self.words[number] = ""
            self._free.append(number)
            forgotten(number)

    # ------------------------------------------------------------ comparing

    def rarity(self, numbers: Whole) -> Exact:
        """How telling terms are: the rarer among live articles, the more (IDF, in hundredths)."""
        return round(_SCALE * math.log(self._articles + _UNSEEN)) - self._logs[numbers]

    def compare(self, mine: Vector, others: Sequence[Vector]) -> Likeness:
        """The cosine of each view with the same of each other, terms weighted by their rarity."""
        # The article is held against itself first, which gives the squares of its lengths.
        entries = np.concatenate([mine.entries, *[other.entries for other in others]])
        numbers, weights, tags = entries >> _TERM, entries & _WEIGHT, entries >> _WEIGHT_BITS
        starts = (weights == 0).nonzero()[0]
        rarity = self.rarity(numbers)
        weighed = weights * rarity
        own = tags[: len(mine.entries)]
        self._mine[own] = weights[: len(own)]
        products = np.add.reduceat(self._mine[tags] * weighed * rarity, starts)
        self._mine[own] = 0
        lengths = np.sqrt(np.add.reduceat(weighed * weighed, starts)).reshape(-1, VIEWS)
        both = lengths[1:] * lengths[0]
        cosines: Likeness = products.reshape(-1, VIEWS)[1:] / np.maximum(both, _LEAST)
        return cosines

    # ------------------------------------------------------------ telling what is shared

    def held(self, mine: Vector, others: Sequence[Vector]) -> NDArray[np.bool_]:
        """Which of the article's tags any of the others has, too."""
        theirs = np.concatenate([other.entries for other in others]) >> _WEIGHT_BITS
        self._mine[theirs] = 1
        found: NDArray[np.bool_] = self._mine[mine.tags] == 1
        self._mine[theirs] = 0
        return found


def summed(vectors: Sequence[Vector]) -> Vector:
    """The sum of some vectors, one at least."""
    entries = np.concatenate([vector.entries for vector in vectors])
    views = entries >> _WEIGHT_BITS & _EVERY_VIEW
    keys, places = np.unique((views << 60) + (entries >> _WEIGHT_BITS), return_inverse=True)
    sums = np.bincount(places, weights=entries & _WEIGHT).astype(np.int64)
    title, names = np.searchsorted(keys, [1 << 60, 2 << 60]).tolist()
    return Vector(((keys & ((1 << 60) - 1)) << _WEIGHT_BITS) + sums, title, names)


def _distinct(vector: Vector) -> Whole:
    """The numbers of a vector's terms, each once, in order."""
    numbers = np.sort(vector.entries >> _TERM)  # the first is that of no term
    found: Whole = numbers[1:][numbers[1:] != numbers[:-1]]
    return found


def _logs_to(most: int) -> Exact:
    """The logarithms of the counts up to this one and more, in hundredths, rounded."""
    return _logs_of((most + 1).bit_length())


@lru_cache(maxsize=32)
def _logs_of(bits: int) -> Exact:
    counts = max(_FIRST_SIZE, 1 << bits)
    found = (float(round(_SCALE * math.log(count + 0.5))) for count in range(counts))
    return np.fromiter(found, dtype=np.float64, count=counts)


_LEAST = 1e-9  # under any length but that of nothing
