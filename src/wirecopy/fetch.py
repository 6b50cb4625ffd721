"""The only door to the network: one polite, bounded, honest request at a time.

What `Fetcher.get` promises, in the order it happens: the address is read by one strict parser; the
host's robots.txt is known and obeyed; the host's turn and pause are waited for; the connection
comes from the dialer; no cookie, no Referer, no proxy; bytes, time and redirects are bounded; and
whatever goes wrong is one of our own errors, with the answer that said so.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from wirecopy.clock import Clock
from wirecopy.decoders import ACCEPTED, undo
from wirecopy.dial import Dialer, DialingConnector, Target, connector, target
from wirecopy.errors import (
    BadAnswer,
    FetchError,
    ForbiddenAddress,
    Gone,
    Missing,
    Refused,
    Throttled,
    TooLarge,
    Unreachable,
)
from wirecopy.fetch_lanes import LITTLE, Crowded, Lanes, slow_room
from wirecopy.fetch_limits import Limits
from wirecopy.fetch_manners import Manners, Queues
from wirecopy.fetch_rules import Keep, Recall, Remembered, RuleBook
from wirecopy.model import Purpose, Response, header

__all__ = ["Fetcher", "Limits", "Manners", "Remembered"]


ACCEPT = {
    Purpose.FEED: (
        "application/atom+xml, application/rss+xml, application/feed+json, "
        "application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, "
        "application/json;q=0.7, */*;q=0.5"
    ),
    Purpose.PAGE: "text/html, application/xhtml+xml, */*;q=0.5",
    Purpose.ROBOTS: "text/plain, */*;q=0.5",
    Purpose.TERMS: "application/json, */*;q=0.5",
    Purpose.LICENCE: "application/rsl+xml, application/xml;q=0.8, */*;q=0.5",
    Purpose.IMAGE: "image/webp, image/png, image/jpeg, image/gif, */*;q=0.1",
}

REDIRECTS = frozenset({301, 302, 303, 307, 308})
ASIDE_BYTES = 256 * 1024  # read of an answer that is not what was asked for, as evidence
IDLE_CONNECTIONS = 128  # kept open for a host's next request; TLS holds 100 KB for each
IDLE_PAGES = 32  # of them at most for a page's host, while others wait
OF_THE_SITE = frozenset({Purpose.ROBOTS, Purpose.TERMS})  # asked for before any page


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditional headers, and the one address whose answer they are of."""

    headers: Mapping[str, str]
    validates: str

    def of(self, url: str) -> Mapping[str, str]:
        return self.headers if self.validates == url else {}


@dataclass(frozen=True, slots=True)
class Said:
    """What is posted."""

    body: bytes
    content_type: str


class Fetcher:
    """Asks for addresses, politely. An async context manager; one a process.

    `keep` is handed every robots.txt that was asked for (or its Miss), so that it is archived too.
    `resting` are hosts that asked to be left alone before a restart: until when, and how many
    rests in a row that makes. `recall` gives the latest archived answer for a robots.txt. With
    `terms`, a site's tdmrep.json is archived before its first page.
    """

    def __init__(
        self,
        *,
        dialer: Dialer,
        clock: Clock,
        manners: Manners,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
        keep: Keep | None = None,
        resting: Mapping[str, tuple[datetime, int]] | None = None,
        recall: Recall | None = None,
        terms: bool = False,
    ) -> None:
        self._dialer = dialer
        self._clock = clock
        self._manners = manners
        self._limits = limits or Limits()
        self._tls = tls
        self._queues = Queues(clock=clock, connections=manners.host_connections)
        self._queues.rest_all(resting or {})
        self._terms = terms
        self._lanes = Lanes(manners.connections, slow=slow_room(manners.connections))
        self._book = RuleBook(
            clock=clock, agent=manners.product, ask=self._ask_site, keep=keep, recall=recall
        )
        self._connector: DialingConnector | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Fetcher:
        limits = self._limits
        # The number of connections is bounded by `_lanes`, before the time of a request starts.
        self._connector = connector(self._dialer, tls=self._tls, limit=0)
        self._session = aiohttp.ClientSession(
            connector=self._connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=limits.connect_seconds, sock_read=limits.stall_seconds
            ),
            max_line_size=limits.header_bytes,
            max_field_size=limits.header_bytes,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._book.close()
        if self._session is not None:
            await self._session.close()

    @property
    def stuck(self) -> int:
        """Requests that wait for their turn or for their host: they hold no body worth naming."""
        return self._queues.waiting + self._lanes.light

    @property
    def holding(self) -> int:
        """Tasks that hold a large answer, read or not."""
        return self._lanes.large

    def call_when_stuck(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever one request more may wait for its host."""
        self._lanes.on_waiting = call

    def resting(self, host: str) -> datetime | None:
        """Until when a host is left alone; None when it may be asked."""
        return self._queues.resting(host)

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of an address's host names; FetchError as `get`."""
        rules = await self._book.obeyed(target(url))
        return rules.sitemaps

    async def get(
        self,
        url: str,
        purpose: Purpose,
        *,
        etag: str = "",
        last_modified: str = "",
        validates: str = "",
    ) -> Response:
        """One polite request; 200 and 304 (with an empty body) come back, all else is raised.

        `etag` and `last_modified` go out byte for byte as an earlier answer gave them, to no
        address but `validates`, whose answer that was ("": `url` itself), wherever redirects lead
        (RFC 9111, 4.3.1). Raises every kind of FetchError; where there was an answer, the error
        carries it as `response`.
        """
        try:
            asked = target(url)
            conditions = Conditions(_conditions(etag, last_modified), validates or asked.url)
            response = await self._follow(asked, purpose, conditions)
        except FetchError as error:
            error.url = url
            if error.response is not None:
                error.response = replace(error.response, url=url)
            raise
        return replace(response, url=url)

    async def licence_known(self, page: str, url: str) -> None:
        """Archive the licence at `url`, which a page names, unless it was had of late."""
        await self._book.licence_known(target(page).host, url)

    async def post(self, url: str, body: bytes, content_type: str) -> Response:
        """Say something to a hub or to the operator's webhook, past the same guard and queue.

        Any 2xx is an answer; a redirect is not followed. Raises every kind of FetchError.
        """
        there = target(url)
        pause = self._manners.delay_seconds
        response = await self._ask(there, None, {}, pause, Said(body, content_type))
        if 200 <= response.status < 300:
            return response
        return _judged(response, None, conditional=False)

    # ------------------------------------------------------------ redirects

    async def _follow(self, asked: Target, purpose: Purpose, conditions: Conditions) -> Response:
        here = asked
        trail: list[tuple[int, str]] = []
        while True:
            pause = self._manners.delay_seconds
            if purpose not in OF_THE_SITE:
                rules = await self._book.obeyed(here)
                if self._terms and purpose is Purpose.PAGE:
                    await self._book.terms_known(here, rules)
                pause = self._manners.pause(
                    has_robots=rules.present, asked_seconds=rules.delay_seconds
                )
            # The turn ends before the next hop's host is waited for: two hosts that redirect to
            # each other cannot wait for each other.
            sent = conditions.of(here.url)
            response = await self._ask(here, purpose, sent, pause)
            response = replace(response, url=asked.url, redirects=tuple(trail))
            if response.status not in REDIRECTS:
                return _judged(response, purpose, conditional=bool(sent))
            here = _next_hop(response, here, asked)
            if len(trail) == self._limits.redirects or here.url in {u for _, u in trail}:
                raise _with(TooLarge("Redirected in a loop or too often.", url=asked.url), response)
            trail.append((response.status, here.url))

    async def _ask_site(self, there: Target, purpose: Purpose) -> Response:
        return await self._follow(there, purpose, Conditions({}, there.url))

    # ------------------------------------------------------------ one request

    async def _ask(
        self,
        here: Target,
        purpose: Purpose | None,
        conditions: Mapping[str, str],
        pause: float,
        said: Said | None = None,
    ) -> Response:
        async with self._queues.turn(
            here.host,
            pause,
            here.url,
            address=await self._dialer.whereabouts(here.host, here.port),
            address_pause_seconds=self._manners.delay_seconds,
        ):
            try:
                async with self._lanes.place():
                    response = await self._exchange(here, purpose, conditions, said)
            except Crowded as error:
                raise _no_answer(f"{here.host} was slow when many others were.", here) from error
            if response.status not in (429, 503):
                self._queues.answered(here.host)
                return response
            until, rests = self._queues.rest(here.host, header(response.headers, "Retry-After"))
        raise _with(
            Throttled(
                f"{here.host} answered {response.status}; it is left alone until"
                f" {until:%Y-%m-%d %H:%M} UTC.",
                url=here.url,
                status=response.status,
                retry_at=until,
                host=here.host,
                rests=rests,
            ),
            response,
        )

    async def _exchange(
        self,
        here: Target,
        purpose: Purpose | None,
        conditions: Mapping[str, str],
        said: Said | None = None,
    ) -> Response:
        session, dialling = self._session, self._connector
        if session is None or dialling is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        limits = self._limits
        headers = {
            "User-Agent": self._manners.user_agent,
            "Accept": ACCEPT[purpose] if purpose else "*/*",
            "Accept-Encoding": ACCEPTED,
            **conditions,
        }
        if said is not None:
            headers["Content-Type"] = said.content_type
        dialling.keep_idle(IDLE_CONNECTIONS)
        if dialling.idle >= IDLE_PAGES and purpose in (Purpose.PAGE, Purpose.IMAGE):
            # What a feed brings is asked for next; after a page, often nothing is.
            headers["Connection"] = "close"
        try:
            async with asyncio.timeout(limits.total_seconds) as time:
                async with asyncio.timeout(limits.connect_seconds + limits.headers_seconds):
                    answer = await session.request(
                        "GET" if said is None else "POST",
                        URL(here.url, encoded=True),
                        headers=headers,
                        data=None if said is None else said.body,
                        allow_redirects=False,
                    )
                try:
                    body = await self._body(answer, here, purpose, time)
                finally:
                    answer.close()  # a body that was read to its end has freed its connection
        except TimeoutError as error:
            raise _no_answer(f"{here.host} took too long to answer.", here) from error
        except aiohttp.ClientPayloadError as error:
            raise BadAnswer(f"The answer of {here.host} was cut short.", url=here.url) from error
        except aiohttp.ClientResponseError as error:
            raise BadAnswer(f"{here.host} does not speak HTTP rightly.", url=here.url) from error
        except (aiohttp.ClientError, OSError) as error:
            raise _no_answer(f"{here.host} hung up.", here) from error
        return Response(
            url=here.url,
            final_url=here.url,
            purpose=purpose or Purpose.PAGE,  # of what was posted nothing is kept
            status=answer.status,
            headers=tuple((_text(name), _text(value)) for name, value in answer.raw_headers),
            body=body,
            at=self._clock.now(),
            ip=dialling.dialled(here.host, here.port),
            request_headers=tuple(answer.request_info.headers.items()),
            http_version=_version(answer),
        )

    async def _body(
        self,
        answer: aiohttp.ClientResponse,
        here: Target,
        purpose: Purpose | None,
        time: asyncio.Timeout,
    ) -> bytes:
        """The answer's body, unpacked and bounded; of an answer not asked for, its beginning."""
        most = self._limits.bytes_of(purpose)
        cut = purpose is Purpose.ROBOTS
        if answer.status != 200:
            most, cut = min(most, ASIDE_BYTES), True
        if not cut and (answer.content_length or 0) > most:
            raise TooLarge(f"The body has more than {most:,} bytes.", url=here.url)
        wire = bytearray()
        whole = True
        while piece := await answer.content.readany():
            wire += piece
            if len(wire) > LITTLE:
                waited = await self._lanes.grow()
                time.reschedule((time.when() or 0.0) + waited)
            if len(wire) > most:
                if not cut:
                    raise TooLarge(f"The body has more than {most:,} bytes.", url=here.url)
                whole = False
                break
        packed = ", ".join(answer.headers.getall("Content-Encoding", ()))
        try:
            return undo(
                bytes(wire),
                packed,
                url=here.url,
                max_bytes=most,
                max_ratio=self._limits.ratio,
                cut=cut,
            )
        except BadAnswer:
            if whole and answer.status == 200:
                raise
            return b""  # of an error's body, or one we cut ourselves, nothing is owed


# ---------------------------------------------------------------- small decisions


def _conditions(etag: str, last_modified: str) -> dict[str, str]:
    """RFC 9110, 13.1: both validators as they came; one that cannot stand in a header is left."""
    named = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in named.items() if value and value.isprintable()}


def _next_hop(response: Response, here: Target, asked: Target) -> Target:
    location = header(response.headers, "Location")
    if not location:
        raise _with(BadAnswer("Redirected to nowhere.", url=here.url), response)
    try:
        there = target(urljoin(here.url, location.strip()))
    except (ForbiddenAddress, ValueError) as error:
        raise _with(
            ForbiddenAddress("Redirected to an address that is never asked for.", url=here.url),
            response,
        ) from error
    if here.scheme == "https" and there.scheme == "http" and asked.scheme == "https":
        raise _with(BadAnswer("Redirected from https to http.", url=here.url), response)
    return there


def _judged(response: Response, purpose: Purpose | None, *, conditional: bool) -> Response:
    """The answer when it is one that was asked for; else the error it stands for."""
    status, url = response.status, response.url
    if status == 200 and (response.body or purpose is Purpose.ROBOTS):
        return response
    if status == 304 and conditional:
        return response
    words = f"The answer was {status}" + (" with an empty body." if status == 200 else ".")
    kind: type[FetchError] = BadAnswer
    cure = ""
    if status == 404:
        kind = Missing
    elif status == 410:
        kind = Gone
    elif status in (401, 402, 403, 407, 451):
        kind = Refused
        cure = "The publisher does not want it fetched; it is asked again, rarely and politely."
    raise _with(kind(words, url=url, status=status, cure=cure), response)


def _with(error: FetchError, response: Response) -> FetchError:
    error.response = response
    error.status = response.status
    return error


def _no_answer(words: str, here: Target) -> Unreachable:
    error = Unreachable(words, url=here.url)
    error.connected = True
    return error


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")  # RFC 9110, 5.5: what headers used to be


def _version(answer: aiohttp.ClientResponse) -> str:
    version = answer.version
    return f"{version.major}.{version.minor}" if version else "1.1"
