"""What a page and its headers say about rights: robots directives, paywall, TDM, licences.

Where two signals differ, both are kept and the stricter holds. Only real tags count: a directive
in a comment or a script is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape

from wirecopy.model import Licence, Signals
from wirecopy.stages.licence import written_licence
from wirecopy.stages.source import Source, attributes

AGENT = "wirecopy"
RSL_TYPE = "application/rsl+xml"
MAX_INLINE = 20  # scripts with licence terms in one page; more of them license nothing

_LICENCE_ANCHOR = re.compile(r"<a\s[^>]*\brel\s*=\s*[\"']?[^\"'>]*\blicense\b[^>]*>", re.IGNORECASE)
# schema.org booleans come as JSON's, as strings and as addresses.
_NOT_FREE = re.compile(
    r'"isAccessibleForFree"\s*:\s*'
    r'(?:false|"\s*(?:false|no|0|(?:https?://)?schema\.org/False)\s*"|0\b)',
    re.IGNORECASE,
)
_FALSE = re.compile(r"\s*(?:false|no|0|https?://schema\.org/False)\s*\Z", re.IGNORECASE)
_RSL_LINK = re.compile(rb"<link\s[^>]{0,2000}?rsl\+xml[^>]{0,2000}>", re.IGNORECASE)
_LINK_HEADER = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)")
_REL_LICENCE = re.compile(r"\brel\s*=\s*\"?[^\";]*\blicense\b", re.IGNORECASE)

# Directives with a value; any other word before a colon is a robot's name.
_VALUED = {"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"}
_PIECE = re.compile(r"\s*(?:([\w.*-]+)\s*:\s*)?([^,]*)")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?\s*(?:Z|[+-]\d\d:?\d\d)?)?")
_DATE = re.compile(r"unavailable_after\s*:\s*(.*)", re.IGNORECASE)
_NAMED = re.compile(r"([\w.-]+)\s*:\s*\Z")  # whom the directive that follows is for
_NEXT_DIRECTIVE = re.compile(
    r",\s*(?:[a-z_-]+:\s*)?(?:no|max|all|index|follow|unavailable).*", re.I
)


@dataclass(slots=True)
class _Found:
    """Directives as they are met."""

    words: set[str] = field(default_factory=set)
    snippets: list[int] = field(default_factory=list)
    until: list[datetime] = field(default_factory=list)
    paywalled: bool = False
    tdm_reserved: bool = False
    licence_url: str = ""
    rsl: str = ""
    inline: list[Licence] = field(default_factory=list)


def read_signals(headers: tuple[tuple[str, str], ...], page: Source) -> Signals:
    """All of a page's signals. Never fails."""
    found = _Found()
    for name, value in headers:
        _read_header(found, name.lower(), value)
    for _, tag in page.tags:
        _read_tag(found, tag)
    if (
        not found.licence_url
        and "license" in page.text
        and (anchor := _LICENCE_ANCHOR.search(page.text))
    ):
        found.licence_url = _values(anchor[0]).get("href", "")
    return Signals(
        noindex=bool(found.words & {"noindex", "none"}),
        nosnippet="nosnippet" in found.words,
        noarchive=bool(found.words & {"noarchive", "nocache"}),  # nocache is Bing's word
        max_snippet=min(found.snippets, default=None),
        noai="noai" in found.words,
        unavailable_after=min(found.until, default=None),
        paywalled=found.paywalled,
        tdm_reserved=found.tdm_reserved,
        licence_url=found.licence_url,
        rsl=found.rsl,
        inline=tuple(found.inline) if len(found.inline) <= MAX_INLINE else (Licence(),),
    )


def named_licence(headers: tuple[tuple[str, str], ...], body: bytes) -> str:
    """The address of the licence terms for machines (RSL) that a page names; "" when it has none.

    Quick, for pages that are not decoded yet: an address is ASCII in every charset of the web.
    """
    found = _Found()
    for name, value in headers:
        if name.lower() == "link" and "rsl" in value.lower():
            _read_header(found, "link", value)
    for tag in _RSL_LINK.findall(body) if not found.rsl and b"rsl+xml" in body else ():
        _read_tag(found, tag.decode("ascii", "replace"))
    return found.rsl


def _read_header(found: _Found, name: str, value: str) -> None:
    if name == "x-robots-tag":
        _read_directives(found, value)
    elif name == "tdm-reservation":  # TDMRep, 6
        found.tdm_reserved = found.tdm_reserved or value.strip() == "1"
    elif name == "link":  # RFC 8288
        for href, parameters in _LINK_HEADER.findall(value):
            if _REL_LICENCE.search(parameters):
                _licence(found, href, parameters)


def _read_tag(found: _Found, tag: str) -> None:
    kind = tag[1:3].lower()
    if kind == "sc":
        if "ld+json" in tag[:300] and "isAccessibleForFree" in tag and _NOT_FREE.search(tag):
            found.paywalled = True
        elif "rsl+xml" in tag[:300]:
            _read_inline(found, tag)
        return
    if kind not in ("me", "li") or not _says_something(tag.lower()):
        return  # reading attributes costs more than finding the tag did
    said = _values(tag)
    if kind == "me":
        _read_meta(found, said)
    elif "license" in said.get("rel", "").lower().split():
        _licence(found, said.get("href", ""), said.get("type", ""))


def _read_inline(found: _Found, tag: str) -> None:
    """A script that holds licence terms (RSL 1.0, 4.6.2); its content is no markup of HTML's."""
    opening, _, content = tag.partition(">")
    if _values(opening).get("type", "").strip().lower() == RSL_TYPE:
        found.inline.append(written_licence(content))


def _says_something(folded: str) -> bool:
    return (
        "robots" in folded
        or AGENT in folded
        or "tdm-res" in folded
        or "isaccessibleforfree" in folded
        or "license" in folded
    )


def _read_meta(found: _Found, said: dict[str, str]) -> None:
    content = said.get("content", "")
    names = {said.get(key, "").strip().lower() for key in ("name", "property", "http-equiv")}
    if names & {"robots", AGENT}:
        _read_directives(found, content)
    if "x-robots-tag" in names:
        _read_directives(found, content)
    if "tdm-reservation" in names and content.strip() == "1":
        found.tdm_reserved = True
    if said.get("itemprop", "").lower() == "isaccessibleforfree" and _FALSE.match(content):
        found.paywalled = True


def _values(tag: str) -> dict[str, str]:
    """Attributes by name; the first of a name counts (HTML, 13.2.5.33)."""
    said: dict[str, str] = {}
    for name, value, _ in attributes(tag):
        said.setdefault(name, unescape(value))
    return said


def _licence(found: _Found, href: str, kind: str) -> None:
    if "rsl" in kind.lower():
        found.rsl = found.rsl or href.strip()
    else:
        found.licence_url = found.licence_url or href.strip()


def _read_directives(found: _Found, value: str) -> None:
    """One value of X-Robots-Tag or meta robots; "otherbot: noindex" speaks to another."""
    if dated := _DATE.search(value):  # a date holds commas of its own
        for_another = (named := _NAMED.search(value[: dated.start()])) and named[1].lower() != AGENT
        if not for_another and (when := _time(_NEXT_DIRECTIVE.sub("", dated[1]))):
            found.until.append(when)
        following = _NEXT_DIRECTIVE.search(dated[1])
        value = value[: dated.start()] + (following[0] if following else "")
    for_us = True
    for piece in value.split(","):
        parts = _PIECE.match(piece)
        if parts is None:
            continue
        name, word = (parts[1] or "").lower(), parts[2].strip().lower()
        if name and name not in _VALUED and ":" in word:  # "wirecopy: max-snippet:50"
            for_us = name in ("*", AGENT)
            name, _, word = (each.strip() for each in word.partition(":"))
        if name == "max-snippet":
            if for_us and re.fullmatch(r"-?\d+", word) and int(word) >= 0:
                found.snippets.append(int(word))
            continue
        if name in _VALUED:
            continue  # the word is its value: "max-image-preview:none" is no "none"
        if name:
            for_us = name in ("*", AGENT)
        if for_us:
            found.words.update(word.split())


def _time(literal: str) -> datetime | None:
    """RFC 822, RFC 850 or ISO 8601, as Google reads them; None when it is no time."""
    literal = literal.strip()
    try:
        if iso := _ISO.match(literal):
            when = datetime.fromisoformat(re.sub(r"\s+(?=[Z+-])", "", iso[0]))
        else:
            when = parsedate_to_datetime(literal)
    except (ValueError, TypeError, IndexError):
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
