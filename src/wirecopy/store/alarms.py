"""Alarms: what the operator should look at, from its beginning to its end.

An alarm is about a kind and a subject, and lasts until it is ended; sounding it again while it
lasts changes nothing. `gather` tells each one to the log and the webhook, `web` shows those that
last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from wirecopy.store.schema import alarms

SOURCE = "source"  # a feed died: gone, or silent for long
FLOOD = "flood"  # a feed names more new articles than it may
LAYOUT = "layout"  # a publisher's pages cannot be read as they could before


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One alarm. `ended_at` is None while it lasts."""

    id: int
    kind: str
    subject: str
    publisher: str
    at: datetime
    words: str
    cure: str
    ended_at: datetime | None
    told_at: datetime | None


def sound(
    c: Connection,
    kind: str,
    subject: str,
    *,
    publisher: str,
    words: str,
    cure: str = "",
    at: datetime,
) -> bool:
    """Begin an alarm about a subject (a feed's address, a publisher's id); False when it lasts."""
    if _lasting(c, kind, subject):
        return False
    row = {"kind": kind, "subject": subject, "publisher": publisher}
    c.execute(insert(alarms).values(row | {"at": at, "words": words, "cure": cure}))
    return True


def end(c: Connection, kind: str, subject: str, at: datetime) -> None:
    """End the alarm about a subject, where one lasts."""
    c.execute(
        update(alarms)
        .where(alarms.c.kind == kind, alarms.c.subject == subject, alarms.c.ended_at.is_(None))
        .values(ended_at=at)
    )


def lasting(c: Connection) -> list[AlarmRow]:
    """The alarms that last, newest first."""
    asked = select(alarms).where(alarms.c.ended_at.is_(None)).order_by(alarms.c.id.desc())
    return [AlarmRow(**row._mapping) for row in c.execute(asked)]


def untold(c: Connection, limit: int) -> list[AlarmRow]:
    """The alarms that nobody was told of yet, oldest first."""
    asked = select(alarms).where(alarms.c.told_at.is_(None)).order_by(alarms.c.id).limit(limit)
    return [AlarmRow(**row._mapping) for row in c.execute(asked)]


def told(c: Connection, ids: Sequence[int], at: datetime) -> None:
    """Note that the operator was told."""
    c.execute(update(alarms).where(alarms.c.id.in_(ids)).values(told_at=at))


def _lasting(c: Connection, kind: str, subject: str) -> bool:
    asked = select(alarms.c.id).where(
        alarms.c.kind == kind, alarms.c.subject == subject, alarms.c.ended_at.is_(None)
    )
    return c.execute(asked).first() is not None
