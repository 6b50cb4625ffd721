"""One reader under the fuzzer, in a process of its own: `bench fuzz` starts and restarts it.

`python -m bench.fuzz_child READER FOLDER [libFuzzer's own flags]`. The number of inputs given so
far stands in FOLDER/inputs and is written every few seconds, so that a kill costs little.
"""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

import atheris

EVERY_SECONDS = 2.0
SLOW_SECONDS = 5.0  # of CPU, for one input of 8 KB


def main(arguments: list[str]) -> None:
    name, folder, *flags = arguments
    with atheris.instrument_imports(include=["wirecopy", "protego"]):
        from bench.readers import READERS
    logging.disable(logging.CRITICAL)
    read = READERS[name].read
    counter = Path(folder) / "inputs"
    given = int(counter.read_text()) if counter.exists() else 0
    runs = next((int(flag[6:]) for flag in flags if flag.startswith("-runs=")), 0)
    last = given + runs
    written = time.monotonic()

    def one(data: bytes) -> None:
        nonlocal given, written
        given += 1
        now = time.monotonic()
        # The fuzzer ends its process without a word, so the last input counts too.
        if now - written > EVERY_SECONDS or given == last:
            written = now
            count(given)
        began = time.process_time()
        read(data)
        spent = time.process_time() - began
        assert spent < SLOW_SECONDS, f"it took {spent:.1f} s of CPU"

    def count(inputs: int) -> None:
        beside = counter.with_suffix(".new")
        beside.write_text(str(inputs))
        beside.replace(counter)

    atheris.Setup([sys.argv[0], *flags], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
