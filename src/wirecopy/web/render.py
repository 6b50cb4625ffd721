"""Templates, and the few ways in which they write times, numbers and names."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from wirecopy.web.site import Site
from wirecopy.web.views import section_named

HERE = Path(__file__).parent
STATIC = HERE / "static"
READS = Markup("<!--reads-->")
"""Stands where an article's count of reads goes: pages are cached, counts are not."""


def environment(site: Site) -> Environment:
    """The templates, with the filters they use."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    zone = ZoneInfo(site.timezone)

    def local(at: datetime) -> datetime:
        return at.astimezone(zone)

    def when(at: datetime, near: datetime | None) -> str:
        """The time of day; with the day where it is not the one meant."""
        here = local(at)
        if near is not None and here.date() == local(near).date():
            return here.strftime("%H:%M")
        if near is not None and here.year == local(near).year:
            return f"{here.day} {here.strftime('%b %H:%M')}"
        return f"{here.day} {here.strftime('%b %Y')}"

    env.filters.update(
        iso=iso,
        clock=lambda at: local(at).strftime("%H:%M"),
        day=lambda at: f"{local(at).day} {local(at).strftime('%B %Y')}",
        weekday=lambda at: local(at).strftime("%A"),
        stamp=lambda at: f"{local(at).day} {local(at).strftime('%B %Y, %H:%M:%S %Z')}",
        when=when,
        count=count,
        signed=signed,
        folded=folded,
        section_title=lambda key: section_named(key).title,
    )
    env.globals.update(
        site=site,
        reads_here=READS,
        style_version=hashlib.sha256((STATIC / "site.css").read_bytes()).hexdigest()[:12],
    )
    return env


def iso(at: datetime) -> str:
    """RFC 3339, in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def count(number: int, noun: str, plural: str = "") -> str:
    """ "1 article", "14 articles"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def signed(value: float) -> str:
    """A number of a sum, with its sign and the true minus."""
    return f"{value:+.2f}".replace("-", "−")


def folded(text: str, after: bool, before: bool, keep: int = 90) -> str:
    """The ends of a long stretch that did not change: those next to a change."""
    if len(text) <= 2 * keep + 40:
        return text
    head = text[:keep].rsplit(" ", 1)[0] if after else ""
    tail = text[-keep:].split(" ", 1)[-1] if before else ""
    return f"{head} […] {tail}"


def linked_data(value: dict[str, Any]) -> Markup:
    """JSON-LD for a script element: nothing in it can end the element."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(written)  # noqa: S704 - escaped above
