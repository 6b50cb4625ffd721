"""`python -m bench hostile` and `fuzz`: what they print, and what they say when they cannot run."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from bench import hostile
from bench.__main__ import main


def test_a_hostile_input_is_read_in_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    name = "H16 external entity"
    monkeypatch.setattr(hostile, "INPUTS", {name: hostile.INPUTS[name]})

    assert main(["hostile", "--peers", "none", "--json", str(tmp_path / "t.json")]) == 0

    told = capsys.readouterr().out
    assert f"{name:<27}" in told
    assert "(2)" in told  # both entries, the one with the entity too
    assert "is kept." in told
    assert (tmp_path / "t.json").exists()


@pytest.mark.parametrize("name", ["hostile", "feeds"])
def test_an_unknown_peer_is_said(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "expected.jsonl").write_text("", "utf-8")

    assert main([name, "--data", str(tmp_path), "--peers", "nobody"]) == 2
    assert "known are feedparser, fastfeedparser" in capsys.readouterr().err


def test_an_unknown_reader_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())

    assert main(["fuzz", "--readers", "novel"]) == 2
    assert (
        "known are feed, page, robots, sitemap, licence, opml, settings" in capsys.readouterr().err
    )


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="scripts/setup bench")
def test_fuzzing_goes_on_from_where_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["fuzz", "--readers", "robots", "--data", str(tmp_path), "--inputs"]

    assert main([*asked, "300"]) == 0
    assert (tmp_path / "robots" / "inputs").read_text() == "300"
    assert main([*asked, "500"]) == 0
    assert (tmp_path / "robots" / "inputs").read_text() == "500"
    assert list((tmp_path / "robots" / "found").iterdir()) == []
    assert main([*asked, "500"]) == 0  # it has come so far already
    assert capsys.readouterr().out.count("robots") == 3
