"""Benchmarks, all behind one interface: `python -m bench NAME --data PATH`.

A benchmark is a module here with a docstring, whose first line is its help, and
`run(ask: Ask) -> object`: it prints a table, and gives it back for `--json`. One that takes further
flags has `arguments(parser)` too, and finds them in `ask.more`.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path


class CannotRun(Exception):
    """Something is missing; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What the command line asked for."""

    data: Path | None = None  # the set to measure on; the last, where several were given
    sets: tuple[Path, ...] = ()  # all that were given
    out: Path | None = None  # where to write predictions, one JSON object a line
    peers: tuple[str, ...] | None = None  # whom to compare with; None: everybody
    more: argparse.Namespace = field(default_factory=argparse.Namespace)

    def folders(self) -> list[Path]:
        """Every data folder that was given; CannotRun when there is none, or one is not there."""
        return [Ask(data=path).folder() for path in self.sets or (self.data,)]

    def folder(self) -> Path:
        """The data folder; CannotRun when none was given or it is not there."""
        if self.data is None:
            raise CannotRun("This benchmark needs a set to measure on: --data PATH")
        if not self.data.is_dir():
            raise CannotRun(f"--data {self.data} is not a folder")
        return self.data
