"""Proof's tokeniser: what is text, what is markup, and where each character stands."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirecopy.stages.source import Source, attributes, is_gap, words


def runs(page: str) -> list[str]:
    return [page[start:end] for start, end in Source(page).runs]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>One</p><p>two</p>", ["One", "two"]),
        ("<p> One \n two </p>", ["One \n two"]),
        ("a<!-- b -->c", ["a", "c"]),
        ("a<!-->b<!--->c", ["a", "b", "c"]),
        ("a<!-- b --!>c", ["a", "c"]),
        ("a<!-- b > -- > c", ["a"]),
        ("a<script>b</b></script>c", ["a", "c"]),
        ("a<SCRIPT type=x>if (a < b) '</scriptx>'</Script >c", ["a", "c"]),
        ("a<style>b</style>c<textarea><p>d</p></textarea>e", ["a", "c", "e"]),
        ("<title>a <b> c</title>d", ["d"]),
        ("<svg><title/><text>a</text></svg>", ["a"]),
        ("a<script>b", ["a"]),
        ("a<!-- b", ["a"]),
        ("a<b", ["a"]),
        ("a < b <3 c", ["a < b <3 c"]),
        ("a</>b<!doctype x>c<?php d ?>e", ["a", "b", "c", "e"]),
        ("<a title='x > y'>b</a>", ["b"]),
        ('<a title="x > y">b</a>', ["b"]),
        ('<a title=x"y>b</a>', ["b"]),
        ("<a 'x>b</a>", ["b"]),
        ('<a href="x" "y">b</a>', ["b"]),
        ("<a href=a=b>c</a>", ["c"]),
        ("<noscript><p>a</p></noscript><template><i>b</i></template>", ["a", "b"]),
        ("<![CDATA[a > b", ["b"]),
        ("<custom-element.x>a</custom-element.x>", ["a"]),
        ("", []),
        ("   ", []),
    ],
)
def test_text_and_markup_are_told_apart_as_in_a_browser(page: str, expected: list[str]) -> None:
    assert expected == runs(page)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>a<b>b</b>c</p>", "abc"),
        ("<p>a <b>b</b>c</p>", "a bc"),
        ("<p>a<b> b</b>\n<i>c</i></p>", "a b c"),
        ("<p>a<br>b</p><p>c</p>", "a b c"),
        ("<td>a</td><td>b</td>", "a b"),
        ("no<!-- x y -->table", "notable"),
        ("no<!-- <br> -->table", "notable"),
        ("no<script>document.write(' ')</script>table", "notable"),
        ("a&amp;b&lt;c&#39;d&#x2019;e&copy f&notit;g", "a&b<c'd’e© f¬it;g"),
        ("&#150;&#128;&#0;", "–€\ufffd"),
        ("a&nbsp;b\u00a0c&#160;d", "a\u00a0b\u00a0c\u00a0d"),
        ("a&#32;&#10; b", "a b"),
        ("so&shy;ft\u00ad\u200b&#8203;er", "so\u00adft\u00ad\u200b\u200ber"),
        ("\u3000a&nbsp;", "a"),
        ("AT&T &unknown; &", "AT&T &unknown; &"),
        ("a\t\r\n\fb", "a b"),
        ("a\u3000b\u2003c", "a\u3000b\u2003c"),
    ],
)
def test_a_reader_sees_these_words(page: str, expected: str) -> None:
    source = Source(page)
    assert expected == words(page, source.spans(0, len(source.skeleton)))


def test_the_skeleton_leads_back_to_single_characters() -> None:
    page = "<p>x &ldquo;na&iuml;ve&rdquo; <b>y&shy;z</b></p>"
    source = Source(page)
    assert source.skeleton == "x“naïve”yz"
    expected = ["x", "&ldquo;", "n", "a", "&iuml;", "v", "e", "&rdquo;", "y", "z"]
    places = [source.spans(at, at + 1)[0] for at in range(len(source.skeleton))]
    assert expected == [page[place.start : place.end] for place in places]


def test_a_gap_holds_no_words() -> None:
    page = "a<b> <!-- c --><script>d</script>\n</b>e"
    assert is_gap(page, 1, len(page) - 1)
    assert not is_gap(page, 0, len(page) - 1)
    assert not is_gap(page, 1, len(page))
    assert is_gap(page, 1, 1)


def test_tags_in_comments_and_scripts_are_none() -> None:
    page = '<!-- <meta name="a"> --><script>"<meta name=b>"</script><META name=c><metal name=d>'
    assert [tag.text for tag in Source(page).tags if tag.text.lower().startswith("<meta")] == [
        "<META name=c>"
    ]


def test_attributes_of_every_spelling() -> None:
    tag = '<meta NAME="a b" content = \'c "d"\' x=y/z empty="" bare>'
    found = [(attribute.name, attribute.value) for attribute in attributes(tag)]
    assert found == [("name", "a b"), ("content", 'c "d"'), ("x", "y/z"), ("empty", "")]
    assert all(tag[a.start : a.start + len(a.value)] == a.value for a in attributes(tag))


def test_words_of_scripts_with_spaces_are_not_cut() -> None:
    source = Source("<p>not<b>able</b> good <i>bye</i> 日本語 x&nbsp;y</p>")
    assert source.skeleton == "notablegoodbye日本語xy"
    cuts = [at for at in range(1, len(source.skeleton)) if not source.splits_word(at)]
    assert cuts == [7, 11, 14, 15, 16, 17, 18]


@pytest.mark.parametrize(
    "hostile",
    [
        "<a " * 300_000,
        "<!--" * 300_000,
        "<script>" * 150_000,
        "<title>" * 150_000,
        '<a b="' * 150_000,
        "<a b='" * 150_001,
        "<a =" * 200_000,
        "<" * 1_000_000,
        "&" * 1_000_000,
        "&#1" * 300_000,
        "<!-" * 300_000,
        "<p>" * 300_000 + "x" + "</p>" * 300_000,
    ],
)
def test_no_page_makes_the_tokeniser_slow(hostile: str) -> None:
    begin = time.process_time()
    Source(hostile)
    assert time.process_time() - begin < 2.0  # about 0.1 s each; a quadratic one takes minutes


MARKUP = st.sampled_from(
    ["<b>", "</b>", "<!-- x -->", "<script>1<2</script>", "<br>", "<", "&", "&amp;", "&#", ">", '"']
)


@given(st.lists(st.one_of(MARKUP, st.text(max_size=5)), max_size=20).map("".join))
def test_spans_lie_in_the_text_and_lead_back(page: str) -> None:
    source = Source(page)
    size = len(source.skeleton)
    for start in range(size):
        spans = source.spans(start, size)
        assert all(0 <= span.start < span.end <= len(page) for span in spans)
        assert all(left.end <= right.start for left, right in pairwise(spans))
        assert all(source.holds_text(span) for span in spans)
