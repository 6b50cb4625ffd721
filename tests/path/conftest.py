"""The demo edition, gathered once for all these tests, with everything that was dialled."""

from __future__ import annotations

import asyncio
import shutil
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wirecopy.clock import SteppedClock
from wirecopy.config import Settings
from wirecopy.demo.edition import demo_settings
from wirecopy.demo.player import ROUND_MINUTES, Asked, Player
from wirecopy.dial import ReplayDialer
from wirecopy.fetch import Manners
from wirecopy.gather import Summary, open_gatherer
from wirecopy.progress import SilentReport

START = datetime(2026, 3, 4, 9, tzinfo=UTC)  # a Wednesday


@dataclass(slots=True)
class Gathered:
    """A demo edition of two rounds; nobody changes it."""

    settings: Settings
    port: int
    summary: Summary
    asked: list[tuple[int, Asked]]  # (round, request), as the player heard them
    dialled: list[object]  # every network address this process connected to
    looked_up: list[object] = field(default_factory=list)  # every name it had resolved

    @property
    def folder(self) -> Path:
        return self.settings.storage.folder

    def copy(self, folder: Path) -> Settings:
        """The same edition in another folder, to do something to it."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return in_folder(self.settings, folder)


def in_folder(settings: Settings, folder: Path) -> Settings:
    return replace(
        settings,
        storage=replace(settings.storage, folder=folder),
        path=folder / "wirecopy.toml",
    )


@dataclass(slots=True)
class Wiretap:
    """Hears of every connection that this process makes, while it listens."""

    listening: bool = False
    dialled: list[object] = field(default_factory=list)
    looked_up: list[object] = field(default_factory=list)

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.listening:
            return
        if event == "socket.connect" and not isinstance(arguments[1], str | bytes):
            self.dialled.append(arguments[1])  # a path is a unix socket: our own workers'
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            self.looked_up.append(arguments[0])


@pytest.fixture(scope="session")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    folder = tmp_path_factory.mktemp("edition")
    tap = Wiretap()
    sys.addaudithook(tap)  # it cannot be taken away again, only told not to listen
    tap.listening = True
    try:
        return asyncio.run(gather_two_rounds(demo_settings(folder, START), tap))
    finally:
        tap.listening = False


async def gather_two_rounds(settings: Settings, tap: Wiretap) -> Gathered:
    clock = SteppedClock(START)
    asked: list[tuple[int, Asked]] = []
    async with Player(START, slow_seconds=0.1) as player:
        manners = Manners(user_agent=settings.user_agent, delay_seconds=0)
        async with open_gatherer(
            settings,
            dialer=ReplayDialer(player.port),
            clock=clock,
            manners=manners,
            report=SilentReport(),
        ) as gatherer:
            for number in (1, 2):
                player.round = number
                clock.step(START + timedelta(minutes=ROUND_MINUTES * (number - 1)))
                await gatherer.ask_every_feed("the test asks every feed in each round")
                await gatherer.once()
                asked += [(number, each) for each in player.log]
                player.log.clear()
        return Gathered(
            settings=settings,
            port=player.port,
            summary=gatherer.summary,
            asked=asked,
            dialled=tap.dialled,
            looked_up=tap.looked_up,
        )
