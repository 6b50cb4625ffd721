"""Pruning: old bytes and the words read from them go together; headline, address, sha256 stay.

Only whole finished files of the archive go, oldest first, and never the newest. The store forgets
first and is committed, then the files are unlinked: a stop in between leaves bytes without words,
which the next pruning removes, and never words that no bytes prove.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from wirecopy.errors import StoreError
from wirecopy.model import ArticleId, Found, Mode, Proof, Reason
from wirecopy.store import search, serial
from wirecopy.store.db import Store
from wirecopy.store.schema import (
    articles,
    captures,
    citations,
    cursor,
    entries,
    families,
    features,
    image_queue,
    page_queue,
    quotes,
    revisions,
)

PRUNED = Reason(
    signal="pruned",
    mode=Mode.LINK,
    words="The archived page and its words were deleted together when they grew old.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What went."""

    files: tuple[str, ...] = ()  # of the archive, by their final names
    bytes: int = 0
    articles: int = 0  # whose words went
    images: tuple[str, ...] = ()  # our small files that no article shows any more


def prune(
    store: Store, folder: Path, *, before: datetime | None = None, limit_bytes: int | None = None
) -> Pruned:
    """Delete what is older than `before`, and the oldest until all fits into `limit_bytes`.

    The limit holds for the archive and an SQLite database together. Call it where nothing else
    writes to the store.
    """
    with store.begin() as c:
        names = due(c, folder, before=before, limit_bytes=limit_bytes)
        done = forget(c, names) if names else Pruned()
    with store.connect() as c:
        gone = forgotten(c, folder)
    size = remove(folder, gone)
    return Pruned(files=tuple(gone), bytes=size, articles=done.articles, images=done.images)


def due(
    c: Connection, folder: Path, *, before: datetime | None = None, limit_bytes: int | None = None
) -> list[str]:
    """The finished files to prune, oldest first: read into the store, and older than the newest."""
    place = c.execute(select(cursor.c.file)).scalar()
    finished = [path for path in _finished(folder) if place is not None and path.name < place]
    latest = {
        row.file: row.latest
        for row in c.execute(
            select(captures.c.file, func.max(captures.c.at).label("latest"))
            .where(~captures.c.pruned)
            .group_by(captures.c.file)
        )
    }
    chosen = []
    used = _used(c, folder) if limit_bytes is not None else 0
    for path in finished:
        newest = latest.get(path.name)
        old = before is not None and (newest is None or newest < before)
        full = limit_bytes is not None and used > limit_bytes
        if not (old or full):
            break  # files are in the order of time
        chosen.append(path.name)
        used -= path.stat().st_size
    return chosen


def _finished(folder: Path) -> list[Path]:
    return sorted(folder.glob("wirecopy-*.warc.gz"))


def _used(c: Connection, folder: Path) -> int:
    archived = sum(path.stat().st_size for path in folder.glob("wirecopy-*.warc.gz*"))
    if c.dialect.name != "sqlite":
        return archived
    pages = c.execute(
        text("SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count")
    ).scalar_one()
    size = c.execute(text("SELECT page_size FROM pragma_page_size")).scalar_one()
    return archived + int(pages) * int(size)


# ---------------------------------------------------------------- the store's side


def forget(c: Connection, names: Sequence[str]) -> Pruned:
    """Forget every word that was read from these files."""
    c.execute(update(captures).where(captures.c.file.in_(names)).values(pruned=True))
    old = select(captures.c.id).where(captures.c.file.in_(names))
    c.execute(update(entries).where(entries.c.capture.in_(old)).values(summary=""))
    _empty_revisions(c, names)
    latest = (
        select(articles.c.id, articles.c.mode, articles.c.reasons, articles.c.image)
        .join(revisions, revisions.c.article == articles.c.id)
        .where(revisions.c.number == articles.c.revision, revisions.c.capture.in_(old))
        .order_by(articles.c.position)
    )
    rows = c.execute(latest).all()
    ids = [ArticleId(row.id) for row in rows]
    if rows:
        c.execute(
            _EMPTY_ARTICLE,
            [
                {
                    "wanted": row.id,
                    "mode": min(Mode(row.mode), Mode.LINK, key=lambda mode: mode.rank).value,
                    "reasons": _with_pruned(row.reasons),
                }
                for row in rows
            ],
        )
        for statement in _DROPS:
            c.execute(statement, [{"wanted": id} for id in ids])
        search.forget(c, ids)
    images = {serial.image_of(row.image).file for row in rows if row.image} - {""}
    return Pruned(files=tuple(names), articles=len(ids), images=_unused(c, images))


def _empty_revisions(c: Connection, names: Sequence[str]) -> None:
    old = select(captures.c.id).where(captures.c.file.in_(names))
    rows = c.execute(
        select(revisions.c.article, revisions.c.number, revisions.c.title).where(
            revisions.c.capture.in_(old)
        )
    ).all()
    if rows:
        c.execute(
            _EMPTY_REVISION,
            [
                {"wanted": row.article, "of": row.number, "proof": _no_proof(row.title)}
                for row in rows
            ],
        )


def _no_proof(title: str) -> dict[str, object]:
    nowhere = Found(text=title, where="pruned", spans=())
    return serial.proof_json(Proof(charset="", title=nowhere, authors=(), blocks=()))


def _with_pruned(reasons: object) -> list[dict[str, object]]:
    kept = tuple(reason for reason in serial.reasons_of(reasons) if reason != PRUNED)
    return serial.reasons_json((*kept, PRUNED))


def _unused(c: Connection, images: set[str]) -> tuple[str, ...]:
    """Those of the images that no article names any more: two may share one."""
    if not images:
        return ()
    for row in c.execute(select(articles.c.image).where(articles.c.image.is_not(None))):
        images.discard(serial.image_of(row.image).file)
    return tuple(sorted(images))


_EMPTY_REVISION = (
    update(revisions)
    .where(revisions.c.article == bindparam("wanted"), revisions.c.number == bindparam("of"))
    .values(text="", blocks=[], authors=[])
)
_EMPTY_ARTICLE = (
    update(articles)
    .where(articles.c.id == bindparam("wanted"))
    .values(lead="", words=0, authors=[], image=None)
)
_DROPS = (
    delete(quotes).where(quotes.c.article == bindparam("wanted")),
    delete(citations).where(citations.c.article == bindparam("wanted")),
    delete(families).where(families.c.article == bindparam("wanted")),
    delete(features).where(features.c.article == bindparam("wanted")),
    # not asked again: the words would come back as if the publisher had changed them
    update(page_queue).where(page_queue.c.article == bindparam("wanted")).values(due_at=None),
    update(image_queue).where(image_queue.c.article == bindparam("wanted")).values(due_at=None),
)


# ---------------------------------------------------------------- the files


def forgotten(c: Connection, folder: Path) -> list[str]:
    """The files that are still there and of which the store has forgotten every word."""
    kept = set(c.execute(select(captures.c.file).where(~captures.c.pruned).distinct()).scalars())
    pruned = set(c.execute(select(captures.c.file).where(captures.c.pruned).distinct()).scalars())
    return [path.name for path in _finished(folder) if path.name in pruned - kept]


def remove(folder: Path, names: Sequence[str]) -> int:
    """Unlink files of the archive, once the store's forgetting was committed; bytes freed."""
    freed = 0
    for name in names:
        path = folder / name
        try:
            freed += path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreError(
                f"{path} cannot be deleted: {error.strerror}.",
                cure="Give the user that runs Wirecopy the right to write to the folder.",
            ) from error
    return freed
