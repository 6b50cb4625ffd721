"""What may be dialled, and the dialling: the one door through which connections leave.

An address is checked when it is dialled, and the address that was checked is the one dialled: a
name that changes its mind between a check and a connection gains nothing. A dialer is an argument
of whoever fetches; no setting, flag or environment variable chooses it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
import time
from asyncio.sslproto import SSLProtocol
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import SplitResult, quote, urlsplit

import aiohappyeyeballs
import aiohttp
import idna

from wirecopy.errors import ForbiddenAddress, Unreachable

AddrInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""As socket.getaddrinfo gives it: family, type, protocol, canonical name, socket address."""

Resolve = Callable[[str, int], Awaitable[Sequence[AddrInfo]]]

PORTS = frozenset({80, 443, 8000, 8008, 8080, 8081, 8088, 8443, 8888})
"""Ports publishers serve from; no mail, no database, no control port is among them."""

LONGEST_ADDRESS = 8000  # characters: RFC 9110, 4.1 asks for at least 8,000 octets

KNOWN_SECONDS = 600  # for which a host's whereabouts are remembered
KNOWN = 10_000  # hosts whose whereabouts are

TLS_BYTES = 65_536  # read at a time: four records (RFC 8446, 5.1)

HAPPY_EYEBALLS_SECONDS = 0.25  # RFC 8305, 5: a dead IPv6 route costs this much, not a timeout

_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63})*\Z")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")  # WHATWG URL, 3.5: such a last label is an IPv4
_LOOSE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_KEPT = "/:?#[]@!$&'()*+,;=-._~%"  # RFC 3986, 2.2 and 2.3, and escapes that are there already


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked for, in the one form it is asked for in."""

    url: str  # ASCII, no fragment, no credentials
    scheme: str
    host: str  # lower case, A-labels; an IPv6 address without brackets
    port: int

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{_bracketed(self.host)}:{self.port}"


def target(url: str) -> Target:
    """Read an address with one strict parser; what it says is the host, everybody dials.

    Raises ForbiddenAddress for other schemes than http and https, credentials, control characters,
    back-slashes in the host and numbers written as hosts (`2130706433`, `0x7f.1`, `127.1`).
    """
    text = url.strip(" ")
    if len(text) > LONGEST_ADDRESS:
        raise ForbiddenAddress(f"The address has {len(text):,} characters.", url=text[:200])
    if _CONTROL.search(text):
        raise ForbiddenAddress("The address holds control characters.", url=_CONTROL.sub("?", text))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ForbiddenAddress("The address cannot be read.", url=text) from error
    if parts.scheme not in ("http", "https"):
        raise ForbiddenAddress("Only http and https are asked for.", url=text)
    if "@" in parts.netloc or "\\" in parts.netloc:
        raise ForbiddenAddress("The address carries credentials or a back-slash.", url=text)
    host = _host(parts, text)
    if port is None:
        port = 443 if parts.scheme == "https" else 80
    return Target(_written(parts, host, port), parts.scheme, host, port)


def _host(parts: SplitResult, url: str) -> str:
    host = (parts.hostname or "").removesuffix(".")
    if parts.netloc.startswith("["):
        try:  # a zone (`fe80::1%eth0`) has no meaning outside the machine that wrote it
            return str(ipaddress.IPv6Address("zone" if "%" in host else host))
        except ValueError as error:
            raise ForbiddenAddress("The host is not an address.", url=url) from error
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise ForbiddenAddress("The host's name cannot be written down.", url=url) from error
    if not _HOST.match(host):
        raise ForbiddenAddress("The host's name is not one.", url=url)
    if _NUMBER.match(host.rpartition(".")[2]) and not _is_plain_ipv4(host):
        raise ForbiddenAddress("The host is a number in disguise.", url=url)
    return host


def _is_plain_ipv4(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def _written(parts: SplitResult, host: str, port: int) -> str:
    standard = 443 if parts.scheme == "https" else 80
    authority = _bracketed(host) + ("" if port == standard else f":{port}")
    path = parts.path or "/"
    query = f"?{parts.query}" if parts.query else ""
    rest = quote(_LOOSE_PERCENT.sub("%25", path + query), safe=_KEPT)
    return f"{parts.scheme}://{authority}{rest}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


# ---------------------------------------------------------------- addresses

# IANA's special-purpose registries; a table of our own, since `ipaddress.is_global` changed its
# answers between releases of Python 3.11.
_NEVER_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")  # all that is handed out; everything else is special
_NEVER_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise, retired by RFC 7526
        "3fff::/20",
    )
)
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: how an IPv6-only network reaches IPv4


def is_public(address: str) -> bool:
    """Whether an address, in the form getaddrinfo gives it, is one of the open internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        if ip not in _MAPPED and ip not in _NAT64:
            return ip in _UNICAST_6 and not any(ip in network for network in _NEVER_6)
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return not any(ip in network for network in _NEVER_4)


# ---------------------------------------------------------------- dialers


class Dialer(Protocol):
    """Name and port in, connected socket out."""

    async def dial(self, host: str, port: int) -> socket.socket:
        """A connected, non-blocking socket. Raises ForbiddenAddress or Unreachable."""
        ...

    async def whereabouts(self, host: str, port: int) -> str:
        """The network address that a host shares with others; "" where that means nothing.

        Only for keeping queues by it: what is dialled is looked up and checked by `dial`.
        Raises ForbiddenAddress or Unreachable.
        """
        ...


class PublicDialer:
    """Dials the open internet and nothing else.

    `allow` names the (host, port) pairs an operator vouches for; `resolve` is for tests.
    """

    def __init__(
        self,
        *,
        allow: frozenset[tuple[str, int]] = frozenset(),
        resolve: Resolve | None = None,
    ) -> None:
        self._allow = allow
        self._known: dict[tuple[str, int], tuple[str, float]] = {}
        self._resolve = resolve or self._look_up
        # A dead name server holds a thread for ten seconds; the loop's own pool has six of them.
        self._threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="names")

    async def dial(self, host: str, port: int) -> socket.socket:
        addresses = await self.addresses(host, port)
        try:
            return await aiohappyeyeballs.start_connection(
                addresses, happy_eyeballs_delay=HAPPY_EYEBALLS_SECONDS
            )
        except OSError as error:
            raise Unreachable(
                f"No connection to {host}: {_reason(error)}.", url=f"{_bracketed(host)}:{port}"
            ) from error

    async def whereabouts(self, host: str, port: int) -> str:
        """The lowest of the host's checked addresses; looked up every ten minutes."""
        known = self._known.get((host, port))
        now = time.monotonic()
        if known is not None and now - known[1] < KNOWN_SECONDS:
            return known[0]
        found = await self.addresses(host, port)
        lowest = min(str(address[4][0]) for address in found)
        self._known.pop((host, port), None)
        self._known[host, port] = (lowest, now)
        if len(self._known) > KNOWN:
            del self._known[next(iter(self._known))]
        return lowest

    async def addresses(self, host: str, port: int) -> Sequence[AddrInfo]:
        """The checked addresses of a host, the only ones that are dialled; one look-up."""
        where = f"{_bracketed(host)}:{port}"
        vouched = (host, port) in self._allow
        if port not in PORTS and not vouched:
            raise ForbiddenAddress(f"Port {port} is never dialled.", url=where)
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise Unreachable(
                f"The name {host} was not found: {_reason(error)}.",
                url=where,
                cure="Look whether the publisher's address is still right.",
            ) from error
        if vouched:
            return found
        # A name that leads to public and private addresses is dialled at its public ones only.
        public = [address for address in found if is_public(str(address[4][0]))]
        if not public:
            raise ForbiddenAddress(
                f"{host} leads to an address inside a private or reserved network.", url=where
            )
        return public

    async def _look_up(self, host: str, port: int) -> Sequence[AddrInfo]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )


class ReplayDialer:
    """Dials the player on loopback, whatever name is asked for, and nothing else.

    It knows the one port of the player it was started with (and the one it speaks TLS on); a host
    that is an address, `localhost`, or any port but 80 and 443 is refused before any dial.
    """

    def __init__(self, port: int, tls_port: int | None = None) -> None:
        self._ports = {80: port, 443: tls_port}

    async def dial(self, host: str, port: int) -> socket.socket:
        where = f"{_bracketed(host)}:{port}"
        ours = self._ports.get(port)
        if ours is None or _is_address(host) or host.split(".")[-1] == "localhost":
            raise ForbiddenAddress("The player is not there.", url=where)
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", ours))
        except OSError as error:
            sock.close()
            raise Unreachable(
                f"The player does not answer: {_reason(error)}.", url=where
            ) from error
        except BaseException:
            sock.close()
            raise
        return sock

    async def whereabouts(self, host: str, port: int) -> str:
        """Every host is played at one address, and each has its own queue."""
        return ""


def _is_address(host: str) -> bool:
    """Whether a host of a `Target` is an address: no name holds a colon or ends in a number."""
    return ":" in host or _NUMBER.match(host.rpartition(".")[2]) is not None


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")


# ---------------------------------------------------------------- aiohttp


def connector(dialer: Dialer, *, tls: ssl.SSLContext | None, limit: int) -> DialingConnector:
    """An aiohttp connector whose every connection comes from the dialer; no proxy, no other way.

    Call it inside a running loop. `tls` defaults to the system's authorities; a certificate that
    does not hold is refused and there is no way around it.
    """
    return DialingConnector(dialer, tls or _default_tls(), limit)


def _default_tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


class DialingConnector(aiohttp.BaseConnector):
    """What `connector` gives; knows which address each host was last dialled at."""

    def __init__(self, dialer: Dialer, tls: ssl.SSLContext, limit: int) -> None:
        # Kept connections serve a host's queue; half a minute outlasts its pauses, and the
        # reading of a feed that brings the next request.
        super().__init__(limit=limit, keepalive_timeout=30)
        # Every TLS connection keeps a buffer of this size, 256 KB when left alone, and asyncio has
        # no other way to tell it: 292 KB a connection, 100 so.
        SSLProtocol.max_size = TLS_BYTES
        self._dialer = dialer
        self._tls = tls
        self._dialled: dict[tuple[str, int], str] = {}

    @property
    def idle(self) -> int:
        """Hosts to which a connection is kept open with nothing to ask."""
        return len(self._conns)

    def keep_idle(self, most: int) -> None:
        """Let go the connections that have waited longest for their host's next request."""
        while len(self._conns) > most:
            for protocol, _ in self._conns.pop(next(iter(self._conns))):
                protocol.close()

    def dialled(self, host: str, port: int) -> str:
        """The address a host was last dialled at; "" when it never was."""
        return self._dialled.get((host, port), "")

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 (aiohttp names it)
    ) -> Any:
        # Modelled on aiohttp.connector.UnixConnector. Our own errors pass through aiohttp as
        # they are: it translates OSError and asyncio.TimeoutError only.
        host, port = req.url.raw_host or "", req.url.port or 0
        secure = req.url.scheme == "https"
        url = str(req.url)
        try:
            async with asyncio.timeout(timeout.sock_connect):
                sock = await self._dialer.dial(host, port)
                self._dialled[host, port] = str(sock.getpeername()[0])
                _, protocol = await self._loop.create_connection(
                    self._factory,
                    sock=sock,
                    ssl=self._tls if secure else None,
                    server_hostname=host if secure else None,
                    # Do not wait half a minute for a peer that never says goodbye.
                    ssl_shutdown_timeout=1 if secure else None,
                )
                return protocol
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(
                f"The certificate of {host} does not hold: {_reason(error)}.",
                url=url,
                cure="Only the publisher can mend it; nothing is fetched around it.",
            ) from error
        except TimeoutError as error:
            raise Unreachable(f"{host} took too long to connect.", url=url) from error
        except (OSError, ssl.SSLError) as error:
            raise Unreachable(f"No connection to {host}: {_reason(error)}.", url=url) from error
