"""What an origin says of the rights in all its pages: its latest robots.txt and tdmrep.json."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from sqlalchemy import Connection, bindparam, select

from wirecopy.model import Purpose, SiteTerms
from wirecopy.store.db import upsert
from wirecopy.store.quick import ask, run
from wirecopy.store.schema import site_terms

_KNOWN = select(site_terms).where(site_terms.c.origin == bindparam("asked"))


def put(c: Connection, url: str, purpose: Purpose, found: SiteTerms) -> None:
    """Keep what an answer at `url` said; robots.txt speaks of licences, tdmrep.json of mining."""
    origin = _origin(url)
    known = _get(c, origin)
    if known is None and found == SiteTerms():
        return  # as nearly every site
    before = known or SiteTerms()
    after = (
        replace(before, licence=found.licence)
        if purpose is Purpose.ROBOTS
        else replace(before, reserved=found.reserved)
    )
    if after != known:
        reserved = [list(rule) for rule in after.reserved]
        row = {"origin": origin, "licence": after.licence, "reserved": reserved}
        run(c, upsert(c, site_terms), row)


def of(c: Connection, url: str) -> SiteTerms | None:
    """What the origin of an address says; None where it says nothing, as nearly every one."""
    return _get(c, _origin(url))


def _get(c: Connection, origin: str) -> SiteTerms | None:
    rows = ask(c, _KNOWN, {"asked": origin})
    if not rows:
        return None
    reserved = tuple((rule[0], rule[1], rule[2]) for rule in rows[0]["reserved"])
    return SiteTerms(licence=rows[0]["licence"], reserved=reserved)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
