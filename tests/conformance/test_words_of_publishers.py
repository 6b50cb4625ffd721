"""What publishers say to machines about their pages: each word of it is obeyed."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from tests.clock import START
from tests.conformance.server import Play, page, robots, status
from tests.path.press import BRIDGE, FEED, FERRY, FERRY_TEXT, HOST, Press, article
from wirecopy.fetch_rules import LICENCES_A_DAY
from wirecopy.model import ArticleState, Basis, BasisKind, Feed, Mode, Publisher, PublisherId
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.robots import licence as licence_line
from wirecopy.stages import rights
from wirecopy.stages.signals import read_signals
from wirecopy.stages.source import Source
from wirecopy.stages.terms import read_tdmrep, reserves
from wirecopy.store import articles
from wirecopy.store.articles import ArticleRow

HTML = ("Content-Type", "text/html; charset=utf-8")
TITLE = "Ferry stays in harbour"
ROBOTS = f"http://{HOST}/robots.txt"
LICENCE = Basis(kind=BasisKind.LICENCE, mode=Mode.FULL, evidence="Terms.", recorded=START.date())
TERMS = f"http://{HOST}/.well-known/tdmrep.json"


def said(press: Press, *headers: tuple[str, str], head: str = "") -> None:
    press.put(FERRY, page(article(TITLE, FERRY_TEXT, head=head), HTML, *headers))


def signals(row: ArticleRow) -> set[str]:
    return {reason.signal for reason in row.reasons if not reason.notice}


DIRECTIVES = [
    ("noindex", Mode.LINK, "noindex", None),
    ("noarchive", Mode.EXCERPT, "noarchive", 160),
    ("nosnippet", Mode.LINK, "nosnippet", None),
    ("max-snippet:50", Mode.EXCERPT, "max-snippet", 50),
    ("unavailable_after: Sun, 01 Mar 2026 12:00:00 GMT", Mode.LINK, "unavailable-after", None),
]


@pytest.mark.parametrize(("words", "mode", "signal", "chars"), DIRECTIVES)
@pytest.mark.parametrize("to", ["robots", "wirecopy", "otherbot"])
@pytest.mark.parametrize("place", ["header", "meta"])
def test_f43_directives_are_obeyed_wherever_they_stand(
    words: str, mode: Mode, signal: str, chars: int | None, to: str, place: str
) -> None:
    headers: tuple[tuple[str, str], ...] = ()
    html = ""
    if place == "header":
        headers = (("X-Robots-Tag", words if to == "robots" else f"{to}: {words}"),)
    else:
        html = f'<meta name="{to}" content="{words}">'
    publisher = Publisher(id=PublisherId(HOST), name="The Harbour", basis=LICENCE)
    policy = rights.decide(
        publisher=publisher,
        private_site=False,
        signals=read_signals(headers, Source(html)),
        at=START,
    )

    told = {reason.signal for reason in policy.reasons}
    if to == "otherbot":
        assert (policy.mode, signal in told) == (Mode.FULL, False)
    else:
        assert (policy.mode, signal in told, policy.max_chars) == (mode, True, chars)


async def test_f43_fifty_characters_are_fifty(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        said(press, ("X-Robots-Tag", "wirecopy: max-snippet:50"))
        await press.run()
        row = press.row(FERRY)

    assert (row.state, row.mode) == (ArticleState.PUBLISHED, Mode.EXCERPT)
    assert 0 < len(row.lead) <= 50


async def test_f43_noai_is_kept_and_its_words_are_not_mined(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.decide(basis=LICENCE)
        said(press, head='<meta name="robots" content="noai">')
        await press.run()
        row = press.row(FERRY)
        with press.store() as store, store.connect() as c:
            quotes = c.exec_driver_sql(
                f"SELECT count(*) FROM quotes WHERE article = '{row.id}'"
            ).scalar()

    assert row.mode is Mode.FULL
    assert "noai" in signals(row)
    assert quotes == 0  # the text holds one


async def test_f43_after_the_day_a_page_names_it_is_read_again_and_hidden(tmp_path: Path) -> None:
    words = "unavailable_after: Mon, 02 Mar 2026 20:00:00 GMT"
    async with Press(tmp_path) as press:
        body = article(TITLE, FERRY_TEXT, head=f'<meta name="robots" content="{words}">')
        press.put(FERRY, page(body, HTML, ("ETag", '"1"')))
        await press.run()
        assert press.row(FERRY).mode is Mode.FULL
        for _ in range(4):
            await press.run(hours=1)
        assert press.row(FERRY).mode is Mode.FULL
        await press.run(hours=5)
        row = press.row(FERRY)
        asked = [each for each in press.server.asked if each.url == FERRY]

    assert row.mode is Mode.LINK
    assert "unavailable-after" in signals(row)
    assert asked[-1].header("If-None-Match") is None  # "unchanged" would not have hidden it


@pytest.mark.parametrize("place", ["header", "file"])
async def test_f44_a_reservation_of_mining_is_recorded_and_obeyed(
    tmp_path: Path, place: str
) -> None:
    async with Press(tmp_path) as press:
        press.decide(basis=LICENCE)
        if place == "header":
            said(press, ("tdm-reservation", "1"))
        else:
            rules = b'[{"location": "/ferry*", "tdm-reservation": 1}]'
            press.put(TERMS, page(rules, ("Content-Type", "application/json")))
        await press.run()
        row = press.row(FERRY)
        other = press.row(f"http://{HOST}/bridge")
        rebuilt = await asyncio.to_thread(replay, press.settings, SilentReport())

    assert (row.state, row.mode) == (ArticleState.PUBLISHED, Mode.LINK)  # credit and link stay
    assert "tdm" in signals(row)
    assert other.mode is Mode.FULL
    assert rebuilt.differences == []


async def test_f44_the_sites_reservation_is_asked_for_once_a_week(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        await press.run()
        await press.run(hours=2)
        assert press.asked(TERMS) == 1
        await press.run(days=6)
        assert press.asked(TERMS) == 1
        await press.run(days=2)
        assert press.asked(TERMS) == 2


def test_f44_the_longest_location_counts() -> None:
    rules = read_tdmrep(
        b'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.example/p.json"},'
        b' {"location": "/press/*", "tdm-reservation": 0},'
        b' {"location": "/*.pdf$", "tdm-reservation": 1}, {"location": 5}, "rubbish"]'
    ).reserved

    assert rules[0] == ("/", True, "https://a.example/p.json")
    assert len(rules) == 3
    assert reserves(rules, "/news/1")
    assert not reserves(rules, "/press/1")
    assert reserves(rules, "/a/b.pdf")
    assert reserves(rules, "/a/b.pdf?x=1")  # by "/"
    assert not reserves((), "/news/1")
    assert not reserves((("/*" * 1000 + "y$", True, ""),), "/" * 3000 + "x")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[" * 100_000, b'{"location": "/"}', b"\xff\xfe", b"null"]
)
def test_f44_what_cannot_be_read_reserves_nothing(body: bytes) -> None:
    assert read_tdmrep(body).reserved == ()


@pytest.mark.parametrize("place", ["robots.txt", "link"])
async def test_f45_rsl_terms_are_recorded_shown_and_obeyed(tmp_path: Path, place: str) -> None:

    terms = f"http://{HOST}/rsl.xml"
    async with Press(tmp_path) as press:
        press.decide(basis=LICENCE)
        if place == "robots.txt":
            press.put(ROBOTS, robots(f"License: {terms}\nUser-agent: *\nAllow: /\n"))
        else:
            link = f'<link rel="license" type="application/rsl+xml" href="{terms}">'
            said(press, head=link)
        await press.run()
        row = press.row(FERRY)
        rebuilt = await asyncio.to_thread(replay, press.settings, SilentReport())

    assert row.mode is Mode.LINK
    [reason] = [reason for reason in row.reasons if reason.signal == "rsl"]
    assert terms in reason.words
    assert rebuilt.differences == []


RSL = '<rsl xmlns="https://rslstandard.org/rsl"><content url="/">%s</content></rsl>'
SEARCH = RSL % '<license><permits type="usage">search</permits></license>'
PAID = RSL % '<license><payment type="crawl"><amount currency="USD">1</amount></payment></license>'


@pytest.mark.parametrize("place", ["robots.txt", "link", "header"])
@pytest.mark.parametrize(
    ("document", "mode", "words"),
    [
        (RSL % "<license/>", Mode.FULL, "allow the whole text."),
        (SEARCH, Mode.EXCERPT, "allow an excerpt, and not that it is mined."),
        (PAID, Mode.LINK, "ask for payment, which nobody here has agreed to."),
        ("<rsl", Mode.LINK, "cannot be read, so that nothing is licensed."),
    ],
)
async def test_f45_the_licence_is_had_before_the_page_is_judged(
    tmp_path: Path, place: str, document: str, mode: Mode, words: str
) -> None:
    terms = f"http://{HOST}/terms/rsl.xml"
    async with Press(tmp_path) as press:
        press.decide(basis=LICENCE)
        press.put(terms, page(document.encode(), ("Content-Type", "application/rsl+xml")))
        if place == "robots.txt":
            press.put(ROBOTS, robots(f"License: {terms}\nUser-agent: *\nAllow: /\n"))
        elif place == "link":
            link = '<link rel="license" type="application/rsl+xml" href="/terms/rsl.xml">'
            said(press, head=link)
        else:
            link = f'<{terms}>; rel="license"; type="application/rsl+xml"'
            press.write(FERRY, TITLE, FERRY_TEXT, ("Link", link))
        await press.run()
        row = press.row(FERRY)
        rebuilt = await asyncio.to_thread(replay, press.settings, SilentReport())

    assert press.asked(terms) == 1  # for all pages
    assert row.mode is mode
    [reason] = [reason for reason in row.reasons if reason.signal == "rsl"]
    assert reason.words == f"The publisher's licence terms for machines (RSL, {terms}) {words}"
    assert rebuilt.differences == []


SCRIPT = '<script type="application/rsl+xml">%s</script>'


def licensed_feed(*, item: str = "", channel: str = "") -> Play:
    """The ferry's feed with terms in its item or in its channel."""
    return page(
        f'<rss version="2.0" xmlns:rsl="https://rslstandard.org/rsl"><channel><title>The Harbour'
        f"</title>{channel}<item><title>{TITLE}</title><link>{FERRY}</link>{item}</item></channel>"
        "</rss>".encode(),
        ("Content-Type", "application/rss+xml"),
    )


def in_feed(document: str) -> str:
    """The `content` of an RSL document as it stands in a feed."""
    inner = document.removeprefix('<rsl xmlns="https://rslstandard.org/rsl">').removesuffix(
        "</rsl>"
    )
    return re.sub(r"<(/?)(\w)", r"<\1rsl:\2", inner)


@pytest.mark.parametrize("place", ["item", "channel", "script"])
@pytest.mark.parametrize(
    ("document", "mode", "words"),
    [
        (RSL % "<license/>", Mode.FULL, "allow the whole text."),
        (SEARCH, Mode.EXCERPT, "allow an excerpt, and not that it is mined."),
        (PAID, Mode.LINK, "ask for payment, which nobody here has agreed to."),
        (RSL % "", Mode.LINK, "cannot be read, so that nothing is licensed."),
    ],
)
async def test_f45_terms_in_a_feed_or_in_the_page_are_obeyed(
    tmp_path: Path, place: str, document: str, mode: Mode, words: str
) -> None:
    async with Press(tmp_path) as press:
        press.decide(basis=LICENCE)
        if place == "script":
            said(press, head=SCRIPT % document)
        else:
            press.put(FEED, licensed_feed(**{place: in_feed(document)}))
        await press.run()
        row = press.row(FERRY)
        rebuilt = await asyncio.to_thread(replay, press.settings, SilentReport())

    assert row.mode is mode
    [reason] = [reason for reason in row.reasons if reason.signal == "rsl"]
    named = "in the page itself" if place == "script" else f"in the feed {FEED}"
    assert reason.words == f"The publisher's licence terms for machines (RSL, {named}) {words}"
    assert rebuilt.differences == []


async def test_f45_of_terms_in_page_feed_and_file_the_strictest_hold(tmp_path: Path) -> None:
    terms = f"http://{HOST}/rsl.xml"
    async with Press(tmp_path) as press:
        press.decide(basis=LICENCE)
        press.put(terms, page((RSL % "<license/>").encode()))
        link = f'<link rel="license" type="application/rsl+xml" href="{terms}">'
        said(press, head=link + SCRIPT % SEARCH)
        press.put(FEED, licensed_feed(item=in_feed(PAID)))
        await press.run()
        row = press.row(FERRY)

    assert row.mode is Mode.LINK
    told = [(each.mode, each.words) for each in row.reasons if each.signal == "rsl"]
    assert [mode for mode, _ in told] == [Mode.FULL, Mode.EXCERPT, Mode.LINK]
    assert [where in words for where, (_, words) in zip((terms, "page", FEED), told, strict=True)]


async def test_f45_the_pages_own_terms_hold_before_those_of_its_site(tmp_path: Path) -> None:
    terms = f"http://{HOST}/rsl.xml"
    async with Press(tmp_path) as press:
        press.decide(basis=LICENCE)
        press.put(ROBOTS, robots(f"License: {terms}\nUser-agent: *\nAllow: /\n"))
        press.put(terms, page(PAID.encode()))
        said(press, head=SCRIPT % SEARCH)
        await press.run()

        assert press.row(FERRY).mode is Mode.EXCERPT
        assert press.row(BRIDGE).mode is Mode.LINK


async def test_f45_stricter_terms_in_a_feed_hold_from_the_day_they_are_said(
    tmp_path: Path,
) -> None:
    async with Press(tmp_path) as press:
        press.decide(basis=LICENCE)
        await press.run()
        before = press.row(FERRY)
        press.put(FEED, licensed_feed(item=in_feed(PAID)))
        await press.run(hours=2)
        after = press.row(FERRY)
        with press.store() as store, store.connect() as c:
            kept = articles.latest_revision(c, after.id)
        rebuilt = await asyncio.to_thread(replay, press.settings, SilentReport())

    assert (before.mode, after.mode) == (Mode.FULL, Mode.LINK)
    assert "ask for payment" in after.reasons[-1].words
    assert kept is not None
    assert kept.text == ""
    assert rebuilt.differences == []


async def test_f45_another_house_has_no_terms_for_our_article(tmp_path: Path) -> None:
    other = "http://other.example/feed"
    theirs = Publisher(
        id=PublisherId("other.example"),
        name="The Other",
        domains=("other.example",),
        feeds=(Feed(url=other, publisher=PublisherId("other.example")),),
    )
    async with Press(tmp_path) as press:
        press.decide(basis=LICENCE)
        press.decide(basis=LICENCE, publishers=(*press.settings.publishers, theirs))
        press.put(other, licensed_feed(item=in_feed(PAID)))
        await press.run()

        assert press.asked(other) == 1
        assert press.row(FERRY).mode is Mode.FULL


async def test_f45_a_site_cannot_have_a_licence_asked_for_with_each_page(tmp_path: Path) -> None:
    pages = [f"http://{HOST}/story-{n}" for n in range(12)]
    async with Press(tmp_path) as press:
        press.announce(*((url, TITLE) for url in pages))
        for number, url in enumerate(pages):
            link = f'<http://other.example/{number}.xml>; rel="license"; type="application/rsl+xml"'
            press.write(url, TITLE, FERRY_TEXT, ("Link", link))
        await press.run()

    asked = [each.url for each in press.server.asked if "other.example" in each.url]
    assert sum(url.endswith(".xml") for url in asked) == LICENCES_A_DAY


def test_f45_the_licence_line_of_a_robots_txt() -> None:
    ours = "http://a.example/ours.xml"

    def named(text: str) -> str:
        return licence_line(text.encode(), "wirecopy")

    assert named(f"\ufeffLICENSE : {ours}\r\n") == ours
    assert named(f"# License: {ours}\n") == ""
    assert named("License: javascript:alert(1)\n") == ""
    assert named("") == ""
    assert named(f"User-agent: *\nAllow: /\nLicense: {ours}\n") == ours
    assert named(f"User-agent: other\nAllow: /\nLicense: {ours}\n") == ""
    both = f"License: http://a.example/all.xml\nUser-agent: Wirecopy\nLicense: {ours}\nAllow: /\n"
    assert named(both) == ours


async def test_f38_an_article_robots_txt_forbids_is_a_link_from_the_feed(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(ROBOTS, robots("User-agent: Wirecopy\nDisallow: /ferry\n"))
        await press.run()
        row = press.row(FERRY)

    assert press.asked(FERRY) == 0
    assert (row.headline, row.mode) == (TITLE, Mode.LINK)
    assert "robots" in signals(row)


async def test_f41_robots_txt_is_not_asked_again_after_a_restart(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(ROBOTS, robots("User-agent: *\nDisallow: /private\n"))
        await press.run()
        await press.run(hours=20)
        assert press.asked(ROBOTS) == 1
        await press.run(hours=20)

    assert press.asked(ROBOTS) == 2


async def test_f39_the_copy_of_thirty_days_outlives_a_restart(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(ROBOTS, robots("User-agent: *\nDisallow: /private\n"))
        await press.run()
        press.put(ROBOTS, status(500))
        await press.run(days=20)
        asked = press.asked(FEED)
        await press.run(days=20)  # the copy is forty days old

    assert asked == 2
    assert press.asked(FEED) == 2
