"""`check` and `add`, against publishers on loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.publishers import HTML, RSS, Street, rss, street
from wirecopy import cli_sources, config
from wirecopy.dial import ReplayDialer
from wirecopy.errors import ConfigError, NotAFeed, SourceError
from wirecopy.progress import SilentReport
from wirecopy.store import sources
from wirecopy.store.db import open_store

SETTINGS = """\
[site]
contact = "desk@example.org"
[gather]
delay_seconds = 0.5
"""


@pytest.fixture
def town() -> Iterator[Street]:
    with street() as here:
        yield here


def written(folder: Path, *feeds: str) -> Path:
    path = folder / "wirecopy.toml"
    blocks = [
        f'[[publisher]]\nname = "P{number}"\ndomain = "p{number}.example"\n'
        f'[[publisher.feed]]\nurl = "{url}"\nsection = "world"\n'
        for number, url in enumerate(feeds, start=1)
    ]
    path.write_text(SETTINGS + "".join(blocks), encoding="utf-8")
    return path


def check(path: Path, town: Street) -> int:
    return cli_sources.check(config.load(path), SilentReport(), dialer=ReplayDialer(town.port))


def add(path: Path, url: str, town: Street) -> int:
    return cli_sources.add(
        path, config.load(path), url, SilentReport(), dialer=ReplayDialer(town.port)
    )


def test_check_says_of_every_feed_how_it_is(
    town: Street, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.put("http://p1.example/feed", rss("One", "a", "b"))
    town.put("http://p2.example/feed", b"", HTML, 404)
    town.put("http://p3.example/feed", b"<html><body>welcome</body></html>", HTML)
    town.put("http://p4.example/robots.txt", b"User-agent: *\nDisallow: /", "text/plain")
    town.put("http://p4.example/feed", rss("Four", "a"))
    town.put("http://p5.example/feed", b"", HTML, 410)
    town.put("http://p6.example/feed", b"", HTML, 403)
    path = written(tmp_path, *(f"http://p{number}.example/feed" for number in range(1, 7)))

    code = check(path, town)

    lines = capsys.readouterr().out.splitlines()
    told = {line.partition(",")[0]: line for line in lines[1:-1]}
    assert code == 1
    assert lines[0].startswith("Settings: right. 6 publishers, 6 feeds; a private site at ")
    assert re.match(r"P1, world: ok: 2 entries, the newest .+ old <http://p1\.", told["P1"])
    assert told["P2"].startswith("P2, world: missing: ")
    assert told["P3"].startswith("P3, world: not a feed: ")
    assert told["P4"].startswith("P4, world: robots.txt: ")
    assert told["P5"].startswith("P5, world: gone: ")
    assert told["P6"].startswith("P6, world: refused: ")
    assert lines[-1] == "1 feed right, 5 not."


def test_check_of_good_feeds_ends_with_0_and_says_who_asks(
    town: Street, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.put("http://p1.example/feed", rss("One", "a"))

    assert check(written(tmp_path, "http://p1.example/feed"), town) == 0

    assert capsys.readouterr().out.splitlines()[-1] == "1 feed right, 0 not."
    assert {agent for _, _, agent in town.asked} == {"Wirecopy/0.1.0 (desk@example.org)"}


def test_f31_ten_checks_are_one_request(
    town: Street, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.put("http://p1.example/feed", rss("One", "a"))
    town.put("http://p2.example/feed", b"", HTML, 404)
    path = written(tmp_path, "http://p1.example/feed", "http://p2.example/feed")

    codes = [check(path, town) for _ in range(10)]

    assert codes == [1] * 10
    asked = [each for each in town.asked if "/feed" in str(each)]
    assert len(asked) == 2
    said = capsys.readouterr().out.splitlines()
    assert "P1, world: ok: 1 entry" in said[-3] + said[-2]
    assert "a feed is asked once in half an hour" in said[-2]
    assert said[-1] == "1 feed right, 1 not."


def test_f31_a_feed_that_the_gatherer_asked_is_not_asked_by_check(
    town: Street, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.put("http://p1.example/feed", rss("One", "a"))
    path = written(tmp_path, "http://p1.example/feed")
    settings = config.load(path)
    with open_store(settings.database_url) as store, store.begin() as c:
        sources.put_publishers(c, settings.publishers, datetime.now(UTC))
        state = sources.feed_state(c, "http://p1.example/feed")
        assert state is not None
        late = datetime.now(UTC) - timedelta(minutes=20)
        sources.put_feed_state(c, replace(state, polled_at=late, error="It is gone."))

    assert check(path, town) == 1
    assert town.asked == []
    assert "P1, world: failed: It is gone. (this is 20 minutes old" in capsys.readouterr().out


@pytest.mark.parametrize("status", [301, 308])
def test_f07_check_tells_where_a_feed_has_moved_for_good(
    town: Street, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    town.move("http://p1.example/feed", "http://p1.example/news.rss", status)
    town.put("http://p1.example/news.rss", rss("One", "a"))
    path = written(tmp_path, "http://p1.example/feed")
    told = (
        " old; it has moved for good to http://p1.example/news.rss, which is learnt after 3 polls"
        " over 24 hours"
    )

    assert check(path, town) == 0
    assert f"{told} <http://p1.example/feed>" in capsys.readouterr().out
    assert check(path, town) == 0  # as it was told
    assert told in capsys.readouterr().out


@pytest.mark.parametrize("statuses", [(302,), (301, 307)])
def test_f08_check_tells_no_move_where_one_redirect_is_for_a_while(
    town: Street, tmp_path: Path, capsys: pytest.CaptureFixture[str], statuses: tuple[int, ...]
) -> None:
    stops = [f"http://p1.example/{name}" for name in ("feed", "b", "c")]
    for status, here, there in zip(statuses, stops, stops[1:], strict=False):
        town.move(here, there, status)
    town.put(stops[len(statuses)], rss("One", "a"))

    assert check(written(tmp_path, stops[0]), town) == 0
    assert "moved" not in capsys.readouterr().out


def test_f09_check_of_a_feed_that_moved_to_a_page_is_an_error_and_no_move(
    town: Street, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.move("http://p1.example/feed", "http://p1.example/")
    town.put("http://p1.example/", b"<html><body>welcome</body></html>", HTML)

    assert check(written(tmp_path, "http://p1.example/feed"), town) == 1
    said = capsys.readouterr().out
    assert "P1, world: not a feed: " in said
    assert "for good" not in said


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"moved_to": "http://p1.example/b"}, "has moved for good to http://p1.example/b, which"),
        ({"address": "http://p1.example/b"}, "moved for good to http://p1.example/b, and is asked"),
    ],
)
def test_f07_check_tells_the_move_that_the_gatherer_saw(
    town: Street,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    known: dict[str, str],
    told: str,
) -> None:
    path = written(tmp_path, "http://p1.example/feed")
    settings = config.load(path)
    with open_store(settings.database_url) as store, store.begin() as c:
        sources.put_publishers(c, settings.publishers, datetime.now(UTC))
        state = sources.feed_state(c, "http://p1.example/feed")
        assert state is not None
        late = datetime.now(UTC) - timedelta(minutes=20)
        changed: dict[str, Any] = {"polled_at": late, **known}
        sources.put_feed_state(c, replace(state, **changed))

    assert check(path, town) == 0
    assert told in capsys.readouterr().out


def test_add_finds_the_feed_behind_a_home_page(
    town: Street, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.put(
        "http://news.example/",
        b"<html><head><title>x</title>"
        b'<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">'
        b'<link rel="alternate" type="application/rss+xml" title="News" href="/all.rss">'
        b"</head><body></body></html>",
        HTML,
    )
    town.put("http://news.example/all.rss", rss("The News of Example", "a", "b", language="de-AT"))
    path = written(tmp_path)
    before = path.read_text("utf-8")

    assert add(path, "http://news.example/", town) == 0

    (publisher,) = config.load(path).publishers
    assert (publisher.id, publisher.name, publisher.language) == (
        "news.example",
        "The News of Example",
        "de",
    )
    assert publisher.feeds[0].url == "http://news.example/all.rss"
    assert publisher.feeds[0].listed_in.startswith("http://news.example/, read 20")
    assert path.read_text("utf-8").startswith(before)
    assert 'basis = "none"' in path.read_text("utf-8")
    assert "Added The News of Example" in capsys.readouterr().out


def test_add_takes_a_feeds_own_address(town: Street, tmp_path: Path) -> None:
    town.put("http://news.example/all.rss", rss("News", "a"))
    path = written(tmp_path)

    assert add(path, "http://news.example/all.rss", town) == 0

    assert config.load(path).publishers[0].feeds[0].url == "http://news.example/all.rss"


def test_f47_add_tries_the_usual_places_in_at_most_eight_requests(
    town: Street, tmp_path: Path
) -> None:
    town.put("http://news.example/", b"<html><body>hello</body></html>", HTML)
    town.put("http://news.example/rss", rss("News", "a"))
    path = written(tmp_path)

    assert add(path, "http://news.example/", town) == 0

    assert config.load(path).publishers[0].feeds[0].url == "http://news.example/rss"
    assert len(town.asked) <= 8


def test_f47_add_takes_the_sitemaps_that_robots_txt_names(town: Street, tmp_path: Path) -> None:
    maps = b"Sitemap: http://news.example/all.xml\nSitemap: http://news.example/news-map.xml\n"
    rows = b"<url><loc>http://news.example/1</loc><n:news><n:title>One</n:title></n:news></url>"
    town.put("http://news.example/robots.txt", maps)
    town.put("http://news.example/", b"<html><body>hello</body></html>", HTML)
    town.put("http://news.example/news-map.xml", b"<urlset xmlns:n='n'>" + rows + b"</urlset>")
    path = written(tmp_path)

    assert add(path, "http://news.example/", town) == 0

    assert config.load(path).publishers[0].feeds[0].url == "http://news.example/news-map.xml"
    assert len(town.asked) <= 8


def test_add_twice_says_that_it_is_known(
    town: Street, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.put("http://news.example/all.rss", rss("News", "a"))
    path = written(tmp_path)
    add(path, "http://news.example/all.rss", town)
    before = path.read_text("utf-8")

    assert add(path, "http://news.example/all.rss", town) == 0

    assert path.read_text("utf-8") == before
    assert "already" in capsys.readouterr().out


def test_add_without_a_feed_anywhere_says_so(town: Street, tmp_path: Path) -> None:
    town.put("http://news.example/", b"<html><body>hello</body></html>", HTML)
    path = written(tmp_path)
    before = path.read_text("utf-8")

    with pytest.raises(NotAFeed, match=r"No feed was found behind http://news\.example/"):
        add(path, "http://news.example/", town)

    assert path.read_text("utf-8") == before


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "https://a b/"])
def test_add_takes_only_addresses_of_the_web(url: str, town: Street, tmp_path: Path) -> None:
    path = written(tmp_path)

    with pytest.raises((ConfigError, SourceError)):
        add(path, url, town)

    assert town.asked == []


def test_a_name_that_is_not_text_cannot_spoil_the_file(town: Street, tmp_path: Path) -> None:
    title = "&quot;]&#10;[site]&#10;port = 1&#10;\\&lt;b&gt;"
    town.put("http://news.example/all.rss", rss(title, "a"), RSS)
    path = written(tmp_path)

    add(path, "http://news.example/all.rss", town)

    settings = config.load(path)
    assert settings.site.port == 8000
    assert len(settings.publishers) == 1
