"""The first tables, and the search index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from wirecopy.store.types import Text, UTCDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    _tables()
    if op.get_bind().dialect.name == "sqlite":
        # unicode61 splits at vowel signs unless told that they belong to words (Mc, Mn): हिन्दी.
        # Without content of its own: table `search` keeps the words that were indexed, deflated.
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5(title, lead, text, content='', "
            "tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn'\")"
        )
    else:
        op.create_index("ix_search_words", "search", ["words"], postgresql_using="gin")


def _tables() -> None:
    op.create_table(
        "captures",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("file", Text(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("url", Text(), nullable=False),
        sa.Column("final_url", Text(), nullable=False),
        sa.Column("purpose", Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_type", Text(), server_default="", nullable=False),
        sa.Column("miss", Text(), server_default="", nullable=False),
        sa.Column("pruned", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("file", "offset", name=op.f("uq_captures_file_offset")),
    )
    op.create_index(op.f("ix_captures_at"), "captures", ["at"])
    op.create_index(op.f("ix_captures_sha256"), "captures", ["sha256"])
    op.create_index(op.f("ix_captures_url"), "captures", ["url"])
    op.create_table(
        "cursor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", Text(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cursor")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("subject", Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("section", Text(), nullable=False),
        sa.Column("ranking", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("at", "section", name=op.f("uq_editions_at_section")),
    )
    op.create_index(op.f("ix_editions_at"), "editions", ["at"])
    op.create_table(
        "hosts",
        sa.Column("host", Text(), nullable=False),
        sa.Column("resting_until", UTCDateTime(), nullable=True),
        sa.Column("why", Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )
    op.create_table(
        "image_queue",
        sa.Column("article", Text(), nullable=False),
        sa.Column("url", Text(), nullable=False),
        sa.Column("host", Text(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_image_queue")),
    )
    op.create_index(op.f("ix_image_queue_due_at"), "image_queue", ["due_at"])
    op.create_table(
        "meta",
        sa.Column("key", Text(), nullable=False),
        sa.Column("value", Text(), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "page_queue",
        sa.Column("article", Text(), nullable=False),
        sa.Column("url", Text(), nullable=False),
        sa.Column("host", Text(), nullable=False),
        sa.Column("feed", Text(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("etag", Text(), server_default="", nullable=False),
        sa.Column("last_modified", Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_page_queue")),
    )
    op.create_index(op.f("ix_page_queue_due_at"), "page_queue", ["due_at"])
    op.create_index(op.f("ix_page_queue_host"), "page_queue", ["host"])
    op.create_table(
        "publishers",
        sa.Column("id", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("home", Text(), server_default="", nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("country", Text(), server_default="", nullable=False),
        sa.Column("language", Text(), server_default="", nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publishers")),
    )
    op.create_table(
        "articles",
        sa.Column("id", Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", Text(), nullable=False),
        sa.Column("publisher", Text(), nullable=False),
        sa.Column("feed", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("mode", Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("held_reason", Text(), server_default="", nullable=False),
        sa.Column("held_detail", Text(), server_default="", nullable=False),
        sa.Column("first_seen", UTCDateTime(), nullable=False),
        sa.Column("published", UTCDateTime(), nullable=False),
        sa.Column("updated", UTCDateTime(), nullable=True),
        sa.Column("section", Text(), nullable=False),
        sa.Column("section_from", Text(), nullable=False),
        sa.Column("language", Text(), nullable=False),
        sa.Column("headline", Text(), nullable=False),
        sa.Column("headline_from", Text(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("lead", Text(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("image", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("canonical", Text(), server_default="", nullable=False),
        sa.Column("licence_url", Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("headline_edits", sa.Integer(), nullable=False),
        sa.Column("word_edits", sa.Integer(), nullable=False),
        sa.Column("capture", sa.Integer(), nullable=True),
        sa.Column("repeats", Text(), nullable=True),
        sa.Column("repeat", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("story", Text(), nullable=True),
        sa.Column("placement", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["capture"], ["captures.id"], name=op.f("fk_articles_capture")),
        sa.ForeignKeyConstraint(
            ["publisher"], ["publishers.id"], name=op.f("fk_articles_publisher")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("position", name=op.f("uq_articles_position")),
        sa.UniqueConstraint("url", name=op.f("uq_articles_url")),
    )
    op.create_index(op.f("ix_articles_publisher"), "articles", ["publisher"])
    op.create_index("ix_articles_publisher_published", "articles", ["publisher", "published"])
    op.create_index("ix_articles_repeats", "articles", ["repeats"])
    op.create_index("ix_articles_state_published", "articles", ["state", "published"])
    op.create_index(op.f("ix_articles_story"), "articles", ["story"])
    op.create_table(
        "entries",
        sa.Column("feed", Text(), nullable=False),
        sa.Column("article", Text(), nullable=False),
        sa.Column("guid", Text(), nullable=False),
        sa.Column("url", Text(), nullable=False),
        sa.Column("title", Text(), nullable=False),
        sa.Column("summary", Text(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("published", UTCDateTime(), nullable=True),
        sa.Column("updated", UTCDateTime(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("language", Text(), server_default="", nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("capture", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["capture"], ["captures.id"], name=op.f("fk_entries_capture")),
        sa.PrimaryKeyConstraint("feed", "article", name=op.f("pk_entries")),
    )
    op.create_index("ix_entries_article", "entries", ["article"])
    op.create_table(
        "feeds",
        sa.Column("url", Text(), nullable=False),
        sa.Column("publisher", Text(), nullable=False),
        sa.Column("section", Text(), server_default="", nullable=False),
        sa.Column("language", Text(), server_default="", nullable=False),
        sa.Column("listed_in", Text(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["publisher"], ["publishers.id"], name=op.f("fk_feeds_publisher")),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_feeds")),
    )
    op.create_index(op.f("ix_feeds_publisher"), "feeds", ["publisher"])
    op.create_table(
        "citations",
        sa.Column("article", Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("target", Text(), nullable=False),
        sa.Column("url", Text(), nullable=False),
        sa.Column("cited", Text(), nullable=True),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_citations_article")),
        sa.PrimaryKeyConstraint("article", "start", "end", "kind", name=op.f("pk_citations")),
    )
    op.create_index(op.f("ix_citations_cited"), "citations", ["cited"])
    op.create_index(op.f("ix_citations_target"), "citations", ["target"])
    op.create_table(
        "features",
        sa.Column("article", Text(), nullable=False),
        sa.Column("placed_at", UTCDateTime(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("shingles", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_features_article")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_features")),
        sa.UniqueConstraint("position", name=op.f("uq_features_position")),
    )
    op.create_index(op.f("ix_features_placed_at"), "features", ["placed_at"])
    op.create_table(
        "feed_states",
        sa.Column("feed", Text(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("why", Text(), nullable=False),
        sa.Column("polled_at", UTCDateTime(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("etag", Text(), nullable=False),
        sa.Column("last_modified", Text(), nullable=False),
        sa.Column("body_sha256", Text(), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", Text(), nullable=False),
        sa.Column("cure", Text(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("not_modified", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("moved_to", Text(), nullable=False),
        sa.Column("moved_times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.url"], name=op.f("fk_feed_states_feed")),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feed_states")),
    )
    op.create_index(op.f("ix_feed_states_due_at"), "feed_states", ["due_at"])
    op.create_table(
        "quotes",
        sa.Column("article", Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("speaker_start", sa.Integer(), nullable=False),
        sa.Column("speaker_end", sa.Integer(), nullable=False),
        sa.Column("cue_start", sa.Integer(), nullable=False),
        sa.Column("cue_end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_quotes_article")),
        sa.PrimaryKeyConstraint("article", "start", name=op.f("pk_quotes")),
    )
    op.create_table(
        "revisions",
        sa.Column("article", Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("title", Text(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("proof", sa.JSON(), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("published", UTCDateTime(), nullable=True),
        sa.Column("updated", UTCDateTime(), nullable=True),
        sa.Column("language", Text(), nullable=False),
        sa.Column("extractor", Text(), nullable=False),
        sa.Column("capture", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_revisions_article")),
        sa.ForeignKeyConstraint(["capture"], ["captures.id"], name=op.f("fk_revisions_capture")),
        sa.PrimaryKeyConstraint("article", "number", name=op.f("pk_revisions")),
    )
    op.create_table(
        "search",
        sa.Column("article", Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_search_article")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_search")),
        sa.UniqueConstraint("position", name=op.f("uq_search_position")),
    )
    op.create_table(
        "stories",
        sa.Column("id", Text(), nullable=False),
        sa.Column("opened", UTCDateTime(), nullable=False),
        sa.Column("touched", UTCDateTime(), nullable=False),
        sa.Column("lead", Text(), nullable=False),
        sa.Column("section", Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("publishers", sa.Integer(), nullable=False),
        sa.Column("own_texts", sa.Integer(), nullable=False),
        sa.Column("countries", sa.Integer(), nullable=False),
        sa.Column("languages", sa.Integer(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("merged_into", Text(), nullable=True),
        sa.ForeignKeyConstraint(["lead"], ["articles.id"], name=op.f("fk_stories_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    op.create_index(op.f("ix_stories_section"), "stories", ["section"])
    op.create_index(op.f("ix_stories_touched"), "stories", ["touched"])
