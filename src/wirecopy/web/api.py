"""The site's facts as JSON under `/api`, with OpenAPI 3.1.

Each answer is the very value that a page renders. Every article carries `publisher` and
`disclaimer`; errors are problem details (RFC 9457); lists are paged by opaque cursors.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from wirecopy import __version__
from wirecopy.store import reading, reading_stories
from wirecopy.web import views, views_article, views_sources, views_story
from wirecopy.web.desk import Desk
from wirecopy.web.lines import ArticleLine, StoryLine, article_line
from wirecopy.web.views import Moved, NoSuchPage, TakenBack

MOST = 200
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
Cursor = Annotated[str, Query(max_length=200, description="`next` of the page before.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleList:
    """Articles, newest announcement first."""

    articles: tuple[ArticleLine, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryList:
    """Stories, the one with the newest article first."""

    stories: tuple[StoryLine, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


class BadCursor(Exception):
    """A cursor that none of our lists gave."""


_ARTICLES = TypeAdapter(ArticleList)
_ARTICLE = TypeAdapter(views_article.ArticlePage)
_VERSIONS = TypeAdapter(views_article.VersionsPage)
_STORIES = TypeAdapter(StoryList)
_STORY = TypeAdapter(views_story.StoryPage)
_FRONT = TypeAdapter(views.FrontPage)
_SECTION = TypeAdapter(views.SectionPage)
_PUBLISHERS = TypeAdapter(tuple[views_sources.PublisherLine, ...])
_PUBLISHER = TypeAdapter(views_sources.PublisherPage)
_HEALTH = TypeAdapter(views_sources.HealthPage)
_SEARCH = TypeAdapter(views.SearchPage)
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": TypeAdapter(Problem).json_schema()}},
    }
    for status in (404, 410, 422)
}


def api(desk: Desk) -> FastAPI:
    """The application to mount under `/api`. It has no page of its own: no foreign script."""
    app = FastAPI(
        title=desk.site.name,
        summary="An automatic newspaper: stories, articles, publishers.",
        description=(
            "Every article belongs to its publisher. Show `publisher` and `disclaimer` with it, "
            "and no more of its text than is given here."
        ),
        version=__version__,
        docs_url=None,
        redoc_url=None,
        responses=_PROBLEMS,
    )
    site = desk.site

    @app.get("/edition", response_model=views.FrontPage, summary="The front page")
    async def edition(request: Request) -> Response:
        return await desk.json(request, _FRONT, lambda c: views.front(c, site))

    @app.get("/sections/{key}", response_model=views.SectionPage, summary="A section")
    async def section(request: Request, key: str) -> Response:
        return await desk.json(request, _SECTION, lambda c: views.section(c, site, key))

    @app.get("/articles", response_model=ArticleList, summary="Articles by cursor")
    async def articles(
        request: Request,
        limit: Limit = 50,
        cursor: Cursor = "",
        publisher: str = "",
        section: str = "",
    ) -> Response:
        before = _position(cursor)

        def view(c: Connection) -> ArticleList:
            lines = reading.arrived(
                c, limit=limit + 1, publisher=publisher, section=section, before=before
            )
            more = len(lines) > limit
            return ArticleList(
                articles=tuple(article_line(line, site) for line in lines[:limit]),
                next=_packed(str(lines[limit - 1].position)) if more else None,
            )

        return await desk.json(request, _ARTICLES, view)

    @app.get("/articles/{id}", response_model=views_article.ArticlePage, summary="An article")
    async def article(request: Request, id: str) -> Response:
        def view(c: Connection) -> views_article.ArticlePage:
            return views_article.article(c, site, id, reads=desk.reads.count(id))

        return await desk.json(request, _ARTICLE, view)

    @app.get(
        "/articles/{id}/versions",
        response_model=views_article.VersionsPage,
        summary="An article's versions",
    )
    async def versions(request: Request, id: str) -> Response:
        return await desk.json(request, _VERSIONS, lambda c: views_article.versions(c, site, id))

    @app.get("/stories", response_model=StoryList, summary="Stories by cursor")
    async def stories(
        request: Request, limit: Limit = 50, cursor: Cursor = "", section: str = ""
    ) -> Response:
        before = _touched(cursor)

        def view(c: Connection) -> StoryList:
            rows = reading_stories.newest(c, limit=limit + 1, section=section, before=before)
            last = rows[limit - 1] if len(rows) > limit else None
            return StoryList(
                stories=tuple(views.stories_of(c, rows[:limit], site)),
                next=_packed(f"{last.touched.isoformat()} {last.id}") if last else None,
            )

        return await desk.json(request, _STORIES, view)

    @app.get("/stories/{id}", response_model=views_story.StoryPage, summary="A story")
    async def story(request: Request, id: str) -> Response:
        return await desk.json(request, _STORY, lambda c: views_story.story(c, site, id))

    @app.get(
        "/publishers",
        response_model=tuple[views_sources.PublisherLine, ...],
        summary="Every publisher",
    )
    async def publishers(request: Request) -> Response:
        return await desk.json(request, _PUBLISHERS, views_sources.publishers)

    @app.get("/publishers/{id}", response_model=views_sources.PublisherPage, summary="A publisher")
    async def publisher(request: Request, id: str, before: datetime | None = None) -> Response:
        return await desk.json(
            request, _PUBLISHER, lambda c: views_sources.publisher(c, site, id, before=before)
        )

    @app.get("/sources", response_model=views_sources.HealthPage, summary="Source health")
    async def sources(request: Request) -> Response:
        return await desk.json(request, _HEALTH, lambda c: views_sources.health(c, site.internal))

    @app.get("/search", response_model=views.SearchPage, summary="Search")
    async def search(request: Request, q: str, limit: Limit = 50) -> Response:
        return await desk.json(request, _SEARCH, lambda c: views.find(c, site, q, limit=limit))

    _handle_errors(app)
    return app


def _handle_errors(app: FastAPI) -> None:
    @app.exception_handler(NoSuchPage)
    async def no_such_page(request: Request, error: Exception) -> Response:
        return problem(request, 404, str(error))

    @app.exception_handler(TakenBack)
    async def taken_back(request: Request, error: Exception) -> Response:
        return problem(request, 410, str(error))

    @app.exception_handler(Moved)
    async def moved(request: Request, error: Exception) -> Response:
        id = str(error).rpartition("/")[2]
        return RedirectResponse(f"/api/stories/{id}", status_code=301)

    @app.exception_handler(BadCursor)
    async def bad_cursor(request: Request, error: Exception) -> Response:
        return problem(request, 422, "The cursor is none that this list gave.")

    @app.exception_handler(RequestValidationError)
    async def bad_request(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        wrong = (f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors())
        return problem(request, 422, "; ".join(wrong))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problem(request, error.status_code, str(error.detail))

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        return problem(request, 500, "The answer could not be made. The fault is ours.")


def problem(request: Request, status: int, detail: str) -> Response:
    """An error as problem details (RFC 9457, 3)."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def _packed(value: str) -> str:
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def _unpacked(cursor: str) -> str:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.urlsafe_b64decode(padded).decode()
    except (binascii.Error, ValueError) as error:
        raise BadCursor from error


def _position(cursor: str) -> int | None:
    if not cursor:
        return None
    value = _unpacked(cursor)
    if not value.isdecimal() or len(value) > 15:
        raise BadCursor
    return int(value)


def _touched(cursor: str) -> tuple[datetime, str] | None:
    if not cursor:
        return None
    written, _, id = _unpacked(cursor).partition(" ")
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise BadCursor from error
    if at.tzinfo is None or not id:
        raise BadCursor
    return at, id
