"""What feeds say, in every format, and what hostile ones cannot do."""

from __future__ import annotations

import json
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stages.cases import cases
from wirecopy.model import Entry, FeedReading, Held
from wirecopy.stages.feeds import read_feed
from wirecopy.stages.feeds_bounds import MAX_ENTRIES, bound

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "http://a.example/feed.xml"
FOLDER = Path(__file__).parents[1] / "cases" / "feeds"

HEAD = (
    b'<?xml version="1.0"?><rss version="2.0"><channel>'
    b"<title>The Tester</title><link>http://a.example/</link>"
)
TAIL = b"</channel></rss>"
ONE = b"<item><title>One</title><link>http://a.example/1</link></item>"


def read(body: bytes, content_type: str = "application/rss+xml", url: str = URL) -> FeedReading:
    reading = read_feed(body, content_type, url, AT)
    assert isinstance(reading, FeedReading), reading
    return reading


def held(body: bytes, content_type: str = "application/rss+xml") -> Held:
    found = read_feed(body, content_type, URL, AT)
    assert isinstance(found, Held), found
    return found


def item(inside: bytes) -> bytes:
    return b"<item><title>Two</title><link>http://a.example/2</link>" + inside + b"</item>"


def titled(title: bytes) -> bytes:
    return HEAD + b"<item><title>" + title + b"</title><link>/1</link></item>" + TAIL


def urls(reading: FeedReading) -> list[str]:
    return [entry.url for entry in reading.entries]


# ---------------------------------------------------------------- formats


@pytest.mark.parametrize("case", cases("feeds", "cases"))
def test_a_feed_is_read_as_written(case: dict[str, Any]) -> None:
    body = (FOLDER / case["file"]).read_bytes()
    reading = read(body, case.get("content_type", ""), case.get("url", URL))

    expected = case["reading"]
    for name in ("title", "home", "language", "format", "ttl_seconds", "dropped"):
        if name in expected:
            assert getattr(reading, name) == expected[name], name
    assert len(reading.entries) == len(expected["entries"])
    for entry, wanted in zip(reading.entries, expected["entries"], strict=True):
        assert _told(entry, wanted) == wanted


def _told(entry: Entry, wanted: dict[str, Any]) -> dict[str, Any]:
    told = json.loads(json.dumps({name: getattr(entry, name) for name in wanted}, default=str))
    assert isinstance(told, dict)
    return told


def test_f36_the_content_type_decides_nothing() -> None:
    for content_type in ("", "text/html", "text/plain", "image/png", "application/octet-stream"):
        assert urls(read(HEAD + ONE + TAIL, content_type)) == ["http://a.example/1"]


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><head><title>News</title></head><body></body></html>",
        b"\n\n<html lang=en><p>News",
        b"<!-- a page --><!doctype html>",
    ],
)
def test_f36_a_page_is_not_a_feed_and_says_where_to_look(body: bytes) -> None:
    found = held(body, "application/rss+xml")

    assert found.reason == "not-a-feed"
    assert "wirecopy add" in found.detail


def test_f36_a_page_where_a_feed_should_be_tells_the_feed_it_names() -> None:
    page = b'<!doctype html><head><link rel=alternate type=application/rss+xml href="/rss">'

    assert held(page, "text/xml").detail == (
        "It is an HTML page that names the feed http://a.example/rss."
    )


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"\x89PNG\r\n", b"{}", b"[1]", b'{"items": 3}', b"<svg></svg>", b"{"]
)
def test_what_is_no_feed_is_held(body: bytes) -> None:
    assert held(body).reason == "not-a-feed"


def test_a_feed_after_a_servers_warnings_is_read() -> None:
    body = b"<br />\n<b>Warning</b>: include() failed\n" + HEAD + ONE + TAIL

    assert urls(read(body)) == ["http://a.example/1"]


def test_f51_old_news_of_a_news_sitemap_is_ignored() -> None:
    def news(when: datetime) -> bytes:
        return (
            f"<url><loc>http://a.example/{when:%H%d}</loc><n:news><n:title>T</n:title>"
            f"<n:publication_date>{when.isoformat()}</n:publication_date></n:news></url>"
        ).encode()

    body = (
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        b' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        + news(AT - timedelta(hours=3))
        + news(AT - timedelta(days=3))
        + b"</urlset>"
    )
    reading = read(body)

    assert urls(reading) == ["http://a.example/0902"]
    assert (reading.format, reading.dropped) == ("news-sitemap", 1)


def test_f50_a_sitemap_speaks_for_its_own_site_only() -> None:
    body = (
        b"<urlset><url><loc>http://b.example/1</loc></url><url><loc>http://www.a.example/2</loc>"
        b"</url><url><loc>javascript:alert(1)</loc></url></urlset>"
    )

    assert urls(read(body)) == ["http://www.a.example/2"]


def rows(count: int, end: bytes = b"</urlset>") -> bytes:
    one = b"<url><loc>http://a.example/%d</loc><lastmod>2026-03-02</lastmod></url>"
    return b"<urlset>" + b"".join(one % number for number in range(count)) + end


def test_f50_fifty_thousand_rows_of_a_sitemap_are_read_and_no_more() -> None:
    whole = read(rows(50_000))
    assert (len(whole.entries), whole.dropped, whole.format) == (50_000, 0, "sitemap")
    more = read(rows(50_010))
    assert (len(more.entries), more.dropped) == (50_000, 10)


def test_f50_a_sitemap_cut_short_or_past_its_bytes_says_so() -> None:
    assert read(rows(3, end=b"<url><loc>")).fault == "the feed breaks off"
    assert held(rows(3, end=b" " * 15_000_000 + b"</urlset>")).reason == "too-large"


# ---------------------------------------------------------------- words and addresses


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (b"Rain &amp;amp; shine", "Rain & shine"),
        (b"<![CDATA[Rain &amp; shine]]>", "Rain & shine"),
        (b"Rain &amp; shine", "Rain & shine"),
        (
            b"\xe2\x80\x9cIt\xe2\x80\x99s \xe2\x80\x93 rain\xe2\x80\x9d\xe2\x80\xa6",
            "“It’s – rain”…",
        ),
        (b'"It\'s - rain"...', '"It\'s - rain"...'),
        (b"5 &lt; 7 and 7 &gt; 5", "5 < 7 and 7 > 5"),
        (b"  two\n lines\t ", "two lines"),
        (b"<![CDATA[<b>Rain</b> in <i>Tester</i>]]>", "Rain in Tester"),
        (b"soft\xc2\xadhyphen", "soft\xadhyphen"),
        (b"caf\xc3\xa9 ne\xcc\x81", "caf\u00e9 ne\u0301"),
    ],
)
def test_a_title_is_plain_text_and_its_words_are_untouched(written: bytes, plain: str) -> None:
    assert read(titled(written)).entries[0].title == plain


@pytest.mark.parametrize(
    "written",
    [
        b"<![CDATA[Rain<script>alert(1)</script>]]>",
        b"Rain&lt;script&gt;alert(1)&lt;/script&gt;",
        b"<![CDATA[<img src=x onerror=alert(1)>Rain]]>",
        b"<![CDATA[<svg onload=alert(1)>Rain</svg>]]>",
        b"<![CDATA[<style>@import 'x'</style>Rain]]>",
    ],
)
def test_h01_markup_in_a_title_is_never_markup(written: bytes) -> None:
    assert read(titled(written)).entries[0].title == "Rain"


def test_h01_markup_written_out_stays_words() -> None:
    title = read(titled(b"How &amp;lt;script&amp;gt; works")).entries[0].title

    assert title == "How <script> works"  # plain text: whoever shows it, escapes it


@pytest.mark.parametrize(
    "link",
    [
        b"javascript:alert(1)",
        b"JaVaScRiPt:alert(1)",
        b"java&#10;script:alert(1)",
        b"&#1;javascript:alert(1)",
        b"data:text/html,x",
        b"vbscript:x",
        b"file:///etc/passwd",
        b"ftp://a.example/x",
        b"http://user:secret@a.example/",
        b"http://",
        b"http://[::1",
        b"",
    ],
)
def test_h02_entries_without_a_usable_address_are_dropped_and_counted(link: bytes) -> None:
    body = HEAD + b"<item><title>Bad</title><link>" + link + b"</link></item>" + ONE + TAIL
    reading = read(body)

    assert all(url.startswith("http://a.example/") for url in urls(reading))
    assert "http://a.example/1" in urls(reading)
    assert len(reading.entries) + reading.dropped == 2


def test_relative_addresses_are_made_whole() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b.example/news/">'
        b'<title>T</title><entry><title>One</title><link href="../1.html"/></entry></feed>'
    )

    assert urls(read(body)) == ["http://b.example/1.html"]
    assert urls(read(titled(b"x"), url="http://a.example/dir/feed")) == ["http://a.example/1"]


def test_where_a_counter_stands_between_the_page_itself_is_meant() -> None:
    spaces = b'<rss xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"><channel>'
    one = b"<item><link>http://counter.example/~r/1</link><f:origLink>%s</f:origLink></item>"

    assert urls(read(spaces + one % b"http://a.example/1" + TAIL)) == ["http://a.example/1"]
    assert urls(read(spaces + one % b"javascript:x" + TAIL)) == ["http://counter.example/~r/1"]


def test_h21_characters_that_nothing_can_show_are_removed() -> None:
    title = (
        read(titled(b"Ra\x08in &#0;&#xD800;&#xFFFE;\xef\xbf\xbe\x7f\x00 falls")).entries[0].title
    )

    title.encode("utf-8")
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in title)
    assert "\ufffe" not in title
    assert title.startswith("Rain")
    assert title.endswith("falls")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (titled("Zürich".encode()), "application/xml"),
        (titled("Zürich".encode("latin-1")).replace(b"?>", b' encoding="iso-8859-1"?>', 1), ""),
        (titled("Zürich".encode("cp1252")), "application/rss+xml; charset=windows-1252"),
        (b"\xef\xbb\xbf" + titled("Zürich".encode()), "application/xml"),
        (titled("Zürich".encode()).decode().encode("utf-16"), "application/xml"),
        (titled("Zürich".encode()).decode().encode("utf-16-be"), "application/xml"),
        (titled("Zürich".encode()).decode().encode("utf-32"), "text/xml; charset=utf-32"),
        (titled("Zürich".encode()).replace(b"?>", b' encoding="utf-16"?>', 1), "application/xml"),
    ],
)
def test_h22_every_honest_charset_is_read(body: bytes, content_type: str) -> None:
    assert read(body, content_type).entries[0].title == "Zürich"


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        # The mark at the beginning is believed before header and declaration.
        (b"\xef\xbb\xbf" + titled("Zürich".encode()), "text/xml; charset=iso-8859-1", "Zürich"),
        (
            b"\xef\xbb\xbf"
            + titled("Zürich".encode()).replace(b"?>", b' encoding="windows-1251"?>', 1),
            "",
            "Zürich",
        ),
        # Then the header (RFC 7303, 3.2), and then what fits the bytes.
        (
            titled("Zürich".encode()).replace(b"?>", b' encoding="iso-8859-1"?>', 1),
            "application/xml; charset=utf-8",
            "Zürich",
        ),
        (titled(b"\x93Z\xfcrich\x94"), "application/xml; charset=utf-8", "“Zürich”"),
        (titled(b"\x93Z\xfcrich\x94"), "", "“Zürich”"),
        (titled("Zürich".encode()), "text/xml; charset=klingon", "Zürich"),
        (titled("東京".encode("shift_jis")), "text/xml; charset=Shift_JIS", "東京"),
    ],
)
def test_h22_what_is_said_of_the_bytes_may_be_a_lie(
    body: bytes, content_type: str, title: str
) -> None:
    assert read(body, content_type).entries[0].title == title


@pytest.mark.parametrize(
    "name",
    ["unicode_escape", "raw-unicode-escape", "punycode", "idna", "rot13", "hex", "undefined"],
)
@pytest.mark.parametrize("where", ["header", "declaration"])
def test_h22_what_is_a_codec_and_no_charset_is_not_believed(name: str, where: str) -> None:
    body = titled(b"a \\ud800 b")
    if where == "declaration":
        body = body.replace(b"?>", f' encoding="{name}"?>'.encode(), 1)
    header = f"text/xml; charset={name}" if where == "header" else ""

    assert read(body, header).entries[0].title == "a \\ud800 b"


def test_h22_ebcdic_is_read() -> None:
    body = titled("Zürich".encode()).decode().replace("?>", ' encoding="cp037"?>', 1)

    assert read(body.encode("cp037"), "text/xml; charset=cp037").entries[0].title == "Zürich"


@pytest.mark.parametrize("where", ["header", "declaration"])
def test_h22_utf_7_is_never_believed(where: str) -> None:
    body = titled(b"+ADw-script+AD4-")
    if where == "declaration":
        body = body.replace(b"?>", b' encoding="UTF-7"?>', 1)
    content_type = "application/xml; charset=utf-7" if where == "header" else "application/xml"

    assert read(body, content_type).entries[0].title == "+ADw-script+AD4-"


# ---------------------------------------------------------------- times


@pytest.mark.parametrize(
    "date",
    [
        b"Mon, 01 Jan 0001 00:00:00 GMT",
        b"Thu, 01 Jan 1970 00:00:00 GMT",
        b"0001-01-01T00:00:00Z",
        b"Wed, 04 Mar 2026 12:00:00 GMT",
        b"9999-12-31T23:59:59Z",
        b"Mon, 02 Mar 2026 08:00:00 +9999",
        b"0000-00-00T00:00:00Z",
        b"Mon, 02 Mar 2026 08:00:00 +99:99",
        b"Mon, 02 Mar 70 08:00:00 GMT",
        b"9" * 5000,
        b"yesterday",
        b"",
    ],
)
def test_h26_absurd_dates_are_no_dates(date: bytes) -> None:
    body = HEAD + item(b"<pubDate>" + date + b"</pubDate>") + TAIL

    published = read(body).entries[0].published
    assert published is None or abs(AT - published) < timedelta(days=30)  # "+9999" may be mended


def test_h26_a_year_of_two_digits_is_one_of_ours() -> None:
    body = HEAD + item(b"<pubDate>Sun, 01 Mar 26 08:00:00 GMT</pubDate>") + TAIL

    assert read(body).entries[0].published == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_h27_a_time_within_a_day_ahead_is_kept() -> None:
    body = HEAD + item(b"<pubDate>Tue, 03 Mar 2026 11:00:00 GMT</pubDate>") + TAIL

    assert read(body).entries[0].published == datetime(2026, 3, 3, 11, tzinfo=UTC)


def test_a_missing_update_is_not_made_up() -> None:
    body = HEAD + item(b"<pubDate>Mon, 02 Mar 2026 08:00:00 +0100</pubDate>") + TAIL
    entry = read(body).entries[0]

    assert entry.published == datetime(2026, 3, 2, 7, tzinfo=UTC)
    assert entry.updated is None


# ---------------------------------------------------------------- bounds


def quickly(body: bytes, seconds: float) -> FeedReading | Held:
    began = time.process_time()
    found = read_feed(body, "application/rss+xml", URL, AT)
    assert time.process_time() - began < seconds
    return found


def test_h14_a_hundred_thousand_attributes_are_not_read() -> None:
    many = b" ".join(b'a%d="x"' % number for number in range(100_000))

    found = quickly(HEAD + ONE + b"<item " + many + b"/>" + TAIL, 1)
    assert isinstance(found, FeedReading)
    assert urls(found) == ["http://a.example/1"]
    assert isinstance(quickly(b"<rss " + many + b"><channel>" + ONE + TAIL, 1), Held)


def test_h14_two_hundred_attributes_are_the_most() -> None:
    few = b" ".join(b'a%d="x=y"' % number for number in range(199))
    many = b" ".join(b'a%d="x=y"' % number for number in range(201))

    assert len(read(HEAD + ONE + item(b"<a " + few + b"/>") + TAIL).entries) == 2
    assert len(read(HEAD + ONE + item(b"<a " + many + b"/>") + TAIL).entries) == 1


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(9)),
        b'<!ENTITY j "' + b"a" * 10_000 + b'">',
        b'<!ENTITY j SYSTEM "file:///etc/passwd">',
        b'<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x; <!ENTITY j "x">',
    ],
    ids=["laughs", "quadratic", "external", "parameter"],
)
def test_h15_h16_entities_are_never_expanded(doctype: bytes) -> None:
    head = HEAD.replace(b"?>", b"?><!DOCTYPE rss [" + doctype + b"]>", 1)
    found = quickly(head + item(b"<description>" + b"&j;" * 5000 + b"</description>") + TAIL, 1)

    assert isinstance(found, FeedReading)
    assert "root:" not in found.entries[0].summary
    assert len(found.entries[0].summary) <= 5000


INCLUDE = b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="%s"/>'


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        (b"", INCLUDE % b"%s"),
        (b'<?xml-stylesheet type="text/xsl" href="%s"?>', b""),
        (b'<!DOCTYPE rss SYSTEM "%s">', b""),
        (b'<!DOCTYPE rss PUBLIC "-//X" "%s" [<!ENTITY x SYSTEM "%s">]>', b"&x;"),
        (b'<!DOCTYPE rss [<!ENTITY % x SYSTEM "%s"> %x;]>', b""),
    ],
    ids=["xinclude", "xslt", "dtd", "entity", "parameter"],
)
@pytest.mark.parametrize("where", ["file", "network"])
def test_h16_nothing_outside_is_opened(
    before: bytes, inside: bytes, where: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret words")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        port = listening.getsockname()[1]
        outside = secret.as_uri() if where == "file" else f"http://127.0.0.1:{port}/x.dtd"
        described = b"<description>" + inside + b"</description>"
        body = before + HEAD.partition(b"?>")[2] + item(described) + TAIL
        found = read_feed(body.replace(b"%s", outside.encode()), "", URL, AT)

        with pytest.raises(BlockingIOError):
            listening.accept()  # nobody has knocked
    assert isinstance(found, FeedReading)
    assert "secret" not in repr(found)
    assert len(found.entries) == 1


@pytest.mark.parametrize("newest_first", [True, False])
def test_h17_of_too_many_entries_the_newest_are_kept(newest_first: bool) -> None:
    def entry(number: int) -> bytes:
        when = AT - timedelta(minutes=number)
        return (
            f"<item><link>http://a.example/{number}</link>"
            f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        ).encode()

    entries = [entry(number) for number in range(MAX_ENTRIES + 500)]
    if not newest_first:
        entries.reverse()
    reading = read(HEAD + b"".join(entries) + TAIL)

    assert set(urls(reading)) == {f"http://a.example/{number}" for number in range(MAX_ENTRIES)}
    assert reading.dropped == 500
    assert reading.title == "The Tester"


def test_h17_of_very_many_entries_the_ends_are_looked_at() -> None:
    one = b"<item><link>http://a.example/%d</link><pubDate>%s</pubDate></item>"
    dates = [(AT - timedelta(minutes=number)).isoformat().encode() for number in range(12_000)]
    entries = [one % (number, date) for number, date in enumerate(dates)]

    for body in (b"".join(entries), b"".join(reversed(entries))):
        sane = bound(HEAD + body + TAIL)
        assert (sane.entries, sane.dropped, sane.fault) == (MAX_ENTRIES, 7_000, "")
        kept = {int(url.rpartition("/")[2]) for url in urls(read(HEAD + body + TAIL))}
        assert kept == set(range(MAX_ENTRIES))


def test_h17_entries_of_nothing_count_too() -> None:
    sane = bound(HEAD + b"<item/>" * (MAX_ENTRIES + 100) + TAIL)

    assert (sane.entries, sane.dropped) == (MAX_ENTRIES, 100)
    assert bound(HEAD + b"<item/>" * 3 + b"<item><title>Half").entries == 3


def test_h18_markup_nested_deep_is_kept_as_words() -> None:
    deep = b"<![CDATA[Rain " + b"<div>" * 200_000 + b"]]>"
    found = quickly(HEAD + item(b"<description>" + deep + b"</description>") + ONE + TAIL, 1)

    assert isinstance(found, FeedReading)
    assert found.entries[0].summary == "Rain"
    assert len(found.entries) == 2


@pytest.mark.slow
def test_h17_a_hundred_thousand_entries_cost_no_more_than_five_thousand() -> None:
    one = b"<item><title>N</title><link>http://a.example/%d</link><description>%s</description></item>"
    body = HEAD + b"".join(one % (number, b"x" * 40) for number in range(100_000)) + TAIL

    found = quickly(body, 8)  # 2.0 s on the machine it was written on
    assert isinstance(found, FeedReading)
    assert (len(found.entries), found.dropped) == (5_000, 95_000)


@pytest.mark.parametrize(
    "inside",
    [
        b"<b>" * 200_000,
        b"<description>" + b"<" * 1_000_000 + b"</description>",
        b"<description>" + b"<!--" * 250_000 + b"</description>",
        b"<description>" + b"<![CDATA[" * 100_000 + b"</description>",
        b"<description>" + b'<a "' * 300_000 + b"</description>",
        b"</b>" * 300_000,
        b'<x a="' + b"x" * 10_000_000 + b'"/>',
        b"<category>a</category>" * 200_000,
        b"".join(b'<x%d:a xmlns:x%d="u%d"/>' % (n, n, n) for n in range(100_000)),
        b"<item><title>x</title>" * 100_000,
    ],
    ids=[
        "nested",
        "brackets",
        "comments",
        "cdata",
        "quotes",
        "closers",
        "attribute",
        "elements",
        "namespaces",
        "unclosed",
    ],
)
def test_h18_h19_h20_the_entries_before_a_fault_are_kept(inside: bytes) -> None:
    found = quickly(HEAD + ONE + item(inside) + TAIL, 2)

    assert isinstance(found, FeedReading)
    assert urls(found)[0] == "http://a.example/1"
    assert len(found.entries) <= 2


@pytest.mark.parametrize(
    "text",
    [b"word " * 2_000_000, b"<![CDATA[" + b"word " * 2_000_000 + b"]]>", b"&#" * 200_000],
    ids=["text", "cdata", "references"],
)
def test_h19_long_text_is_bounded_and_the_feed_goes_on(text: bytes) -> None:
    found = quickly(HEAD + item(b"<description>" + text + b"</description>") + ONE + TAIL, 4)

    assert isinstance(found, FeedReading)
    assert urls(found) == ["http://a.example/2", "http://a.example/1"]
    assert len(found.entries[0].summary) <= 5000


@pytest.mark.parametrize(
    "body",
    [
        HEAD + ONE * 3 + b"<item><title>Half",
        HEAD + ONE * 3 + b"<item><title>Half</title><link>http://a.example/half</li",
        HEAD + ONE * 3 + b"<item><title><![CDATA[Half",
        HEAD + ONE * 3,
        HEAD + ONE * 3 + TAIL + HEAD + item(b"") + TAIL,
        HEAD + ONE * 3 + TAIL + b"<html><body>advertisement</body></html>",
        b"junk " + HEAD + ONE * 3 + TAIL + b"junk",
    ],
    ids=["cut", "cut in a tag", "cut in CDATA", "no end", "two roots", "trailing page", "junk"],
)
def test_h20_whole_entries_are_kept_and_halves_are_not(body: bytes) -> None:
    assert urls(read(body)) == ["http://a.example/1"] * 3


def test_h20_a_feed_cut_behind_its_entries_says_so() -> None:
    assert read(HEAD + ONE * 3 + b"<item><title>Half").fault == "the feed breaks off"
    assert read(HEAD + ONE * 3 + TAIL).fault == ""


def test_h20_a_sitemap_cut_behind_its_rows_says_so() -> None:
    row = b"<url><loc>http://a.example/1</loc></url>"
    found = read(b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>" + row + b"<url>")

    assert urls(found) == ["http://a.example/1"]
    assert found.fault == "the feed breaks off"


def test_h20_a_feed_cut_before_its_first_entry_ended_is_held() -> None:
    found = held(HEAD + b"<item><title>Half")

    assert found.reason == "broken-feed"
    assert "breaks off" in found.detail


@pytest.mark.parametrize(
    "doctype", [b"<!DOCTYPE", b"<!DOCTYPE rss [", b"<!DOCTYPE rss [<!ENTITY", b"<!DOCTYPE>", b"<!>"]
)
def test_h23_a_malformed_doctype_breaks_nothing(doctype: bytes) -> None:
    found = read_feed(HEAD.replace(b"?>", b"?>" + doctype, 1) + ONE + TAIL, "", URL, AT)

    assert isinstance(found, FeedReading | Held)


def test_elements_out_of_their_place_lose_nothing() -> None:
    body = HEAD + item(b"<textInput><link>x</link></textInput>") + b"<width>5</width>" + ONE + TAIL

    assert urls(read(body)) == ["http://a.example/2", "http://a.example/1"]


def test_a_feed_past_the_limit_is_too_large() -> None:
    assert held(HEAD + b" " * 15_000_000).reason == "too-large"


def test_h36_bytes_that_look_like_a_path_or_an_address_open_nothing(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(HEAD + ONE + TAIL)

    assert held(str(path).encode()).reason == "not-a-feed"
    assert held(b"http://a.example/feed.xml").reason == "not-a-feed"


def test_h43_one_bad_item_of_a_json_feed_does_not_lose_the_others() -> None:
    body = (
        b'{"version": "https://jsonfeed.org/version/1.1", "title": 5, "items": [3, null,{"url": 5},'
        b'{"id": ' + b"9" * 10_000 + b', "url": "/2", "title": ["x"], "date_published": 12},'
        b'{"id": NaN, "url": "javascript:x"}, {"id": "a", "id": "b", "url": "http://a.example/3",'
        b' "authors": [5, {"name": "Ann"}], "tags": "x"}]}'
    )
    reading = read(body, "application/feed+json")

    assert urls(reading) == ["http://a.example/2", "http://a.example/3"]
    assert reading.entries[1].guid == "b"
    assert reading.entries[1].authors == ("Ann",)
    assert reading.dropped == 4


def test_h43_json_nested_too_deep_is_held() -> None:
    assert held(b'{"items":' + b"[" * 100_000, "application/json").reason == "not-a-feed"


@settings(deadline=None)
@given(st.binary(max_size=400), st.integers(0, 400))
def test_no_bytes_break_the_reading(noise: bytes, where: int) -> None:
    body = HEAD + ONE + item(b"<description>x</description>") + TAIL
    read_feed(body[:where] + noise + body[where:], "", URL, AT)


@settings(deadline=None)
@given(st.integers(0, 500))
def test_wherever_a_feed_breaks_off_only_whole_entries_are_left(end: int) -> None:
    body = HEAD + b"".join(
        b"<item><title>T%d</title><link>http://a.example/%d</link></item>" % (n, n)
        for n in range(6)
    )
    found = read_feed(body[:end], "", URL, AT)

    whole = body[:end].count(b"</item>")
    assert bound(body[:end]).entries == whole
    if isinstance(found, FeedReading):
        assert [entry.title for entry in found.entries] == [f"T{n}" for n in range(whole)]


# ---------------------------------------------------------------- what a feed says of itself


def with_head(inside: bytes, root: bytes = b"") -> FeedReading:
    head = HEAD.replace(b'version="2.0"', b'version="2.0" ' + root)
    return read(head + inside + ONE + TAIL)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [(b"180", 10_800), (b" 60 ", 3_600), (b"99999999999", 7 * 86_400), (b"-5", 0), (b"soon", 0)],
)
def test_f21_ttl_is_in_minutes_and_capped(written: bytes, seconds: int) -> None:
    assert with_head(b"<ttl>" + written + b"</ttl>").ttl_seconds == seconds


def test_f22_hours_and_days_to_be_left_out_are_read() -> None:
    reading = with_head(
        b"<skipHours><hour>0</hour><hour> 23</hour><hour>24</hour><hour>x</hour><hour>77</hour>"
        b"</skipHours><skipDays><day>Saturday</day><day>sunday</day><day>Someday</day></skipDays>"
    )

    assert reading.skip_hours == (0, 23)
    assert reading.skip_days == (5, 6)


def test_f22_a_feed_that_is_never_to_be_asked_has_no_wish() -> None:
    hours = b"".join(b"<hour>%d</hour>" % hour for hour in range(24))
    days = b"".join(b"<day>%s</day>" % day for day in b"Mon Tue Wed Thu Fri Sat Sun".split())
    reading = with_head(b"<skipHours>" + hours + b"</skipHours><skipDays>" + days + b"</skipDays>")

    assert (reading.skip_hours, reading.skip_days) == ((), ())


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (b"<sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
        (
            b"<sy:updatePeriod> Daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            21_600,
        ),
        (b"<sy:updateFrequency>2</sy:updateFrequency>", 43_200),
        (
            b"<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            86_400,
        ),
        (b"<sy:updatePeriod>often</sy:updatePeriod>", 0),
        (b"", 0),
    ],
)
@pytest.mark.parametrize("root", [b"", b'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'])
def test_f23_how_often_a_feed_says_it_changes(written: bytes, seconds: int, root: bytes) -> None:
    assert with_head(written, root).update_seconds == seconds


def test_f52_older_pages_and_other_addresses_are_read() -> None:
    itunes = b'xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    atom = b'xmlns:atom="http://www.w3.org/2005/Atom" ' + itunes
    reading = with_head(
        b'<atom:link rel="self" href="https://a.example/rss"/>'
        b'<atom:link rel="next" href="?page=2"/>'
        b'<atom:link rel="hub" href="https://hub.example/"/>',
        atom,
    )

    assert reading.next_page == "http://a.example/feed.xml?page=2"
    assert reading.named_url == "https://a.example/rss"
    assert reading.hub == "https://hub.example/"
    assert reading.home == "http://a.example/"
    moved = with_head(b"<i:new-feed-url>http://c.example/rss</i:new-feed-url>", atom)
    assert moved.named_url == "http://c.example/rss"


def test_f52_an_archive_and_a_json_feed_name_their_next_page() -> None:
    archive = b'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="prev-archive" href="/old"/>'
    assert read(archive + b"</feed>").next_page == "http://a.example/old"
    body = b'{"items": [], "next_url": "/2.json", "feed_url": "http://a.example/feed.json"}'
    assert read(body).next_page == "http://a.example/2.json"
    assert read(body).named_url == "http://a.example/feed.json"
