from __future__ import annotations

from typing import Any

import pytest

from tests.stages.cases import cases
from wirecopy.stages.sections import SECTIONS, section


@pytest.mark.parametrize("case", cases("sections"))
def test_a_section_is_the_publishers_own_word(case: dict[str, Any]) -> None:
    found = section(case["feed"], case["page"], case["categories"], case["url"])
    assert list(found) == case["section"]


@pytest.mark.parametrize("key", [key for key, _ in SECTIONS])
def test_our_own_keys_are_understood(key: str) -> None:
    assert section(key, "", [], "") == (key, "feed")


def test_every_name_leads_to_a_section_of_the_list() -> None:
    from wirecopy.stages.sections import _names

    assert set(_names().values()) == {key for key, _ in SECTIONS}
