"""Stories that change after the fact: merged at a second look, or by the operator's hand.

The operator may move an article, split articles off, and merge two stories: a person writes into
the journal while the gatherer runs; whoever records takes it from there at the next batch, and
notes the place of the archive it came after. On replay it takes effect in that place again, as what
joins a story later depends on it. No word of an article is touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from wirecopy.errors import ConfigError
from wirecopy.model import ArticleId, Placement, Record, StoryId
from wirecopy.newsroom import Newsroom
from wirecopy.store import articles, captures, copies, decisions, stories
from wirecopy.store.decisions import Regrouping


def regroup_now(c: Connection, room: Newsroom) -> None:
    """What the operator decided since the last batch takes effect."""
    waiting = decisions.waiting(c)
    place = captures.cursor(c) if waiting else None
    if place is None:
        return  # a journal without an archive is not this store's
    for wish in waiting:
        _take_effect(c, room, wish)
        decisions.taken(c, wish, place)


def regroup_before(c: Connection, room: Newsroom, record: Record | None) -> None:
    """What took effect before this record of the archive does so again; None: all that is left."""
    while room.decided:
        place = room.decided[0].place
        if record is not None and place is not None and place > (record.file, record.offset):
            return
        _take_effect(c, room, room.decided.popleft())


def merge_alike(c: Connection, room: Newsroom, at: datetime) -> None:
    """What grouping found to be one story becomes one, before an article of that time is placed."""
    for found in room.grouper.look_again(at):
        words = f"Its story turned out to be this one: they are {found.likeness:.0%} alike."
        _bring(c, room, stories.members(c, found.story), found.into, found.likeness, words)
        _lead_on(c, found.story, found.into)


def _take_effect(c: Connection, room: Newsroom, wish: Regrouping) -> None:
    stories.refresh(c, room.touched)  # a story of this very batch has its row only then
    into = wish.into if wish.kind == "split" else stories.standing(c, wish.into)
    if into is None:
        return  # the story's pages were pruned from the archive that is replayed
    if wish.kind == "split":
        stories.reopen(c, into)
    said = {"move": "moved it here", "split": "split it off", "merge": "merged its story into this"}
    words = f"The operator {said[wish.kind]} on {wish.at.day} {wish.at:%B %Y}."
    moved = list(wish.articles) or stories.members(c, wish.story)
    followers = [each.article for id_ in wish.articles for each in copies.repeating(c, id_)]
    for left in _bring(c, room, dict.fromkeys([*moved, *followers]), into, 1.0, words):
        _lead_on(c, left, into)


def _bring(
    c: Connection,
    room: Newsroom,
    moved: Iterable[ArticleId],
    into: StoryId,
    score: float,
    words: str,
) -> list[StoryId]:
    """Puts articles into a story, in the store and in the live window; the stories they left."""
    left: dict[StoryId, None] = {}
    for id_ in moved:
        article = articles.get(c, id_)
        if article is None or article.story is None or article.story == into:
            continue
        kind = "copy" if copies.followed(c, id_) else "moved"  # a copy stands in no live window
        placement = Placement(
            article=id_, story=into, kind=kind, score=round(min(1.0, score), 4), words=words
        )
        left[article.story] = None
        # Counted as they stand now, so that what is left of a story does not hang on the batch.
        stories.refresh(c, (article.story,))
        stories.place(c, placement)
        room.grouper.move(id_, into)
    room.touched.update((*left, into))
    return list(left)


def _lead_on(c: Connection, story: StoryId, into: StoryId) -> None:
    """The address of a story of which nothing is left leads on."""
    if not stories.members(c, story):
        stories.redirect(c, story, into)


# ---------------------------------------------------------------- what the command asks for


def move(c: Connection, article: str, story: str, at: datetime) -> Regrouping:
    """The wish that an article, with its copies, stands in another story. Raises ConfigError."""
    here = _story_of(c, article)
    into = _standing(c, story)
    if into == here:
        raise ConfigError(f"{article} stands in {into} already.", cure="There is nothing to do.")
    return _noted(
        c, Regrouping(kind="move", at=at, story=here, into=into, articles=(ArticleId(article),))
    )


def split(c: Connection, given: tuple[str, ...], at: datetime) -> Regrouping:
    """The wish that some articles of a story are one of their own. Raises ConfigError.

    It has the id of the one announced first.
    """
    homes = {_story_of(c, article) for article in given}
    if len(homes) > 1:
        raise ConfigError(
            f"These articles stand in {len(homes)} stories.",
            cure="Split one story at a time.",
        )
    (story,) = homes
    members = stories.members(c, story)
    chosen = tuple(id_ for id_ in members if id_ in given)
    if story in given:
        raise ConfigError(
            f"{story} gives the story its address, and cannot leave it so.",
            cure="Split off the others; an address never changes its story.",
        )
    if len(chosen) == len(members):
        raise ConfigError("Nothing of the story would be left.", cure="Leave out what should stay.")
    return _noted(
        c,
        Regrouping(kind="split", at=at, story=story, into=StoryId(chosen[0]), articles=chosen),
    )


def merge(c: Connection, story: str, into: str, at: datetime) -> Regrouping:
    """The wish that two stories are one, at the second's address. Raises ConfigError."""
    here, there = _standing(c, story), _standing(c, into)
    if here == there:
        raise ConfigError(f"{story} and {into} are one story.", cure="There is nothing to do.")
    return _noted(c, Regrouping(kind="merge", at=at, story=here, into=there))


def _noted(c: Connection, wish: Regrouping) -> Regrouping:
    decisions.note(c, wish)
    return wish


def _story_of(c: Connection, article: str) -> StoryId:
    found = articles.get(c, ArticleId(article))
    if found is None or found.story is None:
        raise ConfigError(
            f"No article {article} stands in a story.",
            cure="Its id is the end of its page's address here: /a/ID.",
        )
    return found.story


def _standing(c: Connection, story: str) -> StoryId:
    found = stories.standing(c, StoryId(story))
    if found is None:
        raise ConfigError(
            f"There is no story {story}.", cure="Its id is the end of its page's address: /s/ID."
        )
    return found
