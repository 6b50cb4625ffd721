"""One function a page: facts out of the store, as frozen values.

The site renders them and `/api` serialises them, so a page and its JSON cannot differ. Functions
take a connection and the site; time comes from the newest edition, never from a clock. The pages
of one article, one story and of sources stand in `views_article`, `views_story`, `views_sources`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from wirecopy.model import ArticleId, Edition, Ranked, StoryId
from wirecopy.stages import sections
from wirecopy.store import reading, reading_stories, search
from wirecopy.web.lines import (
    ArticleLine,
    PublisherRef,
    StoryLine,
    article_line,
    publisher_ref,
    story_lines,
)
from wirecopy.web.site import Site

FRONT_STORIES = 12  # above the sections; a front page ends
BAND_STORIES = 4
SECTION_STORIES = 40
LATEST = 14
NEAR = 8  # articles of a story looked at to find other publishers' headlines
FOUND = 50  # articles on a page of search results

SECTIONS = dict(sections.SECTIONS)  # key -> title, in the order of a newspaper


class NoSuchPage(Exception):
    """404: there is nothing here; the message says why, for the reader."""


class TakenBack(Exception):
    """410: it was here, and was taken back; the message says by whom and why."""


class Moved(Exception):
    """301: it stands at another address; the argument is that address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section, named."""

    key: str
    title: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mast:
    """What stands at the top of every page."""

    at: datetime | None  # of the newest edition, or article; None before there is any
    publishers: int
    articles: int
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineEdit:
    """A headline changed after publishing."""

    article: ArticleLine
    was: str
    now: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """How many of a day's articles credit or link to somebody."""

    name: str
    publisher: PublisherRef | None
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A section on the front page: stories that do not stand above it."""

    section: Section
    stories: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The front page at one time."""

    at: datetime | None
    stories: tuple[StoryLine, ...]
    bands: tuple[Band, ...]
    latest: tuple[ArticleLine, ...]
    edited: tuple[HeadlineEdit, ...]
    cited: tuple[Cited, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPage:
    """A section's stories in the order of weight."""

    section: Section
    at: datetime | None
    stories: tuple[StoryLine, ...]
    latest: tuple[ArticleLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What was found, best first."""

    query: str
    articles: tuple[ArticleLine, ...]
    more: bool  # whether there may be others


def mast(c: Connection) -> Mast:
    """The head of every page."""
    front = reading_stories.edition(c, "")
    publishers, articles = reading.tally(c)
    with_stories = reading_stories.section_keys(c)
    known = [key for key in SECTIONS if key in with_stories]
    others = sorted(key for key in with_stories if key and key not in SECTIONS)
    return Mast(
        at=front.at if front else reading.newest_time(c),
        publishers=publishers,
        articles=articles,
        sections=tuple(section_named(key) for key in (*known, *others)),
    )


def section_named(key: str) -> Section:
    return Section(
        key=key, title=SECTIONS.get(key, key.replace("-", " ").title()), href=f"/section/{key}"
    )


def section_of(c: Connection, key: str) -> Section:
    """The section of a key. Raises NoSuchPage for a key that is no section."""
    if key in SECTIONS or key in reading_stories.section_keys(c):
        return section_named(key)
    raise NoSuchPage("There is no such section.")


def front(c: Connection, site: Site) -> FrontPage:
    """The front page: ranked stories, sections, and the rails beside them."""
    editions = reading_stories.editions_now(c)
    top = editions.get("") or _unranked(c, "")
    stories = _stories(c, top.ranking[:FRONT_STORIES], site)
    since = top.at - timedelta(days=1)
    return FrontPage(
        at=top.at if stories else None,
        stories=tuple(stories),
        bands=_bands(c, editions, {story.id for story in stories}, site),
        latest=_lines(reading.latest(c, limit=LATEST, copies=False), site),
        edited=tuple(
            HeadlineEdit(
                article=article_line(edit.article, site), was=edit.was, now=edit.now, at=edit.at
            )
            for edit in reading.edited_headlines(c, since=since, limit=5)
        ),
        cited=tuple(
            Cited(
                name=cited.name,
                publisher=publisher_ref(cited.publisher, cited.name) if cited.publisher else None,
                articles=cited.articles,
            )
            for cited in reading.most_cited(c, since=since, limit=8)
        ),
    )


def section(c: Connection, site: Site, key: str) -> SectionPage:
    """One section. Raises NoSuchPage for a key that is no section."""
    named = section_of(c, key)
    edition = reading_stories.edition(c, key) or _unranked(c, key)
    stories = _stories(c, edition.ranking[:SECTION_STORIES], site)
    return SectionPage(
        section=named,
        at=edition.at if stories else None,
        stories=tuple(stories),
        latest=_lines(reading.latest(c, limit=LATEST, section=key, copies=False), site),
    )


def find(c: Connection, site: Site, query: str, *, limit: int = FOUND) -> SearchPage:
    """A search in headlines and, where mode and rights allow, texts."""
    query = " ".join(query.split())[:200]
    ids = search.query(c, query, limit=limit + 1) if query else []
    held = reading.lines(c, ids)
    found = [held[id] for id in ids if id in held]
    return SearchPage(query=query, articles=_lines(found[:limit], site), more=len(ids) > limit)


def leads(c: Connection, site: Site, key: str, *, limit: int) -> tuple[datetime, list[ArticleLine]]:
    """The lead articles of the front page (key "") or a section in their order, with its time."""
    edition = reading_stories.edition(c, key) or _unranked(c, key)
    return edition.at, [story.lead for story in _stories(c, edition.ranking[:limit], site)]


def stories_of(
    c: Connection, rows: Sequence[reading_stories.StoryRow], site: Site
) -> list[StoryLine]:
    """Stories in the order given, without a ranking."""
    ranking = [Ranked(story=row.id, score=0.0, weights=()) for row in rows]
    return _stories(c, ranking, site)


def _bands(
    c: Connection, editions: dict[str, Edition], above: set[str], site: Site
) -> tuple[Band, ...]:
    picked: dict[str, list[Ranked]] = {}
    for key in (*SECTIONS, *sorted(editions.keys() - SECTIONS.keys() - {""})):
        if key in editions:
            left = [one for one in editions[key].ranking if one.story not in above]
            picked[key] = left[:BAND_STORIES]
    stories = {
        story.id: story
        for story in _stories(c, [one for ranked in picked.values() for one in ranked], site)
    }
    bands = (
        Band(
            section=section_named(key),
            stories=tuple(stories[one.story] for one in ranked if one.story in stories),
        )
        for key, ranked in picked.items()
    )
    return tuple(band for band in bands if band.stories)


def _stories(c: Connection, ranking: Sequence[Ranked], site: Site) -> list[StoryLine]:
    ids: list[StoryId] = [ranked.story for ranked in ranking]
    rows = reading_stories.rows(c, ids)
    leads = reading.lines(c, [row.lead for row in rows.values()])
    return story_lines(ranking, rows, reading_stories.samples(c, ids, each=NEAR), leads, site)


def _unranked(c: Connection, key: str) -> Edition:
    """Before the first edition: the stories touched last."""
    rows = reading_stories.newest(c, limit=FRONT_STORIES, section=key)
    at = rows[0].touched if rows else reading.newest_time(c) or datetime(1970, 1, 1, tzinfo=UTC)
    return Edition(
        at=at,
        section=key,
        ranking=tuple(Ranked(story=row.id, score=0.0, weights=()) for row in rows),
    )


def _lines(lines: Iterable[reading.Line], site: Site) -> tuple[ArticleLine, ...]:
    return tuple(article_line(line, site) for line in lines)


def lines_of(c: Connection, ids: Sequence[ArticleId], site: Site) -> tuple[ArticleLine, ...]:
    """The published ones of these articles, in their order."""
    held = reading.lines(c, ids)
    return _lines((held[id] for id in ids if id in held), site)
