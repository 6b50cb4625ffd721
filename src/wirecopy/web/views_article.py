"""The pages of one article: its words, where they come from, and their earlier versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from wirecopy.model import ArticleState, Block, BlockKind, Mode
from wirecopy.stages import passages, revise
from wirecopy.store import copies, reading, reading_articles, reading_sources, reading_stories
from wirecopy.web.lines import (
    ArticleLine,
    PublisherRef,
    StoryLine,
    article_line,
    publisher_ref,
    story_line,
)
from wirecopy.web.site import Site
from wirecopy.web.views import NEAR, NoSuchPage, TakenBack


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSpan:
    """A typed stretch of the text; characters, end exclusive."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteSpan:
    """Words that somebody said."""

    start: int
    end: int
    speaker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationSpan:
    """Words that credit or link to another publisher."""

    start: int
    end: int
    kind: str
    name: str
    href: str  # the cited article or publisher on this site; "" when neither is held


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """One signal about rights, and the most it allows."""

    signal: str
    mode: str
    words: str
    notice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the words come from, and what proves them."""

    fetched: datetime | None
    fetched_url: str
    status: int
    sha256: str  # of headline, line break and whole text
    page_sha256: str  # of the page as received
    page_bytes: int
    record: str  # file and offset in the archive
    kept: bool  # whether the page's bytes are still in the archive
    charset: str
    headline_where: str  # "h1", "title", ...; "feed" when no page was read
    blocks: int
    blocks_proved: int
    extractor: str
    miss: str  # why there is no page


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseLine:
    """Another publisher's article that answers to this one, and how."""

    article: ArticleLine
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words of the text that stand in the article it repeats, too; characters, end exclusive."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOf:
    """Why an article is told to repeat another: the share contained, and which passages."""

    kind: str  # "copy", "excerpt", "extended"
    share: float  # of the smaller text that stands in the larger, 0..1
    words: int  # of the text shown
    shared: int  # of these, words in passages that stand in the other text
    passages: tuple[Passage, ...]  # where both texts may be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """An article with everything known of it."""

    article: ArticleLine
    publisher: PublisherRef
    disclaimer: str
    domain: str
    updated: datetime | None  # as the publisher says
    licence: str
    text: str
    standfirst: str  # the words of the block of that kind, "" where there is none
    blocks: tuple[BlockSpan, ...]
    quotes: tuple[QuoteSpan, ...]
    citations: tuple[CitationSpan, ...]
    reasons: tuple[ReasonLine, ...]
    provenance: Provenance
    versions: int
    repeats: ArticleLine | None
    copy_of: CopyOf | None
    responses: tuple[ResponseLine, ...]
    reads: int
    story: StoryLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A stretch of words: "same", "removed" or "added"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version, and what changed against the one before."""

    number: int
    kind: str
    at: datetime
    headline: str
    sha256: str
    page_sha256: str
    headline_changes: tuple[Change, ...]
    text_changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsPage:
    """Every version of an article, newest first."""

    article: ArticleLine
    texts_shown: bool  # only in mode full
    versions: tuple[VersionLine, ...]


def article(c: Connection, site: Site, id: str, *, reads: int) -> ArticlePage:
    """One article. Raises NoSuchPage, TakenBack."""
    found = _whole(c, id)
    line, version = found.line, found.version
    publisher = reading_sources.one_publisher(c, line.publisher)
    text = version.text if version else ""
    whose = _publishers(c)
    repeated = reading.lines(c, [line.repeats]) if line.repeats else {}
    return ArticlePage(
        article=article_line(line, site),
        publisher=publisher_ref(line.publisher, line.publisher_name),
        disclaimer=site.disclaimer(line.publisher),
        domain=urlsplit(line.url).hostname or line.publisher,
        updated=found.updated,
        licence=publisher.basis.licence if publisher else "",
        text=text,
        standfirst=_standfirst(text, version.blocks if version else ()),
        blocks=tuple(
            BlockSpan(kind=block.kind.value, start=block.start, end=block.end)
            for block in (version.blocks if version else ())
        ),
        quotes=tuple(
            QuoteSpan(
                start=quote.start,
                end=quote.end,
                speaker=text[quote.speaker_start : quote.speaker_end],
            )
            for quote in found.quotes
            if quote.end <= len(text)
        ),
        citations=tuple(
            _citation(one, whose) for one in found.citations if one.citation.end <= len(text)
        ),
        reasons=tuple(
            ReasonLine(
                signal=reason.signal,
                mode=reason.mode.value,
                words=reason.words,
                notice=reason.notice,
            )
            for reason in found.reasons
        ),
        provenance=_provenance(found),
        versions=found.versions,
        repeats=article_line(repeated[line.repeats], site)
        if line.repeats and line.repeats in repeated
        else None,
        copy_of=_copy_of(c, line, text),
        responses=tuple(
            ResponseLine(article=article_line(one.article, site), how=one.how)
            for one in reading_articles.responses(c, line)
        ),
        reads=reads,
        story=_story(c, line, site),
    )


def _copy_of(c: Connection, line: reading.Line, text: str) -> CopyOf | None:
    if not line.repeats:
        return None
    theirs = reading_articles.texts(c, [line.repeats]).get(line.repeats)
    found = passages.shared(text, theirs.text if theirs else "")
    repeat = copies.of(c, line.id)
    return CopyOf(
        kind=repeat.kind if repeat else "copy",
        share=line.share,
        words=found.words,
        shared=found.shared,
        passages=tuple(
            Passage(start=one.start, end=one.end, words=text[one.start : one.end])
            for one in found.passages
        ),
    )


def versions(c: Connection, site: Site, id: str) -> VersionsPage:
    """An article's versions with their differences. Raises NoSuchPage, TakenBack."""
    found = _whole(c, id)
    shown = found.line.mode is Mode.FULL
    held = reading_articles.versions(c, id)
    lines: list[VersionLine] = []
    before: reading_articles.Version | None = None
    for version in held:
        lines.append(
            VersionLine(
                number=version.number,
                kind=version.kind,
                at=version.at,
                headline=version.title,
                sha256=version.sha256,
                page_sha256=version.fetched.sha256 if version.fetched else "",
                headline_changes=_changes(before.title, version.title) if before else (),
                text_changes=_changes(before.text, version.text) if before and shown else (),
            )
        )
        before = version
    if not lines:
        raise NoSuchPage("The page of this article was never read, so it has no versions.")
    return VersionsPage(
        article=article_line(found.line, site), texts_shown=shown, versions=tuple(lines[::-1])
    )


def _whole(c: Connection, id: str) -> reading_articles.Whole:
    found = reading_articles.whole(c, id)
    if found is None:
        raise NoSuchPage("There is no article at this address.")
    if isinstance(found, reading_articles.Whole):
        return found
    if found.state is ArticleState.WITHDRAWN or found.state is ArticleState.PUBLISHED:
        raise TakenBack(found.detail or found.reason or "The article is no longer shown.")
    if found.state is ArticleState.HELD:
        raise NoSuchPage(
            "This page was read and is held back: what would be shown could not be proved to be "
            "the publisher's own words. The reason stands on the page of source health."
        )
    raise NoSuchPage("A feed announced this article; its page has not been read yet.")


def _changes(old: str, new: str) -> tuple[Change, ...]:
    if old == new:
        return ()
    return tuple(Change(kind=one.kind, text=one.text) for one in revise.diff(old, new))


def _publishers(c: Connection) -> dict[str, PublisherRef]:
    """Publishers by each of their domains."""
    return {
        domain: publisher_ref(publisher.id, publisher.name)
        for publisher in reading_sources.all_publishers(c, active=False)
        for domain in (publisher.id, *publisher.domains)
    }


def _standfirst(text: str, blocks: Sequence[Block]) -> str:
    first = next((block for block in blocks if block.kind is BlockKind.STANDFIRST), None)
    return text[first.start : first.end] if first else ""


def _citation(one: reading_articles.Held, whose: dict[str, PublisherRef]) -> CitationSpan:
    known = whose.get(one.citation.target)
    return CitationSpan(
        start=one.citation.start,
        end=one.citation.end,
        kind=one.citation.kind,
        name=known.name if known else one.citation.target,
        href=f"/a/{one.cited}" if one.cited else known.href if known else "",
    )


def _provenance(found: reading_articles.Whole) -> Provenance:
    version = found.version
    got = (version.fetched if version else None) or found.fetched
    return Provenance(
        fetched=got.at if got else None,
        fetched_url=got.url if got else "",
        status=got.status if got else 0,
        sha256=version.sha256 if version else "",
        page_sha256=got.sha256 if got and not got.miss else "",
        page_bytes=got.size if got else 0,
        record=f"{got.file} at {got.offset}" if got and not got.miss else "",
        kept=bool(got and not got.pruned),
        charset=version.charset if version else "",
        headline_where=version.title_where if version else found.headline_from,
        blocks=len(version.blocks) if version else 0,
        blocks_proved=version.proved if version else 0,
        extractor=version.extractor if version else "",
        miss=found.fetched.miss if found.fetched else "",
    )


def _story(c: Connection, line: reading.Line, site: Site) -> StoryLine | None:
    row = reading_stories.row(c, line.story) if line.story else None
    if not isinstance(row, reading_stories.StoryRow):
        return None
    near: Sequence[reading.Line] = reading_stories.samples(c, [row.id], each=NEAR).get(row.id, ())
    lead = reading.lines(c, [row.lead]).get(row.lead, line)
    return story_line(row, lead, near, None, site)
