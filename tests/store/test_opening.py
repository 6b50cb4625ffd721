"""Opening a database: upgraded when it is old, refused in one sentence when it cannot be used."""

from __future__ import annotations

import contextlib
import os
import pwd
import sqlite3
from collections.abc import Iterator
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bench.postgresql import PostgreSQL
from tests.conftest import store_url
from tests.store.newsroom import HARBOUR, NOON, announced, newsroom
from wirecopy.errors import StoreError
from wirecopy.model import ArticleId
from wirecopy.store import articles, captures, db, schema, sources
from wirecopy.store.db import Store, open_store
from wirecopy.store.migrations import config, upgrade

# One entry for each version that ever stood on main: the rows an older Wirecopy left behind, and
# what must be found in them after the upgrade. A new migration adds its predecessor here.
_FIRST = (
    "INSERT INTO publishers (id, name, domains, basis, position, active) "
    "VALUES ('harbour.example', 'Harbour Post', '[]', '{}', 0, TRUE)",
    "INSERT INTO feeds (url, publisher, position, active) "
    "VALUES ('http://harbour.example/feed', 'harbour.example', 0, TRUE)",
    "INSERT INTO feed_states (feed, due_at, why, status, etag, last_modified, body_sha256, "
    "interval_seconds, failures, error, cure, polls, not_modified, bytes, gone, moved_to, "
    "moved_times) VALUES ('http://harbour.example/feed', '2026-11-23T12:00:00.000000Z', '', "
    "200, '', '', '', 3600, 0, '', '', 1, 0, 5, FALSE, '', 0)",
    "INSERT INTO hosts (host) VALUES ('harbour.example')",
)
OLDER: dict[str, tuple[str, ...]] = {f"000{number}": _FIRST for number in range(1, 7)}


def versions(store: Store) -> list[str]:
    with store.connect() as c:
        scripts = ScriptDirectory.from_config(config(c))
        return sorted(script.revision for script in scripts.walk_revisions())


def test_a_new_database_has_the_newest_version(store: Store) -> None:
    assert versions(store)[-1] == db.VERSION
    with store.connect() as c:
        assert c.execute(text("SELECT version_num FROM alembic_version")).scalar() == db.VERSION


def test_migrations_make_the_tables_that_schema_names(store: Store) -> None:
    def ours(kind: str, name: str | None) -> bool:
        assert name is not None
        known_index = name == "ix_search_words"  # PostgreSQL's alone; SQLite has search_index
        return not (name.startswith("search_index") or known_index)

    with store.connect() as c:
        context = MigrationContext.configure(
            c,
            opts={"include_name": lambda name, kind, parents: kind == "schema" or ours(kind, name)},
        )
        assert compare_metadata(context, schema.metadata) == []


def test_every_older_version_is_upgraded_with_its_rows(database_url: str) -> None:
    with _bare(database_url) as engine:
        with engine.connect() as c:
            older = sorted(
                script.revision
                for script in ScriptDirectory.from_config(config(c)).walk_revisions()
                if script.revision != db.VERSION
            )
        assert older == sorted(OLDER)
        for version in older:
            _empty(engine)
            with engine.begin() as c:
                upgrade(c, version)
                for statement in OLDER[version]:
                    c.execute(text(statement))
            with open_store(database_url) as store, store.connect() as c:
                found = c.execute(text("SELECT version_num FROM alembic_version")).scalar()
                assert found == db.VERSION
                for table in schema.metadata.sorted_tables:
                    c.execute(table.select()).all()


@contextlib.contextmanager
def _bare(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


def _empty(engine: Engine) -> None:
    with engine.begin() as c:
        for name in inspect(c).get_table_names():
            cascade = "" if engine.dialect.name == "sqlite" else " CASCADE"
            c.execute(text(f"DROP TABLE IF EXISTS {name}{cascade}"))


def test_opening_again_changes_nothing_and_keeps_the_rows(database_url: str) -> None:
    with open_store(database_url) as store, store.begin() as c:
        newsroom(c)
        announced(c, 1)
    with open_store(database_url) as store, store.connect() as c:
        row = articles.get(c, ArticleId("article-1"))
        assert row is not None
        assert row.publisher == HARBOUR


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    with open_store(database_url) as store, store.begin() as c:
        c.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer Wirecopy \(tables 9999") as refused:
        open_store(database_url)
    assert refused.value.cure
    with pytest.raises(StoreError, match="newer Wirecopy"):
        open_store(database_url, read_only=True)


def test_another_programmes_database_is_refused(database_url: str) -> None:
    with _bare(database_url) as engine, engine.begin() as c:
        c.execute(text("CREATE TABLE recipes (name TEXT)"))
    with pytest.raises(StoreError, match="another programme"):
        open_store(database_url)


def test_a_reader_does_not_upgrade(database_url: str, tmp_path: Path) -> None:
    if database_url.startswith("sqlite"):
        with pytest.raises(StoreError, match="cannot be opened"):
            open_store(database_url, read_only=True)
        sqlite3.connect(tmp_path / "wirecopy.db").execute("VACUUM").close()
    with pytest.raises(StoreError, match="is empty"):
        open_store(database_url, read_only=True)


def test_a_reader_sees_what_was_committed_and_cannot_write(store: Store) -> None:
    with open_store(store_url(store), read_only=True) as reader:
        with store.begin() as c:
            newsroom(c)
            captures.set_cursor(c, "wirecopy-000001-2026-11-23.warc.gz", 5)
        with reader.connect() as c:
            assert captures.cursor(c) == ("wirecopy-000001-2026-11-23.warc.gz", 5)
        with pytest.raises(StoreError, match="reading only"), reader.begin():
            pass
        with reader.connect() as c, pytest.raises(DBAPIError, match=r"(?i)read-?only"):
            captures.set_cursor(c, "x", 1)


def test_a_reader_opens_while_no_writer_has_it_open(database_url: str) -> None:
    with open_store(database_url) as store, store.begin() as c:
        captures.set_cursor(c, "wirecopy-000001-2026-11-23.warc.gz", 5)
    with open_store(database_url, read_only=True) as reader, reader.connect() as c:
        assert captures.cursor(c) == ("wirecopy-000001-2026-11-23.warc.gz", 5)


def test_nothing_of_a_failed_transaction_is_kept(store: Store) -> None:
    def fail() -> None:
        with store.begin() as c:
            captures.set_cursor(c, "wirecopy-000001-2026-11-23.warc.gz", 5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.connect() as c:
        assert captures.cursor(c) is None


def test_a_broken_rule_of_ours_is_loud(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as c:
        announced(c, 1)  # of a publisher that is not there


# ---------------------------------------------------------------- SQLite's failures


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'new' / 'folder' / 'wirecopy.db'}"):
        assert (tmp_path / "new" / "folder" / "wirecopy.db").exists()


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("not a folder")
    with pytest.raises(StoreError, match="cannot be opened") as refused:
        open_store(f"sqlite:///{tmp_path / 'taken' / 'wirecopy.db'}")
    assert refused.value.cure


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.db"
    path.write_bytes(b"The ferry runs again.\n" * 200)
    with pytest.raises(StoreError, match="is not a database") as refused:
        open_store(f"sqlite:///{path}")
    assert "replay" in refused.value.cure
    assert path.read_bytes() == b"The ferry runs again.\n" * 200


def fill(store: Store) -> None:
    """Write more than there is room for."""
    with store.begin() as c:
        pages = c.execute(text("PRAGMA page_count")).scalar_one()
        c.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        for number in range(1, 500):
            announced(c, number)


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'wirecopy.db'}") as store:
        with store.begin() as c:
            newsroom(c)
        with pytest.raises(StoreError, match="disk is full") as refused:
            fill(store)
        assert refused.value.cure
        with store.connect() as c:
            assert articles.get(c, ArticleId("article-1")) is None


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's powers, whom no folder refuses."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def write(url: str) -> None:
    with open_store(url) as store, store.begin() as c:
        captures.set_cursor(c, "x", 1)


def test_a_read_only_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.db"
    with open_store(f"sqlite:///{path}"):
        pass
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    with as_nobody(), pytest.raises(StoreError, match=r"read-only|cannot be opened") as refused:
        write(f"sqlite:///{path}")
    tmp_path.chmod(0o755)
    assert "right" in refused.value.cure


def test_a_database_that_is_held_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.05)
    url = f"sqlite:///{tmp_path / 'wirecopy.db'}"
    with (
        open_store(url) as one,
        open_store(url) as other,
        one.begin(),
        pytest.raises(StoreError, match="held by another process"),
        other.begin(),
    ):
        pass


def test_an_address_that_is_no_database_is_told() -> None:
    with pytest.raises(StoreError, match="not one Wirecopy knows"):
        open_store("mysql://localhost/news")
    with pytest.raises(StoreError, match="cannot be read"):
        open_store("ferry")


# ---------------------------------------------------------------- PostgreSQL's failures


@pytest.mark.postgresql
def test_a_server_that_does_not_answer_is_told(postgresql: PostgreSQL) -> None:
    url = f"postgresql://editor:secret@/news?host={postgresql.folder}&port=1"
    with pytest.raises(StoreError, match="does not answer") as refused:
        open_store(url)
    assert refused.value.cure
    assert "secret" not in str(refused.value)


@pytest.mark.postgresql
def test_a_database_that_is_missing_is_told(postgresql: PostgreSQL) -> None:
    with pytest.raises(StoreError, match='"nowhere" does not exist'):
        open_store(postgresql.url("nowhere"))


def test_times_stay_aware_and_exact(store: Store) -> None:
    there = NOON.replace(microsecond=123456).astimezone(timezone(timedelta(hours=5, minutes=30)))
    with store.begin() as c:
        sources.rest_host(c, "slow.example", there)
    with store.connect() as c:
        [(found, _)] = sources.resting_hosts(c, NOON).values()
    assert found == there
    assert found.utcoffset() == timedelta(0)
