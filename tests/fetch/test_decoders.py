"""Encodings are undone, lies are read once as they are, and bombs do not go off."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
import zstandard

from tests.conformance.server import bomb
from wirecopy.decoders import undo
from wirecopy.errors import BadAnswer, TooLarge

TEXT = b"It rained in Tester, and nobody minded. " * 500


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(body)


def plain(body: bytes, encoding: str) -> bytes:
    return undo(body, encoding, url="http://a.example/", max_bytes=15_000_000)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstd(TEXT)),
        ("gzip, br", brotli.compress(gzip.compress(TEXT))),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT[:9000]) + gzip.compress(TEXT[9000:]) + b"\0" * 512),
        ("zstd", zstd(TEXT[:9000]) + zstd(TEXT[9000:])),
    ],
)
def test_f34_every_encoding_is_undone(encoding: str, body: bytes) -> None:
    assert plain(body, encoding) == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
def test_f35_a_body_that_is_not_encoded_is_read_as_it_is(encoding: str) -> None:
    assert plain(b"<rss version='2.0'></rss>" * 20, encoding) == b"<rss version='2.0'></rss>" * 20


def test_f35_a_gzip_that_does_not_say_so_is_unpacked_once() -> None:
    assert plain(gzip.compress(TEXT), "") == TEXT
    assert plain(gzip.compress(gzip.compress(TEXT)), "") == gzip.compress(TEXT)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(TEXT)[:-30]),
        ("deflate", zlib.compress(TEXT)[:-30]),
        ("br", brotli.compress(TEXT)[:-5]),
        ("zstd", zstd(TEXT)[:-5]),
        ("compress", TEXT),
        ("gzip, gzip, gzip", TEXT),
    ],
)
def test_a_damaged_or_unknown_body_is_a_bad_answer(encoding: str, body: bytes) -> None:
    with pytest.raises(BadAnswer):
        plain(body, encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_h24_a_bomb_stops_at_its_ratio_or_its_size(encoding: str) -> None:
    with pytest.raises(TooLarge):
        plain(bomb(encoding, 100), encoding)


def test_h24_a_nested_bomb_stops_too() -> None:
    with pytest.raises(TooLarge):
        plain(gzip.compress(bomb("gzip", 100)), "gzip, gzip")


def test_h24_a_hundred_thousand_members_are_not_opened() -> None:
    with pytest.raises(BadAnswer):
        plain(gzip.compress(b"") * 100_000, "gzip")


def test_the_ratio_counts_only_past_the_first_megabyte() -> None:
    assert len(plain(gzip.compress(bytes(900_000)), "gzip")) == 900_000


def test_a_body_may_be_cut_instead() -> None:
    cut = undo(gzip.compress(TEXT), "gzip", url="http://a.example/", max_bytes=100, cut=True)

    assert cut == TEXT[:100]
    with pytest.raises(TooLarge):
        undo(TEXT, "", url="http://a.example/", max_bytes=100)
