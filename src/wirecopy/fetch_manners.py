"""Politeness: one queue a host, a pause between its requests, and rest when it asks for rest.

Names that lead to one address are one host as far as turns and our own pause go: fifty weblogs on
one small machine are not asked fifty at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from wirecopy.clock import Clock
from wirecopy.errors import Throttled

LONGEST_REST = timedelta(days=7)
FIRST_REST = timedelta(hours=1)  # for a 429 that names no time; doubled each time in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How hosts are treated. `user_agent` is honest and names a contact: `Wirecopy/0.1 (+URL)`."""

    user_agent: str
    delay_seconds: float = 1.0  # from the end of a host's request to its next; 0 is for replays
    no_robots_delay_seconds: float | None = None  # without a robots.txt; None: ten times the delay
    host_connections: int = 1
    connections: int = 256  # in use at a time, over all hosts; stuck ones not counted

    @property
    def product(self) -> str:
        """The product token a robots.txt may name us by (RFC 9309, 2.2.1)."""
        return self.user_agent.partition("/")[0]

    def pause(self, *, has_robots: bool, asked_seconds: float) -> float:
        """Seconds between two requests to a host: ours or the host's wish, the longer one."""
        ours = self.delay_seconds
        if not has_robots:
            none = self.no_robots_delay_seconds
            ours = 10 * self.delay_seconds if none is None else none
        return max(ours, asked_seconds)


@dataclass(slots=True)
class _Host:
    gate: asyncio.Semaphore
    last: datetime | None = None  # when its latest request began or ended
    rests_until: datetime | None = None
    rests: int = 0  # in a row, without a time named


@dataclass(slots=True)
class Queues:
    """Whose turn it is, host by host, first come first served; other hosts are not held up."""

    clock: Clock
    connections: int
    hosts: dict[str, _Host] = field(default_factory=dict)  # by name, and "@" with an address
    waiting: int = 0  # requests that wait for their turn; they hold nothing

    def rest_all(self, resting: Mapping[str, tuple[datetime, int]]) -> None:
        for name, (until, rests) in resting.items():
            host = self._host(name)
            # A clock that was ahead once must not silence a host for longer than any rest is.
            host.rests_until = min(until, self.clock.now() + LONGEST_REST)
            host.rests = rests

    @asynccontextmanager
    async def turn(
        self,
        name: str,
        pause_seconds: float,
        url: str,
        *,
        address: str = "",
        address_pause_seconds: float = 0.0,
    ) -> AsyncIterator[None]:
        """Wait for the host's turn and its pause, then for its address's.

        Raises Throttled while the host rests.
        """
        host = self._host(name)
        there = self._host(f"@{address}") if address else None
        async with AsyncExitStack() as held:
            self.waiting += 1
            try:
                await held.enter_async_context(host.gate)
                self._refuse_resting(name, url)
                await self._pause(host, pause_seconds)
                if there is not None:
                    await held.enter_async_context(there.gate)
                    await self._pause(there, address_pause_seconds)
                self._refuse_resting(name, url)
            finally:
                self.waiting -= 1
            self._note(host, there)
            try:
                yield
            finally:
                self._note(host, there)

    async def _pause(self, host: _Host, seconds: float) -> None:
        if host.last is None or seconds <= 0:
            return
        gone = (self.clock.now() - host.last).total_seconds()
        if gone < seconds:
            # A clock that was set back must not stop a host for hours.
            await self.clock.sleep(min(seconds - gone, seconds))

    def _note(self, *hosts: _Host | None) -> None:
        now = self.clock.now()
        for host in hosts:
            if host is not None:
                host.last = now

    def resting(self, name: str) -> datetime | None:
        """Until when a host is left alone; None when it may be asked."""
        host = self.hosts.get(name)
        if host is None or host.rests_until is None:
            return None
        if self.clock.now() >= host.rests_until:
            host.rests_until = None
            return None
        return host.rests_until

    def rest(self, name: str, retry_after: str) -> tuple[datetime, int]:
        """Leave the whole host alone, as it asked (RFC 9110, 10.2.3).

        Says until when, and how many rests in a row without a time named that makes.
        """
        host = self._host(name)
        now = self.clock.now()
        wait = wait_asked(retry_after, now)
        if wait is None:
            wait = min(FIRST_REST * 2 ** min(host.rests, 10), LONGEST_REST)
            host.rests += 1
        host.rests_until = now + wait
        return host.rests_until, host.rests

    def answered(self, name: str) -> None:
        """An ordinary answer: the next rest starts from the shortest again."""
        self._host(name).rests = 0

    def _refuse_resting(self, name: str, url: str) -> None:
        until = self.resting(name)
        if until is not None:
            raise Throttled(
                f"{name} asked to be left alone until {until:%Y-%m-%d %H:%M} UTC.",
                url=url,
                status=0,
                retry_at=until,
                host=name,
                rests=self._host(name).rests,
            )

    def _host(self, name: str) -> _Host:
        host = self.hosts.get(name)
        if host is None:
            host = self.hosts[name] = _Host(asyncio.Semaphore(self.connections))
        return host


def wait_asked(retry_after: str, now: datetime) -> timedelta | None:
    """What a Retry-After asks for, at most seven days; None for rubbish and for the past."""
    value = retry_after.strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:12])
    else:
        try:
            until = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        seconds = (until - now).total_seconds()
    if seconds <= 0:
        return None
    return timedelta(seconds=min(seconds, LONGEST_REST.total_seconds()))
