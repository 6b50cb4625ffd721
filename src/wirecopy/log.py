"""Logs: events with fields, one line for each finished unit of work, set up once by the command.

`log.info("polled", feed=..., status=..., ms=...)`: the event is a constant, the data are fields.
Events of kind *info* are for machines (`--log-json`) and for the curious (`--verbose`); a person
sees warnings, and the outcomes that `progress` tells. Logs go to standard error.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

HIDDEN_NAMES = (
    r"api[-_]?key|access[-_]?token|token|auth|password|passwd|pwd|secret|signature|sig|key"
)
_USERINFO = re.compile(r"(\w://)[^/@\s]+@")
_SECRET_QUERY = re.compile(rf"([?&](?:{HIDDEN_NAMES})=)[^&#\s]+", re.IGNORECASE)


def get() -> FilteringBoundLogger:
    """The logger. Safe at import time: it looks its set-up up when it is first used."""
    return cast(FilteringBoundLogger, structlog.get_logger())


log = get()


def set_up(*, json: bool = False, verbose: bool = False, stream: TextIO | None = None) -> None:
    """Decide once, at the start of a command, who reads the log: JSON lines or a person."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        mask_secrets,
    ]
    if json:
        ending: list[structlog.typing.Processor] = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False),
        ]
    else:
        colours = (stream or sys.stderr).isatty()
        ending = [structlog.dev.ConsoleRenderer(colors=colours)]
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.INFO if json or verbose else logging.WARNING
        ),
        logger_factory=lambda *_: _Lines(stream),
        cache_logger_on_first_use=False,
    )


def mask_secrets(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Take passwords and tokens out of every address in an event."""
    return {key: _masked(value) for key, value in event.items()}


def mask(text: str) -> str:
    """A text with the passwords and tokens of its addresses struck out."""
    return _SECRET_QUERY.sub(r"\1***", _USERINFO.sub(r"\1***@", text))


def _masked(value: Any) -> Any:
    return mask(value) if isinstance(value, str) else value


class _Lines:
    """Prints each line to a stream, looked up late: live progress bars may stand in its place."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def msg(self, message: str) -> None:
        # A publisher's text must not forge a second line, or drive the terminal.
        print(message, file=self._stream or sys.stderr, flush=True)

    debug = info = warning = error = critical = exception = msg
