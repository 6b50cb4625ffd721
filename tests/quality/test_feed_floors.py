"""Fields of real feeds stay as well read as they are; nothing dangerous survives cleaning."""

from __future__ import annotations

import hashlib
import json
import os
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from bench.feed_rows import ours
from bench.feeds import rows_of, scored
from wirecopy.stages.feeds_clean import clean

pytestmark = [pytest.mark.quality, pytest.mark.timeout(300)]

FLOORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "floors.json").read_text(encoding="utf-8")
)["feeds"]
_TAG = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[/!?]?[A-Za-z][^>]*>", re.S | re.I)


def feeds() -> Path:
    given = os.environ.get("WIRECOPY_DATA")
    if not given:
        pytest.skip("no data was given: scripts/check --data DIR")
    return Path(given) / "feeds"


def lines(path: Path, digest: str) -> list[dict[str, Any]]:
    body = path.read_bytes()
    assert hashlib.sha256(body).hexdigest() == FLOORS[digest], f"another {path.name} than measured"
    return [json.loads(line) for line in body.splitlines() if line.strip()]


def test_feeds_stay_above_their_floors() -> None:
    folder = feeds()
    expected = lines(folder / "expected.jsonl", "expected_sha256")
    bodies = {row["file"]: (folder / "files" / row["file"]).read_bytes() for row in expected}
    measured = scored(folder, rows_of(ours, bodies))
    for kind, floors in FLOORS["at_least"].items():
        for key, floor in floors.items():
            assert measured[kind][key] >= floor, f"{kind} {key} fell to {measured[kind][key]}"


def test_no_fragment_stays_dangerous_and_every_harmless_one_keeps_its_words() -> None:
    for row in lines(feeds() / "sanitize.jsonl", "sanitize_sha256"):
        cleaned = clean(row["html"])
        for element in html.fragment_fromstring(cleaned, create_parent="div").iterdescendants():
            assert element.tag not in ("script", "style", "iframe", "img", "svg", "form"), row["id"]
            assert not any(name.startswith(("on", "style")) for name in element.attrib), row["id"]
            href = "".join(element.attrib.get("href", "").split()).lower()
            assert not href.startswith(("javascript:", "vbscript:", "data:")), row["id"]
        if not row["danger"]:
            assert _letters(row["html"]) == _letters(cleaned), row["id"]


def _letters(markup: str) -> str:
    """The letters and digits that stand between tags."""
    text = unescape(_TAG.sub(" ", markup.replace("<![CDATA[", "")))
    return "".join(letter for letter in _TAG.sub(" ", text) if letter.isalnum())
