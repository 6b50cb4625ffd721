"""Bytes to characters, as a browser would, and with the charset named."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

# Browsers read these labels as a larger charset (WHATWG Encoding, 4.2).
_LARGER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "johab": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
_LABELS = {
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-x-big5": "big5hkscs",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "unicode": "utf-16-le",
    "iso-8859-8-i": "iso8859-8",
    "ks_c_5601-1987": "cp949",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "windows-874": "cp874",
}
# What Python knows beyond this list is never taken from a page: utf-7 hides markup, the rest
# (rot13, base64, punycode, idna...) are no charsets at all.
_ALLOWED = frozenset(
    {
        "utf-8",
        "utf-16-le",
        "utf-16-be",
        "cp866",
        "cp874",
        "cp932",
        "cp949",
        "gb18030",
        "big5hkscs",
        "euc_jp",
        "iso2022_jp",
        "koi8-r",
        "koi8-u",
        "mac-roman",
        "mac-cyrillic",
        *(f"cp{n}" for n in range(1250, 1259)),
        *(f"iso8859-{n}" for n in (*range(2, 9), 10, *range(13, 17))),
    }
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_META = re.compile(rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE)
_HEAD_BYTES = 4096  # the standard asks for 1,024; publishers put long scripts before the meta

# Python leaves five bytes of windows-1252 undefined; browsers give the control characters
# (WHATWG Encoding, index windows-1252).
_CP1252 = "".join(
    bytes([byte]).decode("cp1252", "ignore") or chr(byte)  # one character for each byte
    for byte in range(256)
)
_UNFIT = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")  # XML 1.0, 2.2; NUL in PostgreSQL
_CONTROLS = bytes({*range(32)} - set(b"\t\n\f\r"))
# What a page was written in when no charset that it declares holds, by its language (HTML,
# 13.2.3.2, defaults by locale). All other languages: windows-1252.
_BY_LANGUAGE = {
    "ar": "cp1256", "az": "cp1254", "ba": "cp1251", "be": "cp1251", "bg": "cp1251", "cs": "cp1250",
    "el": "iso8859-7", "et": "cp1257", "fa": "cp1256", "he": "cp1255", "hr": "cp1250",
    "hu": "iso8859-2", "ja": "cp932", "kk": "cp1251", "ko": "cp949", "ku": "cp1254", "ky": "cp1251",
    "lt": "cp1257", "lv": "cp1257", "mk": "cp1251", "pl": "iso8859-2", "ru": "cp1251",
    "sah": "cp1251", "sk": "cp1250", "sl": "iso8859-2", "sr": "cp1251", "tg": "cp1251",
    "th": "cp874", "tr": "cp1254", "tt": "cp1251", "uk": "cp1251", "vi": "cp1258", "zh": "gb18030",
}  # fmt: skip
_LANGUAGE = re.compile(rb"""<html\s[^>]*?\blang\s*=\s*["']?\s*([a-z]{2,3})\b""", re.IGNORECASE)
_HIGH = re.compile(r"[^\x00-\x7f\ufffd]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A page's characters and the charset that gave them, by Python's name."""

    text: str
    charset: str


def decode(body: bytes, content_type: str) -> Decoded:
    """Characters of a page: byte order mark, header, meta or XML declaration, UTF-8, and last the
    old charset of the page's language (`<html lang>`): windows-1252 for most.

    Never fails: bytes that the charset does not know become U+FFFD, and so do control characters
    that neither XML nor a database can hold. A declared charset is left only when the bytes refute
    it: words in another charset that are without exception valid UTF-8, or "UTF-8" of which most
    sequences are not.
    """
    text, charset = _decode(body, content_type)
    # Counting bytes first is ten times cheaper than reading every character.
    controls = len(body) != len(body.translate(None, _CONTROLS))
    if controls or "\ufffe" in text or "\uffff" in text:
        text = _UNFIT.sub("\ufffd", text)
    return Decoded(text=text, charset=charset)


def _decode(body: bytes, content_type: str) -> tuple[str, str]:
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace"), charset
    declared = _declared(body, content_type)
    if declared.startswith("utf-16"):
        return body.decode(declared, "replace"), declared
    try:
        # An accident is next to impossible: a page saved or served as UTF-8 whose old declaration
        # stayed (6 of 746 real pages), which is mojibake if the declaration is believed.
        if declared in ("", "utf-8") or not (body.isascii() or declared == "iso2022_jp"):
            return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if declared == "utf-8":
        return _broken_utf8(body)
    if not declared:
        return _undeclared(body)
    if declared == "cp1252":
        return _cp1252(body), "cp1252"
    return body.decode(declared, "replace"), declared


def _declared(body: bytes, content_type: str) -> str:
    """Python's name of the declared charset, "" when none or none we believe."""
    said = _HEADER.search(content_type)
    if said and (charset := _codec(said[1])):
        return charset
    head = body[:_HEAD_BYTES]
    inside = _XML.match(head) or _META.search(head)
    charset = _codec(inside[1].decode("ascii", "replace")) if inside else ""
    # What could be read as ASCII is not UTF-16 (HTML, 13.2.3.2).
    return "utf-8" if charset.startswith("utf-16") else charset


def _codec(label: str) -> str:
    label = label.strip().lower()
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
    except (LookupError, ValueError):
        return ""
    name = _LARGER.get(name, name)
    return name if name in _ALLOWED else ""


def _broken_utf8(body: bytes) -> tuple[str, str]:
    """Bytes that say UTF-8 and are not: a few bad sequences, or another charset all along."""
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") > len(_HIGH.findall(text)):
        return _undeclared(body)
    return text, "utf-8"


def _undeclared(body: bytes) -> tuple[str, str]:
    """Bytes without a charset that holds; where the language's does not fit, windows-1252."""
    language = _LANGUAGE.search(body[:_HEAD_BYTES])
    charset = _BY_LANGUAGE.get(language[1].decode().lower(), "") if language else ""
    if charset:
        try:
            return body.decode(charset), charset
        except UnicodeDecodeError:
            pass
    return _cp1252(body), "cp1252"


def _cp1252(body: bytes) -> str:
    return codecs.charmap_decode(body, "strict", _CP1252)[0]
