"""Every error of Wirecopy, in one outline.

WirecopyError
  ConfigError               yours to fix before starting: settings, arguments, a folder, a port
    SettingsError           a mistake in wirecopy.toml: file, key, value, cure
  SourceError               theirs: noted against the feed or page; the run goes on
    FetchError
      Unreachable           no answer: name, connection, TLS, time
      Throttled             429 or 503: the host rests until `retry_at`
      Refused               401, 403, 451 or a bot wall
      Missing               404
      Gone                  410
      BadAnswer             an answer that cannot be used: 5xx, 204, 206, cut short
      TooLarge              past a limit of bytes, redirects or ratio
      RobotsDisallow        robots.txt forbids the address, or cannot be had
      ForbiddenAddress      the address is not one we dial
    ReadError
      NotAFeed
      NoArticle
  StoreError                ours: stop, nothing half-written
  ArchiveError              ours: stop, nothing half-written

Exit codes of the command: 0 done, 1 a SourceError or a failed check was the result, 2 ConfigError
or wrong use, 3 StoreError or ArchiveError, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a type only: nothing of ours is imported when this runs
    from wirecopy.model import Response


class WirecopyError(Exception):
    """Anything Wirecopy raises on purpose. `cure` says what to do, in one sentence."""

    exit_code = 1

    def __init__(self, message: str, *, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip()


class ConfigError(WirecopyError):
    """Something to put right before starting."""

    exit_code = 2


class SettingsError(ConfigError):
    """A mistake in the settings file: which file, key and value, and what would be right."""

    def __init__(self, message: str, *, file: str, key: str = "", line: int = 0, cure: str) -> None:
        place = f"{file}, line {line}" if line else file
        where = f"{place}: {key}" if key else place
        super().__init__(f"{where}: {message}", cure=cure)
        self.file = file
        self.key = key
        self.line = line
        self.more: tuple[SettingsError, ...] = ()  # the other mistakes of the same file


class SourceError(WirecopyError):
    """A publisher's fault, kept against that feed or page alone."""

    def __init__(self, message: str, *, url: str, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.url = url


class FetchError(SourceError):
    """The bytes could not be had. `response` is the answer that says so, when there was one."""

    response: Response | None = None

    def __init__(self, message: str, *, url: str, status: int = 0, cure: str = "") -> None:
        super().__init__(message, url=url, cure=cure)
        self.status = status


class Unreachable(FetchError):
    """No answer: the name, the connection, TLS or time failed."""

    connected = False  # True when a server took the request and never gave a whole answer


class Throttled(FetchError):
    """429 or 503: the whole host rests until `retry_at`."""

    def __init__(
        self,
        message: str,
        *,
        url: str,
        status: int,
        retry_at: datetime | None,
        host: str = "",
        rests: int = 0,
        cure: str = "",
    ) -> None:
        super().__init__(message, url=url, status=status, cure=cure)
        self.retry_at = retry_at
        self.host = host  # that rests; a redirect may have led to another than was asked
        self.rests = rests  # in a row without a time named


class Refused(FetchError):
    """401, 403, 451 or a bot wall; asked again politely, never with another identity."""


class Missing(FetchError):
    """404."""


class Gone(FetchError):
    """410: not asked again."""


class BadAnswer(FetchError):
    """An answer that cannot be used: 5xx, 204, 206, an empty or cut body."""


class TooLarge(FetchError):
    """Past a limit of bytes, redirects or compression ratio."""


class RobotsDisallow(FetchError):
    """robots.txt forbids the address, or could not be had (RFC 9309, 2.3.1.4)."""


class ForbiddenAddress(FetchError):
    """A scheme, port or network address that is never dialled."""


class ReadError(SourceError):
    """The bytes were had and could not be used."""


class NotAFeed(ReadError):
    """No feed format was recognised."""


class NoArticle(ReadError):
    """No article was found on the page."""


class StoreError(WirecopyError):
    """The database cannot be used; nothing was half-written."""

    exit_code = 3


class ArchiveError(WirecopyError):
    """The archive cannot be used; nothing was half-written."""

    exit_code = 3
