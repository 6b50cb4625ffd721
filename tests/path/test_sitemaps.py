"""A publisher without a feed: its sitemap index leads to its new articles, and to no old ones."""

from __future__ import annotations

import asyncio
import gzip
from datetime import timedelta
from pathlib import Path

from tests.clock import START
from tests.conformance.server import page
from tests.path.press import BRIDGE, FEED, FERRY, HOST, Press
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.stages import address
from wirecopy.store import articles, sources
from wirecopy.store.db import Store

MAPS = f"http://{HOST}/maps/today.xml"
XML = ("Content-Type", "application/xml")


def index(*urls: str, **dates: str) -> bytes:
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    rows += "".join(
        f"<sitemap><loc>http://{HOST}/maps/{name}.xml.gz</loc><lastmod>{date}</lastmod></sitemap>"
        for name, date in dates.items()
    )
    return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{rows}</sitemapindex>".encode()


def sitemap(*rows: tuple[str, str]) -> bytes:
    told = "".join(f"<url><loc>{url}</loc><lastmod>{day}</lastmod></url>" for url, day in rows)
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{told}</urlset>".encode()


def known(store: Store, url: str) -> bool:
    with store.connect() as c:
        return articles.get(c, address.article_id(url)) is not None


async def test_an_index_is_followed_to_new_articles_over_a_restart(tmp_path: Path) -> None:
    async with Press(tmp_path) as press:
        press.put(FEED, page(index(MAPS, "http://elsewhere.example/map.xml"), XML))
        today, long_ago = START.date().isoformat(), "2019-05-01"
        press.put(MAPS, page(sitemap((FERRY, today), (BRIDGE, long_ago)), XML))

        await press.run()
        await press.run(hours=2)  # a start of its own: the sitemap is still a feed

        with press.store() as store:
            assert known(store, FERRY)
            assert not known(store, BRIDGE)
            assert not known(store, MAPS)
            with store.connect() as c:
                assert sources.feed_state(c, "http://elsewhere.example/map.xml") is None
                followed = sources.feed_state(c, MAPS)
        assert followed is not None
        assert followed.polls == 2
        assert press.row(FERRY).headline == "Ferry stays in harbour"
        rebuilt = await asyncio.to_thread(replay, press.settings, SilentReport())
        assert rebuilt.differences == []


async def test_f50_of_an_index_only_changed_maps_are_read(tmp_path: Path) -> None:
    def map_of(name: str) -> str:
        return f"http://{HOST}/maps/{name}.xml.gz"

    async with Press(tmp_path) as press:
        dates = dict.fromkeys(("one", "two", "three"), (START - timedelta(hours=5)).isoformat())
        dates["old"] = "2025-01-01T00:00:00Z"
        press.put(FEED, page(index(**dates), XML))
        today = START.date().isoformat()
        for name, url in (("one", FERRY), ("two", BRIDGE), ("three", FERRY), ("old", BRIDGE)):
            press.put(map_of(name), page(gzip.compress(sitemap((url, today))), XML))

        await press.run()
        assert [press.asked(map_of(name)) for name in dates] == [1, 1, 1, 0]
        assert press.row(FERRY).headline == "Ferry stays in harbour"

        await press.run(hours=2)
        assert [press.asked(map_of(name)) for name in dates] == [1, 1, 1, 0]

        dates["two"] = (START + timedelta(hours=3)).isoformat()
        press.put(FEED, page(index(**dates), XML))
        await press.run(hours=2)
        assert [press.asked(map_of(name)) for name in dates] == [1, 2, 1, 0]
        rebuilt = await asyncio.to_thread(replay, press.settings, SilentReport())
        assert rebuilt.differences == []
