"""Proof's own reading of a page: which of its characters are words, and where they stand.

The tokeniser follows the HTML standard's tokenisation (13.2.5) with one regular expression; it
builds no tree and shares nothing with the extractor. Everything that is not markup is a *run* of
text. What a browser with scripts would hide in `noscript` counts as text, because publishers put
pictures and whole articles there; so does `template`. The contents of script, style, title,
textarea and iframe are no text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from html.entities import html5
from itertools import accumulate
from typing import NamedTuple

from wirecopy.model import Span

WHITE = " \t\n\f\r"  # HTML's white space; a no-break space is a word's character
_ATTRIBUTES = r"""(?:[^>=]++|=[ \t\n\f\r]*+(?:"[^"]*+"|'[^']*+'|[^ \t\n\f\r>]*+))*+"""


def _any_case(*names: str) -> str:
    return "|".join("".join(f"[{c}{c.upper()}]" for c in name) for name in names)


def _raw(name: str, *, closes_itself: bool = False) -> str:
    """An element whose content is no markup, up to its end tag or the end of the page."""
    any_case = _any_case(name)
    end = "(?<!/)>" if closes_itself else ">"
    return (
        rf"<{any_case}(?=[ \t\n\f\r/>]){_ATTRIBUTES}{end}"
        rf"[^<]*+(?:<(?!/{any_case}[ \t\n\f\r/>])[^<]*+)*+"
    )


# Possessive throughout: no input makes it try twice. An unclosed comment, tag or script lasts to
# the end of the page, as in a browser.
MARKUP_PATTERN = "|".join(
    (
        r"<!--(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)*+(?:--!?>)?+)",
        _raw("script"),
        _raw("style"),
        _raw("title", closes_itself=True),  # <title/> stands in pictures (SVG)
        _raw("textarea"),
        _raw("iframe"),
        _raw("noframes"),
        _raw("noembed"),
        _raw("xmp"),
        rf"</?[a-zA-Z][^ \t\n\f\r/>]*+{_ATTRIBUTES}(?:>|\Z)",
        r"<[!?/][^>]*+(?:>|\Z)",
    )
)
MARKUP = re.compile(MARKUP_PATTERN)


# Tags in which a page tells about itself, for rights, headline and authors.
_TELLING = rf"<(?:{_any_case('meta', 'link', 'title', 'h1', 'script')})(?=[ \t\n\f\r/>])"
# Over what is no text to the next telling tag (group 1), run of text (group 2) or the page's end:
# a page of 227,000 characters takes .55 ms, and as long for either alone.
_NEXT = re.compile(
    rf"(?:(?!{_TELLING})(?:{MARKUP_PATTERN})|[ \t\n\f\r]++)*+"
    rf"(?:(?=<[a-zA-Z])({MARKUP_PATTERN})|((?:[^<]++|<(?![a-zA-Z!?/]))++)|\Z)"  # always a match
)
_GAP = re.compile(rf"(?:{MARKUP_PATTERN}|[ \t\n\f\r]++)*+")
_SPACES = re.compile(r"[ \t\n\f\r]+")
_TAG_NAME = re.compile(r"</?([a-zA-Z][^ \t\n\f\r/>]*)")
_REFERENCE = re.compile(  # as html.unescape reads them (HTML, 13.2.5.72)
    r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)"
)

# Unicode's default ignorable code points: seen by nobody, dropped by extractors, kept by us.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]+"
)

_BLOCK_TAGS = """address article aside blockquote body caption center dd details dialog dir div dl
    dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li
    main menu nav ol optgroup option p pre search section select summary table tbody td tfoot th
    thead tr ul"""
BLOCK_LEVEL = frozenset(_BLOCK_TAGS.split())


class Tag(NamedTuple):
    """A tag of the page; script, style and title with their content."""

    start: int
    text: str


class Attribute(NamedTuple):
    """One attribute of a tag: lower-case name, raw value and where that stands in the tag."""

    name: str
    value: str
    start: int


_ATTRIBUTE = re.compile(
    r"""([^\s=/>"'<]+)[ \t\n\f\r]*=[ \t\n\f\r]*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))"""
)


def attributes(tag: str) -> list[Attribute]:
    """The attributes of a tag that have a value, references not resolved."""
    return [
        Attribute(found[1].lower(), found[found.lastindex or 1], found.start(found.lastindex or 1))
        for found in _ATTRIBUTE.finditer(tag)
    ]


class Boundary(NamedTuple):
    """What stands between two runs of text, as far as reading goes."""

    white: bool  # white space, a line break or a block-level tag: words are apart
    breaks: int  # line breaks, up to a block-level tag
    block: bool  # a block-level tag


class Atom(NamedTuple):
    """One character, or one character reference with what it stands for."""

    start: int
    end: int
    text: str


def squeeze(text: str) -> str:
    """The characters that locating goes by: no space of any kind, nothing invisible."""
    packed = "".join(text.split())
    return packed if packed.isascii() else _IGNORABLE.sub("", packed)


def collapse(text: str) -> str:
    """HTML's white space as one space each, none at the ends; every other character stays."""
    if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text:
        text = _SPACES.sub(" ", text)  # ten times as long as looking whether it is needed
    return text.strip(WHITE)


def boundary(gap: str) -> Boundary:
    """What a gap between two runs does; it holds markup and white space only."""
    if "<" not in gap:
        return Boundary(white=bool(gap), breaks=0, block=False)
    return _usual(gap) if len(gap) <= _USUAL else _boundary(gap)


def _boundary(gap: str) -> Boundary:
    breaks = 0
    for token in MARKUP.finditer(gap):
        name = _TAG_NAME.match(token[0])
        if name is None:
            continue
        tag = name[1].lower()
        if tag in BLOCK_LEVEL:  # nothing after it changes how the gap reads
            return Boundary(white=True, breaks=breaks, block=True)
        breaks += tag == "br"
    return Boundary(white=breaks > 0 or MARKUP.sub("", gap) != "", breaks=breaks, block=False)


_USUAL = 100  # characters; `</p><p>` and its like are two thirds of a page's gaps
_usual = lru_cache(maxsize=4096)(_boundary)


def words(page: str, spans: Sequence[Span]) -> str:
    """The text a reader sees at these spans: references resolved, white space collapsed.

    Nothing is put in at an inline tag; a line break or a block-level tag is one space.
    """
    if len(spans) == 1:  # most blocks
        part = page[spans[0].start : spans[0].end]
        return collapse(unescape(part) if "&" in part else part)
    parts: list[str] = []
    last = -1
    for span in spans:
        if parts and boundary(page[last : span.start]).white:
            parts.append(" ")
        part = page[span.start : span.end]
        parts.append(unescape(part) if "&" in part else part)
        last = span.end
    return collapse("".join(parts))


def is_gap(page: str, start: int, end: int) -> bool:
    """Whether only tags, comments, script, style and white space stand there."""
    gap = _GAP.match(page, start, end)
    return gap is not None and gap.end() == end


def atoms(text: str, start: int, end: int) -> list[Atom]:
    """The characters of a run, each with its place; a reference is one atom."""
    found: list[Atom] = []
    at = start
    while at < end:
        reference = _REFERENCE.match(text, at, end) if text[at] == "&" else None
        stop = _reference_end(reference[0], at) if reference else at + 1
        found.append(Atom(at, stop, unescape(text[at:stop]) if reference else text[at]))
        at = stop
    return found


def visible(page: str, start: int, end: int, number: int) -> tuple[int, int]:
    """Where the visible character of that number (from 0) stands in a run of text."""
    at = start
    for reference in (*_REFERENCE.finditer(page, start, end), None):
        stop = reference.start() if reference else end
        held = len(squeeze(page[at:stop]))
        if number < held:
            return _nth(page, at, stop, number)
        number -= held
        if reference is None:
            break
        at = _reference_end(reference[0], reference.start())
        stands_for = len(squeeze(unescape(page[reference.start() : at])))
        if number < stands_for:
            return reference.start(), at
        number -= stands_for
    raise ValueError(f"characters {start} to {end} hold fewer visible ones")


def _nth(page: str, start: int, end: int, number: int) -> tuple[int, int]:
    """The same where no reference stands, by bisection."""
    low, high = start + number + 1, end  # the shortest beginning that holds number + 1
    while low < high:
        middle = (low + high) // 2
        if len(squeeze(page[start:middle])) > number:
            high = middle
        else:
            low = middle + 1
    return low - 1, low


def _reference_end(reference: str, at: int) -> int:
    """Where a reference really ends: "&notit;" is "&not" and letters (HTML, 13.2.5.73)."""
    if reference[1] == "#" or reference[1:] in html5:
        return at + len(reference)
    for length in range(len(reference) - 1, 2, -1):
        if reference[1:length] in html5:
            return at + length
    return at + 1  # a bare ampersand


class Source:
    """A decoded page as its runs of text, and the *skeleton*: its visible characters in a row.

    Finding a block is one search in the skeleton; offsets there lead back to the page by
    bisection. A page of 244,000 characters takes 2 ms.
    """

    __slots__ = (
        "_boundaries",
        "_parting",
        "_spans",
        "_starts",
        "charset",
        "runs",
        "skeleton",
        "tags",
        "text",
    )

    def __init__(self, text: str, charset: str = "utf-8") -> None:
        self.text = text
        self.charset = charset
        self.runs: list[tuple[int, int]] = []
        self.tags: list[Tag] = []
        """Its meta, link, title, h1 and script tags in order; none from a comment or a script."""
        pieces: list[str] = []
        for match in _NEXT.finditer(text):
            if match.lastindex == 2:
                piece = match[2]
                start = match.start(2)
                self.runs.append((start, start + len(piece.rstrip(WHITE))))
                pieces.append(squeeze(unescape(piece) if "&" in piece else piece))
            elif match.lastindex == 1:
                self.tags.append(Tag(match.start(1), match[1]))
        self.skeleton = "".join(pieces)
        self._starts = list(accumulate(map(len, pieces), initial=0))
        self._boundaries: dict[int, Boundary] = {}
        self._parting: dict[int, bool] = {}
        self._spans: dict[tuple[int, int], tuple[Span, ...]] = {}

    def run_at(self, offset: int) -> int:
        """The run that holds the skeleton's character at `offset`."""
        return bisect_right(self._starts, offset, hi=len(self.runs)) - 1

    def run_start(self, run: int) -> int:
        """Where a run begins in the skeleton."""
        return self._starts[run]

    def boundary_after(self, run: int) -> Boundary:
        """What stands between a run and the next."""
        known = self._boundaries.get(run)
        if known is None:
            gap = self.text[self.runs[run][1] : self.runs[run + 1][0]]
            known = self._boundaries[run] = boundary(gap)
        return known

    def runs_after(self, offset: int, most: int) -> list[tuple[int, int]]:
        """The first runs of text that begin at or after an offset of the page."""
        first = bisect_right(self.runs, (offset, -1))
        return self.runs[first : first + most]

    def widened(self, spans: Sequence[Span]) -> list[tuple[Span, ...]]:
        """The same spans reaching to their runs' ends, on the left, the right and both sides."""
        first, last = self._run_of(spans[0].start), self._run_of(spans[-1].start)
        left = Span(start=self.runs[first][0], end=spans[0].end)
        right = Span(start=spans[-1].start, end=self.runs[last][1])
        if first == last:
            both = Span(start=left.start, end=right.end)
            return [(left,), (right,), (both,)]
        inner = tuple(spans[1:-1])
        return [(left, *inner, spans[-1]), (spans[0], *inner, right), (left, *inner, right)]

    def _run_of(self, offset: int) -> int:
        """The run that holds a character of the page, or the last before it."""
        return bisect_right(self.runs, (offset, len(self.text))) - 1

    def holds_text(self, span: Span) -> bool:
        """Whether the span lies in one run of text, and nowhere in markup."""
        run = self._run_of(span.start)
        return run >= 0 and span.start < span.end <= self.runs[run][1]

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """The page's spans of the skeleton's characters start..end."""
        known = self._spans.get((start, end))
        if known is None:  # asked for when a text is read, and again when it is proved
            known = self._spans[start, end] = self._spans_of(start, end)
        return known

    def _spans_of(self, start: int, end: int) -> tuple[Span, ...]:
        first, last = self.run_at(start), self.run_at(end - 1)
        begin = self._begin(first, start - self._starts[first])
        finish = self._finish(last, end - self._starts[last])
        if first == last:
            return (Span(start=begin, end=finish),)
        inner = (Span(start=left, end=right) for left, right in self.runs[first + 1 : last])
        return (
            Span(start=begin, end=self.runs[first][1]),
            *inner,
            Span(start=self.runs[last][0], end=finish),
        )

    def _begin(self, run: int, skip: int) -> int:
        """The page's offset of a run's visible character number `skip`."""
        start, end = self.runs[run]
        first = self.text[start]
        if skip == 0 and first != "&" and ("!" <= first <= "~" or squeeze(first)):
            return start
        return visible(self.text, start, end, skip)[0]

    def _finish(self, run: int, keep: int) -> int:
        """The page's offset after the first `keep` visible characters of a run."""
        start, end = self.runs[run]
        whole = self._starts[run + 1] - self._starts[run]
        last = self.text[end - 1]
        if keep == whole and last != ";" and ("!" <= last <= "~" or squeeze(last)):
            return end
        return visible(self.text, start, end, keep - 1)[1]

    def parts_blocks(self, offset: int) -> bool:
        """Whether a block ends, or a line breaks, before the visible character at `offset`."""
        known = self._parting.get(offset)  # asked for each edge of a block six times
        if known is None:
            known = self._parting[offset] = self._parts_blocks(offset)
        return known

    def _parts_blocks(self, offset: int) -> bool:
        if not 0 < offset < len(self.skeleton):
            return True
        for run in range(self.run_at(offset - 1), self.run_at(offset)):
            after = self.boundary_after(run)
            if after.block or after.breaks:
                return True
        return False

    def begins_block(self, offset: int) -> bool:
        """The same for an offset of the page, at a run's edge or inside one."""
        run = self._run_of(offset)
        if run < 0:
            return True
        start, end = self.runs[run]
        before = len(squeeze(unescape(self.text[start : min(offset, end)])))
        return self.parts_blocks(self._starts[run] + before)

    def splits_word(self, offset: int) -> bool:
        """Whether a cut before the skeleton's character at `offset` would part a word.

        Letters of scripts that write no spaces (Chinese, Japanese, Thai...) are never one word.
        """
        if not 0 < offset < len(self.skeleton):
            return False
        before, after = self.skeleton[offset - 1], self.skeleton[offset]
        if not (before.isalnum() and after.isalnum()):
            return False
        if is_unspaced(before) or is_unspaced(after):
            return False
        left, right = self.run_at(offset - 1), self.run_at(offset)
        if any(self.boundary_after(run).white for run in range(left, right)):
            return False
        seen = words(self.text, self.spans(offset - 1, offset + 1))
        return not any(character.isspace() for character in seen)


def is_unspaced(character: str) -> bool:
    """Whether the character's script writes words without spaces."""
    return (
        "\u0e00" <= character <= "\u0eff"  # Thai, Lao
        or "\u1000" <= character <= "\u109f"  # Burmese
        or "\u1780" <= character <= "\u17ff"  # Khmer
        or "\u3040" <= character <= "\u9fff"  # kana, Han
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )
