"""Texts of unseen publishers' pages are found, on real sets: `scripts/check --data DIR`.

Trained anew in five folds, with no domain on both sides, where CatBoost is installed.
"""

from __future__ import annotations

import importlib.util

import pytest

from bench.train_pages import ELSEWHERE, crossed, examples, told
from tests.quality.test_floors import FLOORS, set_of

pytestmark = [pytest.mark.quality, pytest.mark.timeout(1800)]


def test_texts_of_unseen_publishers_stay_above_their_floors() -> None:
    own, more = set_of("extraction"), set_of("extraction_extra")
    if importlib.util.find_spec("catboost") is None:
        pytest.skip("catboost is not installed: scripts/setup bench")
    pages = examples(own, 1.0)
    measured = told(pages, crossed(pages, examples(more, ELSEWHERE)), "all")
    floors = FLOORS["extraction"]["unseen"]
    for key, floor in floors["at_least"].items():
        assert measured[key] >= floor, f"{key} fell to {measured[key]:.4f}, its floor is {floor}"
    for key, ceiling in floors["at_most"].items():
        assert measured[key] <= ceiling, f"{key} rose to {measured[key]:.4f}, past {ceiling}"
