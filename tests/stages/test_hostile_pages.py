"""Pages that would make a reader run out of time, stack or memory; each is answered, and the next
page is read as if nothing had been."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wirecopy.model import Held, Reading
from wirecopy.stages.read import read_page

AT = datetime(2026, 12, 31, tzinfo=UTC)
HTML = (("Content-Type", "text/html"),)
URL = "http://tidewater.example/news/quay"
MEGABYTE = 1_000_000
WORDS = (
    "The harbour master closed the old quay on Monday after divers found a crack in its footing. "
)
TEXT = f"<p>{WORDS * 3}</p>" * 4
GOOD = f'<!doctype html><html lang="en"><title>Quay closed</title><h1>Quay closed</h1>{TEXT}'


def read(page: str | bytes) -> Reading | Held:
    return read_page(page.encode() if isinstance(page, str) else page, HTML, URL, AT)


def assert_a_good_page_is_read() -> None:
    good = read(GOOD)
    assert isinstance(good, Reading)
    assert good.title == "Quay closed"
    assert WORDS.strip() in good.text


# What is far too much is refused by name, before a parser sees it. The time is a bound on work that
# grows faster than the page, not a measurement: each takes a few seconds of CPU at the most.
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("page", "reason"),
    [
        pytest.param(GOOD + "<p>" + WORDS * (15 * MEGABYTE // len(WORDS)), "too-large", id="15 MB"),
        pytest.param(GOOD + "<div>" * 200_000, "too-large", id="200,000 nested tags"),
        pytest.param(GOOD + "<b><i>" * 100_000, "too-large", id="200,000 unclosed inline tags"),
        pytest.param(GOOD + "<" * 4 * MEGABYTE, "too-large", id="megabytes of <"),
        pytest.param(GOOD + "<table><tr><td>" * 70_000, "too-large", id="nested tables"),
        pytest.param(GOOD + "<p" + " x=y" * MEGABYTE + ">", None, id="a million attributes"),
        pytest.param(GOOD + '<p class="' + "a " * 2 * MEGABYTE, None, id="an unclosed attribute"),
        pytest.param(GOOD + "<!--" * MEGABYTE, None, id="a million unclosed comments"),
        pytest.param("<!--" + GOOD, None, id="a page within an unclosed comment"),
        pytest.param(GOOD + "<script>" + "</scrip " * 500_000, None, id="an unclosed script"),
        pytest.param(GOOD + "&amp" * 300_000, None, id="300,000 entities"),
        pytest.param(GOOD + "<a href=x>y</a> " * 20_000, None, id="20,000 links"),
        pytest.param(GOOD + "<p>x" * 40_000, None, id="40,000 paragraphs"),
        pytest.param(GOOD + "x" * 4 * MEGABYTE, None, id="a word of four megabytes"),
        pytest.param(GOOD + "&#x1F600;" * 400_000, None, id="400,000 pictographs"),
        pytest.param("<html><p>" + "\u00a0" * MEGABYTE + GOOD, None, id="a megabyte of spaces"),
        pytest.param(GOOD + "<p>" + "\u202e\u200b" * MEGABYTE, None, id="marks of direction"),
        pytest.param("<html>" + "<br>" * 90_000 + TEXT, None, id="90,000 line breaks"),
    ],
)
def test_a_hostile_page_is_answered_and_the_next_is_read(page: str, reason: str | None) -> None:
    answer = read(page)
    if reason is not None:
        assert isinstance(answer, Held)
        assert answer.reason == reason
    assert isinstance(answer, Reading) or (answer.reason and answer.detail)
    assert_a_good_page_is_read()


@pytest.mark.parametrize("url", ["", "xhttps://tidewater.example/a", "http://", "http://[::1/a"])
def test_no_address_brings_the_reader_down(url: str) -> None:
    assert isinstance(read_page(GOOD.encode(), HTML, url, AT), (Reading, Held))


PIECES = st.sampled_from(
    [
        *("<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "&", "&#", "&#x0;", "&lt"),
        *("<p>", "</p>", "<div", "<article>", "<h1>", "<title>", "</title>", "<body>", "</html>"),
        *("<script>", "<style>", "<svg>", "<math>", "<template>", "<table>", "<tr>", "<select>"),
        *("<frameset>", "<plaintext>", "<noscript>", "<form>", "<a href='", 'class="', "=", "'"),
        *('<script type="application/ld+json">{"@type":"NewsArticle","headline":', '{"a":', "[[["),
        *("<meta charset=utf-16>", "<base href='//[::1'>", "<link rel=canonical href='http://['>"),
        *(
            '<time datetime="9999-99-99">',
            "\x00",
            "\ufeff",
            "\u2028",
            "\ud7ff",
            "𝔘",
            "é",
            " ",
            "\n",
        ),
        WORDS,
        TEXT,
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_no_markup_brings_the_reader_down(page: str, charset: str) -> None:
    assert isinstance(read(page.encode(charset, "replace")), (Reading, Held))
    assert isinstance(read(GOOD.replace("<h1>", page + "<h1>").encode()), (Reading, Held))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, len(GOOD)))
@example(b"\xff\xfe<\x00h\x00", 0)
@example(b"\x00" * 400, 60)
def test_no_bytes_bring_the_reader_down(noise: bytes, at: int) -> None:
    assert isinstance(read(noise), (Reading, Held))
    page = GOOD.encode()
    assert isinstance(read(page[:at] + noise + page[at:]), (Reading, Held))
