"""Cases as data: `tests/cases/<stage>/*.json`, each a list of objects with a `fact` to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).resolve().parents[1] / "cases"


def cases(stage: str, file: str = "*") -> list[Any]:
    """Every case of a stage as a pytest parameter, named by its fact."""
    found = [
        pytest.param(case, id=case["fact"])
        for path in sorted((_FOLDER / stage).glob(f"{file}.json"))
        for case in json.loads(path.read_text(encoding="utf-8"))
    ]
    assert found, f"no case in {stage}/{file}"
    return found
