"""Mutants of proved articles: small lies, all of which the proof has to refuse.

The folder holds truth.jsonl (id, file, url) and the pages it names; nothing of the truth but the
address is read. Each mutant is an article with one change. A change may by accident give words
that stand in the page too: `stands_naively`, which shares no code with the proof, decides that,
and such a change is counted apart and is no mutant.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import Ask, CannotRun
from wirecopy.model import Held
from wirecopy.stages.assemble import assemble
from wirecopy.stages.decode import decode
from wirecopy.stages.pages import extract
from wirecopy.stages.proof import prove
from wirecopy.stages.source import Source

_NEGATIONS = """not no never nor cannot without nicht kein keine keinen nie ne pas jamais non mai
    nunca não niet geen ikke ej inte aldri нет не никогда नहीं न nem ei değil yok לא لا لم ليس
    不 没 無 ない"""
_NEGATION = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, _NEGATIONS.split()), key=len)) + r")(?!\w) ?"
)
_QUOTES = {
    "'": "’",
    "’": "'",
    "‘": "'",
    '"': "“",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
}


@dataclass(frozen=True, slots=True)
class Article:
    """A proved article and its page."""

    id: str
    page: str
    title: str
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """An article's blocks with one change, and the changed ones (in the order claimed)."""

    article: Article
    kind: str
    title: str
    blocks: tuple[str, ...]
    changed: tuple[str, ...]


def read_articles(data: Path) -> Iterator[Article]:
    """Every page of a data folder that gives a proved article."""
    with (data / "truth.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            decoded = decode(gzip.decompress((data / row["file"]).read_bytes()), "")
            draft = extract(decoded, row["url"])
            if isinstance(draft, Held):
                continue
            done = assemble(draft, Source(decoded.text, decoded.charset), row["url"])
            if not isinstance(done, Held):
                blocks = tuple(done.text[block.start : block.end] for block in done.blocks)
                yield Article(row["id"], decoded.text, done.title, blocks)


# ---------------------------------------------------------------- one change each

Change = Callable[[Article, Article, random.Random], "Mutant | None"]


def _replaced(article: Article, kind: str, number: int, text: str) -> Mutant | None:
    if not text.strip() or text == article.blocks[number]:
        return None
    blocks = (*article.blocks[:number], text, *article.blocks[number + 1 :])
    return Mutant(article, kind, article.title, blocks, (text,))


def _pick(
    article: Article, chance: random.Random, pattern: str
) -> tuple[int, re.Match[str]] | None:
    """A place in the article where the pattern stands."""
    places = [
        (number, match)
        for number, block in enumerate(article.blocks)
        for match in re.finditer(pattern, block)
    ]
    return chance.choice(places) if places else None


def letter(article: Article, sister: Article, chance: random.Random) -> Mutant | None:
    """One letter becomes another."""
    place = _pick(article, chance, r"[^\W\d_]")
    if place is None:
        return None
    number, match = place
    other = chance.choice([c for c in "aeinorst" if c != match[0]])
    text = article.blocks[number]
    return _replaced(article, "letter", number, text[: match.start()] + other + text[match.end() :])


def quote(article: Article, sister: Article, chance: random.Random) -> Mutant | None:
    """A curled quotation mark becomes a straight one, or the other way round."""
    place = _pick(article, chance, "[" + "".join(_QUOTES) + "]")
    if place is None:
        return None
    number, match = place
    text = article.blocks[number]
    changed = text[: match.start()] + _QUOTES[match[0]] + text[match.end() :]
    return _replaced(article, "quote", number, changed)


def negation(article: Article, sister: Article, chance: random.Random) -> Mutant | None:
    """A "not" is dropped, in whichever language it is."""
    place = _pick(article, chance, _NEGATION.pattern)
    if place is None:
        return None
    number, match = place
    text = article.blocks[number]
    changed = (text[: match.start()] + text[match.end() :]).strip()
    return _replaced(article, "negation", number, changed)


def word(article: Article, sister: Article, chance: random.Random) -> Mutant | None:
    """A word inside a sentence is dropped."""
    place = _pick(article, chance, r"(?<=\w )\w+ (?=\w)")
    if place is None:
        return None
    number, match = place
    text = article.blocks[number]
    return _replaced(article, "word", number, text[: match.start()] + text[match.end() :])


def space(article: Article, sister: Article, chance: random.Random) -> Mutant | None:
    """Two words become one."""
    place = _pick(article, chance, r"(?<=\w) (?=\w)")
    if place is None:
        return None
    number, match = place
    text = article.blocks[number]
    return _replaced(article, "space", number, text[: match.start()] + text[match.end() :])


def invisible(article: Article, sister: Article, chance: random.Random) -> Mutant | None:
    """A soft hyphen comes or goes; no reader would see it, and it is not the publisher's."""
    place = _pick(article, chance, r"\u00ad|(?<=\w)(?=\w)")
    if place is None:
        return None
    number, match = place
    text = article.blocks[number]
    instead = "" if match[0] else "\u00ad"
    changed = text[: match.start()] + instead + text[match.end() :]
    return _replaced(article, "invisible", number, changed)


def swap(article: Article, sister: Article, chance: random.Random) -> Mutant | None:
    """Two neighbours change places."""
    if len(article.blocks) < 2:
        return None
    number = chance.randrange(len(article.blocks) - 1)
    first, second = article.blocks[number : number + 2]
    blocks = (*article.blocks[:number], second, first, *article.blocks[number + 2 :])
    return Mutant(article, "swap", article.title, blocks, (second, first))


def foreign(article: Article, sister: Article, chance: random.Random) -> Mutant | None:
    """A sentence of another page, at a paragraph's end or as a paragraph of its own."""
    sentences = [
        sentence
        for block in sister.blocks
        for sentence in re.split(r"(?<=[.!?。।])\s+", block)
        if len(sentence) > 30
    ]
    if not sentences:
        return None
    sentence = chance.choice(sentences)
    number = chance.randrange(len(article.blocks))
    if chance.random() < 0.5:
        text = f"{article.blocks[number]} {sentence}"
        blocks = (*article.blocks[:number], text, *article.blocks[number + 1 :])
        return Mutant(article, "foreign", article.title, blocks, (text,))
    blocks = (*article.blocks[:number], sentence, *article.blocks[number:])
    return Mutant(article, "foreign", article.title, blocks, (sentence,))


def headline(article: Article, sister: Article, chance: random.Random) -> Mutant | None:
    """A letter of the headline becomes another."""
    letters = [match.start() for match in re.finditer(r"[^\W\d_]", article.title)]
    if not letters:
        return None
    at = chance.choice(letters)
    other = chance.choice([c for c in "aeinorst" if c != article.title[at]])
    title = article.title[:at] + other + article.title[at + 1 :]
    return Mutant(article, "headline", title, article.blocks, (title,))


CHANGES: tuple[Change, ...] = (
    letter,
    quote,
    negation,
    word,
    space,
    invisible,
    swap,
    foreign,
    headline,
)


# ---------------------------------------------------------------- is it one?


_BLOCK = re.compile(
    r"(?i)</?(?:p|div|br|h[1-6]|li|ul|ol|td|th|tr|table|blockquote|section|article|aside|figure"
    r"|figcaption|header|footer|main|nav|body|html|dt|dd|dl|form|pre|hr|address)\b[^>]*>"
)


def stands_naively(mutant: Mutant) -> bool:
    """Whether the changed words stand in the page all the same, as lines, in the order claimed.

    Tags are dropped by a plain pattern: of blocks for an end of line, others for nothing, and in a
    second try for a space.
    """
    if mutant.kind == "headline":  # it may stand in meta or JSON-LD
        return mutant.title in html.unescape(mutant.article.page)
    bare = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<!--.*?-->", "", mutant.article.page)
    bare = _BLOCK.sub("\0", bare)
    for instead in ("", " "):
        text = html.unescape(re.sub(r"<[^>]*>", instead, bare))
        lines = [" ".join(line.split()) for line in text.split("\0")]
        page = "\n".join(("", *filter(None, lines), ""))
        at = 0
        for changed in mutant.changed:
            words = map(re.escape, changed.split())
            found = re.compile(r"\n" + r"[ \n]".join(words) + r"(?=\n)").search(page, at)
            if found is None:
                break
            at = found.end()
        else:
            return True
    return False


def make(
    articles: Sequence[Article], count: int, seed: int
) -> tuple[list[Mutant], Counter[str], list[Mutant]]:
    """`count` mutants, kinds in turn; how many a kind; the changes that stand by accident."""
    chance = random.Random(seed)
    mutants: list[Mutant] = []
    accidents: list[Mutant] = []
    kinds: Counter[str] = Counter()
    for turn in range(count * 20):
        if len(mutants) == count:
            break
        article, sister = chance.sample(articles, 2)
        mutant = CHANGES[turn % len(CHANGES)](article, sister, chance)
        if mutant is None:
            continue
        if stands_naively(mutant):
            accidents.append(mutant)
            continue
        kinds[mutant.kind] += 1
        mutants.append(mutant)
    return mutants, kinds, accidents


def put_to_proof(articles: Sequence[Article], count: int = 2000, seed: int = 1) -> dict[str, Any]:
    """What the proof says of every mutant; the keys are those of the printed table."""
    mutants, kinds, accidents = make(articles, count, seed)
    accepted: list[Mutant] = []
    for mutant in mutants:
        verdict = prove(Source(mutant.article.page), mutant.blocks, mutant.title, ())
        if not isinstance(verdict, Held):
            accepted.append(mutant)
    return {
        "mutants": len(mutants),
        "mutants_refused": len(mutants) - len(accepted),
        "by_kind": dict(kinds),
        "stand_by_accident": len(accidents),
        "accepted": [
            {"id": mutant.article.id, "kind": mutant.kind, "changed": mutant.changed}
            for mutant in accepted
        ],
    }


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=2000, help="how many mutants (2000)")
    parser.add_argument("--seed", type=int, default=1, help="which mutants (1)")


def run(ask: Ask) -> dict[str, Any]:
    """Make the mutants, put them to the proof, print the table."""
    if ask.data is None or not (ask.data / "truth.jsonl").is_file():
        raise CannotRun("--data PATH: a folder with truth.jsonl and html/*.gz")
    articles = list(read_articles(ask.data))
    if len(articles) < 2:
        raise CannotRun(f"{ask.data} gives {len(articles)} proved articles; two are needed")
    table = put_to_proof(articles, ask.more.count, ask.more.seed)
    for key, value in table.items():
        print(f"{key:18} {value}")
    return table
