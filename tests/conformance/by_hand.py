"""One small resource for every line of the lists, to be asked for by hand.

    python -m tests.conformance.server [PORT]

The path begins with the line's id. Where a line is about what *we* do (F31: a refresh asked for ten
times), it is the resource to try it on.
"""

from __future__ import annotations

import gzip
import zlib

import brotli
import zstandard

from tests.conformance.server import (
    Play,
    bomb,
    conditional,
    cut_short,
    drips,
    drips_headers,
    endless,
    endless_headers,
    hangs_up,
    in_turn,
    page,
    raw,
    redirect,
    robots,
    silent,
    status,
)

RSS = ("Content-Type", "application/rss+xml")
HTML = ("Content-Type", "text/html")
HERE = "http://tester.example"


def rss(inside: str = "", *, channel: str = "", before: str = "") -> bytes:
    """A feed of one item, with more in the item, in the channel, or before the root."""
    return (
        f'{before}<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
        ' xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>The Tester'
        f"</title><link>{HERE}/</link>{channel}<item><title>It rained</title><link>{HERE}/rain"
        f"</link>{inside}</item></channel></rss>"
    ).encode()


def feed(inside: str = "", *headers: tuple[str, str], channel: str = "", before: str = "") -> Play:
    return page(rss(inside, channel=channel, before=before), RSS, *headers)


def described(html: str) -> Play:
    """A feed whose item brings this HTML."""
    return feed(f"<description><![CDATA[{html}]]></description>")


def article(head: str = "", *headers: tuple[str, str], body: str = "") -> Play:
    words = "<p>It rained in the harbour all day, and the ferry did not leave the quay.</p>" * 5
    return page(
        f"<!doctype html><title>It rained</title>{head}<article><h1>It rained</h1>{words}{body}"
        "</article>".encode(),
        HTML,
        *headers,
    )


def packed(body: bytes, encoding: str) -> Play:
    return page(body, RSS, ("Content-Encoding", encoding))


def many(count: int) -> bytes:
    one = f"<item><title>It rained</title><link>{HERE}/{{}}</link></item>"
    return rss(channel="".join(one.format(number) for number in range(count)))


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def item_at(time: str) -> Play:
    return feed(f"<pubDate>{time}</pubDate>")


def linked(url: str) -> Play:
    return page(rss().replace(f"{HERE}/rain".encode(), url.encode()), RSS)


XXE = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE r [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
)
RSL = (
    b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
    b'<permits type="usage">search</permits></license></content></rsl>'
)
LICENSED = (
    f'<rsl:content xmlns:rsl="https://rslstandard.org/rsl" url="{HERE}/rain"><rsl:license>'
    '<rsl:payment type="crawl"/></rsl:license></rsl:content>'
)
HOME = (
    b'<base href="/f45/"><link rel="alternate" type="application/rss+xml" href="comments/feed"'
    b' title="Comments"><link rel="alternate" type="application/atom+xml" href="atom.xml">'
    b'<link rel="alternate" type="application/feed+json" href="feed.json">'
)
SITEMAP = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'{}>{}</urlset>"
NEWS = (
    f"<url><loc>{HERE}/rain</loc><n:news><n:publication><n:name>The Tester</n:name><n:language>en"
    "</n:language></n:publication><n:publication_date>2026-03-02</n:publication_date><n:title>It"
    " rained</n:title></n:news></url>"
)

FETCHING: dict[str, Play] = {
    "/f01": conditional(rss(), 'W/"a,b"'),
    "/f02": conditional(rss(), '"same"'),
    "/f03": feed(),
    "/f04": in_turn(page(rss(), RSS, ("ETag", '"a"')), feed("<guid>b</guid>")),
    "/f05": cut_short(rss()[:200], len(rss())),
    "/f06": conditional(rss(), '"before"'),
    "/f06-edited": conditional(rss(), '"after"'),
    "/f07": redirect("/f01", 301),
    "/f08": redirect("/f01", 307),
    "/f09": redirect("/f47", 301),
    "/f10": redirect("/f10"),
    "/f11": redirect("http://127.0.0.1/feed"),  # over TLS it would be refused
    "/f12": status(410),
    "/f13": status(404),
    "/f14": status(403),
    "/f15": status(429, ("Retry-After", "3600")),
    "/f16": in_turn(
        *(status(503, ("Retry-After", said)) for said in ("315360000", "-5", "soon")),
        status(503, ("Retry-After", "Fri, 31 Dec 2027 23:59:59 GMT")),
    ),
    "/f17": status(429),
    "/f18": in_turn(status(500), hangs_up()),
    "/f19": feed("", ("Cache-Control", "max-age=43200")),
    "/f20": feed("", ("Cache-Control", "max-age=7200"), ("Age", "3600")),
    "/f21": feed(channel="<ttl>180</ttl>"),
    "/f22": feed(
        channel="<skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    ),
    "/f23": feed(
        channel="<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    ),
    "/f24": conditional(rss(), '"f24"'),
    "/f25": feed(),
    "/f26": page(many(10), RSS),
    "/f27": feed(),
    "/f28": conditional(rss(), '"f28"'),
    "/f29": feed(),
    "/f30": feed(),
    "/f31": feed(),
    "/f32": feed(),
    "/f33": feed(),
    "/f34-gzip": packed(gzip.compress(rss()), "gzip"),
    "/f34-deflate": packed(zlib.compress(rss()), "deflate"),
    "/f34-raw-deflate": packed(raw_deflate(rss()), "deflate"),
    "/f34-br": packed(brotli.compress(rss()), "br"),
    "/f34-zstd": packed(zstandard.compress(rss()), "zstd"),
    "/f34-two": packed(brotli.compress(gzip.compress(rss())), "gzip, br"),
    "/f35": packed(rss(), "gzip"),
    "/f35-unsaid": page(gzip.compress(rss()), RSS),
    "/f36": page(rss(), ("Content-Type", "image/png")),
    "/f37-206": status(206),
    "/f37-204": status(204),
    "/f37-empty": page(b""),
    "/f38": article(),
    "/f39": status(404),
    "/f40": robots("\ufeffUser-agent: *\r\nDisallow: /*.pdf$\r\n" + "# filler\r\n" * 60_000),
    "/f41": robots("User-agent: *\nAllow: /\n"),
    "/f42": robots("User-agent: *\nCrawl-delay: 10\n"),
    "/f43": article("", ("X-Robots-Tag", "noarchive, max-snippet:50")),
    "/f44": article('<meta name="tdm-reservation" content="1">'),
    "/f45": article('<link rel="license" type="application/rsl+xml" href="/f45.xml">'),
    "/f45-script": article(f'<script type="application/rsl+xml">{RSL.decode()}</script>'),
    "/f45-item": feed(LICENSED),
    "/f45-channel": feed(channel=LICENSED),
    "/f45.xml": page(RSL, ("Content-Type", "application/rsl+xml")),
    "/f46": page(HOME, HTML),
    "/f47": page(b"<title>The Tester</title><p>Nothing is named here.</p>", HTML),
    "/f48": feed("", ("Link", '</hub>; rel="hub", </f48>; rel="self"')),
    "/f49": feed("", ("Link", '</hub>; rel="hub"')),
    "/f50": page(
        b"<sitemapindex><sitemap><loc>http://tester.example/f51</loc>"
        b"<lastmod>2026-03-02</lastmod></sitemap></sitemapindex>"
    ),
    "/f51": page(
        SITEMAP.format(" xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'", NEWS).encode()
    ),
    "/f52": feed(
        channel='<atom:link rel="next" href="/f52?page=2"/>'
        f"<itunes:new-feed-url>{HERE}/f01</itunes:new-feed-url>"
    ),
    "/f53": article(),
    "/f54": feed(),
    "/f54/": feed(),
    "/f55": feed(),
    "/f56": raw(b"HTTP/1.0 200 OK\r\n\r\n" + rss()),
    "/f57": silent(),
    "/f57-headers": drips_headers(1.0),
    "/f57-body": drips(1.0),
    "/f58": feed(),  # this server has no certificate at all
    "/f59/stra%C3%9Fe": feed(),
    "/f60": conditional(rss(), '"f60"'),
}

HOSTILE: dict[str, Play] = {
    "/h01": feed("<author>&lt;script&gt;alert(1)&lt;/script&gt;</author>"),
    "/h02": linked("javascript:alert(1)"),
    "/h03": described('<a href="jav&#x09;ascript:alert(1)">rain</a>'),
    "/h04": described('<svg onload="alert(1)"><a xlink:href="javascript:alert(1)">rain</a></svg>'),
    "/h05": described("<!--><script>alert(1)</script>-->"),
    "/h06": described('<iframe srcdoc="rain"></iframe><base href="//a.example/"><form></form>'),
    "/h07": described(
        '<p style="background:url(//a.example/x)">rain</p><style>@import "x"</style>'
    ),
    "/h08": described("\uff1cscript\uff1ealert(1)\uff1c/script\uff1e"),
    "/h09": described('<a id="x" name="y" ping="//a.example/" target="_blank">rain</a>'),
    "/h10": described('<img src="//a.example/x.gif" width="1" height="1">'),
    "/h11": article(),
    "/h12": article(),
    "/h13": feed("<category>a\r\nSet-Cookie: b=c ]]&gt;</category>"),
    "/h14": page(b"<rss " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"></rss>", RSS),
    "/h15": feed("<description>&j;</description>", before=LAUGHS + "]>"),
    "/h16": feed("<description>&a;</description>", before=XXE),
    "/h17": page(many(100_000), RSS),
    "/h18": described("<b>" * 200_000),
    "/h19": feed(f"<description>{'&#' * 200_000}</description>"),
    "/h20": page(b"<rss><channel>" + b"<item>" * 100_000, RSS),
    "/h21": feed("<description>\x00\x01\ufffe</description>"),
    "/h22": page(b"<?xml version='1.0' encoding='utf-16'?>" + rss("\xe9"), RSS),
    "/h23": feed(before="<!DOCTYPE rss ["),
    "/h24-gzip": packed(bomb("gzip", 100), "gzip"),
    "/h24-br": packed(bomb("br", 100), "br"),
    "/h24-zstd": packed(bomb("zstd", 100), "zstd"),
    "/h24-members": packed(gzip.compress(b"") * 100_000, "gzip"),
    "/h25-endless": endless(),
    "/h25-headers": endless_headers(),
    "/h25-a-byte-a-second": drips(1.0),
    "/h26": item_at("Mon, 01 Jan 0001 00:00:00 +9999"),
    "/h27": item_at("Fri, 01 Jan 2100 00:00:00 GMT"),
    "/h28": feed("<guid>a</guid></item><item><guid>a</guid>"),
    "/h29": in_turn(
        item_at("Mon, 02 Mar 2026 08:00:00 GMT"), item_at("Tue, 03 Mar 2026 08:00:00 GMT")
    ),
    "/h30": redirect("http://169.254.169.254/latest/meta-data/"),
    "/h31": redirect("http://[::ffff:127.0.0.1]/"),
    "/h32": feed(),
    "/h33": redirect("http://10.0.0.1/"),
    "/h34": feed(),
    "/h35": redirect("file:///etc/passwd"),
    "/h36": page(b"/etc/passwd", RSS),
    "/h37": redirect("http://user:word@127.0.0.1\\@a.example/"),
    "/h38": feed(),
    "/h39": redirect("http://127.0.0.1:25/"),
    "/h40": page(b"<svg onload='alert(1)'/>", ("Content-Type", "image/png")),
    "/h41": article(body='<a href="/out?to=//a.example/">rain</a>'),
    "/h42": page(b"<opml><body>" + b"<outline>" * 10_000 + b"</body></opml>"),
    "/h43": page(b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 100_000),
    "/h44": feed("", *(("Set-Cookie", f"a{n}={'b' * 200}") for n in range(50))),
    "/h45": linked("http://another.example/story"),
    "/h46": page(many(10_000), RSS),
    "/h47": feed(),
    "/h48": feed(),  # ask for /h48?token=secret
    "/not-http": raw(b"220 mail.example ESMTP\r\n"),
}

BY_HAND: dict[str, Play] = {
    "/robots.txt": robots("User-agent: *\nDisallow: /f38\nAllow: /\n"),
    **FETCHING,
    **HOSTILE,
    "/h48?token=secret": HOSTILE["/h48"],
}
"""By path. The path of a line begins with its id."""
