"""What `wirecopy show` tells of articles and feeds of the demo edition, fact by fact."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.path.conftest import Gathered
from wirecopy.demo.truth import truth
from wirecopy.store.db import open_store
from wirecopy.trail import trail

Told = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def told(gathered: Gathered) -> Told:
    """A subject's trail, its times without their seconds and the folder left out."""

    def tell(subject: str) -> list[str]:
        folder = gathered.settings.archive_folder
        with open_store(gathered.settings.database_url, read_only=True) as store:
            return [line.replace(f"{folder}/", "") for line in trail(store, folder, subject)]

    return tell


def assert_in_order(lines: list[str], *expected: str) -> None:
    """Each begins a line, after the one before it."""
    left = iter(lines)
    for wanted in expected:
        assert any(line.strip().startswith(wanted) for line in left), (
            f"{wanted!r} is missing, or not in its place, in:\n" + "\n".join(lines)
        )


def test_an_edited_article_tells_its_whole_way(told: Told) -> None:
    address = "http://harbourpost.example/news/sallow-bridge-closed-5336346"
    lines = told(address)
    assert lines[0] == "Sallow Bridge closed to all traffic after cracks found in hangers"
    assert_in_order(
        lines,
        "id          ",
        f"address     {address}",
        "publisher   harbourpost.example",
        "announced   2026-03-04 09:00:00 UTC by http://harbourpost.example/rss/news.xml",
        "fetched     2026-03-04 09:00:0",
        "archived  wirecopy-000001-2026-03-04.warc.gz, bytes ",
        "sha256    ",
        "fetched     2026-03-04 10:00:0",
        "archived  wirecopy-000001-2026-03-04.warc.gz, bytes ",
        "next asked  2026-03-04 1",
        "state       published, shown as full",
        "why       The publisher's permission is on record, recorded on 2026-03-04: ",
        "section     ",
        "version 1   2026-03-04 09:00:0",
        "headline  Sallow Bridge closed to all traffic after cracks found in eastern hangers",
        "proved    in the page's h1, characters ",
        "author    Niamh Costello, proved in ",
        "extracted by ",
        "text      11 blocks, proved word for word within characters ",
        "sha256    ",
        "version 2   2026-03-04 10:00:0",
        "headline  Sallow Bridge closed to all traffic after cracks found in hangers",
        "text      10 blocks, proved word for word within characters ",
        "story       ",
        "why       It shares the names Sallow Bridge",
        "place       ",
        "why       ",
    )
    assert sum("the words changed" in line for line in lines) == 1
    assert sum("the first that was read" in line for line in lines) == 1


def test_a_copy_names_what_it_repeats_and_how_much(told: Told) -> None:
    copy = next(one for one in truth() if one.copy_of)
    lines = told(copy.url)
    assert any(line.startswith("  repeats     ") and ".example: " in line for line in lines)
    assert any("% of the shorter text stands in both: " in line for line in lines)


def test_a_held_article_tells_why_and_has_no_version(told: Told) -> None:
    lines = told("http://brightwaterlantern.example/science/eleven-seconds/")
    assert lines[0] == "Eleven seconds! So close to the Moon and then, nope"
    assert_in_order(
        lines, "fetched     ", "archived  ", "state       held", "why       no-article: "
    )
    assert not any(line.strip().startswith(("version", "story", "place")) for line in lines)


def test_a_paywalled_article_is_a_link_and_keeps_no_text(told: Told) -> None:
    lines = told("http://ostreyledger.example/business/velmara-bond-yields")
    assert_in_order(
        lines,
        "state       published, shown as link",
        "why       The publisher's permission is on record",
        "why       The publisher marks the article as not free to read. (paywall: at most link)",
        "version 1   ",
        "proved    in the page's h1, characters ",
        "text      none is kept here",
        "story       ",
    )


def test_a_forbidden_page_was_not_fetched_and_its_headline_is_the_feeds(told: Told) -> None:
    lines = told("http://ostreyledger.example/business/herring-futures-desk-note")
    assert_in_order(
        lines,
        "not fetched 2026-03-04 09:00:0",
        "next asked  ",
        "state       published, shown as link",
        "why       robots.txt asks that this page is not fetched, so it was not. "
        "(robots: at most link)",
        "version 1   ",
        "proved    in the feed, characters ",
    )
    assert any("never had so far" in line for line in lines)
    assert not any(line.strip().startswith("fetched") for line in lines)


def test_a_dead_feed_tells_its_error_the_cure_and_that_it_is_left_alone(told: Told) -> None:
    lines = told("http://oldmillgazette.example/index.xml")
    assert_in_order(
        lines,
        "feed http://oldmillgazette.example/index.xml",
        "publisher   oldmillgazette.example",
        "asked       2026-03-04 09:00:00 UTC, status 410",
        "archived  wirecopy-000001-2026-03-04.warc.gz, bytes ",
        "error       The answer was 410.",
        "cure      Look for its new address with `wirecopy add`",
        "next asked  not again",
        "why       the publisher says it is gone for good; not asked again",
        "so far      asked once, 0 unchanged",
    )


def test_a_feed_tells_when_it_is_asked_again_and_why(told: Told) -> None:
    lines = told("http://harbourpost.example/rss/news.xml")
    assert_in_order(
        lines,
        "asked       2026-03-04 10:00:0",
        "next asked  2026-03-04 1",
        "why       ",
        "so far      asked 2 times",
    )


def test_an_article_is_found_by_its_id_and_by_our_own_page_s_address(told: Told) -> None:
    lines = told("http://meridianwire.example/item/6213794")
    id = lines[1].removeprefix("  id").strip()
    assert told(id) == lines
    assert told(f"http://127.0.0.1:8000/a/{id}") == lines


@pytest.mark.parametrize("subject", ["nothing", "http://nobody.example/", "http://[", ""])
def test_of_what_is_not_known_nothing_is_told(told: Told, subject: str) -> None:
    assert told(subject) == []
