from __future__ import annotations

import contextlib
import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from wirecopy.errors import ReadError
from wirecopy.images import MOST_WIDTH, shrink


def drawn(
    kind: str, size: tuple[int, int] = (1600, 1000), mode: str = "RGB", **more: object
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 90).save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_raster_image_becomes_a_small_webp(kind: str) -> None:
    made = shrink(drawn(kind))
    with Image.open(io.BytesIO(made.body)) as found:
        assert (found.format, found.size) == ("WEBP", (960, 600))
    assert (made.width, made.height) == (MOST_WIDTH, 600)


def test_a_small_image_keeps_its_size() -> None:
    made = shrink(drawn("PNG", (300, 200)))
    assert (made.width, made.height) == (300, 200)


def test_h40_nothing_but_pixels_survives() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    body = drawn("JPEG", exif=exif, comment=b"secret comment") + b"secret tail"
    made = shrink(body)
    assert b"secret" not in made.body
    with Image.open(io.BytesIO(made.body)) as found:
        assert not found.getexif()


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = shrink(drawn("JPEG", (400, 200), exif=exif))
    assert (made.width, made.height) == (200, 400)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1"])
def test_every_kind_of_pixel_is_drawn(mode: str) -> None:
    assert shrink(drawn("PNG", (200, 200), mode)).width == 200


def test_paint_for_print_is_turned_into_light() -> None:
    assert shrink(drawn("JPEG", (200, 200), "CMYK")).width == 200


def test_the_same_bytes_give_the_same_picture() -> None:
    body = drawn("JPEG")
    assert shrink(body).body == shrink(body).body


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(5_001, 5_000), (10_000, 10_000), (60_000, 60_000)])
def test_h40_too_many_pixels_are_refused_unseen(size: tuple[int, int]) -> None:
    with pytest.raises(ReadError, match="pixels"):
        shrink(png_that_claims(*size), "http://x.example/big.png")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><title>Not found</title>",
        b"BM" + b"\0" * 200,
        drawn("JPEG")[:400],
        drawn("PNG")[:200],
        drawn("PNG", (1, 1)),
    ],
)
def test_h40_what_is_no_usable_image_is_refused_with_its_address(body: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        shrink(body, "http://x.example/image.jpg")
    assert caught.value.url == "http://x.example/image.jpg"


@given(at=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_damaged_image_is_drawn_or_refused_never_worse(at: int, byte: int) -> None:
    body = bytearray(DAMAGED)
    body[at % len(body)] = byte
    with contextlib.suppress(ReadError):
        assert shrink(bytes(body)).width > 0


DAMAGED = drawn("PNG", (80, 80))
