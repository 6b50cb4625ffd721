"""An article's whole trail, in words: what `wirecopy show` prints, one fact a line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from wirecopy.model import (
    ArticleId,
    ArticleState,
    Capture,
    Feed,
    FeedState,
    Miss,
    Purpose,
    Revision,
    RevisionKind,
    Span,
)
from wirecopy.stages import address
from wirecopy.store import articles, captures, sources, stories, subscriptions
from wirecopy.store.articles import ArticleRow
from wirecopy.store.db import Store

_WIDTH = 12  # of the names before the facts

_CHANGED = {
    RevisionKind.FIRST: "the first that was read",
    RevisionKind.WORDS: "the words changed",
    RevisionKind.HEADLINE: "the headline changed",
}


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


def _fact(name: str, words: str) -> str:
    return f"  {name:<{_WIDTH}}{words}"


def _more(name: str, words: str) -> str:
    """A fact about the fact above it."""
    return f"    {name:<{_WIDTH - 2}}{words}"


# ---------------------------------------------------------------- an article


def _article_trail(c: Connection, folder: Path, article: ArticleRow) -> Iterator[str]:
    yield article.headline
    yield _fact("id", article.id)
    yield _fact("address", article.url)
    yield _fact("publisher", article.publisher)
    yield _fact("announced", f"{_time(article.first_seen)} by {article.feed}")
    yield from _fetched(c, folder, article)
    yield from _standing(article)
    for revision in articles.revisions(c, article.id):
        yield from _version(c, revision)
    yield from _repeat(c, article)
    yield from _placed(c, article)


def _fetched(c: Connection, folder: Path, article: ArticleRow) -> Iterator[str]:
    for item in captures.of_article(c, article.id, article.url):
        if isinstance(item, Miss):
            yield _fact("not fetched", f"{_time(item.at)}: {item.detail} ({item.reason})")
        else:
            yield _fact("fetched", f"{_time(item.at)}, status {item.status}, {item.size:,} bytes")
        yield from _archived(c, folder, item)
    page = articles.queued(c, article.id)
    if page is not None:
        due = _time(page.due_at) if page.due_at else "not again"
        had = f"had {_times(page.checks)}" if page.checks else "never had"
        yield _fact("next asked", f"{due} ({had} so far)")


def _archived(c: Connection, folder: Path, item: Capture | Miss) -> Iterator[str]:
    record = item.record
    assert record is not None, "what the store names was archived"
    place = f"{folder / record.file}, bytes {record.offset} to {record.offset + record.length}"
    if captures.is_pruned(c, record):
        place = f"deleted when it grew old, with the words read from it; it was {record.file}"
    yield _more("archived", place)
    if isinstance(item, Capture):
        yield _more("sha256", item.sha256)


def _standing(article: ArticleRow) -> Iterator[str]:
    shown = article.state is ArticleState.PUBLISHED
    yield _fact("state", f"{article.state}, shown as {article.mode}" if shown else article.state)
    if article.held_reason:
        name = "why"
        if shown:
            name = "but"  # what was read before stays, and this came of the latest look
        yield _more(name, f"{article.held_reason}: {article.held_detail}")
    if not shown:
        return
    for reason in article.reasons:
        bound = "a notice" if reason.notice else f"at most {reason.mode}"
        yield _more("why", f"{reason.words} ({reason.signal}: {bound})")
    if article.section:
        yield _fact("section", f"{article.section}, from the {article.section_from}")


def _version(c: Connection, revision: Revision) -> Iterator[str]:
    proof = revision.proof
    yield _fact(f"version {revision.number}", f"{_time(revision.at)}, {_CHANGED[revision.kind]}")
    yield _more("headline", revision.title)
    if proof.title.where == "pruned":
        yield _more("proved", "not any more: the archived page was deleted when it grew old")
    else:
        place = f"characters {_spans(proof.title.spans)}"
        what = "feed" if proof.title.where == "feed" else f"page's {proof.title.where}"
        yield _more("proved", f"in the {what}, {place}, read as {proof.charset}")
    for author, found in zip(revision.authors, proof.authors, strict=False):
        yield _more("author", f"{author}, proved in {found.where}")
    if revision.extractor:
        language = revision.language or "a language that was not recognised"
        yield _more("extracted", f"by {revision.extractor}, in {language}")
    if revision.blocks:
        first, last = proof.blocks[0][0].start, proof.blocks[-1][-1].end
        words = f"word for word within characters {first}-{last} of the page"
        yield _more("text", f"{len(revision.blocks)} blocks, proved {words}")
    else:
        yield _more("text", "none is kept here")
    yield _more("sha256", f"{revision.sha256} of headline and text as they were read")


def _spans(spans: tuple[Span, ...]) -> str:
    return ", ".join(f"{span.start}-{span.end}" for span in spans)


def _repeat(c: Connection, article: ArticleRow) -> Iterator[str]:
    repeat = article.repeat
    if repeat is None:
        return
    yield _fact("repeats", f"{repeat.of} ({_named(c, repeat.of)})")
    share = f"{repeat.share:.0%} of the shorter text stands in both"
    yield _more("why", f"{share}: {repeat.kind}")


def _named(c: Connection, id: ArticleId) -> str:
    found = articles.get(c, id)
    return f"{found.publisher}: {found.headline}" if found else "not held here any more"


# ---------------------------------------------------------------- its story and place


def _placed(c: Connection, article: ArticleRow) -> Iterator[str]:
    placement = article.placement
    if placement is None or article.story is None:
        return
    story = stories.get(c, article.story)
    size = ""
    if story is not None:
        publishers = f"{story.publishers} publisher{'s' if story.publishers != 1 else ''}"
        size = f", {story.articles} article{'s' if story.articles != 1 else ''} of {publishers}"
    yield _fact("story", f"{article.story}{size}")
    likeness = f", likeness {placement.score:.2f}" if placement.kind == "joined" else ""
    yield _more("why", f"{placement.words} ({placement.kind}{likeness})")
    edition = stories.edition(c, "")
    places = [] if edition is None else [ranked.story for ranked in edition.ranking]
    if edition is None or article.story not in places:
        yield _fact("place", "not on the front page")
        return
    place = places.index(article.story)
    ranked = edition.ranking[place]
    yield _fact("place", f"{place + 1} of {len(places)} on the front page, sum {ranked.score:.2f}")
    for weight in ranked.weights:
        yield _more("why", weight.words)


# ---------------------------------------------------------------- a feed


def _feed_trail(c: Connection, folder: Path, url: str) -> Iterator[str]:
    state = sources.feed_state(c, url)
    if state is None:
        return
    feed = _feed(c, url)
    yield f"feed {url}"
    if feed is not None:
        yield _fact("publisher", feed.publisher)
    if state.polled_at is not None:
        status = f"status {state.status}" if state.status else "no answer"
        yield _fact("asked", f"{_time(state.polled_at)}, {status}")
    latest = captures.latest(c, url, Purpose.FEED)
    if latest is not None:
        yield from _archived(c, folder, latest)
    if state.error:
        yield _fact("error", state.error)
        if state.cure:
            yield _more("cure", state.cure)
    yield _fact("next asked", "not again" if state.gone else _time(state.due_at))
    yield _more("why", state.why)
    if state.named_url and state.named_url != url:
        yield _fact("calls itself", state.named_url)
    if state.address:
        yield _fact("moved to", f"{state.address}, for good")
    if state.moved_to:
        times = f"{state.moved_times} polls in a row" if state.moved_times > 1 else "the last poll"
        yield _fact("leads to", f"{state.moved_to} (permanent redirect, at {times})")
    if state.hub:
        yield from _hub(c, state)
    if state.polls:
        share = f"{state.not_modified / state.polls:.0%}".replace("%", " %")
        unchanged = f"{state.not_modified} unchanged ({share})"
        yield _fact("so far", f"asked {_times(state.polls)}, {unchanged}, {state.bytes:,} bytes")


def _hub(c: Connection, state: FeedState) -> Iterator[str]:
    yield _fact("hub", state.hub)
    found = subscriptions.of_feed(c, state.feed)
    if found is not None and found.lease_until is not None:
        yield _more("tells us", f"until {_time(found.lease_until)}")
    elif found is not None:
        yield _more("silent", found.why)


def _feed(c: Connection, url: str) -> Feed | None:
    every = (feed for publisher in sources.publishers(c) for feed in publisher.feeds)
    return next((feed for feed in every if feed.url == url), None)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
