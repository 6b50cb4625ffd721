"""Names are one name in all languages, and others stay others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stages.cases import cases
from wirecopy.stages.sound import sound


@pytest.mark.parametrize("case", cases("sound"))
def test_names_of_one_sound_are_one(case: dict[str, Any]) -> None:
    words = case["same"] if "same" in case else case["other"]
    heard = [sound(word, language) for language, word in words]
    assert "" not in heard
    assert len(set(heard)) == (1 if "same" in case else len(heard))


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("en", "1200"),
        ("en", ""),
        ("en", "Ii"),
        ("ja", "東京"),
        ("ja", "アストリッド"),
        ("th", "กรุงเทพ"),
    ],
)
def test_numbers_and_scripts_without_spaces_have_none(language: str, word: str) -> None:
    assert sound(word, language) == ""


@given(st.text(max_size=40), st.sampled_from(["en", "ru", "el", "ar", "pl", "uk", ""]))
def test_every_word_has_a_sound_of_plain_letters_or_none(word: str, language: str) -> None:
    heard = sound(word, language)
    assert heard == "" or heard.lstrip("=").isascii()
    assert heard == sound(word, language)
