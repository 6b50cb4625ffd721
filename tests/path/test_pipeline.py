"""The path as it is stated: read from top to bottom, nothing falls from the sky."""

from __future__ import annotations

from itertools import pairwise

from wirecopy.model import Edition, Feed, Publisher, Revision
from wirecopy.pipeline import PATH

OPERATOR = {Feed, Publisher}  # what the settings name; all the rest comes of it
READ = {Edition, Revision}  # what readers have before them in the end


def test_each_step_takes_only_what_an_earlier_one_gave() -> None:
    given: set[type] = set(OPERATOR)
    for stage in PATH:
        assert set(stage.takes) <= given, f"{stage.name} takes what no step before it gives"
        given |= set(stage.gives)


def test_what_a_step_gives_is_taken_by_a_later_one_or_is_the_newspaper() -> None:
    for number, stage in enumerate(PATH, start=1):
        wanted = {kind for later in PATH[number:] for kind in later.takes} | READ
        assert wanted & set(stage.gives), f"nobody takes what {stage.name} gives"


def test_the_steps_are_numbered_without_gaps() -> None:
    assert [int(stage.name.partition(" ")[0]) for stage in PATH] == list(range(1, len(PATH) + 1))


def test_a_page_is_asked_for_before_it_is_read_and_read_before_it_is_recorded() -> None:
    kinds = [stage.kind for stage in PATH]
    assert kinds == ["fetch", "fetch", "read", "record", "fetch", "read", *["record"] * 6]


def test_every_step_has_a_name_of_its_own() -> None:
    names = [stage.name for stage in PATH]
    assert all(earlier != later for earlier, later in pairwise(sorted(names)))
