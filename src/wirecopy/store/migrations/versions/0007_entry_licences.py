"""Licence terms for machines (RSL) that stand in a feed, of its items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wirecopy.store.types import Text

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "entry_licences",
        sa.Column("feed", Text(), nullable=False),
        sa.Column("article", Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "article", name=op.f("pk_entry_licences")),
    )
    op.create_index(op.f("ix_entry_licences_article"), "entry_licences", ["article"])
