from __future__ import annotations

import time
from typing import Any

import pytest

from tests.stages.cases import cases
from wirecopy.stages.language import detect


@pytest.mark.parametrize("case", cases("language"))
def test_an_article_is_in_the_language_of_its_words(case: dict[str, Any]) -> None:
    assert detect(case["title"], case["text"], case["declared"]) == case["language"]


def test_a_long_text_costs_no_more_than_a_short_one() -> None:
    text = "The ferry ran aground off the island on Monday, the coast guard said. " * 20_000
    detect("", "warm", "")
    start = time.process_time()
    assert detect("Ferry", text, "") == "en"
    assert time.process_time() - start < 0.1
