from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stages.cases import cases
from wirecopy.model import Basis, BasisKind, Mode, Policy, Publisher, PublisherId, Signals
from wirecopy.stages.rights import decide


def _publisher(basis: dict[str, str]) -> Publisher:
    recorded = basis.get("recorded")
    return Publisher(
        id=PublisherId("paper.example"),
        name="The Paper",
        basis=Basis(
            kind=BasisKind(basis["kind"]),
            mode=Mode(basis.get("mode", "link")),
            licence=basis.get("licence", ""),
            recorded=date.fromisoformat(recorded) if recorded else None,
        ),
    )


def _decided(case: dict[str, Any]) -> Policy:
    said = dict(case["signals"])
    if "unavailable_after" in said:
        said["unavailable_after"] = datetime.fromisoformat(said["unavailable_after"])
    given: dict[str, Any] = {
        key: case[key] for key in ("miss", "feed_miss", "status", "takedown") if key in case
    }
    if "at" in case:
        given["at"] = datetime.fromisoformat(case["at"])
    return decide(
        publisher=_publisher(case["basis"]),
        private_site=case["private_site"],
        signals=Signals(**said),
        **given,
    )


@pytest.mark.parametrize("case", cases("rights"))
def test_every_row_of_the_table_of_rights(case: dict[str, Any]) -> None:
    policy = _decided(case)
    assert policy.mode == case["mode"]
    for name, value in case["expect"].items():
        assert getattr(policy, name) == value
    if "binding" in case:
        assert [r.signal for r in policy.reasons if not r.notice] == case["binding"]
    if "notices" in case:
        assert [r.signal for r in policy.reasons if r.notice] == case["notices"]
    assert all(reason.words.endswith(".") for reason in policy.reasons)


def test_a_licence_is_named_with_its_day() -> None:
    basis = {"kind": "licence", "mode": "full", "licence": "CC BY 4.0", "recorded": "2026-11-01"}
    policy = decide(publisher=_publisher(basis), private_site=False, signals=Signals())
    assert policy.reasons[0].words == (
        "A licence is on record (CC BY 4.0), recorded on 2026-11-01: the whole text."
    )


_SIGNALS = st.builds(
    Signals,
    noindex=st.booleans(),
    nosnippet=st.booleans(),
    noarchive=st.booleans(),
    max_snippet=st.sampled_from([None, -1, 0, 50, 400]),
    noai=st.booleans(),
    paywalled=st.booleans(),
    tdm_reserved=st.booleans(),
    rsl=st.sampled_from(["", "https://paper.example/rsl.xml"]),
)


@settings(deadline=None)
@given(
    kind=st.sampled_from(list(BasisKind)),
    mode=st.sampled_from(list(Mode)),
    private=st.booleans(),
    signals=_SIGNALS,
    miss=st.sampled_from(["", "RobotsDisallow", "Refused", "Missing", "Unreachable"]),
    takedown=st.sampled_from(["", "copyright"]),
)
def test_no_signal_ever_opens_what_another_closes(
    kind: BasisKind, mode: Mode, private: bool, signals: Signals, miss: str, takedown: str
) -> None:
    publisher = _publisher({"kind": kind.value, "mode": mode.value})
    policy = decide(
        publisher=publisher, private_site=private, signals=signals, miss=miss, takedown=takedown
    )
    binding = [reason for reason in policy.reasons if not reason.notice]
    assert all(policy.mode.rank <= reason.mode.rank for reason in binding)
    if takedown or miss == "Missing":
        assert policy.mode is Mode.OFF
    if signals.paywalled or miss == "RobotsDisallow":
        assert policy.mode.rank <= Mode.LINK.rank
    if not private and kind is BasisKind.NONE:
        assert policy.mode.rank <= Mode.LINK.rank
    if not private:
        assert not any(reason.notice for reason in policy.reasons)
