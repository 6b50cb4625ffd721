"""A quick look at a feed's bytes before a parser sees them: what it is, and how much of it is sane.

One pass over the tags, linear in the bytes. It bounds what parsers choke on (depth, attributes,
entries, long runs of text, entity declarations) and leaves whole entries: from the first fault on,
or where the bytes break off, everything after the last whole entry is cut and the open elements
are closed. It decides nothing about words.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_BYTES = 15_000_000
MAX_ENTRIES = 5_000
MAX_ROWS = 50_000  # of a sitemap (sitemaps.org)
MAX_DEPTH = 256  # libxml2's own bound; feeds carrying whole pages in XHTML reach 40
MAX_ATTRIBUTES = 200  # of one element: a feed's root with every known namespace has 30
MAX_TAG = 65_536  # bytes of one tag
MAX_RUN = 1_000_000  # bytes of text without a tag, or of one CDATA section
MAX_STRAY = 1_000  # "<" that open nothing, tags that close nothing
MAX_ELEMENTS = 20_000  # of one entry: a long article in XHTML has 3,000
MAX_ALL_ELEMENTS = 200_000  # a feed of 5,000 entries with 40 each
MAX_PREFIXES = 100  # of namespaces: expat's time grows with their square

ROOTS = frozenset({"rss", "rdf", "feed", "channel", "urlset", "sitemapindex"})
_ENTRIES = frozenset({"item", "entry", "url", "sitemap"})
_MAPS = frozenset({"urlset", "sitemapindex"})
_HTML = frozenset({"html", "head", "body"})
_PREAMBLE = 65_536  # bytes that may stand before the root: PHP's warnings, comments

_TAG = re.compile(
    rb"<(/?)([A-Za-z_][A-Za-z0-9_:.\-]*+)((?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)>", re.DOTALL
)
_ENTRY_END = re.compile(rb"</(?:[A-Za-z_]+:)?(?:item|entry)\s*>")
_SITEMAP = re.compile(rb"<(?:[A-Za-z_]+:)?(?:urlset|sitemapindex)\b")
_DOCTYPE = re.compile(rb"<!DOCTYPE\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""[^\s="'<>/]+\s*=\s*(?:"[^"]*+"|'[^']*+'|[^\s"'>]++)""")
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]++)|([0-9]++));?")
# ISO 2022 shifts its alphabets with SO, SI and ESC; every other control character is rubbish.
_CONTROLS = bytes(c for c in [*range(32), 127] if c not in b"\t\n\r\x0e\x0f\x1b")
_PREFIX = re.compile(rb"xmlns:([^\s=]+)")
_DATE = re.compile(
    rb"<(?:[a-z]+:)?(?:pubDate|date|published|updated|lastmod|publication_date)>\s*([^<]{8,40})<"
)
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")
_NOT_SO = re.compile(
    rb"""(?i)\bencoding\s*=\s*["'][^"']*(?:utf-?7|utf-?16|utf-?32|ucs-?[24])[^"']*["']"""
)


@dataclass(slots=True)
class Bounded:
    """What is left of a feed's bytes, and what was found on the way."""

    kind: str  # the root's name in lower case, "html", "json" or "" when nothing was recognised
    body: bytes = b""  # well bounded; ASCII-compatible
    charset: str = ""  # when the bytes were recoded: what they are in now
    entries: int = 0  # whole ones left
    dropped: int = 0  # whole ones cut, being more than MAX_ENTRIES
    fault: str = ""  # why the rest was cut, "" when the feed is whole


@dataclass(slots=True)
class _Scan:
    root: str = ""
    start: int = 0  # of what is kept
    end: int = 0
    stack: list[bytes] = field(default_factory=list)  # names as written
    spans: list[tuple[int, int]] = field(default_factory=list)  # of whole entries
    closers: list[bytes] = field(default_factory=list)  # open around the latest whole entry
    cuts: list[tuple[int, int]] = field(default_factory=list)  # to be left out
    opened: int = -1  # where the entry being read began
    doctype_html: bool = False
    stray: int = 0
    elements: int = 0
    before: int = 0  # elements before the entry being read
    prefixes: set[bytes] = field(default_factory=set)
    fault: str = ""


def bound(body: bytes) -> Bounded:
    """Say what the bytes are and leave of them what a parser may see."""
    if len(body) > MAX_BYTES:
        return Bounded(kind="", fault=f"has more than {MAX_BYTES:,} bytes")
    body, charset = _ascii_compatible(body)
    body = _speakable(body)
    text = body.removeprefix(codecs.BOM_UTF8).lstrip()
    if text[:1] in (b"{", b"["):
        return Bounded(kind="json", body=text, charset=charset)
    body, thinned = _thinned(body)
    scan = _scan(body)
    if not scan.root:
        return Bounded(kind="html" if scan.doctype_html else "", fault=scan.fault)
    if scan.root == "html":
        return Bounded(kind="html")
    kept = _kept(body, charset, scan)
    kept.dropped += thinned
    return kept


def _thinned(body: bytes) -> tuple[bytes, int]:
    """Of very many entries the first and the last ones, and how many between them are left out.

    The newest stand at one of the ends; looking through all of 100,000 takes a second.
    """
    if len(body) < MAX_ENTRIES * 16 or _SITEMAP.search(body, 0, _PREAMBLE):
        return body, 0
    ends = [match.end() for match in _ENTRY_END.finditer(body)]
    between = len(ends) - 2 * MAX_ENTRIES
    if between <= 0:
        return body, 0
    left, right = ends[MAX_ENTRIES - 1], ends[-MAX_ENTRIES - 1]
    return body[:left] + body[right:], between


def _ascii_compatible(body: bytes) -> tuple[bytes, str]:
    """UTF-16 and UTF-32 recoded to UTF-8; UTF-7 never believed; others are the parser's to read."""
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (b"<\0\0\0", "utf-32-le"),
        (b"\0\0\0<", "utf-32-be"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
        (b"\x4c\x6f\xa7\x94", "cp037"),  # "<?xm" in EBCDIC (XML 1.0, appendix F)
    ):
        if body.startswith(mark):
            recoded = body.decode(name, "replace").encode("utf-8", "replace")
            return _DECLARATION.sub(b"", recoded, count=1), "utf-8"
    if _NOT_SO.search(body, 0, 1000):  # its first bytes say otherwise
        return _DECLARATION.sub(b"", body, count=1), "utf-8"
    return body, ""


def _speakable(body: bytes) -> bytes:
    """Without control characters and references to what is no character (XML 1.0, 2.2)."""
    body = body.translate(None, _CONTROLS)
    return _REFERENCE.sub(_reference, body) if b"&#" in body else body


def _reference(match: re.Match[bytes]) -> bytes:
    hexadecimal, decimal = match.groups()
    digits = (hexadecimal or decimal).lstrip(b"0")
    if not 0 < len(digits) < 8:
        return b""
    code = int(digits, 16 if hexadecimal else 10)
    allowed = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return match[0] if allowed or 0x10000 <= code <= 0x10FFFF else b""


def _scan(body: bytes) -> _Scan:
    scan = _Scan()
    at = 0
    while not scan.fault:
        open_at = body.find(b"<", at)
        if open_at < 0:
            break
        if open_at - at > MAX_RUN:
            scan.cuts.append((at + MAX_RUN, open_at))
        if not scan.root and open_at > _PREAMBLE:
            break
        after = _step(body, open_at, scan)
        if after < 0:
            break  # cut in the middle of something, or the root has ended
        at = after
    return scan


def _step(body: bytes, at: int, scan: _Scan) -> int:
    """Take in what begins at a "<"; gives where it ends, -1 when there is no more to read."""
    match = _TAG.match(body, at)
    if match is not None:
        return _tag(match, scan)
    for opens, closes in ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")):
        if body.startswith(opens, at):
            end = body.find(closes, at + len(opens))
            if end < 0:
                return -1
            if end - at > MAX_RUN:
                scan.cuts.append((at + MAX_RUN, end))
            return end + len(closes)
    if _DOCTYPE.match(body, at):
        return _doctype(body, at, scan)
    return _stray(at + 1, scan)


def _stray(end: int, scan: _Scan) -> int:
    scan.stray += 1
    if scan.stray > MAX_STRAY:
        scan.fault = f"more than {MAX_STRAY:,} brackets open or close nothing"
    return end


def _doctype(body: bytes, at: int, scan: _Scan) -> int:
    """A DOCTYPE is left out whole: no entity is declared, nothing outside is named."""
    end = body.find(b">", at)
    subset = body.find(b"[", at, end if end >= 0 else None)
    if subset >= 0:
        closed = body.find(b"]", subset)
        end = body.find(b">", closed) if closed >= 0 else -1
    if end < 0:
        return -1
    scan.doctype_html = body[at + 9 : at + 20].strip().lower().startswith(b"html")
    scan.cuts.append((at, end + 1))
    return end + 1


def _tag(match: re.Match[bytes], scan: _Scan) -> int:
    slash, raw, rest = match.groups()
    name = raw.rpartition(b":")[2].decode("ascii").lower()
    if not scan.root:
        if name in ROOTS:
            scan.root = name
            scan.start = match.start()
        elif name in _HTML:
            scan.root = "html"
            return -1
        else:
            return match.end()
    if slash:
        return _close(match.end(), raw, name, scan)
    scan.elements += 1
    empty = rest.endswith(b"/")
    if name in _ENTRIES and scan.opened < 0:
        scan.opened, scan.before = match.start(), scan.elements
    scan.fault = _attributes_fault(rest, scan) or _elements_fault(scan)
    if not empty:
        scan.stack.append(raw)
    elif scan.opened == match.start() and not scan.fault:
        _whole_entry(match.end(), scan)
    return match.end()


def _attributes_fault(rest: bytes, scan: _Scan) -> str:
    if len(rest) > MAX_TAG:
        return f"a tag has more than {MAX_TAG:,} bytes"
    if rest.count(b"=") > MAX_ATTRIBUTES and len(_ATTRIBUTE.findall(rest)) > MAX_ATTRIBUTES:
        return f"an element has more than {MAX_ATTRIBUTES} attributes"
    if b"xmlns:" in rest:
        scan.prefixes.update(_PREFIX.findall(rest))
        if len(scan.prefixes) > MAX_PREFIXES:
            return f"more than {MAX_PREFIXES} namespaces are named"
    return ""


def _elements_fault(scan: _Scan) -> str:
    if len(scan.stack) >= MAX_DEPTH:
        return f"elements are nested more than {MAX_DEPTH} deep"
    if scan.opened >= 0 and scan.elements - scan.before > MAX_ELEMENTS:
        return f"an entry has more than {MAX_ELEMENTS:,} elements"
    # Entries past MAX_ENTRIES are cut anyway, and do not count.
    most = MAX_ALL_ELEMENTS * (5 if scan.root in _MAPS else 1)
    if scan.elements > most and len(scan.spans) < MAX_ENTRIES:
        return f"there are more than {most:,} elements"
    return ""


def _close(end: int, raw: bytes, name: str, scan: _Scan) -> int:
    stack = scan.stack
    if raw not in stack:  # closes nothing that is open: the loose feeds of this world
        return _stray(end, scan)
    while stack.pop() != raw:
        pass
    if name in _ENTRIES and scan.opened >= 0 and not any(_is_entry(open_) for open_ in stack):
        _whole_entry(end, scan)
    if not stack:
        scan.end = end
        return -1  # what follows the root is not the feed's
    return end


def _whole_entry(end: int, scan: _Scan) -> None:
    scan.spans.append((scan.opened, end))
    scan.closers = scan.stack.copy()
    scan.opened = -1


def _is_entry(raw: bytes) -> bool:
    return raw.rpartition(b":")[2].decode("ascii").lower() in _ENTRIES


def _kept(body: bytes, charset: str, scan: _Scan) -> Bounded:
    declared = body.rfind(b"<?xml", 0, scan.start)
    start = declared if declared >= 0 else scan.start
    fault = scan.fault or ("" if scan.end else "the feed breaks off")
    end, closers = scan.end, b""
    if not scan.end:
        if not scan.spans:
            return Bounded(kind=scan.root, fault=fault)
        end = scan.spans[-1][1]
        closers = b"".join(b"</" + name + b">" for name in reversed(scan.closers))
    cuts = [cut for cut in scan.cuts if start <= cut[0] and cut[1] <= end]
    most = MAX_ROWS if scan.root in _MAPS else MAX_ENTRIES
    dropped = len(scan.spans) - most
    if dropped > 0:
        cuts = _older_cut(body, scan.spans, cuts, most)
    pieces, at = [], start
    for left, right in cuts:
        pieces.append(body[at:left])
        at = max(at, right)
    pieces.append(body[at:end])
    mark = codecs.BOM_UTF8 if body.startswith(codecs.BOM_UTF8) else b""
    return Bounded(
        kind=scan.root,
        body=mark + b"".join(pieces) + closers,
        charset=charset,
        entries=min(len(scan.spans), most),
        dropped=max(dropped, 0),
        fault=fault,
    )


def _older_cut(
    body: bytes, spans: list[tuple[int, int]], cuts: list[tuple[int, int]], most: int
) -> list[tuple[int, int]]:
    """The cuts that leave the newest entries: the first ones, unless the last one is newer."""
    first, last = (_date(body, span) for span in (spans[0], spans[-1]))
    if first is not None and last is not None and last > first:
        gap = (spans[0][0], spans[-most][0])
    else:
        gap = (spans[most - 1][1], spans[-1][1])
    outside = [cut for cut in cuts if cut[1] <= gap[0] or cut[0] >= gap[1]]
    return sorted([*outside, gap])


def _date(body: bytes, span: tuple[int, int]) -> datetime | None:
    match = _DATE.search(body, *span)
    if match is None:
        return None
    text = match[1].decode("ascii", "replace").strip()
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
        except (ValueError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
