"""Which section an article may stand in, told by its words, where its publisher named none.

The weights of words are plain data, `data/section_words.json`, made by `python -m bench
train-sections`: a logistic regression over the words of headline and text, in English and Russian,
and a little German. Six of the twelve sections can be told: articles that people sorted came in no
finer ones. Cross-validated on 191 of them: with the chance asked here 65 % are told a section, of
those 95 % the right one (of those in English 80 and 99 %, in Russian 53 and 91 %).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from wirecopy.model import SECTION_GUESSED, Policy, Reading
from wirecopy.stages.features import terms_of, words
from wirecopy.stages.sections import section

ASKED = 0.4  # the chance (0..1) from which a section is told; six alike would have .17 each
WORDS = 400  # of a text that are looked at
_TITLE_COUNTS = 2  # a headline's words count so often, beside once for the text's
_STEM = 6  # first letters of a word that count, in other languages than English


@dataclass(frozen=True, slots=True)
class Model:
    """For each word its weight in each section, and each section's constant."""

    sections: tuple[str, ...]
    constants: tuple[float, ...]
    words: Mapping[str, Sequence[float]]


def section_of(feed_section: str, page: Reading, url: str, policy: Policy) -> tuple[str, str]:
    """The section's key and who named it: the publisher ("feed", "page", "address"), or our guess.

    Without a right to mine the text, only the headline is looked at.
    """
    key, source = section(feed_section, page.section, (), url)
    if not key:
        key, _ = guess(page.title, page.text if policy.mining else "", page.language)
        source = SECTION_GUESSED if key else ""
    return key, source


def guess(title: str, text: str, language: str, model: Model | None = None) -> tuple[str, float]:
    """The likeliest section's key and its chance; "" for the key where it is under `ASKED`."""
    model = model or trained()
    odds = list(model.constants)
    known = 0
    for word, count in weighed(title, text, language).items():
        weights = model.words.get(word)
        if weights is not None:
            known += 1
            odds = [value + count * weight for value, weight in zip(odds, weights, strict=True)]
    if not known:
        return "", 0.0
    shares = [math.exp(value) for value in odds]
    best = max(range(len(odds)), key=lambda at: (odds[at], -at))
    chance = round(shares[best] / sum(shares), 4)
    return (model.sections[best] if chance >= ASKED else ""), chance


def weighed(title: str, text: str, language: str) -> dict[str, float]:
    """The words an article is told by, each with the logarithm of its count, of length 1 together.

    Words no model knows count in the length: an article of which little is known is told by less.
    """
    counts = Counter(_stems(words(text)[:WORDS], language))
    for word in _stems(words(title), language):
        counts[word] += _TITLE_COUNTS
    weights = {word: 1 + math.log(count) for word, count in sorted(counts.items())}
    length = math.sqrt(sum([weight * weight for weight in weights.values()])) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def _stems(found: list[str], language: str) -> list[str]:
    terms = [term for term in terms_of(found, language) if not term.isdigit()]
    return terms if language == "en" else [term[:_STEM] for term in terms]


@lru_cache(maxsize=1)
def trained() -> Model:
    """The weights in the package."""
    file = resources.files("wirecopy.stages").joinpath("data/section_words.json")
    return model_of(file.read_text(encoding="utf-8"))


def model_of(text: str) -> Model:
    """The weights of a JSON text, kept in hundredths; KeyError or ValueError for anything else."""
    data = json.loads(text)
    return Model(
        sections=tuple(data["sections"]),
        constants=tuple(constant / 100 for constant in data["constants"]),
        words={word: [w / 100 for w in weights] for word, weights in data["words"].items()},
    )
