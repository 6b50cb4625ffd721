"""Which section an article stands in: the publisher's own word for it, mapped to a short list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from urllib.parse import unquote, urlsplit

SECTIONS: tuple[tuple[str, str], ...] = (
    ("world", "World"),
    ("politics", "Politics"),
    ("business", "Business"),
    ("technology", "Technology"),
    ("science", "Science"),
    ("health", "Health"),
    ("environment", "Environment"),
    ("sport", "Sport"),
    ("culture", "Culture"),
    ("society", "Society"),
    ("weather", "Weather"),
    ("opinion", "Opinion"),
)
"""Key and title of each section, in the order a newspaper has them, after IPTC Media Topics."""

_BETWEEN = re.compile(r"[\s\-_&/|,;:>+.·»]+")
_AND = frozenset({"and", "und", "et", "y", "e", "the", "news", "और", "и"})


def section(
    feed_section: str, page_section: str, categories: Sequence[str], url: str
) -> tuple[str, str]:
    """The section's key and who named it: "feed", "page", "category" or "address".

    `feed_section` is what the settings say of the feed, `page_section` what the page says of
    itself, `categories` the feed entry's. ("", "") where nobody's word is known.
    """
    labels: list[tuple[str, str]] = [("feed", feed_section), ("page", page_section)]
    labels += [("category", label) for label in categories]
    labels += [("address", label) for label in _folders(url)]
    for source, label in labels:
        key = _key(label)
        if key:
            return key, source
    return "", ""


def _key(label: str) -> str:
    """The section a label means: as a whole, else by the first word of it that is a name."""
    words = [word for word in _BETWEEN.split(unicodedata.normalize("NFC", label).lower()) if word]
    if not words or len(words) > 6:  # longer ones are headlines
        return ""
    names = _names()
    found = names.get("-".join(words))
    if found:
        return found
    return next((names[word] for word in words if word not in _AND and word in names), "")


def _folders(url: str) -> Iterator[str]:
    """The host's first part and the folders of the path, without the page's own name."""
    try:
        split = urlsplit(url)
    except ValueError:
        return
    host = (split.hostname or "").split(".")
    if len(host) > 2:
        yield host[0]
    yield from (unquote(folder) for folder in split.path.split("/")[1:-1])


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    file = resources.files("wirecopy.stages").joinpath("data/sections.txt")
    names: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        key, colon, rest = line.partition(":")
        if colon and not line.startswith("#"):
            for name in (key, *rest.split()):
                names.setdefault(name, key)
    return names
