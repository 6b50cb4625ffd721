"""How alike two articles are: counted terms, the rarer the more telling, and their cosine.

Terms have numbers and articles are arrays of them, so that an article is held against dozens at
once. Counts and weights are whole numbers: sums do not depend on the order they are made in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wirecopy.model import Features

_SCALE = 100  # weights are kept in hundredths
_UNSEEN = 1_000  # articles imagined before the first, so that early counts do not decide alone
TAG_BITS = 2  # of a tag, that tell its view
_FIRST_SIZE = 1_024

VIEWS = 3  # title and lead, title, names
Whole = NDArray[np.int64]
Likeness = tuple[float, float, float]  # of each view, 0..1


@dataclass(frozen=True, slots=True)
class Vector:
    """What an article, or the sum of some, is compared by: three views, one after the other.

    A tag is a term's number and its view. Each view begins with a term of no weight, so that none
    is empty.
    """

    tags: Whole
    weights: Whole  # how often the term stands there, in hundredths; 1 for titles and names
    sizes: Whole  # of the three views

    @property
    def text(self) -> tuple[Whole, Whole]:
        """The numbers of the terms of title and lead, in the order of the terms, and weights."""
        end = int(self.sizes[0])
        return self.tags[1:end] >> TAG_BITS, self.weights[1:end]


@lru_cache(maxsize=32_768)
def name_words(name: str) -> frozenset[str]:
    """The words of a name by which it is compared."""
    return frozenset([word for word in name.lower().split(" ") if len(word) > 1])


class Lexicon:
    """The terms of the live articles: their numbers, and how many live articles have each.

    A number is given anew once no live article has its term.
    """

    def __init__(self) -> None:
        self.words: list[str] = [""]  # by number; none has number 0
        self._numbers: dict[str, int] = {}
        self._free: list[int] = []
        self._counts = np.zeros(_FIRST_SIZE, dtype=np.int64)
        self._mine = np.zeros(_FIRST_SIZE << TAG_BITS, dtype=np.int64)  # of the one at hand, by tag
        self._logs = _logs(_FIRST_SIZE)
        self._articles = 0

    # ------------------------------------------------------------ articles come and go

    def read(self, features: Features) -> Vector:
        """The vector of an article; its terms have numbers until `drop` or `count` take them."""
        names = sorted(frozenset().union(*map(name_words, features.names)))
        text = sorted(features.terms)
        terms = [term for term, _ in text]
        tags = [0, *self._numbers_of(terms), 0, *self._numbers_of(features.title_terms), 0]
        tags += self._numbers_of(names)
        sizes = np.array([len(terms) + 1, len(features.title_terms) + 1, len(names) + 1])
        weights = np.ones(len(tags), dtype=np.int64)
        weights[1 : len(terms) + 1] = [_hundredths(weight) for _, weight in text]
        weights[_starts(sizes)] = 0
        return Vector(
            tags=(np.array(tags, dtype=np.int64) << TAG_BITS) + np.repeat(_EACH_VIEW, sizes),
            weights=weights,
            sizes=sizes,
        )

    def count(self, vector: Vector, sign: int, forgotten: Callable[[int], None]) -> None:
        """A live article more or less; `forgotten` hears of the terms that no live one has now."""
        numbers = _distinct(vector)
        self._counts[numbers] += sign
        self._articles += sign
        if self._articles >= len(self._logs):
            self._logs = _logs(2 * len(self._logs))
        if sign < 0:
            self._release(numbers, forgotten)

    def drop(self, vector: Vector) -> None:
        """Take back the numbers of terms that only an article has which was never counted."""
        self._release(_distinct(vector), lambda _: None)

    def count_of(self, number: int) -> int:
        """How many live articles have this term."""
        return int(self._counts[number])

    def _numbers_of(self, terms: Sequence[str]) -> list[int]:
        known = self._numbers
        return [known.get(term) or self._number(term) for term in terms]

    def _number(self, term: str) -> int:
        if self._free:
            number = self._free.pop()
            self.words[number] = term
        else:
            number = len(self.words)
            self.words.append(term)
            if number >= len(self._counts):
                self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
                self._mine = np.concatenate([self._mine, np.zeros_like(self._mine)])
        self._numbers[term] = number
        return number

    def _release(self, numbers: Whole, forgotten: Callable[[int], None]) -> None:
        for number in numbers[self._counts[numbers] == 0].tolist():
            del self._numbers[self.words[number]]
            self.words[number] = ""
            self._free.append(number)
            forgotten(number)

    # ------------------------------------------------------------ comparing

    def rarity(self, numbers: Whole) -> Whole:
        """How telling terms are: the rarer among live articles, the more (IDF, in hundredths)."""
        most = round(_SCALE * math.log(self._articles + _UNSEEN))
        return most - self._logs[self._counts[numbers]]

    def compare(self, mine: Vector, others: Sequence[Vector]) -> list[Likeness]:
        """The cosine of each view with the same of each other, terms weighted by their rarity."""
        if not others:
            return []
        # The article is held against itself first, which gives the squares of its lengths.
        vectors = [mine, *others]
        tags = np.concatenate([vector.tags for vector in vectors])
        weights = np.concatenate([vector.weights for vector in vectors])
        starts = _starts(np.concatenate([vector.sizes for vector in vectors]))
        rarity = self.rarity(tags >> TAG_BITS)
        weighed = weights * rarity
        self._mine[mine.tags] = mine.weights
        products = np.add.reduceat(self._mine[tags] * weighed * rarity, starts).tolist()
        self._mine[mine.tags] = 0
        squares = np.add.reduceat(weighed * weighed, starts).tolist()
        found = [
            product / math.sqrt(length * square) if product else 0.0
            for product, square, length in zip(
                products[VIEWS:], squares[VIEWS:], squares[:VIEWS] * len(others), strict=True
            )
        ]
        text, title, names = found[::VIEWS], found[1::VIEWS], found[2::VIEWS]
        return list(zip(text, title, names, strict=True))

    # ------------------------------------------------------------ telling what is shared

    def held(self, mine: Vector, others: Sequence[Vector]) -> NDArray[np.bool_]:
        """Which of the article's tags any of the others has, too."""
        theirs = np.concatenate([other.tags for other in others])
        self._mine[theirs] = 1
        found: NDArray[np.bool_] = self._mine[mine.tags] == 1
        self._mine[theirs] = 0
        return found


def summed(vectors: Sequence[Vector]) -> Vector:
    """The sum of some vectors, one at least."""
    tags = np.concatenate([vector.tags for vector in vectors])
    weights = np.concatenate([vector.weights for vector in vectors])
    views = tags & ((1 << TAG_BITS) - 1)
    keys, places = np.unique((views << 48) + tags, return_inverse=True)
    sums = np.bincount(places, weights=weights.astype(np.float64)).astype(np.int64)
    sizes = np.bincount(keys >> 48, minlength=VIEWS)
    return Vector(tags=keys & ((1 << 48) - 1), weights=sums, sizes=sizes)


@lru_cache(maxsize=256)
def _hundredths(weight: float) -> int:
    return round(_SCALE * weight)


def _distinct(vector: Vector) -> Whole:
    """The numbers of a vector's terms, each once, in order."""
    numbers = np.sort(vector.tags >> TAG_BITS)  # the first is that of no term
    found: Whole = numbers[1:][numbers[1:] != numbers[:-1]]
    return found


def _starts(sizes: Whole) -> Whole:
    ends = np.cumsum(sizes)
    return ends - sizes


def _logs(size: int) -> Whole:
    """The logarithms of the counts up to a size, in hundredths."""
    found: Iterable[int] = (round(_SCALE * math.log(count + 0.5)) for count in range(size))
    return np.fromiter(found, dtype=np.int64, count=size)


_EACH_VIEW = np.arange(VIEWS)
