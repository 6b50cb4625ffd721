"""Every field that a feed's tree carries: RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0.

Markup is given as it stands: cleaning it is for those who show it.
"""

from __future__ import annotations

import base64
import html
import re
from datetime import datetime
from urllib.parse import urljoin

from lxml import etree

from wirecopy.model import Licence
from wirecopy.stages.feeds_dates import read_date
from wirecopy.stages.feeds_fields import ParsedEntry, ParsedFeed
from wirecopy.stages.feeds_values import once
from wirecopy.stages.licence import placed_licence

_MAIL_AND_NAME = re.compile(
    r"\s*[^\s@]+@[^\s@(]+\s*\(([^()]+)\)\s*|([^<>]+?)\s*<[^\s@]+@[^\s@>]+>\s*"
)
_WORDS = re.compile(r"text/|.*[/+]xml")
# Namespaces known by many addresses, told apart by a word of theirs.
_NAMESPACES = (
    ("purl.org/rss/1.0/modules/content", "content:"),
    ("purl.org/rss/1.0/modules/syndication", "sy:"),
    ("purl.org/dc/terms", "dcterms:"),
    ("purl.org/dc/", "dc:"),
    ("search.yahoo.com/mrss", "media:"),
    ("itunes", "itunes:"),
    ("w3.org/2005/atom", ""),
    ("purl.org/atom", ""),
    ("purl.org/rss", ""),
    ("purl.org/net/rss", ""),
    ("netscape.com/rdf", ""),
    ("channel.netscape.com", ""),
    ("my.netscape.com", ""),
    ("backend.userland.com", ""),
    ("blogs.law.harvard.edu", ""),
    ("w3.org/1999/02/22-rdf", "rdf:"),
    ("w3.org/1999/xhtml", "xhtml:"),
    ("feedburner", "feedburner:"),
    ("googleplay", "googleplay:"),
    ("rslstandard.org/rsl", "rsl:"),
)
_KNOWN = {"media", "itunes", "dc", "dcterms", "content", "xhtml", "rdf", "feedburner", "sy", "rsl"}
_FORMATS = {"feed": "atom", "rdf:rdf": "rdf"}  # by the root's name
_ITEMS = ("item", "entry", "{*}item", "{*}entry")  # names and, for lxml, patterns
_XML = "{http://www.w3.org/XML/1998/namespace}"
_LANG = _XML + "lang"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_Node = etree._Element
_Kids = dict[str, list[_Node]]


class _Names(dict[object, str]):
    """The name of an element by its tag as lxml gives it: "dc:creator", whatever its prefix.

    `home` is a root's own namespace that nobody knows: its elements are the feed's.
    """

    def __init__(self, home: str = "") -> None:
        self._home = home

    def __missing__(self, tag: object) -> str:
        if not isinstance(tag, str):
            return ""  # a comment, an instruction, an entity that nobody declared
        if len(self) > 2_000:
            self.clear()
        name = self[tag] = self._name(tag)
        return name

    def _name(self, tag: str) -> str:
        prefix, local = "", tag
        if tag.startswith("{"):
            space, _, local = tag[1:].partition("}")
            low = space.lower()
            own = space == self._home
            prefix = "" if own else next((n for part, n in _NAMESPACES if part in low), f"{low}:")
        elif ":" in tag:  # an undeclared prefix
            prefix, _, local = tag.rpartition(":")
            prefix = prefix.lower() + ":" if prefix.lower() in _KNOWN else ""
        return prefix + local.lower()


_USUAL = _Names()


def read_tree(root: _Node, url: str) -> ParsedFeed:
    """What a feed's tree says; `url` is the base of relative addresses, "" leaves them alone."""
    names = _names(root)
    top = _kids(root, names)
    channel = top.get("channel", [root])[0]
    kids = _kids(channel, names) if channel is not root else top
    language = _text(kids, "language", "dc:language") or (
        channel.get(_LANG) or root.get(_LANG) or ""
    )
    # RFC 4287, 4.2.1: they are the authors of entries that name none.
    authors = _authors(kids, names) if names[root.tag] == "feed" else ()
    return ParsedFeed(
        title=_markup(kids, "title", "dc:title"),
        link=_link(kids, url),
        language=language,
        ttl=_text(kids, "ttl"),
        skip_hours=_each(kids, names, "skiphours", "hour"),
        skip_days=_each(kids, names, "skipdays", "day"),
        update_period=_text(kids, "sy:updateperiod"),
        update_frequency=_text(kids, "sy:updatefrequency"),
        named_url=_related(kids, url, "self"),
        new_url=_text(kids, "itunes:new-feed-url"),
        next_page=_related(kids, url, "next") or _related(kids, url, "prev-archive"),
        hub=_related(kids, url, "hub"),
        licence=_licence(kids, url, ()),
        format=_FORMATS.get(names[root.tag], "rss"),
        entries=tuple([_entry(row, names, url, language, authors) for row in items(root)]),
    )


def items(root: _Node) -> list[_Node]:
    """The items of a feed, whatever stands around them; not those inside another one."""
    names = _names(root)
    # By name first, which lxml does quickly; then in capitals, or under an undeclared prefix.
    rows = [node for node in root.iter(*_ITEMS) if names[node.tag] in _ITEMS]
    rows = rows or [node for node in root.iter() if names[node.tag] in _ITEMS]
    beside = rows[0].getparent() if rows else None
    return [row for row in rows if row.getparent() is beside or not _is_inside(row, names)]


def _is_inside(row: _Node, names: _Names) -> bool:
    return any(names[above.tag] in _ITEMS for above in row.iterancestors())


def _names(root: _Node) -> _Names:
    space, _, _ = str(root.tag).removeprefix("{").rpartition("}")
    if not space or any(part in space.lower() for part, _ in _NAMESPACES):
        return _USUAL
    return _Names(space)


def _kids(node: _Node, names: _Names) -> _Kids:
    found: _Kids = {}
    for kid in node:
        name = names[kid.tag]
        if name in found:
            found[name].append(kid)
        else:
            found[name] = [kid]
    return found


_SUMMARY = ("summary", "description", "dc:description", "media:description",
            "itunes:summary", "itunes:subtitle")  # fmt: skip
_CONTENT = ("content:encoded", "content", "xhtml:body", "body", "xhtml:div", "fullitem")
_PUBLISHED = ("published", "pubdate", "issued", "dcterms:issued", "dc:date", "created",
              "dcterms:created")  # fmt: skip
_UPDATED = ("updated", "modified", "dcterms:modified", "dc:modified", "dc:date")


def _entry(
    row: _Node, names: _Names, url: str, language: str, authors: tuple[str, ...]
) -> ParsedEntry:
    kids = _kids(row, names)
    for group in kids.get("media:group", ()):
        for name, nodes in _kids(group, names).items():
            kids.setdefault(name, []).extend(nodes)
    source = _kids(kids["source"][0], names) if "source" in kids else {}
    content = _markup(kids, *_CONTENT)
    if not content and "summary" in kids and "description" in kids:
        content = _markup(kids, "description")
    enclosures, images = _enclosures(kids, url), _images(kids, names, url)
    link, guid = _link(kids, url), _text(kids, "guid", "id")
    if not link and guid.startswith(("http://", "https://")) and "guid" in kids:
        lasting = kids["guid"][0].get("isPermaLink") or "true"
        link = guid if lasting.lower() != "false" else ""
    return ParsedEntry(
        id=guid or row.get(_ABOUT) or "",
        title=_markup(kids, "title", "dc:title", "media:title", "itunes:title"),
        link=link,
        link_original=_text(kids, "feedburner:origlink"),
        published=_date(kids, *_PUBLISHED),
        updated=_date(kids, *_UPDATED),
        authors=_authors(kids, names) or _authors(source, names) or authors,
        summary=_markup(kids, *_SUMMARY),
        content=content,
        categories=_categories(kids),
        enclosures=enclosures,
        images=images,
        language=_language(row, kids) or language,
        licence=_licence(kids, url, enclosures + images),
    )


def _language(row: _Node, kids: _Kids) -> str:
    """Of the headline or of the item."""
    for title in kids.get("title", ())[:1]:
        if said := title.get(_LANG):
            return said
    return row.get(_LANG) or _text(kids, "dc:language")


def _categories(kids: _Kids) -> tuple[str, ...]:
    nodes = (*kids.get("category", ()), *kids.get("dc:subject", ()))
    return once([node.get("term") or _own(node) for node in nodes]) if nodes else ()


def _enclosures(kids: _Kids, url: str) -> tuple[str, ...]:
    found = [(node, node.get("url", "")) for node in kids.get("enclosure", ())]
    found.extend((n, n.get("href", "")) for n in kids.get("link", ()) if _rel(n) == "enclosure")
    return once([_resolved(node, link, url) for node, link in found]) if found else ()


def _images(kids: _Kids, names: _Names, url: str) -> tuple[str, ...]:
    found = [(node, node.get("url", "")) for node in kids.get("media:thumbnail", ())]
    for node in kids.get("media:content", ()):
        if node.get("medium") == "image" or (node.get("type") or "").startswith("image/"):
            found.append((node, node.get("url", "")))
        if len(node):
            thumbs = _kids(node, names).get("media:thumbnail", ())
            found.extend((thumb, thumb.get("url", "")) for thumb in thumbs)
    found.extend((node, node.get("href", "")) for node in kids.get("itunes:image", ()))
    found.extend(
        (node, node.get("href") or _text(_kids(node, names), "url") or _own(node))
        for node in kids.get("image", ())
    )
    found.extend(
        (node, node.get("url", ""))
        for node in kids.get("enclosure", ())
        if (node.get("type") or "").startswith("image/")
    )
    return once([_resolved(node, link, url) for node, link in found]) if found else ()


_LICENCES = ("rsl:content", "rsl:license", "rsl:rsl")


def _licence(kids: _Kids, url: str, others: tuple[str, ...]) -> Licence | None:
    """The terms for machines that stand here, but those of an address among `others`."""
    found = [node for name in _LICENCES for node in kids.get(name, ())]
    if others:
        found = [node for node in found if _resolved(node, node.get("url", ""), url) not in others]
    return placed_licence(found) if found else None


def _authors(kids: _Kids, names: _Names) -> tuple[str, ...]:
    for name in ("author", "dc:creator", "itunes:author", "dc:author"):
        told = []
        for node in kids.get(name, ()):
            whole = _text(_kids(node, names), "name", "email") if len(node) else _own(node)
            mail = _MAIL_AND_NAME.fullmatch(whole) if "@" in whole else None
            told.append((mail[1] or mail[2]) if mail else whole)
        if found := once(told):
            return found
    return ()


def _link(kids: _Kids, url: str) -> str:
    other = ""
    for node in kids.get("link", ()):
        link = _own(node) or node.get("href", "")
        if not link:
            continue
        rel = _rel(node)
        if rel == "alternate":
            return _resolved(node, link, url)
        if not other and rel not in ("self", "enclosure", "hub", "next", "replies", "edit"):
            other = _resolved(node, link, url)
    return other


def _related(kids: _Kids, url: str, rel: str) -> str:
    """A link of the feed's by its relation (RFC 4287, 4.2.7; RFC 5005; WebSub)."""
    for node in kids.get("link", ()):
        href = node.get("href")
        if href and _rel(node) == rel:
            return _resolved(node, href, url)
    return ""


def _each(kids: _Kids, names: _Names, outer: str, inner: str) -> tuple[str, ...]:
    within = (_kids(node, names) for node in kids.get(outer, ()))
    return tuple([_own(node) for found in within for node in found.get(inner, ())])


def _rel(node: _Node) -> str:
    rel = node.get("rel")
    return rel.lower() if rel else "alternate"


def _resolved(node: _Node, link: str, url: str) -> str:
    link = link.strip()
    if not link or "://" in link[:12]:
        return link
    try:
        return urljoin(node.base or url, link)
    except ValueError:
        return link


def _own(node: _Node) -> str:
    text = "".join(map(str, node.itertext())) if len(node) else node.text
    return text.strip() if text else ""


def _text(kids: _Kids, *wanted: str) -> str:
    for name in wanted:
        for node in kids.get(name, ()):
            if text := _own(node):
                return text
    return ""


def _date(kids: _Kids, *wanted: str) -> datetime | None:
    for name in wanted:
        for node in kids.get(name, ()):
            if (date := read_date(_own(node))) is not None:
                return date
    return None


def _markup(kids: _Kids, *wanted: str) -> str:
    for name in wanted:
        for node in kids.get(name, ()):
            if text := _html(node):
                return text
    return ""


def _html(node: _Node) -> str:
    """A text construct as HTML (RFC 4287, 3.1; RSS means HTML)."""
    if len(node):
        inner = "".join([etree.tostring(kid, encoding="unicode") for kid in node])
        return (html.escape(node.text or "", quote=False) + inner).strip()
    text = node.text
    if not text:
        return ""
    text = text.strip()
    kind = node.get("type")
    if kind is None and node.get("mode") is None:
        return text
    kind = (kind or "").lower()
    if node.get("mode") == "base64" or ("/" in kind and not _WORDS.match(kind)):
        text = _from_base64(text)  # RFC 4287, 4.1.3.3
    return html.escape(text, quote=False) if kind in ("text", "text/plain") else text


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except ValueError:  # it was called so, and is words
        return text
