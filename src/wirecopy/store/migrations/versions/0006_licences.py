"""Licence terms for machines (RSL), by their address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wirecopy.store.types import Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "licences",
        sa.Column("url", Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_licences")),
    )
