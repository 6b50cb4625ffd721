"""A publisher that writes markup, controls and line breaks into everything, up to the reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.conformance.server import page, status
from tests.path.press import BRIDGE, BRIDGE_TEXT, FEED, FERRY, FERRY_TEXT, HOST, Press, article
from tests.web.paper import Answer, Paper, serving
from wirecopy.store.db import Store, open_store
from wirecopy.web.site import Site

HTML = ("Content-Type", "text/html; charset=utf-8")
ATTACK = "<script>alert(1)</script><img src=//evil.example/p.gif onerror=alert(1)>"
WORDS = "Ferry “stays” & ]]> stops"
LOUD = f"{WORDS} {ATTACK}\r\nX-Forged: 1\x00\x08\x1b[31m"
XML_LOUD = "".join(c for c in LOUD if c >= " " or c in "\r\n").replace("&", "&amp;").replace(
    "<", "&lt;"
)  # fmt: skip
LEADS = '<a href="javascript:alert(1)">here</a> <a href="http://evil.example/x">there</a>'


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    """The newspaper that comes of such a publisher."""
    import asyncio

    folder = tmp_path_factory.mktemp("hostile")
    asyncio.run(_gather(folder))
    url = f"sqlite:///{folder / 'wirecopy.db'}"
    site = Site(name="Test", base_url="http://127.0.0.1:8000", contact="a@b.example")
    with serving(folder, site, url=url, empty=True) as running:
        yield running


async def _gather(folder: Path) -> None:
    async with Press(folder) as press:
        entry = (
            f"<item><title>{XML_LOUD}</title><link>{FERRY}</link><author>{XML_LOUD}</author>"
            f"<category>{XML_LOUD}</category><description>{XML_LOUD}</description></item>"
            f"<item><title>{XML_LOUD}</title><link>{BRIDGE}</link></item>"
        )
        body = f"<rss><channel><title>{XML_LOUD}</title>{entry}</channel></rss>".encode()
        press.put(FEED, page(body, ("Content-Type", "application/rss+xml")))
        shown = WORDS.replace("&", "&amp;")
        text = article(
            shown,
            (*FERRY_TEXT, f"{BRIDGE_TEXT[0]} {LEADS} {ATTACK}", "Below &lt;script&gt; & more."),
            head=f'<meta name="author" content="{ATTACK.replace("<", "&lt;")}">',
        )
        press.put(FERRY, page(text, HTML))
        press.put(BRIDGE, status(403))
        await press.run()


def pages(paper: Paper) -> list[str]:
    """Every page that a reader can come to from the front page."""
    found, left = ["/"], ["/"]
    while left:
        answer = paper.get(left.pop())
        if "text/html" not in answer.headers["content-type"]:
            continue
        for href in answer.page.xpath("//a/@href"):
            if href.startswith("/") and href not in found:
                found.append(href)
                left.append(href)
    return found


def live(answer: Answer) -> list[str]:
    """What a browser would run or load of a page."""
    found = []
    for element in answer.page.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in ("iframe", "object", "embed", "base", "form") and (
            element.tag != "form" or not element.get("action", "").startswith("/")
        ):
            found.append(element.tag)
        if element.tag == "script" and element.get("type") != "application/ld+json":
            found.append("script")
        for name, value in element.attrib.items():
            if name.startswith("on") or value.strip().lower().startswith(("javascript:", "data:")):
                found.append(f"{element.tag} {name}={value}")
            if name in ("src", "srcset", "poster", "background") and not value.startswith("/"):
                found.append(f"{element.tag} {name}={value}")
    return found


def test_h01_h10_h13_no_page_runs_or_loads_anything_of_theirs(paper: Paper) -> None:
    found = pages(paper)
    assert any(path.startswith("/a/") for path in found)
    for path in found:
        answer = paper.get(path)
        if "text/html" in answer.headers["content-type"]:
            assert live(answer) == [], path
            assert b"X-Forged" not in repr(answer.headers).encode()
            assert not any(byte < 32 and byte not in b"\t\n\r" for byte in answer.body), path


def test_h11_the_publishers_page_is_never_served_from_our_origin(paper: Paper) -> None:
    for path in pages(paper):
        answer = paper.get(path)
        if "text/html" in answer.headers["content-type"]:
            assert b"<footer>The Harbour, Quay 1</footer>" not in answer.body, path
            assert answer.page.xpath("//iframe | //frame | //object | //embed") == [], path
    for path in ("/a/../archive", "/archive/", "/warc", f"/{HOST}/ferry", "/static/../archive"):
        assert paper.get(path).status == 404


@pytest.mark.parametrize("path", ["/", "/nothing", "/feeds/front.atom", "/api/articles", "/opml"])
def test_h12_every_answer_of_ours_forbids_what_it_does_not_need(paper: Paper, path: str) -> None:
    headers = paper.get(path).headers
    policy = headers["content-security-policy"]

    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_h13_feeds_and_json_carry_the_words_and_nothing_else(paper: Paper) -> None:
    for format_ in ("atom", "rss"):
        for element in ET.fromstring(paper.get(f"/feeds/front.{format_}").body).iter():
            assert element.tag.rpartition("}")[2] not in ("script", "img")
    for path in ("/feeds/front.json", "/api/articles", "/api/sources"):
        told = paper.get(path)
        json.loads(told.body)
        assert "<script" not in told.body.decode()
    titles = [one["title"] for one in json.loads(paper.get("/feeds/front.json").body)["items"]]
    assert WORDS in titles


def test_h41_no_address_of_ours_leads_on_to_where_it_is_told(paper: Paper) -> None:
    for path in (
        "//evil.example/",
        "/\\evil.example/",
        "/https://evil.example/",
        "/?next=https://evil.example/",
        "/a/x?url=https://evil.example/",
        "/s/%0d%0aLocation:%20https://evil.example/",
        "/api/stories/x?redirect=https://evil.example/",
    ):
        answer = paper.get(path)
        assert "evil.example" not in answer.headers.get("location", ""), path
        assert answer.status in (200, 400, 404), path


def store_of(paper: Paper) -> Store:
    return open_store(paper.url, read_only=True)


def test_h02_only_addresses_of_the_web_are_stored(paper: Paper) -> None:
    with store_of(paper) as store, store.connect() as c:
        for table in ("articles", "entries", "citations"):
            urls = [row[0] for row in c.exec_driver_sql(f"SELECT url FROM {table}") if row[0]]
            assert urls, table
            assert all(url.startswith(("http://", "https://")) for url in urls)
