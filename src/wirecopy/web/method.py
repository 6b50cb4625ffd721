"""What the page "How it works" says of rights and of quality; the code it tells of is named."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

# stages/rights.py
RIGHTS = (
    ("This site is private", "The full text may be shown as private use; nothing is exported."),
    ("Public site, no basis on record", "Headline, publisher, time, and our counts."),
    ("A basis on record", "Up to what the licence or permission allows, with its evidence."),
    (
        "robots.txt forbids the page, 401, 403, 451, a bot wall",
        "The page is not fetched; the headline comes from the feed.",
    ),
    ("robots.txt forbids the feed, or cannot be had", "Nothing is shown."),
    (
        "noindex, nosnippet, max-snippet, noarchive",
        "Headline only; an excerpt of at most so many characters; no full text.",
    ),
    ("Not free to read", "Headline only. Nobody here climbs walls."),
    ("Text and data mining reserved", "Headline only, and the text is not mined."),
    (
        "Licence terms for machines (RSL)",
        "As much as they grant free of charge; else the headline only, and the text is not mined.",
    ),
    ("Withdrawn by the publisher, or taken down", "Gone at the next reading; 410 and a tombstone."),
)


class Quality(NamedTuple):
    """One figure that a benchmark measured; F1 values, 0..1."""

    what: str
    f1: float
    spread: str  # the middle 95 %, whole stories drawn anew; "" where it was not worked out
    how: str
    peers: str


_STREAMS = {
    "allsides by timestamp": "Stories: round-ups of two or three publishers, with texts",
    "allsides by timestamp_dense": "Stories: the same, ten years laid over three weeks",
    "uci by timestamp": "Stories: headlines alone, a few large stories",
    "copies": "Copies: excerpts, shortened, edited and extended texts",
}
_PEERS = {
    "tfidf": "online TF-IDF with decay",
    "dbscan": "DBSCAN",
    "textclust": "TextClust",
    "datasketch": "datasketch",
    "gaoya": "gaoya",
    "rensa": "rensa",
}


@lru_cache(maxsize=1)
def quality() -> tuple[Quality, ...]:
    """What `python -m bench ... --publish` measured last."""
    text = resources.files("wirecopy.web").joinpath("measured.json").read_text("utf-8")
    measured = json.loads(text)
    return tuple(_told(what, measured[name]) for name, what in _STREAMS.items() if name in measured)


def _told(what: str, row: dict[str, Any]) -> Quality:
    checked = row.get("cross_validated")
    counted = f"{row.get('articles') or row.get('documents'):,} articles"
    how = "settings chosen on the same stream"
    if checked:
        how = "cross-validated: no story was trained on that it is measured on"
    if "hard_negatives_joined" in row:
        how = f"{row['hard_negatives_joined']:.1%} of different texts on one event joined"
    return Quality(
        what=f"{what} ({counted})",
        f1=checked["f1"] if checked else row["f1"],
        spread=f"{row['f1_low']:.2f} to {row['f1_high']:.2f}" if "f1_low" in row else "",
        how=how,
        peers=", ".join(f"{_PEERS[name]} {f1:.3f}" for name, f1 in row["peers"].items()),
    )
