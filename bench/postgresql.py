"""A PostgreSQL of our own: made in a folder, run by an unprivileged user, reached by a socket."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

OPTIONS = "-c listen_addresses= -c fsync=off -c max_connections=200"


@dataclass(frozen=True)
class PostgreSQL:
    """A server; `make_database` gives the address of a new empty database."""

    programs: Path
    folder: Path
    system_user: str | None  # who runs it; None: we ourselves

    @property
    def user(self) -> str:
        return self.system_user or getpass.getuser()

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.folder}"

    def make_database(self) -> str:
        name = f"wirecopy_{uuid.uuid4().hex}"
        self._say(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        name = url.partition("?")[0].rpartition("/")[2]
        self._say(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as c:
            c.execute(text(statement))
        engine.dispose()

    def make(self) -> None:
        """Make its folder, once."""
        how = ("-U", self.user, "-A", "trust", "-E", "UTF8", "--no-sync")
        self._run("initdb", "-D", self.folder / "data", *how)

    def start(self) -> None:
        options = f"-k {self.folder} {OPTIONS}"
        self._control("-l", self.folder / "log", "-o", options, "start")

    def stop(self, how: str = "immediate") -> None:
        """`how` is pg_ctl's mode: after "fast" the files are in order, and a start is quick."""
        self._control("-m", how, "stop")

    def _control(self, *arguments: str | Path) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-t", "60", *arguments)

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [str(each) for each in (self.programs / program, *arguments)],
            user=self.system_user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        )
        assert done.returncode == 0, done.stdout + done.stderr


def programs() -> Path | None:
    """The folder of initdb and postgres, newest first; None where there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda at: -int(at.parts[-3])
    )
    in_path = shutil.which("initdb")
    if in_path:
        found.append(Path(in_path).resolve())
    return next((at.parent for at in found if (at.parent / "postgres").exists()), None)


@contextmanager
def running(found: Path) -> Iterator[PostgreSQL]:
    """A server of the programs in that folder; it is gone when the block ends."""
    user = _unprivileged()
    # /tmp itself: a socket's path may have 107 characters, and the user must get in
    with tempfile.TemporaryDirectory(prefix="wirecopy-pg-", ignore_cleanup_errors=True) as place:
        if user is not None:
            shutil.chown(place, user)
        server = PostgreSQL(found, Path(place), user)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _unprivileged() -> str | None:
    """Who runs the server: nobody else (None) unless we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
