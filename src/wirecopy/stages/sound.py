"""How a word sounds, as far as languages agree: Зеленский, Selenskyj and Zelensky are one.

It is put into Latin letters by anyascii (ISC; a table for all of Unicode, 1 us a word), spellings
of one sound are made one, and of what is left the consonants count. This is for names; it says
nothing of the meaning of a word, and two words of one sound may be different names.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

_SHORT = 3  # consonants; with fewer a word keeps its vowels
_UNSPACED = re.compile("[぀-ヿ㐀-䶿一-鿿฀-๿຀-໿က-႟ក-៿]")  # scripts in which words are not divided
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_CONSONANTS_ALONE = re.compile("[֐-ۿ]")  # Hebrew and Arabic
# Endings of cases; those that a family name ends in (-ov, -in) are left.
_ENDING = re.compile(r"(?<=...)(?:ogo|ego|omu|emu|[yi]mi|y?ami|[yieo]m|o[jy]|ey|a(?:kh|x))$")
_CASES = frozenset(("pl", "cs", "sk", "hr", "sl", "bs", "sr"))  # the same in Latin letters
# What a language writes for a sound, where the letter alone does not tell.
_WRITTEN = {
    "be": (("г", "h"),),
    "uk": (("г", "h"),),
    "ru": (("й", "j"),),
    "el": (
        ("μπ", "b"), ("ντ", "d"), ("γκ", "g"), ("χρ", "kr"), ("χ", "h"),
        ("αυ", "av"), ("αύ", "av"), ("ευ", "ev"), ("εύ", "ev"),
    ),
}  # fmt: skip
_SPELLINGS = (
    (re.compile("dzh|dsch|dj"), "j"),
    (re.compile("chr"), "kr"),
    (re.compile("shch|schtsch|tsch|tch|sch|sh|ch|cz|sz|zh|ts|tz|z|c(?=[eiy])"), "s"),
    (re.compile("kh"), "h"),
    (re.compile("ph|f|w"), "v"),
    (re.compile("ck|c|q"), "k"),
    (re.compile("x"), "ks"),
)
_SILENT = re.compile(r"[aeiouyh]|(?<!^)j|n(?=d)|m(?=b)")  # Greek writes nd and d alike
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=65_536)
def sound(word: str, language: str) -> str:
    """By what a word of a language (primary tag) is compared; "" where that tells nothing.

    `Lundholm` is `ldlm`, as are Лундхольма and Λούντχολμ; `Astrid` is `astrd`, and `Oslo`, which
    has too few consonants, `=osl`. Numbers and scripts without spaces have no sound.
    """
    if _UNSPACED.search(word) is not None:
        return ""
    plain = _latin(word.lower(), language)
    if _CYRILLIC.search(word) is not None or language in _CASES:
        plain = _ENDING.sub("", plain)
    for pattern, one in _SPELLINGS:
        plain = pattern.sub(one, plain)
    first = "a" if plain[:1] in tuple("aeiouyh") else ""
    heard = _TWICE.sub(r"\1", _SILENT.sub("", plain))
    if len(heard) > 4 and heard.endswith("s"):
        heard = heard[:-1]  # a genitive in Sweden, a plural in England, a nominative in Greece
    if len(heard) >= _SHORT:
        return first + heard
    bare = _TWICE.sub(r"\1", plain).rstrip("aeiouy")
    return f"={bare}" if len(bare) > 2 else ""


def _latin(word: str, language: str) -> str:
    """The word in the letters a to z."""
    head, apostrophe, _ = word.replace("’", "'").partition("'")
    if apostrophe and len(head) > 2:  # Lundholm'da, in Turkish
        word = head
    for letters, one in _WRITTEN.get(language, ()):
        word = word.replace(letters, one)
    plain = anyascii(word).lower()
    if _CONSONANTS_ALONE.search(word) is not None:
        plain = re.sub("(?<=.)[wvy]", "", re.sub("^'", "a", plain))  # they stand for vowels
    return re.sub("[^a-z]", "", plain)
