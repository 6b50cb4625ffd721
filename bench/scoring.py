"""How an extraction is scored against a truth: the rule of the scrapinghub benchmark.

Texts become words: runs of letters or digits, and each character of a script without spaces. Words
form overlapping runs of four, compared as bags: shared runs are hits. A page's precision and recall
come from those; a set's are means over its pages, and F1 is the harmonic mean of these two means.
A field whose truth is null is not scored.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

RUN = 4  # words
POOR = 0.5  # a page with a lower F1 counts as failed

# Thai, kana, CJK ideographs and their extension A, hangul, compatibility ideographs
_WIDE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{_WIDE}]|[^\W{_WIDE}]+")
_MARKS = str.maketrans(
    {
        **dict.fromkeys("‘’‚", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("–—‐‑", "-"),
        "\u00ad": None,
        "\u200b": None,
    }
)
_BY = re.compile(r"^(by|von|par|por|da)\s+")


class Truth(TypedDict, total=False):
    """A line of truth.jsonl; null or absent means not known."""

    id: str
    file: str
    url: str
    title: str | None
    authors: list[str] | None
    date: str | float | None  # a number (NaN) stands in real sets, and is no day
    text: str | None
    domain: str  # registrable
    set: str  # the collection a page comes from
    page_type: str | None  # "article", or what else it is: "forum", "product", ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a program says of one page; empty means nothing was found."""

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    text: str = ""
    is_article: bool = True  # False: the program says that the page is something else
    held: str = ""  # why nothing of it would be published; "" when it would be
    aside_seconds: float = 0.0  # CPU spent on this page on what the other programs do not do


Pair = tuple[Truth, Prediction]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    """One page's text against its truth; None where there is nothing to divide by."""

    precision: float | None
    recall: float | None
    f1: float
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Means over a set; None where no truth is known."""

    f1: float | None
    precision: float | None
    recall: float | None
    exact: float | None
    fail: float | None
    title: float | None
    authors: float | None
    date: float | None


def words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text))


def _runs(tokens: Sequence[str]) -> Counter[tuple[str, ...]]:
    if not tokens:
        return Counter()
    last = max(1, len(tokens) - RUN + 1)  # a text shorter than a run is one run
    return Counter(tuple(tokens[start : start + RUN]) for start in range(last))


def compare(truth: str, text: str) -> PageScore:
    """One page's score."""
    wanted, given = words(truth), words(text)
    if not wanted and not given:
        return PageScore(precision=None, recall=None, f1=1.0, exact=True)
    wanted_runs, given_runs = _runs(wanted), _runs(given)
    hits = (wanted_runs & given_runs).total()
    return PageScore(
        precision=hits / given_runs.total() if given else None,
        recall=hits / wanted_runs.total() if wanted else None,
        f1=2 * hits / (wanted_runs.total() + given_runs.total()),
        exact=wanted == given,
    )


def lost_and_added(truth: str, text: str) -> tuple[str, int]:
    """The costliest stretch of a page's errors: what and where it is, and how many words.

    A word is right when it stands in a run of four that both texts have; what is wrong lies before
    the first right word, after the last one, or between them.
    """
    wanted, given = words(truth), words(text)
    stretches: dict[str, int] = {}
    for what, tokens, other in (("lost", wanted, given), ("added", given, wanted)):
        right = _right(tokens, set(_runs(other)))
        first = right.index(True) if True in right else len(right)
        last = len(right) - right[::-1].index(True) if True in right else len(right)
        stretches[f"{what} at the start"] = first
        stretches[f"{what} in the middle"] = right[first:last].count(False)
        stretches[f"{what} at the end"] = len(right) - last
    return max(stretches.items(), key=lambda stretch: stretch[1])


def _right(tokens: Sequence[str], known: set[tuple[str, ...]]) -> list[bool]:
    """Of each word: whether it stands in one of the known runs."""
    right = [False] * len(tokens)
    for start in range(max(1, len(tokens) - RUN + 1)):
        run = tuple(tokens[start : start + RUN])
        if run in known:
            right[start : start + RUN] = [True] * len(run)
    return right


def is_other(truth: Truth) -> bool:
    """Whether the truth says that a page is no article. Its text is then no story to be found."""
    return (truth.get("page_type") or "article") != "article"


def fold(text: str) -> str:
    """A headline or name as it is compared: case, spaces, quotes and dashes do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_MARKS).split()).casefold()


def _names(authors: Iterable[str]) -> set[str]:
    return {name for author in authors if (name := _BY.sub("", fold(author)).strip(" .,;:|"))}


def _days(date: str) -> set[str]:
    """The day as written, and in UTC; nothing where there is no whole day."""
    date = date.strip()
    if len(date) < len("2026-01-31"):
        return set()
    days = {date[:10]}
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return days
    if moment.tzinfo is not None:
        days.add(moment.astimezone(UTC).date().isoformat())
    return days


def _authors(truth: list[str], given: tuple[str, ...]) -> float | None:
    wanted, found = _names(truth), _names(given)
    if not wanted:
        return None
    return 2 * len(wanted & found) / (len(wanted) + len(found))


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def score(pairs: Sequence[Pair]) -> Score:
    """The score of a set's articles; pages that are something else are left out."""
    pairs = [pair for pair in pairs if not is_other(pair[0])]
    pages = [compare(text, guess.text) for truth, guess in pairs if (text := truth.get("text"))]
    precision = _mean(page.precision for page in pages)
    recall = _mean(page.recall for page in pages)
    f1 = None
    if pages:
        f1 = 2 * precision * recall / (precision + recall) if precision and recall else 0.0
    return Score(
        f1=f1,
        precision=precision,
        recall=recall,
        exact=_mean(page.exact for page in pages),
        fail=_mean(page.f1 < POOR for page in pages),
        title=_mean(
            fold(title) == fold(guess.title)
            for truth, guess in pairs
            if (title := truth.get("title"))
        ),
        authors=_mean(
            _authors(authors, guess.authors)
            for truth, guess in pairs
            if (authors := truth.get("authors"))
        ),
        date=_mean(
            bool(days & _days(guess.date))
            for truth, guess in pairs
            if (days := _days(str(truth.get("date") or "")))
        ),
    )
