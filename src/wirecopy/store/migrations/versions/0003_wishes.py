"""What feeds wish: when to be asked, and at which address; it holds while they do not change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wirecopy.store.types import Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for column in (
        sa.Column("ttl_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("update_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skip_hours", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("skip_days", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("named_url", Text(), server_default="", nullable=False),
    ):
        op.add_column("feed_states", column)
