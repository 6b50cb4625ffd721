"""Settings: `wirecopy.toml`, read strictly into frozen values.

`load(path)` gives `Settings` or raises `SettingsError`; every mistake in the file is in the
error's `more`. `mistakes(path)` gives them all without raising. What the file may hold stands in
`config_tables`, how a value is read in `config_keys`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wirecopy import __version__
from wirecopy import config_keys as keys
from wirecopy.config_keys import Key, Walker
from wirecopy.config_tables import (
    BASIS,
    ELSEWHERE,
    FEED,
    GATHER,
    PUBLISHER,
    SITE,
    STORAGE,
    STORIES,
    TAKEDOWN,
    TOP,
)
from wirecopy.errors import SettingsError
from wirecopy.model import Basis, BasisKind, Feed, Mode, Publisher, PublisherId
from wirecopy.stages import address

FILE_NAME = "wirecopy.toml"
FILE_BYTES = 10_000_000  # 100,000 feeds fit; more is not a settings file


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The newspaper as readers meet it."""

    name: str = "Wirecopy"
    public: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""
    contact: str = ""
    timezone: str = "UTC"
    languages: tuple[str, ...] = ()  # empty: all
    muted_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """How publishers are asked."""

    delay_seconds: float = 1.0
    page_limit_mb: int = 15
    allow_internal: tuple[str, ...] = ()  # "host:port"
    webhook: str = ""

    @property
    def vouched(self) -> frozenset[tuple[str, int]]:
        """The hosts and ports that the operator vouches for."""
        pairs = (one.rpartition(":") for one in self.allow_internal)
        return frozenset((host.strip("[]"), int(port)) for host, _, port in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """Which articles stand together."""

    across_languages: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Where everything is kept, and for how long. `folder` is absolute."""

    folder: Path = Path("wirecopy-data")
    database_url: str = ""
    keep_days: int = 0  # 0: for ever
    disk_limit_gb: float = 0.0  # 0: no limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """An article the operator took down, with the class of reason that readers are told."""

    url: str
    reason: str
    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator decided."""

    site: Site = Site()
    gather: Gather = Gather()
    stories: Stories = Stories()
    storage: Storage = Storage()
    publishers: tuple[Publisher, ...] = ()
    takedowns: tuple[Takedown, ...] = ()
    path: Path = Path(FILE_NAME)

    @property
    def private(self) -> bool:
        """Whether only the people at this machine, or behind a login, read the site."""
        return not self.site.public

    @property
    def base_url(self) -> str:
        """The address readers use, without a trailing slash."""
        if self.site.base_url:
            return self.site.base_url
        host = f"[{self.site.host}]" if ":" in self.site.host else self.site.host
        return f"http://{host}:{self.site.port}"

    @property
    def archive_folder(self) -> Path:
        return self.storage.folder / "archive"

    @property
    def database_url(self) -> str:
        """The store's address: the one given, else SQLite inside the folder."""
        return self.storage.database_url or f"sqlite:///{self.storage.folder / 'wirecopy.db'}"

    @property
    def user_agent(self) -> str:
        """Who we say we are to publishers: name, version, and where to complain (RFC 9110, 10.1.5).

        Without a contact it says so; `check` and `up` remind the operator.
        """
        contact = self.site.contact or "no contact given; private reader"
        return f"Wirecopy/{__version__} ({'+' if '://' in contact else ''}{contact})"


def load(path: Path) -> Settings:
    """Read a settings file.

    Raises SettingsError for the first mistake; `more` of that error holds all the others.
    """
    settings, wrong = _read(path)
    if wrong:
        wrong[0].more = tuple(wrong[1:])
        raise wrong[0]
    return settings


def mistakes(path: Path) -> list[SettingsError]:
    """Every mistake in a settings file, in the order of the file."""
    try:
        return _read(path)[1]
    except SettingsError as error:
        return [error]


def _read(path: Path) -> tuple[Settings, list[SettingsError]]:
    source = _source(path)
    walk = Walker(str(path), source)
    top = walk.table(_parse(source, str(path)), "", TOP, elsewhere=ELSEWHERE)

    def section(name: str, table: tuple[Key, ...]) -> dict[str, Any]:
        return walk.table(top.get(name, {}), name, table, elsewhere=ELSEWHERE)

    site = Site(**section("site", SITE))
    gather = Gather(**section("gather", GATHER))
    stories = Stories(**section("stories", STORIES))
    stored = section("storage", STORAGE)
    stored["folder"] = (path.absolute().parent / stored.get("folder", Storage().folder)).resolve()
    publishers = [
        _publisher(walk, value, f"publisher[{at}]")
        for at, value in enumerate(top.get("publisher", []), start=1)
    ]
    takedowns = [
        walk.table(value, f"takedown[{at}]", TAKEDOWN, elsewhere=ELSEWHERE)
        for at, value in enumerate(top.get("takedown", []), start=1)
    ]
    _check_site(walk, site)
    _check_doubles(walk, publishers)
    if walk.mistakes:
        return Settings(), walk.mistakes
    settings = Settings(
        site=site,
        gather=gather,
        stories=stories,
        storage=Storage(**stored),
        publishers=tuple(publisher for publisher in publishers if publisher is not None),
        takedowns=tuple(Takedown(**values) for values in takedowns),
        path=path.absolute(),
    )
    return settings, []


def _source(path: Path) -> str:
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        message, cure = "there is no such file.", "Run `wirecopy init` to write one."
    except IsADirectoryError:
        message, cure = "is a folder, not a settings file.", f"Name the {FILE_NAME} inside it."
    except PermissionError:
        message, cure = "may not be read by you.", f"Run `chmod u+r {path}`."
    except OSError as error:
        message, cure = f"cannot be read ({error.strerror}).", "Check the disk and the path."
    else:
        return _decoded(body, path)
    raise SettingsError(message, file=str(path), cure=cure)


def _decoded(body: bytes, path: Path) -> str:
    if len(body) > FILE_BYTES:
        raise SettingsError(
            f"is larger than {FILE_BYTES // 1_000_000} MB.",
            file=str(path),
            cure="Check that it is a settings file.",
        )
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            "is not UTF-8 text.", file=str(path), line=line, cure="Save the file as UTF-8."
        ) from error


def _parse(source: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except RecursionError:
        raise SettingsError(
            "is nested too deeply.", file=file, cure="No setting nests deeper than two levels."
        ) from None
    except tomllib.TOMLDecodeError as error:
        what = str(error)
        place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", what)
        line = int(place[1]) if place and place[1] else source.count("\n") + 1
        raise SettingsError(
            f"is not TOML here: {re.sub(r' [(]at .*[)]$', '', what)}.",
            file=file,
            line=line,
            cure=_syntax_cure(source, line),
        ) from error


def _syntax_cure(source: str, line: int) -> str:
    """What is most often meant by a line that is not TOML."""
    lines = source.splitlines()
    text = lines[line - 1] if line <= len(lines) else ""
    if re.match(r"\s*[\w\-]+\s*:", text):
        return "Write key = value, with an equals sign."
    if re.match(r"\s*[\w\-]+\s*=\s*(True|False|yes|no|on|off)\b", text):
        return "Write true or false."
    if re.match(r"\s*[\w\-]+\s*=\s*[^\"'\[{\s\d+-]", text):
        return 'Put text in quotes: key = "text".'
    return "Look for a missing quote, bracket or comma on this line or just above it."


def _publisher(walk: Walker, value: Any, path: str) -> Publisher | None:
    found = walk.table(value, path, PUBLISHER, elsewhere=ELSEWHERE)
    basis = _basis(walk, found.get("basis", "none"), f"{path}.basis")
    rows = found.get("feed", [])
    feeds = [
        walk.table(row, f"{path}.feed[{at}]", FEED, elsewhere=ELSEWHERE)
        for at, row in enumerate(rows, start=1)
    ]
    if "domain" not in found or "name" not in found:
        return None
    me = PublisherId(found["domain"])
    language = found.get("language", "")
    return Publisher(
        id=me,
        name=found["name"],
        home=found.get("home", f"https://{me}/"),
        domains=(me, *(d for d in found.get("other_domains", ()) if d != me)),
        country=found.get("country", ""),
        language=language,
        basis=basis,
        feeds=tuple(
            Feed(
                url=feed["url"],
                publisher=me,
                section=feed.get("section") or found.get("section", ""),
                language=feed.get("language") or language,
                listed_in=feed.get("listed_in", ""),
            )
            for feed in feeds
            if "url" in feed
        ),
    )


def _basis(walk: Walker, value: Any, path: str) -> Basis:
    if value == "none":
        return Basis()
    before = len(walk.mistakes)
    found = walk.table(value, path, BASIS, elsewhere=ELSEWHERE)
    if found.get("kind") == BasisKind.LICENCE and "evidence_url" not in found:
        walk.add(
            f"{path}.evidence_url",
            "is missing.",
            'A licence needs the address of its terms: evidence_url = "https://...".',
            at=path,
        )
    if len(walk.mistakes) > before:
        return Basis()
    return Basis(**{**found, "kind": BasisKind(found["kind"]), "mode": Mode(found["mode"])})


def _check_site(walk: Walker, site: Site) -> None:
    """A public site says who it is; a private one is not served to others."""
    if site.public:
        for name in ("base_url", "contact"):
            if not getattr(site, name):
                walk.add(
                    f"site.{name}",
                    "is missing, and the site is public.",
                    f"Add {name} under [site], or set public = false.",
                    at="site.public",
                )
    elif not keys.is_loopback(site.host):
        walk.wrong(
            "site.host",
            site.host,
            "would show a private site to others",
            'Set host = "127.0.0.1", or public = true with base_url and contact.',
        )


def _check_doubles(walk: Walker, publishers: list[Publisher | None]) -> None:
    """Each domain and each feed stands once: credit and politeness depend on it."""
    owners: dict[str, str] = {}
    feeds: dict[str, str] = {}
    for at, publisher in enumerate(publishers, start=1):
        if publisher is None:
            continue
        me = f"publisher[{at}]"
        for name in publisher.domains:
            if name in owners:
                walk.wrong(f"{me}.domain", name, f"stands in {owners[name]} too", "Keep one.")
            owners[name] = me
        for number, feed in enumerate(publisher.feeds, start=1):
            where = f"{me}.feed[{number}]"
            one = address.feed_key(feed.url)
            if one in feeds:
                walk.wrong(f"{where}.url", feed.url, f"stands in {feeds[one]} too", "Keep one.")
            feeds[one] = where


def feed_host(feed: Feed) -> str:
    """The host that is asked for a feed."""
    return urlsplit(feed.url).hostname or ""
