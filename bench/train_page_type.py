"""Train the decision whether a page is an article, and say how well it does on other publishers.

`--data` may be given again; each folder holds truth.jsonl and html/*.gz, as `extraction` wants
them. A page is something else than an article where its `page_type` says so. The trees of `--out`
are trained on all pages; the figures come from five-fold cross-validation, in which no domain
stands on both sides, and so does the probability from which a page is taken for an article.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from selectolax.lexbor import LexborHTMLParser
from xxhash import xxh3_64_intdigest

from bench import Ask, CannotRun
from bench.extraction import read_truth
from bench.forests import plain
from bench.scoring import Truth, is_other
from wirecopy.stages.block_layout import Floats
from wirecopy.stages.block_scorer import Forest, forest_of
from wirecopy.stages.blocks import cut
from wirecopy.stages.decode import decode
from wirecopy.stages.page_signs import SIGNS, declares_news, is_front, signs
from wirecopy.stages.stated import read_stated

Flags = npt.NDArray[np.bool_]

FOLDS = 5
SEEDS = 3  # forests; one alone is swayed by chance on pages unlike those it was trained on
REFUSED = 0.04  # share of articles that may be refused; the goal is .05 at the most
_OTHERS_COUNT = 2.0  # weight of a page that is no article, as there are few
# Chosen by cross-validation among depths of 3 to 5; all are within the noise of three points.
_TREES: dict[str, Any] = {
    "iterations": 200,
    "depth": 5,
    "learning_rate": 0.08,
    "l2_leaf_reg": 8.0,
    "rsm": 0.25,  # share of signs that a question is chosen from
    "bootstrap_type": "Bernoulli",
    "subsample": 0.8,
    "boosting_type": "Plain",
    "border_count": 32,
    "thread_count": 2,
    "allow_writing_files": False,
    "logging_level": "Silent",
}


@dataclass(frozen=True, slots=True)
class Pages:
    """What is trained on: (pages, signs) numbers, and what each page is."""

    table: Floats
    article: Flags
    news: Flags  # declared: accepted, whatever the trees say
    front: Flags  # of a site: refused by its address, whatever the trees say
    fold: npt.NDArray[np.int64]
    sets: tuple[str, ...]  # where a page comes from
    kinds: tuple[str, ...]  # its page_type


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--refused",
        type=float,
        default=REFUSED,
        metavar="SHARE",
        help=f"share of articles that may be refused ({REFUSED})",
    )


def run(ask: Ask) -> list[dict[str, Any]]:
    """Cross-validate, print what is refused, and write the trees of all pages."""
    pages = read(ask.folders())
    if pages.article.all():
        raise CannotRun("no page has a page_type other than article: there is nothing to learn")
    chances = cross_validated(pages)
    least = float(np.quantile(chances[pages.article], ask.more.refused))
    print(f"a page is an article from {least:.3f}; area under the curve {auc(pages, chances):.4f}")
    for share in (0.01, 0.02, 0.03, 0.04, 0.05):
        cut_at = np.quantile(chances[pages.article], share)
        told = (chances[~pages.article] < cut_at).mean()
        print(f"{told:.3f} of other pages are refused where {share:.2f} of articles are")
    table = refusals(pages, chances < least)
    for line in table:
        print(f"{line['refused']:>6} of {line['pages']:<5} {line['share']:.3f}  {line['what']}")
    if ask.out is not None:
        models = fit(pages, np.ones(len(pages.fold), np.bool_))
        ask.out.write_text(plain(models, SIGNS, head=f'"least":{least:.4f},'), encoding="utf-8")
    return table


def read(folders: Sequence[Path]) -> Pages:
    """The signs of every page of the folders."""
    truths = [(folder, truth) for folder in folders for truth in read_truth(folder)]
    rows = []
    for number, (folder, truth) in enumerate(truths, 1):
        rows.append(numbers(folder, truth))
        if sys.stderr.isatty():
            print(f"\r{number} of {len(truths)} pages ", end="", file=sys.stderr)
    return Pages(
        table=np.array([row for row, _ in rows], np.float32),
        article=np.array([not is_other(truth) for _, truth in truths]),
        news=np.array([is_news for _, is_news in rows]),
        front=np.array([is_front(truth["url"]) for _, truth in truths]),
        fold=np.array([fold(truth.get("domain") or truth["url"]) for _, truth in truths]),
        sets=tuple(truth.get("set") or "" for _, truth in truths),
        kinds=tuple(truth.get("page_type") or "article" for _, truth in truths),
    )


def numbers(folder: Path, truth: Truth) -> tuple[Floats, bool]:
    """The signs of one page, and whether it declares itself to be news."""
    body = gzip.decompress((folder / truth["file"]).read_bytes())
    text = decode(body, "text/html").text
    tree = LexborHTMLParser(text)
    declared = read_stated(tree).declared
    return signs(truth["url"], declared, cut(tree)), declares_news(declared)


def fold(domain: str) -> int:
    """Which fold a domain is in: by its name alone."""
    return xxh3_64_intdigest(domain.encode()) % FOLDS


def fit(pages: Pages, chosen: Flags) -> list[Any]:
    """CatBoost's trees, trained on the chosen pages; `SEEDS` forests, whose odds are averaged."""
    try:
        from catboost import CatBoostClassifier
    except ImportError as error:
        raise CannotRun("catboost is not installed: scripts/setup bench") from error
    article = pages.article[chosen]
    weight = np.where(article, 1.0, _OTHERS_COUNT)
    models = [CatBoostClassifier(**_TREES, random_seed=seed) for seed in range(1, SEEDS + 1)]
    return [
        model.fit(pages.table[chosen], article.astype(int), sample_weight=weight)
        for model in models
    ]


def cross_validated(pages: Pages) -> Floats:
    """Each page's probability, by trees that never saw its domain, and by the rules before."""
    chances = np.zeros(len(pages.article), np.float32)
    for number in range(FOLDS):
        held = pages.fold == number
        forest: Forest = forest_of(json.loads(plain(fit(pages, ~held), SIGNS)), SIGNS)
        chances[held] = forest.chances(np.ascontiguousarray(pages.table[held].T))
    chances[pages.news] = 1
    chances[pages.front] = 0
    return chances


def refusals(pages: Pages, refused: Flags) -> list[dict[str, Any]]:
    """How many pages of each set and type are refused."""
    groups = [
        f"{'article' if article else 'other'}: {which}"
        for article, one, kind in zip(pages.article, pages.sets, pages.kinds, strict=True)
        for which in ("all", one if article else kind)
    ]
    many = Counter(groups)
    hit = Counter(group for group, no in zip(groups, np.repeat(refused, 2), strict=True) if no)
    return [
        {"what": group, "pages": count, "refused": hit[group], "share": hit[group] / count}
        for group, count in sorted(many.items())
    ]


def auc(pages: Pages, chances: Floats) -> float:
    """The chance that an article is thought likelier to be one than another page is."""
    rank = np.argsort(np.argsort(chances))
    good, bad = int(pages.article.sum()), int((~pages.article).sum())
    return float((rank[pages.article].sum() - good * (good - 1) / 2) / (good * bad))
