"""What sites say of themselves before any page is asked for: robots.txt, and who reserves mining.

`RuleBook` asks, remembers and hands what it got to the archive; what an answer means stands in
`robots` (RFC 9309). `/.well-known/tdmrep.json` (TDMRep, 6.1) is only asked for and archived here:
what it reserves is read from the archive, with the pages it speaks of. So are licence terms for
machines (RSL).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wirecopy import robots
from wirecopy.clock import Clock
from wirecopy.dial import Target, target
from wirecopy.errors import (
    FetchError,
    ForbiddenAddress,
    RobotsDisallow,
    Throttled,
    TooLarge,
    Unreachable,
)
from wirecopy.model import Miss, Purpose, Response

ROBOTS_HELD = 5_000  # origins whose rules are remembered
TERMS_HOLD = timedelta(days=7)  # before /.well-known/tdmrep.json is asked for again
LICENCE_HOLDS = timedelta(hours=24)  # RSL counts in days; thirty where a document names none
LICENCES_A_DAY = 8  # that one host's pages name
TERMS_PATH = "/.well-known/tdmrep.json"


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer as it was last had: when, with which status, and its bytes where it was 200."""

    at: datetime
    status: int
    body: bytes = b""


Ask = Callable[[Target, Purpose], Awaitable[Response]]
Keep = Callable[[Response | Miss], Awaitable[object]]
Recall = Callable[[str, Purpose], Awaitable[Remembered | None]]
"""The latest archived answer for an address, from before a restart."""


class RuleBook:
    """Every site's rules, asked for once and kept for as long as they hold."""

    def __init__(
        self, *, clock: Clock, agent: str, ask: Ask, keep: Keep | None, recall: Recall | None
    ) -> None:
        self._clock = clock
        self._agent = agent
        self._ask = ask
        self._keep = keep
        self._recall = recall
        self._rules: dict[str, robots.Rules] = {}
        self._asking: dict[str, asyncio.Task[robots.Rules]] = {}
        self._terms: dict[str, datetime] = {}  # address -> when it was asked for
        self._licences: dict[str, tuple[date, frozenset[str]]] = {}  # by the hosts that name them

    async def close(self) -> None:
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def obeyed(self, here: Target) -> robots.Rules:
        """The rules of the address's origin. Raises RobotsDisallow where they forbid it."""
        rules = self._rules.get(here.origin)
        if rules is None or not rules.holds(self._clock.now()):
            task = self._asking.get(here.origin)
            if task is None:
                task = asyncio.create_task(self._renewed(here, rules))
                self._asking[here.origin] = task
                task.add_done_callback(lambda done: self._asked(here.origin, done))
            rules = await asyncio.shield(task)
        if not rules.allows(here.url):
            words = rules.words or f"robots.txt of {here.host} asks us not to fetch it."
            raise RobotsDisallow(words, url=here.url)
        return rules

    async def terms_known(self, here: Target, rules: robots.Rules) -> None:
        """See to it that the archive holds what the origin reserves, before its first page.

        That is its tdmrep.json, and the licence that its robots.txt names.
        """
        there = target(f"{here.origin}{TERMS_PATH}")
        if rules.allows(there.url):
            await self._known(there, Purpose.TERMS, TERMS_HOLD)
        if rules.licence:
            await self.licence_known(here.host, rules.licence)

    async def licence_known(self, host: str, url: str) -> None:
        """See to it that the archive holds the licence at `url`, which a page of `host` names.

        Of the licences that a host's pages name, a few a day are asked for: a site could name
        another one in each.
        """
        try:
            there = target(url)
        except FetchError:
            return
        today = self._clock.now().date()
        day, named = self._licences.get(host, (today, frozenset()))
        named = named | {there.url} if day == today else frozenset({there.url})
        if len(named) > LICENCES_A_DAY:
            return
        self._licences.pop(host, None)
        self._licences[host] = (today, named)
        if len(self._licences) > ROBOTS_HELD:
            del self._licences[next(iter(self._licences))]
        with suppress(FetchError):  # what cannot be had licenses nothing
            await self._known(there, Purpose.LICENCE, LICENCE_HOLDS)

    async def _known(self, there: Target, purpose: Purpose, holds: timedelta) -> None:
        now = self._clock.now()
        asked = self._terms.get(there.url)
        if asked is None and self._recall is not None:
            found = await self._recall(there.url, purpose)
            asked = found.at if found is not None else None
        if asked is not None and asked <= now < asked + holds:
            self._terms[there.url] = asked
            return
        self._terms.pop(there.url, None)
        self._terms[there.url] = now
        if len(self._terms) > ROBOTS_HELD:
            del self._terms[next(iter(self._terms))]
        try:
            await self._kept(await self._ask(there, purpose))
        except Throttled:
            raise
        except FetchError as error:
            if error.response is not None:
                await self._kept(error.response)

    def _asked(self, origin: str, task: asyncio.Task[robots.Rules]) -> None:
        self._asking.pop(origin, None)
        if task.cancelled() or task.exception() is not None:
            return
        self._rules.pop(origin, None)
        self._rules[origin] = task.result()
        if len(self._rules) > ROBOTS_HELD:
            del self._rules[next(iter(self._rules))]

    async def _renewed(self, here: Target, old: robots.Rules | None) -> robots.Rules:
        there = target(f"{here.origin}/robots.txt")
        if old is None and self._recall is not None:
            found = await self._recall(there.url, Purpose.ROBOTS)
            if found is not None:
                old = self._read(found)
                if old.holds(self._clock.now()):
                    return old
        return await self._ask_rules(here, there, old)

    def _read(self, found: Remembered) -> robots.Rules:
        if found.status == 200:
            return robots.read_rules(found.body, self._agent, found.at)
        return robots.no_rules(self._agent, found.at)

    async def _ask_rules(
        self, here: Target, there: Target, old: robots.Rules | None
    ) -> robots.Rules:
        try:
            response = await self._ask(there, Purpose.ROBOTS)
        except FetchError as error:
            at = self._clock.now()
            await self._kept(
                error.response
                or Miss(
                    url=there.url,
                    purpose=Purpose.ROBOTS,
                    at=at,
                    reason=type(error).__name__,
                    detail=error.message,
                )
            )
            if isinstance(error, Throttled | ForbiddenAddress):
                raise
            if isinstance(error, Unreachable) and not error.connected:
                raise  # there is no host to ask, neither for its rules nor for the page
            if isinstance(error, TooLarge) or 200 <= error.status < 500:
                return robots.no_rules(self._agent, at)
            words = f"robots.txt of {here.host} could not be had ({error.message.rstrip('.')})."
            return robots.unreachable(old, self._agent, at, words)
        await self._kept(response)
        return robots.read_rules(response.body, self._agent, response.at)

    async def _kept(self, item: Response | Miss) -> None:
        if self._keep is not None:
            await self._keep(item)
