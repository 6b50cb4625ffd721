"""What a person sees while work goes on: bars on a terminal, plain lines elsewhere.

Code that works takes a `Report` and tells it what it does; it never asks what the screen can do.
Everything goes to standard error, so that a command's answer on standard output stays clean.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

PLAIN_SECONDS = 5.0  # a plain line about one stage at most this often: a log stays readable


class Report(Protocol):
    """Where work tells how far it is. A stage's name is its identity; stages may overlap."""

    def started(self, stage: str, total: int | None = None) -> None:
        """A stage begins; `total` is how many items it has, None when that is not known."""
        ...

    def advanced(self, stage: str, n: int = 1, note: str = "") -> None:
        """`n` more items are done; `note` is the latest one, in a few words."""
        ...

    def finished(self, stage: str) -> None:
        """The stage is over."""
        ...

    def line(self, text: str) -> None:
        """One outcome worth a line of its own."""
        ...

    def close(self) -> None:
        """Leave the screen as it was found; may be called twice."""
        ...


@dataclass(slots=True)
class _Stage:
    total: int | None
    since: float
    told: float
    done: int = 0
    note: str = ""


class SilentReport:
    """Says nothing on a screen and remembers the lines: for tests, and for JSON logs."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def started(self, stage: str, total: int | None = None) -> None:
        pass

    def advanced(self, stage: str, n: int = 1, note: str = "") -> None:
        pass

    def finished(self, stage: str) -> None:
        pass

    def line(self, text: str) -> None:
        self.lines.append(text)

    def close(self) -> None:
        pass


class PlainReport:
    """Plain lines, for files and pipes: a stage is told at its start, its end and now and then."""

    def __init__(
        self, stream: TextIO | None = None, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._seconds = seconds
        self._stages: dict[str, _Stage] = {}

    def started(self, stage: str, total: int | None = None) -> None:
        now = self._seconds()
        self._stages[stage] = _Stage(total=total, since=now, told=now)
        self.line(f"{stage}: started" if total is None else f"{stage}: started, {total} to do")

    def advanced(self, stage: str, n: int = 1, note: str = "") -> None:
        now = self._seconds()
        known = self._stages.setdefault(stage, _Stage(total=None, since=now, told=now))
        known.done += n
        known.note = note or known.note
        if now - known.told >= PLAIN_SECONDS:
            known.told = now
            self.line(f"{stage}: {_count(known)}" + (f" ({known.note})" if known.note else ""))

    def finished(self, stage: str) -> None:
        known = self._stages.pop(stage, None)
        if known is not None:
            seconds = self._seconds() - known.since
            self.line(f"{stage}: done, {_count(known)} in {seconds:.1f} s")

    def line(self, text: str) -> None:
        # sys.stderr is looked up late: a test or a parent may have put another in its place.
        print(text, file=self._stream or sys.stderr, flush=True)

    def close(self) -> None:
        pass


class TerminalReport:
    """A live bar for each running stage, and one line for each outcome above them."""

    def __init__(
        self, console: Console | None = None, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._seconds = seconds
        self._stages: dict[str, tuple[_Stage, TaskID]] = {}
        self._progress: Progress | None = None

    def started(self, stage: str, total: int | None = None) -> None:
        self.finished(stage)
        now = self._seconds()
        task = self._live().add_task(stage, total=total, note="")
        self._stages[stage] = (_Stage(total=total, since=now, told=now), task)

    def advanced(self, stage: str, n: int = 1, note: str = "") -> None:
        if stage not in self._stages:
            self.started(stage)
        known, task = self._stages[stage]
        known.done += n
        known.note = note or known.note
        self._live().update(task, advance=n, note=known.note)

    def finished(self, stage: str) -> None:
        if stage not in self._stages:
            return
        known, task = self._stages.pop(stage)
        self._live().remove_task(task)
        seconds = self._seconds() - known.since
        if seconds >= 1.0:  # what took less was no wait, and needs no line
            self.line(f"{stage}: {_count(known)} in {seconds:.1f} s")
        if not self._stages:
            self.close()

    def line(self, text: str) -> None:
        # A publisher's words are not markup of ours: `[red]` in a headline stays as written.
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
            self._stages.clear()

    def _live(self) -> Progress:
        if self._progress is None:
            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[note]}", markup=False),
                console=self._console,
                transient=True,
                refresh_per_second=8,
                # Answers printed meanwhile go above the bars, but never out of a pipe into them.
                redirect_stdout=sys.stdout.isatty(),
            )
            self._progress.start()
        return self._progress


def report_for(stream: TextIO | None = None) -> Report:
    """Bars where a person looks on, plain lines where the output is kept."""
    stream = stream or sys.stderr
    return TerminalReport() if stream.isatty() else PlainReport()


def _count(stage: _Stage) -> str:
    return str(stage.done) if stage.total is None else f"{stage.done} of {stage.total}"
