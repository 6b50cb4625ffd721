from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stages.cases import cases
from wirecopy.model import (
    ArticleId,
    Capture,
    Found,
    Proof,
    Purpose,
    Record,
    Revision,
    RevisionKind,
)
from wirecopy.stages.revise import decide, diff, words_sha256

_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _revision(title: str, text: str, shown: str) -> Revision:
    return Revision(
        article=ArticleId("aaaaaaaaaaaa"),
        number=1,
        kind=RevisionKind.FIRST,
        title=title,
        authors=(),
        text=shown,
        blocks=(),
        proof=Proof(
            charset="utf-8",
            title=Found(text=title, where="h1", spans=()),
            authors=(),
            blocks=(),
        ),
        published=None,
        updated=None,
        language="en",
        sha256=words_sha256(title, text),
        capture=Capture(
            url="http://paper.example/a",
            final_url="http://paper.example/a",
            purpose=Purpose.PAGE,
            status=200,
            headers=(),
            at=_AT,
            sha256="",
            size=0,
            record=Record(file="a.warc.gz", offset=0, length=1),
        ),
        extractor="test 1",
        at=_AT,
    )


@pytest.mark.parametrize("case", cases("revise", "decide"))
def test_changed_words_make_a_revision(case: dict[str, Any]) -> None:
    last = None
    if case["last"]:
        title, text = case["last"]
        last = _revision(title, text, case.get("shown", text))
    assert decide(last, case["title"], case["text"]) == case["kind"]


@pytest.mark.parametrize("case", cases("revise", "diff"))
def test_a_diff_shows_which_words_changed(case: dict[str, Any]) -> None:
    found = diff(case["old"], case["new"])
    assert [[change.kind, change.text] for change in found] == case["changes"]


_TEXT = st.lists(st.sampled_from(["a", "b", "c", "not ", "\n", " ", "\n\n", "é."])).map(" ".join)


@settings(deadline=None)
@given(_TEXT, _TEXT)
def test_a_diff_rebuilds_both_texts(old: str, new: str) -> None:
    found = diff(old, new)
    assert "".join(change.text for change in found if change.kind != "removed") == new
    rebuilt = "".join(change.text for change in found if change.kind != "added")
    assert rebuilt.split() == old.split()


def test_a_huge_rewrite_does_not_take_long() -> None:
    old = " ".join(f"a{n % 7}" for n in range(100_000))
    new = " ".join(f"b{n % 7}" for n in range(100_000))
    start = time.process_time()
    found = diff("Same. " + old + " End.", "Same. " + new + " End.")
    assert time.process_time() - start < 2
    assert [change.kind for change in found] == ["same", "removed", "added", "same"]


def test_the_digest_is_of_headline_line_break_and_text() -> None:
    # printf 'Flood\nThe river rose – fast.' | sha256sum
    expected = "76094b829a956790a2131591ddf9330dad50eca98d3bca9366d331b28343c5b1"
    assert words_sha256("Flood", "The river rose – fast.") == expected
