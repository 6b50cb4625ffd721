"""What elements are called: groups of words that class names, ids and roles are made of.

Publishers name their parts alike in every language, as programmers write English. Each group is
one bit, so that what stands around a block is the union of a few integers.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Groups in no order of worth: the scorer learns what each means. A word may be in several. A word
# belongs to a group that names a part of it; "^" is its beginning, "$" its end.
_WORDS = {
    "article": "article$ ^artikel ^articulo ^artigo ^news",
    "story": "^story stories",
    "post": "^post$ ^posts$ ^entry ^single",
    "body": "body ^copy prose wysiwyg ^richtext",
    "content": "content contenido conteudo inhalt",
    "text": "text txt paragraph ^par$ ^para$",
    "main": "^main primary ^page",
    "title": "title headline heading ^hed$ titulo titre titel",
    "lead": "^lead lede intro standfirst ^deck ^dek$ subtitle subhead subline summary abstract "
    "sapo chapo excerpt kicker description entradilla vorspann preamble ingress ^first",
    "teaser": "teaser snippet preview",
    "byline": "byline author autor writer reporter contributor ^byl firma$ profile",
    "credit": "credit copyright photographer",
    "bio": "^bio about",
    "time": "^date datetime timestamp ^time$ publish fecha datum ^posted updated",
    "meta": "^meta ^info",
    "caption": "caption legend bildunter cutline",
    "picture": "image ^img$ ^imgs$ photo picture figure foto thumb ^pic",
    "gallery": "galler slide carousel swiper slick",
    "player": "video player audio podcast ^media",
    "share": "share sharing social facebook twitter whatsapp addthis follow pinterest linkedin",
    "comment": "comment disqus respond reply discussion komment comentario viafoura coral",
    "related": "relat recommend ^also similar readnext further ^more suggest recirc onward weiter "
    "^mehr verwandt relacion",
    "popular": "popular trending ^most latest recent ^top$ ranking newest ^hot$ viewed",
    "newsletter": "newsletter subscri ^sign register registr login mailchimp ^abo$",
    "paywall": "paywall premium ^piano ^gate regwall ^meter ^member donat ^support",
    "advert": "promo sponsor adver ^ad$ ^ads$ banner ^dfp outbrain taboola commerc ^gpt adslot "
    "affiliate anzeige publicid werbung",
    "nav": "^nav menu crumb ^skip pagina pager ^next ^prev ^older ^newer",
    "header": "header masthead topbar ^hero",
    "footer": "footer ^foot$ bottom colophon legal impressum",
    "side": "sidebar aside ^side ^rail ^right secondary complementary",
    "widget": "widget module plugin component",
    "box": "box panel callout ^fact kasten highlight ^key",
    "card": "^card$ ^cards$ ^item$ ^items$ ^tile$ ^tiles$ grid ^list",
    "tags": "^tag$ ^tags$ topic keyword categor ^section ^label rubri channel ^tema",
    "tool": "print ^tool button ^btn ^icon toggle expand dropdown action ^cta$ ^ctas$",
    "cookie": "cookie consent gdpr popup modal overlay dialog lightbox toast alert",
    "hidden": "hidden invisible ^sr$ visually screenread offscreen ^hide collapse ^isnone$",
    "quote": "quote ^cite testimonial zitat ^cita$",
    "note": "^note$ ^notes$ disclaimer correction footnote ^editor ^source ^reference quelle",
    "live": "^live timeline ticker",
    "search": "search ^form input field filter ^sort",
    "embed": "embed tweet instagram iframe",
    "table": "^table ^row$ ^col",
    "product": "product ^price shop ^cart ^buy ^deal offer review rating ^star",
    "index": "^toc$ outline ^jump ^index",
    "wrap": "wrap inner outer container layout region",
}
# Tags count as names too: what stands in a `nav` needs no class to be known.
_TAGS = {
    "in-article": ("article",),
    "in-main": ("main",),
    "in-header": ("header", "hgroup"),
    "in-footer": ("footer",),
    "in-nav": ("nav", "menu"),
    "in-aside": ("aside",),
    "in-figure": ("figure",),
    "in-figcaption": ("figcaption", "caption"),
    "in-form": ("form", "fieldset"),
    "in-table": ("table",),
    "in-list": ("ul", "ol", "dl"),
    "in-item": ("li", "dd", "dt"),
    "in-quotation": ("blockquote",),
    "in-heading": ("h1", "h2", "h3", "h4", "h5", "h6"),
    "in-section": ("section",),
    "in-paragraph": ("p",),
}
NAMES = (*_WORDS, *_TAGS)
"""What the bits mean, lowest first: groups of words, then groups of tags."""

_TAG_BITS = {
    tag: 1 << (len(_WORDS) + number) for number, tags in enumerate(_TAGS.values()) for tag in tags
}
# "storyBody", "story-body" and "story_body" are two words each.
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|404")


def _parts() -> dict[str, list[tuple[str, int]]]:
    """What the groups are made of, and their bits, by their first two characters."""
    parts: dict[str, list[tuple[str, int]]] = {}
    for number, words in enumerate(_WORDS.values()):
        for word in words.split():
            parts.setdefault(word[:2], []).append((word, 1 << number))
    return parts


_PARTS = _parts()


@lru_cache(maxsize=10_000)
def marks_of(tag: str, label: str) -> int:
    """The groups an element's tag and names belong to, one bit each."""
    bits = _TAG_BITS.get(tag, 0)
    if label:
        for word in _WORD.findall(label):
            bits |= _group(word)
    return bits


@lru_cache(maxsize=50_000)
def _group(word: str) -> int:
    """A page has thirty words that none before had: patterns took four times as long."""
    framed = f"^{word.lower()}$"
    bits = 0
    for at in range(len(framed)):
        for part, bit in _PARTS.get(framed[at : at + 2], ()):
            if framed.startswith(part, at):
                bits |= bit
    return bits
