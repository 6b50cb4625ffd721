"""The words of articles: revisions with their proofs, quotes, citations and features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Insert, Row, bindparam, delete, func, insert, select, update

from wirecopy.model import (
    ArticleId,
    Capture,
    Citation,
    Features,
    PublisherId,
    Quote,
    Revision,
    RevisionKind,
    StoryId,
)
from wirecopy.store import captures, schema, serial
from wirecopy.store.db import upsert, upsert_in
from wirecopy.store.quick import run, run_many

# ---------------------------------------------------------------- revisions


def add_revision(c: Connection, revision: Revision) -> None:
    """Keep a revision, its text clipped already to what may be shown, and count the edits.

    Its capture must have been added before. Written twice, the later words stand.
    """
    record = revision.capture.record
    run(
        c,
        _add(c.dialect.name),
        {
            "article": revision.article,
            "number": revision.number,
            "kind": revision.kind.value,
            "at": revision.at,
            "title": revision.title,
            "authors": list(revision.authors),
            "text": revision.text,
            "blocks": serial.blocks_json(revision.blocks),
            "proof": serial.proof_json(revision.proof),
            "sha256": revision.sha256,
            "published": revision.published,
            "updated": revision.updated,
            "language": revision.language,
            "extractor": revision.extractor,
            "file": record.file,
            "offset": record.offset,
        },
    )
    run(c, _COUNT, {"wanted": revision.article})


@cache
def _add(dialect: str) -> Insert:
    return upsert_in(dialect, schema.revisions).values(capture=captures.ID.scalar_subquery())


_mine = schema.revisions.c.article == schema.articles.c.id
_COUNT = (
    update(schema.articles)
    .where(schema.articles.c.id == bindparam("wanted"))
    .values(
        revision=select(func.max(schema.revisions.c.number)).where(_mine).scalar_subquery(),
        headline_edits=select(func.count())
        .where(_mine, schema.revisions.c.kind == RevisionKind.HEADLINE.value)
        .scalar_subquery(),
        word_edits=select(func.count())
        .where(_mine, schema.revisions.c.kind == RevisionKind.WORDS.value)
        .scalar_subquery(),
    )
)

_REVISIONS = (
    select(schema.revisions, *(column.label(f"_{column.name}") for column in schema.captures.c))
    .join(schema.captures, schema.captures.c.id == schema.revisions.c.capture)
    .where(schema.revisions.c.article == bindparam("wanted"))
)
_FIRST_TO_LAST = _REVISIONS.order_by(schema.revisions.c.number)
_LATEST = _REVISIONS.order_by(schema.revisions.c.number.desc()).limit(1)


def latest_revision(c: Connection, article: ArticleId) -> Revision | None:
    """The article's words as last read; None before it was."""
    row = c.execute(_LATEST, {"wanted": article}).first()
    return None if row is None else _revision(row)


def revisions(c: Connection, article: ArticleId) -> list[Revision]:
    """All the article's revisions, first to last."""
    return [_revision(row) for row in c.execute(_FIRST_TO_LAST, {"wanted": article})]


def _revision(row: Row[*tuple[object, ...]]) -> Revision:
    capture = captures.of_mapping(row._mapping, prefix="_")
    assert isinstance(capture, Capture), "no revision comes of a miss"
    return Revision(
        article=ArticleId(row.article),
        number=row.number,
        kind=RevisionKind(row.kind),
        title=row.title,
        authors=tuple(row.authors),
        text=row.text,
        blocks=serial.blocks_of(row.blocks),
        proof=serial.proof_of(row.proof),
        published=row.published,
        updated=row.updated,
        language=row.language,
        sha256=row.sha256,
        capture=capture,
        extractor=row.extractor,
        at=row.at,
    )


# ---------------------------------------------------------------- quotes and citations


def put_quotes(c: Connection, article: ArticleId, found: Sequence[Quote]) -> None:
    """Make these the quotes of the article's latest revision."""
    run(c, _DROP_QUOTES, {"wanted": article})
    rows = {
        quote.start: {
            "article": article,
            "start": quote.start,
            "end": quote.end,
            "speaker_start": quote.speaker_start,
            "speaker_end": quote.speaker_end,
            "cue_start": quote.cue_start,
            "cue_end": quote.cue_end,
        }
        for quote in found
    }
    run_many(c, _ADD_QUOTES, list(rows.values()))


def quotes(c: Connection, article: ArticleId) -> list[Quote]:
    """The quotes of the article's latest revision, in its order."""
    asked = (
        select(*(column for column in schema.quotes.c if column.name != "article"))
        .where(schema.quotes.c.article == article)
        .order_by(schema.quotes.c.start)
    )
    return [Quote(**row._mapping) for row in c.execute(asked)]


def put_citations(
    c: Connection,
    article: ArticleId,
    found: Sequence[Citation],
    cited: Mapping[str, ArticleId] | None = None,
) -> None:
    """Make these the citations of the article's latest revision.

    `cited` gives the article's id for a citation's `url`, whether that article is held here yet
    or comes later.
    """
    run(c, _DROP_CITATIONS, {"wanted": article})
    rows = {
        (each.start, each.end, each.kind): {
            "article": article,
            "start": each.start,
            "end": each.end,
            "kind": each.kind,
            "target": each.target,
            "url": each.url,
            "cited": (cited or {}).get(each.url) if each.url else None,
        }
        for each in found
    }
    run_many(c, _ADD_CITATIONS, list(rows.values()))


def citations(c: Connection, article: ArticleId) -> list[Citation]:
    """The citations of the article's latest revision, in its order."""
    mine = schema.citations.c
    asked = (
        select(mine.start, mine.end, mine.kind, mine.target, mine.url)
        .where(mine.article == article)
        .order_by(mine.start, mine.end, mine.kind)
    )
    return [Citation(**row._mapping) for row in c.execute(asked)]


_ADD_QUOTES = insert(schema.quotes)
_ADD_CITATIONS = insert(schema.citations)
_DROP_QUOTES = delete(schema.quotes).where(schema.quotes.c.article == bindparam("wanted"))
_DROP_CITATIONS = delete(schema.citations).where(schema.citations.c.article == bindparam("wanted"))


# ---------------------------------------------------------------- features


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFeatures:
    """What grouping and copy detection knew of an article, in the order they saw it."""

    article: ArticleId
    features: Features
    placed_at: datetime
    publisher: PublisherId
    language: str
    story: StoryId | None
    repeats: ArticleId | None
    copied: bool  # placed where its copy stood, without a look at its words


def put_features(c: Connection, article: ArticleId, found: Features, placed_at: datetime) -> None:
    """Keep an article's features; its place in the order is that of the first time."""
    row = {
        "article": article,
        "placed_at": placed_at,
        "shingles": found.shingles,
        "data": serial.features_json(found),
    }
    run(c, upsert(c, schema.features, numbered="position"), row)


def live_features(c: Connection, since: datetime) -> list[LiveFeatures]:
    """The features of articles placed since then, in the order they were placed."""
    asked = (
        select(
            schema.features,
            schema.articles.c.publisher,
            schema.articles.c.language,
            schema.articles.c.story,
            schema.articles.c.repeats,
            schema.articles.c.placement,
        )
        .join(schema.articles, schema.articles.c.id == schema.features.c.article)
        .where(schema.features.c.placed_at >= since)
        .order_by(schema.features.c.position)
    )
    return [
        LiveFeatures(
            article=ArticleId(row.article),
            features=serial.features_of(row.data, row.shingles),
            placed_at=row.placed_at,
            publisher=PublisherId(row.publisher),
            language=row.language,
            story=None if row.story is None else StoryId(row.story),
            repeats=None if row.repeats is None else ArticleId(row.repeats),
            copied=row.placement is not None and row.placement["kind"] == "copy",
        )
        for row in c.execute(asked)
    ]


def last_placed_at(c: Connection) -> datetime | None:
    """When the latest article was placed; None before the first."""
    latest = schema.features.c.position.desc()
    return c.execute(select(schema.features.c.placed_at).order_by(latest).limit(1)).scalar()
