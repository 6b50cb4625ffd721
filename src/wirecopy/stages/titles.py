"""The headline: what the page offers as one, best first."""

from __future__ import annotations

import re

from wirecopy.stages.stated import Stated, text_of


def titles(stated: Stated) -> tuple[str, ...]:
    """Candidates, best first: an h1 that the page's own data repeats, then headline, then title."""
    headline = text_of(stated.article.get("headline"))
    shared = stated.meta("og:title", "twitter:title")
    site = folded(stated.site_name)
    said = folded(" ".join((headline, shared, stated.page_title)))
    repeated = [h1 for h1 in stated.headings if len(h1) > 3 and folded(h1) in said]
    repeated = [h1 for h1 in repeated if folded(h1) != site]
    repeated.sort(key=lambda h1: -len(h1))  # a section's or the site's name may be an h1 as well
    bare = [without_site(title, site) for title in (shared, stated.page_title)]
    candidates = [*repeated, headline, *bare, *stated.headings, shared, stated.page_title]
    return tuple(dict.fromkeys(title for title in candidates if title))


_NO_LETTERS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Letters and digits alone, without case."""
    return _NO_LETTERS.sub("", text).casefold()


_PARTS = re.compile(r"\s+[|\-–—―·•»«>:/~]+\s+|\s*\|\s*")


def without_site(title: str, site: str) -> str:
    """A shared title less the site's name (folded), or less its last short part."""
    cuts = [match for match in _PARTS.finditer(title) if match.start() > 0]
    for cut in cuts:
        if site and folded(title[cut.end() :]).startswith(site):
            return title[: cut.start()]
    if site and cuts and folded(title[: cuts[0].start()]) == site:
        return title[cuts[0].end() :]
    if cuts and "|" in cuts[-1][0] and len(title) - cuts[-1].end() < 40:
        return title[: cuts[-1].start()]
    return title
