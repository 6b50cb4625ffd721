"""What the page "How it works" says of rights; the code it tells of is named."""

from __future__ import annotations

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
    ("Text and data mining reserved, RSL terms", "Headline only, and the text is not mined."),
    ("Withdrawn by the publisher, or taken down", "Gone at the next reading; 410 and a tombstone."),
)
