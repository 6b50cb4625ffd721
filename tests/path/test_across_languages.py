"""A story in two languages on the whole path: gathered, shown, corrected, and the same again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.path.press import HOST, Press
from tests.web.paper import serving
from wirecopy import recording_stories
from wirecopy.config import Stories
from wirecopy.model import StoryId
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.stages import address
from wirecopy.store import reading_stories, stories
from wirecopy.store.db import open_store

QUAY, KAI, AGAIN = (f"http://{HOST}/{name}" for name in ("quay", "naberezhnaya", "quay-again"))
QUAY_ID, KAI_ID = (StoryId(address.article_id(url)) for url in (QUAY, KAI))
QUAY_TITLE = "Pilot boat Merewen sinks off Corran with 1,264 crates of tea"
QUAY_TEXT = (
    "The pilot boat Merewen sank off Corran on Tuesday with 1,264 crates of tea on board, the "
    "harbour master Ida Quill said. All five of its crew were taken to Ostrey by a trawler.",
    "The owner, Rolf Hadden, had bought the boat in spring; he said that it had been looked at by "
    "the yard a week ago, and that nothing had been found.",
)
KAI_TITLE = "У Коррана затонул катер «Меревен» с чаем"
KAI_TEXT = (
    "Лоцманский катер «Меревен» затонул во вторник у Коррана, на борту было 1264 ящика чая, "
    "сообщила начальница порта Ида Квилл. Пятерых членов команды траулер доставил в Острей.",
    "Владелец катера Рольф Хадден купил его весной; по его словам, неделю назад катер осмотрели "
    "на верфи и ничего не нашли.",
)
AGAIN_TEXT = (
    "Divers have found the pilot boat Merewen off Corran, and most of the 1,264 crates of tea that "
    "it had on board, the harbour master Ida Quill said on Tuesday evening.",
    "Rolf Hadden, who owns the boat, wants it raised; the yard in Ostrey doubts that it can be.",
)


def across(press: Press, *, languages: bool) -> None:
    press.settings = replace(press.settings, stories=Stories(across_languages=languages))


async def gather(press: Press) -> None:
    """The English report, two hours later the Russian one, and then another in English."""
    press.write(QUAY, QUAY_TITLE, QUAY_TEXT)
    press.announce((QUAY, QUAY_TITLE))
    await press.run()
    press.write(KAI, KAI_TITLE, KAI_TEXT)
    press.announce((QUAY, QUAY_TITLE), (KAI, KAI_TITLE))
    await press.run(hours=2)
    press.write(AGAIN, "Divers find pilot boat Merewen off Corran", AGAIN_TEXT)
    press.announce((QUAY, QUAY_TITLE), (KAI, KAI_TITLE), (AGAIN, "Divers find pilot boat Merewen"))
    await press.run(hours=2)


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Press]:
    async with Press(tmp_path) as press:
        yield press


async def assert_replays(press: Press) -> None:
    again = await asyncio.to_thread(replay, press.settings, SilentReport())
    assert again.differences == []


async def test_as_it_comes_each_language_has_its_story(press: Press) -> None:
    await gather(press)
    assert press.row(KAI).language == "ru"
    assert press.row(QUAY).story == press.row(AGAIN).story == QUAY_ID
    assert press.row(KAI).story == KAI_ID
    await assert_replays(press)


async def test_one_story_holds_both_and_replays(press: Press) -> None:
    # Each run opens the newsroom anew, from what the store holds of the live articles.
    across(press, languages=True)
    await gather(press)
    assert {press.row(url).story for url in (QUAY, KAI, AGAIN)} == {QUAY_ID}
    with press.store() as store, store.connect() as c:
        whole = stories.get(c, QUAY_ID)
        assert whole is not None
        assert (whole.articles, whole.languages) == (3, 2)
        (line,) = [one for one in reading_stories.coverage(c, QUAY_ID) if one.language == "ru"]
    assert line.placement is not None
    assert line.placement.words == (
        "It shares the names Коррана, Острей, Рольф Хадден and Меревен and the number 1264 "
        "with a story in English."
    )
    await assert_replays(press)


async def test_its_page_marks_each_language(press: Press) -> None:
    across(press, languages=True)
    await gather(press)
    with serving(press.folder, empty=True) as paper:
        page = paper.get(f"/s/{QUAY_ID}").body.decode()
        told = json.loads(paper.get(f"/api/stories/{QUAY_ID}").body)
    assert f' lang="ru">{KAI_TITLE}</a>' in page
    assert f">{QUAY_TITLE}</a></h1>" in page, "the headline is that of the first report"
    assert "2 languages" in page
    assert "with a story in English." in page
    assert told["story"]["languages"] == 2
    assert {one["language"] for one in told["articles"]} == {"en", "ru"}


async def test_the_operator_takes_them_apart(press: Press) -> None:
    across(press, languages=True)
    await gather(press)
    with open_store(press.settings.database_url) as store, store.begin() as c:
        recording_stories.split(c, (KAI_ID,), press.clock.now())
    await press.run(hours=1)
    assert press.row(KAI).story == KAI_ID
    assert press.row(AGAIN).story == QUAY_ID
    await assert_replays(press)

    with open_store(press.settings.database_url) as store, store.begin() as c:
        recording_stories.merge(c, QUAY_ID, KAI_ID, press.clock.now())
    await press.run(hours=1)
    assert {press.row(url).story for url in (QUAY, KAI, AGAIN)} == {KAI_ID}
    with press.store() as store, store.connect() as c:
        assert stories.standing(c, QUAY_ID) == KAI_ID
    await assert_replays(press)


async def test_switched_on_later_it_holds_for_what_comes_later(press: Press) -> None:
    await gather(press)
    across(press, languages=True)
    later = f"http://{HOST}/schiff"
    press.write(
        later,
        "Lotsenboot Merewen vor Corran gesunken",
        (
            "Das Lotsenboot Merewen ist am Dienstag vor Corran mit 1.264 Kisten Tee gesunken, "
            "sagte die Hafenmeisterin Ida Quill. Alle fünf an Bord wurden nach Ostrey gebracht.",
            "Der Besitzer, Rolf Hadden, hatte das Boot im Frühling gekauft; es war vor einer Woche "
            "in der Werft, und dort wurde nichts gefunden.",
        ),
    )
    press.announce((later, "Lotsenboot Merewen vor Corran gesunken"))
    await press.run(hours=2)
    assert press.row(later).language == "de"
    assert press.row(KAI).story == KAI_ID, "what stands is left"
    assert press.row(later).story == QUAY_ID
