"""Captures, articles, revisions and stories: what the recording steps write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from tests.store.newsroom import (
    FULL,
    HARBOUR,
    HARBOUR_FEED,
    HILL,
    HILL_FEED,
    NOON,
    announced,
    capture,
    entry,
    minutes,
    newsroom,
    published,
    revision,
)
from wirecopy.model import (
    ArticleId,
    ArticleState,
    Capture,
    Citation,
    Edition,
    Features,
    Held,
    Image,
    Miss,
    Mode,
    Placement,
    Policy,
    Purpose,
    Quote,
    Ranked,
    Reason,
    Record,
    Repeat,
    RevisionKind,
    Signals,
    StoryId,
    Weight,
)
from wirecopy.store import articles, captures, reading_stories, schema, search, stories
from wirecopy.store.articles import ArticleRow
from wirecopy.store.db import Store

ONE = ArticleId("article-1")
TWO = ArticleId("article-2")
THREE = ArticleId("article-3")


def row(c: Connection, article: ArticleId) -> ArticleRow:
    found = articles.get(c, article)
    assert found is not None
    return found


def everything(c: Connection) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {
        table.name: list(c.execute(select(table).order_by(*table.primary_key.columns)))
        for table in schema.metadata.sorted_tables
    }


# ---------------------------------------------------------------- captures


def test_a_capture_is_noted_once_and_ids_follow_the_archive(store: Store) -> None:
    with store.begin() as c:
        assert [captures.add(c, capture(offset)) for offset in (10, 20, 10, 30)] == [1, 2, 1, 3]


def test_a_capture_comes_back_with_its_content_type(store: Store) -> None:
    odd = replace(
        capture(10),
        final_url="http://harbour.example/moved",
        headers=(("ETag", '"1"'), ("Content-Type", "text/html; charset=\x00\udce9")),
        size=5_000_000_000,
    )
    with store.begin() as c:
        id = captures.add(c, odd)
        assert captures.get(c, id) == replace(
            odd, headers=(("content-type", "text/html; charset=\x00\udce9"),)
        )
        assert captures.get(c, 99) is None


def test_a_miss_comes_back_with_its_reason(store: Store) -> None:
    miss = Miss(
        url="http://harbour.example/1",
        purpose=Purpose.PAGE,
        at=NOON,
        reason="RobotsDisallow",
        detail="robots.txt: forbids: it",
        record=Record(file="wirecopy-000001-2026-11-23.warc.gz", offset=7, length=3),
    )
    with store.begin() as c:
        assert captures.get(c, captures.add(c, miss)) == miss


def test_the_latest_answer_for_an_address_is_found(store: Store) -> None:
    with store.begin() as c:
        for offset in (1, 2):
            captures.add(c, capture(offset))
        captures.add(c, capture(3, purpose=Purpose.PAGE))
        assert captures.latest(c, HARBOUR_FEED, Purpose.FEED) == capture(2)
        assert captures.latest(c, HARBOUR_FEED, Purpose.ROBOTS) is None


def test_the_cursor_moves_on(store: Store) -> None:
    with store.begin() as c:
        assert captures.cursor(c) is None
        captures.set_cursor(c, "a", 5_000_000_000)
        assert captures.cursor(c) == ("a", 5_000_000_000)
        captures.set_cursor(c, "b", 1)
        assert captures.cursor(c) == ("b", 1)


# ---------------------------------------------------------------- announced


def test_an_announced_article_waits_for_its_page(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        announced(c, 1, section="world")
        found = row(c, ONE)
        assert (found.state, found.mode) == (ArticleState.ANNOUNCED, Mode.OFF)
        assert (found.headline, found.headline_from) == ("Headline 1", "feed")
        assert (found.section, found.section_from) == ("world", "feed")
        assert (found.first_seen, found.published) == (minutes(1), minutes(1))
        assert found.url == "http://harbour.example/1"
        assert articles.by_url(c, "http://harbour.example/1") == found
        assert articles.by_url(c, "http://harbour.example/none") is None
        [page] = articles.due_pages(c, minutes(1), 10)
        assert (page.article, page.url, page.host, page.due_at, page.attempts, page.checks) == (
            ONE,
            "http://harbour.example/1?from=rss",
            "harbour.example",
            minutes(1),
            0,
            0,
        )
        assert articles.due_pages(c, minutes(0), 10) == []
        assert articles.entry(c, ONE) == entry(1)
        assert articles.known(c, [ONE, TWO]) == {ONE}


def test_a_date_in_the_future_is_not_believed(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        announced(c, 90, at=minutes(1))  # it says it was published at minute 90
        assert row(c, ArticleId("article-90")).published == minutes(1)


def test_an_article_announced_again_is_not_new(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        announced(c, 1)
        before = everything(c)
        again = articles.announce(
            c,
            replace(entry(1), title="Another headline"),
            article=ONE,
            url="http://harbour.example/1",
            publisher=HARBOUR,
            capture=1,
            at=minutes(9),
        )
        assert again is None
        assert everything(c) == before


def test_two_feeds_announce_one_article(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        announced(c, 1)
        second = captures.add(c, capture(2_000))
        again = articles.announce(
            c,
            replace(entry(1), feed=HILL_FEED),
            article=ONE,
            url="http://harbour.example/1",
            publisher=HARBOUR,
            capture=second,
            at=minutes(9),
        )
        assert again is None
        assert len(everything(c)["entries"]) == 2
        assert len(everything(c)["articles"]) == 1
        assert articles.entry(c, ONE) == entry(1)


def test_positions_follow_the_order_of_announcement(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        for number in (3, 1, 2):
            announced(c, number)
        assert [row(c, id).position for id in (THREE, ONE, TWO)] == [1, 2, 3]


def test_a_page_is_asked_for_again_when_it_is_due(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        announced(c, 1)
        announced(c, 2)
        articles.set_page(
            c, ONE, due_at=minutes(60), attempts=1, checks=2, etag='"x"', last_modified="then"
        )
        assert [page.article for page in articles.due_pages(c, minutes(59), 10)] == [TWO]
        assert [page.article for page in articles.due_pages(c, minutes(60), 10)] == [TWO, ONE]
        assert [page.article for page in articles.due_pages(c, minutes(60), 1)] == [TWO]
        page = articles.queued(c, ONE)
        assert page is not None
        assert (page.attempts, page.checks, page.etag, page.last_modified) == (1, 2, '"x"', "then")
        articles.set_page(c, ONE, due_at=None, attempts=5, checks=2)
        assert [page.article for page in articles.due_pages(c, minutes(9_999), 10)] == [TWO]


# ---------------------------------------------------------------- published


def test_a_published_article_carries_its_revisions_headline_and_times(store: Store) -> None:
    policy = Policy(
        mode=Mode.EXCERPT,
        reasons=(
            Reason(signal="basis", mode=Mode.EXCERPT, words="The terms allow excerpts."),
            Reason(signal="noarchive", mode=Mode.LINK, words="A notice here.", notice=True),
        ),
    )
    with store.begin() as c:
        newsroom(c)
        announced(c, 1, section="world")
        read = revision(ONE, title="Ferry runs again")
        found = captures.add(c, read.capture)
        articles.add_revision(c, read)
        articles.publish(
            c,
            ONE,
            policy=policy,
            capture=found,
            revision=read,
            lead="The ferry runs again.",
            words=10,
            image=Image(url="http://harbour.example/1.jpg", credit="Ada Quay"),
            canonical="http://harbour.example/1",
            licence_url="http://harbour.example/terms",
        )
        shown = row(c, ONE)
        assert (shown.state, shown.mode, shown.reasons) == (
            ArticleState.PUBLISHED,
            Mode.EXCERPT,
            policy.reasons,
        )
        assert (shown.headline, shown.headline_from) == ("Ferry runs again", "page")
        assert shown.authors == ("Ada Quay",)
        assert shown.published == minutes(-5)
        assert (shown.section, shown.section_from) == ("world", "feed")
        assert (shown.revision, shown.headline_edits, shown.word_edits) == (1, 0, 0)
        assert shown.capture == found
        assert (shown.lead, shown.words) == ("The ferry runs again.", 10)
        assert shown.image is not None
        assert (shown.image.url, shown.image.file) == ("http://harbour.example/1.jpg", "")
        assert articles.latest_revision(c, ONE) == read


def test_edits_are_counted_by_kind(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        announced(c, 1)
        kinds = [
            RevisionKind.FIRST,
            RevisionKind.WORDS,
            RevisionKind.HEADLINE,
            RevisionKind.WORDS,
        ]
        written = []
        for number, kind in enumerate(kinds, start=1):
            read = revision(ONE, number, kind=kind, offset=number)
            captures.add(c, read.capture)
            articles.add_revision(c, read)
            written.append(read)
        assert articles.revisions(c, ONE) == written
        assert articles.latest_revision(c, ONE) == written[-1]
        shown = row(c, ONE)
        assert (shown.revision, shown.headline_edits, shown.word_edits) == (4, 1, 2)


def test_an_article_without_a_revision_has_none(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        announced(c, 1)
        assert articles.latest_revision(c, ONE) is None
        assert articles.revisions(c, ONE) == []


def test_an_image_that_was_had_is_kept_while_its_address_stays(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        announced(c, 1)
        image = Image(url="http://harbour.example/1.jpg", caption="The ferry")
        articles.publish(c, ONE, policy=FULL, capture=None, image=image)
        articles.set_image(c, ONE, file="ab.webp", width=800, height=600)
        articles.publish(c, ONE, policy=FULL, capture=None, image=replace(image, caption="Later"))
        shown = row(c, ONE).image
        assert shown is not None
        assert (shown.caption, shown.file, shown.width) == ("Later", "ab.webp", 800)
        other = Image(url="http://harbour.example/2.jpg")
        articles.publish(c, ONE, policy=FULL, capture=None, image=other)
        shown = row(c, ONE).image
        assert shown is not None
        assert shown.file == ""
        articles.publish(c, ONE, policy=FULL, capture=None)
        assert row(c, ONE).image is None
        articles.set_image(c, ONE, file="ab.webp", width=800, height=600)
        assert row(c, ONE).image is None


def test_a_held_article_keeps_its_reason_and_is_not_shown(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        announced(c, 1)
        found = captures.add(c, capture(9))
        held = Held(reason="proof-failed", detail="block 3", signals=Signals())
        articles.hold(c, ONE, held, capture=found)
        shown = row(c, ONE)
        assert (shown.state, shown.mode) == (ArticleState.HELD, Mode.OFF)
        assert (shown.held_reason, shown.held_detail, shown.capture) == (
            "proof-failed",
            "block 3",
            found,
        )
        articles.publish(c, ONE, policy=FULL, capture=found)
        shown = row(c, ONE)
        assert (shown.state, shown.held_reason) == (ArticleState.PUBLISHED, "")


def test_a_published_article_stays_when_a_later_reading_fails(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        published(c, 1)
        articles.hold(c, ONE, Held(reason="no-article", detail="empty"), capture=None)
        shown = row(c, ONE)
        assert (shown.state, shown.mode, shown.held_reason) == (
            ArticleState.PUBLISHED,
            Mode.FULL,
            "no-article",
        )


def test_a_withdrawn_article_is_not_shown(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        published(c, 1)
        articles.withdraw(c, ONE, reason="withdrawn-by-publisher", detail="410")
        shown = row(c, ONE)
        assert (shown.state, shown.mode, shown.held_reason) == (
            ArticleState.WITHDRAWN,
            Mode.OFF,
            "withdrawn-by-publisher",
        )


def test_text_with_a_nul_survives_with_its_offsets(store: Store) -> None:
    text = "The ferry\x00 runs \ufdd0 again.\n\nIt had \U0001f6a2 stopped."
    with store.begin() as c:
        newsroom(c)
        announced(c, 1)
        read = revision(ONE, title="Ferry\x00", text=text)
        captures.add(c, read.capture)
        articles.add_revision(c, read)
        search.put(c, ONE, read.title, text)
        found = articles.latest_revision(c, ONE)
        assert found == read
        assert (
            found.text[found.blocks[1].start : found.blocks[1].end] == "It had \U0001f6a2 stopped."
        )


# ---------------------------------------------------------------- quotes, citations, responses


def test_quotes_and_citations_are_those_of_the_latest_revision(store: Store) -> None:
    first = [Quote(start=5, end=9, speaker_start=1, speaker_end=3), Quote(start=1, end=2)]
    cites = [
        Citation(start=7, end=9, kind="link", target="hill.example", url="http://hill.example/2"),
        Citation(start=1, end=3, kind="report", target="Hill Herald"),
    ]
    with store.begin() as c:
        newsroom(c)
        announced(c, 1)
        articles.put_quotes(c, ONE, first)
        articles.put_citations(c, ONE, cites)
        assert articles.quotes(c, ONE) == [first[1], first[0]]
        assert articles.citations(c, ONE) == [cites[1], cites[0]]
        articles.put_quotes(c, ONE, [first[0]])
        articles.put_citations(c, ONE, [])
        assert articles.quotes(c, ONE) == [first[0]]
        assert articles.citations(c, ONE) == []


def test_responses_are_the_articles_of_other_publishers(store: Store) -> None:
    link = Citation(start=0, end=1, kind="link", target="harbour.example", url="http://x/1")
    named = replace(link, start=5, end=6)
    with store.begin() as c:
        newsroom(c)
        published(c, 1)
        for number in (2, 3, 4):
            published(c, number, publisher=HILL)
        published(c, 5)  # of the same publisher
        announced(c, 6, publisher=HILL)  # not shown
        five, six = ArticleId("article-5"), ArticleId("article-6")
        for id in (TWO, five, six):
            articles.put_citations(c, id, [link, named], {"http://x/1": ONE})
        articles.set_repeat(c, Repeat(article=TWO, of=ONE, kind="copy", share=1.0))
        articles.set_repeat(c, Repeat(article=THREE, of=ONE, kind="copy", share=0.9))
        articles.count_responses(c, [ONE, TWO])
        assert row(c, ONE).responses == 2  # two cites and repeats, and counts once; three repeats
        assert row(c, TWO).responses == 0
        assert row(c, THREE).repeats == ONE
        articles.clear_repeat(c, THREE)
        articles.count_responses(c, [ONE])
        assert row(c, ONE).responses == 1
        assert row(c, THREE).repeat is None


def test_a_citation_of_an_article_that_comes_later_counts_when_it_is_here(store: Store) -> None:
    link = Citation(start=0, end=1, kind="link", target="hill.example", url="http://x/2")
    with store.begin() as c:
        newsroom(c)
        published(c, 1)
        articles.put_citations(c, ONE, [link], {"http://x/2": TWO})
        published(c, 2, publisher=HILL)
        articles.count_responses(c, [TWO])
        assert row(c, TWO).responses == 1


# ---------------------------------------------------------------- features


def test_live_features_come_in_the_order_they_were_placed(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        for number in (1, 2, 3):
            published(c, number)
        for number, id in ((30, THREE), (10, ONE), (20, TWO)):
            articles.put_features(c, id, Features(words=number), minutes(number))
        articles.put_features(c, THREE, Features(words=31), minutes(30))  # read again
        stories.place(c, Placement(article=TWO, story=StoryId(ONE), kind="joined", score=0.5))
        live = articles.live_features(c, minutes(15))
        assert [(each.article, each.features.words) for each in live] == [(THREE, 31), (TWO, 20)]
        assert [each.story for each in live] == [None, StoryId(ONE)]
        assert [each.publisher for each in live] == [HARBOUR, HARBOUR]


# ---------------------------------------------------------------- stories


def tell(c: Connection, *ids: ArticleId) -> None:
    """One story of these articles."""
    for id in ids:
        kind = "opened" if id == ids[0] else "joined"
        stories.place(c, Placement(article=id, story=StoryId(ids[0]), kind=kind, score=0.7))
    stories.refresh(c, [StoryId(ids[0])])


def test_a_storys_section_is_a_publishers_word_before_a_guess(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        for number in (1, 2, 3):
            published(c, number, section="sport", section_from="classifier")
        tell(c, ONE, TWO)
        row = reading_stories.row(c, ONE)
        assert isinstance(row, reading_stories.StoryRow)
        assert (row.section, row.section_guessed) == ("sport", True)

        published(c, 4, section="world", section_from="address")
        tell(c, ONE, TWO, THREE, ArticleId("article-4"))
        row = reading_stories.row(c, ONE)
        assert isinstance(row, reading_stories.StoryRow)
        assert (row.section, row.section_guessed) == ("world", False)


def test_a_story_is_counted_from_its_articles(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        published(c, 1, section="world")
        published(c, 2, publisher=HILL, section="world")
        published(c, 3, publisher=HILL, section="sport")
        announced(c, 4, publisher=HILL)
        articles.set_repeat(c, Repeat(article=TWO, of=ONE, kind="copy", share=1.0))
        tell(c, ONE, TWO, THREE, ArticleId("article-4"))
        [story] = stories.open_stories(c, minutes(-60))
        assert (story.id, story.lead, story.lead_publisher) == (StoryId(ONE), ONE, HARBOUR)
        assert (story.articles, story.publishers, story.own_texts) == (3, 2, 2)
        assert (story.countries, story.languages, story.section) == (2, 1, "world")
        assert (story.opened, story.touched) == (minutes(-5), minutes(-5))
        assert stories.get(c, StoryId(ONE)) == story
        assert stories.members(c, StoryId(ONE)) == [ONE, TWO, THREE, ArticleId("article-4")]


def test_a_copy_does_not_lead(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        published(c, 1)
        published(c, 2, publisher=HILL)
        articles.set_repeat(c, Repeat(article=ONE, of=TWO, kind="copy", share=1.0))
        tell(c, ONE, TWO)
        found = stories.get(c, StoryId(ONE))
        assert found is not None
        assert found.lead == TWO


def test_a_story_without_articles_is_not_open(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        published(c, 1)
        tell(c, ONE)
        assert len(stories.open_stories(c, minutes(-60))) == 1
        assert stories.open_stories(c, minutes(0)) == []  # touched before
        articles.withdraw(c, ONE, reason="takedown")
        stories.refresh(c, [StoryId(ONE)])
        assert stories.open_stories(c, minutes(-60)) == []
        assert stories.get(c, StoryId(ONE)) is None


def test_an_edition_is_the_newest_or_that_of_a_time(store: Store) -> None:
    def edition(minute: int, section: str = "") -> Edition:
        weight = Weight(name="publishers", value=1.5 + minute, words="two publishers")
        ranked = Ranked(story=StoryId(ONE), score=1.5 + minute, weights=(weight,))
        return Edition(at=minutes(minute), section=section, ranking=(ranked,))

    with store.begin() as c:
        for each in (edition(0), edition(10), edition(5, "sport"), edition(20)):
            stories.put_edition(c, each)
        assert stories.edition(c, "") == edition(20)
        assert stories.edition(c, "", minutes(15)) == edition(10)
        assert stories.edition(c, "", minutes(-1)) is None
        assert stories.edition(c, "sport") == edition(5, "sport")
        emptied = replace(edition(20), ranking=())
        stories.put_edition(c, emptied)
        assert stories.edition(c, "") == emptied


# ---------------------------------------------------------------- twice is once


def record_something(c: Connection) -> None:
    """One round of everything that a recording step writes."""
    newsroom(c)
    captures.add(c, capture(10))
    for number, publisher, feed in ((1, HARBOUR, HARBOUR_FEED), (2, HILL, HILL_FEED)):
        id = ArticleId(f"article-{number}")
        seen = captures.add(c, capture(20 + number))
        articles.announce(
            c,
            entry(number, feed=feed),
            article=id,
            url=f"http://{publisher}/{number}",
            publisher=publisher,
            capture=seen,
            at=minutes(number),
        )
        read = revision(id, offset=40 + number)
        page = captures.add(c, read.capture)
        articles.add_revision(c, read)
        articles.publish(
            c, id, policy=FULL, capture=page, revision=read, image=Image(url="http://x/1.jpg")
        )
        articles.put_quotes(c, id, [Quote(start=1, end=2)])
        link = Citation(start=0, end=1, kind="link", target="x", url="http://x/1")
        articles.put_citations(c, id, [link], {"http://x/1": ONE})
        articles.put_features(c, id, Features(shingles=bytes(16), words=9), minutes(number))
        search.put(c, id, read.title, read.text, "en")
        articles.set_page(c, id, due_at=minutes(90), attempts=0, checks=1)
    articles.set_repeat(c, Repeat(article=TWO, of=ONE, kind="copy", share=1.0))
    articles.count_responses(c, [ONE, TWO])
    tell(c, ONE, TWO)
    stories.put_edition(c, Edition(at=NOON, section=""))
    captures.set_cursor(c, "wirecopy-000001-2026-11-23.warc.gz", 99)


def test_recording_twice_leaves_the_same_rows(store: Store) -> None:
    with store.begin() as c:
        record_something(c)
    with store.begin() as c:
        before = everything(c)
        record_something(c)
        assert everything(c) == before
        assert search.query(c, "ferry", 10) == [TWO, ONE]


CALLS: list[Callable[[Connection], None]] = [
    lambda c: articles.hold(c, ONE, Held(reason="no-article", detail=""), capture=None),
    lambda c: articles.withdraw(c, ONE, reason="takedown"),
    lambda c: articles.set_policy(c, ONE, replace(FULL, mode=Mode.LINK)),
    lambda c: articles.clear_repeat(c, TWO),
    lambda c: search.forget(c, [ONE]),
    lambda c: stories.refresh(c, []),
    lambda c: articles.count_responses(c, []),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_decision_written_twice_leaves_the_same_rows(
    store: Store, call: Callable[[Connection], None]
) -> None:
    with store.begin() as c:
        record_something(c)
        call(c)
        before = everything(c)
        call(c)
        assert everything(c) == before


def test_a_capture_is_what_a_revision_came_from(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        published(c, 1)
        found = articles.latest_revision(c, ONE)
        assert found is not None
        assert isinstance(found.capture, Capture)
        assert found.capture == capture(5_001, url="http://harbour.example/1", purpose=Purpose.PAGE)
        assert found.at - NOON == timedelta(minutes=5_001)
