"""Questions that pages ask about stories and editions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, exists, func, or_, select

from wirecopy.model import (
    SECTION_GUESSED,
    ArticleId,
    ArticleState,
    Edition,
    Mode,
    PublisherId,
    StoryId,
)
from wirecopy.store.reading import MANY, Line, lines
from wirecopy.store.schema import articles, citations, editions, publishers, quotes, stories
from wirecopy.store.schema import revisions as revision_rows
from wirecopy.store.serial import ranking_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRow:
    """A story in numbers."""

    id: StoryId
    opened: datetime
    touched: datetime
    lead: ArticleId
    section: str
    section_guessed: bool  # no publisher named it
    articles: int
    publishers: int
    own_texts: int
    countries: int
    languages: int
    edits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words somebody said, as they stand in one article."""

    article: ArticleId
    words: str
    speaker: str  # "" when none was found


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One article crediting or linking to another publisher, with the words that do it."""

    article: ArticleId
    publisher: PublisherId
    words: str
    kind: str
    target: str
    target_name: str
    cited: ArticleId | None


_SHOWN = and_(articles.c.state == ArticleState.PUBLISHED.value, articles.c.mode != Mode.OFF.value)
_STORY = select(
    stories,
    exists()
    .where(
        articles.c.story == stories.c.id,
        articles.c.section == stories.c.section,
        articles.c.section_from != SECTION_GUESSED,
        _SHOWN,
    )
    .label("section_named"),
)


def edition(c: Connection, section: str) -> Edition | None:
    """The newest front page (section "") or section's page; None before the first."""
    row = c.execute(
        select(editions)
        .where(editions.c.section == section)
        .order_by(editions.c.at.desc())
        .limit(1)
    ).first()
    return _edition(row) if row is not None else None


def editions_now(c: Connection) -> dict[str, Edition]:
    """The newest edition of every section, "" being the front page."""
    newest = select(func.max(editions.c.id)).group_by(editions.c.section)
    rows = c.execute(select(editions).where(editions.c.id.in_(newest)))
    return {row.section: _edition(row) for row in rows}


def rows(c: Connection, ids: Iterable[str]) -> dict[StoryId, StoryRow]:
    """These stories; merged and unknown ones are left out."""
    wanted = list(dict.fromkeys(ids))
    found: dict[StoryId, StoryRow] = {}
    for start in range(0, len(wanted), MANY):
        part = wanted[start : start + MANY]
        query = _STORY.where(stories.c.id.in_(part), stories.c.merged_into.is_(None))
        for row in c.execute(query):
            found[StoryId(row.id)] = _story(row)
    return found


def row(c: Connection, story: str) -> StoryRow | StoryId | None:
    """A story, or the id of the one it was merged into, or None."""
    found = c.execute(_STORY.where(stories.c.id == story)).first()
    if found is None:
        return None
    if found.merged_into:
        return StoryId(found.merged_into)
    return _story(found)


def newest(
    c: Connection, *, limit: int, section: str = "", before: tuple[datetime, str] | None = None
) -> list[StoryRow]:
    """Stories by the time of their latest article; `before` is the last one's (touched, id)."""
    query = _STORY.where(stories.c.merged_into.is_(None), stories.c.articles > 0)
    if section:
        query = query.where(stories.c.section == section)
    if before is not None:
        at, last = before
        query = query.where(
            or_(stories.c.touched < at, and_(stories.c.touched == at, stories.c.id > last))
        )
    query = query.order_by(stories.c.touched.desc(), stories.c.id).limit(limit)
    return [_story(found) for found in c.execute(query)]


def coverage(c: Connection, story: str, *, limit: int = 1000) -> list[Line]:
    """A story's articles in the order of time."""
    query = (
        select(articles.c.id)
        .where(_SHOWN, articles.c.story == story)
        .order_by(articles.c.published, articles.c.position)
        .limit(limit)
    )
    ids = [found.id for found in c.execute(query)]
    held = lines(c, ids)
    return [held[id] for id in ids if id in held]


def samples(c: Connection, ids: Iterable[str], *, each: int) -> dict[StoryId, list[Line]]:
    """A few articles of each story: own texts before copies, earliest first."""
    place = func.row_number().over(
        partition_by=articles.c.story,
        order_by=(
            case((articles.c.repeats.is_(None), 0), else_=1),
            articles.c.published,
            articles.c.position,
        ),
    )
    found: dict[StoryId, list[Line]] = {}
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), MANY):
        part = wanted[start : start + MANY]
        inner = (
            select(articles.c.id, articles.c.story, place.label("place"))
            .where(_SHOWN, articles.c.story.in_(part))
            .subquery()
        )
        picked = c.execute(
            select(inner.c.id, inner.c.story)
            .where(inner.c.place <= each)
            .order_by(inner.c.story, inner.c.place)
        ).all()
        held = lines(c, [one.id for one in picked])
        for one in picked:
            if one.id in held:
                found.setdefault(StoryId(one.story), []).append(held[one.id])
    return found


def names(c: Connection, story: str) -> list[str]:
    """The publishers of a story, by name."""
    query = (
        select(publishers.c.name)
        .join(articles, articles.c.publisher == publishers.c.id)
        .where(_SHOWN, articles.c.story == story)
        .distinct()
        .order_by(publishers.c.name)
    )
    return list(c.execute(query).scalars())


def said(c: Connection, ids: Iterable[str], *, limit: int = 60) -> list[Said]:
    """Quotes in these articles, whole ones only, where the text may be shown."""
    query = (
        select(quotes, revision_rows.c.text)
        .join(articles, articles.c.id == quotes.c.article)
        .join(
            revision_rows,
            and_(
                revision_rows.c.article == articles.c.id,
                revision_rows.c.number == articles.c.revision,
            ),
        )
        .where(_SHOWN, quotes.c.article.in_(list(ids)[:MANY]))
        .where(quotes.c.end <= func.length(revision_rows.c.text))
        .order_by(articles.c.published, articles.c.position, quotes.c.start)
        .limit(limit)
    )
    return [
        Said(
            article=ArticleId(found.article),
            words=found.text[found.start : found.end],
            speaker=found.text[found.speaker_start : found.speaker_end],
        )
        for found in c.execute(query)
    ]


def credits(c: Connection, ids: Iterable[str], *, limit: int = 100) -> list[Credit]:
    """Who cites whom in these articles; the words are there where the text may be shown."""
    query = (
        select(
            citations,
            articles.c.publisher,
            publishers.c.name.label("target_name"),
            revision_rows.c.text,
        )
        .join(articles, articles.c.id == citations.c.article)
        .outerjoin(publishers, publishers.c.id == citations.c.target)
        .outerjoin(
            revision_rows,
            and_(
                revision_rows.c.article == articles.c.id,
                revision_rows.c.number == articles.c.revision,
            ),
        )
        .where(_SHOWN, citations.c.article.in_(list(ids)[:MANY]))
        .where(citations.c.target != articles.c.publisher)
        .order_by(articles.c.published, articles.c.position, citations.c.start, citations.c.kind)
        .limit(limit)
    )
    return [
        Credit(
            article=ArticleId(found.article),
            publisher=PublisherId(found.publisher),
            words=(found.text or "")[found.start : found.end],
            kind=found.kind,
            target=found.target,
            target_name=found.target_name or found.target,
            cited=ArticleId(found.cited) if found.cited else None,
        )
        for found in c.execute(query)
    ]


def section_keys(c: Connection) -> dict[str, int]:
    """Sections that have stories, with how many."""
    query = (
        select(stories.c.section, func.count().label("total"))
        .where(stories.c.merged_into.is_(None), stories.c.articles > 0)
        .group_by(stories.c.section)
    )
    return {found.section: found.total for found in c.execute(query)}


def _edition(found: Row[Any]) -> Edition:
    return Edition(
        at=found.at,
        section=found.section,
        ranking=ranking_of(found.ranking),
    )


def _story(found: Row[Any]) -> StoryRow:
    return StoryRow(
        id=StoryId(found.id),
        opened=found.opened,
        touched=found.touched,
        lead=ArticleId(found.lead),
        section=found.section,
        section_guessed=bool(found.section) and not found.section_named,
        articles=found.articles,
        publishers=found.publishers,
        own_texts=found.own_texts,
        countries=found.countries,
        languages=found.languages,
        edits=found.edits,
    )
