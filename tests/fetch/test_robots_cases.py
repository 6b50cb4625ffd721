"""robots.txt as the REP's published cases read it, as data.

The cases follow those of google/robotstxt (`robots_test.cc`, Apache-2.0) one by one, in words and
paths of our own. Two of its readings are left: `index.html` at a pattern's end stands for the
folder there alone, and of a line we read 2,000 characters where it reads 16,664.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clock import START
from wirecopy.robots import read_rules

CASES = json.loads(
    (Path(__file__).parent.parent / "cases/robots/after-google-robotstxt.json").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["fact"])
def test_f40_a_robots_txt_is_read_as_the_published_cases_say(case: dict[str, Any]) -> None:
    rules = read_rules(case["robots"].encode(), "Wirecopy", START)

    for path in case.get("allowed", ()):
        assert rules.allows(f"http://a.example{path}"), path
    for path in case.get("forbidden", ()):
        assert not rules.allows(f"http://a.example{path}"), path
    assert case.get("allowed") or case.get("forbidden")
