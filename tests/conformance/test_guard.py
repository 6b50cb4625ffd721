"""Nobody is led into our own network: every kind of request is checked when it is dialled."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.conformance.server import Server, answer, page, raw, redirect, robots
from tests.fetch.fetching import AGENT, Kept, fetcher
from tests.path.press import FEED, FERRY, HOST, Press
from wirecopy.config import load
from wirecopy.dial import AddrInfo, PublicDialer
from wirecopy.errors import BadAnswer, ForbiddenAddress, SettingsError
from wirecopy.fetch import Fetcher, Limits, Manners
from wirecopy.model import Purpose

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "::ffff:127.0.1.2",
    "fe80::1",
]
OPEN = robots("User-agent: *\nAllow: /\n")


def found(host: str, port: int) -> AddrInfo:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    where = (host, port, 0, 0) if ":" in host else (host, port)
    return (family, socket.SOCK_STREAM, 6, "", where)


class Names:
    """A name server of the test's own: addresses by name, of whatever port is asked."""

    def __init__(self, **known: Sequence[str]) -> None:
        self.known = known
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[AddrInfo]:
        self.asked.append(host)
        return [found(address, port) for address in self.known[host.split(".")[0]]]


@asynccontextmanager
async def public(
    names: Names, *, allow: frozenset[tuple[str, int]] = frozenset(), clock: FakeClock | None = None
) -> AsyncIterator[Fetcher]:
    """The fetcher as it is on the live web, with the test's own name server."""
    async with Fetcher(
        dialer=PublicDialer(allow=allow, resolve=names),
        clock=clock or FakeClock(),
        manners=Manners(user_agent=AGENT),
        keep=Kept().keep,
        terms=True,
    ) as fetch:
        yield fetch


KINDS = [*Purpose, None]  # None: what is posted to a hub or a webhook


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("address", PRIVATE)
async def test_h30_no_kind_of_request_goes_to_a_private_address(
    kind: Purpose | None, address: str
) -> None:
    url = "http://inside.example/x"
    async with public(Names(inside=[address])) as fetch:
        with pytest.raises(ForbiddenAddress) as caught:
            await (fetch.get(url, kind) if kind else fetch.post(url, b"x", "text/plain"))

    assert address not in str(caught.value)


@pytest.mark.parametrize("purpose", [Purpose.FEED, Purpose.PAGE, Purpose.IMAGE])
async def test_h33_a_redirect_from_the_open_web_into_our_network_is_refused(
    purpose: Purpose,
) -> None:
    async with Server({"/robots.txt": OPEN, "/": redirect("http://inside.example/")}) as server:
        names = Names(open=["127.0.0.1"], inside=["169.254.169.254"])
        allow = frozenset({("open.example", server.port)})
        async with public(names, allow=allow) as fetch:
            with pytest.raises(ForbiddenAddress):
                await fetch.get(f"http://open.example:{server.port}/", purpose)

    assert "inside.example" in names.asked


async def test_h32_a_name_that_turns_private_after_its_first_look_up_is_refused() -> None:
    answers = [[found("8.8.8.8", 80)], [found("127.0.0.1", 80)]]

    async def rebinding(host: str, port: int) -> Sequence[AddrInfo]:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    dialer = PublicDialer(resolve=rebinding)
    assert await dialer.whereabouts("a.example", 80) == "8.8.8.8"
    with pytest.raises(ForbiddenAddress):
        await dialer.dial("a.example", 80)


async def test_h34_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Server({}) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with public(Names(inside=["10.0.0.1"])) as fetch:
            for url in ("http://inside.example/", "https://inside.example/"):
                with pytest.raises(ForbiddenAddress):
                    await fetch.get(url, Purpose.FEED)

    assert proxy.asked == []


async def test_h38_what_the_operator_allows_is_asked_and_said_aloud(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from wirecopy.cli import main

    async with Server({"/robots.txt": OPEN, "/feed": page(b"<rss/>")}) as server:
        path = tmp_path / "wirecopy.toml"
        path.write_text(
            f'[gather]\nallow_internal = ["Inside.example:{server.port}", "[::1]:8000"]\n'
        )
        allow = load(path).gather.vouched
        assert allow == {("inside.example", server.port), ("::1", 8000)}
        async with public(Names(inside=["127.0.0.1"]), allow=allow) as fetch:
            got = await fetch.get(f"http://inside.example:{server.port}/feed", Purpose.FEED)
            with pytest.raises(ForbiddenAddress):
                await fetch.get("http://inside.example/feed", Purpose.FEED)

    assert got.body == b"<rss/>"
    said = CliRunner().invoke(main, ["--settings", str(path), "check", "--settings-only"]).output
    assert f"inside.example:{server.port} may be asked, whatever address it leads to" in said


@pytest.mark.parametrize("wrong", ["inside.example", "http://a.example:80", "a@b:80", "a:0", "a:x"])
def test_h38_an_allowance_is_a_host_and_a_port(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "wirecopy.toml"
    path.write_text(f'[gather]\nallow_internal = ["{wrong}"]\n')

    with pytest.raises(SettingsError, match="is not a host and a port"):
        load(path)


async def test_h39_what_readers_are_told_holds_nothing_of_what_is_inside(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(FEED, redirect("http://127.0.0.1:6379/"))
        press.put(FERRY, redirect("http://10.1.2.3/secret"))
        await press.run()
        with press.store() as store, store.connect() as c:
            told = " ".join(map(str, c.exec_driver_sql("SELECT * FROM feed_states").all()))

    assert "refused" in told
    assert "6379" not in told
    assert "127.0.0.1" not in told


# ---------------------------------------------------------------- addresses and queues


async def test_f30_fifty_names_on_one_address_are_one_host() -> None:
    clock = FakeClock()
    routes = {"/robots.txt": OPEN, "/": page(b"words")}
    async with Server(routes) as server:
        names = Names(**{f"h{n}": ["127.0.0.1"] for n in range(50)})
        allow = frozenset((f"h{n}.example", server.port) for n in range(50))
        async with public(names, allow=allow, clock=clock) as fetch:
            await asyncio.gather(
                *(fetch.get(f"http://h{n}.example:{server.port}/", Purpose.FEED) for n in range(50))
            )

    assert server.most_at_once == 1
    assert len(server.asked) == 100  # a robots.txt and a feed each
    assert sum(clock.naps) >= 99  # a second between any two


async def test_f30_another_address_is_not_held_up() -> None:
    clock = FakeClock()
    async with Server({"/robots.txt": OPEN, "/": page(b"words")}) as server:
        names = Names(one=["127.0.0.1"], two=["127.0.0.2", "127.0.0.1"], three=["::1"])
        dialer = PublicDialer(
            allow=frozenset((f"{n}.example", server.port) for n in names.known), resolve=names
        )
        found = [await dialer.whereabouts(f"{n}.example", server.port) for n in names.known]
        await dialer.whereabouts("one.example", server.port)

    assert found == ["127.0.0.1", "127.0.0.1", "::1"]
    assert names.asked == ["one.example", "two.example", "three.example"]  # remembered
    assert clock.naps == []


async def test_f55_a_dead_address_is_passed_by_in_300_ms() -> None:
    with contextlib.ExitStack() as stack:
        dead = stack.enter_context(_listening("127.0.0.2", 0))
        port = dead.getsockname()[1]
        for _ in range(3):  # its queue is full: what comes now is never answered
            waiting = stack.enter_context(contextlib.closing(socket.socket()))
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(("127.0.0.2", port))
        stack.enter_context(_listening("127.0.0.1", port, queue=8))
        names = Names(both=["127.0.0.2", "127.0.0.1"])
        dialer = PublicDialer(allow=frozenset({("both.example", port)}), resolve=names)
        await dialer.whereabouts("both.example", port)

        began = time.monotonic()
        sock = await dialer.dial("both.example", port)
        took = time.monotonic() - began
        there = sock.getpeername()
        sock.close()

    assert there == ("127.0.0.1", port)
    assert 0.2 <= took < 5  # 250 ms by the dialer's own count; the machine may be busy


def _listening(host: str, port: int, queue: int = 0) -> contextlib.closing[socket.socket]:
    listening = socket.socket()
    listening.bind((host, port))
    listening.listen(queue)
    return contextlib.closing(listening)


def test_f55_the_dialer_waits_less_than_300_ms_for_an_address() -> None:
    from wirecopy.dial import HAPPY_EYEBALLS_SECONDS

    assert 0 < HAPPY_EYEBALLS_SECONDS <= 0.3  # RFC 8305, 5


async def test_f56_an_http_1_0_server_is_understood() -> None:
    old = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold and well"
    async with Server({"/": raw(old)}) as server, fetcher(server) as fetch:
        response = await fetch.get("http://a.example/", Purpose.PAGE)

    assert (response.body, response.http_version) == (b"old and well", "1.0")


async def test_f56_a_server_that_speaks_http_2_alone_is_a_bad_answer() -> None:
    settings_frame = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"  # RFC 9113, 3.4
    async with Server({"/": raw(settings_frame)}) as server, fetcher(server) as fetch:
        with pytest.raises(BadAnswer, match="HTTP"):
            await fetch.get("http://a.example/", Purpose.PAGE)


async def test_f56_a_connection_that_closes_every_time_is_tried_no_more_than_twice() -> None:
    half = raw(answer(200, b"words" * 100)[:40])
    async with (
        Server({"/robots.txt": OPEN, "/": half}) as server,
        fetcher(server, limits=Limits(headers_seconds=2)) as fetch,
    ):
        with pytest.raises(Exception, match=HOST.split(".")[-1]):
            await fetch.get("http://a.example/", Purpose.PAGE)

    assert 1 <= server.paths.count("/") <= 2
