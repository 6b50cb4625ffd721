"""What a page says about itself: headline candidates, authors, times, section, lead image.

Read from the extractor's parse, so all of it is a claim. Order of trust: JSON-LD, meta, the
page's own marks (h1, time, rel=author), and trafilatura's and htmldate's searches as rescue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from wirecopy.model import Image
from wirecopy.stages.lead_image import lead_image
from wirecopy.stages.stated import (
    Node,
    absolute,
    clean,
    first,
    is_article,
    json_nodes,
    metas_of,
    name_of,
    text_of,
    visible_text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A page's claims about itself; times aware, in UTC."""

    titles: tuple[str, ...]
    authors: tuple[str, ...]
    published: datetime | None
    updated: datetime | None
    language: str
    section: str
    description: str
    image: Image | None
    canonical: str
    site_name: str


def read_metadata(tree: HtmlElement, url: str, at: datetime | None = None) -> Metadata:
    """Read a parsed page; nothing on it can make this fail. `at` bounds a date that is searched."""
    metas = metas_of(tree)
    nodes = json_nodes(tree)
    article = next((node for node in nodes if is_article(node)), {})
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    site_name = first(metas, "og:site_name", "application-name") or name_of(
        article.get("publisher"), by_id
    )
    return Metadata(
        titles=_titles(tree, metas, article, site_name),
        authors=_authors(tree, metas, article, by_id),
        published=_published(tree, metas, article, url, at),
        updated=_updated(metas, article),
        language=_language(tree, metas, article),
        section=_section(metas, article),
        description=first(metas, "og:description", "description", "twitter:description"),
        image=lead_image(tree, metas, article, by_id, url),
        canonical=_canonical(tree, metas, url),
        site_name=site_name,
    )


# ---------------------------------------------------------------- headline


def _titles(
    tree: HtmlElement, metas: Mapping[str, list[str]], article: Node, site_name: str
) -> tuple[str, ...]:
    """Candidates, best first: an h1 that the page's own data repeats, then headline, then title."""
    headline = text_of(article.get("headline"))
    shared = first(metas, "og:title", "twitter:title")
    element = next(tree.iter("title"), None)
    page_title = clean(element.text_content()) if element is not None else ""
    stated = _folded(" ".join((headline, shared, page_title)))
    headings = [visible_text(h1) for h1 in tree.iter("h1")][:20]
    repeated = [h1 for h1 in headings if len(h1) > 3 and _folded(h1) in stated]
    repeated = [h1 for h1 in repeated if _folded(h1) != _folded(site_name)]
    repeated.sort(key=lambda h1: -len(h1))  # a section's or the site's name may be an h1 as well
    bare = [_without_site(title, site_name) for title in (shared, page_title)]
    candidates = [*repeated, headline, *bare, *headings, shared, page_title]
    return tuple(dict.fromkeys(title for title in candidates if title))


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


_PARTS = re.compile(r"\s+[|\-–—―·•»«>:/~]+\s+|\s*\|\s*")


def _without_site(title: str, site_name: str) -> str:
    """A shared title less the site's name, or less its last short part."""
    cuts = [match for match in _PARTS.finditer(title) if match.start() > 0]
    site = _folded(site_name)
    for cut in cuts:
        if site and _folded(title[cut.end() :]).startswith(site):
            return title[: cut.start()]
    if site and cuts and _folded(title[: cuts[0].start()]) == site:
        return title[cuts[0].end() :]
    if cuts and "|" in cuts[-1][0] and len(title) - cuts[-1].end() < 40:
        return title[: cuts[-1].start()]
    return title


# ---------------------------------------------------------------- authors

_BYLINES = (
    "author",
    "article:author",
    "byl",
    "authors",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "dc:creator",
    "citation_author",
    "og:author",
    "og:article:author",
    "byline",
    "creator",
    "cxenseparse:author",
)
_BY = re.compile(r"^(?:by|von|par|por|di|door|av|af|text|texto|opinion by)\b:?\s+", re.IGNORECASE)
_AND = re.compile(
    r"\s*[;|]\s*|\s*,\s+(?!(?:Jr|Sr|MD|PhD|Ph\.D)\b)|\s+(?:and|und|&)\s+", re.IGNORECASE
)
_NO_NAME = re.compile(
    r"^(?:admin|administrator|editor|staff|redaktion|redacci[oó]n|author|none|null|undefined|guest)$"
    r"|^https?:|^www\.|[@<>{}]|\.(?:com|org|net|de)$",
    re.IGNORECASE,
)
_MOST_AUTHORS = 12


def _authors(
    tree: HtmlElement, metas: Mapping[str, list[str]], article: Node, by_id: Mapping[str, Node]
) -> tuple[str, ...]:
    names = _people(article.get("author") or article.get("creator"), by_id)
    if not names:
        names = [name for key in _BYLINES for name in _names(metas.get(key, ()))]
    if not names:
        marked = tree.xpath('.//a[@rel="author"] | .//*[@itemprop="author"]//*[@itemprop="name"]')
        names = _names([visible_text(element) for element in marked[:_MOST_AUTHORS]])
    if not names:
        names = _names((extract_author(tree) or "").split("; "))  # copies the tree: last
    return tuple(dict.fromkeys(names))[:_MOST_AUTHORS]


def _people(value: Any, by_id: Mapping[str, Node]) -> list[str]:
    people = value if isinstance(value, list) else [value]
    return _names([name_of(person, by_id) for person in people])


def _names(literals: Sequence[str]) -> list[str]:
    """Names out of bylines: "By A and B" is two."""
    found: list[str] = []
    for literal in literals:
        for name in _AND.split(_BY.sub("", clean(unescape(literal)))):
            name = name.strip(" ,.;:|-")
            if 2 < len(name) <= 80 and not _NO_NAME.search(name):
                found.append(name)
    return found


# ---------------------------------------------------------------- times

_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "dcterms.created",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "sailthru.date",
    "publish-date",
    "pubdate",
    "ptime",
    "date",
)
_UPDATED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "last-modified",
    "lastmod",
    "utime",
)
_FAR = "2100-01-01"  # htmldate's own limit is the clock's today, which a replay has not
_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[T ]+(\d\d?):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE,
)


def _published(
    tree: HtmlElement, metas: Mapping[str, list[str]], article: Node, url: str, at: datetime | None
) -> datetime | None:
    literals = [text_of(article.get("datePublished")), text_of(article.get("dateCreated"))]
    literals += [first(metas, key) for key in _PUBLISHED]
    literals += [element.get("datetime") or "" for element in _times(tree)]
    stated = next((when for literal in literals if (when := to_utc(literal))), None)
    return stated or _search_date(tree, url, at)


def _updated(metas: Mapping[str, list[str]], article: Node) -> datetime | None:
    literals = [text_of(article.get("dateModified")), *(first(metas, key) for key in _UPDATED)]
    return next((when for literal in literals if (when := to_utc(literal))), None)


def _times(tree: HtmlElement) -> list[HtmlElement]:
    """The page's marked times, those that say "published" first."""
    marked = [element for element in tree.iter("time") if element.get("datetime")][:10]
    says = [
        element
        for element in marked
        if element.get("pubdate") is not None
        or "publi" in f"{element.get('itemprop')} {element.get('class')}".lower()
    ]
    return says or (marked if len(marked) == 1 else [])


def _search_date(tree: HtmlElement, url: str, at: datetime | None) -> datetime | None:
    """The day as htmldate finds it in address, markup or text; not after the capture."""
    try:
        found = find_date(
            copy(tree),  # it prunes what it is given
            url=url,
            original_date=True,
            extensive_search=True,
            max_date=at.date().isoformat() if at else _FAR,
        )
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None
    return to_utc(found or "")


def to_utc(literal: str) -> datetime | None:
    """An ISO 8601 time, as loosely as publishers write it; without a zone it is taken as UTC."""
    match = _ISO.match(literal.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        when = datetime.combine(
            date(int(year), int(month), int(day)),
            time(int(hour or 0), int(minute or 0), int(second or 0)),
            tzinfo=UTC,
        )
        if zone and zone[0] in "+-":
            digits = zone[1:].replace(":", "").ljust(4, "0")
            offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
            when = when - offset if zone[0] == "+" else when + offset
    except (ValueError, OverflowError):
        return None
    return when if when.year >= 1990 else None


# ---------------------------------------------------------------- the rest


def _language(tree: HtmlElement, metas: Mapping[str, list[str]], article: Node) -> str:
    """The declared language's primary tag (BCP 47), "" when none."""
    root = tree.getroottree().getroot()
    said = (
        root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or root.get("xml:lang")
        or text_of(article.get("inLanguage"))
        or first(metas, "og:locale", "content-language", "language", "dc.language")
    )
    tag = re.split(r"[-_,;\s]", said.strip())[0].lower()
    return tag if re.fullmatch(r"[a-z]{2,3}", tag) else ""


def _section(metas: Mapping[str, list[str]], article: Node) -> str:
    return text_of(article.get("articleSection")) or first(
        metas, "article:section", "parsely-section", "og:section", "section", "cxenseparse:category"
    )


def _canonical(tree: HtmlElement, metas: Mapping[str, list[str]], url: str) -> str:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return absolute(url, link.get("href") or "")
    return absolute(url, first(metas, "og:url"))
