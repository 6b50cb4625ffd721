"""The verbs that show evidence: show, verify, replay."""

from __future__ import annotations

import click

from wirecopy.config import Settings
from wirecopy.errors import ConfigError
from wirecopy.progress import Report


def show(settings: Settings, subject: str) -> int:
    """Print an article's trail; 1 when nothing is known of it."""
    ensure_gathered(settings)
    from wirecopy.store.db import open_store
    from wirecopy.trail import trail

    with open_store(settings.database_url, read_only=True) as store:
        lines = trail(store, settings.archive_folder, subject)
    if not lines:
        click.echo(
            f"wirecopy: nothing is known of {subject}. "
            "Give the address at its publisher, or the id at the end of our page's address.",
            err=True,
        )
        return 1
    for line in lines:
        click.echo(line)
    return 0


def verify(settings: Settings, article: str | None, report: Report) -> int:
    """Prove articles again; 1 when a proof does not hold."""
    ensure_gathered(settings)
    from wirecopy.verifying import verify_published

    try:
        summary = verify_published(settings, article, report)
    finally:
        report.close()
    for problem in summary.problems:
        click.echo(str(problem))
    click.echo(str(summary))
    return 1 if summary.problems else 0


def replay(settings: Settings, report: Report) -> int:
    """Build the store again from the archive, and compare; 1 when a row differs."""
    ensure_gathered(settings)
    from wirecopy.replay import replay as build_again

    try:
        summary = build_again(settings, report)
    finally:
        report.close()
    click.echo(str(summary))
    return 1 if summary.differences else 0


def ensure_gathered(settings: Settings) -> None:
    """ConfigError when there is no archive yet: an empty answer would look like a loss."""
    if not settings.archive_folder.is_dir():
        raise ConfigError(
            f"Nothing has been gathered in {settings.storage.folder} yet.",
            cure="Run `wirecopy up` or `wirecopy run --once` first.",
        )
