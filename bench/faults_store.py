"""What stands in a folder, read without any of Wirecopy's own code for reading it.

The database is copied first, with its log, so that looking at it recovers nothing.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

DATABASE = "wirecopy.db"
ANSWERS = ("response", "revisit", "metadata")


@dataclass(slots=True, kw_only=True)
class Standing:
    """The rows that were committed."""

    articles: dict[str, tuple[str, str]] = field(default_factory=dict)  # (state, mode) by id
    published: set[str] = field(default_factory=set)
    revisions: dict[tuple[str, int], tuple[str, str, str]] = field(default_factory=dict)
    entries: dict[tuple[str, str], str] = field(default_factory=dict)  # guid by (feed, article)
    captures: dict[int, tuple[str, int, str]] = field(default_factory=dict)  # place, sha256 by id
    doubled: list[str] = field(default_factory=list)
    in_line: int = 0  # answers in the archive that no row names


def standing(folder: Path, database: Path | None = None) -> Standing:
    """What a folder holds at this moment; empty where no table was made yet."""
    database = database or folder / DATABASE
    with tempfile.TemporaryDirectory() as made:
        for suffix in ("", "-wal"):
            path = database.with_name(database.name + suffix)
            if path.exists():
                shutil.copy(path, made)
        copy = Path(made) / database.name
        if not copy.exists():
            return Standing()
        with closing(sqlite3.connect(copy)) as c:
            found = _rows(c) if _has_tables(c) else Standing()
    noted = {(file, offset) for file, offset, _ in found.captures.values()}
    places, _ = _archive(folder)
    found.in_line = len(places - noted)
    return found


def _has_tables(c: sqlite3.Connection) -> bool:
    asked = "SELECT count(*) FROM sqlite_master WHERE name = 'articles'"
    return bool(c.execute(asked).fetchone()[0])


def _rows(c: sqlite3.Connection) -> Standing:
    found = Standing()
    addresses: Counter[str] = Counter()
    for id, state, mode, url in c.execute("SELECT id, state, mode, url FROM articles"):
        found.articles[id] = (state, mode)
        addresses[url] += 1
        if state == "published":
            found.published.add(id)
    for article, number, kind, sha256, title in c.execute(
        "SELECT article, number, kind, sha256, title FROM revisions"
    ):
        found.revisions[article, number] = (kind, sha256, title)
    for feed, article, guid in c.execute("SELECT feed, article, guid FROM entries"):
        found.entries[feed, article] = guid
    places: Counter[tuple[str, int]] = Counter()
    for id, file, offset, sha256 in c.execute('SELECT id, file, "offset", sha256 FROM captures'):
        found.captures[id] = (file, offset, sha256)
        places[file, offset] += 1
    found.doubled = [f"{url} stands twice" for url, count in addresses.items() if count > 1]
    found.doubled += [f"{place} stands twice" for place, count in places.items() if count > 1]
    return found


def lost(before: Standing, after: Standing) -> list[str]:
    """What was acknowledged before and is not there, or not the same, afterwards."""
    problems = [f"article {id} is lost" for id in sorted(before.articles.keys() - after.articles)]
    problems += [
        f"article {id} was published and is not"
        for id in sorted(before.published - after.published)
    ]
    for name in ("revisions", "entries", "captures"):
        then, now = getattr(before, name), getattr(after, name)
        problems += [
            f"{name} {key}: {value} became {now.get(key)}"
            for key, value in then.items()
            if now.get(key) != value
        ]
    return problems


def damages(folder: Path, undisturbed: Standing) -> list[str]:
    """What differs from a run that nobody disturbed, and what warcio finds in the archive."""
    found = standing(folder)
    places, problems = _archive(folder)
    problems += found.doubled
    for name in ("articles", "entries", "revisions"):
        ours, theirs = getattr(found, name), getattr(undisturbed, name)
        problems += [
            f"{name} {key}: {ours.get(key)}, undisturbed {theirs.get(key)}"
            for key in sorted(ours.keys() | theirs.keys())
            if ours.get(key) != theirs.get(key)
        ]
    noted = {(file, offset) for file, offset, _ in found.captures.values()}
    problems += [f"{place} is archived and not in the store" for place in sorted(places - noted)]
    problems += [f"{place} is in the store and not archived" for place in sorted(noted - places)]
    return problems


def _archive(folder: Path) -> tuple[set[tuple[str, int]], list[str]]:
    """The place of every answer, read to the end by warcio, and what it complains of."""
    places: set[tuple[str, int]] = set()
    problems: list[str] = []
    for path in sorted(folder.glob("archive/*.warc.gz*")):
        name = path.name.removesuffix(".open")
        with path.open("rb") as stream:
            records = ArchiveIterator(stream, check_digests=True)
            try:
                for record in records:
                    offset = records.get_record_offset()
                    record.content_stream().read()
                    if record.digest_checker.passed is False:
                        problems.append(f"{name}, byte {offset}: another digest")
                    if record.rec_type in ANSWERS:
                        places.add((name, offset))
            except (ArchiveLoadFailed, EOFError, OSError) as error:
                problems.append(f"{name} does not read to its end: {error}")
    return places, problems
