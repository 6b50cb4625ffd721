"""The benchmarks of copies and stories: scores counted by hand, and a small stream of our own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from bench import CannotRun
from bench.__main__ import main
from bench.clusters import bcubed, interval, pairwise, read_stream

FLOOD = (
    "The river Aller rose by two metres on Monday night and the old bridge in Verden was closed. "
    "Mayor Ana Silva asked people in the lower town to move their cars to the market square. "
    "The water is expected to fall slowly from Wednesday on, when the rain moves off to the east. "
    "Firefighters filled four thousand sandbags and put them along the quay before the evening."
)
STRIKE = (
    "Train drivers of the northern network will stop work for two days from Thursday morning on. "
    "Their union wants seven per cent more pay, and says that talks with the railway have failed. "
    "The railway offers four per cent and calls the strike out of all proportion to the dispute. "
    "Commuters are told to expect one train an hour between the capital and the coast."
)


def row(id_: str, at: str, title: str, text: str, story: str, **more: str) -> dict[str, Any]:
    return {
        "id": id_,
        "timestamp": at,
        "publisher": f"{id_}.example",
        "lang": "en",
        "title": title,
        "text": text,
        "story": story,
        **more,
    }


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in rows).encode()))
    return path


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    """Two events; the second report of the flood is a copy of the first; out of order."""
    return write(
        tmp_path / "stream.jsonl.gz",
        [
            row("c", "2026-03-02T12:00:00Z", "Trains stop for two days", STRIKE, "strike"),
            row("a", "2026-03-02T06:00:00Z", "River Aller closes bridge", FLOOD, "flood"),
            row("b", "2026-03-02T09:00:00Z", "Bridge in Verden closed", FLOOD, "flood"),
        ],
    )


def test_bcubed_counts_each_article_s_neighbours() -> None:
    # Truth 12 34, given 123 4: precision (2/3 + 2/3 + 1/3 + 1) / 4, recall (1 + 1 + 1/2 + 1/2) / 4
    pairs = [("x", "p"), ("x", "p"), ("y", "p"), ("y", "q")]
    assert bcubed(pairs) == pytest.approx((2 / 3, 3 / 4))


def test_pairwise_counts_pairs_joined() -> None:
    # Given pairs 12 13 23, true pairs 12 34: one hit.
    pairs = [("x", "p"), ("x", "p"), ("y", "p"), ("y", "q")]
    assert pairwise(pairs) == pytest.approx((1 / 3, 1 / 2))


def test_singletons_have_no_pairs_and_no_fault() -> None:
    assert pairwise([("x", "p"), ("y", "q")]) == (1.0, 1.0)


def test_a_perfect_grouping_has_no_spread_and_a_mixed_one_has() -> None:
    assert interval([("x", "p"), ("y", "q"), ("y", "q")]) == (1.0, 1.0)
    low, high = interval([("x", "p"), ("x", "q"), ("y", "r"), ("y", "r")])
    assert low < high


def test_a_stream_goes_in_time_order_and_is_scored(stream: Path, tmp_path: Path) -> None:
    out, table = tmp_path / "out.jsonl", tmp_path / "table.json"
    arguments = [
        "grouping",
        "--peers",
        "none",
        "--data",
        str(stream),
        "--out",
        str(out),
        "--json",
        str(table),
    ]
    assert main(arguments) == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [one["id"] for one in rows] == ["a", "b", "c"]
    assert rows[0]["story"] == rows[1]["story"] == "a"
    assert rows[2]["story"] == "c"
    (measured,) = json.loads(table.read_text("utf-8"))
    assert (measured["f1"], measured["pairwise_f1"], measured["stories"]) == (1.0, 1.0, 2)


def test_what_is_decided_does_not_hang_on_the_truth(stream: Path, tmp_path: Path) -> None:
    lines = gzip.decompress(stream.read_bytes()).decode().splitlines()
    blind = [json.loads(line) | {"story": ""} for line in lines]
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    assert main(["grouping", "--peers", "none", "--data", str(stream), "--out", str(first)]) == 0
    unknown = write(tmp_path / "blind.jsonl.gz", blind)
    assert main(["grouping", "--peers", "none", "--data", str(unknown), "--out", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()


def test_copies_are_told_by_how_they_were_made(tmp_path: Path) -> None:
    half = FLOOD[: FLOOD.index("Firefighters")]
    path = write(
        tmp_path / "dup.jsonl.gz",
        [
            row("a", "2026-03-02T06:00:00Z", "River", FLOOD, "g1", variant="original"),
            row("b", "2026-03-02T07:00:00Z", "Bridge", half, "g1", variant="truncate"),
            row("c", "2026-03-02T08:00:00Z", "Trains", STRIKE, "g2", variant="hard-negative"),
        ],
    )
    out, table = tmp_path / "out.jsonl", tmp_path / "table.json"
    arguments = [
        "duplicates",
        "--peers",
        "none",
        "--data",
        str(path),
        "--out",
        str(out),
        "--json",
        str(table),
    ]
    assert main(arguments) == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert {one["id"]: one["story"] for one in rows} == {"a": "a", "b": "a", "c": "c"}
    (measured,) = json.loads(table.read_text("utf-8"))
    assert measured["truncate"] == 1.0
    assert measured["hard_negatives_joined"] == 0.0


def test_a_row_that_lacks_something_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.jsonl.gz", [{"id": "a", "title": "River"}])
    with pytest.raises(CannotRun, match="row 1 has no 'timestamp'"):
        read_stream(path)


def test_a_file_that_is_not_there_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grouping", "--peers", "none", "--data", str(tmp_path / "none.gz")]) == 2
    assert "none.gz is not a file" in capsys.readouterr().err
