"""One polite queue a host: turns, pauses, rest, and other hosts not held up."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest

from tests.clock import START, FakeClock
from tests.conformance.server import Server, in_turn, page, redirect, robots, silent, status
from tests.fetch.fetching import AGENT, Kept, fetcher
from wirecopy import fetch_lanes
from wirecopy.clock import SystemClock
from wirecopy.dial import ReplayDialer
from wirecopy.errors import RobotsDisallow, Throttled
from wirecopy.fetch import Fetcher, Limits, Manners
from wirecopy.model import Purpose

PAGE = page(b"words")
OPEN = robots("User-agent: *\nDisallow:\n")


async def test_f29_one_connection_at_a_time_and_a_pause_between() -> None:
    clock = FakeClock()
    routes = {"/robots.txt": OPEN, **{f"/{n}": PAGE for n in range(10)}}
    async with Server(routes) as server, fetcher(server, clock=clock, delay_seconds=1) as fetch:
        await asyncio.gather(*(fetch.get(f"http://a.example/{n}", Purpose.PAGE) for n in range(10)))

    assert server.paths == [
        "/robots.txt",
        *(f"/{n}" for n in range(10)),
    ]
    assert server.most_at_once == 1
    assert clock.naps == [1.0] * 10
    assert clock.now() == START + timedelta(seconds=10)


async def test_f29_a_host_without_robots_txt_gets_ten_times_the_pause() -> None:
    clock = FakeClock()
    async with (
        Server({"/1": PAGE, "/2": PAGE}) as server,
        fetcher(server, clock=clock, delay_seconds=1) as fetch,
    ):
        await fetch.get("http://a.example/1", Purpose.PAGE)
        await fetch.get("http://a.example/2", Purpose.PAGE)

    assert clock.naps == [10.0, 10.0]


async def test_a_delay_of_nothing_waits_for_nothing() -> None:
    clock = FakeClock()
    async with (
        Server({"/1": PAGE, "/2": PAGE}) as server,
        fetcher(server, clock=clock, delay_seconds=0) as fetch,
    ):
        await fetch.get("http://a.example/1", Purpose.PAGE)
        await fetch.get("http://a.example/2", Purpose.PAGE)

    assert clock.naps == []


async def test_f29_other_hosts_are_not_held_up() -> None:
    routes = {
        "slow.example/": silent(),
        "/robots.txt": OPEN,
        "/": PAGE,
    }
    async with Server(routes) as server, fetcher(server) as fetch:
        slow = asyncio.create_task(fetch.get("http://slow.example/", Purpose.PAGE))
        waiting = asyncio.create_task(fetch.get("http://slow.example/2", Purpose.PAGE))
        await asyncio.gather(*(fetch.get(f"http://h{n}.example/", Purpose.PAGE) for n in range(20)))
        assert not slow.done()
        assert not waiting.done()
        for task in (slow, waiting):
            task.cancel()
        await asyncio.gather(slow, waiting, return_exceptions=True)

    assert "http://slow.example/2" not in server.urls


async def test_a_cancelled_request_leaves_its_turn_to_the_next() -> None:
    routes = {"/robots.txt": OPEN, "/stuck": silent(), "/": PAGE}
    async with Server(routes) as server, fetcher(server) as fetch:
        stuck = asyncio.create_task(fetch.get("http://a.example/stuck", Purpose.PAGE))
        while "/stuck" not in server.paths:  # noqa: ASYNC110 (the server has no bell)
            await asyncio.sleep(0.01)
        stuck.cancel()
        response = await fetch.get("http://a.example/", Purpose.PAGE)

    assert response.status == 200


async def test_the_connections_of_all_hosts_together_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetch_lanes, "PATIENCE_SECONDS", 60)  # a busy machine is not our subject

    async def slowly(asked, writer):  # type: ignore[no-untyped-def]
        await asyncio.sleep(0.02)
        await PAGE(asked, writer)

    manners = Manners(user_agent=AGENT, delay_seconds=0, connections=20)
    async with (
        Server({"/": slowly}) as server,
        Fetcher(dialer=ReplayDialer(server.port), clock=SystemClock(), manners=manners) as fetch,
    ):
        await asyncio.gather(*(fetch.get(f"http://h{n}.example/", Purpose.PAGE) for n in range(60)))

    assert 10 < server.most_at_once <= 20


async def test_two_hosts_that_redirect_to_each_other_do_not_wait_for_each_other() -> None:
    routes = {
        "/robots.txt": OPEN,
        "a.example/": redirect("http://b.example/end"),
        "b.example/": redirect("http://a.example/end"),
        "/end": PAGE,
    }
    async with Server(routes) as server, fetcher(server, delay_seconds=1) as fetch:
        answers = await asyncio.wait_for(
            asyncio.gather(*(fetch.get(f"http://{h}.example/", Purpose.PAGE) for h in "abababab")),
            timeout=10,
        )

    assert {answer.final_url for answer in answers} == {
        "http://b.example/end",
        "http://a.example/end",
    }


# ---------------------------------------------------------------- rest


async def test_f15_retry_after_rests_the_whole_host() -> None:
    clock = FakeClock()
    routes = {
        "/robots.txt": OPEN,
        "/1": status(429, ("Retry-After", "3600")),
        "/2": PAGE,
    }
    async with Server(routes) as server, fetcher(server, clock=clock) as fetch:
        with pytest.raises(Throttled) as caught:
            await fetch.get("http://a.example/1", Purpose.FEED)
        assert caught.value.status == 429
        assert caught.value.retry_at == START + timedelta(hours=1)
        assert fetch.resting("a.example") == START + timedelta(hours=1)

        clock.step(seconds=3599)
        with pytest.raises(Throttled) as again:
            await fetch.get("http://a.example/2", Purpose.PAGE)
        assert again.value.status == 0  # nobody was asked
        assert server.paths == ["/robots.txt", "/1"]
        await fetch.get("http://b.example/2", Purpose.PAGE)  # another host

        clock.step(seconds=2)
        assert fetch.resting("a.example") is None
        await fetch.get("http://a.example/2", Purpose.PAGE)


async def test_f15_those_who_wait_in_the_queue_are_not_sent_to_a_resting_host() -> None:
    routes = {"/robots.txt": OPEN, "/": status(503, ("Retry-After", "60"))}
    async with Server(routes) as server, fetcher(server) as fetch:
        answers = await asyncio.gather(
            *(fetch.get("http://a.example/", Purpose.FEED) for _ in range(5)),
            return_exceptions=True,
        )

    assert all(isinstance(answer, Throttled) for answer in answers)
    assert server.paths == ["/robots.txt", "/"]


@pytest.mark.parametrize(
    ("retry_after", "rests"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 14:00:00 GMT", timedelta(hours=2)),
        ("315360000", timedelta(days=7)),
        ("Tue, 02 Mar 2036 12:00:00 GMT", timedelta(days=7)),
        ("9" * 5000, timedelta(days=7)),
        ("-5", timedelta(hours=1)),
        ("0", timedelta(hours=1)),
        ("Mon, 02 Mar 2020 14:00:00 GMT", timedelta(hours=1)),
        ("soon", timedelta(hours=1)),
        ("", timedelta(hours=1)),
    ],
)
async def test_f16_retry_after_in_all_its_forms(retry_after: str, rests: timedelta) -> None:
    routes = {"/robots.txt": OPEN, "/": status(429, ("Retry-After", retry_after))}
    async with Server(routes) as server, fetcher(server) as fetch:
        with pytest.raises(Throttled):
            await fetch.get("http://a.example/", Purpose.FEED)

        assert fetch.resting("a.example") == START + rests


async def test_f17_without_a_time_the_rest_doubles_and_one_answer_ends_it() -> None:
    clock = FakeClock()
    no = status(429)
    routes = {"/robots.txt": OPEN, "/": in_turn(no, no, no, PAGE, no)}
    rests = []
    async with Server(routes) as server, fetcher(server, clock=clock) as fetch:
        for _ in range(5):
            with contextlib.suppress(Throttled):
                await fetch.get("http://a.example/", Purpose.FEED)
            if until := fetch.resting("a.example"):
                rests.append(until - clock.now())
                clock.step(seconds=rests[-1].total_seconds())

    assert rests == [timedelta(hours=hours) for hours in (1, 2, 4, 1)]


async def test_f17_a_rest_is_kept_across_restarts() -> None:
    until = START + timedelta(hours=1)
    async with (
        Server({"/": PAGE}) as server,
        fetcher(server, resting={"a.example": (until, 1)}) as fetch,
    ):
        with pytest.raises(Throttled):
            await fetch.get("http://a.example/", Purpose.FEED)

    assert server.paths == []


async def test_f28_a_clock_that_was_set_back_does_not_stop_a_host() -> None:
    clock = FakeClock()
    async with (
        Server({"/robots.txt": OPEN, "/": PAGE}) as server,
        fetcher(server, clock=clock, delay_seconds=1) as fetch,
    ):
        await fetch.get("http://a.example/", Purpose.PAGE)
        clock.step(hours=-5)
        await fetch.get("http://a.example/", Purpose.PAGE)

    assert max(clock.naps) <= 1.0


# ---------------------------------------------------------------- robots.txt


async def test_f38_what_robots_txt_forbids_is_not_asked_for() -> None:
    kept = Kept()
    text = "User-agent: *\nDisallow: /\n\nUser-agent: Wirecopy\nDisallow: /private\n"
    routes = {"/robots.txt": robots(text), "/news": PAGE, "/private": PAGE}
    async with Server(routes) as server, fetcher(server, kept=kept) as fetch:
        await fetch.get("http://a.example/news", Purpose.PAGE)
        with pytest.raises(RobotsDisallow):
            await fetch.get("http://a.example/private/1", Purpose.PAGE)
        with pytest.raises(RobotsDisallow):
            await fetch.get("http://a.example/private.xml", Purpose.FEED)

    assert server.paths == ["/robots.txt", "/news"]
    assert [(item.url, item.purpose) for item in kept] == [
        ("http://a.example/robots.txt", Purpose.ROBOTS)
    ]


async def test_f38_each_hop_of_a_redirect_obeys_its_own_host() -> None:
    routes = {
        "a.example/": redirect("http://b.example/private"),
        "b.example/robots.txt": robots("User-agent: *\nDisallow: /private"),
        "/private": PAGE,
    }
    async with Server(routes) as server, fetcher(server) as fetch:
        with pytest.raises(RobotsDisallow) as caught:
            await fetch.get("http://a.example/", Purpose.PAGE)

    assert caught.value.url == "http://a.example/"
    assert "http://b.example/private" not in server.urls


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 451])
async def test_f39_a_robots_txt_that_is_not_there_allows(code: int) -> None:
    async with Server({"/robots.txt": status(code), "/": PAGE}) as server, fetcher(server) as fetch:
        await fetch.get("http://a.example/", Purpose.PAGE)

    assert server.paths == ["/robots.txt", "/"]


@pytest.mark.parametrize("code", [500, 502, 599])
async def test_f39_a_robots_txt_that_fails_forbids_and_is_asked_again_later(code: int) -> None:
    clock = FakeClock()
    kept = Kept()
    routes = {"/robots.txt": in_turn(status(code), OPEN), "/": PAGE}
    async with Server(routes) as server, fetcher(server, clock=clock, kept=kept) as fetch:
        for _ in range(3):
            with pytest.raises(RobotsDisallow, match="could not be had"):
                await fetch.get("http://a.example/", Purpose.PAGE)
        assert server.paths == ["/robots.txt"]
        clock.step(minutes=15)
        await fetch.get("http://a.example/", Purpose.PAGE)

    assert server.paths == ["/robots.txt", "/robots.txt", "/"]
    assert [getattr(item, "status", 0) for item in kept] == [code, 200]


async def test_f39_a_robots_txt_that_never_comes_forbids() -> None:
    kept = Kept()
    limits = Limits(headers_seconds=0.2, connect_seconds=0.1)
    async with (
        Server({"/robots.txt": silent(), "/": PAGE}) as server,
        fetcher(server, limits=limits, kept=kept) as fetch,
    ):
        with pytest.raises(RobotsDisallow, match="could not be had"):
            await fetch.get("http://a.example/", Purpose.PAGE)

    assert server.paths == ["/robots.txt"]
    assert [getattr(item, "reason", "") for item in kept] == ["Unreachable"]


async def test_f39_an_old_copy_serves_thirty_days_while_it_fails() -> None:
    clock = FakeClock()
    rules = robots("User-agent: *\nDisallow: /private")
    routes = {"/robots.txt": in_turn(rules, status(500)), "/": PAGE, "/private": PAGE}
    async with Server(routes) as server, fetcher(server, clock=clock) as fetch:
        await fetch.get("http://a.example/", Purpose.PAGE)
        clock.step(days=29)
        await fetch.get("http://a.example/", Purpose.PAGE)
        with pytest.raises(RobotsDisallow):
            await fetch.get("http://a.example/private", Purpose.PAGE)
        clock.step(days=2)
        with pytest.raises(RobotsDisallow):
            await fetch.get("http://a.example/", Purpose.PAGE)


async def test_f39_redirects_of_robots_txt_are_followed_to_other_hosts() -> None:
    chain = {f"/r{n}": redirect(f"http://b.example/r{n + 1}") for n in range(1, 5)}
    routes = {
        "a.example/robots.txt": redirect("http://b.example/r1"),
        **chain,
        "/r5": robots("User-agent: *\nDisallow: /private"),
        "/private": PAGE,
    }
    kept = Kept()
    async with Server(routes) as server, fetcher(server, kept=kept) as fetch:
        with pytest.raises(RobotsDisallow):
            await fetch.get("http://a.example/private", Purpose.PAGE)

    assert kept[0].url == "http://a.example/robots.txt"
    assert server.paths == ["/robots.txt", "/r1", "/r2", "/r3", "/r4", "/r5"]


async def test_f39_more_than_five_redirects_mean_there_is_none() -> None:
    routes = {
        "/robots.txt": redirect("/r0"),
        **{f"/r{n}": redirect(f"/r{n + 1}") for n in range(9)},
        "/": PAGE,
    }
    async with Server(routes) as server, fetcher(server) as fetch:
        response = await fetch.get("http://a.example/", Purpose.PAGE)

    assert response.body == b"words"


async def test_f40_the_first_500_kib_count() -> None:
    filler = "# nothing to see\n" * 31_000  # 527,000 bytes
    early = "User-agent: *\nDisallow: /early\n" + filler + "Disallow: /late\n"
    routes = {"/robots.txt": robots(early), "/early": PAGE, "/late": PAGE}
    async with Server(routes) as server, fetcher(server) as fetch:
        with pytest.raises(RobotsDisallow):
            await fetch.get("http://a.example/early", Purpose.PAGE)
        await fetch.get("http://a.example/late", Purpose.PAGE)


async def test_f41_robots_txt_is_asked_again_after_a_day() -> None:
    clock = FakeClock()
    async with (
        Server({"/robots.txt": OPEN, "/": PAGE}) as server,
        fetcher(server, clock=clock) as fetch,
    ):
        await fetch.get("http://a.example/", Purpose.PAGE)
        clock.step(hours=23)
        await fetch.get("http://a.example/", Purpose.PAGE)
        clock.step(hours=2)
        await fetch.get("http://a.example/", Purpose.PAGE)

    assert server.paths == ["/robots.txt", "/", "/", "/robots.txt", "/"]


@pytest.mark.parametrize(("asked", "pause"), [("10", 10.0), ("86400", 60.0), ("rubbish", 1.0)])
async def test_f42_crawl_delay_is_the_pause_up_to_a_minute(asked: str, pause: float) -> None:
    clock = FakeClock()
    routes = {"/robots.txt": robots(f"User-agent: *\nCrawl-delay: {asked}\n"), "/": PAGE}
    async with Server(routes) as server, fetcher(server, clock=clock, delay_seconds=1) as fetch:
        await fetch.get("http://a.example/", Purpose.PAGE)

    assert clock.naps == [pause]


async def test_one_robots_txt_serves_all_who_wait_for_it() -> None:
    async with Server({"/robots.txt": OPEN, "/": PAGE}) as server, fetcher(server) as fetch:
        await asyncio.gather(*(fetch.get("http://a.example/", Purpose.PAGE) for _ in range(20)))

    assert server.paths.count("/robots.txt") == 1


async def test_a_throttled_robots_txt_rests_the_host() -> None:
    routes = {"/robots.txt": status(429, ("Retry-After", "60")), "/": PAGE}
    async with Server(routes) as server, fetcher(server) as fetch:
        with pytest.raises(Throttled):
            await fetch.get("http://a.example/", Purpose.PAGE)
        with pytest.raises(Throttled):
            await fetch.get("http://a.example/", Purpose.PAGE)

    assert server.paths == ["/robots.txt"]
