"""Counts how many readers opened an article, and knows none of them.

A reader is told apart for one day by a hash of address and browser name, salted with random bytes
that never leave memory: at midnight UTC, or when the process ends, hashes and salt are gone, and
nobody can be found in the counts. The counts have a file of their own, so that the pages open the
store for reading only; visits are written in batches, and what a page shows is what is written.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path

from wirecopy.errors import StoreError

FLUSH_SECONDS = 1.0
REMEMBERED = (
    1_000_000  # readers of articles in a day (8 bytes each, some 70 MB); then no more count
)
_ROBOT = re.compile(
    r"bot\b|bot[/;_ -]|crawl|spider|slurp|archiv|fetch|scrap|monitor|uptime|preview|validator"
    r"|lighthouse"
    r"|curl|wget|libwww|python|httpx|aiohttp|urllib|go-http|java/|okhttp|axios|node|ruby|perl|php"
    r"|feed|rss|facebookexternalhit|whatsapp|telegram|discord|slack|embed|google-|mediapartners"
    r"|wirecopy",
    re.IGNORECASE,
)
_TABLE = (
    "CREATE TABLE IF NOT EXISTS reads (article TEXT NOT NULL, day TEXT NOT NULL, "
    "count INTEGER NOT NULL, PRIMARY KEY (article, day)) WITHOUT ROWID"
)
_ADD = (
    "INSERT INTO reads (article, day, count) VALUES (?, ?, ?) "
    "ON CONFLICT (article, day) DO UPDATE SET count = count + excluded.count"
)


def is_robot(user_agent: str) -> bool:
    """Whether a browser's name is a programme's; one without a name is."""
    return not user_agent.strip() or _ROBOT.search(user_agent) is not None


class Reads:
    """The counts, in the SQLite file at `path`. Safe to use from several threads."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] | None = None) -> None:
        """Raises StoreError when the file cannot be used."""
        self._path = path
        self._now = now or (lambda: datetime.now(UTC))
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._day: date = self._now().date()
        self._salt = secrets.token_bytes(16)
        self._seen: set[bytes] = set()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = NORMAL")
            self._file.execute(_TABLE)
        except (sqlite3.Error, OSError) as error:
            raise self._broken(error) from error

    def visit(self, article: str, *, address: str, user_agent: str) -> bool:
        """Note that somebody opened an article; False for robots and for a second look that day."""
        if is_robot(user_agent):
            return False
        with self._lock:
            self._turn_day()
            reader = blake2b(
                f"{address}\n{user_agent}\n{article}".encode("utf-8", "replace"),
                key=self._salt,
                digest_size=8,
            ).digest()
            if reader in self._seen or len(self._seen) >= REMEMBERED:
                return False
            self._seen.add(reader)
            self._waiting[article, self._day.isoformat()] += 1
            return True

    def count(self, article: str) -> int:
        """Readers of an article so far, as written."""
        return self.counts([article])[article]

    def counts(self, articles: Iterable[str]) -> dict[str, int]:
        """Readers of each of these articles."""
        wanted = list(articles)
        marks = ",".join("?" * len(wanted))
        query = f"SELECT article, sum(count) FROM reads WHERE article IN ({marks}) GROUP BY article"  # noqa: S608 - question marks only
        with self._lock:
            found = dict(self._file.execute(query, wanted).fetchall())
        return {article: int(found.get(article, 0)) for article in wanted}

    def flush(self) -> None:
        """Write the visits that wait. Raises StoreError; they wait on then."""
        with self._lock:
            if not self._waiting:
                return
            rows = [(*key, count) for key, count in self._waiting.items()]
            try:
                self._file.execute("BEGIN IMMEDIATE")
                self._file.executemany(_ADD, rows)
                self._file.execute("COMMIT")
            except sqlite3.Error as error:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
                raise self._broken(error) from error
            self._waiting.clear()

    def close(self) -> None:
        """Write what waits and let the file go."""
        try:
            self.flush()
        finally:
            self._file.close()

    def _turn_day(self) -> None:
        today = self._now().date()
        if today != self._day:
            self._day, self._salt, self._seen = today, secrets.token_bytes(16), set()

    def _broken(self, error: Exception) -> StoreError:
        return StoreError(
            f"The file of read counts {self._path} cannot be used: {error}.",
            cure="Give the web process the right to write there, and check the disk.",
        )
