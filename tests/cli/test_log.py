"""Logs are events with fields, one line each, without secrets."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from wirecopy import log


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_h13_an_event_is_one_line_of_json() -> None:
    out = io.StringIO()
    log.set_up(json=True, stream=out)

    log.get().info("polled", feed="https://example.org/feed", ms=12, title="two\nlines \x1b[31m")

    (line,) = out.getvalue().splitlines()
    event = json.loads(line)
    assert event.pop("at").endswith("Z")
    assert event == {
        "event": "polled",
        "level": "info",
        "feed": "https://example.org/feed",
        "ms": 12,
        "title": "two\nlines \x1b[31m",
    }


def test_h13_a_person_sees_warnings_and_no_terminal_control() -> None:
    out = io.StringIO()
    log.set_up(stream=out)

    log.get().info("polled", ms=1)
    log.get().warning("held", title="red \x1b[31m\nline")

    assert "polled" not in out.getvalue()
    assert "held" in out.getvalue()
    assert "\x1b" not in out.getvalue()
    assert len(out.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://me:pw@example.org/feed", "https://***@example.org/feed"),
        ("https://example.org/f?token=abc&page=2", "https://example.org/f?token=***&page=2"),
        ("https://example.org/f?API_KEY=abc#top", "https://example.org/f?API_KEY=***#top"),
        ("postgresql+psycopg://me:pw@host/db", "postgresql+psycopg://***@host/db"),
        ("mailto me@example.org about key=3", "mailto me@example.org about key=3"),
        ("https://example.org/monkey?sort=key", "https://example.org/monkey?sort=key"),
    ],
)
def test_h48_secrets_in_addresses_are_struck_out(given: str, kept: str) -> None:
    out = io.StringIO()
    log.set_up(json=True, stream=out)

    log.get().info("polled", feed=given)

    assert json.loads(out.getvalue())["feed"] == kept
    assert log.mask(given) == kept
