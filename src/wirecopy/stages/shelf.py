"""The live articles and stories of one language: what an article is held against, and what for.

A story is known by its latest articles. An inverted index over their terms finds the few stories
an article may belong to, whatever the number of live ones.
"""

from __future__ import annotations

import heapq
import math
from array import array
from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wirecopy.model import ArticleId, Features, StoryId
from wirecopy.stages.decision import Evidence
from wirecopy.stages.likeness import TAG_BITS, Exact, Lexicon, Vector, Whole, summed

_WEIGHED = 3  # candidates for which the evidence is worked out in full
_MEMBERS = 5  # latest members an article is held against
_RAREST_TOLD = 10  # terms whose share is evidence
_FRESH_HOURS = 72.0
_REMEMBERED = 20  # latest articles a story is known by: it may drift, and a big one costs no more
_RAREST = 14  # terms looked up to find candidate stories
_CANDIDATES = 6
_MOST_POSTINGS = 4_000
_SLACK = 32  # entries of a term that come before it is looked how many are of forgotten articles
_WEIGHT_BITS = 12  # of an entry; a weight of the index is under 1,000
_WEIGHT = (1 << _WEIGHT_BITS) - 1
_NOTHING = array("q")


class Member(NamedTuple):
    """A live article."""

    article: ArticleId
    at: datetime
    story: StoryId
    vector: Vector
    numbers: tuple[str, ...]
    headline_alone: bool


class Merge(NamedTuple):
    """That two live stories are one."""

    story: StoryId
    into: StoryId
    likeness: float  # 0..1, faded by the time between them


@dataclass(slots=True)
class _Story:
    """A live story: its live articles in the order they came."""

    id: StoryId
    place: int  # in the arrays
    first: datetime  # time of a live article
    last: datetime
    members: list[int] = field(default_factory=list)
    sum: Vector | None = None  # over the articles it is known by, once it was asked for

    @property
    def order(self) -> int:
        """Its rank among equals: the number of its first live article, as that follows from the
        window alone."""
        return self.members[0]


class Shelf:
    """The live articles and stories of one language."""

    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self._members: dict[int, Member] = {}
        self._numbers: dict[ArticleId, int] = {}
        self._ages: list[tuple[datetime, int]] = []
        self._next = 0
        self._stories: dict[StoryId, _Story] = {}
        self._places: list[_Story | None] = [None]  # stories; no story has place 0
        self._free: list[int] = []
        self._sizes = np.ones(256, dtype=np.float64)  # articles a story is known by, by place
        # By term, its entries: an article's number and the term's weight in it, packed into one.
        self._postings: list[array[int] | None] = []
        self._base = 0  # number of the article at the start of the next array
        # Place of an article's story, by number: less than none where the story is known by others,
        # 0 for an article that is forgotten.
        self._owners = np.zeros(1_024, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._members)

    def find(self, article: ArticleId) -> Member | None:
        """The live article of that id."""
        number = self._numbers.get(article)
        return None if number is None else self._members[number]

    def read(self, features: Features) -> Vector:
        """An article's vector; `add` or `drop` it before the next call of `forget`."""
        return self.lexicon.read(features)

    def drop(self, vector: Vector) -> None:
        """Let go of an article that is not added."""
        self.lexicon.drop(vector)

    # ------------------------------------------------------------ asking

    def weigh(self, vector: Vector, at: datetime) -> list[tuple[StoryId, Evidence]]:
        """The candidate stories, the likest first, each with the evidence for it."""
        numbers, weights = vector.text
        rarity = self.lexicon.rarity(numbers)
        stories = self._candidates(numbers, weights, rarity)
        if not stories:
            return []
        groups = [story.members[-_MEMBERS:] for story in stories]
        sizes = np.array([len(group) for group in groups])
        likenesses = self.lexicon.compare(vector, self._vectors(chain.from_iterable(groups)))
        means = np.add.reduceat(likenesses, np.cumsum(sizes) - sizes) / sizes[:, None]
        liked = sorted(
            (-text, story.order, story, title, names)
            for story, (text, title, names) in zip(stories, means.tolist(), strict=True)
        )[:_WEIGHED]
        rarest = np.argsort(-rarity, kind="stable")[:_RAREST_TOLD]
        shared = self._shared(numbers[rarest], rarity[rarest], [story for _, _, story, *_ in liked])
        return [
            (
                story.id,
                Evidence(
                    text=-text,
                    title=title,
                    names=names,
                    fresh=math.exp(-_hours(story.first, at) / _FRESH_HOURS),
                    rarest=share,
                ),
            )
            for (text, _, story, title, names), share in zip(liked, shared, strict=True)
        ]

    def likest(
        self, vector: Vector, at: datetime, views: Sequence[float], fade: float
    ) -> tuple[StoryId | None, float]:
        """The likest story, known by the sum of its articles, and how like it is; None: none is.

        `views` tells what each view counts; `fade` is the share lost in an hour, once for the time
        since the story's last article and once for that since its first.
        """
        numbers, weights = vector.text
        stories = self._candidates(numbers, weights, self.lexicon.rarity(numbers))
        likenesses = self.lexicon.compare(vector, [self._sum(story) for story in stories])
        best: tuple[float, int, StoryId] | None = None
        for story, likeness in zip(stories, likenesses.tolist(), strict=True):
            hours = -fade * _hours(story.last, at) - fade * _hours(story.first, at)
            score = math.exp(hours) * sum([w * x for w, x in zip(views, likeness, strict=True)])
            key = (score, -story.order, story.id)
            best = key if best is None or key > best else best
        return (best[2], best[0]) if best else (None, 0.0)

    def common(self, vector: Vector, story: StoryId) -> tuple[Iterator[str], set[str], set[str]]:
        """What a story's latest articles share with an article.

        The terms of title and lead, most telling first; all words of their names; their numbers.
        """
        members = self._stories[story].members[-_REMEMBERED:]
        known = self._vectors(members)
        held = self.lexicon.held(vector, known)
        numbers, weights = vector.text
        telling = np.argsort(-weights * self.lexicon.rarity(numbers), kind="stable")
        shared = numbers[telling[held[1 : len(numbers) + 1][telling]]]
        names = vector.names + 1
        words = self.lexicon.words
        named = {words[n] for n in (vector.tags[names:][held[names:]] >> TAG_BITS).tolist()}
        figures = {figure for one in members for figure in self._members[one].numbers}
        return (words[n] for n in shared.tolist()), named, figures

    def _candidates(self, numbers: Whole, weights: Whole, rarity: Exact) -> list[_Story]:
        """The live stories that share the most of the article's rarest terms, best first."""
        weighed = weights * rarity
        telling = np.argsort(-weighed, kind="stable")[:_RAREST]
        counts = (weighed * rarity)[telling].tolist()
        entries, told = [], []
        for number, count in zip(numbers[telling].tolist(), counts, strict=True):
            found = self._entries(number)
            if not found or (
                len(found) > _MOST_POSTINGS and self._stories_with(found) > _MOST_POSTINGS
            ):
                continue
            entries.append(found)
            told.append(count)
        if not entries:
            return []
        packed = _end_to_end(entries)
        each = np.repeat(told, [len(one) for one in entries]) * (packed & _WEIGHT)
        # Whole numbers under 2**53, so that sums of floats are exact.
        sums = np.bincount(self._owner(packed), weights=each)
        sums[0] = 0.0
        found_at = (sums > 0).nonzero()[0]  # many times as fast as of the sums themselves
        scores = sums[found_at] / self._sizes[found_at]
        if len(scores) > _CANDIDATES:
            best = scores >= np.partition(scores, -_CANDIDATES)[-_CANDIDATES]
            found_at, scores = found_at[best], scores[best]
        ranked = []
        for place, score in zip(found_at.tolist(), scores.tolist(), strict=True):
            story = self._places[place]
            assert story is not None
            ranked.append((-score, story.members[0], story))
        ranked.sort()  # no two have their first article in common
        return [story for *_, story in ranked[:_CANDIDATES]]

    def _shared(self, terms: Whole, rarity: Exact, stories: Sequence[_Story]) -> list[float]:
        """The share of these terms, by their rarity, that stands in each of these stories."""
        found = [self._entries(number) for number in terms.tolist()]
        owners = self._owner(_end_to_end(found)).tolist()
        places = [story.place for story in stories]
        sums, end = [0] * len(places), 0
        for one, value in zip(found, rarity.tolist(), strict=True):
            start, end = end, end + len(one)
            there = owners[start:end]
            for i, place in enumerate(places):
                if place in there:
                    sums[i] += value
        whole = int(rarity.sum())
        return [part / whole for part in sums]

    def _entries(self, term: int) -> array[int]:
        found = self._postings[term] if term < len(self._postings) else None
        return _NOTHING if found is None else found

    def _owner(self, entries: Whole) -> Whole:
        """The place of the story that an entry speaks for; 0 where it speaks for none now."""
        owners: Whole = np.maximum(self._owner_of_live(entries), 0)
        return owners

    def _owner_of_live(self, entries: Whole) -> Whole:
        # Numbers of before the array are of forgotten articles: its last cell, which stays empty.
        owners: Whole = self._owners[np.maximum((entries >> _WEIGHT_BITS) - self._base, -1)]
        return owners

    def _stories_with(self, entries: array[int]) -> int:
        owners = np.unique(self._owner(np.frombuffer(entries, dtype=np.int64)))
        return int(np.count_nonzero(owners))

    def _vectors(self, numbers: Iterable[int]) -> list[Vector]:
        return [self._members[number].vector for number in numbers]

    def _sum(self, story: _Story) -> Vector:
        if story.sum is None:
            story.sum = summed(self._vectors(story.members[-_REMEMBERED:]))
        return story.sum

    # ------------------------------------------------------------ keeping and forgetting

    def add(
        self,
        article: ArticleId,
        vector: Vector,
        figures: tuple[str, ...],
        at: datetime,
        story: StoryId,
        *,
        headline_alone: bool = False,
    ) -> None:
        """Takes a live article into a story; `figures` are the numbers it tells."""
        number = self._next
        self._next += 1
        self._members[number] = Member(article, at, story, vector, figures, headline_alone)
        self._numbers[article] = number
        heapq.heappush(self._ages, (at, number))
        self.lexicon.count(vector, 1, self._no_more)
        terms, weights = vector.text
        postings = self._postings
        postings += [None] * (len(self.lexicon.words) - len(postings))
        for term, entry in zip(
            terms.tolist(), ((number << _WEIGHT_BITS) + weights).tolist(), strict=True
        ):
            found = postings[term]
            if found is None:
                found = postings[term] = array("q")
            elif not len(found) % _SLACK:
                found = self._thinned_out(term, found)
            found.append(entry)
        self._reach(number)
        self._join(number, at, story)

    def forget(self, before: datetime) -> None:
        """Drops every article of before that time, and stories that have none left."""
        while self._ages and self._ages[0][0] < before:
            _, number = heapq.heappop(self._ages)
            member = self._members.pop(number)
            del self._numbers[member.article]
            self._owners[number - self._base] = 0
            self.lexicon.count(member.vector, -1, self._no_more)
            self._leave(number, self._stories[member.story])

    def members(self, story: StoryId) -> list[ArticleId]:
        """The live articles of a story in the order they came; none where it is not live."""
        there = self._stories.get(story)
        return [self._members[number].article for number in there.members] if there else []

    def move(self, article: ArticleId, story: StoryId) -> None:
        """Puts a live article into another story, which stands as if it had always been there."""
        number = self._numbers[article]
        member = self._members[number]
        if member.story != story:
            self._leave(number, self._stories[member.story])
            self._members[number] = member._replace(story=story)
            self._join(number, member.at, story)

    def merge_headlines(
        self, since: datetime, least: float, fade: tuple[float, float]
    ) -> list[Merge]:
        """Merges stories of headlines alone, an article of which came since then, into older ones.

        Their sums are that alike, faded by the hours between them and between their beginnings.
        """
        merges = []
        for story in sorted(self._stories.values(), key=lambda one: one.order):
            if story.last < since or story.id not in self._stories:
                continue
            found = self._twin(story, fade) if self._is_of_headlines(story) else None
            if found is not None and found[0] >= least:
                younger, older = sorted((story, found[1]), key=lambda one: -one.order)
                merges.append(Merge(younger.id, older.id, found[0]))
                for article in self.members(younger.id):
                    self.move(article, older.id)
        return merges

    def _twin(self, story: _Story, fade: tuple[float, float]) -> tuple[float, _Story] | None:
        """The likest other live story of headlines alone."""
        mine = self._sum(story)
        numbers, weights = mine.text
        near = self._candidates(numbers, weights, self.lexicon.rarity(numbers))
        others = [one for one in near if one is not story and self._is_of_headlines(one)]
        best: tuple[float, _Story] | None = None
        likenesses = self.lexicon.compare(mine, [self._sum(one) for one in others])
        for other, (text, *_) in zip(others, likenesses.tolist(), strict=True):
            apart = _hours(min(story.last, other.last), max(story.first, other.first))
            begun = _hours(min(story.first, other.first), max(story.first, other.first))
            likeness = text * math.exp(-fade[0] * apart - fade[1] * begun)
            if best is None or (likeness, -other.order) > (best[0], -best[1].order):
                best = likeness, other
        return best

    def _is_of_headlines(self, story: _Story) -> bool:
        known = story.members[-_REMEMBERED:]
        return all(self._members[number].headline_alone for number in known)

    def _join(self, number: int, at: datetime, story: StoryId) -> None:
        home = self._stories.get(story) or self._open(story, at)
        insort(home.members, number)
        self._owners[number - self._base] = -home.place
        home.first, home.last = min(home.first, at), max(home.last, at)
        self._settle(home)

    def _leave(self, number: int, story: _Story) -> None:
        story.members.remove(number)
        if story.members:
            times = [self._members[one].at for one in story.members]
            story.first, story.last = min(times), max(times)
            self._settle(story)
        else:
            del self._stories[story.id]
            self._places[story.place] = None
            self._free.append(story.place)

    def _open(self, id_: StoryId, at: datetime) -> _Story:
        if self._free:
            place = self._free.pop()
        else:
            place = len(self._places)
            self._places.append(None)
            if place >= len(self._sizes):
                self._sizes = np.concatenate([self._sizes, np.ones_like(self._sizes)])
        story = self._stories[id_] = _Story(id_, place, at, at)
        self._places[place] = story
        return story

    def _settle(self, story: _Story) -> None:
        """Its latest articles speak for a story, and an older one no more."""
        self._sizes[story.place] = min(_REMEMBERED, len(story.members))
        known = story.members[-_REMEMBERED:]
        self._owners[np.array(known) - self._base] = story.place
        if len(story.members) > _REMEMBERED:
            self._owners[story.members[-_REMEMBERED - 1] - self._base] = -story.place
        story.sum = None

    def _reach(self, number: int) -> None:
        """Makes room for an article's number in the array of owners, whose last cell is empty."""
        if number - self._base < len(self._owners) - 1:
            return
        oldest = next(iter(self._members))
        left = self._owners[oldest - self._base : -1]
        room = max(1_024, 2 * (number - oldest + 2))
        self._owners = np.zeros(room, dtype=np.int64)
        self._owners[: len(left)] = left
        self._base = oldest

    def _no_more(self, term: int) -> None:
        if term < len(self._postings):
            self._postings[term] = None

    def _thinned_out(self, term: int, found: array[int]) -> array[int]:
        """Takes entries that speak for nobody out of the index, where they are the most."""
        if len(found) > 2 * self.lexicon.count_of(term):
            entries = np.frombuffer(found, dtype=np.int64)
            alive: NDArray[np.int64] = entries[self._owner_of_live(entries) != 0]
            found = self._postings[term] = array("q", alive.tobytes())
        return found


def _end_to_end(entries: Sequence[array[int]]) -> Whole:
    return np.frombuffer(b"".join(entries), dtype=np.int64)


def _hours(then: datetime, at: datetime) -> float:
    return max(0.0, (at - then).total_seconds() / 3600)
