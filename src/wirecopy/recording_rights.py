"""What is known of the rights in a page beyond what it says itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

from sqlalchemy import Connection

from wirecopy.model import Capture, Miss, Signals
from wirecopy.stages import licence, terms
from wirecopy.stages.licence import Grant
from wirecopy.store import licences, site_terms


class Told(TypedDict):
    """As `rights.decide` takes it."""

    signals: Signals
    licence: Grant | None


def told(c: Connection, signals: Signals, item: Capture | Miss) -> Told:
    """A page's signals with its site's, and what the licence terms that they name grant."""
    page = item.final_url if isinstance(item, Capture) else item.url
    said = terms.joined(signals, site_terms.of(c, page), page)
    if not said.rsl:
        return Told(signals=said, licence=None)
    there = licence.where(page, said.rsl)
    granted = licence.grant(licences.of(c, there), page)
    return Told(signals=replace(said, rsl=there or said.rsl), licence=granted)
