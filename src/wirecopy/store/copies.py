"""Which article repeats which."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update

from wirecopy.model import ArticleId, Repeat
from wirecopy.store import serial
from wirecopy.store.schema import articles

_SET = update(articles).where(articles.c.id == bindparam("wanted"))
_REPEATING = (
    select(articles.c.repeat)
    .where(articles.c.repeats == bindparam("original"))
    .order_by(articles.c.position)
)


def set_repeat(c: Connection, repeat: Repeat) -> None:
    """Note that an article repeats another."""
    changed = {"repeats": repeat.of, "repeat": serial.repeat_json(repeat)}
    c.execute(_SET, {"wanted": repeat.article} | changed)


def repeating(c: Connection, original: ArticleId) -> list[Repeat]:
    """What repeats an article, in the order of announcement."""
    found = c.execute(_REPEATING, {"original": original}).scalars()
    return [serial.repeat_of(repeat) for repeat in found]


def of(c: Connection, article: ArticleId) -> Repeat | None:
    """What an article repeats."""
    found = c.execute(select(articles.c.repeat).where(articles.c.id == article)).scalar()
    return None if found is None else serial.repeat_of(found)


def clear_repeat(c: Connection, article: ArticleId) -> None:
    """Note that an article repeats no other any more: its words were changed."""
    c.execute(_SET, {"wanted": article, "repeats": None, "repeat": None})


def followed(c: Connection, article: ArticleId) -> bool:
    """Whether an article came into its story with its text, and did not find it by itself."""
    placement = c.execute(select(articles.c.placement).where(articles.c.id == article)).scalar()
    return placement is not None and placement["kind"] == "copy"
