"""What is due is answered by indexes alone; a page's validators keep the address they are of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wirecopy.store.types import Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.drop_index(op.f("ix_feed_states_due_at"), "feed_states")
    not_gone, not_active = ~sa.column("gone", sa.Boolean), ~sa.column("active", sa.Boolean)
    op.create_index(
        "ix_feed_states_due",
        "feed_states",
        ["due_at", "feed"],
        sqlite_where=not_gone,
        postgresql_where=not_gone,
    )
    op.create_index(
        "ix_feeds_left", "feeds", ["url"], sqlite_where=not_active, postgresql_where=not_active
    )
    op.add_column(
        "page_queue", sa.Column("answered_from", Text(), server_default="", nullable=False)
    )
