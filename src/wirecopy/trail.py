"""An article's whole trail, in words: what `wirecopy show` prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from wirecopy.model import ArticleId, Capture, Miss, Revision, Weight
from wirecopy.stages import address
from wirecopy.store import articles, captures, sources, stories
from wirecopy.store.articles import ArticleRow
from wirecopy.store.db import Store


def trail(store: Store, folder: Path, subject: str) -> list[str]:
    """What is known of an article (address or id) or a feed (address); [] when nothing is.

    `folder` is the archive's, for the names of its files.
    """
    with store.connect() as c:
        article = _article(c, subject)
        if article is not None:
            return list(_article_trail(c, folder, article))
        return list(_feed_trail(c, folder, subject))


def _article(c: Connection, subject: str) -> ArticleRow | None:
    wanted = ArticleId(subject.rstrip("/").rpartition("/")[2])
    if "://" in subject:
        try:
            found = articles.get(c, address.article_id(subject))
        except ValueError:
            return None
        if found is not None:
            return found
    return articles.get(c, wanted)


def _article_trail(c: Connection, folder: Path, article: ArticleRow) -> Iterator[str]:
    yield article.headline
    yield f"  id          {article.id}"
    yield f"  address     {article.url}"
    yield f"  publisher   {article.publisher}"
    yield f"  announced   {article.first_seen:%Y-%m-%d %H:%M:%S} UTC by {article.feed}"
    yield from _fetched(c, folder, article)
    yield f"  state       {article.state}" + (
        f", shown as {article.mode}" if article.revision else ""
    )
    for reason in article.reasons:
        bound = "notice" if reason.notice else f"at most {reason.mode}"
        yield f"    {reason.signal}: {reason.words} ({bound})"
    if article.held_reason:
        yield f"  held back   {article.held_reason}: {article.held_detail}"
    for revision in articles.revisions(c, article.id):
        yield from _revision(revision)
    yield from _placed(c, article)


def _fetched(c: Connection, folder: Path, article: ArticleRow) -> Iterator[str]:
    for item in captures.of_article(c, article.id, article.url):
        if isinstance(item, Miss):
            yield f"  asked       {item.at:%Y-%m-%d %H:%M:%S} UTC: {item.reason}, {item.detail}"
        else:
            yield f"  fetched     {item.at:%Y-%m-%d %H:%M:%S} UTC: status {item.status}, {item.size:,} bytes"
        yield f"    archived  {_place(folder, item)}"
    page = articles.queued(c, article.id)
    if page is not None:
        due = f"{page.due_at:%Y-%m-%d %H:%M} UTC" if page.due_at else "not again"
        yield f"  next asked  {due} (had {page.checks} times)"


def _place(folder: Path, item: Capture | Miss) -> str:
    assert item.record is not None, "what the store names was archived"
    digest = f", sha256 {item.sha256}" if isinstance(item, Capture) else ""
    record = item.record
    return (
        f"{folder / record.file}, bytes {record.offset} to {record.offset + record.length}{digest}"
    )


def _revision(revision: Revision) -> Iterator[str]:
    blocks = len(revision.blocks)
    yield (
        f"  version {revision.number}   {revision.at:%Y-%m-%d %H:%M:%S} UTC, {revision.kind}: "
        f"{revision.title}"
    )
    if revision.extractor:
        yield f"    extracted by {revision.extractor}, in {revision.language or 'unknown language'}"
    proof = revision.proof
    yield f"    headline proved in {proof.title.where}, {_spans(proof.title.spans)} of the {proof.charset} page"
    for author, found in zip(revision.authors, proof.authors, strict=False):
        yield f"    author {author} proved in {found.where}"
    if blocks:
        first, last = proof.blocks[0][0].start, proof.blocks[-1][-1].end
        yield f"    {blocks} of {blocks} blocks proved, characters {first} to {last}"
    yield f"    sha256 of headline and text {revision.sha256}"


def _spans(spans: object) -> str:
    assert isinstance(spans, tuple)
    return ", ".join(f"{span.start}-{span.end}" for span in spans)


def _placed(c: Connection, article: ArticleRow) -> Iterator[str]:
    if article.repeat is not None:
        share = article.repeat.share
        yield f"  repeats     {article.repeat.of} ({article.repeat.kind}, {share:.0%} of the shorter text)"
    if article.placement is None or article.story is None:
        return
    yield f"  story       {article.story}, {article.placement.kind}, likeness {article.placement.score:.2f}"
    yield f"    {article.placement.words}"
    edition = stories.edition(c, "")
    if edition is None:
        return
    for place, ranked in enumerate(edition.ranking, start=1):
        if ranked.story == article.story:
            yield f"  place       {place} of {len(edition.ranking)} on the front page, sum {ranked.score:.2f}"
            yield from (_weight(weight) for weight in ranked.weights)
            return
    yield "  place       not on the front page any more"


def _weight(weight: Weight) -> str:
    return f"    {weight.value:+.2f} {weight.words}"


def _feed_trail(c: Connection, folder: Path, url: str) -> Iterator[str]:
    state = sources.feed_state(c, url)
    if state is None:
        return
    yield f"feed {url}"
    if state.polled_at is not None:
        yield f"  asked       {state.polled_at:%Y-%m-%d %H:%M:%S} UTC, status {state.status or 'none'}"
    if state.error:
        yield f"  error       {state.error} {state.cure}".rstrip()
    yield f"  next asked  {state.due_at:%Y-%m-%d %H:%M:%S} UTC"
    yield f"    why       {state.why}"
    if state.polls:
        share = state.not_modified / state.polls
        yield f"  asked {state.polls} times, {share:.0%} unchanged, {state.bytes:,} bytes"
