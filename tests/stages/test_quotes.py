from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stages.cases import cases
from wirecopy.model import Block, BlockKind
from wirecopy.stages.quotes import quotes


@pytest.mark.parametrize("case", cases("quotes"))
def test_quoted_words_have_their_speaker(case: dict[str, Any]) -> None:
    text = case["text"]
    found = [
        [
            text[q.start : q.end],
            text[q.speaker_start : q.speaker_end],
            text[q.cue_start : q.cue_end],
        ]
        for q in quotes(text, (), case["language"])
    ]
    assert found == case["quotes"]


def test_a_quotation_stays_within_its_block() -> None:
    text = "She said “yes.\n\nNo” was the answer."
    blocks = (
        Block(kind=BlockKind.PARAGRAPH, start=0, end=14),
        Block(kind=BlockKind.PARAGRAPH, start=16, end=len(text)),
    )
    assert quotes(text, blocks, "en") == ()


_PIECES = st.sampled_from(
    [
        "“",
        "”",
        '"',
        "‘",
        "’",
        "„",
        "«",
        "»",
        "said",
        "Petrova",
        "he",
        ",",
        ".",
        "the mayor",
        "\n",
        "a",
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=30).map(" ".join), st.sampled_from(["en", "de"]))
def test_spans_lie_within_the_text_and_in_order(text: str, language: str) -> None:
    last = 0
    for quote in quotes(text, (), language):
        assert last <= quote.start < quote.end <= len(text)
        assert 0 <= quote.speaker_start <= quote.speaker_end <= len(text)
        assert 0 <= quote.cue_start <= quote.cue_end <= len(text)
        last = quote.end


def test_a_page_of_marks_alone_does_not_take_long() -> None:
    text = "“ said The The of of the the the " * 3_000
    start = time.process_time()
    quotes(text, (), "en")
    assert time.process_time() - start < 3
