"""Content encodings undone within bounds: gzip, deflate (zlib and raw), br, zstd.

A body comes in whole (the fetcher bounds it on the wire) and goes out whole, or not at all. What is
bounded here is what it may become: bytes out, the ratio of bytes out to bytes on the wire, and the
number of members, so that ten megabytes cannot become ten gigabytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import brotli
import zstandard

from wirecopy.errors import BadAnswer, TooLarge

ACCEPTED = "gzip, deflate, br, zstd"
"""For Accept-Encoding: only what is undone here (RFC 9110, 12.5.3)."""

STEP = 256 * 1024  # bytes undone at a time, so that a bound is noticed early
RATIO_AFTER = 1_000_000  # bytes out before the ratio counts: a page of blanks packs well too
MEMBERS = 1000  # gzip members or zstd frames in one body
LAYERS = 2  # encodings one over the other
_ZSTD_WINDOW = (
    8 * 1024 * 1024
)  # RFC 9659, 3: what a receiver of the web has to support, and no more

_GZIP = b"\x1f\x8b\x08"  # RFC 1952, 2.3.1
_ZSTD = b"\x28\xb5\x2f\xfd"  # RFC 8878, 3.1.1


class _NotEncoded(Exception):
    """The body does not begin as its encoding does."""


class _Damaged(Exception):
    """The body began well and broke off or was spoilt."""


def undo(
    body: bytes,
    content_encoding: str,
    *,
    url: str,
    max_bytes: int,
    max_ratio: int = 100,
    cut: bool = False,
) -> bytes:
    """The body as it was before it was packed for the way (RFC 9110, 8.4).

    A body that is not packed as it claims is taken as it is, once; one that is packed in gzip and
    does not say so is unpacked. With `cut`, the first `max_bytes` are given instead of TooLarge.
    Raises TooLarge past a bound, BadAnswer for an unknown encoding or a damaged body.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name and name != "identity"]
    if len(names) > LAYERS:
        raise BadAnswer(f"The body is packed {len(names)} times over.", url=url)
    if not names and body.startswith(_GZIP):
        names = ["gzip"]
    wire = len(body)
    for name in reversed(names):
        steps = _STEPS.get(name)
        if steps is None:
            raise BadAnswer(f"The body is packed as {name!r}, which was not asked for.", url=url)
        try:
            body = _bounded(steps(body), wire, url, max_bytes, max_ratio, cut)
        except _NotEncoded:
            break  # a lying header: read once as it is
        except _Damaged as error:
            raise BadAnswer(
                f"The body was cut short or spoilt inside its {name}.", url=url
            ) from error
    if len(body) > max_bytes:
        if not cut:
            raise TooLarge(f"The body has more than {max_bytes:,} bytes.", url=url)
        body = body[:max_bytes]
    return body


def _bounded(
    steps: Iterator[bytes], wire: int, url: str, max_bytes: int, max_ratio: int, cut: bool
) -> bytes:
    out = bytearray()
    for piece in steps:
        out += piece
        if len(out) > max_bytes:
            if cut:
                break
            raise TooLarge(f"The body unpacks to more than {max_bytes:,} bytes.", url=url)
        if len(out) > RATIO_AFTER and len(out) > wire * max_ratio:
            raise TooLarge(f"The body unpacks to more than {max_ratio} times its size.", url=url)
    return bytes(out)


def _gzip(body: bytes) -> Iterator[bytes]:
    for member in range(MEMBERS):
        if not body.startswith(_GZIP):
            if member:
                return  # padding after the last member (gzip(1) ignores it too)
            raise _NotEncoded
        unpacker = zlib.decompressobj(wbits=31)
        yield from _zlib_steps(unpacker, body, first=member == 0)
        body = unpacker.unused_data
    raise _Damaged


def _deflate(body: bytes) -> Iterator[bytes]:
    # RFC 9110, 8.4.1.2: some servers send raw deflate. RFC 1950, 2.2 tells a zlib header.
    wrapped = len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
    yield from _zlib_steps(zlib.decompressobj(wbits=15 if wrapped else -15), body, first=True)


def _zlib_steps(unpacker: zlib._Decompress, body: bytes, *, first: bool) -> Iterator[bytes]:
    given = False
    rest = body
    while not unpacker.eof:
        try:
            piece = unpacker.decompress(rest, STEP)
        except zlib.error as error:
            raise (_Damaged if given or not first else _NotEncoded) from error
        rest = unpacker.unconsumed_tail
        if piece:
            given = True
            yield piece
        elif not rest and not unpacker.eof:
            raise _Damaged if body else _NotEncoded


def _brotli(body: bytes) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    given = False
    rest = body
    while not unpacker.is_finished():
        try:
            piece = unpacker.process(rest, output_buffer_limit=STEP)
        except brotli.error as error:
            raise (_Damaged if given else _NotEncoded) from error
        rest = b""
        if piece:
            given = True
            yield piece
        elif unpacker.can_accept_more_data() and not unpacker.is_finished():
            raise _Damaged if body else _NotEncoded


def _zstd(body: bytes) -> Iterator[bytes]:
    if not body.startswith(_ZSTD):
        raise _NotEncoded
    unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    start = 0
    for _ in range(MEMBERS):
        frame = unpacker.decompressobj()
        while not frame.eof:
            # The object has no bound on what it gives, so it is fed little by little: four bytes
            # make at most 128 KiB (RFC 8878, 3.1.1.2.4), 256 bytes at most 8 MiB.
            chunk = body[start : start + 256]
            start += len(chunk)
            if not chunk:
                raise _Damaged
            try:
                piece = frame.decompress(chunk)
            except zstandard.ZstdError as error:
                raise _Damaged from error
            if piece:
                yield piece
        start -= len(frame.unused_data)
        if body[start : start + 4] != _ZSTD:
            return
    raise _Damaged


_STEPS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,  # RFC 9110, 8.4.1.3
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
