"""Which earlier article a text repeats: shared five-word shingles, counted by an inverted index.

Containment, not likeness: what matters is how much of the *smaller* text stands in the larger, so
an excerpt and a copy with local paragraphs are found, while a follow-up in other words is not.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
_EIGHT, _SEVEN = np.uint64(3), np.uint64(7)  # a bit's place: its byte, and within that
_LAYER = 50_000  # postings kept as a dictionary before they are packed
_ALIKE = 0.75  # the smaller over the larger: at least this for a copy rather than an excerpt

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class _Known:
    article: ArticleId
    publisher: PublisherId
    root: ArticleId  # the article it repeats, or itself
    at: datetime
    words: int
    shingles: int  # how many are kept
    sampled: int  # how many of these belong to the sample


class _Layer:
    """Shingles in order, each with the number of an article; none is ever added."""

    def __init__(self, hashes: Hashes, numbers: Numbers) -> None:
        self.hashes, self.numbers = hashes, numbers
        # Nearly every shingle asked for was never met. A bit for each eight that a hash may hit
        # tells so for seven of eight, at a byte a shingle and a tenth of the time of a search.
        self._shift = np.uint64(64 - max(10, (8 * len(hashes)).bit_length()))
        hit = hashes >> self._shift
        bits = np.zeros(1 << (64 - int(self._shift)), dtype=np.bool_)
        bits[hit] = True
        self._bits = np.packbits(bits, bitorder="little")

    def find(self, asked: Hashes) -> Iterator[tuple[int, list[int]]]:
        """The numbers of each of these that stands here."""
        hit = asked >> self._shift
        maybe = asked[(self._bits[hit >> _EIGHT] >> (hit & _SEVEN).astype(np.uint8)) & 1 == 1]
        start = np.searchsorted(self.hashes, maybe, side="left")
        end = np.searchsorted(self.hashes, maybe, side="right")
        for at in np.flatnonzero(end > start).tolist():
            yield int(maybe[at]), self.numbers[start[at] : end[at]].tolist()


class _Postings:
    """Shingle -> numbers of articles: new ones in a dictionary, older ones in sorted arrays.

    A dictionary alone takes 11 kB an article, the arrays 1.6 kB. Numbers of articles that have
    been forgotten may still come back; they are left out when layers are merged.
    """

    def __init__(self) -> None:
        # Nearly every shingle stands in one article: its bare number, where a list for each would
        # have the garbage collector go through all of them again and again.
        self._fresh: dict[int, int | list[int]] = {}
        self._added: list[tuple[Hashes, int]] = []  # the same, by article
        self._count = 0
        self._layers: list[_Layer] = []

    def add(self, values: Sequence[int], number: int, known: Mapping[int, _Known]) -> None:
        fresh = self._fresh
        met = {value: fresh[value] for value in values if value in fresh}
        fresh.update(dict.fromkeys(values, number))
        for value, there in met.items():
            fresh[value] = [*_listed(there), number]
        self._added.append((np.array(values, dtype=np.uint64), number))
        self._count += len(values)
        if self._count >= _LAYER:
            self._pack(known)

    def find(self, values: Sequence[int]) -> dict[int, list[int]]:
        """The numbers for each of these sorted values that was met before."""
        fresh = self._fresh
        found = {value: _listed(fresh[value]) for value in values if value in fresh}
        if self._layers:
            asked = np.array(values, dtype=np.uint64)
            for layer in self._layers:
                for value, numbers in layer.find(asked):
                    found.setdefault(value, []).extend(numbers)
        return found

    def _pack(self, known: Mapping[int, _Known]) -> None:
        hashes = np.concatenate([values for values, _ in self._added])
        numbers = np.repeat(
            np.array([number for _, number in self._added], dtype=np.uint32),
            [len(values) for values, _ in self._added],
        )
        self._fresh, self._added, self._count = {}, [], 0
        hashes, numbers = _in_order(hashes, numbers)
        # Layers double in size, so that an article is packed a logarithmic number of times.
        while self._layers and len(self._layers[-1].hashes) <= 2 * len(hashes):
            older = self._layers.pop()
            hashes = np.concatenate([older.hashes, hashes])
            numbers = np.concatenate([older.numbers, numbers])
        hashes, numbers = _in_order(hashes, numbers)
        alive = _among(numbers, known)
        self._layers.append(_Layer(hashes[alive], numbers[alive]))


def _in_order(hashes: Hashes, numbers: Numbers) -> tuple[Hashes, Numbers]:
    """Sorted by hash, equals as they were; where few sorted runs are joined, quickly so."""
    order = np.argsort(hashes, kind="stable")
    return hashes[order], numbers[order]


def _among(numbers: Numbers, known: Mapping[int, _Known]) -> NDArray[np.bool_]:
    """Which of these articles are known still."""
    if not known:
        return np.zeros(len(numbers), dtype=np.bool_)
    left = np.fromiter(known, dtype=np.int64, count=len(known))
    first, last = int(left.min()), int(left.max())
    here = np.zeros(last - first + 2, dtype=np.bool_)  # one more for all that lie outside
    here[left - first] = True
    places = numbers.astype(np.int64) - first
    places[(places < 0) | (places > last - first)] = last - first + 1
    found: NDArray[np.bool_] = here[places]
    return found


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
        sampled = _sampled(shingles)
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
            sampled=_sampled(features.shingles),
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
        furniture: dict[tuple[int, ...], bool] = {}  # neighbouring shingles stand in the same texts
        for value, numbers in self._postings.find(features.shingles).items():
            there = [number for number in numbers if number in self._known]
            if len(there) > MOST_POSTINGS:
                continue
            if len(there) >= _FURNITURE_TEXTS:
                key = tuple(there)
                if key not in furniture:
                    furniture[key] = self._is_furniture(there)
                if furniture[key]:
                    continue
            every.update(there)
            if value % SAMPLE == 0:
                sampled.update(there)
        return every, sampled

    def _is_furniture(self, numbers: list[int]) -> bool:
        texts = {(self._known[n].publisher, self._known[n].root) for n in numbers}
        most = Counter(publisher for publisher, _ in texts).most_common(1)
        return most[0][1] >= _FURNITURE_TEXTS

    def _forget(self, before: datetime) -> None:
        while self._ages and self._ages[0][0] < before:
            _, number = heapq.heappop(self._ages)
            gone = self._known.pop(number)
            del self._numbers[gone.article]


def _sampled(shingles: Sequence[int]) -> int:
    """How many belong to the sample."""
    return sum([value % SAMPLE == 0 for value in shingles])


def _listed(numbers: int | list[int]) -> list[int]:
    """A new list, which the caller may change."""
    return [numbers] if isinstance(numbers, int) else list(numbers)


def _kind(features: Features, other: _Known) -> str:
    """By size, as the smaller one is contained: about the same, cut short, or longer."""
    mine, theirs = features.words, other.words
    if min(mine, theirs) >= _ALIKE * max(mine, theirs):
        return "copy"
    return "excerpt" if mine < theirs else "extended"
