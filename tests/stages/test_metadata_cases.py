"""Headlines, bylines and days of small pages of our own (tests/cases/metadata)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tests.stages.cases import cases
from wirecopy.stages.metadata import Metadata, read_metadata
from wirecopy.stages.months import NAMES
from wirecopy.stages.written_dates import written_dates

AT = datetime(2026, 4, 1, tzinfo=UTC)


def about(case: dict[str, Any]) -> Metadata:
    lang = case.get("language", "en")
    page = f"<html lang={lang}><head>{case['head']}</head><body>{case['body']}</body></html>"
    return read_metadata(LexborHTMLParser(page), case.get("url", "http://tidewater.example/a"), AT)


@pytest.mark.parametrize("case", cases("metadata", "titles"))
def test_a_headline(case: dict[str, Any]) -> None:
    assert case["title"] == next(iter(about(case).titles), "")


@pytest.mark.parametrize("case", cases("metadata", "bylines"))
def test_a_byline(case: dict[str, Any]) -> None:
    assert case["authors"] == list(about(case).authors)


@pytest.mark.parametrize("case", cases("metadata", "days"))
def test_a_day(case: dict[str, Any]) -> None:
    found = about(case)
    day = found.published_day.isoformat() if found.published_day else None
    assert case["published_day"] == day
    if "published" in case:
        assert found.published is not None
        assert case["published"] == found.published.isoformat()


@pytest.mark.parametrize("language", NAMES)
def test_every_language_has_twelve_months(language: str) -> None:
    assert len(NAMES[language].split()) == 12


@given(st.text(max_size=80), st.sampled_from(["", "en", "de", "hr", "th"]))
def test_a_day_stands_within_the_text(text: str, language: str) -> None:
    for written in written_dates(text, language, "com"):
        assert 0 <= written.start < written.end <= len(text)
        assert written.day.year >= 1990


_MARKUP = """
<h1> </h1> <p> </p> <div/class=author> <span/class=byline> </div> <a/rel=author/href=/author/x> </a>
<time/datetime=2026-03-02> </time> <meta/name=author/content=x> <body> </body> <html> <head> <title>
</title> <script/type=application/ld+json> </script> <frameset> <template> <svg> <table> <noscript>
<img/src=a-picture.jpg> <figure> <figcaption> <meta/property=og:image/content=//[x> <!-- -->
<link/rel=canonical/href=//[x> By Von 2.3.2026 12-Jan-2026 {"@type":"Article" } [ ] &#0;
"""
_TAGS = st.sampled_from(_MARKUP.split())


@given(st.lists(_TAGS | st.text(max_size=12), max_size=40), st.text(max_size=30))
def test_no_page_and_no_address_makes_it_fail(parts: list[str], url: str) -> None:
    page = " ".join(parts).encode("utf-8", "replace").decode()
    for address in (url, f"http://{url}", "http://tidewater.example/2026/03/02/"):
        found = read_metadata(LexborHTMLParser(page), address, AT)
        for when in (found.published, found.updated):
            assert when is None or when.tzinfo is UTC


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(page: bytes) -> None:
    read_metadata(LexborHTMLParser(page), "http://tidewater.example/", AT)


@pytest.mark.parametrize("tag", ["div", "span class=author", "a rel=author", "b"])
def test_deep_pages_are_read(tag: str) -> None:
    page = "<h1>Ferry returns</h1>" + f"<{tag}>" * 20_000 + "By Ada Lind"
    assert read_metadata(LexborHTMLParser(page), "http://a.example/", AT).titles
