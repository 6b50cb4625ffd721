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


SCORE = """import json, sys
expected, told = (list(map(json.loads, open(path))) for path in sys.argv[1:3])
right = sum(x["title"] == y["feed"]["title"] for x, y in zip(expected, told))
share = right / len(expected)
print(json.dumps({"real": {"cells_ok": share, "entry_recall": None, "perfect_files": share}}))
"""


def test_a_sets_own_scoring_is_asked_for_every_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.xml").write_text(FEED, "utf-8")
    (tmp_path / "expected.jsonl").write_text(
        '{"file": "a.xml", "kind": "real", "title": "The Tester"}\n', "utf-8"
    )
    (tmp_path / "score.py").write_text(SCORE, "utf-8")

    assert main(["feeds", "--data", str(tmp_path), "--peers", "none"]) == 0

    assert "1.0000" in capsys.readouterr().out


def test_fragments_alone_are_cleaned_into_out(tmp_path: Path) -> None:
    fragments, out = tmp_path / "fragments.jsonl", tmp_path / "cleaned.jsonl"
    fragments.write_text('{"id": "1", "html": "<b onclick=x>Words</b>"}\n', "utf-8")

    assert main(["feeds", "--sanitize", str(fragments), "--out", str(out)]) == 0

    assert json.loads(out.read_text("utf-8")) == {"id": "1", "html": "<b>Words</b>"}


def test_a_folder_without_feeds_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feeds", "--data", str(tmp_path), "--peers", "none"]) == 2
    assert "holds no feeds" in capsys.readouterr().err
