"""Databases and folders for tests: each store test runs on SQLite and on a real PostgreSQL.

The PostgreSQL is our own: made in a temporary folder, run by an unprivileged user (it refuses
root), reached over a unix socket only, gone when the tests end.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from wirecopy.store import schema
from wirecopy.store.db import Store, open_store


@dataclass(frozen=True)
class PostgreSQL:
    """A running server; `make_database` gives the address of a new empty database."""

    folder: Path
    user: str

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.folder}"

    def make_database(self) -> str:
        name = f"wirecopy_{uuid.uuid4().hex}"
        self._run(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        name = url.partition("?")[0].rpartition("/")[2]
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as c:
            c.execute(text(statement))
        engine.dispose()


def postgresql_programs() -> Path | None:
    """The folder of initdb and postgres, newest first; None where there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda at: -int(at.parts[-3])
    )
    in_path = shutil.which("initdb")
    if in_path:
        found.append(Path(in_path).resolve())
    return next((at.parent for at in found if (at.parent / "postgres").exists()), None)


def unprivileged_user() -> str | None:
    """Who runs the server: nobody else (None) unless we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of the tests' own."""
    programs = postgresql_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL's programs are missing: apt-get install postgresql")
        pytest.skip("PostgreSQL's programs are not installed")
    user = unprivileged_user()
    # not pytest's own folder: a socket's path may have 107 characters, and the user must get in
    with tempfile.TemporaryDirectory(prefix="wirecopy-pg-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        if user is not None:
            shutil.chown(folder, user)
        with running(programs, folder, user) as server:
            yield server


@contextlib.contextmanager
def running(programs: Path, folder: Path, user: str | None) -> Iterator[PostgreSQL]:
    data = folder / "data"
    name = user or getpass.getuser()

    def run(*arguments: str | Path) -> None:
        done = subprocess.run(
            [str(each) for each in arguments],
            user=user,
            cwd=folder,
            capture_output=True,
            text=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run(programs / "initdb", "-D", data, "-U", name, "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=200"
    control: tuple[str | Path, ...] = (programs / "pg_ctl", "-D", data, "-w", "-t", "60")
    run(*control, "-l", folder / "log", "-o", options, "start")
    try:
        yield PostgreSQL(folder=folder, user=name)
    finally:
        run(*control, "-m", "immediate", "stop")


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
