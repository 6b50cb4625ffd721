"""Any value of the model, for tests of laws."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from wirecopy.model import ArticleId, Basis, Capture, Edition, Features, Revision

ARTICLE = ArticleId("article-1")

texts = st.text(max_size=40)  # U+0000 among them
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    bool: st.booleans(),
    int: st.integers(min_value=0, max_value=2**31 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False, width=32),
    date: st.dates(),
    datetime: st.datetimes(
        min_value=datetime(1600, 1, 1),  # noqa: DTZ001
        max_value=datetime(9000, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
}
SHINGLES = st.lists(st.integers(min_value=0, max_value=2**64 - 1), max_size=20).map(
    lambda found: b"".join(value.to_bytes(8, "little") for value in sorted(found))
)


def of(kind: Any, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any value of a frozen dataclass; every field is drawn, the ones with defaults too."""
    hints = typing.get_type_hints(kind)
    if kind is Features:
        given.setdefault("shingles", SHINGLES)
    fields = {
        field.name: given[field.name] if field.name in given else _any(hints[field.name])
        for field in dataclasses.fields(kind)
    }
    return st.builds(kind, **fields)


def _any(hint: Any) -> st.SearchStrategy[Any]:
    inside = typing.get_args(hint)
    if isinstance(hint, typing.NewType):
        return _any(hint.__supertype__)
    if isinstance(hint, types.UnionType):
        return st.one_of(*(_any(each) for each in inside))
    if hint is types.NoneType:
        return st.none()
    if typing.get_origin(hint) is tuple:
        if inside[-1] is Ellipsis:
            return st.lists(_any(inside[0]), max_size=4).map(tuple)
        return st.tuples(*(_any(each) for each in inside))
    if dataclasses.is_dataclass(hint):
        return of(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return PLAIN[hint]


bases = of(Basis)
editions = of(Edition)


def revisions(capture: Capture) -> st.SearchStrategy[Any]:
    """Any revision of one article, read from that capture."""
    return of(Revision, article=st.just(ARTICLE), capture=st.just(capture))
