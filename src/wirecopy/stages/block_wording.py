"""What a block's words tell, and what the page's own data says of them.

Only blocks that their layout leaves in question are read, half of all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from wirecopy.stages.block_layout import Floats
from wirecopy.stages.blocks import Blocks, columns_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the page's own data says, for comparison: claims, any may be missing."""

    titles: Sequence[str] = ()
    description: str = ""
    body: str = ""  # JSON-LD articleBody
    authors: Sequence[str] = ()


_HEAD = 60  # characters: how a block begins

_SAYINGS = """
    commas stops ends ends_colon upper_first all_upper quoted lead_more lead_by
    has_address has_terms has_offer has_time bar repeated"""
_COUNTED = _SAYINGS.split()
_CLAIMS = "is_title in_title is_description in_body is_author has_body"
# The rows of the table in their order; those that are counted are written at once.
WORDING = [*_COUNTED, *_CLAIMS.split()]
_ROW = {name: number for number, name in enumerate(WORDING)}

_ENDS = frozenset(".!?。！？…।؟۔\"”“»’')]")
_QUOTES = frozenset("\"“„«‘»「『'")
# Words are looked for in lower case: a pattern that folds by itself takes ten times as long.
_MORE = re.compile(
    "read |more|see also|also |related|mehr |lesen|lees |leia|lea |lire |leggi|читайте|ver |watch|"
    "listen|click|tap |don't miss|lue |läs|les |baca|follow|subscribe|sign |share|tweet|download|"
    "advert|anzeige|publicidad|comment|posted|published|updated|last |tags?\\b|topics?\\b|filed|"
    "categor|loading|skip|menu|search|home|login|log in|register|newsletter|copyright|all rights"
)
_BY = re.compile("by |by:|von |por |par |di |text:|door |av |af |от |автор|written by")
_ADDRESS = re.compile(r"@\w|https?:|www\.|\.com\b")
_ADDRESSES = ("@", "http", "www.", ".com")  # one of these stands in an address
_TERMS_SAID = """cookie|privacy|consent|terms of|gdpr|datenschutz|einwilligung|confidentialit
    |privacid|privatsphäre|personvern|integritet|prywatno|конфиденциал|all rights reserved
    |copyright|©|隐私|プライバシー|개인정보"""
_OFFERS_SAID = """newsletter|inbox|subscri|sign up|signing up|sign in|log in|abonn|suscri|inscri
    |assina|probeabo|download the app|our app|whatsapp|telegram|follow us|google news
    |e-mail address|email address|подпис|メルマガ|会員|订阅|구독"""
_TERMS, _OFFERS = (
    tuple(phrase.strip() for phrase in said.split("|")) for said in (_TERMS_SAID, _OFFERS_SAID)
)
# "7:30", "2026", "3/2/26"; each way begins with a digit, which is quickly looked for.
_TIME = re.compile(r"\d(?:\d?(?:[:.h]\d\d|[./-]\d{1,2}[./-]\d\d)|(?<=1)9\d\d|(?<=2)0\d\d)")
_SEARCHED = 240  # characters of a block
_CLAIMING = 100  # the same, for what the page's data claims
_CLAIMED = 80  # of those, folded
_NO_LETTERS = " \t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”„‘’‚«»‹›–—…·•\u00a0"
_WITHOUT = str.maketrans("", "", _NO_LETTERS)  # the quickest for ASCII, the slowest for others
_RUNS = re.compile(f"[{re.escape(_NO_LETTERS)}]+")


def folded(text: str) -> str:
    """Lower case without spaces and marks (line ends stay): how claims and blocks are compared."""
    return text.lower().translate(_WITHOUT) if text.isascii() else _RUNS.sub("", text.lower())


def _all_folded(texts: Sequence[str]) -> list[str]:
    """The same of many, in half the time: those in ASCII by one call, and the others."""
    plain, other = (
        iter(folded("\n".join([text for text in texts if text.isascii() is plainly])).split("\n"))
        for plainly in (True, False)
    )
    return [next(plain if text.isascii() else other) for text in texts]


class _Beginnings:
    """How a page's blocks begin, in lower case and in one text, which is searched at once."""

    def __init__(self, low: Sequence[str]) -> None:
        self._joined = "\n".join(low)
        self._starts = list(accumulate((len(one) + 1 for one in low), initial=0))

    def that_hold(self, phrases: Sequence[str]) -> set[int]:
        """The numbers of those that hold any of the phrases. Searching for thirty phrases takes a
        third of the time that one pattern for all of them does."""
        rows: set[int] = set()
        for phrase in phrases:
            at = self._joined.find(phrase)
            while at >= 0:
                row = bisect_right(self._starts, at)
                rows.add(row - 1)
                at = self._joined.find(phrase, self._starts[row])
        return rows


def wording(page: Blocks, said: Said, numbers: Sequence[int]) -> Floats:
    """(features, numbers), in the order of `WORDING`, of the blocks of these numbers."""
    table = np.zeros((len(WORDING), len(numbers)), np.float32)
    if len(numbers):
        text = [page.text[number] for number in numbers]
        table[: len(_COUNTED)] = columns_of(_counts(text, Counter(page.text)))
        _compare(table, text, said)
    return table


def _counts(text: Sequence[str], seen: Mapping[str, int]) -> list[tuple[int, ...]]:
    """The first rows' numbers, a tuple a block; `seen` says how often each stands on the page."""
    low = [one[:_SEARCHED].lower() for one in text]
    begins = _Beginnings(low)
    terms, offers = begins.that_hold(_TERMS), begins.that_hold(_OFFERS)
    addresses = {
        row for row in begins.that_hold(_ADDRESSES) if _ADDRESS.search(low[row]) is not None
    }
    rows: list[tuple[int, ...]] = []
    for number, one in enumerate(text):
        small = low[number]
        head = small[:_HEAD]
        first, last = one[0], one[-1]
        stops = one.count(". ") + one.count("? ") + one.count("! ")
        commas = one.count(",")
        if not one.isascii():
            stops += one.count("。")
            commas += one.count("、") + one.count("،")
        rows.append(
            (
                commas,
                stops,
                last in _ENDS,
                last in ":：",
                first.isupper(),
                one.isupper(),
                first in _QUOTES,
                _MORE.match(small) is not None,
                _BY.match(small) is not None,
                number in addresses,
                number in terms,
                number in offers,
                _TIME.search(head) is not None,
                "|" in head,
                seen[one],
            )
        )
    return rows


def _compare(table: Floats, text: Sequence[str], said: Said) -> None:
    """Which blocks say what the page's own data says; few do, so most stay nought."""
    heads = [head[:_CLAIMED] for head in _all_folded([one[:_CLAIMING] for one in text])]
    numbered = list(enumerate(heads))
    titles = {one for one in map(folded, said.titles) if one}
    every_title = "\n".join(titles)
    longest = max(map(len, titles), default=0)
    _mark(table, "is_title", [n for n, head in numbered if head in titles])
    _mark(
        table,
        "in_title",
        [n for n, head in numbered if 3 < len(head) <= longest and head in every_title],
    )
    if len(opens := folded(said.description[:200])[:_HEAD]) > 25:
        told = [
            n
            for n, head in numbered
            if len(head) > 25 and (head.startswith(opens) or opens.startswith(head[:_HEAD]))
        ]
        _mark(table, "is_description", told)
    if len(body := folded(said.body)) > 200:
        table[_ROW["in_body"]] = [1 if head in body else -1 for head in heads]
    for author in (one for one in map(folded, said.authors) if len(one) > 4):
        named = [n for n, head in numbered if author in head and len(text[n]) < _CLAIMING]
        _mark(table, "is_author", named)
    table[_ROW["has_body"]] = min(len(body), 20_000) / 1000


def _mark(table: Floats, name: str, blocks: list[int]) -> None:
    table[_ROW[name], blocks] = 1
