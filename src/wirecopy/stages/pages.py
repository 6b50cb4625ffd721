"""Pages to drafts: parse once, cut into blocks, choose those of the article, read what is stated.

A draft is a claim. Nothing of it reaches a reader before `proof` found it in the archived bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from wirecopy.model import Draft, DraftBlock, Held
from wirecopy.stages import block_scorer
from wirecopy.stages.block_choice import Choice, choose
from wirecopy.stages.block_claims import Said
from wirecopy.stages.blocks import Blocks, cut
from wirecopy.stages.decode import Decoded
from wirecopy.stages.metadata import Metadata, read_metadata
from wirecopy.stages.page_type import page_type
from wirecopy.stages.rescue import rescue
from wirecopy.stages.source import squeeze

EXTRACTOR = "wirecopy blocks 2"

# Of 746 real pages the largest has 2.2 million characters and 12,031 tags.
MAX_CHARACTERS = 5_000_000
MAX_TAGS = 100_000

# Of 2,530 real pages one leaves 12,000 tags open, the next 3,300; most of those nest nothing. A
# parse takes longer by the square of how deep tags are nested: half a second for 20,000.
MAX_OPEN = 20_000

# The confidence under which a second extractor is asked, 1 page in 100 of news; where the two agree
# less than this, the page is held back. From .5 to .6 both were right as often.
_DOUBT = 0.5
_RUN = 12  # characters that two texts must share in a row

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|div|p|article|main|section|h1)[\s>]", re.I)
_OTHER = re.compile(
    r"\s*(?:%PDF|\{|\[|<\?xml[^>]*>\s*+(?!<!doctype\s+html|<html|<!--)|<(?:rss|feed|urlset|svg)[\s>])",
    re.IGNORECASE,
)


def extract(
    decoded: Decoded,
    url: str,
    at: datetime | None = None,
    *,
    mark: Callable[[str], None] = lambda step: None,
) -> Draft | Held:
    """What the page claims to say, or why it cannot be read: "not-html", "too-large", "too-deep",
    "no-article", "unsure". `at` is the capture's time: no date that is told is after it."""
    text = decoded.text
    if refusal := _refuse(text):
        return refusal
    tree = LexborHTMLParser(text)
    page = cut(tree)
    about = read_metadata(tree, url, at, page)
    mark("extract")
    verdict = page_type(url, about.declared, page)
    mark("judge")
    chosen = _choose(page, about, text, url)
    if isinstance(chosen, Held) and page and verdict.why_not:
        return Held(reason="not-an-article", detail=verdict.why_not)
    if isinstance(chosen, Held):
        return chosen
    return Draft(
        titles=about.titles,
        authors=about.authors,
        published=about.published,
        published_day=about.published_day,
        updated=about.updated,
        language=about.language,
        section=about.section,
        description=about.description,
        image=about.image,
        blocks=chosen.blocks,
        canonical=about.canonical,
        site_name=about.site_name,
        extractor=EXTRACTOR,
        confidence=chosen.confidence,
        not_article=verdict.why_not,
        layout=chosen.layout,
    )


def _refuse(text: str) -> Held | None:
    """Counted before any parser sees the page."""
    if len(text) > MAX_CHARACTERS:
        return Held(
            reason="too-large", detail=f"{len(text):,} characters; {MAX_CHARACTERS:,} are read"
        )
    if _OTHER.match(text) or not _HTML.search(text):
        return Held(reason="not-html", detail=f"begins with {text[:40].strip()!r}")
    tags = text.count("<")
    if tags > MAX_TAGS:
        return Held(reason="too-large", detail=f"{tags:,} tags; {MAX_TAGS:,} are read")
    left_open = tags - 2 * text.count("</") if tags > MAX_OPEN else 0
    if left_open > MAX_OPEN:
        return Held(
            reason="too-deep", detail=f"{left_open:,} tags are left open; {MAX_OPEN:,} are read"
        )
    return None


def _choose(page: Blocks, about: Metadata, text: str, url: str) -> Choice | Held:
    """The article's blocks. A page of which little is sure is read by a second extractor too,
    and where the two have little in common it is held back."""
    chosen = Choice((), 0.0)
    if page:
        chosen = choose(page, block_scorer.trained().score(page, said_by(about)))
    if chosen.confidence >= _DOUBT:
        return chosen
    second = rescue(text, url)
    if not (chosen.blocks or second):
        return Held(reason="no-article", detail="no text on the page looks like an article's")
    common = _common(chosen.blocks, second)
    if common >= _DOUBT:
        return chosen
    if chosen.blocks:
        return Held(
            reason="unsure",
            detail=f"{chosen.confidence:.0%} of the words chosen are likely the article's, and a "
            f"second reading has {common:.0%} of them",
        )
    return Choice(second, chosen.confidence)


def _common(one: Sequence[DraftBlock], other: Sequence[DraftBlock]) -> float:
    """The share of the runs of characters, spaces aside, that both texts have: some scripts part
    no words."""
    first, second = _runs(one), _runs(other)
    return 2 * len(first & second) / max(1, len(first) + len(second))


def _runs(blocks: Sequence[DraftBlock]) -> set[str]:
    text = squeeze("".join(block.text for block in blocks))
    return {text[at : at + _RUN] for at in range(max(0, len(text) - _RUN + 1))}


def said_by(about: Metadata) -> Said:
    """What a page's own data says of its text."""
    return Said(
        titles=about.titles,
        description=about.description,
        body=about.article_body,
        authors=about.authors,
    )
