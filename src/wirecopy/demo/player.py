"""The player: every publisher of the demo on one loopback port, told apart by the Host header.

It plays two rounds. In the second there are follow-ups, and some articles have been edited since.
Dates lie around `start`, which is an argument. Beyond the publishers there are two addresses on
every host that lead astray, for the test that nothing but this one port is ever dialled:
`/away/PORT` redirects to `http://127.0.0.1:PORT/`, `/astray/PORT` to the same host's port PORT.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from wirecopy.demo import feeds, pages
from wirecopy.demo.content import HERE, Paper, Piece, PlayedFeed, papers, pieces

SLOW_SECONDS = 1.5
ROUND_MINUTES = 60  # from one round to the next
_RELATED = 4
_SMALL_PAGES = ("about", "privacy", "terms", "subscribe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, for tests."""

    host: str
    path: str  # with its query
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What stands at an address in one round."""

    body: bytes
    content_type: str
    changed: datetime
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200


class Player:
    """Plays the publishers from `start` on; `round` may be set at any time."""

    def __init__(
        self, start: datetime, round: int = 1, *, slow_seconds: float = SLOW_SECONDS
    ) -> None:
        if start.tzinfo is None:
            raise ValueError("start must be aware")
        self.start = start.astimezone(UTC).replace(microsecond=0)
        self.round = round
        self.slow_seconds = slow_seconds
        self.log: list[Asked] = []
        self._hosts = {paper.domain: paper for paper in papers().values()}
        self._runner: web.AppRunner | None = None

    @property
    def at(self) -> datetime:
        """The time of the present round: `start`, or an hour later."""
        return self.start + timedelta(minutes=ROUND_MINUTES * (self.round - 1))

    async def listen(self) -> int:
        """Start answering on a free port of 127.0.0.1; gives the port."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port: int = self._runner.addresses[0][1]
        return port

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def port(self) -> int:
        """The port it listens on; 0 before `listen`."""
        return self._runner.addresses[0][1] if self._runner else 0

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        host = request.host.partition(":")[0].lower()
        self.log.append(Asked(host=host, path=request.raw_path, headers=dict(request.headers)))
        paper = self._hosts.get(host)
        if paper is None:
            raise web.HTTPMisdirectedRequest(text="No such publisher is played here.\n")
        if astray := _astray(host, request.path):
            raise web.HTTPFound(astray)
        if _fault(paper, request.path) == "hangs-up" and request.transport is not None:
            request.transport.abort()
            return web.Response()
        found = self.look_up(paper, request.path, request.raw_path)
        if paper.slow:
            await asyncio.sleep(self._delay(found))
        return self._response(paper, request, found)

    def _delay(self, found: Answer) -> float:
        """A slow host thinks long over its feed and a third as long over a page."""
        if found.content_type.startswith("application/rss"):
            return self.slow_seconds
        return self.slow_seconds / 3 if found.content_type.startswith("text/html") else 0.0

    def look_up(self, paper: Paper, path: str, raw_path: str = "") -> Answer:
        """What stands at a path of a publisher in the present round; 404 and 410 are answers."""
        if path == "/robots.txt":
            return self._robots(paper)
        if path.startswith("/media/"):
            return self._image(paper, path)
        for feed in paper.feeds:
            if feed.path == path:
                return self._feed(paper, feed)
        for piece in self._of(paper):
            if piece.path in (path, raw_path):
                return self._page(piece)
            if "moved" in piece.flags and path == f"/go/{piece.number}":
                moved = (("Location", piece.path),)
                return _text(self.start, "Moved.\n", status=301, headers=moved)
        return self._other(paper, path)

    def announced(self, piece: Piece) -> str:
        """The address under which a publisher's feed announces an article."""
        if "moved" in piece.flags:
            return f"http://{piece.paper.domain}/go/{piece.number}"
        tracking = piece.paper.tracking
        return f"{piece.url}?{tracking}" if tracking else piece.url

    def _response(self, paper: Paper, request: web.Request, found: Answer) -> web.Response:
        etag = f'"{hashlib.sha256(found.body).hexdigest()[:16]}"'
        headers = {
            "Date": _http(self.at),
            "Content-Type": found.content_type,
            **dict(found.headers),
        }
        if paper.validators and found.status == 200:
            headers |= {"ETag": etag, "Last-Modified": _http(found.changed)}
            if _unchanged(request, etag, found.changed):
                return web.Response(status=304, headers=headers)
        return web.Response(status=found.status, headers=headers, body=found.body)

    def _robots(self, paper: Paper) -> Answer:
        barred = [p.path for p in pieces().values() if p.paper is paper and "forbidden" in p.flags]
        lines = ["User-agent: *", "Disallow: /subscribe", *(f"Disallow: {path}" for path in barred)]
        return _text(self.start, "\n".join([*lines, ""]))

    def _image(self, paper: Paper, path: str) -> Answer:
        for piece in self._of(paper):
            if piece.picture and pages.image_path(paper, piece.picture) == path:
                body = (HERE / "images" / f"{piece.picture.drawing}.png").read_bytes()
                return Answer(body=body, content_type="image/png", changed=self.start)
        return _text(self.start, "Not found.\n", status=404)

    def _feed(self, paper: Paper, feed: PlayedFeed) -> Answer:
        if feed.fault == "gone":
            return _text(self.start, "Gone.\n", status=410)
        own = f"http://{paper.domain}{feed.path}"
        lines = [self._line(piece) for piece in self._of(paper)]
        changed = max((line.updated for line in lines), default=self.start)
        text = feeds.write(feed.format, paper, own, pages.local(paper, changed), lines)
        known = paper.feed_type or f"{pages.FEED_TYPES[feed.format]}; charset=utf-8"
        return Answer(body=text.encode(), content_type=known, changed=changed)

    def _line(self, piece: Piece) -> feeds.Line:
        paper = piece.paper
        published = pages.local(paper, self.start + timedelta(minutes=piece.at))
        openly = self.round > 1 and piece.edit is not None and piece.edit.openly
        minutes = piece.edit.at if openly and piece.edit else piece.at
        shown = pages.blocks(piece, self.start, self.round) if paper.full_text else ()
        return feeds.Line(
            url=self.announced(piece),
            guid=f"tag:{paper.domain},{piece.number}",
            title=pages.title(piece, self.start, self.round),
            summary=pages.summary(piece, self.start, self.round),
            authors=piece.authors,
            section=pages.labels(paper.language)[piece.section],
            published=published,
            updated=pages.local(paper, self.start + timedelta(minutes=minutes)),
            content="".join(block.open("h2") for block in shown),
        )

    def _page(self, piece: Piece) -> Answer:
        paper = piece.paper
        teasers = self._teasers(paper, without=piece)
        if "broken" in piece.flags:
            text = pages.broken(piece)
        elif "listing" in piece.flags:
            text = pages.listing(paper, self.start, piece.wording.title, teasers)
        else:
            text = pages.article(piece, self.start, self.round, teasers[:_RELATED])
        headers = (("X-Robots-Tag", "noarchive"),) if "noarchive" in piece.flags else ()
        return self._html(paper, text, headers)

    def _other(self, paper: Paper, path: str) -> Answer:
        section = path.removeprefix("/section/")
        say = pages.labels(paper.language)
        if path == "/":
            title, teasers = paper.name, self._teasers(paper)
        elif section != path and section in pages.sections(paper):
            title, teasers = say[section], self._teasers(paper, section=section)
        elif path.removeprefix("/") in _SMALL_PAGES:
            title, teasers = say[path.removeprefix("/")], []
        else:
            return _text(self.start, "Not found.\n", status=404)
        return self._html(paper, pages.listing(paper, self.start, title, teasers))

    def _html(self, paper: Paper, text: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
        legacy = paper.charset != "utf-8"
        return Answer(
            body=text.encode(paper.charset, "xmlcharrefreplace"),
            content_type="text/html" if legacy else "text/html; charset=utf-8",
            changed=self.at,
            headers=headers,
        )

    def _of(self, paper: Paper) -> list[Piece]:
        """A publisher's articles of the present round, newest first."""
        mine = [p for p in pieces().values() if p.paper is paper and p.round <= self.round]
        return sorted(mine, key=lambda piece: (-piece.at, piece.key))

    def _teasers(
        self, paper: Paper, *, without: Piece | None = None, section: str = ""
    ) -> list[pages.Teaser]:
        return [
            pages.teaser(piece, self.start, self.round)
            for piece in self._of(paper)
            if piece is not without and section in ("", piece.section)
        ]


def _astray(host: str, path: str) -> str:
    """Where `/away/PORT` and `/astray/PORT` lead; "" for any other path."""
    where, _, port = path.removeprefix("/").partition("/")
    if where not in ("away", "astray") or not port.isdecimal():
        return ""
    return f"http://{'127.0.0.1' if where == 'away' else host}:{port}/"


def _fault(paper: Paper, path: str) -> str:
    return next((feed.fault for feed in paper.feeds if feed.path == path), "")


def _unchanged(request: web.Request, etag: str, changed: datetime) -> bool:
    """Whether the asker has this already (RFC 9110, 13.2.2: ETag before date)."""
    if tags := request.headers.get("If-None-Match"):
        return etag in tags
    if since := request.headers.get("If-Modified-Since"):
        try:
            return changed <= parsedate_to_datetime(since)
        except ValueError:
            return False
    return False


def _text(
    changed: datetime, text: str, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    return Answer(
        body=text.encode(),
        content_type="text/plain; charset=utf-8",
        changed=changed,
        headers=headers,
        status=status,
    )


def _http(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)
