"""Feeds that repeat, rename, redate, claim or flood: what becomes of them on the whole path."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clock import START
from tests.conformance.server import page, status
from tests.path.press import BRIDGE, FEED, FERRY, FERRY_TEXT, HOST, OWN, Press, article
from wirecopy import announcing
from wirecopy.model import ArticleState, Feed, Mode, Publisher, PublisherId
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.store import alarms, articles, sources
from wirecopy.store.db import Store

RSS = ("Content-Type", "application/rss+xml")
OTHER = PublisherId("gull.example")
OTHERS_FEED = f"http://{OTHER}/feed"


def feed(*items: str, head: str = "") -> bytes:
    return (
        '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel>'
        f"<title>The Harbour</title><link>http://{HOST}/</link>{head}{''.join(items)}"
        "</channel></rss>"
    ).encode()


def item(url: str, title: str = "Ferry stays in harbour", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{url}</link>{more}</item>"


def say(press: Press, *items: str, head: str = "", url: str = FEED) -> None:
    press.put(url, page(feed(*items, head=head), RSS))


def count(store: Store) -> int:
    with store.connect() as c:
        return len(sources.announced_of_late(c, timedelta(days=3650)))


def known(press: Press) -> int:
    with press.store() as store:
        return count(store)


async def rebuilt(press: Press) -> list[object]:
    return list((await asyncio.to_thread(replay, press.settings, SilentReport())).differences)


# ---------------------------------------------------------------- one article is one article


async def test_h28_guids_that_change_repeat_or_fail_make_no_second_article(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        say(press, item(FERRY, more="<guid isPermaLink='false'>1</guid>"))
        await press.run()
        say(
            press,
            item(FERRY, more="<guid isPermaLink='false'>another</guid>"),
            item(FERRY, more="<guid isPermaLink='false'>another</guid>"),
            item(FERRY.replace("http:", "https:"), more=f"<guid>{FERRY}</guid>"),
            item(f"{FERRY}/?utm_source=rss#top"),
            item(FERRY, title="Another headline"),
        )
        await press.run(hours=2)

        assert known(press) == 1
        assert press.row(FERRY).headline == "Ferry stays in harbour"  # the page's own
        assert await rebuilt(press) == []


async def test_h28_one_guid_for_two_addresses_is_two_articles(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        say(press, item(FERRY, more="<guid>same</guid>"), item(BRIDGE, more="<guid>same</guid>"))
        await press.run()

        assert known(press) == 2


async def test_h29_old_items_under_new_times_are_not_new(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        then = (START - timedelta(days=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        say(press, item(FERRY, more=f"<pubDate>{then}</pubDate>"))
        await press.run()
        before = press.row(FERRY)
        now = (START + timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        say(press, item(FERRY, more=f"<pubDate>{now}</pubDate><guid>new</guid>"))
        await press.run(hours=3)

        after = press.row(FERRY)
        assert known(press) == 1
        assert (after.published, after.first_seen) == (before.published, before.first_seen)
        assert after.revision == 1


async def test_h27_a_time_ahead_is_cut_to_when_it_was_first_seen(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        soon = (START + timedelta(hours=9)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        say(press, item(FERRY, more=f"<pubDate>{soon}</pubDate>"))
        await press.run()

        row = press.row(FERRY)
        assert row.published == row.first_seen


async def test_f53_where_feed_and_page_disagree_both_are_kept(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        dated = "<meta property='article:published_time' content='2026-02-27T08:00:00Z'>"
        text = article("What the page says", FERRY_TEXT, head=dated)
        press.put(FERRY, page(text, ("Content-Type", "text/html; charset=utf-8")))
        then = "Sat, 28 Feb 2026 08:00:00 GMT"
        say(press, item(FERRY, "What the feed says", f"<pubDate>{then}</pubDate>"))
        await press.run()

        row = press.row(FERRY)
        assert (row.headline, row.headline_from) == ("What the page says", "page")
        assert row.first_seen >= START
        with press.store() as store, store.connect() as c:
            announced = articles.entry(c, row.id)
            shown = articles.latest_revision(c, row.id)
        assert announced is not None
        assert shown is not None
        assert announced.title == "What the feed says"
        assert announced.published is not None
        assert announced.published.day == 28
        assert shown.published is not None
        assert (shown.title, shown.published.day) == ("What the page says", 27)


# ---------------------------------------------------------------- other people's articles


def neighbours(press: Press) -> None:
    """A second publisher, whose feed may say what it likes."""
    press.decide(basis=OWN)
    other = Publisher(
        id=OTHER,
        name="The Gull",
        domains=(OTHER,),
        language="en",
        basis=OWN,
        feeds=(Feed(url=OTHERS_FEED, publisher=OTHER, section="sport", language="de"),),
    )
    press.settings = replace(press.settings, publishers=(*press.settings.publishers, other))


FORGED = item(
    FERRY,
    "Harbour master arrested",
    f"<guid>{FERRY}</guid><author>Nobody</author><category>crime</category>"
    "<pubDate>Sun, 01 Mar 2026 01:00:00 GMT</pubDate><description>Lies.</description>",
)


async def test_h45_a_feed_puts_no_words_into_another_publishers_mouth(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        neighbours(press)
        press.put(FEED, status(500))
        say(press, FORGED, url=OTHERS_FEED)
        press.put(FERRY, status(403))  # so that nothing but announcements is had
        await press.run()

        row = press.row(FERRY)
        assert row.publisher == HOST  # credit follows the link's host
        assert (row.headline, row.authors, row.section) == ("", (), "")
        assert row.language == "en"
        assert row.state is ArticleState.HELD
        assert row.held_reason == "no-headline"
        assert await rebuilt(press) == []


async def test_h45_the_publishers_own_feed_gives_the_words(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        neighbours(press)
        say(press, FORGED, url=OTHERS_FEED)
        press.put(FEED, status(500))
        press.put(FERRY, status(403))
        await press.run()
        press.announce((FERRY, "Ferry stays in harbour"))
        await press.run(hours=30)  # a feed that failed is asked behind the page
        await press.run(hours=30)

        row = press.row(FERRY)
        assert (row.headline, row.mode) == ("Ferry stays in harbour", Mode.LINK)
        assert known(press) == 1


async def test_h45_links_to_houses_nobody_chose_are_no_articles(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        say(press, item("http://elsewhere.example/1"), item(FERRY))
        await press.run()

        assert known(press) == 1


# ---------------------------------------------------------------- too much


async def test_h46_a_flood_stops_at_the_days_quota_and_the_operator_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "QUOTA", 5)
    async with Press(tmp_path) as press:
        say(press, *(item(f"http://{HOST}/a/{n}") for n in range(4)))
        await press.run()
        assert known(press) == 4
        flood = [item(f"http://{HOST}/b/{n}") for n in range(50)]
        say(press, *flood)
        await press.run(hours=2)

        assert known(press) == 5
        with press.store() as store, store.connect() as c:
            (alarm,) = alarms.lasting(c)
        assert (alarm.kind, alarm.subject, alarm.publisher) == (alarms.FLOOD, FEED, HOST)
        assert "49" in alarm.words
        assert await rebuilt(press) == []

        say(press, *flood[:3], item(f"http://{HOST}/c"))
        await press.run(hours=30)  # another day: what still stands in the feed is taken in
        assert known(press) == 8
        with press.store() as store, store.connect() as c:
            assert alarms.lasting(c) == []


# ---------------------------------------------------------------- older pages


def older(number: int) -> str:
    return f"{FEED}?page={number}"


async def test_f52_the_first_reading_follows_older_pages_once(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        for number in range(1, 15):
            after = f'<a:link rel="next" href="{older(number + 1)}"/>'
            address_ = FEED if number == 1 else older(number)
            say(press, item(f"http://{HOST}/n/{number}"), head=after, url=address_)
        await press.run()

        assert known(press) == 10
        assert [press.asked(older(n)) for n in range(2, 12)] == [1] * 9 + [0]
        await press.run(hours=30)
        assert [press.asked(older(n)) for n in range(2, 12)] == [1] * 9 + [0]
        assert press.asked(FEED) == 2
        assert await rebuilt(press) == []


@pytest.mark.parametrize(
    ("next_page", "date"),
    [
        (older(2), "<pubDate>Thu, 01 Jan 2026 08:00:00 GMT</pubDate>"),  # no news any more
        ("http://elsewhere.example/2", ""),
        (FEED, ""),  # itself
    ],
)
async def test_f52_no_page_is_followed_into_the_past_or_away(
    tmp_path: Path, next_page: str, date: str
) -> None:
    async with Press(tmp_path) as press:
        head = f'<a:link rel="next" href="{next_page}"/>'
        say(press, item(FERRY, more=date), head=head)
        if next_page != FEED:
            say(press, item(BRIDGE), url=next_page)
        await press.run()

        assert press.asked(next_page) == (next_page == FEED)


async def test_f52_another_address_is_noted_and_not_obeyed(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        head = '<a:link rel="self" href="http://elsewhere.example/rss"/>'
        say(press, item(FERRY), head=head)
        await press.run()
        await press.run(hours=25)

        with press.store() as store, store.connect() as c:
            state = sources.feed_state(c, FEED)
        assert state is not None
        assert state.named_url == "http://elsewhere.example/rss"
        assert press.asked(FEED) == 2
        assert press.asked("http://elsewhere.example/rss") == 0
