"""The outlets we know by name: which words name one, and which domain it has."""

from __future__ import annotations

import csv
import re
from collections.abc import KeysView
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

_WORD = re.compile(r"\w+")

# Agencies whose name in brackets before a text says who wrote it.
AGENCIES = frozenset(
    {
        "reuters.com", "apnews.com", "afp.com", "ptinews.com", "aninews.in", "ians.in", "dpa.com",
        "efe.com", "ansa.it", "tass.com", "ria.ru", "interfax.com", "news.cn", "xinhuanet.com",
        "kyodonews.net", "english.kyodonews.net", "yonhapnews.co.kr", "yna.co.kr", "upi.com",
        "pa.media", "aa.com.tr", "app.com.pk", "bernama.com", "apa.at", "sda.ch", "ukrinform.net",
        "unb.com.bd", "bssnews.net", "irna.ir", "wafa.ps", "aap.com.au", "thecanadianpress.com",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A name of an outlet as it may stand in a text."""

    name: str
    domain: str
    ambiguous: bool  # also an ordinary word, or the name of many papers


def names_from(word: str) -> tuple[Named, ...]:
    """Every name whose first word this is, the longest first."""
    return _by_first_word().get(word, ())


def first_words() -> KeysView[str]:
    """The first words of all names."""
    return _by_first_word().keys()


@lru_cache(maxsize=1)
def domains() -> frozenset[str]:
    """The domains of all outlets we know."""
    return frozenset(row["domain"] for row in _rows())


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    file = resources.files("wirecopy.stages").joinpath("data/outlets.csv")
    return tuple(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@lru_cache(maxsize=1)
def _by_first_word() -> dict[str, tuple[Named, ...]]:
    found: dict[str, dict[str, Named]] = {}
    for row in _rows():
        ambiguous = set(row["ambiguous"].split(";"))
        for name in (row["name"], *row["aliases"].split(";")):
            # "The Hindu" is found at "The" and at no other place; "BBC" at "BBC" after any "the".
            first = _WORD.match(name)
            if first is not None:
                named = Named(name=name, domain=row["domain"], ambiguous=name in ambiguous)
                found.setdefault(first[0], {}).setdefault(name, named)
    return {
        word: tuple(sorted(names.values(), key=lambda named: (-len(named.name), named.name)))
        for word, names in found.items()
    }
