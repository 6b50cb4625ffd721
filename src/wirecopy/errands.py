"""Errands: one address asked for, and what is to be noted of the answer.

The answer goes to the recorder; the schedule's change goes with it, into the same transaction, so
that neither a crash nor a full disk parts them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from wirecopy.announcing import QUOTA
from wirecopy.clock import Clock
from wirecopy.engine import Failure
from wirecopy.errors import FetchError, Throttled
from wirecopy.fetch import Fetcher
from wirecopy.log import get
from wirecopy.model import Feed, FeedReading, FeedState, Held, Miss, Purpose, Response
from wirecopy.recorder import After, Recorder, Then
from wirecopy.recording import Recorded, Result
from wirecopy.stages import licence, schedule, websub
from wirecopy.stages.signals import named_licence
from wirecopy.store import alarms, articles, pictures, sitemaps, sources, subscriptions
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

    @property
    def stuck(self) -> int:
        """Errands that wait for a host, and hold nothing."""
        return self._fetcher.stuck

    @property
    def holding(self) -> int:
        """Errands that hold a large answer, read or not."""
        return self._fetcher.holding

    def call_when_stuck(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever one errand more may be stuck."""
        self._fetcher.call_when_stuck(call)

    async def poll(self, feed: Feed, state: FeedState, after: After) -> None:
        """Ask a feed; what is new in it is announced."""
        began = self._clock.now()
        got = await self._ask(
            state.address or feed.url,
            Purpose.FEED,
            state.etag,
            state.last_modified,
            validates=state.answered_from,
        )
        if state.address:
            got = _as_asked(got, feed.url)  # it is this feed's answer, wherever it lives by now
        at = self._clock.now()
        same, rest = _is_same(got, state), _resting(got)

        def note(c: Connection, found: Result, recorded: Recorded | None) -> None:
            answer = replace(_answer(got, found, recorded), indexed=sitemaps.is_dated(feed))
            answer = replace(answer, **_hub(c, feed, state, got, found, recorded, at))
            after_it = schedule.after_poll(state, answer, at)
            sources.put_feed_state(c, after_it)
            rest(c)
            if state.failures and not after_it.failures:
                sources.rest_host(c, _host(feed.url), None)
            _tell(c, feed, state, after_it, at)
            _tell_flood(c, feed, recorded, at)

        status = got.status if isinstance(got, Response | FetchError) else 0
        log.info("polled", feed=feed.url, status=status, ms=_ms(began, at))
        if same:
            self._recorder.write(note, after)  # its bytes stand in the archive, and were read
        else:
            await self._hand_on(got, Purpose.FEED, feed.url, note, after)

    async def fetch(self, page: DuePage, after: After) -> None:
        """Ask for an article's page, the first time or again for silent edits."""
        began = self._clock.now()
        got = await self._ask(
            page.url,
            Purpose.PAGE,
            page.etag,
            page.last_modified,
            validates=page.answered_from,
        )
        at = self._clock.now()
        had = isinstance(got, Response)
        rest_until = got.retry_at if isinstance(got, Throttled) else None
        rest = _resting(got)
        etag, last_modified, answered_from = page.etag, page.last_modified, page.answered_from
        if isinstance(got, Response) and got.status == 200:
            etag, last_modified = got.header("etag"), got.header("last-modified")
            answered_from = got.final_url
        checks = page.checks + had
        attempts = 0 if had else page.attempts + 1
        due = schedule.next_check(checks, attempts, at)
        if rest_until is not None:
            due = max(due or rest_until, rest_until)

        def note(c: Connection, found: Result, recorded: Recorded | None) -> None:
            # Nothing here holds the answer: up to sixty bodies would wait in line with it.
            rest(c)
            ends = schedule.listed_until(found)
            again = ends is not None and ends > at
            articles.set_page(
                c,
                page.article,
                due_at=min(due or ends, ends) if again and ends is not None else due,
                attempts=attempts,
                checks=checks,
                # When its time has passed it is read again: "unchanged" would change nothing.
                etag="" if again else etag,
                last_modified="" if again else last_modified,
                answered_from=answered_from,
            )

        if isinstance(got, Response) and (named := named_licence(got.headers, got.body)):
            # Before the page in the archive: what it says is known when the page is read.
            await self._fetcher.licence_known(got.final_url, licence.where(got.final_url, named))
        status = got.status if isinstance(got, Response | FetchError) else 0
        log.info("fetched", url=page.url, status=status, ms=_ms(began, at))
        await self._hand_on(got, Purpose.PAGE, page.url, note, after)

    async def draw(self, picture: DuePicture, after: After) -> None:
        """Ask for a lead image, a few times at most."""
        got = await self._ask(picture.url, Purpose.IMAGE, "", "")
        at = self._clock.now()
        rest = _resting(got)

        def note(c: Connection, found: Result, recorded: Recorded | None) -> None:
            rest(c)
            attempts = picture.attempts + 1
            due = None
            if not isinstance(got, Response) and attempts < PICTURE_TRIES:
                due = schedule.next_check(0, attempts, at)
            pictures.settle(c, picture.article, due_at=due, attempts=attempts)

        await self._hand_on(got, Purpose.IMAGE, picture.url, note, after)

    # ------------------------------------------------------------ ways out and back

    async def _ask(
        self, url: str, purpose: Purpose, etag: str, last_modified: str, *, validates: str = ""
    ) -> Response | FetchError:
        got: Response | FetchError
        try:
            got = await self._fetcher.get(
                url, purpose, etag=etag, last_modified=last_modified, validates=validates
            )
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


def _is_same(got: Response | FetchError, state: FeedState) -> bool:
    """Whether a feed gave the very bytes it gave the last time, and they could be read then."""
    return (
        isinstance(got, Response)
        and got.status == 200
        and not state.error
        and hashlib.sha256(got.body).hexdigest() == state.body_sha256
    )


def _as_asked(got: Response | FetchError, url: str) -> Response | FetchError:
    """An answer from where a feed has moved to, under the address the feed is known by."""
    if isinstance(got, Response):
        return replace(got, url=url)
    got.url = url
    if got.response is not None:
        got.response = replace(got.response, url=url)
    return got


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _resting(got: Response | FetchError) -> Callable[[Connection], None]:
    """Notes that a host rests, where one said so; holds nothing of the answer."""
    if not isinstance(got, Throttled) or got.retry_at is None or not got.host:
        return lambda c: None
    host, until, rests = got.host, got.retry_at, got.rests
    return lambda c: sources.rest_host(c, host, until, "asked us to wait", rests)


def _tell_flood(c: Connection, feed: Feed, recorded: Recorded | None, at: datetime) -> None:
    """Sound the alarm while a feed names more new articles than it may."""
    if recorded is None or not (recorded.announced or recorded.refused):
        return
    if not recorded.refused:
        alarms.end(c, alarms.FLOOD, feed.url, at)
        return
    words = f"It names more new articles than {QUOTA:,} a day; {recorded.refused:,} were left out."
    cure = "Look at the feed; if it is no farm of links, add its sections' feeds instead."
    alarms.sound(c, alarms.FLOOD, feed.url, publisher=feed.publisher, words=words, cure=cure, at=at)


def _hub(
    c: Connection,
    feed: Feed,
    state: FeedState,
    got: Response | FetchError,
    found: Result,
    recorded: Recorded | None,
    at: datetime,
) -> dict[str, Any]:
    """What a poll tells of the feed's hub; one that did not tell of what is new is not trusted."""
    said: dict[str, Any] = {}
    if isinstance(got, Response) and isinstance(found, FeedReading):
        said["hub"], said["topic"] = websub.hub_of(got.headers, found, got.final_url)
    said["pushed"] = subscriptions.is_live(c, feed.url, at)
    new = recorded is not None and recorded.announced > 0
    if said["pushed"] and new and state.polls and state.why != schedule.KNOCKED:
        why = "The hub did not tell us of what was new."
        subscriptions.distrust(c, feed.url, at + websub.REFUSED, why)
        said["pushed"] = False
    return said


def _tell(c: Connection, feed: Feed, before: FeedState, after: FeedState, at: datetime) -> None:
    """Sound the alarm when a feed dies, and end it when it lives again."""
    words = schedule.died(before, after)
    if words:
        alarms.sound(
            c,
            alarms.SOURCE,
            feed.url,
            publisher=feed.publisher,
            words=words,
            cure=after.cure,
            at=at,
        )
    elif before.failures and not after.failures:
        alarms.end(c, alarms.SOURCE, feed.url, at)
