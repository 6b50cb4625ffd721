"""The whole path on a street of publishers, in this process: real store, archive and workers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.street import Street, settings_text
from wirecopy import config
from wirecopy.clock import SystemClock
from wirecopy.config import Settings
from wirecopy.dial import ReplayDialer
from wirecopy.fetch import Limits, Manners
from wirecopy.gather import Gatherer, Summary, open_gatherer
from wirecopy.progress import SilentReport


async def gather(
    street: Street,
    settings: Settings,
    *,
    limits: Limits | None = None,
    meet: Callable[[Gatherer], None] = lambda gatherer: None,
) -> Summary:
    """One run until nothing is due; `meet` sees the gatherer before it begins."""
    async with open_gatherer(
        settings,
        dialer=ReplayDialer(street.port),
        clock=SystemClock(),
        manners=Manners(user_agent=settings.user_agent, delay_seconds=0),
        limits=limits,
        report=SilentReport(),
    ) as gatherer:
        meet(gatherer)
        return await gatherer.once()


def settings_of(street: Street, folder: Path) -> Settings:
    """Settings in which each host of the street is a publisher."""
    path = folder / "wirecopy.toml"
    hosts = list(dict.fromkeys(host for host, _ in street.answers))
    path.write_text(settings_text(folder, hosts))
    return config.load(path)
