"""Errands: one address asked for, and what is to be noted of the answer.

The answer goes to the recorder; the schedule's change goes with it, into the same transaction, so
that neither a crash nor a full disk parts them.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from wirecopy.clock import Clock
from wirecopy.engine import Failure
from wirecopy.errors import FetchError, Throttled
from wirecopy.fetch import Fetcher
from wirecopy.log import get
from wirecopy.model import Feed, FeedReading, FeedState, Held, Miss, Purpose, Response
from wirecopy.recorder import After, Recorder, Then
from wirecopy.recording import Recorded, Result
from wirecopy.stages import schedule
from wirecopy.store import articles, pictures, sources
from wirecopy.store.articles import DuePage
from wirecopy.store.pictures import DuePicture

log = get()

PICTURE_TRIES = 3


class Errands:
    """What the gatherer runs. None of them raises for a publisher's fault."""

    def __init__(self, *, fetcher: Fetcher, recorder: Recorder, clock: Clock) -> None:
        self._fetcher = fetcher
        self._recorder = recorder
        self._clock = clock
        self.answered: Counter[Purpose] = Counter()  # publishers that said anything at all

    async def poll(self, feed: Feed, state: FeedState, after: After) -> None:
        """Ask a feed; what is new in it is announced."""
        began = self._clock.now()
        got = await self._ask(feed.url, Purpose.FEED, state.etag, state.last_modified)
        at = self._clock.now()
        host_rest = got.retry_at if isinstance(got, Throttled) else None

        def note(c: Connection, found: Result, recorded: Recorded | None) -> None:
            answer = _answer(got, found, recorded)
            sources.put_feed_state(c, schedule.after_poll(state, answer, at))
            if host_rest is not None:
                sources.rest_host(c, _host(feed.url), host_rest, "asked us to wait")

        status = got.status if isinstance(got, Response | FetchError) else 0
        log.info("polled", feed=feed.url, status=status, ms=_ms(began, at))
        await self._hand_on(got, Purpose.FEED, feed.url, note, after)

    async def fetch(self, page: DuePage, after: After) -> None:
        """Ask for an article's page, the first time or again for silent edits."""
        began = self._clock.now()
        got = await self._ask(page.url, Purpose.PAGE, page.etag, page.last_modified)
        at = self._clock.now()
        had = isinstance(got, Response)
        rest_until = got.retry_at if isinstance(got, Throttled) else None
        etag, last_modified = page.etag, page.last_modified
        if isinstance(got, Response) and got.status == 200:
            etag, last_modified = got.header("etag"), got.header("last-modified")
        checks = page.checks + had
        attempts = 0 if had else page.attempts + 1
        due = schedule.next_check(checks, attempts, at)
        if rest_until is not None:
            due = max(due or rest_until, rest_until)

        def note(c: Connection, found: Result, recorded: Recorded | None) -> None:
            # Nothing here holds the answer: up to sixty bodies would wait in line with it.
            if rest_until is not None:
                sources.rest_host(c, page.host, rest_until, "asked us to wait")
            articles.set_page(
                c,
                page.article,
                due_at=due,
                attempts=attempts,
                checks=checks,
                etag=etag,
                last_modified=last_modified,
            )

        status = got.status if isinstance(got, Response | FetchError) else 0
        log.info("fetched", url=page.url, status=status, ms=_ms(began, at))
        await self._hand_on(got, Purpose.PAGE, page.url, note, after)

    async def draw(self, picture: DuePicture, after: After) -> None:
        """Ask for a lead image, a few times at most."""
        got = await self._ask(picture.url, Purpose.IMAGE, "", "")
        at = self._clock.now()

        def note(c: Connection, found: Result, recorded: Recorded | None) -> None:
            attempts = picture.attempts + 1
            due = None
            if not isinstance(got, Response) and attempts < PICTURE_TRIES:
                due = schedule.next_check(0, attempts, at)
            pictures.settle(c, picture.article, due_at=due, attempts=attempts)

        await self._hand_on(got, Purpose.IMAGE, picture.url, note, after)

    # ------------------------------------------------------------ ways out and back

    async def _ask(
        self, url: str, purpose: Purpose, etag: str, last_modified: str
    ) -> Response | FetchError:
        got: Response | FetchError
        try:
            got = await self._fetcher.get(url, purpose, etag=etag, last_modified=last_modified)
        except FetchError as error:
            got = error
        self.answered[purpose] += isinstance(got, Response) or got.response is not None
        return got

    async def _hand_on(
        self, got: Response | FetchError, purpose: Purpose, url: str, note: Then, after: After
    ) -> None:
        """To the archive what tells something, and the schedule's change in any case."""
        item = _kept(got, purpose, url, self._clock)
        if item is None:
            self._recorder.write(note, after)
        else:
            await self._recorder.put(item, note, after)


def _kept(
    got: Response | FetchError, purpose: Purpose, url: str, clock: Clock
) -> Response | Miss | None:
    """What of an answer is archived: all but "unchanged" and a rest that we keep to ourselves."""
    if isinstance(got, Response):
        return None if got.status == 304 else got
    if got.response is not None:
        return got.response
    if isinstance(got, Throttled):
        return None
    return Miss(
        url=url,
        purpose=purpose,
        at=clock.now(),
        reason=type(got).__name__,
        detail=got.message,
    )


def _ms(began: datetime, ended: datetime) -> int:
    return round((ended - began).total_seconds() * 1000)


def _answer(
    got: Response | FetchError, found: Result, recorded: Recorded | None
) -> schedule.Answer:
    if isinstance(got, FetchError):
        return schedule.answer_of_error(got)
    if isinstance(found, Failure):
        found = Held(reason=found.reason, detail=found.detail)
    assert found is None or isinstance(found, FeedReading | Held), "a feed was read"
    return schedule.answer_of(got, found, recorded.announced if recorded else 0)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
