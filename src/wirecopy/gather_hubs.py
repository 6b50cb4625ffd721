"""Subscribes to feeds' hubs, renews in time, and has a feed asked when its hub knocks.

Hubs call back, so only a public site subscribes. The web process answers them and leaves a knock;
here it becomes a feed that is due.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from wirecopy.clock import Clock
from wirecopy.errors import FetchError
from wirecopy.fetch import Fetcher
from wirecopy.log import get
from wirecopy.recorder import Recorder
from wirecopy.stages import schedule, websub
from wirecopy.store import sources, subscriptions
from wirecopy.store.db import Store
from wirecopy.store.knocks import DENIED, PUSHED, VERIFIED, Knock, Knocks
from wirecopy.store.subscriptions import Subscription, Wish

log = get()

CALLBACK = "/websub/"
AT_ONCE = 8  # hubs asked in one look
SIGNED_SPARED = timedelta(minutes=1)  # a feed asked since then is not asked for a knock
UNSIGNED_SPARED = timedelta(minutes=5)  # anybody can knock where no secret was agreed
FIRST_WAIT = timedelta(hours=1)  # after a hub's failure, doubled


class Subscriber:
    """`look` does what is to be done now; the gatherer calls it every few seconds."""

    def __init__(
        self,
        *,
        base_url: str,
        store: Store,
        recorder: Recorder,
        fetcher: Fetcher,
        knocks: Knocks,
        clock: Clock,
    ) -> None:
        self._base_url = base_url
        self._store = store
        self._recorder = recorder
        self._fetcher = fetcher
        self._knocks = knocks
        self._clock = clock

    async def look(self) -> None:
        await self._answer_knocks()
        for wish in await asyncio.to_thread(self._due):
            await self._subscribe(wish)

    def _due(self) -> list[Wish]:
        with self._store.connect() as c:
            return subscriptions.due(c, self._clock.now(), AT_ONCE)

    async def _answer_knocks(self) -> None:
        knocks = await asyncio.to_thread(self._knocks.waiting)
        if not knocks:
            return
        now = self._clock.now()

        def note(c: Connection, *_: object) -> None:
            for knock in knocks:
                _heard(c, knock, now)

        self._recorder.write(note)
        await self._recorder.settle()
        await asyncio.to_thread(self._knocks.answered, knocks)

    async def _subscribe(self, wish: Wish) -> None:
        asked = self._asked(wish)
        await self._write(asked)  # a hub may call back before it answers
        form = websub.request(f"{self._base_url}{CALLBACK}{asked.token}", asked.topic, asked.secret)
        try:
            await self._fetcher.post(asked.hub, form, "application/x-www-form-urlencoded")
        except FetchError as error:
            failures = asked.failures + 1
            wait = min(FIRST_WAIT * 2 ** min(failures - 1, 10), websub.REFUSED)
            await self._write(
                replace(
                    asked,
                    failures=failures,
                    due_at=self._clock.now() + wait,
                    why=f"The hub did not take it: {error.message}",
                )
            )
        log.info("subscribed", feed=wish.feed, hub=wish.hub)

    def _asked(self, wish: Wish) -> Subscription:
        """The subscription as it stands while the hub is asked; its callback stays the same."""
        known, now = wish.known, self._clock.now()
        same = known is not None and known.hub == wish.hub and known.topic == wish.topic
        secure = wish.hub.startswith("https://")  # a secret is no secret elsewhere (WebSub, 5.1)
        return Subscription(
            feed=wish.feed,
            hub=wish.hub,
            topic=wish.topic,
            token=known.token if known and same else secrets.token_urlsafe(32),
            secret=known.secret if known and same else secrets.token_hex(32) if secure else "",
            asked_at=now,
            due_at=now + websub.UNANSWERED,
            lease_until=known.lease_until if known and same else None,
            failures=known.failures if known and same else 0,
            why="The hub was asked, and has not verified it yet.",
        )

    async def _write(self, subscription: Subscription) -> None:
        self._recorder.write(lambda c, *_: subscriptions.put(c, subscription))
        await self._recorder.settle()


def _heard(c: Connection, knock: Knock, now: datetime) -> None:
    found = subscriptions.of_token(c, knock.token)
    if found is None:
        return
    if knock.kind == VERIFIED:
        lease = timedelta(seconds=knock.lease_seconds)
        began = min(knock.at, now)
        subscriptions.put(
            c,
            replace(
                found,
                lease_until=began + lease,
                due_at=began + lease * websub.RENEWED_AT,
                failures=0,
                why="",
            ),
        )
    elif knock.kind == DENIED:
        why = "The hub denied it."
        subscriptions.distrust(c, found.feed, now + websub.REFUSED, why)
    elif knock.kind == PUSHED:
        spared = SIGNED_SPARED if found.secret else UNSIGNED_SPARED
        sources.knocked(c, found.feed, now, schedule.KNOCKED, spared=spared)
