"""The demo's pages and feeds, asked of the player without a socket."""

from __future__ import annotations

import calendar
import html
import json
import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from lxml import etree

from wirecopy.demo import days, pages
from wirecopy.demo.content import Paper, Piece, PlayedFeed, papers, pieces
from wirecopy.demo.player import Player

ARTICLES = [
    piece for piece in pieces().values() if not piece.flags.intersection(("broken", "listing"))
]
FEEDS = [(p, feed) for p in papers().values() for feed in p.feeds if not feed.fault]


def page(player: Player, piece: Piece) -> str:
    answer = player.look_up(piece.paper, piece.path, piece.path)
    assert answer.status == 200
    return answer.body.decode(piece.paper.charset)


def words(markup: str) -> str:
    """What a reader sees: no scripts, no tags, references resolved."""
    bare = re.sub(r"(?s)<(script|style)\b.*?</\1>|<!--.*?-->", " ", markup)
    spaced = re.sub(r"</?(?:p|div|li|ul|h\d|section|blockquote|aside|figure)\b[^>]*>", " ", bare)
    text = html.unescape(re.sub(r"<[^>]*>", "", spaced)).replace("\u00ad", "")
    return " ".join(text.split())


@pytest.mark.parametrize("round", [1, 2])
def test_pages_contain_their_article_in_order(player: Player, start: datetime, round: int) -> None:
    player.round = round
    for piece in ARTICLES:
        if piece.round > round:
            continue
        seen = words(page(player, piece))
        at = seen.index(pages.title(piece, start, round))
        for passage in pages.text(piece, start, round):
            at = seen.index(" ".join(passage.split()), at)


def test_a_text_s_days_are_counted_from_its_event() -> None:
    day = datetime(2031, 5, 13, tzinfo=UTC)  # a Tuesday
    assert days.fill("on {day}, {day+1}, {date+30}, {year-9}", day, "en") == (
        "on Tuesday, Wednesday, 12 June, 2022"
    )
    assert days.fill("am {day}, {date+1}", day, "de") == "am Dienstag, 14. Mai"
    assert days.fill("{day} को", day, "hi") == "मंगलवार को"
    assert days.fill("el {day}, {date}", day, "es") == "el martes, 13 de mayo"
    assert days.fill("يوم {day}", day, "ar") == "يوم الثلاثاء"


def test_no_mark_is_left_on_any_page(player: Player) -> None:
    player.round = 2
    for piece in ARTICLES:
        assert not re.search(r"\{(?:day|date|month|year)", page(player, piece)), piece.key
        assert not re.search(r"\]\(\w+/", page(player, piece)), piece.key


def test_dates_lie_around_the_start(player: Player, start: datetime) -> None:
    piece = pieces()["harbourpost/sallow-bridge-closed"]
    assert 'datetime="2031-05-13T13:38:00+00:00"' in page(player, piece)
    later = Player(start + timedelta(days=100))
    assert 'datetime="2031-08-21T13:38:00+00:00"' in page(later, piece)
    assert "early hours of Thursday" in page(later, piece)


def test_a_publisher_writes_the_time_of_its_own_place(player: Player) -> None:
    seen = page(player, pieces()["kestrel/cracks-close-corran-harbour-bridge"])
    assert "13 May 2031, 22:05" in seen
    assert "2031-05-13T22:05:00+05:30" in seen


def test_a_silent_edit_does_not_tell_and_an_open_one_does(player: Player) -> None:
    silent = pieces()["harbourpost/sallow-bridge-closed"]
    told = pieces()["kestrel/earthquake-kestrel-bay-5-6"]
    first = page(player, silent)
    assert "article:modified_time" not in page(player, told)
    player.round = 2
    assert "fourteen of the 212 hangers" in page(player, silent)
    assert "fourteen of the 212 hangers" not in first
    assert '"dateModified": "2031-05-13T13:38:00+00:00"' in page(player, silent)
    assert "article:modified_time" in page(player, told)


def test_an_article_that_was_not_edited_keeps_its_words(player: Player, start: datetime) -> None:
    for piece in ARTICLES:
        same = pages.text(piece, start, 1) == pages.text(piece, start, 2)
        assert same is (piece.edit is None), piece.key


def test_a_follow_up_is_missing_in_the_first_round(player: Player) -> None:
    piece = pieces()["harbourpost/test-was-put-off-twice"]
    assert player.look_up(piece.paper, piece.path).status == 404
    player.round = 2
    assert player.look_up(piece.paper, piece.path).status == 200


def test_a_paywalled_page_says_so_and_holds_the_rest_back(player: Player) -> None:
    piece = pieces()["ledger/velmara-bond-yields"]
    seen = page(player, piece)
    assert '"isAccessibleForFree": false' in seen
    assert "The price of Velmara&rsquo;s government bonds" in seen
    assert "Settlement Office" not in seen


def test_a_noarchive_page_says_so_twice(player: Player) -> None:
    player.round = 2
    piece = pieces()["perihelion/aldane-reyes-spectrum"]
    answer = player.look_up(piece.paper, piece.path)
    assert ("X-Robots-Tag", "noarchive") in answer.headers
    assert b'<meta name="robots" content="index, follow, noarchive">' in answer.body


def test_robots_txt_forbids_one_page(player: Player) -> None:
    paper = papers()["ledger"]
    robots = player.look_up(paper, "/robots.txt").body.decode()
    assert "Disallow: /business/herring-futures-desk-note\n" in robots


def test_the_broken_page_has_no_article(player: Player) -> None:
    seen = page(player, pieces()["lantern/eleven-seconds"])
    assert "could not read" not in seen
    assert "</html>" not in seen


def test_one_publisher_writes_an_old_charset_under_its_wrong_name(player: Player) -> None:
    piece = pieces()["anzeiger/karte-im-buchdeckel"]
    answer = player.look_up(piece.paper, piece.path)
    assert answer.content_type == "text/html"
    assert b"charset=iso-8859-1" in answer.body
    assert "„Ich dachte erst, es sei Makulatur".encode("cp1252") in answer.body
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")


def test_soft_hyphens_and_references_are_on_some_pages(player: Player) -> None:
    assert "Konserven&shy;" not in page(player, pieces()["anzeiger/karte-im-buchdeckel"])
    assert "&shy;" in page(player, pieces()["anzeiger/karte-im-buchdeckel"])
    assert "&ldquo;" in page(player, pieces()["kestrel/mobile-outage-kestrel-bay"])


def test_arabic_pages_run_from_right_to_left(player: Player) -> None:
    assert '<html lang="ar" dir="rtl">' in page(player, pieces()["barid/ringa"])


def test_pages_have_seven_forms() -> None:
    assert len({paper.template for paper in papers().values()}) == 7


@pytest.mark.parametrize("round", [1, 2])
def test_every_link_leads_somewhere_in_the_player(player: Player, round: int) -> None:
    player.round = round
    hosts = {paper.domain: paper for paper in papers().values()}
    seen: set[str] = set()
    todo = [paper.home for paper in papers().values()]
    while todo:
        url = todo.pop()
        if url in seen:
            continue
        seen.add(url)
        parts = urlsplit(url)
        raw = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = player.look_up(hosts[parts.netloc], parts.path, raw)
        assert answer.status in (200, 301) or _faulty(hosts[parts.netloc], parts.path), url
        if answer.content_type.startswith("text/html"):
            markup = answer.body.decode(hosts[parts.netloc].charset)
            links = re.findall(r'(?:href|src)="([^"#]+)"', markup.replace("/app.css", "/"))
            joined = (urljoin(url, html.unescape(link)) for link in links)
            todo += [link for link in joined if link.startswith("http")]
    there = {piece.url for piece in pieces().values() if piece.round <= round}
    assert there <= seen


def _faulty(paper: Paper, path: str) -> bool:
    return any(feed.path == path and feed.fault for feed in paper.feeds)


@pytest.mark.parametrize(("paper", "feed"), FEEDS, ids=[p.key for p, _ in FEEDS])
@pytest.mark.parametrize("round", [1, 2])
def test_every_feed_announces_every_article(
    player: Player, paper: Paper, feed: PlayedFeed, round: int
) -> None:
    player.round = round
    body = player.look_up(paper, feed.path).body
    found = {
        "json": _from_json,
        "news-sitemap": _from_sitemap,
    }.get(feed.format, _from_feedparser)(body)
    mine = [p for p in pieces().values() if p.paper is paper and p.round <= round]
    wanted = {
        player.announced(p): (
            pages.title(p, player.start, round),
            player.start + timedelta(minutes=p.at),
        )
        for p in mine
    }
    assert found == wanted


def _from_feedparser(body: bytes) -> dict[str, tuple[str, datetime]]:
    feed = feedparser.parse(body)
    assert not feed.bozo
    return {
        e.link: (e.title, _at(e.get("published_parsed") or e.updated_parsed)) for e in feed.entries
    }


def _at(parsed: time.struct_time) -> datetime:
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC)


def _from_json(body: bytes) -> dict[str, tuple[str, datetime]]:
    feed = json.loads(body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    return {
        i["url"]: (i["title"], datetime.fromisoformat(i["date_published"])) for i in feed["items"]
    }


def _from_sitemap(body: bytes) -> dict[str, tuple[str, datetime]]:
    names = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "n": "http://www.google.com/schemas/sitemap-news/0.9",
    }
    urls = etree.fromstring(body).findall("s:url", names)
    return {
        url.findtext("s:loc", "", names): (
            url.findtext("n:news/n:title", "", names),
            datetime.fromisoformat(url.findtext("n:news/n:publication_date", "", names)),
        )
        for url in urls
    }


def test_one_feed_carries_whole_articles(player: Player) -> None:
    body = player.look_up(papers()["coastline"], "/podcast-and-news/feed").body.decode()
    assert "you could hear the flag ropes" in body


def test_feeds_come_in_five_formats() -> None:
    kinds = {feed.format for _, feed in FEEDS}
    assert kinds == {"rss", "atom", "rdf", "json", "news-sitemap"}


def test_no_page_or_address_tells_the_truth(player: Player) -> None:
    player.round = 2
    for piece in ARTICLES:
        seen = page(player, piece)
        assert "copy_of" not in seen
        if piece.picture:
            assert f"{piece.picture.drawing}.png" not in seen
