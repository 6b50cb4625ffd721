"""What publishers do to their pages later: edit, move a headline, take back, or stop answering."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conformance.server import hangs_up, redirect, status
from tests.path.press import BRIDGE, BRIDGE_TEXT, FERRY, FERRY_TEXT, HOST, Press
from wirecopy.model import ArticleState, Miss, Mode, RevisionKind
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.stages import address
from wirecopy.store import articles, captures, search, stories

PUBLISHED, HELD, WITHDRAWN = (
    ArticleState.PUBLISHED,
    ArticleState.HELD,
    ArticleState.WITHDRAWN,
)


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Press]:
    async with Press(tmp_path) as press:
        yield press


def kinds(press: Press, url: str) -> list[RevisionKind]:
    with press.store() as store, store.connect() as c:
        return [revision.kind for revision in articles.revisions(c, address.article_id(url))]


async def test_a_moved_headline_is_a_revision_of_its_own_kind(press: Press) -> None:
    await press.run()
    press.write(FERRY, "Two hundred stranded as ferry stays in harbour", FERRY_TEXT)
    await press.run(hours=1)
    assert kinds(press, FERRY) == [RevisionKind.FIRST, RevisionKind.HEADLINE]
    row = press.row(FERRY)
    assert row.headline == "Two hundred stranded as ferry stays in harbour"
    assert (row.headline_edits, row.word_edits) == (1, 0)


async def test_changed_words_are_a_revision_and_the_same_words_are_none(press: Press) -> None:
    await press.run()
    press.write(
        FERRY, "Ferry stays in harbour", (*FERRY_TEXT[:2], "The ramp was mended on Tuesday night.")
    )
    await press.run(hours=1)
    assert kinds(press, FERRY) == [RevisionKind.FIRST, RevisionKind.WORDS]
    assert press.asked(BRIDGE) == 2
    assert kinds(press, BRIDGE) == [RevisionKind.FIRST]


@pytest.mark.parametrize("code", [404, 410])
async def test_a_page_that_is_gone_takes_its_article_away(press: Press, code: int) -> None:
    await press.run()
    press.take_back(FERRY, code)
    await press.run(hours=1)
    row = press.row(FERRY)
    assert (row.state, row.mode, row.held_reason) == (
        WITHDRAWN,
        Mode.OFF,
        "withdrawn-by-publisher",
    )
    assert str(code) in row.held_detail
    with press.store() as store, store.connect() as c:
        assert search.query(c, "pilot boats", 10) == []
        assert row.story is not None
        story = stories.get(c, row.story)
        assert story is None or story.articles == 0


async def test_a_page_that_is_gone_twice_stays_withdrawn_and_one_that_is_back_returns(
    press: Press,
) -> None:
    await press.run()
    press.take_back(FERRY, 404)
    for _ in range(2):
        await press.run(days=2)
    assert press.row(FERRY).state is WITHDRAWN
    press.write(FERRY, "Ferry stays in harbour", FERRY_TEXT)
    await press.run(days=10)
    assert (press.row(FERRY).state, press.row(FERRY).mode) == (PUBLISHED, Mode.FULL)


async def test_a_page_that_never_answers_is_held_after_five_tries(press: Press) -> None:
    press.put(FERRY, hangs_up())
    await press.run()
    assert press.row(FERRY).state is ArticleState.ANNOUNCED
    for _ in range(6):
        await press.run(days=8)
    row = press.row(FERRY)
    assert (row.state, row.held_reason) == (HELD, "Unreachable")
    with press.store() as store, store.connect() as c:
        tries = captures.of_article(c, row.id, row.url)
    assert [type(each) for each in tries] == [Miss] * 5


async def test_a_server_that_fails_for_a_while_costs_nothing(press: Press) -> None:
    await press.run()
    before = press.row(FERRY)
    press.put(FERRY, status(500))
    await press.run(hours=1)
    after = press.row(FERRY)
    assert (after.state, after.mode, after.headline) == (
        before.state,
        before.mode,
        before.headline,
    )


async def test_no_redirect_leads_to_another_port_of_this_machine(press: Press) -> None:
    knocks: list[object] = []

    async def trap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        knocks.append(writer.get_extra_info("peername"))
        writer.close()

    listening = await asyncio.start_server(trap, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        press.put(FERRY, redirect(f"http://127.0.0.1:{port}/"))
        press.put(BRIDGE, redirect(f"http://{HOST}:{port}/"))
        await press.run()
    assert knocks == []
    for url in (FERRY, BRIDGE):
        row = press.row(url)
        assert (row.state, row.held_reason) == (HELD, "ForbiddenAddress")


async def test_a_replay_after_all_that_gives_the_same_rows(press: Press) -> None:
    await press.run()
    press.write(FERRY, "The ferry sails again", FERRY_TEXT)
    await press.run(hours=1)
    press.take_back(BRIDGE, 410)
    await press.run(hours=2)
    press.write(BRIDGE, "Old bridge to be rebuilt", BRIDGE_TEXT[:2])
    press.take_back(FERRY, 403)
    await press.run(days=9)
    await press.run(days=30)
    assert (await asyncio.to_thread(replay, press.settings, SilentReport())).differences == []
