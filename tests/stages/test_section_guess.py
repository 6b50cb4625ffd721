from __future__ import annotations

import json

import pytest

from wirecopy.stages.section_guess import ASKED, Model, guess, model_of, trained, weighed
from wirecopy.stages.sections import SECTIONS

_TWO = Model(
    sections=("sport", "culture"),
    constants=(0.0, 0.0),
    words={"goal": (4.0, -4.0), "violin": (-4.0, 4.0), "гол": (4.0, -4.0)},
)


def test_words_tell_the_section() -> None:
    assert guess("Late goal", "A goal decided it.", "en", _TWO)[0] == "sport"
    assert guess("The violin", "She played the violin.", "en", _TWO)[0] == "culture"


def test_an_article_of_unknown_words_has_no_section() -> None:
    assert guess("Zwei Wörter", "", "de", _TWO) == ("", 0.0)
    assert guess("", "", "", _TWO) == ("", 0.0)


def test_a_doubtful_section_is_not_told() -> None:
    six = Model(sections=tuple("abcdef"), constants=(0.0,) * 6, words={"goal": (0.1,) + (0.0,) * 5})
    key, chance = guess("Goal", "", "en", six)
    assert key == ""
    assert 1 / 6 < chance < ASKED


def test_other_languages_than_english_are_read_by_stems() -> None:
    assert list(weighed("Теннисистка теннисистки", "", "ru")) == ["теннис"]
    assert list(weighed("Tennis players", "", "en")) == ["player", "tennis"]


def test_words_weigh_one_together() -> None:
    weights = weighed("Late goal", "A goal, a corner and a goal.", "en").values()
    assert sum(weight**2 for weight in weights) == pytest.approx(1)


def test_only_so_many_words_of_a_text_are_looked_at() -> None:
    text = "corner " * 400 + "goal"
    assert "goal" not in weighed("", text, "en")


def test_the_package_tells_sections_of_the_list_by_words_of_every_day() -> None:
    assert set(trained().sections) <= {key for key, _ in SECTIONS}
    team = "The team scored twice and won the match; the coach praised the players of the league."
    assert guess("Coach praises players after match", team, "en")[0] == "sport"
    team = "Команда забила дважды и выиграла матч, тренер похвалил игроков клуба и чемпионат."
    assert guess("Тренер похвалил игроков после матча", team, "ru")[0] == "sport"


def test_weights_are_kept_in_hundredths() -> None:
    model = model_of(json.dumps({"sections": ["a"], "constants": [50], "words": {"goal": [-25]}}))
    assert model.constants == (0.5,)
    assert model.words == {"goal": [-0.25]}


def test_text_that_is_no_model_is_refused() -> None:
    with pytest.raises((KeyError, ValueError)):
        model_of("{}")
