"""One program reads one hostile input, in a process of its own; `bench hostile` starts it.

Prints CPU seconds, megabytes at the peak beyond those it stood at with the input made, and entries.
"""

from __future__ import annotations

import importlib
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.hostile import INPUTS, OURS


def _reader(program: str) -> Callable[[bytes], int]:
    if program == OURS:
        from wirecopy.model import FeedReading
        from wirecopy.stages.feeds import read_feed

        def ours(body: bytes) -> int:
            at = datetime(2026, 3, 2, tzinfo=UTC)
            found = read_feed(body, "application/rss+xml", "http://a.example/feed", at)
            return len(found.entries) if isinstance(found, FeedReading) else 0

        return ours
    parse = importlib.import_module(program).parse
    return lambda body: len(parse(body).entries)


def _peak_mb() -> float:
    """The most memory this process held since `_forget_peak` (proc_pid_status(5), VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def main(program: str, name: str, limit: str) -> None:
    read = _reader(program)
    read(b"<rss><channel><item><title>warm</title></item></channel></rss>")
    body = INPUTS[name]()
    _forget_peak()
    before, began = _peak_mb(), time.process_time()
    allowed = int(began) + int(limit) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))
    entries = read(body)
    print(time.process_time() - began, _peak_mb() - before, entries)


if __name__ == "__main__":
    main(*sys.argv[1:])
