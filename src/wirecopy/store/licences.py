"""Licence terms for machines (RSL) as they were last had, by their address."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from wirecopy.model import Licence
from wirecopy.store import serial
from wirecopy.store.db import upsert
from wirecopy.store.quick import ask, run
from wirecopy.store.schema import licences

_KNOWN = select(licences).where(licences.c.url == bindparam("asked"))


def put(c: Connection, url: str, found: Licence | None) -> None:
    """Keep what an answer at `url` said; None where there is no document any more."""
    if found is None:
        c.execute(delete(licences).where(licences.c.url == url))
    else:
        run(c, upsert(c, licences), {"url": url, "rules": serial.licence_json(found)})


def of(c: Connection, url: str) -> Licence | None:
    """The terms at an address; None where none were had."""
    rows = ask(c, _KNOWN, {"asked": url})
    return serial.licence_of(rows[0]["rules"]) if rows else None
