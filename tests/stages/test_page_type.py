"""Articles and what is none, on pages of our own writing (tests/cases/pages), and single signs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selectolax.lexbor import LexborHTMLParser

from wirecopy.stages.blocks import cut
from wirecopy.stages.decode import decode
from wirecopy.stages.page_signs import SIGNS, signs
from wirecopy.stages.page_type import Decision, Verdict, decision_of, page_type, trained
from wirecopy.stages.stated import read_stated

PAGES = Path(__file__).parent.parent / "cases" / "pages"
ARTICLES = sorted((PAGES / "whole").glob("*.json"))
OTHERS: list[dict[str, str]] = json.loads((PAGES / "other" / "others.json").read_text("utf-8"))
URL = "http://tidewater.example/news/2026/quay-closed-after-crack-is-found"
PROSE = (
    "The harbour master closed the old quay on Monday after divers found a crack in its footing. "
)


def taken(url: str, page: str, decision: Decision | None = None) -> Verdict:
    tree = LexborHTMLParser(page)
    return page_type(url, read_stated(tree).declared, cut(tree), decision)


def told(page: str, url: str = URL) -> dict[str, float]:
    tree = LexborHTMLParser(page)
    row = signs(url, read_stated(tree).declared, cut(tree))
    return dict(zip(SIGNS, row.tolist(), strict=True))


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_of_any_script_and_shape_is_not_refused(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    text = decode(path.with_suffix(".html").read_bytes(), case["content_type"]).text
    assert taken(case["url"], text).is_article


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other["file"])
def test_what_is_no_article_is_refused(other: dict[str, str]) -> None:
    text = (PAGES / "other" / f"{other['file']}.html").read_text("utf-8")
    verdict = taken(other["url"], text)
    assert not verdict.is_article
    assert verdict.probability < trained().least


def test_a_sites_front_page_is_no_article_whatever_stands_on_it() -> None:
    text = ARTICLES[0].with_suffix(".html").read_text("utf-8")
    for front in ("http://tidewater.example", "http://tidewater.example/"):
        assert not taken(front, text).is_article
    assert taken("http://tidewater.example/?p=7", text).probability > 0


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (URL, {"address steps": 3, "address words": 6, "address digits": 4, "path of news": 1}),
        ("http://a.example/category/local/", {"path of listing": 1, "address last words": 1}),
        ("http://forum.a.example/showthread.php?t=5", {"host of forum": 1, "address query": 1}),
        ("http://docs.a.example/en/latest/", {"host of docs": 1, "path of docs": 1}),
        ("http://a.example/2026/05/x.html", {"address year": 1, "address file": 1}),
    ],
)
def test_an_address_is_read_by_its_parts(url: str, expected: dict[str, float]) -> None:
    found = told("<p>x", url)
    assert expected == {name: found[name] for name in expected}


def test_what_a_page_declares_is_read_from_its_head_and_its_structured_data() -> None:
    found = told(
        '<meta content="article" property="og:type"><meta name=author content="Ana Silva">'
        '<script type="application/ld+json">{"@graph":[{"@type":["NewsArticle","Article"]},'
        '{"@type":"BreadcrumbList"}]}</script><p>x'
    )
    said = {name for name, value in found.items() if value and name.startswith(("og", "decl"))}
    assert said == {"og article", "declares types", "declares news", "declares article"}
    assert found["author"] == 1
    assert found["published time"] == 0


def test_text_is_shared_out_between_prose_links_and_parts() -> None:
    prose = PROSE * 2
    page = (
        f"<div class=nav><a href=/1>{'n' * 60}</a></div>"
        f"<main><h1>Quay closed</h1><p>{prose}</p></main>"
        f"<div class=card><a href=/2>{'c' * 60}</a></div>"
    )
    found = told(page)
    whole = 60 + len("Quay closed") + len(prose.strip()) + 60
    assert found["text"] == pytest.approx(np.log1p(whole))
    assert found["prose share"] == pytest.approx(len(prose.strip()) / whole)
    assert found["linked share"] == pytest.approx(120 / whole)
    assert found["link blocks"] == pytest.approx(2 / 4)
    assert found["share of nav"] + found["share of card"] == pytest.approx(120 / whole)
    assert (found["first headings"], found["headline words"]) == (1, 2)


def test_sisters_are_elements_of_one_parent_and_one_name() -> None:
    card = "<div class=card><h3>Rope</h3><p>ten metres</p></div>"
    assert told(f"<main>{card * 5}</main>")["most sisters"] == pytest.approx(np.log1p(5))
    assert told(f"<main>{card * 2}</main>")["most sisters"] == 0
    assert told(f"<main>{card * 5}</main>")["sisters' share"] == pytest.approx(1)


def test_labels_tell_a_shop_and_a_forum() -> None:
    found = told("<p>€24.90<p>Add to cart<p>In stock<p>Reply<p>Joined: May 2019<p>A reply")
    for name, count in (("prices", 1), ("cart", 2), ("forum", 2), ("years", 1)):
        assert found[f"labels of {name}"] == pytest.approx(np.log1p(count)), name


def test_a_page_without_text_has_only_the_signs_of_its_address_and_head() -> None:
    found = told("<html><head></head><body></body></html>")
    assert {name for name, value in found.items() if value} <= {
        name for name in SIGNS if name.startswith(("address", "path", "host"))
    }


def test_signs_have_names_of_their_own_and_trees_ask_for_no_other() -> None:
    assert len(set(SIGNS)) == len(SIGNS)
    data: dict[str, Any] = {
        "least": 0.5,
        "bias": 0,
        "features": ["text", "colour"],
        "trees": [{"feature": [1], "border": [0.5], "leaf": [-1, 1]}],
    }
    with pytest.raises(ValueError, match="colour"):
        decision_of(data)
    data["features"] = ["text", "prose"]
    assert taken(URL, "<p>x", decision_of(data)).is_article is False
