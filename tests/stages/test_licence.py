"""Licence terms for machines (RSL 1.0): what a document grants for one page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirecopy.model import Mode
from wirecopy.stages.licence import MAX_PLACED, grant, of_item, read_licence, where, written_licence

PAGE = "https://paper.example/news/ferry?id=1"
USAGE = '<permits type="usage">{}</permits>'
NO = '<prohibits type="usage">{}</prohibits>'


def document(*contents: str) -> bytes:
    return f'<rsl xmlns="https://rslstandard.org/rsl">{"".join(contents)}</rsl>'.encode()


def content(*licences: str, url: str = "/", more: str = "") -> str:
    inner = "".join(f"<license>{each}</license>" for each in licences)
    return f'<content url="{url}"{more}>{inner}<copyright>A</copyright></content>'


@pytest.mark.parametrize(
    ("licences", "mode", "mining"),
    [
        (("",), Mode.FULL, True),  # what is not restricted is granted
        ((USAGE.format("all"),), Mode.FULL, True),
        ((USAGE.format("search"),), Mode.EXCERPT, False),  # a closed list
        ((USAGE.format("search, ai-index"),), Mode.EXCERPT, True),
        ((USAGE.format("ai-train"),), Mode.LINK, False),
        ((NO.format("ai-train"),), Mode.FULL, True),  # nothing is trained here
        ((NO.format("ai-all"),), Mode.FULL, False),
        ((NO.format("all"),), Mode.LINK, False),
        ((USAGE.format("all") + NO.format("search"),), Mode.LINK, False),
        # Free for one use, and paid for another.
        ((USAGE.format("search"), USAGE.format("ai-all") + '<payment type="use"/>'), "excerpt", 0),
        (('<payment type="attribution"/>',), Mode.FULL, True),
        (('<payment type="subscription"/>',), Mode.LINK, False),
        (('<reporting type="audit" profile="https://a.example/"/>',), Mode.LINK, False),
        (('<permits type="user">education</permits>',), Mode.LINK, False),
        (('<prohibits type="geo">FR</prohibits>',), Mode.LINK, False),
    ],
)
def test_what_one_part_of_a_site_grants(
    licences: tuple[str, ...], mode: Mode, mining: bool
) -> None:
    found = grant(read_licence(document(content(*licences))), PAGE)
    assert found.mode == mode
    if found.mode is not Mode.LINK:
        assert found.mining == mining
    assert found.words


def test_mining_is_as_granted_as_it_is_said() -> None:
    search = grant(read_licence(document(content(USAGE.format("search")))), PAGE)
    assert (search.mining, search.words) == (
        False,
        "allow an excerpt, and not that it is mined",
    )


def test_a_server_of_licences_is_not_asked_so_nothing_is_granted() -> None:
    found = read_licence(document(content("", more=' server="https://l.example/"')))
    assert grant(found, PAGE).mode is Mode.LINK
    assert "token" in grant(found, PAGE).words


def test_the_most_specific_part_holds_whatever_the_order() -> None:
    whole = content('<payment type="crawl"/>')
    news = content("", url="/news/*")
    sport = content(NO.format("all"), url="/sport/")
    for parts in ((whole, news, sport), (sport, news, whole)):
        found = read_licence(document(*parts))
        assert grant(found, PAGE).mode is Mode.FULL
        assert grant(found, "https://paper.example/sport/").mode is Mode.LINK
        assert grant(found, "https://paper.example/").mode is Mode.LINK


def test_of_equally_specific_parts_what_any_forbids_is_forbidden() -> None:
    found = read_licence(
        document(content("", url="/news/"), content(NO.format("all"), url="/news/"))
    )
    assert grant(found, PAGE).mode is Mode.LINK


def test_a_whole_address_speaks_of_its_host_alone() -> None:
    found = read_licence(document(content("", url="https://other.example/news/")))
    assert grant(found, PAGE).mode is Mode.LINK
    assert "say nothing of this page" in grant(found, PAGE).words
    assert grant(found, "https://other.example/news/1").mode is Mode.FULL


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<rsl/>",  # of no namespace
        b"<html><body>Not found</body></html>",
        document(content(""))[:-3],
        b"<!DOCTYPE r [<!ENTITY a 'b'>]>" + document(content("")),
        b"<rsl " + b" ".join(b'a%d="1"' % n for n in range(20_000)) + b"/>",
        document("".join("<content>" for _ in range(3_000))),
        document(*(content("") for _ in range(1_001))),
    ],
)
def test_what_cannot_be_read_licenses_nothing(body: bytes) -> None:
    found = read_licence(body)
    assert found.rules == ()
    assert grant(found, PAGE).mode is Mode.LINK
    assert not grant(found, PAGE).mining


@given(st.binary(max_size=300), st.integers(0, 200))
def test_a_spoilt_document_is_read_or_not(noise: bytes, at: int) -> None:
    body = document(content(USAGE.format("search")))
    grant(read_licence(body[:at] + noise + body[at:]), PAGE)


def test_terms_are_known_by_one_form_of_their_address() -> None:
    assert where(PAGE, "/l.xml") == where(PAGE, "HTTPS://Paper.example:443/l.xml#top")
    assert where(PAGE, "javascript:alert(1)") == ""


def test_a_location_that_is_no_address_covers_nothing() -> None:
    found = read_licence(document(content("", url="http://[")))
    assert grant(found, PAGE).mode is Mode.LINK
    assert "say nothing of this page" in grant(found, PAGE).words


def test_a_licence_written_out_in_words_is_agreed_to_by_nobody() -> None:
    found = grant(read_licence(document(content("https://paper.example/terms"))), PAGE)
    assert (found.mode, found.mining) == (Mode.LINK, False)
    assert "written out in words" in found.words


def test_a_script_holds_a_document_with_or_without_a_declaration() -> None:
    inner = document(content(USAGE.format("search"), url="")).decode()
    for text in (inner, f"\n <?xml version='1.0' encoding='utf-16'?>\n{inner}\n"):
        assert grant(written_licence(text), PAGE).mode is Mode.EXCERPT
    assert written_licence("<rsl").rules == ()
    assert written_licence(document(*[content("")] * (MAX_PLACED + 1)).decode()).rules == ()


def test_an_items_own_terms_come_before_its_channels() -> None:
    free = read_licence(document(content("", url="")))
    paid = read_licence(document(content('<payment type="crawl"/>', url="/news/")))
    unread = read_licence(b"<rsl")

    assert of_item(None, None, PAGE) is None
    assert grant(of_item(free, paid, PAGE), PAGE).mode is Mode.FULL
    assert "payment" in grant(of_item(None, paid, PAGE), PAGE).words
    assert of_item(None, paid, "https://paper.example/sport/1") is None
    assert "cannot be read" in grant(of_item(None, unread, PAGE), PAGE).words
    # what is said of another address gives nothing, and is no silence
    assert "say nothing" in grant(of_item(paid, free, "https://a.example/1"), PAGE[:20]).words


def test_an_items_terms_follow_its_page_where_that_moves() -> None:
    paid = read_licence(document(content('<payment type="crawl"/>', url="/news/ferry")))
    assert "payment" in grant(of_item(paid, None, PAGE), "https://paper.example/moved").words
