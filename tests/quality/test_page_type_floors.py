"""Other pages are refused and articles are not, on real sets: `scripts/check --data DIR`.

Trained anew in five folds, with no domain on both sides, where CatBoost is installed; and with the
trees of the package, which have seen these pages: that only tells that what is counted is still
what they were trained on.
"""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

from bench.train_page_type import REFUSED, Flags, Pages, cross_validated, read
from tests.quality.test_floors import FLOORS, set_of
from wirecopy.stages.page_type import trained

pytestmark = [pytest.mark.quality, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def pages() -> Pages:
    return read([set_of("extraction"), set_of("extraction_extra")])


def hold(pages: Pages, refused: Flags, floors: dict[str, Any]) -> None:
    articles = float(refused[pages.article].mean())
    others = float(refused[~pages.article].mean())
    assert articles <= floors["articles_refused"], f"{articles:.3f} of the articles are refused"
    assert others >= floors["others_refused"], f"only {others:.3f} of other pages are refused"


def test_pages_of_unseen_publishers_are_told_apart(pages: Pages) -> None:
    if importlib.util.find_spec("catboost") is None:
        pytest.skip("catboost is not installed: scripts/setup bench")
    chances = cross_validated(pages)
    least = np.quantile(chances[pages.article], REFUSED)
    hold(pages, chances < least, FLOORS["extraction_extra"]["unseen"])


def test_the_package_counts_what_its_trees_were_trained_on(pages: Pages) -> None:
    decision = trained()
    chances = decision.forest.chances(np.ascontiguousarray(pages.table.T))
    refused = ((chances < decision.least) & ~pages.news) | pages.front
    hold(pages, refused, FLOORS["extraction_extra"]["package"])
