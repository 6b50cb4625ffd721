"""Pruning takes bytes and words together; headline, address and sha256 stay."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from tests.conftest import store_url
from tests.store.newsroom import FULL, HARBOUR, NOON, newsroom, revision
from wirecopy.errors import StoreError
from wirecopy.model import (
    ArticleId,
    Capture,
    Citation,
    Entry,
    Features,
    Image,
    Mode,
    Purpose,
    Quote,
    Record,
    RevisionKind,
)
from wirecopy.store import articles, captures, prune, schema, search
from wirecopy.store.db import Store, open_store

OLD = "wirecopy-000001-2026-11-01.warc.gz"
MIDDLE = "wirecopy-000002-2026-11-10.warc.gz"
NEWEST = "wirecopy-000003-2026-11-23.warc.gz"
DAYS = {OLD: NOON - timedelta(days=22), MIDDLE: NOON - timedelta(days=13), NEWEST: NOON}
ONE = ArticleId("article-1")
TWO = ArticleId("article-2")
THREE = ArticleId("article-3")


def capture_in(file: str, offset: int, purpose: Purpose) -> Capture:
    return Capture(
        url=f"http://harbour.example/{offset}",
        final_url=f"http://harbour.example/{offset}",
        purpose=purpose,
        status=200,
        headers=(),
        at=DAYS[file] + timedelta(seconds=offset),
        sha256="cd" * 32,
        size=1,
        record=Record(file=file, offset=offset, length=1),
    )


def gathered(c: Connection, number: int, file: str, *, image: str = "") -> ArticleId:
    """An article announced, read, quoted and placed from the captures of one file."""
    id = ArticleId(f"article-{number}")
    feed = captures.add(c, capture_in(file, number, Purpose.FEED))
    entry = Entry(
        feed="http://harbour.example/feed",
        guid=str(number),
        url=f"http://harbour.example/{number}",
        title=f"Headline {number}",
        summary="The ferry runs.",
    )
    articles.announce(
        c, entry, article=id, url=entry.url, publisher=HARBOUR, capture=feed, at=DAYS[file]
    )
    read_again(c, id, 1, file, image=image)
    articles.put_features(c, id, Features(words=10), DAYS[file])
    return id


def read_again(c: Connection, id: ArticleId, number: int, file: str, *, image: str = "") -> None:
    page = capture_in(file, 1_000 + 10 * int(id[-1]) + number, Purpose.PAGE)
    kind = RevisionKind.FIRST if number == 1 else RevisionKind.WORDS
    read = replace(revision(id, number, kind=kind), capture=page, title=f"Headline {id[-1]}")
    found = captures.add(c, page)
    articles.add_revision(c, read)
    articles.publish(
        c,
        id,
        policy=FULL,
        capture=found,
        revision=read,
        lead="The ferry runs again.",
        words=10,
        image=Image(url=f"http://harbour.example/{image}") if image else None,
    )
    if image:
        articles.set_image(c, id, file=image, width=8, height=6)
    articles.put_quotes(c, id, [Quote(start=1, end=2)])
    articles.put_citations(c, id, [Citation(start=0, end=1, kind="told", target="Hill Herald")])
    search.put(c, id, read.title, read.text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of three files; the newest is open. Its bytes do not matter here."""
    made = tmp_path / "archive"
    made.mkdir()
    for name in (OLD, MIDDLE):
        (made / name).write_bytes(os.urandom(1_000))
    (made / (NEWEST + ".open")).write_bytes(os.urandom(1_000))
    return made


@pytest.fixture
def full(store: Store) -> Store:
    """A store that read all three: one article of each file, and one read in two."""
    with store.begin() as c:
        newsroom(c)
        gathered(c, 1, OLD, image="one.webp")
        gathered(c, 2, OLD, image="shared.webp")
        gathered(c, 3, MIDDLE, image="shared.webp")
        gathered(c, 4, NEWEST)
        read_again(c, TWO, 2, NEWEST, image="shared.webp")
        captures.set_cursor(c, NEWEST, 1_000)
    return store


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_old_bytes_and_words_go_together(full: Store, folder: Path) -> None:
    done = prune.prune(full, folder, before=NOON - timedelta(days=20))
    assert (done.files, done.bytes, done.articles, done.images) == ((OLD,), 1_000, 1, ("one.webp",))
    assert names(folder) == [MIDDLE, NEWEST + ".open"]
    with full.connect() as c:
        shown = articles.get(c, ONE)
        assert shown is not None
        assert (shown.headline, shown.url) == ("Headline 1", "http://harbour.example/1")
        assert (shown.mode, shown.lead, shown.words, shown.image) == (Mode.LINK, "", 0, None)
        assert [reason.signal for reason in shown.reasons] == ["private-site", "pruned"]
        [read] = articles.revisions(c, ONE)
        assert (read.title, read.sha256) == ("Headline 1", "ab" * 32)
        assert (read.text, read.blocks, read.proof.blocks) == ("", (), ())
        assert (articles.quotes(c, ONE), articles.citations(c, ONE)) == ([], [])
        assert search.query(c, "ferry", 10) == [ArticleId("article-4"), THREE, TWO]
        assert [live.article for live in articles.live_features(c, DAYS[OLD])] == [
            TWO,
            THREE,
            ArticleId("article-4"),
        ]
        first = articles.entry(c, ONE)
        assert first is not None
        assert (first.title, first.summary) == ("Headline 1", "")
        page = articles.queued(c, ONE)
        assert page is not None
        assert page.due_at is None


def test_an_article_that_was_read_again_since_keeps_its_newer_words(
    full: Store, folder: Path
) -> None:
    prune.prune(full, folder, before=NOON - timedelta(days=20))
    with full.connect() as c:
        first, second = articles.revisions(c, TWO)
        assert (first.text, first.sha256) == ("", "ab" * 32)
        assert second.text == "The ferry runs again.\n\nIt had stopped for a week."
        shown = articles.get(c, TWO)
        assert shown is not None
        assert shown.mode is Mode.FULL
        assert len(articles.quotes(c, TWO)) == 1


def test_captures_of_a_pruned_file_say_so(full: Store, folder: Path) -> None:
    prune.prune(full, folder, before=NOON - timedelta(days=20))
    with full.connect() as c:
        asked = select(schema.captures.c.file, schema.captures.c.pruned).distinct()
        assert {tuple(row) for row in c.execute(asked)} == {
            (OLD, True),
            (MIDDLE, False),
            (NEWEST, False),
        }


def test_the_oldest_go_until_the_rest_fits(full: Store, folder: Path) -> None:
    with full.connect() as c:
        used = prune._used(c, folder)
    assert prune.prune(full, folder, limit_bytes=used).files == ()
    assert prune.prune(full, folder, limit_bytes=used - 1).files == (OLD,)
    assert prune.prune(full, folder, limit_bytes=0).files == (MIDDLE,)
    assert names(folder) == [NEWEST + ".open"]  # the newest is never pruned
    assert prune.prune(full, folder, limit_bytes=0).files == ()


def test_what_the_store_has_not_read_is_not_pruned(full: Store, folder: Path) -> None:
    with full.begin() as c:
        captures.set_cursor(c, OLD, 500)
    assert prune.prune(full, folder, before=NOON + timedelta(days=1)).files == ()


def test_nothing_is_pruned_without_a_wish(full: Store, folder: Path) -> None:
    assert prune.prune(full, folder) == prune.Pruned()
    assert prune.prune(full, folder, before=NOON - timedelta(days=365)) == prune.Pruned()


def test_a_pruning_that_was_stopped_is_finished_by_the_next(full: Store, folder: Path) -> None:
    """Killed between the commit and the unlinking: bytes without words are left, and go."""
    with full.begin() as c:
        prune.forget(c, [OLD])
    assert OLD in names(folder)
    assert prune.prune(full, folder).files == (OLD,)
    assert OLD not in names(folder)


def test_pruning_twice_leaves_the_same_rows(full: Store, folder: Path) -> None:
    with full.begin() as c:
        prune.forget(c, [OLD])
        before = {
            table.name: list(c.execute(select(table).order_by(*table.primary_key.columns)))
            for table in schema.metadata.sorted_tables
        }
        prune.forget(c, [OLD])
        for table in schema.metadata.sorted_tables:
            rows = list(c.execute(select(table).order_by(*table.primary_key.columns)))
            assert rows == before[table.name]


def test_a_reader_cannot_prune(full: Store, folder: Path) -> None:
    with (
        open_store(store_url(full), read_only=True) as reader,
        pytest.raises(StoreError, match="reading only"),
    ):
        prune.prune(reader, folder, before=NOON)
    assert len(names(folder)) == 3
