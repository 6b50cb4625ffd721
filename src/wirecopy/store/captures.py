"""What stands in the archive, and how far the store has followed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, RowMapping, bindparam, select

from wirecopy.model import Capture, Miss, Purpose, Record
from wirecopy.store import schema
from wirecopy.store.db import insert_new, upsert
from wirecopy.store.quick import ask, run
from wirecopy.store.schema import captures

ID = select(captures.c.id).where(
    captures.c.file == bindparam("file"), captures.c.offset == bindparam("offset")
)


def add(c: Connection, item: Capture | Miss) -> int:
    """Note what the archive holds, once; its id. Ids follow the order of adding, without gaps."""
    record = item.record
    assert record is not None, "a miss is noted after it was archived"
    row = {
        "file": record.file,
        "offset": record.offset,
        "length": record.length,
        "url": item.url,
        "purpose": item.purpose.value,
        "at": item.at,
    }
    if isinstance(item, Capture):
        row |= {
            "final_url": item.final_url,
            "status": item.status,
            "sha256": item.sha256,
            "size": item.size,
            "content_type": item.header("content-type"),
            "miss": "",
        }
    else:
        row |= {
            "final_url": item.url,
            "status": 0,
            "sha256": "",
            "size": 0,
            "content_type": "",
            "miss": f"{item.reason}: {item.detail}",
        }
    new = run(c, insert_new(c, captures, numbered="id"), row)
    if not new:  # it was noted before
        new = run(c, ID, {"file": record.file, "offset": record.offset})
    return int(new[0][0])


def get(c: Connection, id: int) -> Capture | Miss | None:
    """The capture or miss of that id. Of the headers the store knows the content type alone."""
    row = c.execute(_GET, {"capture": id}).first()
    return None if row is None else of_row(row)


_GET = select(captures).where(captures.c.id == bindparam("capture"))


def is_pruned(c: Connection, record: Record) -> bool:
    """Whether the bytes there were deleted because they grew old."""
    asked = select(captures.c.pruned).where(
        captures.c.file == record.file, captures.c.offset == record.offset
    )
    return bool(c.execute(asked).scalar())


def latest(c: Connection, url: str, purpose: Purpose) -> Capture | Miss | None:
    """The latest answer or miss for an address that was asked for."""
    row = c.execute(_LATEST, {"asked": url, "why": purpose.value}).first()
    return None if row is None else of_row(row)


def latest_answer(c: Connection, url: str, purpose: Purpose) -> Capture | None:
    """The latest answer for an address that was not a server's failure, where it is kept whole."""
    asked = {"asked": url, "why": purpose.value}
    if not ask(c, _ANSWERED, asked):
        return None  # most hosts were never met: told in a tenth of the time
    row = c.execute(_ANSWER, asked).one()
    if row.pruned:
        return None
    found = of_row(row)
    assert isinstance(found, Capture), "a miss has no status"
    return found


def was_read_before(c: Connection, url: str, at: datetime) -> bool:
    """Whether there was a good answer from an address before that time."""
    asked = select(captures.c.id).where(
        captures.c.url == url, captures.c.status == 200, captures.c.at < at
    )
    return c.execute(asked.limit(1)).first() is not None


def misses_in_a_row(c: Connection, url: str) -> int:
    """How often in a row an address was asked for and nothing usable came."""
    asked = (
        select(captures.c.status).where(captures.c.url == url).order_by(captures.c.id.desc())
    ).limit(20)
    count = 0
    for status in c.execute(asked).scalars():
        if status == 200:
            break
        count += 1
    return count


_LATEST = (
    select(captures)
    .where(captures.c.url == bindparam("asked"), captures.c.purpose == bindparam("why"))
    .order_by(captures.c.id.desc())
    .limit(1)
)
_ANSWER = _LATEST.where(captures.c.status.between(200, 499))
_ANSWERED = _ANSWER.with_only_columns(captures.c.id)


def cursor(c: Connection) -> tuple[str, int] | None:
    """How far the store has followed the archive: everything before (file, offset) is in it."""
    row = c.execute(select(schema.cursor.c.file, schema.cursor.c.offset)).first()
    return None if row is None else (row.file, row.offset)


def set_cursor(c: Connection, file: str, offset: int) -> None:
    """Everything before that place of the archive is in the store, in this very transaction."""
    c.execute(upsert(c, schema.cursor), {"id": 1, "file": file, "offset": offset})


def of_row(row: Row[*tuple[object, ...]]) -> Capture | Miss:
    """A row of table `captures` as what it was."""
    return of_mapping(row._mapping)


_NAMES = tuple(column.name for column in schema.captures.columns)


def of_mapping(row: RowMapping, prefix: str = "") -> Capture | Miss:
    """The columns of table `captures`, their names behind a prefix, as what they were."""
    found = {name: row[prefix + name] for name in _NAMES}
    record = Record(file=found["file"], offset=found["offset"], length=found["length"])
    if found["miss"]:
        reason, _, detail = found["miss"].partition(": ")
        return Miss(
            url=found["url"],
            purpose=Purpose(found["purpose"]),
            at=found["at"],
            reason=reason,
            detail=detail,
            record=record,
        )
    content_type = found["content_type"]
    return Capture(
        url=found["url"],
        final_url=found["final_url"],
        purpose=Purpose(found["purpose"]),
        status=found["status"],
        headers=(("content-type", content_type),) if content_type else (),
        at=found["at"],
        sha256=found["sha256"],
        size=found["size"],
        record=record,
    )


def of_article(c: Connection, article: str, url: str) -> list[Capture | Miss]:
    """Every answer and miss for an article's page, in archive order."""
    asked_for = select(schema.page_queue.c.url).where(schema.page_queue.c.article == article)
    found = (
        select(captures)
        .where(
            (captures.c.url == url) | captures.c.url.in_(asked_for),
            captures.c.purpose == Purpose.PAGE.value,
        )
        .order_by(captures.c.id)
    )
    return [of_row(row) for row in c.execute(found)]
