"""Whole pages of our own writing, with menus, boxes and banners (tests/cases/pages/whole).

A case is the page as bytes and what a person found in it: its headline and its blocks in order,
each with its kind. A block marked "may" is a matter of taste (a caption, a standfirst): it may be
left out, but where it stands, it stands so. These pages are for testing: no model sees them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wirecopy.model import Reading
from wirecopy.stages.read import read_page

CASES = Path(__file__).parent.parent / "cases" / "pages" / "whole"
NAMES = sorted(path.stem for path in CASES.glob("*.json"))
AT = datetime(2026, 12, 31, tzinfo=UTC)

# Pages that are not read as a person reads them, by what comes out instead. The list may only
# shrink: a page that comes out right has to be taken from it.
KNOWN_FAILURES = {
    "big5": "a link below the text is taken for a paragraph",
    "chinese": "the editor's name and links below the text are taken for paragraphs",
    "consent-wall": "the consent banner's sentences are taken for paragraphs",
    "euc-kr": "links below the text are taken for paragraphs",
    "gb2312-with-gbk-characters": "links below the text are taken for paragraphs",
    "next-story-below": "the next story's text is taken for this one's",
    "photo-gallery": "the pictures' captions are lost",
    "review-with-fact-box": "the box of facts is taken for text",
    "tables-and-fonts": "the headline and the date are taken for paragraphs",
}


def case(name: str) -> tuple[dict[str, Any], Reading]:
    expected = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    headers = (("Content-Type", expected["content_type"]),)
    found = read_page((CASES / f"{name}.html").read_bytes(), headers, expected["url"], AT)
    assert isinstance(found, Reading), f"{expected['fact']}: {found}"
    return expected, found


def wanted(expected: list[list[str]], found: list[list[str]]) -> list[list[str]]:
    """The expected blocks, without those that may be left out and are."""
    return [
        [kind, text]
        for kind, text, *may in expected
        if not may or text in {row[1] for row in found}
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=KNOWN_FAILURES[name]))
        if name in KNOWN_FAILURES
        else name
        for name in NAMES
    ],
)
def test_a_page_is_read_as_a_person_reads_it(name: str) -> None:
    expected, found = case(name)
    blocks = [[str(block.kind), found.text[block.start : block.end]] for block in found.blocks]
    assert wanted(expected["blocks"], blocks) == blocks, expected["fact"]
    assert expected["title"] == found.title
    cited = {(found.text[link.start : link.end], link.url) for link in found.citations}
    assert {(words, url) for words, url in expected.get("links", ())} <= cited


def test_there_are_pages_of_many_kinds_and_each_failure_known_is_one_of_them() -> None:
    assert len(NAMES) >= 40
    assert set(KNOWN_FAILURES) <= set(NAMES)
