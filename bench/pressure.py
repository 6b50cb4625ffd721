"""Large pages from publishers that answer faster than pages are read: how much memory it takes.

Every page of `--kilobytes` is different, and most of it is a script, as in the pages of this world.
The publishers are played by a process of its own; the delay between a host's requests is 0.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from bench import Ask, CannotRun
from bench.street import host, settings_text
from bench.watch import Watch
from wirecopy import config
from wirecopy.clock import SystemClock
from wirecopy.config import Settings
from wirecopy.dial import ReplayDialer
from wirecopy.fetch import Manners
from wirecopy.gather import Summary, open_gatherer
from wirecopy.progress import SilentReport

HOSTS = 30


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pages", type=int, default=300, help="how many (300)")
    parser.add_argument("--kilobytes", type=int, default=1000, help="of each page (1000)")


def run(ask: Ask) -> dict[str, Any]:
    """Gather the pages into a fresh store, and say what it took."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    each = max(1, ask.more.pages // HOSTS)
    with (
        tempfile.TemporaryDirectory(prefix="wirecopy-pressure-") as made,
        _street(HOSTS, each, ask.more.kilobytes) as port,
    ):
        path = Path(made) / "wirecopy.toml"
        path.write_text(settings_text(Path(made) / "data", [host(n) for n in range(HOSTS)]))
        began = time.monotonic()
        with Watch() as watch:
            summary = asyncio.run(_gather(config.load(path), port))
        table: dict[str, Any] = {
            "pages": summary.pages,
            "published": summary.published,
            "kilobytes_each": ask.more.kilobytes,
            "seconds": round(time.monotonic() - began, 1),
            "peak_mb": watch.peak_mb,
        }
    for name, value in table.items():
        print(f"{name:<20} {value}")
    return table


async def _gather(settings: Settings, port: int) -> Summary:
    async with open_gatherer(
        settings,
        dialer=ReplayDialer(port),
        clock=SystemClock(),
        manners=Manners(user_agent=settings.user_agent, delay_seconds=0),
        report=SilentReport(),
    ) as gatherer:
        return await gatherer.once()


@contextmanager
def _street(*asked: int) -> Iterator[int]:
    command = [sys.executable, "-m", "bench.street", *map(str, asked)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as street:
        assert street.stdout is not None
        line = street.stdout.readline()
        if not line:
            raise CannotRun("the player did not start; its words stand above")
        try:
            yield int(line)
        finally:
            street.kill()
