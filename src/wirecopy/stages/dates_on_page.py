"""When a page was published and updated: what it states for machines, else what it prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from wirecopy.stages.lines import Line, around_headline, labels
from wirecopy.stages.stated import Stated, host_of, text_of
from wirecopy.stages.written_dates import Moment, Written, read_iso, written_dates


class Times(NamedTuple):
    """Published and updated in UTC; `day` is that of publication in the page's own zone."""

    published: datetime | None
    day: date | None
    updated: datetime | None


_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "dcterms.created",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "sailthru.date",
    "publish-date",
    "pubdate",
    "ptime",
    "date",
)
_UPDATED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "last-modified",
    "lastmod",
    "utime",
)


# Members of JSON-LD objects that are no article, and of the data that scripts draw a page from.
_OTHER_KEYS = ("datePublished", "uploadDate", "dateCreated")
_IN_SCRIPT = re.compile(
    r"""["'](?:date_?published|published?_?(?:at|date|time|on)|publication_?date|first-?publication
    |(?:original_)?pub_?date|first_?published(?:_?at|_?date)?|create_?d?_?(?:at|date))["']\s*:\s*
    ["']?(\d{4}-?\d\d-?\d\d[^"',}\]]{0,25})""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_SCRIPT = 300_000  # characters


def times(
    stated: Stated, titles: Sequence[str], url: str, language: str, at: datetime | None
) -> Times:
    """The times of a page; none is more than a day after the capture `at`."""
    place = _Place(language, host_of(url).rpartition(".")[2], at)
    literals = [text_of(stated.article.get("dateModified"))]
    updated = _first([*literals, *(stated.meta(key) for key in _UPDATED)], place)
    addressed = _in_address(url, place)
    published = _first(_stated_literals(stated), place)
    if published is None:
        day = addressed or _printed(stated, titles, place) or _in_address(url, place, (_MINUTE,))
        published = _at_midnight(day) if day else _first(_drawn_literals(stated), place)
    return Times(
        published=published.when if published else None,
        day=_own_day(published, addressed) if published else None,
        updated=updated.when if updated else None,
    )


def _stated_literals(stated: Stated) -> Iterator[str]:
    """What the page states as its time of publication, most trusted first."""
    yield text_of(stated.article.get("datePublished"))
    yield text_of(stated.article.get("dateCreated"))
    for key in _PUBLISHED:
        yield stated.meta(key)
    for element in _marked(stated.times):
        yield element.attributes.get("datetime") or ""
    for node in stated.nodes:
        for key in _OTHER_KEYS:
            yield text_of(node.get(key))


def _drawn_literals(stated: Stated) -> Iterator[str]:
    """The same out of data in scripts, for pages that a browser draws."""
    for script in stated.tree.css("script:not([src])"):
        text = script.text()
        if len(text) <= _LONGEST_SCRIPT:
            yield from (match[1] for match in _IN_SCRIPT.finditer(text))


def _own_day(moment: Moment, addressed: date | None) -> date:
    """The day where the page was published: 2 o'clock in UTC is yesterday in New York.

    An address names that day; a time with another zone than UTC's does too.
    """
    in_utc = moment.has_clock and moment.zone.strip("+-:0").upper() in ("", "Z", "UTC", "GMT")
    if in_utc and addressed and abs((addressed - moment.day).days) == 1:
        return addressed
    return moment.day


class _Place(NamedTuple):
    """What tells how numbers are read, and which days are possible."""

    language: str
    suffix: str  # of the host: "de"
    at: datetime | None

    def is_possible(self, day: date) -> bool:
        return self.at is None or day <= self.at.date() + timedelta(days=1)


def _at_midnight(day: date) -> Moment:
    return Moment(datetime.combine(day, time(), UTC), day, False, "")


def _first(literals: Iterable[str], place: _Place) -> Moment | None:
    for literal in literals:
        if not literal:
            continue
        moment = read_iso(literal)
        if moment is None and len(literal) < 80:
            written = next(written_dates(literal, place.language, place.suffix), None)
            moment = _at_midnight(written.day) if written else None
        if moment is not None and place.is_possible(moment.day):
            return moment
    return None


def _marked(elements: Sequence[LexborNode]) -> list[LexborNode]:
    """The page's marked times, those that say "published" first."""
    marked = [element for element in elements if element.attributes.get("datetime")][:10]
    says = [
        element
        for element in marked
        if "pubdate" in element.attributes
        or "publi"
        in f"{element.attributes.get('itemprop')} {element.attributes.get('class')}".lower()
    ]
    return says or (marked if len(marked) == 1 else [])


# ---------------------------------------------------------------- the address

_IN_ADDRESS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:/|-|_|\.|)(0[1-9]|1[0-2])(?:/|-|_|\.|)(0[1-9]|[12]\d|3[01])(?!\d)"
)
# A number that tells the minute an article was made, "A2026012914320005196", is a last resort.
_MINUTE = re.compile(
    r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?=\d{2,})"
)
_LOOSE = re.compile(r"/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/")


def _in_address(
    url: str, place: _Place, written: Sequence[re.Pattern[str]] = (_LOOSE, _IN_ADDRESS)
) -> date | None:
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    for match in chain.from_iterable(pattern.finditer(f"/{path}/") for pattern in written):
        try:
            day = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
        if day.year >= 1995 and place.is_possible(day):
            return day
    return None


# ---------------------------------------------------------------- print

_SAYS_UPDATED = re.compile(
    r"updat|modif|aktualis|zuletzt|geändert|mis à jour|màj|actualiz|atualiz|aggiorn|обновл|оновл"
    r"|päivitet|oppdater|uppdater|opdater|gewijzigd|bijgewerkt|güncelle|更新|수정|edited|reviewed"
    r"|revised|\bstand\b",
    re.IGNORECASE,
)
_SAYS_PUBLISHED = re.compile(
    r"publi|posted|post time|created|written on|\bdat(?:e|um|a)\s*:|erstellt|geschrieben"
    r"|veröffentlicht|erschienen|geplaatst|опублик|дата|dodan|julkaistu|发布|発行|掲載|公開|입력|등록|نشر",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"""(?:^|[\s_-])(?:date|datum|datetime|fecha|dateline|pub-?date|publication|published
        |datepublished|postmetadata
        |(?:post|entry|article|publish\w*|story|news)[-_\ ]?(?:date|time|meta\w*|info|detail|footer)
    )\b""",
    re.VERBOSE,
)
_OTHERS = re.compile(r"comment|reply|leserbrief|copyright")
_ELSEWHERE = re.compile(
    r"comment|reply|leserbrief|copyright|related|sidebar|widget|footer|teaser|card\b|popular|recent"
    r"|latest|event|more-"
)
_AFTER, _BEFORE = 40, 15  # lines around the headline
_LONGEST_DATE_LINE = 120  # characters
_LONELY = 60  # characters of a line that holds the only day of a page


def _printed(stated: Stated, titles: Sequence[str], place: _Place) -> date | None:
    """The day that is printed where a day of publication stands."""
    dated = [(line, found) for line in stated.lines if (found := _dates_in(line, place))]
    if not dated:
        return None
    found_in = {line.number: found for line, found in dated}
    near = [
        (line, found_in[line.number])
        for line in around_headline(stated.lines, titles, _AFTER, _BEFORE)
        if line.number in found_in and len(line.text) <= _LONGEST_DATE_LINE
    ]
    said = [(line, found) for line, found in dated if _says_published(line)]
    for group, elsewhere in ((near, _ELSEWHERE), (said, _ELSEWHERE), (near, _OTHERS)):
        for line, found in group:
            day = _not_of_an_update(line, found)
            if day and not _is_called(line, elsewhere):
                return day
    rest = near or [(line, found) for line, found in dated if len(line.text) <= _LONELY]
    days = {
        written.day for line, found in rest if not _is_called(line, _OTHERS) for written in found
    }
    return days.pop() if len(days) == 1 else None


def _says_published(line: Line) -> bool:
    if _SAYS_PUBLISHED.search(line.text):
        return True
    return len(line.text) <= _LONGEST_DATE_LINE and _is_called(line, _LABEL, 2)


def _dates_in(line: Line, place: _Place) -> list[Written]:
    found = written_dates(line.text, place.language, place.suffix)
    return [written for written in found if place.is_possible(written.day)]


def _not_of_an_update(line: Line, found: Sequence[Written]) -> date | None:
    """The first day of a line that it does not say to be an update's."""
    for written in found:
        before = line.text[max(0, written.start - 40) : written.start]
        if not _SAYS_UPDATED.search(before) or _SAYS_PUBLISHED.search(before):
            return written.day
    return None


def _is_called(line: Line, pattern: re.Pattern[str], generations: int = 5) -> bool:
    return any(pattern.search(label) for label in labels(line.pieces[0][1], generations))
