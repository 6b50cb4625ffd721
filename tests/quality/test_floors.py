"""Quality that cannot slip: floors measured on real sets, run by `scripts/check --data DIR`.

`floors.json` holds for each set the fingerprint of the truth it was measured with. A floor goes
down only on purpose and with a reason.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from bench import metadata
from bench.extraction import predict, read_truth, table_row
from bench.extractors import OURS

pytestmark = [pytest.mark.quality, pytest.mark.timeout(900)]

FLOORS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "floors.json").read_text(encoding="utf-8")
)


def set_of(name: str) -> Path:
    """The folder of a set; skips when no data was given."""
    given = os.environ.get("WIRECOPY_DATA")
    if not given:
        pytest.skip("no data was given: scripts/check --data DIR")
    folder = Path(given) / name
    assert folder.is_dir(), f"{given} holds no {name}/"
    truth = hashlib.sha256((folder / "truth.jsonl").read_bytes()).hexdigest()
    assert FLOORS[name]["truth_sha256"] == truth, f"the floors were measured on another {name}"
    return folder


def test_extraction_stays_above_its_floors() -> None:
    folder = set_of("extraction")
    rows = read_truth(folder)
    measured = table_row(OURS, rows, predict(OURS, rows, folder))
    for key, floor in FLOORS["extraction"]["at_least"].items():
        assert measured[key] >= floor, f"{key} fell to {measured[key]:.4f}, its floor is {floor}"
    for key, ceiling in FLOORS["extraction"]["at_most"].items():
        assert measured[key] <= ceiling, f"{key} rose to {measured[key]:.4f}, past {ceiling}"


def test_metadata_stays_above_its_floors() -> None:
    folder = set_of("extraction")
    rows = metadata.known(folder)
    table = metadata.table_of("wirecopy", rows, metadata.read_all(metadata.wirecopy, rows, folder))
    measured = {row["set"]: row for row in table}
    for name, floors in FLOORS["metadata"]["at_least"].items():
        for key, floor in floors.items():
            found = measured[name][key]
            assert found >= floor, f"{key} of {name} fell to {found:.4f}, its floor is {floor}"
