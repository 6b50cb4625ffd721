"""The publishers' feeds: RSS 2.0, Atom, RDF, JSON Feed and news sitemaps.

Times are aware; each format writes them its own way.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from wirecopy.demo.content import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One announcement."""

    url: str
    guid: str
    title: str
    summary: str
    authors: tuple[str, ...]
    section: str
    published: datetime
    updated: datetime
    content: str = ""  # markup of the whole article, where the feed carries it


def write(format: str, paper: Paper, own: str, at: datetime, lines: Sequence[Line]) -> str:
    """A whole feed; `own` is its address, `at` the time of its making."""
    return _WRITERS[format](paper, own, at, lines)


def _rss(paper: Paper, own: str, at: datetime, lines: Sequence[Line]) -> str:
    items = "".join(
        f"<item>{_x('title', line.title)}{_x('link', line.url)}"
        f'<guid isPermaLink="false">{html.escape(line.guid)}</guid>'
        f"<description><![CDATA[<p>{html.escape(line.summary, quote=False)}</p>]]></description>"
        f"{''.join(_x('dc:creator', name) for name in line.authors)}{_x('category', line.section)}"
        + (f"<content:encoded><![CDATA[{line.content}]]></content:encoded>" if line.content else "")
        + f"{_x('pubDate', format_datetime(line.published))}</item>\n"
        for line in lines
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"{_x('title', paper.name)}{_x('link', paper.home)}{_x('description', paper.name)}"
        f'<atom:link rel="self" href="{html.escape(own)}"/>{_x("language", paper.language)}'
        f"{_x('lastBuildDate', format_datetime(at))}<ttl>15</ttl>\n{items}</channel></rss>\n"
    )


def _atom(paper: Paper, own: str, at: datetime, lines: Sequence[Line]) -> str:
    entries = "".join(
        f"<entry>{_x('id', line.guid)}{_x('title', line.title)}"
        f'<link rel="alternate" type="text/html" href="{html.escape(line.url)}"/>'
        f"{''.join('<author>' + _x('name', name) + '</author>' for name in line.authors)}"
        f'<category term="{html.escape(line.section)}"/>'
        f"{_x('published', line.published.isoformat())}"
        f"{_x('updated', line.updated.isoformat())}{_x('summary', line.summary)}</entry>\n"
        for line in lines
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{paper.language}">'
        f"{_x('id', paper.home)}{_x('title', paper.name)}"
        f'<link rel="alternate" href="{paper.home}"/><link rel="self" href="{html.escape(own)}"/>'
        f"<author>{_x('name', paper.name)}</author>"
        f"{_x('updated', at.isoformat())}\n{entries}</feed>\n"
    )


def _rdf(paper: Paper, own: str, at: datetime, lines: Sequence[Line]) -> str:
    seq = "".join(f'<rdf:li rdf:resource="{html.escape(line.url)}"/>' for line in lines)
    items = "".join(
        f'<item rdf:about="{html.escape(line.url)}">{_x("title", line.title)}'
        f"{_x('link', line.url)}{_x('description', line.summary)}"
        f"{''.join(_x('dc:creator', name) for name in line.authors)}"
        f"{_x('dc:subject', line.section)}{_x('dc:date', line.published.isoformat())}</item>\n"
        for line in lines
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{html.escape(own)}">{_x("title", paper.name)}'
        f"{_x('link', paper.home)}{_x('description', paper.name)}"
        f"{_x('dc:language', paper.language)}{_x('dc:date', at.isoformat())}"
        f"<items><rdf:Seq>{seq}</rdf:Seq></items></channel>\n{items}</rdf:RDF>\n"
    )


def _json(paper: Paper, own: str, at: datetime, lines: Sequence[Line]) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": paper.name,
        "home_page_url": paper.home,
        "feed_url": own,
        "language": paper.language,
        "items": [
            {
                "id": line.guid,
                "url": line.url,
                "title": line.title,
                "summary": line.summary,
                "content_text": line.summary,
                "authors": [{"name": name} for name in line.authors],
                "tags": [line.section],
                "date_published": line.published.isoformat(),
                "date_modified": line.updated.isoformat(),
            }
            for line in lines
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _news_sitemap(paper: Paper, own: str, at: datetime, lines: Sequence[Line]) -> str:
    urls = "".join(
        f"<url>{_x('loc', line.url)}{_x('lastmod', line.updated.isoformat())}<news:news>"
        f"<news:publication>{_x('news:name', paper.name)}{_x('news:language', paper.language)}"
        f"</news:publication>{_x('news:publication_date', line.published.isoformat())}"
        f"{_x('news:title', line.title)}</news:news></url>\n"
        for line in lines
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{urls}</urlset>\n'
    )


def _x(name: str, value: str) -> str:
    return f"<{name}>{html.escape(value, quote=False)}</{name}>"


_WRITERS: dict[str, Callable[[Paper, str, datetime, Sequence[Line]], str]] = {
    "rss": _rss,
    "atom": _atom,
    "rdf": _rdf,
    "json": _json,
    "news-sitemap": _news_sitemap,
}
