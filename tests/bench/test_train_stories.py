"""Training the decision: what is fitted, and on what."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bench.__main__ import main
from bench.train_stories import FOLDS, fold, logistic
from tests.bench.test_clusters import FLOOD, STRIKE, row, write
from wirecopy.stages.decision import weights_of

AGAIN = {
    "flood": (
        "Verden closed its old bridge on Monday night as the river Aller rose by two metres. Mayor "
        "Ana Silva said nobody was hurt. Firefighters put sandbags along the quay of Verden."
    ),
    "strike": (
        "A strike will stop trains of the northern network from Thursday for two days, the union "
        "of train drivers said. It wants seven per cent more pay from the railway."
    ),
}


def test_a_logistic_regression_finds_the_odds_that_made_the_data() -> None:
    dice = np.random.default_rng(1)
    figures = dice.normal(size=(20_000, 2))
    chance = 1 / (1 + np.exp(-(2.0 * figures[:, 0] - 1.0 * figures[:, 1] + 0.5)))
    weights = logistic(figures, dice.random(20_000) < chance)
    assert weights == pytest.approx([2.0, -1.0, 0.5], abs=0.1)


def test_folds_hold_whole_stories() -> None:
    folds = {fold(f"story {number}") for number in range(100)}
    assert folds == set(range(FOLDS))
    assert fold("a story") == fold("a story")


def test_weights_are_written_as_the_package_reads_them(tmp_path: Path) -> None:
    rows = []
    for number in range(12):
        event = "flood" if number % 2 else "strike"
        first = FLOOD if event == "flood" else STRIKE
        day = f"2026-{number // 2 + 1:02}-0{1 + number % 2}"
        story = f"{event} {number}"
        rows.append(row(f"{number}a", f"{day}T06:00:00Z", f"{event} in the town", first, story))
        rows.append(
            row(f"{number}b", f"{day}T09:00:00Z", f"News of the {event}", AGAIN[event], story)
        )
    stream = write(tmp_path / "stream.jsonl.gz", rows)
    out, table = tmp_path / "weights.json", tmp_path / "table.json"
    arguments = ["train-stories", "--data", str(stream), "--out", str(out), "--json", str(table)]
    assert main(arguments) == 0
    weights = weights_of(out.read_text("utf-8"))
    assert weights.each[0] > 0, "the more alike two texts, the likelier one event"
    assert [one["clock"] for one in json.loads(table.read_text("utf-8"))] == ["timestamp"]


def test_a_stream_without_truth_cannot_be_trained_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row("a", "2026-03-02T06:00:00Z", "River", FLOOD, "")]
    stream = write(tmp_path / "stream.jsonl.gz", rows)
    assert main(["train-stories", "--data", str(stream)]) == 2
    assert "a has no story" in capsys.readouterr().err
