"""Where a page states its headline and its authors, and whether a claim is one of those words.

Places are named as they are shown to the reader: "h1", "title", "meta og:title",
"json-ld headline", "text"; for authors "meta author", "json-ld author", "json-ld name", "text".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal, NamedTuple

from wirecopy.model import Found, Span
from wirecopy.stages.source import (
    MARKUP,
    WHITE,
    Atom,
    Source,
    atoms,
    attributes,
    collapse,
    is_unspaced,
    squeeze,
    words,
)

Encoding = Literal["html", "json"]
_Fits = Callable[[str, str, str], bool]  # what stands before, the claim, what stands after

_OPENING = re.compile(r"<[a-zA-Z0-9]+(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_META_HEADLINES = """og:title twitter:title title headline dc.title dcterms.title dc:title
    sailthru.title parsely-title citation_title hdl"""
_META_BYLINES = """author authors article:author article:author_name byl byline dc.creator
    dc:creator dcterms.creator dc.contributor citation_author creator parsely-author sailthru.author
    twitter:creator og:author og:article:author cxenseparse:author rbauthors vr:author
    shareaholic:article_author_name lp.article:author news:author mrf:authors twitter:data1"""
_WORDS = ("title", "headline", "hdl", "author", "byl", "creator", "contributor", "data1")
_HEADLINES = frozenset(_META_HEADLINES.split())
_BYLINES = frozenset(_META_BYLINES.split())
_JSON = re.compile(
    r'"(headline|alternativeHeadline|name|author|creator|givenName|title)"\s*:\s*(\[\s*)?'
    r'"((?:[^"\\]++|\\.)*+)"',
    re.DOTALL,
)
_JSON_BEFORE = re.compile(r'"(author|creator)"\s*:\s*[\[{][^\]]{0,2000}\Z', re.DOTALL)

_OPENED_BY = {
    "title": re.compile(r"<title\b", re.IGNORECASE),
    "meta": re.compile(r"<meta\b", re.IGNORECASE),
    "json-ld": re.compile(r"<script\b", re.IGNORECASE),
}

_UNFIT = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]")  # JSON can say them, nobody keep them

# What parts a headline from the site's name in <title> and og:title.
_SEPARATOR = r"[ \t\n\f\r\u00a0]*(?:[|\-–—―:·•»«›‹<>/~⋆★]|::|//)[ \t\n\f\r\u00a0]*"
_AFTER = re.compile(rf"{_SEPARATOR}|[ \t\n\f\r\u00a0]*[(\[]")
_BEFORE = re.compile(rf"{_SEPARATOR}\Z")


class Statement(NamedTuple):
    """A literal in the page that states a headline or a name."""

    where: str
    start: int  # of the raw literal, without its quotes
    end: int
    encoding: Encoding


@dataclass(frozen=True, slots=True)
class Statements:
    """All of them, in document order; h1 as the offset of its tag."""

    titles: tuple[Statement, ...]
    names: tuple[Statement, ...]
    h1: tuple[int, ...]


def statements(source: Source) -> Statements:
    """Read the page's title, meta, h1 and JSON-LD."""
    titles: list[Statement] = []
    names: list[Statement] = []
    h1: list[int] = []
    for at, token in source.tags:
        kind = token[1:3].lower()
        if kind == "h1":
            h1.append(at + len(token))
        elif kind == "me":
            _read_meta(token, at, titles, names)
        elif kind == "ti":
            opening = _OPENING.match(token)
            if opening:
                titles.append(Statement("title", at + opening.end(), at + len(token), "html"))
        elif kind == "sc" and "ld+json" in token[:300]:
            _read_json(source.text, at, at + len(token), titles, names)
    return Statements(titles=tuple(titles), names=tuple(names), h1=tuple(h1))


def _read_meta(token: str, at: int, titles: list[Statement], names: list[Statement]) -> None:
    folded = token.lower()
    if not any(word in folded for word in _WORDS):
        return  # reading attributes costs more than finding the tag did
    labels: list[str] = []
    content: tuple[int, int] | None = None
    for name, value, start in attributes(token):
        if name == "content":
            content = at + start, at + start + len(value)
        elif name in ("name", "property", "itemprop"):
            labels.append(value.strip().lower())
    if content is None:
        return
    for label in labels:
        if label in _HEADLINES:
            titles.append(Statement(f"meta {label}", *content, "html"))
        elif label in _BYLINES:
            names.append(Statement(f"meta {label}", *content, "html"))


def _read_json(
    page: str, start: int, end: int, titles: list[Statement], names: list[Statement]
) -> None:
    for match in _JSON.finditer(page, start, end):
        key, literal = match[1], match.span(3)
        if key in ("headline", "alternativeHeadline", "title"):
            titles.append(Statement(f"json-ld {key}", *literal, "json"))
        elif key in ("author", "creator") or _JSON_BEFORE.search(
            page, max(start, match.start() - 2000), match.start()
        ):
            names.append(Statement("json-ld author", *literal, "json"))
        else:
            names.append(Statement("json-ld name", *literal, "json"))
            titles.append(Statement("json-ld name", *literal, "json"))


def readings(literal: str, encoding: Encoding) -> tuple[str, ...]:
    """What a literal may say: references are resolved, and once more where it was escaped twice."""
    if encoding == "json":
        try:
            once = str(json.loads(f'"{literal}"', strict=False))
        except ValueError:
            return ()
    else:
        once = unescape(literal)
    twice = unescape(once)
    return tuple(dict.fromkeys((collapse(once), collapse(twice), collapse(unescape(twice)))))


def find_headline(source: Source, stated: Statements, claim: str) -> Found | None:
    """Where the claimed headline stands: h1, a whole literal, a part of one, a heading's text."""
    if not squeeze(claim) or _UNFIT.search(claim):
        return None
    return (
        _in_h1(source, stated, claim)
        or _whole(source.text, stated.titles, claim)
        or _part(source.text, stated.titles, claim)
        or find_in_text(source, claim)
    )


def find_author(source: Source, stated: Statements, claim: str) -> Found | None:
    """Where the claimed author stands: a literal, whole or among others, else visible text."""
    if not squeeze(claim) or _UNFIT.search(claim):
        return None
    return (
        _whole(source.text, stated.names, claim)
        or _among(source.text, stated.names, claim)
        or find_in_text(source, claim)
    )


def find_in_text(source: Source, claim: str) -> Found | None:
    """The first place in the visible text where the claim stands in whole words."""
    needle = squeeze(claim)
    at = source.skeleton.find(needle) if needle else -1
    while at >= 0:
        end = at + len(needle)
        if not (source.splits_word(at) or source.splits_word(end)):
            spans = source.spans(at, end)
            if words(source.text, spans) == claim:
                return Found(text=claim, where="text", spans=spans)
        at = source.skeleton.find(needle, at + 1)
    return None


def _in_h1(source: Source, stated: Statements, claim: str) -> Found | None:
    for tag_end in stated.h1:
        runs = list(_runs_of_heading(source, tag_end))
        for first in range(len(runs)):  # a kicker may stand before the headline, in its own tag
            for last in range(len(runs), first, -1):
                spans = tuple(Span(start=s, end=e) for s, e in runs[first:last])
                if words(source.text, spans) == claim:
                    return Found(text=claim, where="h1", spans=spans)
    return None


def _runs_of_heading(source: Source, tag_end: int, most: int = 12) -> Iterator[tuple[int, int]]:
    last = tag_end
    for run in source.runs_after(tag_end, most):
        if "</h1" in source.text[last : run[0]].lower():
            return
        yield run
        last = run[1]


def _whole(page: str, stated: tuple[Statement, ...], claim: str) -> Found | None:
    for where, start, end, encoding in stated:
        if claim in readings(page[start:end], encoding):
            start, end = _trim(page, start, end)
            return Found(text=claim, where=where, spans=(Span(start=start, end=end),))
    return None


def _part(page: str, stated: tuple[Statement, ...], claim: str) -> Found | None:
    """A headline before or after a separator in <title> or a meta tag."""
    for where, start, end, encoding in stated:
        if encoding == "html" and (place := _inside(page, start, end, claim, _separated)):
            return Found(text=claim, where=where, spans=(place,))
    return None


def _among(page: str, stated: tuple[Statement, ...], claim: str) -> Found | None:
    """A name among others in one literal: "By A and B"."""
    for where, start, end, encoding in stated:
        if encoding == "html" and (place := _inside(page, start, end, claim, _whole_words)):
            return Found(text=claim, where=where, spans=(place,))
        if encoding == "json" and where != "json-ld name":
            literal = json.dumps(claim, ensure_ascii=False)[1:-1]
            at = page.find(literal, start, end)
            if at >= 0 and _whole_words(page[start:at], literal, page[at + len(literal) : end]):
                return Found(
                    text=claim, where=where, spans=(Span(start=at, end=at + len(literal)),)
                )
    return None


def _separated(before: str, _: str, after: str) -> bool:
    starts = not before.strip(WHITE) or _BEFORE.search(before) is not None
    ends = not after.strip(WHITE) or _AFTER.match(after) is not None
    return starts and ends


def _whole_words(before: str, claim: str, after: str) -> bool:
    return not (_continues(before[-1:], claim[:1]) or _continues(claim[-1:], after[:1]))


def _continues(left: str, right: str) -> bool:
    return (
        left.isalnum() and right.isalnum() and not (is_unspaced(left) or is_unspaced(right))
    )  # isalnum is False for ""


def _inside(page: str, start: int, end: int, claim: str, fits: _Fits) -> Span | None:
    """The raw span of a claim inside a literal, when what stands around it fits."""
    raw = page[start:end]
    if claim[:1] not in raw and "&" not in raw:
        return None
    characters = atoms(page, start, end)
    text = "".join(atom.text for atom in characters)
    pattern = re.compile(r"[ \t\n\f\r]+".join(map(re.escape, claim.split(" "))))
    for match in pattern.finditer(text):
        if fits(text[: match.start()], match[0], text[match.end() :]):
            return _span_of(characters, match.start(), match.end())
    return None


def _span_of(characters: list[Atom], first: int, last: int) -> Span | None:
    """From offsets in the atoms' text to the page; None when an atom would be cut."""
    at, begin = 0, -1
    for atom in characters:
        if at == first:
            begin = atom.start
        at += len(atom.text)
        if at == last and begin >= 0:
            return Span(start=begin, end=atom.end)
    return None


def _trim(page: str, start: int, end: int) -> tuple[int, int]:
    raw = page[start:end]
    return end - len(raw.lstrip(WHITE)), start + len(raw.rstrip(WHITE))


def still_stated(page: str, found: Found) -> bool:
    """Whether stored evidence from a title, meta or JSON-LD literal still says the words."""
    if len(found.spans) != 1:
        return False
    start, end = found.spans[0].start, found.spans[0].end
    if not 0 <= start < end <= len(page):
        return False
    encoding: Encoding = "json" if found.where.startswith("json-ld ") else "html"
    if found.text not in readings(page[start:end], encoding):
        return False
    opens = _OPENED_BY[found.where.split(" ", 1)[0]]
    token = None
    for match in opens.finditer(page, 0, start):
        token = match
    holder = MARKUP.match(page, token.start()) if token else None
    return holder is not None and holder.end() >= end


# ---------------------------------------------------------------- headlines that only a feed gives

_FEED_TITLE = re.compile(
    r"<(?:[a-zA-Z]+:)?title\b[^>]{0,400}>(.{1,4000}?)</(?:[a-zA-Z]+:)?title\s*>", re.DOTALL
)
_FEED_JSON = re.compile(r'"title"\s*:\s*"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*\Z", re.DOTALL)
_ANY_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def prove_in_feed(feed: str, title: str) -> Found | None:
    """Where a decoded feed gives this headline (XML, CDATA, HTML escaped in it, JSON), or None."""
    if not squeeze(title):
        return None
    for match in _FEED_TITLE.finditer(feed):
        start, end = match.span(1)
        if section := _CDATA.match(feed, start, end):
            start, end = section.span(1)
        if title in _feed_readings(feed[start:end]):
            start, end = _trim(feed, start, end)
            return Found(text=title, where="feed", spans=(Span(start=start, end=end),))
    for match in _FEED_JSON.finditer(feed):
        if title in readings(match[1], "json"):
            return Found(
                text=title, where="feed", spans=(Span(start=match.start(1), end=match.end(1)),)
            )
    return None


def _feed_readings(raw: str) -> set[str]:
    """Text, or HTML in it, escaped once or twice; tags dropped where it is HTML."""
    found: set[str] = set()
    for _ in range(3):
        found |= {collapse(raw), collapse(_ANY_TAG.sub("", raw))}
        raw = unescape(raw)
    return found | {collapse(raw), collapse(_ANY_TAG.sub("", raw))}
