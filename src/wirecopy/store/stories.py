"""Stories: which articles tell of one event, in what order they stand, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, update

from wirecopy.model import (
    SECTION_GUESSED,
    ArticleId,
    ArticleState,
    Edition,
    Mode,
    Placement,
    PublisherId,
    Story,
    StoryId,
)
from wirecopy.store import schema, serial
from wirecopy.store.db import upsert
from wirecopy.store.quick import run, run_many
from wirecopy.store.schema import articles, editions, publishers, stories

_PLACE = update(articles).where(articles.c.id == bindparam("wanted"))


def place(c: Connection, placement: Placement) -> None:
    """Put an article into a story and keep the reason. `refresh` then counts the story anew."""
    run(
        c,
        _PLACE,
        {
            "wanted": placement.article,
            "story": placement.story,
            "placement": serial.placement_json(placement),
        },
    )


_MEMBERS = (
    select(
        articles.c.id,
        articles.c.story,
        articles.c.publisher,
        articles.c.published,
        articles.c.section,
        articles.c.section_from,
        articles.c.language,
        articles.c.mode,
        articles.c.repeats,
        (articles.c.headline_edits + articles.c.word_edits).label("edits"),
        publishers.c.country,
    )
    .join(publishers, publishers.c.id == articles.c.publisher)
    .where(
        articles.c.story.in_(bindparam("wanted", expanding=True)),
        articles.c.state == ArticleState.PUBLISHED.value,
        articles.c.mode != Mode.OFF.value,
    )
    .order_by(articles.c.position)
)
_EMPTY = (
    update(stories)
    .where(stories.c.id == bindparam("wanted"))
    .values(articles=0, publishers=0, own_texts=0, countries=0, languages=0, edits=0)
)


def refresh(c: Connection, ids: Iterable[StoryId]) -> None:
    """Count stories anew from their articles that readers may see.

    A story opens with its earliest article and was touched by its latest. Its headline is that of
    the earliest article that repeats no other, fuller shown ones first; its section the commonest,
    of those that publishers named where one did.
    A story with no article left keeps its row, with zero articles.
    """
    wanted = sorted(set(ids))
    members: dict[str, list[Row[*tuple[object, ...]]]] = {id: [] for id in wanted}
    if not wanted:
        return
    for row in c.execute(_MEMBERS, {"wanted": wanted}):
        members[row.story].append(row)
    counted = [_counted(story, rows) for story, rows in members.items() if rows]
    if counted:
        run_many(c, upsert(c, stories, keep=("merged_into",)), counted)
    emptied = [{"wanted": story} for story, rows in members.items() if not rows]
    if emptied:
        c.execute(_EMPTY, emptied)


def _counted(story: str, rows: Sequence[Row[*tuple[object, ...]]]) -> dict[str, object]:
    lead = min(rows, key=lambda row: (row.repeats is not None, -Mode(row.mode).rank, row.published))
    named = [row.section for row in rows if row.section and row.section_from != SECTION_GUESSED]
    sections = Counter(named or [row.section for row in rows if row.section])
    most = max(sections.values(), default=0)
    commonest = [section for section, count in sections.items() if count == most]
    return {
        "id": story,
        "opened": min(row.published for row in rows),
        "touched": max(row.published for row in rows),
        "lead": lead.id,
        "section": lead.section if lead.section in commonest else next(iter(commonest), ""),
        "articles": len(rows),
        "publishers": len({row.publisher for row in rows}),
        "own_texts": sum(row.repeats is None for row in rows),
        "countries": len({row.country for row in rows if row.country}),
        "languages": len({row.language for row in rows if row.language}),
        "edits": sum(row.edits for row in rows),
        "merged_into": None,
    }


_STORIES = (
    select(stories, articles.c.publisher.label("lead_publisher"))
    .join(articles, articles.c.id == stories.c.lead)
    .where(stories.c.articles > 0, stories.c.merged_into.is_(None))
)
_OPEN = _STORIES.where(stories.c.touched >= bindparam("since")).order_by(
    stories.c.touched.desc(), stories.c.id
)
_ONE = _STORIES.where(stories.c.id == bindparam("wanted"))


def open_stories(c: Connection, since: datetime) -> list[Story]:
    """The stories touched since then, latest first."""
    return [_story(row) for row in c.execute(_OPEN, {"since": since})]


def get(c: Connection, story: StoryId) -> Story | None:
    """The story of that id; None when it was never opened or nothing of it is left."""
    row = c.execute(_ONE, {"wanted": story}).first()
    return None if row is None else _story(row)


def _story(row: Row[*tuple[object, ...]]) -> Story:
    return Story(
        id=StoryId(row.id),
        opened=row.opened,
        touched=row.touched,
        articles=row.articles,
        publishers=row.publishers,
        own_texts=row.own_texts,
        countries=row.countries,
        languages=row.languages,
        section=row.section,
        lead=ArticleId(row.lead),
        lead_publisher=PublisherId(row.lead_publisher),
    )


def members(c: Connection, story: StoryId) -> list[ArticleId]:
    """Every article placed in the story, shown or not, in the order of announcement."""
    asked = select(articles.c.id).where(articles.c.story == story).order_by(articles.c.position)
    return [ArticleId(id) for id in c.execute(asked).scalars()]


def standing(c: Connection, story: StoryId) -> StoryId | None:
    """The story that this address leads to: itself, or what it was merged into; None: unknown."""
    row = c.execute(select(stories.c.merged_into).where(stories.c.id == story)).first()
    return None if row is None else StoryId(row.merged_into or story)


def redirect(c: Connection, story: StoryId, into: StoryId) -> None:
    """A story's address, and those that lead there, lead to another from now on."""
    led = or_(stories.c.id == story, stories.c.merged_into == story)
    c.execute(update(stories).where(led).values(merged_into=into))


def reopen(c: Connection, story: StoryId) -> None:
    """A story's address leads to itself again."""
    c.execute(update(stories).where(stories.c.id == story).values(merged_into=None))


def put_edition(c: Connection, edition: Edition) -> None:
    """Keep a front page (section "") or a section's page. The one of the same time is replaced."""
    ranking = serial.ranking_json(edition.ranking)
    key = {"moment": edition.at, "page": edition.section}
    if c.execute(_HAS_EDITION, key).first() is None:
        c.execute(_ADD_EDITION, {"at": edition.at, "section": edition.section, "ranking": ranking})
    else:
        c.execute(_SET_EDITION, key | {"ranking": ranking})


_same = (editions.c.at == bindparam("moment"), editions.c.section == bindparam("page"))
_HAS_EDITION = select(editions.c.id).where(*_same)
_ADD_EDITION = insert(editions).values(
    id=select(func.coalesce(func.max(schema.editions.c.id), 0) + 1).scalar_subquery()
)
_SET_EDITION = update(editions).where(*_same)


def edition(c: Connection, section: str, at: datetime | None = None) -> Edition | None:
    """The newest edition of a page, or the one that was current at a time."""
    asked = select(editions).where(editions.c.section == section)
    if at is not None:
        asked = asked.where(editions.c.at <= at)
    row = c.execute(asked.order_by(editions.c.at.desc()).limit(1)).first()
    if row is None:
        return None
    return Edition(at=row.at, section=row.section, ranking=serial.ranking_of(row.ranking))
