"""A clock for tests: it moves only when somebody waits for it, or when it is stepped."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class FakeClock:
    """Waiting takes no real time. Those who wait side by side wait the same time once."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self.naps: list[float] = []  # every wait, in the order they began

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        until = self._now + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self._now = max(self._now, until)

    def step(self, **span: float) -> None:
        """Move on: `clock.step(hours=24)`."""
        self._now += timedelta(**span)
