"""Search: what is found, in which order, and that no question is too odd."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from tests.store.newsroom import HARBOUR, HILL, announced, minutes, newsroom, published
from wirecopy.model import ArticleId, Placement, StoryId
from wirecopy.store import articles, search, stories
from wirecopy.store.db import Store

ONE = ArticleId("article-1")
TWO = ArticleId("article-2")
THREE = ArticleId("article-3")


def found_by(c: Connection, words: str, title: str, body: str) -> bool:
    """Whether an article of these words is found by others."""
    if articles.get(c, ONE) is None:
        newsroom(c)
        published(c, 1)
    search.put(c, ONE, title, body)
    return search.query(c, words, 10) == [ONE]


FOUND = [
    ("ferry", "Ferry runs again", ""),
    ("FERRY runs", "Ferry runs again", ""),
    ("again ferry", "Ferry runs again", ""),
    ('"runs again"', "Ferry runs again", ""),
    ("cafe", "Le Café du port", ""),
    ("CAFÉ", "le cafe du port", ""),
    ("αθηνα", "Σεισμός στην Αθήνα", ""),
    ("ΑΘΉΝΑ", "Σεισμός στην Αθήνα", ""),
    ("Σεισμός", "ΣΕΙΣΜΌΣ ΣΤΗΝ ΑΘΉΝΑ", ""),
    ("strasse", "Die Straße ist frei", ""),
    ("Straße", "DIE STRASSE IST FREI", ""),
    ("новый", "Новый паром", ""),
    ("паром всё", "Паром все еще идет", ""),
    ("İstanbul", "Vapur İstanbul'a vardı", ""),
    ("vardı", "Vapur İstanbul'a vardı", ""),
    ("Đà Nẵng", "Phà Đà Nẵng chạy lại", ""),
    ("chay lai", "Phà Đà Nẵng chạy lại", ""),
    ("harbour week", "Ferry", "The harbour.\n\nIt was closed for a week."),
    ("हिन्दी", "समाचार", "आज हिन्दी दिवस है।"),
    ("दिवस", "समाचार", "आज हिन्दी दिवस है।"),
    ("مدينة", "أخبار", "أعلنت مدينة الميناء"),
    ("中国", "中国经济增长", ""),
    ("经济", "中国经济增长", ""),
    ("经济增长", "中国经济增长", ""),
    ("经", "中国经济增长", ""),
    ("长", "中国经济增长", ""),
    ("東京", "地震", "今日、東京で地震がありました。"),
    ("ありました", "地震", "今日、東京で地震がありました。"),
    ("กรุงเทพ", "ข่าว", "น้ำท่วมในกรุงเทพวันนี้"),
    ("NATO 中国", "NATO和中国", ""),
    ("한국", "한국 경제", ""),
    ("don't", "They don't agree", ""),
    ("covid-19", "Covid-19 wave", ""),
    ("10%", "Prices rise 10 percent", ""),
    ("again ferry’s", "The ferry’s again late", ""),
    ('ferry "', "Ferry runs again", ""),
    ("ferry -", "Ferry runs again", ""),
]
NOT_FOUND = [
    ("train", "Ferry runs again", ""),
    ("ferry train", "Ferry runs again", ""),
    ('"again runs"', "Ferry runs again", ""),
    ("国中", "中国经济增长", ""),
    ('"again the"', "Ferry runs again", "The harbour."),  # headline and text are no phrase
    ("", "Ferry runs again", ""),
    ("?!", "Ferry runs again", ""),
    ('""', "Ferry runs again", ""),
]


@pytest.mark.parametrize(("words", "title", "body"), FOUND)
def test_words_are_found(store: Store, words: str, title: str, body: str) -> None:
    with store.begin() as c:
        assert found_by(c, words, title, body)


@pytest.mark.parametrize(("words", "title", "body"), NOT_FOUND)
def test_other_words_are_not_found(store: Store, words: str, title: str, body: str) -> None:
    with store.begin() as c:
        assert not found_by(c, words, title, body)


ODD = st.text(
    alphabet=st.sampled_from("ab\"'*():^-+&|!<>\\\x00\ud800%_:;{}[]~., 中กé"), max_size=30
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=ODD | st.text(max_size=30))
@example(words="NEAR(a b)")
@example(words="title: a AND b OR NOT c")
@example(words='"')
@example(words='a"b"c')
@example(words="* a* 中*")
@example(words="a" * 5_000)
@example(words="a b " * 5_000)
def test_no_question_raises(store: Store, words: str) -> None:
    with store.begin() as c:
        if articles.get(c, ONE) is None:
            newsroom(c)
            published(c, 1)
            search.put(c, ONE, "a b", "中กé")
        assert search.query(c, words, 10) in ([], [ONE])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=st.text(max_size=30), body=ODD | st.text(max_size=60))
def test_any_words_can_be_indexed_and_forgotten(store: Store, title: str, body: str) -> None:
    with store.begin() as c:
        if articles.get(c, ONE) is None:
            newsroom(c)
            published(c, 1)
        search.put(c, ONE, title + " ferry", body)
        assert search.query(c, "ferry", 10) == [ONE]
        search.forget(c, [ONE])
        assert search.query(c, "ferry", 10) == []
        if store.dialect == "sqlite":
            c.execute(text("INSERT INTO search_index(search_index) VALUES ('integrity-check')"))


def test_a_text_of_200_000_words_is_indexed(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        published(c, 1)
        search.put(c, ONE, "Long read", " ".join(f"word{number}" for number in range(200_000)))
        assert search.query(c, "word7", 10) == [ONE]


def test_changed_words_replace_the_old_ones(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        published(c, 1)
        search.put(c, ONE, "Ferry sinks", "Nobody was hurt.")
        search.put(c, ONE, "Ferry runs again", "Nobody was hurt.")
        assert search.query(c, "sinks", 10) == []
        assert search.query(c, "runs", 10) == [ONE]
        search.forget(c, [ONE, TWO])
        assert search.query(c, "runs", 10) == []


def test_the_headline_counts_most_then_the_first_paragraph_then_newness(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        for number in (1, 2, 3, 4):
            published(c, number)
        search.put(c, ONE, "Ferry runs again", "It is back.")
        search.put(c, TWO, "News", "The ferry.\n\nMore.")
        search.put(c, THREE, "News", "The day.\n\nThe ferry.")
        search.put(c, ArticleId("article-4"), "News", "The day.\n\nThe ferry.")
        assert search.query(c, "ferry", 10) == [ONE, TWO, ArticleId("article-4"), THREE]
        assert search.query(c, "ferry", 2) == [ONE, TWO]


def test_a_larger_story_comes_first(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        for number in range(1, 8):
            published(c, number)
            search.put(c, ArticleId(f"article-{number}"), "Ferry", "")
        for number in range(1, 6):
            id = ArticleId(f"article-{number}")
            stories.place(c, Placement(article=id, story=StoryId(ONE), kind="joined", score=1.0))
        stories.refresh(c, [StoryId(ONE)])
        assert search.query(c, "ferry", 7)[:5] == [
            ArticleId(f"article-{number}") for number in (5, 4, 3, 2, 1)
        ]


def test_only_what_readers_may_see_is_found(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        published(c, 1)
        announced(c, 2)
        published(c, 3)
        for id in (ONE, TWO, THREE):
            search.put(c, id, "Ferry", "")
        articles.withdraw(c, THREE, reason="takedown")
        assert search.query(c, "ferry", 10) == [ONE]


def test_a_search_can_be_narrowed(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        published(c, 1, section="world")
        published(c, 2, publisher=HILL, section="sport")
        for id in (ONE, TWO):
            search.put(c, id, "Ferry", "")
        assert search.query(c, "ferry", 10, publisher=HARBOUR) == [ONE]
        assert search.query(c, "ferry", 10, section="sport") == [TWO]
        assert search.query(c, "ferry", 10, before=minutes(-60)) == []
        assert search.query(c, "ferry", 10, before=minutes(60)) == [TWO, ONE]


def test_the_newest_500_are_ranked(store: Store) -> None:
    with store.begin() as c:
        newsroom(c)
        for number in range(1, 503):
            announced(c, number)
        c.execute(text("UPDATE articles SET state = 'published', mode = 'full'"))
        for number in range(1, 503):
            title = "Ferry" if number < 3 else "News"
            search.put(c, ArticleId(f"article-{number}"), title, "The day.\n\nThe ferry.")
        found = search.query(c, "ferry", 1_000)
        assert len(found) == 500
        assert found[0] == ArticleId("article-502")
        assert not {ONE, TWO} & set(found)
