"""What a fetch over TLS costs with everything on, and whether stuck hosts slow the others.

First: `--hosts` hosts on loopback are asked for 20 KB each, over connections that are new each
time, by the fetcher as it is (robots.txt obeyed, queues, limits, guard, decoders, lanes) and by
aiohttp alone with the same TLS; fetches a CPU second of this process, rounds in turn.

Second: `--good` feeds are gathered beside as many stuck hosts, and without any: how long it took
until the good ones were answered, when nothing is known of any host, and when all are due at the
same moment again. A stuck host takes a request and never answers, or (`dripping`) begins an answer
and goes on with a byte a second. `--wait` is how long a good one takes to answer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import structlog
import trustme
from sqlalchemy import select

from bench import Ask
from wirecopy import config
from wirecopy.clock import SystemClock
from wirecopy.dial import ReplayDialer
from wirecopy.fetch import Fetcher, Manners
from wirecopy.gather import Gatherer, open_gatherer
from wirecopy.model import Purpose
from wirecopy.progress import SilentReport
from wirecopy.store import schema

AT_ONCE = 32
ROUNDS = 3
AGENT = "Wirecopy/0.1 (+https://bench.example/about)"
GIVE_UP_SECONDS = 400
PAUSE_SECONDS = 40


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hosts", type=int, default=500, help="hosts that are asked (500)")
    parser.add_argument("--good", type=int, default=1_000, help="feeds beside stuck hosts (1,000)")
    parser.add_argument("--wait", type=float, default=0, help="seconds a good host takes (0)")


@dataclass(frozen=True, slots=True)
class Street:
    port: int
    tls_port: int
    trust: ssl.SSLContext


def run(ask: Ask) -> dict[str, Any]:
    """Print both tables."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    table: dict[str, Any] = {}
    with _street(ask.more.wait) as street:
        hosts = [f"h{n}.street.example" for n in range(ask.more.hosts)]
        table |= asyncio.run(_speeds(street, hosts))
        for kind in ("no", "stuck", "dripping"):
            rounds = asyncio.run(_lags(street, ask.more.good, kind))
            for words, lags in zip(("when none is known", "later"), rounds, strict=True):
                name = f"{len(lags)} good feeds beside {kind} hosts, {words}"
                table[f"{name}: middle one after s"] = round(statistics.median(lags), 1)
                table[f"{name}: 95 of 100 after s"] = round(sorted(lags)[int(len(lags) * 0.95)], 1)
                table[f"{name}: last after s"] = round(max(lags), 1)
    for what, value in table.items():
        print(f"{what:<76} {value}")
    return table


@contextmanager
def _street(wait: float) -> Iterator[Street]:
    with tempfile.TemporaryDirectory(prefix="wirecopy-fetch-") as made:
        authority = trustme.CA()
        proof = authority.issue_cert("*.street.example")
        (Path(made) / "server.pem").write_bytes(
            proof.private_key_pem.bytes() + b"".join(c.bytes() for c in proof.cert_chain_pems)
        )
        trust = ssl.create_default_context()
        authority.configure_trust(trust)
        command = [sys.executable, "-m", "bench.fetch_child", made, str(wait)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            plain, secure = map(int, child.stdout.readline().split())
            try:
                yield Street(plain, secure, trust)
            finally:
                child.kill()


# ---------------------------------------------------------------- speed


async def _speeds(street: Street, hosts: list[str]) -> dict[str, Any]:
    manners = Manners(user_agent=AGENT, delay_seconds=0)
    dialer = ReplayDialer(street.port, street.tls_port)
    spent: dict[str, list[float]] = {"wirecopy": [], "aiohttp": []}
    async with (
        Fetcher(dialer=dialer, clock=SystemClock(), manners=manners, tls=street.trust) as fetcher,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=street.trust, resolver=_Here(), limit=0),
            headers={"User-Agent": AGENT},
        ) as session,
    ):

        async def ours(host: str) -> None:
            await fetcher.get(f"https://{host}/feed", Purpose.FEED)

        async def theirs(host: str) -> None:
            async with session.get(f"https://{host}:{street.tls_port}/feed") as answer:
                await answer.read()

        await _all(ours, hosts)  # every robots.txt is known from here on, and all is warm
        await _all(theirs, hosts)
        for _ in range(ROUNDS):
            for name, one in (("wirecopy", ours), ("aiohttp", theirs)):
                began = time.process_time()
                await _all(one, hosts)
                spent[name].append(len(hosts) / (time.process_time() - began))
    best = {name: statistics.median(each) for name, each in spent.items()}
    return {
        "TLS fetches a CPU second, everything on (goal 400)": round(best["wirecopy"]),
        "TLS fetches a CPU second, aiohttp alone": round(best["aiohttp"]),
        "ours / aiohttp alone": round(best["wirecopy"] / best["aiohttp"], 2),
    }


async def _all(one: Callable[[str], Awaitable[None]], hosts: list[str]) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def in_turn(host: str) -> None:
        async with room:
            await one(host)

    await asyncio.gather(*(in_turn(host) for host in hosts))


class _Here(aiohttp.abc.AbstractResolver):
    """Every name is on loopback."""

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> Any:
        return [
            {
                "hostname": host,
                "host": "127.0.0.1",
                "port": port,
                "family": 2,
                "proto": 6,
                "flags": 0,
            }
        ]

    async def close(self) -> None:
        pass


# ---------------------------------------------------------------- stuck hosts


async def _lags(street: Street, good: int, bad: str) -> list[list[float]]:
    """Seconds from the start to each good feed's answer; a bad one stands before each, if any."""
    kinds = ("good",) if bad == "no" else (bad, "good")
    names = [f"{kind}{n}.example" for n in range(good) for kind in kinds]
    with tempfile.TemporaryDirectory(prefix="wirecopy-stuck-") as made:
        path = Path(made) / "wirecopy.toml"
        path.write_text(_settings(Path(made) / "data", names))
        settings = config.load(path)
        async with open_gatherer(
            settings,
            dialer=ReplayDialer(street.port, street.tls_port),
            clock=SystemClock(),
            manners=Manners(user_agent=AGENT, delay_seconds=0),
            report=SilentReport(),
        ) as gatherer:
            await gatherer.warm()
            rounds = []
            running = asyncio.create_task(gatherer.for_ever())
            try:
                began = datetime.now(UTC)
                rounds.append(await _answered(gatherer, good, began))
                await asyncio.sleep(
                    0 if bad == "no" else PAUSE_SECONDS
                )  # until the stuck ones were given up
                began = datetime.now(UTC)
                await gatherer.ask_every_feed("the bench asks again", spared=timedelta(0))
                rounds.append(await _answered(gatherer, good, began))
            finally:
                running.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await running
    return rounds


async def _answered(gatherer: Gatherer, good: int, began: datetime) -> list[float]:
    """How long after `began` each good feed was answered; those that were in time."""
    answered_at = schema.feed_states.c.answered_at
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while True:
        await asyncio.sleep(1)
        # The times alone: to read whole states would hold the gatherer's loop up.
        with gatherer.store.connect() as c:
            times = c.execute(select(answered_at).where(answered_at >= began)).scalars().all()
        found = [(at - began).total_seconds() for at in times]
        if len(found) == good or time.monotonic() > deadline:
            return found


def _settings(folder: Path, hosts: list[str]) -> str:
    blocks = "".join(
        f'[[publisher]]\nname = "{host}"\ndomain = "{host}"\n'
        f'[[publisher.feed]]\nurl = "http://{host}/feed"\n'
        for host in hosts
    )
    return f'[storage]\nfolder = "{folder}"\n{blocks}'
