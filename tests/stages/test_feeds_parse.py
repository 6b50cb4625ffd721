"""Every field that a feed carries, and the dates of this world."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirecopy.model import Held
from wirecopy.stages.feeds_bounds import MAX_ENTRIES, bound
from wirecopy.stages.feeds_dates import read_date
from wirecopy.stages.feeds_fields import ParsedEntry, ParsedFeed
from wirecopy.stages.feeds_parse import parse_bounded, parse_feed, parse_plain


def parsed(body: str | bytes, content_type: str = "") -> ParsedFeed:
    feed = parse_feed(body if isinstance(body, bytes) else body.encode(), content_type)
    assert isinstance(feed, ParsedFeed), feed
    return feed


def rss(item: str, spaces: str = "") -> ParsedEntry:
    (entry,) = parsed(f"<rss {spaces}><channel><item>{item}</item></channel></rss>").entries
    return entry


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Mon, 02 Mar 2026 12:30:05 GMT", (2026, 3, 2, 12, 30, 5)),
        ("Mon, 2 Mar 26 12:30 +0200", (2026, 3, 2, 10, 30, 0)),
        ("2 March 2026 07:30:00 EST", (2026, 3, 2, 12, 30, 0)),
        ("March 2, 2026 8:19 pm", (2026, 3, 2, 20, 19, 0)),
        ("Mon Mar  2 12:30:05 2026", (2026, 3, 2, 12, 30, 5)),
        ("2026-03-02T12:30:05.123Z", (2026, 3, 2, 12, 30, 5)),
        ("2026-03-02T12:30:05-05:30", (2026, 3, 2, 18, 0, 5)),
        ("2026-03-02 24:00", (2026, 3, 3, 0, 0, 0)),
        ("2026-061", (2026, 3, 2, 0, 0, 0)),
        ("20260302", (2026, 3, 2, 0, 0, 0)),
        ("2026-03", (2026, 3, 1, 0, 0, 0)),
        ("20260302T123005Z", (2026, 3, 2, 12, 30, 5)),
        ("13/03/2026 10:00", (2026, 3, 13, 10, 0, 0)),
    ],
)
def test_a_date_is_read_as_it_was_meant(said: str, meant: tuple[int, ...]) -> None:
    year, month, day, hour, minute, second = meant
    assert datetime(year, month, day, hour, minute, second, tzinfo=UTC) == read_date(said)


@pytest.mark.parametrize("said", ["", "yesterday", "31 Feb 2026", "2026-13-01", "9" * 5000])
def test_no_date_is_none(said: str) -> None:
    assert read_date(said) is None


@given(st.text(max_size=90))
def test_any_text_is_a_date_or_none(said: str) -> None:
    found = read_date(said)
    assert found is None or found.tzinfo is UTC


@given(st.text(max_size=200))
def test_any_item_is_read_or_left(inside: str) -> None:
    parse_feed(f"<rss><channel><item>{inside}</item></channel></rss>".encode())


def test_an_item_without_an_address_is_an_entry() -> None:
    assert rss("<title>Words</title>") == ParsedEntry(title="Words")


def test_an_ampersand_that_nobody_escaped_stays() -> None:
    assert rss("<title>A & B</title>").title == "A & B"
    assert rss("<link>http://a.example/?b=1&c=2</link>").link == "http://a.example/?b=1&c=2"


def test_named_characters_of_html_are_known() -> None:
    assert rss("<title>caf&eacute;</title>").title == "café"


def test_undeclared_prefixes_are_known_by_their_names() -> None:
    assert rss("<dc:creator>Ann</dc:creator>").authors == ("Ann",)
    assert rss("<content:encoded>Long</content:encoded>").content == "Long"


def test_a_podcast_names_its_file_and_picture() -> None:
    item = (
        '<enclosure url="http://a.example/1.mp3" type="audio/mpeg"/>'
        '<itunes:image href="http://a.example/1.png"/>'
    )
    entry = rss(item, 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"')
    assert entry.enclosures == ("http://a.example/1.mp3",)
    assert entry.images == ("http://a.example/1.png",)


def test_atom_says_which_text_is_markup() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a &lt;b></title>'
        '<summary type="text">a &lt;b></summary>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>c</p></div></content>'
        "</entry></feed>"
    )
    (entry,) = parsed(body).entries
    assert entry.summary == "a &lt;b&gt;"
    assert "<p>c</p>" in entry.content


def test_a_relative_address_stands_on_its_base() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example/b/">'
        '<entry><link href="1"/></entry></feed>'
    )
    assert parsed(body).entries[0].link == "http://a.example/b/1"


def test_windows_bytes_called_utf_8_are_readable() -> None:
    body = b'<?xml version="1.0" encoding="utf-8"?><rss><channel><title>\x93caf\xe9\x94</title>'
    body += b"<item/></channel></rss>"
    assert parsed(body).title == "“café”"


def test_entries_before_a_cut_are_kept() -> None:
    body = "<rss><channel><item><title>One</title></item><item><title>Tw"
    assert [entry.title for entry in parsed(body).entries] == ["One"]


def test_a_root_without_quotes_keeps_its_entries() -> None:
    body = "<rss version=2.0><channel><item><title>One</title></item></channel></rss>"
    assert [entry.title for entry in parsed(body).entries] == ["One"]


def test_a_json_item_without_an_address_is_an_entry() -> None:
    (entry,) = parsed('{"items": [{"id": "7", "content_text": "a < b", "image": "i"}, 3]}').entries
    assert entry == ParsedEntry(id="7", content="a &lt; b", images=("i",))


def test_a_page_is_no_feed() -> None:
    assert isinstance(parse_feed(b"<html><body>Words</body></html>"), Held)
    assert isinstance(parse_feed(b"[1]"), Held)


def test_an_atom_entry_without_an_author_has_its_sources_or_the_feeds() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><author><name>The Desk</name></author>'
        "<entry><title>1</title></entry>"
        "<entry><title>2</title><source><author><name>Ann</name></author></source></entry>"
        "<entry><title>3</title><author><name>Ben</name></author></entry></feed>"
    )
    assert [entry.authors for entry in parsed(body).entries] == [("The Desk",), ("Ann",), ("Ben",)]
    assert rss("<source url='x'>Elsewhere</source>").authors == ()


def test_no_entity_is_opened() -> None:
    body = (
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        b"<rss><channel><item><title>a&x;b</title></item></channel></rss>"
    )
    assert parsed(body).entries[0].title == "a&x;b"


# ---------------------------------------------------------------- the short way and the long one

FEEDS = sorted((Path(__file__).parents[1] / "cases" / "feeds").glob("*.xml"))
ATTRIBUTES = "".join(f' a{n}="x"' for n in range(600))
DEEP = "<b>" * 300 + "</b>" * 300


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.stem)
def test_a_sound_feed_is_read_alike_both_ways(path: Path) -> None:
    body = path.read_bytes()
    url = "http://a.example/feed"
    short = parse_plain(body, "application/xml", url)

    if short is not None:
        assert short == parse_bounded(bound(body), "application/xml", url)
    else:  # sitemaps are no feeds, and a DOCTYPE is always looked through
        assert "sitemap" in path.stem or b"<!DOCTYPE" in body


@given(
    st.lists(
        st.sampled_from(["title", "link", "guid", "pubDate", "category", "dc:creator"]).flatmap(
            lambda name: st.text(st.characters(exclude_categories=["C"]), max_size=20).map(
                lambda text: f"<{name}>{html.escape(text)}</{name}>"
            )
        ),
        max_size=6,
    )
)
def test_whatever_a_sound_item_says_is_read_alike_both_ways(fields: list[str]) -> None:
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    body = f"<rss {spaces}><channel><item>{''.join(fields)}</item></channel></rss>".encode()
    short = parse_plain(body, "", "")

    assert short is not None
    assert short == parse_bounded(bound(body), "", "")


@pytest.mark.parametrize(
    "inside",
    [
        f"<item{ATTRIBUTES}/>",
        f"<item><é{ATTRIBUTES}/></item>",
        f"<item>{DEEP}</item>",
        f"<item>{'<b/>' * 20_001}</item>",
        f"<item>{'x' * 1_000_001}</item>",
        "<item/>" * (MAX_ENTRIES + 1),
        "".join(f'<item xmlns:n{n}="u{n}"/>' for n in range(101)),
        "<item><title>Half",
        "<item><title>&nbsp;</title></item>",
        "<item><dc:creator>undeclared</dc:creator></item>",
    ],
    ids=["attributes", "foreign name", "deep", "elements", "run", "entries", "prefixes", "cut",
         "entity", "prefix"],
)  # fmt: skip
def test_a_feed_past_a_bound_or_with_a_fault_goes_the_long_way(inside: str) -> None:
    body = f"<rss><channel>{inside}</channel></rss>".encode()

    assert parse_plain(body, "", "") is None


@pytest.mark.parametrize("head", ["<!DOCTYPE rss [<!ENTITY a 'x'>]>", "<br/>", "junk"])
def test_a_doubtful_beginning_goes_the_long_way(head: str) -> None:
    body = f"{head}<rss><channel><item/></channel></rss>".encode()

    assert parse_plain(body, "", "") is None


RSL = 'xmlns:rsl="https://rslstandard.org/rsl"'
FREE = "<rsl:license><rsl:payment type='free'/></rsl:license>"
PAID = "<rsl:license><rsl:payment type='crawl'/></rsl:license>"


@pytest.mark.parametrize(
    "terms",
    [
        f"<rsl:content url='/a'>{PAID}</rsl:content>",
        f"<rsl:rsl><rsl:content url=''>{PAID}</rsl:content></rsl:rsl>",
        PAID,
    ],
)
@pytest.mark.parametrize("spaces", [RSL, ""])  # "": nobody declared the prefix
def test_an_item_has_licence_terms_of_its_own(terms: str, spaces: str) -> None:
    entry = rss(f"<title>Words</title><description>Said</description>{terms}", spaces)
    assert entry.licence is not None
    assert [rule.asks for rule in entry.licence.rules] == ["payment"]
    assert (entry.title, entry.summary, entry.content) == ("Words", "Said", "")


def test_an_entry_of_atom_may_have_them_too() -> None:
    (entry,) = parsed(
        f'<feed xmlns="http://www.w3.org/2005/Atom" {RSL}><entry><title>a</title>'
        f"<rsl:content url='/a'>{PAID}</rsl:content></entry></feed>"
    ).entries
    assert entry.licence is not None
    assert [rule.location for rule in entry.licence.rules] == ["/a"]


def test_the_terms_of_an_enclosure_are_not_the_items() -> None:
    sound = "<enclosure url='http://a.example/a.mp3'/>"
    of_sound = f"<rsl:content url='http://a.example/a.mp3'>{PAID}</rsl:content>"
    assert rss(sound + of_sound, RSL).licence is None

    both = rss(f"{sound}{of_sound}<rsl:content url='/1'>{FREE}</rsl:content>", RSL).licence
    assert both is not None
    assert [(rule.location, rule.asks) for rule in both.rules] == [("/1", "")]


def test_a_channel_may_have_terms_for_all_its_items() -> None:
    feed = parsed(
        f"<rss {RSL}><channel><rsl:content url='/news/*'>{PAID}</rsl:content>"
        "<item><title>a</title></item></channel></rss>"
    )
    assert feed.licence is not None
    assert [rule.location for rule in feed.licence.rules] == ["/news/*"]
    assert feed.entries[0].licence is None


@pytest.mark.parametrize("inside", ["", "<rsl:license/>" * 21])
def test_terms_without_a_licence_or_with_a_crowd_of_them_license_nothing(inside: str) -> None:
    found = rss(f"<rsl:content url='/a'>{inside}</rsl:content>", RSL).licence
    assert found is not None
    assert found.rules == ()
