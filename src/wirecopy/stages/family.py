"""What a publisher's pages share: blocks that stand in many of its articles belong to none.

An appeal to subscribe, a line on who the author is, a notice of rights: on one page such a block
looks like a paragraph of the article. On its sister pages it stands again, letter for letter.
A block is left out when it stands in `FEWEST` or more other articles of the publisher, of the
newest `MEMORY` that were read. What is left is proved as before: blocks go whole or stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from xxhash import xxh3_64_intdigest

from wirecopy.model import Block, BlockKind, Citation, Quote, Reading
from wirecopy.stages.features import features
from wirecopy.stages.proof import BETWEEN
from wirecopy.stages.source import squeeze

MEMORY = 60  # articles of a publisher whose blocks are remembered
FEWEST = 3  # other articles a block stands in before it counts as furniture of the pages
_MOST = 0.5  # share of a text that may go; past that the pages are alike for another reason
_COPY = 0.5  # share of blocks in common from which two articles are one, published twice

RECENT = 10  # pages that tell whether a layout broke ...
BROKEN = 6  # ... and how many of them cannot be read when it did
BEFORE = 10  # pages at least that must have been known before them
READ_BEFORE = 0.8  # share of those that were read
HEALED = 3  # pages read in a row that end the alarm
UNREADABLE = frozenset({"no-article", "unsure", "proof-failed", "not-an-article"})
"""Reasons to hold a page back that a changed layout would give."""


def block_hashes(text: str, blocks: Iterable[Block]) -> tuple[int, ...]:
    """One 64-bit hash a block, of its characters without white space."""
    return tuple(
        xxh3_64_intdigest(squeeze(text[block.start : block.end]).encode("utf-8", "surrogatepass"))
        for block in blocks
    )


def packed(hashes: Iterable[int]) -> bytes:
    """Distinct hashes as little-endian uint64, in the order of numbers."""
    return np.array(sorted(set(hashes)), dtype="<u8").tobytes()


def unpacked(data: bytes) -> frozenset[int]:
    """The hashes that were packed."""
    return frozenset(np.frombuffer(data, dtype="<u8").tolist())


def shared(
    hashes: Sequence[int], sisters: Sequence[bytes], *, fewest: int = FEWEST
) -> frozenset[int]:
    """Those of a page's hashes that stand in `fewest` or more other articles (packed hashes each).

    An article with more than half of its blocks, or of this page's, in common is this one
    published a second time, and does not count.
    """
    if len(sisters) < fewest or not hashes:
        return frozenset()
    mine = np.unique(np.array(hashes, dtype="<u8"))
    theirs = np.frombuffer(b"".join(sisters), dtype="<u8")
    at = np.minimum(np.searchsorted(mine, theirs), len(mine) - 1)
    places = np.flatnonzero(mine[at] == theirs)
    if len(places) < fewest:
        return frozenset()
    sizes = np.array([len(each) // 8 for each in sisters])
    owners = np.searchsorted(np.cumsum(sizes), places, side="right")
    common = np.bincount(owners, minlength=len(sisters))
    copies = common > _COPY * np.minimum(sizes, len(mine))
    counts = np.bincount(at[places[~copies[owners]]], minlength=len(mine))
    return frozenset(mine[counts >= fewest].tolist())


def furniture(reading: Reading, hashes: Sequence[int], known: Collection[int]) -> frozenset[int]:
    """Those of the known blocks that may be left out of a reading.

    A sub-heading between paragraphs that stay is the article's own, however often its publisher
    uses it ("Background"). Nothing goes where more than half of the text would.
    """
    if not known:
        return frozenset()
    going = [hash in known for hash in hashes]
    for number in range(len(going) - 1, -1, -1):
        heads = reading.blocks[number].kind is BlockKind.SUBHEADING
        if heads and number + 1 < len(going) and not going[number + 1]:
            going[number] = False
    size = sum(
        block.end - block.start for block, goes in zip(reading.blocks, going, strict=True) if goes
    )
    if size > _MOST * len(reading.text):
        return frozenset()
    staying = {hash for hash, goes in zip(hashes, going, strict=True) if not goes}
    return frozenset(hash for hash in hashes if hash in known and hash not in staying)


def without(reading: Reading, hashes: Sequence[int], left_out: Collection[int]) -> Reading:
    """The reading without the blocks of these hashes; the same object when it has none of them."""
    kept = [number for number, hash in enumerate(hashes) if hash not in left_out]
    if not kept or len(kept) == len(hashes):
        return reading
    moved: list[tuple[Block, int]] = []  # block as it was, and how far it moves
    blocks: list[Block] = []
    pieces: list[str] = []
    at = 0
    for number in kept:
        block = reading.blocks[number]
        pieces.append(reading.text[block.start : block.end])
        moved.append((block, at - block.start))
        blocks.append(Block(kind=block.kind, start=at, end=at + len(pieces[-1])))
        at += len(pieces[-1]) + len(BETWEEN)
    text = BETWEEN.join(pieces)
    return replace(
        reading,
        text=text,
        blocks=tuple(blocks),
        proof=replace(reading.proof, blocks=tuple(reading.proof.blocks[number] for number in kept)),
        quotes=tuple(_quotes(reading.quotes, moved)),
        citations=tuple(_citations(reading.citations, moved)),
        features=features(reading.title, text, reading.language),
    )


_Moved = Sequence[tuple[Block, int]]


def _shift(moved: _Moved, start: int, end: int) -> int | None:
    """How far a span moves; None where its words do not all stay in one block."""
    return next((by for block, by in moved if block.start <= start and end <= block.end), None)


def _quotes(quotes: Iterable[Quote], moved: _Moved) -> Iterable[Quote]:
    """The quotes that stay; a speaker or cue in a block that went is not known any more."""
    for quote in quotes:
        by = _shift(moved, quote.start, quote.end)
        if by is None:
            continue
        speaker = _shift(moved, quote.speaker_start, quote.speaker_end)
        cue = _shift(moved, quote.cue_start, quote.cue_end)
        named = speaker is not None and quote.speaker_end > quote.speaker_start
        cued = cue is not None and quote.cue_end > quote.cue_start
        yield Quote(
            start=quote.start + by,
            end=quote.end + by,
            speaker_start=quote.speaker_start + (speaker or 0) if named else 0,
            speaker_end=quote.speaker_end + (speaker or 0) if named else 0,
            cue_start=quote.cue_start + (cue or 0) if cued else 0,
            cue_end=quote.cue_end + (cue or 0) if cued else 0,
        )


def _citations(citations: Iterable[Citation], moved: _Moved) -> Iterable[Citation]:
    for citation in citations:
        by = _shift(moved, citation.start, citation.end)
        if by is not None:
            yield replace(citation, start=citation.start + by, end=citation.end + by)


# ---------------------------------------------------------------- layouts


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a page: "" when it was read, else why it was held back."""

    reason: str = ""
    layout: str = ""  # the element that holds the body, where the extractor names it


def broken(newest_first: Sequence[Outcome]) -> bool:
    """Whether a publisher's pages stopped being readable: most of the last ten, few before."""
    recent, before = newest_first[:RECENT], newest_first[RECENT:]
    if len(before) < BEFORE or sum(bool(each.reason) for each in recent) < BROKEN:
        return False
    return sum(not each.reason for each in before) >= READ_BEFORE * len(before)


def healed(newest_first: Sequence[Outcome]) -> bool:
    """Whether pages are read again, after some of the last ten were not."""
    recent = [bool(each.reason) for each in newest_first[:RECENT]]
    return not any(recent[:HEALED]) and any(recent[HEALED:])
