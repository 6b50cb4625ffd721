"""Values for the store's tests, written out once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from wirecopy.model import (
    ArticleId,
    Block,
    BlockKind,
    Capture,
    Entry,
    Feed,
    Found,
    Mode,
    Policy,
    Proof,
    Publisher,
    PublisherId,
    Purpose,
    Reason,
    Record,
    Revision,
    RevisionKind,
    Span,
)
from wirecopy.store import articles, captures, sources

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HARBOUR = PublisherId("harbour.example")
HILL = PublisherId("hill.example")
HARBOUR_FEED = "http://harbour.example/feed"
HILL_FEED = "http://hill.example/feed"

PUBLISHERS = (
    Publisher(
        id=HARBOUR,
        name="Harbour Post",
        domains=("harbour.example",),
        country="IE",
        language="en",
        feeds=(Feed(url=HARBOUR_FEED, publisher=HARBOUR, section="world"),),
    ),
    Publisher(
        id=HILL,
        name="Hill Herald",
        country="IN",
        language="hi",
        feeds=(Feed(url=HILL_FEED, publisher=HILL),),
    ),
)

FULL = Policy(
    mode=Mode.FULL, reasons=(Reason(signal="private-site", mode=Mode.FULL, words="Private use."),)
)


def minutes(count: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=count)


def capture(offset: int, url: str = HARBOUR_FEED, purpose: Purpose = Purpose.FEED) -> Capture:
    return Capture(
        url=url,
        final_url=url,
        purpose=purpose,
        status=200,
        headers=(("content-type", "text/html"),),
        at=minutes(offset),
        sha256=f"{offset:064x}",
        size=offset,
        record=Record(file="wirecopy-000001.warc.gz", offset=offset, length=10),
    )


def entry(number: int, *, feed: str = HARBOUR_FEED, title: str = "") -> Entry:
    host = feed.split("/")[2]
    return Entry(
        feed=feed,
        guid=f"guid-{number}",
        url=f"http://{host}/{number}?from=rss",
        title=title or f"Headline {number}",
        published=minutes(number),
    )


def announced(
    c: Connection,
    number: int,
    *,
    publisher: PublisherId = HARBOUR,
    title: str = "",
    section: str = "",
    at: datetime | None = None,
) -> ArticleId:
    """An article a feed named, `number` minutes after noon; its id is `article-NUMBER`."""
    said = entry(number, feed=f"http://{publisher}/feed", title=title)
    seen = at or minutes(number)
    article = articles.announce(
        c,
        said,
        article=ArticleId(f"article-{number}"),
        url=f"http://{publisher}/{number}",
        publisher=publisher,
        capture=captures.add(c, capture(1_000 + number)),
        at=seen,
        section=section,
    )
    assert article is not None
    return article


def revision(
    article: ArticleId,
    number: int = 1,
    *,
    kind: RevisionKind = RevisionKind.FIRST,
    title: str = "Ferry runs again",
    text: str = "The ferry runs again.\n\nIt had stopped for a week.",
    at: datetime | None = None,
    offset: int = 1,
) -> Revision:
    """A revision read from the capture at `offset`, which must be added first."""
    cut = text.find("\n\n")
    blocks = (
        Block(kind=BlockKind.PARAGRAPH, start=0, end=cut if cut >= 0 else len(text)),
        *([Block(kind=BlockKind.QUOTATION, start=cut + 2, end=len(text))] if cut >= 0 else []),
    )
    return Revision(
        article=article,
        number=number,
        kind=kind,
        title=title,
        authors=("Ada Quay",),
        text=text,
        blocks=blocks,
        proof=Proof(
            charset="utf-8",
            title=Found(text=title, where="h1", spans=(Span(start=10, end=10 + len(title)),)),
            authors=(Found(text="Ada Quay", where="meta author", spans=(Span(start=3, end=11),)),),
            blocks=tuple((Span(start=100 + b.start, end=100 + b.end),) for b in blocks),
        ),
        published=minutes(-5),
        updated=None,
        language="en",
        sha256="ab" * 32,
        capture=capture(offset, url="http://harbour.example/1", purpose=Purpose.PAGE),
        extractor="written by hand",
        at=at or minutes(offset),
    )


def published(
    c: Connection,
    number: int,
    *,
    publisher: PublisherId = HARBOUR,
    title: str = "",
    text: str = "The ferry runs again.",
    section: str = "",
    section_from: str = "feed",
    policy: Policy = FULL,
    at: datetime | None = None,
) -> ArticleId:
    """An article that readers may see."""
    said = section if section_from == "feed" else ""
    article = announced(c, number, publisher=publisher, title=title, section=said, at=at)
    read = revision(article, title=title or f"Headline {number}", text=text, offset=5_000 + number)
    found = captures.add(c, read.capture)
    articles.add_revision(c, read)
    articles.publish(
        c,
        article,
        policy=policy,
        capture=found,
        revision=read,
        section=section,
        section_from=section_from,
    )
    return article


def newsroom(c: Connection) -> None:
    """Two publishers and their feeds."""
    sources.put_publishers(c, PUBLISHERS, NOON)
