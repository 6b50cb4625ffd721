"""Every field that an XML feed carries, by lxml: RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0.

The bytes have been bounded before (`feeds_bounds`). Markup is given as it stands: cleaning it is
for those who show it.
"""

from __future__ import annotations

import base64
import codecs
import html
import re
from datetime import datetime
from html.entities import html5
from urllib.parse import urljoin

from lxml import etree

from wirecopy.stages.feeds_dates import read_date
from wirecopy.stages.feeds_fields import ParsedEntry, ParsedFeed
from wirecopy.stages.feeds_values import once

_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?([\w.:-]+)")
_DECLARED = re.compile(rb"(?i)\A\s*<\?xml[^>]*?\bencoding\s*=\s*[\"']([\w.:-]+)")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?\]\]>|&(?!#[0-9]+;|#[xX][0-9a-fA-F]+;|(?:amp|lt|gt|quot|apos);)(\w+;)?", re.S
)
_MAIL_AND_NAME = re.compile(
    r"\s*[^\s@]+@[^\s@(]+\s*\(([^()]+)\)\s*|([^<>]+?)\s*<[^\s@]+@[^\s@>]+>\s*"
)
_ITEM = re.compile(r"(?i)<(?:\w+:)?(?:item|entry)\b")
_WORDS = re.compile(r"text/|.*[/+]xml")
_START = re.compile(r"<[A-Za-z][^<>]*>")
_UNQUOTED = re.compile(r"(\s[\w:.-]++=)([^\s\"'<>]++)")
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
)
_KNOWN = {"media", "itunes", "dc", "dcterms", "content", "xhtml", "rdf", "feedburner", "sy"}
_FORMATS = {"feed": "atom", "rdf:rdf": "rdf"}  # by the root's name
_XML = "{http://www.w3.org/XML/1998/namespace}"
_Node = etree._Element
_Kids = dict[str, list[_Node]]


def parse_xml(body: bytes, content_type: str, url: str) -> ParsedFeed | None:
    """What bounded XML says; None when no feed is left in it.

    `url` is the base of relative addresses, "" leaves them as they are.
    """
    text = _DECLARATION.sub("", _AMPERSAND.sub(_reference, _decoded(body, content_type)), count=1)
    root = _tree(text, url)
    # A root whose attributes stand without quotes is lost to libxml2, and all entries with it.
    if root is None or (not any(map(_is_item, root.iter())) and _ITEM.search(text)):
        root = _tree(_START.sub(_quoted, text), url)
    if root is None:
        return None
    _at_home(root)
    top = _kids(root)
    channel = top.get("channel", [root])[0]
    kids = _kids(channel) if channel is not root else top
    rows = [node for node in root.iter() if _is_item(node) and not _is_inside(node)]
    language = (
        _text(kids, "language", "dc:language")
        or channel.get(_XML + "lang", "")
        or root.get(_XML + "lang", "")
    )
    entries = tuple(_entry(row, url, language) for row in rows)
    return ParsedFeed(
        title=_markup(kids, "title", "dc:title"),
        link=_link(kids, url),
        language=language,
        ttl=_text(kids, "ttl"),
        skip_hours=_each(kids, "skiphours", "hour"),
        skip_days=_each(kids, "skipdays", "day"),
        update_period=_text(kids, "sy:updateperiod"),
        update_frequency=_text(kids, "sy:updatefrequency"),
        named_url=_related(kids, url, "self"),
        new_url=_text(kids, "itunes:new-feed-url"),
        next_page=_related(kids, url, "next") or _related(kids, url, "prev-archive"),
        hub=_related(kids, url, "hub"),
        format=_FORMATS.get(_name(root.tag), "rss"),
        entries=entries,
    )


def _tree(text: str, url: str) -> _Node | None:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8", load_dtd=False,
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser, base_url=url)
    except etree.XMLSyntaxError:  # nothing at all was left to recover
        return None


def _quoted(match: re.Match[str]) -> str:
    return _UNQUOTED.sub(r'\1"\2"', match[0])


def _at_home(root: _Node) -> None:
    """Elements of a root's own namespace are the feed's, whatever its address."""
    space = etree.QName(root).namespace
    if not space or any(part in space.lower() for part, _ in _NAMESPACES):
        return
    home = f"{{{space}}}"
    for node in root.iter():
        if isinstance(node.tag, str):
            node.tag = node.tag.removeprefix(home)


def _decoded(body: bytes, content_type: str) -> str:
    """The feed's characters: byte order mark, header, declaration, and then what fits the bytes."""
    if body.startswith(codecs.BOM_UTF8):
        return body[3:].decode("utf-8", "replace")
    declared, header = _DECLARED.match(body), _CHARSET.search(content_type)
    said = [header[1]] if header else []
    said += [declared[1].decode("ascii", "replace")] if declared else []
    for name in [*said, "utf-8", "cp1252"]:
        low = name.lower()
        if re.match(r"utf-?(?:7|16|32)|ucs", low):  # recoded before; UTF-7 never
            continue
        low = {"iso-8859-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}.get(low, low)
        try:
            return body.decode(low)
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("utf-8", "replace")


def _reference(match: re.Match[str]) -> str:
    """HTML's named characters, and ampersands that nobody escaped, as XML knows them."""
    if match[0].startswith("<"):
        return match[0]
    name = match[1] or ""
    return html5[name] if name in html5 else "&amp;" + name


_NAMES: dict[str, str] = {}  # tag as lxml gives it -> name; bounded below


def _name(tag: str) -> str:
    known = _NAMES.get(tag)
    if known is not None:
        return known
    if len(_NAMES) > 2_000:
        _NAMES.clear()
    prefix, local = "", tag
    if tag.startswith("{"):
        space, _, local = tag[1:].partition("}")
        low = space.lower()
        prefix = next((name for part, name in _NAMESPACES if part in low), f"{low}:")
    elif ":" in tag:  # an undeclared prefix
        prefix, _, local = tag.rpartition(":")
        prefix = prefix.lower() + ":" if prefix.lower() in _KNOWN else ""
    name = _NAMES[tag] = prefix + local.lower()
    return name


def _is_item(node: _Node) -> bool:
    return isinstance(node.tag, str) and _name(node.tag) in ("item", "entry")


def _is_inside(node: _Node) -> bool:
    return any(_is_item(above) for above in node.iterancestors())


def _kids(node: _Node) -> _Kids:
    found: _Kids = {}
    for kid in node:
        if isinstance(kid.tag, str):
            found.setdefault(_name(kid.tag), []).append(kid)
    return found


def _entry(row: _Node, url: str, language: str) -> ParsedEntry:
    kids = _kids(row)
    for group in kids.get("media:group", []):
        for name, nodes in _kids(group).items():
            kids.setdefault(name, []).extend(nodes)
    summary = _markup(kids, "summary", "description", "dc:description", "media:description",
                      "itunes:summary", "itunes:subtitle")  # fmt: skip
    content = _markup(
        kids, "content:encoded", "content", "xhtml:body", "body", "xhtml:div", "fullitem"
    )
    if not content and "summary" in kids and "description" in kids:
        content = _markup(kids, "description")
    link, guid = _link(kids, url), _text(kids, "guid", "id")
    if not link and guid.startswith(("http://", "https://")) and "guid" in kids:
        lasting = kids["guid"][0].get("isPermaLink") or "true"
        link = guid if lasting.lower() != "false" else ""
    updated = _date(kids, "updated", "modified", "dcterms:modified", "dc:modified", "dc:date")
    return ParsedEntry(
        id=guid or row.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", ""),
        title=_markup(kids, "title", "dc:title", "media:title", "itunes:title"),
        link=link,
        published=_date(
            kids,
            "published",
            "pubdate",
            "issued",
            "dcterms:issued",
            "dc:date",
            "created",
            "dcterms:created",
        ),
        updated=updated,
        authors=_authors(kids),
        summary=summary,
        content=content,
        categories=once(
            node.get("term") or _own(node) for node in _all(kids, "category", "dc:subject")
        ),
        enclosures=once(
            _resolved(node, node.get(key, ""), url)
            for node, key in [
                *((node, "url") for node in kids.get("enclosure", [])),
                *((n, "href") for n in kids.get("link", []) if _rel(n) == "enclosure"),
            ]
        ),
        images=_images(kids, url),
        language=_language(row, kids) or language,
    )


def _language(row: _Node, kids: _Kids) -> str:
    """Of the item or of its headline."""
    said = [node.get(_XML + "lang") for node in (*kids.get("title", [])[:1], row)]
    return next((tag for tag in said if tag), "") or _text(kids, "dc:language")


def _images(kids: _Kids, url: str) -> tuple[str, ...]:
    found = [(node, node.get("url", "")) for node in kids.get("media:thumbnail", [])]
    for node in kids.get("media:content", []):
        if node.get("medium") == "image" or (node.get("type") or "").startswith("image/"):
            found.append((node, node.get("url", "")))
        thumbs = _kids(node).get("media:thumbnail", [])
        found.extend((thumb, thumb.get("url", "")) for thumb in thumbs)
    found.extend((node, node.get("href", "")) for node in kids.get("itunes:image", []))
    found.extend(
        (node, node.get("href") or _text(_kids(node), "url") or _own(node))
        for node in kids.get("image", [])
    )
    found.extend(
        (node, node.get("url", ""))
        for node in kids.get("enclosure", [])
        if (node.get("type") or "").startswith("image/")
    )
    return once(_resolved(node, link, url) for node, link in found)


def _authors(kids: _Kids) -> tuple[str, ...]:
    for name in ("author", "dc:creator", "itunes:author", "dc:author"):
        told = []
        for node in kids.get(name, []):
            of = _kids(node)
            whole = _text(of, "name", "email") if of else _own(node)
            mail = _MAIL_AND_NAME.fullmatch(whole)
            told.append((mail[1] or mail[2]) if mail else whole)
        if found := once(told):
            return found
    return ()


def _link(kids: _Kids, url: str) -> str:
    other = ""
    for node in kids.get("link", []):
        link = _own(node) or node.get("href", "")
        if link and _rel(node) == "alternate":
            return _resolved(node, link, url)
        if link and _rel(node) not in ("self", "enclosure", "hub", "next", "replies", "edit"):
            other = other or _resolved(node, link, url)
    return other


def _related(kids: _Kids, url: str, rel: str) -> str:
    """A link of the feed's by its relation (RFC 4287, 4.2.7; RFC 5005; WebSub)."""
    links = (node for node in kids.get("link", []) if _rel(node) == rel and node.get("href"))
    return next((_resolved(node, node.get("href", ""), url) for node in links), "")


def _each(kids: _Kids, outer: str, inner: str) -> tuple[str, ...]:
    return tuple(_own(node) for all_ in kids.get(outer, []) for node in _kids(all_).get(inner, []))


def _rel(node: _Node) -> str:
    return (node.get("rel") or "alternate").lower()


def _resolved(node: _Node, link: str, url: str) -> str:
    link = link.strip()
    if not link or "://" in link[:12]:
        return link
    try:
        return urljoin(node.base or url, link)
    except ValueError:
        return link


def _own(node: _Node) -> str:
    return "".join(map(str, node.itertext())).strip()


def _all(kids: _Kids, *names: str) -> list[_Node]:
    return [node for name in names for node in kids.get(name, [])]


def _text(kids: _Kids, *names: str) -> str:
    return next((text for node in _all(kids, *names) if (text := _own(node))), "")


def _date(kids: _Kids, *names: str) -> datetime | None:
    dates = (read_date(_own(node)) for node in _all(kids, *names))
    return next((date for date in dates if date is not None), None)


def _markup(kids: _Kids, *names: str) -> str:
    return next((text for node in _all(kids, *names) if (text := _html(node))), "")


def _html(node: _Node) -> str:
    """A text construct as HTML (RFC 4287, 3.1; RSS means HTML)."""
    if len(node):
        inner = "".join(etree.tostring(kid, encoding="unicode") for kid in node)
        return (html.escape(node.text or "", quote=False) + inner).strip()
    text, kind = (node.text or "").strip(), (node.get("type") or "").lower()
    if node.get("mode") == "base64" or ("/" in kind and not _WORDS.match(kind)):
        text = _from_base64(text)  # RFC 4287, 4.1.3.3
    return html.escape(text, quote=False) if kind in ("text", "text/plain") else text


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except ValueError:  # it was called so, and is words
        return text
