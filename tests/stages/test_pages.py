"""Pages of our own writing, with what a reader should find in them (tests/cases/pages)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wirecopy.model import Draft, Held
from wirecopy.stages.assemble import Assembled, assemble
from wirecopy.stages.decode import Decoded, decode
from wirecopy.stages.pages import extract
from wirecopy.stages.proof import verify
from wirecopy.stages.source import Source

CASES = Path(__file__).parent.parent / "cases" / "pages"
NAMES = sorted(path.stem for path in CASES.glob("*.json"))


def read(name: str) -> tuple[Decoded, Draft, Assembled, dict[str, Any]]:
    expected = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    decoded = decode((CASES / f"{name}.html").read_bytes(), "text/html")
    draft = extract(decoded, expected["url"])
    assert isinstance(draft, Draft)
    article = assemble(draft, Source(decoded.text, decoded.charset), expected["url"])
    assert isinstance(article, Assembled)
    return decoded, draft, article, expected


@pytest.mark.parametrize("name", NAMES)
def test_every_word_and_its_kind_are_the_publishers(name: str) -> None:
    _, _, article, expected = read(name)
    found = [[str(block.kind), article.text[block.start : block.end]] for block in article.blocks]
    assert expected["blocks"] == found


@pytest.mark.parametrize("name", NAMES)
def test_headline_byline_and_times(name: str) -> None:
    _, draft, article, expected = read(name)
    assert expected["title"] == article.title
    assert expected["title_where"] == article.proof.title.where
    assert expected["authors"] == list(article.authors)
    for key in ("published", "updated"):
        when = getattr(draft, key)
        assert expected.get(key) == (when.isoformat() if when else None)
    assert expected["language"] == draft.language
    assert expected.get("section", "") == draft.section


@pytest.mark.parametrize("name", NAMES)
def test_what_else_a_page_says_of_itself(name: str) -> None:
    _, draft, article, expected = read(name)
    for key in ("canonical", "site_name", "description"):
        if key in expected:
            assert expected[key] == getattr(draft, key)
    if "image" in expected:
        assert article.image is not None
        found = {key: getattr(article.image, key) for key in expected["image"]}
        assert expected["image"] == found
    if "links" in expected:
        assert expected["links"] == [list(link) for link in article.links]


@pytest.mark.parametrize("name", NAMES)
def test_the_evidence_holds_without_the_code_that_gave_it(name: str) -> None:
    decoded, _, article, _ = read(name)
    problems = verify(
        decoded.text, article.title, article.authors, article.text, article.blocks, article.proof
    )
    assert problems == []


def reason(text: str) -> str:
    held = extract(Decoded(text=text, charset="utf-8"), "http://tidewater.example/a")
    assert isinstance(held, Held)
    return held.reason


def test_a_page_that_is_not_html_is_named_so() -> None:
    for text in ("%PDF-1.7 <html>", '{"title": "x"}', "", "just words", "\x00\x01\x02"):
        assert reason(text) == "not-html"
    assert reason('<?xml version="1.0"?><rss><channel><p>x</p></channel></rss>') == "not-html"


def test_xhtml_with_a_declaration_is_html() -> None:
    body = "<p>" + "Words of the harbour office stand here for the reader. " * 8 + "</p>"
    declared = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
    text = f"{declared}<html><head><title>Hours</title></head><body>{body}</body></html>"
    assert isinstance(extract(Decoded(text=text, charset="utf-8"), "http://a.example/"), Draft)


def test_a_page_without_text_is_no_article() -> None:
    assert reason("<html><head><title>x</title></head><body><div></div></body></html>") == (
        "no-article"
    )


def test_two_hundred_thousand_nested_tags_are_too_many() -> None:
    assert reason("<html><body>" + "<div>" * 200_000 + "x") == "too-large"
    assert reason("<html><body>" + "<div>" * 60_000 + "x" + "</div>" * 30_000) == "too-deep"


def test_fifteen_megabytes_are_too_large() -> None:
    assert reason("<html><body><p>" + "words " * 2_500_000) == "too-large"


def test_tags_written_in_a_script_do_not_make_a_page_deep() -> None:
    script = "<script>var t = '" + "<div><span>" * 400 + "';</script>"
    body = "<p>" + "The ferry leaves at six and is back by nine, said the captain. " * 6 + "</p>"
    text = f"<html><body>{script}{body}</body></html>"
    assert isinstance(extract(Decoded(text=text, charset="utf-8"), "http://a.example/"), Draft)


def test_unclosed_paragraphs_and_items_do_not_make_a_page_deep() -> None:
    body = "".join(
        f"<p>Paragraph {n} of the harbour report, unclosed as of old." for n in range(400)
    )
    text = f"<html><body>{body}</body></html>"
    assert isinstance(extract(Decoded(text=text, charset="utf-8"), "http://a.example/"), Draft)
