"""kill -9 at random moments, then restart: nothing acknowledged is lost, and nothing doubled.

`python -m bench faults` does the same fifty times.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.faults import kill_and_restart
from bench.faults_store import Standing, lost, standing


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_five_rounds_of_kill_and_restart() -> None:
    table = kill_and_restart(rounds=5, seed=1, edits=False)

    assert [problem for one in table["each"] for problem in one["problems"]] == []
    # the moments are random, and most of them must hit a gatherer that has work in line
    assert table["kills"] >= 5
    assert table["kills_with_work_in_line"] >= 3
    assert all(one["articles"] >= 98 for one in table["each"])


# ---------------------------------------------------------------- what the rounds look with


def test_a_lost_article_is_seen() -> None:
    before = Standing(articles={"a": ("published", "full")}, published={"a"})

    assert lost(before, Standing()) == [
        "article a is lost",
        "article a was published and is not",
    ]


def test_a_changed_revision_is_seen() -> None:
    before = Standing(revisions={("a", 1): ("first", "12", "A ferry")})
    after = Standing(revisions={("a", 1): ("first", "34", "A ferry")})

    assert lost(before, after) == [
        "revisions ('a', 1): ('first', '12', 'A ferry') became ('first', '34', 'A ferry')"
    ]


def test_rows_of_a_transaction_that_was_not_committed_do_not_stand(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "wirecopy.db")) as c:
        c.execute("PRAGMA journal_mode = WAL")
        c.execute("CREATE TABLE articles (id, state, mode, url)")
        c.execute("CREATE TABLE revisions (article, number, kind, sha256, title)")
        c.execute("CREATE TABLE entries (feed, article, guid)")
        c.execute('CREATE TABLE captures (id, file, "offset", sha256)')
        c.execute("INSERT INTO articles VALUES ('a', 'published', 'full', 'http://a.example/')")
        c.commit()
        c.execute("INSERT INTO articles VALUES ('b', 'published', 'full', 'http://b.example/')")

        assert standing(tmp_path).published == {"a"}
