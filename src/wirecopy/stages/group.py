"""Which story an article belongs to: decided once, as it comes, from the live window alone.

Each language has a shelf of its own, and stories keep to one unless they are asked to join across
(`tongues`). A story is known by its latest articles and their summed terms; an article joins the
live story that most likely tells of the same event (`decision`), else it opens one. A headline
without a text says too little for that: it joins the likest story when the likeness, faded by time,
is high enough. Weights of terms are whole numbers, so that sums do not depend on the order in which
they were made, and a shelf filled again from the same window decides as the old one would have.

B-Cubed F1 on stories the decision was not trained on: news round-ups .920, the same laid over three
weeks .846; headlines alone .823, with a threshold chosen on the same data. Online TF-IDF with decay
reaches .913, .723 and .803 in the same run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from wirecopy.model import ArticleId, Features, Placement, PublisherId, Repeat, StoryId
from wirecopy.stages.decision import ASKED, Weights, choose, trained
from wirecopy.stages.language_names import in_english
from wirecopy.stages.likeness import Vector, name_words, words_of
from wirecopy.stages.shelf import Merge, Shelf
from wirecopy.stages.tongues import APART, Match, Told, Tongues, names_told, told

WINDOW_HOURS = 96.0
TEXT_WORDS = 10  # under its headline; with fewer it is a headline alone
_HEADLINE_THRESHOLD = 0.07  # of the faded likeness: a headline has little to share
_VIEWS = (0.5, 0.3, 0.2)  # of its likeness: title and lead, title, names
_FADE = 0.01  # an hour: a story of yesterday is half a story
_TURN_HOURS = 2.0  # of the stream, after which stories of headlines alone are looked at again
_MERGE_LIKENESS = 0.35  # of two stories' sums
_MERGE_FADE = (0.02, 0.01)  # an hour between two stories, and between their beginnings
_SHOWN = 6  # shared names, numbers and words kept with a placement
_TOLD = 4  # of each, told in its sentence


class Grouper:
    """The live stories of every language; forgets by the times it is given and by nothing else.

    Given the same articles in the same order it makes the same stories. After `restore` of the
    articles whose time is within the window of the latest, in their order, it stands as before.
    Copies are no business of it: they follow the article they repeat.
    """

    def __init__(
        self,
        *,
        window_hours: float = WINDOW_HOURS,
        weights: Weights | None = None,
        across_languages: bool = False,
    ) -> None:
        self._window = timedelta(hours=window_hours)
        self._weights = weights or trained()
        self._latest: datetime | None = None
        self._shelves: dict[str, Shelf] = {}
        self._tongues = Tongues() if across_languages else None
        self._apart = min(APART, self._window)

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
        member = shelf.find(article)
        if member is not None:
            words = "It stands in this story already."
            return Placement(
                article=article, story=member.story, kind="joined", score=1.0, words=words
            )
        vector = shelf.read(features)
        placement = place(shelf, article, features, vector, at, self._weights)
        said = self._heard(features, language)
        if said is not None and placement.kind == "opened":
            placement = self._abroad(placement, features, said, at)
        self._keep(shelf, article, features, vector, at, placement.story, said)
        return placement

    def _heard(self, features: Features, language: str) -> Told | None:
        """What other languages hear of it; None for a headline alone, and where none is asked."""
        if self._tongues is None or features.words < TEXT_WORDS:
            return None
        return told(features, language)

    def _abroad(self, opened: Placement, features: Features, said: Told, at: datetime) -> Placement:
        """The story of another language that an article joins, or the one it would open.

        A story that has articles of its language was weighed by more than names, and refused.
        """
        assert self._tongues is not None
        for match in self._tongues.matches(said, at):
            member = self._shelves[match.language].find(match.article)
            if member is not None and not self._shelves[said.language].members(member.story):
                return _joined_abroad(opened, member.story, features, said.language, match)
        return opened

    def look_again(self, at: datetime) -> list[Merge]:
        """The stories that turn out to be one, before an article of that time is placed.

        Once in two hours of the stream, and only stories of headlines alone: what has a text is
        placed right as it comes (a second look at D costs .016 of pairwise F1 and gives nothing).
        """
        latest = self._latest
        if latest is None or _turn(at) <= _turn(latest):
            return []
        since = datetime.fromtimestamp(_turn(latest) * _TURN_HOURS * 3600, UTC)
        merges = []
        for language in sorted(self._shelves):
            shelf = self._shelves[language]
            shelf.forget(latest - self._window)
            found = shelf.merge_headlines(since, _MERGE_LIKENESS, _MERGE_FADE)
            for merge in found:
                self._follow(merge)
            merges += found
        return merges

    def _follow(self, merge: Merge) -> None:
        """Articles of other languages come along when their story is merged into another."""
        for shelf in self._shelves.values():
            for article in shelf.members(merge.story):
                shelf.move(article, merge.into)

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

    def move(self, article: ArticleId, story: StoryId) -> None:
        """Takes a live article into another story; nothing where it is not live, or a copy."""
        for shelf in self._shelves.values():
            if shelf.find(article) is not None:
                shelf.move(article, story)

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
        if shelf.find(article) is None:
            said = self._heard(features, language)
            self._keep(shelf, article, features, shelf.read(features), at, story, said)

    def _shelf(self, language: str, at: datetime) -> Shelf:
        self._latest = at if self._latest is None else max(at, self._latest)
        shelf = self._shelves.get(language)
        if shelf is None:
            shelf = self._shelves[language] = Shelf()
        shelf.forget(self._latest - self._window)
        if self._tongues is not None:
            self._tongues.forget(self._latest - self._apart)
        return shelf

    def _keep(
        self,
        shelf: Shelf,
        article: ArticleId,
        features: Features,
        vector: Vector,
        at: datetime,
        story: StoryId,
        said: Told | None,
    ) -> None:
        assert self._latest is not None
        if self._tongues is not None and said is not None and at >= self._latest - self._apart:
            self._tongues.add(article, said, at)
        if at >= self._latest - self._window:
            alone = features.words < TEXT_WORDS
            shelf.add(article, vector, features.numbers, at, story, headline_alone=alone)
        else:
            shelf.drop(vector)


def _turn(at: datetime) -> int:
    return int(at.timestamp() // (_TURN_HOURS * 3600))


def place(
    shelf: Shelf,
    article: ArticleId,
    features: Features,
    vector: Vector,
    at: datetime,
    weights: Weights,
) -> Placement:
    """The story of the shelf that an article joins, or its own; the shelf does not change."""
    if features.words >= TEXT_WORDS:
        candidates = shelf.weigh(vector, at)
        if not candidates:
            return _opened(article, 0.0, "")
        best, chance = choose([evidence for _, evidence in candidates], weights)
        if chance < ASKED:
            words = f"The likeliest live story has a chance of {chance:.0%}; {ASKED:.0%} is asked."
            return _opened(article, chance, words)
        return _joined(shelf, article, features, vector, candidates[best][0], chance)
    story, likeness = shelf.likest(vector, at, _VIEWS, _FADE)
    if story is None or likeness < _HEADLINE_THRESHOLD:
        asked = f"{_HEADLINE_THRESHOLD:.2f} asked of a headline alone"
        words = f"The likest live story reaches {likeness:.2f} of the {asked}."
        return _opened(article, likeness, words)
    return _joined(shelf, article, features, vector, story, likeness)


def _joined(
    shelf: Shelf,
    article: ArticleId,
    features: Features,
    vector: Vector,
    story: StoryId,
    score: float,
) -> Placement:
    both, words, figures = shelf.common(vector, story)
    names = tuple(islice(_named(features.names, words), _SHOWN))
    numbers = [number for number in features.numbers if number in figures]
    told = words_of(names).keys() | numbers
    terms = tuple(islice((term for term in both if term not in told), _SHOWN))
    shown = names, tuple(numbers[:_SHOWN]), terms
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


def _named(names: Sequence[str], words: set[str]) -> Iterator[str]:
    """Those of these names whose every word is among these."""
    for name in names:
        plain = name.lower()
        if plain in words or (" " in plain and name_words(plain) <= words):
            yield name


def _joined_abroad(
    opened: Placement, story: StoryId, features: Features, language: str, match: Match
) -> Placement:
    names = tuple(names_told(features, language, match.names)[:_SHOWN])
    numbers = match.numbers[:_SHOWN]
    return replace(
        opened,
        story=story,
        kind="joined",
        score=round(match.agreement, 4),
        shared_names=names,
        shared_numbers=numbers,
        words=_reason(names, numbers, (), f"a story in {in_english(match.language)}"),
    )


def _opened(article: ArticleId, best: float, words: str) -> Placement:
    return Placement(
        article=article,
        story=StoryId(article),
        kind="opened",
        score=round(min(1.0, best), 4),
        words=words if best > 0 else "No live story is like it.",
    )


def _reason(
    names: Sequence[str], numbers: Sequence[str], terms: Sequence[str], story: str = "the story"
) -> str:
    kinds = (("the name", names), ("the number", numbers), ("the word", terms))
    parts = [_listed(what, items[:_TOLD]) for what, items in kinds if items]
    return f"It shares {_joined_up(parts)} with {story}." if parts else "It is like the story."


def _listed(what: str, items: Sequence[str]) -> str:
    return f"{what}{'s' if len(items) > 1 else ''} {_joined_up(items)}"


def _joined_up(items: Iterable[str]) -> str:
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last
