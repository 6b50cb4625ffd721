"""Where headlines and authors stand, by name, with the raw characters as evidence."""

from __future__ import annotations

import json

import pytest

from wirecopy.model import Found
from wirecopy.stages.headline import (
    find_author,
    find_headline,
    prove_in_feed,
    statements,
    still_stated,
)
from wirecopy.stages.source import Source


def headline(page: str, claim: str) -> Found | None:
    source = Source(page)
    return find_headline(source, statements(source), claim)


def author(page: str, claim: str) -> Found | None:
    source = Source(page)
    return find_author(source, statements(source), claim)


@pytest.mark.parametrize(
    ("page", "where", "raw"),
    [
        ("<h1>Ferry’s back</h1>", "h1", ["Ferry’s back"]),
        ("<h1><i>Ferry</i>’s\n<b>back</b></h1>", "h1", ["Ferry", "’s", "back"]),
        (
            "<h1><span>Harbour</span><span>Ferry&rsquo;s back</span></h1>",
            "h1",
            ["Ferry&rsquo;s back"],
        ),
        ("<title> Ferry&#8217;s  back </title>", "title", ["Ferry&#8217;s  back"]),
        ("<title>Ferry’s back | The Post</title>", "title", ["Ferry’s back"]),
        ("<title>The Post – Ferry’s back</title>", "title", ["Ferry’s back"]),
        ("<title>Ferry’s back (The Post)</title>", "title", ["Ferry’s back"]),
        ('<meta property="og:title" content="Ferry’s back">', "meta og:title", ["Ferry’s back"]),
        (
            "<meta content='Ferry’s back' name='Twitter:Title'>",
            "meta twitter:title",
            ["Ferry’s back"],
        ),
        (
            '<meta name=title content="Ferry&amp;rsquo;s back">',
            "meta title",
            ["Ferry&amp;rsquo;s back"],
        ),
        (
            '<script type="application/ld+json">{"headline": "Ferry\\u2019s back"}</script>',
            "json-ld headline",
            ["Ferry\\u2019s back"],
        ),
        (
            '<script type=\'application/ld+json\'>{"headline":"Ferry&rsquo;s back"}</script>',
            "json-ld headline",
            ["Ferry&rsquo;s back"],
        ),
        ("<h2>Ferry’s back</h2>", "text", ["Ferry’s back"]),
    ],
)
def test_a_headline_is_found_and_its_place_named(page: str, where: str, raw: list[str]) -> None:
    found = headline(page, "Ferry’s back")
    assert found is not None
    assert found.where == where
    assert [page[span.start : span.end] for span in found.spans] == raw
    if where not in ("h1", "text"):
        assert still_stated(page, found)
        assert not still_stated(page.replace("back", "gone"), found)
        assert not still_stated("x" * len(page), found)


@pytest.mark.parametrize(
    "page",
    [
        "<h1>Ferry's back</h1>",
        "<h1>Ferry’s  backed</h1>",
        "<title>Ferry’s back again</title>",
        "<title>No Ferry’s back</title>",
        '<meta name="description" content="Ferry’s back">',
        "<!-- <h1>Ferry’s back</h1> -->",
        "<script>{'headline': 'Ferry’s back'}</script>",
        "<img alt='Ferry’s back'>",
        "",
    ],
)
def test_a_headline_that_the_page_does_not_state(page: str) -> None:
    assert headline(page, "Ferry’s back") is None
    assert headline(page, " ") is None


@pytest.mark.parametrize(
    ("page", "where"),
    [
        ('<meta name="author" content="Zoë Lind">', "meta author"),
        ('<meta name="byl" content="By Zo&euml; Lind and Bo Berg">', "meta byl"),
        (
            '<script type="application/ld+json">{"author":[{"name":"Zo\\u00eb Lind"}]}</script>',
            "json-ld author",
        ),
        ('<script type="application/ld+json">{"author":"Zoë Lind"}</script>', "json-ld author"),
        (
            '<script type="application/ld+json">{"@id":"#z", "name":"Zoë Lind"}</script>',
            "json-ld name",
        ),
        ("<p>By Zo&#235; <b>Lind</b>, in Linz</p>", "text"),
    ],
)
def test_an_author_is_found_and_the_place_named(page: str, where: str) -> None:
    found = author(page, "Zoë Lind")
    assert found is not None
    assert found.where == where


def test_a_name_that_can_be_kept_nowhere_is_no_author() -> None:
    for escape in ("\\u0000", "\\ud800"):
        page = f'<script type="application/ld+json">{{"author":"Zoë{escape} Lind"}}</script>'
        assert author(page, json.loads(f'"Zoë{escape} Lind"')) is None
        assert (
            headline(page.replace("author", "headline"), json.loads(f'"Zoë{escape} Lind"')) is None
        )


def test_a_part_of_a_name_is_no_author() -> None:
    for page in (
        "<p>Zoë Lindqvist</p>",
        '<meta name="author" content="Zoë Lindqvist">',
        '<script type="application/ld+json">{"author":"Zoë Lindqvist"}</script>',
    ):
        assert author(page, "Zoë Lind") is None


@pytest.mark.parametrize(
    "item",
    [
        "<title>Tom &amp; Ada’s “ferry”</title>",
        "<title>\n  Tom &amp;  Ada&#8217;s “ferry”\n</title>",
        "<title><![CDATA[Tom & Ada’s “ferry”]]></title>",
        "<title> <![CDATA[Tom &amp; Ada&rsquo;s “ferry”]]> </title>",
        "<title>Tom &amp;amp; Ada&amp;rsquo;s “ferry”</title>",
        '<title type="html">Tom &amp;amp; Ada’s &lt;b&gt;“ferry”&lt;/b&gt;</title>',
        "<title><![CDATA[<i>Tom</i> &amp; Ada’s “ferry”]]></title>",
        "<news:title>Tom &amp; Ada’s “ferry”</news:title>",
        '{"items": [{"title" : "Tom & Ada\\u2019s \\u201cferry\\u201d"}]}',
    ],
)
def test_a_headline_that_only_a_feed_gives(item: str) -> None:
    feed = f"<rss><channel><title>The Post</title><item>{item}</item></channel></rss>"
    found = prove_in_feed(feed, "Tom & Ada’s “ferry”")
    assert found is not None
    assert found.where == "feed"
    assert "ferry" in feed[found.spans[0].start : found.spans[0].end]
    for lie in ("Tom & Ada's “ferry”", "Tom & Ada’s ferry", "Ada’s “ferry”", ""):
        assert prove_in_feed(feed, lie) is None
