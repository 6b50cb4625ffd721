"""Is a page an article at all? A decision over its signs, by boosted trees as plain data.

The trees, `data/page_type.json`, are made by `python -m bench train-page-type`. How well they do on
publishers that they were not trained on is told in docs/explanation/page-types.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from wirecopy.stages.block_scorer import Forest, forest_of
from wirecopy.stages.blocks import Blocks
from wirecopy.stages.page_signs import SIGNS, declares_news, is_front, signs
from wirecopy.stages.stated import Declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a page is taken for."""

    is_article: bool
    probability: float  # that it is an article, were two such pages to one that is none
    why_not: str = ""  # in words; "" for an article


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A trained decision: trees over the signs of a page, and the probability that is asked."""

    forest: Forest
    least: float  # the probability from which a page is an article


@lru_cache(maxsize=1)
def trained() -> Decision:
    """The decision in the package."""
    file = resources.files("wirecopy.stages").joinpath("data/page_type.json")
    return decision_of(json.loads(file.read_text(encoding="utf-8")))


def decision_of(data: Mapping[str, Any]) -> Decision:
    """A decision from its plain form; ValueError where it asks for what is no sign."""
    return Decision(forest=forest_of(data, SIGNS), least=float(data["least"]))


def page_type(
    url: str, declared: Declared, blocks: Blocks, decision: Decision | None = None
) -> Verdict:
    """Whether a page is an article, and how likely that is. A site's front page never is one, and a
    page that declares itself to be news always is.

    `blocks` is what `blocks.cut` made of it.
    """
    if is_front(url):
        return Verdict(
            is_article=False, probability=0.0, why_not="its address is a site's front page"
        )
    if declares_news(declared):  # as every fourth article does, and none of 250 other pages
        return Verdict(is_article=True, probability=1.0)
    row = signs(url, declared, blocks)
    decision = decision or trained()
    probability = float(decision.forest.chances(row[:, None])[0])
    if probability >= decision.least:
        return Verdict(is_article=True, probability=probability)
    return Verdict(
        is_article=False,
        probability=probability,
        why_not="it looks like a list, a shop, a forum, a service or a manual: "
        f"{probability:.0%} speak for an article, and {decision.least:.0%} are asked",
    )
