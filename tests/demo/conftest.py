"""The player, started at a fixed time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from wirecopy.demo.player import Player

START = datetime(2031, 5, 14, 9, tzinfo=UTC)  # a Wednesday


@pytest.fixture
def start() -> datetime:
    return START


@pytest.fixture
def player() -> Player:
    """Asked directly, without a socket."""
    return Player(START)


@pytest.fixture
async def live() -> AsyncIterator[Player]:
    """Listening on loopback; its slow host takes a fifth of a second."""
    async with Player(START, slow_seconds=0.2) as player:
        yield player
