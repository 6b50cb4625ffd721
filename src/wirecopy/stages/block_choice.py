"""From chances to an article: which blocks it has, and how sure that is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wirecopy.model import DraftBlock
from wirecopy.stages.block_features import FEATURES
from wirecopy.stages.block_kinds import WHOLE, holder, is_heading, typed, whole_around
from wirecopy.stages.block_layout import Floats
from wirecopy.stages.block_scorer import Scored
from wirecopy.stages.blocks import Blocks

CHOSEN = 0.5  # the chance from which a block is part of the article
# The same of a block that is called a pointer elsewhere, and of one that is called a tool: of 49
# and 39 such blocks with lower chances, 14 and 12 are an article's.
_CHOSEN_ELSEWHERE, _CHOSEN_TOOL = 0.95, 0.8
SURE = 0.75  # the confidence from which that is so
_UNLIKELY = 0.1  # a block of a lower chance is never taken
_OPENING = 4  # blocks among which headline and byline may be
_BYLINE = 60  # characters
_WRITTEN_BY = re.compile(
    r"(?:by|von|par|por|text|texto|автор|بقلم|كتب|लेखक|作者|記者|文)(?:[:：/ ]\s*)(?=\w)",
    re.IGNORECASE,
)
_PUBLISHED_AT = re.compile(r"\b(?:19|20)\d\d\b\W{1,5}\d{1,2}[:.]\d\d\W*$")
_MOST_IN_ONE = 12  # blocks of a quotation or a row; a table that lays out a page has more
_PULLED = 40  # characters of a sentence that is shown a second time, larger
_AROUND_SENTENCE = " \"'“”„«»‘’"
# What stands over an advertisement and nowhere else by itself.
_ADVERTISEMENT = """
    advertisement advertising sponsored anzeige werbung publicidad publicité pubblicità
    publicidade advertentie annons annonse annonce reklam reklama mainos iklan реклама إعلان פרסומת
    विज्ञापन 広告 广告 廣告 광고"""
_LABELS = frozenset(_ADVERTISEMENT.split())
_LONGEST_LABEL = 25  # characters
# What asks a reader's leave. Few pages of the training sets have such a notice in their bytes.
_NOTICE = re.compile(
    "cookie|gdpr|your consent|our partners|privacy policy|datenschutz|einwilligung|confidentialité"
    "|privacidad|privacidade|personvern|конфиденциальност|隐私|プライバシー|개인정보"
)
_CHOSEN_NOTICE = 0.9
_SEARCHED = 240  # characters

_ELSEWHERE = """own:newsletter parent:newsletter grand:newsletter own:related parent:related
    grand:related"""
_TOOLS = "own:share parent:share own:cookie parent:cookie"
_ASIDE = """own:quote parent:quote own:in-quotation parent:in-quotation own:in-aside
    parent:in-aside"""
_IS_ELSEWHERE, _IS_TOOL, _IS_ASIDE = (
    [FEATURES.index(name) for name in names.split()] for names in (_ELSEWHERE, _TOOLS, _ASIDE)
)
_WORDS = FEATURES.index("words")
_IS_TITLE, _IS_AUTHOR = FEATURES.index("is_title"), FEATURES.index("is_author")

_Numbers = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks of an article in order, and the F1 that is expected of them (0 to 1)."""

    blocks: tuple[DraftBlock, ...]
    confidence: float
    layout: str = ""  # the element that holds most of their text


def choose(page: Blocks, scored: Scored) -> Choice:
    """The blocks that are likelier in the article than not; where that leaves much in doubt, as
    many of the likeliest as make the expected F1 highest."""
    table, chances = scored.table, scored.chances
    if not chances.size:
        return Choice((), 0.0)
    words = table[_WORDS].astype(np.float64)
    asked = np.where(table[_IS_TOOL].any(axis=0), _CHOSEN_TOOL, 0.0)
    asked[table[_IS_ELSEWHERE].any(axis=0)] = _CHOSEN_ELSEWHERE
    taken = chances >= np.maximum(asked, CHOSEN)
    confidence = expected(words, chances, taken)
    if confidence < SURE:
        taken = chances >= np.maximum(asked, _best_cut(words, chances))
        confidence = expected(words, chances, taken)
    _mend(page, scored, words, taken)
    numbers = _framed(page, scored, taken)
    return Choice(typed(page, numbers), confidence, holder(page, numbers))


def expected(words: _Numbers, chances: Floats, taken: _Flags) -> float:
    """The expected F1 of the blocks taken: 2 hits / (taken + true), in words, 0 to 1.

    The chances are calibrated, so this is what the F1 of a page will be: `python -m bench
    train-pages` prints the two side by side by tenths of the pages.
    """
    likely = words * chances
    total = float(words[taken].sum() + likely.sum())
    return 2 * float(likely[taken].sum()) / total if total else 0.0


def _best_cut(words: _Numbers, chances: Floats) -> float:
    """The chance from which to take blocks so that the expected F1 is highest."""
    order = np.argsort(-chances, kind="stable")
    likely = np.cumsum((words * chances)[order])
    f1 = 2 * likely / (np.cumsum(words[order]) + likely[-1])
    return max(float(chances[order[int(f1.argmax())]]), _UNLIKELY)


# ---------------------------------------------------------------- what chances do not see


def _mend(page: Blocks, scored: Scored, words: _Numbers, taken: _Flags) -> None:
    """A quotation and a table's row are whole or not at all; labels of advertisements, notices of
    cookies and sentences that are shown twice are no text."""
    numbers = scored.numbers.tolist()
    for blocks in _wholes(page, numbers):
        held = words[blocks]
        taken[blocks] = (held * scored.chances[blocks]).sum() >= CHOSEN * held.sum()
    texts = {at: page.text[numbers[at]] for at in np.flatnonzero(taken).tolist()}
    chances = scored.chances.tolist()
    for at, text in texts.items():
        label = len(text) <= _LONGEST_LABEL and text.lower().strip(" .:-–—[]()") in _LABELS
        unsure = chances[at] < _CHOSEN_NOTICE
        if label or (unsure and _NOTICE.search(text[:_SEARCHED].lower())):
            taken[at] = False
    is_aside: _Flags = np.logical_or.reduce(scored.table[_IS_ASIDE] > 0, axis=0)
    for at in np.flatnonzero(taken & is_aside).tolist():
        sentence = texts[at].strip(_AROUND_SENTENCE)
        if len(sentence) >= _PULLED:
            more = len(texts[at])
            taken[at] = not any(len(one) > more and sentence in one for one in texts.values())


def _wholes(page: Blocks, numbers: Sequence[int]) -> Iterator[list[int]]:
    """The places among these numbers of the blocks of each quotation or row that has several."""
    if WHOLE.isdisjoint(name.tag for name in page.names):
        return iter(())
    of_element: defaultdict[int, list[int]] = defaultdict(list)
    for at, number in enumerate(numbers):
        if (element := whole_around(page, number)) is not None:
            of_element[element].append(at)
    return (blocks for blocks in of_element.values() if 1 < len(blocks) <= _MOST_IN_ONE)


def _framed(page: Blocks, scored: Scored, taken: _Flags) -> list[int]:
    """Without headline, byline and time at the beginning, and without headings that nothing
    follows."""
    kept: list[int] = scored.numbers[taken].tolist()
    titles, authors = scored.table[_IS_TITLE, taken], scored.table[_IS_AUTHOR, taken]
    opening = [
        number
        for number, is_title, is_author in zip(kept[:_OPENING], titles, authors, strict=False)
        if not (is_title or _is_about_the_text(page.text[number], is_author))
    ]
    kept = opening + kept[_OPENING:]
    while kept and is_heading(page, kept[-1]):  # of another text
        kept.pop()
    return kept


def _is_about_the_text(text: str, names_author: float) -> bool:
    """Whether a short line tells who wrote a text, or the minute it was published."""
    return len(text) < _BYLINE and bool(
        names_author or _WRITTEN_BY.match(text) or _PUBLISHED_AT.search(text)
    )
