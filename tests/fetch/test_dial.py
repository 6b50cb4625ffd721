"""What may be dialled: the address that is checked is the address that is dialled."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest

from tests.conformance.server import Server, page
from wirecopy.dial import AddrInfo, PublicDialer, ReplayDialer, is_public, target
from wirecopy.errors import ForbiddenAddress, Unreachable


def found(*addresses: str, port: int = 80) -> list[AddrInfo]:
    """As getaddrinfo would answer."""
    return [
        (
            socket.AF_INET6 if ":" in address else socket.AF_INET,
            socket.SOCK_STREAM,
            6,
            "",
            (address, port, 0, 0) if ":" in address else (address, port),
        )
        for address in addresses
    ]


class Names:
    """A name server of the test's own: one answer after the other, the last one for ever."""

    def __init__(self, *answers: Sequence[AddrInfo]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[AddrInfo]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "3fff::1",
        "100::1",
        "5f00::1",
        "not an address",
    ],
)
def test_h30_addresses_that_are_not_public_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:127.0.0.1",
        "::ffff:127.0.1.2",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:0:7f00:1::",
    ],
)
def test_h31_private_addresses_in_other_clothes_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "100.128.0.1", "172.32.0.1", "193.0.0.1", "2a00:1450::1", "::ffff:8.8.8.8"],
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


async def test_h31_mapped_address_is_refused() -> None:
    dialer = PublicDialer(resolve=Names(found("::ffff:127.0.1.2")))

    with pytest.raises(ForbiddenAddress):
        await dialer.dial("a.example", 80)


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://1.2.3/",
        "http://a.example.0x7f/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[::1/",
    ],
)
def test_h31_numbers_in_disguise_are_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        target(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
    ],
)
async def test_h31_plain_private_addresses_are_refused_when_dialled(url: str) -> None:
    there = target(url)

    with pytest.raises(ForbiddenAddress):
        await PublicDialer().dial(there.host, there.port)


async def test_h32_the_address_dialled_is_the_address_checked() -> None:
    names = Names(found("8.8.8.8"), found("127.0.0.1"))
    dialer = PublicDialer(resolve=names)

    assert await dialer.addresses("a.example", 80) == found("8.8.8.8")
    assert names.asked == [("a.example", 80)]  # one look-up, whose answer is dialled
    with pytest.raises(ForbiddenAddress):
        await dialer.dial("a.example", 80)


async def test_h32_of_public_and_private_addresses_only_the_public_ones_are_dialled() -> None:
    names = Names(found("10.0.0.1", "8.8.8.8", "::1", "2a00:1450::1", "169.254.169.254"))

    dialled = await PublicDialer(resolve=names).addresses("a.example", 80)

    assert dialled == found("8.8.8.8", "2a00:1450::1")


@pytest.mark.parametrize("port", [21, 22, 25, 6379, 5432, 9200, 11211])
async def test_h35_ports_of_other_services_are_never_dialled(port: int) -> None:
    names = Names(found("8.8.8.8", port=port))

    with pytest.raises(ForbiddenAddress):
        await PublicDialer(resolve=names).dial("a.example", port)
    assert names.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.example/",
        "gopher://a.example/",
        "unix:/run/x",
        "a.example",
        "",
    ],
)
def test_h35_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        target(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@a.example/",
        "http://user@a.example/",
        "http://a.example\\@b.example/",
        "http://a.example\\.b.example/",
        "http://a.exa\tmple/",
        "http://a.example/\r\nX: 1",
        "http://a.example:port/",
        "http:///nowhere",
        "http://a..example/",
        "http://a example/",
        "http://a%00.example/",
        "http://" + "a" * 300 + ".example/",
        "http://a.example/" + "x" * 9000,
    ],
)
def test_h37_one_parser_decides_the_host_and_refuses_tricks(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        target(url)


def test_f59_an_address_has_one_written_form() -> None:
    there = target(" HTTP://WWW.Bücher.Example.:80/a b/ü?q=ä%zz#part ")

    assert there.url == "http://www.xn--bcher-kva.example/a%20b/%C3%BC?q=%C3%A4%25zz"
    assert there.host == "www.xn--bcher-kva.example"
    assert there.origin == "http://www.xn--bcher-kva.example:80"
    assert target("https://a.example:8443").url == "https://a.example:8443/"
    assert target("http://[2A00:1450:0::1]/").url == "http://[2a00:1450::1]/"


async def test_h34_proxy_settings_do_not_reach_the_dialer(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.fetch.fetching import fetcher
    from wirecopy.model import Purpose

    async with Server({}) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with Server({"/": page(b"x")}) as server, fetcher(server) as fetch:
            response = await fetch.get("http://a.example/", Purpose.PAGE)

    assert response.body == b"x"
    assert proxy.asked == []


async def test_h38_an_internal_feed_is_dialled_when_an_operator_vouches_for_it() -> None:
    async with Server({}) as server:
        vouched = frozenset({("inside.example", server.port)})
        names = Names(found("127.0.0.1", port=server.port))
        dialer = PublicDialer(allow=vouched, resolve=names)

        sock = await dialer.dial("inside.example", server.port)

        assert sock.getpeername() == ("127.0.0.1", server.port)
        assert sock.getblocking() is False
        sock.close()
        with pytest.raises(ForbiddenAddress):
            await dialer.dial("other.example", server.port)
        with pytest.raises(ForbiddenAddress):
            await dialer.dial("inside.example", 80)


async def test_h39_a_refusal_does_not_tell_what_is_inside() -> None:
    dialer = PublicDialer(resolve=Names(found("10.11.12.13")))

    with pytest.raises(ForbiddenAddress) as caught:
        await dialer.dial("a.example", 80)
    assert "10.11.12.13" not in str(caught.value)


async def test_a_name_that_is_not_found_is_unreachable() -> None:
    async def nobody(host: str, port: int) -> Sequence[AddrInfo]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Unreachable, match="not found"):
        await PublicDialer(resolve=nobody).dial("a.example", 80)


# ---------------------------------------------------------------- the replay dialer


async def test_the_replay_dialer_knows_its_own_port_whatever_name_is_asked() -> None:
    async with Server({}) as server:
        sock = await ReplayDialer(server.port).dial("anything.example", 80)
        assert sock.getpeername() == ("127.0.0.1", server.port)
        sock.close()


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1", 80),
        ("127.0.0.1", 9999),
        ("localhost", 80),
        ("a.localhost", 80),
        ("x.example", 9999),
        ("x.example", 443),
        ("::1", 80),
        ("fe80::1%lo", 80),
        ("2130706433", 80),
        ("127.1", 80),
        ("10.0.0.1", 80),
        ("8.8.8.8", 80),
    ],
)
async def test_the_replay_dialer_refuses_everything_else(host: str, port: int) -> None:
    async with Server({}) as server:
        with pytest.raises(ForbiddenAddress):
            await ReplayDialer(server.port).dial(host, port)


async def test_a_redirect_from_the_player_to_another_loopback_port_is_refused() -> None:
    from tests.conformance.server import redirect
    from tests.fetch.fetching import fetcher
    from wirecopy.model import Purpose

    async with Server({"/": page(b"not for you")}) as other:
        tricks = [
            f"http://127.0.0.1:{other.port}/",
            f"http://localhost:{other.port}/",
            f"http://x.example:{other.port}/",
            f"http://[::1]:{other.port}/",
            f"http://[::ffff:127.0.0.1]:{other.port}/",
            f"http://2130706433:{other.port}/",
            f"https://x.example:{other.port}/",
            "http://127.0.0.1:9999/",
            "http://localhost:9999/",
            "http://x.example:9999/",
            "http://[::1]:9999/",
            "http://127.0.0.1/",
            "http://localhost/",
        ]
        routes = {f"/{n}": redirect(to) for n, to in enumerate(tricks)}
        async with Server(routes) as server, fetcher(server) as fetch:
            for number in range(len(tricks)):
                with pytest.raises(ForbiddenAddress):
                    await fetch.get(f"http://a.example/{number}", Purpose.PAGE)

    assert other.asked == []
    assert server.paths == ["/robots.txt", *routes]
