from __future__ import annotations

from tests.web import texts
from tests.web.paper import Paper

STORY = f"/s/{texts.DAM}"


def test_coverage_stands_in_the_order_of_time_with_the_first_report_marked(paper: Paper) -> None:
    answer = paper.get(STORY)
    assert answer.page.xpath("//ol[@class='timeline']/li//h3/a/@href") == [
        f"/a/{id}"
        for id in (
            texts.DAM,
            "0000000000a4",
            texts.HINDI,
            texts.DAM_LEAD,
            texts.PAYWALLED,
            texts.ARABIC,
            texts.EXCERPT,
        )
    ]
    assert answer.words("//li[@class='first']//p[@class='flag']") == ["First report"]
    assert len(answer.page.xpath("//p[@class='flag']")) == 1


def test_copies_are_folded_under_the_text_they_repeat(paper: Paper) -> None:
    (folded,) = paper.get(STORY).page.xpath("//details[@class='copies']")
    assert folded.xpath("./summary")[0].text == "2 with the same text"
    assert folded.xpath(".//a[not(@class)]/@href") == [f"/a/{texts.COPY}", "/a/0000000000a9"]
    assert folded.getparent().xpath(".//h3/a/@href") == [f"/a/{texts.DAM}"]


def test_quotes_name_their_speakers_and_the_publishers_that_carry_them(paper: Paper) -> None:
    said = paper.get(STORY).words("//figure[@class='saying']")
    assert said[0] == (
        "We opened the gates because the sums told us to, not because the wall told us to, "
        "Maren Holt Meridian Wire, The Harbour Post"
    )


def test_who_cites_whom_has_the_words_as_evidence(paper: Paper) -> None:
    assert paper.get(STORY).words("//ul[@class='chain']/li")[:2] == [
        "The Harbour Post → Meridian Wire A Meridian Wire report indicated",
        "The Harbour Post → Nordkurier as Nordkurier noted",
    ]


def test_headlines_stand_side_by_side(paper: Paper) -> None:
    assert len(paper.get(STORY).page.xpath("//div[@class='heads']/p")) == 9


def test_why_together_has_words_shared_things_and_likeness(paper: Paper) -> None:
    rows = paper.get(STORY).words("//section[@id='together']//tbody/tr")
    assert rows[0] == "Meridian Wire 12:28 First article of its story. –"
    assert rows[1] == (
        "Nordkurier 12:59 Shares Kestrel, Maren Holt with this story. "
        "Kestrel, Maren Holt, 12,400, dam, gates, rain 0.91"
    )


def test_the_picture_has_one_square_an_article(paper: Paper) -> None:
    squares = paper.get(STORY).page.xpath("//figure[@class='drawing']//rect/@class")
    assert squares.count("own") == 7
    assert squares.count("copy") == 2


def test_a_story_is_ours_and_may_be_found(paper: Paper) -> None:
    page = paper.get(STORY).page
    assert page.xpath("//link[@rel='canonical']/@href") == [paper.base + STORY]
    assert page.xpath("//meta[@name='robots']") == []


def test_a_merged_story_leads_to_the_other(paper: Paper) -> None:
    answer = paper.get("/s/00000000aaaa")
    assert (answer.status, answer.headers["location"]) == (301, STORY)


def test_an_unknown_story_is_not_found(paper: Paper) -> None:
    assert paper.get("/s/nothing").status == 404
