"""The tables, as SQLAlchemy Core. SQLite and PostgreSQL hold the same ones.

Derived from the archive, and rebuilt by replay: captures, site_terms, licences, entry_licences,
entries, articles, revisions, features, quotes, citations, stories, editions, search, cursor. Not
derived: publishers and feeds (settings), feed_states, hosts, page_queue, image_queue and
subscriptions (the schedule), alarms, decisions (the operator's journal).
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from wirecopy.store.types import Text, UTCDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# ---------------------------------------------------------------- from the settings

publishers = Table(
    "publishers",
    metadata,
    Column("id", Text, primary_key=True),  # main domain
    Column("name", Text, nullable=False),
    Column("home", Text, nullable=False, server_default=""),
    Column("domains", JSON, nullable=False),  # list of str
    Column("country", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
    Column("basis", JSON, nullable=False),  # model.Basis
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),  # false once it left the settings
)

feeds = Table(
    "feeds",
    metadata,
    Column("url", Text, primary_key=True),
    Column("publisher", Text, ForeignKey("publishers.id"), nullable=False, index=True),
    Column("section", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
    Column("listed_in", Text, nullable=False, server_default=""),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
)
# As few as left the settings: the schedule leaves them out.
Index("ix_feeds_left", feeds.c.url, sqlite_where=~feeds.c.active, postgresql_where=~feeds.c.active)

# ---------------------------------------------------------------- the schedule

feed_states = Table(
    "feed_states",
    metadata,
    Column("feed", Text, ForeignKey("feeds.url"), primary_key=True),
    Column("due_at", UTCDateTime, nullable=False),
    Column("why", Text, nullable=False),
    Column("polled_at", UTCDateTime),
    Column("answered_at", UTCDateTime),
    Column("status", Integer, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("body_sha256", Text, nullable=False),
    Column("interval_seconds", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("cure", Text, nullable=False),
    Column("polls", Integer, nullable=False),
    Column("not_modified", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("moved_to", Text, nullable=False),
    Column("moved_times", Integer, nullable=False),
    Column("address", Text, nullable=False, server_default=""),
    Column("answered_from", Text, nullable=False, server_default=""),
    Column("moved_since", UTCDateTime),
    Column("rhythm", JSON, nullable=False, server_default="[]"),  # list of int
    Column("ttl_seconds", Integer, nullable=False, server_default="0"),
    Column("update_seconds", Integer, nullable=False, server_default="0"),
    Column("skip_hours", JSON, nullable=False, server_default="[]"),  # list of int
    Column("skip_days", JSON, nullable=False, server_default="[]"),  # list of int
    Column("named_url", Text, nullable=False, server_default=""),
    Column("hub", Text, nullable=False, server_default=""),
    Column("topic", Text, nullable=False, server_default=""),
)
# Answers what is due alone: a million feeds' own rows are half a gigabyte.
Index(
    "ix_feed_states_due",
    feed_states.c.due_at,
    feed_states.c.feed,
    sqlite_where=~feed_states.c.gone,
    postgresql_where=~feed_states.c.gone,
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("resting_until", UTCDateTime),  # Retry-After, kept across restarts
    Column("why", Text, nullable=False, server_default=""),
    Column("rests", Integer, nullable=False, server_default="0"),  # in a row, no time named
)

subscriptions = Table(
    "subscriptions",  # to feeds' WebSub hubs; `web` reads it to know who may knock
    metadata,
    Column("feed", Text, ForeignKey("feeds.url"), primary_key=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),  # last part of our callback's address
    Column("secret", Text, nullable=False),  # "" where the hub is not asked over TLS
    Column("asked_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False, index=True),  # when it is asked for again
    Column("lease_until", UTCDateTime),  # NULL: the hub has not confirmed it
    Column("failures", Integer, nullable=False),
    Column("why", Text, nullable=False),
)

alarms = Table(
    "alarms",  # what the operator should look at
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),  # "source", "layout", ...
    Column("subject", Text, nullable=False),  # a feed's address, a publisher's id
    Column("publisher", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False, index=True),
    Column("words", Text, nullable=False),
    Column("cure", Text, nullable=False),
    Column("ended_at", UTCDateTime),  # NULL: it lasts
    Column("told_at", UTCDateTime),  # when the webhook had it; NULL: not yet
    Index("ix_alarms_kind_subject", "kind", "subject"),
)

page_queue = Table(
    "page_queue",
    metadata,
    Column("article", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("host", Text, nullable=False, index=True),
    Column("feed", Text, nullable=False),
    Column("due_at", UTCDateTime, index=True),  # NULL: not asked again
    Column("attempts", Integer, nullable=False),  # failures in a row
    Column("checks", Integer, nullable=False),  # times the page was had
    Column("etag", Text, nullable=False, server_default=""),
    Column("last_modified", Text, nullable=False, server_default=""),
    Column("answered_from", Text, nullable=False, server_default=""),  # whose validators they are
)

image_queue = Table(
    "image_queue",
    metadata,
    Column("article", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("due_at", UTCDateTime, index=True),  # NULL: had, or given up
    Column("attempts", Integer, nullable=False),
)

# ---------------------------------------------------------------- from the archive

captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),  # archive order
    Column("file", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("url", Text, nullable=False, index=True),
    Column("final_url", Text, nullable=False),
    Column("purpose", Text, nullable=False),  # model.Purpose
    Column("status", Integer, nullable=False),  # 0: a miss
    Column("at", UTCDateTime, nullable=False, index=True),
    Column("sha256", Text, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("content_type", Text, nullable=False, server_default=""),
    Column("miss", Text, nullable=False, server_default=""),  # reason: detail
    Column("pruned", Boolean, nullable=False, server_default="0"),
    UniqueConstraint("file", "offset"),
)

site_terms = Table(
    "site_terms",  # what an origin's robots.txt and tdmrep.json say of every page of it
    metadata,
    Column("origin", Text, primary_key=True),
    Column("licence", Text, nullable=False),  # RSL: `License:` in robots.txt
    Column("reserved", JSON, nullable=False),  # list of [path pattern, reserved, policy address]
)

licences = Table(
    "licences",  # terms for machines (RSL), which sites and pages name
    metadata,
    Column("url", Text, primary_key=True),
    Column("rules", JSON, nullable=False),  # list of model.LicenceRule
)

entry_licences = Table(
    "entry_licences",  # terms for machines (RSL) that stand in a feed, of one of its items
    metadata,
    Column("feed", Text, primary_key=True),
    Column("article", Text, primary_key=True, index=True),
    Column("rules", JSON, nullable=False),  # list of model.LicenceRule
)

cursor = Table(
    "cursor",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1
    Column("file", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),  # everything before it is in the store
)

entries = Table(
    "entries",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("article", Text, primary_key=True),
    Column("guid", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("published", UTCDateTime),
    Column("updated", UTCDateTime),
    Column("categories", JSON, nullable=False),
    Column("language", Text, nullable=False, server_default=""),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("capture", Integer, ForeignKey("captures.id"), nullable=False),
    Index("ix_entries_article", "article"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),  # model.ArticleId
    Column("position", Integer, nullable=False, unique=True),  # order of first announcement
    Column("url", Text, nullable=False, unique=True),  # normal address
    Column("publisher", Text, ForeignKey("publishers.id"), nullable=False, index=True),
    Column("feed", Text, nullable=False),
    Column("state", Text, nullable=False),  # model.ArticleState
    Column("mode", Text, nullable=False),  # model.Mode
    Column("reasons", JSON, nullable=False),  # list of model.Reason
    Column("held_reason", Text, nullable=False, server_default=""),
    Column("held_detail", Text, nullable=False, server_default=""),
    Column("first_seen", UTCDateTime, nullable=False),
    Column("published", UTCDateTime, nullable=False),  # clamped to first_seen
    Column("updated", UTCDateTime),
    Column("section", Text, nullable=False),
    Column("section_from", Text, nullable=False),  # "feed", "page", "address", "classifier", ""
    Column("language", Text, nullable=False),
    Column("headline", Text, nullable=False),
    Column("headline_from", Text, nullable=False),  # "page" or "feed"
    Column("authors", JSON, nullable=False),  # list of str
    Column("lead", Text, nullable=False),  # first words that may be shown; "" in mode link
    Column("words", Integer, nullable=False),
    Column("image", JSON(none_as_null=True)),  # serial.StoredImage; file "" until had
    Column("canonical", Text, nullable=False, server_default=""),
    Column("licence_url", Text, nullable=False, server_default=""),
    Column("revision", Integer, nullable=False),  # latest number; 0: none
    Column("headline_edits", Integer, nullable=False),
    Column("word_edits", Integer, nullable=False),
    Column("capture", Integer, ForeignKey("captures.id")),  # of the latest reading or miss
    Column("repeats", Text),  # article it repeats
    Column("repeat", JSON(none_as_null=True)),  # model.Repeat
    Column("story", Text, index=True),
    Column("placement", JSON(none_as_null=True)),  # model.Placement
    Column("responses", Integer, nullable=False),  # others' articles that link, repeat or cite
    Index("ix_articles_state_published", "state", "published"),
    Index("ix_articles_publisher_published", "publisher", "published"),
    Index("ix_articles_repeats", "repeats"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("article", Text, ForeignKey("articles.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),  # model.RevisionKind
    Column("at", UTCDateTime, nullable=False),
    Column("title", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("text", Text, nullable=False),  # what may be shown; "" in mode link
    Column("blocks", JSON, nullable=False),  # [[kind, start, end], ...]
    Column("proof", JSON, nullable=False),  # model.Proof; spans as [start, end]
    Column("sha256", Text, nullable=False),
    Column("published", UTCDateTime),
    Column("updated", UTCDateTime),
    Column("language", Text, nullable=False),
    Column("extractor", Text, nullable=False),
    Column("capture", Integer, ForeignKey("captures.id"), nullable=False),
)

features = Table(
    "features",
    metadata,
    Column("article", Text, ForeignKey("articles.id"), primary_key=True),
    Column("placed_at", UTCDateTime, nullable=False, index=True),
    Column("position", Integer, nullable=False, unique=True),  # order of placing
    Column("shingles", LargeBinary, nullable=False),  # little-endian uint64
    Column("data", JSON, nullable=False),  # model.Features without shingles
)

families = Table(
    "families",  # what came of each article's page; block hashes of a publisher's newest
    metadata,
    Column("article", Text, ForeignKey("articles.id"), primary_key=True),
    Column("publisher", Text, nullable=False),
    Column("capture", Integer, ForeignKey("captures.id"), nullable=False),  # the latest one
    Column("reason", Text, nullable=False),  # why it was held back; "" when it was read
    Column("layout", Text, nullable=False),  # element that holds the body
    Column("blocks", LargeBinary),  # little-endian uint64; NULL: never read, empty: forgotten
    Column("left_out", LargeBinary, nullable=False),  # the same, of blocks not shown
    Column("known", Integer, nullable=False),  # blocks that stood on sister pages, left out or not
    Index("ix_families_publisher_capture", "publisher", "capture"),
)

quotes = Table(
    "quotes",
    metadata,
    Column("article", Text, ForeignKey("articles.id"), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, nullable=False),
    Column("speaker_start", Integer, nullable=False),
    Column("speaker_end", Integer, nullable=False),
    Column("cue_start", Integer, nullable=False),
    Column("cue_end", Integer, nullable=False),
    # spans of the article's latest revision
)

citations = Table(
    "citations",
    metadata,
    Column("article", Text, ForeignKey("articles.id"), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("target", Text, nullable=False, index=True),  # domain or name
    Column("url", Text, nullable=False),
    Column("cited", Text, index=True),  # id of the article at `url`, held here or not
)

stories = Table(
    "stories",
    metadata,
    Column("id", Text, primary_key=True),
    Column("opened", UTCDateTime, nullable=False),
    Column("touched", UTCDateTime, nullable=False, index=True),
    Column("lead", Text, ForeignKey("articles.id"), nullable=False),
    Column("section", Text, nullable=False, index=True),
    Column("articles", Integer, nullable=False),
    Column("publishers", Integer, nullable=False),
    Column("own_texts", Integer, nullable=False),
    Column("countries", Integer, nullable=False),
    Column("languages", Integer, nullable=False),
    Column("edits", Integer, nullable=False),
    Column("merged_into", Text),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UTCDateTime, nullable=False, index=True),
    Column("section", Text, nullable=False),  # "" is the front page
    Column("ranking", JSON, nullable=False),  # list of model.Ranked
    UniqueConstraint("at", "section"),
)

search = Table(
    "search",
    metadata,
    Column("article", Text, ForeignKey("articles.id"), primary_key=True),
    Column("position", Integer, nullable=False, unique=True),  # articles.position
    # what was indexed: PostgreSQL searches it (GIN); SQLite's index `search_index` (FTS5) needs
    # the same words again to forget them: deflated JSON [title, lead, text], ready for the index
    Column("words", LargeBinary().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UTCDateTime, nullable=False),
    Column("kind", Text, nullable=False),  # "takedown", ...
    Column("subject", Text, nullable=False),
    Column("data", JSON, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("number", Float),
)
