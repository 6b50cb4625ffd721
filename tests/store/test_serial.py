"""What is written can be read back: values as JSON, and as rows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from tests.store import values
from tests.store.newsroom import HARBOUR_FEED, NOON, announced, capture, newsroom
from wirecopy.model import (
    Block,
    BlockKind,
    Features,
    Found,
    Image,
    Placement,
    Proof,
    Ranked,
    Reason,
    Repeat,
    Revision,
    Span,
)
from wirecopy.store import articles, captures, schema, serial, stories
from wirecopy.store.db import Store, to_json
from wirecopy.store.types import from_storable, to_storable

PAIRS = [
    (values.bases, serial.basis_json, serial.basis_of),
    (st.lists(values.of(Reason)).map(tuple), serial.reasons_json, serial.reasons_of),
    (st.lists(values.of(Block)).map(tuple), serial.blocks_json, serial.blocks_of),
    (st.lists(values.of(Span)).map(tuple), serial.spans_json, serial.spans_of),
    (values.of(Found), serial.found_json, serial.found_of),
    (values.of(Proof), serial.proof_json, serial.proof_of),
    (values.of(Repeat), serial.repeat_json, serial.repeat_of),
    (values.of(Placement), serial.placement_json, serial.placement_of),
    (st.lists(values.of(Ranked)).map(tuple), serial.ranking_json, serial.ranking_of),
    (values.of(serial.StoredImage), serial.image_json, serial.image_of),
]


@pytest.mark.parametrize(("strategy", "write", "read"), PAIRS)
@given(data=st.data())
def test_a_value_comes_back_from_json(strategy: Any, write: Any, read: Any, data: Any) -> None:
    value = data.draw(strategy)
    assert read(json.loads(to_json(write(value)))) == value


@given(values.of(Features))
def test_features_come_back_from_json_and_bytes(features: Features) -> None:
    data = json.loads(to_json(serial.features_json(features)))
    assert serial.features_of(data, features.shingles) == features


def test_a_span_is_a_pair_and_a_block_a_triple() -> None:
    blocks = (Block(kind=BlockKind.LIST_ITEM, start=3, end=9),)
    assert serial.blocks_json(blocks) == [["list-item", 3, 9]]
    assert serial.spans_json((Span(start=1, end=2), Span(start=4, end=8))) == [[1, 2], [4, 8]]


def test_an_image_that_was_not_had_has_no_file() -> None:
    image = Image(url="http://a.example/1.jpg", caption="A ferry", credit="Ada Quay", alt="")
    assert serial.image_json(image) == {
        "url": "http://a.example/1.jpg",
        "caption": "A ferry",
        "credit": "Ada Quay",
        "alt": "",
        "file": "",
        "width": 0,
        "height": 0,
    }


@given(st.text(alphabet=st.characters(codec=None, categories=None)))
def test_any_text_is_stored_and_comes_back(text: str) -> None:
    stored = to_storable(text)
    assert from_storable(stored) == text
    assert "\x00" not in stored
    stored.encode("utf-8")


@given(st.text(alphabet="\x00\ufdd0\ud800abc0123"))
def test_text_that_looks_like_our_mark_comes_back(text: str) -> None:
    assert from_storable(to_storable(text)) == text


LAWS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@LAWS
@given(data=st.data())
def test_a_revision_comes_back_from_its_rows(store: Store, data: Any) -> None:
    with store.begin() as c:
        if articles.get(c, values.ARTICLE) is None:
            newsroom(c)
            announced(c, 1)
        page = capture(7, url=HARBOUR_FEED)
        captures.add(c, page)
        written: Revision = data.draw(values.revisions(page))
        articles.add_revision(c, written)
        assert articles.latest_revision(c, values.ARTICLE) == written
        c.execute(delete(schema.revisions))


@LAWS
@given(data=st.data())
def test_features_placements_and_editions_come_back_from_their_rows(
    store: Store, data: Any
) -> None:
    with store.begin() as c:
        if articles.get(c, values.ARTICLE) is None:
            newsroom(c)
            announced(c, 1)
        features = data.draw(values.of(Features))
        articles.put_features(c, values.ARTICLE, features, NOON)
        assert [live.features for live in articles.live_features(c, NOON)] == [features]
        placement = data.draw(values.of(Placement, article=st.just(values.ARTICLE)))
        stories.place(c, placement)
        repeat = data.draw(values.of(Repeat, article=st.just(values.ARTICLE)))
        articles.set_repeat(c, repeat)
        row = articles.get(c, values.ARTICLE)
        assert row is not None
        assert (row.placement, row.story) == (placement, placement.story)
        assert (row.repeat, row.repeats) == (repeat, repeat.of)
        edition = data.draw(values.editions)
        stories.put_edition(c, edition)
        assert stories.edition(c, edition.section, edition.at) == edition
