"""The newsroom's nouns, as frozen values.

This module imports nothing of ours. Every time is aware and in UTC. Offsets (`Span`) are
characters of a Python `str`, end exclusive. Words that are quoted, cited or proved are spans over
a text, never copies of it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NewType

PublisherId = NewType("PublisherId", str)
"""The publisher's main domain, lower case, without `www.`: `abplive.com`."""

ArticleId = NewType("ArticleId", str)
"""Twelve characters derived from the article's normal address, so that replay gives the same."""

StoryId = NewType("StoryId", str)
"""The id of the story's first article; it never changes."""


class Mode(enum.StrEnum):
    """How much of an article may be shown, from nothing to every word."""

    OFF = "off"
    LINK = "link"
    EXCERPT = "excerpt"
    FULL = "full"

    @property
    def rank(self) -> int:
        return list(Mode).index(self)


class BasisKind(enum.StrEnum):
    """On what ground an operator may show a publisher's words."""

    NONE = "none"
    LICENCE = "licence"
    PERMISSION = "permission"
    OWN = "own"
    PUBLIC_DOMAIN = "public-domain"


class Purpose(enum.StrEnum):
    """Why bytes were asked for."""

    FEED = "feed"
    PAGE = "page"
    ROBOTS = "robots"
    TERMS = "terms"  # /.well-known/tdmrep.json
    LICENCE = "licence"  # RSL: licence terms for machines
    IMAGE = "image"


class BlockKind(enum.StrEnum):
    """What a block of an article's text is."""

    PARAGRAPH = "paragraph"
    SUBHEADING = "subheading"
    LIST_ITEM = "list-item"
    QUOTATION = "quotation"
    CAPTION = "caption"
    TABLE_ROW = "table-row"
    STANDFIRST = "standfirst"  # the sentences under the headline that lead into the text


class RevisionKind(enum.StrEnum):
    """What changed against the revision before."""

    FIRST = "first"
    WORDS = "words"
    HEADLINE = "headline"


class ArticleState(enum.StrEnum):
    """Where an article stands on its way to the reader."""

    ANNOUNCED = "announced"  # a feed names it; its page has not been read yet
    PUBLISHED = "published"
    HELD = "held"  # read, and not published: the reason is kept
    WITHDRAWN = "withdrawn"  # published once; the publisher or the operator took it back


# ---------------------------------------------------------------- publishers and their feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The ground for showing a publisher's words, with its evidence; decides nothing by itself."""

    kind: BasisKind = BasisKind.NONE
    mode: Mode = Mode.LINK  # the most this basis allows
    licence: str = ""
    evidence: str = ""  # the terms, quoted, or the letter's name
    evidence_url: str = ""
    recorded: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An address that announces articles."""

    url: str
    publisher: PublisherId
    section: str = ""
    language: str = ""
    listed_in: str = ""  # the public list the address was read in, and when


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """An organisation with domains."""

    id: PublisherId
    name: str
    home: str = ""
    domains: tuple[str, ...] = ()
    country: str = ""  # ISO 3166-1 alpha-2
    language: str = ""  # BCP 47 primary tag
    basis: Basis = Basis()
    feeds: tuple[Feed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is known of a feed from asking it; the schedule, not derived from the archive."""

    feed: str
    due_at: datetime
    why: str = "never asked yet"  # why it is due then, in words
    polled_at: datetime | None = None
    answered_at: datetime | None = None  # last answer that told the feed's content (200 or 304)
    status: int = 0  # last HTTP status; 0 when there was no answer
    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    interval_seconds: int = 3600
    failures: int = 0  # in a row
    error: str = ""  # the latest error in words, "" when the last answer was good
    cure: str = ""
    polls: int = 0
    not_modified: int = 0
    bytes: int = 0
    gone: bool = False
    address: str = ""  # where it is asked since a move for good was learnt; "" where the feed says
    answered_from: str = ""  # address of the answer whose validators these are, after redirects
    moved_to: str = ""  # where permanent redirects lead
    moved_times: int = 0  # how often in a row they led there
    moved_since: datetime | None = None  # the first of those times
    rhythm: tuple[int, ...] = ()  # its latest publications, newest first: minutes since 1970
    ttl_seconds: int = 0  # how long it asks to be left alone
    update_seconds: int = 0  # how often it says it changes
    skip_hours: tuple[int, ...] = ()  # 0..23, UTC: when it asks not to be polled
    skip_days: tuple[int, ...] = ()  # 0 Monday .. 6 Sunday, UTC
    named_url: str = ""  # the address it names as its own
    hub: str = ""  # its WebSub hub, "" when it names none
    topic: str = ""  # the address the hub knows it by


# ---------------------------------------------------------------- bytes as received


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer as it came from the network, not yet archived."""

    url: str  # as asked for
    final_url: str  # after redirects
    purpose: Purpose
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes  # content encoding undone
    at: datetime
    ip: str = ""
    request_headers: tuple[tuple[str, str], ...] = ()
    http_version: str = "1.1"
    redirects: tuple[tuple[int, str], ...] = ()  # (status, address it led to), in order

    def header(self, name: str) -> str:
        """The first header of that name, any case; "" when there is none."""
        return header(self.headers, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Where bytes stand in the archive: one gzip member."""

    file: str  # name inside the archive folder
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An answer that stands in the archive; the body is read from there."""

    url: str
    final_url: str
    purpose: Purpose
    status: int
    headers: tuple[tuple[str, str], ...]
    at: datetime
    sha256: str  # hex, of the body
    size: int  # bytes of the body
    record: Record

    def header(self, name: str) -> str:
        """The first header of that name, any case; "" when there is none."""
        return header(self.headers, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A page or feed that was not got, and why; archived too, so that replay knows."""

    url: str
    purpose: Purpose
    at: datetime
    reason: str  # an error's name from errors.py: "Unreachable", "RobotsDisallow", ...
    detail: str
    record: Record | None = None


def header(headers: tuple[tuple[str, str], ...], name: str) -> str:
    """The first header of that name, any case; "" when there is none."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), "")


# ---------------------------------------------------------------- what a feed says


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An announcement in a feed."""

    feed: str
    guid: str
    url: str  # absolute http(s) address as the feed gives it
    title: str  # plain text
    summary: str = ""  # plain text
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    categories: tuple[str, ...] = ()
    language: str = ""
    licence: Licence | None = None  # the terms for machines (RSL) that the feed gives it


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What one capture of a feed says."""

    title: str
    home: str
    language: str
    entries: tuple[Entry, ...]
    ttl_seconds: int = 0
    skip_hours: tuple[int, ...] = ()  # 0..23, UTC: when it asks not to be polled
    skip_days: tuple[int, ...] = ()  # 0 Monday .. 6 Sunday, UTC
    update_seconds: int = 0  # how often it says it changes; 0 when it does not say
    named_url: str = ""  # the address it names as its own: its self link, or its new one
    next_page: str = ""  # where older entries follow (RFC 5005)
    hub: str = ""  # its WebSub hub
    format: str = ""  # "rss", "atom", "rdf", "json", "sitemap", "news-sitemap"
    dropped: int = 0  # entries past the cap, or without a usable address
    fault: str = ""  # why what follows the last entry could not be read; "" when the feed is whole


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTerms:
    """What a site's robots.txt or tdmrep.json says of the rights in all its pages."""

    licence: str = ""  # address of an RSL document
    reserved: tuple[tuple[str, bool, str], ...] = ()  # (location, reserved, policy), in order


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceRule:
    """One licence of an RSL document, for a part of a site."""

    location: str  # as in robots.txt, or a whole address
    permits: tuple[str, ...] | None  # uses; None: the document lists none, so none is left out
    prohibits: tuple[str, ...] = ()
    asks: str = ""  # what for, in words: payment, a token, reports, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """What an RSL document says; no rules: it could not be read."""

    rules: tuple[LicenceRule, ...] = ()


# ---------------------------------------------------------------- what a page says


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters start..end (exclusive) of a text."""

    start: int
    end: int

    # A page has a hundred spans and blocks, and all cross from process to process: by this road in
    # a third of the time.
    def __reduce__(self) -> tuple[Callable[[int, int], Span], tuple[int, int]]:
        return _span, (self.start, self.end)


def _span(start: int, end: int) -> Span:
    return Span(start=start, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A typed stretch of an article's text."""

    kind: BlockKind
    start: int
    end: int

    def __reduce__(self) -> tuple[Callable[[str, int, int], Block], tuple[str, int, int]]:
        return _block, (self.kind.value, self.start, self.end)


def _block(kind: str, start: int, end: int) -> Block:
    return Block(kind=BlockKind(kind), start=start, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A lead image as the page names it."""

    url: str
    caption: str = ""
    credit: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftBlock:
    """A block as an extractor gives it: a claim, not yet proved."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an extractor claims a page says; nothing of it is published before it is proved."""

    titles: tuple[str, ...]  # candidates, best first
    authors: tuple[str, ...]
    published: datetime | None
    updated: datetime | None
    language: str  # declared
    section: str
    description: str
    image: Image | None
    blocks: tuple[DraftBlock, ...]
    canonical: str
    site_name: str
    extractor: str  # name and version
    confidence: float = 1.0  # the share of words that is expected to be right
    not_article: str = ""  # why the page is taken for something else; "" for an article
    links: tuple[tuple[str, str], ...] = ()  # (words, absolute address) of links inside the text
    published_day: date | None = None  # where the page's readers are; in UTC it may be another
    layout: str = ""  # the element that holds most of the text, "div.article-body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Words and where they stand in the decoded page."""

    text: str
    where: str  # "h1", "title", "meta og:title", "json-ld headline", "text", "feed"
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The evidence that a text stands in a page: for each block its spans in the decoded source."""

    charset: str
    title: Found
    authors: tuple[Found, ...]
    blocks: tuple[tuple[Span, ...], ...]  # parallel to the revision's blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What a page and its headers say about rights."""

    noindex: bool = False
    nosnippet: bool = False
    noarchive: bool = False
    max_snippet: int | None = None
    noai: bool = False
    unavailable_after: datetime | None = None
    paywalled: bool = False  # isAccessibleForFree: false
    tdm_reserved: bool = False
    licence_url: str = ""
    rsl: str = ""  # the RSL terms' address, when named
    inline: tuple[Licence, ...] = ()  # RSL terms that stand in the page itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words said by somebody, as a span of the revision's text."""

    start: int
    end: int
    speaker_start: int = 0
    speaker_end: int = 0  # equal to speaker_start when no speaker was found
    cue_start: int = 0
    cue_end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Another publisher credited or linked to, as a span of the revision's text."""

    start: int
    end: int
    kind: str  # "link", "report", "told", "credit", "agency"
    target: str  # a domain when known, else the name as written
    url: str = ""


SECTION_GUESSED = "classifier"  # whom an article's section is from where no publisher named it


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What grouping and copy detection know of an article; small, and kept in the store."""

    shingles: bytes = b""  # sampled hashes of 5-word runs, sorted: uint64, little-endian
    words: int = 0
    terms: tuple[tuple[str, float], ...] = ()  # title and lead, weighted by count
    title_terms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # capitalised words and phrases
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A page, read and proved."""

    title: str
    authors: tuple[str, ...]
    published: datetime | None
    updated: datetime | None
    language: str
    section: str  # as the page names it
    image: Image | None
    text: str  # blocks joined by blank lines
    blocks: tuple[Block, ...]
    proof: Proof
    signals: Signals
    quotes: tuple[Quote, ...]
    citations: tuple[Citation, ...]
    features: Features
    canonical: str
    extractor: str
    seconds: tuple[tuple[str, float], ...] = ()  # CPU seconds by step, for the benchmark
    published_day: date | None = None  # where the page's readers are; in UTC it may be another
    layout: str = ""  # the element that holds most of the text, "div.article-body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A page or feed that was read and must not be published, with its reason."""

    reason: str  # "proof-failed", "no-article", "not-html", "too-large", "reader-crashed", ...
    detail: str
    signals: Signals = Signals()
    title: Found | None = None  # where the headline at least was proved
    seconds: tuple[tuple[str, float], ...] = ()


# ---------------------------------------------------------------- rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One signal, what it allows at most, and its words for the reader."""

    signal: str  # "basis", "private-site", "robots", "paywall", "noarchive", ...
    mode: Mode
    words: str
    notice: bool = False  # told, but it binds nothing here


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may be shown of one article: the most restrictive of all signals, with them all."""

    mode: Mode
    reasons: tuple[Reason, ...]
    max_chars: int | None = None  # of an excerpt
    mining: bool = True  # quotes, citations, body index
    images: bool = True


# ---------------------------------------------------------------- articles, copies, stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An article's words at one time. It cannot exist without the record of its bytes."""

    article: ArticleId
    number: int  # 1, 2, ...
    kind: RevisionKind
    title: str
    authors: tuple[str, ...]
    text: str
    blocks: tuple[Block, ...]
    proof: Proof
    published: datetime | None
    updated: datetime | None
    language: str
    sha256: str  # hex, of title + "\n" + full text in UTF-8, also where less is shown
    capture: Capture
    extractor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """That an article's text is another's, with the share that proves it."""

    article: ArticleId
    of: ArticleId
    kind: str  # "copy", "excerpt", "extended"
    share: float  # shared shingles / the smaller one's, 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Why an article stands in its story."""

    article: ArticleId
    story: StoryId
    kind: str  # "opened", "joined", "copy", "moved" (by a merge or by the operator)
    score: float  # 0..1
    shared_names: tuple[str, ...] = ()
    shared_numbers: tuple[str, ...] = ()
    shared_terms: tuple[str, ...] = ()
    words: str = ""  # the reason in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All publishers' coverage of one event, in a few numbers; what ranking needs."""

    id: StoryId
    opened: datetime
    touched: datetime  # time of its latest article
    articles: int
    publishers: int
    own_texts: int  # articles that repeat no other
    countries: int
    languages: int
    section: str
    lead: ArticleId  # whose headline the story carries
    lead_publisher: PublisherId


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One line of a ranking's sum."""

    name: str
    value: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A story's place, and the sum that put it there."""

    story: StoryId
    score: float
    weights: tuple[Weight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A front page (section "") or a section's page at one time."""

    at: datetime
    section: str
    ranking: tuple[Ranked, ...] = field(default=())
