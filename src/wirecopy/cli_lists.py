"""The verbs that read and write lists of sources, without asking any: init, import, export."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from wirecopy import config_text
from wirecopy.config import Settings
from wirecopy.config_keys import Wrong
from wirecopy.errors import ConfigError


def init(path: Path, contact: str) -> int:
    """Write the starter file."""
    try:
        text = config_text.starter(contact)
    except Wrong as wrong:
        raise ConfigError(f'"{contact}" {wrong.message}.', cure=wrong.cure) from wrong
    config_text.write_new(path, text)
    click.echo(f"Wrote {path}. Next: `wirecopy check`, then `wirecopy up`.")
    if not contact:
        click.echo("Give a contact under [site] first: publishers want to know who asks.")
    return 0


def import_list(path: Path, file: Path) -> int:
    """Append the publishers of an OPML file to the settings."""
    from wirecopy import opml  # lxml is not needed to write a starter file

    try:
        body = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be read ({error.strerror}).", cure="Name a file that you may read."
        ) from error
    day = datetime.now(UTC).date().isoformat()
    listed = opml.read(body, f"{file.name}, imported {day}")
    added = config_text.add(path, listed.publishers, f"Imported from {file.name} on {day}.")
    click.echo(
        f"Added {many(len(added.feeds), 'feed')} of {many(added.publishers, 'new publisher')} "
        f"to {path}; {len(added.known)} known already, {listed.dropped} of no use."
    )
    return 0


def export(settings: Settings) -> int:
    """Print the sources as OPML."""
    from wirecopy import opml

    listed = opml.write(settings.publishers, f"Sources of {settings.site.name}", datetime.now(UTC))
    click.echo(listed, nl=False)
    return 0


def many(count: int, noun: str) -> str:
    """`1 feed`, `2 feeds`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
