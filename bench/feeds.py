"""Every field of a feed, against expected cells: `--data` holds `files/` and `expected.jsonl`.

Prints feeds a second (CPU time of one process, real feeds only), parsed and then also cleaned, ours
and the peers'. `--out` gets one row a file, for the set's own `score.py`. `--sanitize FILE` cleans
fragments of HTML, rows of `{id, html}`: into `NAME.cleaned`, beside `--out` or here.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import Ask, CannotRun
from wirecopy.model import Held
from wirecopy.stages.feeds_clean import clean
from wirecopy.stages.feeds_fields import ParsedFeed
from wirecopy.stages.feeds_parse import parse_feed

PEERS = ("feedparser", "fastfeedparser")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sanitize", type=Path, metavar="FILE", help="clean these fragments too")


def run(ask: Ask) -> object:
    folder = ask.folder()
    try:
        rows = [json.loads(line) for line in _lines(folder / "expected.jsonl")]
        bodies = {row["file"]: (folder / "files" / row["file"]).read_bytes() for row in rows}
    except OSError as error:
        raise CannotRun(f"{folder} holds no feeds: {error}") from error
    real = [bodies[row["file"]] for row in rows if row.get("kind") == "real"] or [*bodies.values()]
    if ask.out is not None:
        told = (_row(name, parse_feed(body)) for name, body in bodies.items())
        ask.out.write_text("".join(json.dumps(row) + "\n" for row in told), "utf-8")
    programs: dict[str, Callable[[bytes], object]] = {
        "wirecopy": _ours,
        "wirecopy, cleaned": _cleaned,
    }
    for name in PEERS if ask.peers is None else ask.peers:
        programs[name] = _peer(name)
    table = {name: _speed(read, real) for name, read in programs.items()}
    print(f"{'program':<20}{'real feeds/s':>14}{'failed':>8}")
    for name, (speed, failed) in table.items():
        print(f"{name:<20}{speed:>14.0f}{failed:>8}")
    if ask.more.sanitize is not None:
        beside = ask.out.parent if ask.out is not None else Path()
        _sanitize(ask.more.sanitize, beside)
    return {name: {"feeds_per_second": s, "failed": f} for name, (s, f) in table.items()}


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]


def _ours(body: bytes) -> object:
    feed = parse_feed(body)
    return None if isinstance(feed, Held) else feed


def _cleaned(body: bytes) -> object:
    feed = parse_feed(body)
    if isinstance(feed, Held):
        return None
    return [clean(body) for entry in feed.entries for body in (entry.summary, entry.content)]


def _peer(name: str) -> Callable[[bytes], object]:
    if name not in PEERS:
        raise CannotRun(f"--peers {name}: known are {', '.join(PEERS)}")
    try:
        read: Callable[[bytes], object] = importlib.import_module(name).parse
    except ImportError as error:
        raise CannotRun(f"{name} is not installed: `scripts/setup bench`") from error
    return read


def _speed(read: Callable[[bytes], object], bodies: list[bytes]) -> tuple[float, int]:
    """Feeds a second of CPU time, and how many could not be read."""
    failed, began = 0, time.process_time()
    for body in bodies:
        try:
            failed += read(body) is None
        except Exception:  # noqa: BLE001 - a peer's own trouble is its figure here
            failed += 1
    return len(bodies) / max(time.process_time() - began, 1e-9), failed


def _row(name: str, feed: ParsedFeed | Held) -> dict[str, Any]:
    if isinstance(feed, Held):
        return {"file": name, "error": feed.detail}
    entries = [
        {
            "id": entry.id,
            "title": entry.title,
            "link": entry.link or entry.link_elsewhere,
            "published": _iso(entry.published),
            "updated": _iso(entry.updated),
            "authors": entry.authors,
            "summary": entry.summary,
            "content": entry.content,
            "enclosures": entry.enclosures,
            "images": entry.images,
        }
        for entry in feed.entries
    ]
    about = {"title": feed.title, "link": feed.link, "language": feed.language}
    return {"file": name, "feed": about, "entries": entries}


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _sanitize(path: Path, folder: Path) -> None:
    out = folder / f"{path.name}.cleaned"
    rows = [json.loads(line) for line in _lines(path)]
    told = ({"id": row["id"], "html": clean(row["html"])} for row in rows)
    out.write_text("".join(json.dumps(row) + "\n" for row in told), "utf-8")
    print(f"{len(rows)} fragments cleaned into {out}")
