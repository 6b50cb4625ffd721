"""Bytes, time and ratio end a request that does not end by itself."""

from __future__ import annotations

import asyncio
import gzip
import time

import pytest

from tests.conformance.server import (
    Server,
    answer,
    bomb,
    drips,
    drips_headers,
    endless,
    endless_headers,
    page,
    raw,
    silent,
    status,
)
from tests.fetch.fetching import fetcher
from wirecopy.errors import BadAnswer, FetchError, Missing, TooLarge, Unreachable
from wirecopy.fetch import Limits
from wirecopy.model import Purpose

SHORT = Limits(connect_seconds=0.2, headers_seconds=0.2, stall_seconds=0.3, total_seconds=0.8)
SMALL = Limits(page_bytes=200_000, feed_bytes=200_000)


@pytest.mark.parametrize(
    ("play", "most_seconds"),
    [
        (silent(), 0.7),
        (drips_headers(0.05), 0.7),
        (drips(0.05), 1.2),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", b"def", pause=9), 0.8),
    ],
    ids=["no headers", "headers drip", "body drips", "body stalls"],
)
async def test_f57_each_limit_of_time_ends_it_and_frees_the_turn(
    play: object, most_seconds: float
) -> None:
    routes = {"/": play, "/next": page(b"x")}
    async with Server(routes) as server, fetcher(server, limits=SHORT) as fetch:  # type: ignore[arg-type]
        began = time.monotonic()
        with pytest.raises(Unreachable, match="too long"):
            await fetch.get("http://a.example/", Purpose.PAGE)
        assert time.monotonic() - began < most_seconds
        response = await fetch.get("http://a.example/next", Purpose.PAGE)

    assert response.body == b"x"


@pytest.mark.parametrize("play", [endless(), page(b"x" * 200_001)], ids=["endless", "announced"])
async def test_h25_a_body_past_the_limit_is_given_up(play: object) -> None:
    async with Server({"/": play}) as server, fetcher(server, limits=SMALL) as fetch:  # type: ignore[dict-item]
        with pytest.raises(TooLarge):
            await fetch.get("http://a.example/", Purpose.PAGE)


async def test_a_body_at_the_limit_is_kept() -> None:
    async with (
        Server({"/": page(b"x" * 200_000)}) as server,
        fetcher(server, limits=SMALL) as fetch,
    ):
        response = await fetch.get("http://a.example/", Purpose.PAGE)

    assert len(response.body) == 200_000


@pytest.mark.parametrize(
    "play",
    [
        endless_headers(),
        raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 65_536 + b"\r\n\r\n"),
        raw(b"HTTP/1.1 200 " + b"x" * 65_536 + b"\r\n\r\n"),
    ],
    ids=["endless headers", "a huge header", "a huge first line"],
)
async def test_h25_headers_are_bounded(play: object) -> None:
    async with Server({"/": play}) as server, fetcher(server, limits=SHORT) as fetch:  # type: ignore[dict-item]
        with pytest.raises((BadAnswer, Unreachable)):
            await fetch.get("http://a.example/", Purpose.PAGE)


async def test_h25_endless_chunk_extensions_are_given_up() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"
    play = raw(head, *([b"x" * 65_536] * 1000))
    async with Server({"/": play}) as server, fetcher(server, limits=SHORT) as fetch:
        with pytest.raises(FetchError):
            await fetch.get("http://a.example/", Purpose.PAGE)


async def test_h25_many_stuck_hosts_do_not_slow_the_others() -> None:
    routes = {"/stuck": silent(), "/": page(b"x")}
    limits = Limits(connect_seconds=2, headers_seconds=2)  # a busy machine answers within them
    async with Server(routes) as server, fetcher(server, limits=limits) as fetch:
        stuck = [
            asyncio.create_task(fetch.get(f"http://s{n}.example/stuck", Purpose.PAGE))
            for n in range(60)
        ]
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await asyncio.gather(*(fetch.get(f"http://h{n}.example/", Purpose.PAGE) for n in range(40)))
        assert time.monotonic() - began < 3
        await asyncio.gather(*stuck, return_exceptions=True)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
async def test_h24_a_bomb_is_given_up(encoding: str) -> None:
    play = page(bomb(encoding, 50), ("Content-Encoding", encoding))
    async with Server({"/": play}) as server, fetcher(server) as fetch:
        began = time.monotonic()
        with pytest.raises(TooLarge):
            await fetch.get("http://a.example/", Purpose.PAGE)

    assert time.monotonic() - began < 2


async def test_f34_an_encoded_body_comes_back_as_it_was() -> None:
    play = page(gzip.compress(b"words " * 100), ("Content-Encoding", "gzip"))
    async with Server({"/": play}) as server, fetcher(server) as fetch:
        response = await fetch.get("http://a.example/", Purpose.PAGE)

    assert response.body == b"words " * 100
    assert dict(response.headers)["Content-Encoding"] == "gzip"


async def test_of_an_error_only_the_beginning_is_read() -> None:
    play = status(404, body=b"x" * 1_000_000)
    async with Server({"/": play}) as server, fetcher(server) as fetch:
        with pytest.raises(Missing) as caught:
            await fetch.get("http://a.example/", Purpose.PAGE)

    assert caught.value.response is not None
    assert len(caught.value.response.body) == 256 * 1024


async def test_a_body_without_a_length_ends_with_the_connection() -> None:
    play = raw(b"HTTP/1.0 200 OK\r\n\r\nwords")
    async with Server({"/": play}) as server, fetcher(server) as fetch:
        response = await fetch.get("http://a.example/", Purpose.PAGE)

    assert (response.body, response.http_version) == (b"words", "1.0")


async def test_h44_cookies_are_neither_kept_nor_sent() -> None:
    cookies = [("Set-Cookie", f"c{n}={'x' * 100}") for n in range(50)]
    routes = {"/": raw(answer(200, b"x", *cookies), close=False)}
    async with Server(routes) as server, fetcher(server) as fetch:
        await fetch.get("http://a.example/", Purpose.PAGE)
        await fetch.get("http://a.example/", Purpose.PAGE)

    assert all(asked.header("Cookie") is None for asked in server.asked)
