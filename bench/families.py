"""What is gained by leaving out the blocks that a publisher's pages share.

Each folder (--data, and --more as often as wished) holds truth.jsonl and html/*.gz. Pages of which
the text is known, of domains with several pages, are read and proved as ever; then what stands on
other pages of the domain is left out by the functions that record pages. In one run: as read; with
the other pages that stand earlier in the set known; with all other pages of the domain known.
"""

from __future__ import annotations

import argparse
import gzip
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import Ask, CannotRun
from bench.extraction import read_truth
from bench.scoring import Prediction, Truth, is_other, score
from wirecopy.model import Reading
from wirecopy.stages.address import domain
from wirecopy.stages.family import block_hashes, furniture, packed, shared, without
from wirecopy.stages.read import read_page

_AT = datetime(2026, 11, 1, tzinfo=UTC)  # when pages are said to be read; decides nothing here
COUNTS = (1, 2, 3)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags that only this benchmark has."""
    parser.add_argument("--more", type=Path, action="append", default=[], metavar="PATH")
    parser.add_argument("--show", action="store_true", help="print each block that is left out")


@dataclass(slots=True)
class Page:
    """One page as it was read, with the hashes of its blocks."""

    truth: Truth
    reading: Reading
    hashes: tuple[int, ...]


def families(folders: Sequence[Path]) -> list[list[Page]]:
    """The pages that were read, by domain, where a domain has two at least."""
    rows: dict[str, list[tuple[Path, Truth]]] = defaultdict(list)
    for folder in folders:
        for row in read_truth(folder):
            if row.get("text") and not is_other(row):
                rows[domain(row["url"])].append((folder, row))
    found = []
    for several in rows.values():
        pages = [] if len(several) < 2 else [_read(folder, row) for folder, row in several]
        read = [page for page in pages if page is not None]
        if len(read) > 1:
            found.append(read)
    return found


def _read(folder: Path, row: Truth) -> Page | None:
    body = gzip.decompress((folder / row["file"]).read_bytes())
    found = read_page(body, (("Content-Type", "text/html"),), row["url"], _AT)
    if not isinstance(found, Reading):
        return None
    return Page(truth=row, reading=found, hashes=block_hashes(found.text, found.blocks))


def left(
    domains: Sequence[Sequence[Page]], fewest: int, *, earlier: bool, show: bool = False
) -> tuple[list[Reading], int]:
    """All readings, trimmed, and how many lost a block."""
    readings = []
    for pages in domains:
        for number, page in enumerate(pages):
            others = pages[:number] if earlier else [p for p in pages if p is not page]
            known = shared(page.hashes, [packed(p.hashes) for p in others], fewest=fewest)
            going = furniture(page.reading, page.hashes, known)
            readings.append(without(page.reading, page.hashes, going))
            if show:
                _show(page, going)
    whole = [page.reading for pages in domains for page in pages]
    return readings, sum(a is not b for a, b in zip(readings, whole, strict=True))


def _show(page: Page, going: frozenset[int]) -> None:
    truth = "".join((page.truth["text"] or "").split())
    for block, hash in zip(page.reading.blocks, page.hashes, strict=True):
        if hash in going:
            words = page.reading.text[block.start : block.end]
            mark = "wrong" if "".join(words.split()) in truth else "right"
            print(f"{mark} {domain(page.truth['url'])} {block.kind}: {words[:100]}")


def run(ask: Ask) -> list[dict[str, Any]]:
    """Print the table: as read, then with blocks left out that stand in 1, 2, 3 others."""
    domains = families([ask.folder(), *getattr(ask.more, "more", [])])
    if not domains:
        raise CannotRun("no domain has two pages whose text is known")
    pages = [page for several in domains for page in several]
    big = sum(len(several) for several in domains if len(several) > 3)
    print(f"{len(pages)} pages of {len(domains)} domains; {big} of domains with four or more\n")
    print(f"{'':34}{'pages':>7}{'F1':>8}{'P':>8}{'R':>8}{'exact':>8}")
    table = [_row("as read", pages, [page.reading for page in pages], 0)]
    for earlier in (True, False):
        for fewest in COUNTS:
            name = f"{'earlier' if earlier else 'all other'} pages known, in {fewest} or more"
            table.append(_row(name, pages, *left(domains, fewest, earlier=earlier)))
    if getattr(ask.more, "show", False):
        left(domains, COUNTS[1], earlier=False, show=True)
    return table


def _row(
    name: str, pages: Sequence[Page], readings: Sequence[Reading], trimmed: int
) -> dict[str, Any]:
    pairs = [
        (page.truth, Prediction(text=reading.text))
        for page, reading in zip(pages, readings, strict=True)
    ]
    got = score(pairs)
    print(
        f"{name:34}{trimmed:>7}{got.f1:>8.4f}{got.precision:>8.4f}{got.recall:>8.4f}"
        f"{got.exact:>8.3f}",
        flush=True,
    )
    return {
        "name": name,
        "trimmed": trimmed,
        "f1": got.f1,
        "precision": got.precision,
        "recall": got.recall,
        "exact": got.exact,
    }
