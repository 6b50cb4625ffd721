"""One newspaper for all tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.paper import Paper, serving


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    with serving(tmp_path_factory.mktemp("paper")) as running:
        yield running
