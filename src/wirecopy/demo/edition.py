"""The demo edition: invented publishers, played on loopback, through the very path of the live web.

Only here, in benchmarks and in tests is a dialer built that knows one port of this machine; no
setting, flag or environment variable selects it.
"""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wirecopy.clock import SteppedClock
from wirecopy.config import Settings, Site, Storage
from wirecopy.config_text import publisher_block, quoted
from wirecopy.demo.player import ROUND_MINUTES, Player
from wirecopy.demo.publishers import publishers
from wirecopy.dial import ReplayDialer
from wirecopy.fetch import Manners
from wirecopy.files import write_whole
from wirecopy.gather import Summary, open_gatherer
from wirecopy.model import BasisKind, Publisher
from wirecopy.progress import Report
from wirecopy.webprocess import serve_beside

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
                await gatherer.ask_every_feed("the demo asks every feed in each of its rounds")
                await gatherer.once()
            return gatherer.summary


def current_hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def run_demo(folder: Path, port: int, report: Report) -> None:
    """Gather the demo edition into `folder`, then serve it until Ctrl-C or SIGTERM.

    A settings file is written beside it, so that every other verb can look into the same edition.
    """
    start = current_hour()
    settings = demo_settings(folder, start, port=port)
    _clear(folder)
    write_whole(settings.path, _settings_text(settings).encode())
    report.line(f"Gathering the demo edition: {len(settings.publishers)} invented publishers.")
    summary = asyncio.run(gather_edition(settings, start, report))
    report.close()
    report.line(
        f"{summary.announced} articles announced, {sum(summary.held.values())} held back. "
        f"Look closer: wirecopy --settings {settings.path} show ID"
    )
    asyncio.run(serve_beside(settings, report))


def _clear(folder: Path) -> None:
    """Take away an older demo edition: its days would mix with today's."""
    for name in ("archive", "images"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in folder.glob("*.db*"):
        path.unlink()


def _settings_text(settings: Settings) -> str:
    site = settings.site
    head = (
        "# The demo edition: invented publishers, which nothing but `wirecopy demo` can reach.\n"
        f"[site]\nname = {quoted(site.name)}\npublic = true\nport = {site.port}\n"
        f"base_url = {quoted(site.base_url)}\ncontact = {quoted(site.contact)}\n\n"
        f"[storage]\nfolder = {quoted(str(settings.storage.folder.absolute()))}\n\n"
    )
    return head + "\n".join(_block(publisher) for publisher in settings.publishers)


def _block(publisher: Publisher) -> str:
    block = publisher_block(publisher, publisher.feeds)
    basis = publisher.basis
    if basis.kind is BasisKind.NONE:
        return block
    given = {
        "kind": basis.kind.value,
        "mode": basis.mode.value,
        "licence": basis.licence,
        "evidence": basis.evidence,
        "evidence_url": basis.evidence_url,
    }
    rows = ", ".join(f"{key} = {quoted(value)}" for key, value in given.items() if value)
    day = f", recorded = {basis.recorded.isoformat()}" if basis.recorded else ""
    return block.replace('basis = "none"', f"basis = {{ {rows}{day} }}")
