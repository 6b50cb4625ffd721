"""The gatherer that `bench faults` kills: `python -m bench.faults_child FOLDER PORT START MINUTES`.

It gathers the demo's publishers from the player on PORT into FOLDER, by the machine's clock moved
on by MINUTES, and tells on standard output each article as soon as it is acknowledged: recorded,
and the transaction committed. The last line is "done".
"""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from wirecopy.clock import SystemClock
from wirecopy.demo.edition import demo_settings
from wirecopy.dial import ReplayDialer
from wirecopy.fetch import Manners
from wirecopy.gather import open_gatherer
from wirecopy.progress import SilentReport
from wirecopy.recording import Recorded


class MovedClock(SystemClock):
    """The machine's clock, so many minutes ahead: a restart never goes back in time."""

    def __init__(self, minutes: float) -> None:
        self._ahead = timedelta(minutes=minutes)

    def now(self) -> datetime:
        return super().now() + self._ahead


async def gather(folder: Path, port: int, start: datetime, minutes: float) -> None:
    """One run: every feed once, and what that brings."""
    settings = demo_settings(folder, start)
    async with open_gatherer(
        settings,
        dialer=ReplayDialer(port),
        clock=MovedClock(minutes),
        manners=Manners(user_agent=settings.user_agent, delay_seconds=0),
        report=SilentReport(),
    ) as gatherer:

        def heard(recorded: Recorded) -> None:
            gatherer.heard(recorded)
            if recorded.article is not None and recorded.mode is not None:
                print(recorded.article, flush=True)

        gatherer.recorder.on_recorded = heard
        print("begun", flush=True)
        await gatherer.ask_every_feed(
            "the bench asks every feed after each start", spared=timedelta(0)
        )
        await gatherer.once()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    folder, port, start, minutes = sys.argv[1:]
    try:
        asyncio.run(gather(Path(folder), int(port), datetime.fromisoformat(start), float(minutes)))
    except KeyboardInterrupt:
        sys.exit(130)
    print("done", flush=True)
