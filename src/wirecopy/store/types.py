"""Column types: times that are always aware and in UTC, and text that holds any `str`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy import Text as PlainText
from sqlalchemy.types import TypeDecorator, TypeEngine


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC time: `timestamptz` in PostgreSQL, sortable ISO 8601 text in SQLite.

    Raises ValueError for a naive time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(PlainText())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without its zone: {value!r}")
        value = value.astimezone(UTC)
        if dialect.name == "sqlite":
            # isoformat, because strftime does not pad years before 1000
            return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        return value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return _time  # itself, not by way of process_result_value: see `Text`


def _time(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    assert isinstance(value, datetime)
    return value.astimezone(UTC)


MARK = "\ufdd0"  # a noncharacter: no publisher may send it (Unicode 16, 23.7), and if one does
_UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufdd0]")
_MARKED = re.compile(MARK + "([0-9a-f]{4})")


def to_storable(text: str) -> str:
    """The text with U+0000 and lone surrogates marked; most texts are returned as they are.

    PostgreSQL's text cannot hold U+0000, and neither database a lone surrogate (undecodable bytes
    of a header). Pages have both. Offsets into the text must hold, so nothing may be dropped.
    """
    if text.isascii():  # most of what is written, and known without looking through it
        return text if "\x00" not in text else _UNSTORABLE.sub(_marked, text)
    if "\x00" not in text and MARK not in text:
        try:
            text.encode()  # 3 us for 4 KB; the regular expression takes 40
        except UnicodeEncodeError:
            pass
        else:
            return text
    return _UNSTORABLE.sub(_marked, text)


def _marked(found: re.Match[str]) -> str:
    return f"{MARK}{ord(found[0]):04x}"


def from_storable(text: str) -> str:
    """The inverse of `to_storable`."""
    if MARK not in text:
        return text
    return _MARKED.sub(lambda found: chr(int(found[1], 16)), text)


def _text(value: str | None) -> str | None:
    return value if value is None or MARK not in value else from_storable(value)


class Text(TypeDecorator[str]):
    """Text that holds any Python string, U+0000 and lone surrogates too, on both databases."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        return value if value is None else to_storable(value)

    # A feed's row has thirty of these: one call each instead of SQLAlchemy's two, as neither
    # database's driver has anything to do.
    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return _text

    @property
    def python_type(self) -> type[str]:
        return str
