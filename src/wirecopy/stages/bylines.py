"""Who wrote a page: its data, else the names printed near the headline.

A wrong name is worse than none: what is printed counts only where the page calls it a byline, by
a word ("By", "Von", "Текст:") or by what the element is called, and where it has a name's shape.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any, NamedTuple

from selectolax.lexbor import LexborNode

from wirecopy.stages.lines import Line, around_headline, labels
from wirecopy.stages.names import is_name, is_nobody, names_in
from wirecopy.stages.stated import Stated, clean, host_of, name_of
from wirecopy.stages.titles import folded

_METAS = (
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
_MOST = 12


def authors(stated: Stated, titles: Sequence[str], url: str) -> tuple[str, ...]:
    """The names of a page's authors, as the page writes them."""
    article = stated.article
    names = _people(stated, article.get("author") or article.get("creator"))
    if not names:
        names = [name for key in _METAS for name in _all_names(stated.metas.get(key, ()))]
    site = _site_names(stated, url)
    people = [name for name in names if not _is_site(name, site)]
    if not people:
        people = _printed(stated, titles, site) or names
    once = {folded(name): name for name in reversed(people)}  # "ada-lind" is Ada Lind again
    return tuple(reversed(once.values()))[:_MOST]


def _people(stated: Stated, value: Any) -> list[str]:
    people = value if isinstance(value, list) else [value]
    return _all_names([name_of(person, stated.by_id) for person in people])


def _all_names(literals: Sequence[str]) -> list[str]:
    return [name for literal in literals for name in names_in(clean(unescape(literal)))]


def _site_names(stated: Stated, url: str) -> tuple[set[str], set[str]]:
    """What the page's publisher is called, folded: as the page says, and the host's own label."""
    host = host_of(url)
    parts = host.split(".")
    own = parts[-3] if len(parts) > 2 and len(parts[-2]) <= 3 else parts[-2:][0]
    publisher = name_of(stated.article.get("publisher"), stated.by_id)
    said = {folded(name) for name in (stated.site_name, publisher)} - {""}
    return said, {folded(own), folded(host)}


def _is_site(name: str, site: tuple[set[str], set[str]]) -> bool:
    """Whether a name is the publisher's. A person's site may bear the person's name."""
    plain = folded(name)
    said, host = site
    return plain in said or (plain in host and not is_name(name)) or is_nobody(name)


# ---------------------------------------------------------------- print

_SELECTORS = """[class*="auth" i],[class*="autor" i],[class*="byline" i],[class*="writer" i],.fn
    ,[class*="contributor" i],[class*="reporter" i],[rel~="author"],[itemprop*="author" i]
    ,[id*="author" i],[data-testid*="author" i],[data-testid*="byline" i]
    ,a[href*="/author"],a[href*="/autor"],a[href*="/profile"],a[href*="/people/"]"""
_CALLED = re.compile(r"author|autor|byline|by-line|writer|contributor|reporter")
# What says "author" of these words and no others: a nickname is one, too.
_MARK = re.compile(
    r"(?:^|\s)(?:(?:post|entry|article|byline)?[-_]*(?:author|autor)(?:[-_]*(?:name|link))?|fn|byline"
    r"|author[-_]+vcard)(?:\s|$)"
    r"|/(?:authors?|autor(?:en|es)?|people|profile?s?)/."
)
_COMMENTS = re.compile(r"comment|leserbrief|reply|copyright")
_ELSEWHERE = re.compile(
    r"comment|leserbrief|reply|related|(?:^|\s)sidebar|widget\b|(?<!post-)(?<!entry-)footer|teaser"
    r"|(?<!v)(?<!h-)card\b|popular|recent|latest|copyright|avatar-alt"
)
_AFTER, _BEFORE = 45, 12  # lines around the headline
_LONGEST_BYLINE = 150  # characters
_MOST_MARKED = 500


class _Marked(NamedTuple):
    """Elements that are called an author's, by their place in memory."""

    named: set[int]  # a name and nothing else stands there
    called: set[int]  # a name may stand there


def _printed(stated: Stated, titles: Sequence[str], site: tuple[set[str], set[str]]) -> list[str]:
    """The names of the byline nearest to the headline."""
    lines = [line for line in stated.lines if len(line.text) <= _LONGEST_BYLINE]
    marked = _marked(stated)
    near = around_headline(lines, titles, _AFTER, _BEFORE)
    ways = ((_by_mark, near), (_by_word, near), (_by_label, near), (_by_mark, lines))
    for finds, where in ways:
        for number, line in enumerate(where):
            if names := finds(line, where[number + 1 : number + 2], marked):
                return names
    return []


def _marked(stated: Stated) -> _Marked:
    named: set[int] = set()
    called: set[int] = set()
    for element in stated.tree.css(_SELECTORS)[:_MOST_MARKED]:
        label = next(labels(element, 1), "")
        if _MARK.search(label):
            named.add(element.mem_id)
        if _CALLED.search(label):
            called.add(element.mem_id)
    return _Marked(named, called)


def _is_within(node: LexborNode | None, elements: set[int], generations: int) -> bool:
    for _ in range(generations):
        if node is None:
            return False
        if node.mem_id in elements:
            return True
        node = node.parent
    return False


def _by_mark(line: Line, following: list[Line], marked: _Marked) -> list[str]:
    """What an element holds that is called an author's and nothing else."""
    if not marked.named:
        return []
    found: list[str] = []
    for text, element in line.pieces:
        if 2 < len(text) < 90 and _is_within(element, marked.named, 2):
            found += _short(clean(text))
    return found if found and not _stands_elsewhere(line) else []


def _short(text: str) -> list[str]:
    names = names_in(text)
    return [name for name in names if not is_nobody(name) and len(name.split()) <= 5]


_BY_LINE = re.compile(
    r"^(?:(?:written|posted|published|submitted|story|article|words|text|reported|opinion|analysis"
    r"|eingestellt|erstellt|geschrieben|gespeichert|veröffentlicht|verfasst|publi[ée]|publicado"
    r"|escrito|scritto) )?"
    r"(?:by|von|par|por|di|door|av|af|tekst|text|texto|texte|testo|autor[ea]?|autorin|auteur|author"
    r"|tác giả|oleh|yazan|автор|текст|작성자|글|文|撰文|作者|記者|记者|द्वारा|بقلم|כתב)"
    r"\s*(?:[:：|]|\b)\s*(?P<rest>.*)$",
    re.IGNORECASE,
)


_BY_WITHIN = re.compile(  # "1 March 2026 By Ada Lind"
    r"(?:\d{4}|[|•·/–—-])\s*(?:by|von|par|por)\s+(?P<rest>\S.{2,60})$", re.IGNORECASE
)


def _by_word(line: Line, following: list[Line], marked: _Marked) -> list[str]:
    """What stands behind "By"; where that is links, their words."""
    match = _BY_LINE.match(line.text) or _BY_WITHIN.search(line.text)
    if match is None or _stands_elsewhere(line):
        return []
    rest = match["rest"]
    if not rest:
        return _good(following[0].text) if following else []
    linked = [clean(text) for text, element in line.pieces if element.tag == "a"]
    if linked and rest.startswith(linked[0]):
        return [name for text in linked for name in _good(text)]
    return _good(rest)


def _by_label(line: Line, following: list[Line], marked: _Marked) -> list[str]:
    """What stands in an element that is called something with "author" in it."""
    if not marked.called or not _is_within(line.pieces[0][1], marked.called, 3):
        return []
    return _good(line.text) if not _stands_elsewhere(line) else []


def _good(text: str) -> list[str]:
    """Names from the beginning of a text, up to the first that has not the shape of one."""
    found: list[str] = []
    for name in names_in(text):
        if not is_name(name) or is_nobody(name):
            break
        found.append(name)
    return found


def _stands_elsewhere(line: Line) -> bool:
    element = line.pieces[0][1]
    return any(_ELSEWHERE.search(label) for label in labels(element, 4)) or any(
        _COMMENTS.search(label) for label in labels(element, 8)
    )
