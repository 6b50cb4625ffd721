"""A publisher's pages together: what they share goes, and a layout that breaks is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conformance.server import page
from tests.path.press import HOST, Press
from wirecopy.model import Revision
from wirecopy.progress import SilentReport
from wirecopy.replay import replay
from wirecopy.stages import address
from wirecopy.store import alarms, articles
from wirecopy.store.alarms import AlarmRow
from wirecopy.verifying import verify_published

APPEAL = (
    "The Harbour is written by eleven people who live here, and read by everyone who does; the "
    "town council has no say in it, and neither have the owners of the ferry line."
)
PLACES = ("Corran", "Ostrey", "Sallow", "Tarn", "Wick", "Mell", "Orby", "Finch", "Dorn", "Pell")
SHELL = (
    b"<!doctype html><html><head><title>The Harbour</title></head><body><div></div></body></html>"
)


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Press]:
    async with Press(tmp_path) as press:
        yield press


def url(number: int) -> str:
    return f"http://{HOST}/council-{number}"


def title(number: int) -> str:
    return f"Council of {PLACES[number % 10]} votes on its quay number {number}"


def text(number: int) -> tuple[str, ...]:
    place = PLACES[number % 10]
    return (
        f"The council of {place} has voted by {number + 4} to three to rebuild quay number "
        f"{number} rather than to replace it, after a report found that its piers are sound.",
        f"The work in {place} is to begin in week {number + 2} and will take about fourteen "
        f"months, during which boats are led to the quay of the railway, number {number + 70}.",
        f"Opponents in {place} had argued that a new quay would cost {number + 20} thousand less "
        f"over thirty years; the report says that its own error is larger than that.",
    )


async def publish(press: Press, numbers: range, *, readable: bool = True) -> None:
    press.announce(*((url(number), title(number)) for number in numbers))
    for number in numbers:
        if readable:
            press.write(url(number), title(number), (*text(number), APPEAL))
        else:
            press.put(url(number), page(SHELL, ("Content-Type", "text/html")))
    await press.run(hours=13)


def revisions(press: Press, number: int) -> list[Revision]:
    with press.store() as store, store.connect() as c:
        return articles.revisions(c, address.article_id(url(number)))


def told(press: Press) -> list[AlarmRow]:
    with press.store() as store, store.connect() as c:
        return [each for each in alarms.lasting(c) if each.kind == alarms.LAYOUT]


async def differences(press: Press) -> list[str]:
    summary = await asyncio.to_thread(replay, press.settings, SilentReport())
    return summary.differences


async def test_what_every_page_holds_is_left_out_from_the_fourth_on(press: Press) -> None:
    await publish(press, range(6))
    with_it = [APPEAL in revisions(press, number)[-1].text for number in range(6)]
    assert sorted(with_it) == [False, False, False, True, True, True]
    proved = await asyncio.to_thread(verify_published, press.settings, None, SilentReport())
    assert proved.problems == []
    assert await differences(press) == []


async def test_what_is_learnt_later_is_no_edit_by_the_publisher(press: Press) -> None:
    await publish(press, range(6))
    before = [revisions(press, number) for number in range(6)]
    for number in range(6):  # other bytes, the same words
        press.write(url(number), title(number), (*text(number), APPEAL), ("ETag", f'"{number}"'))
    await press.run(days=1)
    await press.run(days=3)
    assert all(press.asked(url(number)) > 1 for number in range(6))
    assert [revisions(press, number) for number in range(6)] == before
    assert await differences(press) == []


async def test_a_layout_that_breaks_is_told_until_pages_are_read_again(press: Press) -> None:
    await publish(press, range(12))
    assert told(press) == []
    await publish(press, range(12, 17), readable=False)
    assert told(press) == []
    await publish(press, range(17, 22), readable=False)
    (alarm,) = told(press)
    assert alarm.subject == HOST
    assert "could not be read" in alarm.words
    assert "The text stood in article before." in alarm.words
    await publish(press, range(22, 25))
    assert told(press) == []
    assert await differences(press) == []
