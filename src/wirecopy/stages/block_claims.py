"""Which blocks of a page say what the page's own data says: its headline, description, authors.

Only blocks that their layout leaves in question are compared, half of all. What their words say by
themselves (cookies, offers, "read more", full stops) was counted once: layout tells as much.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wirecopy.stages.block_layout import Floats
from wirecopy.stages.blocks import Blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the page's own data says, for comparison: claims, any may be missing."""

    titles: Sequence[str] = ()
    description: str = ""
    body: str = ""  # JSON-LD articleBody
    authors: Sequence[str] = ()


CLAIMS = ["is_title", "in_title", "is_description", "in_body", "is_author", "has_body"]
"""The rows of the table in their order."""
_ROW = {name: number for number, name in enumerate(CLAIMS)}

_COMPARED = 100  # characters of a block
_FOLDED = 80  # of those, folded
_OPENING = 60  # characters of a description, folded
_NO_LETTERS = " \t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”„‘’‚«»‹›–—…·•\u00a0"
_WITHOUT = str.maketrans("", "", _NO_LETTERS)  # the quickest for ASCII, the slowest for others
_RUNS = re.compile(f"[{re.escape(_NO_LETTERS)}]+")


def folded(text: str) -> str:
    """Lower case without spaces and marks (line ends stay): how claims and blocks are compared."""
    return text.lower().translate(_WITHOUT) if text.isascii() else _RUNS.sub("", text.lower())


def _all_folded(texts: Sequence[str]) -> list[str]:
    """The same of many, in half the time: those in ASCII by one call, and the others."""
    plain, other = (
        iter(folded("\n".join([text for text in texts if text.isascii() is plainly])).split("\n"))
        for plainly in (True, False)
    )
    return [next(plain if text.isascii() else other) for text in texts]


def claims(page: Blocks, said: Said, numbers: Sequence[int]) -> Floats:
    """(claims, numbers), in the order of `CLAIMS`, of the blocks of these numbers: 1 where a block
    says it, 0 where it does not; "in_body" is -1 there, and "has_body" tells thousands of letters.
    """
    table = np.zeros((len(CLAIMS), len(numbers)), np.float32)
    text = [page.text[number][:_COMPARED] for number in numbers]
    heads = [head[:_FOLDED] for head in _all_folded(text)]
    numbered = list(enumerate(heads))
    titles = {one for one in map(folded, said.titles) if one}
    every_title = "\n".join(titles)
    longest = max(map(len, titles), default=0)
    _mark(table, "is_title", [n for n, head in numbered if head in titles])
    in_title = [n for n, head in numbered if 3 < len(head) <= longest and head in every_title]
    _mark(table, "in_title", in_title)
    if len(opens := folded(said.description[:200])[:_OPENING]) > 25:
        told = [
            n
            for n, head in numbered
            if len(head) > 25 and (head.startswith(opens) or opens.startswith(head[:_OPENING]))
        ]
        _mark(table, "is_description", told)
    if len(body := folded(said.body)) > 200:
        table[_ROW["in_body"]] = [1 if head in body else -1 for head in heads]
    for author in (one for one in map(folded, said.authors) if len(one) > 4):
        named = [n for n, head in numbered if author in head and len(text[n]) < _COMPARED]
        _mark(table, "is_author", named)
    table[_ROW["has_body"]] = min(len(body), 20_000) / 1000
    return table


def _mark(table: Floats, name: str, blocks: list[int]) -> None:
    table[_ROW[name], blocks] = 1
