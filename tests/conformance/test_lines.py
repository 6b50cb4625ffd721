"""Every line of the conformance lists has a test, or is known to have none yet."""

from __future__ import annotations

import asyncio

import pytest

from tests.conformance.by_hand import BY_HAND
from tests.conformance.lines import Line, answering, lines, missing
from tests.conformance.server import Server


def each_line() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("line", lines(), ids=lambda line: line.id)


def test_the_lists_are_whole() -> None:
    expected = [f"F{n:02}" for n in range(1, 61)] + [f"H{n:02}" for n in range(1, 49)]

    assert [line.id for line in lines()] == expected
    assert all(line.given and line.expect for line in lines())
    assert {line.part for line in lines()} == {"parsing", "fetching"}


@each_line()
def test_a_line_has_a_test_or_is_known_to_miss_one(line: Line) -> None:
    named = [test.name for test in answering() if line.id in test.ids]

    if line.id in missing():
        assert named == [], f"{line.id} is tested now: take it out of missing.txt"
    else:
        assert named != [], f"{line.id} has no test any more"


@each_line()
def test_a_line_has_a_resource_to_try_by_hand(line: Line) -> None:
    assert any(path.startswith(f"/{line.id.lower()}") for path in BY_HAND)


async def test_what_is_tried_by_hand_answers() -> None:
    never = {"/f57"}
    async with Server(BY_HAND) as server:
        for path in BY_HAND.keys() - never:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: tester.example\r\n\r\n".encode())
            async with asyncio.timeout(10):
                begun = await reader.read(12)
            assert begun[:4] in (b"HTTP", b"220 "), path
            assert begun != b"HTTP/1.1 404" or path == "/f13" or path == "/f39", path
            writer.close()


def test_every_id_in_a_tests_name_is_a_line() -> None:
    known = {line.id for line in lines()}

    assert [test.name for test in answering() if not known.issuperset(test.ids)] == []
    assert missing() <= known
