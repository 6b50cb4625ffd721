"""What training tells of its figures, on pages counted by hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from bench.__main__ import main
from bench.train_page_type import Pages, auc, fold, refusals

PAGES = Pages(
    table=np.zeros((5, 1), np.float32),
    article=np.array([True, True, True, False, False]),
    news=np.zeros(5, np.bool_),
    front=np.zeros(5, np.bool_),
    fold=np.zeros(5, np.int64),
    sets=("west", "west", "east", "rest", "rest"),
    kinds=("article", "article", "article", "forum", "product"),
)


def test_refusals_are_counted_by_set_and_by_type() -> None:
    refused = np.array([True, False, False, True, False])
    found = {line["what"]: (line["refused"], line["pages"]) for line in refusals(PAGES, refused)}
    assert found == {
        "article: all": (1, 3),
        "article: west": (1, 2),
        "article: east": (0, 1),
        "other: all": (1, 2),
        "other: forum": (1, 1),
        "other: product": (0, 1),
    }


def test_the_area_under_the_curve_is_the_share_of_pairs_in_the_right_order() -> None:
    chances = np.array([0.9, 0.8, 0.3, 0.5, 0.1], np.float32)
    assert auc(PAGES, chances) == pytest.approx(5 / 6)


def test_pages_of_one_domain_stand_in_one_fold() -> None:
    assert fold("tidewater.example") == fold("tidewater.example")
    assert {fold(f"{n}.example") for n in range(50)} == {0, 1, 2, 3, 4}


def test_pages_without_a_type_teach_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "1.gz").write_bytes(gzip.compress(b"<p>x"))
    row = {"id": "1", "file": "html/1.gz", "url": "http://a.example/x", "text": None}
    (tmp_path / "truth.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    asked = ["train-page-type", "--data", str(tmp_path), "--data", str(tmp_path)]
    assert main(asked) == 2
    assert "nothing to learn" in capsys.readouterr().err
