"""Opens the database, and holds every difference between SQLite and PostgreSQL.

SQLite: one writer, any number of readers (WAL); a transaction that writes takes the write lock at
its start, so it cannot fail half-way for want of it. PostgreSQL: psycopg 3.
The database's failures become `StoreError` here, and nowhere else.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    Insert,
    QueuePool,
    Table,
    create_engine,
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError

from wirecopy.errors import StoreError

VERSION = "0007"
"""The version of the tables this Wirecopy reads and writes: Alembic's newest. They sort as text."""

BUSY_SECONDS = 30  # how long a connection to SQLite waits for another's lock


class Store:
    """An open database. `begin` gives the writer's connection, `connect` a reader's."""

    def __init__(self, engine: Engine, *, read_only: bool) -> None:
        self.engine = engine
        self.read_only = read_only

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self.engine.dialect.name

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends well, else nothing of it is kept."""
        if self.read_only:
            raise StoreError(
                "The database was opened for reading only.", cure="Write with the gatherer."
            )
        with (
            translated(self.engine),
            self.engine.connect().execution_options(writing=True) as c,
            c.begin(),
        ):
            yield c

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """One reader's view: everything read inside the block is of the same moment in SQLite."""
        with translated(self.engine), self.engine.connect() as c:
            yield c

    def close(self) -> None:
        """Let every connection go."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(url: str, *, read_only: bool = False) -> Store:
    """Open the database at `url` ("sqlite:///PATH" or "postgresql://..."), upgraded if need be.

    A reader never upgrades. Raises StoreError, with its cure, when it cannot be used.
    """
    where = _parsed(url)
    engine = (
        _sqlite(where, read_only=read_only)
        if where.get_backend_name() == "sqlite"
        else _postgresql(where, read_only=read_only)
    )
    store = Store(engine, read_only=read_only)
    try:
        _bring_up_to_date(store)
    except BaseException:
        store.close()
        raise
    return store


def upsert(
    c: Connection, table: Table, *, keep: tuple[str, ...] = (), numbered: str = ""
) -> Insert:
    """An INSERT that overwrites the row of the same primary key, but for the columns to keep.

    The column `numbered` counts new rows up from 1, and keeps its number.
    """
    return upsert_in(c.dialect.name, table, keep, numbered)


def insert_new(c: Connection, table: Table, *, numbered: str = "") -> Executable:
    """An INSERT that leaves a row that is there already as it is.

    The column `numbered` counts new rows up from 1, without gaps; the statement gives the number
    of a new row, and no row where nothing was new.
    """
    return _insert_new(c.dialect.name, table, numbered)


# Statements are built once: building one and its cache key costs more than running it.
@cache
def upsert_in(dialect: str, table: Table, keep: tuple[str, ...] = (), numbered: str = "") -> Insert:
    """`upsert`, for a statement that goes on from it."""
    key = [column.name for column in table.primary_key]
    statement = _insert(dialect, table, numbered)
    return statement.on_conflict_do_update(
        index_elements=key,
        set_={
            column.name: statement.excluded[column.name]
            for column in table.columns
            if column.name not in (*key, *keep, numbered)
        },
    )


@cache
def _insert_new(dialect: str, table: Table, numbered: str) -> Executable:
    statement = _insert(dialect, table, numbered).on_conflict_do_nothing()
    return statement.returning(table.c[numbered]) if numbered else statement


def _insert(dialect: str, table: Table, numbered: str) -> sqlite.Insert | postgresql.Insert:
    statement = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    if not numbered:
        return statement
    last = func.coalesce(func.max(table.c[numbered]), 0)
    return statement.values({numbered: select(last + 1).scalar_subquery()})


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def to_json(value: Any) -> str:
    """Compact JSON in its own script; escaped only where UTF-8 cannot hold it."""
    written = _JSON.encode(value)
    if written.isascii():
        return written
    try:
        written.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return json.dumps(value, separators=(",", ":"))
    return written


# ---------------------------------------------------------------- engines


def _parsed(url: str) -> URL:
    try:
        where = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            f"The database address {url!r} cannot be read.",
            cure='Write "sqlite:///FILE" or "postgresql://user@host/name".',
        ) from error
    if where.get_backend_name() == "sqlite" and where.database:
        return where
    if where.get_backend_name() == "postgresql":
        return where.set(drivername="postgresql+psycopg")
    raise StoreError(
        f"The database {url!r} is not one Wirecopy knows.",
        cure='Write "sqlite:///FILE" or "postgresql://user@host/name".',
    )


def _sqlite(where: URL, *, read_only: bool) -> Engine:
    path = Path(where.database or "").absolute()
    if not read_only:
        with contextlib.suppress(OSError):  # SQLite then says what is wrong
            path.parent.mkdir(parents=True, exist_ok=True)

    def dial() -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(path))}?mode={'ro' if read_only else 'rwc'}",
            uri=True,
            timeout=BUSY_SECONDS,
            check_same_thread=False,  # the pool hands a connection to one thread at a time
        )

    engine = create_engine(
        where, creator=dial, poolclass=QueuePool, json_serializer=to_json, max_overflow=32
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, DDL included
        cursor = connection.cursor()
        if not read_only:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.execute("PRAGMA cache_size = -32000")  # KB
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(c: Connection) -> None:
        writing = c.get_execution_options().get("writing", False)
        c.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql(where: URL, *, read_only: bool) -> Engine:
    engine = create_engine(where, json_serializer=to_json, pool_pre_ping=True)
    if read_only:

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _: object) -> None:
            connection.read_only = True

    return engine


# ---------------------------------------------------------------- versions


def _bring_up_to_date(store: Store) -> None:
    with store.connect() as c:
        found = _version(c)
    if found == VERSION:
        return
    if found > VERSION:
        raise StoreError(
            f"{named(store.engine)} was written by a newer Wirecopy (tables {found}, "
            f"this one knows {VERSION}).",
            cure="Install that Wirecopy again, or name another database.",
        )
    if store.read_only:
        words = f"has tables of an older version ({found})" if found else "is empty"
        raise StoreError(
            f"{named(store.engine)} {words}.", cure="Start the gatherer once: wirecopy run --once"
        )
    # Alembic takes 0.15 s to import; only a start that upgrades pays for it
    from wirecopy.store.migrations import upgrade

    with store.begin() as c:
        if _version(c) != VERSION:  # another process may have been quicker
            upgrade(c)


def _version(c: Connection) -> str:
    """The version of the tables, "" in an empty database."""
    tables = set(inspect(c).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise StoreError(
                f"{named(c.engine)} holds the tables of another programme.",
                cure="Name a database of Wirecopy's own.",
            )
        return ""
    return c.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


# ---------------------------------------------------------------- failures, translated


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """The database's own failures as StoreError; a broken rule of ours stays loud."""
    try:
        yield
    except DBAPIError as error:
        told = _told(engine, error)
        if told is None:
            raise
        raise told from error


def named(engine: Engine) -> str:
    """The database in words, without its password."""
    if engine.dialect.name == "sqlite":
        return f"The database {engine.url.database}"
    return f"The database {engine.url.render_as_string(hide_password=True)}"


_SQLITE_CURES = (
    ("disk is full", "cannot grow: the disk is full", "Free some space, then start again."),
    (
        "readonly database",
        "cannot be written: the file or its folder is read-only",
        "Give the user that runs Wirecopy the right to write there.",
    ),
    (
        "unable to open database file",
        "cannot be opened: the folder is missing or may not be used",
        "Make the folder, give the user that runs Wirecopy its rights, or name another.",
    ),
    (
        "file is not a database",
        "is not a database",
        "Move the file away or name another; wirecopy replay fills a new one from the archive.",
    ),
    (
        "malformed",
        "is damaged",
        "Move the file away and run wirecopy replay: it is filled again from the archive.",
    ),
    (
        "database is locked",
        "is held by another process",
        "Stop the other gatherer, or wait until it has finished.",
    ),
    (
        "disk i/o error",
        "cannot be read or written: the disk answers with an error",
        "Look at the disk; wirecopy replay fills a new database from the archive.",
    ),
)


def _told(engine: Engine, error: DBAPIError) -> StoreError | None:
    if isinstance(error, IntegrityError):
        return None
    words = str(error.orig).strip()
    if engine.dialect.name == "sqlite":
        for sign, what, cure in _SQLITE_CURES:
            if sign in words.lower():
                return StoreError(f"{named(engine)} {what}.", cure=cure)
        return None
    if not isinstance(error, OperationalError):
        return None
    state = getattr(error.orig, "sqlstate", None) or ""
    if state == "53100":  # disk_full
        return StoreError(
            f"{named(engine)} cannot grow: its disk is full.",
            cure="Free some space there, then start again.",
        )
    return StoreError(
        f"{named(engine)} does not answer: {words.splitlines()[0] if words else state}",
        cure="Start the PostgreSQL server, and look at user, host and name in database_url.",
    )
