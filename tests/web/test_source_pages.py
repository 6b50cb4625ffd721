from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web import texts
from tests.web.paper import Paper


def test_a_publishers_page_shows_policy_and_evidence(paper: Paper) -> None:
    answer = paper.get("/p/harbourpost.example")
    policy = answer.words("//dl[@class='facts-list']")[0]
    assert "a licence: CC BY 4.0" in policy
    assert "“Our articles may be republished free of charge, unaltered, with credit.”" in policy
    assert "Recorded 2026-10-02." in policy
    assert answer.page.xpath("//dl//a/@href") == ["https://harbourpost.example/republish"]


def test_a_publishers_articles_are_newest_first_and_paged(paper: Paper) -> None:
    answer = paper.get("/p/harbourpost.example")
    found = answer.page.xpath("//ol[@class='rows']//p[@class='row-head']/a/@href")
    assert found[:2] == ["/a/0000000000b2", f"/a/{texts.DAM_LEAD}"]
    older = paper.get("/p/harbourpost.example?before=2026-11-23T12:34:00Z")
    assert older.page.xpath("//ol[@class='rows']//p[@class='row-head']/a/@href") == found[2:]


def test_an_unknown_publisher_is_not_found(paper: Paper) -> None:
    assert paper.get("/p/nobody.example").status == 404


def test_every_publisher_is_listed(paper: Paper) -> None:
    assert len(paper.get("/publishers").page.xpath("//tbody/tr")) == 7


def test_health_tells_each_feeds_last_answer_and_next_poll(paper: Paper) -> None:
    rows = paper.get("/health").words("//section[@class='feeds']//tbody/tr")
    assert len(rows) == 8
    assert rows[0] == (
        "The Harbour Post good https://harbourpost.example/feeds/world.xml 200 15:02 "
        "15:32: published 4 articles in the last hour 75 % of 48 412.0 kB"
    )
    assert rows[2].endswith("25 % of 48 412.0 kB")
    assert "The server answered 503 (Service Unavailable). Nothing to do" in rows[7]


def test_health_raises_an_alarm_for_a_feed_that_keeps_failing(paper: Paper) -> None:
    assert paper.get("/health").words("//section[@class='notice']//li") == [
        "Coast Link: The feed https://coastlink.example/feeds/all.xml failed 4 times in a row. "
        "The server answered 503 (Service Unavailable). Nothing to do: it is asked again, more and "
        "more seldom."
    ]


def test_health_names_held_back_pages_with_their_reason(paper: Paper) -> None:
    assert paper.get("/health").words("//section[@id='held']//tbody/tr") == [
        "Ferry timetable changes from Tuesday Coast Link 0000000000ff proof-failed "
        "Block 3 does not stand in the page word for word. 14:36"
    ]


def test_held_back_and_withdrawn_articles_stand_on_no_other_page(paper: Paper) -> None:
    for address in (
        "/",
        "/section/world",
        "/p/coastlink.example",
        "/search?q=ferry",
        "/api/articles",
    ):
        body = paper.get(address).body
        assert texts.HELD.encode() not in body
        assert b"Minister to resign" not in body


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("kestrel gates", texts.DAM),
        ("Ostrava", texts.PROBE),
        ("केस्ट्रेल", texts.HINDI),
        ("سد كسترل", texts.ARABIC),
    ],
)
def test_search_finds_headlines_and_texts_in_any_script(
    paper: Paper, query: str, first: str
) -> None:
    answer = paper.get(f"/search?q={quote(query)}")
    assert f"/a/{first}" in answer.page.xpath("//ol[@class='found']//h2/a/@href")
    assert answer.page.xpath("//input[@id='q']/@value") == [query]


def test_search_without_an_answer_says_so(paper: Paper) -> None:
    answer = paper.get("/search?q=zeppelin")
    assert answer.words("//p[@role='status']") == [
        "No article has all of these words. Try fewer, or other ones."
    ]


def test_a_search_cannot_write_into_the_page(paper: Paper) -> None:
    body = paper.get("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").body
    assert b"<script>alert" not in body


def test_the_method_page_tells_the_formula_and_the_first_storys_sum(paper: Paper) -> None:
    answer = paper.get("/about")
    assert answer.words("//ul[@class='formula']/li")[0] == (
        "publishers: the natural logarithm of how many publishers report it"
    )
    assert "Sum +9.42" in answer.words("//table[@class='facts'][1]//tfoot/tr")
    assert "private" in answer.body.decode()
