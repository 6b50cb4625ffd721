"""The feeds a home page names."""

from __future__ import annotations

import time

import pytest

from wirecopy.stages.discover import find_feeds, usual_feeds

URL = "http://a.example/home/"


def page(head: str) -> bytes:
    return f"<!doctype html><html><head>{head}</head><body><p>News</p></body></html>".encode()


def link(
    href: str, kind: str = "application/rss+xml", title: str = "", rel: str = "alternate"
) -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}" title="{title}">'


def test_f46_all_kinds_are_found_in_order_and_comments_last() -> None:
    html = page(
        link("/comments/feed/", title="Comments")
        + link("/rss")
        + link("atom.xml", "application/atom+xml; charset=utf-8")
        + link("http://b.example/feed.json", "APPLICATION/feed+json")
        + link("/de/rss", title="Kommentare")
    )

    assert find_feeds(html, "text/html; charset=utf-8", URL) == (
        "http://a.example/rss",
        "http://a.example/home/atom.xml",
        "http://b.example/feed.json",
        "http://a.example/comments/feed/",
        "http://a.example/de/rss",
    )


def test_f46_the_first_base_counts() -> None:
    html = page('<base href="http://c.example/x/"><base href="http://d.example/">' + link("rss"))

    assert find_feeds(html, "", URL) == ("http://c.example/x/rss",)


def test_each_address_is_named_once() -> None:
    assert find_feeds(page(link("/rss") + link("/rss")), "", URL) == ("http://a.example/rss",)


@pytest.mark.parametrize(
    "head",
    [
        link("/style.css", "text/css", rel="stylesheet"),
        link("/de", "text/html"),
        link("javascript:alert(1)"),
        link("data:application/rss+xml,x"),
        link(""),
        link("/wp-json/wp/v2/posts/1", "application/json"),
        "<!-- " + link("/hidden") + " -->",
        "",
    ],
)
def test_other_links_are_not_feeds(head: str) -> None:
    assert find_feeds(page(head), "", URL) == ()


@pytest.mark.parametrize("html", [b"", b"\0", b"<", b"\xff\xfe<\0", b"%PDF-1.7", b"<link"])
def test_what_is_no_page_names_no_feed(html: bytes) -> None:
    assert find_feeds(html, "text/html; charset=klingon", URL) == ()


def test_h18_a_deep_page_is_no_trouble() -> None:
    began = time.process_time()
    html = page(link("/rss") + "</head><body>" + "<div>" * 200_000)

    assert find_feeds(html, "", URL) == ("http://a.example/rss",)
    assert time.process_time() - began < 2


def test_f47_without_links_a_few_usual_places_are_left() -> None:
    assert usual_feeds("http://a.example/home/") == (
        "http://a.example/feed",
        "http://a.example/rss",
        "http://a.example/rss.xml",
        "http://a.example/atom.xml",
        "http://a.example/feed.json",
        "http://a.example/index.xml",
    )
