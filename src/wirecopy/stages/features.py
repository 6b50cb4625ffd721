"""What grouping and copy detection know of an article, drawn from its words once."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from itertools import accumulate, chain

from xxhash import xxh3_64_intdigest

from wirecopy.model import Features

SHINGLE_WORDS = 5
SAMPLE = 4  # one shingle in four is kept: containment F1 .999 at a quarter of the postings
FEWEST_SHINGLES = 20  # under that a sample says too little, and all are kept
LEAD_WORDS = 100
TITLE_COUNTS = 3
_LEAD_CHARS = 1200  # enough for a hundred words in any script with spaces
_MOST_NAMES = 40
_MOST_NUMBERS = 20

# A word is what no white space and no punctuation divides. Python's \w will not do: it cuts Hindi
# at every vowel sign, as those are marks and not letters. Spaces stand as ranges, as `\s` would be
# asked for each character.
_WORD = re.compile(
    r"[^\x00-/:-@\[-`{-¿×÷؀-؍؛؝-؟٪-٭۔।॥෴༄-༔‐-⁞₠-⃀←-⯿⸀-⹿、-〿・︐-︱﹐-﹫！-／：-＠［-｀｛-･\u1680\u2000-\u200a\u205f\u3000]+"
)
# Letters joined or split by these are the same letters to a reader.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u0640\u202a-\u202e]+")
# Scripts written without spaces: Han, kana, Thai, Lao, Burmese, Khmer.
_UNSPACED = re.compile("[぀-ヿ㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff฀-๿຀-໿က-႟ក-៿]+")
# Digits of any script, with their own points and commas: 1,200 and 3.5 but not the end of a clause.
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME_WORD = re.compile(r"[^\W_]+(?:[’'.&-][^\W_]+)*")
_SHORTENED = re.compile(r"[’'](?:s|re|ve|ll|d|m)?$")
_LINKERS = frozenset(
    [
        "of",
        "de",
        "del",
        "da",
        "di",
        "al",
        "bin",
        "ibn",
        "van",
        "von",
        "der",
        "den",
        "du",
        "la",
        "and",
    ]
)
_LONGEST_NAME = 6  # words; a longer run of capitals is a heading


def features(title: str, text: str, language: str) -> Features:
    """The features of one article; the same words give the same features, whatever the marks."""
    lead = _lead(text)
    title_words = words(title)
    body = words(text)
    title_terms = tuple(dict.fromkeys(terms_of(title_words, language)))
    counts = Counter(terms_of(body[:LEAD_WORDS], language))
    for term in terms_of(title_words, language):
        counts[term] += TITLE_COUNTS
    return Features(
        shingles=_shingles(body),
        words=len(body),
        terms=tuple((term, round(1 + math.log(n), 4)) for term, n in sorted(counts.items())),
        title_terms=title_terms,
        names=_names(title, lead, language),
        numbers=_numbers(f"{title}\n{lead}"),
    )


def words(text: str) -> list[str]:
    """The words in lower case, without marks; character pairs where a script has no spaces."""
    if text.isascii():
        return _WORD.findall(text.lower())
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).lower()
    found = _WORD.findall(plain)
    if _UNSPACED.search(plain) is None:
        return found
    return list(chain.from_iterable(map(_pairs, found)))


def terms_of(found: list[str], language: str) -> list[str]:
    """The telling ones of these words: no stop words, no single letters, plurals as singulars."""
    stop = stopwords(language)
    stem = _singular if language == "en" else str
    return [stem(word) for word in found if len(word) > 1 and word not in stop]


@lru_cache(maxsize=1)
def _all_stopwords() -> dict[str, frozenset[str]]:
    file = resources.files("wirecopy.stages").joinpath("data/stopwords.txt")
    lines = file.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {language: frozenset(rest.split()) for language, _, rest in pairs}


def stopwords(language: str) -> frozenset[str]:
    """The stop words of a language (primary tag); empty where we have none."""
    return _all_stopwords().get(language, frozenset())


def _pairs(word: str) -> list[str]:
    """`今日は` as `今日`, `日は`; what stands between such runs stays whole."""
    if _UNSPACED.search(word) is None:
        return [word]
    out: list[str] = []
    at = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > at:
            out.append(word[at : run.start()])
        letters = run[0]
        out.extend(letters[i : i + 2] for i in range(max(1, len(letters) - 1)))
        at = run.end()
    if at < len(word):
        out.append(word[at:])
    return out


@lru_cache(maxsize=65_536)
def _singular(word: str) -> str:
    if len(word) < 4 or word[-1] != "s" or word[-2] in "sui":
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def _shingles(body: list[str]) -> tuple[int, ...]:
    """Hashes of every run of five words, sampled by their value, sorted."""
    if not body:
        return ()
    line = " ".join(body).encode("utf-8", "replace")
    if len(body) <= SHINGLE_WORDS:
        return (xxh3_64_intdigest(line),)
    # Where each word starts in the joined bytes: one slice a shingle is the cheapest way to it.
    starts = list(accumulate([len(word) + 1 for word in line.split(b" ")], initial=0))
    every = {
        xxh3_64_intdigest(line[start : end - 1])
        for start, end in zip(starts, starts[SHINGLE_WORDS:], strict=False)
    }
    kept = [value for value in every if value % SAMPLE == 0]
    return tuple(sorted(kept if len(kept) >= FEWEST_SHINGLES else every))


def _lead(text: str) -> str:
    if len(text) <= _LEAD_CHARS:
        return text
    head = text[:_LEAD_CHARS]
    return head[: max(head.rfind(" "), head.rfind("\n")) + 1] or head


def _names(title: str, lead: str, language: str) -> tuple[str, ...]:
    """Capitalised words and phrases as written, the body's first; scripts without capitals: none.

    A single word that only ever opens a sentence is a name when the headline has it too, and in a
    headline With Every Word Capitalised only words the body capitalises too are.
    """
    stop = stopwords(language)
    found: dict[str, None] = {}
    opening: dict[str, None] = {}
    for name, opens in _runs(lead, stop):
        (opening if opens and " " not in name else found)[name] = None
    heads = list(_runs(title, stop))
    headline = [name for name, _ in heads]
    opened = {name for name, opens in heads if opens and " " not in name}
    title_case = language in {"en", ""} and _every_word_capitalised(title, stop)
    if title_case:
        headline = [word for name in headline for word in name.split(" ") if _telling(word, stop)]
    in_body = {word for name in chain(found, opening) for word in name.split(" ")}
    in_title = {word for name in headline for word in name.split(" ")}
    if lead:
        headline = [
            name for name in headline if name in in_body or not (title_case or name in opened)
        ]
    names = chain(found, (name for name in opening if name in in_title), headline)
    short = (name for name in names if name.count(" ") < _LONGEST_NAME)
    return tuple(dict.fromkeys(short))[:_MOST_NAMES]


def _runs(text: str, stop: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Each run of capitalised words, and whether it opens a sentence."""
    run: list[str] = []
    opens, end = False, 0
    for match in _NAME_WORD.finditer(text):
        word, before, end = match[0], end, match.end()
        capital = word[0].isupper()
        if not capital and not (run and word in _LINKERS):  # most words
            if run:
                yield from _trimmed(run, opens, stop)
                run = []
            continue
        between = text[before : match.start()]
        if run and between in {" ", "\u00a0"}:
            run.append(word)
            continue
        yield from _trimmed(run, opens, stop)
        run = []
        if capital:
            run = [word]
            opens = match.start() == 0 or any(mark in between for mark in '.!?:\n“„«"')
    yield from _trimmed(run, opens, stop)


def _trimmed(run: list[str], opens: bool, stop: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """The run without stop words at its ends (`The Hague` keeps only `Hague`) and without `'s`."""
    parts = [word if word.isalpha() else _SHORTENED.sub("", word) for word in run]
    while parts and not _telling(parts[0], stop):
        parts.pop(0)
        opens = False
    while parts and not _telling(parts[-1], stop):
        parts.pop()
    if parts:
        yield " ".join(parts), opens


def _telling(word: str, stop: frozenset[str]) -> bool:
    # US, UN, IS and WHO are names though us, un, is and who are not.
    return len(word) > 1 and word not in _LINKERS and (word.isupper() or word.lower() not in stop)


def _every_word_capitalised(title: str, stop: frozenset[str]) -> bool:
    longer = [
        word for word in _NAME_WORD.findall(title) if len(word) > 3 and word.lower() not in stop
    ]
    return sum(1 for word in longer if word[0].isupper()) > 0.7 * len(longer)


def _numbers(text: str) -> tuple[str, ...]:
    """Numbers of two digits and more, without their separators of thousands."""
    found = (re.sub(r"[.,](?=\d{3}(?:\D|$))", "", number) for number in _NUMBER.findall(text))
    return tuple(dict.fromkeys(number for number in found if len(number) > 1))[:_MOST_NUMBERS]
