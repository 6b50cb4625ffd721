"""OPML: lists of sources, to exchange with other programmes.

`read` takes bytes that anybody may have written: no entities, no network, bounded in size, depth
(libxml2's 256) and number, only http(s) addresses. `write` gives OPML 2.0
(http://opml.org/spec2.opml); what we know beyond it stands in attributes of a namespace of our own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from lxml import etree

from wirecopy.config_keys import Wrong, country, domain, language, web_address
from wirecopy.errors import ConfigError
from wirecopy.model import Feed, Mode, Publisher, PublisherId
from wirecopy.stages.address import feed_key

NAMESPACE = "urn:x-wirecopy:opml"
MAX_BYTES = 20_000_000
MAX_OUTLINES = 100_000
MAX_TAG_BYTES = 65_536  # lxml's cost of one element grows with the square of its attributes
ENCODINGS = re.compile(r"utf-?8|us-ascii|ascii|iso-8859-\d+|windows-125\d|utf-?16(le|be)?", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """What a list holds: publishers with their feeds, and how many outlines were no use."""

    publishers: tuple[Publisher, ...]
    dropped: int  # without a web address, or doubled


def read(body: bytes, listed_in: str) -> Outlines:
    """Publishers and feeds of an OPML file, grouped by domain, in the order of the file.

    Every basis is "none": a list can say where feeds are, not what an operator may show. Raises
    ConfigError when the bytes are not a list, or past a bound.
    """
    root = _parsed(body)
    names: dict[str, Publisher] = {}
    feeds: dict[str, dict[str, Feed]] = {}
    dropped = 0
    for number, outline in enumerate(root.iter("outline")):
        if number >= MAX_OUTLINES:
            raise _refused(f"has more than {MAX_OUTLINES:,} outlines")
        url = outline.get("xmlUrl", outline.get("xmlurl"))
        if url is None:
            continue  # a folder
        url = url.strip()
        publisher = _publisher(outline, url)
        if publisher is None or feed_key(url) in feeds.get(publisher.id, {}):
            dropped += 1
            continue
        names.setdefault(publisher.id, publisher)
        feeds.setdefault(publisher.id, {})[feed_key(url)] = Feed(
            url=url,
            publisher=publisher.id,
            section=_section(outline),
            listed_in=listed_in,
        )
    publishers = tuple(replace(names[name], feeds=tuple(feeds[name].values())) for name in names)
    return Outlines(publishers=publishers, dropped=dropped)


def write(publishers: Sequence[Publisher], title: str, at: datetime) -> bytes:
    """OPML 2.0, one outline a publisher with its feeds in it, UTF-8."""
    root = etree.Element("opml", version="2.0", nsmap={"wirecopy": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    etree.SubElement(head, "dateCreated").text = format_datetime(at.astimezone(UTC), usegmt=True)
    body = etree.SubElement(root, "body")
    for publisher in publishers:
        outer = etree.SubElement(body, "outline", text=publisher.name, title=publisher.name)
        for name, value in _ours(publisher):
            outer.set(f"{{{NAMESPACE}}}{name}", value)
        for feed in publisher.feeds:
            words = f"{publisher.name}: {feed.section}" if feed.section else publisher.name
            inner = etree.SubElement(outer, "outline", type="rss", text=words, title=words)
            inner.set("xmlUrl", feed.url)
            inner.set("htmlUrl", publisher.home)
            if feed.section:
                inner.set("category", f"/{feed.section}")
            if feed.language:
                inner.set("language", feed.language)
            for name, value in _ours(publisher):
                inner.set(f"{{{NAMESPACE}}}{name}", value)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _ours(publisher: Publisher) -> list[tuple[str, str]]:
    basis = publisher.basis
    # What a public site may show on this ground alone; pages can narrow it further.
    policy = basis.mode if basis.kind != "none" else Mode.LINK
    pairs = [
        ("publisher", publisher.id),
        ("name", publisher.name),
        ("country", publisher.country),
        ("basis", basis.kind.value),
        ("policy", policy.value),
        ("licence", basis.licence),
        ("evidence", basis.evidence_url),
    ]
    return [(name, value) for name, value in pairs if value]


def _parsed(body: bytes) -> etree._Element:
    if len(body) > MAX_BYTES:
        raise _refused(f"is larger than {MAX_BYTES // 1_000_000} MB")
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = body.decode("utf-16", errors="replace")
        body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode()
    declared = re.match(rb"[\xef\xbb\xbf\s]*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']+)", body[:500])
    if declared and not ENCODINGS.fullmatch(declared[1].decode("ascii", errors="replace")):
        raise _refused("is in an encoding that is not read")
    # An entity is a way to make much out of little, or to read files; a list needs none.
    if b"<!ENTITY" in body or re.search(rb"<!DOCTYPE[^>]*\[", body):
        raise _refused("declares entities, which are not read")
    if re.search(rb"<[^<]{%d}" % MAX_TAG_BYTES, body):
        raise _refused(f"has an element of more than {MAX_TAG_BYTES // 1024} KB")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,  # real lists hold bare ampersands
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refused("is not XML") from error
    if root is None or str(root.tag).rpartition("}")[2] != "opml":
        raise _refused("is not OPML")
    return root


def _refused(why: str) -> ConfigError:
    return ConfigError(f"The list {why}.", cure="Export it as OPML 2.0 from the other programme.")


def _publisher(outline: etree._Element, url: str) -> Publisher | None:
    """Whose feed an outline names; None when its addresses cannot be used."""
    try:
        web_address(url)
        home = _home(outline, url)
        # Somebody else's feed service is not the publisher: the home page's name wins.
        me = domain(_own(outline, "publisher") or urlsplit(home).hostname or "")
    except Wrong:
        return None
    parent = outline.getparent()
    name = _own(outline, "name") or outline.get("title") or outline.get("text") or ""
    if not name and parent is not None:
        name = parent.get("text", "")
    return Publisher(
        id=PublisherId(me),
        name=" ".join(name.split())[:200] or me,
        home=home,
        domains=(PublisherId(me),),
        country=_tolerant(country, _own(outline, "country")),
        language=_tolerant(language, (outline.get("language") or "").split("-")[0]),
    )


def _home(outline: etree._Element, url: str) -> str:
    home = (outline.get("htmlUrl") or outline.get("htmlurl") or "").strip()
    if home:
        try:
            return web_address(home)
        except Wrong:
            pass
    return f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/"


def _section(outline: etree._Element) -> str:
    """The first category, else the folder the outline lies in."""
    category = (outline.get("category") or "").split(",")[0].strip("/ ")
    if category:
        return category.rpartition("/")[2].lower()[:60]
    parent = outline.getparent()
    if parent is None or parent.tag != "outline" or parent.get(f"{{{NAMESPACE}}}publisher"):
        return ""
    return " ".join((parent.get("text") or "").split()).lower()[:60]


def _own(outline: etree._Element, name: str) -> str:
    return (outline.get(f"{{{NAMESPACE}}}{name}") or "").strip()


def _tolerant(reader: Callable[[str], str], value: str) -> str:
    """What `reader` makes of a value, or nothing: a list's extras are not worth a refusal."""
    try:
        return reader(value)
    except Wrong:
        return ""
