"""What grouping and copy detection know of an article, drawn from its words once."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from importlib import resources
from itertools import chain

from wirecopy.model import Features, Span
from wirecopy.stages.shingles import shingles

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
_LETTERS = re.compile(f"{_UNSPACED.pattern[:-1]}|[^{_UNSPACED.pattern[1:-2]}]+")  # one, or a word
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?:\D|$))")
_NAME_WORD = re.compile(r"[^\W_]+(?:[’'.&-][^\W_]+)*")
# What divides words beside Latin-1: with these gone, nearly every text of Western Europe is in it.
_MARKS = ("’", "‘", "“", "”", "—", "–", "…", "•")
# The lower case of a letter of Latin-1, or a blank for what divides words.
_PLAIN = bytes(
    ord(chr(code).lower()) if _WORD.match(chr(code)) else ord(" ") for code in range(256)
)
_SOFT_HYPHEN = b"\xad"  # all of Latin-1 that is invisible; nothing there is put together anew
_OPENING = frozenset('.!?:\n“„«"')
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
    plain = _plain(text)
    hashes, count = shingles(plain)
    title_terms = terms_of(title_words, language)
    lead_words = plain.split(None, LEAD_WORDS)[:LEAD_WORDS]
    counts = Counter(terms_of(lead_words, language))
    for term in title_terms:
        counts[term] += TITLE_COUNTS
    return Features(
        shingles=hashes,
        words=count,
        terms=tuple([(term, _WEIGHTS[count]) for term, count in counts.items()]),
        title_terms=tuple(dict.fromkeys(title_terms)),
        names=_names(title, lead, language),
        numbers=_numbers(f"{title}\n{lead}"),
    )


def fingerprint(text: str) -> Features:
    """What finding copies knows of a text, and no more: its words counted, and its shingles."""
    hashes, count = shingles(_plain(text))
    return Features(shingles=hashes, words=count)


def words(text: str) -> list[str]:
    """The words in lower case, without marks; character pairs where a script has no spaces."""
    return _plain(text).split()


def _plain(text: str) -> str:
    """The same words divided by blanks."""
    for mark in _MARKS:
        text = text.replace(mark, " ")
    try:  # the same cut as below, in a tenth of the time
        return text.encode("latin-1").translate(_PLAIN, _SOFT_HYPHEN).decode("latin-1")
    except UnicodeEncodeError:
        pass
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).lower()
    found = _WORD.findall(plain)
    if _UNSPACED.search(plain) is not None:
        found = list(chain.from_iterable(map(_pairs, found)))
    return " ".join(found)


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
    telling = [word for word in found if len(word) > 1 and word not in stop]
    if language == "en":
        return [_singular(word) if word[-1] == "s" else word for word in telling]
    return telling


@lru_cache(maxsize=1)
def _all_stopwords() -> dict[str, frozenset[str]]:
    file = resources.files("wirecopy.stages").joinpath("data/stopwords.txt")
    lines = file.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {language: frozenset(rest.split()) for language, _, rest in pairs}


def stopwords(language: str) -> frozenset[str]:
    """The stop words of a language (primary tag); empty where we have none."""
    return _all_stopwords().get(language, frozenset())


def stopword_languages() -> list[str]:
    """The languages that have stop words."""
    return sorted(_all_stopwords())


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


def _singular(word: str) -> str:
    if len(word) < 4 or word[-2] in "sui":
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    return word[:-1]


class _Weights(dict[int, float]):
    """The weight of a term by its count."""

    def __missing__(self, count: int) -> float:
        return self.setdefault(count, round(1 + math.log(count), 4))


_WEIGHTS = _Weights()


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
        if name not in found:
            (opening if opens else found)[name] = None
    heads = _runs(title, stop)
    headline = [name for name, _ in heads]
    opened = {name for name, opens in heads if opens}
    title_case = language in {"en", ""} and _every_word_capitalised(title, stop)
    if title_case:
        headline = [word for name in headline for word in name.split(" ") if _telling(word, stop)]
    if lead:
        body = f" {' '.join(chain(found, opening))} "
        heard = [
            name for name in headline if not (title_case or name in opened) or f" {name} " in body
        ]
    else:
        heard = headline
    in_title = set(" ".join(headline).split(" "))
    names = chain(found, [name for name in opening if name in in_title], heard)
    short = [name for name in names if name.count(" ") < _LONGEST_NAME]
    return tuple(dict.fromkeys(short))[:_MOST_NAMES]


def _runs(text: str, stop: frozenset[str]) -> list[tuple[str, bool]]:
    """Each run of capitalised words, and whether it is one word with which a sentence opens."""
    found = []
    parts = _run().split(text)
    for before, run in zip(parts[::2], parts[1::2], strict=False):
        if run.isalpha():
            if len(run) > 1 and (run.lower() not in stop or run.isupper()):  # as `_telling`
                found.append((run, _sentence_ends(before)))
        else:
            name, whole = _trimmed(run, stop)
            if name:
                found.append((name, whole and " " not in name and _sentence_ends(before)))
    return found


def _sentence_ends(before: str) -> bool:
    """Whether a word after this opens a sentence; nothing is before the first."""
    if before[-1:] == " " and before[-2:-1].isalpha():
        return False  # as most do
    for character in reversed(before):
        if character in _OPENING:
            return True
        if character.isalnum():
            return False
    return not before


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
    return re.compile(f"({first}(?:[ \u00a0](?:{capital}|{linker}))*)", re.DOTALL)


def _trimmed(run: str, stop: frozenset[str]) -> tuple[str, bool]:
    """The run without stop words at its ends and without `'s`, and whether its first word is left.

    `The Hague` keeps only `Hague`.
    """
    words = run.replace("\u00a0", " ").split(" ")
    if not "".join(words).isalpha():
        words = [word if word.isalpha() else _SHORTENED.sub("", word) for word in words]
    first, end = 0, len(words)
    while first < end and not _telling(words[first], stop):
        first += 1
    while first < end and not _telling(words[end - 1], stop):
        end -= 1
    return " ".join(words[first:end]), not first


def _telling(word: str, stop: frozenset[str]) -> bool:
    # US, UN, IS and WHO are names though us, un, is and who are not.
    return (word.lower() not in stop or word.isupper()) and len(word) > 1 and word not in _LINKERS


def _every_word_capitalised(title: str, stop: frozenset[str]) -> bool:
    longer = [
        word for word in _NAME_WORD.findall(title) if len(word) > 3 and word.lower() not in stop
    ]
    return sum(1 for word in longer if word[0].isupper()) > 0.7 * len(longer)


def _numbers(text: str) -> tuple[str, ...]:
    """Numbers of two digits and more, without their separators of thousands."""
    found = dict.fromkeys(
        number if number.isdecimal() else _THOUSANDS.sub("", number)
        for number in _number().findall(text)
    )
    return tuple([number for number in found if len(number) > 1])[:_MOST_NUMBERS]


@lru_cache(maxsize=1)
def _number() -> re.Pattern[str]:
    """Digits of any script, with their own points and commas: 1,200, 3.5; no end of a clause."""
    digits = [chr(code) for code in range(0x10000) if chr(code).isdecimal()]  # as for capitals
    return re.compile(rf"[{''.join(digits)}]\d*(?:[.,]\d+)*")
