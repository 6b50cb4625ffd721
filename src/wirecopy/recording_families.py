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
from wirecopy.store.families import PageRow, Sister


def remember(
    c: Connection, article: ArticleRow, capture: int, found: Reading | Held, at: datetime
) -> Reading | Held:
    """Note what came of a page; a reading is given back without what its sister pages share."""
    if isinstance(found, Held) and found.reason not in family.UNREADABLE:
        return found
    newest = families.newest(c, article.publisher, family.MEMORY)
    known = article.state is not ArticleState.ANNOUNCED
    row = families.of(c, article.id) if known else None
    sisters = [each for each in newest if each.article != article.id]
    old = row is not None and row.capture >= capture  # read again from the archive: decided before
    before = row or PageRow(article=article.id, publisher=article.publisher, capture=capture)
    if isinstance(found, Held):
        now = replace(before, capture=capture, reason=found.reason, layout="")
    else:
        hashes = family.block_hashes(found.text, found.blocks)
        if not old:
            before = _decide(before, found, hashes, sisters, fresh=_fresh(article, row))
        # a page that is read once more tells nothing new of its publisher, and keeps its place
        at_first = before.capture if before.blocks is not None and not before.reason else capture
        now = replace(
            before,
            capture=at_first,
            reason="",
            layout=found.layout,
            # past the newest a page's blocks stay forgotten
            blocks=b"" if row is not None and row.blocks == b"" else family.packed(hashes),
        )
        found = family.without(found, hashes, family.unpacked(now.left_out))
    if old:
        return found
    families.put(c, now)
    if len(sisters) >= family.MEMORY and sisters[-1].blocks:
        families.forget_blocks(c, sisters[-1].article)
    if now.capture == capture:
        latest = Sister(now.article, now.reason, now.layout, now.blocks)
        _watch(c, article.publisher, [latest, *sisters], at)
    return found


def _fresh(article: ArticleRow, row: PageRow | None) -> bool:
    """Whether no page of the article was ever read; an older store may not know its pages."""
    return article.revision == 0 if row is None else row.blocks is None


def _decide(
    row: PageRow,
    reading: Reading,
    hashes: tuple[int, ...],
    sisters: list[Sister],
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
        left_out=family.packed(left_out),
        known=row.known + len(known),
    )


def _watch(c: Connection, publisher: PublisherId, newest: list[Sister], at: datetime) -> None:
    """Sound the alarm when a publisher's pages stop being readable; end it when they are again."""
    if not any(each.reason for each in newest[: family.RECENT]):
        return  # as nearly always
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
