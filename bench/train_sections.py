"""Train the guess of an article's section, and say how well it does on articles not trained on.

`--data` is a file like that of `sections`: articles that people sorted. `--more DIR` is a folder of
pages whose text is known, as `extraction` measures on: those whose address names their section are
trained on too, at half the weight, and never measured on. The weights of `--out` are trained on
everything; the figures come from ten-fold cross-validation.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xxhash import xxh3_64_intdigest

from bench import Ask, CannotRun
from bench.clusters import print_table, rows
from bench.sections import MEANS, Sorted, read, row_of
from wirecopy.stages.language import detect
from wirecopy.stages.section_guess import Model, guess, model_of, weighed
from wirecopy.stages.sections import section

FOLDS = 10
ELSEWHERE = 0.5  # the weight of an article of --more
_FEWEST = 2  # articles that a word is in
_STRENGTH = 30.0  # of the fit, as scikit-learn's C
_SMALLEST = 10  # hundredths; of a word's largest weight, under which it is left out
_TOLD_AS = {
    "society": "society",
    "economy": "business",
    "technology": "technology",
    "science": "science",
    "sports": "sport",
    "entertainment": "culture",
}
"""The section that stands for a category, which is coarser than sections are."""


@dataclass(frozen=True, slots=True)
class Example:
    """The words of an article and its section."""

    words: Mapping[str, float]
    section: str
    weight: float


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--more", action="append", type=Path, default=[], metavar="DIR", help="train on this too"
    )


def run(ask: Ask) -> list[dict[str, Any]]:
    """Cross-validate, print the figures beside those of addresses, and write the weights."""
    articles = read(ask)
    own = [_example(one) for one in articles if one.category in MEANS]
    more = [one for folder in ask.more.more for one in _pages(folder)]
    print(f"{len(own)} articles, and {len(more)} pages to train on")
    models = {k: train([*_outside(k, articles), *more]) for k in range(FOLDS)}

    def told(one: Sorted) -> str:
        return guess(one.title, one.text, one.language, models[_fold(one)])[0]

    table = [row_of(name, articles, told) for name in ("all", "en", "ru")]
    print_table(table)
    if ask.out is not None:
        ask.out.write_text(plain([*own, *more]), encoding="utf-8")
    return table


def train(examples: Sequence[Example]) -> Model:
    """The weights of words, as the package keeps them."""
    return model_of(plain(examples))


def plain(examples: Sequence[Example]) -> str:
    """A logistic regression, each section counting as much as another, as JSON in hundredths."""
    try:
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression
    except ModuleNotFoundError as error:
        raise CannotRun("Training needs scikit-learn: scripts/setup bench") from error
    if len({one.section for one in examples}) < 3:
        raise CannotRun("Training needs articles of three sections at least")
    seen = Counter(word for one in examples for word in one.words)
    kept = [
        {word: weight for word, weight in one.words.items() if seen[word] >= _FEWEST}
        for one in examples
    ]
    table = DictVectorizer(sort=True)
    fit = LogisticRegression(C=_STRENGTH, max_iter=2_000, class_weight="balanced")
    fit.fit(
        table.fit_transform(kept),
        [one.section for one in examples],
        sample_weight=[one.weight for one in examples],
    )
    weights = (fit.coef_ * 100).round().astype(int)
    data = {
        word: weights[:, at].tolist()
        for word, at in sorted(table.vocabulary_.items())
        if abs(weights[:, at]).max() >= _SMALLEST
    }
    lines = ",\n".join(
        f"  {json.dumps(word, ensure_ascii=False)}: {json.dumps(row, separators=(',', ':'))}"
        for word, row in data.items()
    )
    constants = (fit.intercept_ * 100).round().astype(int).tolist()
    head = f' "sections": {json.dumps(fit.classes_.tolist())},\n "constants": {constants}'
    return f'{{\n{head},\n "words": {{\n{lines}\n }}\n}}\n'


def _example(one: Sorted) -> Example:
    return Example(weighed(one.title, one.text, one.language), _TOLD_AS[one.category], 1.0)


def _outside(k: int, articles: Sequence[Sorted]) -> list[Example]:
    return [_example(one) for one in articles if one.category in MEANS and _fold(one) != k]


def _fold(one: Sorted) -> int:
    """By its address alone."""
    return xxh3_64_intdigest(one.url.encode()) % FOLDS


def _pages(folder: Path) -> list[Example]:
    """Articles of known text whose address names a section."""
    truth = folder / "truth.jsonl"
    if not truth.is_file():
        raise CannotRun(f"--more {folder} has no truth.jsonl")
    stands_for = {key: category for category, keys in MEANS.items() for key in keys}
    found = []
    for row in rows(truth):
        text, title = row.get("text") or "", row.get("title") or ""
        key, _ = section("", "", (), row.get("url") or "")
        # Health and environment stand for either of two categories: the later, science.
        if text and key in stands_for:
            language = detect(title, text, row.get("lang") or "")
            words = weighed(title, text, language)
            found.append(Example(words, _TOLD_AS[stands_for[key]], ELSEWHERE))
    return found
