"""What hubs said to the web process, waiting for the gatherer: a small SQLite file between them.

The web opens the newspaper's database for reading only; here is the one thing it writes for the
gatherer. At most one row of a kind for each subscription, so that no flood fills the disk.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wirecopy.errors import StoreError

VERIFIED = "verified"
DENIED = "denied"
PUSHED = "pushed"

_TABLE = (
    "CREATE TABLE IF NOT EXISTS knocks (token TEXT NOT NULL, kind TEXT NOT NULL, "
    "at TEXT NOT NULL, lease_seconds INTEGER NOT NULL, PRIMARY KEY (token, kind)) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A hub verified, denied, or says that there is news."""

    token: str  # of the subscription
    kind: str
    at: datetime
    lease_seconds: int = 0


class Knocks:
    """The file at `path`. Safe to use from several threads and two processes."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when the file cannot be used."""
        self._path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                path, timeout=10, check_same_thread=False, isolation_level=None
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute(_TABLE)
        except (OSError, sqlite3.Error) as error:
            raise self._told(error) from error

    def add(self, knock: Knock) -> None:
        """Leave a knock; a later one of its kind takes its place."""
        row = (knock.token, knock.kind, knock.at.astimezone(UTC).isoformat(), knock.lease_seconds)
        with self._lock:
            try:
                self._db.execute("INSERT OR REPLACE INTO knocks VALUES (?, ?, ?, ?)", row)
            except sqlite3.Error as error:
                raise self._told(error) from error

    def waiting(self) -> list[Knock]:
        """What has been left, oldest first."""
        with self._lock:
            try:
                rows = self._db.execute("SELECT * FROM knocks ORDER BY at").fetchall()
            except sqlite3.Error as error:
                raise self._told(error) from error
        return [
            Knock(token=token, kind=kind, at=datetime.fromisoformat(at), lease_seconds=lease)
            for token, kind, at, lease in rows
        ]

    def answered(self, knocks: list[Knock]) -> None:
        """Take away knocks; one that was left again meanwhile stays."""
        rows = [(each.token, each.kind, each.at.astimezone(UTC).isoformat()) for each in knocks]
        with self._lock:
            try:
                self._db.executemany(
                    "DELETE FROM knocks WHERE token = ? AND kind = ? AND at = ?", rows
                )
            except sqlite3.Error as error:
                raise self._told(error) from error

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _told(self, error: Exception) -> StoreError:
        return StoreError(
            f"{self._path} cannot be used: {error}.",
            cure="Give the user that runs Wirecopy the right to write there.",
        )
