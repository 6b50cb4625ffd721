"""The readers that take bytes from anybody, each with what must hold of whatever it gives.

`bench fuzz` and the property tests feed them. A reader may refuse what it is given in the ways it
names; any other exception, and any broken promise, is a defect.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from wirecopy import config, opml
from wirecopy.errors import ConfigError
from wirecopy.model import Entry, FeedReading, Held, Licence, Mode, Reading
from wirecopy.pipeline import read_robots
from wirecopy.robots import read_rules
from wirecopy.stages.discover import find_feeds
from wirecopy.stages.feeds import read_feed
from wirecopy.stages.feeds_bounds import MAX_ENTRIES
from wirecopy.stages.licence import grant, of_item, read_licence, written_licence
from wirecopy.store import serial

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "http://tester.example/a/feed"
CASES = Path(__file__).resolve().parent.parent / "tests" / "cases"
FOUND = CASES / "fuzz"
"""Inputs that once broke a reader, in a folder for each; tests read them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One door for foreign bytes."""

    name: str
    read: Callable[[bytes], None]  # raises for a defect
    seeds: Callable[[], Iterator[bytes]]  # well-formed inputs to begin with
    tokens: tuple[str, ...] = ()  # words of its language, for the fuzzer's dictionary


def feed(body: bytes) -> None:
    """Any format, told apart by the bytes."""
    found = read_feed(body, "", URL, AT)
    if isinstance(found, Held):
        assert found.reason in ("not-a-feed", "broken-feed", "too-large"), found.reason
        assert found.detail
        return
    _feed_holds(found)


def sitemap(body: bytes) -> None:
    """As a feed, but that sitemaps are tried harder: rows without a root are given one."""
    if b"<urlset" not in body and b"<sitemapindex" not in body:
        body = b"<urlset>" + body + b"</urlset>"
    feed(body)


def page(body: bytes) -> None:
    """A page with all that is made of it: words, proof, rights, quotes, the feeds it names."""
    from wirecopy.stages.read import read_page  # the extractor takes 0.7 s to load

    for url in find_feeds(body, "text/html", URL):
        _is_web(url)
    found = read_page(body, (("content-type", "text/html"),), URL, AT)
    if isinstance(found, Held):
        assert found.reason
        return
    assert isinstance(found, Reading)
    _can_be_written(found.title, found.text, *found.authors)
    spans = [(block.start, block.end) for block in found.blocks]
    spans += [(quote.start, quote.end) for quote in found.quotes]
    spans += [(citation.start, citation.end) for citation in found.citations]
    assert all(0 <= start <= end <= len(found.text) for start, end in spans)


def robots(body: bytes) -> None:
    """The rules, what they say of an address, and the licence they name."""
    terms = read_robots(body)
    assert not terms.licence or terms.licence.startswith(("http://", "https://"))
    rules = read_rules(body, "wirecopy", AT)
    assert rules.allows("http://tester.example/a?b=c") in (True, False)
    assert 0 <= rules.delay_seconds <= 60
    for line in rules.sitemaps:
        assert isinstance(line, str)


def licence(body: bytes) -> None:
    """Licence terms for machines (RSL) in a file, in a page's script, and in a feed's item."""
    text = body.decode("utf-8", "replace")
    for found in (read_licence(body), written_licence(text), *_of_item(body)):
        assert serial.licence_of(serial.licence_json(found)) == found
        _can_be_written(*(rule.location + rule.asks for rule in found.rules))
        for page in (URL, "https://tester.example/news/1?a=b"):
            about = grant(of_item(found, None, page), page)
            assert about == grant(found, page)
            assert about.words
            assert found.rules or (about.mode, about.mining) == (Mode.LINK, False)


def _of_item(body: bytes) -> Iterator[Licence]:
    space = b' xmlns="https://rslstandard.org/rsl"'
    inner = body.removeprefix(b"<rsl" + space + b">").removesuffix(b"</rsl>")
    opened = b"<rss><channel><item><link>/1</link><rsl:rsl" + space + b' xmlns:rsl="'
    spaced = (
        opened + b'https://rslstandard.org/rsl">' + inner + b"</rsl:rsl></item></channel></rss>"
    )
    found = read_feed(spaced, "", URL, AT)
    for entry in found.entries if isinstance(found, FeedReading) else ():
        if entry.licence is not None:
            yield entry.licence


def outlines(body: bytes) -> None:
    """OPML, which people bring from elsewhere."""
    try:
        found = opml.read(body, "a list")
    except ConfigError:
        return
    for publisher in found.publishers:
        _can_be_written(publisher.name)
        for one in publisher.feeds:
            _is_web(one.url)


_SETTINGS = Path(tempfile.gettempdir()) / "wirecopy-fuzz"


def settings(body: bytes) -> None:
    """wirecopy.toml, which is written by hand."""
    _SETTINGS.mkdir(exist_ok=True)
    path = _SETTINGS / config.FILE_NAME
    path.write_bytes(body)
    for mistake in config.mistakes(path):
        assert mistake.cure
        _can_be_written(str(mistake))


# ---------------------------------------------------------------- what must hold


def _feed_holds(found: FeedReading) -> None:
    assert len(found.entries) <= 50_000 if "sitemap" in found.format else MAX_ENTRIES
    assert found.dropped >= 0
    for url in (found.home, found.next_page, found.named_url, found.hub):
        if url:
            _is_web(url)
    _can_be_written(found.title, found.language, found.fault)
    for entry in found.entries:
        _entry_holds(entry)


def _entry_holds(entry: Entry) -> None:
    _is_web(entry.url)
    assert entry.guid
    _can_be_written(
        entry.guid, entry.title, entry.summary, entry.language, *entry.authors, *entry.categories
    )
    for time in (entry.published, entry.updated):
        assert time is None or (time.tzinfo is UTC and time.year >= 1990)


def _is_web(url: str) -> None:
    parts = urlsplit(url)
    assert parts.scheme in ("http", "https"), url
    assert parts.hostname, url
    assert not any(letter.isspace() for letter in url), url


def _can_be_written(*texts: str) -> None:
    """Valid in UTF-8, XML 1.0 and JSON, and free of controls."""
    for text in texts:
        text.encode("utf-8")
        json.dumps(text)
        assert not any(letter < " " and letter not in "\t\n\r" for letter in text), repr(text)


# ---------------------------------------------------------------- to begin with


def _files(folder: str, *ends: str) -> Callable[[], Iterator[bytes]]:
    def seeds() -> Iterator[bytes]:
        for path in sorted((CASES / folder).iterdir()):
            if path.name.endswith(ends):
                yield path.read_bytes()

    return seeds


def _robots() -> Iterator[bytes]:
    yield b"User-agent: *\nDisallow: /private\nAllow: /private/open$\nCrawl-delay: 5\n"
    yield b"\xef\xbb\xbfuser-agent: wirecopy\r\nuser-agent: b\r\ndisallow: /*.pdf$ # note\r\n"
    yield b"Sitemap: http://tester.example/map.xml\nUser-agent:*\nDisallow:\n"


def _licences() -> Iterator[bytes]:
    rsl = '<rsl xmlns="https://rslstandard.org/rsl">'
    yield (
        f'{rsl}<content url="/news/*"><license><permits type="usage">search, ai-index</permits>'
        '<prohibits type="usage">ai-train</prohibits><prohibits type="geo">FR</prohibits>'
        '<payment type="attribution"><standard>http://a.example/by</standard></payment></license>'
        '<copyright type="organization">A</copyright></content></rsl>'
    ).encode()
    yield (
        f'<?xml version="1.0" encoding="utf-8"?>{rsl}<content url="https://tester.example/$"'
        ' server="https://l.example/" encrypted="true"><license><permits type="user">education'
        '</permits><payment type="crawl"><amount currency="USD">1</amount></payment></license>'
        '<license><reporting type="audit"/></license></content><content url=""><license/></content>'
        "</rsl>"
    ).encode()


def _outlines() -> Iterator[bytes]:
    yield (
        b'<?xml version="1.0" encoding="utf-8"?><opml version="2.0"><head><title>T</title></head>'
        b'<body><outline text="News"><outline type="rss" text="A" category="/world,/b"'
        b' xmlUrl="http://a.example/feed" htmlUrl="http://a.example/"/></outline></body></opml>'
    )


def _settings() -> Iterator[bytes]:
    yield b'[site]\nname = "T"\n\n[[publisher]]\ndomain = "a.example"\nname = "A"\n'
    yield (
        b'[[publisher]]\ndomain = "a.example"\nname = "A"\nlanguage = "en"\n[publisher.basis]\n'
        b'kind = "permission"\nmode = "full"\nevidence = "Letter"\nrecorded = 2026-03-02\n'
        b'[[publisher.feed]]\nurl = "http://a.example/feed"\nsection = "top"\n'
    )
    yield b'[[takedown]]\nurl = "http://a.example/1"\nreason = "privacy"\ndate = 2026-03-02\n'


_XML = (
    "encoding=",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml",
    "<!DOCTYPE",
    "<!ENTITY",
    "&amp;",
    "&#x",
    "xmlns",
)

READERS = {
    reader.name: reader
    for reader in (
        Reader(
            name="feed",
            read=feed,
            seeds=_files("feeds", ".xml", "feed.json"),
            tokens=(
                *_XML,
                *(
                    "<rss",
                    "<channel>",
                    "<item>",
                    "</item>",
                    "<feed",
                    "<entry>",
                    "<rdf:RDF",
                    "<link",
                ),
                *("<title>", "<guid", "<pubDate>", "<content:encoded>", "<media:group>", "<ttl>"),
                *('type="xhtml"', 'rel="self"', "xml:base=", "<skipHours>", '"items":[', '"url":'),
            ),
        ),
        Reader(
            name="page",
            read=page,
            seeds=_files("pages", ".html"),
            tokens=(
                *("<!doctype html>", "<html", "<meta ", "<h1>", "<p>", "<article>", "<script>"),
                *(
                    "<title>",
                    "<link ",
                    "application/ld+json",
                    '"NewsArticle"',
                    "charset=",
                    "<table>",
                ),
                *("<template>", "<noscript>", "&nbsp;", "<svg>", "content=", "property="),
            ),
        ),
        Reader(
            name="robots",
            read=robots,
            seeds=_robots,
            tokens=(
                "User-agent:",
                "Disallow:",
                "Allow:",
                "Crawl-delay:",
                "Sitemap:",
                "*",
                "$",
                "%",
            ),
        ),
        Reader(
            name="sitemap",
            read=sitemap,
            seeds=_files("feeds", "sitemap.xml", "sitemap-index.xml"),
            tokens=(*_XML, "<urlset", "<url>", "<loc>", "<lastmod>", "<news:title>", "<sitemap>"),
        ),
        Reader(
            name="licence",
            read=licence,
            seeds=_licences,
            tokens=(
                *_XML,
                *("<rsl", "<content ", "<license>", "</license>", "<permits ", "<prohibits "),
                *('type="usage"', 'type="geo"', "<payment ", "<reporting ", "url=", "server="),
                *("ai-index", "search", "all", "https://rslstandard.org/rsl", "rsl:", "*", "$"),
            ),
        ),
        Reader(
            name="opml",
            read=outlines,
            seeds=_outlines,
            tokens=(*_XML, "<opml", "<outline ", "xmlUrl=", "htmlUrl=", "category=", "</outline>"),
        ),
        Reader(
            name="settings",
            read=settings,
            seeds=_settings,
            tokens=(
                "[[publisher]]",
                "[publisher.basis]",
                "[[publisher.feed]]",
                "[site]",
                " = ",
                '"',
            ),
        ),
    )
}
