"""The recording steps: gather from the store, decide by the stages, record. One capture a call.

`pipeline.PATH` names them in their order. Each is a sandwich of a few lines; what they decide
stands in `stages`, what they write in `store`. All of them may run twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from wirecopy.archive import read_body
from wirecopy.engine import Failure
from wirecopy.files import write_whole
from wirecopy.images import EXTENSION, Picture
from wirecopy.model import (
    ArticleId,
    ArticleState,
    Capture,
    FeedReading,
    Held,
    Licence,
    Miss,
    Mode,
    Policy,
    Proof,
    Reading,
    Repeat,
    Revision,
    Signals,
    SiteTerms,
    StoryId,
)
from wirecopy.newsroom import Newsroom
from wirecopy.recording_families import remember
from wirecopy.recording_rights import told
from wirecopy.recording_stories import merge_alike
from wirecopy.stages import address, revise, rights
from wirecopy.stages.decode import decode
from wirecopy.stages.features import features
from wirecopy.stages.proof import clip, prove_in_feed
from wirecopy.stages.published import published
from wirecopy.stages.section_guess import section_of
from wirecopy.stages.source import Source
from wirecopy.store import articles, captures, pictures, search, stories
from wirecopy.store.articles import ArticleRow
from wirecopy.withdrawing import UNWANTED, hide, unwanted, withdraw

Result = FeedReading | Reading | Held | Picture | SiteTerms | Licence | Failure | None
"""What reading a capture gave; None where there is nothing to read."""

TRIES = 5  # misses in a row before an article that was never read is given up
LEAD_CHARS = 240
WITHDRAWN, REFUSED = (404, 410), (401, 403, 451)
HEADLINE_ONLY = frozenset({"proof-failed", "no-article"})
"""Reasons that hold back a text, and not the link to it where no more than a link is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What recording one capture changed."""

    words: str = ""  # one line for the terminal, "" when there is nothing to tell
    url: str = ""
    article: ArticleId | None = None
    announced: int = 0  # new articles a feed named
    refused: int = 0  # articles past the feed's quota
    mode: Mode | None = None  # of an article that is published now
    held: str = ""  # the reason
    picture: bool = False  # a lead image is wanted now


# ---------------------------------------------------------------- pages


def publish(c: Connection, room: Newsroom, item: Capture | Miss, found: Result) -> Recorded:
    """Steps 7 to 10: how much may be shown, did the words change, what does it repeat, which story.

    Nothing is shown whose proof failed; a page that is gone takes its article away.
    """
    capture = captures.add(c, item)
    article = articles.get(c, address.article_id(item.url))
    if article is None or article.publisher not in room.publishers:
        return Recorded(url=item.url)  # never announced, or its publisher left the settings
    desk = _Desk(c=c, room=room, item=item, capture=capture, article=article)
    if isinstance(item, Miss):
        return desk.missed(item.reason)
    if item.status in WITHDRAWN:
        return desk.gone(item.status)
    if item.status in REFUSED:
        return desk.missed("Refused")
    if item.status != 200:
        return desk.missed("BadAnswer")
    if isinstance(found, Reading | Held):
        found = remember(c, article, capture, found, item.at)
    if isinstance(found, Reading):
        return desk.read(found, item)
    if isinstance(found, Failure):
        return desk.hold(Held(reason=f"reader-{found.reason}", detail=found.detail))
    assert isinstance(found, Held), f"a page gave {type(found).__name__}"
    return desk.unread(found, item)


@dataclass(slots=True, kw_only=True)
class _Desk:
    """One article on the desk."""

    c: Connection
    room: Newsroom
    item: Capture | Miss
    capture: int
    article: ArticleRow

    def read(self, reading: Reading, page: Capture) -> Recorded:
        """The page was read and proved."""
        policy = self.policy(reading.signals)
        if policy.mode is Mode.OFF:
            return self.take_down(policy)
        held = unwanted(self.room, reading.title, reading.language)
        if held is not None:
            return self.hold(held)
        shown, proof = self.shown(reading, policy, page)
        last = self.last()
        kind = revise.decide(last, reading.title, reading.text)
        number = 1 if last is None else last.number + 1
        at = page.at
        if last is not None and kind is None and len(last.text) != len(shown.text):
            # the same words, and another part of them may be shown: the publisher edited nothing
            kind, number, at = last.kind, last.number, last.at
        elif last is not None and not last.extractor:
            # until now no more than the headline was read: these are the first words
            kind, number = last.kind, last.number
        revision = last
        if kind is not None:
            revision = Revision(
                article=self.article.id,
                number=number,
                kind=kind,
                title=reading.title,
                authors=reading.authors,
                text=shown.text,
                blocks=shown.blocks,
                proof=proof,
                published=reading.published,
                updated=reading.updated,
                language=reading.language,
                sha256=revise.words_sha256(reading.title, reading.text),
                capture=page,
                extractor=reading.extractor,
                at=at,
            )
            articles.add_revision(self.c, revision)
        return self.show(policy, revision, shown)

    def unread(self, held: Held, page: Capture) -> Recorded:
        """The page was had and not proved; where only a link is allowed, its headline may do."""
        policy = self.policy(held.signals)
        if policy.mode is Mode.OFF:
            return self.take_down(policy)
        if policy.mode is Mode.LINK and held.reason in HEADLINE_ONLY:
            if held.title is None:
                return self.link_from_feed(policy)
            body = read_body(self.room.archive_folder, page.record)
            charset = decode(body, page.header("content-type")).charset
            return self.link(
                policy, Proof(charset=charset, title=held.title, authors=(), blocks=()), page
            )
        return self.hold(held)

    def missed(self, reason: str) -> Recorded:
        """The page was not had: a link where the publisher forbids it, patience elsewhere."""
        policy = self.policy(Signals(), miss=reason)
        if policy.mode is Mode.OFF:
            return self.take_down(policy)
        if reason in ("RobotsDisallow", "Refused"):
            return self.link_from_feed(policy)
        if self.article.state is not ArticleState.ANNOUNCED:
            return Recorded(url=self.item.url, article=self.article.id)
        tries = captures.misses_in_a_row(self.c, self.item.url)
        if tries < TRIES and reason not in ("TooLarge", "ForbiddenAddress"):
            return Recorded(url=self.item.url, article=self.article.id)
        detail = self.item.detail if isinstance(self.item, Miss) else f"status {self.item.status}"
        return self.hold(Held(reason=reason, detail=detail))

    def gone(self, status: int) -> Recorded:
        """404 or 410: what was published is withdrawn, and stays so."""
        if self.article.state is not ArticleState.PUBLISHED:
            return self.hold(Held(reason="gone", detail=f"the publisher answered {status}"))
        return self.withdraw("withdrawn-by-publisher", f"the publisher answered {status}")

    def last(self) -> Revision | None:
        """The article's words as last read; nothing is asked where it never was."""
        if self.article.revision == 0:
            return None
        return articles.latest_revision(self.c, self.article.id)

    def policy(self, signals: Signals, *, miss: str = "") -> Policy:
        return rights.decide(
            publisher=self.room.publishers[self.article.publisher],
            private_site=self.room.private_site,
            **told(self.c, self.article.id, signals, self.item),
            miss=miss,
            takedown=self.room.takedowns.get(self.article.id, ""),
            at=self.item.at,
        )

    def shown(self, reading: Reading, policy: Policy, page: Capture) -> tuple[Reading, Proof]:
        """The part of a reading that may be shown, with the evidence of that part."""
        if policy.mode is Mode.FULL:
            kept = reading
        elif policy.mode is Mode.EXCERPT and policy.max_chars:
            body = read_body(self.room.archive_folder, page.record)
            source = Source(decode(body, page.header("content-type")).text)
            text, blocks, proof = clip(
                reading.text, reading.blocks, reading.proof, source, policy.max_chars
            )
            kept = replace(reading, text=text, blocks=blocks, proof=proof)
        else:
            kept = replace(reading, text="", blocks=(), proof=replace(reading.proof, blocks=()))
        end = len(kept.text) if policy.mining else 0
        kept = replace(
            kept,
            quotes=tuple(quote for quote in kept.quotes if quote.end <= end),
            citations=tuple(citation for citation in kept.citations if citation.end <= end),
            features=kept.features if policy.mining else features(kept.title, "", kept.language),
        )
        return kept, kept.proof

    # ------------------------------------------------------------ records

    def show(self, policy: Policy, revision: Revision | None, shown: Reading) -> Recorded:
        c, article = self.c, self.article.id
        feed_section = self.article.section if self.article.section_from == "feed" else ""
        section, section_from = section_of(feed_section, shown, self.article.url, policy)
        image = shown.image if policy.images else None
        articles.publish(
            c,
            article,
            before=self.article,
            policy=policy,
            capture=self.capture,
            revision=revision,
            published=self.published(shown),
            section=section,
            section_from=section_from,
            lead=_lead(shown.text),
            words=shown.features.words if policy.mode is Mode.FULL else 0,
            image=image,
            canonical=shown.canonical,
            licence_url=shown.signals.licence_url,
        )
        fresh = self.article.revision == 0  # nothing of it stands in the other tables yet
        if shown.quotes or not fresh:
            articles.put_quotes(c, article, shown.quotes)
        linked = dict.fromkeys(each.url for each in shown.citations if each.url)
        cited = {url: id for url in linked if (id := _article_id(url))}
        if shown.citations or not fresh:
            articles.put_citations(c, article, shown.citations, cited)
        search.put(c, article, shown.title, shown.text, shown.language)
        if image is not None:
            pictures.want(c, article, image.url, self.item.at)
        self.place(shown)
        return Recorded(
            words=f"{policy.mode} {self.article.publisher}: {shown.title}",
            url=self.item.url,
            article=article,
            mode=policy.mode,
            picture=image is not None,
        )

    def link(self, policy: Policy, proof: Proof, source: Capture) -> Recorded:
        """Headline, publisher and time alone; the headline stands in `source`."""
        title = proof.title.text
        held = unwanted(self.room, title, self.article.language)
        if held is not None:
            return self.hold(held)
        bare = Reading(
            title=title,
            authors=(),
            published=self.article.published,
            updated=self.article.updated,
            language=self.article.language,
            section="",
            image=None,
            text="",
            blocks=(),
            proof=proof,
            signals=Signals(),
            quotes=(),
            citations=(),
            features=features(title, "", self.article.language),
            canonical="",
            extractor="",
        )
        last = self.last()
        kind = revise.decide(last, title, "")
        number = 1 if last is None else last.number + 1
        if last is not None and last.title == title and not last.text:
            kind = None
        elif last is not None and (last.extractor or last.proof.title.where == "feed"):
            # less may be shown than before, or the page's headline stands for the feed's: no edit
            kind, number = last.kind, last.number
        revision = last
        if kind is not None:
            revision = Revision(
                article=self.article.id,
                number=number,
                kind=kind,
                title=title,
                authors=(),
                text="",
                blocks=(),
                proof=proof,
                published=bare.published,
                updated=bare.updated,
                language=bare.language,
                sha256=revise.words_sha256(title, ""),
                capture=source,
                extractor="",
                at=self.item.at,
            )
            articles.add_revision(self.c, revision)
        return self.show(policy, revision, bare)

    def link_from_feed(self, policy: Policy) -> Recorded:
        """A link whose headline the feed gave: it must stand in the archived feed."""
        announced = articles.announcement(self.c, self.article.id)
        assert announced is not None, f"{self.article.id} was never announced"
        entry, feed = announced
        if captures.is_pruned(self.c, feed.record):
            last = self.last()
            if last is None:
                return self.hold(Held(reason="pruned", detail="the feed that named it was deleted"))
            return self.link(policy, replace(last.proof, authors=(), blocks=()), last.capture)
        body = read_body(self.room.archive_folder, feed.record)
        decoded = decode(body, feed.header("content-type"))
        title = prove_in_feed(decoded.text, entry.title)
        if not entry.title:
            return self.hold(
                Held(reason="no-headline", detail="only another publisher's feed named it")
            )
        if title is None:
            return self.hold(
                Held(reason="proof-failed", detail="the feed's headline does not stand in the feed")
            )
        proof = Proof(charset=decoded.charset, title=title, authors=(), blocks=())
        return self.link(policy, proof, feed)

    def hold(self, held: Held) -> Recorded:
        if self.article.state is ArticleState.WITHDRAWN:
            return Recorded(url=self.item.url, article=self.article.id)
        if held.reason in UNWANTED and self.article.state is ArticleState.PUBLISHED:
            hide(self.c, self.room, self.article, held)
        else:
            articles.hold(self.c, self.article.id, held, capture=self.capture)
        words = f"{held.reason}: {self.article.url} ({held.detail})"
        return Recorded(words=words, url=self.item.url, article=self.article.id, held=held.reason)

    def take_down(self, policy: Policy) -> Recorded:
        binding = next(reason for reason in policy.reasons if reason.mode is Mode.OFF)
        return self.withdraw(binding.signal, binding.words)

    def withdraw(self, reason: str, detail: str) -> Recorded:
        withdraw(self.c, self.room, self.article, reason, detail, capture=self.capture)
        words = f"withdrawn: {self.article.url}"
        return Recorded(words=words, url=self.item.url, article=self.article.id)

    def place(self, shown: Reading) -> None:
        """Which article it repeats, and which story it belongs to: decided once, at first sight."""
        article, room = self.article.id, self.room
        if self.article.story is not None:
            self.touch(self.article.story)
            return
        at, publisher = self.item.at, self.article.publisher
        merge_alike(self.c, room, at)
        repeat = room.repeats.find(article, shown.features, publisher=publisher, at=at)
        original = None if repeat is None else articles.get(self.c, repeat.of)
        turned: list[Repeat] = []
        if repeat is None or original is None or original.story is None:
            repeat = None
            placement = room.grouper.place(
                article, shown.features, language=shown.language, at=at, publisher=publisher
            )
        elif self.published(shown) < original.published:
            placement = room.grouper.join_original(article, repeat, story=original.story)
            turned = self.turn_round(original.id, repeat)
            repeat = None
        else:
            placement = room.grouper.join_copy(article, repeat, story=original.story)
        room.repeats.add(article, shown.features, publisher=publisher, at=at, repeat=repeat)
        articles.put_features(self.c, article, shown.features, at)
        for each in (*turned, *([repeat] if repeat else [])):
            articles.set_repeat(self.c, each)
        stories.place(self.c, placement)
        self.touch(placement.story)

    def turn_round(self, original: ArticleId, repeat: Repeat) -> list[Repeat]:
        """What repeats this article now: the one it was found to repeat, and what repeated that.

        The first page that was read need not be the first that was published.
        """
        kind = {"excerpt": "extended", "extended": "excerpt"}.get(repeat.kind, repeat.kind)
        others = articles.repeating(self.c, original)
        turned = [
            Repeat(article=original, of=self.article.id, kind=kind, share=repeat.share),
            *(replace(other, of=self.article.id) for other in others),
        ]
        self.room.repeats.turn_round(original, self.article.id)
        self.room.changed.update(each.article for each in turned)
        return turned

    def published(self, shown: Reading) -> datetime:
        """When readers are told it was published."""
        return published(shown.published, self.article.published, self.article.first_seen)

    def touch(self, story: StoryId | None) -> None:
        self.room.changed.add(self.article.id)
        if story is not None:
            self.room.touched.add(story)


# ---------------------------------------------------------------- pictures


def illustrate(c: Connection, room: Newsroom, item: Capture | Miss, found: Result) -> Recorded:
    """A lead image that was had: our small one is kept as a file named by its content's hash."""
    captures.add(c, item)
    if isinstance(found, Picture) and isinstance(item, Capture):
        file = f"{item.sha256}{EXTENSION}"
        write_whole(room.image_folder / file, found.body)
        for article in pictures.wanted_by(c, item.url):
            articles.set_image(c, article, file=file, width=found.width, height=found.height)
    return Recorded(url=item.url)


def _lead(text: str) -> str:
    """The first paragraph, cut at a word's end where it is long."""
    first = text.partition("\n\n")[0]
    if len(first) <= LEAD_CHARS:
        return first
    return first[:LEAD_CHARS].rsplit(maxsplit=1)[0] + " …"


def _article_id(url: str) -> ArticleId | None:
    try:
        return address.article_id(url)
    except ValueError:
        return None
