"""The live articles and stories of one language: what an article is held against, and what for.

A story is known by its latest articles. An inverted index over their terms finds the few stories
an article may belong to, whatever the number of live ones.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple

import numpy as np

from wirecopy.model import ArticleId, Features, StoryId
from wirecopy.stages.decision import Evidence
from wirecopy.stages.likeness import TAG_BITS, Exact, Lexicon, Vector, Whole, summed
from wirecopy.stages.story_index import StoryIndex

_WEIGHED = 3  # candidates for which the evidence is worked out in full
_MEMBERS = 5  # latest members an article is held against
_RAREST_TOLD = 10  # terms whose share is evidence
_FRESH_HOURS = 72.0
_REMEMBERED = 20  # latest articles a story is known by: it may drift, and a big one costs no more
_RAREST = 14  # terms looked up to find candidate stories
_CANDIDATES = 6


class Member(NamedTuple):
    """A live article."""

    number: int  # in the order they came
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
    place: int  # in the index
    members: list[Member] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)  # of its members, in order
    sum: Vector | None = None  # over the articles it is known by, once it was asked for

    @property
    def first(self) -> datetime:
        return self.times[0]

    @property
    def last(self) -> datetime:
        return self.times[-1]

    @property
    def order(self) -> int:
        """Its rank among equals: the number of its first live article, as that follows from the
        window alone."""
        return self.members[0].number

    @property
    def known(self) -> list[Member]:
        """The articles it is known by."""
        return self.members[-_REMEMBERED:]


class Shelf:
    """The live articles and stories of one language."""

    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self._members: dict[ArticleId, Member] = {}  # in the order they came
        self._ages: list[tuple[datetime, int, ArticleId]] = []  # heap: the oldest first
        self._next = 0
        self._stories: dict[StoryId, _Story] = {}
        self._places: list[_Story | None] = [None]  # no story has place 0
        self._free: list[int] = []
        self._sizes = np.ones(256, dtype=np.float64)  # articles a story is known by, by place
        self._index = StoryIndex(self.lexicon)

    def __len__(self) -> int:
        return len(self._members)

    def find(self, article: ArticleId) -> Member | None:
        """The live article of that id."""
        return self._members.get(article)

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
        vectors = [member.vector for member in chain.from_iterable(groups)]
        likenesses = self.lexicon.compare(vector, vectors)
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
        members = self._stories[story].known
        held = self.lexicon.held(vector, [member.vector for member in members])
        numbers, weights = vector.text
        telling = np.argsort(-weights * self.lexicon.rarity(numbers), kind="stable")
        shared = numbers[telling[held[1 : len(numbers) + 1][telling]]]
        names = vector.names + 1
        words = self.lexicon.words
        named = {words[n] for n in (vector.tags[names:][held[names:]] >> TAG_BITS).tolist()}
        figures = set().union(*[member.numbers for member in members])
        return (words[n] for n in shared.tolist()), named, figures

    def _candidates(self, numbers: Whole, weights: Whole, rarity: Exact) -> list[_Story]:
        """The live stories that share the most of the article's rarest terms, best first."""
        weighed = weights * rarity
        telling = np.argsort(-weighed, kind="stable")[:_RAREST]
        sums = self._index.sums(numbers[telling], (weighed * rarity)[telling])
        places = (sums > 0).nonzero()[0]  # many times as fast as of the sums themselves
        scores = sums[places] / self._sizes[places]
        if len(scores) > _CANDIDATES:
            best = scores >= np.partition(scores, -_CANDIDATES)[-_CANDIDATES]
            places, scores = places[best], scores[best]
        ranked = []
        for place, score in zip(places.tolist(), scores.tolist(), strict=True):
            story = self._places[place]
            assert story is not None
            ranked.append((-score, story.members[0].number, story))
        ranked.sort()  # no two have their first article in common
        return [story for *_, story in ranked[:_CANDIDATES]]

    def _shared(self, terms: Whole, rarity: Exact, stories: Sequence[_Story]) -> list[float]:
        """The share of these terms, by their rarity, that stands in each of these stories."""
        sums = [0.0] * len(stories)
        standing = self._index.standing(terms, [story.place for story in stories])
        for there, value in zip(standing, rarity.tolist(), strict=True):
            for i, stands in enumerate(there):
                if stands:
                    sums[i] += value
        whole = int(rarity.sum())
        return [part / whole for part in sums]

    def _sum(self, story: _Story) -> Vector:
        if story.sum is None:
            story.sum = summed([member.vector for member in story.known])
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
        member = Member(number, article, at, story, vector, figures, headline_alone)
        self._members[article] = member
        heapq.heappush(self._ages, (at, number, article))
        self.lexicon.count(vector, 1, self._index.no_more)
        self._index.add(number, vector, next(iter(self._members.values())).number)
        self._join(member)

    def forget(self, before: datetime) -> None:
        """Drops every article of before that time, and stories that have none left."""
        while self._ages and self._ages[0][0] < before:
            *_, article = heapq.heappop(self._ages)
            member = self._members.pop(article)
            self._leave(member)
            self._index.forget(member.number)
            self.lexicon.count(member.vector, -1, self._index.no_more)

    def members(self, story: StoryId) -> list[ArticleId]:
        """The live articles of a story in the order they came; none where it is not live."""
        there = self._stories.get(story)
        return [member.article for member in there.members] if there else []

    def move(self, article: ArticleId, story: StoryId) -> None:
        """Puts a live article into another story, which stands as if it had always been there."""
        member = self._members[article]
        if member.story != story:
            self._leave(member)
            self._members[article] = moved = member._replace(story=story)
            self._join(moved)

    def merge_headlines(
        self, since: datetime, least: float, fade: tuple[float, float]
    ) -> list[Merge]:
        """Merges stories of headlines alone, an article of which came since then, into older ones.

        Their sums are that alike, faded by the hours between them and between their beginnings.
        """
        merges = []
        for story in sorted(self._stories.values(), key=lambda one: one.order):
            if not story.members or story.last < since:  # none, once it is merged
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
        return all(member.headline_alone for member in story.known)

    def _join(self, member: Member) -> None:
        """Into its story, for which the latest articles speak."""
        story = self._stories.get(member.story) or self._open(member.story)
        insort(story.members, member)
        insort(story.times, member.at)
        if member.number < story.known[0].number:
            self._index.speak(member.number, 0)
            return
        self._index.speak(member.number, story.place)
        if len(story.members) > _REMEMBERED:
            self._index.speak(story.members[-_REMEMBERED - 1].number, 0)
        self._settle(story)

    def _leave(self, member: Member) -> None:
        story = self._stories[member.story]
        known = story.known
        story.members.remove(member)
        del story.times[bisect_left(story.times, member.at)]
        if not story.members:
            del self._stories[story.id]
            self._places[story.place] = None
            self._free.append(story.place)
        elif member.number >= known[0].number:
            self._index.speak(story.known[0].number, story.place)
            self._settle(story)

    def _settle(self, story: _Story) -> None:
        self._sizes[story.place] = len(story.known)
        story.sum = None

    def _open(self, id_: StoryId) -> _Story:
        if self._free:
            place = self._free.pop()
        else:
            place = len(self._places)
            self._places.append(None)
            if place >= len(self._sizes):
                self._sizes = np.concatenate([self._sizes, np.ones_like(self._sizes)])
        story = self._stories[id_] = _Story(id_, place)
        self._places[place] = story
        return story


def _hours(then: datetime, at: datetime) -> float:
    return max(0.0, (at - then).total_seconds() / 3600)
