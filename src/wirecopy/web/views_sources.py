"""The pages about publishers and their feeds: what may be shown of them, and how they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from wirecopy.log import mask
from wirecopy.model import Publisher, PublisherId
from wirecopy.stages.schedule import is_dormant
from wirecopy.store import alarms as alarms_kept
from wirecopy.store import reading, reading_sources
from wirecopy.store.alarms import LAYOUT, SOURCE
from wirecopy.web.lines import (
    ArticleLine,
    PublisherRef,
    article_line,
    direction,
    publisher_ref,
)
from wirecopy.web.site import Site
from wirecopy.web.views import Mast, NoSuchPage, mast

LISTED = 40  # articles on a publisher's page
HELD_BACK = 100
FAILURES_ALARM = 3  # in a row
BROKEN_SHARE = 0.5  # of at least BROKEN_LEAST pages of a week that could not be published
BROKEN_LEAST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisLine:
    """On what ground a publisher's words are shown, with the evidence."""

    kind: str
    mode: str
    licence: str
    evidence: str
    evidence_url: str
    recorded: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A feed: its last answer, and when it is asked next and why."""

    url: str
    publisher: PublisherRef
    section: str
    listed_in: str
    standing: str  # "good", "failing", "dormant", "gone", "new"
    status: int
    answered: datetime | None
    polled: datetime | None
    due: datetime | None
    why: str
    error: str
    cure: str
    failures: int
    polls: int
    not_modified: int
    bytes: int
    address: str  # where it is asked since it moved for good; "" at its own address
    moved_to: str
    hub: str
    pushed_until: datetime | None  # until when its hub tells us of news


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherLine:
    """A publisher in a list."""

    publisher: PublisherRef
    home: str
    country: str
    language: str
    basis: BasisLine
    feeds: int
    published: int
    held: int
    full: int
    excerpt: int
    link: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherPage:
    """A publisher: policy and its evidence, feeds, articles."""

    publisher: PublisherLine
    domains: tuple[str, ...]
    active: bool
    sources: tuple[SourceLine, ...]
    articles: tuple[ArticleLine, ...]
    next: datetime | None  # pass as `before` for older ones
    withdrawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """A page that was read and is not published, with the reason."""

    id: str
    url: str
    headline: str
    language: str
    direction: str
    publisher: PublisherRef
    first_seen: datetime
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestLine:
    """A host that asked for a pause."""

    host: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something the operator should look at."""

    publisher: PublisherRef
    kind: str  # "source", "layout", ...
    words: str
    cure: str
    at: datetime | None  # since when


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPage:
    """How every source answers, and what is held back."""

    mast: Mast
    good: int
    failing: int
    dormant: int
    gone: int
    new: int
    internal: tuple[str, ...]  # host:port inside the operator's network that may be asked
    sources: tuple[SourceLine, ...]
    alarms: tuple[Alarm, ...]
    held: tuple[HeldLine, ...]
    resting: tuple[RestLine, ...]


def publishers(c: Connection) -> tuple[PublisherLine, ...]:
    """Every publisher of the settings."""
    yields = reading_sources.yields(c)
    return tuple(_publisher(one, yields.get(one.id)) for one in reading_sources.all_publishers(c))


def publisher(
    c: Connection, site: Site, id: str, *, before: datetime | None = None
) -> PublisherPage:
    """One publisher. Raises NoSuchPage."""
    found = reading_sources.one_publisher(c, id)
    if found is None:
        raise NoSuchPage("There is no such publisher here.")
    became = reading_sources.yields(c, publisher=id).get(found.id)
    lines = reading.latest(c, limit=LISTED + 1, publisher=id, before=before)
    return PublisherPage(
        publisher=_publisher(found, became),
        domains=found.domains,
        active=any(one.id == found.id for one in reading_sources.all_publishers(c)),
        sources=sources(c, publisher=id),
        articles=tuple(article_line(line, site) for line in lines[:LISTED]),
        next=lines[LISTED - 1].published if len(lines) > LISTED else None,
        withdrawn=became.withdrawn if became else 0,
    )


def sources(c: Connection, *, publisher: str = "") -> tuple[SourceLine, ...]:
    """Every feed with its last answer; nobody's token stands in an address."""
    leases = reading_sources.leases(c)
    return tuple(
        _source(one, leases.get(one.feed.url))
        for one in reading_sources.sources(c, publisher=publisher)
    )


def health(c: Connection, internal: tuple[str, ...] = ()) -> HealthPage:
    """Source health: feeds, alarms, held-back pages, resting hosts.

    `internal` are the operator's exceptions to the guard.
    """
    head = mast(c)
    found = sources(c)
    standings = [one.standing for one in found]
    return HealthPage(
        mast=head,
        good=standings.count("good"),
        failing=standings.count("failing"),
        dormant=standings.count("dormant"),
        gone=standings.count("gone"),
        new=standings.count("new"),
        internal=internal,
        sources=found,
        alarms=_alarms(c, found, head.at),
        held=tuple(_held(one) for one in reading_sources.held_back(c, limit=HELD_BACK)),
        resting=tuple(
            RestLine(host=one.host, until=one.until, why=one.why)
            for one in (reading_sources.resting(c, head.at) if head.at else ())
        ),
    )


def _alarms(c: Connection, found: tuple[SourceLine, ...], at: datetime | None) -> tuple[Alarm, ...]:
    names = {one.publisher.id: one.publisher for one in found}
    lasting = alarms_kept.lasting(c)
    alarms = [
        Alarm(
            publisher=names.get(PublisherId(one.publisher), publisher_ref(one.publisher, "")),
            kind=one.kind,
            words=mask(f"{one.subject}: {one.words}" if one.kind == SOURCE else one.words),
            cure=one.cure,
            at=one.at,
        )
        for one in lasting
    ]
    told = {mask(one.subject) for one in lasting}
    alarms += [
        Alarm(
            publisher=one.publisher,
            kind=SOURCE,
            words=f"The feed {one.url} failed {one.failures} times in a row. {one.error}",
            cure=one.cure,
            at=None,
        )
        for one in found
        if one.failures >= FAILURES_ALARM and one.url not in told
    ]
    week = reading_sources.yields(c, since=at - timedelta(days=7)) if at else {}
    for id, became in week.items():
        if became.read >= BROKEN_LEAST and became.held / became.read >= BROKEN_SHARE:
            alarms.append(
                Alarm(
                    publisher=names.get(id, publisher_ref(id, id)),
                    kind=LAYOUT,
                    cure="Look at one with `wirecopy show`; the archive keeps every page.",
                    at=None,
                    words=f"{became.held} of {became.read} pages of the last week are held back: "
                    "the layout of its pages may have changed.",
                )
            )
    return tuple(alarms)


def _publisher(found: Publisher, became: reading_sources.Yield | None) -> PublisherLine:
    became = became or reading_sources.Yield()
    basis = found.basis
    return PublisherLine(
        publisher=publisher_ref(found.id, found.name),
        home=found.home,
        country=found.country,
        language=found.language,
        basis=BasisLine(
            kind=basis.kind.value,
            mode=basis.mode.value,
            licence=basis.licence,
            evidence=basis.evidence,
            evidence_url=basis.evidence_url,
            recorded=basis.recorded,
        ),
        feeds=len(found.feeds),
        published=became.published,
        held=became.held,
        full=became.by_mode.get("full", 0),
        excerpt=became.by_mode.get("excerpt", 0),
        link=became.by_mode.get("link", 0),
    )


def _source(one: reading_sources.Source, lease: datetime | None) -> SourceLine:
    state = one.state
    return SourceLine(
        url=mask(one.feed.url),
        publisher=publisher_ref(one.feed.publisher, one.publisher_name),
        section=one.feed.section,
        listed_in=one.feed.listed_in,
        standing=_standing(one),
        status=state.status if state else 0,
        answered=state.answered_at if state else None,
        polled=state.polled_at if state else None,
        due=state.due_at if state and not state.gone else None,
        why=state.why if state else "not asked yet",
        error=mask(state.error) if state else "",
        cure=state.cure if state else "",
        failures=state.failures if state else 0,
        polls=state.polls if state else 0,
        not_modified=state.not_modified if state else 0,
        bytes=state.bytes if state else 0,
        address=mask(state.address) if state else "",
        moved_to=mask(state.moved_to) if state else "",
        hub=mask(state.hub) if state else "",
        pushed_until=lease,
    )


def _standing(one: reading_sources.Source) -> str:
    if one.state is None or one.state.polls == 0:
        return "new"
    if one.state.gone:
        return "gone"
    if is_dormant(one.state):
        return "dormant"
    return "failing" if one.state.error else "good"


def _held(one: reading_sources.HeldBack) -> HeldLine:
    return HeldLine(
        id=one.id,
        url=one.url,
        headline=one.headline,
        language=one.language,
        direction=direction(one.language),
        publisher=publisher_ref(one.publisher, one.publisher_name),
        first_seen=one.first_seen,
        reason=one.reason,
        detail=one.detail,
    )
