"""The whole path on recorded pages: fetched over TLS, archived, proved, grouped; what it costs.

The folder holds truth.jsonl (id, url, file) and the pages. They are played as their real
publishers, under their own names and with real TLS by an authority made for the run, by another
process; the delay between a host's requests is set to 0 in code, and pictures, which the folder
does not have, are not asked for. Of the truth only the address and the headline, for the feed, are
read. The site is private, so `noarchive` and `noindex` give a
notice, and paywalled pages become links. `proved_share` comes from a second pass over the archive.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select

from bench import Ask, CannotRun
from bench.mutants import put_to_proof, read_articles
from bench.player import Page, feed_url, hosts, pages
from bench.watch import Watch
from wirecopy.clock import SystemClock
from wirecopy.config import Settings, Site, Storage
from wirecopy.dial import ReplayDialer
from wirecopy.fetch import Manners
from wirecopy.gather import open_gatherer
from wirecopy.model import Feed, Publisher, PublisherId
from wirecopy.progress import Report, SilentReport, report_for
from wirecopy.stages.address import article_id, domain
from wirecopy.store import articles
from wirecopy.store.db import Store, open_store
from wirecopy.store.schema import articles as article_rows
from wirecopy.store.schema import captures, stories
from wirecopy.verifying import verify_published


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, help="keep the newspaper in this new folder")
    parser.add_argument("--mutants", type=int, default=2000, help="how many small lies (2000)")


def run(ask: Ask) -> dict[str, Any]:
    """Gather the folder's pages into a fresh store, and say what came of them."""
    data = ask.folder()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with _folder(ask.more.folder) as folder, _player(data) as played:
        settings = _settings(folder, data)
        table = asyncio.run(_gather(settings, played))
        with open_store(settings.database_url, read_only=True) as store:
            table |= _outcomes(store)
            if ask.out is not None:
                _write_predictions(store, data, ask.out)
        summary = verify_published(settings, None, SilentReport())
        table["proved_share"] = summary.proved_share
        table["verify"] = str(summary)
    if ask.peers is None or "trafilatura" in ask.peers:
        table["trafilatura_cpu_ms"] = _trafilatura_ms(data)
        ours = table["cpu_ms_a_page"] - table["cpu_ms_by_stage"].get("extract", 0.0)
        table["all_but_extraction_to_trafilatura"] = round(ours / table["trafilatura_cpu_ms"], 3)
    if ask.more.mutants:
        put = put_to_proof(list(read_articles(data)), count=ask.more.mutants)
        table["mutants"] = put["mutants"]
        table["mutants_refused"] = put["mutants_refused"]
    _print(table)
    return table


# ---------------------------------------------------------------- the run


@dataclass(frozen=True, slots=True)
class _Played:
    plain: int
    tls: int
    authority: str


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        if wanted.exists():
            raise CannotRun(f"--folder {wanted} exists already; name a new one")
        wanted.mkdir(parents=True)
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="wirecopy-bench-") as made:
        yield Path(made)


@contextmanager
def _player(data: Path) -> Iterator[_Played]:
    command = [sys.executable, "-m", "bench.player", str(data)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as player:
        assert player.stdout is not None
        line = player.stdout.readline()
        if not line:
            raise CannotRun("the player did not start; its words stand above")
        told = json.loads(line)
        try:
            yield _Played(told["plain"], told["tls"], told["authority"])
        finally:
            player.kill()


def _settings(folder: Path, data: Path) -> Settings:
    publishers: dict[str, list[tuple[str, list[Page]]]] = {}
    for host, its_pages in hosts(pages(data)).items():
        publishers.setdefault(domain(f"https://{host}/"), []).append((host, its_pages))
    return Settings(
        site=Site(name="Bench", contact="https://bench.example/"),
        storage=Storage(folder=folder),
        publishers=tuple(
            Publisher(
                id=PublisherId(name),
                name=name,
                domains=tuple(host for host, _ in theirs),
                feeds=tuple(
                    Feed(url=feed_url(host, its_pages), publisher=PublisherId(name))
                    for host, its_pages in theirs
                ),
            )
            for name, theirs in publishers.items()
        ),
        path=folder / "wirecopy.toml",
    )


async def _gather(settings: Settings, played: _Played) -> dict[str, Any]:
    tls = ssl.create_default_context(cadata=played.authority)
    report = report_for()
    quiet = _Quiet(report)
    with Watch() as watch:
        async with open_gatherer(
            settings,
            dialer=ReplayDialer(played.plain, played.tls),
            clock=SystemClock(),
            manners=Manners(user_agent=settings.user_agent, delay_seconds=0),
            tls=tls,
            report=quiet,
            pictures_too=False,
        ) as gatherer:
            await gatherer.warm()
            started = watch.cpu_seconds()
            began = time.monotonic()
            await gatherer.once()
            seconds, spent = time.monotonic() - began, watch.cpu_seconds() - started
            tally = gatherer.recorder.tally
    report.close()
    with open_store(settings.database_url, read_only=True) as store, store.connect() as c:
        count = c.execute(
            select(func.count()).select_from(captures).where(captures.c.purpose == "page")
        ).scalar_one()
    by_stage = {
        step: round(1000 * cost / count, 3) for step, cost in sorted(tally.cpu_seconds.items())
    }
    by_stage["fetch, queues, processes"] = round(1000 * spent / count - sum(by_stage.values()), 3)
    return {
        "gathered": count,
        "articles_per_s": round(count / seconds, 1),
        "articles_per_cpu_s": round(count / spent, 1),
        "cpu_ms_a_page": round(1000 * spent / count, 3),
        "cpu_ms_by_stage": by_stage,
        "start_cpu_s": round(started, 2),
        "peak_mb": watch.peak_mb,
    }


class _Quiet(SilentReport):
    """Passes progress on, and keeps held pages to the table."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report

    def advanced(self, stage: str, n: int = 1, note: str = "") -> None:
        self._report.advanced(stage, n, note)


# ---------------------------------------------------------------- what came of it


def _outcomes(store: Store) -> dict[str, Any]:
    a = article_rows.c
    with store.connect() as c:
        modes = c.execute(
            select(a.mode, func.count()).where(a.state == "published").group_by(a.mode)
        )
        by_mode: dict[str, int] = dict(modes.tuples().all())
        held = c.execute(
            select(a.held_reason, func.count()).where(a.state == "held").group_by(a.held_reason)
        )
        held_back: dict[str, int] = dict(held.tuples().all())
        linked = c.execute(select(a.id, a.reasons).where(a.mode == "link")).all()
        unexplained = [
            row.id
            for row in linked
            if not any(r["mode"] == "link" and not r["notice"] for r in row.reasons)
        ]
        return {
            "published": sum(by_mode.values()),
            "by_mode": by_mode,
            "held_back": held_back,
            "links_without_a_reason": len(unexplained),
            "copies": c.execute(
                select(func.count()).select_from(article_rows).where(a.repeats.is_not(None))
            ).scalar_one(),
            "stories": c.execute(
                select(func.count()).select_from(stories).where(stories.c.articles > 0)
            ).scalar_one(),
        }


def _write_predictions(store: Store, data: Path, out: Path) -> None:
    """What was published, in the form that the data folder's score.py reads."""
    with store.connect() as c, out.open("w", encoding="utf-8") as file:
        rows = map(json.loads, (data / "truth.jsonl").open(encoding="utf-8"))
        for id, url in [(row["id"], row["url"]) for row in rows]:
            revision = articles.latest_revision(c, article_id(url))
            row = {"id": id, "title": "", "authors": [], "date": None, "text": ""}
            if revision is not None:
                when = revision.published
                row |= {
                    "title": revision.title,
                    "authors": list(revision.authors),
                    "date": when.isoformat() if when else None,
                    "text": revision.text,
                }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


_TRAFILATURA = """
import gzip, sys, time, resource
from pathlib import Path
from trafilatura import bare_extraction
files = sys.stdin.read().split("\\n")
bodies = [gzip.decompress(Path(name).read_bytes()) for name in files if name]
bare_extraction(bodies[0], with_metadata=True)
began = time.process_time()
for body in bodies:
    bare_extraction(body, with_metadata=True)
print(1000 * (time.process_time() - began) / len(bodies))
"""


def _trafilatura_ms(data: Path) -> float:
    """CPU milliseconds a page of trafilatura with metadata, on the same pages."""
    names = "\n".join(str(page.file) for page in pages(data))
    done = subprocess.run(
        [sys.executable, "-c", _TRAFILATURA],
        input=names,
        capture_output=True,
        text=True,
        check=True,
    )
    return round(float(done.stdout.split()[-1]), 3)


def _print(table: dict[str, Any]) -> None:
    share = table["published"] / table["gathered"]
    full = table["by_mode"].get("full", 0) / table["gathered"]
    print("set in code for this run: no delay between a host's requests, no pictures asked for")
    for name, value in table.items():
        if isinstance(value, dict):
            print(f"{name}:")
            for key, part in sorted(value.items(), key=lambda each: str(each[0])):
                print(f"    {key:<24} {part}")
        else:
            print(f"{name:<36} {value}")
    print(f"{'published / gathered':<36} {share:.3f}")
    print(f"{'full / gathered':<36} {full:.3f}")
