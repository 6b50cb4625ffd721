"""OPML: lists of others are read with care, ours can be read by others."""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from wirecopy import opml
from wirecopy.errors import ConfigError
from wirecopy.model import Basis, BasisKind, Feed, Mode, Publisher, PublisherId


def read(body: bytes) -> opml.Outlines:
    return opml.read(body, "list.opml, imported 2026-11-23")


def wrapped(outlines: str, head: str = "") -> bytes:
    return f'{head}<opml version="2.0"><body>{outlines}</body></opml>'.encode()


def test_a_list_of_feeds_in_folders() -> None:
    found = read(
        wrapped(
            '<outline text="World"><outline type="rss" text="The Example" '
            'xmlUrl="https://example.org/feed" htmlUrl="https://www.example.org/" '
            'language="en-GB"/>'
            '<outline type="rss" title="दूसरा" xmlUrl="https://second.example.in/rss"/></outline>'
        )
    )

    first, second = found.publishers
    assert first == Publisher(
        id=PublisherId("example.org"),
        name="The Example",
        home="https://www.example.org/",
        domains=(PublisherId("example.org"),),
        language="en",
        feeds=(
            Feed(
                url="https://example.org/feed",
                publisher=PublisherId("example.org"),
                section="world",
                listed_in="list.opml, imported 2026-11-23",
            ),
        ),
    )
    assert (second.id, second.name, second.home) == (
        "second.example.in",
        "दूसरा",
        "https://second.example.in/",
    )
    assert found.dropped == 0


def test_the_home_pages_name_wins_over_a_feed_services() -> None:
    found = read(
        wrapped(
            '<outline text="A" xmlUrl="https://feeds.feedservice.example/a" '
            'htmlUrl="https://www.a.example/"/>'
        )
    )

    assert found.publishers[0].id == "a.example"


def test_feeds_of_one_publisher_come_together_and_doubles_are_dropped() -> None:
    found = read(
        wrapped(
            '<outline text="A" xmlUrl="https://a.example/1" category="/news/Sport,other"/>'
            '<outline text="A" xmlUrl="https://a.example/2"/>'
            '<outline text="A" xmlUrl="https://a.example/1"/>'
        )
    )

    (publisher,) = found.publishers
    assert [(feed.url, feed.section) for feed in publisher.feeds] == [
        ("https://a.example/1", "sport"),
        ("https://a.example/2", ""),
    ]
    assert found.dropped == 1


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://a.example/feed",
        "https://me:pw@a.example/feed",
        "https://127.0.0.1/feed",
        "https://[::1]/feed",
        "",
        "feed",
    ],
)
def test_h42_an_address_that_is_not_of_the_web_is_dropped(url: str) -> None:
    found = read(wrapped(f'<outline text="A" xmlUrl="{url}"/>'))

    assert found.publishers == ()
    assert found.dropped == 1


def test_f54_one_feed_at_several_addresses_is_one_subscription() -> None:
    found = read(
        wrapped(
            '<outline text="A" xmlUrl="https://www.a.example/feed/"/>'
            '<outline text="A" xmlUrl="http://a.example/feed"/>'
            '<outline text="A" xmlUrl="https://A.example:443/feed?utm_source=opml"/>'
        )
    )

    (publisher,) = found.publishers
    assert [feed.url for feed in publisher.feeds] == ["https://www.a.example/feed/"]
    assert found.dropped == 2


def test_bare_ampersands_are_forgiven() -> None:
    found = read(wrapped('<outline text="News & Views" xmlUrl="https://a.example/f?a=1&b=2"/>'))

    assert found.publishers[0].feeds[0].url.startswith("https://a.example/f?a=1")


def test_utf_16_is_read() -> None:
    body = (
        '<?xml version="1.0" encoding="UTF-16"?><opml version="1.0"><body>'
        '<outline text="Žurnál" xmlUrl="https://a.example/f"/></body></opml>'
    ).encode("utf-16")

    assert read(body).publishers[0].name == "Žurnál"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
REFUSED = {
    "entities that grow": (
        wrapped(
            '<outline text="&l11;" xmlUrl="https://a.example/f"/>',
            f'<!DOCTYPE opml [<!ENTITY l0 "lol">{LAUGHS}]>',
        ),
        "declares entities",
    ),
    "an entity that reads a file": (
        wrapped(
            '<outline text="&x;" xmlUrl="https://a.example/f"/>',
            '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        ),
        "declares entities",
    ),
    "entities behind another encoding": (
        wrapped("<outline/>", '<?xml version="1.0" encoding="UTF-7"?>'),
        "in an encoding that is not read",
    ),
    "an element with 100,000 attributes": (
        wrapped("<outline " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>"),
        "an element of more than 64 KB",
    ),
    "a million outlines": (wrapped("<outline/>" * 1_000_000), "more than 100,000 outlines"),
    "a page": (b"<html><body>no</body></html>", "is not OPML"),
    "nothing": (b"", "is not XML"),
    "noise": (b"\x00\x01\x02", "is not XML"),
    "too much": (b"<opml>" + b" " * 20_000_001, "is larger than 20 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_h42_a_hostile_list_is_refused_quickly(case: str) -> None:
    body, words = REFUSED[case]
    began = time.process_time()

    with pytest.raises(ConfigError, match=words):
        read(body)

    assert time.process_time() - began < 5


def test_h42_a_list_that_includes_itself_is_read_once() -> None:
    found = read(
        wrapped(
            '<outline type="include" text="Again" url="http://a.example/list.opml"/>'
            '<outline type="link" text="More" url="http://a.example/more.opml"/>'
            '<outline text="A" xmlUrl="https://a.example/f"/>'
        )
    )

    assert [feed.url for one in found.publishers for feed in one.feeds] == ["https://a.example/f"]


def test_h42_10_000_levels_are_bounded() -> None:
    tracemalloc.start()
    deep = "<outline>" * 10_000 + '<outline text="A" xmlUrl="https://a.example/f"/>'
    try:
        found = read(wrapped(deep + "</outline>" * 10_000))
    except ConfigError:
        found = opml.Outlines(publishers=(), dropped=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found.publishers == ()
    assert peak < 20_000_000


EXAMPLE = Publisher(
    id=PublisherId("example.org"),
    name='The "Example" & Söhne',
    home="https://www.example.org/",
    domains=(PublisherId("example.org"),),
    country="DE",
    language="de",
    basis=Basis(
        kind=BasisKind.LICENCE,
        mode=Mode.FULL,
        licence="CC BY 4.0",
        evidence="You may.",
        evidence_url="https://example.org/terms",
        recorded=date(2026, 1, 31),
    ),
    feeds=(
        Feed(
            url="https://example.org/feed?a=1&b=2",
            publisher=PublisherId("example.org"),
            section="politics",
            language="de",
        ),
    ),
)


def test_what_is_exported_another_reader_reads() -> None:
    body = opml.write([EXAMPLE], "Sources", datetime(2026, 11, 23, 12, 0, tzinfo=UTC))

    root = ElementTree.fromstring(body)
    assert root.attrib == {"version": "2.0"}
    assert root.findtext("head/dateCreated") == "Mon, 23 Nov 2026 12:00:00 GMT"
    (feed,) = root.findall("body/outline/outline")
    assert feed.attrib["type"] == "rss"
    assert feed.attrib["xmlUrl"] == "https://example.org/feed?a=1&b=2"
    assert feed.attrib["htmlUrl"] == "https://www.example.org/"
    assert feed.attrib["category"] == "/politics"
    assert feed.attrib["{urn:x-wirecopy:opml}policy"] == "full"
    assert feed.attrib["{urn:x-wirecopy:opml}evidence"] == "https://example.org/terms"


def test_without_a_basis_the_policy_exported_is_link() -> None:
    plain = Publisher(id=PublisherId("a.org"), name="A", home="https://a.org/", feeds=EXAMPLE.feeds)

    assert b'wirecopy:policy="link"' in opml.write([plain], "", datetime(2026, 1, 1, tzinfo=UTC))


def test_what_is_exported_can_be_imported_but_for_the_basis() -> None:
    body = opml.write([EXAMPLE], "Sources", datetime(2026, 11, 23, tzinfo=UTC))

    (publisher,) = read(body).publishers

    assert publisher.name == EXAMPLE.name
    assert publisher.id == EXAMPLE.id
    assert publisher.country == "DE"
    assert publisher.basis == Basis()  # a list grants no rights
    assert [(feed.url, feed.section) for feed in publisher.feeds] == [
        ("https://example.org/feed?a=1&b=2", "politics")
    ]
