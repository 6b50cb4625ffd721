"""Train the choice of a page's blocks, and say how well it does on publishers it has not seen.

`--data` is a folder of pages whose text is known (truth.jsonl and html/*.gz), `--more DIR` another
that is trained on too, at half the weight. The figures are of five-fold cross-validation on the
pages of `--data`: no domain stands on both sides. The trees of `--out` are trained on all pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from selectolax.lexbor import LexborHTMLParser

from bench import Ask, CannotRun
from bench.extraction import read_truth
from bench.extraction_details import worst_lines
from bench.forests import plain
from bench.page_labels import labels
from bench.scoring import Pair, Prediction, Truth, compare, score
from wirecopy.stages.block_choice import Choice, choose
from wirecopy.stages.block_claims import CLAIMS, Said
from wirecopy.stages.block_features import FEATURES, features
from wirecopy.stages.block_layout import LAYOUT, Floats, layout
from wirecopy.stages.block_scorer import HOPELESS, Forest, Scored, forest_of, scorer_of
from wirecopy.stages.blocks import Blocks, Ints, cut
from wirecopy.stages.decode import decode
from wirecopy.stages.metadata import read_metadata
from wirecopy.stages.pages import said_by

FOLDS = 5
ELSEWHERE = 0.5  # the weight of a page of --more
_LONGEST = 100  # words; a longer block counts no more
_SIEVE: dict[str, Any] = {"iterations": 60, "depth": 5, "learning_rate": 0.2, "random_seed": 3}
_TREES: dict[str, Any] = {
    "iterations": 200,
    "depth": 6,
    "border_count": 63,
    "thread_count": 2,
    "verbose": False,
    "allow_writing_files": False,
}
# Two forests that see different features first are better than one (F1 +.002, exact +.015).
_FORESTS: tuple[dict[str, Any], ...] = (
    {"learning_rate": 0.2, "l2_leaf_reg": 5, "random_seed": 1},
    {"learning_rate": 0.2, "l2_leaf_reg": 10, "random_seed": 2, "rsm": 0.3},
)
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Example:
    """A page whose text is known, cut and counted."""

    row: Truth
    domain: str
    page: Blocks
    said: Said
    layout: Floats  # (blocks, layout features)
    right: npt.NDArray[np.float64]  # the share of each block that the text holds
    weight: npt.NDArray[np.float64]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--more", action="append", type=Path, default=[], metavar="DIR", help="train on this too"
    )
    parser.add_argument(
        "--parts", action="store_true", help="train without one part after the other, too"
    )
    parser.add_argument(
        "--worst", type=int, default=0, metavar="N", help="list the N worst pages by kind of fault"
    )


def run(ask: Ask) -> list[dict[str, Any]]:
    """Print what cross-validation gives, and write the trees of all pages to `--out`."""
    own = examples(ask.folder(), 1.0)
    more = [one for folder in ask.more.more for one in examples(folder, ELSEWHERE)]
    print(f"{len(own)} pages, and {len(more)} more to train on", flush=True)
    scored = crossed(own, more)
    table = [told(own, scored, name) for name in ("all", *sorted({set_of(e) for e in own}))]
    print(f"\n{'':15}{'pages':>7}{'F1':>8}{'P':>8}{'R':>8}{'exact':>8}{'fail':>8}")
    for line in table:
        figures = "".join(f"{line[key]:8.3f}" for key in ("f1", "precision", "recall", "exact"))
        print(f"{line['name']:15}{line['pages']:7}{figures}{line['fail']:8.3f}")
    dropped, gone = lost(own, scored)
    print(f"\nthe sieve drops {dropped:.3f} of the blocks, with {gone:.5f} of the texts' words")
    print("\nconfidence told, F1 found, by tenths of the pages")
    for told_confidence, found in curve(own, scored):
        print(f"{told_confidence:8.3f}{found:8.3f}")
    if ask.more.parts:
        print(f"\n{'':42}{'features':>9}{'F1':>8}{'exact':>8}{'fail':>8}")
        for line in parts(own, more):
            figures = f"{line['f1']:8.4f}{line['exact']:8.3f}{line['fail']:8.3f}"
            print(f"{line['name']:42}{line['features']:9}{figures}", flush=True)
            table.append(line)
    if ask.more.worst:
        print(f"\nThe {ask.more.worst} worst pages: F1, page, words of the fault")
        for text in worst_lines(guesses(own, scored), ask.more.worst):
            print(text)
    if ask.out is not None:
        ask.out.write_text(trees_of([*own, *more]), encoding="utf-8")
    return table


def set_of(example: Example) -> str:
    return example.row.get("set", "")


def examples(folder: Path, weight: float) -> list[Example]:
    """Every page of a folder whose text is known and which has any block."""
    found = []
    shown = sys.stderr.isatty()
    rows = [row for row in read_truth(folder) if row.get("text")]
    for number, row in enumerate(rows, 1):
        found += example(folder, row, weight)
        if shown:
            print(f"\r{folder.name}: {number} of {len(rows)} pages ", end="", file=sys.stderr)
    if shown:
        print(file=sys.stderr)
    return found


def example(folder: Path, row: Truth, weight: float) -> list[Example]:
    text = decode(gzip.decompress((folder / row["file"]).read_bytes()), "").text
    tree = LexborHTMLParser(text)
    page = cut(tree)
    if not page:
        return []
    said = said_by(read_metadata(tree, row["url"], page=page))
    page.pieces.clear()  # they hold the parsed page
    size = np.array([block.count(" ") + 1 for block in page.text], np.float64)
    by_size = np.sqrt(np.minimum(size, _LONGEST))
    return [
        Example(
            row=row,
            domain=str(row.get("domain") or row["id"]),
            page=page,
            said=said,
            layout=np.ascontiguousarray(layout(page).T),
            right=labels(page.text, row["text"] or ""),
            weight=by_size * (300 * weight / by_size.sum()),  # every page counts alike
        )
    ]


def fold_of(example: Example) -> int:
    return crc32(example.domain.encode()) % FOLDS


# Parts of what is counted, by the names of their rows.
_PARTS = {
    "names of elements": r"(?:own|parent|grand|above):|tag_",
    "shares of the elements around": r"(?:share|long|links|paragraphs|dense|many)_(?:own|pa|gr)",
    "blocks marked up alike": r"alike_|same",
    "neighbours": r"[a-z]+[+-]\d|long_(?:past|ahead)",
    "place on the page": r"place|(?:text|long)_(?:before|after)|.*best|in_around|from_|to_last|h1s"
    r"|headings",
    "what the page's data says": "|".join(CLAIMS),
}


def parts(own: Sequence[Example], more: Sequence[Example]) -> Iterator[dict[str, Any]]:
    """The figures without each part of what is counted, trained anew."""
    for what, pattern in _PARTS.items():
        without = frozenset(filter(re.compile(pattern).match, FEATURES))
        line = told(own, crossed(own, more, without), "all")
        yield {**line, "name": f"without {what}", "features": len(without)}


def crossed(
    own: Sequence[Example], more: Sequence[Example], without: Set[str] = frozenset()
) -> list[Scored]:
    """What trees that saw no page of its domain, and none of these features, say of each page's
    blocks."""
    scored: dict[int, Scored] = {}
    for fold in range(FOLDS):
        others = [one for one in (*own, *more) if fold_of(one) != fold]
        scorer = scorer_of(json.loads(trees_of(others, without)))
        for number, one in enumerate(own):
            if fold_of(one) == fold:
                scored[number] = scorer.score(one.page, one.said)
        print(f"fold {fold + 1} of {FOLDS}", file=sys.stderr, flush=True)
    return [scored[number] for number in range(len(own))]


def trees_of(pages: Sequence[Example], without: Set[str] = frozenset()) -> str:
    """The trained trees in their plain form: the sieve first, then those that see what it leaves.
    None asks for the features in `without`.

    CatBoost's; any other way to oblivious trees would do.
    """
    whole = [np.arange(len(one.right)) for one in pages]
    layouts = [_blinded(one.layout, LAYOUT, without) for one in pages]
    sieve = plain([_trained(_SIEVE, layouts, pages, whole)], LAYOUT)
    sorting = forest_of(json.loads(sieve), LAYOUT)
    left = [_left(sorting, one) for one in pages]
    tables = [
        _blinded(features(one.page, one.said, one.layout.T, numbers).T, FEATURES, without)
        for one, numbers in zip(pages, left, strict=True)
    ]
    forests = [_trained(settings, tables, pages, left) for settings in _FORESTS]
    return plain(forests, FEATURES, head=f'"sieve":{sieve.strip()},\n')


def _blinded(table: Floats, names: Sequence[str], without: Set[str]) -> Floats:
    """(blocks, features) with noughts for what may not be seen: no tree asks for a constant."""
    if not without:
        return table
    seen = np.array([name not in without for name in names])
    return np.where(seen, table, np.float32(0))


def _left(sieve: Forest, one: Example) -> Ints:
    return np.flatnonzero(sieve.odds(np.ascontiguousarray(one.layout.T)) > HOPELESS)


def _trained(
    settings: dict[str, Any],
    tables: Sequence[Floats],
    pages: Sequence[Example],
    blocks: Sequence[Ints],
) -> Any:
    """A forest over the rows of the tables, which stand for these blocks of the pages."""
    try:
        from catboost import CatBoostClassifier, Pool
    except ImportError as error:
        raise CannotRun("catboost is not installed: scripts/setup bench") from error
    told = list(zip(pages, blocks, strict=True))
    pool = Pool(
        np.vstack(tables),
        np.concatenate([one.right[numbers] >= 0.5 for one, numbers in told]).astype(int),
        weight=np.concatenate([one.weight[numbers] for one, numbers in told]),
    )
    model = CatBoostClassifier(**{**_TREES, **settings})
    model.fit(pool)
    return model


def lost(own: Sequence[Example], scored: Sequence[Scored]) -> tuple[float, float]:
    """The share of blocks that the sieve drops, and the share of the texts' words among them."""
    dropped = blocks = 0
    gone = words = 0.0
    for one, left in zip(own, scored, strict=True):
        size = np.array([text.count(" ") + 1 for text in one.page.text]) * (one.right >= 0.5)
        blocks += len(size)
        dropped += len(size) - len(left.numbers)
        words += float(size.sum())
        gone += float(size.sum() - size[left.numbers].sum())
    return dropped / blocks, gone / words


def told(own: Sequence[Example], scored: Sequence[Scored], name: str) -> dict[str, Any]:
    """One line of the table: all pages or those of one collection."""
    of_set = [name in ("all", set_of(one)) for one in own]
    pairs = list(compress(guesses(own, scored), of_set))
    measured = score(pairs)
    keys = ("f1", "precision", "recall", "exact", "fail")
    return {
        "name": name,
        "pages": len(pairs),
        **{key: getattr(measured, key) or 0.0 for key in keys},
    }


def guesses(own: Sequence[Example], scored: Sequence[Scored]) -> list[Pair]:
    """Each page's truth, and the text that is chosen."""
    return [
        (one.row, Prediction(text=_text(choose(one.page, found))))
        for one, found in zip(own, scored, strict=True)
    ]


def _text(choice: Choice) -> str:
    return "\n".join(block.text for block in choice.blocks)


def curve(own: Sequence[Example], scored: Sequence[Scored]) -> list[tuple[float, float]]:
    """Mean confidence and mean page F1 of each tenth of the pages, least sure first."""
    rows = []
    for one, found in zip(own, scored, strict=True):
        choice = choose(one.page, found)
        rows.append((choice.confidence, compare(one.row["text"] or "", _text(choice)).f1))
    rows.sort()
    means = np.array_split(np.array(rows), _TENTHS)
    return [(float(part[:, 0].mean()), float(part[:, 1].mean())) for part in means if len(part)]
