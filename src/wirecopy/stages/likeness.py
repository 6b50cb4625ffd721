"""How alike two articles are: counted terms, the rarer the more telling, and their cosine.

Counts and weights are whole numbers, so that sums do not depend on the order they are made in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from wirecopy.model import Features

_SCALE = 100  # weights are kept in hundredths
_UNSEEN = 1_000  # articles imagined before the first, so that early counts do not decide alone

Vector = dict[str, int]
Views = tuple[Vector, Vector, Vector]  # title and lead, title, names


def views_of(features: Features) -> Views:
    """What an article is compared by: how often each term stands in it, in hundredths."""
    words = {word for name in features.names for word in name_words(name)}
    return (
        {term: round(_SCALE * weight) for term, weight in features.terms},
        dict.fromkeys(features.title_terms, 1),
        dict.fromkeys(sorted(words), 1),
    )


def name_words(name: str) -> set[str]:
    """The words of a name by which it is compared."""
    return {word for word in name.lower().split(" ") if len(word) > 1}


class Rarity:
    """How telling a term is: the rarer among the live articles, the more (IDF, in hundredths)."""

    def __init__(self, logs: Mapping[str, int], articles: int) -> None:
        self._logs = logs  # of every live term's count
        self._most = round(_SCALE * math.log(articles + _UNSEEN))

    def of(self, term: str) -> int:
        return self._most - self._logs.get(term, _UNMET)

    def likeness(self, mine: Vector, length: int, theirs: Mapping[str, int]) -> float:
        """Cosine of two vectors of counts, each term weighted by its rarity; 0..1."""
        both = mine.keys() & theirs.keys()
        if not both:
            return 0.0
        most, logs = self._most, self._logs
        product = sum([mine[t] * theirs[t] * (most - logs[t]) ** 2 for t in both])
        return product / math.sqrt(length * self._length(theirs))

    def length_of_new(self, vector: Vector) -> int:
        """The square of the length of a vector whose terms may not have been met before."""
        return sum([(n * self.of(t)) ** 2 for t, n in vector.items()])

    def _length(self, vector: Mapping[str, int]) -> int:
        # Half of all the work of grouping is done in this line.
        most, logs = self._most, self._logs
        return sum([(n * (most - logs[t])) ** 2 for t, n in vector.items()])


@lru_cache(maxsize=65_536)
def log_of(count: int) -> int:
    """The logarithm of a count of articles, in hundredths."""
    return round(_SCALE * math.log(count + 0.5))


_UNMET = log_of(0)
