"""How a settings table is read: each key with its kind, its default and its words.

`Key` describes one key; `Walker` goes through a table and collects every mistake as a
`SettingsError` that names file, line, key path, value and cure. The same keys make the reference
page, so that what is documented is what is read.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from wirecopy.errors import SettingsError

T = TypeVar("T")
SHOWN_CHARS = 60  # of a wrong value: enough to recognise it


class Wrong(Exception):
    """A value that a reader refuses: what is wrong, and what would be right."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a table: `read` turns the TOML value into ours or raises `Wrong`."""

    name: str
    read: Callable[[Any], Any]
    kind: str  # in words, for the reference and for errors
    help: str
    required: bool = False
    default: str = ""  # in words, for the reference; the value itself stands in the dataclass


# ---------------------------------------------------------------- readers of single values


def text(value: Any) -> str:
    """A non-empty string on one line."""
    found = maybe_text(value)
    if not found:
        raise Wrong("is empty", "Write some text between the quotes.")
    return found


def maybe_text(value: Any) -> str:
    """A string on one line, perhaps empty."""
    if not isinstance(value, str):
        raise Wrong(f"is {_kind(value)}, not text", 'Put it in quotes: "...".')
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise Wrong("holds a line break or control character", "Write it on one line.")
    return value.strip()


def passage(value: Any) -> str:
    """Text that may run over several lines; white space is folded."""
    return text(" ".join(value.split()) if isinstance(value, str) else value)


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"is {_kind(value)}, not true or false", "Write true or false, without quotes.")
    return value


def whole(low: int, high: int) -> Callable[[Any], int]:
    """A reader of whole numbers low..high, ends included."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(
                f"is {_kind(value)}, not a whole number",
                f"Write a number from {low} to {high}, without quotes.",
            )
        if not low <= value <= high:
            raise Wrong("is out of range", f"Write a number from {low} to {high}.")
        return value

    return read


def number(low: float, high: float) -> Callable[[Any], float]:
    """A reader of numbers low..high, ends included; nan and inf are out of range."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Wrong(
                f"is {_kind(value)}, not a number",
                f"Write a number from {low:g} to {high:g}, without quotes.",
            )
        if not low <= value <= high:
            raise Wrong("is out of range", f"Write a number from {low:g} to {high:g}.")
        return float(value)

    return read


def texts(one: Callable[[Any], str], example: str) -> Callable[[Any], tuple[str, ...]]:
    """A reader of lists whose every member `one` accepts; doubles are dropped."""

    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise Wrong(f"is {_kind(value)}, not a list", f"Write a list: {example}.")
        return tuple(dict.fromkeys(one(member) for member in value))

    return read


def choice(*allowed: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in allowed:
            words = ", ".join(f'"{word}"' for word in allowed)
            raise Wrong(
                "is not one of the known words", f"Write one of {words}{hint(value, allowed)}."
            )
        return str(value)

    return read


def web_address(value: Any) -> str:
    """An absolute http or https address with a host, and nobody's password in it."""
    found = text(value)
    try:
        parts = urlsplit(found)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Wrong(f"is not an address ({error})", 'Write it as "https://host/path".') from error
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", found):
        raise Wrong("is not a web address", 'Write it as "https://host/path".')
    if parts.username is not None or parts.password is not None:
        raise Wrong("holds a user name or password", "Leave out what stands before the @.")
    return found


def endpoint(value: Any) -> str:
    """A host and a port as `host:port`, lower case; an IPv6 address stands in brackets."""
    cure = 'Write host and port: "intranet.example:8080".'
    found = text(value).lower()
    try:
        parts = urlsplit(f"//{found}")
        named, port = parts.hostname, parts.port
    except ValueError as error:
        raise Wrong("is not a host and a port", cure) from error
    if not named or not port or parts.netloc != found or "@" in found or re.search(r"\s", found):
        raise Wrong("is not a host and a port", cure)
    return found


def domain(value: Any) -> str:
    """A publisher's domain in the form of `PublisherId`: lower case, ASCII, without `www.`."""
    found = text(value).lower().rstrip(".").removeprefix("www.")
    try:
        found = found.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Wrong("is not a domain", 'Write only the name: "example.org".') from error
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]+", found):
        raise Wrong("is not a domain", 'Write only the name: "example.org".')
    return found


def country(value: Any) -> str:
    found = maybe_text(value).upper()
    if found and not re.fullmatch(r"[A-Z]{2}", found):
        raise Wrong("is not a country code", 'Write the two letters of ISO 3166-1: "IN", "GB".')
    return found


def language(value: Any) -> str:
    found = maybe_text(value).lower()
    if found and not re.fullmatch(r"[a-z]{2,3}", found):
        raise Wrong("is not a language code", 'Write the two or three letters: "en", "hi".')
    return found


def timezone(value: Any) -> str:
    found = text(value)
    known = zoneinfo.available_timezones() | {"UTC"}
    if found not in known:
        raise Wrong(
            "is not a known timezone", f'Write a name like "Asia/Kolkata"{hint(found, known)}.'
        )
    return found


def host(value: Any) -> str:
    """An address or name to listen on."""
    found = text(value)
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", found):
        raise Wrong("is not an address to listen on", 'Write "127.0.0.1" or "0.0.0.0".')
    return found


def contact(value: Any) -> str:
    """An e-mail address or a web address where publishers reach the operator; may be empty."""
    found = maybe_text(value)
    if not found or re.fullmatch(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>()]+", found):
        return found
    try:
        return web_address(found)
    except Wrong as wrong:
        cure = 'Write "you@example.org" or "https://example.org/about".'
        raise Wrong("is neither an e-mail address nor a web address", cure) from wrong


def base_url(value: Any) -> str:
    """The address readers use, without a trailing slash; may be empty."""
    found = maybe_text(value)
    if not found:
        return ""
    found = web_address(found)
    if urlsplit(found).query or urlsplit(found).fragment:
        raise Wrong("holds a query or fragment", 'Write it as "https://news.example.org".')
    return found.rstrip("/")


def database_url(value: Any) -> str:
    found = maybe_text(value)
    if found and not re.match(r"(sqlite:///.|postgresql(\+psycopg)?://)", found):
        raise Wrong(
            "is not a database Wirecopy knows",
            'Leave it empty for SQLite in the folder, or write "postgresql://user@host/name".',
        )
    # psycopg 3 is the driver that is installed; SQLAlchemy's bare name means another one.
    return re.sub(r"^postgresql://", "postgresql+psycopg://", found)


def day(value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Wrong(f"is {_kind(value)}, not a day", "Write it as 2026-01-31, without quotes.")
    return value


def is_loopback(name: str) -> bool:
    """Whether a listening address is reachable from this machine alone."""
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


# ---------------------------------------------------------------- walking a table


class Walker:
    """Reads tables by their keys and keeps every mistake, in the order of the file."""

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.mistakes: list[SettingsError] = []
        self._lines = lines_of_keys(source)

    def table(
        self, value: Any, path: str, keys: Iterable[Key], *, elsewhere: Mapping[str, str]
    ) -> dict[str, Any]:
        """The values of a table that were right; wrong and absent ones are left out.

        `elsewhere` says in which table a key of that name belongs, for the cure.
        """
        known = {key.name: key for key in keys}
        if not isinstance(value, dict):
            self.wrong(path, value, f"is {_kind(value)}, not a table", f"Write it as [{path}].")
            return {}
        values: dict[str, Any] = {}
        for name, given in value.items():
            where = f"{path}.{name}" if path else name
            if name in known:
                try:
                    values[name] = known[name].read(given)
                except Wrong as wrong:
                    self.wrong(where, given, wrong.message, wrong.cure)
            else:
                self.unknown(where, name, known, elsewhere)
        for key in known.values():
            if key.required and key.name not in value:
                self.missing(path, key)
        return values

    def wrong(self, path: str, value: Any, message: str, cure: str) -> None:
        self.add(path, f"{shown(value)} {message}.", cure)

    def missing(self, path: str, key: Key) -> None:
        self.add(f"{path}.{key.name}", "is missing.", f"Add it: {key.help}", at=path)

    def unknown(
        self, path: str, name: str, known: Iterable[str], elsewhere: Mapping[str, str]
    ) -> None:
        near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
        far = difflib.get_close_matches(name, list(elsewhere), n=1, cutoff=0.8)
        if near and name not in elsewhere:
            cure = f"Did you mean {near[0]}?"
        elif far:
            cure = f"{far[0]} belongs in {elsewhere[far[0]]}."
        else:
            cure = f"Known here: {', '.join(sorted(known))}."
        self.add(path, "is not a key Wirecopy knows.", cure)

    def add(self, path: str, message: str, cure: str, *, at: str = "") -> None:
        line = self._line(at or path)
        self.mistakes.append(SettingsError(message, file=self.file, key=path, line=line, cure=cure))

    def _line(self, path: str) -> int:
        """Where a key stands; a key inside an inline table stands where that table does."""
        while path and path not in self._lines:
            path = path.rpartition(".")[0]
        return self._lines.get(path, 0)


def hint(wrong: Any, allowed: Iterable[str]) -> str:
    """` (did you mean X?)` when something near is allowed, else nothing."""
    near = difflib.get_close_matches(str(wrong), list(allowed), n=1, cutoff=0.6)
    return f' (did you mean "{near[0]}"?)' if near else ""


def shown(value: Any) -> str:
    """A value as its writer would know it, short, and without the password in an address."""
    words = f'"{value}"' if isinstance(value, str) else str(value)
    if isinstance(value, bool):
        words = words.lower()
    words = re.sub(r"(://[^/@:\s]*):[^/@\s]*@", r"\1:***@", words)
    words = " ".join(words.split())
    return words if len(words) <= SHOWN_CHARS else words[: SHOWN_CHARS - 1] + "…"


def lines_of_keys(source: str) -> dict[str, int]:
    """Key path -> line (from 1), found by reading headers and `key =` at line starts.

    Only for messages: what it misses (dotted keys, keys inside inline tables) gets the line of
    what holds it, or none. Text inside multi-line strings is skipped by counting their quotes.
    """
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, inside = "", ""
    for at, line in enumerate(source.splitlines(), start=1):
        if inside:
            if line.count(inside) % 2:
                inside = ""
            continue
        if header := re.match(r"\s*\[\[\s*([\w.\-]+)\s*\]\]", line):
            table = _indexed(header[1], counts)
            found.setdefault(table, at)
        elif header := re.match(r"\s*\[\s*([\w.\-]+)\s*\]", line):
            table = _indexed(header[1], counts, plain=True)
            found.setdefault(table, at)
        elif key := re.match(r"\s*([\w\-]+)\s*=", line):
            found.setdefault(f"{table}.{key[1]}" if table else key[1], at)
        inside = next((q for q in ('"""', "'''") if line.count(q) % 2), "")
    return found


def _indexed(name: str, counts: dict[str, int], *, plain: bool = False) -> str:
    """`publisher.feed` as `publisher[3].feed[1]` (from 1), counting array tables as they come."""
    parts = name.split(".")
    path = ""
    for depth, part in enumerate(parts, start=1):
        path = f"{path}.{part}" if path else part
        last = depth == len(parts)
        if last and not plain:
            counts[path] = counts.get(path, 0) + 1
            for deeper in [key for key in counts if key.startswith(f"{path}[")]:
                if deeper.startswith(f"{path}[{counts[path]}]"):
                    del counts[deeper]
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path


def _kind(value: Any) -> str:
    """What a TOML value is, in words."""
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number"),
        (str, "text"),
        (list, "a list"),
        (dict, "a table"),
        (datetime, "a time"),
        (date, "a day"),
    )
    return next((words for kind, words in kinds if isinstance(value, kind)), "something else")
