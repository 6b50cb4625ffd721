"""Moves that were learnt, rhythms, hubs, alarms, and what a site says of all its pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wirecopy.store.types import Text, UTCDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for column in (
        sa.Column("address", Text(), server_default="", nullable=False),
        sa.Column("answered_from", Text(), server_default="", nullable=False),
        sa.Column("moved_since", UTCDateTime()),
        sa.Column("rhythm", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("hub", Text(), server_default="", nullable=False),
        sa.Column("topic", Text(), server_default="", nullable=False),
    ):
        op.add_column("feed_states", column)
    op.add_column("hosts", sa.Column("rests", sa.Integer(), server_default="0", nullable=False))
    _subscriptions()
    _alarms()
    op.create_table(
        "site_terms",
        sa.Column("origin", Text(), nullable=False),
        sa.Column("licence", Text(), nullable=False),
        sa.Column("reserved", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_site_terms")),
    )


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("feed", Text(), nullable=False),
        sa.Column("hub", Text(), nullable=False),
        sa.Column("topic", Text(), nullable=False),
        sa.Column("token", Text(), nullable=False),
        sa.Column("secret", Text(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("lease_until", UTCDateTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("why", Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.url"], name=op.f("fk_subscriptions_feed")),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("token", name=op.f("uq_subscriptions_token")),
    )
    op.create_index(op.f("ix_subscriptions_due_at"), "subscriptions", ["due_at"])


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("subject", Text(), nullable=False),
        sa.Column("publisher", Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("words", Text(), nullable=False),
        sa.Column("cure", Text(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("told_at", UTCDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(op.f("ix_alarms_at"), "alarms", ["at"])
    op.create_index("ix_alarms_kind_subject", "alarms", ["kind", "subject"])
