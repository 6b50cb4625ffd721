"""Out of readers' sight: what the operator does not want, and what was taken back."""

from __future__ import annotations

from sqlalchemy import Connection

from wirecopy.model import Held
from wirecopy.newsroom import Newsroom
from wirecopy.store import articles, search
from wirecopy.store.articles import ArticleRow

UNWANTED = frozenset({"language", "muted"})
"""Reasons that hide an article even where it was published: the operator's wishes."""


def unwanted(room: Newsroom, title: str, language: str) -> Held | None:
    """The operator's own wish: languages read here, words muted in headlines."""
    wanted = room.languages
    if wanted and language and language not in wanted:
        return Held(reason="language", detail=f"in {language}; this site reads {sorted(wanted)}")
    folded = title.casefold()
    for word in room.muted_words:
        if word in folded:
            return Held(reason="muted", detail=f"the headline holds the muted word {word!r}")
    return None


def hide(c: Connection, room: Newsroom, article: ArticleRow, held: Held) -> None:
    """Hold back an article that was published."""
    articles.hold(c, article.id, held, capture=None, published=True)
    _forget(c, room, article)


def withdraw(
    c: Connection,
    room: Newsroom,
    article: ArticleRow,
    reason: str,
    detail: str,
    *,
    capture: int | None = None,
) -> None:
    """Take an article away: its publisher took it back, or the operator did."""
    articles.withdraw(c, article.id, reason=reason, detail=detail, capture=capture)
    _forget(c, room, article)


def _forget(c: Connection, room: Newsroom, article: ArticleRow) -> None:
    search.forget(c, [article.id])
    articles.put_quotes(c, article.id, ())
    articles.put_citations(c, article.id, ())
    room.changed.add(article.id)
    if article.story is not None:
        room.touched.add(article.story)
