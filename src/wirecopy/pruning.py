"""Keeping within `keep_days` and `disk_limit_gb`: at the start of a run, then hourly."""

from __future__ import annotations

from datetime import datetime, timedelta

from wirecopy.config import Settings
from wirecopy.errors import StoreError
from wirecopy.log import get
from wirecopy.store import prune
from wirecopy.store.db import Store
from wirecopy.store.prune import Pruned

log = get()

EVERY = timedelta(hours=1)
FILES_IN_LIMIT = 10  # whole files are pruned, so the limit holds to a tenth of itself
FILE_BYTES = 1_000_000_000


def file_bytes(settings: Settings) -> int:
    """How large a file of the archive may grow; one that is written to cannot be pruned."""
    limit = int(settings.storage.disk_limit_gb * 1e9)
    return min(FILE_BYTES, max(1, limit // FILES_IN_LIMIT)) if limit else FILE_BYTES


class Pruner:
    """Deletes what is too old or too much. Not to be called while a batch is written."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._folder = settings.archive_folder
        self._images = settings.storage.folder / "images"
        self._days = settings.storage.keep_days
        self._limit = int(settings.storage.disk_limit_gb * 1e9)
        self._done_at: datetime | None = None

    def due(self, now: datetime) -> bool:
        """Whether there is a limit to keep, and an hour has passed since it was last looked to."""
        if not (self._days or self._limit):
            return False
        return self._done_at is None or now - self._done_at >= EVERY

    def prune(self, now: datetime) -> Pruned:
        """Bytes, words and pictures together. Raises StoreError when a file cannot be deleted."""
        self._done_at = now
        gone = prune.prune(
            self._store,
            self._folder,
            before=now - timedelta(days=self._days) if self._days else None,
            limit_bytes=self._limit or None,
        )
        for name in gone.images:
            try:
                (self._images / name).unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(
                    f"{self._images / name} cannot be deleted: {error.strerror}.",
                    cure="Give the user that runs Wirecopy the right to write to the folder.",
                ) from error
        if gone.files:
            log.info("pruned", files=len(gone.files), bytes=gone.bytes, articles=gone.articles)
        return gone
