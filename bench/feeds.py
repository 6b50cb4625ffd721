"""Every field of a feed, against expected cells: `--data` holds `files/` and `expected.jsonl`.

Prints feeds a second (CPU time of one process, real feeds only), parsed and then also with every
body cleaned, ours and the peers'. Where the set brings its `score.py`, prints the shares of cells
that are right too. `--out` gets one row a file. `--sanitize FILE` cleans fragments of HTML, rows of
`{id, html}`: into `NAME.cleaned` beside `--out` or here; without `--data` into `--out` itself.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench import Ask, CannotRun
from bench.feed_rows import PEERS, Row, ours, reader, theirs
from wirecopy.model import Held
from wirecopy.stages.feeds_clean import clean
from wirecopy.stages.feeds_parse import parse_feed

OURS = "wirecopy"
ROUNDS = 3  # the best counts: others use the machine too


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sanitize", type=Path, metavar="FILE", help="clean these fragments too")


def run(ask: Ask) -> object:
    fragments: Path | None = ask.more.sanitize
    if ask.data is None and fragments is not None:
        _sanitize(fragments, ask.out or Path(f"{fragments.name}.cleaned"))
        return {}
    folder = ask.folder()
    try:
        expected = [json.loads(line) for line in _lines(folder / "expected.jsonl")]
        bodies = {row["file"]: (folder / "files" / row["file"]).read_bytes() for row in expected}
    except OSError as error:
        raise CannotRun(f"{folder} holds no feeds: {error}") from error
    peers = PEERS if ask.peers is None else ask.peers
    real = [bodies[row["file"]] for row in expected if row.get("kind") == "real"]
    speeds = _speeds(real or [*bodies.values()], peers)
    rows = {OURS: rows_of(ours, bodies)} | {name: rows_of(theirs(name), bodies) for name in peers}
    if ask.out is not None:
        _write(ask.out, rows[OURS])
    cells = {name: scored(folder, told) for name, told in rows.items()}
    _print_cells({name: kinds for name, kinds in cells.items() if kinds})
    if fragments is not None:
        beside = ask.out.parent if ask.out is not None else Path()
        _sanitize(fragments, beside / f"{fragments.name}.cleaned")
    return {"speed": speeds, "cells": cells}


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


# ---------------------------------------------------------------- speed


def _speeds(bodies: list[bytes], peers: Iterable[str]) -> dict[str, dict[str, float]]:
    programs: dict[str, Callable[[bytes], object]] = {OURS: _parsed, f"{OURS}, cleaned": _cleaned}
    programs |= {name: reader(name) for name in peers}
    print(f"{'program':<20}{'real feeds/s':>14}{'ratio':>8}{'failed':>8}")
    table = {}
    for name, read in programs.items():
        speed, failed = max(_speed(read, bodies) for _ in range(ROUNDS))
        table[name] = {"feeds_per_second": speed, "failed": failed}
        ratio = speed / table[OURS]["feeds_per_second"]
        print(f"{name:<20}{speed:>14.0f}{ratio:>8.2f}{failed:>8}", flush=True)
    return table


def _speed(read: Callable[[bytes], object], bodies: list[bytes]) -> tuple[float, int]:
    """Feeds a second of CPU time, and how many could not be read."""
    failed, began = 0, time.process_time()
    for body in bodies:
        try:
            failed += read(body) is None
        except Exception:  # noqa: BLE001 - a peer's own trouble is its figure here
            failed += 1
    return len(bodies) / max(time.process_time() - began, 1e-9), failed


def _parsed(body: bytes) -> object:
    feed = parse_feed(body)
    return None if isinstance(feed, Held) else feed


def _cleaned(body: bytes) -> object:
    feed = parse_feed(body)
    if isinstance(feed, Held):
        return None
    return [clean(text) for entry in feed.entries for text in (entry.summary, entry.content)]


# ---------------------------------------------------------------- cells


def rows_of(read: Callable[[bytes], Row], bodies: dict[str, bytes]) -> list[Row]:
    return [{"file": name} | read(body) for name, body in bodies.items()]


def scored(folder: Path, rows: list[Row]) -> dict[str, Any]:
    """What the set's own scoring says of them, by kind of feed; nothing where it brings none."""
    scoring = folder / "score.py"
    if not scoring.exists():
        return {}
    with tempfile.TemporaryDirectory() as made:
        told = Path(made) / "rows.jsonl"
        _write(told, rows)
        done = subprocess.run(
            [sys.executable, scoring, folder / "expected.jsonl", told, "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise CannotRun(f"{scoring} failed: {done.stderr.strip().splitlines()[-1]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _print_cells(cells: dict[str, dict[str, Any]]) -> None:
    if not cells:
        return
    print(f"\n{'program':<20}{'kind':<12}{'cells right':>12}{'entries':>9}{'perfect':>9}")
    for name, kinds in cells.items():
        for kind, one in kinds.items():
            entries = "" if one["entry_recall"] is None else f"{one['entry_recall']:.4f}"
            perfect = one["perfect_files"]
            print(f"{name:<20}{kind:<12}{one['cells_ok']:>12.4f}{entries:>9}{perfect:>9.4f}")


def _sanitize(path: Path, out: Path) -> None:
    rows = [json.loads(line) for line in _lines(path)]
    _write(out, ({"id": row["id"], "html": clean(row["html"])} for row in rows))
    print(f"{len(rows)} fragments cleaned into {out}")
