"""Steps 11 and 12: after each batch, stories are counted anew and the editions drawn up."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import Connection

from wirecopy.newsroom import Newsroom
from wirecopy.stages import rank, sections
from wirecopy.store import articles, chains, stories

EDITION_SECONDS = 5.0  # a newer edition at most this often: ranking a thousand stories takes 20 ms
OPEN_FOR = timedelta(hours=72)  # a story nobody touched for longer is in no edition


def finish(c: Connection, room: Newsroom, *, last: bool) -> None:
    """Count what the batch touched; draw up editions when it is time, and after the last batch."""
    responded = chains.resolve(c, room.changed, room.owners)
    articles.count_responses(c, responded)
    stories.refresh(c, room.touched)
    room.stale = room.stale or bool(room.touched)
    room.changed.clear()
    room.touched.clear()
    if room.stale and (last or time.monotonic() - room.edition_at >= EDITION_SECONDS):
        draw_up(c, room)


def draw_up(c: Connection, room: Newsroom) -> None:
    """The front page and every section's page, as of the newest capture."""
    assert room.latest is not None, "stories changed, so something was captured"
    room.edition_at, room.stale = time.monotonic(), False
    open_stories = stories.open_stories(c, room.latest - OPEN_FOR)
    stories.put_edition(c, rank.rank(open_stories, room.latest, ""))
    for key, _title in sections.SECTIONS:
        inside = [story for story in open_stories if story.section == key]
        stories.put_edition(c, rank.rank(inside, room.latest, key))
