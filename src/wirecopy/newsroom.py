"""What recording decides with: the operator's settings, and the live window of articles."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from wirecopy.config import Settings
from wirecopy.model import ArticleId, Feed, Publisher, PublisherId, Repeat, StoryId
from wirecopy.stages import address
from wirecopy.stages.group import WINDOW_HOURS, Grouper
from wirecopy.stages.repeats import WINDOW, Index
from wirecopy.store import articles, sitemaps, sources
from wirecopy.store.decisions import Regrouping

DAY = timedelta(days=1)


@dataclass(slots=True)
class Newsroom:
    """Settings by the keys recording asks for, and the window of live articles in memory.

    `repeats` and `grouper` change only while recording; `open_newsroom` rebuilds them from the
    store, so that a restart decides as if there had been none.
    """

    publishers: Mapping[PublisherId, Publisher]
    by_domain: Mapping[str, Publisher]
    feeds: dict[str, Feed]
    private_site: bool
    languages: frozenset[str]  # empty: all
    muted_words: tuple[str, ...]  # case-folded
    takedowns: Mapping[ArticleId, str]
    archive_folder: Path
    image_folder: Path
    repeats: Index
    grouper: Grouper
    owners: dict[str, PublisherId]  # by domain
    touched: set[StoryId] = field(default_factory=set)  # stories of the batch at hand
    changed: set[ArticleId] = field(default_factory=set)  # articles of the batch at hand
    decided: deque[Regrouping] = field(default_factory=deque)  # to take effect in their places
    latest: datetime | None = None  # time of the newest capture recorded
    announced: dict[str, deque[tuple[datetime, int]]] = field(default_factory=dict)  # by feed
    stale: bool = False  # stories changed since the last edition
    edition_at: float = 0.0  # when that was, by the machine's monotonic clock

    def announced_since(self, feed: str, since: datetime) -> int:
        """How many new articles a feed has named since then; what is older is forgotten."""
        told = self.announced.get(feed, deque())
        while told and told[0][0] <= since:
            told.popleft()
        return sum(count for _, count in told)

    def announced_at(self, feed: str, at: datetime, count: int) -> None:
        """Note that a feed has named so many new articles."""
        if count:
            self.announced.setdefault(feed, deque()).append((at, count))

    def publisher_of(self, url: str) -> Publisher | None:
        """Whose page an address is: credit follows the link's host, never the feed's claim.

        None where no publisher of the settings has the host; ValueError for what is no address.
        """
        host = address.domain(url)
        while host:
            found = self.by_domain.get(host)
            if found is not None:
                return found
            host = host.partition(".")[2]
        return None


def open_newsroom(settings: Settings, c: Connection) -> Newsroom:
    """The newsroom as it stood after the last batch that the store holds."""
    room = Newsroom(
        publishers={publisher.id: publisher for publisher in settings.publishers},
        by_domain={
            domain: publisher
            for publisher in settings.publishers
            for domain in (publisher.id, *publisher.domains)
        },
        owners={
            domain: publisher.id
            for publisher in settings.publishers
            for domain in (publisher.id, *publisher.domains)
        },
        feeds={feed.url: feed for publisher in settings.publishers for feed in publisher.feeds}
        | {feed.url: feed for feed in sitemaps.resume(c)},
        private_site=settings.private,
        languages=frozenset(settings.site.languages),
        muted_words=tuple(word.casefold() for word in settings.site.muted_words),
        takedowns={address.article_id(gone.url): gone.reason for gone in settings.takedowns},
        archive_folder=settings.archive_folder,
        image_folder=settings.storage.folder / "images",
        repeats=Index(),
        grouper=Grouper(across_languages=settings.stories.across_languages),
    )
    for url, at in sources.announced_of_late(c, DAY):
        room.announced_at(url, at, 1)
    _restore(room, c)
    return room


def _restore(room: Newsroom, c: Connection) -> None:
    newest = articles.last_placed_at(c)
    if newest is None:
        return
    room.latest = newest
    window = max(WINDOW, timedelta(hours=WINDOW_HOURS))
    for live in articles.live_features(c, newest - window):
        repeat = None
        if live.repeats is not None:
            repeat = Repeat(article=live.article, of=live.repeats, kind="copy", share=1.0)
        room.repeats.add(
            live.article, live.features, publisher=live.publisher, at=live.placed_at, repeat=repeat
        )
        if live.story is not None:
            room.grouper.restore(
                live.article,
                live.features,
                language=live.language,
                at=live.placed_at,
                publisher=live.publisher,
                story=live.story,
                copy=live.copied,
            )
