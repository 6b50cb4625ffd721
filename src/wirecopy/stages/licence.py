"""Licence terms for machines: Really Simple Licensing 1.0 (RSL, https://rslstandard.org/rsl).

A document names parts of a site, and for each what may be done with it, by whom, and for what.
We do three things with an article, and ask for each whether it is granted: show all its words
("all"), show an excerpt with a link ("search"), and compare its words with other articles'
("ai-index"). Nothing is trained on them or written from them: other uses are not asked for.

Where declarations differ, the most specific holds, and of those the most restrictive (RSL, 3.1).
What asks for money, a licence server's token, reports, or a certain kind of user or country is
not granted: nobody here has agreed to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from lxml import etree

from wirecopy.model import Licence, LicenceRule, Mode
from wirecopy.stages import address
from wirecopy.stages.terms import matches

NAMESPACE = "https://rslstandard.org/rsl"
MAX_RULES = 1_000
MAX_PLACED = 20  # rules that stand in one item or script
MAX_TAG = 65_536  # bytes; libxml2's time grows with the square of a tag's attributes
LONGEST = 2_000  # characters of an address or a list of words

_LONG_TAG = re.compile(rb"<[^>]{%d}" % MAX_TAG)
_SEPARATORS = re.compile(r"[\s,]+")  # the standard's are spaces; commas were its drafts'
_FREE = frozenset({"free", "attribution", "contribution"})  # credit and link stand on every page
_ALL, _EXCERPT = frozenset({"all"}), frozenset({"all", "search"})
_MINING = frozenset({"all", "ai-all", "ai-index"})
_ASKED_FOR = _EXCERPT | _MINING
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a publisher's licence terms for machines grant for one article."""

    mode: Mode  # as much may be shown
    mining: bool = False
    words: str = ""  # what the terms do: "allow an excerpt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Licence terms that speak of an article, and what they grant."""

    named: str  # by whom, or where they stand: an address, "in the page itself"
    grant: Grant


def read_licence(body: bytes) -> Licence:
    """The rules of an RSL document; none where it cannot be read, which licenses nothing."""
    if _LONG_TAG.search(body) or b"<!ENTITY" in body:
        return Licence()
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return Licence()
    if root.tag != f"{{{NAMESPACE}}}rsl":
        return Licence()
    rules: list[LicenceRule] = []
    for content in _children(root, "content"):
        for licence in _children(content, "license"):
            rules.append(_rule(content, licence))
            if len(rules) == MAX_RULES:
                return Licence()  # half of the terms could be the half that permits
    return Licence(rules=tuple(rules))


def written_licence(text: str) -> Licence:
    """The terms that a page's script holds (RSL, 4.6.2)."""
    found = read_licence(_DECLARATION.sub("", text, count=1).strip().encode("utf-8", "replace"))
    return found if len(found.rules) <= MAX_PLACED else Licence()


def placed_licence(elements: Iterable[etree._Element]) -> Licence:
    """The terms of an item or a channel: its `content` elements (RSL, 4.7).

    A `license` that stands there by itself speaks of what it stands in.
    """
    rules: list[LicenceRule] = []
    for element in elements:
        if _is(element, "license"):
            rules.append(_rule(element, element))
            continue
        for content in [element] if _is(element, "content") else _children(element, "content"):
            rules += [_rule(content, licence) for licence in _children(content, "license")]
    return Licence(rules=tuple(rules)) if len(rules) <= MAX_PLACED else Licence()


def of_item(own: Licence | None, channel: Licence | None, page: str) -> Licence | None:
    """The terms that a feed gives one item: the item's own, or its channel's that cover it."""
    if own is not None:
        return _at(own, page) or own
    return None if channel is None else _at(channel, page)


def _at(licence: Licence, page: str) -> Licence | None:
    """What terms say of one page, wherever that is; None where they say nothing of it."""
    if not licence.rules:
        return licence
    rules = tuple(replace(rule, location="") for rule in _most_specific(licence, page))
    return Licence(rules=rules) if rules else None


def where(page: str, named: str) -> str:
    """The one form of the address of terms that a page names; "" where it is no web address."""
    try:
        return address.normal(urljoin(page, named.strip()))
    except ValueError:
        return ""


def grant(licence: Licence | None, page: str) -> Grant:
    """What is granted for an article's page; `licence` is None where there is no document."""
    if licence is None or not licence.rules:
        return Grant(mode=Mode.LINK, words="cannot be read, so that nothing is licensed")
    rules = _most_specific(licence, page)
    if not rules:
        return Grant(mode=Mode.LINK, words="say nothing of this page, so that nothing is licensed")
    forbidden = {word for rule in rules for word in rule.prohibits}
    mode, mining, asked = Mode.LINK, False, ""
    for rule in rules:
        if rule.asks:
            asked = asked or rule.asks
            continue
        granted = {"all"} if rule.permits is None else set(rule.permits)
        if granted & _ALL and not forbidden & _EXCERPT:
            mode = Mode.FULL
        elif granted & _EXCERPT and not forbidden & _EXCERPT and mode is Mode.LINK:
            mode = Mode.EXCERPT
        mining = mining or bool(granted & _MINING and not forbidden & _MINING)
    return Grant(mode=mode, mining=mining, words=_words(mode, mining, asked))


def _words(mode: Mode, mining: bool, asked: str) -> str:
    if mode is Mode.LINK:
        return (
            f"ask for {asked}, which nobody here has agreed to" if asked else "permit no use here"
        )
    shown = "the whole text" if mode is Mode.FULL else "an excerpt"
    return f"allow {shown}" + ("" if mining else ", and not that it is mined")


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if _is(child, name)]


def _is(element: etree._Element, name: str) -> bool:
    """Whether it is RSL's element of that name; in a feed the prefix may be undeclared."""
    return element.tag in (f"{{{NAMESPACE}}}{name}", f"rsl:{name}")


def _rule(content: etree._Element, licence: etree._Element) -> LicenceRule:
    permits = _uses(licence, "permits", "usage")
    return LicenceRule(
        location=content.get("url", "").strip()[:LONGEST],
        permits=None if permits is None else _asked_for(permits),
        prohibits=_asked_for(_uses(licence, "prohibits", "usage") or ()),
        asks=_asks(content, licence),
    )


def _uses(licence: etree._Element, name: str, kind: str) -> tuple[str, ...] | None:
    """The words of all elements of a name and type; None where there is none."""
    found = [each for each in _children(licence, name) if each.get("type") == kind]
    if not found:
        return None
    words = " ".join((each.text or "")[:LONGEST] for each in found).lower()
    return tuple(sorted(set(_SEPARATORS.split(words)) - {""}))


def _asked_for(uses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(use for use in uses if use in _ASKED_FOR)


def _asks(content: etree._Element, licence: etree._Element) -> str:
    """What the terms ask for that we have not given; "" where that is nothing."""
    if not len(licence) and (licence.text or "").strip():
        return "terms that are written out in words"
    for payment in _children(licence, "payment"):
        if payment.get("type", "free").strip().lower() not in _FREE:
            return "payment"
    if content.get("server") or content.get("encrypted", "").strip() == "true":
        return "a token of a licence server"
    if _children(licence, "reporting"):
        return "reports of every use"
    for name in ("permits", "prohibits"):
        if _uses(licence, name, "user"):
            return "a certain kind of user"
        if _uses(licence, name, "geo"):
            return "users in certain countries"
    return ""


def _most_specific(licence: Licence, page: str) -> list[LicenceRule]:
    """The rules whose location is the longest that covers the page (RFC 9309, 2.2.2)."""
    parts = urlsplit(page)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found: dict[int, list[LicenceRule]] = {}
    for rule in licence.rules:
        there = rule.location or "/"  # "": whatever names the document
        if there.startswith(("http://", "https://")):
            try:
                named = urlsplit(there)
            except ValueError:
                continue
            if named.netloc.lower() != parts.netloc.lower():
                continue
            there = (named.path or "/") + (f"?{named.query}" if named.query else "")
        if matches(there, path):
            found.setdefault(len(there), []).append(rule)
    return found[max(found)] if found else []
