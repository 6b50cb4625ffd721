"""What `wirecopy.toml` may hold: each table with its keys, in the words of the reference page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wirecopy import config_keys as keys
from wirecopy.config_keys import Key, Wrong
from wirecopy.model import BasisKind, Mode

TAKEDOWN_REASONS = ("publisher", "copyright", "court", "privacy", "operator")

SITE = (
    Key(
        name="name", read=keys.text, kind="text", default='"Wirecopy"', help="The newspaper's name."
    ),
    Key(
        name="public",
        read=keys.flag,
        kind="true or false",
        default="false",
        help="Whether anybody but you reads it. Public needs base_url and contact, and shows only "
        "what each publisher's basis allows.",
    ),
    Key(
        name="host",
        read=keys.host,
        kind="address",
        default='"127.0.0.1"',
        help="The address to listen on. Anything but this machine alone needs public = true.",
    ),
    Key(
        name="port",
        read=keys.whole(1, 65535),
        kind="whole number",
        default="8000",
        help="The port to listen on.",
    ),
    Key(
        name="base_url",
        read=keys.base_url,
        kind="web address",
        default="host and port",
        help="The address readers use; feeds and links in them are made of it.",
    ),
    Key(
        name="contact",
        read=keys.contact,
        kind="e-mail or web address",
        default="none",
        help="Where publishers reach you; sent with every request and shown on the site.",
    ),
    Key(
        name="timezone",
        read=keys.timezone,
        kind="IANA name",
        default='"UTC"',
        help="In which times are shown; everything is kept in UTC.",
    ),
    Key(
        name="languages",
        read=keys.texts(keys.language, '["en", "hi"]'),
        kind="list of codes",
        default="all",
        help="Only articles in these languages are shown.",
    ),
    Key(
        name="muted_words",
        read=keys.texts(keys.text, '["lottery", "horoscope"]'),
        kind="list of texts",
        default="none",
        help="Stories whose headline holds one of these words are left off the front page and "
        "sections.",
    ),
)

GATHER = (
    Key(
        name="delay_seconds",
        read=keys.number(0.5, 3600),
        kind="number",
        default="1.0",
        help="Between two requests to one host; a longer Crawl-delay of the host wins.",
    ),
    Key(
        name="page_limit_mb",
        read=keys.whole(1, 100),
        kind="whole number",
        default="15",
        help="A page or feed larger than this is left alone.",
    ),
    Key(
        name="allow_internal",
        read=keys.texts(keys.endpoint, '["intranet.example:8080"]'),
        kind="list of host:port",
        default="none",
        help="Hosts inside your own network, or other ports, that may be asked all the same; "
        "`wirecopy check` and the health page name them.",
    ),
    Key(
        name="webhook",
        read=keys.web_address,
        kind="web address",
        default="none",
        help="Where alarms are posted as JSON: a source that died, a layout that broke.",
    ),
)

STORIES = (
    Key(
        name="across_languages",
        read=keys.flag,
        kind="true or false",
        default="false",
        help="Whether an article may join a story in another language, when both tell the same "
        "names and numbers within two days. Holds for what arrives from then on.",
    ),
)

STORAGE = (
    Key(
        name="folder",
        read=keys.text,
        kind="path",
        default='"wirecopy-data"',
        help="Where the archive and the database stand; relative to this file.",
    ),
    Key(
        name="database_url",
        read=keys.database_url,
        kind="database address",
        default="SQLite inside the folder",
        help='Another database, when SQLite is outgrown: "postgresql://user@host/name".',
    ),
    Key(
        name="keep_days",
        read=keys.whole(0, 36500),
        kind="whole number",
        default="0",
        help="After so many days archived bytes and text are removed together; headline, address "
        "and sha256 stay. 0 keeps everything.",
    ),
    Key(
        name="disk_limit_gb",
        read=keys.number(0, 1_000_000),
        kind="number",
        default="0",
        help="The oldest bytes and texts are removed when the folder outgrows this. 0: no limit.",
    ),
)


def _tables(words: str) -> Any:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise Wrong("is not a list of tables", f"Write it as {words}.")
        return value

    return read


def _basis_value(value: Any) -> Any:
    if value == "none" or isinstance(value, dict):
        return value
    raise Wrong(
        'is neither "none" nor a table',
        'Write "none", or { kind = "licence", mode = "full", evidence = "...", '
        'evidence_url = "https://...", recorded = 2026-01-31 }.',
    )


PUBLISHER = (
    Key(
        name="domain",
        read=keys.domain,
        kind="domain",
        required=True,
        help='The main domain, which is also the publisher\'s id: domain = "example.org".',
    ),
    Key(
        name="name",
        read=keys.text,
        kind="text",
        required=True,
        help='The name readers see: name = "The Example".',
    ),
    Key(
        name="other_domains",
        read=keys.texts(keys.domain, '["example.net"]'),
        kind="list of domains",
        default="none",
        help="Further domains of the same publisher.",
    ),
    Key(
        name="home",
        read=keys.web_address,
        kind="web address",
        default="https:// and the domain",
        help="The home page.",
    ),
    Key(
        name="country",
        read=keys.country,
        kind="ISO 3166-1 code",
        default="unknown",
        help="The publisher's country.",
    ),
    Key(
        name="language",
        read=keys.language,
        kind="language code",
        default="as the pages say",
        help="The language it mostly writes in.",
    ),
    Key(
        name="section",
        read=keys.maybe_text,
        kind="text",
        default="as the pages say",
        help="The section of feeds that name none.",
    ),
    Key(
        name="basis",
        read=_basis_value,
        kind='"none" or a table',
        default='"none"',
        help="On what ground its words may be shown on a public site.",
    ),
    Key(
        name="feed",
        read=_tables("[[publisher.feed]]"),
        kind="tables",
        required=True,
        help='write [[publisher.feed]] below it, with url = "https://...".',
    ),
)

FEED = (
    Key(
        name="url",
        read=keys.web_address,
        kind="web address",
        required=True,
        help='The feed\'s address: url = "https://example.org/feed".',
    ),
    Key(
        name="section",
        read=keys.maybe_text,
        kind="text",
        default="the publisher's",
        help="The section its articles belong to when their pages say nothing clearer.",
    ),
    Key(
        name="language",
        read=keys.language,
        kind="language code",
        default="the publisher's",
        help="The language of this feed.",
    ),
    Key(
        name="listed_in",
        read=keys.maybe_text,
        kind="text",
        default="none",
        help="The public list the address was read in, and when.",
    ),
)

BASIS = (
    Key(
        name="kind",
        read=keys.choice(*(kind.value for kind in BasisKind)),
        kind=", ".join(kind.value for kind in BasisKind),
        required=True,
        help='what allows it: kind = "licence".',
    ),
    Key(
        name="mode",
        read=keys.choice(*(mode.value for mode in Mode)),
        kind=", ".join(mode.value for mode in Mode),
        required=True,
        help='the most that it allows: mode = "full".',
    ),
    Key(
        name="licence",
        read=keys.maybe_text,
        kind="text",
        default="none",
        help="The licence's name, shown with each article.",
    ),
    Key(
        name="evidence",
        read=keys.passage,
        kind="text",
        required=True,
        help="the terms, quoted, or the name of the letter.",
    ),
    Key(
        name="evidence_url",
        read=keys.web_address,
        kind="web address",
        default="none",
        help="Where the terms can be read. A licence needs it.",
    ),
    Key(
        name="recorded",
        read=keys.day,
        kind="day",
        required=True,
        help="the day you read the terms: recorded = 2026-01-31.",
    ),
)

TAKEDOWN = (
    Key(
        name="url",
        read=keys.web_address,
        kind="web address",
        required=True,
        help="the article's address at its publisher.",
    ),
    Key(
        name="reason",
        read=keys.choice(*TAKEDOWN_REASONS),
        kind=", ".join(TAKEDOWN_REASONS),
        required=True,
        help='the class of reason readers are told: reason = "privacy".',
    ),
    Key(
        name="date",
        read=keys.day,
        kind="day",
        required=True,
        help="the day of the decision: date = 2026-01-31.",
    ),
)

TABLES: Mapping[str, tuple[Key, ...]] = {
    "[site]": SITE,
    "[gather]": GATHER,
    "[stories]": STORIES,
    "[storage]": STORAGE,
    "[[publisher]]": PUBLISHER,
    "[[publisher.feed]]": FEED,
    "publisher.basis": BASIS,
    "[[takedown]]": TAKEDOWN,
}
ELSEWHERE: Mapping[str, str] = {
    key.name: table for table, held in reversed(list(TABLES.items())) for key in held
}
"""Key -> the first table that knows it, for "belongs in"."""

TOP = (
    Key(name="site", read=lambda value: value, kind="table", help="The newspaper."),
    Key(name="gather", read=lambda value: value, kind="table", help="How publishers are asked."),
    Key(
        name="stories",
        read=lambda value: value,
        kind="table",
        help="Which articles stand together.",
    ),
    Key(name="storage", read=lambda value: value, kind="table", help="Where it is kept."),
    Key(name="publisher", read=_tables("[[publisher]]"), kind="tables", help="Who is read."),
    Key(name="takedown", read=_tables("[[takedown]]"), kind="tables", help="What is taken down."),
)
