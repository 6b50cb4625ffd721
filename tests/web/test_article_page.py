from __future__ import annotations

import hashlib
import json

import pytest

from tests.web import seed, texts
from tests.web.paper import Paper

LEAD = f"/a/{texts.DAM_LEAD}"
DISCLAIMER = (
    "Disclaimer: this story was gathered automatically by a computer programme and has been "
    "neither created nor edited by The Test Sheet. Publisher: harbourpost.example"
)


def piece(id: str) -> seed.Piece:
    return next(one for one in texts.pieces() if one.id == id)


@pytest.mark.parametrize("id", [texts.DAM_LEAD, texts.HINDI, texts.ARABIC])
def test_the_text_stands_word_for_word_in_its_blocks(paper: Paper, id: str) -> None:
    text, blocks = seed.body(piece(id), piece(id).text)
    page = paper.get(f"/a/{id}").page
    for marks in page.xpath("//div[@class='marks']"):
        marks.drop_tree()
    shown = page.xpath("//div[@class='text']//*[self::p or self::h2 or self::li]")
    assert [one.text_content() for one in shown] == [text[b.start : b.end] for b in blocks]


def test_sub_headings_and_lists_are_what_they_are(paper: Paper) -> None:
    answer = paper.get(LEAD)
    assert answer.words("//div[@class='text']/h2") == [
        "A warning from two years ago",
        "What happens next",
    ]
    assert len(answer.page.xpath("//div[@class='text']/ul/li")) == 3


def test_responses_and_reads_stand_under_the_headline(paper: Paper) -> None:
    under = paper.get(LEAD).page.xpath("//h1/following-sibling::p[1]")[0]
    assert under.xpath("./a/@href") == ["#responses"]
    words = " ".join(under.text_content().split())
    assert words.startswith("1 response ")
    assert words.split(" ")[-1] in ("read", "reads")


def test_responses_are_listed_with_how_they_answer(paper: Paper) -> None:
    assert paper.get(f"/a/{texts.DAM}").words("//section[@id='responses']//li") == [
        "12:40 Kestrel dam: two gates opened overnight Valley Observer repeats its text",
        "12:43 Two gates of Kestrel dam opened as lake nears its crest Coast Link repeats its text",
        "13:34 ‘The sums told us to’: a valley leaves in the dark as the Kestrel dam opens"
        " The Harbour Post cites it",
        "14:06 فتح بوابتين في سد كسترل وإخلاء إحدى عشرة قرية السهل cites it",
    ]


def test_the_disclaimer_ends_the_text_in_every_mode(paper: Paper) -> None:
    assert paper.get(LEAD).words("//p[@class='disclaimer']") == [DISCLAIMER]
    for id in (texts.PAYWALLED, texts.EXCERPT, texts.ARABIC):
        ends = f"Publisher: {piece(id).publisher}"
        assert paper.get(f"/a/{id}").words("//p[@class='disclaimer']")[0].endswith(ends)


def test_provenance_shows_the_sha256_of_the_words(paper: Paper) -> None:
    text, _ = seed.body(piece(texts.DAM_LEAD), texts.DAM_POST)
    digest = hashlib.sha256(f"{piece(texts.DAM_LEAD).headline}\n{text}".encode()).hexdigest()
    panel = paper.get(LEAD).words("//aside[@class='provenance']")[0]
    assert f"sha256 of the words {digest}" in panel
    assert "12 of 12 blocks found word for word in the saved page (utf-8)" in panel


def test_marks_stand_beside_the_words_never_in_them(paper: Paper) -> None:
    page = paper.get(LEAD).page
    assert page.xpath("//p//*[@class='marks'] | //h2//*[@class='marks']") == []
    cited = page.xpath("//p[contains(@class, 'mark-citation')]/a")
    assert [(one.text_content(), one.get("href")) for one in cited] == [
        ("Meridian Wire", f"/a/{texts.DAM}"),
        ("Nordkurier", "/a/0000000000a4"),
    ]
    said = [
        " ".join(one.text_content().split())
        for one in page.xpath("//p[contains(@class, 'mark-quote')]")
    ]
    assert said == ["Maren Holt", "Tomas Veld"]


def test_a_copy_says_whose_it_is_and_keeps_out_of_search_engines(paper: Paper) -> None:
    page = paper.get(LEAD).page
    address = "https://harbourpost.example/world/0000000000a2"
    assert page.xpath("//link[@rel='canonical']/@href") == [address]
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    data = json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)
    assert data["@type"] == "NewsArticle"
    assert data["publisher"]["name"] == "The Harbour Post"
    assert data["sdPublisher"]["name"] == "The Test Sheet"
    assert data["isBasedOn"] == address
    assert page.xpath("//meta[@property='og:title']/@content") == [piece(texts.DAM_LEAD).headline]


def test_the_reader_is_led_to_the_publisher_and_to_all_coverage(paper: Paper) -> None:
    doors = paper.get(LEAD).page.xpath("//a[@class='door']")
    assert [(one.text_content(), one.get("href")) for one in doors] == [
        ("Read at harbourpost.example", "https://harbourpost.example/world/0000000000a2"),
        ("All coverage: 7 publishers", f"/s/{texts.DAM}"),
    ]


def test_a_headline_alone_says_why(paper: Paper) -> None:
    answer = paper.get(f"/a/{texts.PAYWALLED}")
    assert answer.words("//div[@class='notice']//li") == [
        "The publisher marks the article as not free to read."
    ]
    assert b"Engineers opened two" not in answer.body


def test_an_excerpt_shows_no_more_than_may_be_shown(paper: Paper) -> None:
    answer = paper.get(f"/a/{texts.EXCERPT}")
    shown = answer.words("//div[@class='text']//p[not(ancestor::*[@class='marks'])]")
    assert shown == [
        "The Harbour Post reports that the water below the dam has stopped rising. Engineers "
        "opened two of the four gates of the Kestrel dam early on Monday after three"
    ]
    assert (
        "The operator allows an excerpt of this publisher."
        in answer.words("//div[@class='notice']")[0]
    )


def test_lead_images_are_ours_and_only_in_full(paper: Paper) -> None:
    (image,) = paper.get(LEAD).page.xpath("//figure[@class='piece-figure']/img")
    assert image.get("src").startswith("/image/")
    assert (image.get("width"), image.get("height")) == ("960", "600")
    assert image.get("alt") == "Terraced hills in haze under a pale sun"
    answer = paper.get(image.get("src"))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.body[8:12] == b"WEBP"


def test_h40_images_that_no_shown_article_has_are_not_served(paper: Paper) -> None:
    stray = paper.folder / "images" / f"{'0' * 64}.webp"
    stray.write_bytes(b"RIFF....WEBP")
    assert paper.get(f"/image/{stray.name}").status == 404
    assert paper.get("/image/..%2Fwirecopy.db").status == 404


@pytest.mark.parametrize("id", [texts.DAM_LEAD, texts.HINDI, texts.DAM])
def test_an_article_page_weighs_less_than_60_kb(paper: Paper, id: str) -> None:
    assert len(paper.get(f"/a/{id}").body) < 60_000


def test_a_right_to_left_text_says_so(paper: Paper) -> None:
    (text,) = paper.get(f"/a/{texts.ARABIC}").page.xpath("//div[@class='text']")
    assert (text.get("lang"), text.get("dir")) == ("ar", "rtl")


def test_versions_show_what_changed_word_by_word(paper: Paper) -> None:
    page = paper.get(f"{LEAD}/versions").page
    assert page.xpath("//section[@class='version'][1]//div//del")[0].text.strip() == "1.4 metres,"
    assert (
        page.xpath("//section[@class='version'][1]//div//ins")[0].text.strip()
        == "1.7 metres and then held,"
    )
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_versions_of_a_headline_alone_show_no_text(paper: Paper) -> None:
    answer = paper.get(f"/a/{texts.PAYWALLED}/versions")
    assert answer.status == 200
    assert b"Engineers" not in answer.body


def test_a_withdrawn_article_is_gone_and_says_so(paper: Paper) -> None:
    for address in (f"/a/{texts.GONE}", f"/a/{texts.GONE}/versions"):
        answer = paper.get(address)
        assert answer.status == 410
        assert answer.words("//p[@class='standfirst']") == [
            "The publisher withdrew the page (410)."
        ]
        assert b"Minister" not in answer.body


def test_a_held_article_is_not_shown(paper: Paper) -> None:
    answer = paper.get(f"/a/{texts.HELD}")
    assert answer.status == 404
    assert b"Ferry timetable" not in answer.body


def test_an_unknown_article_is_not_found(paper: Paper) -> None:
    assert paper.get("/a/ffffffffffff").status == 404
