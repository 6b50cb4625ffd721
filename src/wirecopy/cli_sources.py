"""The verbs that ask sources: check and add."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click

from wirecopy import cli_checked, config_text
from wirecopy.cli_lists import many
from wirecopy.clock import SystemClock
from wirecopy.config import Settings
from wirecopy.config_keys import Wrong, domain, web_address
from wirecopy.dial import Dialer, PublicDialer
from wirecopy.errors import (
    BadAnswer,
    ConfigError,
    ForbiddenAddress,
    Gone,
    Missing,
    NotAFeed,
    Refused,
    RobotsDisallow,
    SourceError,
    Throttled,
    TooLarge,
    Unreachable,
)
from wirecopy.fetch import Fetcher, Manners
from wirecopy.model import Feed, FeedReading, Held, Publisher, PublisherId, Purpose, Response
from wirecopy.progress import Report
from wirecopy.stages.discover import find_feeds, usual_feeds
from wirecopy.stages.feeds import read_feed
from wirecopy.stages.schedule import moved_to

AT_ONCE = 24  # feeds asked at a time, over all hosts; each host keeps its own pace
GUESSES = 5  # usual places of feeds, where a home page names none
TRIES = 8  # requests spent on finding one publisher's feed, its robots.txt among them

WORDS: tuple[tuple[type[SourceError], str], ...] = (
    (Gone, "gone"),
    (Missing, "missing"),
    (Refused, "refused"),
    (Throttled, "told to wait"),
    (RobotsDisallow, "robots.txt"),
    (ForbiddenAddress, "forbidden"),
    (TooLarge, "too large"),
    (BadAnswer, "bad answer"),
    (Unreachable, "dead"),
    (NotAFeed, "not a feed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that answered and was read."""

    url: str
    reading: FeedReading
    moved_to: str = ""  # where permanent redirects led


# ---------------------------------------------------------------- check


def check(
    settings: Settings, report: Report, *, ask: bool = True, dialer: Dialer | None = None
) -> int:
    """Say in words how the settings and every feed stand; 1 when a feed failed."""
    feeds = sum(len(publisher.feeds) for publisher in settings.publishers)
    click.echo(
        f"Settings: right. {many(len(settings.publishers), 'publisher')}, {many(feeds, 'feed')}; "
        f"a {'private' if settings.private else 'public'} site at {settings.base_url}"
    )
    if not settings.site.contact:
        click.echo("Settings: no contact under [site]; publishers cannot tell who asks.")
    for one in settings.gather.allow_internal:
        click.echo(f"Settings: {one} may be asked, whatever address it leads to (allow_internal).")
    if not ask:
        return 0
    failed = asyncio.run(
        _check_feeds(settings, report, dialer or PublicDialer(allow=settings.gather.vouched))
    )
    click.echo(f"{many(feeds - failed, 'feed')} right, {failed} not.")
    return 1 if failed else 0


async def _check_feeds(settings: Settings, report: Report, dialer: Dialer) -> int:
    """Ask every feed once; the number that failed. Each outcome is told when it is known.

    A feed that was asked within half an hour is not asked again, but told as it was.
    """
    room = asyncio.Semaphore(AT_ONCE)
    known = cli_checked.of_late(settings, datetime.now(UTC))
    failed = 0

    async def one(fetcher: Fetcher, publisher: Publisher, feed: Feed) -> None:
        nonlocal failed
        outcome = known.get(feed.url)
        if outcome is not None:
            ago = _ago(datetime.now(UTC) - datetime.fromisoformat(outcome.at))
            words = f"{outcome.words} (this is {ago}; a feed is asked once in half an hour)"
        else:
            async with room:
                try:
                    found = await _ask_feed(fetcher, feed.url)
                    moved = cli_checked.moved(found.moved_to)
                    outcome = cli_checked.now_said(True, f"ok: {_entries(found.reading)}{moved}")
                except SourceError as error:
                    outcome = cli_checked.now_said(False, f"{kind(error)}: {error}")
            known[feed.url] = outcome
            words = outcome.words
        failed += not outcome.right
        name = f"{publisher.name}, {feed.section}" if feed.section else publisher.name
        click.echo(f"{name}: {words} <{feed.url}>")
        report.advanced("checking feeds", note=publisher.name)

    async with _fetcher(settings, dialer) as fetcher:
        report.started("checking feeds", sum(len(p.feeds) for p in settings.publishers))
        try:
            async with asyncio.TaskGroup() as tasks:
                for publisher in settings.publishers:
                    for feed in publisher.feeds:
                        tasks.create_task(one(fetcher, publisher, feed))
        finally:
            cli_checked.keep(settings, known)
            report.finished("checking feeds")
            report.close()
    return failed


def kind(error: SourceError) -> str:
    """What went wrong, in a word or two that a list can be scanned by."""
    return next((words for known, words in WORDS if isinstance(error, known)), "failed")


def _entries(reading: FeedReading) -> str:
    many = "1 entry" if len(reading.entries) == 1 else f"{len(reading.entries)} entries"
    times = [entry.published for entry in reading.entries if entry.published is not None]
    if not times:
        return many
    return f"{many}, the newest {_ago(datetime.now(UTC) - max(times))}"


def _ago(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 120:
        return f"{many(minutes, 'minute')} old"
    if minutes < 48 * 60:
        return f"{minutes // 60} hours old"
    return f"{minutes // (24 * 60)} days old"


# ---------------------------------------------------------------- add


def add(
    path: Path, settings: Settings, url: str, report: Report, *, dialer: Dialer | None = None
) -> int:
    """Find the feed behind an address and append its publisher to the settings."""
    address = _address(url)
    home, found = asyncio.run(
        _find(settings, address, dialer or PublicDialer(allow=settings.gather.vouched), report)
    )
    day = datetime.now(UTC).date().isoformat()
    publisher = _publisher(home, found, f"{home}, read {day}")
    added = config_text.add(path, [publisher], f"Added by `wirecopy add {address}` on {day}.")
    if not added.feeds:
        click.echo(f"{publisher.name} stands in {path} already, with {found.url}.")
        return 0
    click.echo(f"Added {publisher.name} to {path}: {found.url}, {_entries(found.reading)}.")
    if added.publishers:
        click.echo(
            'Its basis is "none": on a public site only headline and link are shown. '
            "Give its section, country and basis in the file."
        )
    return 0


def _address(url: str) -> str:
    address = url if "://" in url else f"https://{url}"
    try:
        return web_address(address)
    except Wrong as wrong:
        raise ConfigError(f'"{url}" {wrong.message}.', cure=wrong.cure) from wrong


async def _find(settings: Settings, url: str, dialer: Dialer, report: Report) -> tuple[str, Found]:
    """The home page and the first feed that can be read, in at most `TRIES` requests."""
    report.started("looking for a feed")
    try:
        async with _fetcher(settings, dialer) as fetcher:
            page = await fetcher.get(url, Purpose.PAGE)
            report.advanced("looking for a feed", note=url)
            reading = _read(page)
            if isinstance(reading, FeedReading):
                return reading.home or url, Found(url=page.final_url, reading=reading)
            named = find_feeds(page.body, _content_type(page), page.final_url)
            guessed = named or await _guessed(fetcher, page.final_url)
            for candidate in guessed[: TRIES - 2]:
                report.advanced("looking for a feed", note=candidate)
                try:
                    return page.final_url, await _ask_feed(fetcher, candidate)
                except SourceError as error:
                    report.line(f"{candidate}: {kind(error)}")
    finally:
        report.finished("looking for a feed")
        report.close()
    raise NotAFeed(
        f"No feed was found behind {url}.",
        url=url,
        cure="Look for one on the publisher's site and add its own address.",
    )


async def _guessed(fetcher: Fetcher, url: str) -> tuple[str, ...]:
    """Where feeds usually are, and then the sitemaps that robots.txt names, of news first."""
    named = await fetcher.sitemaps(url)
    sitemaps = sorted(named, key=lambda each: "news" not in urlsplit(each).path.lower())
    return (*usual_feeds(url)[:GUESSES], *sitemaps)


def _publisher(home: str, found: Found, listed_in: str) -> Publisher:
    host = urlsplit(home).hostname or urlsplit(found.url).hostname or ""
    try:
        me = PublisherId(domain(host))
    except Wrong as wrong:
        raise ConfigError(f'The host "{host}" {wrong.message}.', cure=wrong.cure) from wrong
    feed = Feed(url=found.url, publisher=me, section="top", listed_in=listed_in)
    return Publisher(
        id=me,
        name=found.reading.title.strip()[:200] or me,
        home=home,
        domains=(me,),
        language=found.reading.language.split("-")[0].lower()[:3],
        feeds=(feed,),
    )


# ---------------------------------------------------------------- asking


def _fetcher(settings: Settings, dialer: Dialer) -> Fetcher:
    manners = Manners(user_agent=settings.user_agent, delay_seconds=settings.gather.delay_seconds)
    return Fetcher(dialer=dialer, clock=SystemClock(), manners=manners)


async def _ask_feed(fetcher: Fetcher, url: str) -> Found:
    """Ask for a feed and read it; SourceError when it is none."""
    response = await fetcher.get(url, Purpose.FEED)
    reading = _read(response)
    if isinstance(reading, Held):
        raise NotAFeed(
            f"The answer is no feed ({reading.detail or reading.reason}).",
            url=url,
            cure="`wirecopy add` with the home page finds where it moved.",
        )
    return Found(url=url, reading=reading, moved_to=moved_to(response.redirects))


def _read(response: Response) -> FeedReading | Held:
    return read_feed(response.body, _content_type(response), response.final_url, response.at)


def _content_type(response: Response) -> str:
    return next((value for name, value in response.headers if name.lower() == "content-type"), "")
