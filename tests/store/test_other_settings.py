"""What deciding again asks of the store, and what must go at once; on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, update

from tests.store.newsroom import (
    FULL,
    HARBOUR,
    HILL,
    announced,
    capture,
    minutes,
    newsroom,
    revision,
)
from wirecopy.model import (
    ArticleId,
    ArticleState,
    Capture,
    Miss,
    Mode,
    Policy,
    Purpose,
    Quote,
    Reason,
    Record,
)
from wirecopy.store import articles, captures, comparing, policies, schema, search
from wirecopy.store.db import Store

LINK = Policy(mode=Mode.LINK, reasons=(Reason(signal="basis", mode=Mode.LINK, words="A link."),))
PAGE = "http://harbour.example/1?from=rss"


@pytest.fixture
def paper(store: Store) -> Store:
    """Article 1 is published whole, of its page at offset 1; article 2 is announced only."""
    with store.begin() as c:
        newsroom(c)
        one = announced(c, 1)
        announced(c, 2, publisher=HILL)
        page = capture(1, PAGE, Purpose.PAGE)
        found = captures.add(c, page)
        read = replace(revision(one), capture=page)
        articles.add_revision(c, read)
        articles.publish(c, one, policy=FULL, capture=found, revision=read, lead="The", words=9)
        articles.put_quotes(c, one, [Quote(start=0, end=3)])
        search.put(c, one, read.title, read.text)
    return store


ONE = ArticleId("article-1")


def answered(c: Connection, offset: int, status: int) -> Record:
    page: Capture = replace(capture(offset, PAGE, Purpose.PAGE), status=status)
    captures.add(c, page)
    return page.record


def test_a_new_store_was_decided_under_nothing(store: Store) -> None:
    with store.begin() as c:
        assert policies.ground(c) is None


def test_the_settings_that_decided_are_kept_and_replaced(store: Store) -> None:
    with store.begin() as c:
        policies.set_ground(c, {"site": {"private": True}})
        policies.set_ground(c, {"site": {"private": False}, "basis of a.example": ["none"]})
        assert policies.ground(c) == {"site": {"private": False}, "basis of a.example": ["none"]}


def test_only_what_was_read_can_be_decided_again(paper: Store) -> None:
    with paper.connect() as c:
        (only,) = policies.standing(c, [HARBOUR, HILL])
        assert policies.standing(c, []) == []
    assert (only.id, only.publisher, only.state, only.mode) == (
        ONE,
        HARBOUR,
        ArticleState.PUBLISHED,
        Mode.FULL,
    )


def test_the_latest_answer_decides_and_a_failure_does_not(paper: Store) -> None:
    with paper.begin() as c:
        again = answered(c, 2, 200)
        answered(c, 3, 500)
        unreachable = Miss(
            url=PAGE,
            purpose=Purpose.PAGE,
            at=minutes(4),
            reason="Unreachable",
            detail="silence",
            record=Record(file="wirecopy-000001.warc.gz", offset=4, length=10),
        )
        captures.add(c, unreachable)
        assert policies.deciding(c, [ONE]) == [again]
        gone = answered(c, 5, 410)
        assert policies.deciding(c, [ONE]) == [gone]


def test_robots_txt_decides_too_and_a_pruned_answer_does_not(paper: Store) -> None:
    with paper.begin() as c:
        place = Record(file="wirecopy-000001.warc.gz", offset=7, length=10)
        barred = Miss(
            url=PAGE,
            purpose=Purpose.PAGE,
            at=minutes(7),
            reason="RobotsDisallow",
            detail="barred",
            record=place,
        )
        captures.add(c, barred)
        assert policies.deciding(c, [ONE]) == [place]
        c.execute(update(schema.captures).values(pruned=True))
        assert policies.deciding(c, [ONE]) == []
        assert policies.deciding(c, []) == []


def test_closing_leaves_the_headline_and_takes_every_word(paper: Store) -> None:
    with paper.begin() as c:
        (standing,) = policies.standing(c, [HARBOUR])
        for _ in range(2):  # twice as well as once
            policies.close(c, standing, LINK)
        row = articles.get(c, ONE)
        assert row is not None
        assert (row.mode, row.reasons, row.lead, row.words) == (Mode.LINK, LINK.reasons, "", 0)
        (kept,) = articles.revisions(c, ONE)
        assert (kept.title, kept.text, kept.blocks) == ("Ferry runs again", "", ())
        assert kept.proof.blocks == ()
        assert kept.proof.title.text == "Ferry runs again"
        assert articles.quotes(c, ONE) == []
        assert search.query(c, "stopped", 5) == []
        assert search.query(c, "ferry", 5) == [ONE]


def test_what_was_taken_down_is_told_apart(paper: Store) -> None:
    with paper.begin() as c:
        articles.withdraw(c, ONE, reason="withdrawn-by-publisher")
        assert policies.taken_down(c) == []
        articles.withdraw(c, ONE, reason="takedown")
        assert policies.taken_down(c) == [ONE]


def test_an_article_is_whole_while_none_of_its_bytes_was_pruned(paper: Store) -> None:
    with paper.begin() as c:
        assert comparing.whole(c) == {ONE, "article-2"}
        page = schema.captures.c.url == PAGE
        c.execute(update(schema.captures).where(page).values(pruned=True))
        assert comparing.pruned(c) == 1
        assert comparing.whole(c) == {"article-2"}
        left = comparing.rows_left(c, schema.articles, comparing.whole(c))
        assert list(left) == [("article-2",)]
        assert "position" not in left[("article-2",)]
        places = comparing.rows_left(c, schema.captures, set())
        assert ("wirecopy-000001.warc.gz", 1) not in places
