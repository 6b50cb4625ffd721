"""Dates as pages write them: ISO 8601, numbers in the order of the place, and names of months."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from wirecopy.stages.months import month_of

EARLIEST = 1990  # the first year in which a page can have been published on the web

_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[T ]+(\d\d?):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE,
)


class Moment(NamedTuple):
    """A time in UTC, the day as it is written, and whether the clock's zone is known."""

    when: datetime
    day: date
    has_clock: bool
    zone: str  # as written, "" when none


def read_iso(literal: str) -> Moment | None:
    """An ISO 8601 time, as loosely as publishers write it; without a zone it is taken as UTC."""
    match = _ISO.match(literal.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        there = datetime.combine(
            date(int(year), int(month), int(day)),
            time(int(hour or 0), int(minute or 0), int(second or 0)),
            tzinfo=UTC,
        )
        when = there
        if zone and zone[0] in "+-":
            digits = zone[1:].replace(":", "").ljust(4, "0")
            offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
            when = there - offset if zone[0] == "+" else there + offset
    except (ValueError, OverflowError):
        return None
    return (
        Moment(when, there.date(), hour is not None, zone or "") if when.year >= EARLIEST else None
    )


def to_utc(literal: str) -> datetime | None:
    """The moment an ISO 8601 literal names, in UTC."""
    moment = read_iso(literal)
    return moment.when if moment else None


# ---------------------------------------------------------------- dates in running text

_WORD = r"([^\W\d_][^\s\d.,:;/|()\-–]{1,14}(?: (?:الأول|الاول|الثاني))?)"
_YEAR = r"((?:19|20|25)\d\d)(?!\d)"  # 25..: the Buddhist era, in Thailand
_DAY_MONTH = re.compile(
    rf"(?<![\d.:/])(\d{{1,2}})(?:st|nd|rd|th|er|[.ºª°]|-го|-го|η)?[\s\-/]*(?:de\s|of\s|d['’])?\s*{_WORD}"
    rf"[.,]{{0,2}}[\s\-/]*(?:de\s|del\s|of\s)?\s*{_YEAR}",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"(?<!\w){_WORD}[.,]?[\s\-]*(\d{{1,2}})(?:st|nd|rd|th)?[.,]{{0,2}}\s*{_YEAR}", re.IGNORECASE
)
_YEAR_MONTH = re.compile(rf"(?<![\d.]){_YEAR}\.?\s+{_WORD}\.?\s+(\d{{1,2}})(?!\d)")
_YEAR_FIRST = re.compile(
    r"(?<![\d/.:-])((?:19|20)\d\d)(?:\s?[-/.年]\s?|년\s*)(\d{1,2})(?:\s?[-/.月]\s?|월\s*)(\d{1,2})(?!\d)"
)
_NUMERIC = re.compile(
    r"(?<![\d/.:-])(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20|25)?\d\d)(?![\d/]|[.:-]\d)"
)
_MONTH_BEFORE_DAY = frozenset({"", "us", "com", "org", "net", "edu", "gov", "io", "ph", "mil"})


_DIGIT = re.compile(r"\d")
_NATIVE_DIGIT = re.compile(r"(?![0-9])\d")


class Written(NamedTuple):
    """A day in a text, with the place where it stands."""

    day: date
    start: int
    end: int


def written_dates(text: str, language: str = "", suffix: str = "") -> Iterator[Written]:
    """Whole dates in a short text, by their place in it.

    `suffix` is the last label of the site's name: 3/4/2020 is in March on English pages of `com`,
    in April on those of `uk`.
    """
    if not _DIGIT.search(text):
        return
    if not text.isascii():
        text = _NATIVE_DIGIT.sub(lambda digit: str(int(digit[0])), text)
    found: dict[int, Written] = {}
    american = language in ("en", "") and suffix in _MONTH_BEFORE_DAY
    for m in _DAY_MONTH.finditer(text):
        _keep(found, m, m[3], month_of(m[2], language), m[1])
    for m in _MONTH_DAY.finditer(text):
        _keep(found, m, m[3], month_of(m[1], language), m[2])
    for m in _YEAR_MONTH.finditer(text):
        _keep(found, m, m[1], month_of(m[2], language), m[3])
    for m in _YEAR_FIRST.finditer(text):
        _keep(found, m, m[1], int(m[2]), m[3])
    for m in _NUMERIC.finditer(text):
        first, second = int(m[1]), int(m[3])
        month_first = american and m[2] != "."
        if second > 12 or (month_first and first <= 12):
            first, second = second, first
        _keep(found, m, m[4], second, first)
    yield from (found[start] for start in sorted(found))


def _keep(
    found: dict[int, Written], match: re.Match[str], year: str, month: int, day: str | int
) -> None:
    number = int(year)
    if number < 100:
        number += 2000 if number < 70 else 1900
    if number > 2500:
        number -= 543
    try:
        when = date(number, month, int(day))
    except ValueError:
        return
    if when.year >= EARLIEST:
        found.setdefault(match.start(), Written(when, match.start(), match.end()))
