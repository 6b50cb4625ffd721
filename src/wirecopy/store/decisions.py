"""The operator's journal: what a person decided about stories, in order, and where it took effect.

It is the one table that cannot be derived from the archive; replay reads it beside the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from wirecopy.model import ArticleId, StoryId
from wirecopy.store.schema import decisions

_KINDS = ("move", "split", "merge")
_ALL = select(decisions).where(decisions.c.kind.in_(_KINDS)).order_by(decisions.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouping:
    """What the operator decided about stories; words of articles are never touched by it."""

    kind: str  # "move", "split", "merge"
    at: datetime
    story: StoryId  # which the articles stood in
    into: StoryId  # which they stand in from then on
    articles: tuple[ArticleId, ...] = ()  # none: all of the story's
    number: int = 0  # in the journal; 0 before it stands there
    place: tuple[str, int] | None = None  # took effect after what the archive holds before


def note(c: Connection, wish: Regrouping) -> None:
    """Write down what the operator wants; it takes effect when articles are recorded next."""
    c.execute(
        insert(decisions).values(
            at=wish.at,
            kind=wish.kind,
            subject=wish.story,
            data=_data(wish),
        )
    )


def taken(c: Connection, wish: Regrouping, place: tuple[str, int]) -> None:
    """Note that it took effect, after everything that stands before this place of the archive."""
    data = _data(replace(wish, place=place))
    c.execute(update(decisions).where(decisions.c.id == wish.number).values(data=data))


def waiting(c: Connection) -> list[Regrouping]:
    """What has not taken effect yet."""
    return [wish for wish in journal(c) if wish.place is None]


def journal(c: Connection) -> Iterator[Regrouping]:
    """Everything that was decided, in order."""
    return map(_wish, c.execute(_ALL))


def _data(wish: Regrouping) -> dict[str, object]:
    return {"articles": list(wish.articles), "into": wish.into, "place": wish.place}


def _wish(row: Row[*tuple[object, ...]]) -> Regrouping:
    place = row.data["place"]
    return Regrouping(
        number=row.id,
        at=row.at,
        kind=row.kind,
        articles=tuple(ArticleId(id_) for id_ in row.data["articles"]),
        story=StoryId(row.subject),
        into=StoryId(row.data["into"]),
        place=None if place is None else (str(place[0]), int(place[1])),
    )
