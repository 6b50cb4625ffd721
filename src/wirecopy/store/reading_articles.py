"""Questions that the pages of one article ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from wirecopy.model import ArticleId, ArticleState, Block, Citation, Quote, Reason
from wirecopy.store.reading import MANY, Line, lines
from wirecopy.store.schema import articles, captures, citations, quotes, revisions
from wirecopy.store.serial import blocks_of, proof_of, reasons_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The capture an article's words came from; `miss` says why there are no bytes."""

    at: datetime
    url: str
    status: int
    sha256: str
    size: int
    file: str
    offset: int
    miss: str
    pruned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One revision, as far as it may be shown."""

    number: int
    kind: str
    at: datetime
    title: str
    authors: tuple[str, ...]
    text: str
    blocks: tuple[Block, ...]
    sha256: str
    extractor: str
    charset: str
    title_where: str
    proved: int  # blocks with evidence
    fetched: Fetched | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A citation, with the cited article when it is held here."""

    citation: Citation
    cited: ArticleId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Everything an article's page shows."""

    line: Line
    reasons: tuple[Reason, ...]
    section_from: str
    headline_from: str
    updated: datetime | None  # as the publisher says
    canonical: str
    licence_url: str
    versions: int
    version: Version | None  # the latest; None when the page was never read
    fetched: Fetched | None  # latest reading or miss
    quotes: tuple[Quote, ...]
    citations: tuple[Held, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """An article that is not shown."""

    id: ArticleId
    state: ArticleState
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What may be shown of an article's text."""

    text: str
    blocks: tuple[Block, ...]
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Another publisher's article that answers to one, and how."""

    article: Line
    how: tuple[str, ...]  # of "links to it", "cites it", "repeats its text"


def whole(c: Connection, id: str) -> Whole | Absent | None:
    """An article with its text; why it is not shown; None when it is unknown."""
    row = c.execute(select(articles).where(articles.c.id == id)).first()
    if row is None:
        return None
    line = lines(c, [id]).get(ArticleId(id))
    if line is None:
        return Absent(
            id=ArticleId(id),
            state=ArticleState(row.state),
            reason=row.held_reason,
            detail=row.held_detail,
        )
    return Whole(
        line=line,
        reasons=reasons_of(row.reasons),
        section_from=row.section_from,
        headline_from=row.headline_from,
        updated=row.updated,
        canonical=row.canonical,
        licence_url=row.licence_url,
        versions=row.revision,
        version=_latest(c, id, row.revision),
        fetched=_fetched(c, row.capture),
        quotes=_quotes(c, id),
        citations=_citations(c, id),
    )


def versions(c: Connection, id: str) -> list[Version]:
    """An article's revisions, first to last."""
    query = (
        select(revisions, *_CAPTURE)
        .outerjoin(captures, captures.c.id == revisions.c.capture)
        .where(revisions.c.article == id)
        .order_by(revisions.c.number)
    )
    return [_version(row) for row in c.execute(query)]


def texts(c: Connection, ids: Iterable[str]) -> dict[ArticleId, Words]:
    """What may be shown of these articles' words, with the blocks: for feeds."""
    query = (
        select(revisions.c.article, revisions.c.text, revisions.c.blocks, revisions.c.sha256)
        .join(
            articles,
            and_(articles.c.id == revisions.c.article, articles.c.revision == revisions.c.number),
        )
        .where(
            articles.c.state == ArticleState.PUBLISHED.value, articles.c.id.in_(list(ids)[:MANY])
        )
    )
    return {
        row.article: Words(text=row.text, blocks=blocks_of(row.blocks), sha256=row.sha256)
        for row in c.execute(query)
    }


def responses(c: Connection, line: Line) -> list[Response]:
    """Articles of other publishers that link to, cite or repeat this one, earliest first."""
    how: dict[ArticleId, set[str]] = {}
    query = select(citations.c.article, citations.c.kind).where(citations.c.cited == line.id)
    for row in c.execute(query):
        how.setdefault(row.article, set()).add("links to it" if row.kind == "link" else "cites it")
    for row in c.execute(select(articles.c.id).where(articles.c.repeats == line.id)):
        how.setdefault(row.id, set()).add("repeats its text")
    found = [one for one in lines(c, how).values() if one.publisher != line.publisher]
    found.sort(key=lambda one: (one.published, one.position))
    return [Response(article=one, how=tuple(sorted(how[one.id]))) for one in found]


def by_address(c: Connection, urls: list[str]) -> ArticleId | None:
    """The article with one of these addresses."""
    row = c.execute(
        select(articles.c.id).where(or_(articles.c.url.in_(urls), articles.c.canonical.in_(urls)))
    ).first()
    return ArticleId(row.id) if row else None


_CAPTURE = (
    captures.c.at.label("fetched_at"),
    captures.c.final_url,
    captures.c.status,
    captures.c.sha256.label("bytes_sha256"),
    captures.c.size,
    captures.c.file,
    captures.c.offset,
    captures.c.miss,
    captures.c.pruned,
)


def _latest(c: Connection, id: str, number: int) -> Version | None:
    query = (
        select(revisions, *_CAPTURE)
        .outerjoin(captures, captures.c.id == revisions.c.capture)
        .where(revisions.c.article == id, revisions.c.number == number)
    )
    row = c.execute(query).first()
    return _version(row) if row is not None else None


def _version(row: Row[Any]) -> Version:
    proof = proof_of(row.proof)
    return Version(
        number=row.number,
        kind=row.kind,
        at=row.at,
        title=row.title,
        authors=tuple(row.authors or ()),
        text=row.text,
        blocks=blocks_of(row.blocks),
        sha256=row.sha256,
        extractor=row.extractor,
        charset=proof.charset,
        title_where=proof.title.where,
        proved=sum(1 for spans in proof.blocks if spans),
        fetched=_as_fetched(row) if row.fetched_at is not None else None,
    )


def _fetched(c: Connection, capture: int | None) -> Fetched | None:
    if capture is None:
        return None
    row = c.execute(select(*_CAPTURE).where(captures.c.id == capture)).first()
    return _as_fetched(row) if row is not None else None


def _as_fetched(row: Any) -> Fetched:
    return Fetched(
        at=row.fetched_at,
        url=row.final_url,
        status=row.status,
        sha256=row.bytes_sha256,
        size=row.size,
        file=row.file,
        offset=row.offset,
        miss=row.miss,
        pruned=row.pruned,
    )


def _quotes(c: Connection, id: str) -> tuple[Quote, ...]:
    query = select(quotes).where(quotes.c.article == id).order_by(quotes.c.start)
    return tuple(
        Quote(
            start=row.start,
            end=row.end,
            speaker_start=row.speaker_start,
            speaker_end=row.speaker_end,
            cue_start=row.cue_start,
            cue_end=row.cue_end,
        )
        for row in c.execute(query)
    )


def _citations(c: Connection, id: str) -> tuple[Held, ...]:
    query = (
        select(citations)
        .where(citations.c.article == id)
        .order_by(citations.c.start, citations.c.end, citations.c.kind)
    )
    return tuple(
        Held(
            citation=Citation(
                start=row.start, end=row.end, kind=row.kind, target=row.target, url=row.url
            ),
            cited=ArticleId(row.cited) if row.cited else None,
        )
        for row in c.execute(query)
    )
