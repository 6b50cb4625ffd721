"""Publishers' markup made harmless: what may be shown of it, and its words alone.

nh3 (ammonia) parses as browsers do and writes anew what is on the list below; whatever is not on
it is gone, so that a browser's next invention is gone too. Nothing is normalised afterwards: a
look-alike of "<" that would be folded into one has to stay what it is.
"""

from __future__ import annotations

import html
import re

import nh3

# Control characters, lone surrogates and noncharacters have no place in XML, JSON or a page.
UNSPEAKABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Text and tables. Nothing that loads anything (pictures are ours to serve), sends anything, or
# lies over the page; no ids or names, which scripts would find in place of their own.
_TAGS = """a abbr acronym article aside b bdi bdo big blockquote br caption center cite code col
    colgroup data dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header
    hgroup hr i ins kbd li mark nav ol p pre q rp rt rtc ruby s samp section small span strike
    strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"""
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "ins": {"cite", "datetime"},
    "ol": {"start"},
    "q": {"cite"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
}
_GONE_WHOLE = {"script", "style"}  # their content is no text

_SHOWN = nh3.Cleaner(
    tags=set(_TAGS.split()),
    attributes=_ATTRIBUTES,
    clean_content_tags=_GONE_WHOLE,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener nofollow ugc",
)
_WORDS = nh3.Cleaner(tags=set(), clean_content_tags=_GONE_WHOLE)
# Elements that are closed, or should be: those of a long text stand side by side.
_PAIRED = re.compile(
    r"<(/?)(?!(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|td|th"
    r"|tr|track|wbr)\b)[a-z]",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^>]*>?", re.IGNORECASE | re.DOTALL)
FEW = 2_000  # brackets, under which nothing is deep enough to matter
MAX_DEPTH = 256  # an HTML parser's time grows with its square: 40,000 open <div> took nh3 2 s
_BLOCK = re.compile(
    r"(?=</?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|figure|figcaption|hr|dd|dt)\b)",
    re.IGNORECASE,
)


def clean(markup: str) -> str:
    """HTML that is safe to stand inside a page, with the words of `markup`."""
    markup = UNSPEAKABLE.sub("", markup)
    if _is_deep(markup):
        return html.escape(" ".join(words(markup).split()), quote=False)
    return _SHOWN.clean(markup)


def words(markup: str) -> str:
    """The words of a piece of HTML, blocks apart from each other; unescaped, so not for a page."""
    markup = UNSPEAKABLE.sub("", markup)
    if _is_deep(markup):
        markup = _MARKUP.sub(" ", markup)
    elif "<" in markup:
        markup = _WORDS.clean(_BLOCK.sub(" ", markup))
    return html.unescape(markup)


def _is_deep(markup: str) -> bool:
    """Whether elements stand inside each other so deep that no person wrote them."""
    if markup.count("<") <= FEW:
        return False
    depth = 0
    for closes in _PAIRED.findall(markup):
        depth = max(0, depth - 1) if closes else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False
