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
from wirecopy.stages.shingles import FEWEST_SHINGLES, SAMPLE

WINDOW = timedelta(days=30)
FEWEST_SHARED = 6
LEAST_SHARE = 0.4
LEAST_SHARE_OF_FEW = 0.6  # where fewer shingles than FEWEST_SHINGLES can be compared
MOST_POSTINGS = 200  # a shingle in more articles than that is furniture
# A shingle in three different texts of one publisher is that publisher's furniture (its appeal
# for subscribers, its related headlines): the wrongly joined groups of the trials were all such.
_FURNITURE_TEXTS = 3
_ONE, _THREE, _SEVEN = np.uint64(1), np.uint64(3), np.uint64(7)  # a bit's byte, and place in that
_TWIST = np.uint64(0x9E3779B97F4A7C15)  # makes another hash of one
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

    def find(self, asked: Hashes) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The numbers of each of these that stands here."""
        starts = np.searchsorted(self.hashes, asked, side="left")
        starts[starts == len(self.hashes)] = 0
        there = self.hashes[starts] == asked
        if not there.any():
            return
        asked, starts = asked[there], starts[there]
        counts = np.searchsorted(self.hashes, asked, side="right") - starts
        firsts = self.numbers[starts]
        for value, start, count, first in zip(
            asked.tolist(), starts.tolist(), counts.tolist(), firsts.tolist(), strict=True
        ):
            several = count > 1  # one in most cases, and a slice takes ten times as long
            yield (
                value,
                tuple(self.numbers[start : start + count].tolist()) if several else (first,),
            )


class _Met:
    """Which shingles may stand in a layer: nearly every one that is asked for was never met.

    Two bits for each that stands there, of eight or more (Bloom 1970): at most one in twenty of
    the others is taken for one of them, at a byte each and without a search in every layer.
    """

    def __init__(self, room: int) -> None:
        self._bits = np.zeros(1 << max(10, (room - 1).bit_length()), dtype=np.uint8)
        self._shift = np.uint64(64 - 2 - len(self._bits).bit_length())
        self._room = len(self._bits)

    def takes(self, count: int) -> bool:
        """Whether so many more can be told apart as well."""
        return count <= self._room

    def add(self, hashes: Hashes) -> None:
        self._room -= len(hashes)
        for twist in (_ONE, _TWIST):
            places = hashes * twist >> self._shift
            bytes_, bits = places >> _THREE, places & _SEVEN
            for bit in range(8):  # several of one byte are set as one
                self._bits[bytes_[bits == bit]] |= np.uint8(1 << bit)

    def among(self, asked: Hashes) -> Hashes:
        """Those that may stand there, in their order."""
        for twist in (_ONE, _TWIST):
            places = asked * twist >> self._shift
            hit: NDArray[np.bool_] = self._bits[places >> _THREE] >> (places & _SEVEN) & _ONE == 1
            asked = asked[hit]
        return asked


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
        self._met = _Met(_LAYER)

    def add(self, values: Sequence[int], number: int, known: Mapping[int, _Known]) -> None:
        fresh = self._fresh
        met = {value: fresh[value] for value in fresh.keys() & values}
        fresh.update(dict.fromkeys(values, number))
        for value, there in met.items():
            fresh[value] = [*_listed(there), number]
        self._added.append((np.array(values, dtype=np.uint64), number))
        self._count += len(values)
        if self._count >= _LAYER:
            self._pack(known)

    def find(self, values: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """The numbers for each of these sorted values that was met before."""
        fresh = self._fresh
        found = {value: tuple(_listed(fresh[value])) for value in fresh.keys() & values}
        if self._layers:
            asked = self._met.among(np.array(values, dtype=np.uint64))
            for layer in self._layers if len(asked) else ():
                for value, numbers in layer.find(asked):
                    found[value] = found.get(value, ()) + numbers
        return found

    def _pack(self, known: Mapping[int, _Known]) -> None:
        hashes = np.concatenate([values for values, _ in self._added])
        numbers = np.repeat(
            np.array([number for _, number in self._added], dtype=np.uint32),
            [len(values) for values, _ in self._added],
        )
        self._fresh, self._added, self._count = {}, [], 0
        hashes, numbers = _in_order(hashes, numbers)
        new = hashes
        # Layers double in size, so that an article is packed a logarithmic number of times.
        while self._layers and len(self._layers[-1].hashes) <= 2 * len(hashes):
            older = self._layers.pop()
            hashes = np.concatenate([older.hashes, hashes])
            numbers = np.concatenate([older.numbers, numbers])
        hashes, numbers = _in_order(hashes, numbers)
        alive = _among(numbers, known)
        self._layers.append(_Layer(hashes[alive], numbers[alive]))
        if self._met.takes(len(new)):
            self._met.add(new)
        else:
            self._met = _Met(2 * sum(len(layer.hashes) for layer in self._layers))
            for layer in self._layers:
                self._met.add(layer.hashes)


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
        if not shared:
            return None
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
        # Neighbouring shingles stand in the same texts: counted together, they are looked at once.
        alike: Counter[tuple[int, ...]] = Counter()
        alike_in_sample: Counter[tuple[int, ...]] = Counter()
        for value, numbers in self._postings.find(features.shingles).items():
            alike[numbers] += 1
            alike_in_sample[numbers] += value % SAMPLE == 0
        every: Counter[int] = Counter()
        sampled: Counter[int] = Counter()
        for numbers, count in alike.items():
            there = [number for number in numbers if number in self._known]
            if len(there) > MOST_POSTINGS:
                continue
            if len(there) >= _FURNITURE_TEXTS and self._is_furniture(there):
                continue
            for number in there:
                every[number] += count
                sampled[number] += alike_in_sample[numbers]
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
