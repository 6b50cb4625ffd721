"""Appends to the archive: one writer, whole members only.

A member is built in memory and appended by one write, so that a killed writer leaves no torn file
(15 of 15 kills; streamed members were torn in 11 of 15). What a lost power supply may tear is cut
at the next start. Nothing is acknowledged before `sync`.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import threading
import zlib
from collections import OrderedDict
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from wirecopy.archive import members
from wirecopy.archive.members import DAMAGED, Original
from wirecopy.archive.reader import OPEN, ArchiveFile, Place, day_of, files, number
from wirecopy.archive.reader import members as whole_members
from wirecopy.errors import ArchiveError
from wirecopy.model import Capture, Miss, Record, Response

LOCK = "archive.lock"
GZIP = b"\x1f\x8b\x08"  # how a member begins (RFC 1952, 2.3.1)
REMEMBERED = 20_000  # bodies that an unchanged answer can refer to; 12 MB


class Archive:
    """The one writer of an archive. `keep` appends, `sync` makes durable what was appended.

    A file is finished when it is full, and at the first item of another day, so that pruning by
    age, which takes whole files, keeps no words much longer than it was told to.

    `keep` and `sync` may be called from two threads. Raises ArchiveError when another writer holds
    the folder, when it cannot be written, and when the disk is full: then nothing is half-written.
    """

    def __init__(self, folder: Path, *, rotate_bytes: int = 1_000_000_000, software: str) -> None:
        self._folder = folder
        self._rotate_bytes = rotate_bytes
        self._software = software
        self._guard = threading.Lock()
        self._seen: OrderedDict[str, Original] = OrderedDict()
        self._fd = -1
        self._name = ""
        self._end = 0
        self._synced: Place | None = None
        self._lock = _Lock(folder)
        try:
            _cut(folder, self._lock, None)
            self._last = _last_number(folder, self._lock)
            self._reopen()
        except BaseException:
            self._lock.release()
            raise

    def keep(self, item: Response | Miss) -> Capture | Miss:
        """Append it: request and answer, or the miss. Other processes can read it at once."""
        with self._guard:
            self._make_room(item.at)
            if isinstance(item, Miss):
                return self._keep_miss(item)
            return self._keep_response(item)

    def end(self) -> Place:
        """Where the next member goes; ("", 0) in an archive without a file."""
        return self._name, self._end

    def sync(self) -> None:
        """Return when everything kept so far would outlive a loss of power."""
        with self._guard:
            place = self.end()
            if self._fd < 0 or place == self._synced:
                return
            fd = os.dup(self._fd)  # `keep` goes on meanwhile, and may close the file
        try:
            os.fdatasync(fd)
        except OSError as error:
            raise _told(self._folder, error) from error
        finally:
            os.close(fd)
        self._synced = place
        self._lock.mark(place)

    def close(self) -> None:
        """Make durable what was kept and let another writer have the folder."""
        if self._lock.held:
            self.sync()
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1
            self._lock.release()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------ records

    def _keep_miss(self, item: Miss) -> Miss:
        member = members.miss(item)
        offset = self._append(member)
        record = Record(file=self._name, offset=offset, length=len(member))
        return Miss(
            url=item.url,
            purpose=item.purpose,
            at=item.at,
            reason=item.reason,
            detail=item.detail,
            record=record,
        )

    def _keep_response(self, answer: Response) -> Capture:
        sha256 = hashlib.sha256(answer.body).hexdigest()
        before = self._seen.get(answer.final_url) if answer.body else None
        same_as = before if before is not None and before.sha256 == sha256 else None
        id = members.new_id()
        asked = members.request(answer, of=id)
        answered = members.response(answer, id=id, sha256=sha256, same_as=same_as)
        offset = self._append(asked + answered) + len(asked)
        record = Record(file=self._name, offset=offset, length=len(answered))
        if same_as is None and answer.body:
            self._remember(answer, id, sha256, record)
        return Capture(
            url=answer.url,
            final_url=answer.final_url,
            purpose=answer.purpose,
            status=answer.status,
            headers=tuple(
                (members.line(name), members.line(value)) for name, value in answer.headers
            ),
            at=answer.at,
            sha256=sha256,
            size=len(answer.body),
            record=record,
        )

    def _remember(self, answer: Response, id: str, sha256: str, record: Record) -> None:
        target = answer.final_url
        self._seen[target] = Original(id, sha256, target, members.date(answer.at), record)
        self._seen.move_to_end(target)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    # ------------------------------------------------------------ files

    def _reopen(self) -> None:
        """Go on with the file that was open when the last writer ended."""
        unfinished = [file for file in files(self._folder) if file.open]
        for file in unfinished[:-1]:
            _finish(file.path)
        if unfinished:
            self._open(unfinished[-1].name)

    def _make_room(self, at: datetime) -> None:
        day = f"{at:%Y-%m-%d}"
        if self._fd >= 0 and (self._end >= self._rotate_bytes or day > day_of(self._name)):
            self._rotate()
        if self._fd < 0:
            self._last += 1
            self._open(f"wirecopy-{self._last:06d}-{day}.warc.gz")
        if self._end == 0:
            self._append(members.info(filename=self._name, software=self._software, at=at))

    def _rotate(self) -> None:
        try:
            os.fdatasync(self._fd)
        except OSError as error:
            raise _told(self._folder, error) from error
        os.close(self._fd)
        self._fd = -1
        _finish(self._folder / (self._name + OPEN))
        # A body is only ever referred to inside its own file, so that each file stands alone and
        # can be pruned alone.
        self._seen.clear()

    def _open(self, name: str) -> None:
        path = self._folder / (name + OPEN)
        try:
            self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            self._end = os.fstat(self._fd).st_size
            _sync_folder(self._folder)
        except OSError as error:
            raise _told(self._folder, error) from error
        self._name = name

    def _append(self, data: bytes) -> int:
        """Append all of it or nothing; the offset it stands at."""
        start = self._end
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, start)
            raise _told(self._folder, error) from error
        self._end = start + len(data)
        return start


def recover(folder: Path, after: Place | None = None) -> int:
    """Cut what a stopped machine left torn at the archive's end; how many bytes were cut.

    `after` is how far the store has followed: what is before it is not looked at again. Raises
    ArchiveError when the archive ends before it: it is not the one that the store knows.
    """
    if not folder.exists() and after is None:
        return 0
    lock = _Lock(folder)
    try:
        return _cut(folder, lock, after)
    finally:
        lock.release()


def _cut(folder: Path, lock: _Lock, after: Place | None) -> int:
    known = files(folder)
    if after is not None:
        _must_reach(folder, known, after)
    cut = 0
    for file in known:
        if file.open:
            places = (after, lock.marked())
            start = max((at for name, at in filter(None, places) if name == file.name), default=0)
            whole, gone = _cut_file(file, start)
            lock.mark((file.name, whole))
            cut += gone
    return cut


def _must_reach(folder: Path, known: list[ArchiveFile], after: Place) -> None:
    newest = known[-1] if known else None
    short = next(
        (f for f in known if f.name == after[0] and f.path.stat().st_size < after[1]), None
    )
    if newest is None or newest.number < number(after[0]) or short is not None:
        raise ArchiveError(
            f"The archive {folder} ends before {after[0]}, byte {after[1]}, where the database "
            "has read on to.",
            cure="Name the folder that belongs to this database, or fill a new one: "
            "wirecopy replay.",
        )


def _cut_file(file: ArchiveFile, start: int) -> tuple[int, int]:
    """Cut a file behind its last whole record; a request whose answer is missing goes too.

    Bytes that were acknowledged are never cut: what stands before `start` is not looked at, and
    where that is not known and records follow the damage, it is an ArchiveError.
    """
    size = file.path.stat().st_size
    if start > size:
        start = 0
    whole = start
    with file.path.open("rb") as stream:
        stream.seek(start)
        for raw, offset, length in whole_members(stream, start):
            if raw is None:
                if start == 0 and _records_follow(stream, offset):
                    raise ArchiveError(f"{file.name} is damaged at byte {offset}.", cure=DAMAGED)
                break
            if b"\r\nWARC-Type: request\r\n" not in raw[:100]:
                whole = offset + length
    try:
        with file.path.open("r+b") as stream:
            if whole < size:
                stream.truncate(whole)
            os.fsync(stream.fileno())  # a stopped writer's last bytes may be in memory only
    except OSError as error:
        raise _told(file.path.parent, error) from error
    return whole, size - whole


def _records_follow(stream: BinaryIO, damaged: int) -> bool:
    """Whether a record begins anywhere behind a damaged one."""
    stream.seek(damaged + 1)
    rest = stream.read()
    at = rest.find(GZIP)
    while at >= 0:
        with contextlib.suppress(zlib.error):
            if (
                zlib.decompressobj(wbits=31)
                .decompress(rest[at : at + 512], 8)
                .startswith(b"WARC/1.")
            ):
                return True
        at = rest.find(GZIP, at + 1)
    return False


def _last_number(folder: Path, lock: _Lock) -> int:
    """The highest number given to a file, also when that file was pruned since."""
    marked = lock.marked()
    numbers = [file.number for file in files(folder)]
    return max([*numbers, number(marked[0]) if marked else 0])


def _finish(path: Path) -> None:
    try:
        os.rename(path, path.with_name(path.name.removesuffix(OPEN)))
        _sync_folder(path.parent)
    except OSError as error:
        raise _told(path.parent, error) from error


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class _Lock:
    """Keeps a second writer out, and remembers up to where the archive is known to be whole."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _told(folder, error) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._fd)
            raise ArchiveError(
                f"Another gatherer writes to the archive {folder}.",
                cure="Stop it first, or give this one a folder of its own.",
            ) from error
        self.held = True

    def mark(self, place: Place) -> None:
        """Note that everything before the place is whole and durable."""
        line = f"{place[1]} {place[0]}\n".encode().ljust(80)
        with contextlib.suppress(OSError):  # only a shortcut for the next start
            os.pwrite(self._fd, line, 0)

    def marked(self) -> Place | None:
        found = os.pread(self._fd, 80, 0).decode("ascii", "replace").split()
        if len(found) != 2 or not found[0].isdigit():
            return None
        try:
            number(found[1])
        except ArchiveError:
            return None
        return found[1], int(found[0])

    def release(self) -> None:
        if self.held:
            self.held = False
            os.close(self._fd)


def _told(folder: Path, error: OSError) -> ArchiveError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ArchiveError(
            f"The archive {folder} cannot grow: the disk is full.",
            cure="Free some space, or set disk_limit_gb, then start again.",
        )
    if error.errno == errno.EFBIG:
        return ArchiveError(
            f"The archive {folder} cannot grow: this user may not write files so large.",
            cure="Raise the limit (ulimit -f), then start again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ArchiveError(
            f"The archive {folder} cannot be written: the folder is read-only.",
            cure="Give the user that runs Wirecopy the right to write there.",
        )
    return ArchiveError(
        f"The archive {folder} cannot be written: {error.strerror or error}.",
        cure="Look at the disk, then start again.",
    )
