from __future__ import annotations

import json
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import feedparser
import pytest

from tests.web import texts
from tests.web.paper import SITE, Paper
from wirecopy.web import syndicate
from wirecopy.web.views_feed import FeedPage

ATOM = "{http://www.w3.org/2005/Atom}"
NAMES = ("front", "section/world", f"story/{texts.DAM}", "publisher/harbourpost.example")
DISCLAIMER = "neither created nor edited by The Test Sheet. Publisher: "


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("format", ["atom", "rss", "json"])
def test_every_item_ends_with_the_disclaimer(paper: Paper, name: str, format: str) -> None:
    answer = paper.get(f"/feeds/{name}.{format}")
    assert answer.status == 200
    if format == "json":
        contents = [item["content_html"] for item in answer.json["items"]]
    else:
        read = feedparser.parse(answer.body)
        assert not read.bozo
        contents = [
            entry.content[0].value if "content" in entry else entry.summary
            for entry in read.entries
        ]
    assert contents
    for content in contents:
        last = content.rstrip().rsplit("<p>", 1)[1]
        assert DISCLAIMER in last


@pytest.mark.parametrize("name", NAMES)
def test_atom_names_the_origin_of_every_entry(paper: Paper, name: str) -> None:
    feed = paper.get(f"/feeds/{name}.atom").xml
    for entry in feed.iter(f"{ATOM}entry"):
        assert entry.find(f"{ATOM}source/{ATOM}title") is not None
        links = {link.get("rel"): link.get("href") or "" for link in entry.findall(f"{ATOM}link")}
        assert links["alternate"].startswith(f"{paper.base}/a/")
        assert ".example/" in links["via"]


def test_atom_follows_rfc_4287(paper: Paper) -> None:
    answer = paper.get("/feeds/front.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = answer.xml
    assert feed.findtext(f"{ATOM}id") == f"{paper.base}/feeds/front.atom"
    assert feed.findtext(f"{ATOM}title") == "The Test Sheet"
    first = feed.find(f"{ATOM}entry")
    assert first is not None
    assert first.findtext(f"{ATOM}title") == (
        "‘The sums told us to’: a valley leaves in the dark as the Kestrel dam opens"
    )
    assert first.findtext(f"{ATOM}published") == "2026-11-23T12:34:00Z"
    assert first.findtext(f"{ATOM}updated") == "2026-11-23T13:21:00Z"  # when its words changed
    assert first.findtext(f"{ATOM}source/{ATOM}id") == "https://harbourpost.example/feeds/world.xml"
    for entry in feed.iter(f"{ATOM}entry"):
        for needed in ("id", "title", "updated", "author", "content"):
            assert entry.find(f"{ATOM}{needed}") is not None


def test_a_withdrawn_article_leaves_a_tombstone(paper: Paper) -> None:
    feed = paper.get("/feeds/publisher/valleyobserver.example.atom").xml
    (gone,) = feed.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert gone.get("ref") == f"{paper.base}/a/{texts.GONE}"
    assert gone.get("when") == "2026-11-23T05:52:00Z"
    other = paper.get("/feeds/publisher/nordkurier.example.atom").body
    assert b"deleted-entry" not in other


def test_rss_names_the_source_and_keeps_text_for_full_mode(paper: Paper) -> None:
    root = paper.get(f"/feeds/story/{texts.DAM}.rss").xml
    encoded = "{http://purl.org/rss/1.0/modules/content/}encoded"
    whole = {item.findtext("guid", "").rpartition("/")[2]: item for item in root.iter("item")}
    assert whole[texts.DAM_LEAD].find(encoded) is not None
    assert whole[texts.PAYWALLED].find(encoded) is None
    assert whole[texts.EXCERPT].find(encoded) is None
    source = whole[texts.DAM_LEAD].find("source")
    assert source is not None
    assert (source.text, source.get("url")) == (
        "The Harbour Post",
        "https://harbourpost.example/feeds/world.xml",
    )
    assert {guid.get("isPermaLink") for guid in root.iter("guid")} == {"false"}


def test_json_feed_carries_mode_hash_and_story(paper: Paper) -> None:
    answer = paper.get("/feeds/front.json")
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    feed = answer.json
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    first = feed["items"][0]
    assert first["external_url"] == "https://harbourpost.example/world/0000000000a2"
    assert first["authors"] == [{"name": "Ines Arda"}, {"name": "Col Brennan"}]
    assert first["language"] == "en"
    ours = first["_wirecopy"]
    assert ours["mode"] == "full"
    assert len(ours["sha256"]) == 64
    assert ours["story"] == f"{paper.base}/s/{texts.DAM}"
    assert ours["disclaimer"].endswith("Publisher: harbourpost.example")


def test_feeds_hold_the_blocks_of_the_text(paper: Paper) -> None:
    (item,) = (
        one
        for one in paper.get(f"/feeds/story/{texts.DAM}.json").json["items"]
        if one["id"].endswith(texts.DAM_LEAD)
    )
    assert "<h2>A warning from two years ago</h2>" in item["content_html"]
    assert (
        "<ul><li>readings on the hour, at the town hall of Lower Arden;</li>"
        in (item["content_html"])
    )


def test_unknown_feeds_are_not_found(paper: Paper) -> None:
    for address in ("/feeds/front.xml", "/feeds/story/none.atom", "/feeds/section/gossip.rss"):
        assert paper.get(address).status == 404


def test_a_merged_storys_feed_is_followed(paper: Paper) -> None:
    answer = paper.get("/feeds/story/00000000aaaa.atom")
    assert answer.status == 301
    assert answer.headers["location"] == f"/feeds/story/{texts.DAM}.atom"


def test_opml_lists_every_feed_we_read(paper: Paper) -> None:
    root = paper.get("/opml").xml
    assert root.tag == "opml"
    feeds = [one.get("xmlUrl") for one in root.iter("outline") if one.get("xmlUrl")]
    assert len(feeds) == 8
    assert feeds[0] == "https://harbourpost.example/feeds/world.xml"


def test_characters_that_xml_forbids_are_left_out() -> None:
    page = FeedPage(
        title="a\x00b\x0bc\ufffe & <d>",
        name="front",
        home="/",
        updated=datetime(2026, 11, 23, tzinfo=UTC),
        items=(),
        gone=(),
    )
    for format in ("atom", "rss"):
        root = ET.fromstring(syndicate.write(page, format, SITE, "http://x.example"))
        assert root.findtext(".//{*}title") == "abc & <d>"
    assert json.loads(syndicate.write(page, "json", SITE, "http://x.example"))["items"] == []
