"""The demo edition: invented publishers, played on loopback, through the very path of the live web.

Only here, in benchmarks and in tests is a dialer built that knows one port of this machine; no
setting, flag or environment variable selects it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from wirecopy.clock import SteppedClock
from wirecopy.config import Settings, Site, Storage
from wirecopy.demo.player import ROUND_MINUTES, Player
from wirecopy.demo.publishers import publishers
from wirecopy.dial import ReplayDialer
from wirecopy.fetch import Manners
from wirecopy.gather import Summary, open_gatherer
from wirecopy.progress import Report

ROUNDS = 2


def demo_settings(folder: Path, start: datetime, *, port: int = 8000) -> Settings:
    """A public site in `folder`, so that the rights of every publisher show."""
    site = Site(
        name="The Wirecopy Demo",
        public=True,
        port=port,
        base_url=f"http://127.0.0.1:{port}",
        contact="http://127.0.0.1/about",
    )
    return Settings(
        site=site,
        storage=Storage(folder=folder),
        publishers=publishers(start),
        path=folder / "wirecopy.toml",
    )


async def gather_edition(
    settings: Settings, start: datetime, report: Report, *, rounds: int = ROUNDS
) -> Summary:
    """Play the publishers and gather their rounds, an hour apart, without waiting an hour."""
    clock = SteppedClock(start)
    async with Player(start) as player:
        dialer = ReplayDialer(player.port)
        manners = Manners(user_agent=settings.user_agent, delay_seconds=0)
        async with open_gatherer(
            settings, dialer=dialer, clock=clock, manners=manners, report=report
        ) as gatherer:
            for number in range(1, rounds + 1):
                player.round = number
                clock.step(start + timedelta(minutes=ROUND_MINUTES * (number - 1)))
                await gatherer.once()
            return gatherer.summary


def current_hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
