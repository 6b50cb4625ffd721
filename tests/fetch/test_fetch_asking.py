"""What a request looks like, and what each answer to it means."""

from __future__ import annotations

import tracemalloc

import pytest

from tests.clock import START
from tests.conformance.server import (
    Server,
    conditional,
    cut_short,
    hangs_up,
    in_turn,
    page,
    raw,
    redirect,
    status,
)
from tests.fetch.fetching import AGENT, fetcher
from wirecopy.errors import (
    BadAnswer,
    FetchError,
    ForbiddenAddress,
    Gone,
    Missing,
    Refused,
    Throttled,
    TooLarge,
    Unreachable,
)
from wirecopy.model import Purpose

FEED = b"<rss version='2.0'><channel><title>T</title></channel></rss>"


async def test_an_answer_comes_back_as_it_was_given() -> None:
    routes = {"/feed": page(FEED, ("Content-Type", "application/rss+xml"), ("ETag", '"1"'))}
    async with Server(routes) as server, fetcher(server) as fetch:
        response = await fetch.get("http://a.example/feed", Purpose.FEED)

    assert response.url == "http://a.example/feed"
    assert response.final_url == "http://a.example/feed"
    assert response.status == 200
    assert response.body == FEED
    assert dict(response.headers) == {
        "Content-Type": "application/rss+xml",
        "ETag": '"1"',
        "Content-Length": str(len(FEED)),
    }
    assert response.ip == "127.0.0.1"
    assert response.http_version == "1.1"
    assert response.at == START
    assert response.redirects == ()


async def test_f01_validators_go_back_byte_for_byte() -> None:
    etag, modified = 'W/"a,b"', "Mon, 02 Mar 2026 08:00:00 GMT"
    routes = {"/feed": conditional(FEED, etag)}
    async with Server(routes) as server, fetcher(server) as fetch:
        response = await fetch.get(
            "http://a.example/feed", Purpose.FEED, etag=etag, last_modified=modified
        )

    assert server.asked[-1].header("If-None-Match") == etag
    assert server.asked[-1].header("If-Modified-Since") == modified
    assert response.status == 304
    assert response.body == b""


async def test_f01_a_validator_with_a_line_break_is_not_sent() -> None:
    async with Server({"/feed": page(FEED)}) as server, fetcher(server) as fetch:
        await fetch.get("http://a.example/feed", Purpose.FEED, etag='"a"\r\nX-Evil: 1')

    assert server.asked[-1].header("If-None-Match") is None
    assert server.asked[-1].header("X-Evil") is None


async def test_a_304_that_was_not_asked_for_is_a_bad_answer() -> None:
    async with Server({"/feed": status(304)}) as server, fetcher(server) as fetch:
        with pytest.raises(BadAnswer):
            await fetch.get("http://a.example/feed", Purpose.FEED)


async def test_f32_a_request_is_honest_and_tells_nothing_else() -> None:
    cookie = ("Set-Cookie", "a=b; Path=/")
    routes = {
        "/1": redirect("/2#part"),
        "/2": page(b"x", cookie),
        "/2?q=1": page(b"x"),
        "/robots.txt": page(b"", cookie),
    }
    async with Server(routes) as server, fetcher(server) as fetch:
        await fetch.get("http://a.example/1#fragment", Purpose.PAGE)
        await fetch.get("http://a.example/2?q=1#fragment", Purpose.PAGE)

    assert server.paths == ["/robots.txt", "/1", "/2", "/2?q=1"]
    for asked in server.asked:
        names = {name.lower() for name, _ in asked.headers}
        assert names == {"host", "user-agent", "accept", "accept-encoding"}
        assert asked.header("User-Agent") == AGENT


async def test_f33_feed_types_are_asked_for_first_and_only_encodings_we_undo() -> None:
    async with Server({"/feed": page(FEED)}) as server, fetcher(server) as fetch:
        await fetch.get("http://a.example/feed", Purpose.FEED)

    accept = server.asked[-1].header("Accept") or ""
    assert accept.startswith("application/atom+xml, application/rss+xml, application/feed+json")
    assert server.asked[-1].header("Accept-Encoding") == "gzip, deflate, br, zstd"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (204, BadAnswer),
        (206, BadAnswer),
        (300, BadAnswer),
        (401, Refused),
        (403, Refused),
        (404, Missing),
        (410, Gone),
        (418, BadAnswer),
        (429, Throttled),
        (451, Refused),
        (500, BadAnswer),
        (503, Throttled),
    ],
)
async def test_every_answer_has_its_own_meaning(code: int, kind: type[FetchError]) -> None:
    async with Server({"/feed": status(code)}) as server, fetcher(server) as fetch:
        with pytest.raises(kind) as caught:
            await fetch.get("http://a.example/feed", Purpose.FEED)

    assert type(caught.value) is kind
    assert caught.value.status == code
    assert caught.value.url == "http://a.example/feed"
    assert caught.value.response is not None
    assert caught.value.response.status == code
    assert caught.value.response.body == (b"" if code == 204 else b"no")


async def test_f37_an_empty_200_is_an_error() -> None:
    async with Server({"/feed": page(b"")}) as server, fetcher(server) as fetch:
        with pytest.raises(BadAnswer, match="empty"):
            await fetch.get("http://a.example/feed", Purpose.FEED)


async def test_a_body_cut_short_is_an_error() -> None:
    async with Server({"/feed": cut_short(b"<rss>", 500)}) as server, fetcher(server) as fetch:
        with pytest.raises(BadAnswer, match="cut short"):
            await fetch.get("http://a.example/feed", Purpose.FEED)


async def test_a_host_that_hangs_up_is_unreachable() -> None:
    async with Server({"/feed": hangs_up()}) as server, fetcher(server) as fetch:
        with pytest.raises(Unreachable, match="hung up"):
            await fetch.get("http://a.example/feed", Purpose.FEED)


async def test_f56_a_kept_connection_that_was_closed_is_tried_once_more() -> None:
    routes = {"/feed": in_turn(hangs_up(), page(FEED))}
    async with Server(routes) as server, fetcher(server) as fetch:
        response = await fetch.get("http://a.example/feed", Purpose.FEED)

    assert response.body == FEED
    assert server.paths == ["/robots.txt", "/feed", "/feed"]


async def test_what_is_not_http_is_a_bad_answer() -> None:
    routes = {"/feed": raw(b"220 mail.example ESMTP\r\n")}
    async with Server(routes) as server, fetcher(server) as fetch:
        with pytest.raises(BadAnswer):
            await fetch.get("http://a.example/feed", Purpose.FEED)


async def test_a_refused_connection_is_unreachable() -> None:
    async with Server({}) as server:
        pass
    async with fetcher(server) as fetch:
        with pytest.raises(Unreachable):
            await fetch.get("http://a.example/feed", Purpose.FEED)


async def test_f59_the_request_line_is_always_ascii() -> None:
    path = "/z%C3%BCrich%20100%25/%41?q=%E2%82%AC"
    async with Server({path: page(b"x")}) as server, fetcher(server) as fetch:
        response = await fetch.get("http://Bücher.example:80/zürich 100%/%41?q=€", Purpose.PAGE)

    assert server.asked[-1].path == path
    assert server.asked[-1].host == "xn--bcher-kva.example"
    assert response.final_url == f"http://xn--bcher-kva.example{path}"


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_f08_redirects_are_followed_and_told(code: int) -> None:
    routes = {
        "a.example/feed": redirect("http://b.example/new", code),
        "b.example/new": page(FEED),
    }
    async with Server(routes) as server, fetcher(server) as fetch:
        response = await fetch.get("http://a.example/feed", Purpose.FEED)

    assert response.url == "http://a.example/feed"
    assert response.final_url == "http://b.example/new"
    assert response.redirects == ((code, "http://b.example/new"),)
    assert server.urls == [
        "http://a.example/robots.txt",
        "http://a.example/feed",
        "http://b.example/robots.txt",
        "http://b.example/new",
    ]


async def test_f10_five_redirects_are_followed_and_a_sixth_is_not() -> None:
    routes = {f"/{n}": redirect(f"/{n + 1}") for n in range(6)}
    routes["/6"] = page(FEED)
    async with Server(routes) as server, fetcher(server) as fetch:
        response = await fetch.get("http://a.example/1", Purpose.FEED)
        assert len(response.redirects) == 5
        with pytest.raises(TooLarge):
            await fetch.get("http://a.example/0", Purpose.FEED)

    assert server.paths[-6:] == ["/0", "/1", "/2", "/3", "/4", "/5"]


async def test_f10_a_loop_is_left_at_once() -> None:
    routes = {"/a": redirect("/b"), "/b": redirect("/a")}
    async with Server(routes) as server, fetcher(server) as fetch:
        with pytest.raises(TooLarge, match="loop"):
            await fetch.get("http://a.example/a", Purpose.FEED)

    assert len(server.paths) <= 4


async def test_f11_a_redirect_from_https_to_http_is_refused() -> None:
    from tests.fetch.fetching import authority

    ours = authority("a.example")
    routes = {"/s": redirect("http://a.example/p"), "/p": page(FEED)}
    async with Server(routes, tls=ours.server) as server, fetcher(server, tls=ours.client) as fetch:
        with pytest.raises(BadAnswer, match="https to http"):
            await fetch.get("https://a.example/s", Purpose.FEED)
        upgraded = {"/u": redirect("https://a.example/p")}
        server.routes = {**routes, **upgraded}
        response = await fetch.get("http://a.example/u", Purpose.FEED)

    assert response.final_url == "https://a.example/p"


@pytest.mark.parametrize(
    "to",
    [
        "file:///etc/passwd",
        "ftp://a.example/x",
        "gopher://a.example/x",
        "javascript:alert(1)",
        "http://user:secret@a.example/",
        "http://a.example\\@b.example/",
        "http://2130706433/",
        "http://[::1]:80/",
        "//127.0.0.1/",
        "http://127.1/",
    ],
)
async def test_h33_every_hop_is_guarded(to: str) -> None:
    async with Server({"/feed": redirect(to)}) as server, fetcher(server) as fetch:
        with pytest.raises(ForbiddenAddress):
            await fetch.get("http://a.example/feed", Purpose.FEED)

    assert server.paths == ["/robots.txt", "/feed"]


async def test_a_redirect_without_an_address_is_a_bad_answer() -> None:
    async with Server({"/feed": status(302)}) as server, fetcher(server) as fetch:
        with pytest.raises(BadAnswer, match="nowhere"):
            await fetch.get("http://a.example/feed", Purpose.FEED)


async def test_f58_a_certificate_of_nobody_we_know_is_refused() -> None:
    from tests.fetch.fetching import authority

    theirs, others = authority("a.example"), authority("a.example")
    async with (
        Server({"/feed": page(FEED)}, tls=theirs.server) as server,
        fetcher(server, tls=others.client) as fetch,
        fetcher(server, tls=theirs.client) as trusting,
    ):
        with pytest.raises(Unreachable, match="certificate"):
            await fetch.get("https://a.example/feed", Purpose.FEED)
        with pytest.raises(Unreachable, match="certificate"):
            await trusting.get("https://b.example/feed", Purpose.FEED)
        assert server.paths == []
        response = await trusting.get("https://a.example/feed", Purpose.FEED)

    assert response.body == FEED


async def test_a_kept_tls_connection_holds_little() -> None:
    """Both its ends are in this process: 584 KB a pair when asyncio is left alone."""
    from tests.fetch.fetching import authority

    hosts = [f"h{number}.a.example" for number in range(20)]
    ours = authority("*.a.example")
    routes = {"/feed": page(FEED)}
    async with Server(routes, tls=ours.server) as server, fetcher(server, tls=ours.client) as fetch:
        await fetch.get(f"https://{hosts[0]}/feed", Purpose.FEED)
        tracemalloc.start()
        try:
            for host in hosts[1:]:
                await fetch.get(f"https://{host}/feed", Purpose.FEED)
            held, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert held / len(hosts[1:]) < 250_000
