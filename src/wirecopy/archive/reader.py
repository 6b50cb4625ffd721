"""Reads the archive, in any process, while it is written to."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from isal import isal_zlib

from wirecopy.archive.members import DAMAGED, GZIP, Parsed, parse, parse_answer
from wirecopy.errors import ArchiveError
from wirecopy.model import Capture, Miss, Purpose, Record

Place = tuple[str, int]
"""A file of the archive and an offset in it."""

ANSWERS = ("response", "revisit", "metadata")  # not what was asked, not warcinfo
OPEN = ".open"  # behind the name of the file that is written to
_NAME = re.compile(r"wirecopy-(\d{6,})-\d{4}-\d\d-\d\d\.warc\.gz")
_NOT_DEFLATED = cast("type[Exception]", isal_zlib.error)  # its stub calls it an instance
_CHUNK = 1024 * 1024  # read at once
_PIECE = 16 * 1024  # inflated at once: what zlib does not use it copies, for each member


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFile:
    """One file of the archive."""

    name: str  # its final name
    path: Path  # as it is called now
    number: int

    @property
    def open(self) -> bool:
        """Whether it is, or was when its writer ended, still written to."""
        return self.path.name.endswith(OPEN)


def number(name: str) -> int:
    """The place of a file in the archive's order, by its name."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ArchiveError(
            f"{name!r} is no file of an archive.", cure="Look at the folder's name in the settings."
        )
    return int(found[1])


def day_of(name: str) -> str:
    """The day of a file's first item, as its name tells: "2026-11-23"."""
    return name[-len("YYYY-MM-DD.warc.gz") : -len(".warc.gz")]


def files(folder: Path) -> list[ArchiveFile]:
    """The archive's files, in its order."""
    found = []
    try:
        paths = list(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ArchiveError(
            f"The archive {folder} cannot be read: {error.strerror}.",
            cure="Give the user that runs Wirecopy the right to read it.",
        ) from error
    for path in paths:
        name = path.name.removesuffix(OPEN)
        if _NAME.fullmatch(name):
            found.append(ArchiveFile(name=name, path=path, number=number(name)))
    return sorted(found, key=lambda file: file.number)


def read_body(folder: Path, record: Record) -> bytes:
    """The body at that place, compared with its digest.

    Raises ArchiveError when it is not there (any more) or not what it was.
    """
    return read_capture(folder, record)[1]


def read_capture(folder: Path, record: Record) -> tuple[Capture | Miss, bytes]:
    """What stands at that place, with its body; for an unchanged one the original's body."""
    where = f"{record.file}, byte {record.offset}"
    parsed = _record_at(folder, record, where)
    item = _item(parsed, record, where)
    if isinstance(item, Miss):
        _compare(parsed.block, parsed.fields.get("warc-block-digest", ""), where)
        return item, b""
    body = parse_answer(parsed).body
    if parsed.kind == "revisit":
        body = parse_answer(_record_at(folder, _original(parsed), where)).body
    _compare(body, parsed.fields["warc-payload-digest"], where)
    return item, body


def walk(folder: Path, after: Place | None = None) -> Iterator[tuple[Capture | Miss, Place]]:
    """Everything behind a place, in archive order, each with the place behind it.

    Bodies are not compared with their digests here. A record that is being written, or was when
    the machine stopped, ends the walk; one that is damaged in a finished file is an ArchiveError.
    """
    for file in files(folder):
        start = 0
        if after is not None:
            if file.number < number(after[0]):
                continue
            start = after[1] if file.name == after[0] else 0
        for parsed, record in records(file, start):
            if parsed.kind in ANSWERS:
                where = f"{record.file}, byte {record.offset}"
                end = (record.file, record.offset + record.length)
                yield _item(parsed, record, where), end


def check(folder: Path) -> Iterator[tuple[Record, str]]:
    """Read every file to its end and compare every digest; each answer's place and sha256.

    A miss has the sha256 "". Raises ArchiveError at the first record that is not what it was.
    """
    for file in files(folder):
        for parsed, record in records(file):
            where = f"{record.file}, byte {record.offset}"
            _compare(parsed.block, parsed.fields.get("warc-block-digest", ""), where)
            if parsed.kind == "response":
                _compare(parse_answer(parsed).body, parsed.fields["warc-payload-digest"], where)
            elif parsed.kind == "revisit":
                read_body(folder, record)
            if parsed.kind in ANSWERS:
                digest = parsed.fields.get("warc-payload-digest", "")
                yield record, digest.removeprefix("sha256:")


def records(file: ArchiveFile, start: int = 0) -> Iterator[tuple[Parsed, Record]]:
    """Every record of a file from an offset on, of whatever kind."""
    with _opened(file.path) as stream:
        stream.seek(start)
        for raw, offset, length in members(stream, start):
            if raw is None:
                if file.open:
                    return
                raise ArchiveError(f"{file.name} is damaged at byte {offset}.", cure=DAMAGED)
            where = f"{file.name}, byte {offset}"
            yield parse(raw, where=where), Record(file=file.name, offset=offset, length=length)


def members(stream: BinaryIO, start: int) -> Iterator[tuple[bytes | None, int, int]]:
    """(content, offset, length) of each gzip member; a torn or damaged one is last, as None.

    A member is whole when zlib saw its end and its check sum held (RFC 1952, 2.3.1).
    """
    buffer = memoryview(b"")
    offset = start
    while True:
        inflate = zlib.decompressobj(wbits=31)
        parts: list[bytes] = []
        length = 0
        while not inflate.eof:
            if not buffer:
                buffer = memoryview(stream.read(_CHUNK))
            if not buffer:
                if length:
                    yield None, offset, length
                return
            piece = buffer[:_PIECE]
            try:
                parts.append(inflate.decompress(piece))
            except zlib.error:
                yield None, offset, length + len(piece)
                return
            used = len(piece) - len(inflate.unused_data)
            buffer = buffer[used:]
            length += used
        yield b"".join(parts), offset, length
        offset += length


def _item(parsed: Parsed, record: Record, where: str) -> Capture | Miss:
    purpose = Purpose(parsed.fields.get("wirecopy-purpose", ""))
    if parsed.kind == "metadata":
        told = json.loads(parsed.block)
        return Miss(
            url=told["url"],
            purpose=purpose,
            at=parsed.at,
            reason=told["reason"],
            detail=told["detail"],
            record=record,
        )
    if parsed.kind not in ("response", "revisit"):
        raise ArchiveError(f"A {parsed.kind} stands at {where}, not an answer.", cure=DAMAGED)
    answer = parse_answer(parsed)
    target = parsed.fields["warc-target-uri"]
    return Capture(
        url=parsed.fields.get("wirecopy-requested-uri", target),
        final_url=target,
        purpose=purpose,
        status=answer.status,
        headers=answer.headers,
        at=parsed.at,
        sha256=parsed.fields["warc-payload-digest"].removeprefix("sha256:"),
        size=answer.length,
        record=record,
    )


def _original(parsed: Parsed) -> Record:
    offset, length, file = parsed.fields["wirecopy-refers-to"].split(" ", 2)
    return Record(file=file, offset=int(offset), length=int(length))


def _record_at(folder: Path, record: Record, where: str) -> Parsed:
    with _found(folder, record.file) as stream:
        stream.seek(record.offset)
        packed = stream.read(record.length)
    try:
        raw = isal_zlib.decompress(packed, GZIP)  # half of zlib's time
    except _NOT_DEFLATED as error:
        raise ArchiveError(f"The record at {where} is damaged.", cure=DAMAGED) from error
    return parse(raw, where=where)


def _found(folder: Path, name: str) -> BinaryIO:
    """The file of that final name, whatever it is called now."""
    for _ in range(2):  # it may be renamed between the two looks
        for path in (folder / name, folder / (name + OPEN)):
            try:
                return path.open("rb", buffering=0)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ArchiveError(
                    f"{path} cannot be read: {error.strerror}.",
                    cure="Give the user that runs Wirecopy the right to read it.",
                ) from error
    raise ArchiveError(
        f"{name} is not in the archive {folder}.",
        cure="It was pruned, or the settings name another folder.",
    )


def _opened(path: Path) -> BinaryIO:
    return _found(path.parent, path.name.removesuffix(OPEN))


def _compare(body: bytes, digest: str, where: str) -> None:
    found = f"sha256:{hashlib.sha256(body).hexdigest()}"
    if found != digest:
        raise ArchiveError(
            f"The bytes at {where} are not those that were received: {found}, not {digest}.",
            cure=DAMAGED,
        )
