"""`python -m bench feeds` on a set of one feed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.__main__ import main

FEED = "<rss><channel><title>The Tester</title><item><title>One</title></item></channel></rss>"


def test_each_file_gets_a_row_and_each_fragment_is_cleaned(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.xml").write_text(FEED, "utf-8")
    (tmp_path / "expected.jsonl").write_text('{"file": "a.xml", "kind": "real"}\n', "utf-8")
    fragments = tmp_path / "fragments.jsonl"
    fragments.write_text('{"id": "1", "html": "<p onclick=x>Words</p>"}\n', "utf-8")
    out = tmp_path / "rows.jsonl"
    asked = ["feeds", "--data", str(tmp_path), "--peers", "none", "--out", str(out)]

    assert main([*asked, "--sanitize", str(fragments)]) == 0

    row = json.loads(out.read_text("utf-8"))
    assert row["feed"]["title"] == "The Tester"
    assert [entry["title"] for entry in row["entries"]] == ["One"]
    cleaned = json.loads((tmp_path / "fragments.jsonl.cleaned").read_text("utf-8"))
    assert cleaned == {"id": "1", "html": "<p>Words</p>"}


def test_a_folder_without_feeds_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feeds", "--data", str(tmp_path), "--peers", "none"]) == 2
    assert "holds no feeds" in capsys.readouterr().err
