"""Which earlier article a text repeats: shared five-word shingles, counted by an inverted index.

Containment, not likeness: what matters is how much of the *smaller* text stands in the larger, so
an excerpt and a copy with local paragraphs are found, while a follow-up in other words is not.
"""

from __future__ import annotations

import heapq
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wirecopy.model import ArticleId, Features, PublisherId, Repeat
from wirecopy.stages.postings import Numbers, Places, Postings
from wirecopy.stages.shingles import FEWEST_SHINGLES, hashes_of, sampled

WINDOW = timedelta(days=30)
FEWEST_SHARED = 6
LEAST_SHARE = 0.4
LEAST_SHARE_OF_FEW = 0.6  # where fewer shingles than FEWEST_SHINGLES can be compared
MOST_POSTINGS = 200  # a shingle in more articles than that is furniture
# A shingle in three different texts of one publisher is that publisher's furniture (its appeal
# for subscribers, its related headlines): the wrongly joined groups of the trials were all such.
_FURNITURE_TEXTS = 3
_ALIKE = 0.75  # the smaller over the larger: at least this for a copy rather than an excerpt


class _Known(NamedTuple):
    article: ArticleId
    publisher: PublisherId
    root: ArticleId  # the article it repeats, or itself
    at: datetime
    words: int
    shingles: int  # how many are kept
    sampled: int  # how many of these belong to the sample


class _Shared(NamedTuple):
    """How many shingles each article of the window has in common with another: by number."""

    every: Counter[int]
    sampled: Counter[int]  # of the sample alone


class Index:
    """The live window of articles; forgets by the times it is given and by nothing else.

    After adding the same articles of the window in the same order, two indexes answer alike.
    An article is known by the words of its first reading: adding it again changes nothing.
    """

    def __init__(self, *, window: timedelta = WINDOW) -> None:
        self._window = window
        self._postings = Postings()
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
        shared = self._shared(features)
        if shared is None:
            return None
        shingles, in_sample = _sizes(features)
        best: tuple[float, int, int] | None = None
        for number, count in shared.every.items():
            other = self._known[number]
            if other.article == article or at - other.at > self._window:
                continue
            mine, theirs = shingles, other.shingles
            if in_sample == mine or other.sampled == theirs:
                # One of the two keeps a sample only, so the sample is what can be compared.
                mine, theirs, count = in_sample, other.sampled, shared.sampled[number]
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
        shingles, in_sample = _sizes(features)
        self._numbers[article] = number
        self._known[number] = _Known(
            article=article,
            publisher=publisher,
            root=repeat.of if repeat else article,
            at=at,
            words=features.words,
            shingles=shingles,
            sampled=in_sample,
        )
        heapq.heappush(self._ages, (at, number))
        self._postings.add(features.shingles, number, self._known)

    def turn_round(self, old: ArticleId, new: ArticleId) -> None:
        """Whatever repeated `old`, and `old` itself, repeats `new` from now on."""
        for number, known in self._known.items():
            if known.root == old:
                self._known[number] = known._replace(root=new)

    def _shared(self, features: Features) -> _Shared | None:
        """How many shingles each article of the window shares; None where none shares enough."""
        hashes, places, numbers = self._postings.find(features.shingles, least=FEWEST_SHARED)
        if not len(numbers):
            return None
        in_sample = sampled(hashes)[places]
        often = np.bincount(places)[places] >= _FURNITURE_TEXTS
        if often.any():
            stays = ~often
            stays[often] = self._telling(places[often], numbers[often])
            in_sample, numbers = in_sample[stays], numbers[stays]
        every = Counter(numbers.tolist())
        for number in [number for number in every if number not in self._known]:
            del every[number]
        return _Shared(every, Counter(numbers[in_sample].tolist()))

    def _telling(self, places: Places, numbers: Numbers) -> NDArray[np.bool_]:
        """Which postings of shingles that stand in several articles are no furniture."""
        order = np.argsort(places, kind="stable")
        ends = np.cumsum(np.unique(places, return_counts=True)[1]).tolist()
        ordered = numbers[order].tolist()
        # Neighbouring shingles stand in the same texts: these are looked at once.
        told: dict[tuple[int, ...], bool] = {}
        start, stays = 0, []
        for end in ends:
            there = tuple(ordered[start:end])
            if there not in told:
                known = [number for number in there if number in self._known]
                told[there] = len(known) <= MOST_POSTINGS and not self._is_furniture(known)
            stays += [told[there]] * (end - start)
            start = end
        found = np.empty(len(places), dtype=np.bool_)
        found[order] = stays
        return found

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


def _sizes(features: Features) -> tuple[int, int]:
    """How many shingles are kept, and how many of them belong to the sample."""
    hashes = hashes_of(features.shingles)
    return len(hashes), int(np.count_nonzero(sampled(hashes)))


def _kind(features: Features, other: _Known) -> str:
    """By size, as the smaller one is contained: about the same, cut short, or longer."""
    mine, theirs = features.words, other.words
    if min(mine, theirs) >= _ALIKE * max(mine, theirs):
        return "copy"
    return "excerpt" if mine < theirs else "extended"
