"""Answers for the archive's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from wirecopy.model import Miss, Purpose, Response

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
SOFTWARE = "wirecopy/test"
FIRST = "wirecopy-000001-2026-11-23.warc.gz"
SECOND = "wirecopy-000002-2026-11-23.warc.gz"
PAGE = b"<!doctype html><title>Ferry runs again</title><p>The ferry runs again.\r\n\r\n</p>"


def answer(number: int = 1, **given: Any) -> Response:
    url = f"http://harbour.example/{number}"
    fields: dict[str, Any] = {
        "url": url,
        "final_url": url,
        "purpose": Purpose.PAGE,
        "status": 200,
        "headers": (("Content-Type", "text/html; charset=utf-8"),),
        "body": PAGE + str(number).encode(),
        "at": NOON + timedelta(seconds=number),
    }
    return Response(**fields | given)


def miss(number: int = 1, **given: Any) -> Miss:
    fields: dict[str, Any] = {
        "url": f"http://harbour.example/{number}",
        "purpose": Purpose.PAGE,
        "at": NOON + timedelta(seconds=number),
        "reason": "RobotsDisallow",
        "detail": "robots.txt forbids /private",
    }
    return Miss(**fields | given)
