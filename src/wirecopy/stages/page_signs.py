"""Signs by which a reader tells an article from a list, a shop, a forum, a service or a manual.

All are numbers a page has anyway: what its address looks like, what it declares itself to be, how
its text is spread over paragraphs, links and repeated parts, what its parts are called, and a few
words by which shops, forums and firms speak. None depends on the publisher.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

import numpy as np
import numpy.typing as npt

from wirecopy.stages.block_words import NAMES
from wirecopy.stages.blocks import (
    ABOVE,
    ELEMENT,
    FIRST,
    LAST,
    LINKED,
    LINKS,
    NAME,
    PARENT,
    Blocks,
    Name,
)
from wirecopy.stages.stated import Declared

_PROSE = 100  # characters from which a block is a paragraph, when few of them are links
_LONG = 250
_SHORT = 60  # characters; labels, buttons, prices
_LINKED = 0.35  # share of links up to which a block is prose
_A_LINK = 0.7  # share of links from which a block is a link
_READ = 4_000  # characters of prose that are looked at for words
_MOST_WORDS = 12  # of an address; more tell nothing

# ---------------------------------------------------------------- the address

_PATHS = {
    "listing": r"(?:^|/)(?:categor(?:y|ies)|tags?|topics?|hub|section|archives?|page|list|search"
    r"|browse|trending|directory|rankings?|chart)(?:/|$)",
    "forum": r"forum|thread|viewtopic|community|discuss|/t/|topic",
    "docs": r"docs?\b|documentation|manual|reference|tutorial|guide|handbook|wiki|learn|api"
    r"|en/latest",
    "shop": r"product|shop|store|collection|/p/|/c/|cart|item|/dp/|catalog|listing|sku",
    "service": r"service|solution|pricing|about|contact|compan|industr|consult|program|agency",
    "news": r"news|article|story|stories|blog|post|press|nyheter|aktuell|artikel|actualite|noticia",
}
_HOSTS = {
    "forum": r"forum|community|discuss|board",
    "docs": r"^(?:docs?|developer|wiki|help|support|learn)\.|readthedocs|gitbook",
    "news": r"blog|news",
}
_PATH_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATHS.items()}
_HOST_PATTERNS = {name: re.compile(pattern) for name, pattern in _HOSTS.items()}
_LETTERS = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"/(?:19|20)\d\d(?:/|-|\d\d)")
_FILE = re.compile(r"\.(?:html?|php|aspx?)$")


def _parts(url: str) -> SplitResult:
    """An address in parts; one that is none is a path as a whole."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def is_front(url: str) -> bool:
    """Whether an address is a site's own, which lists what is new: nothing follows the host."""
    parts = _parts(url)
    return not (parts.path.strip("/") or parts.query)


def _address(url: str) -> Iterator[tuple[str, float]]:
    parts = _parts(url)
    path = parts.path.rstrip("/")
    steps = [step for step in path.split("/") if step]
    words = [min(len(_LETTERS.findall(step)), _MOST_WORDS) for step in steps]
    yield "address steps", len(steps)
    yield "address words", max(words, default=0)
    yield "address last words", words[-1] if words else 0
    yield "address digits", sum(map(str.isdigit, path))
    yield "address query", bool(parts.query)
    yield "address year", bool(_YEAR.search(parts.path))
    yield "address file", bool(_FILE.search(path))
    for name, pattern in _PATH_PATTERNS.items():
        yield f"path of {name}", bool(pattern.search(parts.path))
    for name, pattern in _HOST_PATTERNS.items():
        yield f"host of {name}", bool(pattern.search(parts.netloc))


# ---------------------------------------------------------------- what the page declares

_DECLARED = {
    "news": {
        *("newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle"),
        *("backgroundnewsarticle", "reviewnewsarticle", "liveblogposting"),
    },
    "blog": {"blogposting"},
    "article": {"article", "report", "techarticle", "scholarlyarticle"},
    "product": {"product", "productgroup", "offer", "aggregateoffer"},
    "forum": {"discussionforumposting", "qapage", "question", "answer"},
    "list": {"itemlist", "collectionpage", "offercatalog", "searchresultspage"},
    "service": {
        *("localbusiness", "service", "professionalservice", "faqpage", "softwareapplication"),
        "course",
    },
}


def _declared(declared: Declared) -> Iterator[tuple[str, float]]:
    yield "og article", declared.kind == "article"
    yield "og website", declared.kind == "website"
    yield "og product", "product" in declared.kind
    yield "published time", declared.is_timed
    yield "author", declared.is_signed
    yield "declares types", bool(declared.types)
    for name, wanted in _DECLARED.items():
        yield f"declares {name}", not wanted.isdisjoint(declared.types)


def declares_news(declared: Declared) -> bool:
    """Whether a page says it is news: a NewsArticle, a LiveBlogPosting."""
    return not _DECLARED["news"].isdisjoint(declared.types)


# ---------------------------------------------------------------- how the text is spread

# Groups of names (see `block_words`) whose share of the page's text is a sign.
_SHARES = (
    *("article", "story", "post", "body", "content", "main", "title", "lead", "byline", "time"),
    *("share", "comment", "related", "nav", "side", "card", "tags", "search", "product", "index"),
    *("box", "hidden", "widget", "in-article", "in-main", "in-list", "in-table", "in-heading"),
    *("in-paragraph", "in-form"),
)
_BITS = {name: 1 << number for number, name in enumerate(NAMES)}
_SHARE_BITS = np.array([_BITS[name] for name in _SHARES], np.int64)
_FURNITURE = sum(
    _BITS[name]
    for name in ("nav", "footer", "in-nav", "in-footer", "header", "in-header", "cookie")
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
_CODE = frozenset(("pre", "code"))


class _Spread:
    """A page's blocks as arrays."""

    def __init__(self, blocks: Blocks) -> None:
        counts, elements = blocks.columns
        self.element = counts[ELEMENT]
        self.parent, self.first, self.last = elements[PARENT], elements[FIRST], elements[LAST]
        self.name = elements[NAME]
        self.size = np.array([len(text) for text in blocks.text], np.float64)
        self.linked = counts[LINKED].astype(np.float64)
        self.links = counts[LINKS]
        # Linked characters are counted without spaces, a seventh of most texts.
        self.link_share = np.minimum(1.0, self.linked / np.maximum(1.0, self.size * 0.85))
        own = np.array([name.marks for name in blocks.names], np.int64)[self.name]
        self.marks = (own | elements[ABOVE])[self.element]
        self.tags = [blocks.names[name].tag for name in self.name[self.element]]
        self.prose = (self.size >= _PROSE) & (self.link_share < _LINKED)
        self.body = (self.marks & _FURNITURE) == 0
        self.total = float(self.size.sum())
        self.prose_size = float(self.size[self.prose].sum())


def _spread(page: _Spread) -> Iterator[tuple[str, float]]:
    size, prose, body, total = page.size, page.prose, page.body, page.total
    body_size = max(1.0, float(size[body].sum()))
    yield "text", _log(total)
    yield "blocks", _log(len(size))
    yield "prose", _log(page.prose_size)
    yield "prose share", page.prose_size / total
    yield "prose blocks", _log(prose.sum())
    yield "long blocks", _log(((size >= _LONG) & prose).sum())
    yield "linked share", float(page.linked.sum()) / total
    yield "link blocks", float((page.link_share > _A_LINK).mean())
    yield "linked share of body", float(page.linked[body].sum()) / body_size
    yield "links of body", _log(page.links[body].sum())
    parents = page.parent[page.element]
    held = np.bincount(parents, weights=size * prose, minlength=1)
    most = int(held.argmax())
    inside = np.flatnonzero(prose & (parents == most))
    yield "one parent's prose", _log(held[most])
    yield "one parent's share", float(held[most]) / total
    yield "one parent's blocks", _log(len(inside))
    if len(inside):
        stretch = slice(int(inside[0]), int(inside[-1]) + 1)
        stretch_size = float(size[stretch].sum())
        yield "stretch share", stretch_size / total
        yield "stretch linked", float(page.linked[stretch].sum()) / stretch_size
        yield "stretch before", float(size[: stretch.start].sum()) / total
        yield "stretch blocks", _log(stretch.stop - stretch.start)


def _headings(blocks: Blocks, page: _Spread) -> Iterator[tuple[str, float]]:
    tags = page.tags
    heads = np.array([tag in _HEADINGS for tag in tags]) & page.body
    linked = heads & (page.link_share > _A_LINK)
    yield "headings", _log(heads.sum())
    yield "linked headings", _log(linked.sum())
    yield "linked headings' share", float(linked.sum()) / max(1.0, float(heads.sum()))
    yield "prose a heading", _log(page.prose_size / max(1.0, float(heads.sum())))
    first = next((text for tag, text in zip(tags, blocks.text, strict=True) if tag == "h1"), "")
    yield "first headings", tags.count("h1")
    yield "headline words", len(first.split())
    code = np.array([tag in _CODE for tag in tags])
    yield "code share", float(page.size[code].sum()) / page.total


def _names(page: _Spread) -> Iterator[tuple[str, float]]:
    held = page.size @ ((page.marks[:, None] & _SHARE_BITS) != 0)
    yield from zip((f"share of {name}" for name in _SHARES), held / page.total, strict=True)
    for name in ("time", "byline", "comment"):
        yield f"blocks of {name}", _log(((page.marks & _BITS[name]) != 0).sum())


def _repeats(blocks: Blocks, page: _Spread) -> Iterator[tuple[str, float]]:
    """The largest family of sisters: elements of one parent and one name that hold some blocks."""
    sums = np.concatenate(([0.0], np.cumsum(page.size)))
    rows = np.array([name.tag == "tr" for name in blocks.names])[page.name]
    holding = np.flatnonzero((page.last - page.first >= 2) & ~rows)
    held = sums[page.last[holding]] - sums[page.first[holding]]
    key = page.parent[holding] * len(blocks.names) + page.name[holding]
    _, family = np.unique(key, return_inverse=True)
    many = np.bincount(family, minlength=1)
    text = np.where(many > 2, np.bincount(family, held, minlength=1), 0.0)
    largest = int(text.argmax())
    most = int(many.max())
    yield "most sisters", _log(most) if most > 2 else 0.0
    yield "sisters' share", float(text[largest]) / page.total
    yield "sisters' size", _log(text[largest] / max(1, many[largest]))


# ---------------------------------------------------------------- words

# Phrases in lower case, as they stand on buttons and labels.
_PHRASES = {
    "cart": (
        *("add to cart", "add to bag", "add to basket", "add to wish", "buy now", "in stock"),
        *("in den warenkorb", "ajouter au panier", "añadir al carrito", "free shipping"),
        *("out of stock", "size guide", "sold out"),
    ),
    "service": (
        *("quote", "contact us", "request a demo", "book a", "free trial", "free consultation"),
        *("free estimate", "get started", "our services", "our team", "our clients"),
        *("testimonials", "pricing", "apply now", "why choose us", "schedule", "learn more"),
        *("call us", "faq"),
    ),
}
# The first words of labels around a post of a forum.
_POSTS = frozenset(
    (
        *("reply", "replies", "quote", "like", "joined", "posts", "re", "thread", "member"),
        *("members", "messages", "report", "registered", "senior", "views", "upvote", "follow"),
        "posted",
    )
)
_PRICE = re.compile(r"[$€£¥₹] ?\d|\d ?(?:[$€£¥₹]|(?:USD|EUR|GBP|kr|Kč|zł)\b)")
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_US = frozenset(("we", "our", "us", "you", "your"))


def _words(blocks: Blocks, page: _Spread) -> Iterator[tuple[str, float]]:
    labels = [text for text in blocks.text if len(text) < _SHORT]
    joined = "\n".join(labels)
    yield "labels of prices", _log(len(_PRICE.findall(joined)))
    yield "labels of years", _log(len(_YEARS.findall(joined)))
    joined = joined.lower()
    for name, phrases in _PHRASES.items():
        yield f"labels of {name}", _log(sum(map(joined.count, phrases)))
    firsts = [line.partition(" ")[0].rstrip(":") for line in joined.split("\n")]
    yield "labels of forum", _log(sum(map(_POSTS.__contains__, firsts)))
    prose = " ".join(blocks.text[number] for number in np.flatnonzero(page.prose)[:40])[:_READ]
    per_hundred = 100 / max(1, len(prose))
    yield "we and you", sum(map(_US.__contains__, prose.lower().split())) * per_hundred
    yield "quotation marks", sum(map(prose.count, '"“”„«')) * per_hundred
    yield "questions", prose.count("?") * per_hundred


# ---------------------------------------------------------------- all of them


def signs(url: str, declared: Declared, blocks: Blocks) -> npt.NDArray[np.float32]:
    """(signs,) numbers of one page in the order of `SIGNS`; 0 for what it does not have.

    `blocks` is what `blocks.cut` made of it.
    """
    found = [*_address(url), *_declared(declared)]
    if len(blocks):
        spread = _Spread(blocks)
        found += [
            *_spread(spread),
            *_headings(blocks, spread),
            *_names(spread),
            *_repeats(blocks, spread),
            *_words(blocks, spread),
        ]
    row = np.zeros(len(SIGNS), np.float32)
    for name, value in found:
        row[_PLACE[name]] = value
    return row


def _log(value: float) -> float:
    return math.log1p(float(value))


def _every_sign() -> tuple[str, ...]:
    """The names of all signs, told by a page that has each of them."""
    blocks = Blocks(
        text=["x" * _LONG],
        counts=[(0,) * 6],
        elements=[[0, 0, 0, 0, 0, 1, 0]],
        names=[Name("p", "", 0)],
    )
    spread = _Spread(blocks)
    found = (
        *_address(""),
        *_declared(Declared()),
        *_spread(spread),
        *_headings(blocks, spread),
        *_names(spread),
        *_repeats(blocks, spread),
        *_words(blocks, spread),
    )
    return tuple(name for name, _ in found)


SIGNS = _every_sign()
_PLACE = {name: place for place, name in enumerate(SIGNS)}
