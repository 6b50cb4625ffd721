"""Questions that pages ask: articles as lines of a list, and whether anything is new.

Only reading, and only what may be shown: articles in state `published`. Stories, single articles
and sources have their questions in `reading_stories`, `reading_articles` and `reading_sources`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from wirecopy.model import (
    SECTION_GUESSED,
    ArticleId,
    ArticleState,
    Mode,
    Placement,
    PublisherId,
    StoryId,
)
from wirecopy.store.schema import (
    articles,
    captures,
    citations,
    cursor,
    decisions,
    editions,
    publishers,
    revisions,
)
from wirecopy.store.serial import StoredImage, image_of, placement_of, repeat_of

MANY = 500  # ids in one IN (...): well under SQLite's limit of variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An article as a list needs it."""

    id: ArticleId
    position: int
    url: str  # at the publisher
    publisher: PublisherId
    publisher_name: str
    country: str
    feed: str
    headline: str
    authors: tuple[str, ...]
    language: str
    section: str
    section_guessed: bool  # told by its words, as its publisher named none
    mode: Mode
    lead: str  # first words that may be shown
    words: int
    first_seen: datetime
    published: datetime
    changed: datetime  # of its latest revision; first seen when there is none
    story: StoryId | None
    placement: Placement | None
    repeats: ArticleId | None
    share: float  # of the text that repeats the other's; 0 when it repeats none
    responses: int
    headline_edits: int
    word_edits: int
    image: StoredImage | None  # one that we hold; only in mode full


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineEdit:
    """A headline that was changed after it was published."""

    article: Line
    was: str
    now: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """How many articles credit or link to somebody."""

    target: str  # a domain, or a name as written
    publisher: PublisherId | None  # when it is one of ours
    name: str
    articles: int


_LINE = (
    select(
        articles,
        publishers.c.name.label("publisher_name"),
        publishers.c.country,
        revisions.c.at.label("revised"),
    )
    .join(publishers, publishers.c.id == articles.c.publisher)
    .outerjoin(
        revisions,
        and_(revisions.c.article == articles.c.id, revisions.c.number == articles.c.revision),
    )
)
_SHOWN = and_(articles.c.state == ArticleState.PUBLISHED.value, articles.c.mode != Mode.OFF.value)


def version(c: Connection) -> str:
    """Changes whenever anything a page shows may have changed; compare, never parse."""
    row = c.execute(
        select(
            select(func.max(captures.c.id)).scalar_subquery(),
            select(func.max(editions.c.id)).scalar_subquery(),
            select(func.max(decisions.c.id)).scalar_subquery(),
            select(func.max(cursor.c.offset)).scalar_subquery(),
            select(func.max(articles.c.position)).scalar_subquery(),
            select(func.count()).select_from(publishers).scalar_subquery(),
        )
    ).one()
    return "-".join(str(value or 0) for value in row)


def lines(c: Connection, ids: Iterable[str]) -> dict[ArticleId, Line]:
    """The published ones of these articles."""
    wanted = list(dict.fromkeys(ids))
    found: dict[ArticleId, Line] = {}
    for start in range(0, len(wanted), MANY):
        part = wanted[start : start + MANY]
        for row in c.execute(_LINE.where(_SHOWN, articles.c.id.in_(part))):
            line = _line(row)
            found[line.id] = line
    return found


def latest(
    c: Connection,
    *,
    limit: int,
    publisher: str = "",
    section: str = "",
    before: datetime | None = None,
    copies: bool = True,
) -> list[Line]:
    """The newest articles by publishing time; `before` pages on, `copies` may be left out."""
    query = _narrowed(_LINE.where(_SHOWN), publisher, section)
    if before is not None:
        query = query.where(articles.c.published < before)
    if not copies:
        query = query.where(articles.c.repeats.is_(None))
    query = query.order_by(articles.c.published.desc(), articles.c.position.desc()).limit(limit)
    return [_line(row) for row in c.execute(query)]


def arrived(
    c: Connection,
    *,
    limit: int,
    publisher: str = "",
    section: str = "",
    before: int | None = None,
) -> list[Line]:
    """The newest articles by order of announcement, which never changes: for cursors."""
    query = _narrowed(_LINE.where(_SHOWN), publisher, section)
    if before is not None:
        query = query.where(articles.c.position < before)
    query = query.order_by(articles.c.position.desc()).limit(limit)
    return [_line(row) for row in c.execute(query)]


def withdrawn(
    c: Connection, *, since: datetime, limit: int = 100, publisher: str = "", story: str = ""
) -> list[tuple[ArticleId, datetime]]:
    """Articles that were taken back, with the time known for it: for feeds' tombstones."""
    at = func.coalesce(captures.c.at, articles.c.updated, articles.c.first_seen)
    query = (
        select(articles.c.id, at.label("at"))
        .outerjoin(captures, captures.c.id == articles.c.capture)
        .where(articles.c.state == ArticleState.WITHDRAWN.value, articles.c.published >= since)
        .order_by(articles.c.published.desc())
        .limit(limit)
    )
    if publisher:
        query = query.where(articles.c.publisher == publisher)
    if story:
        query = query.where(articles.c.story == story)
    return [(ArticleId(row.id), row.at) for row in c.execute(query)]


def edited_headlines(c: Connection, *, since: datetime, limit: int) -> list[HeadlineEdit]:
    """Headlines changed after publishing, of articles published since then; newest change first."""
    after, before = revisions.alias("after"), revisions.alias("before")
    query = (
        select(articles.c.id, before.c.title.label("was"), after.c.title.label("now"), after.c.at)
        .join(after, after.c.article == articles.c.id)
        .join(
            before,
            and_(before.c.article == after.c.article, before.c.number == after.c.number - 1),
        )
        .where(_SHOWN, articles.c.published >= since, articles.c.revision > 1)
        .where(after.c.title != before.c.title)
        .order_by(after.c.at.desc(), articles.c.position)
        .limit(limit)
    )
    rows = c.execute(query).all()
    held = lines(c, [row.id for row in rows])
    return [
        HeadlineEdit(article=held[row.id], was=row.was, now=row.now, at=row.at)
        for row in rows
        if row.id in held
    ]


def most_cited(c: Connection, *, since: datetime, limit: int) -> list[Cited]:
    """Whom the articles published since then credit or link to, most often first."""
    count = func.count(citations.c.article.distinct())
    query = (
        select(citations.c.target, publishers.c.id, publishers.c.name, count.label("total"))
        .join(articles, articles.c.id == citations.c.article)
        .outerjoin(publishers, publishers.c.id == citations.c.target)
        .where(_SHOWN, articles.c.published >= since, citations.c.target != articles.c.publisher)
        .group_by(citations.c.target, publishers.c.id, publishers.c.name)
        .order_by(count.desc(), citations.c.target)
        .limit(limit)
    )
    return [
        Cited(
            target=row.target,
            publisher=PublisherId(row.id) if row.id else None,
            name=row.name or row.target,
            articles=row.total,
        )
        for row in c.execute(query)
    ]


def newest_time(c: Connection) -> datetime | None:
    """When the newest published article was first seen; None in an empty store."""
    return c.execute(select(func.max(articles.c.first_seen)).where(_SHOWN)).scalar()


def tally(c: Connection) -> tuple[int, int]:
    """(publishers in the settings, articles published)."""
    active = select(func.count()).select_from(publishers).where(publishers.c.active)
    shown = select(func.count()).select_from(articles).where(_SHOWN)
    return c.execute(active).scalar_one(), c.execute(shown).scalar_one()


def picture_shown(c: Connection, file: str) -> bool:
    """Whether an article in mode full, not taken back, shows this image file."""
    query = (
        select(articles.c.id)
        .where(_SHOWN, articles.c.mode == Mode.FULL.value)
        .where(articles.c.image["file"].as_string() == file)
        .limit(1)
    )
    return c.execute(query).first() is not None


def _narrowed(query: Select[Any], publisher: str, section: str) -> Select[Any]:
    if publisher:
        query = query.where(articles.c.publisher == publisher)
    if section:
        query = query.where(articles.c.section == section)
    return query


def _line(row: Row[Any]) -> Line:
    mode = Mode(row.mode)
    return Line(
        id=ArticleId(row.id),
        position=row.position,
        url=row.url,
        publisher=PublisherId(row.publisher),
        publisher_name=row.publisher_name,
        country=row.country,
        feed=row.feed,
        headline=row.headline,
        authors=tuple(row.authors or ()),
        language=row.language,
        section=row.section,
        section_guessed=row.section_from == SECTION_GUESSED,
        mode=mode,
        lead=row.lead if mode in (Mode.FULL, Mode.EXCERPT) else "",
        words=row.words,
        first_seen=row.first_seen,
        published=row.published,
        changed=row.revised or row.first_seen,
        story=StoryId(row.story) if row.story else None,
        placement=placement_of(row.placement) if row.placement else None,
        repeats=ArticleId(row.repeats) if row.repeats else None,
        share=repeat_of(row.repeat).share if row.repeat else 0.0,
        responses=row.responses,
        headline_edits=row.headline_edits,
        word_edits=row.word_edits,
        image=_image(row.image) if mode is Mode.FULL else None,
    )


def _image(value: Any) -> StoredImage | None:
    found = image_of(value) if value else None
    return found if found is not None and found.file else None
