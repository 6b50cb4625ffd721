"""The verbs by which an operator corrects stories: move, split, merge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import click
from sqlalchemy import Connection

from wirecopy.cli_evidence import ensure_gathered
from wirecopy.config import Settings
from wirecopy.store.decisions import Regrouping


def move(settings: Settings, article: str, story: str) -> int:
    """Write into the journal that an article stands in another story."""
    from wirecopy import recording_stories

    return _noted(settings, lambda c, at: recording_stories.move(c, article, story, at))


def split(settings: Settings, articles: tuple[str, ...]) -> int:
    """Write into the journal that articles are a story of their own."""
    from wirecopy import recording_stories

    return _noted(settings, lambda c, at: recording_stories.split(c, articles, at))


def merge(settings: Settings, story: str, into: str) -> int:
    """Write into the journal that two stories are one."""
    from wirecopy import recording_stories

    return _noted(settings, lambda c, at: recording_stories.merge(c, story, into, at))


def _noted(settings: Settings, note: Callable[[Connection, datetime], Regrouping]) -> int:
    from wirecopy.store.db import open_store

    ensure_gathered(settings)
    with open_store(settings.database_url) as store, store.begin() as c:
        wish = note(c, datetime.now(UTC))
    what = ", ".join(wish.articles) or wish.story
    click.echo(
        f"Noted: {what} goes into story {wish.into} when the gatherer records next "
        "(`wirecopy up` within seconds, else the next `wirecopy run --once`)."
    )
    return 0
