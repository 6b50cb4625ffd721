from __future__ import annotations

from tests.web import texts
from tests.web.paper import Paper


def test_the_headlines_stand_in_the_order_of_the_edition(paper: Paper) -> None:
    found = paper.get("/").page.xpath("//div[@class='stories']//h2/a/@href")
    leads = [texts.LEADS.get(story, story) for story in texts.RANKED]
    assert found == [f"/a/{id}" for id in leads]


def test_a_headline_leads_to_our_article_and_its_counts_to_the_story(paper: Paper) -> None:
    first = paper.get("/").page.xpath("//article[contains(@class, 'story')]")[0]
    assert first.xpath("./h2/a/@href") == [f"/a/{texts.DAM_LEAD}"]
    counts = first.xpath("./p[@class='counts']/a")[0]
    assert counts.get("href") == f"/s/{texts.DAM}"
    assert counts.text_content() == "7 publishers, 9 articles, 2 same text, 2 edits, 4 languages"


def test_other_publishers_headlines_stand_under_the_lead(paper: Paper) -> None:
    others = paper.get("/").words("(//ul[@class='others'])[1]/li")
    assert others == [
        "Meridian Wire Two gates of Kestrel dam opened as lake nears its crest",
        "Nordkurier Kestrel-Damm: Elf Dörfer vor Tagesanbruch geräumt",
        "दक्षिण वार्ता केस्ट्रेल बाँध के दो द्वार खुले, ग्यारह गाँव खाली कराए गए",
    ]


def test_why_here_is_the_sum_itself(paper: Paper) -> None:
    assert paper.get("/").words("(//details[@class='why'])[1]//tr") == [
        "5 publishers wrote about it +5.50",
        "4 texts of their own +2.20",
        "1.3 hours since its latest article −1.28",
        "Sum +9.42",
    ]


def test_edited_headlines_tell_what_they_were(paper: Paper) -> None:
    assert paper.get("/").words("(//ul[@class='edits']/li)[1]/p") == [
        "was Valley evacuated as Kestrel dam opens its gates",
        "now ‘The sums told us to’: a valley leaves in the dark as the Kestrel dam opens",
        "The Harbour Post 14:21",  # 13:21 UTC in Berlin
    ]


def test_the_most_cited_are_counted_by_articles(paper: Paper) -> None:
    assert paper.get("/").words("//ol[@class='cited']/li") == [
        "Meridian Wire 2 articles",
        "The Harbour Post 1 article",
        "Nordkurier 1 article",
    ]


def test_the_latest_are_newest_first_and_leave_copies_out(paper: Paper) -> None:
    found = paper.get("/").words("//ol[@class='ticker']//p[@class='row-head']")
    assert found[:2] == [
        "Dam gates: what we know so far",
        "فتح بوابتين في سد كسترل وإخلاء إحدى عشرة قرية",
    ]
    assert "Kestrel dam: two gates opened overnight" not in found


def test_every_headline_names_its_language_and_direction(paper: Paper) -> None:
    page = paper.get("/").page
    arabic = page.xpath(f"//a[@href='/a/{texts.ARABIC}']")[0]
    assert (arabic.get("lang"), arabic.get("dir")) == ("ar", "rtl")
    hindi = page.xpath(f"//a[@href='/a/{texts.HINDI}']")[0]
    assert (hindi.get("lang"), hindi.get("dir")) == ("hi", None)


def test_times_are_told_in_the_sites_zone_and_marked_in_utc(paper: Paper) -> None:
    time = paper.get("/").page.xpath("(//article[contains(@class, 'story')])[1]//time")[0]
    assert (time.get("datetime"), time.text) == ("2026-11-23T12:34:00Z", "13:34")


def test_the_front_page_ends(paper: Paper) -> None:
    assert paper.get("/").words("//p[@class='the-end']") == [
        "That is the front page of 15:10. It ends here."
    ]


def test_links_of_ours_are_root_relative(paper: Paper) -> None:
    for address in ("/", f"/a/{texts.DAM_LEAD}", f"/s/{texts.DAM}", "/about"):
        own = [link for link in paper.get(address).page.xpath("//body//a/@href") if "127.0" in link]
        assert own == []


def test_nothing_is_loaded_from_elsewhere(paper: Paper) -> None:
    for address in ("/", f"/a/{texts.DAM_LEAD}", f"/s/{texts.DAM}", "/health"):
        page = paper.get(address).page
        loaded = page.xpath("//img/@src | //script/@src | //link[not(@rel='canonical')]/@href")
        assert [link for link in loaded if not link.startswith("/")] == []


def test_a_section_holds_its_stories(paper: Paper) -> None:
    answer = paper.get("/section/business")
    assert answer.words("//h1") == ["Business"]
    assert answer.page.xpath("//article/h2/a/@href") == [f"/a/{texts.RATE}"]


def test_an_empty_section_says_why(paper: Paper) -> None:
    answer = paper.get("/section/weather")
    assert answer.status == 200
    assert answer.words("//div[@class='notice']/h2") == ["Nothing here at the moment"]


def test_what_is_no_section_is_not_found(paper: Paper) -> None:
    assert paper.get("/section/gossip").status == 404
