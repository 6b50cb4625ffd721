from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stages.cases import cases
from wirecopy.model import Block, BlockKind, Citation
from wirecopy.stages.citations import citations


@pytest.mark.parametrize("case", cases("citations"))
def test_credits_are_found_in_citing_words(case: dict[str, Any]) -> None:
    text = case["text"]
    found = citations(text, (), (), case.get("own", "paper.example"))
    assert [[text[c.start : c.end], c.kind, c.target] for c in found] == case["citations"]


_TEXT = "The plan leaked. The paper’s own report has more, and so has a blog."


def test_a_link_to_another_publisher_is_a_citation() -> None:
    links = [("own report", "https://edition.cnn.com/a?utm_source=x")]
    assert citations(_TEXT, (), links, "paper.example") == (
        Citation(start=29, end=39, kind="link", target="cnn.com", url="https://edition.cnn.com/a"),
    )


def test_a_link_to_a_host_nobody_knows_is_a_citation_of_it() -> None:
    found = citations(_TEXT, (), [("a blog", "http://www.blog.example/1")], "paper.example")
    assert [(c.target, _TEXT[c.start : c.end]) for c in found] == [("blog.example", "a blog")]


def test_links_within_the_publisher_out_of_the_text_and_to_no_page_are_left_out() -> None:
    links = [
        ("own report", "https://m.paper.example/b"),
        ("Share this", "https://social.example/share"),
        ("a blog", "mailto:a@blog.example"),
    ]
    assert citations(_TEXT, (), links, "paper.example") == ()


def test_the_same_words_linked_twice_are_two_places() -> None:
    text = "See here and here."
    links = [("here", "http://a.example/"), ("here", "http://b.example/")]
    found = citations(text, (), links, "paper.example")
    assert [(c.start, c.target) for c in found] == [(4, "a.example"), (13, "b.example")]


def test_a_named_outlet_that_is_linked_is_one_citation_with_the_address() -> None:
    text = "A Reuters report said so."
    links = [("Reuters report", "https://www.reuters.com/world/a")]
    assert citations(text, (), links, "paper.example") == (
        Citation(
            start=2,
            end=9,
            kind="report",
            target="reuters.com",
            url="https://www.reuters.com/world/a",
        ),
    )


def test_a_credit_does_not_reach_from_one_block_into_the_next() -> None:
    text = "She told\n\nReuters"
    blocks = (
        Block(kind=BlockKind.PARAGRAPH, start=0, end=8),
        Block(kind=BlockKind.PARAGRAPH, start=10, end=17),
    )
    assert citations(text, blocks, (), "paper.example") == ()


_PIECES = st.sampled_from(
    ["Reuters", "BBC", "told", "the", "(AFP)", "-", "reported", "Times", "according to", "\n", "’s"]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=20).map(" ".join), st.text(max_size=10))
def test_spans_lie_within_the_text(text: str, anchor: str) -> None:
    for found in citations(text, (), [(anchor, "http://a.example/")], "paper.example"):
        assert 0 <= found.start < found.end <= len(text)
