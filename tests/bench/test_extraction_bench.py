"""The benchmark of extraction, on a small set of our own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import main
from bench.extraction import answers, questions, read_truth
from bench.extraction_details import fault, refused_lines, set_lines, worst_lines
from bench.extractors import StopWatch
from bench.scoring import Pair, Prediction

WORDS = [
    "The river rose by two metres on Monday night, and the old bridge was closed to all traffic.",
    "Nobody was hurt, said the mayor, who asked people in the lower town to move their cars.",
    "The water is expected to fall slowly from Wednesday on, when the rain moves off to the east.",
]
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>River rises</title>
<meta name="author" content="Ana Silva">
<meta property="article:published_time" content="2026-03-01T08:00:00+00:00"></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<header><h1>River rises</h1></header><article>{}</article>
<footer>All rights reserved</footer></body></html>
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two pages: one with a truth of everything, one of which nothing is known."""
    folder = tmp_path / "set"
    (folder / "html").mkdir(parents=True)
    page = PAGE.format("".join(f"<p>{text}</p>" for text in WORDS)).encode()
    rows: list[dict[str, Any]] = []
    for number in (1, 2):
        (folder / "html" / f"{number}.html.gz").write_bytes(gzip.compress(page))
        rows.append(
            {
                "id": f"page-{number}",
                "file": f"html/{number}.html.gz",
                "url": f"https://example.org/2026/03/01/river-{number}",
                "title": None,
                "authors": None,
                "date": None,
                "text": None,
            }
        )
    rows[0] |= {
        "title": "River rises",
        "authors": ["Ana Silva"],
        "date": "2026-03-01",
        "text": "\n".join(WORDS),
    }
    write_truth(folder, rows)
    return folder


def write_truth(folder: Path, rows: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "truth.jsonl").write_text(text, encoding="utf-8")


def test_programs_are_told_the_file_and_the_address_and_nothing_of_the_truth(data: Path) -> None:
    for asked in questions(data, read_truth(data)):
        assert set(json.loads(asked)) == {"file", "url"}


def test_the_table_names_ours_first_and_scores_what_is_known(data: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "table.json", tmp_path / "out.jsonl"
    asked = ["extraction", "--data", str(data), "--peers", "trafilatura"]
    assert main([*asked, "--json", str(table), "--out", str(out)]) == 0
    ours, peer = json.loads(table.read_text())
    assert [ours["name"], peer["name"]] == ["wirecopy", "trafilatura"]
    for row in (ours, peer):
        assert (row["f1"], row["exact"], row["title"], row["crashes"]) == (1.0, 1.0, 1.0, 0)
        assert (row["authors"], row["date"]) == (1.0, 1.0)
        assert row["pages_per_s"] > 0
    assert peer["ratio"] == 1.0
    assert ours["ratio"] == pytest.approx(ours["pages_per_s"] / peer["pages_per_s"])
    said = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["id"] for row in said] == ["page-1", "page-2"]
    assert set(said[0]) == {"id", "title", "authors", "date", "text", "is_article"}
    assert said[0]["text"].split() == " ".join(WORDS).split()


def test_a_page_that_we_refuse_is_told_and_its_row_says_so(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = gzip.compress(b"<!doctype html><html><title>Shop</title><body><div></div></html>")
    (data / "html" / "2.html.gz").write_bytes(empty)
    rows = [dict(row) for row in read_truth(data)]
    rows[0] |= {"set": "harbour", "page_type": "article"}
    rows[1] |= {"set": "quay", "page_type": "product", "text": "Rope, 12 metres", "title": "Rope"}
    write_truth(data, rows)
    out = tmp_path / "out.jsonl"
    asked = ["extraction", "--data", str(data), "--peers", "none", "--worst", "1"]
    assert main([*asked, "--out", str(out)]) == 0
    said = [json.loads(line)["is_article"] for line in out.read_text().splitlines()]
    assert said == [True, False]
    printed = capsys.readouterr().out
    assert "2 pages, 1 of them no articles; the text of 1 is known" in printed
    assert "0 of 1 articles refused (0.000): 0 of 1 harbour" in printed
    assert "1 of 1 other pages refused (1.000): 1 of 1 product" in printed
    assert "\nexact: 1\n  1.000  page-1" in printed


def test_each_set_has_a_line_of_its_own() -> None:
    pairs: list[Pair] = [
        ({"set": "west", "title": "Rain"}, Prediction(title="Rain")),
        ({"set": "west", "title": "Snow"}, Prediction(title="Sun")),
        ({"set": "east", "text": "a b c d"}, Prediction(text="a b c d")),
    ]
    _, east, west = (row.split() for row in set_lines(pairs))
    assert east == ["east", "1", *["1.000"] * 4, "0.000", *["-"] * 3]
    assert west == ["west", "2", *["-"] * 5, "0.500", "-", "-"]
    assert list(set_lines([({"title": "Rain"}, Prediction())])) == []


def test_pages_without_a_type_are_articles_that_were_refused_wrongly() -> None:
    refused = Prediction(is_article=False, held="not-an-article")
    pairs: list[Pair] = [({"set": "west"}, refused), ({"set": "west"}, Prediction())]
    assert list(refused_lines(pairs)) == ["1 of 2 articles refused (0.500): 1 of 2 west"]


def test_the_worst_pages_are_gathered_by_what_went_wrong() -> None:
    text = "a b c d e f g h"
    held = Prediction(held="proof-failed")
    pairs: list[Pair] = [
        ({"id": "1", "url": "u:1", "text": text}, Prediction(text=text)),
        ({"id": "2", "url": "u:2", "text": text}, Prediction(text=text + " x y")),
        ({"id": "3", "url": "u:3", "text": text}, held),
        ({"id": "4", "url": "u:4", "text": text, "page_type": "forum"}, Prediction()),
    ]
    assert list(worst_lines(pairs, 2)) == [
        "held: proof-failed: 1",
        "  0.000  3  u:3",
        "added at the end: 1",
        "  0.833  2  u:2  2 words",
    ]
    assert fault(*pairs[0]) == "exact"
    assert fault({"text": text}, Prediction(text="s t u v w")) == "another text"
    assert fault({"text": text}, Prediction()) == "nothing found"


def test_only_what_the_others_do_too_counts_as_our_time() -> None:
    ticks = iter((0.0, 1.0, 3.0, 6.0, 10.0, 15.0, 21.0))
    watch = StopWatch(lambda: next(ticks))
    for step in ("decode", "extract", "judge", "extract", "prove"):
        watch(step)
    assert watch.compared == 1.0 + 2.0 + 4.0
    assert watch.aside() == 21.0 - 7.0


def test_a_set_whose_every_truth_is_null_can_be_run(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [dict(row) for row in read_truth(data)]
    write_truth(data, [row | dict.fromkeys(("title", "authors", "date", "text")) for row in rows])
    table = tmp_path / "table.json"
    asked = ["extraction", "--data", str(data), "--peers", "none", "--json", str(table)]
    assert main(asked) == 0
    (ours,) = json.loads(table.read_text())
    assert [ours[key] for key in ("f1", "exact", "title", "authors", "date")] == [None] * 5
    assert "the text of 0 is known" in capsys.readouterr().out


def test_a_process_that_dies_costs_one_page(data: Path) -> None:
    asked = questions(data, read_truth(data))
    gone = json.dumps({"file": str(data / "html" / "none.gz"), "url": "https://example.org/"})
    first, dead, last = answers("trafilatura", [asked[0], gone, asked[1]])
    assert dead["error"] == "the process ended with 1"
    assert first["text"] == last["text"] == "\n".join(WORDS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--data PATH"),
        (["--data", "no/such/folder"], "is not a folder"),
        (["--data", ".", "--peers", "none"], "truth.jsonl is missing"),
        (["--data", ".", "--peers", "nobody"], "There is no peer 'nobody'"),
    ],
)
def test_what_is_missing_is_said(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["extraction", *arguments]) == 2
    assert words in capsys.readouterr().err
