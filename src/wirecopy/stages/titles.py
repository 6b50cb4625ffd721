"""The headline: what the page offers as one, best first."""

from __future__ import annotations

import re

from wirecopy.stages.stated import Stated, text_of

# An h1 shares this much with what the page's data calls it; a section's or the site's name does
# not. Between .3 and .6 the measured sets differ by less than they scatter.
_LEAST_SHARED = 0.3


def titles(stated: Stated) -> tuple[str, ...]:
    """Candidates, best first: an h1 that its data tells again, then headline, then title.

    Where a news article's data and what the page shares agree on other words than its h1 (often a
    longer one, with a kicker), those are its headline.
    """
    headline = text_of(stated.article.get("headline"))
    shared = stated.meta("og:title", "twitter:title")
    site = folded(stated.site_name)
    bare = [without_site(title, site) for title in (shared, stated.page_title)]
    told = _told_again(stated.headings, [headline, *bare], {site, folded(stated.own_host)})
    first = [told]
    if stated.is_news and headline:
        if folded(headline) == folded(bare[0]) != folded(told):
            first = [headline, told]
        else:
            first = [_punctuated(told, [headline, bare[0]]), told]
    candidates = [*first, headline, *bare, *stated.headings, shared, stated.page_title]
    return tuple(dict.fromkeys(title for title in candidates if title))


def _told_again(headings: list[str], titles: list[str], sites: set[str]) -> str:
    """The h1 that shares most words with a title, "" when none shares enough."""
    said = [words for title in titles if (words := _words(title))]
    best, most = "", 0.0
    for heading in headings:
        if len(heading) > 3 and folded(heading) not in sites:
            words = _words(heading)
            shared = max((_likeness(words, other) for other in said), default=0.0)
            if shared > most + 1e-9:
                best, most = heading, shared
    return best if most >= _LEAST_SHARED else ""


def _likeness(words: set[str], other: set[str]) -> float:
    """Dice's measure, or nearly 1 for words that are all within the other's."""
    common = len(words & other)
    whole = 0.9 * common / len(words) if len(words) > 2 else 0.0
    return max(2 * common / (len(words) + len(other)), whole)


def _punctuated(heading: str, titles: list[str]) -> str:
    """The same words with the colon or dash that a line of their own stands for in the h1."""
    plain = folded(heading)
    same = (title for title in titles if folded(title) == plain and len(title) > len(heading))
    return next(same, heading)


_WORD = re.compile(r"[^\W_]+")
_NO_LETTERS = re.compile(r"[\W_]+")


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


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
