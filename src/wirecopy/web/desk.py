"""Answers requests: asks a view, renders it once for each state of the store, and keeps it.

A page is kept under its address and the store's version, so that a thousand readers of one page
cost one rendering. Every answer has an ETag; counts of reads are filled in at the last moment.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wirecopy.store import reading
from wirecopy.store.db import Store
from wirecopy.web import views
from wirecopy.web.reads import Reads
from wirecopy.web.render import READS, count, environment
from wirecopy.web.safety import HEADERS
from wirecopy.web.site import Site
from wirecopy.web.views import Mast, Moved

HTML = "text/html; charset=utf-8"
KEPT_BYTES = 64_000_000
VERSION_SECONDS = 0.5  # how long the store's version is believed
GZIP_LEAST = 800  # bytes; shorter ones gain nothing
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Made:
    """An answer before it is sent."""

    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class _Filled:
    """An answer with its count of reads, as it is sent."""

    reads: int
    content_type: str
    body: bytes
    packed: bytes  # gzip; b"" where it would gain nothing
    etag: str


@dataclass(slots=True)
class _Kept:
    version: str
    made: Made
    filled: _Filled | None = None  # replaced whole, never changed: threads share it


Make = Callable[[Connection], Made]


class Desk:
    """Everything a request needs. One for the process; safe to use from several threads."""

    def __init__(self, store: Store, site: Site, reads: Reads) -> None:
        self.store = store
        self.site = site
        self.reads = reads
        self.env = environment(site)
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0
        self._version = ("", -1.0)  # the store's, and when it was asked
        self._mast: tuple[str, Mast] | None = None

    def base(self, request: Request) -> str:
        """The site's own address, without a trailing slash."""
        if self.site.base_url:
            return self.site.base_url.rstrip("/")
        host = request.headers.get("host", "")
        return f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else ""

    async def page(
        self,
        request: Request,
        template: str,
        view: Callable[[Connection], Any],
        *,
        more: Callable[[Any], dict[str, Any]] | None = None,
        key: str = "",
        keep: bool = True,
        article: str = "",
    ) -> Response:
        """A page: what `view` gives, as `page` in the template. `article`: count reads of it.

        `key` tells apart pages of one address; `keep=False` renders it anew each time.
        """

        def make(c: Connection) -> Made:
            facts = view(c)
            context = {"page": facts, "mast": self.mast(c), "path": request.url.path}
            context |= more(facts) if more else {}
            return Made(self.env.get_template(template).render(context).encode(), HTML)

        base = self.base(request)
        name = f"{request.url.path}?{key}@{base}"
        return await self.answer(request, name if keep else "", make, article=article)

    async def json(
        self, request: Request, shape: TypeAdapter[Any], view: Callable[[Connection], Any]
    ) -> Response:
        """The same facts as JSON."""

        def make(c: Connection) -> Made:
            return Made(shape.dump_json(view(c)), "application/json")

        return await self.answer(request, "", make)

    async def answer(
        self, request: Request, name: str, make: Make, *, article: str = ""
    ) -> Response:
        """An answer with its ETag, kept under `name` ("": not kept).

        NoSuchPage, TakenBack and Moved pass through.
        """
        return _sent(request, await run_in_threadpool(self._answer, name, make, article))

    async def failure(self, request: Request, status: int, heading: str, words: str) -> Response:
        """An error page; it never needs the store."""
        return await run_in_threadpool(self._failure, request, status, heading, words)

    def mast(self, c: Connection) -> Mast:
        version = self._version[0]
        if self._mast is None or self._mast[0] != version:
            self._mast = (version, views.mast(c))
        return self._mast[1]

    def _answer(self, name: str, make: Make, article: str) -> _Filled:
        version, asked = self._version
        if time.monotonic() - asked > VERSION_SECONDS:
            with self.store.connect() as c:
                version = reading.version(c)
            self._version = (version, time.monotonic())
        kept = self._find(name, version)
        if kept is None:
            with self.store.connect() as c:
                kept = _Kept(version, make(c))
            self._keep(name, kept)
        reads = self.reads.count(article) if article else 0
        filled = kept.filled
        if filled is None or filled.reads != reads:
            filled = kept.filled = _fill(kept.made, reads)
        return filled

    def _find(self, name: str, version: str) -> _Kept | None:
        with self._lock:
            kept = self._kept.get(name) if name else None
            if kept is None or kept.version != version:
                return None
            self._kept.move_to_end(name)
            return kept

    def _keep(self, name: str, kept: _Kept) -> None:
        if not name:
            return
        with self._lock:
            old = self._kept.pop(name, None)
            self._bytes -= len(old.made.body) if old else 0
            self._kept[name] = kept
            self._bytes += len(kept.made.body)
            while self._bytes > KEPT_BYTES:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest.made.body)

    def _failure(self, request: Request, status: int, heading: str, words: str) -> Response:
        nothing = Mast(at=None, publishers=0, articles=0, sections=())
        mast = self._mast[1] if self._mast else nothing
        body = self.env.get_template("error.html").render(
            status=status, heading=heading, words=words, mast=mast, path=request.url.path
        )
        # Starlette answers 500 outside of every middleware, so the headers are put on here too
        return Response(
            body, status, media_type=HTML, headers={"Cache-Control": "no-store", **HEADERS}
        )


def moved(error: Moved, prefix: str = "") -> Response:
    return RedirectResponse(f"{prefix}{error}", status_code=301)


def _fill(made: Made, reads: int) -> _Filled:
    number, _, noun = count(reads, "read").partition(" ")
    body = made.body.replace(READS.encode(), f"<b>{number}</b> {noun}".encode(), 1)
    return _Filled(
        reads=reads,
        content_type=made.content_type,
        body=body,
        packed=gzip.compress(body, 5, mtime=0) if len(body) >= GZIP_LEAST else b"",
        etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"',
    )


def _sent(request: Request, filled: _Filled) -> Response:
    headers = {
        "ETag": filled.etag,
        "Cache-Control": "no-cache",  # kept by the browser, asked again each time
        "Vary": "Accept-Encoding",
    }
    # RFC 9110, 13.1.2: a weak comparison; the packed form has a weak tag of the same name
    asked = request.headers.get("if-none-match", "")
    if filled.etag in {tag.strip().removeprefix("W/") for tag in asked.split(",")}:
        return Response(status_code=304, headers=headers)
    body = filled.body
    if filled.packed and "gzip" in request.headers.get("accept-encoding", ""):
        body = filled.packed
        headers["Content-Encoding"] = "gzip"
        headers["ETag"] = f"W/{filled.etag}"
    return Response(body, media_type=filled.content_type, headers=headers)
