"""What is true of the demo's articles, for tests and benchmarks that score our own guesses.

Nothing of this is on any page: events and copies are known here only.
"""

from __future__ import annotations

from dataclasses import dataclass

from wirecopy.demo.content import pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One article: the event it tells of, and the address of the article whose words it repeats."""

    url: str
    event: str
    publisher: str  # domain
    language: str
    round: int  # in which it first appears
    copy_of: str = ""
    edited: bool = False  # its words differ between the rounds
    flags: frozenset[str] = frozenset()  # "paywall", "forbidden", "noarchive", "broken", ...


def truth() -> tuple[Truth, ...]:
    """Every article, in the order of the files."""
    known = pieces()
    return tuple(
        Truth(
            url=piece.url,
            event=piece.event,
            publisher=piece.paper.domain,
            language=piece.paper.language,
            round=piece.round,
            copy_of=known[piece.copy_of].url if piece.copy_of else "",
            edited=piece.edit is not None,
            flags=piece.flags,
        )
        for piece in known.values()
    )
