"""What grouping and copy detection know of an article, drawn from its words once."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from itertools import chain

import numpy as np
from xxhash import xxh3_64_digest, xxh3_64_intdigest

from wirecopy.model import Features, Span

SHINGLE_WORDS = 5
SAMPLE = 4  # one shingle in four is kept: containment F1 .999 at a quarter of the postings
FEWEST_SHINGLES = 60  # under that a sample says too little, and all are kept
LEAD_WORDS = 100
TITLE_COUNTS = 3
_LEAD_CHARS = 1200  # enough for a hundred words in any script with spaces
_MOST_NAMES = 40
_MOST_NUMBERS = 20
_STEP = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit of a word's hash is lost
_WORDS_KEPT = 32_768  # hashes of words kept at hand, 6 MB a process; a day's news has these

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
_LETTERS = re.compile(f"{_UNSPACED.pattern[:-1]}|[^{_UNSPACED.pattern[1:-2]}]+")  # one, or a word
# Digits of any script, with their own points and commas: 1,200 and 3.5 but not the end of a clause.
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME_WORD = re.compile(r"[^\W_]+(?:[’'.&-][^\W_]+)*")
# What divides English words beside ASCII: with these gone, nine texts of ten are ASCII.
_MARKS = ("’", "‘", "“", "”", "—", "–", "…", "\u00a0")
_PLAIN = {code: " " for code in range(128) if _WORD.match(chr(code)) is None}
_BLANK = re.compile("[ \u00a0]")
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
    title_terms = terms_of(title_words, language)
    counts = Counter(terms_of(body[:LEAD_WORDS], language))
    for term in title_terms:
        counts[term] += TITLE_COUNTS
    return Features(
        shingles=_shingles(body),
        words=len(body),
        terms=tuple([(term, _weight(n)) for term, n in sorted(counts.items())]),
        title_terms=tuple(dict.fromkeys(title_terms)),
        names=_names(title, lead, language),
        numbers=_numbers(f"{title}\n{lead}"),
    )


def fingerprint(text: str) -> Features:
    """What finding copies knows of a text, and no more: its words counted, and its shingles."""
    body = words(text)
    return Features(shingles=_shingles(body), words=len(body))


def words(text: str) -> list[str]:
    """The words in lower case, without marks; character pairs where a script has no spaces."""
    for mark in _MARKS:
        text = text.replace(mark, " ")
    if text.isascii():  # the same cut as below, in a third of the time
        return text.lower().translate(_PLAIN).split()
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).lower()
    found = _WORD.findall(plain)
    if _UNSPACED.search(plain) is None:
        return found
    return list(chain.from_iterable(map(_pairs, found)))


def word_spans(text: str) -> list[tuple[str, Span]]:
    """The words as `words` gives them, and where each stands; letters of unspaced scripts alone."""
    found = []
    for match in _WORD.finditer(text):
        start = match.start()
        for piece in _LETTERS.finditer(match[0]):
            plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", piece[0])).lower()
            span = Span(start=start + piece.start(), end=start + piece.end())
            if plain:
                found.append((plain, span))
    return found


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


class _WordHashes(dict[str, bytes]):
    """The xxh3 of each word, little-endian; forgets all of them before they are too many."""

    def __missing__(self, word: str) -> bytes:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        found = xxh3_64_digest(word.encode("utf-8", "replace"))[::-1]
        self[word] = found
        return found


_hashes = _WordHashes()


def _shingles(body: list[str]) -> tuple[int, ...]:
    """Hashes of every run of five words, sampled by their value, sorted.

    A run's hash is a polynomial of its words' hashes, worked out for all runs at once: a third of
    the time that hashing the letters of each run takes, and copies are found as well by it.
    """
    if not body:
        return ()
    if len(body) <= SHINGLE_WORDS:
        return (xxh3_64_intdigest(" ".join(body).encode("utf-8", "replace")),)
    each = np.frombuffer(b"".join(map(_hashes.__getitem__, body)), dtype="<u8")
    count = len(each) - SHINGLE_WORDS + 1
    runs = each[:count]
    for later in range(1, SHINGLE_WORDS):
        runs = runs * _STEP + each[later : later + count]
    kept = np.unique(runs[runs % SAMPLE == 0])
    return tuple((kept if len(kept) >= FEWEST_SHINGLES else np.unique(runs)).tolist())


@lru_cache(maxsize=256)
def _weight(count: int) -> float:
    return round(1 + math.log(count), 4)


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
    for match in _run().finditer(text):
        start = before = match.start()
        while before and not text[before - 1].isalnum():
            before -= 1
        between = text[before:start]
        opens = start == 0 or any(mark in between for mark in '.!?:\n“„«"')
        yield from _trimmed(_BLANK.split(match[0]), opens, stop)


@lru_cache(maxsize=1)
def _run() -> re.Pattern[str]:
    """Capitalised words with one blank between, and the linkers among them."""
    # All scripts in which news is printed stand in the first plane, and a set within that is looked
    # up as a bitmap. It comes first, so that the search skips to the next of them at C's speed.
    letters = [chr(code) for code in range(0x10000) if chr(code).isupper()]
    capital = f"[{''.join(letters)}][^\\W_]*(?:[’'.&-][^\\W_]+)*"
    within = r"(?<![^\W_].)(?<![^\W_][’'.&-].)"
    linker = rf"(?:{'|'.join(sorted(_LINKERS))})(?![^\W_]|[’'.&-][^\W_])"
    first = capital.replace("]", "]" + within, 1)
    return re.compile(f"{first}(?:[ \u00a0](?:{capital}|{linker}))*", re.DOTALL)


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
