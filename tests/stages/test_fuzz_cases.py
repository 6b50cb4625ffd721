"""Nothing that anybody sends breaks a reader: what once did, sound inputs, and spoilt ones."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.readers import FOUND, READERS

QUICK = ("feed", "robots", "sitemap", "licence", "opml", "settings")


def found() -> list[object]:
    return [
        pytest.param(path.parent.name, path.read_bytes(), id=f"{path.parent.name}/{path.name}")
        for path in sorted(FOUND.glob("*/*"))
    ]


@pytest.mark.parametrize(("reader", "body"), found())
def test_what_once_broke_a_reader_breaks_it_no_more(reader: str, body: bytes) -> None:
    READERS[reader].read(body)


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_takes_what_it_is_for(reader: str) -> None:
    seeds = list(READERS[reader].seeds())
    assert seeds
    for seed in seeds:
        READERS[reader].read(seed)


@pytest.mark.parametrize("reader", QUICK)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_spoilt_input_is_read_or_refused(reader: str, data: st.DataObject) -> None:
    """A sound input with pieces cut out, doubled, and rubbish or words of its language put in."""
    one = READERS[reader]
    body = data.draw(st.sampled_from(list(one.seeds())))
    words = st.sampled_from([token.encode() for token in one.tokens])
    for _ in range(data.draw(st.integers(1, 4))):
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(body))] * 2)))
        put = data.draw(st.one_of(st.just(b""), words, st.binary(max_size=20), st.just(body)))
        body = body[:start] + put + body[end:]
    one.read(body)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000))
def test_a_spoilt_page_is_read_or_held(noise: bytes, at: int) -> None:
    body = next(READERS["page"].seeds())
    READERS["page"].read(body[:at] + noise + body[at:])
