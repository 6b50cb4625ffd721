"""What a site says of all its pages: TDMRep's tdmrep.json. Its licence terms: see `licence`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from wirecopy.model import Signals, SiteTerms

RULES = 1_000  # of a tdmrep.json that are read
LOCATION = 2_000  # characters of a rule's location


def read_tdmrep(body: bytes) -> SiteTerms:
    """The rules of a tdmrep.json (TDMRep, 6.1), in order. What cannot be read reserves nothing."""
    try:
        rules: Any = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):  # no JSON, or nested to hurt
        return SiteTerms()
    if not isinstance(rules, list):
        return SiteTerms()
    return SiteTerms(reserved=tuple(rule for each in rules[:RULES] if (rule := _rule(each))))


def _rule(rule: Any) -> tuple[str, bool, str] | None:
    if not isinstance(rule, dict):
        return None
    location = rule.get("location")
    if not isinstance(location, str) or not location.startswith("/"):
        return None
    reserved = rule.get("tdm-reservation") in (1, "1", True)
    policy = rule.get("tdm-policy")
    return location[:LOCATION], reserved, policy if isinstance(policy, str) else ""


def joined(signals: Signals, site: SiteTerms | None, url: str) -> Signals:
    """A page's own signals with those of its site; the stricter holds."""
    if site is None:
        return signals
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return replace(
        signals,
        tdm_reserved=signals.tdm_reserved or reserves(site.reserved, path),
        # RSL 1.0, 4.9: the page's terms hold before those of its site
        rsl=signals.rsl or ("" if signals.inline else site.licence),
    )


def reserves(reserved: tuple[tuple[str, bool, str], ...], path: str) -> bool:
    """Whether a site's rules reserve mining of a path (with its query); the longest match counts.

    Locations are written as in robots.txt, with `*` and `$` (TDMRep, 6.1; RFC 9309, 2.2.2).
    """
    best, answer = -1, False
    for location, value, _ in reserved:
        if len(location) > best and matches(location, path):
            best, answer = len(location), value
    return answer


def matches(location: str, path: str) -> bool:
    """Whether a location as in robots.txt covers a path (RFC 9309, 2.2.2).

    Without a regular expression: a hundred stars must not take a year.
    """
    pattern, ends = location.removesuffix("$"), location.endswith("$")
    first, *rest = pattern.split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, piece in enumerate(rest):
        if ends and number == len(rest) - 1:
            return path[at:].endswith(piece)
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not ends or at == len(path)
