"""Articles from pages, beside other programs: text, headline, byline, date; speed and memory.

The folder holds truth.jsonl and html/*.gz. Every program sees the same bytes and the page's
address, in a process of its own, and nothing of the truth. Columns: F1, P, R of the text
(bench/scoring.py), exact: share of pages word for word; fail: share with an F1 under a half;
headlines, bylines, dates; pages a CPU second; MB over the start; crashes.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bench import Ask, CannotRun
from bench.extractors import EXTRACTORS, OURS, READY
from bench.scoring import Prediction, Truth, score

MODULES = {"readability-lxml": "readability", "newspaper4k": "newspaper"}
COLUMNS = (
    ("f1", "F1"),
    ("precision", "P"),
    ("recall", "R"),
    ("exact", "exact"),
    ("fail", "fail"),
    ("title", "title"),
    ("authors", "authors"),
    ("date", "date"),
    ("pages_per_s", "pages/s"),
    ("peak_mb", "MB"),
    ("crashes", "crashes"),
)


@dataclass(slots=True)
class Run:
    """What one program did with all pages."""

    predictions: list[Prediction] = field(default_factory=list)
    seconds: float = 0.0  # CPU
    peak_mb: float = 0.0  # over the start
    crashes: list[str] = field(default_factory=list)  # page and error


def read_truth(folder: Path) -> list[Truth]:
    """The lines of truth.jsonl; CannotRun when there are none."""
    path = folder / "truth.jsonl"
    if not path.is_file():
        raise CannotRun(f"{path} is missing: a set holds truth.jsonl and html/*.gz")
    with path.open(encoding="utf-8") as lines:
        rows: list[Truth] = [json.loads(line) for line in lines if line.strip()]
    if not rows:
        raise CannotRun(f"{path} is empty")
    return rows


def questions(folder: Path, rows: Sequence[Truth]) -> list[str]:
    """What the programs are told: the page's file and address, and nothing else."""
    return [
        json.dumps({"file": str((folder / row["file"]).resolve()), "url": row["url"]})
        for row in rows
    ]


def answers(name: str, asked: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One answer a question, in order; a process that dies costs one page and is started anew."""
    done = 0
    while done < len(asked):
        with tempfile.TemporaryFile("w+") as errors, started(name, errors) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            if process.stdout.readline().strip() != READY:
                process.wait()
                errors.seek(0)
                why = (errors.read().strip() or "no word").splitlines()[-1]
                raise CannotRun(f"{name} cannot be started: {why}")
            try:
                for question in asked[done:]:
                    process.stdin.write(question + "\n")
                    process.stdin.flush()
                    line = process.stdout.readline()
                    if not line:
                        break
                    done += 1
                    yield json.loads(line)
            except BrokenPipeError:
                pass
            finally:
                process.stdin.close()
        if done < len(asked):
            done += 1
            yield {"error": f"the process ended with {process.returncode}"}


def started(name: str, errors: IO[str]) -> subprocess.Popen[str]:
    """A program's process, which answers line by line."""
    return subprocess.Popen(
        [sys.executable, "-m", "bench.extractors", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        encoding="utf-8",
        cwd=Path(__file__).parent.parent,
    )


def predict(name: str, rows: Sequence[Truth], folder: Path) -> Run:
    """Run one program over all pages."""
    run = Run()
    shown = sys.stderr.isatty()
    for row, said in zip(rows, answers(name, questions(folder, rows)), strict=True):
        if said["error"]:
            run.crashes.append(f"{row['id']}: {said['error']}")
        run.seconds += said.get("seconds", 0.0)
        run.peak_mb = max(run.peak_mb, said.get("mb", 0.0))
        run.predictions.append(
            Prediction(
                title=said.get("title", ""),
                authors=tuple(said.get("authors", ())),
                date=said.get("date", ""),
                text=said.get("text", ""),
            )
        )
        if shown:
            print(f"\r{name} {len(run.predictions)} of {len(rows)} ", end="", file=sys.stderr)
    if shown:
        print(f"\r{'':60}\r", end="", file=sys.stderr)
    return run


def table_row(name: str, rows: Sequence[Truth], run: Run) -> dict[str, Any]:
    """One line of the table: None where no truth is known."""
    measured = score(list(zip(rows, run.predictions, strict=True)))
    return {
        "name": name,
        **{key: getattr(measured, key) for key, _ in COLUMNS[:8]},
        "pages_per_s": len(rows) / run.seconds if run.seconds else None,
        "peak_mb": run.peak_mb,
        "crashes": len(run.crashes),
    }


def cell(key: str, value: float | None) -> str:
    if value is None:
        return "-"
    if key == "crashes":
        return str(value)
    if key in ("pages_per_s", "peak_mb"):
        return f"{value:.1f}" if value < 100 else f"{value:.0f}"
    return f"{value:.3f}"


def line(name: str, cells: Sequence[str]) -> str:
    return f"{name:17}" + "".join(f"{cell:>9}" for cell in cells)


def write_predictions(path: Path, rows: Sequence[Truth], run: Run) -> None:
    """The rows a scorer reads: id, title, authors, date, text; one JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for row, guess in zip(rows, run.predictions, strict=True):
            said = {
                "id": row["id"],
                "title": guess.title,
                "authors": list(guess.authors),
                "date": guess.date,
                "text": guess.text,
            }
            file.write(json.dumps(said, ensure_ascii=False) + "\n")


def programs(peers: tuple[str, ...] | None) -> list[str]:
    """Ours first; CannotRun for a peer that is unknown or not installed."""
    wanted = list(EXTRACTORS) if peers is None else [OURS, *(p for p in peers if p != OURS)]
    for name in wanted:
        if name not in EXTRACTORS:
            raise CannotRun(f"There is no peer {name!r}; there are {', '.join(EXTRACTORS)}")
        if importlib.util.find_spec(MODULES.get(name, name)) is None:
            raise CannotRun(f"{name} is not installed: scripts/setup bench")
    return wanted


def run(ask: Ask) -> list[dict[str, Any]]:
    """Print the table, ours first, each line as soon as it is known."""
    folder = ask.folder()
    names = programs(ask.peers)
    rows = read_truth(folder)
    known = sum(bool(row.get("text")) for row in rows)
    print(f"{len(rows)} pages, the text of {known} is known\n")
    print(line("", [heading for _, heading in COLUMNS]), flush=True)
    table = []
    notes = []
    for name in names:
        done = predict(name, rows, folder)
        if name == OURS and ask.out is not None:
            write_predictions(ask.out, rows, done)
        row = table_row(name, rows, done)
        print(line(name, [cell(key, row[key]) for key, _ in COLUMNS]), flush=True)
        table.append(row)
        notes += [f"{name} crashed on {crash}" for crash in done.crashes[:5]]
    if notes:
        print("\n" + "\n".join(notes))
    return table
