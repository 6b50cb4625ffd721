"""Stories and copies that cannot get worse unseen, on real streams: `scripts/check --data DIR`."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import main

pytestmark = [pytest.mark.quality, pytest.mark.timeout(900)]

FLOORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "floors.json").read_text(encoding="utf-8")
)["clustering"]


def stream(name: str, sha256: str) -> Path:
    """A file of the set; skips when no data was given."""
    given = os.environ.get("WIRECOPY_DATA")
    if not given:
        pytest.skip("no data was given: scripts/check --data DIR")
    path = Path(given) / "clustering" / name
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == sha256, f"the floors were measured on another {name}"
    return path


def measure(folder: Path, *arguments: str) -> dict[str, Any]:
    table = folder / "table.json"
    assert main([*arguments, "--peers", "none", "--json", str(table)]) == 0
    (row,) = json.loads(table.read_text(encoding="utf-8"))
    return dict(row)


@pytest.mark.parametrize(
    ("name", "clock"),
    [(name, clock) for name, file in FLOORS["files"].items() for clock in file["at_least"]],
)
def test_stories_stay_above_their_floors(name: str, clock: str, tmp_path: Path) -> None:
    file = FLOORS["files"][name]
    path = stream(name, file["sha256"])
    row = measure(tmp_path, "grouping", "--data", str(path), "--clock", clock)
    for key, floor in file["at_least"][clock].items():
        assert row[key] >= floor, f"{key} fell to {row[key]:.4f}, its floor is {floor}"


def test_copies_stay_within_their_bounds(tmp_path: Path) -> None:
    copies = FLOORS["copies"]
    row = measure(tmp_path, "duplicates", "--data", str(stream(copies["file"], copies["sha256"])))
    for key, floor in copies["at_least"].items():
        assert row[key] >= floor, f"{key} fell to {row[key]:.4f}, its floor is {floor}"
    for key, ceiling in copies["at_most"].items():
        assert row[key] <= ceiling, f"{key} rose to {row[key]:.4f}, past {ceiling}"
