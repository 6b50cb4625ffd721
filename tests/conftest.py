"""Databases for tests: each store test runs on SQLite and on a PostgreSQL of the tests' own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bench.postgresql import PostgreSQL, programs, running
from wirecopy.store import schema
from wirecopy.store.db import Store, open_store


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of the tests' own."""
    found = programs()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL's programs are missing: apt-get install postgresql")
        pytest.skip("PostgreSQL's programs are not installed")
    with running(found) as server:
        yield server


DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new, empty database, on each of the two."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'wirecopy.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    url = server.make_database()
    yield url
    server.drop_database(url)


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, on each of the two databases; its address is `store_url`'s to tell."""
    if request.param == "sqlite":
        path = tmp_path / "wirecopy.db"
        shutil.copy(request.getfixturevalue("empty_sqlite"), path)
        with open_store(f"sqlite:///{path}") as opened:
            yield opened
        return
    # made once and emptied after each test: 20 ms, where a new database takes 400
    shared: Store = request.getfixturevalue("shared_postgresql")
    yield shared
    with shared.begin() as c:
        tables = ", ".join(f'"{table.name}"' for table in schema.metadata.sorted_tables)
        c.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))


def store_url(store: Store) -> str:
    """Where another process, or a reader, opens the same store."""
    return store.engine.url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with every table and no row."""
    path = tmp_path_factory.mktemp("empty") / "wirecopy.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def shared_postgresql(postgresql: PostgreSQL) -> Iterator[Store]:
    url = postgresql.make_database()
    with open_store(url) as opened:
        yield opened
    postgresql.drop_database(url)
