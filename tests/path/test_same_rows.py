"""The archive alone decides the rows: not who reads faster, how many at a time, or a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.path.conftest import Gathered
from tests.path.rebuilding import Memory, Rows, rebuilt, recorded, rows
from wirecopy import recorder
from wirecopy.engine.local import LocalEngine
from wirecopy.progress import SilentReport
from wirecopy.replay import rebuild
from wirecopy.store.db import open_store


@pytest.fixture(scope="module")
def memory() -> Memory:
    return Memory()


@pytest.fixture(scope="module")
def in_use(gathered: Gathered) -> Rows:
    """The rows that gathering itself left, with as many workers as this machine has."""
    with open_store(gathered.settings.database_url, read_only=True) as store:
        return rows(store)


def assert_same(found: Rows, expected: Rows) -> None:
    for table, wanted in expected.items():
        assert found[table].keys() == wanted.keys(), table
        for key, row in wanted.items():
            assert found[table][key] == row, f"{table} {key}"


def test_one_worker_leaves_the_rows_of_many(
    gathered: Gathered, in_use: Rows, tmp_path: Path
) -> None:
    async def with_one_worker() -> Rows:
        engine = LocalEngine(workers=1, preload=("wirecopy.pipeline",))
        with open_store(f"sqlite:///{tmp_path / 'one.db'}") as store:
            try:
                await rebuild(gathered.settings, store, engine, SilentReport())
            finally:
                await engine.close()
            return rows(store)

    assert_same(asyncio.run(with_one_worker()), in_use)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_in_which_readers_finish_changes_nothing(
    gathered: Gathered, in_use: Rows, memory: Memory, tmp_path: Path, seed: int
) -> None:
    assert_same(rebuilt(gathered.settings, tmp_path / "raced.db", memory, seed=seed), in_use)


@pytest.mark.parametrize("items", [1, 7, 100])
def test_the_size_of_a_batch_changes_nothing(
    gathered: Gathered,
    in_use: Rows,
    memory: Memory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    items: int,
) -> None:
    monkeypatch.setattr(recorder, "BATCH_ITEMS", items)
    assert_same(rebuilt(gathered.settings, tmp_path / "batches.db", memory), in_use)


def test_recording_everything_twice_leaves_the_rows_of_once(
    gathered: Gathered, in_use: Rows, memory: Memory, tmp_path: Path
) -> None:
    assert_same(recorded(gathered.settings, tmp_path / "twice.db", memory, times=2), in_use)


@pytest.mark.parametrize("every", [4, 37])
def test_a_restart_decides_as_if_there_had_been_none(
    gathered: Gathered, in_use: Rows, memory: Memory, tmp_path: Path, every: int
) -> None:
    captures = len(in_use["captures"])
    cuts = frozenset(range(every, captures, every))
    found = recorded(gathered.settings, tmp_path / "cut.db", memory, restart_at=cuts)
    assert_same(found, in_use)
