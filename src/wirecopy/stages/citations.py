"""Placeholder until the real one lands."""

from __future__ import annotations

from collections.abc import Sequence

from wirecopy.model import Block, Citation


def citations(
    text: str, blocks: Sequence[Block], links: Sequence[tuple[str, str]], own_domain: str
) -> tuple[Citation, ...]:
    return ()
