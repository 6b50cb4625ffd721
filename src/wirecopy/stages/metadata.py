"""What a page says about itself: headline candidates, authors, times, section, lead image.

Read from the tree that the whole page is parsed to once, so all of it is a claim. Order of trust:
JSON-LD, meta, the page's own marks (h1, time, rel=author), and what is printed near the headline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from selectolax.lexbor import LexborHTMLParser

from wirecopy.model import Image
from wirecopy.stages.blocks import Blocks
from wirecopy.stages.bylines import authors
from wirecopy.stages.dates_on_page import times
from wirecopy.stages.lead_image import lead_image
from wirecopy.stages.stated import Declared, Stated, absolute, read_stated, text_of
from wirecopy.stages.titles import titles


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A page's claims about itself; times aware, in UTC."""

    titles: tuple[str, ...]
    authors: tuple[str, ...]
    published: datetime | None
    published_day: date | None  # the day in the page's own zone
    updated: datetime | None
    language: str
    section: str
    description: str
    article_body: str  # JSON-LD's articleBody: often cut, a hint and no text to publish
    image: Image | None
    canonical: str
    site_name: str
    declared: Declared


def read_metadata(
    tree: LexborHTMLParser, url: str, at: datetime | None = None, page: Blocks | None = None
) -> Metadata:
    """Read a parsed page; nothing on it can make this fail. No date is after `at`, the capture.
    `page` is what `cut` made of the tree, where that is known."""
    stated = read_stated(tree, page)
    language = _language(stated)
    candidates = titles(stated)
    when = times(stated, candidates, url, language, at)
    return Metadata(
        titles=candidates,
        authors=authors(stated, candidates, url),
        published=when.published,
        published_day=when.day,
        updated=when.updated,
        language=language,
        section=_section(stated),
        description=stated.meta("og:description", "description", "twitter:description"),
        article_body=text_of(stated.article.get("articleBody")),
        image=lead_image(stated, url),
        canonical=_canonical(stated, url),
        site_name=stated.site_name,
        declared=stated.declared,
    )


def _language(stated: Stated) -> str:
    """The declared language's primary tag (BCP 47), "" when none."""
    root = stated.tree.root
    attributes = root.attributes if root is not None else {}
    said = (
        attributes.get("lang")
        or attributes.get("xml:lang")
        or text_of(stated.article.get("inLanguage"))
        or stated.meta("og:locale", "content-language", "language", "dc.language")
    )
    tag = re.split(r"[-_,;\s]", said.strip())[0].lower()
    return tag if re.fullmatch(r"[a-z]{2,3}", tag) else ""


def _section(stated: Stated) -> str:
    return text_of(stated.article.get("articleSection")) or stated.meta(
        "article:section", "parsely-section", "og:section", "section", "cxenseparse:category"
    )


def _canonical(stated: Stated, url: str) -> str:
    for link in stated.links:
        attributes = link.attributes
        if "canonical" in (attributes.get("rel") or "").lower().split():
            return absolute(url, attributes.get("href") or "")
    return absolute(url, stated.meta("og:url"))
