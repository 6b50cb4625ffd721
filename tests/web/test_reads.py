from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web import texts
from tests.web.paper import READER, serving
from wirecopy.errors import StoreError
from wirecopy.web.reads import Reads, is_robot

DAY = datetime(2026, 11, 23, 12, tzinfo=UTC)


def visit(reads: Reads, address: str = "192.0.2.1", browser: str = READER) -> bool:
    return reads.visit("a1", address=address, user_agent=browser)


def test_a_reader_counts_once_a_day(tmp_path: Path) -> None:
    clock = [DAY]
    reads = Reads(tmp_path / "reads.sqlite", now=lambda: clock[0])
    assert visit(reads)
    assert not visit(reads)
    assert visit(reads, address="192.0.2.2")
    reads.flush()
    assert reads.count("a1") == 2
    clock[0] += timedelta(days=1)
    assert visit(reads)
    reads.flush()
    assert reads.count("a1") == 3
    assert reads.counts(["a1", "b2"]) == {"a1": 3, "b2": 0}
    reads.close()


def test_what_is_shown_is_what_is_written(tmp_path: Path) -> None:
    reads = Reads(tmp_path / "reads.sqlite")
    visit(reads)
    assert reads.count("a1") == 0
    reads.close()
    again = Reads(tmp_path / "reads.sqlite")
    assert again.count("a1") == 1
    again.close()


def test_nobody_can_be_found_in_the_file(tmp_path: Path) -> None:
    reads = Reads(tmp_path / "reads.sqlite", now=lambda: DAY)
    visit(reads)
    reads.close()
    with sqlite3.connect(tmp_path / "reads.sqlite") as file:
        assert file.execute("SELECT * FROM reads").fetchall() == [("a1", "2026-11-23", 1)]
        assert len(file.execute("SELECT * FROM sqlite_master WHERE type = 'table'").fetchall()) == 1
    file.close()
    assert b"192.0.2.1" not in (tmp_path / "reads.sqlite").read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
        "curl/8.5.0",
        "python-requests/2.32",
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html)",
        "facebookexternalhit/1.1",
        "Wirecopy/0.1.0 (private reader)",
    ],
)
def test_robots_are_left_out(name: str) -> None:
    assert is_robot(name)


@pytest.mark.parametrize(
    "name",
    [
        READER,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0 Safari/537.36 Edg/141.0",
        "Lynx/2.9.0",
    ],
)
def test_people_are_not_taken_for_robots(name: str) -> None:
    assert not is_robot(name)


@given(visits=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=40))
def test_the_count_is_the_number_of_different_readers(
    tmp_path_factory: pytest.TempPathFactory, visits: list[tuple[int, int]]
) -> None:
    reads = Reads(tmp_path_factory.mktemp("reads") / "reads.sqlite", now=lambda: DAY)
    for reader, article in visits:
        reads.visit(f"a{article}", address=f"192.0.2.{reader}", user_agent=READER)
        if reader == 0:
            reads.flush()
    reads.flush()
    for article in range(4):
        different = {reader for reader, opened in visits if opened == article}
        assert reads.count(f"a{article}") == len(different)
    reads.close()


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "reads.sqlite").write_bytes(b"no database at all, but long enough to be read")
    with pytest.raises(StoreError, match=r"reads\.sqlite"):
        Reads(tmp_path / "reads.sqlite")


def test_a_visit_shows_on_the_page_within_seconds(tmp_path: Path) -> None:
    with serving(tmp_path) as paper:  # of its own: nobody else has read here
        address = f"/a/{texts.FINAL}"

        def shown() -> list[str]:
            return paper.get(address, method="GET", User_Agent="curl/8").words(
                "//span[@class='reads']"
            )

        assert shown() == ["0 reads"]
        paper.get(address)
        paper.get(address)  # the same reader
        paper.get(address, User_Agent="Lynx/2.9.0")
        paper.get(address, method="HEAD", User_Agent="Mozilla/5.0 (another)")
        paper.get(address, User_Agent="Mozilla/5.0 (compatible; bingbot/2.0)")
        paper.get(address, User_Agent="Mozilla/5.0 (ahead)", Sec_Purpose="prefetch")
        paper.get("/feeds/front.atom", User_Agent="Mozilla/5.0 (a feed)")
        until = time.monotonic() + 20  # a busy machine writes late
        while shown() != ["2 reads"] and time.monotonic() < until:
            time.sleep(0.2)
        assert shown() == ["2 reads"]
        assert paper.get(f"/api/articles/{texts.FINAL}").json["reads"] == 2
