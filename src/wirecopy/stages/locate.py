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
_OCCURRENCES = 50

# libxml2 gives &#128;..&#159; as control characters, HTML as windows-1252 (13.2.5.80).
_CONTROL = re.compile(r"[\x80-\x9f]")


def _remap(control: re.Match[str]) -> str:
    return bytes([ord(control[0])]).decode("cp1252", "ignore")


# Kinds of which a new paragraph in the page makes a new block; a row or an item stays whole.
_SPLIT_AT_BLOCKS = frozenset(
    {BlockKind.PARAGRAPH, BlockKind.STANDFIRST, BlockKind.QUOTATION, BlockKind.CAPTION}
)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the skeleton that is a block."""

    kind: BlockKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Located:
    """Places in document order, and the claims that stand nowhere."""

    places: list[Place]
    lost: list[str]
    lost_size: int  # visible characters of them, and of claims given up


def locate(source: Source, claims: Sequence[DraftBlock]) -> Located:
    """Find the claimed blocks in the page.

    A claim around or in the middle of which the source's block says more (a link or a drop cap
    the extractor lost) is placed on the whole block when that is little more; else it becomes
    several, or is given up.
    """
    needles = [_needle(source, claim.text) for claim in claims]
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
    tidied, given_up = _tidy(source, places)
    return Located(tidied, lost, given_up + sum(len(squeeze(claim)) for claim in lost))


def _needle(source: Source, claim: str) -> str:
    """What is looked for. A control character may stand in the page (a text that was encoded
    twice), or be libxml2's reading of a reference."""
    needle = squeeze(claim)
    if not _CONTROL.search(needle) or needle in source.skeleton:
        return needle
    return squeeze(_CONTROL.sub(_remap, claim))


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
    backwards = leading and high >= 0
    high = high if high >= 0 else len(skeleton)
    at = _occurrence(source, needle, low, high, backwards=backwards)
    if at >= 0:
        return [(at, at + len(needle))]
    segments = _align(source, needle, low, high)
    if not segments:
        at = _occurrence(source, needle, 0, len(skeleton), backwards=False)
        segments = [(at, at + len(needle))] if at >= 0 else _align(source, needle, 0, len(skeleton))
    return _stitch(source, needle, segments)


def _occurrence(source: Source, needle: str, low: int, high: int, *, backwards: bool) -> int:
    """Where the needle is a block of its own; else where it stands first; -1 when nowhere."""
    skeleton = source.skeleton
    search = skeleton.rfind if backwards else skeleton.find
    at = first = search(needle, low, high)
    for _ in range(_OCCURRENCES):
        if at < 0 or (source.parts_blocks(at) and source.parts_blocks(at + len(needle))):
            break
        if backwards:
            at = skeleton.rfind(needle, low, at + len(needle) - 1)
        else:
            at = skeleton.find(needle, at + 1, high)
    return at if at >= 0 else first


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
    """Where what is left of a needle begins again; a short first piece must stand once."""
    for size in _HEADS:
        head = rest[:size]
        near = high if first or size == _HEADS[0] else min(high, at + _NEAR)
        start = skeleton.find(head, at, near)
        if start < 0 or (first and size < _SURE and skeleton.find(head, start + 1, near) >= 0):
            continue
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


def _tidy(source: Source, places: list[Place]) -> tuple[list[Place], int]:
    """In document order, whole blocks, no overlap, a paragraph a block; characters given up."""
    tidied: list[Place] = []
    given_up = 0
    for start, end, together in _sharing_blocks(source, places):
        covered = low = 0
        for place in together:  # an extractor may give one block of the page in pieces
            covered += max(0, place.end - max(low, place.start))
            low = max(low, place.end)
        if end - start - covered <= max(_STITCH, 2 * covered):
            tidied.extend(_split(source, Place(together[0].kind, start, end)))
        else:
            given_up += covered  # a few words found inside another paragraph
    return tidied, given_up


def _sharing_blocks(source: Source, places: list[Place]) -> list[tuple[int, int, list[Place]]]:
    """Blocks of the page in order, each with the places in it: (start, end, places)."""
    groups: list[tuple[int, int, list[Place]]] = []
    for place in sorted(places, key=lambda place: (place.start, -place.end)):
        start, end = _whole(source, place.start, place.end)
        if groups and start < groups[-1][1]:
            first, low, together = groups.pop()
            groups.append((first, max(low, end), [*together, place]))
        else:
            groups.append((start, end, [place]))
    return groups


def _whole(source: Source, start: int, end: int) -> tuple[int, int]:
    """Out to where the page's block begins and ends: over a drop cap or a bold "Not" lost."""
    first, last = source.run_at(start), source.run_at(end - 1)
    while not source.parts_blocks(source.run_start(first)):
        first -= 1
    while not source.parts_blocks(source.run_start(last + 1)):
        last += 1
    return source.run_start(first), source.run_start(last + 1)


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
