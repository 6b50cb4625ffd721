"""The archive read again: after a crash, and to rebuild the store and compare."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wirecopy.archive import walk
from wirecopy.config import Settings
from wirecopy.engine import Engine
from wirecopy.engine.local import LocalEngine
from wirecopy.newsroom import open_newsroom
from wirecopy.progress import Report
from wirecopy.publishing import finish
from wirecopy.recorder import Recorder
from wirecopy.recording_stories import regroup_before
from wirecopy.store import comparing, decisions, sources
from wirecopy.store.db import Store, open_store
from wirecopy.store.decisions import Regrouping


@dataclass(slots=True)
class ReplaySummary:
    """How the rebuilt store compares with the one in use."""

    captures: int = 0
    pruned: int = 0  # captures whose bytes are gone; only what is kept whole is compared then
    rows: dict[str, int] = field(default_factory=dict)  # rebuilt rows by table
    differences: list[str] = field(default_factory=list)
    rebuilt: Path | None = None

    def __str__(self) -> str:
        counted = ", ".join(f"{count} {table}" for table, count in self.rows.items())
        if not self.differences:
            pruned = ""
            if self.pruned:
                pruned = (
                    f" {self.pruned} captures were pruned; only what is kept whole is compared."
                )
            return f"Rebuilt from {self.captures} captures, every row the same: {counted}.{pruned}"
        told = "\n".join(self.differences[:20])
        return (
            f"{told}\nRebuilt from {self.captures} captures, {len(self.differences)} rows differ. "
            f"The rebuilt store is kept at {self.rebuilt}."
        )


async def catch_up(
    recorder: Recorder, folder: Path, after: tuple[str, int] | None, report: Report
) -> int:
    """Hand the recorder what stands in the archive after a place, and wait until it is recorded.

    `recorder.run` must be running. Returns how many captures there were.
    """
    count = 0
    captures = walk(folder, after)
    while (found := await asyncio.to_thread(next, captures, None)) is not None:
        item, end = found
        await recorder.take_over(item, end)
        count += 1
        report.advanced("archive")
    await recorder.settle()
    return count


def replay(settings: Settings, report: Report) -> ReplaySummary:
    """Rebuild the store from the archive beside the one in use, and compare them row by row.

    The rebuilt one is an SQLite file in the data folder, removed when every row is the same.
    """
    path = settings.storage.folder / "replay.db"
    _remove(path)
    summary = ReplaySummary()
    with open_store(f"sqlite:///{path}") as rebuilt:
        with open_store(settings.database_url, read_only=True) as used, used.connect() as c:
            decided = [wish for wish in decisions.journal(c) if wish.place is not None]
        summary.captures = asyncio.run(_rebuild(settings, rebuilt, report, decided))
        with open_store(settings.database_url, read_only=True) as used:
            _compare(used, rebuilt, summary)
    if summary.differences:
        summary.rebuilt = path
    else:
        _remove(path)
    return summary


async def _rebuild(
    settings: Settings, store: Store, report: Report, decided: Sequence[Regrouping]
) -> int:
    engine = LocalEngine(preload=("wirecopy.pipeline",))
    try:
        return await rebuild(settings, store, engine, report, decided=decided)
    finally:
        await engine.close()


async def rebuild(
    settings: Settings,
    store: Store,
    engine: Engine,
    report: Report,
    *,
    after: tuple[str, int] | None = None,
    decided: Sequence[Regrouping] = (),
) -> int:
    """Record the archive into a store from a place on (None: its beginning); counts captures.

    What the operator `decided` takes effect again in the places where it did.
    """
    first = next(iter(walk(settings.archive_folder, None)), None)
    if first is None:
        return 0
    with store.begin() as c:
        sources.put_publishers(c, settings.publishers, first[0].at)
        room = open_newsroom(settings, c)
    room.decided.extend(decided)
    recorder = Recorder(
        store=store, folder=settings.archive_folder, keeper=None, engine=engine, room=room
    )
    report.started("archive")
    running = asyncio.create_task(recorder.run())
    reading = asyncio.create_task(catch_up(recorder, settings.archive_folder, after, report))
    try:
        await asyncio.wait({running, reading}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        count = await reading
        await recorder.close()
        await running
        with store.begin() as c:
            regroup_before(c, room, None)
            finish(c, room, last=True)
        return count
    finally:
        for task in (reading, running):
            task.cancel()
        await asyncio.gather(reading, running, return_exceptions=True)
        report.finished("archive")


def _compare(used: Store, rebuilt: Store, summary: ReplaySummary) -> None:
    """Both stores' rows by their keys, side by side; after pruning, of what is kept whole."""
    with used.connect() as ours, rebuilt.connect() as theirs:
        summary.pruned = comparing.pruned(ours)
        whole = comparing.whole(ours) if summary.pruned else set()
        for table in comparing.DERIVED:
            if summary.pruned:
                before = comparing.rows_left(ours, table, whole)
                after = comparing.rows_left(theirs, table, whole)
            else:
                before, after = comparing.rows(ours, table), comparing.rows(theirs, table)
            summary.rows[table.name] = len(after)
            for key in sorted(before.keys() | after.keys(), key=str):
                told = _difference(before.get(key), after.get(key))
                if told:
                    summary.differences.append(f"{table.name} {key}: {told}")


def _difference(old: dict[str, object] | None, new: dict[str, object] | None) -> str:
    """How a rebuilt row differs from the one in use, in words; "" when they are the same."""
    if old == new:
        return ""
    if old is None or new is None:
        return "only in the rebuilt store" if old is None else "only in the store in use"
    columns = [name for name in old if old[name] != new[name]]
    first = columns[0]
    return (
        f"{', '.join(columns)} differ "
        f"({str(old[first])[:60]!r} now, {str(new[first])[:60]!r} rebuilt)"
    )


def _remove(path: Path) -> None:
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        name.unlink(missing_ok=True)
