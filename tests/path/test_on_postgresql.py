"""The same path on PostgreSQL: the same archive gives the same newspaper."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bench.postgresql import PostgreSQL
from tests.path.conftest import Gathered
from tests.path.rebuilding import Memory, RacingEngine, Rows, rows
from wirecopy.config import Storage
from wirecopy.progress import SilentReport
from wirecopy.replay import rebuild, replay
from wirecopy.store.db import open_store
from wirecopy.verifying import verify_published


@pytest.mark.postgresql
def test_an_archive_gives_the_same_rows_on_both_databases(
    gathered: Gathered, postgresql: PostgreSQL, tmp_path: Path
) -> None:
    url = postgresql.make_database()
    settings = replace(
        gathered.copy(tmp_path / "copy"),
        storage=Storage(folder=tmp_path / "copy", database_url=url),
    )
    try:
        with open_store(url) as store:
            asyncio.run(rebuild(settings, store, RacingEngine(Memory(), 1), SilentReport()))
            on_postgresql = rows(store)

        assert on_postgresql == _in_use(gathered)
        assert replay(settings, SilentReport()).differences == []
        assert verify_published(settings, None, SilentReport()).problems == []
    finally:
        postgresql.drop_database(url)


def _in_use(gathered: Gathered) -> Rows:
    with open_store(gathered.settings.database_url, read_only=True) as store:
        return rows(store)
