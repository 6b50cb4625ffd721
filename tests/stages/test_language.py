from __future__ import annotations

import time
from typing import Any

import pytest

from tests.stages.cases import cases
from wirecopy.stages import language
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


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        (
            "The ferry ran aground off the island on Monday, the coast guard said, and no one",
            "en-GB",
        ),
        ("Die Fähre ist am Montag vor der Insel auf Grund gelaufen, wie die Küstenwache", "de"),
    ],
)
def test_words_that_no_other_language_has_spare_the_model(
    text: str, declared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> None:
        raise AssertionError("the model was asked")

    monkeypatch.setattr(language, "_model", asked)
    assert detect("", text, declared) == declared[:2]


def test_a_text_is_not_taken_for_its_declaration_by_a_few_words_in_common() -> None:
    dutch = (
        "De veerboot is maandag in de haven van het eiland vastgelopen, zegt de kustwacht. Er "
        "vielen geen gewonden en alle passagiers werden na enkele uren van boord gehaald."
    )
    assert detect("", dutch, "de") == "nl"
    assert detect("", dutch, "en") == "nl"
