"""Pages and feeds that no reader can take: each is named with its reason, and costs only itself."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from bench.street import HTML, RSS, Answer, Street, feed, headline, playing, story
from tests.faults.gathering import gather, settings_of
from tests.web.paper import Paper, serving
from wirecopy.gather import Summary
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.store.db import open_store
from wirecopy.store.schema import articles, feed_states
from wirecopy.verifying import verify_published

GOOD = "harbour.example"
BAD = "odd.example"  # its feed and its first page are good; the others are not
RUN_SECONDS = 240  # no page may hold a run up; on an idle machine it takes 15 s

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
NESTED = b"<!doctype html><html><body>" + b"<div>" * 200_000 + b"<p>Deep down.</p></body></html>"
DEEP = b"<!doctype html><html><body>" + b"<div>" * 50_000 + b"<p>Deep down.</p></body></html>"
BOMB = gzip.compress(b"<!doctype html><p>" + b"A" * 200_000_000, 9)
LONG = story(90, padding=16_000_000)
HEAVY = b"<!doctype html><p>" + b"<b>x</b>" * 1_800_000  # 14.4 MB, within the limit

BAD_PAGES = {
    "/good": Answer(body=story(80)),
    "/long": Answer(body=LONG),
    "/heavy": Answer(body=HEAVY),
    "/nested": Answer(body=NESTED),
    "/deep": Answer(body=DEEP),
    "/pdf": Answer(body=PDF, kind="application/pdf"),
    "/pdf-as-html": Answer(body=PDF),
    "/png-as-html": Answer(body=PNG),
    "/empty": Answer(body=b""),
    "/bomb": Answer(body=BOMB, encoding="gzip"),
    "/not-gzip": Answer(body=story(81), encoding="gzip"),
    "/nul": Answer(body=b"\x00" * 400_000),
    "/cut": Answer(body=story(82, padding=200_000), cut=100_000),
    "/hangs-up": Answer(body=story(83), cut=0),
}
HELD = {
    "/long": "TooLarge",
    "/heavy": "too-large",
    "/nested": "too-large",
    "/deep": "too-deep",
    "/pdf": "not-html",
    "/pdf-as-html": "not-html",
    "/png-as-html": "not-html",
    "/empty": "not-html",
    "/bomb": "TooLarge",
    "/nul": "not-html",
}
"""What is wrong for good, by the reason it is held back for."""

LATER = ("/cut", "/hangs-up")
"""What may be better next time: asked again, and given up after five times."""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What stands when the run has ended."""

    folder: Path
    seconds: float
    articles: dict[str, tuple[str, str, str]]  # (state, reason, detail) by address
    feeds: dict[str, tuple[str, int]]  # (error, failures) by address
    summary: Summary


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    street = Street()
    street.publish(GOOD, {f"/{number}": Answer(body=story(number)) for number in range(6)})
    street.publish(BAD, BAD_PAGES)
    whole = feed("cut.example", *(f"/{number}" for number in range(60, 64)))
    street.put("cut.example", "/feed", Answer(body=whole[: len(whole) // 2], kind=RSS))
    for number in range(60, 64):
        street.put("cut.example", f"/{number}", Answer(body=story(number)))
    street.put("short.example", "/feed", Answer(body=whole, kind=RSS, cut=len(whole) // 2))
    street.put("html.example", "/feed", Answer(body=story(70), kind=HTML))
    street.put("bomb.example", "/feed", Answer(body=BOMB, kind=RSS, encoding="gzip"))
    street.put("silent.example", "/feed", Answer(body=b"", kind=RSS))
    folder = tmp_path_factory.mktemp("odd")
    with playing(street):
        settings = settings_of(street, folder)
        began = time.monotonic()
        summary = asyncio.run(gather(street, settings))
        seconds = time.monotonic() - began
    with open_store(settings.database_url, read_only=True) as store, store.connect() as c:
        a, f = articles.c, feed_states.c
        yield Aftermath(
            folder=folder,
            seconds=seconds,
            summary=summary,
            articles={
                row.url: (row.state, row.held_reason, row.held_detail)
                for row in c.execute(select(a.url, a.state, a.held_reason, a.held_detail))
            },
            feeds={
                row.feed: (row.error, row.failures)
                for row in c.execute(select(f.feed, f.error, f.failures))
            },
        )
    assert verify_published(settings, None, SilentReport()).problems == []
    assert replay(settings, SilentReport()).differences == []


@pytest.fixture(scope="module")
def paper(aftermath: Aftermath) -> Iterator[Paper]:
    with serving(aftermath.folder, empty=True) as running:
        yield running


pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_run_ends_in_time(aftermath: Aftermath) -> None:
    assert aftermath.seconds < RUN_SECONDS


def test_the_summary_counts_what_was_answered_and_what_came_of_it(aftermath: Aftermath) -> None:
    summary = aftermath.summary

    # five of seven feeds; six pages of one publisher, ten of fourteen of another, one of a third:
    # the rest was cut short, or longer than is read
    assert (summary.feeds, summary.pages) == (5, 17)
    assert (summary.announced, summary.published) == (21, 9)


@pytest.mark.parametrize("number", range(6))
def test_the_neighbours_articles_are_published(number: int, aftermath: Aftermath) -> None:
    assert aftermath.articles[f"http://{GOOD}/{number}"] == ("published", "", "")


@pytest.mark.parametrize("path", ["/good", "/not-gzip"])  # the second only says it is packed
def test_a_good_page_of_the_same_publisher_is_published(path: str, aftermath: Aftermath) -> None:
    assert aftermath.articles[f"http://{BAD}{path}"] == ("published", "", "")


@pytest.mark.parametrize("path", HELD)
def test_a_bad_page_is_held_back_with_its_reason(path: str, aftermath: Aftermath) -> None:
    state, reason, detail = aftermath.articles[f"http://{BAD}{path}"]

    assert (state, reason) == ("held", HELD[path])
    assert detail != ""


@pytest.mark.parametrize("path", LATER)
def test_a_page_that_was_not_had_waits_for_its_next_turn(path: str, aftermath: Aftermath) -> None:
    assert aftermath.articles[f"http://{BAD}{path}"][0] == "announced"


def test_what_stood_before_the_cut_of_a_feed_is_news_all_the_same(aftermath: Aftermath) -> None:
    assert aftermath.articles["http://cut.example/60"] == ("published", "", "")
    assert "http://cut.example/63" not in aftermath.articles


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("short.example", "cut short"),
        ("html.example", "It is an HTML page"),
        ("bomb.example", "unpacks to more than"),
        ("silent.example", "empty body"),
    ],
)
def test_a_bad_feed_is_named_with_its_reason(host: str, words: str, aftermath: Aftermath) -> None:
    error, failures = aftermath.feeds[f"http://{host}/feed"]

    assert words in error
    assert failures == 1


def test_a_feed_that_breaks_off_is_named_with_its_reason(aftermath: Aftermath) -> None:
    assert aftermath.feeds["http://cut.example/feed"] == (
        "Only the beginning could be read: the feed breaks off.",
        0,
    )


@pytest.mark.parametrize("host", [GOOD, BAD])
def test_a_good_feed_has_no_error(host: str, aftermath: Aftermath) -> None:
    assert aftermath.feeds[f"http://{host}/feed"] == ("", 0)


def test_the_health_page_names_every_bad_page(paper: Paper) -> None:
    answer = paper.get("/health")

    assert answer.status == 200
    rows = answer.words("//section[@id='held']//tbody/tr")
    for path, reason in HELD.items():
        [row] = [row for row in rows if row.startswith(f"{path} of {BAD} ")]
        assert f" {reason} " in row


def test_the_health_page_names_every_bad_feed(paper: Paper) -> None:
    rows = paper.get("/health").words("//section[@class='feeds']//tbody/tr")

    failing = {row.split()[0] for row in rows if " failing " in row}
    assert failing == {
        "cut.example",
        "short.example",
        "html.example",
        "bomb.example",
        "silent.example",
    }


def test_the_good_news_can_be_read(paper: Paper) -> None:
    page = paper.get(f"/p/{GOOD}").body.decode()

    for number in range(6):
        assert headline(number) in page
