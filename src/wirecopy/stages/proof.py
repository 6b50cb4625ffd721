"""The proof: every published block stands in the archived page, in order and word for word.

`prove` takes texts as they would be published and searches the source for them; it trusts nobody's
places. Unchanged means: equal but for HTML's white space and character references. Between the
words of a block only tags, comments, script, style and white space may stand. A block is whole: it
begins and ends where a block of the page does, or a line breaks, so that no "Not" is lost at its
edge. `verify` rebuilds the text from stored evidence alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import unescape
from itertools import pairwise

from wirecopy.model import Block, Found, Held, Proof, Span
from wirecopy.stages.headline import (
    Statements,
    find_author,
    find_headline,
    prove_in_feed,
    statements,
    still_stated,
)
from wirecopy.stages.source import Source, is_gap, is_unspaced, squeeze, visible, words

__all__ = ["BETWEEN", "clip", "prove", "prove_in_feed", "prove_title", "verify"]

BETWEEN = "\n\n"  # what stands between two blocks of a text
_TRIES = 1000  # places looked at for one block; a page made to be slow is held back


def prove(
    source: Source, blocks: Sequence[str], title: str | Sequence[str], authors: Sequence[str]
) -> Proof | Held:
    """Find every block, the headline and the authors in the page, or say what fails first.

    `title` may be several candidates, best first: the first that stands in the page is the
    headline (`Proof.title.text`). An author that stands nowhere is left out, not held against
    the page.
    """
    stated = statements(source)
    headline = _first_title(source, stated, (title,) if isinstance(title, str) else title)
    if headline is None:
        return Held(reason="proof-failed", detail="no headline stands in the page")
    places: list[tuple[int, int]] = []
    spans: list[tuple[Span, ...]] = []
    for block in blocks:
        found = _stand(source, block, places[-1][1] if places else 0, source.skeleton.find)
        if found is None:
            number = f"block {len(places) + 1} of {len(blocks)}"
            detail = f"{number} {_why(source, block)}: {block[:80]!r}"
            return Held(reason="proof-failed", detail=detail, title=headline)
        places.append(found[0])
        spans.append(found[1])
    if not places:
        return Held(reason="proof-failed", detail="there is no text to prove", title=headline)
    _tighten(source, blocks, places, spans)
    names = (find_author(source, stated, author) for author in dict.fromkeys(authors))
    return Proof(
        charset=source.charset,
        title=headline,
        authors=tuple(name for name in names if name is not None),
        blocks=tuple(spans),
    )


def prove_title(source: Source, titles: Sequence[str]) -> Found | None:
    """The first of the candidates that the page states as its headline."""
    return _first_title(source, statements(source), titles)


def _first_title(source: Source, stated: Statements, titles: Sequence[str]) -> Found | None:
    found = (find_headline(source, stated, title) for title in titles)
    return next((one for one in found if one is not None), None)


_Search = Callable[[str, int, int], int]
_Stand = tuple[tuple[int, int], tuple[Span, ...]]


def _stand(
    source: Source, claim: str, low: int, search: _Search, high: int | None = None
) -> _Stand | None:
    """The first place from `low` on (with `rfind`: the last) where a claim stands strictly."""
    needle = squeeze(claim)
    if not needle:
        return None
    end = len(source.skeleton) if high is None else high
    for _ in range(_TRIES):
        at = search(needle, low, end)
        if at < 0:
            return None
        stop = at + len(needle)
        spans = _strictly(source, claim, at, stop)
        if spans and source.parts_blocks(at) and source.parts_blocks(stop):
            return (at, stop), spans
        if search == source.skeleton.find:
            low = at + 1
        else:
            end = stop - 1
    return None


def _strictly(source: Source, claim: str, at: int, stop: int) -> tuple[Span, ...]:
    """The spans, when the source's words there are the claim to the last character."""
    spans = source.spans(at, stop)
    if words(source.text, spans) == claim:
        return spans
    if squeeze(claim[0]) and squeeze(claim[-1]):
        return ()
    # A claim may begin or end with what the skeleton does not hold: a no-break space.
    for wide in source.widened(spans):
        if words(source.text, wide) == claim:
            return wide
    return ()


def _why(source: Source, block: str) -> str:
    if _stand(source, block, 0, source.skeleton.find):
        return "stands in the page, but before the block that should precede it"
    return "does not stand in the page word for word"


def _tighten(
    source: Source,
    blocks: Sequence[str],
    places: list[tuple[int, int]],
    spans: list[tuple[Span, ...]],
) -> None:
    """Move each block as near to the next as it stands: a menu may hold the same words."""
    for number in range(len(places) - 2, -1, -1):
        low, high = places[number][0] + 1, places[number + 1][0]
        nearer = _stand(source, blocks[number], low, source.skeleton.rfind, high)
        if nearer is not None:
            places[number], spans[number] = nearer


# ---------------------------------------------------------------- from stored evidence


def verify(
    page: str,
    title: str,
    authors: Sequence[str],
    text: str,
    blocks: Sequence[Block],
    proof: Proof,
) -> list[str]:
    """What is wrong with stored evidence, in words; [] means proved.

    `page` is the archived page decoded with `proof.charset`. A headline that only a feed gave
    (`proof.title.where == "feed"`) stands in another capture: check it with `prove_in_feed`.
    """
    source = Source(page)
    problems = _verify_text(text, blocks, proof)
    for number, (block, spans) in enumerate(zip(blocks, proof.blocks, strict=False), 1):
        for problem in _verify_spans(source, spans):
            problems.append(f"block {number}: {problem}")
        if not problems and words(page, spans) != text[block.start : block.end]:
            problems.append(f"block {number} differs from the page")
    problems += _verify_order(source, proof)
    if proof.title.where != "feed":
        problems += _verify_found(source, proof.title, title, "headline")
    if len(authors) != len(proof.authors):
        problems.append(f"{len(authors)} authors, evidence for {len(proof.authors)}")
    for author, found in zip(authors, proof.authors, strict=False):
        problems += _verify_found(source, found, author, "author")
    return problems


def _verify_text(text: str, blocks: Sequence[Block], proof: Proof) -> list[str]:
    """The blocks and what stands between them are the whole text."""
    if len(blocks) != len(proof.blocks):
        return [f"{len(blocks)} blocks, evidence for {len(proof.blocks)}"]
    if BETWEEN.join(text[block.start : block.end] for block in blocks) != text:
        return ["the text is not its blocks"]
    at = 0
    for number, block in enumerate(blocks, 1):
        if block.start != at or block.end <= block.start:
            return [f"block {number} begins at {block.start}, not at {at}"]
        at = block.end + len(BETWEEN)
    return []


def _verify_order(source: Source, proof: Proof) -> list[str]:
    """Blocks follow each other; each is whole, but for the end of the last (an excerpt's)."""
    problems: list[str] = []
    for number, (before, after) in enumerate(pairwise(proof.blocks), 1):
        if before and after and before[-1].end > after[0].start:
            problems.append(f"block {number + 1} stands before block {number}")
    for number, spans in enumerate(proof.blocks, 1):
        if spans and not source.begins_block(spans[0].start):
            problems.append(f"block {number} begins inside a block of the page")
        if spans and number < len(proof.blocks) and not source.begins_block(spans[-1].end):
            problems.append(f"block {number} ends inside a block of the page")
    return problems


def _verify_spans(source: Source, spans: Sequence[Span]) -> list[str]:
    if not spans:
        return ["no evidence"]
    problems = [
        f"characters {span.start} to {span.end} are not text of the page"
        for span in spans
        if not (0 <= span.start < span.end <= len(source.text) and source.holds_text(span))
    ]
    if not problems:
        problems = [
            f"words stand between characters {left.end} and {right.start}"
            for left, right in pairwise(spans)
            if left.end > right.start or not is_gap(source.text, left.end, right.start)
        ]
    return problems


def _verify_found(source: Source, found: Found, claim: str, what: str) -> list[str]:
    if found.text != claim:
        return [f"the {what} is not the one that was proved"]
    if found.where in ("h1", "text"):
        wrong = _verify_spans(source, found.spans)
        stands = not wrong and words(source.text, found.spans) == claim
    else:
        stands = still_stated(source.text, found)
    return [] if stands else [f"the {what} does not stand in {found.where}"]


# ---------------------------------------------------------------- excerpts


def clip(
    text: str, blocks: Sequence[Block], proof: Proof, source: Source, max_chars: int
) -> tuple[str, tuple[Block, ...], Proof]:
    """The first words of a text, at most `max_chars` characters, with their own evidence."""
    kept: list[Block] = []
    spans: list[tuple[Span, ...]] = []
    for block, evidence in zip(blocks, proof.blocks, strict=True):
        if block.end <= max_chars:
            kept.append(block)
            spans.append(evidence)
            continue
        part = _cut(text[block.start : block.end], evidence, source.text, max_chars - block.start)
        if part is not None:
            end = block.start + part[0]
            kept.append(Block(kind=block.kind, start=block.start, end=end))
            spans.append(part[1])
        break
    end = kept[-1].end if kept else 0
    clipped = Proof(
        charset=proof.charset, title=proof.title, authors=proof.authors, blocks=tuple(spans)
    )
    return text[:end], tuple(kept), clipped


def _cut(
    block: str, spans: Sequence[Span], page: str, room: int
) -> tuple[int, tuple[Span, ...]] | None:
    """The longest beginning of a block that ends at a word's end: its length and spans."""
    for length in range(min(room, len(block) - 1), 0, -1):
        if _ends_word(block, length):
            part = _first_spans(page, spans, len(squeeze(block[:length])))
            if part and words(page, part) == block[:length]:
                return length, part
    return None


def _ends_word(block: str, length: int) -> bool:
    last, following = block[length - 1], block[length]
    if not squeeze(last):
        return False
    if is_unspaced(last) and is_unspaced(following):
        return last.isalnum() and following.isalnum()
    return following.isspace()


def _first_spans(page: str, spans: Sequence[Span], count: int) -> tuple[Span, ...]:
    """The spans of the first `count` visible characters."""
    kept: list[Span] = []
    for span in spans:
        held = len(squeeze(unescape(page[span.start : span.end])))
        if held < count:
            kept.append(span)
            count -= held
            continue
        end = visible(page, span.start, span.end, count - 1)[1]
        return (*kept, Span(start=span.start, end=end))
    return ()
    return ()
