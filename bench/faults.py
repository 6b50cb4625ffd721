"""kill -9 at random moments of a run, then restart: what was acknowledged must stand, once.

Each round fills a folder of its own with the demo's publishers, every second one in both of the
demo's rounds, so that edits and unchanged answers come too. The gatherer is killed one to three
times: while it starts or recovers, and while it gathers. Then it runs to its end, and the folder
is compared with that of a run that nobody disturbed:

* no acknowledged article, revision, entry or capture is lost or changed: what the killed process
  told as committed, and what a plain sqlite3 reads from a copy of the database before the restart;
* nothing is doubled: articles, revisions and entries are those of the undisturbed run;
* every WARC file reads to its end in warcio, every digest compared;
* `verify --all` has no complaint, and `replay` gives the same rows;
* no worker outlives its killed parent.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import psutil
import structlog

from bench import Ask
from bench.faults_store import Standing, damages, lost, standing
from wirecopy.demo.edition import current_hour, demo_settings
from wirecopy.demo.player import ROUND_MINUTES, Player
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.verifying import verify_published

RUN_SECONDS = 300.0  # an undisturbed run takes 5 s; a run that takes this long hangs
DURING_START = 0.3  # share of kills while the gatherer starts or recovers
LINGER_SECONDS = 0.3  # at most, between a place in the archive and the kill
POLL_SECONDS = 0.002
SLOW_SECONDS = 0.05  # of the demo's slow host: patience is not what is measured
WORKERS_END_SECONDS = 10.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=50, help="how many (50)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (1)")


def run(ask: Ask) -> dict[str, Any]:
    """Kill and restart, round after round; the table says what was lost, if anything was."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    table = kill_and_restart(rounds=ask.more.rounds, seed=ask.more.seed, tell=print)
    for name in ("rounds", "kills", "kills_with_work_in_line", "problems"):
        print(f"{name:<28} {table[name]}")
    return table


def kill_and_restart(
    *, rounds: int, seed: int, edits: bool = True, tell: Callable[[str], object] = lambda line: None
) -> dict[str, Any]:
    """The table: each round's figures, and every problem in words.

    Without `edits` only the first of the demo's rounds is played, which takes half as long.
    """
    start = current_hour()
    done: list[Round] = []
    with Playing(start) as playing, tempfile.TemporaryDirectory(prefix="wirecopy-faults-") as made:
        undisturbed = _undisturbed(Path(made) / "undisturbed", playing, phases=1 + edits)
        tell(f"undisturbed: {undisturbed}")
        for number in range(1, rounds + 1):
            chance = random.Random(f"{seed}/{number}")
            with _folder(Path(made)) as folder:
                one = Round(number=number)
                _Trial(
                    folder=folder,
                    playing=playing,
                    chance=chance,
                    undisturbed=undisturbed,
                    became=one,
                ).run(phases=2 if edits and number % 2 == 0 else 1)
            done.append(one)
            tell(str(one))
    return {
        "rounds": rounds,
        "seed": seed,
        "kills": sum(len(one.kills) for one in done),
        "kills_with_work_in_line": sum(kill.in_line > 0 for one in done for kill in one.kills),
        "problems": sum(len(one.problems) for one in done),
        "each": [asdict(one) for one in done],
    }


# ---------------------------------------------------------------- a round


@dataclass(slots=True, kw_only=True)
class Kill:
    """One kill, and what stood at that moment."""

    phase: int  # the demo's round
    when: str  # "start" or "gathering"
    after_seconds: float
    acknowledged: int  # articles in the store
    in_line: int  # answers in the archive that were not in the store yet


@dataclass(slots=True, kw_only=True)
class Round:
    """What became of one folder."""

    number: int
    kills: list[Kill] = field(default_factory=list)
    seconds: float = 0.0
    articles: int = 0
    captures: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = "; ".join(
            f"{kill.when} {kill.phase} after {kill.after_seconds:.1f} s: "
            f"{kill.acknowledged} acknowledged, {kill.in_line} in line"
            for kill in self.kills
        )
        outcome = "; ".join(self.problems) or "nothing lost, nothing doubled"
        return (
            f"round {self.number:>2}: {self.articles} articles, {self.captures} captures, "
            f"{self.seconds:.0f} s [{told}] {outcome}"
        )


@dataclass(slots=True, kw_only=True)
class Undisturbed:
    """What a run that nobody kills gives, and how it goes."""

    start_seconds: float  # until it begins to gather
    sizes: list[int]  # of the archive after each of the demo's rounds
    standings: list[Standing]

    def __str__(self) -> str:
        last = self.standings[-1]
        return (
            f"{len(last.published)} of {len(last.articles)} articles published, "
            f"{len(last.revisions)} revisions, {len(last.captures)} captures, "
            f"{self.sizes[-1]:,} bytes of archive; {self.start_seconds:.1f} s until it begins"
        )


def _undisturbed(folder: Path, playing: Playing, *, phases: int) -> Undisturbed:
    folder.mkdir()
    sizes, standings = [], []
    begun = 0.0
    for phase in range(1, phases + 1):
        with playing.child(folder, phase) as child:
            if child.finish() != 0:
                raise RuntimeError(f"an undisturbed run failed: {child.said[-2000:]}")
            begun = begun or child.begun_seconds
        sizes.append(_size(folder))
        standings.append(standing(folder))
    return Undisturbed(start_seconds=begun, sizes=sizes, standings=standings)


@dataclass(slots=True, kw_only=True)
class _Trial:
    """One folder, killed and restarted until it is whole."""

    folder: Path
    playing: Playing
    chance: random.Random
    undisturbed: Undisturbed
    became: Round
    seen: list[Standing] = field(default_factory=list)  # after each kill, before the restart

    def run(self, phases: int) -> None:
        began = time.monotonic()
        for phase, kills in ((1, self.chance.randint(1, 2)), (2, self.chance.randint(0, 1))):
            if phase <= phases:
                for _ in range(kills):
                    self.kill(phase)
                self.restart(phase)
        settings = demo_settings(self.folder, self.playing.start)
        self.found(damages(self.folder, self.undisturbed.standings[phases - 1]))
        self.found(map(str, verify_published(settings, None, SilentReport()).problems))
        self.found(replay(settings, SilentReport()).differences)
        self.became.seconds = round(time.monotonic() - began, 1)

    def kill(self, phase: int) -> None:
        """Start, kill at a random moment, and look at what stands before anything is recovered."""
        starting = self.chance.random() < DURING_START
        with self.playing.child(self.folder, phase) as child:
            if starting:
                child.wait(self.chance.uniform(0, 1.2 * self.undisturbed.start_seconds))
            else:
                here, there = _size(self.folder), self.undisturbed.sizes[phase - 1]
                child.wait_for_bytes(round(self.chance.uniform(here, max(here, there))))
                child.wait(self.chance.uniform(0, LINGER_SECONDS))
            if not child.alive():
                return  # it was quicker than the kill: a restart with nothing to do
            after = child.seconds()
            self.found(child.kill())
        now = self.compare(child)
        self.seen.append(now)
        self.became.kills.append(
            Kill(
                phase=phase,
                when="start" if starting else "gathering",
                after_seconds=round(after, 2),
                acknowledged=len(now.published),
                in_line=now.in_line,
            )
        )

    def restart(self, phase: int) -> None:
        """Let it recover and gather to its end."""
        with self.playing.child(self.folder, phase) as child:
            code = child.finish()
        if code != 0:
            self.found([f"the restart ended with code {code}: {child.said[-500:]}"])
        now = self.compare(child)
        self.became.articles, self.became.captures = len(now.articles), len(now.captures)

    def compare(self, child: Child) -> Standing:
        """What stands now, which must hold all that was acknowledged before."""
        now = standing(self.folder)
        for before in (*self.seen, child.told):
            self.found(lost(before, now))
        return now

    def found(self, problems: Iterable[str]) -> None:
        self.became.problems += problems


@contextmanager
def _folder(inside: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=inside) as made:
        yield Path(made)


def _size(folder: Path) -> int:
    """Bytes of archive."""
    total = 0
    for path in folder.glob("archive/*.warc.gz*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # renamed between the two looks
            continue
    return total


# ---------------------------------------------------------------- the processes


class Playing:
    """The demo's publishers, played by a thread of this process."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self._player = Player(start, slow_seconds=SLOW_SECONDS)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._player.listen(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._player.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @contextmanager
    def child(self, folder: Path, phase: int) -> Iterator[Child]:
        """A gatherer of one of the demo's rounds; it is gone when the block ends."""
        self._player.round = phase
        minutes = ROUND_MINUTES * (phase - 1)
        command = [sys.executable, "-m", "bench.faults_child", str(folder), str(self._player.port)]
        with subprocess.Popen(
            [*command, self.start.isoformat(), str(minutes)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            child = Child(process, folder)
            try:
                yield child
            finally:
                process.kill()
                child.close()


class Child:
    """A running gatherer; `told` is what it said is committed."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.told = Standing()
        self.said = ""
        self.begun_seconds = 0.0
        self._process = process
        self._folder = folder
        self._began = time.monotonic()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word = line.strip()
            if word == "begun":
                self.begun_seconds = self.seconds()
            elif len(line.split()) == 1 and word != "done":
                self.told.published.add(word)
            self.said += line

    def seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self._began

    def alive(self) -> bool:
        return self._process.poll() is None

    def wait(self, seconds: float) -> None:
        """So long, or until it ends."""
        deadline = time.monotonic() + seconds
        while self.alive() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def wait_for_bytes(self, size: int) -> None:
        """Until the archive is that large, or the process ends."""
        deadline = self._began + RUN_SECONDS
        while self.alive() and _size(self._folder) < size and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def finish(self) -> int:
        """Let it run to its end; its exit code."""
        code = self._process.wait(RUN_SECONDS)
        self.close()
        return code

    def interrupt(self) -> int:
        """Ctrl-C; its exit code."""
        self._process.send_signal(signal.SIGINT)
        return self.finish()

    def kill(self) -> list[str]:
        """kill -9 for it alone; its workers must notice by themselves."""
        try:
            family = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            family = []
        self._process.kill()
        self._process.wait()
        self.close()
        _, outlived = psutil.wait_procs(family, WORKERS_END_SECONDS)
        return [f"process {one.pid} outlived its parent" for one in outlived]

    def close(self) -> None:
        """Read what it said to the end."""
        self._process.wait()
        self._reader.join()
