"""The decision on hand-made weights and evidence, and the weights in the package."""

from __future__ import annotations

import json
import math

import pytest

from wirecopy.stages.decision import ASKED, Evidence, Weights, choose, rivalry, trained, weights_of

# Only the text counts, ten log odds from nothing to the same words, even at a half.
TEXT_ONLY = Weights(
    each=(10.0, 0.0, 0.0, 0.0, 0.0, -5.0),
    best=(10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -5.0),
)


def evidence(text: float, fresh: float = 1.0) -> Evidence:
    return Evidence(text=text, title=0.0, names=0.0, fresh=fresh, rarest=0.0)


def test_the_likeliest_is_chosen_with_its_chance() -> None:
    best, chance = choose([evidence(0.2), evidence(0.7), evidence(0.4)], TEXT_ONLY)
    assert best == 1
    assert chance == pytest.approx(1 / (1 + math.exp(-2)))


def test_the_first_of_equals_is_chosen() -> None:
    best, chance = choose([evidence(0.5), evidence(0.5)], TEXT_ONLY)
    assert best == 0
    assert chance == pytest.approx(0.5)


def test_a_rival_close_behind_makes_it_less_likely() -> None:
    heeding = Weights(each=TEXT_ONLY.each, best=(*TEXT_ONLY.best[:5], 1.0, 0.0, -5.0))
    _, rivalled = choose([evidence(0.6), evidence(0.55)], heeding)
    _, clear = choose([evidence(0.6), evidence(0.1)], heeding)
    # odds 10 * 0.6 - 5 = 1, and a lead of 0.5 or of 5 log odds
    assert rivalled == pytest.approx(1 / (1 + math.exp(-1.5)))
    assert clear == pytest.approx(1 / (1 + math.exp(-6)))


def test_a_lead_is_bounded_and_an_only_candidate_has_none() -> None:
    assert rivalry([3.0], 0) == (0.0, 1.0)
    assert rivalry([3.0, 1.0, -20.0], 0) == (2.0, 0.0)
    assert rivalry([3.0, -20.0], 0) == (6.0, 0.0)


def test_nothing_cannot_be_chosen_from() -> None:
    with pytest.raises(ValueError, match="nothing to choose"):
        choose([], TEXT_ONLY)


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="6 and 8"):
        weights_of(json.dumps({"each": [1, 2], "best": [1, 2]}))


def test_the_trained_weights_tell_the_same_event_from_another() -> None:
    same = Evidence(text=0.5, title=0.5, names=0.6, fresh=0.95, rarest=0.6)
    other = Evidence(text=0.02, title=0.0, names=0.0, fresh=0.95, rarest=0.05)
    assert choose([other, same], trained())[0] == 1
    assert choose([same], trained())[1] > 0.9
    assert choose([other], trained())[1] < ASKED / 2


def test_an_old_story_is_less_likely_than_a_fresh_one() -> None:
    fresh, old = (
        Evidence(text=0.25, title=0.2, names=0.2, fresh=value, rarest=0.3) for value in (1.0, 0.3)
    )
    assert choose([fresh], trained())[1] > choose([old], trained())[1]
