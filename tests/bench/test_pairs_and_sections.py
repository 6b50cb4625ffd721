"""The benchmarks of labelled pairs, of languages and of sections, on a few rows of our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import main
from tests.bench.test_clusters import FLOOD, STRIKE

AGAIN = (
    "Verden closed its old bridge on Monday night as the river Aller rose by two metres. Mayor Ana "
    "Silva asked people in the lower town to move their cars; firefighters filled sandbags."
)


def measured(folder: Path, name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    data, table = folder / "data.jsonl", folder / "table.json"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert main([name, "--data", str(data), "--json", str(table)]) == 0
    told: list[dict[str, Any]] = json.loads(table.read_text("utf-8"))
    return told


def pair(label: str, first: tuple[str, str], second: tuple[str, str]) -> dict[str, Any]:
    return {
        "lang": "en",
        "label": label,
        "title_a": first[0],
        "text_a": first[1],
        "title_b": second[0],
        "text_b": second[1],
    }


def test_pairs_are_counted_by_what_people_said(tmp_path: Path) -> None:
    flood, again = ("River Aller closes bridge in Verden", FLOOD), ("Verden closes bridge", AGAIN)
    strike = ("Trains stop for two days", STRIKE)
    table = measured(
        tmp_path,
        "pairs",
        [pair("OK", flood, again), pair("BAD", flood, strike), pair("BAD", flood, flood)],
    )
    assert [row["name"] for row in table] == ["en", "all"]
    whole = table[-1]
    assert (whole["pairs"], whole["joined_wrongly"], whole["left_apart_wrongly"]) == (3, 1, 0)
    assert whole["accuracy"] == pytest.approx(2 / 3, abs=1e-4)


def test_joins_across_languages_are_counted_and_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    english = {
        "title": "Ferry Astrid runs aground off Lundholm",
        "text": "The ferry Astrid ran aground off Lundholm with 214 people, Elena Marsh said.",
    }
    french = {
        "title": "Le ferry Astrid s’échoue au large de Lundholm",
        "text": "Le ferry Astrid s’est échoué à Lundholm avec 214 personnes, selon Elena Marsh.",
    }
    affair = {"affair": "ferry", "event": "aground", "hour": 0}
    known = tmp_path / "known.json"
    known.write_text(
        json.dumps(
            [
                {**affair, **english, "language": "en"},
                {**affair, **french, "language": "fr"},
                {**affair, **french, "language": "fr", "event": "another", "hour": 30},
            ]
        ),
        "utf-8",
    )
    others, table = tmp_path / "others.jsonl", tmp_path / "table.json"
    lines = [{**english, "lang": "en"}, {**french, "lang": "fr"}]
    others.write_text("".join(json.dumps(row) + "\n" for row in lines), "utf-8")
    given = ["--data", str(known), "--data", str(others), "--json", str(table)]
    assert main(["tongues", *given]) == 0
    affairs, streamed = json.loads(table.read_text("utf-8"))
    assert (affairs["one_event"], affairs["joined"]) == (2, 2)
    assert (affairs["other_events"], affairs["falsely_joined"]) == (2, 0)
    assert (streamed["articles"], streamed["languages"], streamed["joined"]) == (2, 2, 1)
    assert "and the number 214 with a story in " in capsys.readouterr().err


def sorted_(category: str, url: str, title: str = "", text: str = "") -> dict[str, Any]:
    return {"lang": "en", "category": category, "url": url, "title": title, "text": text}


MATCH = "The team won the match; the coach praised the players, who lead the league."


def test_sections_are_right_where_their_category_may_stand_for_them(tmp_path: Path) -> None:
    table = measured(
        tmp_path,
        "sections",
        [
            sorted_("sports", "https://a.example/sport/one-nil"),
            sorted_("economy", "https://a.example/culture/a-play"),
            sorted_("society", "https://a.example/2026/11/strike"),
            sorted_("not_news", "https://a.example/sport/advert"),
        ],
    )
    whole = table[0]
    assert (whole["name"], whole["articles"], whole["of_no_section"]) == ("all", 3, 1)
    assert whole["address_known"] == pytest.approx(2 / 3, abs=1e-4)
    assert whole["address_right_of_known"] == 0.5


def test_words_are_asked_where_the_address_tells_nothing(tmp_path: Path) -> None:
    table = measured(
        tmp_path,
        "sections",
        [
            sorted_("economy", "https://a.example/business/1", "Coach praises players", MATCH),
            sorted_("sports", "https://a.example/2", "Coach praises players", MATCH),
        ],
    )
    whole = table[0]
    assert (whole["address_known"], whole["words_known"], whole["both_known"]) == (0.5, 1, 1)
    assert (whole["words_right_of_known"], whole["both_right_of_known"]) == (0.5, 1)


def test_the_guess_is_measured_on_articles_it_was_not_trained_on(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    kinds = {"sports": "goal coach match", "economy": "bank shares profit", "science": "cell atom"}
    rows = [
        sorted_(kind, f"https://a.example/{kind}{number}", text=f"{kinds[kind]} no{number}")
        for kind in kinds
        for number in range(20)
    ]
    whole = measured(tmp_path, "train-sections", rows)[0]
    assert whole["words_right_of_all"] == 1
    # These two are left out together, as they have one address; nobody else has their words.
    odd = sorted_("science", "https://a.example/zebra", text="zebra quagga")
    whole = measured(tmp_path, "train-sections", [*rows, odd, odd])[0]
    assert whole["words_known"] == pytest.approx(60 / 62, abs=1e-4)
