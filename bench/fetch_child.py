"""`python -m bench.fetch_child FOLDER WAIT`: publishers on loopback, with and without TLS.

It shows the certificate in FOLDER, tells both its ports, and ends when standard input closes. A
host whose name begins with `stuck` takes a request and never answers, one with `dripping` sends a
byte a second; any other answers each path after WAIT seconds with 20 KB, and a connection is closed
after what is not robots.txt.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import sys
from functools import partial
from pathlib import Path

START = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
ROBOTS = b"User-agent: *\nAllow: /\n"
FEED = (
    b"<?xml version='1.0'?><rss version='2.0'><channel><title>A</title></channel><!--"
    + b"x" * 20_000
    + b"--></rss>"
)


async def _serve(wait: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, OSError, ssl.SSLError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"\r\nHost: stuck" in head:
                await asyncio.sleep(3600)
            if b"\r\nHost: dripping" in head:
                writer.write(START + b"Content-Length: 3600\r\n\r\n")
                for _ in range(3600):
                    writer.write(b"\n")
                    await writer.drain()
                    await asyncio.sleep(1)
            await asyncio.sleep(wait)
            rules = head.startswith(b"GET /robots.txt ")
            body = ROBOTS if rules else FEED
            close = b"" if rules else b"Connection: close\r\n"
            length = f"Content-Length: {len(body)}\r\n\r\n".encode()
            writer.write(START + close + length + body)
            await writer.drain()
            if not rules:
                break
    writer.close()


async def play(folder: Path, wait: float) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    serve = partial(_serve, wait)
    plain = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096)
    secure = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context, backlog=4096)
    print(plain.sockets[0].getsockname()[1], secure.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(play(Path(sys.argv[1]), float(sys.argv[2])))
