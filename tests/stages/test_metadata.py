"""What pages say of themselves; each page here is of our own writing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from wirecopy.stages.metadata import Metadata, read_metadata
from wirecopy.stages.written_dates import to_utc

URL = "http://tidewater.example/2026/news/a.html"


def about(head: str, body: str = "<p>x</p>") -> Metadata:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_metadata(LexborHTMLParser(page), URL)


def linked(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


def test_an_h1_that_the_pages_data_repeats_is_the_headline() -> None:
    head = "<title>Ferry returns | Tidewater</title><meta property='og:title' content='It is back'>"
    assert (
        about(head, "<h1>Tidewater</h1><h1>Ferry <i>returns</i></h1>").titles[0] == "Ferry returns"
    )


def test_a_section_named_in_an_h1_is_not_the_headline() -> None:
    head = "<title>Sport: Ferry crew wins the regatta again</title>"
    body = "<h1>Sport</h1><h1>Ferry crew wins the regatta again</h1>"
    assert about(head, body).titles[0] == "Ferry crew wins the regatta again"


def test_without_such_an_h1_json_ld_then_the_shared_title_less_the_site() -> None:
    site = "<meta property='og:site_name' content='The Tidewater Post'>"
    shared = "<meta property='og:title' content='Ferry returns - The Tidewater Post'>"
    data = linked('{"@type":"NewsArticle","headline":"The ferry is back","author":"x y"}')
    assert about(site + shared + data, "<h1>Welcome</h1>").titles[:2] == (
        "The ferry is back",
        "Ferry returns",
    )


def test_a_dash_in_a_headline_is_not_a_sites_name() -> None:
    shared = "<meta property='og:title' content='Ferry returns - nine weeks late'>"
    assert about(shared).titles[0] == "Ferry returns - nine weeks late"


def test_a_line_break_in_an_h1_parts_words() -> None:
    titles = about("<title>Ferry returns</title>", "<h1>Ferry<br>returns</h1>").titles
    assert titles[0] == "Ferry returns"


@pytest.mark.parametrize(
    ("head", "authors"),
    [
        (linked('{"@type":"Article","headline":"x","author":{"name":"Ada Lind"}}'), ["Ada Lind"]),
        (linked('[{"@type":["Article"],"headline":"x","author":["Ada Lind"]}]'), ["Ada Lind"]),
        (
            linked(
                '{"@graph":[{"@type":"Article","headline":"x","author":{"@id":"#a"}},'
                '{"@id":"#a","name":"Ada Lind"}]}'
            ),
            ["Ada Lind"],
        ),
        ("<meta name=author content='By Ada Lind and Bo Berg'>", ["Ada Lind", "Bo Berg"]),
        (
            "<meta name=author content='Ada Lind, Bo Berg; Cy Dal'>",
            ["Ada Lind", "Bo Berg", "Cy Dal"],
        ),
        ("<meta property='article:author' content='https://social.example/ada'>", []),
        ("<meta name=author content='admin'>", []),
        (
            "<meta name=author content='Ada Lind'><meta name=byl content='By Ada Lind'>",
            ["Ada Lind"],
        ),
    ],
)
def test_authors(head: str, authors: list[str]) -> None:
    assert list(about(head).authors) == authors


def test_a_marked_byline_counts_when_the_data_is_silent() -> None:
    assert about("", "<p>By <a rel='author' href='/a'>Ada Lind</a></p>").authors == ("Ada Lind",)


@pytest.mark.parametrize(
    "head",
    [
        linked(
            '{"@type":"NewsArticle","headline":"x","datePublished":"2026-03-02T07:15:00+02:00"}'
        ),
        linked('{"@type":"NewsArticle","headline":"x","datePublished":"2026-03-02T05:15:00Z",}'),
        linked('{"@type":"NewsArticle" "headline":"x", "datePublished":"2026-03-02T05:15:00.000Z"'),
        linked(
            '//<![CDATA[\n{"@type":"Article","headline":"x","datePublished":"20260302T0515Z"}\n//]]>'
        ),
        "<meta property='article:published_time' content='2026-03-02 05:15:00'>",
        "<meta itemprop='datePublished' content='2026-03-02T05:15:00+0000'>",
    ],
)
def test_the_time_of_publication(head: str) -> None:
    assert about(head).published == datetime(2026, 3, 2, 5, 15, tzinfo=UTC)


def test_a_marked_time_counts_and_the_address_as_a_rescue() -> None:
    marked = "<time datetime='2026-03-02T07:15:00+02:00'>today</time>"
    assert about("", marked).published == datetime(2026, 3, 2, 5, 15, tzinfo=UTC)
    page = LexborHTMLParser("<html><body><p>x</p></body></html>")
    dated = read_metadata(page, "http://tidewater.example/2024/05/17/ferry")
    assert dated.published == datetime(2024, 5, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("literal", "when"),
    [
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-02T23:30:00-0330", datetime(2026, 3, 3, 3, tzinfo=UTC)),
        ("2026-03-02T23:30:00-03", datetime(2026, 3, 3, 2, 30, tzinfo=UTC)),
        (" 2026-03-02T05:15 ", datetime(2026, 3, 2, 5, 15, tzinfo=UTC)),
        ("2026-13-02", None),
        ("2026-02-30", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("1970-01-01", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_in_utc_or_none(literal: str, when: datetime | None) -> None:
    assert to_utc(literal) == when


@given(st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}([+-][0-9]{2}:?[0-9]{2})?"))
def test_every_time_is_aware(literal: str) -> None:
    when = to_utc(literal)
    assert when is None or when.tzinfo is UTC


def test_the_lead_images_words_are_those_of_its_figure() -> None:
    head = "<meta property='og:image' content='/i/ferry-large.jpg?w=9'>"
    body = (
        "<figure><img src='/i/other-thing.jpg'><figcaption>Other</figcaption></figure>"
        "<figure><img data-src='/s/ferry-large.jpg' alt='A ferry'>"
        "<figcaption>At the quay <i class='photo-credit'>Ada Lind</i></figcaption></figure>"
    )
    image = about(head, body).image
    assert image is not None
    assert image.url == "http://tidewater.example/i/ferry-large.jpg?w=9"
    assert (image.caption, image.credit, image.alt) == ("At the quay", "Ada Lind", "A ferry")


def test_no_address_no_image() -> None:
    for content in ("", "data:image/png;base64,AA", "javascript:x", "http://[bad/x.jpg"):
        assert about(f"<meta property='og:image' content='{content}'>").image is None


def test_language_section_and_canonical() -> None:
    page = "<html lang='PT_br'><head><link rel='Canonical' href='../b'></head><body>x</body></html>"
    found = read_metadata(LexborHTMLParser(page), URL)
    assert (found.language, found.canonical) == ("pt", "http://tidewater.example/2026/b")
    assert (
        about("<meta property='article:section' content='Sport &amp; more'>").section
        == "Sport & more"
    )
    assert about("<meta property='og:locale' content='hi_IN'>").language == "hi"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "@type",
                        "@id",
                        "@graph",
                        "author",
                        "image",
                        "headline",
                        "url",
                        "name",
                        "datePublished",
                        "publisher",
                        "articleSection",
                        "inLanguage",
                    ]
                ),
                inner | st.just("NewsArticle"),
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_ld_makes_it_fail(value: object) -> None:
    import json

    about(linked(json.dumps(value).replace("</", "<\\/")))
