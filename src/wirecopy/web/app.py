"""The site as one ASGI application: pages, feeds, images, and `/api` mounted beside them.

It opens the store for reading only, fetches nothing, sets no cookie and sends no script.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from structlog import get_logger

from wirecopy import opml
from wirecopy.errors import StoreError, WirecopyError
from wirecopy.stages import rank
from wirecopy.store import reading, reading_sources
from wirecopy.store.db import Store
from wirecopy.store.knocks import Knocks
from wirecopy.web import (
    schema_org,
    syndicate,
    views,
    views_article,
    views_feed,
    views_sources,
    views_story,
)
from wirecopy.web.api import api
from wirecopy.web.desk import Desk, Made
from wirecopy.web.drawing import coverage
from wirecopy.web.hub import Hubs
from wirecopy.web.lines import StoryLine
from wirecopy.web.method import RIGHTS, quality
from wirecopy.web.reads import FLUSH_SECONDS, Reads
from wirecopy.web.render import STATIC, linked_data
from wirecopy.web.safety import SafeHeaders
from wirecopy.web.site import Site
from wirecopy.web.text import lay_out
from wirecopy.web.views import Moved, NoSuchPage, TakenBack

log = get_logger()

IMAGE = re.compile(r"[0-9a-f]{64}\.webp")


def create_app(
    store: Store, *, site: Site, reads: Reads, images: Path, knocks: Knocks | None = None
) -> Starlette:
    """The newspaper; `images` is the folder of re-encoded lead images.

    The caller keeps `store` and `reads`, and closes them when the application has ended.
    """
    desk = Desk(store, site, reads)
    pages = Pages(desk, images)
    return Starlette(
        routes=[
            Route("/", pages.front),
            Route("/section/{key}", pages.section),
            Route("/s/{id}", pages.story),
            Route("/a/{id}", pages.article),
            Route("/a/{id}/versions", pages.versions),
            Route("/p/{id}", pages.publisher),
            Route("/publishers", pages.publishers),
            Route("/search", pages.search),
            Route("/health", pages.health),
            Route("/about", pages.about),
            Route("/feeds/front.{format}", pages.feed_front),
            Route("/feeds/section/{key}.{format}", pages.feed_section),
            Route("/feeds/story/{id}.{format}", pages.feed_story),
            Route("/feeds/publisher/{id}.{format}", pages.feed_publisher),
            Route("/opml", pages.opml),
            Route("/image/{file}", pages.image),
            Route("/robots.txt", pages.robots),
            Route("/websub/{token}", Hubs(store, knocks).answer, methods=["GET", "POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
            Mount("/api", api(desk)),
        ],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={
            NoSuchPage: pages.no_such_page,
            TakenBack: pages.taken_back,
            Moved: pages.moved,
            HTTPException: pages.refused,
            Exception: pages.broken,
        },
        lifespan=_lifespan(reads),
    )


def _lifespan(
    reads: Reads,
) -> Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        writing = asyncio.create_task(_write_reads(reads))
        try:
            yield
        finally:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing
            await run_in_threadpool(_flush, reads)

    return lifespan


async def _write_reads(reads: Reads) -> None:
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        await run_in_threadpool(_flush, reads)


def _flush(reads: Reads) -> None:
    try:
        reads.flush()
    except StoreError as error:  # the newspaper goes on; the visits wait for the next turn
        log.warning("reads not written", error=str(error))


class Pages:
    """One method an address."""

    def __init__(self, desk: Desk, images: Path) -> None:
        self.desk = desk
        self.site = desk.site
        self.images = images

    async def front(self, request: Request) -> Response:
        return await self.desk.page(request, "front.html", lambda c: views.front(c, self.site))

    async def section(self, request: Request) -> Response:
        key = request.path_params["key"]
        return await self.desk.page(
            request, "section.html", lambda c: views.section(c, self.site, key)
        )

    async def story(self, request: Request) -> Response:
        id, base = request.path_params["id"], self.desk.base(request)
        return await self.desk.page(
            request,
            "story.html",
            lambda c: views_story.story(c, self.site, id),
            more=lambda page: {
                "base": base,
                "drawing": coverage(page.articles),
                "publishers": views_story.publishers(page),
                "linked_data": linked_data(schema_org.collection(page, base)),
            },
        )

    async def article(self, request: Request) -> Response:
        id, base = request.path_params["id"], self.desk.base(request)
        answer = await self.desk.page(
            request,
            "article.html",
            lambda c: views_article.article(c, self.site, id, reads=0),
            more=lambda page: {
                "laid": lay_out(page),
                "linked_data": linked_data(schema_org.news_article(page, self.site, base)),
            },
            article=id,
        )
        if request.method == "GET" and "prefetch" not in request.headers.get("sec-purpose", ""):
            self.desk.reads.visit(
                id,
                address=request.client.host if request.client else "",
                user_agent=request.headers.get("user-agent", ""),
            )
        return answer

    async def versions(self, request: Request) -> Response:
        id = request.path_params["id"]
        return await self.desk.page(
            request, "versions.html", lambda c: views_article.versions(c, self.site, id)
        )

    async def publisher(self, request: Request) -> Response:
        id, before = request.path_params["id"], _time(request.query_params.get("before", ""))
        return await self.desk.page(
            request,
            "publisher.html",
            lambda c: views_sources.publisher(c, self.site, id, before=before),
            key=before.isoformat() if before else "",
            keep=False,
        )

    async def publishers(self, request: Request) -> Response:
        return await self.desk.page(request, "publishers.html", views_sources.publishers)

    async def search(self, request: Request) -> Response:
        query = " ".join(request.query_params.get("q", "").split())
        return await self.desk.page(
            request, "search.html", lambda c: views.find(c, self.site, query), key=query
        )

    async def health(self, request: Request) -> Response:
        # The schedule moves without an article moving, so this page is rendered each time
        return await self.desk.page(
            request,
            "health.html",
            lambda c: views_sources.health(c, self.site.internal),
            keep=False,
        )

    async def about(self, request: Request) -> Response:
        def example(c: Connection) -> list[StoryLine]:
            return [one for one in views.front(c, self.site).stories[:1] if one.why]

        return await self.desk.page(
            request,
            "about.html",
            example,
            more=lambda found: {
                "example": found[0] if found else None,
                "formula": rank.FORMULA,
                "rights": RIGHTS,
                "quality": quality(),
            },
        )

    async def feed_front(self, request: Request) -> Response:
        return await self._feed(request, lambda c: views_feed.front(c, self.site))

    async def feed_section(self, request: Request) -> Response:
        key = request.path_params["key"]
        return await self._feed(request, lambda c: views_feed.section(c, self.site, key))

    async def feed_story(self, request: Request) -> Response:
        id = request.path_params["id"]
        return await self._feed(request, lambda c: views_feed.story(c, self.site, id))

    async def feed_publisher(self, request: Request) -> Response:
        id = request.path_params["id"]
        return await self._feed(request, lambda c: views_feed.publisher(c, self.site, id))

    async def opml(self, request: Request) -> Response:
        def make(c: Connection) -> Made:
            at = views.mast(c).at or datetime.now(UTC)
            body = opml.write(reading_sources.all_publishers(c), self.site.name, at)
            return Made(body, "text/x-opml; charset=utf-8")

        return await self.desk.answer(request, "/opml", make)

    async def image(self, request: Request) -> Response:
        """A lead image, as long as an article in mode full shows it."""
        file = request.path_params["file"]
        path = self.images / file
        if not IMAGE.fullmatch(file) or not await run_in_threadpool(self._shown, file, path):
            raise HTTPException(404, "There is no such image.")
        return FileResponse(
            path, media_type="image/webp", headers={"Cache-Control": "private, max-age=86400"}
        )

    async def robots(self, request: Request) -> Response:
        # Copies say `noindex` themselves, so they must stay readable; a private site is nobody's
        rule = "Disallow: /api/" if self.site.public else "Disallow: /"
        return Response(f"User-agent: *\n{rule}\n", media_type="text/plain")

    async def no_such_page(self, request: Request, error: Exception) -> Response:
        return await self.desk.failure(request, 404, "There is nothing here", str(error))

    async def taken_back(self, request: Request, error: Exception) -> Response:
        return await self.desk.failure(request, 410, "This article was taken back", str(error))

    async def moved(self, request: Request, error: Exception) -> Response:
        to = str(error)
        if request.url.path.startswith("/feeds/"):
            to = f"/feeds/story/{to.rpartition('/')[2]}.{request.path_params['format']}"
        return RedirectResponse(to, status_code=301)

    async def refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404:
            return await self.desk.failure(
                request, 404, "There is nothing here", "No page stands at this address."
            )
        answer = await self.desk.failure(
            request, error.status_code, "This cannot be answered", f"{error.detail}."
        )
        answer.headers.update(error.headers or {})
        return answer

    async def broken(self, request: Request, error: Exception) -> Response:
        log.error("page failed", path=request.url.path, error=repr(error))
        words = (
            str(error)
            if isinstance(error, WirecopyError)
            else "The page could not be made. The fault is ours, and it has been written down."
        )
        return await self.desk.failure(request, 500, "Something broke here", words)

    async def _feed(
        self, request: Request, view: Callable[[Connection], views_feed.FeedPage]
    ) -> Response:
        format, base = request.path_params["format"], self.desk.base(request)
        if format not in syndicate.TYPES:
            raise NoSuchPage("Feeds end in .atom, .rss or .json.")

        def make(c: Connection) -> Made:
            body = syndicate.write(view(c), format, self.site, base)
            return Made(body, syndicate.TYPES[format])

        return await self.desk.answer(request, f"{request.url.path}@{base}", make)

    def _shown(self, file: str, path: Path) -> bool:
        with self.desk.store.connect() as c:
            return path.is_file() and reading.picture_shown(c, file)


def _time(written: str) -> datetime | None:
    """A time out of an address; None for anything else."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo else None
