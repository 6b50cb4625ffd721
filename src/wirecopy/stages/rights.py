"""How much of an article may be shown: the most restrictive of all signals, each with its words.

Two questions are kept apart: what the ground is (a private site, or a basis on record), and what
the publisher's own signals forbid. On a private site what a page says to search engines and miners
is told as a notice; robots.txt, a paywall, a vanished page and a takedown bind everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from wirecopy.model import BasisKind, Mode, Policy, Publisher, Reason, Signals
from wirecopy.stages.licence import Grant, Terms

EXCERPT_CHARS = 160
UNREAD = Grant(mode=Mode.LINK, words="were not read, so that nothing is licensed")

_GONE = {
    "Missing": "The publisher withdrew the page (404).",
    "Gone": "The publisher withdrew the page (410).",
}
_NOT_READ = {
    "RobotsDisallow": ("robots", "robots.txt asks that this page is not fetched, so it was not."),
    "Refused": ("refused", "The publisher's server refuses the page to computer programmes."),
    "Unreachable": ("unreachable", "The publisher's server did not answer for this page."),
    "Throttled": ("throttled", "The publisher's server asked for a rest before this page."),
    "BadAnswer": ("bad-answer", "The publisher's server gave no usable answer for this page."),
    "TooLarge": ("too-large", "The page is larger than we read."),
    "ForbiddenAddress": ("forbidden-address", "The page's address is none we may ask."),
}
_BASIS = {
    BasisKind.LICENCE: "a licence is on record",
    BasisKind.PERMISSION: "the publisher's permission is on record",
    BasisKind.OWN: "the publisher and this site are the same",
    BasisKind.PUBLIC_DOMAIN: "the publisher's words are in the public domain",
}
# Text and data mining needs the right holder's own word; a licence for showing does not give it.
_PERMITS_MINING = frozenset({BasisKind.PERMISSION, BasisKind.OWN})


def decide(
    *,
    publisher: Publisher,
    private_site: bool,
    signals: Signals,
    miss: str = "",
    feed_miss: str = "",
    status: int = 200,
    takedown: str = "",
    at: datetime | None = None,
    licences: tuple[Terms, ...] = (),
) -> Policy:
    """What may be shown of one article, with every reason.

    `miss` and `feed_miss` are an error's name from errors.py when the page or the feed was not
    got, `status` the page's HTTP status, `takedown` the reason class of a takedown. `at` is the
    time of the capture, which `unavailable_after` is held against. `licences` are the
    terms for machines that speak of it; those that `signals` name grant nothing when left out.
    """
    permitted = publisher.basis.kind in _PERMITS_MINING
    if signals.rsl and not licences:
        licences = (Terms(named=signals.rsl, grant=UNREAD),)
    reasons = (
        _ground(publisher, private_site),
        *_takedown(takedown),
        *_feed(feed_miss),
        *_page(miss, status),
        *_paywall(signals),
        *_told_to_machines(signals, permitted, private_site, at),
        *(() if permitted else _licences(licences, private_site)),
    )
    mode = min((reason.mode for reason in reasons if not reason.notice), key=lambda m: m.rank)
    unlicensed = any(not each.grant.mining for each in licences)
    reserved = signals.tdm_reserved or unlicensed or signals.noai
    return Policy(
        mode=mode,
        reasons=reasons,
        max_chars=_cap(signals, private_site) if mode is Mode.EXCERPT else None,
        mining=not signals.paywalled and (private_site or permitted or not reserved),
        images=mode is Mode.FULL,
    )


def _ground(publisher: Publisher, private_site: bool) -> Reason:
    basis = publisher.basis
    if basis.mode is Mode.OFF:
        return Reason(
            signal="basis", mode=Mode.OFF, words="The operator shows nothing of this publisher."
        )
    if private_site:
        return Reason(
            signal="private-site",
            mode=Mode.FULL,
            words="This site is private: the text is shown for private use and not exported.",
        )
    if basis.kind is BasisKind.NONE:
        return Reason(
            signal="basis",
            mode=Mode.LINK,
            words="No licence or permission of this publisher is on record: headline and link.",
        )
    ground = _BASIS[basis.kind]
    named = f" ({basis.licence})" if basis.licence else ""
    since = f", recorded on {basis.recorded.isoformat()}" if basis.recorded else ""
    words = f"{ground[0].upper()}{ground[1:]}{named}{since}: {_ALLOWS[basis.mode]}."
    return Reason(signal="basis", mode=basis.mode, words=words)


_ALLOWS = {
    Mode.LINK: "headline and link",
    Mode.EXCERPT: "an excerpt",
    Mode.FULL: "the whole text",
}


def _takedown(reason: str) -> Iterator[Reason]:
    if reason:
        yield Reason(
            signal="takedown", mode=Mode.OFF, words=f"Taken down at request: {reason.rstrip('.')}."
        )


def _feed(miss: str) -> Iterator[Reason]:
    # RFC 9309, 2.3.1.4: a robots.txt that cannot be had forbids everything.
    if miss == "RobotsDisallow":
        yield Reason(
            signal="robots-feed",
            mode=Mode.OFF,
            words="robots.txt asks that the publisher's feed is not fetched, or cannot be had.",
        )


def _page(miss: str, status: int) -> Iterator[Reason]:
    if miss in _GONE or status in (404, 410):
        words = _GONE.get(miss) or f"The publisher withdrew the page ({status})."
        yield Reason(signal="withdrawn", mode=Mode.OFF, words=words)
    elif miss:
        signal, words = _NOT_READ.get(miss, ("not-read", f"The page could not be had ({miss})."))
        yield Reason(signal=signal, mode=Mode.LINK, words=words)
    elif status in (401, 403, 451):
        words = f"The publisher's server refuses the page to computer programmes ({status})."
        yield Reason(signal="refused", mode=Mode.LINK, words=words)
    elif not 200 <= status < 300:
        words = f"The publisher's server gave no usable answer for this page ({status})."
        yield Reason(signal="bad-answer", mode=Mode.LINK, words=words)


def _paywall(signals: Signals) -> Iterator[Reason]:
    if signals.paywalled:
        yield Reason(
            signal="paywall",
            mode=Mode.LINK,
            words="The publisher marks the article as not free to read.",
        )


def _told_to_machines(
    signals: Signals, permitted: bool, private_site: bool, at: datetime | None
) -> Iterator[Reason]:
    """The page's words to search engines and miners; notices where the site is private."""
    ends = signals.unavailable_after
    rows = [
        ("noindex", signals.noindex, Mode.LINK, "The page asks not to be indexed."),
        (
            "unavailable-after",
            ends is not None and at is not None and at > ends,
            Mode.LINK,
            "The page asked to be listed only up to a day that has passed.",
        ),
        ("nosnippet", signals.nosnippet, Mode.LINK, "The page asks that no excerpt is shown."),
        ("max-snippet", signals.max_snippet == 0, Mode.LINK, "The page allows no excerpt."),
        (
            "max-snippet",
            (signals.max_snippet or 0) > 0,  # -1 means no limit
            Mode.EXCERPT,
            f"The page allows an excerpt of {signals.max_snippet} characters.",
        ),
        ("noarchive", signals.noarchive, Mode.EXCERPT, "The page asks that no copy is kept."),
        (
            "tdm",
            signals.tdm_reserved and not permitted,
            Mode.LINK,
            "The publisher reserves text and data mining.",
        ),
        (
            "noai",
            signals.noai and not permitted,
            Mode.FULL,
            "The page asks that its words are not mined.",
        ),
    ]
    for signal, said, mode, words in rows:
        if said:
            yield _to_machines(signal, mode, words, private_site)


def _licences(licences: tuple[Terms, ...], private_site: bool) -> Iterator[Reason]:
    for each in licences:
        words = (
            f"The publisher's licence terms for machines (RSL, {each.named}) {each.grant.words}."
        )
        yield _to_machines("rsl", each.grant.mode, words, private_site)


def _to_machines(signal: str, mode: Mode, words: str, private_site: bool) -> Reason:
    told = f"{words} This site is private, so it is told here." if private_site else words
    return Reason(signal=signal, mode=mode, words=told, notice=private_site)


def _cap(signals: Signals, private_site: bool) -> int:
    limit = signals.max_snippet
    if private_site or limit is None or limit <= 0:
        return EXCERPT_CHARS
    return min(EXCERPT_CHARS, limit)
