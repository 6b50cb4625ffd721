"""When to ask again, and why, in words: feeds by their rhythm, pages by their age.

No clock here: `at` is the time of the answer. Chance is not used either; what spreads the polls is
a share taken from the feed's own address, so the same answers give the same times.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from wirecopy.errors import FetchError, Throttled
from wirecopy.model import FeedReading, FeedState, Held, Reading, Response, header
from wirecopy.stages import rhythm

MIN_SECONDS = 15 * 60  # of a feed that can say "not modified"
MIN_BARE_SECONDS = 60 * 60  # of a feed that cannot, and sends itself whole each time
FIRST_SECONDS = 60 * 60
MAX_SECONDS = 24 * 3600
WEEK = timedelta(days=7)
DORMANT_AFTER = timedelta(days=14)  # of nothing but 404
DORMANT = timedelta(days=30)
MOVED_POLLS = 3  # permanent redirects in a row, over
MOVED_AFTER = timedelta(hours=24)  # at least, before they are believed
WEEKLY = 8  # failures in a row after which a missing feed is asked weekly: 1 h, doubled
SILENT_FAILURES = 8  # in a row before the operator is told: two days of 5 minutes, doubled
STRAYED = 5  # failures in a row after which a learnt address is given up for the feed's own
SPREAD = 0.1  # later by up to this share, so that feeds added together drift apart
NEVER = timedelta(days=3650)  # `gone` says it; a due time has to stand somewhere

PAGE_CHECKS = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=30),
)
PAGE_RETRIES = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)  # and then it is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one poll of a feed gave."""

    status: int = 0  # 0: nobody was asked, or nobody answered
    error: str = ""  # "" or the error's name in errors.py; "NotAFeed" when it could not be read
    words: str = ""  # what is wrong, for the operator; also of a good answer
    cure: str = ""
    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    bytes: int = 0
    new_entries: int = 0
    published: tuple[datetime, ...] = ()  # the entries' times, in any order
    ttl_seconds: int = 0
    update_seconds: int = 0  # sy:updatePeriod: how often it says it changes
    skip_hours: tuple[int, ...] = ()  # UTC
    skip_days: tuple[int, ...] = ()  # UTC, Monday is 0
    named_url: str = ""  # the address it names as its own
    unchanged: bool = False  # a 304 or the same bytes: what it wished the last time still holds
    fresh_seconds: int = 0  # as `fresh_seconds` reads the headers
    retry_at: datetime | None = None
    moved_to: str = ""  # as `moved_to` reads the redirects
    answered_from: str = ""  # where redirects ended
    hub: str = ""  # the WebSub hub it names, and the address it is known by there
    topic: str = ""
    pushed: bool = False  # a hub tells us of its news at present
    indexed: bool = False  # a sitemap whose index tells when it changes


_CURES = {
    "Gone": "Look for its new address with `wirecopy add`, or take it out of the settings.",
    "Missing": "Look for its new address with `wirecopy add`, or take it out of the settings.",
    "NotAFeed": "Look for the feed behind this page with `wirecopy add`.",
    "Unreachable": "Look whether the address is still right; it is asked again in any case.",
    "BadAnswer": "Only the publisher can mend it; it is asked again in any case.",
    "TooLarge": "Look for a smaller feed of this publisher with `wirecopy add`.",
}
"""What the operator can do where the error itself does not say."""


def answer_of_error(error: FetchError) -> Answer:
    """What a poll that failed has to say."""
    return Answer(
        status=error.status,
        error=type(error).__name__,
        words=error.message,
        cure=error.cure or _CURES.get(type(error).__name__, ""),
        retry_at=error.retry_at if isinstance(error, Throttled) else None,
    )


def answer_of(response: Response, found: FeedReading | Held | None, new_entries: int = 0) -> Answer:
    """What a poll that came back has to say.

    `found` is its reading; None for a 304, and for the same bytes as the last time.
    """
    if isinstance(found, Held):
        led = f" It was redirected to {response.final_url}." if response.redirects else ""
        return Answer(
            status=response.status,
            error="NotAFeed",
            words=f"{found.detail}{led}",
            cure=_CURES["NotAFeed"],
            bytes=len(response.body),
        )
    times = [entry.published or entry.updated for entry in found.entries] if found else []
    fault = found.fault if found else ""
    return Answer(
        status=response.status,
        words=f"Only the beginning could be read: {fault}." if fault else "",
        cure=_CURES["BadAnswer"] if fault else "",
        # A part is not what its validators name (RFC 9111, 3.3): next time it is asked for whole.
        etag="" if fault else header(response.headers, "ETag"),
        last_modified="" if fault else header(response.headers, "Last-Modified"),
        body_sha256=hashlib.sha256(response.body).hexdigest() if response.body else "",
        bytes=len(response.body),
        new_entries=new_entries,
        published=tuple(time for time in times if time is not None),
        ttl_seconds=found.ttl_seconds if found else 0,
        update_seconds=found.update_seconds if found else 0,
        skip_hours=found.skip_hours if found else (),
        skip_days=found.skip_days if found else (),
        named_url=found.named_url if found else "",
        unchanged=found is None,
        fresh_seconds=fresh_seconds(response.headers, response.at),
        moved_to=moved_to(response.redirects),
        answered_from=response.final_url,
    )


def after_poll(state: FeedState, answer: Answer, at: datetime) -> FeedState:
    """The feed's state after a poll: above all when it is due next, and why."""
    if answer.error == "Throttled" and answer.status == 0:
        # The host was resting already: nobody was asked, nothing is counted.
        return replace(state, due_at=answer.retry_at or at + timedelta(hours=1), why=_resting())
    state = replace(
        state,
        polled_at=at,
        polls=state.polls + 1,
        status=answer.status,
        bytes=state.bytes + answer.bytes,
    )
    if answer.error:
        return _failed(state, answer, at)
    return _answered(state, answer, at)


def next_check(checks: int, failures: int, at: datetime) -> datetime | None:
    """When a page is asked for again, after `checks` good answers or `failures` bad ones in a row.

    None when it is old enough to be left alone, or has failed five times.
    """
    if failures:
        return at + PAGE_RETRIES[failures - 1] if failures <= len(PAGE_RETRIES) else None
    return at + PAGE_CHECKS[checks - 1] if 1 <= checks <= len(PAGE_CHECKS) else None


def listed_until(found: object) -> datetime | None:
    """Up to when a page that was read asks to be listed; None when it does not say."""
    return found.signals.unavailable_after if isinstance(found, Reading | Held) else None


def is_dormant(state: FeedState) -> bool:
    """Whether a feed was not found for so long that it is asked once a month."""
    return state.why == _DORMANT


def died(before: FeedState, after: FeedState) -> str:
    """What a poll tells of a feed's death, in words; "" where it tells none, or told it before."""
    if after.gone and not before.gone:
        return "The publisher says that it is gone for good (410); it is not asked again."
    if is_dormant(after) and not is_dormant(before):
        return "It was not found for two weeks (404); it is asked once a month from now on."
    silent = after.failures >= SILENT_FAILURES > before.failures
    if silent and not after.gone:
        return f"It failed {after.failures} times in a row. {after.error}"
    return ""


def moved_to(redirects: Sequence[tuple[int, str]]) -> str:
    """Where redirects lead when every one of them is permanent (RFC 9110, 15.4); else ""."""
    if redirects and all(status in (301, 308) for status, _ in redirects):
        return redirects[-1][1]
    return ""


def fresh_seconds(headers: tuple[tuple[str, str], ...], at: datetime) -> int:
    """For how long an answer says it holds (RFC 9111, 4.2); 0 when it does not say."""
    directives = {}
    for directive in header(headers, "Cache-Control").lower().split(","):
        name, _, value = directive.partition("=")
        directives[name.strip()] = value.strip(' "')
    if "no-cache" in directives or "no-store" in directives:
        return 0
    if "max-age" in directives:
        lifetime = _seconds(directives["max-age"])
    else:
        ends, began = _date(header(headers, "Expires")), _date(header(headers, "Date")) or at
        lifetime = int((ends - began).total_seconds()) if ends else 0
    return max(0, lifetime - _seconds(header(headers, "Age")))


# ---------------------------------------------------------------- good answers


def _answered(state: FeedState, answer: Answer, at: datetime) -> FeedState:
    if answer.unchanged or answer.status == 304:
        answer = _wishes_of(state, answer)
    etag, last_modified = answer.etag, answer.last_modified
    if answer.status == 304:  # RFC 9111, 4.3.4: what a 304 does not name stays as it was
        etag, last_modified = etag or state.etag, last_modified or state.last_modified
    bare = not (etag or last_modified)
    times = answer.published or ((at,) if answer.new_entries and state.polls > 1 else ())
    known = rhythm.remember(state.rhythm, times, at)
    seconds, why = _rhythm(replace(state, rhythm=known), answer, at)
    seconds, why = _bounded(seconds, why, answer, bare=bare)
    share = 1.0 if state.polls <= 1 else SPREAD  # feeds added together: over the whole wait
    due = at + _spread(timedelta(seconds=seconds), state, share)
    due, why = _not_skipped(due, why, answer)
    state = _moved(state, answer.moved_to, at)
    return replace(
        state,
        answered_at=at,
        etag=etag,
        last_modified=last_modified,
        body_sha256=answer.body_sha256 or state.body_sha256,
        not_modified=state.not_modified + (answer.status == 304),
        interval_seconds=seconds,
        failures=0,
        error=answer.words,
        cure=answer.cure,
        answered_from=answer.answered_from or state.answered_from,
        rhythm=known,
        ttl_seconds=answer.ttl_seconds,
        update_seconds=answer.update_seconds,
        skip_hours=answer.skip_hours,
        skip_days=answer.skip_days,
        named_url=answer.named_url,
        hub=answer.hub or state.hub,
        topic=answer.topic or state.topic,
        due_at=due,
        why=why,
    )


def _wishes_of(state: FeedState, answer: Answer) -> Answer:
    return replace(
        answer,
        ttl_seconds=state.ttl_seconds,
        update_seconds=state.update_seconds,
        skip_hours=state.skip_hours,
        skip_days=state.skip_days,
        named_url=state.named_url,
    )


def _moved(state: FeedState, to: str, at: datetime) -> FeedState:
    """A move is believed after permanent redirects at three polls in a row, over a day."""
    if not to:
        return replace(state, moved_to="", moved_times=0, moved_since=None)
    if to != state.moved_to:
        return replace(state, moved_to=to, moved_times=1, moved_since=at)
    times, since = state.moved_times + 1, state.moved_since or at
    if times < MOVED_POLLS or at - since < MOVED_AFTER:
        return replace(state, moved_times=times, moved_since=since)
    return replace(state, address=to, moved_to="", moved_times=0, moved_since=None)


def _rhythm(state: FeedState, answer: Answer, at: datetime) -> tuple[int, str]:
    """How long to wait by what the feed does, and the words for it."""
    if answer.pushed:
        return MAX_SECONDS, "its hub tells us when something is new; asked once a day all the same"
    if answer.indexed:
        return MAX_SECONDS, "its index tells when it changes; asked once a day all the same"
    found = rhythm.wait(state.rhythm, at)
    if found is not None:
        hour = ", and seldom at this hour" if found.quiet_hour else ""
        often = f"publishes about every {_span(timedelta(minutes=found.gap_minutes))}{hour}"
        wait = timedelta(minutes=found.minutes)
        return int(wait.total_seconds()), f"{often}; asked again in {_long(wait)}"
    if answer.update_seconds:
        said = _span(timedelta(seconds=answer.update_seconds))
        return answer.update_seconds // 2, f"says that it changes every {said}; asked at half that"
    if state.polls <= 1:
        return FIRST_SECONDS, "its rhythm is not known yet; asked again in an hour"
    if answer.new_entries:
        return int(state.interval_seconds * 0.7), "something new came; asked again a little sooner"
    return int(state.interval_seconds * 1.25), "nothing new came; asked again a little later"


def _bounded(seconds: int, why: str, answer: Answer, *, bare: bool) -> tuple[int, str]:
    """The wait within our own bounds and the feed's wishes, the words saying which one counted."""
    floors = [
        (MIN_SECONDS, "never sooner than a quarter of an hour"),
        (min(answer.ttl_seconds, MAX_SECONDS), "its ttl asks for that long"),
        (min(answer.fresh_seconds, MAX_SECONDS), "it says it stays the same for that long"),
    ]
    if bare:
        floors.append((MIN_BARE_SECONDS, "it cannot say 'not modified', so hourly at most"))
    floor, reason = max(floors)
    if seconds < floor:
        return floor, f"{why}, but not for {_span(timedelta(seconds=floor))}: {reason}"
    if seconds > MAX_SECONDS:
        return MAX_SECONDS, f"{why}, but at least once a day"
    return seconds, why


def _not_skipped(due: datetime, why: str, answer: Answer) -> tuple[datetime, str]:
    """Not in the hours and on the days the feed asks to be spared (RSS 2.0, skipHours)."""
    hours, days = set(answer.skip_hours), set(answer.skip_days)
    if not (hours or days) or len(hours) >= 24 or len(days) >= 7:
        return due, why
    moved = due
    while moved.hour in hours or moved.weekday() in days:
        moved += timedelta(hours=1)
    if moved == due:
        return due, why
    return moved, f"{why}, but not in the hours or on the days it asks to be spared"


# ---------------------------------------------------------------- bad ones


def _failed(state: FeedState, answer: Answer, at: datetime) -> FeedState:
    failures = state.failures + 1
    vanished = answer.error in ("Gone", "Missing", "NotAFeed") or failures >= STRAYED
    if state.address and vanished:
        return replace(
            state,
            address="",
            failures=failures,
            error=answer.words or answer.error,
            cure=answer.cure,
            due_at=at + timedelta(seconds=FIRST_SECONDS),
            why=f"asked at its own address again: {state.address}, where it had moved, failed",
        )
    wait, why = _wait(state, answer, failures, at)
    return replace(
        state,
        failures=failures,
        error=answer.words or answer.error,
        cure=answer.cure,
        moved_to="",
        moved_times=0,
        moved_since=None,
        gone=answer.error == "Gone",
        due_at=at + wait,
        why=why,
    )


def _wait(state: FeedState, answer: Answer, failures: int, at: datetime) -> tuple[timedelta, str]:
    error = answer.error
    if error == "Gone":
        return NEVER, "the publisher says it is gone for good; not asked again"
    if error == "Throttled":
        wait = (answer.retry_at - at) if answer.retry_at else _doubled(1, failures, WEEK)
        return max(wait, timedelta(seconds=MIN_SECONDS)), _resting()
    if error == "Missing":
        since = state.answered_at
        long = failures > WEEKLY if since is None else at - since > DORMANT_AFTER
        if long and failures > 3:
            return DORMANT, _DORMANT
        return _spread(_doubled(1, failures, WEEK), state), _times("not found", failures)
    if error in ("Refused", "RobotsDisallow", "ForbiddenAddress"):
        return (
            _spread(_doubled(24, failures, WEEK), state),
            f"{_times('refused', failures)}; asked again politely, under the same name",
        )
    if error == "NotAFeed":
        day = timedelta(seconds=MAX_SECONDS)
        return _spread(_doubled(1, failures, day), state), _times("could not be read", failures)
    day = timedelta(seconds=MAX_SECONDS)
    return _spread(_doubled(1 / 12, failures, day), state), _times("no good answer", failures)


KNOCKED = "its hub says that something is new"
"""Why a feed is due when its hub knocked."""

_DORMANT = "not found for two weeks; dormant, asked once a month"


def _doubled(hours: float, failures: int, most: timedelta) -> timedelta:
    doublings = min(failures - 1, 20)
    return min(timedelta(hours=hours * (1 << doublings)), most)


def _times(what: str, failures: int) -> str:
    again = "asked again after a longer and longer while"
    return f"{what}; {again}" if failures == 1 else f"{what}, {failures} times in a row; {again}"


def _resting() -> str:
    return "the host asked to be left alone until then"


# ---------------------------------------------------------------- numbers and words


def _spread(wait: timedelta, state: FeedState, most: float = SPREAD) -> timedelta:
    share = zlib.crc32(f"{state.feed} {state.polls}".encode()) / 2**32
    return wait * (1 + most * share)


def _span(span: timedelta) -> str:
    """A length of time as one would say it."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 90:
        return f"{minutes} minutes" if minutes != 1 else "minute"
    hours = round(minutes / 60)
    return f"{hours} hours" if hours < 48 else f"{round(hours / 24)} days"


def _long(span: timedelta) -> str:
    """A length of time after "in"."""
    words = _span(span)
    return f"a {words}" if words == "minute" else words


def _seconds(text: str) -> int:
    return int(text[:12]) if text.isascii() and text.isdigit() else 0


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else None
