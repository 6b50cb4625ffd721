"""Which story an article belongs to: decided once, as it comes, from the live window alone.

Each language has a shelf of its own. A story is known by its latest articles and their summed
terms; an article joins the live story that most likely tells of the same event (`decision`), else
it opens one. A headline without a text says too little for that: it joins the likest story when
the likeness, faded by time, is high enough. Weights of terms are whole numbers, so that sums do not
depend on the order in which they were made, and a shelf filled again from the same window decides
as the old one would have.

B-Cubed F1 on stories the decision was not trained on: news round-ups .921, the same laid over three
weeks .846; headlines alone .801, with a threshold chosen on the same data (online TF-IDF with decay
reaches .872, .706 and .747 on held-out data alike).
"""

from __future__ import annotations

import heapq
import math
import operator
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wirecopy.model import ArticleId, Features, Placement, PublisherId, Repeat, StoryId
from wirecopy.stages.decision import ASKED, Evidence, Weights, choose, trained
from wirecopy.stages.likeness import Rarity, Vector, Views, log_of, name_words, views_of

WINDOW_HOURS = 96.0
TEXT_WORDS = 10  # under its headline; with fewer it is a headline alone
_HEADLINE_THRESHOLD = 0.07  # of the faded likeness: a headline has little to share

_VIEWS = (0.5, 0.3, 0.2)  # title and lead, title, names
_WEIGHED = 3  # candidates whose likeness to their members is worked out in full
_MEMBERS = 5  # latest members an article is held against
_RAREST_TOLD = 10  # terms whose share is evidence
_FRESH_HOURS = 72.0
_FADE_SINCE_LAST, _FADE_SINCE_FIRST = 0.01, 0.01  # an hour: a story of yesterday is half a story

_REMEMBERED = 20  # latest articles a story is known by: it may drift, and a big one costs no more
_RAREST = 14  # terms looked up to find candidate stories
_CANDIDATES = 6
_MOST_POSTINGS = 4_000
_SHOWN = 6  # shared names, numbers and words kept with a placement
_TOLD = 4  # of each, told in its sentence


@dataclass(frozen=True, slots=True)
class _Member:
    article: ArticleId
    at: datetime
    story: StoryId
    views: Views
    numbers: tuple[str, ...]


@dataclass(slots=True)
class _Shelved:
    """A live story: its live articles in order, and the sums over the latest of them."""

    order: int
    members: list[int] = field(default_factory=list)
    views: tuple[Counter[str], Counter[str], Counter[str]] = field(
        default_factory=lambda: (Counter(), Counter(), Counter())
    )
    numbers: Counter[str] = field(default_factory=Counter)


class Grouper:
    """The live stories of every language; forgets by the times it is given and by nothing else.

    Given the same articles in the same order it makes the same stories. After `restore` of the
    articles whose time is within the window of the latest, in their order, it stands as before.
    Copies are no business of it: they follow the article they repeat.
    """

    def __init__(
        self, *, window_hours: float = WINDOW_HOURS, weights: Weights | None = None
    ) -> None:
        self._window = timedelta(hours=window_hours)
        self._weights = weights or trained()
        self._latest: datetime | None = None
        self._shelves: dict[str, Shelf] = {}

    def place(
        self,
        article: ArticleId,
        features: Features,
        *,
        language: str,
        at: datetime,
        publisher: PublisherId,
    ) -> Placement:
        """The story the article joins or opens, with the reason.

        Asked again about a live article it answers with the same story and changes nothing.
        `publisher` is not weighed: one publisher's follow-up is news as another's is.
        """
        shelf = self._shelf(language, at)
        member = shelf.known(article)
        if member is not None:
            words = "It stands in this story already."
            return Placement(
                article=article, story=member.story, kind="joined", score=1.0, words=words
            )
        placement = shelf.choose(article, features, at, self._weights)
        self._keep(shelf, article, features, at, placement.story)
        return placement

    def join_copy(self, article: ArticleId, repeat: Repeat, *, story: StoryId) -> Placement:
        """A copy stands where the article stands that it repeats; the shelves do not change."""
        said = {"excerpt": "an excerpt of", "extended": "a longer form of"}.get(
            repeat.kind, "a copy of"
        )
        words = f"Its text is {said} another in this story ({repeat.share:.0%} the same)."
        return Placement(article=article, story=story, kind="copy", score=repeat.share, words=words)

    def join_original(self, article: ArticleId, repeat: Repeat, *, story: StoryId) -> Placement:
        """A text that came late and was published first stands where its copies stand."""
        words = (
            f"Others in this story have its text ({repeat.share:.0%} the same), and had it later."
        )
        return Placement(article=article, story=story, kind="copy", score=repeat.share, words=words)

    def restore(
        self,
        article: ArticleId,
        features: Features,
        *,
        language: str,
        at: datetime,
        publisher: PublisherId,
        story: StoryId,
        copy: bool = False,
    ) -> None:
        """Takes an article back into the story it was placed in, after a restart."""
        if copy:
            return  # nor did it count when it came
        shelf = self._shelf(language, at)
        if shelf.known(article) is None:
            self._keep(shelf, article, features, at, story)

    def _shelf(self, language: str, at: datetime) -> Shelf:
        self._latest = at if self._latest is None else max(at, self._latest)
        shelf = self._shelves.setdefault(language, Shelf())
        shelf.forget(self._latest - self._window)
        return shelf

    def _keep(
        self, shelf: Shelf, article: ArticleId, features: Features, at: datetime, story: StoryId
    ) -> None:
        assert self._latest is not None
        if at >= self._latest - self._window:
            shelf.add(article, features, at, story)


class Shelf:
    """The live articles and stories of one language."""

    def __init__(self) -> None:
        self._members: dict[int, _Member] = {}
        self._numbers: dict[ArticleId, int] = {}
        self._stories: dict[StoryId, _Shelved] = {}
        self._counts: Counter[str] = Counter()  # live articles with this term or name
        self._logs: dict[str, int] = {}  # the logarithms of these counts
        self._postings: defaultdict[str, dict[StoryId, int]] = defaultdict(dict)
        self._ages: list[tuple[datetime, int]] = []
        self._next = 0

    def known(self, article: ArticleId) -> _Member | None:
        number = self._numbers.get(article)
        return None if number is None else self._members[number]

    # ------------------------------------------------------------ deciding

    def choose(
        self, article: ArticleId, features: Features, at: datetime, weights: Weights
    ) -> Placement:
        views = views_of(features)
        rarity = self._rarity()
        if features.words >= TEXT_WORDS:
            candidates = self.weigh(views, at)
            if not candidates:
                return _opened(article, 0.0, "")
            best, chance = choose([evidence for _, evidence in candidates], weights)
            if chance < ASKED:
                words = (
                    f"The likeliest live story has a chance of {chance:.0%}; {ASKED:.0%} is asked."
                )
                return _opened(article, chance, words)
            return self._joined(article, features, views, candidates[best][0], chance, rarity)
        story, likeness = self._likest(views, at, rarity)
        if story is None or likeness < _HEADLINE_THRESHOLD:
            asked = f"{_HEADLINE_THRESHOLD:.2f} asked of a headline alone"
            words = f"The likest live story reaches {likeness:.2f} of the {asked}."
            return _opened(article, likeness, words)
        return self._joined(article, features, views, story, likeness, rarity)

    def weigh(self, views: Views, at: datetime) -> list[tuple[StoryId, Evidence]]:
        """The candidate stories, the likest first, each with the evidence for it."""
        rarity = self._rarity()
        text, title, names = map(rarity.length_of_new, views)
        liked = []
        for story in self._candidates(views[0], rarity):
            shelved = self._stories[story]
            members = [self._members[number].views for number in shelved.members[-_MEMBERS:]]
            likeness = _mean([rarity.likeness(views[0], text, theirs[0]) for theirs in members])
            liked.append((-likeness, shelved.order, story, members))
        rarest = heapq.nsmallest(_RAREST_TOLD, views[0], key=lambda t: (-rarity.of(t), t))
        whole = sum([rarity.of(term) for term in rarest]) or 1
        weighed = []
        for likeness, _, story, members in heapq.nsmallest(_WEIGHED, liked):
            there = self._stories[story].views[0]
            evidence = Evidence(
                text=-likeness,
                title=_mean([rarity.likeness(views[1], title, theirs[1]) for theirs in members]),
                names=_mean([rarity.likeness(views[2], names, theirs[2]) for theirs in members]),
                fresh=math.exp(-self._hours(story, at)[1] / _FRESH_HOURS),
                rarest=sum([rarity.of(term) for term in rarest if term in there]) / whole,
            )
            weighed.append((story, evidence))
        return weighed

    def _likest(self, views: Views, at: datetime, rarity: Rarity) -> tuple[StoryId | None, float]:
        lengths = [rarity.length_of_new(view) for view in views]
        best: tuple[float, int, StoryId] | None = None
        for story in self._candidates(views[0], rarity):
            shelved = self._stories[story]
            likeness = map(rarity.likeness, views, lengths, shelved.views)
            score = self._faded(story, at) * sum(map(operator.mul, _VIEWS, likeness))
            key = (score, -shelved.order, story)
            best = key if best is None or key > best else best
        return (best[2], best[0]) if best else (None, 0.0)

    def _rarity(self) -> Rarity:
        return Rarity(self._logs, len(self._members))

    def _candidates(self, terms: Vector, rarity: Rarity) -> list[StoryId]:
        """The live stories that share the most of the article's rarest terms."""
        rarest = heapq.nsmallest(_RAREST, terms, key=lambda t: (-terms[t] * rarity.of(t), t))
        shared: defaultdict[StoryId, int] = defaultdict(int)
        for term in rarest:
            postings = self._postings.get(term)
            if postings is None or len(postings) > _MOST_POSTINGS:
                continue
            weight = terms[term] * rarity.of(term) ** 2
            for story, sum_ in postings.items():
                shared[story] += weight * sum_
        ranked = []
        for story, sum_ in shared.items():
            shelved = self._stories[story]
            size = min(_REMEMBERED, len(shelved.members))
            ranked.append((-sum_ / size, shelved.order, story))
        return [story for *_, story in heapq.nsmallest(_CANDIDATES, ranked)]

    def _hours(self, story: StoryId, at: datetime) -> tuple[float, float]:
        """How long ago its last live article came, and its first."""
        times = [self._members[number].at for number in self._stories[story].members]
        last, first = ((at - time).total_seconds() / 3600 for time in (max(times), min(times)))
        return max(0.0, last), max(0.0, first)

    def _faded(self, story: StoryId, at: datetime) -> float:
        since_last, since_first = self._hours(story, at)
        return math.exp(-_FADE_SINCE_LAST * since_last - _FADE_SINCE_FIRST * since_first)

    def _joined(
        self,
        article: ArticleId,
        features: Features,
        views: Sequence[Vector],
        story: StoryId,
        score: float,
        rarity: Rarity,
    ) -> Placement:
        shelved = self._stories[story]
        names = [name for name in features.names if name_words(name) <= shelved.views[2].keys()]
        numbers = [number for number in features.numbers if number in shelved.numbers]
        both = [term for term in views[0] if term in shelved.views[0]]
        both.sort(key=lambda t: (-views[0][t] * rarity.of(t), t))
        told = {word for name in names[:_SHOWN] for word in name_words(name)}
        terms = [term for term in both if term not in told and term not in numbers]
        shown = tuple(names[:_SHOWN]), tuple(numbers[:_SHOWN]), tuple(terms[:_SHOWN])
        return Placement(
            article=article,
            story=story,
            kind="joined",
            score=round(min(1.0, score), 4),
            shared_names=shown[0],
            shared_numbers=shown[1],
            shared_terms=shown[2],
            words=_reason(*shown),
        )

    # ------------------------------------------------------------ keeping and forgetting

    def add(self, article: ArticleId, features: Features, at: datetime, story: StoryId) -> None:
        number = self._next
        self._next += 1
        member = _Member(article, at, story, views_of(features), features.numbers)
        self._members[number] = member
        self._numbers[article] = number
        heapq.heappush(self._ages, (at, number))
        self._count(member, 1)
        shelved = self._stories.setdefault(story, _Shelved(order=number))
        shelved.members.append(number)
        self._sum(story, member, 1)
        if len(shelved.members) > _REMEMBERED:
            self._sum(story, self._members[shelved.members[-_REMEMBERED - 1]], -1)

    def forget(self, before: datetime) -> None:
        """Drops every article of before that time, and stories that have none left."""
        while self._ages and self._ages[0][0] < before:
            _, number = heapq.heappop(self._ages)
            member = self._members.pop(number)
            del self._numbers[member.article]
            self._count(member, -1)
            shelved = self._stories[member.story]
            place = shelved.members.index(number)
            if place >= len(shelved.members) - _REMEMBERED:
                self._sum(member.story, member, -1)
                if len(shelved.members) > _REMEMBERED:
                    older = shelved.members[-_REMEMBERED - 1]
                    self._sum(member.story, self._members[older], 1)
            del shelved.members[place]
            if shelved.members:
                # A story's rank among its equals is that of its first live article: it must
                # follow from the window alone.
                shelved.order = shelved.members[0]
            else:
                del self._stories[member.story]

    def _count(self, member: _Member, sign: int) -> None:
        for term in {key for view in member.views for key in view}:
            count = self._counts[term] + sign
            if count:
                self._counts[term] = count
                self._logs[term] = log_of(count)
            else:
                del self._counts[term], self._logs[term]

    def _sum(self, story: StoryId, member: _Member, sign: int) -> None:
        shelved = self._stories[story]
        numbers = dict.fromkeys(member.numbers, 1)
        for total, part in zip(
            (*shelved.views, shelved.numbers), (*member.views, numbers), strict=True
        ):
            if sign > 0:
                total.update(part)
            else:
                _subtract(total, part)
        terms = shelved.views[0]
        for term in member.views[0]:
            if terms[term]:
                self._postings[term][story] = terms[term]
            else:
                del self._postings[term][story]
                if not self._postings[term]:
                    del self._postings[term]


def _subtract(total: Counter[str], part: Mapping[str, int]) -> None:
    for key, weight in part.items():
        left = total[key] - weight
        if left:
            total[key] = left
        else:
            del total[key]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _opened(article: ArticleId, best: float, words: str) -> Placement:
    return Placement(
        article=article,
        story=StoryId(article),
        kind="opened",
        score=round(min(1.0, best), 4),
        words=words if best > 0 else "No live story is like it.",
    )


def _reason(names: Sequence[str], numbers: Sequence[str], terms: Sequence[str]) -> str:
    kinds = (("the name", names), ("the number", numbers), ("the word", terms))
    parts = [_listed(what, items[:_TOLD]) for what, items in kinds if items]
    return f"It shares {_joined_up(parts)} with the story." if parts else "It is like the story."


def _listed(what: str, items: Sequence[str]) -> str:
    return f"{what}{'s' if len(items) > 1 else ''} {_joined_up(items)}"


def _joined_up(items: Iterable[str]) -> str:
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last
