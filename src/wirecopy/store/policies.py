"""What other settings than before change: the articles they concern, and what of them must go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from wirecopy.model import ArticleId, ArticleState, Mode, Policy, PublisherId, Purpose, Record
from wirecopy.store import schema, search, serial
from wirecopy.store.articles import ArticleRow
from wirecopy.store.db import upsert
from wirecopy.store.schema import articles, captures, citations, page_queue, quotes, revisions

_KEY = "decided under"
_AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an article stands, in what deciding again asks first."""

    id: ArticleId
    publisher: PublisherId
    state: ArticleState
    mode: Mode
    headline: str
    language: str
    held_reason: str


def standing_of(article: ArticleRow) -> Standing:
    """The same of a row that is at hand."""
    return Standing(
        id=article.id,
        publisher=article.publisher,
        state=article.state,
        mode=article.mode,
        headline=article.headline,
        language=article.language,
        held_reason=article.held_reason,
    )


# ---------------------------------------------------------------- under which settings


def ground(c: Connection) -> dict[str, object] | None:
    """The settings under which the store's articles were decided; None in a new store."""
    asked = select(schema.meta.c.value).where(schema.meta.c.key == _KEY)
    told = c.execute(asked).scalar_one_or_none()
    return None if told is None else dict(json.loads(told))


def set_ground(c: Connection, value: dict[str, object]) -> None:
    """Note that every article was decided under these settings."""
    row = {"key": _KEY, "value": json.dumps(value, sort_keys=True), "number": None}
    c.execute(upsert(c, schema.meta), row)


# ---------------------------------------------------------------- which articles


def standing(c: Connection, publishers: Iterable[PublisherId]) -> list[Standing]:
    """Every article of these publishers that was more than announced, in order."""
    asked = (
        select(
            articles.c.id,
            articles.c.publisher,
            articles.c.state,
            articles.c.mode,
            articles.c.headline,
            articles.c.language,
            articles.c.held_reason,
        )
        .where(
            articles.c.publisher.in_(sorted(publishers)),
            articles.c.state != ArticleState.ANNOUNCED.value,
        )
        .order_by(articles.c.position)
    )
    return [
        Standing(
            id=ArticleId(row.id),
            publisher=PublisherId(row.publisher),
            state=ArticleState(row.state),
            mode=Mode(row.mode),
            headline=row.headline,
            language=row.language,
            held_reason=row.held_reason,
        )
        for row in c.execute(asked)
    ]


def taken_down(c: Connection) -> list[ArticleId]:
    """The articles that a takedown of the settings took away."""
    asked = (
        select(articles.c.id)
        .where(
            articles.c.state == ArticleState.WITHDRAWN.value, articles.c.held_reason == "takedown"
        )
        .order_by(articles.c.position)
    )
    return [ArticleId(id) for id in c.execute(asked).scalars()]


def deciding(c: Connection, ids: Iterable[ArticleId]) -> list[Record]:
    """Where the archive holds the latest answer that decided how each article is shown, in order.

    A page that could not be had for a while decides nothing, and a pruned one cannot be read.
    """
    found: list[tuple[int, Record]] = []
    for some in _in_parts(sorted(ids)):
        latest = (
            select(func.max(captures.c.id))
            .join(page_queue, page_queue.c.url == captures.c.url)
            .where(
                page_queue.c.article.in_(some),
                captures.c.purpose == Purpose.PAGE.value,
                ~captures.c.pruned,
                or_(
                    captures.c.status.in_((200, 401, 403, 404, 410, 451)),
                    captures.c.miss.startswith("RobotsDisallow"),
                ),
            )
            .group_by(page_queue.c.article)
        )
        asked = select(captures).where(captures.c.id.in_(latest))
        found += [
            (row.id, Record(file=row.file, offset=row.offset, length=row.length))
            for row in c.execute(asked)
        ]
    return [record for _, record in sorted(found, key=lambda each: each[0])]


def _in_parts(ids: Sequence[ArticleId]) -> Iterator[list[ArticleId]]:
    rest = iter(ids)
    while part := list(islice(rest, _AT_ONCE)):
        yield part


# ---------------------------------------------------------------- what must go


def close(c: Connection, article: Standing, policy: Policy) -> None:
    """Show no more than headline and link, at once; every version's words leave the store."""
    mode = min(policy.mode, Mode.LINK, key=lambda each: each.rank)
    c.execute(
        _CLOSE_ARTICLE,
        {
            "wanted": article.id,
            "mode": mode.value,
            "reasons": serial.reasons_json(policy.reasons),
            "image": None,
        },
    )
    for row in c.execute(_VERSIONS, {"wanted": article.id}).all():
        proof = {**row.proof, "blocks": []}
        c.execute(_CLOSE_VERSION, {"wanted": article.id, "of": row.number, "proof": proof})
    for drop in _DROPS:
        c.execute(drop, {"wanted": article.id})
    search.put(c, article.id, article.headline, "", article.language)


_CLOSE_ARTICLE = (
    update(articles).where(articles.c.id == bindparam("wanted")).values(lead="", words=0)
)
_VERSIONS = select(revisions.c.number, revisions.c.proof).where(
    revisions.c.article == bindparam("wanted"), revisions.c.text != ""
)
_CLOSE_VERSION = (
    update(revisions)
    .where(revisions.c.article == bindparam("wanted"), revisions.c.number == bindparam("of"))
    .values(text="", blocks=[])
)
_DROPS = (
    delete(quotes).where(quotes.c.article == bindparam("wanted")),
    delete(citations).where(citations.c.article == bindparam("wanted")),
)
