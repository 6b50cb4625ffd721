"""In which characters a feed is written: what it says, and what fits its bytes."""

from __future__ import annotations

import codecs
import re

_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?([\w.:-]+)")
_DECLARED = re.compile(rb"(?i)\A\s*<\?xml[^>]*?\bencoding\s*=\s*[\"']([\w.:-]+)")
# Recoded before; UTF-7 never. And what Python calls a codec, and nobody's bytes are written in:
# `\ud800` becomes a lone surrogate, and punycode's time grows with the square of the bytes.
_NEVER = re.compile(
    r"utf[-_]?(?:7|16|32)|ucs|(?:raw[-_])?unicode[-_]escape|unicode[-_]internal|idna|punycode|undefined"
    r"|mbcs|oem"
)


def is_utf_8(body: bytes, content_type: str) -> bool:
    """Whether everything that is said, if anything, says UTF-8."""
    if body.startswith(codecs.BOM_UTF8):
        return True
    return all(name.lower() in ("utf-8", "utf8") for name in _said(body, content_type))


def decoded(body: bytes, content_type: str) -> str:
    """The feed's characters: byte order mark, header, declaration, and then what fits the bytes."""
    if body.startswith(codecs.BOM_UTF8):
        return body[3:].decode("utf-8", "replace")
    for name in [*_said(body, content_type), "utf-8", "cp1252"]:
        low = name.lower()
        if _NEVER.match(low):
            continue
        low = {"iso-8859-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}.get(low, low)
        try:
            return body.decode(low)
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("utf-8", "replace")


def _said(body: bytes, content_type: str) -> list[str]:
    header, declared = _CHARSET.search(content_type), _DECLARED.match(body)
    said = [header[1]] if header else []
    return [*said, declared[1].decode("ascii", "replace")] if declared else said
