"""Feeds that move, vanish, stay the same or are asked too often: what the gatherer makes of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.clock import START
from tests.conformance.server import Play, conditional, in_turn, page, redirect, status
from tests.path.press import BRIDGE, FEED, FERRY, FERRY_TEXT, HOST, Press, article, feed
from wirecopy.model import Feed, FeedState, Publisher, PublisherId
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.store import alarms, articles, sources

NEW = f"http://{HOST}/new/feed.xml"
RSS = ("Content-Type", "application/rss+xml")
ITEMS = ((FERRY, "Ferry stays in harbour"), (BRIDGE, "Old bridge to be rebuilt"))


def known(press: Press, url: str = FEED) -> FeedState:
    with press.store() as store, store.connect() as c:
        state = sources.feed_state(c, url)
    assert state is not None
    return state


def announced(press: Press) -> int:
    with press.store() as store, store.connect() as c:
        return sum(articles.get(c, press.row(url).id) is not None for url, _ in ITEMS)


async def test_f03_the_same_bytes_again_are_neither_archived_nor_read(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        await press.run()
        first = known(press)
        size = sum(path.stat().st_size for path in (tmp_path / "archive").iterdir())
        await press.run(hours=6)
        second = known(press)

    assert press.asked(FEED) == 2
    assert (first.polls, second.polls, second.status) == (1, 2, 200)
    assert second.interval_seconds > first.interval_seconds
    kept = b"".join(path.read_bytes() for path in sorted((tmp_path / "archive").iterdir()))
    # What came after are the pages, asked again as they age; no second copy of the feed.
    assert len(kept) >= size
    with press.store() as store, store.connect() as c:
        assert second.answered_at is not None
        assert c.exec_driver_sql("SELECT count(*) FROM captures WHERE purpose='feed'").scalar() == 1


async def test_f02_a_304_moves_the_time_of_the_last_check_and_nothing_else(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(FEED, conditional(feed(*ITEMS), 'W/"a,b"'))
        await press.run()
        await press.run(hours=2)
        state = known(press)

    assert press.server.asked[-1].path
    asked = [each for each in press.server.asked if each.url == FEED]
    assert [each.header("If-None-Match") for each in asked] == [None, 'W/"a,b"']
    assert (state.status, state.not_modified, state.etag) == (304, 1, 'W/"a,b"')
    assert state.polled_at is not None
    assert state.polled_at >= START + timedelta(hours=2)
    with press.store() as store, store.connect() as c:
        assert c.exec_driver_sql("SELECT count(*) FROM captures WHERE purpose='feed'").scalar() == 1


async def test_f06_validators_are_of_an_address_and_go_to_no_other(tmp_path: Path) -> None:
    other = f"http://{HOST}/other.xml"
    async with Press(tmp_path) as press:
        press.put(FEED, redirect(NEW))
        press.put(NEW, conditional(feed(*ITEMS), '"new"'))
        await press.run()
        press.put(FEED, redirect(other))  # it leads elsewhere now
        press.put(other, conditional(feed(*ITEMS), '"other"'))
        await press.run(hours=2)
        moved = Publisher(
            id=PublisherId(HOST),
            name="The Harbour",
            domains=(HOST,),
            feeds=(Feed(url=NEW, publisher=PublisherId(HOST)),),
        )
        press.decide(publishers=(moved,))  # the operator edits the address
        await press.run(hours=2)

    sent = [(each.url, each.header("If-None-Match")) for each in press.server.asked]
    assert [pair for pair in sent if "feed" in pair[0] or "other" in pair[0]] == [
        (FEED, None),
        (NEW, None),
        (FEED, None),
        (other, None),
        (NEW, None),
    ]


async def test_f06_a_pages_validators_go_to_the_hop_that_gave_them(tmp_path: Path) -> None:
    there = f"http://{HOST}/2026/ferry"
    async with Press(tmp_path) as press:
        press.put(FERRY, redirect(there))
        press.put(there, conditional(article("Ferry stays in harbour", FERRY_TEXT), '"ferry"'))
        await press.run()
        await press.run(days=2)
        press.put(FERRY, redirect(there + "-again"))
        press.put(there + "-again", page(article("Ferry stays in harbour", FERRY_TEXT)))
        await press.run(days=20)

    sent = [(each.url, each.header("If-None-Match")) for each in press.server.asked]
    assert [pair for pair in sent if "ferry" in pair[0]] == [
        (FERRY, None),
        (there, None),
        (FERRY, None),
        (there, '"ferry"'),
        (FERRY, None),
        (there + "-again", None),
    ]


async def test_f29_all_feeds_of_a_host_are_asked_in_one_run(tmp_path: Path) -> None:
    feeds = [f"http://{HOST}/feed-{n}" for n in range(50)]
    async with Press(tmp_path) as press:
        for url in feeds:
            press.put(url, page(feed(), RSS))
        [publisher] = press.settings.publishers
        named = tuple(Feed(url=url, publisher=publisher.id) for url in feeds)
        press.decide(publishers=(replace(publisher, feeds=named),))
        await press.run()

    assert [press.asked(url) for url in feeds] == [1] * 50


async def test_f07_a_feed_that_moved_for_good_is_asked_at_its_new_address(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(FEED, redirect(NEW, 301))
        press.put(NEW, page(feed(ITEMS[0]), RSS))
        for _ in range(3):
            await press.run(hours=13)
        press.put(NEW, page(feed(*ITEMS), RSS))
        before = press.asked(FEED)
        await press.run(hours=25)
        state = known(press)

    assert before == 3
    assert press.asked(FEED) == 3
    assert press.asked(NEW) == 4
    assert (state.address, state.moved_to) == (NEW, "")
    assert press.row(BRIDGE).feed == FEED  # it is the same feed, wherever it lives


async def test_f07_what_came_from_a_new_address_is_replayed_alike(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(FEED, redirect(NEW, 308))
        press.put(NEW, page(feed(ITEMS[0]), RSS))
        for _ in range(3):
            await press.run(hours=13)
        press.put(NEW, page(feed(*ITEMS), RSS))
        await press.run(hours=25)
        assert press.row(BRIDGE).headline == "Old bridge to be rebuilt"
        rebuilt = await asyncio.to_thread(replay, press.settings, SilentReport())

    assert rebuilt.differences == []


async def test_f08_a_temporary_redirect_teaches_nothing(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(FEED, redirect(NEW, 302))
        press.put(NEW, page(feed(*ITEMS), RSS))
        for _ in range(5):
            await press.run(hours=25)
        state = known(press)

    assert press.asked(FEED) == press.asked(NEW) == 5
    assert (state.address, state.moved_to) == ("", "")


async def test_f09_a_redirect_to_a_login_is_an_error_and_the_address_stays(tmp_path: Path) -> None:
    login = f"http://{HOST}/login"
    async with Press(tmp_path) as press:
        press.put(FEED, redirect(login, 301))
        press.put(
            login, page(b"<!doctype html><title>Sign in</title>", ("Content-Type", "text/html"))
        )
        for _ in range(4):
            await press.run(hours=25)
        state = known(press)

    assert press.asked(FEED) == 4
    assert (state.address, state.moved_to) == ("", "")
    assert state.error.endswith(f"It was redirected to {login}.")
    assert state.cure


async def test_f12_a_feed_that_is_gone_is_not_asked_again_and_told(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(FEED, status(410))
        await press.run()
        await press.run(days=400)
        state = known(press)
        with press.store() as store, store.connect() as c:
            [alarm] = alarms.lasting(c)

    assert press.asked(FEED) == 1
    assert state.gone
    assert (alarm.kind, alarm.subject, alarm.publisher) == ("source", FEED, HOST)
    assert "gone for good" in alarm.words
    assert "wirecopy add" in alarm.cure


async def test_f37_an_answer_without_a_feed_keeps_what_was_known(tmp_path: Path) -> None:
    good = conditional(feed(*ITEMS), '"1"')
    plays: list[Play] = [good, status(206, body=feed()), status(204), page(b""), good]
    async with Press(tmp_path) as press:
        press.put(FEED, in_turn(*plays))
        await press.run()
        before = known(press)
        for _ in range(3):
            await press.run(days=2)
            state = known(press)
            assert state.error
            assert (state.etag, state.body_sha256) == (before.etag, before.body_sha256)
        await press.run(days=2)
        after = known(press)

    assert (after.status, after.error, after.failures) == (304, "", 0)
    assert announced(press) == 2


async def test_f28_a_restart_asks_nothing_twice_and_a_day_off_makes_no_storm(
    tmp_path: Path,
) -> None:
    async with Press(tmp_path) as press:
        await press.run()
        for _ in range(5):
            await press.run(minutes=1)  # five restarts
        assert press.asked(FEED) == 1
        press.clock.step(days=-3)
        await press.run()  # the clock went back
        assert press.asked(FEED) == 1
        press.clock.step(days=3)
        await press.run(days=1, hours=3)
        assert press.asked(FEED) == 2
        await press.run()

    assert press.asked(FEED) == 2
    assert press.server.most_at_once == 1


async def test_f31_ten_wishes_to_ask_everything_now_are_one_request(tmp_path: Path) -> None:
    async with Press(tmp_path) as press, press.gatherer() as gatherer:
        for _ in range(10):
            await gatherer.ask_every_feed("somebody pressed a button")
            await gatherer.once()
            press.clock.step(minutes=2)
        assert press.asked(FEED) == 1
        press.clock.step(minutes=15)
        await gatherer.ask_every_feed("somebody pressed a button")
        await gatherer.once()

    assert press.asked(FEED) == 2


async def test_f17_the_doubling_of_rests_outlives_a_restart(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(FEED, status(429))
        rests = []
        for _ in range(3):
            await press.run()
            rests.append(known(press).due_at - press.clock.now())
            press.clock.step(seconds=rests[-1].total_seconds())

    assert rests == [timedelta(hours=hours) for hours in (1, 2, 4)]
