"""From an extractor's claims to the places in the page where those words stand.

An extractor's strings are only used to find places; what is published is the source's own text
there. Offsets in this module are the skeleton's (see `source`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wirecopy.model import BlockKind, DraftBlock
from wirecopy.stages.source import Source, squeeze

_SURE = 20  # characters; a needle this long that stands once is where it stands
_HEADS = (24, 12, 6)  # how much of a broken needle is looked for, longest first
_NEAR = 600  # a short head is looked for only this far on
_STITCH = 80  # characters the extractor may have dropped inside a block (a link, a bracket)

_TOO_MUCH = 1_000_000_000  # needles times characters; a real page has 10 million at most
_LONGEST_WORD = 40

# libxml2 gives &#128;..&#159; as control characters, HTML as windows-1252 (13.2.5.80).
_CONTROL = re.compile(r"[\x80-\x9f]")


def _remap(control: re.Match[str]) -> str:
    return bytes([ord(control[0])]).decode("cp1252", "ignore")


# Kinds of which a new paragraph in the page makes a new block; a row or an item stays whole.
_SPLIT_AT_BLOCKS = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTATION, BlockKind.CAPTION})


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the skeleton that is a block."""

    kind: BlockKind
    start: int
    end: int


def locate(source: Source, claims: Sequence[DraftBlock]) -> tuple[list[Place], list[str]]:
    """Places of the claimed blocks in document order, and the claims that stand nowhere.

    A claim in whose middle the source says more (a link the extractor dropped) is placed on the
    source's whole stretch when that is little and within one block; else it becomes several.
    """
    needles = [squeeze(_CONTROL.sub(_remap, claim.text)) for claim in claims]
    fixed = _fix(source.skeleton, needles)
    sure_after = _next_sure(fixed)
    places: list[Place] = []
    lost: list[str] = []
    low = 0
    for number, (claim, needle) in enumerate(zip(claims, needles, strict=True)):
        if not needle:
            continue
        if fixed[number] >= 0:
            segments = [(fixed[number], fixed[number] + len(needle))]
        else:
            high = sure_after[number]
            segments = _find(source, needle, low, high if high >= low else -1, leading=not places)
        if not segments:
            lost.append(claim.text)
            continue
        low = segments[-1][1]
        places.extend(Place(claim.kind, start, end) for start, end in segments)
    return _tidy(source, places), lost


def _fix(skeleton: str, needles: Sequence[str]) -> list[int]:
    """Where needles stand that are long and stand once; -1 for the others."""
    if len(needles) * len(skeleton) > _TOO_MUCH:
        return [-1] * len(needles)
    fixed = []
    for needle in needles:
        at = skeleton.find(needle) if len(needle) >= _SURE else -1
        fixed.append(at if at >= 0 and skeleton.find(needle, at + 1) < 0 else -1)
    return fixed


def _next_sure(fixed: Sequence[int]) -> list[int]:
    """For each needle, where the next sure one stands; -1 when none follows."""
    following = [-1] * len(fixed)
    for number in range(len(fixed) - 2, -1, -1):
        sure = fixed[number + 1]
        following[number] = sure if sure >= 0 else following[number + 1]
    return following


def _find(
    source: Source, needle: str, low: int, high: int, *, leading: bool
) -> list[tuple[int, int]]:
    """Segments of one needle: between its neighbours if it can be, else anywhere."""
    skeleton = source.skeleton
    # Before the first sure block the nearest place counts: a menu may hold the same word.
    search = skeleton.rfind if leading and high >= 0 else skeleton.find
    high = high if high >= 0 else len(skeleton)
    at = search(needle, low, high)
    if at >= 0:
        return [(at, at + len(needle))]
    segments = _align(source, needle, low, high)
    if not segments:
        at = skeleton.find(needle)
        segments = [(at, at + len(needle))] if at >= 0 else _align(source, needle, 0, len(skeleton))
    return _stitch(source, needle, segments)


def _align(source: Source, needle: str, low: int, high: int) -> list[tuple[int, int]]:
    """A needle as pieces that stand in order; nothing when a piece stands nowhere."""
    segments: list[tuple[int, int]] = []
    rest, at = needle, low
    while rest:
        start = _head(source.skeleton, rest, at, high, first=not segments)
        length = _common(source.skeleton, start, rest) if start >= 0 else 0
        if length < len(rest):  # the page goes on differently: the piece ends where a tag stands
            length = source.run_start(source.run_at(start + length)) - start if length else 0
        if length <= 0:
            return []
        segments.append((start, start + length))
        rest, at = rest[length:], start + length
    return segments


def _head(skeleton: str, rest: str, at: int, high: int, *, first: bool) -> int:
    for size in _HEADS:
        near = high if first or size == _HEADS[0] else min(high, at + _NEAR)
        start = skeleton.find(rest[:size], at, near)
        if start >= 0 or (first and size < _SURE):
            return start
    return -1


def _common(skeleton: str, start: int, rest: str) -> int:
    """How many characters of `rest` stand at `start`."""
    low, high = 0, min(len(rest), len(skeleton) - start)
    while low < high:
        middle = (low + high + 1) // 2
        if skeleton.startswith(rest[low:middle], start + low):
            low = middle
        else:
            high = middle - 1
    return low


def _stitch(source: Source, needle: str, segments: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join neighbours between which the page says a little more within the same block."""
    joined: list[tuple[int, int]] = []
    for start, end in segments:
        if joined:
            before = joined[-1]
            small = start - before[1] <= max(_STITCH, len(needle) // 5)
            if small and not _crosses_block(source, before[1] - 1, start):
                joined[-1] = (before[0], end)
                continue
        joined.append((start, end))
    return joined


def _crosses_block(source: Source, start: int, end: int) -> bool:
    """Whether a block-level tag stands between two characters."""
    runs = range(source.run_at(start), source.run_at(end))
    return any(source.boundary_after(run).block for run in runs)


def _tidy(source: Source, places: list[Place]) -> list[Place]:
    """In document order, whole words, no overlap, a paragraph a block."""
    tidied: list[Place] = []
    low = 0
    for place in sorted(places, key=lambda place: (place.start, -place.end)):
        start, end = place.start, place.end
        # A drop cap stands in a tag of its own, and extractors lose it.
        while start > max(low, place.start - _LONGEST_WORD) and source.splits_word(start):
            start -= 1
        while end < place.end + _LONGEST_WORD and source.splits_word(end):
            end += 1
        if start >= low:
            tidied.extend(_split(source, Place(place.kind, start, end)))
            low = end
    return tidied


def _split(source: Source, place: Place) -> list[Place]:
    """A block cut where the page begins a new paragraph."""
    if place.kind not in _SPLIT_AT_BLOCKS:
        return [place]
    parts: list[Place] = []
    start = place.start
    for run in range(source.run_at(place.start), source.run_at(place.end - 1)):
        between = source.boundary_after(run)
        cut = source.run_start(run + 1)
        if (between.block or between.breaks > 1) and start < cut < place.end:
            parts.append(Place(place.kind, start, cut))
            start = cut
    parts.append(Place(place.kind, start, place.end))
    return parts
