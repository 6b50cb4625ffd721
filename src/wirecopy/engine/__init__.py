"""Engines run stages and know nothing of news.

An engine takes a pure, picklable function and items, and gives back the results. The promises
every engine keeps:

* at most `capacity` items are in flight: `run` waits when there are more (back-pressure);
* an item whose function raises `SourceError`, outlives its time, or kills its worker becomes a
  `Failure` and nothing else is lost; any other exception is a defect and is raised;
* order of results is the caller's business: `run` is awaited once an item.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One line of the path: what it is called, what it takes and gives, and of which kind it is.

    `kind` is "fetch" (async, one item), "read" (pure, one item, any process) or "record" (in
    archive order, one transaction a batch).
    """

    name: str
    run: Callable[..., Any]
    takes: tuple[type, ...]
    gives: tuple[type, ...]
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An item that could not be run, with the reason."""

    reason: str  # "crashed", "timed-out", or the SourceError's name
    detail: str


class Engine(Protocol):
    """Runs pure functions somewhere."""

    capacity: int

    async def run(self, function: Callable[[T], R], item: T) -> R | Failure:
        """Run `function(item)`; wait for room first."""
        ...

    async def close(self) -> None:
        """Wait for what is in flight and let every worker go."""
        ...
