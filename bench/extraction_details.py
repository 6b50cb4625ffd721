"""What stands below the table of `bench extraction`: sets, refused pages, and the worst pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bench.scoring import (
    POOR,
    Pair,
    Prediction,
    Score,
    Truth,
    compare,
    is_other,
    lost_and_added,
    score,
)

_SET_COLUMNS = ("f1", "precision", "recall", "exact", "fail", "title", "authors", "date")
_EXACT = "exact"


def by_set(pairs: Sequence[Pair]) -> list[tuple[str, int, Score]]:
    """(set, pages, score) of each collection the pages come from; empty when they name none."""
    sets: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if name := pair[0].get("set"):
            sets[name].append(pair)
    return [(name, len(found), score(found)) for name, found in sorted(sets.items())]


def set_lines(pairs: Sequence[Pair]) -> Iterator[str]:
    """A line a set: its pages and its scores; "-" where no truth is known."""
    found = by_set(pairs)
    if found:
        headings = ("pages", "F1", "P", "R", *_SET_COLUMNS[3:])
        yield f"{'set':17}" + "".join(f"{heading:>9}" for heading in headings)
    for name, pages, measured in found:
        values = [getattr(measured, key) for key in _SET_COLUMNS]
        cells = [str(pages), *("-" if value is None else f"{value:.3f}" for value in values)]
        yield f"{name:17}" + "".join(f"{cell:>9}" for cell in cells)


def refused_lines(pairs: Sequence[Pair]) -> Iterator[str]:
    """How many pages of each set and type were said to be no article.

    A set whose pages have no type holds articles alone: that is why it was made.
    """
    kinds: defaultdict[tuple[bool, str, str], list[bool]] = defaultdict(list)
    for truth, guess in pairs:
        kind = truth.get("page_type") or "article"
        kinds[is_other(truth), truth.get("set") or "", kind].append(not guess.is_article)
    for others, what in ((False, "articles"), (True, "other pages")):
        all_of_them = [said for key, found in kinds.items() if key[0] is others for said in found]
        if not all_of_them:
            continue
        parts = ", ".join(
            f"{sum(found)} of {len(found)} {kind if others else name}".rstrip()
            for (other, name, kind), found in sorted(kinds.items())
            if other is others
        )
        share = sum(all_of_them) / len(all_of_them)
        refused = f"{sum(all_of_them)} of {len(all_of_them)} {what} refused"
        yield f"{refused} ({share:.3f}): {parts}"


def fault(truth: Truth, guess: Prediction) -> str:
    """The kind of fault that costs a page most, in words; "exact" when there is none."""
    text = truth.get("text") or ""
    page = compare(text, guess.text)
    if page.exact:
        return _EXACT
    if not guess.text.strip():
        return f"held: {guess.held}" if guess.held else "nothing found"
    if page.f1 < POOR and (page.precision or 0) < POOR and (page.recall or 0) < POOR:
        return "another text"
    where, how_many = lost_and_added(text, guess.text)
    return f"{where} ({how_many} words)"


def worst_lines(pairs: Sequence[Pair], count: int) -> Iterator[str]:
    """The pages with the lowest F1, gathered by the kind of their fault, the costliest first."""
    scored = sorted(
        (
            (compare(text, guess.text).f1, truth, guess)
            for truth, guess in pairs
            if (text := truth.get("text")) and not is_other(truth)
        ),
        key=lambda found: found[0],
    )[:count]
    kinds: defaultdict[str, list[tuple[float, str, Truth]]] = defaultdict(list)
    for f1, truth, guess in scored:
        kind, _, words = fault(truth, guess).partition(" (")
        kinds[kind].append((f1, words.rstrip(")"), truth))
    for kind, found in sorted(kinds.items(), key=lambda item: -sum(1 - f1 for f1, *_ in item[1])):
        yield f"{kind}: {len(found)}"
        for f1, words, truth in found:
            yield f"  {f1:.3f}  {truth.get('id', '')}  {truth['url']}  {words}".rstrip()
