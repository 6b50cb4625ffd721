"""`keep_days` and `disk_limit_gb`: what is old goes, bytes and words together, while we gather."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from tests.conformance.server import page, robots
from tests.path.press import (
    BRIDGE,
    BRIDGE_TEXT,
    FERRY,
    FERRY_TEXT,
    HOST,
    Press,
    article,
)
from wirecopy.model import ArticleState, Mode
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.stages.revise import words_sha256
from wirecopy.store import articles, schema, search
from wirecopy.store.db import open_store
from wirecopy.trail import trail
from wirecopy.verifying import verify_published

PICTURE = f"http://{HOST}/ferry.png"


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Press]:
    """A press whose first day has the ferry with a picture, and the bridge on the second."""
    drawn = io.BytesIO()
    Image.new("RGB", (640, 400), "navy").save(drawn, "PNG")
    head = f'<meta property="og:image" content="{PICTURE}">'
    async with Press(tmp_path) as press:
        press.put(PICTURE, page(drawn.getvalue(), ("Content-Type", "image/png")))
        press.put(
            FERRY,
            page(
                article("Ferry stays in harbour", FERRY_TEXT, head=head),
                ("Content-Type", "text/html; charset=utf-8"),
            ),
        )
        press.announce((FERRY, "Ferry stays in harbour"))
        yield press


def keep(press: Press, *, days: int = 0, gigabytes: float = 0.0) -> None:
    storage = replace(press.settings.storage, keep_days=days, disk_limit_gb=gigabytes)
    press.settings = replace(press.settings, storage=storage)


def files(press: Press) -> list[str]:
    return sorted(path.name for path in press.settings.archive_folder.glob("*.warc.gz*"))


def pictures(press: Press) -> list[str]:
    folder = press.folder / "images"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def two_days_and_a_week(press: Press) -> None:
    await press.run()
    press.announce((BRIDGE, "Old bridge to be rebuilt"))
    press.write(BRIDGE, "Old bridge to be rebuilt", BRIDGE_TEXT)
    await press.run(days=1)
    await press.run(days=6)


async def test_without_a_limit_everything_stays(press: Press) -> None:
    await two_days_and_a_week(press)
    assert [name[:25] for name in files(press)] == [
        "wirecopy-000001-2026-03-0",
        "wirecopy-000002-2026-03-0",
        "wirecopy-000003-2026-03-0",
    ]
    assert press.row(FERRY).mode is Mode.FULL
    assert len(pictures(press)) == 1


async def test_old_bytes_and_words_go_together_and_the_digest_stays(press: Press) -> None:
    keep(press, days=6)
    await two_days_and_a_week(press)
    assert [name.split("-", 2)[1] for name in files(press)] == ["000002", "000003"]
    row = press.row(FERRY)
    assert (row.state, row.mode) == (ArticleState.PUBLISHED, Mode.LINK)
    assert (row.headline, row.url) == ("Ferry stays in harbour", FERRY)
    assert (row.lead, row.words, row.image) == ("", 0, None)
    assert "pruned" in [reason.signal for reason in row.reasons]
    with press.store() as store, store.connect() as c:
        (revision,) = articles.revisions(c, row.id)
        found = search.query(c, "pilot boats", 10)
    assert (revision.text, revision.blocks) == ("", ())
    whole = "\n\n".join(FERRY_TEXT)
    assert revision.sha256 == words_sha256("Ferry stays in harbour", whole)
    assert found == []
    assert pictures(press) == []


async def test_a_younger_article_keeps_its_words(press: Press) -> None:
    keep(press, days=6)
    await two_days_and_a_week(press)
    row = press.row(BRIDGE)
    assert row.mode is Mode.FULL
    with press.store() as store, store.connect() as c:
        (revision,) = articles.revisions(c, row.id)
    assert revision.text == "\n\n".join(BRIDGE_TEXT)


async def test_what_is_left_is_proved_and_replayed(press: Press) -> None:
    keep(press, days=6)
    await two_days_and_a_week(press)
    proved = verify_published(press.settings, None, SilentReport())
    assert [str(problem) for problem in proved.problems] == []
    assert (proved.revisions, proved.pruned) == (1, 1)
    again = await asyncio.to_thread(replay, press.settings, SilentReport())
    assert again.differences == []
    assert again.pruned > 0
    assert again.rows["articles"] == again.rows["revisions"] == 1
    assert "pruned" in str(again)


async def test_a_replay_after_pruning_still_finds_a_changed_row(press: Press) -> None:
    keep(press, days=6)
    await two_days_and_a_week(press)
    row = press.row(BRIDGE)
    with open_store(press.settings.database_url) as store, store.begin() as c:
        changed = schema.articles.update().where(schema.articles.c.id == row.id)
        c.execute(changed.values(headline="Another headline"))
    again = await asyncio.to_thread(replay, press.settings, SilentReport())
    assert len(again.differences) == 1
    assert "headline" in again.differences[0]


async def test_the_trail_of_a_pruned_article_tells_so(press: Press) -> None:
    keep(press, days=6)
    await two_days_and_a_week(press)
    with press.store() as store:
        told = "\n".join(trail(store, press.settings.archive_folder, FERRY))
    assert "deleted" in told


async def test_a_limit_of_bytes_takes_the_oldest_and_never_the_newest(press: Press) -> None:
    keep(press, gigabytes=0.000_01)
    await two_days_and_a_week(press)
    await press.run(days=1)
    assert len(files(press)) >= 1
    assert "000001" not in "".join(files(press))
    with press.store() as store, store.connect() as c:
        kept = c.execute(select(schema.captures.c.file).where(~schema.captures.c.pruned)).scalars()
        assert set(kept) <= {name.removesuffix(".open") for name in files(press)}


async def test_a_gatherer_that_runs_for_days_prunes_by_its_clock(press: Press) -> None:
    keep(press, days=2)
    async with press.gatherer() as gatherer:
        await gatherer.once()
        for _ in range(5):
            press.clock.step(days=1)
            await gatherer.once()
        assert press.row(FERRY).mode is Mode.LINK
        assert "000001" not in "".join(files(press))


async def test_a_page_that_is_forbidden_after_its_feed_was_pruned_is_a_link(press: Press) -> None:
    await press.run()
    press.write(FERRY, "Ferry sails", ("It sails.", *FERRY_TEXT))  # read in a younger file
    await press.run(days=5)
    press.put(f"http://{HOST}/robots.txt", robots("User-agent: *\nDisallow: /ferry"))
    keep(press, days=6)
    await press.run(days=4)
    await press.run(days=2)
    row = press.row(FERRY)
    assert (row.state, row.mode, row.headline) == (
        ArticleState.PUBLISHED,
        Mode.LINK,
        "Ferry sails",
    )
    assert verify_published(press.settings, None, SilentReport()).problems == []
