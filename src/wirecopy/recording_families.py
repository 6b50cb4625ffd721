"""What a publisher's pages share is left out of them, and a layout that broke raises an alarm.

Decided in archive order, whatever may be shown, so that a replay decides the same. What stands in
an article when it is first read stays in it: that sister pages hold it too is learnt later, and is
no edit by the publisher. What was left out stays out. Only a block that is new to the page may be
left out of an article that was read before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from wirecopy.model import ArticleState, Held, PublisherId, Reading
from wirecopy.stages import family
from wirecopy.stages.family import Outcome
from wirecopy.store import alarms, families
from wirecopy.store.articles import ArticleRow
from wirecopy.store.families import PageRow


def remember(
    c: Connection, article: ArticleRow, capture: int, found: Reading | Held, at: datetime
) -> Reading | Held:
    """Note what came of a page; a reading is given back without what its sister pages share."""
    if isinstance(found, Held) and found.reason not in family.UNREADABLE:
        return found
    newest = families.newest(c, article.publisher, family.MEMORY)
    row = next((each for each in newest if each.article == article.id), None)
    if row is None and article.state is not ArticleState.ANNOUNCED:
        row = families.of(c, article.id)
    sisters = [each for each in newest if each.article != article.id]
    old = row is not None and row.capture >= capture  # read again from the archive: decided before
    before = row or PageRow(article=article.id, publisher=article.publisher, capture=capture)
    if isinstance(found, Held):
        now = replace(before, capture=capture, reason=found.reason, layout="")
    else:
        hashes = family.block_hashes(found.text, found.blocks)
        if not old:
            fresh = row is None and article.revision == 0
            fresh = fresh or (row is not None and row.blocks is None)
            before = _decide(before, found, hashes, sisters, fresh=fresh)
        now = replace(before, capture=capture, reason="", layout=str(getattr(found, "layout", "")))
        found = family.without(found, hashes, family.unpacked(now.left_out))
    if not old:
        families.put(c, now)
        if len(sisters) >= family.MEMORY and sisters[-1].blocks:
            families.forget_blocks(c, sisters[-1].article)
        _watch(c, article.publisher, [now, *sisters], at)
    return found


def _decide(
    row: PageRow,
    reading: Reading,
    hashes: tuple[int, ...],
    sisters: list[PageRow],
    *,
    fresh: bool,
) -> PageRow:
    """The article's row with what is left out of it from this reading on."""
    left_out = set(family.unpacked(row.left_out))
    seen = set() if fresh else family.unpacked(row.blocks or b"")
    known: frozenset[int] = frozenset()
    if fresh or seen:
        shared = family.shared(hashes, [each.blocks for each in sisters if each.blocks])
        known = shared - seen
        left_out |= family.furniture(reading, hashes, known | left_out)
    return replace(
        row,
        blocks=family.packed(hashes),
        left_out=family.packed(left_out),
        known=row.known + len(known),
    )


def _watch(c: Connection, publisher: PublisherId, newest: list[PageRow], at: datetime) -> None:
    """Sound the alarm when a publisher's pages stop being readable; end it when they are again."""
    outcomes = [Outcome(reason=each.reason, layout=each.layout) for each in newest]
    if newest[0].reason and family.broken(outcomes):
        recent = outcomes[: family.RECENT]
        held = [each.reason for each in recent if each.reason]
        layout = next((each.layout for each in outcomes if each.layout), "")
        was = f" The text stood in {layout} before." if layout else ""
        alarms.sound(
            c,
            alarms.LAYOUT,
            publisher,
            publisher=publisher,
            words=f"Of its last {len(recent)} pages {len(held)} could not be read "
            f"({', '.join(sorted(set(held)))}), nearly all before.{was}",
            cure="Look at one of the pages held back: its layout may have changed, or it asks "
            "visitors for consent or money. Until it is read again nothing new is shown of it.",
            at=at,
        )
    elif family.healed(outcomes):
        alarms.end(c, alarms.LAYOUT, publisher, at)
