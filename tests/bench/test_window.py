"""The benchmark of a start, on texts of our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.__main__ import main
from tests.bench.test_clusters import FLOOD, STRIKE


def words_of_ours(folder: Path) -> Path:
    at = {"timestamp": "2026-11-23T12:00:00Z", "publisher": "a.example", "lang": "en"}
    rows = [
        {"id": str(number), "title": "A headline", "text": text} | at
        for number, text in enumerate((FLOOD, STRIKE))
    ]
    data = folder / "data.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return data


def test_a_window_that_was_rebuilt_decides_as_the_one_that_never_stopped(tmp_path: Path) -> None:
    table = tmp_path / "table.json"
    given = ["--data", str(words_of_ours(tmp_path)), "--articles", "80", "--live", "50"]
    assert main(["window", *given, "--json", str(table)]) == 0
    (row,) = json.loads(table.read_text("utf-8"))
    assert (row["articles"], row["live"], row["placed_afterwards"]) == (80, 50, 500)
    assert row["decided_alike"] == 500


def test_nothing_to_rebuild_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["window", "--data", str(words_of_ours(tmp_path)), "--articles", "0"]) == 2
    assert "--articles and --live are 1 at least" in capsys.readouterr().err
