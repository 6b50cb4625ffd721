"""The newspaper as readers see it: on a desk, in the dark, on a telephone, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.web import seed, texts
from tests.web.paper import Paper

pytestmark = pytest.mark.browser

PAGES = {
    "front": "/",
    "section": "/section/world",
    "story": f"/s/{texts.DAM}",
    "article": f"/a/{texts.DAM_LEAD}",
    "hindi": f"/a/{texts.HINDI}",
    "arabic": f"/a/{texts.ARABIC}",
    "headline only": f"/a/{texts.PAYWALLED}",
    "excerpt": f"/a/{texts.EXCERPT}",
    "versions": f"/a/{texts.DAM_LEAD}/versions",
    "search": "/search?q=kestrel",
    "publisher": "/p/harbourpost.example",
    "publishers": "/publishers",
    "health": "/health",
    "about": "/about",
    "not found": "/nothing",
    "gone": f"/a/{texts.GONE}",
}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
    "telephone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "small telephone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
    "tablet": {"viewport": {"width": 900, "height": 1100}, "color_scheme": "light"},
}
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, paper: Paper) -> Iterator[Open]:
    """Opens a page of the newspaper in a look; `more` goes to the browser's context."""
    contexts = []

    def open_page(name: str, look: str = "light", **more: Any) -> Page:
        context = browser.new_context(base_url=paper.base, **{**LOOKS[look], **more})
        contexts.append(context)
        page = context.new_page()
        page.goto(PAGES.get(name, name))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("look", ["light", "dark", "telephone"])
def test_axe_finds_no_violation(opened: Open, name: str, look: str) -> None:
    results = Axe().run(opened(name, look), options={"runOnly": list(WCAG)})
    found = [
        (one["id"], node["target"], node.get("failureSummary"))
        for one in results.response["violations"]
        for node in one["nodes"]
    ]
    assert found == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("look", ["telephone", "small telephone", "tablet", "light"])
def test_nothing_needs_sideways_scrolling(opened: Open, name: str, look: str) -> None:
    page = opened(name, look)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= LOOKS[look]["viewport"]["width"]


@pytest.mark.parametrize("name", ["front", "story", "article"])
def test_nothing_is_asked_of_anybody_else(browser: Browser, paper: Paper, name: str) -> None:
    context = browser.new_context(base_url=paper.base)
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(PAGES[name], wait_until="networkidle")
    assert asked
    assert [url for url in asked if not url.startswith(paper.base)] == []
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_breaks_its_own_rules(browser: Browser, paper: Paper, name: str) -> None:
    context = browser.new_context(base_url=paper.base)
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(PAGES[name], wait_until="networkidle")
    assert [line for line in told if "status of 404" not in line and "410" not in line] == []
    context.close()


def test_the_newspaper_is_whole_without_javascript(opened: Open) -> None:
    page = opened("front", java_script_enabled=False)
    page.click("h2.headline >> nth=0")
    assert page.locator("h1").inner_text().startswith("‘The sums told us to’")
    page.click("text=All coverage")
    assert page.locator("h1").inner_text().startswith("‘The sums told us to’")
    page.click("summary >> nth=0")
    assert page.locator("details.copies li").first.is_visible()
    page.fill("#q-top", "comet")
    page.press("#q-top", "Enter")
    assert page.locator("ol.found h2").first.inner_text() == (
        "Lander Tern answers from the surface of a comet"
    )


def test_why_here_opens_without_javascript(opened: Open) -> None:
    page = opened("front", java_script_enabled=False)
    why = page.locator("details.why").first
    assert not why.locator("table").is_visible()
    why.locator("summary").click()
    assert why.locator("tfoot td").inner_text() == "+9.42"


@pytest.mark.parametrize("id", [texts.DAM_LEAD, texts.ARABIC])
@pytest.mark.parametrize("look", ["light", "telephone"])
def test_copying_the_article_gives_the_pure_text(opened: Open, id: str, look: str) -> None:
    page = opened(f"/a/{id}", look)
    copied = page.evaluate(
        """() => {
            const selection = getSelection();
            selection.selectAllChildren(document.querySelector('.text'));
            return selection.toString();
        }"""
    )
    piece = next(one for one in texts.pieces() if one.id == id)
    text, _ = seed.body(piece, piece.text)
    assert [line for line in copied.splitlines() if line.strip()] == text.split("\n\n")


def test_our_own_type_is_used(opened: Open) -> None:
    page = opened("article")
    page.evaluate("document.fonts.ready")
    for face in ("44px 'Newsreader Display'", "19px 'Newsreader Text'", "13px 'Public Sans'"):
        assert page.evaluate("face => document.fonts.check(face)", face)
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').length")
    assert loaded >= 3


def test_the_text_keeps_to_a_readable_measure(opened: Open) -> None:
    page = opened("article")
    longest = page.evaluate(
        """() => {
            const words = document.querySelector('.text .para p').firstChild;
            const range = document.createRange();
            range.selectNodeContents(words);
            const lines = range.getClientRects().length;
            return words.length / lines;
        }"""
    )
    assert 45 <= longest <= 75
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.text')).fontSize)")
    assert 18 <= size <= 19


def test_marks_stand_in_the_margin_on_a_desk(opened: Open) -> None:
    page = opened("article")
    text = page.locator(".text .para p").nth(2).bounding_box()
    marks = page.locator(".marks").first.bounding_box()
    assert text is not None
    assert marks is not None
    assert marks["x"] > text["x"] + text["width"]
    assert abs(marks["y"] - text["y"]) < 12


@pytest.mark.parametrize(
    ("look", "paper_colour", "ink"),
    [
        ("light", "rgb(251, 250, 247)", "rgb(22, 21, 15)"),
        ("dark", "rgb(20, 20, 15)", "rgb(233, 230, 220)"),
    ],
)
def test_paper_and_ink_follow_the_readers_wish(
    opened: Open, look: str, paper_colour: str, ink: str
) -> None:
    page = opened("front", look)
    found = page.evaluate("(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))")
    assert found == [paper_colour, ink]


def test_nothing_moves_while_a_page_loads(opened: Open) -> None:
    page = opened("front")
    shift = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => {
                for (const entry of list.getEntries()) sum += entry.value;
            }).observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(sum), 500);
        })"""
    )
    assert shift < 0.05


def test_the_printed_article_is_text_and_source(opened: Open) -> None:
    page = opened("article")
    page.emulate_media(media="print")
    assert not page.locator(".mast-bar").is_visible()
    assert not page.locator(".marks").first.is_visible()
    assert page.locator(".text").is_visible()
    assert page.locator(".disclaimer").is_visible()


def test_the_keyboard_reaches_the_content_first(opened: Open) -> None:
    page = opened("front")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
