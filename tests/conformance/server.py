"""A publisher on loopback that misbehaves to order, and remembers everything it was asked.

In tests:

    async with Server({"/feed": page(b"<rss/>"), "/gone": status(410)}) as server:
        ...
        assert [asked.path for asked in server.asked] == ["/robots.txt", "/feed"]

By hand, with every misbehaviour under a path of its own:

    python -m tests.conformance.server [PORT]
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType

import brotli
import zstandard


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as it came."""

    method: str
    host: str  # the Host header
    path: str  # with its query
    headers: tuple[tuple[str, str], ...]
    at: float  # time.monotonic()
    connection: int  # 1, 2, ...: which connection it came on
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.path}"


Play = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]
"""Answers a request; raising Hangup ends the connection."""


class Hangup(Exception):
    """The server closes the connection now."""


@dataclass(slots=True)
class Server:
    """Plays `routes`: by "host/path" first, then by "/path"; else 404 (also for robots.txt)."""

    routes: Mapping[str, Play]
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    tls_port: int | None = None
    most_at_once: int = 0  # requests being answered at the same time, at most
    _servers: list[asyncio.Server] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _connections: int = 0
    _now: int = 0

    async def __aenter__(self) -> Server:
        await self.start()
        return self

    async def start(self, port: int = 0) -> None:
        plain = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=512)
        self._servers.append(plain)
        self.port = plain.sockets[0].getsockname()[1]
        if self.tls is not None:
            secure = await asyncio.start_server(
                self._serve, "127.0.0.1", 0, ssl=self.tls, backlog=512
            )
            self._servers.append(secure)
            self.tls_port = secure.sockets[0].getsockname()[1]

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [asked.path for asked in self.asked]

    @property
    def urls(self) -> list[str]:
        return [asked.url for asked in self.asked]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._connections += 1
        number = self._connections
        try:
            while (asked := await _read(reader, number)) is not None:
                self.asked.append(asked)
                play = self.routes.get(asked.host + asked.path) or self.routes.get(asked.path)
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
                try:
                    await (play or status(404))(asked, writer)
                    await writer.drain()
                finally:
                    self._now -= 1
        except (Hangup, OSError, asyncio.CancelledError):
            pass  # how connections end here
        finally:
            writer.transport.abort() if writer.transport.is_closing() else writer.close()
            self._tasks.discard(task)


async def _read(reader: asyncio.StreamReader, connection: int) -> Asked | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, path, _ = first.split(" ")
    headers = tuple((name, value.strip()) for name, _, value in (x.partition(":") for x in lines))
    host = next((value for name, value in headers if name.lower() == "host"), "")
    length = next((value for name, value in headers if name.lower() == "content-length"), "0")
    body = await reader.readexactly(int(length))
    return Asked(method, host, path, headers, time.monotonic(), connection, body)


# ---------------------------------------------------------------- good and bad manners


def raw(*pieces: bytes, close: bool = True, pause: float = 0.0) -> Play:
    """These very bytes, with a pause between them."""

    async def play(asked: Asked, writer: asyncio.StreamWriter) -> None:
        for number, piece in enumerate(pieces):
            if number and pause:
                await asyncio.sleep(pause)
            writer.write(piece)
            await writer.drain()
        if close:
            raise Hangup

    return play


def answer(code: int, body: bytes = b"", *headers: tuple[str, str]) -> bytes:
    """The bytes of a whole answer."""
    lines = [f"HTTP/1.1 {code} X", *(f"{name}: {value}" for name, value in headers)]
    if code != 304:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def page(body: bytes, *headers: tuple[str, str]) -> Play:
    """200 with a body."""
    return raw(answer(200, body, *headers), close=False)


def status(code: int, *headers: tuple[str, str], body: bytes = b"no") -> Play:
    return raw(answer(code, b"" if code in (204, 304) else body, *headers), close=False)


def redirect(to: str, code: int = 302) -> Play:
    return status(code, ("Location", to))


def robots(text: str) -> Play:
    return page(text.encode(), ("Content-Type", "text/plain"))


def in_turn(*plays: Play) -> Play:
    """The first play for the first request, and so on; the last one for all that follow."""
    left = list(plays)

    async def play(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(asked, writer)

    return play


def conditional(body: bytes, etag: str) -> Play:
    """304 to whoever brings the validator back byte for byte."""

    async def play(asked: Asked, writer: asyncio.StreamWriter) -> None:
        same = asked.header("If-None-Match") == etag
        one = status(304, ("ETag", etag)) if same else page(body, ("ETag", etag))
        await one(asked, writer)

    return play


def silent(seconds: float = 3600) -> Play:
    """Takes the request and never answers."""

    async def play(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)

    return play


def hangs_up() -> Play:
    async def play(asked: Asked, writer: asyncio.StreamWriter) -> None:
        raise Hangup

    return play


def cut_short(body: bytes, claimed: int) -> Play:
    """Fewer bytes than it says."""
    return raw(f"HTTP/1.1 200 OK\r\nContent-Length: {claimed}\r\n\r\n".encode() + body)


def drips(seconds: float, piece: bytes = b"x") -> Play:
    """One byte at a time, for ever."""

    async def play(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(seconds)

    return play


def drips_headers(seconds: float) -> Play:
    async def play(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(seconds)

    return play


def endless(piece: bytes = b"x" * 65536) -> Play:
    """A body without an end, as fast as it is taken."""
    return drips(0, piece)


def endless_headers() -> Play:
    async def play(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-Filler: " + b"x" * 1000 + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0)

    return play


def bomb(encoding: str, megabytes: int = 1000) -> bytes:
    """A small body that becomes a huge one."""
    blank = bytes(1_000_000)
    if encoding == "gzip":
        packer = zlib.compressobj(wbits=31)
        return b"".join(packer.compress(blank) for _ in range(megabytes)) + packer.flush()
    if encoding == "deflate":
        packer = zlib.compressobj()
        return b"".join(packer.compress(blank) for _ in range(megabytes)) + packer.flush()
    if encoding == "br":
        br = brotli.Compressor(quality=4)
        return bytes(b"".join(br.process(blank) for _ in range(megabytes)) + br.finish())
    zstd = zstandard.ZstdCompressor().compressobj()
    packed = [zstd.compress(blank) for _ in range(megabytes)]
    return b"".join([*packed, zstd.flush()])


# ---------------------------------------------------------------- by hand


async def _by_hand(port: int) -> None:
    from tests.conformance.by_hand import BY_HAND  # it builds bombs, which takes a second
    from tests.conformance.lines import lines

    server = Server(BY_HAND)
    await server.start(port)
    print(f"http://127.0.0.1:{server.port}/ misbehaves at:")
    for line in lines():
        paths = [path for path in BY_HAND if path.startswith(f"/{line.id.lower()}")]
        print(f"  {' '.join(paths):<28} {line.given}")
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(_by_hand(int(sys.argv[1]) if len(sys.argv) > 1 else 8099))
    except KeyboardInterrupt:
        print("stopped")
