"""Articles on their way to the reader: announced, read, published, held, withdrawn.

The words themselves are `revisions`' subject, and pages to be asked for `page_queue`'s; both are
offered here too, so that a recording step needs one name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, bindparam, func, select, update

from wirecopy.model import (
    ArticleId,
    ArticleState,
    Capture,
    Entry,
    Held,
    Image,
    Mode,
    Placement,
    Policy,
    PublisherId,
    Reason,
    Repeat,
    Revision,
    StoryId,
)
from wirecopy.store import captures, serial
from wirecopy.store.copies import clear_repeat as clear_repeat
from wirecopy.store.copies import repeating as repeating
from wirecopy.store.copies import set_repeat as set_repeat
from wirecopy.store.db import insert_new
from wirecopy.store.page_queue import DuePage as DuePage
from wirecopy.store.page_queue import due_pages as due_pages
from wirecopy.store.page_queue import queued as queued
from wirecopy.store.page_queue import set_page as set_page
from wirecopy.store.quick import ask, run, run_many
from wirecopy.store.revisions import LiveFeatures as LiveFeatures
from wirecopy.store.revisions import add_revision as add_revision
from wirecopy.store.revisions import citations as citations
from wirecopy.store.revisions import last_placed_at as last_placed_at
from wirecopy.store.revisions import latest_revision as latest_revision
from wirecopy.store.revisions import live_features as live_features
from wirecopy.store.revisions import put_citations as put_citations
from wirecopy.store.revisions import put_features as put_features
from wirecopy.store.revisions import put_quotes as put_quotes
from wirecopy.store.revisions import quotes as quotes
from wirecopy.store.revisions import revisions as revisions
from wirecopy.store.schema import articles, entries, page_queue
from wirecopy.store.schema import citations as citation_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """One article as the store holds it, without its text: see `latest_revision`."""

    id: ArticleId
    position: int  # order of first announcement, from 1
    url: str  # normal address
    publisher: PublisherId
    feed: str
    state: ArticleState
    mode: Mode
    reasons: tuple[Reason, ...]
    held_reason: str
    held_detail: str
    first_seen: datetime
    published: datetime  # never after first_seen
    updated: datetime | None
    section: str
    section_from: str
    language: str
    headline: str
    headline_from: str  # "page" or "feed"
    authors: tuple[str, ...]
    lead: str
    words: int
    image: serial.StoredImage | None
    canonical: str
    licence_url: str
    revision: int  # latest number; 0: none
    headline_edits: int
    word_edits: int
    capture: int | None
    repeats: ArticleId | None
    repeat: Repeat | None
    story: StoryId | None
    placement: Placement | None
    responses: int


# ---------------------------------------------------------------- announced


def announce(
    c: Connection,
    entry: Entry,
    *,
    article: ArticleId,
    url: str,
    publisher: PublisherId,
    capture: int,
    at: datetime,
    section: str = "",
    language: str = "",
) -> ArticleId | None:
    """Note that a feed names an article, and queue its page when the article is new: then its id.

    `url` is the normal address, from which `article` derives; the page is asked for at the
    address the feed gave. The first words a feed had for an article stay: None when it was known.
    """
    if run(c, _HEARD, {"of": entry.feed, "wanted": article}):
        return None  # most entries of a feed, most of the time
    row = _announced(entry, article, url, publisher, at, section, language)
    new = bool(run(c, insert_new(c, articles, numbered="position"), row))
    if new:
        run(
            c,
            insert_new(c, page_queue),
            {
                "article": article,
                "url": entry.url,
                "host": urlsplit(entry.url).hostname or "",
                "feed": entry.feed,
                "due_at": at,
                "attempts": 0,
                "checks": 0,
                "etag": "",
                "last_modified": "",
            },
        )
    run(
        c,
        insert_new(c, entries),
        {
            "feed": entry.feed,
            "article": article,
            "guid": entry.guid,
            "url": entry.url,
            "title": entry.title,
            "summary": entry.summary,
            "authors": list(entry.authors),
            "published": entry.published,
            "updated": entry.updated,
            "categories": list(entry.categories),
            "language": entry.language,
            "seen_at": at,
            "capture": capture,
        },
    )
    return article if new else None


_HEARD = select(entries.c.feed).where(
    entries.c.feed == bindparam("of"), entries.c.article == bindparam("wanted")
)


def _announced(
    entry: Entry,
    article: ArticleId,
    url: str,
    publisher: PublisherId,
    at: datetime,
    section: str,
    language: str,
) -> dict[str, object]:
    return {
        "id": article,
        "url": url,
        "publisher": publisher,
        "feed": entry.feed,
        "state": ArticleState.ANNOUNCED.value,
        "mode": Mode.OFF.value,
        "reasons": [],
        "first_seen": at,
        "published": min(entry.published or at, at),
        "updated": entry.updated,
        "section": section,
        "section_from": "feed" if section else "",
        "language": entry.language or language,
        "headline": entry.title,
        "headline_from": "feed",
        "authors": list(entry.authors),
        "lead": "",
        "words": 0,
        "revision": 0,
        "headline_edits": 0,
        "word_edits": 0,
        "responses": 0,
    }


def known(c: Connection, ids: Iterable[ArticleId]) -> set[ArticleId]:
    """Those of the articles that the store has."""
    asked = select(articles.c.id).where(articles.c.id.in_(list(ids)))
    return {ArticleId(id) for id in c.execute(asked).scalars()}


def entry(c: Connection, article: ArticleId) -> Entry | None:
    """The article's first announcement with words: in a feed of its own publisher."""
    row = c.execute(_ENTRY, {"wanted": article}).first()
    if row is None:
        return None
    return Entry(
        feed=row.feed,
        guid=row.guid,
        url=row.url,
        title=row.title,
        summary=row.summary,
        authors=tuple(row.authors),
        published=row.published,
        updated=row.updated,
        categories=tuple(row.categories),
        language=row.language,
    )


def announcement(c: Connection, article: ArticleId) -> tuple[Entry, Capture] | None:
    """The announcement that was the article's first, and the feed's capture it stands in."""
    row = c.execute(_ENTRY, {"wanted": article}).first()
    first = entry(c, article)
    if row is None or first is None:
        return None
    capture = captures.get(c, row.capture)
    assert isinstance(capture, Capture), "no entry comes of a miss"
    return first, capture


_ENTRY = (
    select(entries)
    .where(entries.c.article == bindparam("wanted"))
    .order_by(entries.c.title == "", entries.c.capture, entries.c.feed)
    .limit(1)
)


# ---------------------------------------------------------------- asked


def get(c: Connection, article: ArticleId) -> ArticleRow | None:
    """The article of that id."""
    found = ask(c, _BY_ID, {"wanted": article})
    return _of_values(found[0]) if found else None


def by_url(c: Connection, url: str) -> ArticleRow | None:
    """The article at that normal address."""
    row = c.execute(_BY_URL, {"wanted": url}).first()
    return None if row is None else of_row(row)


_BY_ID = select(articles).where(articles.c.id == bindparam("wanted"))
_BY_URL = select(articles).where(articles.c.url == bindparam("wanted"))


def of_row(row: Row[*tuple[object, ...]]) -> ArticleRow:
    """A row of table `articles` as values."""
    return _of_values(dict(row._mapping))


def _of_values(found: dict[str, Any]) -> ArticleRow:
    image, repeat, placement = found["image"], found["repeat"], found["placement"]
    return ArticleRow(
        **found
        | {
            "state": ArticleState(found["state"]),
            "mode": Mode(found["mode"]),
            "reasons": serial.reasons_of(found["reasons"]),
            "authors": tuple(found["authors"]),
            "image": serial.image_of(image) if image else None,
            "repeat": serial.repeat_of(repeat) if repeat else None,
            "placement": serial.placement_of(placement) if placement else None,
        }
    )


# ---------------------------------------------------------------- decided


def publish(
    c: Connection,
    article: ArticleId,
    *,
    policy: Policy,
    capture: int | None,
    revision: Revision | None = None,
    published: datetime | None = None,
    headline: str = "",
    section: str = "",
    section_from: str = "",
    lead: str = "",
    words: int = 0,
    image: Image | None = None,
    canonical: str = "",
    licence_url: str = "",
    before: ArticleRow | None = None,
) -> None:
    """Show the article as far as the policy goes; `lead` is what of its first words may be shown.

    Headline, authors, times and language are the revision's, but for a `published` given here;
    without a revision (a link from the feed entry) they stay the feed's, but for a `headline` that
    the page proved. A section that is "" leaves the one there was. An image that was had already
    keeps its file. `before` is the article's row, where the caller has just asked for it.
    """
    before = before or get(c, article)
    assert before is not None, f"{article} was never announced"
    changed: dict[str, object] = {
        "state": ArticleState.PUBLISHED.value,
        "mode": policy.mode.value,
        "reasons": serial.reasons_json(policy.reasons),
        "held_reason": "",
        "held_detail": "",
        "lead": lead,
        "words": words,
        "image": _image_json(image, before.image),
        "canonical": canonical,
        "licence_url": licence_url,
        "section": section or before.section,
        "section_from": section_from if section else before.section_from,
        "capture": before.capture if capture is None else capture,
    }
    if revision is not None:
        changed |= {
            "headline": revision.title,
            "headline_from": "feed" if revision.proof.title.where == "feed" else "page",
            "authors": list(revision.authors),
            "published": published
            or min(revision.published or before.published, before.first_seen),
            "updated": revision.updated,
            "language": revision.language or before.language,
        }
    elif headline:
        changed |= {"headline": headline, "headline_from": "page"}
    run(c, _CHANGE, {"wanted": article} | changed)


_CHANGE = update(articles).where(articles.c.id == bindparam("wanted"))


def _image_json(image: Image | None, before: serial.StoredImage | None) -> object:
    if image is None:
        return None
    new = serial.image_json(image)
    if before is not None and before.url == image.url:
        new |= {"file": before.file, "width": before.width, "height": before.height}
    return new


def hold(
    c: Connection,
    article: ArticleId,
    held: Held,
    *,
    capture: int | None,
    published: bool = False,
) -> None:
    """Keep back what a reading gave. An article that was published stays so, and the reason is
    noted beside it: its older words are proved still. With `published` it is held back too."""
    before = get(c, article)
    assert before is not None, f"{article} was never announced"
    changed: dict[str, object] = {
        "held_reason": held.reason,
        "held_detail": held.detail,
        "capture": before.capture if capture is None else capture,
    }
    if published or before.state is not ArticleState.PUBLISHED:
        changed |= {"state": ArticleState.HELD.value, "mode": Mode.OFF.value}
    run(c, _CHANGE, {"wanted": article} | changed)


def withdraw(
    c: Connection,
    article: ArticleId,
    *,
    reason: str,
    detail: str = "",
    capture: int | None = None,
) -> None:
    """Take an article away from readers: the publisher's page is gone, or the operator says so."""
    changed: dict[str, object] = {
        "state": ArticleState.WITHDRAWN.value,
        "mode": Mode.OFF.value,
        "held_reason": reason,
        "held_detail": detail,
    }
    if capture is not None:
        changed["capture"] = capture
    run(c, _CHANGE, {"wanted": article} | changed)


def set_image(c: Connection, article: ArticleId, *, file: str, width: int, height: int) -> None:
    """Note the small file made of the article's lead image; nothing when it has none any more."""
    row = get(c, article)
    if row is not None and row.image is not None:
        image = serial.image_json(row.image) | {"file": file, "width": width, "height": height}
        run(c, _CHANGE, {"wanted": article, "image": image})


def set_policy(c: Connection, article: ArticleId, policy: Policy) -> None:
    """Show more or less of an article than before, and why."""
    changed = {"mode": policy.mode.value, "reasons": serial.reasons_json(policy.reasons)}
    run(c, _CHANGE, {"wanted": article} | changed)


def count_responses(c: Connection, ids: Iterable[ArticleId]) -> None:
    """Count anew the published articles of other publishers that link to, cite or repeat each."""
    wanted = [{"wanted": id} for id in sorted(set(ids))]
    if wanted:
        run_many(c, _COUNT, wanted)


_other = articles.alias("other")
_theirs = citation_rows.alias("theirs")
_counts = (
    _other.c.publisher != articles.c.publisher,
    _other.c.state == ArticleState.PUBLISHED.value,
)
_cites = (_theirs.c.article == _other.c.id) & (_theirs.c.cited == articles.c.id)
_COUNT = (
    update(articles)
    .where(articles.c.id == bindparam("wanted"))
    .values(
        # two counts, because an OR over both would use neither index
        responses=select(func.count(_other.c.id.distinct()))
        .select_from(_theirs.join(_other, _other.c.id == _theirs.c.article))
        .where(_theirs.c.cited == articles.c.id, *_counts)
        .correlate(articles)
        .scalar_subquery()
        + select(func.count())
        .select_from(_other)
        .where(
            _other.c.repeats == articles.c.id,
            *_counts,
            ~select(_theirs.c.article).where(_cites).correlate(_other, articles).exists(),
        )
        .correlate(articles)
        .scalar_subquery()
    )
)
