"""What a page says about itself: headline candidates, authors, times, section, lead image.

Read from the extractor's parse, so all of it is a claim. Order of trust: JSON-LD, meta, the
page's own marks (h1, time, rel=author), and trafilatura's and htmldate's searches as rescue.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin

from htmldate import find_date
from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from wirecopy.model import Image

_Node = Mapping[str, Any]
_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|Posting|Review|Recipe)$")
_WHITE = " \t\n\f\r"


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


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """Read a parsed page; nothing on it can make this fail."""
    metas = _metas(tree)
    nodes = _json_nodes(tree)
    article = next((node for node in nodes if _is_article(node)), {})
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    site_name = _first(metas, "og:site_name", "application-name") or _name_of(
        article.get("publisher"), by_id
    )
    return Metadata(
        titles=_titles(tree, metas, article, site_name),
        authors=_authors(tree, metas, article, by_id),
        published=_published(tree, metas, article, url),
        updated=_updated(metas, article),
        language=_language(tree, metas, article),
        section=_section(metas, article),
        description=_first(metas, "og:description", "description", "twitter:description"),
        image=_image(tree, metas, article, by_id, url),
        canonical=_canonical(tree, metas, url),
        site_name=site_name,
    )


# ---------------------------------------------------------------- raw material


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    """Contents by lower-case name, property or itemprop."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = _clean(element.get("content") or "")
        if content:
            for label in ("property", "name", "itemprop", "http-equiv"):
                if key := (element.get(label) or "").strip().lower():
                    found.setdefault(key, []).append(content)
    return found


def _first(metas: Mapping[str, list[str]], *keys: str) -> str:
    return next((metas[key][0] for key in keys if key in metas), "")


def _clean(text: str) -> str:
    return re.sub(r"[ \t\n\f\r]+", " ", text).strip(_WHITE)


def _json_nodes(tree: HtmlElement) -> list[_Node]:
    """Every object of the page's JSON-LD, outer before inner."""
    nodes: list[_Node] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            nodes.extend(_flat(_parse_json(script.text)))
    return nodes


def _parse_json(text: str) -> Any:
    text = re.sub(r"^\s*(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>\s*$|^\s*<!--|-->\s*$", "", text)
    text = text.strip().rstrip(";")
    for repaired in (text, re.sub(r",\s*([}\]])", r"\1", text)):
        try:
            return json.loads(repaired, strict=False)
        except (ValueError, RecursionError):
            continue
    return _salvage(text)


_PAIR = re.compile(
    r'"(headline|datePublished|dateModified|articleSection|description|inLanguage)"\s*:\s*'
    r'("(?:[^"\\]++|\\.)*+")'
)
_AUTHOR = re.compile(r'"author"\s*:\s*[\[{][^\]]{0,500}?"name"\s*:\s*("(?:[^"\\]++|\\.)*+")')


def _salvage(text: str) -> _Node:
    """The members that matter, from JSON-LD that is not JSON."""
    found: dict[str, Any] = {}
    for key, literal in [*_PAIR.findall(text), *(("author", x) for x in _AUTHOR.findall(text))]:
        try:
            found.setdefault(key, json.loads(literal, strict=False))
        except ValueError:
            continue
    return {"@type": "Article", **found} if "headline" in found else {}


def _flat(value: Any, depth: int = 0) -> Iterator[_Node]:
    if depth > 8:
        return
    if isinstance(value, list):
        for item in value[:500]:
            yield from _flat(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for item in value.values():
            if isinstance(item, dict | list):
                yield from _flat(item, depth + 1)


def _is_article(node: _Node) -> bool:
    kinds = node.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    is_article = any(isinstance(kind, str) and _ARTICLE.search(kind) for kind in named)
    return is_article and any(node.get(key) for key in ("headline", "datePublished", "author"))


def _text(value: Any) -> str:
    """A JSON-LD string, references resolved; many publishers escape twice."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    return _clean(unescape(value)) if isinstance(value, str) else ""


def _name_of(value: Any, by_id: Mapping[str, _Node]) -> str:
    if isinstance(value, dict) and "name" not in value:
        value = by_id.get(str(value.get("@id")), value)
    return _text(value)


# ---------------------------------------------------------------- headline


def _titles(
    tree: HtmlElement, metas: Mapping[str, list[str]], article: _Node, site_name: str
) -> tuple[str, ...]:
    """Candidates, best first: an h1 that the page's own data repeats, then headline, then title."""
    headline = _text(article.get("headline"))
    shared = _first(metas, "og:title", "twitter:title")
    element = next(tree.iter("title"), None)
    page_title = _clean(element.text_content()) if element is not None else ""
    stated = _folded(" ".join((headline, shared, page_title)))
    headings = [_visible(h1) for h1 in tree.iter("h1")][:20]
    repeated = [h1 for h1 in headings if len(h1) > 3 and _folded(h1) in stated]
    repeated = [h1 for h1 in repeated if _folded(h1) != _folded(site_name)]
    repeated.sort(key=lambda h1: -len(h1))  # a section's or the site's name may be an h1 as well
    bare = [_without_site(title, site_name) for title in (shared, page_title)]
    candidates = [*repeated, headline, *bare, *headings, shared, page_title]
    return tuple(dict.fromkeys(title for title in candidates if title))


def _visible(element: HtmlElement) -> str:
    """An element's text as a reader sees it: a line break or a block parts words."""
    return _clean("".join(_pieces(element)))


def _pieces(element: HtmlElement) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in ("script", "style"):
        yield " " if element.tag in ("br", "div", "p", "h2", "figcaption") else ""
        yield element.text or ""
        for child in element:
            yield from _pieces(child)
            yield child.tail or ""


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
    tree: HtmlElement, metas: Mapping[str, list[str]], article: _Node, by_id: Mapping[str, _Node]
) -> tuple[str, ...]:
    names = _people(article.get("author") or article.get("creator"), by_id)
    if not names:
        names = [name for key in _BYLINES for name in _names(metas.get(key, ()))]
    if not names:
        marked = tree.xpath('.//a[@rel="author"] | .//*[@itemprop="author"]//*[@itemprop="name"]')
        names = _names([_visible(element) for element in marked[:_MOST_AUTHORS]])
    if not names:
        names = _names((extract_author(tree) or "").split("; "))  # copies the tree: last
    return tuple(dict.fromkeys(names))[:_MOST_AUTHORS]


def _people(value: Any, by_id: Mapping[str, _Node]) -> list[str]:
    people = value if isinstance(value, list) else [value]
    return _names([_name_of(person, by_id) for person in people])


def _names(literals: Sequence[str]) -> list[str]:
    """Names out of bylines: "By A and B" is two."""
    found: list[str] = []
    for literal in literals:
        for name in _AND.split(_BY.sub("", _clean(unescape(literal)))):
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
    tree: HtmlElement, metas: Mapping[str, list[str]], article: _Node, url: str
) -> datetime | None:
    literals = [_text(article.get("datePublished")), _text(article.get("dateCreated"))]
    literals += [_first(metas, key) for key in _PUBLISHED]
    literals += [element.get("datetime") or "" for element in _times(tree)]
    return next((when for literal in literals if (when := to_utc(literal))), None) or _search_date(
        tree, url
    )


def _updated(metas: Mapping[str, list[str]], article: _Node) -> datetime | None:
    literals = [_text(article.get("dateModified")), *(_first(metas, key) for key in _UPDATED)]
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


def _search_date(tree: HtmlElement, url: str) -> datetime | None:
    """The day as htmldate finds it in address, markup or text."""
    try:
        found = find_date(
            copy(tree),  # it prunes what it is given
            url=url,
            original_date=True,
            extensive_search=True,
            max_date=_FAR,
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


def _language(tree: HtmlElement, metas: Mapping[str, list[str]], article: _Node) -> str:
    """The declared language's primary tag (BCP 47), "" when none."""
    root = tree.getroottree().getroot()
    said = (
        root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or root.get("xml:lang")
        or _text(article.get("inLanguage"))
        or _first(metas, "og:locale", "content-language", "language", "dc.language")
    )
    tag = re.split(r"[-_,;\s]", said.strip())[0].lower()
    return tag if re.fullmatch(r"[a-z]{2,3}", tag) else ""


def _section(metas: Mapping[str, list[str]], article: _Node) -> str:
    return _text(article.get("articleSection")) or _first(
        metas, "article:section", "parsely-section", "og:section", "section", "cxenseparse:category"
    )


def _canonical(tree: HtmlElement, metas: Mapping[str, list[str]], url: str) -> str:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return _absolute(url, link.get("href") or "")
    return _absolute(url, _first(metas, "og:url"))


def _absolute(base: str, href: str) -> str:
    try:
        address = urljoin(base, href.strip()) if href.strip() else ""
    except ValueError:
        return ""
    return address if address.startswith(("http://", "https://")) else ""


# ---------------------------------------------------------------- lead image

_CREDIT = re.compile(r"credit|copyright|photographer|source|agency|fuente|quelle|rights", re.I)


def _image(
    tree: HtmlElement,
    metas: Mapping[str, list[str]],
    article: _Node,
    by_id: Mapping[str, _Node],
    url: str,
) -> Image | None:
    """The lead image; caption and credit from the figure that holds it, or from JSON-LD."""
    node = _image_node(article.get("image"), by_id)
    shared = _first(metas, "og:image:secure_url", "og:image", "og:image:url", "twitter:image")
    href = _text(node.get("url") or node.get("contentUrl") or node.get("@id")) or shared
    address = _absolute(url, href)
    if not address:
        return None
    figure, alt = _figure(tree, [href, shared])
    caption, credit = _captions(figure)
    return Image(
        url=address,
        caption=caption or _text(node.get("caption")),
        credit=credit or _text(node.get("creditText") or node.get("copyrightHolder")),
        alt=alt or _first(metas, "og:image:alt", "twitter:image:alt"),
    )


def _image_node(value: Any, by_id: Mapping[str, _Node]) -> _Node:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        return by_id.get(str(value.get("@id")), value) if "url" not in value else value
    return {"url": value} if isinstance(value, str) else {}


def _figure(tree: HtmlElement, addresses: Sequence[str]) -> tuple[HtmlElement | None, str]:
    """The figure that shows the image (by its file's name) and the picture's alternative text."""
    names = {_file_name(address) for address in addresses} - {""}
    for element in list(tree.iter("img"))[:200]:
        sources = " ".join(
            value for key, value in element.attrib.items() if "src" in str(key).lower()
        )
        if any(name in sources for name in names):
            figure = next(element.iterancestors("figure"), None)
            return figure, _clean(element.get("alt") or "")
    return None, ""


def _file_name(address: str) -> str:
    name = address.split("?", 1)[0].rsplit("/", 1)[-1]
    return name if len(name) > 6 else ""


def _captions(figure: HtmlElement | None) -> tuple[str, str]:
    """Caption and credit of a figure, apart where the markup parts them."""
    caption = next(figure.iter("figcaption"), None) if figure is not None else None
    if caption is None:
        return "", ""
    for element in caption.iterdescendants():
        marks = f"{element.get('class')} {element.get('itemprop')}" if element.attrib else ""
        if _CREDIT.search(marks) and isinstance(element.tag, str):
            credit, whole = _visible(element), _visible(caption)
            if credit != whole:
                return whole.replace(credit, "").strip() if credit else whole, credit
    return _visible(caption), ""
