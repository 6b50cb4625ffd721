"""What came of each article's page, and the hashes of blocks of a publisher's newest pages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from wirecopy.model import ArticleId, PublisherId
from wirecopy.store.db import upsert
from wirecopy.store.quick import ask, run
from wirecopy.store.schema import families


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """An article's page. `blocks` is None where none was ever read, b"" once forgotten."""

    article: ArticleId
    publisher: PublisherId
    capture: int
    reason: str = ""
    layout: str = ""
    blocks: bytes | None = None  # little-endian uint64
    left_out: bytes = b""
    known: int = 0


class Sister(NamedTuple):
    """What other pages of the publisher are told of a page. A tuple: sixty are had for each."""

    article: ArticleId
    reason: str
    layout: str
    blocks: bytes | None


_OF = select(families).where(families.c.article == bindparam("wanted"))
_NEWEST = (
    select(families.c.article, families.c.reason, families.c.layout, families.c.blocks)
    .where(families.c.publisher == bindparam("wanted"))
    .order_by(families.c.capture.desc())
    .limit(bindparam("most"))
)
_FORGET = update(families).where(families.c.article == bindparam("wanted")).values(blocks=b"")


def of(c: Connection, article: ArticleId) -> PageRow | None:
    """What is known of an article's page."""
    rows = ask(c, _OF, {"wanted": article})
    return PageRow(**rows[0]) if rows else None


def newest(c: Connection, publisher: PublisherId, most: int) -> list[Sister]:
    """A publisher's pages that were read or held last, newest first."""
    return [Sister(*row) for row in run(c, _NEWEST, {"wanted": publisher, "most": most})]


def put(c: Connection, row: PageRow) -> None:
    """Keep what came of a page, in place of what came of it before."""
    run(c, upsert(c, families), asdict(row))


def forget_blocks(c: Connection, article: ArticleId) -> None:
    """Of an article that is not among the newest: what was left out of it is still known."""
    run(c, _FORGET, {"wanted": article})
