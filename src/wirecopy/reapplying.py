"""Other settings than at the last run: what must go goes at once, the rest is decided again.

Rows are decided when a page is read, and a page may not be read again for days. So a run begins
by comparing the settings with those that the articles were decided under. A takedown, a lesser
basis, a muted word and a language that is not read any more take effect in one transaction. Where
more may be shown than before, the page is read again from the archive; no publisher is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from wirecopy.model import ArticleState, Mode, Policy, Publisher, PublisherId, Record, Signals
from wirecopy.newsroom import Newsroom
from wirecopy.publishing import finish
from wirecopy.recording_stories import regroup_now
from wirecopy.stages import rights
from wirecopy.store import articles, policies
from wirecopy.store.policies import Standing
from wirecopy.withdrawing import hide, unwanted, withdraw


def reapply(c: Connection, room: Newsroom) -> list[Record]:
    """Take out of sight what today's settings do not allow; the answers to read again, in order.

    Call `settle` once they were: a stop before that begins anew at the next start.
    """
    back = [id for id in policies.taken_down(c) if id not in room.takedowns]
    _take_down(c, room)
    regroup_now(c, room)
    concerned = policies.standing(c, _concerned(room, policies.ground(c)))
    for article in concerned:
        if article.state is ArticleState.PUBLISHED:
            _restrict(c, room, article)
    again = policies.deciding(
        c, [*back, *(article.id for article in concerned if article.id not in room.takedowns)]
    )
    if room.touched or room.changed:
        finish(c, room, last=True)
    return again


def settle(c: Connection, room: Newsroom) -> None:
    """Note that every article stands as these settings decide."""
    policies.set_ground(c, _ground(room))


def _take_down(c: Connection, room: Newsroom) -> None:
    for id, why in sorted(room.takedowns.items()):
        article = articles.get(c, id)
        if article is None or article.state is ArticleState.WITHDRAWN:
            continue
        publisher = room.publishers.get(article.publisher) or Publisher(
            id=article.publisher, name=article.publisher
        )
        policy = _policy(room, publisher, takedown=why)
        words = next(reason.words for reason in policy.reasons if reason.signal == "takedown")
        withdraw(c, room, article, "takedown", words)


def _restrict(c: Connection, room: Newsroom, article: Standing) -> None:
    """Show less of a published article, if today's settings allow less."""
    policy = _policy(room, room.publishers[article.publisher])
    held = unwanted(room, article.headline, article.language)
    if policy.mode is not Mode.OFF and held is None and policy.mode.rank >= article.mode.rank:
        return
    row = articles.get(c, article.id)
    assert row is not None, f"{article.id} stood there in this very transaction"
    if policy.mode.rank < article.mode.rank:
        policies.close(c, article, policy)
        room.changed.add(row.id)
        if row.story is not None:
            room.touched.add(row.story)
    if policy.mode is Mode.OFF:
        binding = next(reason for reason in policy.reasons if reason.mode is Mode.OFF)
        withdraw(c, room, row, binding.signal, binding.words)
    elif held is not None:
        hide(c, room, row, held)


def _policy(room: Newsroom, publisher: Publisher, *, takedown: str = "") -> Policy:
    """What the settings alone allow, before the page's own signals."""
    return rights.decide(
        publisher=publisher,
        private_site=room.private_site,
        signals=Signals(),
        takedown=takedown,
    )


def _ground(room: Newsroom) -> dict[str, object]:
    """All of the settings that decides how an article is shown, as plain values."""
    site: dict[str, object] = {
        "private": room.private_site,
        "languages": sorted(room.languages),
        "muted_words": sorted(room.muted_words),
    }
    return {"site": site} | {
        f"basis of {id}": [basis.kind.value, basis.mode.value, basis.licence, str(basis.recorded)]
        for id, publisher in room.publishers.items()
        for basis in (publisher.basis,)
    }


def _concerned(room: Newsroom, before: dict[str, object] | None) -> Iterable[PublisherId]:
    """The publishers whose articles today's settings may decide otherwise."""
    if before is None:
        return []
    now = _ground(room)
    if before.get("site") != now["site"]:
        return list(room.publishers)
    return [id for id in room.publishers if before.get(f"basis of {id}") != now[f"basis of {id}"]]
