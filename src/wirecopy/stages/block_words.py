"""What elements are called: groups of words that class names, ids and roles are made of.

Publishers name their parts alike in every language, as programmers write English. Each group is
one bit, so that what stands around a block is the union of a few integers.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Groups in no order of worth: the scorer learns what each means. A word may be in several.
_WORDS = {
    "article": r"article$|^artikel|^articulo|^artigo|^news",
    "story": r"^story|stories",
    "post": r"^posts?$|^entry|^single",
    "body": r"body|^copy|prose|wysiwyg|^richtext",
    "content": r"content|contenido|conteudo|inhalt",
    "text": r"te?xt|paragraph|^par$|^para$",
    "main": r"^main|primary|^page",
    "title": r"title|headline|heading|^hed$|titulo|titre|titel",
    "lead": r"^lead|lede|intro|standfirst|^deck|^dek$|sub(?:title|head|line)|summary|abstract|sapo|"
    r"chapo|excerpt|kicker|description|entradilla|vorspann|preamble|ingress|^first",
    "teaser": r"teaser|snippet|preview",
    "byline": r"byline|author|autor|writer|reporter|contributor|^byl|firma$|profile",
    "credit": r"credit|copyright|photographer",
    "bio": r"^bio|about",
    "time": r"^dates?$|datetime|timestamp|^time$|publish|fecha|datum|^posted|updated|^date",
    "meta": r"^meta|^info",
    "caption": r"caption|legend|bildunter|cutline",
    "picture": r"image|^im(?:g|age)s?$|photo|picture|figure|foto|thumb|^pic",
    "gallery": r"galler|slide|carousel|swiper|slick",
    "player": r"video|player|audio|podcast|^media",
    "share": r"shar(?:e|ing)|social|facebook|twitter|whatsapp|addthis|follow|pinterest|linkedin",
    "comment": r"comment|disqus|respond|reply|discussion|komment|comentario|viafoura|coral",
    "related": r"relat|recommend|^also|similar|readnext|further|^more|suggest|recirc|onward|"
    r"weiter|^mehr|verwandt|relacion",
    "popular": r"popular|trending|^most|latest|recent|^top$|ranking|newest|^hot$|viewed",
    "newsletter": r"newsletter|subscri|^sign|register|registr|login|mailchimp|^abo$",
    "paywall": r"paywall|premium|^piano|^gate|regwall|^meter|^member|donat|^support",
    "advert": r"promo|sponsor|adver|^ads?$|banner|^dfp|outbrain|taboola|commerc|^gpt|adslot|"
    r"affiliate|anzeige|publicid|werbung",
    "nav": r"^nav|menu|crumb|^skip|pagina|pager|^next|^prev|^older|^newer",
    "header": r"header|masthead|topbar|^hero",
    "footer": r"footer|^foot$|bottom|colophon|legal|impressum",
    "side": r"sidebar|aside|^side|^rail|^right|secondary|complementary",
    "widget": r"widget|module|plugin|component",
    "box": r"box|panel|callout|^fact|kasten|highlight|^key",
    "card": r"^cards?$|^items?$|^tiles?$|grid|^list",
    "tags": r"^tags?$|topic|keyword|categor|^section|^label|rubri|channel|^tema",
    "tool": r"print|^tool|button|^btn|^icon|toggle|expand|dropdown|action|^ctas?$",
    "cookie": r"cookie|consent|gdpr|popup|modal|overlay|dialog|lightbox|toast|alert",
    "hidden": r"hidden|invisible|^sr$|visually|screenread|offscreen|^hide|collapse|^isnone$",
    "quote": r"quote|^cite|testimonial|zitat|^cita$",
    "note": r"^notes?$|disclaimer|correction|footnote|^editor|^source|^reference|quelle",
    "live": r"^live|timeline|ticker",
    "search": r"search|^form|input|field|filter|^sort",
    "embed": r"embed|tweet|instagram|iframe",
    "table": r"^table|^row$|^col",
    "product": r"product|^price|shop|^cart|^buy|^deal|offer|review|rating|^star",
    "index": r"^toc$|outline|^jump|^index",
    "wrap": r"wrap|inner|outer|container|layout|region",
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

_GROUPS = [re.compile(pattern) for pattern in _WORDS.values()]
_TAG_BITS = {
    tag: 1 << (len(_WORDS) + number) for number, tags in enumerate(_TAGS.values()) for tag in tags
}
# "storyBody", "story-body" and "story_body" are two words each.
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|404")


def marks_of(tag: str, label: str) -> int:
    """The groups an element's tag and names belong to, one bit each."""
    bits = _TAG_BITS.get(tag, 0)
    if label:
        for word in _WORD.findall(label):
            bits |= _group(word)
    return bits


@lru_cache(maxsize=50_000)
def _group(word: str) -> int:
    word = word.lower()
    return sum(1 << number for number, one in enumerate(_GROUPS) if one.search(word))
