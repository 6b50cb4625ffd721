from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stages.cases import cases
from wirecopy.stages import address


@pytest.mark.parametrize("case", cases("address", "normal"))
def test_an_address_has_one_spelling(case: dict[str, Any]) -> None:
    assert address.normal(case["url"]) == case["normal"]


@pytest.mark.parametrize("case", cases("address", "refused"))
def test_what_is_no_web_address_is_refused(case: dict[str, Any]) -> None:
    for ask in (address.normal, address.article_id, address.domain):
        with pytest.raises(ValueError):  # noqa: PT011 - the words are for people
            ask(case["url"])


_RUBBISH = st.one_of(
    st.text(),
    st.text().map(lambda tail: "http://example.com/" + tail),
    st.text().map(lambda host: "https://" + host),
    st.text(alphabet="%2Ee5.:/@[]?#&=\\ ué").map(lambda tail: "http://a" + tail),
)


@settings(deadline=None)
@given(_RUBBISH)
def test_rubbish_gives_ascii_that_is_its_own_normal_form_or_a_value_error(url: str) -> None:
    try:
        once = address.normal(url)
    except ValueError:
        return
    assert once.isascii()
    assert address.normal(once) == once
    assert address.article_id(once) == address.article_id(url)


def test_an_id_is_twelve_small_letters_and_digits() -> None:
    made = address.article_id("https://example.com/a")
    assert len(made) == 12
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz234567")


@pytest.mark.parametrize(
    "same",
    [
        "http://example.com/news/a",
        "https://www.example.com/news/a",
        "https://example.com/news/a/",
        "https://example.com/news/a?utm_source=rss#top",
        "HTTPS://Example.com:443/news/a",
    ],
)
def test_one_page_has_one_id(same: str) -> None:
    assert address.article_id(same) == address.article_id("https://example.com/news/a")


@pytest.mark.parametrize(
    "other",
    [
        "https://example.com/news/b",
        "https://example.com/News/a",
        "https://example.com/news/a?id=1",
        "https://m.example.com/news/a",
        "https://example.com:8443/news/a",
    ],
)
def test_another_page_has_another_id(other: str) -> None:
    assert address.article_id(other) != address.article_id("https://example.com/news/a")


def test_ids_never_change() -> None:
    # sha256 of "example.com/news/a?", by coreutils: printf %s | sha256sum | xxd -r -p | base32
    assert address.article_id("https://example.com/news/a") == "2brunsim5wse"


def test_a_domain_is_the_host_without_www() -> None:
    assert address.domain("https://www.bbc.co.uk/news") == "bbc.co.uk"
    assert address.domain("http://www2.example.org/") == "example.org"
    assert address.domain("https://news.example.org/") == "news.example.org"


def test_a_host_under_a_domain_is_within_it() -> None:
    assert address.within("m.bbc.co.uk", "bbc.co.uk")
    assert address.within("bbc.co.uk", "bbc.co.uk")
    assert not address.within("notbbc.co.uk", "bbc.co.uk")
