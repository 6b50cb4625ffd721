"""Which earlier article a text repeats: shared five-word shingles, counted by an inverted index.

Containment, not likeness: what matters is how much of the *smaller* text stands in the larger, so
an excerpt and a copy with local paragraphs are found, while a follow-up in other words is not.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from wirecopy.model import ArticleId, Features, PublisherId, Repeat
from wirecopy.stages.features import FEWEST_SHINGLES, SAMPLE

WINDOW = timedelta(days=30)
FEWEST_SHARED = 6
LEAST_SHARE = 0.4
LEAST_SHARE_OF_FEW = 0.6  # where fewer shingles than FEWEST_SHINGLES can be compared
MOST_POSTINGS = 200  # a shingle in more articles than that is furniture
# A shingle in three different texts of one publisher is that publisher's furniture (its appeal
# for subscribers, its related headlines): the wrongly joined groups of the trials were all such.
_FURNITURE_TEXTS = 3
_LAYER = 50_000  # postings kept as a dictionary before they are packed
_ALIKE = 0.75  # the smaller over the larger: at least this for a copy rather than an excerpt


@dataclass(frozen=True, slots=True)
class _Known:
    article: ArticleId
    publisher: PublisherId
    root: ArticleId  # the article it repeats, or itself
    at: datetime
    words: int
    shingles: int  # how many are kept
    sampled: int  # how many of these belong to the sample


class _Postings:
    """Shingle -> numbers of articles: new ones in a dictionary, older ones in sorted arrays.

    A dictionary alone takes 11 kB an article, the arrays 1.5 kB. Numbers of articles that have
    been forgotten may still come back; they are left out when layers are merged.
    """

    def __init__(self) -> None:
        # Nearly every shingle stands in one article: its bare number, where a list for each would
        # have the garbage collector go through all of them again and again.
        self._fresh: dict[int, int | list[int]] = {}
        self._count = 0
        self._layers: list[tuple[NDArray[np.uint64], NDArray[np.uint32]]] = []

    def add(self, values: Sequence[int], number: int, known: Mapping[int, _Known]) -> None:
        fresh = self._fresh
        met = {value: fresh[value] for value in values if value in fresh}
        fresh.update(dict.fromkeys(values, number))
        for value, there in met.items():
            fresh[value] = [*_listed(there), number]
        self._count += len(values)
        if self._count >= _LAYER:
            self._pack(known)

    def find(self, values: Sequence[int]) -> dict[int, list[int]]:
        """The numbers for each of these sorted values that was met before."""
        fresh = self._fresh
        found = {value: _listed(fresh[value]) for value in values if value in fresh}
        if self._layers:
            asked = np.array(values, dtype=np.uint64)
            for hashes, numbers in self._layers:
                start = np.searchsorted(hashes, asked, side="left")
                end = np.searchsorted(hashes, asked, side="right")
                for at in np.flatnonzero(end > start).tolist():
                    there = numbers[start[at] : end[at]].tolist()
                    found.setdefault(values[at], []).extend(there)
        return found

    def _pack(self, known: Mapping[int, _Known]) -> None:
        pairs = [(value, n) for value, there in self._fresh.items() for n in _listed(there)]
        hashes = np.array([value for value, _ in pairs], dtype=np.uint64)
        numbers = np.array([n for _, n in pairs], dtype=np.uint32)
        self._fresh, self._count = {}, 0
        # Layers double in size, so that an article is packed a logarithmic number of times.
        while self._layers and len(self._layers[-1][0]) <= 2 * len(hashes):
            older, owners = self._layers.pop()
            hashes, numbers = np.concatenate([older, hashes]), np.concatenate([owners, numbers])
        alive = np.isin(numbers, np.fromiter(known, dtype=np.uint32, count=len(known)))
        hashes, numbers = hashes[alive], numbers[alive]
        order = np.argsort(hashes, kind="stable")
        self._layers.append((hashes[order], numbers[order]))


class Index:
    """The live window of articles; forgets by the times it is given and by nothing else.

    After adding the same articles of the window in the same order, two indexes answer alike.
    An article is known by the words of its first reading: adding it again changes nothing.
    """

    def __init__(self, *, window: timedelta = WINDOW) -> None:
        self._window = window
        self._postings = _Postings()
        self._known: dict[int, _Known] = {}
        self._numbers: dict[ArticleId, int] = {}
        self._ages: list[tuple[datetime, int]] = []  # heap: the oldest first
        self._latest: datetime | None = None
        self._next = 0

    def __len__(self) -> int:
        return len(self._known)

    def find(
        self, article: ArticleId, features: Features, *, publisher: PublisherId, at: datetime
    ) -> Repeat | None:
        """The article of the window whose text this one repeats, traced to the first that had it.

        An article of before the window, at `at`, is not found; nor is the article itself.
        """
        shared, in_sample = self._shared(features)
        shingles = features.shingles
        sampled = sum(1 for value in shingles if value % SAMPLE == 0)
        best: tuple[float, int, int] | None = None
        for number, count in shared.items():
            other = self._known[number]
            if other.article == article or at - other.at > self._window:
                continue
            mine, theirs = len(shingles), other.shingles
            if sampled == mine or other.sampled == theirs:
                # One of the two keeps a sample only, so the sample is what can be compared.
                mine, theirs, count = sampled, other.sampled, in_sample[number]
            smaller = max(1, min(mine, theirs))
            least = LEAST_SHARE if smaller >= FEWEST_SHINGLES else LEAST_SHARE_OF_FEW
            share = count / smaller
            if count >= FEWEST_SHARED and share >= least:
                key = (share, count, -number)
                best = key if best is None or key > best else best
        if best is None:
            return None
        other = self._known[-best[2]]
        return Repeat(
            article=article,
            of=other.root,
            kind=_kind(features, other),
            share=round(min(1.0, best[0]), 4),
        )

    def add(
        self,
        article: ArticleId,
        features: Features,
        *,
        publisher: PublisherId,
        at: datetime,
        repeat: Repeat | None = None,
    ) -> None:
        """Takes an article into the window; `repeat` is what `find` said of it."""
        self._latest = at if self._latest is None else max(at, self._latest)
        self._forget(self._latest - self._window)
        if article in self._numbers or at < self._latest - self._window:
            return
        number = self._next
        self._next += 1
        self._numbers[article] = number
        self._known[number] = _Known(
            article=article,
            publisher=publisher,
            root=repeat.of if repeat else article,
            at=at,
            words=features.words,
            shingles=len(features.shingles),
            sampled=sum(1 for value in features.shingles if value % SAMPLE == 0),
        )
        heapq.heappush(self._ages, (at, number))
        self._postings.add(features.shingles, number, self._known)

    def turn_round(self, old: ArticleId, new: ArticleId) -> None:
        """Whatever repeated `old`, and `old` itself, repeats `new` from now on."""
        for number, known in self._known.items():
            if known.root == old:
                self._known[number] = replace(known, root=new)

    def _shared(self, features: Features) -> tuple[Counter[int], Counter[int]]:
        """How many shingles each article of the window shares: all, and of the sample alone."""
        every: Counter[int] = Counter()
        sampled: Counter[int] = Counter()
        for value, numbers in self._postings.find(features.shingles).items():
            there = [number for number in numbers if number in self._known]
            if len(there) > MOST_POSTINGS or self._is_furniture(there):
                continue
            every.update(there)
            if value % SAMPLE == 0:
                sampled.update(there)
        return every, sampled

    def _is_furniture(self, numbers: list[int]) -> bool:
        if len(numbers) < _FURNITURE_TEXTS:
            return False
        texts = {(self._known[n].publisher, self._known[n].root) for n in numbers}
        most = Counter(publisher for publisher, _ in texts).most_common(1)
        return most[0][1] >= _FURNITURE_TEXTS

    def _forget(self, before: datetime) -> None:
        while self._ages and self._ages[0][0] < before:
            _, number = heapq.heappop(self._ages)
            gone = self._known.pop(number)
            del self._numbers[gone.article]


def _listed(numbers: int | list[int]) -> list[int]:
    """A new list, which the caller may change."""
    return [numbers] if isinstance(numbers, int) else list(numbers)


def _kind(features: Features, other: _Known) -> str:
    """By size, as the smaller one is contained: about the same, cut short, or longer."""
    mine, theirs = features.words, other.words
    if min(mine, theirs) >= _ALIKE * max(mine, theirs):
        return "copy"
    return "excerpt" if mine < theirs else "extended"
