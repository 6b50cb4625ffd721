"""The tables' one line of descent, run by Alembic from inside the package."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(c: Connection, to: str = "head") -> None:
    """Bring the tables to version `to`, inside the connection's transaction."""
    command.upgrade(config(c), to)


def config(c: Connection) -> Config:
    """Alembic's settings: these files, and the connection that is open already."""
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    found.attributes["connection"] = c
    return found
