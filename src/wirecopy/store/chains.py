"""Who cites whom, where only a publisher's name stands in the text: resolved within a story."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import BindParameter, Connection, bindparam, or_, select, update

from wirecopy.model import ArticleId, ArticleState, PublisherId
from wirecopy.store.schema import articles, citations


def _among(name: str) -> BindParameter[list[str]]:
    return bindparam(name, expanding=True)


# Written once: writing one of these costs more than running it.
_CHANGED = select(articles.c.id, articles.c.story, articles.c.publisher, articles.c.repeats).where(
    articles.c.id.in_(_among("changed"))
)
_UNRESOLVED = (
    select(citations, articles.c.story, articles.c.publisher)
    .join(articles, articles.c.id == citations.c.article)
    .where(
        articles.c.story.in_(_among("told")),
        citations.c.cited.is_(None),
        citations.c.url == "",
        or_(
            citations.c.article.in_(_among("changed")),
            citations.c.target.in_(_among("named")),
        ),
    )
)
_CITED = select(citations.c.cited).where(
    citations.c.article.in_(_among("changed")), citations.c.cited.is_not(None)
)
_FIRSTS = (
    select(articles.c.story, articles.c.publisher, articles.c.id)
    .where(
        articles.c.story.in_(_among("told")),
        articles.c.state == ArticleState.PUBLISHED.value,
    )
    .order_by(articles.c.published.desc(), articles.c.position.desc())
)
_SET = update(citations).where(
    citations.c.article == bindparam("of"),
    citations.c.start == bindparam("from"),
    citations.c.end == bindparam("to"),
    citations.c.kind == bindparam("as"),
)


def resolve(
    c: Connection, changed: Collection[ArticleId], owners: dict[str, PublisherId]
) -> set[ArticleId]:
    """Give each citation by name the article it means: the named publisher's first in the story.

    Looks at the citations of the changed articles, and at those of their stories that name the
    changed articles' publishers. `owners` gives the publisher of a domain. Returns the articles
    whose responses may have changed: those cited or repeated by the changed ones.
    """
    if not changed:
        return set()
    wanted = {"changed": sorted(changed)}
    rows = c.execute(_CHANGED, wanted).all()
    responded = {ArticleId(row.repeats) for row in rows if row.repeats is not None}
    told = {row.story for row in rows if row.story is not None}
    first = _firsts(c, told)
    arrived = {row.publisher for row in rows}
    named = [domain for domain, owner in owners.items() if owner in arrived]
    asked = wanted | {"told": sorted(told), "named": named}
    found = []
    for row in c.execute(_UNRESOLVED, asked):
        owner = owners.get(row.target)
        cited = first.get((row.story, owner)) if owner is not None else None
        if cited is not None and owner != row.publisher:
            found.append(
                {"of": row.article, "from": row.start, "to": row.end, "as": row.kind}
                | {"cited": cited}
            )
    if found:
        c.execute(_SET, found)
    responded |= {ArticleId(id) for id in c.execute(_CITED, wanted).scalars() if id is not None}
    return responded | {ArticleId(str(each["cited"])) for each in found} | set(changed)


def _firsts(c: Connection, stories: Collection[str]) -> dict[tuple[str, str], str]:
    """(story, publisher) -> that publisher's first article in the story."""
    rows = c.execute(_FIRSTS, {"told": sorted(stories)})
    return {(row.story, row.publisher): row.id for row in rows}
