"""WebSub, as a subscriber (W3C Recommendation of 23 January 2018): what is said, and what holds.

A push is a knock and no more: whatever a hub sends, the feed is fetched from its publisher, since
the words that are published must come from there. So nothing is lost by forgeries but a request.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import timedelta
from urllib.parse import urlencode, urljoin

from wirecopy.model import FeedReading

LEASE = timedelta(days=10)
SHORTEST_LEASE = timedelta(minutes=10)
LONGEST_LEASE = timedelta(days=90)
RENEWED_AT = 0.8  # of the lease
UNANSWERED = timedelta(days=1)  # a hub that has not verified by then is asked again
REFUSED = timedelta(days=7)

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)")
_REL = re.compile(r"\brel\s*=\s*\"?([^\";,]*)", re.IGNORECASE)
_METHODS = {"sha1", "sha256", "sha384", "sha512"}  # WebSub, 5.1.2


def hub_of(headers: tuple[tuple[str, str], ...], reading: FeedReading, url: str) -> tuple[str, str]:
    """The hub that speaks for a feed, and its topic there; ("", "") without one.

    `url` is where the feed came from. Link headers come before the feed's own words (WebSub, 4).
    """
    said: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == "link":
            for href, parameters in _LINK.findall(value):
                rel = _REL.search(parameters)
                for word in rel[1].lower().split() if rel else ():
                    said.setdefault(word, urljoin(url, href.strip()))
    hub = said.get("hub") or reading.hub
    if not hub.startswith(("http://", "https://")):
        return "", ""
    topic = said.get("self") or reading.named_url or url
    return hub, topic if topic.startswith(("http://", "https://")) else url


def request(callback: str, topic: str, secret: str) -> bytes:
    """The form that asks a hub to tell us (WebSub, 5.1)."""
    form = {
        "hub.callback": callback,
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }
    if secret:
        form["hub.secret"] = secret
    return urlencode(form).encode()


def is_signed(secret: str, signature: str, body: bytes) -> bool:
    """Whether `X-Hub-Signature` is that of who knows the secret (WebSub, 8)."""
    method, _, digest = signature.strip().partition("=")
    if method not in _METHODS or not digest.isascii():
        return False
    expected = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    return hmac.compare_digest(expected, digest.lower())


def lease_of(seconds: str) -> timedelta:
    """The lease a hub grants, within bounds; ours where it names none."""
    if not (seconds.isascii() and seconds.isdigit()):
        return LEASE
    return min(max(timedelta(seconds=float(seconds[:12])), SHORTEST_LEASE), LONGEST_LEASE)
