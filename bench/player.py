"""Plays a folder of recorded pages as their real publishers, under their own names and addresses.

A process of its own, so that its cost is not counted as Wirecopy's. `https` is real TLS, with a
certificate for each name by an authority made for the run. Each host has robots.txt (everything
allowed) and a feed of its pages; a page's bytes are the recorded ones.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import trustme
from aiohttp import web

from wirecopy.stages.address import article_id

FEED_PATH = "/wirecopy-bench-feed.xml"


@dataclass(frozen=True, slots=True)
class Page:
    """One recorded page and its address."""

    id: str  # the row's id in truth.jsonl
    url: str
    file: Path
    title: str


def pages(folder: Path) -> list[Page]:
    """The pages of a folder laid out as truth.jsonl and html/*.gz, one for each address."""
    found: dict[str, Page] = {}
    with (folder / "truth.jsonl").open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            page = Page(row["id"], row["url"], folder / row["file"], row.get("title") or row["url"])
            found.setdefault(article_id(page.url), page)
    return list(found.values())


def hosts(all_of_them: Sequence[Page]) -> dict[str, list[Page]]:
    """The pages by the host that serves them."""
    by_host: defaultdict[str, list[Page]] = defaultdict(list)
    for page in all_of_them:
        by_host[urlsplit(page.url).hostname or ""].append(page)
    return dict(by_host)


def feed_url(host: str, its_pages: Sequence[Page]) -> str:
    """The address of the feed played for a host, in the scheme of its pages."""
    return f"{urlsplit(its_pages[0].url).scheme}://{host}{FEED_PATH}"


class Player:
    """The server: a plain port, and a TLS port whose certificate follows the name asked for."""

    def __init__(self, folder: Path, at: datetime) -> None:
        self._pages = {article_id(page.url): page for page in pages(folder)}
        self._hosts = hosts(list(self._pages.values()))
        self._at = at
        self._authority = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}

    async def listen(self) -> tuple[int, int]:
        """The plain port and the TLS port."""
        app = web.Application()
        app.router.add_route("GET", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        plain = web.TCPSite(runner, "127.0.0.1", 0)
        await plain.start()
        context = self._context("localhost")
        context.sni_callback = self._choose
        secure = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context, backlog=512)
        await secure.start()
        (_, plain_port), (_, tls_port) = (address[:2] for address in runner.addresses)
        return plain_port, tls_port

    def authority(self) -> str:
        """The authority's certificate, in PEM."""
        return self._authority.cert_pem.bytes().decode()

    def _choose(self, sock: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            sock.context = self._context(name)

    def _context(self, name: str) -> ssl.SSLContext:
        context = self._contexts.get(name)
        if context is None:
            context = self._contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(name).configure_cert(context)
        return context

    async def _answer(self, request: web.Request) -> web.Response:
        host = request.host.partition(":")[0].lower()
        if request.path == "/robots.txt":
            return web.Response(text="User-agent: *\nAllow: /\n")
        if request.path == FEED_PATH and host in self._hosts:
            return web.Response(body=self._feed(host), content_type="application/rss+xml")
        page = self._pages.get(article_id(f"{request.scheme}://{host}{request.raw_path}"))
        if page is None:
            raise web.HTTPNotFound
        body = gzip.decompress(page.file.read_bytes())
        return web.Response(body=body, headers={"Content-Type": "text/html"})

    def _feed(self, host: str) -> bytes:
        date = format_datetime(self._at)
        items = "".join(
            f"<item><title>{escape(page.title)}</title><link>{escape(page.url)}</link>"
            f"<guid isPermaLink='false'>{escape(page.id)}</guid><pubDate>{date}</pubDate></item>"
            for page in self._hosts[host]
        )
        return (
            f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
            f"<title>{escape(host)}</title><link>https://{escape(host)}/</link>{items}"
            f"</channel></rss>"
        ).encode()


async def main(folder: Path) -> None:
    """Tell ports and authority on standard output; serve until standard input closes."""
    player = Player(folder, datetime.now(UTC))
    plain, secure = await player.listen()
    told: Mapping[str, object] = {"plain": plain, "tls": secure, "authority": player.authority()}
    print(json.dumps(told), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
