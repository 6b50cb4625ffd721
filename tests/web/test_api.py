from __future__ import annotations

from typing import Any

from tests.web import texts
from tests.web.paper import Paper


def articles_in(value: Any) -> list[dict[str, Any]]:
    """Every object in an answer that is an article: it has a headline and an address."""
    if isinstance(value, list):
        return [found for one in value for found in articles_in(one)]
    if not isinstance(value, dict):
        return []
    mine = [value] if {"headline", "url"} <= value.keys() and "reason" not in value else []
    return mine + [found for one in value.values() for found in articles_in(one)]


def test_every_article_carries_publisher_and_disclaimer(paper: Paper) -> None:
    for address in (
        "edition",
        "articles",
        f"articles/{texts.DAM_LEAD}",
        "stories",
        f"stories/{texts.DAM}",
        "sections/world",
        "publishers/harbourpost.example",
        "search?q=kestrel",
    ):
        found = articles_in(paper.get(f"/api/{address}").json)
        assert found, address
        for one in found:
            publisher = one["publisher"]["id"]
            assert one["disclaimer"].endswith(f"by The Test Sheet. Publisher: {publisher}")


def test_a_standfirst_is_a_field_and_a_block_of_its_own(paper: Paper) -> None:
    found = paper.get(f"/api/articles/{texts.FINAL}").json
    first = found["blocks"][0]
    assert first["kind"] == "standfirst"
    assert found["standfirst"] == found["text"][first["start"] : first["end"]]
    assert found["standfirst"].startswith("Port Elen won the cup for the first time")
    shown = paper.get(f"/a/{texts.FINAL}").words("//div[@class='para standfirst']/p")
    assert shown == [found["standfirst"]]


def test_an_article_is_what_its_page_shows(paper: Paper) -> None:
    found = paper.get(f"/api/articles/{texts.DAM_LEAD}").json
    page = paper.get(f"/a/{texts.DAM_LEAD}").page
    assert found["article"]["headline"] == page.xpath("//h1")[0].text_content()
    assert found["disclaimer"] == page.xpath("//p[@class='disclaimer']")[0].text
    assert found["publisher"]["id"] == "harbourpost.example"
    first = found["blocks"][0]
    assert first["kind"] == "paragraph"
    words = found["text"][first["start"] : first["end"]]
    assert words == page.xpath("//div[@class='para'][1]/p")[0].text_content()
    assert (
        found["provenance"]["sha256"]
        in page.xpath("//aside[@class='provenance']")[0].text_content()
    )
    assert found["standfirst"] == ""
    quote = found["quotes"][0]
    assert found["text"][quote["start"] : quote["end"]] == texts.SUMS
    assert quote["speaker"] == "Maren Holt"


def test_articles_are_paged_by_cursor_without_loss_or_doubling(paper: Paper) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        answer = paper.get(f"/api/articles?limit=7&cursor={cursor}").json
        seen += [one["id"] for one in answer["articles"]]
        if answer["next"] is None:
            break
        cursor = answer["next"]
    published = [one.id for one in texts.pieces() if one.state == "published"]
    assert seen == published[::-1]


def test_stories_are_paged_by_cursor(paper: Paper) -> None:
    first = paper.get("/api/stories?limit=4").json
    second = paper.get(f"/api/stories?limit=50&cursor={first['next']}").json
    ids = [one["id"] for one in first["stories"] + second["stories"]]
    assert sorted(ids) == sorted(texts.RANKED)
    assert second["next"] is None


def test_articles_may_be_narrowed(paper: Paper) -> None:
    found = paper.get("/api/articles?publisher=nordkurier.example&section=culture").json
    assert [one["id"] for one in found["articles"]] == [texts.OPERA]


def test_the_edition_holds_the_sum(paper: Paper) -> None:
    first = paper.get("/api/edition").json["stories"][0]
    assert first["id"] == texts.DAM
    assert first["score"] == 9.42
    assert first["why"][0] == {
        "name": "publishers",
        "value": 5.5,
        "words": "5 publishers wrote about it",
    }


def test_sources_and_publishers_are_told(paper: Paper) -> None:
    assert len(paper.get("/api/publishers").json) == 7
    assert paper.get("/api/sources").json["failing"] == 1


def test_errors_are_problem_details(paper: Paper) -> None:
    for address, status in (
        ("/api/articles/none", 404),
        (f"/api/articles/{texts.GONE}", 410),
        ("/api/nothing", 404),
        ("/api/articles?limit=0", 422),
        ("/api/articles?cursor=!!!", 422),
        ("/api/stories?cursor=bm9wZQ", 422),
        ("/api/search", 422),
    ):
        answer = paper.get(address)
        assert answer.status == status, address
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["status"] == status
        assert {"type", "title", "detail", "instance"} <= answer.json.keys()


def test_a_merged_story_leads_to_the_other(paper: Paper) -> None:
    answer = paper.get("/api/stories/00000000aaaa")
    assert (answer.status, answer.headers["location"]) == (301, f"/api/stories/{texts.DAM}")


def test_the_api_describes_itself(paper: Paper) -> None:
    found = paper.get("/api/openapi.json").json
    assert found["openapi"].startswith("3.1")
    assert found["info"]["title"] == "The Test Sheet"
    assert {"/articles", "/articles/{id}", "/stories", "/stories/{id}", "/edition"} <= (
        found["paths"].keys()
    )
    schemas = found["components"]["schemas"]
    assert {"publisher", "disclaimer"} <= set(schemas["ArticleLine"]["required"])
    missing = found["paths"]["/articles/{id}"]["get"]["responses"]["404"]["content"]
    assert missing["application/problem+json"]["schema"]["title"] == "Problem"


def test_no_page_of_the_api_loads_foreign_scripts(paper: Paper) -> None:
    assert paper.get("/api/docs").status == 404
    assert paper.get("/api/redoc").status == 404
