"""The player on a socket: what a fetcher meets."""

from __future__ import annotations

import time
from datetime import datetime

import aiohttp
import pytest
from multidict import CIMultiDictProxy

from wirecopy.demo.content import pieces
from wirecopy.demo.player import Player
from wirecopy.demo.publishers import DEAD, LEGACY, LYING, SLOW, publishers
from wirecopy.model import BasisKind, Mode


async def get(
    player: Player, url: str, headers: dict[str, str] | None = None
) -> tuple[int, CIMultiDictProxy[str], bytes]:
    """Ask the player as the replay dialer would: any name, one port."""
    host, _, path = url.removeprefix("http://").partition("/")
    here = f"http://127.0.0.1:{player.port}/{path}"
    timeout = aiohttp.ClientTimeout(total=10)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(here, headers={"Host": host, **(headers or {})}, allow_redirects=False) as got,
    ):
        return got.status, got.headers, await got.read()


async def test_publishers_are_told_apart_by_their_name(live: Player) -> None:
    _, _, post = await get(live, "http://harbourpost.example/")
    _, _, wire = await get(live, "http://meridianwire.example/")
    assert b"<h1>The Harbour Post</h1>" in post
    assert b"<h1>Meridian Wire</h1>" in wire


async def test_an_unknown_name_is_not_played(live: Player) -> None:
    status, _, _ = await get(live, "http://elsewhere.example/")
    assert status == 421


async def test_an_article_and_its_image_are_served(live: Player) -> None:
    piece = pieces()["diario/faro-de-plata"]
    status, headers, body = await get(live, piece.url)
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    image = body.decode().partition('og:image" content="')[2].partition('"')[0]
    status, headers, body = await get(live, image)
    assert (status, headers["Content-Type"], body[:4]) == (200, "image/png", b"\x89PNG")


@pytest.mark.parametrize("path", ["rss/news.xml", "news/sallow-bridge-closed-5336346"])
async def test_what_has_not_changed_is_not_sent_again(live: Player, path: str) -> None:
    url = f"http://harbourpost.example/{path}"
    _, headers, _ = await get(live, url)
    status, _, body = await get(live, url, {"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")
    status, _, body = await get(live, url, {"If-Modified-Since": headers["Last-Modified"]})
    assert (status, body) == (304, b"")


async def test_the_second_round_answers_anew(live: Player) -> None:
    url = "http://harbourpost.example/rss/news.xml"
    _, headers, _ = await get(live, url)
    live.round = 2
    status, later, body = await get(live, url, {"If-None-Match": headers["ETag"]})
    assert status == 200
    assert later["ETag"] != headers["ETag"]
    assert b"Authority put off bridge test twice" in body


async def test_the_date_is_the_player_s(live: Player) -> None:
    _, headers, _ = await get(live, "http://harbourpost.example/")
    assert headers["Date"] == "Wed, 14 May 2031 09:00:00 GMT"
    live.round = 2
    _, headers, _ = await get(live, "http://harbourpost.example/")
    assert headers["Date"] == "Wed, 14 May 2031 10:00:00 GMT"


async def test_one_dead_feed_is_gone_and_the_other_hangs_up(live: Player) -> None:
    status, _, _ = await get(live, f"http://{DEAD}/index.xml")
    assert status == 410
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await get(live, f"http://{DEAD}/atom.xml")


async def test_the_slow_host_takes_its_time(live: Player) -> None:
    before = time.monotonic()
    status, headers, _ = await get(live, f"http://{SLOW}/feed")
    assert status == 200
    assert time.monotonic() - before >= 0.2
    assert "ETag" not in headers


async def test_one_feed_s_type_is_not_true(live: Player) -> None:
    _, headers, body = await get(live, f"http://{LYING}/index.rdf")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert b"<rdf:RDF" in body


async def test_an_old_address_leads_to_the_new_one(live: Player) -> None:
    piece = pieces()["kestrel/us-school-phones-octavia-bell"]
    status, headers, _ = await get(live, live.announced(piece))
    assert (status, headers["Location"]) == (301, piece.path)


async def test_addresses_that_lead_astray(live: Player) -> None:
    status, headers, _ = await get(live, "http://harbourpost.example/away/6379")
    assert (status, headers["Location"]) == (302, "http://127.0.0.1:6379/")
    status, headers, _ = await get(live, "http://harbourpost.example/astray/6379")
    assert (status, headers["Location"]) == (302, "http://harbourpost.example:6379/")


async def test_every_request_is_in_the_log(live: Player) -> None:
    await get(live, f"http://{SLOW}/story.php?id=1", {"User-Agent": "A test"})
    asked = live.log[-1]
    assert (asked.host, asked.path) == (SLOW, "/story.php?id=1")
    assert asked.headers["User-Agent"] == "A test"


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Player(datetime(2031, 5, 14, 9))  # noqa: DTZ001


def test_publishers_have_grounds_of_several_kinds(start: datetime) -> None:
    known = {publisher.id: publisher for publisher in publishers(start)}
    kinds = {publisher.basis.kind for publisher in known.values()}
    assert kinds == {
        BasisKind.NONE,
        BasisKind.LICENCE,
        BasisKind.PERMISSION,
        BasisKind.PUBLIC_DOMAIN,
    }
    assert known[LEGACY].basis.mode is Mode.FULL
    assert known[LEGACY].basis.recorded == start.date()
    assert {DEAD, SLOW, LYING} <= set(known)
    assert [feed.url for feed in known[DEAD].feeds] == [
        "http://oldmillgazette.example/index.xml",
        "http://oldmillgazette.example/atom.xml",
    ]
