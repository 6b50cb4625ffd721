"""Two thousand small lies about pages of our own writing, all refused."""

from __future__ import annotations

import json
from pathlib import Path

from bench.mutants import CHANGES, Article, put_to_proof
from wirecopy.model import Draft
from wirecopy.stages.assemble import Assembled, assemble
from wirecopy.stages.decode import decode
from wirecopy.stages.pages import extract
from wirecopy.stages.source import Source

CASES = Path(__file__).parent.parent / "cases" / "pages"


def articles() -> list[Article]:
    found: list[Article] = []
    for path in sorted(CASES.glob("*.json")):
        url = json.loads(path.read_text("utf-8"))["url"]
        decoded = decode(path.with_suffix(".html").read_bytes(), "text/html")
        draft = extract(decoded, url)
        assert isinstance(draft, Draft)
        done = assemble(draft, Source(decoded.text), url)
        assert isinstance(done, Assembled)
        blocks = tuple(done.text[block.start : block.end] for block in done.blocks)
        found.append(Article(path.stem, decoded.text, done.title, blocks))
    return found


def test_every_mutant_is_refused() -> None:
    table = put_to_proof(articles(), count=2000, seed=7)
    assert table["accepted"] == []
    assert table["mutants_refused"] == 2000
    assert set(table["by_kind"]) == {change.__name__ for change in CHANGES}
