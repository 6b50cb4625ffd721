"""What feeds were found to be of late, so that a second `check` asks nobody again."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from wirecopy.config import Settings
from wirecopy.errors import ArchiveError, StoreError
from wirecopy.files import write_whole
from wirecopy.stages.schedule import MOVED_AFTER, MOVED_POLLS
from wirecopy.store import sources
from wirecopy.store.db import open_store

FILE_NAME = "checked.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a feed was when it was asked: `at` in ISO 8601."""

    at: str
    right: bool
    words: str


def of_late(settings: Settings, now: datetime) -> dict[str, Outcome]:
    """By address, the feeds that `check` or the gatherer asked within `sources.REFRESH`."""
    found = {url: one for url, one in _checked(settings).items() if _is_fresh(one.at, now)}
    with contextlib.suppress(StoreError):  # there may be no store yet
        with open_store(settings.database_url, read_only=True) as store, store.connect() as c:
            states = sources.feed_states_by_url(c)
        for url, state in states.items():
            if state.polled_at is None or not _is_fresh(state.polled_at.isoformat(), now):
                continue
            move = moved(state.moved_to or state.address, learnt=not state.moved_to)
            words = f"failed: {state.error}" if state.error else f"ok{move}"
            one = Outcome(at=state.polled_at.isoformat(), right=not state.error, words=words)
            if url not in found or found[url].at < one.at:
                found[url] = one
    return found


def keep(settings: Settings, outcomes: dict[str, Outcome]) -> None:
    """Remember them for the next `check`; where the folder cannot be written, do not."""
    body = json.dumps({url: asdict(one) for url, one in outcomes.items()}, ensure_ascii=False)
    with contextlib.suppress(ArchiveError):
        write_whole(settings.storage.folder / FILE_NAME, body.encode("utf-8", "replace"))


def now_said(right: bool, words: str) -> Outcome:
    return Outcome(at=datetime.now(UTC).isoformat(), right=right, words=words)


def moved(to: str, *, learnt: bool = False) -> str:
    """What is added of a feed that permanent redirects lead away from; "" where none do."""
    if not to:
        return ""
    if learnt:
        return f"; it moved for good to {to}, and is asked there"
    over = f"{MOVED_POLLS} polls over {MOVED_AFTER // timedelta(hours=1)} hours"
    return f"; it has moved for good to {to}, which is learnt after {over}"


def _checked(settings: Settings) -> dict[str, Outcome]:
    try:
        found = json.loads((settings.storage.folder / FILE_NAME).read_text("utf-8"))
        return {url: Outcome(**one) for url, one in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):  # none, or one that was spoilt
        return {}


def _is_fresh(at: str, now: datetime) -> bool:
    try:
        return now - sources.REFRESH <= datetime.fromisoformat(at) <= now
    except (ValueError, TypeError):
        return False
