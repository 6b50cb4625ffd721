"""A page's bytes -> an article word for word, or the reason why not. One pure function a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from wirecopy.model import Held, Reading, Signals, header
from wirecopy.stages import address
from wirecopy.stages.assemble import assemble
from wirecopy.stages.citations import citations
from wirecopy.stages.decode import decode
from wirecopy.stages.features import features
from wirecopy.stages.quotes import quotes
from wirecopy.stages.signals import read_signals
from wirecopy.stages.source import Source

Mark = Callable[[str], None]
"""Told the name of each step as it ends; a benchmark's stop-watch listens."""


def read_page(
    body: bytes,
    headers: tuple[tuple[str, str], ...],
    url: str,
    at: datetime,
    *,
    mark: Mark = lambda step: None,
) -> Reading | Held:
    """Decode, extract, prove and understand one page; the same bytes give the same reading."""
    # Extractor and language model take 70 MB and 0.7 s: only processes that read pages load them.
    from wirecopy.stages.language import detect
    from wirecopy.stages.pages import extract

    decoded = decode(body, header(headers, "content-type"))
    mark("decode")
    source = Source(decoded.text, decoded.charset)
    mark("tokenise")
    signals = read_signals(headers, source)
    mark("signals")
    draft = extract(decoded, url, at, mark=mark)
    mark("extract")
    if isinstance(draft, Held):
        return _held(draft, signals)
    proved = assemble(draft, source, url)
    mark("prove")
    if draft.not_article:
        title = proved.title if isinstance(proved, Held) else proved.proof.title
        proved = Held(reason="not-an-article", detail=draft.not_article, title=title)
    if isinstance(proved, Held):
        return _held(proved, signals)
    language = detect(proved.title, proved.text, draft.language)
    mark("language")
    own = _domain(url)
    reading = Reading(
        title=proved.title,
        authors=proved.authors,
        published=draft.published,
        published_day=draft.published_day,
        updated=draft.updated,
        language=language,
        section=draft.section,
        image=proved.image,
        text=proved.text,
        blocks=proved.blocks,
        proof=proved.proof,
        signals=signals,
        quotes=quotes(proved.text, proved.blocks, language),
        citations=citations(proved.text, proved.blocks, proved.links, own),
        features=features(proved.title, proved.text, language),
        canonical=draft.canonical,
        extractor=draft.extractor,
        layout=draft.layout,
    )
    mark("understand")
    return reading


def _domain(url: str) -> str:
    """The publisher's domain; "" where the address is no web address."""
    try:
        return address.domain(url)
    except ValueError:
        return ""


def _held(held: Held, signals: Signals) -> Held:
    return replace(held, signals=signals)
