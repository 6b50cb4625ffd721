"""Publishers on loopback that answer as they are told, well or badly, and their settings.

`python -m bench.street HOSTS PAGES KILOBYTES` plays so many, each with so many pages of that size,
from a process of its own: it tells its port, and ends when standard input closes.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from aiohttp import web

HTML = "text/html; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"

SENTENCES = (
    "The council of {town} voted on Monday to repair the old harbour wall before the winter.",
    "Engineers had warned for years that the stones below the water line were coming loose.",
    "The work will take about {number} weeks and close the quay to all but the smallest boats.",
    "Fishermen who land their catch there will be offered berths on the northern pier.",
    "Opponents of the plan said that the town should first have asked for a second survey.",
    "The mayor answered that every month of waiting would make the repair more expensive.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent for an address. `cut` hangs up after so many bytes of the promised ones."""

    body: bytes
    kind: str = HTML
    encoding: str = ""  # Content-Encoding: the body is packed already
    cut: int | None = None


def story(number: int, *, padding: int = 0) -> bytes:
    """A page with an article of its own words, and so many bytes of script."""
    words = [line.format(town=f"Town{number}", number=number + 10) for line in SENTENCES]
    # Words of its own, so that no page repeats another
    words += [f"Boat {name} of berth {number * 7 + name} was moved." for name in range(20, 40)]
    paragraphs = "".join(f"<p>{' '.join(words[at : at + 3])}</p>" for at in range(0, 26, 3))
    script = f"<script>var filler = '{'x' * padding}';</script>" if padding else ""
    return (
        f"<!doctype html><html lang='en'><head><title>{headline(number)}</title>{script}</head>"
        f"<body><article><h1>{headline(number)}</h1>{paragraphs}</article></body></html>"
    ).encode()


def headline(number: int) -> str:
    return f"Town{number} votes to repair wall number {number * 13 + 5}"


def feed(host: str, *paths: str) -> bytes:
    """A feed that announces those paths."""
    items = "".join(
        f"<item><title>{escape(f'{path} of {host}')}</title><link>http://{host}{path}</link>"
        f"<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate></item>\n"
        for path in paths
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?>\n<rss version='2.0'><channel><title>{host}</title>"
        f"<link>http://{host}/</link><description>News</description>\n{items}</channel></rss>"
    ).encode()


@dataclass(slots=True)
class Street:
    """What stands where, and how many pages were answered so far."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)  # by host and path
    port: int = 0
    asked: int = 0  # requests; robots.txt and its like left out

    def put(self, host: str, path: str, answer: Answer) -> None:
        self.answers[host, path] = answer

    def publish(self, host: str, pages: dict[str, Answer]) -> None:
        """A publisher with its pages, and a feed at /feed that announces them."""
        self.put(host, "/feed", Answer(body=feed(host, *pages), kind=RSS))
        for path, answer in pages.items():
            self.put(host, path, answer)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        host = request.host.partition(":")[0]
        if request.path == "/robots.txt":
            return web.Response(text="User-agent: *\nAllow: /\n")
        if request.path.startswith("/.well-known/"):
            raise web.HTTPNotFound
        self.asked += 1
        found = self.answers.get((host, request.path))
        if found is None:
            raise web.HTTPNotFound
        headers = {"Content-Type": found.kind}
        if found.encoding:
            headers["Content-Encoding"] = found.encoding
        if found.cut is None:
            return web.Response(body=found.body, headers=headers)
        headers["Content-Length"] = str(len(found.body))
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(found.body[: found.cut])
        if request.transport is not None:
            request.transport.close()
        return response


@contextmanager
def playing(street: Street) -> Iterator[Street]:
    """Answer on a port of loopback, from a thread of its own, until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", street.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)

    async def listen() -> int:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=512).start()
        port: int = runner.addresses[0][1]
        return port

    street.port = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    try:
        yield street
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def settings_text(folder: Path, hosts: Sequence[str], *, database: Path | None = None) -> str:
    """Settings whose publishers have one feed each; the database may stand elsewhere."""
    blocks = "".join(
        f'[[publisher]]\nname = "{host}"\ndomain = "{host}"\nlanguage = "en"\n'
        f'[[publisher.feed]]\nurl = "http://{host}/feed"\nsection = "world"\n'
        for host in hosts
    )
    elsewhere = f'database_url = "sqlite:///{database}"\n' if database else ""
    return (
        '[site]\ncontact = "desk@example.org"\n[gather]\ndelay_seconds = 0.5\n'
        f'[storage]\nfolder = "{folder}"\n{elsewhere}{blocks}'
    )


def host(number: int) -> str:
    return f"paper{number}.example"


def large(hosts: int, pages: int, kilobytes: int) -> Street:
    """Publishers with so many pages each, all of that size and none a copy of another."""
    street = Street()
    for at in range(hosts):
        numbers = range(at * pages, (at + 1) * pages)
        street.publish(
            host(at), {f"/{n}": Answer(body=story(n, padding=1000 * kilobytes)) for n in numbers}
        )
    return street


if __name__ == "__main__":
    with playing(large(*map(int, sys.argv[1:]))) as street:
        print(street.port, flush=True)
        sys.stdin.read()
