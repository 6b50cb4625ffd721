"""What the operator can see and is told: each source's state, deaths, and what a crash leaves."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clock import START
from tests.conformance.server import Asked, conditional, hangs_up, page, silent, status
from tests.path.press import BRIDGE, FEED, FERRY, HOST, Press, feed
from wirecopy.config import Gather
from wirecopy.store import alarms, sources
from wirecopy.store.db import open_store
from wirecopy.trail import trail
from wirecopy.web import views_sources

HOOK = "http://desk.example/alarms"
ITEMS = ((FERRY, "Ferry stays in harbour"), (BRIDGE, "Old bridge to be rebuilt"))


def told_of(press: Press) -> str:
    with press.store() as store:
        return "\n".join(trail(store, press.settings.archive_folder, FEED))


async def test_f60_the_command_and_the_page_tell_status_next_poll_why_bytes_and_304s(
    tmp_path: Path,
) -> None:
    body = feed(*ITEMS)
    async with Press(tmp_path) as press:
        press.put(FEED, conditional(body, '"1"'))
        for _ in range(4):
            await press.run(hours=3)
        with press.store() as store, store.connect() as c:
            [line] = views_sources.sources(c)
        said = told_of(press)

    assert (line.status, line.polls, line.not_modified, line.bytes) == (304, 4, 3, len(body))
    assert line.due is not None
    assert line.why
    assert f"next asked  {line.due:%Y-%m-%d %H:%M:%S} UTC" in said
    assert line.why in said
    assert f"asked 4 times, 3 unchanged (75 %), {len(body):,} bytes" in said


async def test_f60_an_error_is_told_in_words_with_its_cure(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(FEED, status(404))
        await press.run()
        with press.store() as store, store.connect() as c:
            [line] = views_sources.sources(c)
        said = told_of(press)

    assert (line.standing, line.error) == ("failing", "The answer was 404.")
    assert "wirecopy add" in line.cure
    assert line.cure in said


@pytest.mark.parametrize(
    ("play", "days", "standing"), [(status(410), 1, "gone"), (status(404), 90, "dormant")]
)
async def test_f13_a_source_that_died_is_told_to_the_webhook_once(
    tmp_path: Path, play: object, days: int, standing: str
) -> None:
    async with Press(tmp_path) as press:
        press.settings = replace(press.settings, gather=Gather(webhook=HOOK))
        press.put(HOOK, status(204))
        press.put(FEED, play)  # type: ignore[arg-type]
        for _ in range(14):
            await press.run(days=days / 14)
        with press.store() as store, store.connect() as c:
            [line] = views_sources.sources(c)
        said = [json.loads(each.body) for each in press.server.asked if each.url == HOOK]

    assert line.standing == standing
    [alarm] = said[-1:]
    assert (alarm["kind"], alarm["subject"], alarm["publisher"]) == ("source", FEED, HOST)
    assert alarm["text"].startswith(f"Test: {HOST}: ")
    assert alarm["cure"]
    assert len([each for each in said if each["words"] == alarm["words"]]) == 1


async def test_a_webhook_that_fails_is_tried_again(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.settings = replace(press.settings, gather=Gather(webhook=HOOK))
        press.put(FEED, status(410))
        press.put(HOOK, status(500))
        await press.run()
        press.put(HOOK, status(200))
        await press.run(minutes=10)
        await press.run(minutes=10)

    assert press.asked(HOOK) == 2


async def test_an_alarm_ends_when_its_feed_lives_again(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(FEED, hangs_up())
        for _ in range(10):
            await press.run(days=1.2)
        with press.store() as store, store.connect() as c:
            assert [each.subject for each in alarms.lasting(c)] == [FEED]
        press.put(FEED, page(feed(*ITEMS)))
        await press.run(days=1.2)
        with press.store() as store, store.connect() as c:
            assert alarms.lasting(c) == []


def test_an_alarm_is_begun_once_and_ends_once(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'w.db'}") as store, store.begin() as c:
        begin = {"publisher": HOST, "words": "Two of three pages could not be read.", "at": START}
        assert alarms.sound(c, alarms.LAYOUT, HOST, **begin)  # type: ignore[arg-type]
        assert not alarms.sound(c, alarms.LAYOUT, HOST, **begin)  # type: ignore[arg-type]
        assert alarms.sound(c, alarms.SOURCE, HOST, **begin)  # type: ignore[arg-type]
        assert [each.kind for each in alarms.untold(c, 10)] == ["layout", "source"]
        alarms.told(c, [1], START)
        assert [each.kind for each in alarms.untold(c, 10)] == ["source"]
        alarms.end(c, alarms.LAYOUT, HOST, START + timedelta(days=1))
        assert [each.kind for each in alarms.lasting(c)] == ["source"]
        assert alarms.sound(c, alarms.LAYOUT, HOST, **begin)  # type: ignore[arg-type]


async def test_h47_a_fetch_that_was_broken_off_leaves_its_feed_due(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        taken = asyncio.Event()

        async def takes_it(asked: Asked, writer: asyncio.StreamWriter) -> None:
            taken.set()
            await silent()(asked, writer)

        press.put(FEED, takes_it)
        async with press.gatherer() as gatherer:
            running = asyncio.create_task(gatherer.once())
            await taken.wait()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        with press.store() as store, store.connect() as c:
            [(broken, state)] = sources.due_feeds(c, press.clock.now(), 10, 10)
        press.announce(*ITEMS)
        await press.run()
        await press.run(minutes=1)
        with press.store() as store, store.connect() as c:
            entries = c.exec_driver_sql("SELECT url FROM entries ORDER BY url").scalars().all()

    assert (broken.url, state.polls) == (FEED, 0)
    assert entries == [BRIDGE, FERRY]  # none lost, none doubled
    assert press.asked(FEED) == 2


async def test_h48_secrets_in_addresses_are_masked_on_pages_and_in_what_is_said(
    tmp_path: Path,
) -> None:
    secret = f"http://{HOST}/feed?token=hunter2"
    async with Press(tmp_path) as press:
        publisher = press.settings.publishers[0]
        [known] = publisher.feeds
        press.settings = replace(
            press.settings,
            gather=Gather(webhook=HOOK),
            publishers=(replace(publisher, feeds=(replace(known, url=secret),)),),
        )
        press.put(HOOK, status(204))
        press.put(secret, status(410))
        await press.run()
        with press.store() as store, store.connect() as c:
            page_ = views_sources.health(c)
        hook = [each.body for each in press.server.asked if each.url == HOOK]

    assert press.asked(secret) == 1
    assert "hunter2" not in repr(page_)
    assert "token=***" in page_.sources[0].url
    assert hook
    assert b"hunter2" not in hook[0]
