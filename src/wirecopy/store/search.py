"""Search: the newest 500 articles that have every word, best first.

Counting all hits to rank them grows with the archive (bm25: 125 ms for a common word among a
million articles); news readers want the new ones anyway, and 500 stay quick (0.15 ms).

Languages without spaces between words (Chinese, Japanese, Thai ...) are indexed by pairs of
characters, in the same index. Not by threes: most Chinese words are two characters long, and an
index of threes cannot find them.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections.abc import Iterable
from datetime import datetime
from math import log1p
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    cast,
    column,
    delete,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy import Text as PlainText
from sqlalchemy.dialects.postgresql import TSQUERY

from wirecopy.model import ArticleId, ArticleState, Mode, PublisherId
from wirecopy.store.db import to_json, upsert
from wirecopy.store.quick import run
from wirecopy.store.schema import articles, search, stories

NEWEST = 500  # hits that are ranked
MOST_TERMS = 16  # of a question; more are left out
_TSVECTOR_BYTES = 400_000  # PostgreSQL refuses a tsvector over 1 MB

# Thai, Lao, Myanmar, Khmer, kana, Han and its supplements
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+"
)
# Letters, digits, and the marks that stand inside words: vowel signs of India's scripts, points of
# Hebrew and Arabic, combining accents. `\w` leaves them out.
_WORD = re.compile(
    "(?:[^\\W_]|[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a"
    "\u064b-\u0670\u06d6-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0963\u0971-\u0df3"
    "\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ece\u0f71-\u0f84\u102b-\u103e"
    "\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff])+"
)
_TERM = re.compile('"([^"]*)"?|(\\S+)')


# ---------------------------------------------------------------- written


def put(c: Connection, article: ArticleId, title: str, text: str, language: str = "") -> None:
    """Make an article findable by these words, and by no others. Its first paragraph counts more.

    `language` is not needed: words are cut by their script.
    """
    lead, _, rest = text.partition("\n\n")
    words = [_indexed(part) for part in (title, lead, rest)]
    if c.dialect.name == "sqlite":
        _put_sqlite(c, article, words)
    else:
        run(c, _PUT_POSTGRESQL, {"wanted": article, "words": _tsvector(words)})


def forget(c: Connection, ids: Iterable[ArticleId]) -> None:
    """Make articles impossible to find."""
    for article in ids:
        if c.dialect.name == "sqlite":
            _drop_sqlite(c, article)
        c.execute(_FORGET, {"wanted": article})


_FORGET = delete(search).where(search.c.article == bindparam("wanted"))
_HELD = (
    select(articles.c.position, search.c.words)
    .select_from(articles.outerjoin(search, search.c.article == articles.c.id))
    .where(articles.c.id == bindparam("wanted"))
)
_INDEX = text(
    "INSERT INTO search_index(rowid, title, lead, text) VALUES (:rowid, :title, :lead, :text)"
)
_UNINDEX = text(
    "INSERT INTO search_index(search_index, rowid, title, lead, text) "
    "VALUES ('delete', :rowid, :title, :lead, :text)"
)
_PUT_POSTGRESQL = text(
    "INSERT INTO search (article, position, words) "
    "SELECT id, position, CAST(:words AS tsvector) FROM articles WHERE id = :wanted "
    "ON CONFLICT (article) DO UPDATE SET words = excluded.words"
)


def _put_sqlite(c: Connection, article: ArticleId, words: list[str]) -> None:
    packed = zlib.compress(to_json(words).encode(), 1)
    ((position, held),) = run(c, _HELD, {"wanted": article})
    if held == packed:
        return
    if held is not None:
        run(c, _UNINDEX, _row(position, json.loads(zlib.decompress(held))))
    run(c, upsert(c, search), {"article": article, "position": position, "words": packed})
    run(c, _INDEX, _row(position, words))


def _drop_sqlite(c: Connection, article: ArticleId) -> None:
    found = c.execute(_HELD, {"wanted": article}).first()
    if found is not None and found.words is not None:
        c.execute(_UNINDEX, _row(found.position, json.loads(zlib.decompress(found.words))))


def _row(position: int, words: list[str]) -> dict[str, object]:
    title, lead, rest = words
    return {"rowid": position, "title": title, "lead": lead, "text": rest}


def _indexed(words: str) -> str:
    """The words as they go into the index: nothing that no database holds, pairs where needed."""
    words = words.replace("\x00", " ")
    if words.isascii():
        return words
    words = _folded(words.encode("utf-8", "replace").decode())
    return _UNSPACED.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", words)


def _pairs(run: str) -> list[str]:
    """Each character with its next, and the last alone, so that every one begins a word."""
    return [run[at : at + 2] for at in range(len(run))]


def _folded(words: str) -> str:
    """Lower case without the accents of Latin, Greek and Cyrillic.

    Done here for both databases, in index and question alike: FTS5 folds Latin alone, and "ß" not.
    """
    words = words.casefold()
    if words.isascii():
        return words
    taken_apart = unicodedata.normalize("NFD", words)
    if not _ACCENT.search(taken_apart):
        return words
    return unicodedata.normalize("NFC", _ACCENT.sub("", taken_apart))


_ACCENT = re.compile("[\u0300-\u036f]")


def _tsvector(parts: list[str]) -> str:
    """A tsvector in its text form: title A, first paragraph B, the rest D.

    Written out here, because PostgreSQL's own parser cuts words by the locale of the server.
    """
    places: dict[str, list[str]] = {}
    at = size = 0
    for weight, part in zip("ABD", parts, strict=True):
        for word in _WORD.findall(part.casefold()):
            at += 1
            known = places.setdefault(word[:100], [])
            size += 4 if known else 4 * len(word[:100]) + 8
            if size > _TSVECTOR_BYTES:
                break
            if len(known) < 255 and at < 16_383:  # PostgreSQL 12.11: limits of a tsvector
                known.append(f"{at}{weight}")
        at += 1  # no phrase runs from one part into the next
    return " ".join(
        f"'{word}':{','.join(known)}" if known else f"'{word}'" for word, known in places.items()
    )


# ---------------------------------------------------------------- asked


class Part(NamedTuple):
    """A part of an article, in FTS5's words and in PostgreSQL's."""

    columns: str
    weights: str


EVERYWHERE = Part("", "")
HEADLINE = Part("title", "A")
TOP = Part("title lead", "AB")


def query(
    c: Connection,
    words: str,
    limit: int,
    before: datetime | None = None,
    publisher: PublisherId | None = None,
    section: str | None = None,
) -> list[ArticleId]:
    """The articles that have every word (or "phrase"), best of the newest 500 first.

    An article's score: 3 when all stand in its headline, 1 when all stand in headline and first
    paragraph, the logarithm of its story's size, and up to 2 for being new. Whatever is asked,
    nothing is raised; a question without a word in it finds nothing.
    """
    terms = _terms(words)
    if not terms:
        return []
    found = _newest(c, terms, before, publisher, section)
    if not found:
        return []
    oldest = min(found)
    heads = _found_in(c, terms, HEADLINE, oldest)
    tops = heads | _found_in(c, terms, TOP, oldest)
    score = {
        position: 3.0 * (position in heads)
        + 1.0 * (position in tops)
        + log1p(size or 1)
        + 2.0 * (1 - order / NEWEST)
        for order, (position, (_, size)) in enumerate(found.items())
    }
    best = sorted(found, key=lambda position: (-score[position], -position))
    return [found[position][0] for position in best[:limit]]


def _terms(words: str) -> list[list[str]]:
    """A question as its terms, each the words of a phrase; a trailing `*` means "begins with"."""
    found: list[list[str]] = []
    for quoted, bare in _TERM.findall(words):
        phrase: list[str] = []
        for piece in _pieces(quoted or bare):
            phrase.extend(piece)
        if phrase and phrase not in found:
            found.append(phrase)
    return found[:MOST_TERMS]


def _pieces(term: str) -> Iterable[list[str]]:
    """The term cut as the index cuts: words, and pairs of characters that need no spaces."""
    term = _folded(term.replace("\x00", " ").encode("utf-8", "replace").decode())
    at = 0
    for found in _UNSPACED.finditer(term):
        yield _WORD.findall(term[at : found.start()])
        pairs = _pairs(found[0])
        yield pairs[:-1] or [pairs[0] + "*"]
        at = found.end()
    yield _WORD.findall(term[at:])


def _newest(
    c: Connection,
    terms: list[list[str]],
    before: datetime | None,
    publisher: PublisherId | None,
    section: str | None,
) -> dict[int, tuple[ArticleId, int | None]]:
    """Position -> (article, its story's articles), newest first."""
    position, hit = _hits(c, terms, EVERYWHERE)
    asked = (
        select(position, articles.c.id, stories.c.articles)
        .join_from(position.table, articles, articles.c.position == position)
        .outerjoin(stories, stories.c.id == articles.c.story)
        .where(
            hit,
            articles.c.state == ArticleState.PUBLISHED.value,
            articles.c.mode != Mode.OFF.value,
        )
        .order_by(position.desc())
        .limit(NEWEST)
    )
    if before is not None:
        asked = asked.where(articles.c.published < before)
    if publisher is not None:
        asked = asked.where(articles.c.publisher == publisher)
    if section is not None:
        asked = asked.where(articles.c.section == section)
    return {at: (ArticleId(id), size) for at, id, size in c.execute(asked)}


def _found_in(c: Connection, terms: list[list[str]], part: Part, oldest: int) -> set[int]:
    position, hit = _hits(c, terms, part)
    return set(c.execute(select(position).where(hit, position >= oldest)).scalars())


def _hits(
    c: Connection, terms: list[list[str]], part: Part
) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    """The column of positions, and the condition that the part has every term."""
    if c.dialect.name == "sqlite":
        asked = bindparam("asked", _fts5(terms, part), PlainText())
        return _FTS5.c.rowid, literal_column("search_index").op("MATCH", is_comparison=True)(asked)
    asked = bindparam("asked", _tsquery(terms, part), PlainText())
    return search.c.position, search.c.words.op("@@", is_comparison=True)(cast(asked, TSQUERY()))


_FTS5 = table("search_index", column("rowid", Integer))


def _fts5(terms: list[list[str]], part: Part) -> str:
    columns = f"{{{part.columns}}} : " if part.columns else ""
    return " AND ".join(columns + _fts5_phrase(phrase) for phrase in terms)


def _fts5_phrase(phrase: list[str]) -> str:
    star = " *" if phrase[-1].endswith("*") else ""
    words = " ".join(word.rstrip("*") for word in phrase).replace('"', '""')
    return f'"{words}"{star}'


def _tsquery(terms: list[list[str]], part: Part) -> str:
    return " & ".join(
        "(" + " <-> ".join(_tsquery_word(word, part) for word in phrase) + ")" for phrase in terms
    )


def _tsquery_word(word: str, part: Part) -> str:
    sign = ("*" if word.endswith("*") else "") + part.weights
    return f"'{word.rstrip('*')[:100]}'" + (f":{sign}" if sign else "")
