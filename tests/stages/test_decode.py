"""Bytes to characters: what is declared, what is true, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirecopy.stages.decode import decode

META = b'<html><head><meta charset="%s"></head>'


@pytest.mark.parametrize(
    ("body", "content_type", "text", "charset"),
    [
        ("Tür".encode(), "text/html", "Tür", "utf-8"),
        ("Tür".encode(), "text/html; charset=utf-8", "Tür", "utf-8"),
        (b"T\xfcr", "text/html; charset=ISO-8859-1", "Tür", "cp1252"),
        (b"\x93T\xfcr\x94", 'text/html; charset="latin1"', "“Tür”", "cp1252"),
        (b"\x93T\xfcr\x94", "text/html", "“Tür”", "cp1252"),
        ("дверь".encode("cp1251"), "text/html;charset=windows-1251", "дверь", "cp1251"),
        ("дверь".encode("koi8-r"), "text/html; Charset='koi8-r'", "дверь", "koi8-r"),
        ("扉を開く".encode("cp932"), "text/html; charset=Shift_JIS", "扉を開く", "cp932"),
        ("扉を開く".encode("euc-jp"), "text/html; charset=EUC-JP", "扉を開く", "euc_jp"),
        ("开门".encode("gb18030"), "text/html; charset=gb2312", "开门", "gb18030"),
        ("開門".encode("big5"), "text/html; charset=big5", "開門", "big5hkscs"),
        ("문을 연다".encode("cp949"), "text/html; charset=euc-kr", "문을 연다", "cp949"),
        ("ประตู".encode("cp874"), "text/html; charset=tis-620", "ประตู", "cp874"),
        (b"\xef\xbb\xbfT\xc3\xbcr", "text/html; charset=latin1", "Tür", "utf-8"),
        (b"\xff\xfe" + "Tür".encode("utf-16-le"), "", "Tür", "utf-16-le"),
        (b"\xfe\xff" + "Tür".encode("utf-16-be"), "", "Tür", "utf-16-be"),
        ("Tür".encode("utf-16-le"), "text/html; charset=utf-16", "Tür", "utf-16-le"),
        (b"", "", "", "utf-8"),
    ],
)
def test_a_declared_charset_is_believed(
    body: bytes, content_type: str, text: str, charset: str
) -> None:
    decoded = decode(body, content_type)
    assert (text, charset) == (decoded.text, decoded.charset)


def test_meta_counts_when_the_header_is_silent() -> None:
    assert decode(META % b"windows-1250" + b"\x9akola", "text/html").text.endswith("škola")
    http_equiv = b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1250">'
    assert decode(http_equiv + b"\x9akola", "text/html").charset == "cp1250"


def test_the_header_wins_over_meta() -> None:
    assert decode(META % b"windows-1251" + b"\x9a", "text/html; charset=cp1250").charset == "cp1250"


def test_a_feeds_own_declaration_is_read() -> None:
    body = b'<?xml version="1.0" encoding="ISO-8859-2"?><rss>\xb9kola</rss>'
    assert decode(body, "application/rss+xml").text.endswith("škola</rss>")


def test_utf_8_that_calls_itself_latin_is_utf_8() -> None:
    decoded = decode("„Tür“ – naïve".encode(), "text/html; charset=iso-8859-1")
    assert (decoded.text, decoded.charset) == ("„Tür“ – naïve", "utf-8")


def test_windows_1252_that_calls_itself_utf_8_is_windows_1252() -> None:
    decoded = decode("“Tür” – naïve".encode("cp1252"), "text/html; charset=utf-8")
    assert (decoded.text, decoded.charset) == ("“Tür” – naïve", "cp1252")


def test_a_bad_byte_in_utf_8_stays_an_honest_gap() -> None:
    decoded = decode("über, ärmer, größer ".encode() + b"\xff.", "text/html; charset=utf-8")
    assert (decoded.text, decoded.charset) == ("über, ärmer, größer \ufffd.", "utf-8")


def test_utf_7_is_never_read() -> None:
    decoded = decode(b"+ADw-script+AD4-", "text/html; charset=utf-7")
    assert (decoded.text, decoded.charset) == ("+ADw-script+AD4-", "utf-8")


def test_what_is_no_charset_is_passed_over() -> None:
    for label in ("rot13", "base64", "punycode", "hex", "zlib", "undefined", "nonsense", "\u2603"):
        assert decode(b"Uryyb", f"text/html; charset={label}").text == "Uryyb"


def test_meta_cannot_ask_for_utf_16() -> None:
    assert decode(META % b"utf-16", "").charset == "utf-8"


def test_undefined_bytes_of_windows_1252_are_as_in_a_browser() -> None:
    assert decode(b"\x81\x8d\xe9", "text/html; charset=windows-1252").text == "\x81\x8dé"


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "latin1", "gbk", "utf-16", "x"]))
def test_decoding_never_fails(body: bytes, charset: str) -> None:
    decoded = decode(body, f"text/html; charset={charset}")
    assert isinstance(decoded.text, str)


def test_characters_that_can_be_kept_nowhere_are_an_honest_gap() -> None:
    assert (
        decode(b"a\x00b\x0b\x1fc\xef\xbf\xbf\t\n\x0c\r\x7f", "").text
        == "a\ufffdb\ufffd\ufffdc\ufffd\t\n\x0c\r\x7f"
    )


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cn")), max_size=300)
)
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=utf-8").text == text.removeprefix("\ufeff")


@pytest.mark.parametrize("declared", ["text/html", "text/html; charset=utf-8"])
@pytest.mark.parametrize(
    ("language", "words", "charset"),
    [
        ("ru", "Трамвай возвращается", "cp1251"),
        ("ja", "扉を開く人々", "cp932"),
        ("zh-CN", "开门的人", "gb18030"),
        ("ko", "문을 연다", "cp949"),
        ("el", "Το λιμάνι", "iso8859-7"),
        ("fr", "à côté de l’été", "cp1252"),
        ("xx", "à côté", "cp1252"),
    ],
)
def test_where_no_declaration_holds_the_pages_language_tells_the_charset(
    declared: str, language: str, words: str, charset: str
) -> None:
    page = f'<!doctype html><html class="no-js" lang="{language}"><p>{words}'
    decoded = decode(page.encode(charset), declared)
    assert (page, charset) == (decoded.text, decoded.charset)


def test_a_language_whose_charset_does_not_fit_is_not_believed() -> None:
    body = b'<html lang="ja"><p>na\xefve\xff caf\xe9'
    assert decode(body, "text/html").text.endswith("naïveÿ café")
