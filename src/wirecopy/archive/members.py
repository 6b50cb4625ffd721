"""WARC records as bytes: written as gzip members, and taken apart again.

Bodies arrive with their content encoding undone. A record must be a valid HTTP message all the
same, so the headers that told of the bytes on the wire are moved aside as `X-Archive-Orig-*`
(warcio's convention), and a `Content-Length` that is true is added; reading undoes both.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from isal import isal_zlib

from wirecopy.errors import ArchiveError
from wirecopy.model import Miss, Record, Response

LEVEL = 3
"""Of ISA-L's deflate, its best. 150 real pages of 227 KB: .53 ms and 47,702 bytes a page, level 2
.27 ms and 49,568; zlib's level 5 took 2.2 ms and 43,229, zlib-ng's 1.3 ms and 43,105."""

GZIP = 31  # window of 32 KiB, header and check sum of RFC 1952
REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"  # WARC 1.1, 6.7.2

_ASIDE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_PREFIX = "X-Archive-Orig-"

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Original:
    """A body that stands in the archive already, for a revisit to refer to."""

    id: str
    sha256: str
    target: str
    date: str
    record: Record


def new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def date(at: datetime) -> str:
    """WARC-Date with microseconds (WARC 1.1, 5.4)."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


# ---------------------------------------------------------------- written


def info(*, filename: str, software: str, at: datetime) -> bytes:
    """The first record of every file: who wrote it, in what form."""
    block = (
        f"software: {line(software)}\r\n"
        "format: WARC File Format 1.1\r\n"
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/"
        "warc-1.1/\r\n"
        "robots: obey\r\n"
    ).encode()
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", new_id()),
        ("WARC-Date", date(at)),
        ("WARC-Filename", filename),
        ("Content-Type", "application/warc-fields"),
    ]
    return _member(fields, block)


def request(response: Response, *, of: str) -> bytes:
    """What was asked, beside the record `of` that answers it."""
    fields = [
        ("WARC-Type", "request"),
        ("WARC-Record-ID", new_id()),
        ("WARC-Date", date(response.at)),
        ("WARC-Target-URI", response.final_url),
        ("WARC-Concurrent-To", of),
        ("Content-Type", "application/http;msgtype=request"),
    ]
    parts = urlsplit(response.final_url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = list(response.request_headers)
    if not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", parts.netloc.rpartition("@")[2]))
    return _member(fields, _head(f"GET {target} HTTP/1.1", headers))


def response(answer: Response, *, id: str, sha256: str, same_as: Original | None = None) -> bytes:
    """An answer; where its body is the original's, only its headers (a revisit record)."""
    fields = [
        ("WARC-Type", "response" if same_as is None else "revisit"),
        ("WARC-Record-ID", id),
        ("WARC-Date", date(answer.at)),
        ("WARC-Target-URI", answer.final_url),
        ("WARC-Payload-Digest", f"sha256:{sha256}"),
        ("Content-Type", "application/http;msgtype=response"),
        ("Wirecopy-Purpose", answer.purpose.value),
    ]
    if answer.ip:
        fields.append(("WARC-IP-Address", answer.ip))
    if answer.url != answer.final_url:
        fields.append(("Wirecopy-Requested-URI", answer.url))
    if answer.redirects:
        fields.append(("Wirecopy-Redirects", json.dumps(answer.redirects)))
    if same_as is not None:
        where = same_as.record
        fields += [
            ("WARC-Profile", REVISIT),
            ("WARC-Refers-To", same_as.id),
            ("WARC-Refers-To-Target-URI", same_as.target),
            ("WARC-Refers-To-Date", same_as.date),
            ("Wirecopy-Refers-To", f"{where.offset} {where.length} {where.file}"),
        ]
    head = _head(_status_line(answer), _stored(answer.headers, len(answer.body)))
    return _member(fields, head, b"" if same_as is not None else answer.body)


def miss(item: Miss) -> bytes:
    """That something was not got, and why."""
    block = json.dumps({"url": item.url, "reason": item.reason, "detail": item.detail}).encode()
    fields = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", new_id()),
        ("WARC-Date", date(item.at)),
        ("WARC-Target-URI", item.url),
        ("Content-Type", "application/json"),
        ("Wirecopy-Purpose", item.purpose.value),
    ]
    return _member(fields, block)


def _status_line(answer: Response) -> str:
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/{answer.http_version} {answer.status} {phrase}"


def _stored(headers: tuple[tuple[str, str], ...], length: int) -> Fields:
    kept = [(_PREFIX + name if name.lower() in _ASIDE else name, value) for name, value in headers]
    return [*kept, ("Content-Length", str(length))]


def _head(first: str, headers: Fields) -> bytes:
    lines = [line(first), *(f"{line(name)}: {line(value)}" for name, value in headers)]
    return _encoded("\r\n".join(lines) + "\r\n\r\n")


def _member(fields: Fields, *block: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in block:
        digest.update(part)
    everything = [
        *fields,
        ("WARC-Block-Digest", f"sha256:{digest.hexdigest()}"),
        ("Content-Length", str(sum(map(len, block)))),
    ]
    whole = b"".join((_head("WARC/1.1", everything), *block, b"\r\n\r\n"))
    # A gzip member a record: without it there is no reading by offset, and warcio refuses it.
    return bytes(isal_zlib.compress(whole, LEVEL, GZIP))


def line(words: str) -> str:
    """The words as one line of a header: no value may start another header."""
    if words.isprintable() and words[:1] != " " != words[-1:]:
        return words  # nearly all
    return words.replace("\r", " ").replace("\n", " ").strip(" \t")


def _encoded(words: str) -> bytes:
    """UTF-8, with bytes that were never text as they came (PEP 383)."""
    try:
        return words.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return words.encode("utf-8", "replace")


# ---------------------------------------------------------------- read


@dataclass(frozen=True, slots=True)
class Parsed:
    """A record taken apart."""

    kind: str  # WARC-Type
    fields: dict[str, str]  # names in lower case
    block: bytes

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.fields["warc-date"])


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer taken apart, its headers as they were received."""

    status: int
    headers: tuple[tuple[str, str], ...]
    length: int  # of the body, also where the body stands elsewhere
    body: bytes


def parse(raw: bytes, *, where: str) -> Parsed:
    """Take a whole record apart. Raises ArchiveError when it is none, or of another length."""
    end = raw.find(b"\r\n\r\n")
    first, *lines = raw[:end].decode("utf-8", "surrogateescape").split("\r\n")
    fields = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip(" \t")
    if end < 0 or not first.startswith("WARC/1.") or "warc-type" not in fields:
        raise ArchiveError(f"No record stands at {where}.", cure=DAMAGED)
    start = end + 4
    length = int(fields.get("content-length", "-1"))
    if len(raw) != start + length + 4 or not raw.endswith(b"\r\n\r\n"):
        raise ArchiveError(f"The record at {where} has not the length it tells.", cure=DAMAGED)
    return Parsed(kind=fields["warc-type"], fields=fields, block=raw[start : start + length])


DAMAGED = "Restore the file from a copy, or move it away: its articles can then not be verified."


def parse_answer(record: Parsed) -> Answer:
    """The HTTP message of a response or revisit record."""
    end = record.block.find(b"\r\n\r\n")
    first, *lines = record.block[:end].decode("utf-8", "surrogateescape").split("\r\n")
    headers = []
    for line in lines:
        name, _, value = line.partition(":")
        headers.append((name, value.strip(" \t")))
    _, length = headers.pop()  # the Content-Length that `_stored` added
    return Answer(
        status=int(first.split(" ")[1]),
        headers=tuple((_as_received(name), value) for name, value in headers),
        length=int(length),
        body=record.block[end + 4 :],
    )


def _as_received(name: str) -> str:
    bare = name.removeprefix(_PREFIX)
    return bare if bare.lower() in _ASIDE else name
