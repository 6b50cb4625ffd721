"""The publishers' pages: articles in seven forms, with all the furniture of the real web.

`article(piece, ...)`, `listing(paper, ...)` and `broken(piece)` give whole pages as text; the
player puts them into the publisher's charset.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import groupby

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wirecopy.demo import days
from wirecopy.demo.content import HERE, Paper, Passage, Picture, Piece, pieces
from wirecopy.model import BlockKind

FEED_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
    "news-sitemap": "application/xml",
}
_LINK = re.compile(r"\[([^\]]+)\]\(([\w-]+/[\w-]+)\)")
_ENTITIES = {"“": "&ldquo;", "”": "&rdquo;", "‘": "&lsquo;", "’": "&rsquo;", "–": "&ndash;"} | {
    "—": "&mdash;",
    "é": "&eacute;",
    "\u00a0": "&nbsp;",
}
_FREE = 2  # paragraphs in front of a paywall


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as markup; list items that follow each other stand in one."""

    kind: BlockKind
    inner: str

    @property
    def subheading(self) -> bool:
        return self.kind is BlockKind.SUBHEADING

    def open(self, heading: str) -> str:
        """The passage in its element; `heading` is the one this page's form uses."""
        if self.kind is BlockKind.SUBHEADING:
            return f"<{heading}>{self.inner}</{heading}>"
        if self.kind is BlockKind.QUOTATION:
            return f"<blockquote><p>{self.inner}</p></blockquote>"
        if self.kind is BlockKind.LIST_ITEM:
            return f"<ul>{self.inner}</ul>"
        return f"<p>{self.inner}</p>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """A headline that leads to an article."""

    url: str
    title: str
    summary: str


def day_of(piece: Piece, start: datetime) -> datetime:
    """The event's day where the publisher stands; marks in the text count from it."""
    return local(piece.paper, start + timedelta(minutes=piece.happened))


def local(paper: Paper, at: datetime) -> datetime:
    return at.astimezone(timezone(timedelta(hours=paper.offset_hours)))


def title(piece: Piece, start: datetime, round: int) -> str:
    words = piece.words(round).title
    return days.fill(words, day_of(piece, start), piece.paper.language)


def summary(piece: Piece, start: datetime, round: int) -> str:
    words = piece.words(round).summary
    return days.fill(words, day_of(piece, start), piece.paper.language)


def plain(piece: Piece, passage: Passage, start: datetime) -> str:
    """A passage as a reader reads it: links by their words, days written out."""
    words = _LINK.sub(lambda link: link[1], passage.text)
    return days.fill(words, day_of(piece, start), piece.paper.language)


def text(piece: Piece, start: datetime, round: int) -> tuple[str, ...]:
    """Every passage of an article that its page shows, plain."""
    shown = piece.words(round).passages
    if "paywall" in piece.flags:
        shown = shown[:_FREE]
    return tuple(plain(piece, passage, start) for passage in shown)


def image_path(paper: Paper, picture: Picture) -> str:
    """Where a publisher keeps its copy of a drawing; the name tells nothing."""
    digest = hashlib.sha256(f"{paper.key} {picture.drawing}".encode()).hexdigest()
    return f"/media/{digest[:10]}.png"


def teaser(piece: Piece, start: datetime, round: int) -> Teaser:
    return Teaser(
        url=piece.path, title=title(piece, start, round), summary=summary(piece, start, round)
    )


def article(piece: Piece, start: datetime, round: int, related: Sequence[Teaser]) -> str:
    """An article's page."""
    paper = piece.paper
    published = local(paper, start + timedelta(minutes=piece.at))
    edit = piece.edit if round > 1 else None
    modified = local(paper, start + timedelta(minutes=edit.at)) if edit and edit.openly else None
    picture = piece.picture
    shown = {
        "url": piece.url,
        "number": piece.number,
        "title": title(piece, start, round),
        "summary": summary(piece, start, round),
        "section": piece.section,
        "authors": piece.authors,
        "published": published,
        "modified": modified,
        "stamp": days.stamp(published, paper.language),
        "modified_stamp": days.stamp(modified, paper.language) if modified else "",
        "image": f"http://{paper.domain}{image_path(paper, picture)}" if picture else "",
        "caption": _filled(piece, picture.caption, start) if picture else "",
        "credit": picture.credit if picture else "",
        "blocks": blocks(piece, start, round),
        "noarchive": "noarchive" in piece.flags,
        "paywalled": "paywall" in piece.flags,
    }
    shown["json_ld"] = _json_ld(paper, shown) if paper.json_ld else ""
    return _render(paper, start, title=str(shown["title"]), article=shown, related=related)


def listing(paper: Paper, start: datetime, title: str, related: Sequence[Teaser]) -> str:
    """A page of headlines: home, a section, or one of the small pages in the footer."""
    return _render(paper, start, title=title, article=None, related=related)


def broken(piece: Piece) -> str:
    """What a page looks like when its server died half-way: a shell, a script, and no end."""
    return (
        f'<!doctype html><html lang="{piece.paper.language}"><head><title>Loading</title>'
        '<link rel="stylesheet" href="/app.css"></head><body><div id="root"></div>'
        '<script>window.__STATE__={"route":"story","node":{"kind":"doc","children":[{"t":"p",'
        '"x":[null,null,{"err":"ECONNRESET","retry":3,"st'
    )


def sections(paper: Paper) -> tuple[str, ...]:
    """The sections a publisher writes in, in order of their first article."""
    return tuple(dict.fromkeys(p.section for p in pieces().values() if p.paper is paper))


def labels(language: str) -> dict[str, str]:
    """The words around articles."""
    return _labels()[language]


def markup(piece: Piece, passage: Passage, start: datetime) -> str:
    """A passage's words with links as anchors, and its publisher's habits of spelling."""
    paper = piece.paper
    words = passage.text
    if paper.soft_hyphens and passage.kind is BlockKind.PARAGRAPH and "](" not in words:
        words = re.sub(r"\w{15,}", lambda word: word[0][:8] + "\u00ad" + word[0][8:], words)
    safe = html.escape(words, quote=False)
    linked = _LINK.sub(lambda link: f'<a href="{_target(paper, link[2])}">{link[1]}</a>', safe)
    spelt = _filled(piece, linked, start).replace("\u00ad", "&shy;")
    if paper.entities:
        for mark, entity in _ENTITIES.items():
            spelt = spelt.replace(mark, entity)
    return spelt


def blocks(piece: Piece, start: datetime, round: int) -> tuple[Shown, ...]:
    """The passages of an article that its page shows."""
    passages = piece.words(round).passages
    if "paywall" in piece.flags:
        passages = passages[:_FREE]
    shown: list[Shown] = []
    for kind, run in groupby(passages, key=lambda passage: passage.kind):
        words = [markup(piece, passage, start) for passage in run]
        if kind is BlockKind.LIST_ITEM:
            shown.append(Shown(kind, "".join(f"<li>{item}</li>" for item in words)))
        else:
            shown += [Shown(kind, each) for each in words]
    return tuple(shown)


def _filled(piece: Piece, words: str, start: datetime) -> str:
    return days.fill(words, day_of(piece, start), piece.paper.language)


def _target(paper: Paper, key: str) -> str:
    piece = pieces()[key]
    return piece.path if piece.paper is paper else piece.url


def _json_ld(paper: Paper, shown: dict[str, object]) -> str:
    published, modified = shown["published"], shown["modified"]
    assert isinstance(published, datetime)
    changed = modified if isinstance(modified, datetime) else published
    authors = shown["authors"]
    assert isinstance(authors, tuple)
    news: dict[str, object] = {
        "@type": "NewsArticle",
        "headline": shown["title"],
        "description": shown["summary"],
        "datePublished": published.isoformat(),
        "dateModified": changed.isoformat(),
        "inLanguage": paper.language,
        "articleSection": shown["section"],
        "mainEntityOfPage": shown["url"],
        "author": [{"@type": "Person", "name": name} for name in authors],
        "publisher": {"@type": "Organization", "name": paper.name, "url": paper.home},
        "isAccessibleForFree": not shown["paywalled"],
    }
    if shown["image"]:
        news["image"] = [shown["image"]]
    if shown["paywalled"]:
        news["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": ".paywall",
        }
    whole: dict[str, object] = {"@context": "https://schema.org", **news}
    if paper.template == "tabloid":  # as the common plugins write it
        site = {"@type": "WebSite", "name": paper.name, "url": paper.home}
        whole = {"@context": "https://schema.org", "@graph": [site, news]}
    return json.dumps(whole, ensure_ascii=False).replace("</", "<\\/")


def _render(paper: Paper, start: datetime, **values: object) -> str:
    return (
        _templates()
        .get_template(f"{paper.template}.html")
        .render(
            paper=paper,
            say=labels(paper.language),
            sections=sections(paper),
            feed_types=FEED_TYPES,
            year=local(paper, start).year,
            words="",
            **values,
        )
    )


@cache
def _labels() -> dict[str, dict[str, str]]:
    return tomllib.loads((HERE / "labels.toml").read_text("utf-8"))


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
