"""Whether an article and one of another language tell of one event: by names, numbers and times.

No word is translated. What crosses languages is how a name sounds (`sound`) and what a number says.
The decision is conservative: half of either's names and most of those of either's headline stand on
the other side, and a number too, the more telling the more time lies between the two.

Where a script has no capitals, or a language writes every noun with one, it does not tell which
words are names; such an article is known by the names of the other. Scripts without spaces are not
read here. What was tried and measured: docs/decisions/0026.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from wirecopy.model import ArticleId, Features
from wirecopy.stages.features import terms_of
from wirecopy.stages.sound import sound

APART = timedelta(hours=48)  # between two articles on one event
_NEAR = timedelta(hours=12)
_DIGITS_NEAR, _DIGITS = 3, 5  # told by the numbers in common: within `_NEAR`, and later
_SHARED_NAMES = 2  # at least
_STRENGTH = 1.2  # of the shared names together; a name that no other live article has counts 1
_COVERED = 0.5  # of each article's names, the headline's counted twice, by the other
_HEADS_COVERED = 0.6  # of the names of each headline, by the other's headline
_SAME = 0.65  # of the words of two names, from which they are one name
_KNOWN = 1_000  # articles imagined before the first, so that early counts do not decide alone
_MOST_POSTINGS = 200  # articles; a number that more have tells nothing
_CANDIDATES = 16  # articles looked at in full
_NOUNS = frozenset(("de", "lb"))  # languages that write every noun with a capital
# English writes them with a capital, as it does names; May is left, as it is a name too.
_DAYS = frozenset(
    [
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("january", "february", "march", "april", "june", "july", "august", "september"),
        *("october", "november", "december"),
    ]
)
_DIVIDES = re.compile("[ \u00a0-]")

Name = tuple[str, ...]  # the sounds of its words


@dataclass(frozen=True, slots=True)
class Told:
    """What an article tells in any language."""

    language: str
    names: tuple[Name, ...]  # those of most words first, none twice
    heads: frozenset[Name]  # those of them that the headline has
    words: tuple[str, ...]  # sounds of the words of title and lead, names among them
    head_words: tuple[str, ...]  # of the title alone
    numbers: tuple[str, ...]  # telling ones
    capitals: bool  # whether capitals tell names

    @property
    def named(self) -> Iterable[str]:
        """The words of its names, each once; where no names are known, all words may be some."""
        return tuple(set(chain.from_iterable(self.names))) if self.names else self.words


@dataclass(frozen=True, slots=True)
class Match:
    """A live article of another language that tells of the same event, and what both tell."""

    article: ArticleId
    language: str
    names: frozenset[Name]  # as either has them
    numbers: tuple[str, ...]
    agreement: float  # the part of its names that the other has, of whichever has less; 0..1


@dataclass(frozen=True, slots=True)
class _Live:
    """A live article."""

    article: ArticleId
    at: datetime
    told: Told


@dataclass(frozen=True, slots=True)
class _Share:
    """How much of an article's names another has."""

    part: float  # the headline's counted twice
    heads: float  # of the headline's alone, in the other's headline
    strength: float
    names: frozenset[Name]


class Tongues:
    """The live articles of all languages, found by the numbers they tell."""

    def __init__(self) -> None:
        self._live: dict[int, _Live] = {}
        self._ages: list[tuple[datetime, int]] = []
        self._next = 0
        self._postings: dict[str, deque[int]] = {}  # by number told
        self._counts: Counter[str] = Counter()  # live articles that have a name's word

    def __len__(self) -> int:
        return len(self._live)

    def add(self, article: ArticleId, told: Told, at: datetime) -> None:
        """A live article more."""
        number = self._next
        self._next += 1
        self._live[number] = _Live(article, at, told)
        heapq.heappush(self._ages, (at, number))
        self._counts.update(told.named)
        for figure in told.numbers:
            self._postings.setdefault(figure, deque()).append(number)

    def forget(self, before: datetime) -> None:
        """Drops every article of before that time."""
        while self._ages and self._ages[0][0] < before:
            _, number = heapq.heappop(self._ages)
            told = self._live.pop(number).told
            for word in told.named:
                self._counts[word] -= 1
                if not self._counts[word]:
                    del self._counts[word]
            for figure in told.numbers:
                found = self._postings[figure]
                found.remove(number)  # the oldest stand first
                if not found:
                    del self._postings[figure]

    def matches(self, mine: Told, at: datetime) -> list[Match]:
        """The live articles of other languages on the event of this one, the likest first."""
        found = []
        for number in self._candidates(mine, at):
            match = self._match(mine, self._live[number])
            if match is not None:
                found.append((-match.agreement, number, match))
        return [match for *_, match in sorted(found, key=lambda one: one[:2])]

    def _candidates(self, mine: Told, at: datetime) -> list[int]:
        """The articles near in time that share numbers enough, the most telling first."""
        digits: Counter[int] = Counter()
        for figure in mine.numbers:
            found = self._postings.get(figure, ())
            if len(found) <= _MOST_POSTINGS:
                for number in found:
                    digits[number] += _digits(figure)
        near = []
        for number, shared in digits.items():
            live = self._live[number]
            apart = abs(at - live.at)
            if (
                shared >= (_DIGITS_NEAR if apart <= _NEAR else _DIGITS)
                and live.told.language != mine.language
                and apart <= APART
            ):
                near.append((-shared, number))
        return [number for _, number in heapq.nsmallest(_CANDIDATES, near)]

    def _strength(self, word: str) -> float:
        """How telling a word of a name is: 1 where no live article has it, 0 where all have."""
        known = len(self._live) + _KNOWN
        return 1 - math.log(self._counts.get(word, 0) + 1) / math.log(known + 1)

    def _match(self, mine: Told, live: _Live) -> Match | None:
        other = live.told
        if not (mine.capitals or other.capitals):
            return None
        shares = [
            (one.capitals, share)
            for one, two in ((mine, other), (other, mine))
            if (share := self._share(one, two)) is not None
        ]
        if any(s.part < _COVERED or s.heads < _HEADS_COVERED for _, s in shares):
            return None
        sure = [share for capitals, share in shares if capitals]
        if any(len(s.names) < _SHARED_NAMES or s.strength < _STRENGTH for s in sure):
            return None
        return Match(
            article=live.article,
            language=other.language,
            names=frozenset().union(*(share.names for _, share in shares)),
            numbers=tuple(one for one in mine.numbers if one in other.numbers),
            agreement=min(share.part for _, share in shares),
        )

    def _share(self, mine: Told, other: Told) -> _Share | None:
        """How much of one's names the other has; None where none of them is sure to be a name."""
        groups = _people(mine)
        if not groups:
            return None
        known_as = _Known(other)
        found = heads = heads_found = 0
        strength = 0.0
        shared: set[Name] = set()
        for group in groups:
            in_head = not mine.heads.isdisjoint(group)
            heads += in_head
            known = [name for name in group if known_as.has(name)]
            if not known:
                continue
            found += 1 + in_head
            strength += sum(map(self._strength, group[0])) / len(group[0])
            shared.update(known)
            heads_found += in_head and any(name[-1] in other.head_words for name in known)
        return _Share(
            part=found / (len(groups) + heads),
            heads=heads_found / heads if heads else 1.0,
            strength=strength,
            names=frozenset(shared),
        )


class _Known:
    """The names of an article, to ask whether another's stand among them."""

    def __init__(self, told: Told) -> None:
        self._names = [frozenset(one) for name in told.names for one in _shorter(name, told)]
        self._single = {name[0] for name in told.names if len(name) == 1}
        self._last = {name[-1] for name in told.names}
        # Words without a capital, and those after an elision (l'Ukraine), which names leave out.
        within = {word for name in told.names if len(name) > 1 for word in name}
        self._loose = frozenset(told.words) - within

    def has(self, name: Name) -> bool:
        """Storm Odalys is Odalys and Elena Marsh is Marsh, but Astrid Marsh is not Elena Marsh."""
        if name[-1] in self._single or (len(name) == 1 and name[0] in self._last):
            return True
        mine = frozenset(name)
        return self._loose.issuperset(mine) or any(
            len(mine & one) >= _SAME * len(mine | one) for one in self._names
        )


# ---------------------------------------------------------------- what an article tells


def told(features: Features, language: str) -> Told:
    """What crosses languages, of an article in `language` (primary tag)."""
    title = frozenset(features.title_terms)
    names: dict[Name, bool] = {}
    for written in features.names:
        words = _words_of(written)
        name = _name(written, language)
        if name:
            in_head = title.issuperset(terms_of([word.lower() for word in words], language))
            names[name] = names.get(name, False) or in_head
    ordered = sorted(names, key=lambda name: (-len(name), name))
    heads = frozenset(name for name in ordered if names[name])
    return Told(
        language=language,
        names=tuple(ordered),
        heads=heads,
        words=_sounds((term for term, _ in features.terms), language, ordered),
        head_words=_sounds(title, language, heads),
        numbers=_numbers(features.numbers),
        capitals=bool(names) and language not in _NOUNS,
    )


def names_told(features: Features, language: str, names: frozenset[Name]) -> list[str]:
    """Those of an article's names, as written there, that are among these; the fullest of each."""
    if features.names:
        found = {one: set(_name(one, language)) for one in features.names}
        shared = [one for one in features.names if _name(one, language) in names]
        return [one for one in shared if not any(found[one] < found[two] for two in shared)]
    words = {word for name in names for word in name}
    return [term for term, _ in features.terms if sound(term, language) in words]


def _name(written: str, language: str) -> Name:
    return tuple(heard for word in _words_of(written) if (heard := sound(word, language)))


def _words_of(written: str) -> list[str]:
    return [word for word in _DIVIDES.split(written) if word.lower() not in _DAYS]


def _sounds(words: Iterable[str], language: str, names: Iterable[Name]) -> tuple[str, ...]:
    heard = {sound(word, language) for word in words}.union(*names)
    return tuple(sorted(heard - {""}))


def _people(told: Told) -> list[list[Name]]:
    """Names that are one, the fullest first: Captain Elena Marsh, Elena Marsh, Marsh."""
    groups: list[list[Name]] = []
    for name in told.names:
        if not told.capitals and len(name) == 1:
            continue  # a noun, for all we know
        home = next((group for group in groups if set(name) < set(group[0])), None)
        if home is None:
            groups.append([name])
        else:
            home.append(name)
    return [
        list(dict.fromkeys(one for name in group for one in _shorter(name, told)))
        for group in groups
    ]


def _shorter(name: Name, told: Told) -> Iterator[Name]:
    """A name, and the same without what may be a title before it: Mayor, Kapitänin."""
    yield name
    for start in range(1, len(name) - (1 if told.capitals else 0)):
        yield name[start:]


# ---------------------------------------------------------------- numbers


def _numbers(written: Iterable[str]) -> tuple[str, ...]:
    """The telling ones, as every language writes them.

    Of numbers cut at a blank, as in 187 000, those of whole thousands are sure to be one.
    """
    found: list[str] = []
    for number in written:
        if number == "000" and found and len(found[-1]) < 4 and found[-1].isdecimal():
            found[-1] += number
        else:
            found.append(number)
    return tuple(dict.fromkeys(number for one in found if (number := _telling(one))))


def _telling(number: str) -> str:
    """A number with a point before its fraction; "" for what may be a day, an hour or a year."""
    plain = number.replace(",", ".")
    if plain.count(".") == 1:
        return plain
    value = int(plain) if plain.isdecimal() else 0
    return str(value) if 60 <= value < 1900 or value >= 2100 else ""


def _digits(number: str) -> int:
    """How much a number tells: its significant digits, and one for its size from a thousand on."""
    return len(number.replace(".", "").strip("0")) + (len(number.partition(".")[0]) > 3)
