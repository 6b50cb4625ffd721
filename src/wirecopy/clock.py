"""Time as an argument: what gathers asks a clock, and what decides gets the time with its input."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits. `now` is aware and in UTC."""

    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SteppedClock:
    """A clock that starts where it is told and moves only when somebody waits or steps it.

    Every look moves it by one millisecond, so that no two captures share a time. Waiting for
    politeness costs no real time: the clock is moved on instead.
    """

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self._now += timedelta(seconds=seconds)

    def step(self, to: datetime) -> None:
        """Move on to a later time; an earlier one changes nothing."""
        self._now = max(self._now, to)
