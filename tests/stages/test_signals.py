"""What pages and headers say about rights, read tolerantly and never from a comment."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirecopy.model import Mode, Signals
from wirecopy.stages.licence import grant
from wirecopy.stages.signals import MAX_INLINE, read_signals
from wirecopy.stages.source import Source


def said(page: str = "", *headers: tuple[str, str]) -> dict[str, Any]:
    """What differs from a page that says nothing."""
    silent = asdict(Signals())
    return {
        key: value
        for key, value in asdict(read_signals(headers, Source(page))).items()
        if value != silent[key]
    }


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<meta name=robots content=noindex>", {"noindex": True}),
        ('<META NAME="Robots" CONTENT="NOINDEX, NOFOLLOW">', {"noindex": True}),
        ('<meta content="none" name="robots">', {"noindex": True}),
        ('<meta name="robots" content="index, follow, max-image-preview:large">', {}),
        ('<meta name="robots" content="noarchive">', {"noarchive": True}),
        ('<meta name="robots" content="nocache">', {"noarchive": True}),
        ('<meta name="robots" content="nosnippet">', {"nosnippet": True}),
        ('<meta name="robots" content="max-snippet:-1, max-video-preview:-1">', {}),
        ('<meta name="robots" content="max-snippet: 160">', {"max_snippet": 160}),
        ('<meta name="robots" content="max-snippet:0">', {"max_snippet": 0}),
        (
            "<meta name=robots content=max-snippet:50><meta name=robots content=max-snippet:20>",
            {"max_snippet": 20},
        ),
        ('<meta name="robots" content="noai, noimageai">', {"noai": True}),
        ('<meta name="robots" content="noimageai">', {}),
        (
            '<meta name="wirecopy" content="noindex noarchive">',
            {"noindex": True, "noarchive": True},
        ),
        ('<meta name="googlebot" content="noindex">', {}),
        ('<!-- <meta name="robots" content="noindex"> -->', {}),
        ('<script>\'<meta name="robots" content="noindex">\'</script>', {}),
        ('<meta name="tdm-reservation" content="1">', {"tdm_reserved": True}),
        ('<meta name="tdm-reservation" content="0">', {}),
        ('<meta itemprop="isAccessibleForFree" content="False">', {"paywalled": True}),
        (
            '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">',
            {"licence_url": "https://creativecommons.org/licenses/by/4.0/"},
        ),
        (
            '<p>Under <a class=x rel="nofollow license" href="/terms?a=1&amp;b=2">terms</a></p>',
            {"licence_url": "/terms?a=1&b=2"},
        ),
        (
            '<link rel="license" type="application/rsl+xml" href="/license.xml">',
            {"rsl": "/license.xml"},
        ),
        ("<p>You may not noindex this.</p>", {}),
        ("", {}),
    ],
)
def test_a_pages_tags(page: str, expected: dict[str, Any]) -> None:
    assert said(page) == expected


@pytest.mark.parametrize(
    "value",
    ["false", '"False"', '"false"', '"http://schema.org/False"', '"https://schema.org/False"', "0"],
)
def test_what_is_not_free_says_so_in_many_spellings(value: str) -> None:
    whole = f'{{"@type":"NewsArticle","isAccessibleForFree" : {value}}}'
    part = f'{{"hasPart":{{"isAccessibleForFree":{value},"cssSelector":".wall"}}}}'
    for json in (whole, part):
        page = f'<script type="application/ld+json">{json}</script>'
        assert said(page) == {"paywalled": True}


def test_what_is_free_is_not_paywalled() -> None:
    for value in ("true", '"True"', '"https://schema.org/True"'):
        page = f'<script type="application/ld+json">{{"isAccessibleForFree":{value}}}</script>'
        assert said(page) == {}
    assert said('<script>var x = {"isAccessibleForFree": false}</script>') == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("noindex", {"noindex": True}),
        ("noarchive, nosnippet", {"noarchive": True, "nosnippet": True}),
        ("googlebot: noindex, nofollow", {}),
        ("googlebot: nofollow, wirecopy: noindex", {"noindex": True}),
        ("wirecopy: noindex, otherbot: nosnippet", {"noindex": True}),
        ("*: noindex", {"noindex": True}),
        ("max-snippet:20, max-image-preview: none", {"max_snippet": 20}),
        ("otherbot: max-snippet:20", {}),
        (": ,,;:", {}),
    ],
)
def test_the_robots_header(value: str, expected: dict[str, Any]) -> None:
    assert said("", ("X-Robots-Tag", value)) == expected


def test_two_robots_headers_count_both() -> None:
    both = ("x-robots-tag", "noindex"), ("X-Robots-Tag", "noai")
    assert said("", *both) == {"noindex": True, "noai": True}


@pytest.mark.parametrize(
    ("value", "when"),
    [
        ("25 Jun 2026 15:00:00 GMT", datetime(2026, 6, 25, 15, tzinfo=UTC)),
        ("25 Jun 2026 15:00:00 PST", datetime(2026, 6, 25, 23, tzinfo=UTC)),
        ("Thursday, 25-Jun-26 15:00:00 GMT", datetime(2026, 6, 25, 15, tzinfo=UTC)),
        ("2026-06-25", datetime(2026, 6, 25, tzinfo=UTC)),
        ("2026-06-25T15:00:00+02:00", datetime(2026, 6, 25, 13, tzinfo=UTC)),
        ("2026-06-25 15:00:00 +0200", datetime(2026, 6, 25, 13, tzinfo=UTC)),
    ],
)
def test_a_page_may_name_its_last_day(value: str, when: datetime) -> None:
    assert said("", ("X-Robots-Tag", f"unavailable_after: {value}")) == {"unavailable_after": when}
    both = f"noarchive, unavailable_after: {value}, noindex"
    expected = {"unavailable_after": when, "noarchive": True, "noindex": True}
    assert said(f'<meta name="robots" content="{both}">') == expected


def test_a_day_that_is_none_is_passed_over() -> None:
    assert said("", ("X-Robots-Tag", "unavailable_after: soon, noindex")) == {"noindex": True}


def test_other_headers() -> None:
    assert said("", ("TDM-Reservation", "1")) == {"tdm_reserved": True}
    assert said("", ("tdm-reservation", "0")) == {}
    link = '</feed>; rel="alternate", <https://a.example/cc>; rel="license", <x>; rel=license'
    assert said("", ("Link", link)) == {"licence_url": "https://a.example/cc"}
    rsl = '<https://a.example/l.xml>; rel="license"; type="application/rsl+xml"'
    assert said("", ("Link", rsl)) == {"rsl": "https://a.example/l.xml"}


@given(st.text(max_size=200), st.text(max_size=80))
def test_nothing_makes_it_fail(page: str, value: str) -> None:
    headers = tuple((name, value) for name in ("x-robots-tag", "link", "tdm-reservation"))
    read_signals(headers, Source(f'<meta name="robots" content="{value}">{page}'))
    read_signals((("x-robots-tag", f"unavailable_after: {value}"),), Source(page))


RSL = (
    '<script type="{}"><rsl xmlns="https://rslstandard.org/rsl"><content url=""><license>'
    '<permits type="usage">search</permits></license></content></rsl></script>'
)


@pytest.mark.parametrize("kind", ["application/rsl+xml", " Application/rsl+xml "])
def test_licence_terms_may_stand_in_a_script(kind: str) -> None:
    (found,) = read_signals((), Source(f"<title>a</title>{RSL.format(kind)}<p>b")).inline
    assert grant(found, "http://a.example/1").mode is Mode.EXCERPT


@pytest.mark.parametrize(
    "page",
    [
        f"<!-- {RSL.format('application/rsl+xml')} -->",
        RSL.format("application/json"),
        f"<textarea>{RSL.format('application/rsl+xml')}</textarea>",
    ],
)
def test_what_is_no_script_of_terms_is_none(page: str) -> None:
    assert read_signals((), Source(page)).inline == ()


def test_a_script_that_cannot_be_read_licenses_nothing() -> None:
    (found,) = read_signals((), Source('<script type="application/rsl+xml"><rsl>')).inline
    assert grant(found, "http://a.example/1").mode is Mode.LINK


def test_a_crowd_of_scripts_licenses_nothing() -> None:
    crowd = RSL.format("application/rsl+xml") * (MAX_INLINE + 1)
    (found,) = read_signals((), Source(crowd)).inline
    assert found.rules == ()
