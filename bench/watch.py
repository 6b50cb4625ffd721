"""What a run takes of the machine, while it runs."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import psutil

SAMPLE_SECONDS = 1.0
PLAYERS = frozenset({"bench.player", "bench.street"})  # processes that play publishers


@dataclass(slots=True)
class Watch:
    """Memory (the most PSS at a time) and CPU of this process and its workers, not the player's."""

    peak_mb: float = 0.0
    _spent: dict[int, float] = field(default_factory=dict)  # by process, also of those that ended
    _own: float = 0.0  # what watching itself cost
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    def cpu_seconds(self) -> float:
        self._look()
        return sum(self._spent.values()) - self._own

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self._look()

    def _look(self) -> None:
        began = time.thread_time()
        pss = 0
        me = psutil.Process()
        for process in (me, *me.children(recursive=True)):
            try:
                if not PLAYERS.isdisjoint(process.cmdline()):
                    continue
                times = process.cpu_times()
                self._spent[process.pid] = times.user + times.system
                with open(f"/proc/{process.pid}/smaps_rollup") as rollup:
                    pss += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
            except (psutil.Error, OSError):
                continue
        self.peak_mb = max(self.peak_mb, round(pss * 1024 / 1_000_000, 1))
        self._own += time.thread_time() - began
