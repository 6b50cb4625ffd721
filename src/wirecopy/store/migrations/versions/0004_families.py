"""What a publisher's newest pages share, and what came of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wirecopy.store.types import Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "families",
        sa.Column("article", Text(), nullable=False),
        sa.Column("publisher", Text(), nullable=False),
        sa.Column("capture", sa.Integer(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("layout", Text(), nullable=False),
        sa.Column("blocks", sa.LargeBinary()),
        sa.Column("left_out", sa.LargeBinary(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name=op.f("fk_families_article_articles")
        ),
        sa.ForeignKeyConstraint(
            ["capture"], ["captures.id"], name=op.f("fk_families_capture_captures")
        ),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_families")),
    )
    op.create_index("ix_families_publisher_capture", "families", ["publisher", "capture"])
