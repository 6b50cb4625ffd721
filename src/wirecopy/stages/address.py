"""Addresses: one spelling for one page, and the id that follows from it.

Everything here answers in ASCII or raises ValueError; nothing else is raised, whatever is asked.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import idna

from wirecopy.model import ArticleId

_PORTS = {"http": 80, "https": 443}

# Parameters that tell how a reader came, never which page is meant. The commonest were counted in
# the addresses of public feeds: utm_*, at_* (BBC), CMP (Guardian), xtor (French papers),
# maca (DW), traffic_source (Al Jazeera), wt_* (German papers).
_TRACKING = re.compile(
    r"(?:utm_.*|at_(?:medium|campaign|custom\d|link_.*|format|ptr_name|bbc_team|content)"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid|li_fat_id"
    r"|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|vero_id|oly_\w+_id|_ga|_gl|s_cid|s_kwcid|ns_campaign"
    r"|ns_mchannel|ns_source|ns_linkname|ns_fee|cmpid|cmp|icid|ncid|ocid|ito|ftag|smid|smtyp|emc"
    r"|xtor|maca|traffic_source|wt_z?mc(?:_.*)?|wtmc|wt\.z?mc|sr_share"
    r"|__twitter_impression)",
    re.IGNORECASE,
)
_FROM_FEED = re.compile(
    r"(?:ref|source|src|from|via|partner|medium|campaign|cid)=(?:rss|atom|feed|rss[-_]?feed)",
    re.IGNORECASE,
)

_UNRESERVED = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)  # RFC 3986, 2.3
_IN_PATH = _UNRESERVED | frozenset(b"!$&'()*+,;=:@/")  # RFC 3986, 3.3
_IN_QUERY = _IN_PATH | frozenset(b"?[]|")  # brackets and bars stand bare in many feeds' addresses
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_WWW = re.compile(r"^www\d?\.")
_BREAKS = re.compile(r"[\t\r\n]")
_WHITE = "".join(map(chr, range(33)))
_AS_IT_IS = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*")  # allowed in path and query alike


def normal(url: str) -> str:
    """The address's normal form (RFC 3986, 6.2): one spelling, without fragment or tracking.

    Scheme and host are lower case, the host in IDNA, a default port, credentials and dot segments
    gone, everything else percent-encoded where it must be and nowhere else. Raises ValueError for
    what is no http or https address.
    """
    scheme, host, port, path, query = _parts(url)
    at = f":{port}" if port is not None and port != _PORTS[scheme] else ""
    asked = f"?{query}" if query else ""
    return f"{scheme}://{host}{at}{path}{asked}"


def article_id(url: str) -> ArticleId:
    """Twelve characters of the normal address, the same for http, https, `www.` and a last slash.

    Raises ValueError as `normal` does.
    """
    digest = hashlib.sha256(_same(url).encode("ascii")).digest()
    return ArticleId(base64.b32encode(digest[:10]).decode("ascii").lower()[:12])


def feed_key(url: str) -> str:
    """What the addresses of one feed have in common; of what is no address, itself."""
    try:
        return _same(url)
    except ValueError:
        return url


def _same(url: str) -> str:
    """The address whether it is http or https, with `www.` or without, a last slash or none."""
    scheme, host, port, path, query = _parts(url)
    at = f":{port}" if port is not None and port != _PORTS[scheme] else ""
    return f"{_WWW.sub('', host)}{at}{path.rstrip('/')}?{query}"


def domain(url: str) -> str:
    """The host without `www.`: `www.bbc.co.uk` and `bbc.co.uk` are one; ValueError as `normal`."""
    return _WWW.sub("", _parts(url)[1])


def within(host: str, owner: str) -> bool:
    """Whether a host is a publisher's domain or stands under it: `m.bbc.co.uk` in `bbc.co.uk`."""
    return host == owner or host.endswith("." + owner)


@lru_cache(maxsize=1024)  # a page's address is taken apart five times on its way
def _parts(url: str) -> tuple[str, str, int | None, str, str]:
    # White space around and line breaks inside are typing, as the URL standard has it (4.4).
    bare = _BREAKS.sub("", url.strip(_WHITE))
    front, mark, back = bare.partition("?")
    split = urlsplit(front.replace("\\", "/") + mark + back)
    if split.scheme not in _PORTS:
        raise ValueError(f"not an http or https address: {url[:200]!r}")
    if not split.hostname:
        raise ValueError(f"an address without a host: {url[:200]!r}")
    host = _host(split.hostname)
    path = _without_dots(_encoded(split.path, _IN_PATH))
    query = _without_tracking(_encoded(split.query, _IN_QUERY))
    return split.scheme, host, split.port, path, query


@lru_cache(maxsize=4096)
def _host(name: str) -> str:
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name).compressed}]"
    name = unquote(name).rstrip(".").lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except UnicodeError as error:  # idna.IDNAError is one, and so a ValueError
            raise ValueError(f"not a host: {name[:200]!r}") from error
    if not _HOST.fullmatch(name) or ".." in name or len(name) > 253:
        raise ValueError(f"not a host: {name[:200]!r}")
    return name


def _encoded(text: str, allowed: frozenset[int]) -> str:
    """Percent-encodes what must be, decodes what need not be, and mends a stray `%`."""
    if _AS_IT_IS.fullmatch(text):
        return text  # nearly every address
    out: list[str] = []
    raw = text.encode("utf-8", "replace")
    at = 0
    while at < len(raw):
        byte = raw[at]
        if byte == 0x25:
            escape = _PERCENT.match(raw, at)
            if escape is None:
                out.append("%25")
            else:
                value = int(escape[1], 16)
                out.append(chr(value) if value in _UNRESERVED else f"%{value:02X}")
                at += 2
        elif byte in allowed:
            out.append(chr(byte))
        else:
            out.append(f"%{byte:02X}")
        at += 1
    return "".join(out)


def _without_dots(path: str) -> str:
    """The path with `.` and `..` resolved (RFC 3986, 5.2.4); never empty."""
    if "/." not in path:
        return path or "/"
    kept: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        if step == "..":
            if kept:
                kept.pop()
        elif step != ".":
            kept.append(step)
    if steps[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _without_tracking(query: str) -> str:
    if not query:
        return ""
    return "&".join(
        pair
        for pair in query.split("&")
        if pair
        and not _TRACKING.fullmatch(pair.partition("=")[0])
        and not _FROM_FEED.fullmatch(pair)
    )
