"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wirecopy.store.types import Text, UTCDateTime

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
