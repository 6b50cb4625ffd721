"""What every answer keeps to: headers, tags, packing, errors."""

from __future__ import annotations

import contextlib
import gzip
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web import seed, texts
from tests.web.paper import Paper, serving
from wirecopy.store import schema
from wirecopy.store.db import open_store

ADDRESSES = ("/", f"/a/{texts.DAM_LEAD}", "/nothing", "/static/site.css", "/api/edition", "/opml")


@pytest.mark.parametrize("address", ADDRESSES)
def test_h10_h12_every_answer_allows_nothing_from_elsewhere(paper: Paper, address: str) -> None:
    headers = paper.get(address).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "script-src" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


@pytest.mark.parametrize("address", ["/", f"/s/{texts.DAM}", "/feeds/front.atom", "/api/stories"])
def test_what_did_not_change_is_not_sent_again(paper: Paper, address: str) -> None:
    first = paper.get(address)
    again = paper.get(address, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_pages_are_packed_for_those_who_can_unpack(paper: Paper) -> None:
    plain = paper.get("/")
    packed = paper.get("/", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body
    assert paper.get("/", If_None_Match=packed.headers["etag"]).status == 304


def test_fonts_are_served_by_the_site_and_kept(paper: Paper) -> None:
    styles = paper.get("/static/site.css").body.decode()
    fonts = {part.split(")")[0] for part in styles.split("url(")[1:]}
    assert len(fonts) == 9
    for font in fonts:
        answer = paper.get(f"/static/{font}")
        assert answer.status == 200
        assert len(answer.body) < 60_000
        assert answer.headers["cache-control"] == "public, max-age=31536000"


def test_licences_of_the_type_are_served(paper: Paper) -> None:
    for link in paper.get("/about").page.xpath("//a[contains(@href, 'OFL')]/@href"):
        assert b"SIL OPEN FONT LICENSE" in paper.get(link).body


def test_a_page_that_is_not_there_looks_like_the_newspaper(paper: Paper) -> None:
    answer = paper.get("/nothing")
    assert answer.status == 404
    assert answer.words("//h1") == ["There is nothing here"]
    assert answer.words("//p[@class='mast-name']") == ["The Test Sheet"]


def test_other_methods_are_refused(paper: Paper) -> None:
    answer = paper.get("/", method="POST")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]


def test_head_is_answered_without_a_body(paper: Paper) -> None:
    answer = paper.get("/", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


def test_a_strange_host_name_is_not_written_into_pages(paper: Paper) -> None:
    answer = paper.get("/feeds/front.atom", Host='x"><script>')
    assert b"script" not in answer.body


def test_robots_are_told_that_a_private_site_is_private(paper: Paper) -> None:
    assert paper.get("/robots.txt").body == b"User-agent: *\nDisallow: /\n"


def test_a_fault_of_ours_has_a_page_too(tmp_path: Path) -> None:
    with serving(tmp_path) as paper:
        with contextlib.closing(sqlite3.connect(tmp_path / "wirecopy.db")) as file:
            file.execute("DROP TABLE stories")
        answer = paper.get("/")
        assert answer.status == 500
        assert answer.words("//h1") == ["Something broke here"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert b"stories" not in answer.body  # nothing of our insides
        told = paper.get("/api/edition")
        assert told.status == 500
        assert told.headers["content-type"] == "application/problem+json"
        assert told.headers["x-content-type-options"] == "nosniff"


def test_a_new_article_shows_at_once(tmp_path: Path) -> None:
    with serving(tmp_path) as paper:
        before = paper.get("/api/edition").headers["etag"], paper.get("/").headers["etag"]
        with open_store(paper.url) as store, store.begin() as c:
            c.execute(schema.editions.delete())
            newer = seed.NOW + timedelta(minutes=15)
            c.execute(schema.editions.insert().values(id=99, at=newer, section="", ranking=[]))
        time.sleep(0.6)  # a page believes the store's version for half a second
        after = paper.get("/api/edition").headers["etag"], paper.get("/").headers["etag"]
        assert before[0] != after[0]
        assert before[1] != after[1]
