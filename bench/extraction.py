"""Articles from pages, beside other programs: text, headline, byline, date; speed and memory.

The folder holds truth.jsonl and html/*.gz. Every program sees the same bytes and the page's
address, in a process of its own, and nothing of the truth. Columns: F1, P, R of the text
(bench/scoring.py), exact: share of pages word for word; fail: share with an F1 under a half;
headlines, bylines, dates; pages a CPU second for these, and their ratio to trafilatura's (our proof
is told below the table); MB over the start; crashes. Pages that the truth calls something else than
an article are not scored but below the table, where it is told which pages we refuse.
"""

from __future__ import annotations

import argparse
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
from bench.extraction_details import refused_lines, set_lines, worst_lines
from bench.extractors import EXTRACTORS, OURS, READY, SILENT_ON
from bench.scoring import Prediction, Truth, is_other, score

REFERENCE = "trafilatura"  # whose speed is the unit of the others'
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
    ("ratio", "ratio"),
    ("peak_mb", "MB"),
    ("crashes", "crashes"),
)


@dataclass(slots=True)
class Run:
    """What one program did with all pages."""

    predictions: list[Prediction] = field(default_factory=list)
    seconds: float = 0.0  # CPU, for what every program does
    aside_seconds: float = 0.0  # CPU, for what only ours does
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


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flag that only this benchmark has."""
    parser.add_argument(
        "--worst", type=int, default=0, metavar="N", help="list our N worst pages by kind of fault"
    )


def predict(name: str, rows: Sequence[Truth], folder: Path) -> Run:
    """Run one program over all pages."""
    run = Run()
    shown = sys.stderr.isatty()
    for row, said in zip(rows, answers(name, questions(folder, rows)), strict=True):
        if said["error"]:
            run.crashes.append(f"{row['id']}: {said['error']}")
        aside = said.get("aside_seconds", 0.0)
        run.aside_seconds += aside
        run.seconds += said.get("seconds", 0.0) - aside
        run.peak_mb = max(run.peak_mb, said.get("mb", 0.0))
        run.predictions.append(
            Prediction(
                title=said.get("title", ""),
                authors=tuple(said.get("authors", ())),
                date=said.get("date", ""),
                text=said.get("text", ""),
                is_article=said.get("is_article", True),
                held=said.get("held", ""),
            )
        )
        if shown:
            print(f"\r{name} {len(run.predictions)} of {len(rows)} ", end="", file=sys.stderr)
    if shown:
        print(f"\r{'':60}\r", end="", file=sys.stderr)
    return run


def table_row(
    name: str, rows: Sequence[Truth], run: Run, reference: Run | None = None
) -> dict[str, Any]:
    """A line of the table; None where no truth is known, or the program has no word on it."""
    silent = SILENT_ON.get(name, ())
    measured = score(list(zip(rows, run.predictions, strict=True)))
    speed = len(rows) / run.seconds if run.seconds else None
    return {
        "name": name,
        **{key: getattr(measured, key) for key, _ in COLUMNS[:8] if key not in silent},
        **dict.fromkeys(silent),
        "pages_per_s": speed,
        "ratio": reference.seconds / run.seconds if reference and run.seconds else None,
        "peak_mb": run.peak_mb,
        "crashes": len(run.crashes),
    }


def cell(key: str, value: float | None) -> str:
    if value is None:
        return "-"
    if key == "crashes":
        return str(value)
    if key == "ratio":
        return f"{value:.2f}"
    if key in ("pages_per_s", "peak_mb"):
        return f"{value:.1f}" if value < 100 else f"{value:.0f}"
    return f"{value:.3f}"


def line(name: str, cells: Sequence[str]) -> str:
    return f"{name:17}" + "".join(f"{cell:>9}" for cell in cells)


def write_predictions(path: Path, rows: Sequence[Truth], run: Run) -> None:
    """Rows for a scorer: id, title, authors, date, text, is_article; one JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for row, guess in zip(rows, run.predictions, strict=True):
            said = {
                "id": row["id"],
                "title": guess.title,
                "authors": list(guess.authors),
                "date": guess.date,
                "text": guess.text,
                "is_article": guess.is_article,
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
    """Print the table, ours first, each line as soon as it is known; then the details of ours."""
    folder = ask.folder()
    names = programs(ask.peers)
    rows = read_truth(folder)
    others = sum(map(is_other, rows))
    known = sum(bool(row.get("text")) and not is_other(row) for row in rows)
    of_them = f", {others} of them no articles" if others else ""
    print(f"{len(rows)} pages{of_them}; the text of {known} is known\n")
    print(line("", [heading for _, heading in COLUMNS]), flush=True)
    runs: dict[str, Run] = {}
    if REFERENCE in names:  # the ratios need it
        runs[REFERENCE] = predict(REFERENCE, rows, folder)
    table = []
    for name in names:
        if name not in runs:
            runs[name] = predict(name, rows, folder)
        row = table_row(name, rows, runs[name], runs.get(REFERENCE))
        print(line(name, [cell(key, row[key]) for key, _ in COLUMNS]), flush=True)
        table.append(row)
    ours = runs[OURS]
    if ask.out is not None:
        write_predictions(ask.out, rows, ours)
    for name, done in runs.items():
        for crash in done.crashes[:5]:
            print(f"{name} crashed on {crash}")
    print_details(rows, ours, getattr(ask.more, "worst", 0))
    return table


def print_details(rows: Sequence[Truth], ours: Run, worst: int) -> None:
    """Where our time went, our score on each set, what we refused, our worst pages."""
    pairs = list(zip(rows, ours.predictions, strict=True))
    alike, aside = (1000 * seconds / len(rows) for seconds in (ours.seconds, ours.aside_seconds))
    print(
        f"\nCPU ms a page of ours: {alike:.1f} for text, headline, byline and day, which pages/s "
        f"counts; {aside:.1f} for what the others do not do: telling articles from other pages, "
        f"and the proof. With these {1000 / (alike + aside):.0f} pages/s.\n"
    )
    for text in (*set_lines(pairs), "", *refused_lines(pairs)):
        print(text)
    if worst:
        print(f"\nThe {worst} worst pages of ours: F1, page, words of the fault")
        for text in worst_lines(pairs, worst):
            print(text)
