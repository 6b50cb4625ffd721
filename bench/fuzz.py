"""Coverage-guided fuzzing of everything that reads foreign bytes: no crash, no hang.

A million inputs each for the readers of feeds, pages, robots.txt, sitemaps, licence terms, OPML and
settings, or `--seconds` a reader. `--data` holds the corpora and how far each reader came: stopped
by Ctrl-C or kill -9, it goes on from there. What breaks a reader is kept in `READER/found`; put it
into `tests/cases/fuzz/READER`, where a test reads it again, and mend the reader.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import Ask, CannotRun
from bench.readers import READERS, Reader

INPUTS = 1_000_000
HANG_SECONDS = (
    120  # of the clock, which runs on while others use the machine; for CPU see the child
)
MEMORY_MB = 1_500  # the page reader's models take 300
LONGEST = 8_192  # bytes of an input


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--readers", metavar="a,b", help=f"which; everyone when left out: {', '.join(READERS)}"
    )
    parser.add_argument("--inputs", type=int, default=INPUTS, help=f"a reader; {INPUTS:,} as usual")
    parser.add_argument("--seconds", type=int, help="a reader, instead of so many inputs")


def run(ask: Ask) -> object:
    if importlib.util.find_spec("atheris") is None:
        raise CannotRun("atheris is not installed: `scripts/setup bench` (x86-64 Linux)")
    names = (ask.more.readers or ",".join(READERS)).split(",")
    if unknown := sorted(set(names) - set(READERS)):
        raise CannotRun(f"--readers {','.join(unknown)}: known are {', '.join(READERS)}")
    table = {}
    print(f"{'reader':<12}{'inputs':>12}{'a second':>10}{'found':>8}", flush=True)
    with _folder(ask.data) as folder:
        for name in names:
            row = _fuzz(READERS[name], folder / name, ask.more.inputs, ask.more.seconds)
            table[name] = row
            speed = f"{row['a_second']:,.0f}" if row["a_second"] else ""
            print(f"{name:<12}{row['inputs']:>12,}{speed:>10}{row['found']:>8}", flush=True)
    broken = [name for name, row in table.items() if row["found"]]
    if broken:
        raise SystemExit(f"Broken: {', '.join(broken)}. What broke them is in {folder}.")
    return table


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        yield data
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _fuzz(reader: Reader, folder: Path, inputs: int, seconds: int | None) -> dict[str, float]:
    corpus, found = folder / "corpus", folder / "found"
    for each in (corpus, found):
        each.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(reader.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = "".join(f'"{_escaped(token)}"\n' for token in reader.tokens)
    (folder / "tokens").write_text(words, "utf-8")
    before, began = _given(folder), time.monotonic()
    left = max(0, inputs - before)
    limit = f"-max_total_time={seconds}" if seconds else f"-runs={left}"
    if seconds or left:
        _run(reader, folder, limit)
    spent = time.monotonic() - began
    given = _given(folder)
    return {
        "inputs": given,
        "a_second": (given - before) / spent if given > before else 0.0,
        "found": len(list(found.iterdir())),
    }


def _run(reader: Reader, folder: Path, limit: str) -> None:
    command = [
        *(sys.executable, "-m", "bench.fuzz_child", reader.name, str(folder)),
        *(limit, f"-timeout={HANG_SECONDS}", f"-rss_limit_mb={MEMORY_MB}", f"-max_len={LONGEST}"),
        *(f"-dict={folder / 'tokens'}", f"-artifact_prefix={folder / 'found'}/"),
        *("-print_final_stats=1", "-verbosity=0", f"-report_slow_units={HANG_SECONDS}"),
        str(folder / "corpus"),
    ]
    with (folder / "log").open("ab") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            child.wait()
        except KeyboardInterrupt:
            child.terminate()
            child.wait()
            raise SystemExit(130) from None
    if child.returncode and not any((folder / "found").iterdir()):
        tail = (folder / "log").read_text("utf-8", "replace").splitlines()[-15:]
        raise CannotRun("\n".join([f"The fuzzer of {reader.name} ended:", *tail]))


def _given(folder: Path) -> int:
    counter = folder / "inputs"
    return int(counter.read_text()) if counter.exists() else 0


def _escaped(token: str) -> str:
    return token.replace("\\", "\\\\").replace('"', '\\"')
