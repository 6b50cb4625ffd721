"""What the operator decides holds from the next run on, whatever the pages answer then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conformance.server import conditional, robots
from tests.path.press import (
    BRIDGE,
    FERRY,
    FERRY_TEXT,
    HOST,
    NONE,
    OWN,
    Press,
    article,
)
from tests.web.paper import serving
from wirecopy.model import ArticleState, Mode, PublisherId, RevisionKind
from wirecopy.progress import SilentReport
from wirecopy.stages import address
from wirecopy.store import articles, search
from wirecopy.verifying import verify_published

PUBLISHED, HELD, WITHDRAWN = (
    ArticleState.PUBLISHED,
    ArticleState.HELD,
    ArticleState.WITHDRAWN,
)
WHOLE = "\n\n".join(FERRY_TEXT)


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Press]:
    async with Press(tmp_path) as press:
        yield press


def text(press: Press, url: str) -> str:
    with press.store() as store, store.connect() as c:
        revision = articles.latest_revision(c, address.article_id(url))
        return "" if revision is None else revision.text


def found(press: Press, words: str) -> list[str]:
    with press.store() as store, store.connect() as c:
        return list(search.query(c, words, 10))


async def test_an_article_is_published_whole(press: Press) -> None:
    await press.run()
    row = press.row(FERRY)
    assert (row.state, row.mode, row.headline) == (PUBLISHED, Mode.FULL, "Ferry stays in harbour")
    assert text(press, FERRY) == WHOLE
    assert found(press, "pilot boats") == [row.id]


async def test_a_muted_word_holds_an_article_with_its_reason(press: Press) -> None:
    press.decide(muted_words=("FERRY",))
    await press.run()
    row = press.row(FERRY)
    assert (row.state, row.held_reason) == (HELD, "muted")
    assert "ferry" in row.held_detail
    assert press.row(BRIDGE).state is PUBLISHED


async def test_a_word_muted_later_hides_what_was_published_and_unmuted_brings_it_back(
    press: Press,
) -> None:
    await press.run()
    press.decide(muted_words=("ferry",))
    await press.run()
    assert (press.row(FERRY).state, press.row(FERRY).held_reason) == (HELD, "muted")
    assert found(press, "pilot boats") == []
    press.decide()
    await press.run()
    assert (press.row(FERRY).state, press.row(FERRY).held_reason) == (PUBLISHED, "")
    assert text(press, FERRY) == WHOLE
    assert press.asked(FERRY) == 1


async def test_only_the_wanted_languages_are_read(press: Press) -> None:
    press.decide(languages=("de",))
    await press.run()
    row = press.row(FERRY)
    assert (row.state, row.held_reason) == (HELD, "language")
    press.decide(languages=("de", "en"))
    await press.run()
    assert press.row(FERRY).state is PUBLISHED


async def test_a_takedown_hides_at_the_next_run_though_the_page_is_not_due(press: Press) -> None:
    await press.run()
    press.decide(takedown=FERRY)
    await press.run()
    row = press.row(FERRY)
    assert (row.state, row.mode, row.held_reason) == (WITHDRAWN, Mode.OFF, "takedown")
    assert row.held_detail == "Taken down at request: privacy."
    assert found(press, "pilot boats") == []
    assert press.asked(FERRY) == 1
    assert press.row(BRIDGE).state is PUBLISHED


async def test_a_takedown_hides_though_the_page_answers_that_nothing_changed(press: Press) -> None:
    press.put(FERRY, conditional(article("Ferry stays in harbour", FERRY_TEXT), '"one"'))
    await press.run()
    press.decide(takedown=FERRY)
    await press.run(hours=2)
    assert press.asked(FERRY) == 2
    assert press.row(FERRY).state is WITHDRAWN


async def test_an_article_taken_down_answers_410_to_readers(press: Press) -> None:
    await press.run()
    row = press.row(FERRY)
    with serving(press.folder, empty=True) as paper:
        assert paper.get(f"/a/{row.id}").status == 200
    press.decide(takedown=FERRY)
    await press.run()
    with serving(press.folder, empty=True) as paper:
        answer = paper.get(f"/a/{row.id}")
        assert answer.status == 410
        assert "privacy" in answer.body.decode()
        assert "pilot boats" not in answer.body.decode()


async def test_a_takedown_taken_back_brings_the_article_back(press: Press) -> None:
    press.decide(takedown=FERRY)
    await press.run()
    assert press.row(FERRY).state is WITHDRAWN
    press.decide()
    await press.run()
    assert (press.row(FERRY).state, press.row(FERRY).mode) == (PUBLISHED, Mode.FULL)
    assert text(press, FERRY) == WHOLE


async def test_a_basis_that_is_withdrawn_takes_the_words_away_at_once(press: Press) -> None:
    await press.run()
    press.decide(basis=NONE)
    await press.run()
    row = press.row(FERRY)
    assert (row.state, row.mode, row.lead, row.words) == (PUBLISHED, Mode.LINK, "", 0)
    assert [reason.signal for reason in row.reasons] == ["basis"]
    assert text(press, FERRY) == ""
    assert found(press, "pilot boats") == []
    assert found(press, "ferry harbour") == [row.id]
    assert press.asked(FERRY) == 1
    assert verify_published(press.settings, None, SilentReport()).problems == []


async def test_a_basis_that_is_recorded_shows_the_words_without_asking_again(press: Press) -> None:
    press.decide(basis=NONE)
    await press.run()
    assert (press.row(FERRY).mode, text(press, FERRY)) == (Mode.LINK, "")
    press.decide(basis=OWN)
    await press.run()
    assert (press.row(FERRY).mode, text(press, FERRY)) == (Mode.FULL, WHOLE)
    assert press.asked(FERRY) == 1
    assert verify_published(press.settings, None, SilentReport()).problems == []


async def test_a_page_s_own_wish_holds_when_the_basis_allows_more(press: Press) -> None:
    press.write(FERRY, "Ferry stays in harbour", FERRY_TEXT, ("X-Robots-Tag", "noarchive"))
    press.decide(basis=NONE)
    await press.run()
    press.decide(basis=OWN)
    await press.run()
    row = press.row(FERRY)
    assert row.mode is Mode.EXCERPT
    assert 0 < len(text(press, FERRY)) <= 160


async def test_what_may_be_shown_changes_and_no_edit_is_told(press: Press) -> None:
    await press.run()
    for basis in (NONE, OWN, NONE, OWN):
        press.decide(basis=basis)
        await press.run()
    row = press.row(FERRY)
    assert (row.revision, row.headline_edits, row.word_edits) == (1, 0, 0)
    assert text(press, FERRY) == WHOLE
    with press.store() as store, store.connect() as c:
        (only,) = articles.revisions(c, row.id)
    assert only.kind is RevisionKind.FIRST


async def test_a_site_made_public_shows_no_more_than_links(press: Press) -> None:
    press.decide(basis=NONE, public=False)
    await press.run()
    assert press.row(FERRY).mode is Mode.FULL
    press.decide(basis=NONE, public=True)
    await press.run()
    assert (press.row(FERRY).mode, text(press, FERRY)) == (Mode.LINK, "")


async def test_a_publisher_shown_no_more_is_withdrawn_and_can_come_back(press: Press) -> None:
    await press.run()
    press.decide(basis=replace(OWN, mode=Mode.OFF))
    await press.run()
    assert (press.row(FERRY).state, press.row(FERRY).mode) == (WITHDRAWN, Mode.OFF)
    press.decide()
    await press.run()
    assert (press.row(FERRY).state, press.row(FERRY).mode) == (PUBLISHED, Mode.FULL)


async def test_a_publisher_that_left_the_settings_is_not_asked_and_stops_nothing(
    press: Press,
) -> None:
    await press.run()
    other = replace(
        press.settings.publishers[0],
        id=PublisherId("other.example"),
        name="Other",
        domains=(),
        feeds=(),
    )
    press.decide(publishers=(other,))
    await press.run(hours=2)
    assert press.asked(FERRY) == 1
    assert press.row(FERRY).state is PUBLISHED


async def test_settings_that_did_not_change_read_nothing_again(press: Press) -> None:
    await press.run()
    before = press.row(FERRY)
    async with press.gatherer() as gatherer:
        assert gatherer.recorder.tally.recorded == 0
    assert press.row(FERRY) == before


async def test_robots_txt_changed_its_mind_and_no_edit_is_told(press: Press) -> None:
    await press.run()
    press.put(f"http://{HOST}/robots.txt", robots("User-agent: *\nDisallow: /ferry"))
    await press.run(hours=25)
    row = press.row(FERRY)
    assert (row.mode, text(press, FERRY), row.word_edits) == (Mode.LINK, "", 0)
    press.put(f"http://{HOST}/robots.txt", robots("User-agent: *\nDisallow:"))
    await press.run(hours=25 * 24)
    row = press.row(FERRY)
    assert (row.mode, text(press, FERRY), row.word_edits) == (Mode.FULL, WHOLE, 0)
