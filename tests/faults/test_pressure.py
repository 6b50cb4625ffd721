"""Publishers that answer faster than pages can be read: what waits is bounded, and asked once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.street import large, playing
from tests.faults.gathering import gather, settings_of
from wirecopy.fetch_lanes import LARGE, LITTLE
from wirecopy.gather_loop import Gatherer
from wirecopy.recording import Recorded

HOSTS = 100  # more than are asked at once
PAGES = 4  # each
KILOBYTES = 100


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_what_was_got_and_not_recorded_is_bounded(tmp_path: Path) -> None:
    assert KILOBYTES * 1000 > LITTLE
    street = large(HOSTS, PAGES, KILOBYTES)
    recorded, most, held = Counter[str](), 0, 0

    def meet(gatherer: Gatherer) -> None:
        heard = gatherer.heard

        def count(one: Recorded) -> None:
            nonlocal most, held
            if not one.url.endswith(("/robots.txt", "/tdmrep.json")):
                most = max(most, street.asked - recorded.total())
                held = max(held, gatherer.holding)
                recorded[one.url] += 1
            heard(one)

        gatherer.recorder.on_recorded = count

    with playing(street):
        summary = await gather(street, settings_of(street, tmp_path), meet=meet)

    assert summary.published == HOSTS * PAGES
    assert set(recorded.values()) == {1}  # every feed and page was asked for once
    # some wait to be recorded, the others for a place in the line: never all of them
    assert 10 < most < HOSTS * PAGES
    assert 10 < held <= LARGE < HOSTS
