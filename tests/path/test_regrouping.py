"""Stories that a person corrects: told, kept, and the same when the archive is replayed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.path.press import BRIDGE, FERRY, FERRY_TEXT, HOST, Press
from tests.web.paper import serving
from wirecopy import recording_stories
from wirecopy.errors import ConfigError
from wirecopy.model import StoryId
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.stages import address
from wirecopy.store import stories
from wirecopy.store.db import open_store
from wirecopy.store.decisions import Regrouping

FERRY_ID, BRIDGE_ID = (StoryId(address.article_id(url)) for url in (FERRY, BRIDGE))
RAMP = f"http://{HOST}/ramp"
COPY = f"http://{HOST}/ferry-again"
RAMP_TEXT = (
    "The harbour master of Corran, Ida Quill, said on Tuesday that the crack in the ferry ramp is "
    "longer than was thought, and that passengers will be taken across by pilot boats for a week.",
    "The yard has begun to build a new ramp for the ferry; it costs ninety thousand pounds.",
)


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Press]:
    async with Press(tmp_path) as press:
        await press.run()
        yield press


def decide(press: Press, kind: str, *given: str) -> Regrouping:
    with open_store(press.settings.database_url) as store, store.begin() as c:
        at = press.clock.now()
        if kind == "split":
            return recording_stories.split(c, given, at)
        one, other = given
        verb = recording_stories.move if kind == "move" else recording_stories.merge
        return verb(c, one, other, at)


def story(press: Press, url: str) -> StoryId | None:
    return press.row(url).story


async def assert_replays(press: Press) -> None:
    again = await asyncio.to_thread(replay, press.settings, SilentReport())
    assert again.differences == []


async def test_a_merged_story_leads_on_and_stays_merged(press: Press) -> None:
    assert story(press, BRIDGE) == BRIDGE_ID
    decide(press, "merge", BRIDGE_ID, FERRY_ID)
    assert story(press, BRIDGE) == BRIDGE_ID, "it takes effect when the gatherer records"

    press.announce((RAMP, "Ferry ramp: crack is longer"), (BRIDGE, "Old bridge to be rebuilt"))
    press.write(RAMP, "Ferry ramp: crack is longer", RAMP_TEXT)
    await press.run(hours=6)

    assert story(press, BRIDGE) == FERRY_ID
    assert story(press, RAMP) == FERRY_ID
    with press.store() as store, store.connect() as c:
        assert stories.standing(c, BRIDGE_ID) == FERRY_ID
        whole = stories.get(c, FERRY_ID)
        assert whole is not None
        assert whole.articles == 3
    with serving(press.folder, empty=True) as paper:
        answer = paper.get(f"/s/{BRIDGE_ID}")
        assert answer.status in (301, 308)
        assert answer.headers["location"].endswith(f"/s/{FERRY_ID}")
        page = paper.get(f"/s/{FERRY_ID}").body.decode()
        assert "The operator merged its story into this on" in page
    await assert_replays(press)


async def test_what_was_merged_can_be_split_off_again(press: Press) -> None:
    decide(press, "merge", BRIDGE_ID, FERRY_ID)
    await press.run(hours=6)
    decide(press, "split", BRIDGE_ID)
    await press.run(hours=6)
    assert story(press, BRIDGE) == BRIDGE_ID
    with press.store() as store, store.connect() as c:
        assert stories.standing(c, BRIDGE_ID) == BRIDGE_ID
    await assert_replays(press)


async def test_a_moved_article_takes_the_copies_of_its_text_along(press: Press) -> None:
    press.announce((COPY, "Ferry does not sail"), (FERRY, "Ferry stays in harbour"))
    press.write(COPY, "Ferry does not sail", FERRY_TEXT)
    await press.run(hours=6)
    assert press.row(COPY).repeats == address.article_id(FERRY)
    decide(press, "move", FERRY_ID, BRIDGE_ID)
    await press.run(hours=6)
    assert story(press, FERRY) == story(press, COPY) == BRIDGE_ID
    await assert_replays(press)


async def test_what_joins_after_a_move_joins_where_the_article_is_now(press: Press) -> None:
    decide(press, "move", FERRY_ID, BRIDGE_ID)
    await press.run(hours=6)
    press.announce((RAMP, "Ferry ramp: crack is longer"))
    press.write(RAMP, "Ferry ramp: crack is longer", RAMP_TEXT)
    await press.run(hours=6)
    assert story(press, RAMP) == BRIDGE_ID
    await assert_replays(press)


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("move", ("nothing-here", FERRY_ID), "No article nothing-here stands in a story"),
        ("move", (FERRY_ID, "nowhere"), "There is no story nowhere"),
        ("move", (FERRY_ID, FERRY_ID), "stands in .* already"),
        ("split", (FERRY_ID,), "gives the story its address"),
        ("split", (FERRY_ID, BRIDGE_ID), "stand in 2 stories"),
        ("merge", (FERRY_ID, FERRY_ID), "are one story"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_its_cure(
    press: Press, kind: str, given: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        decide(press, kind, *given)
    assert refused.value.cure
