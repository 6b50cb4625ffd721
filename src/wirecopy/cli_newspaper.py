"""The verbs that make the newspaper: up, run, serve, demo."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import tempfile
import threading
from collections import defaultdict
from pathlib import Path

import click

from wirecopy.cli_lists import many
from wirecopy.config import Settings
from wirecopy.errors import ConfigError
from wirecopy.model import Mode
from wirecopy.progress import Report


def up(settings: Settings, report: Report) -> int:
    """Gather here and serve from a child process, until Ctrl-C or SIGTERM."""
    prepare(settings)
    ensure_free(settings.site.host, settings.site.port)
    for line in introduction(settings):
        report.line(line)
    return asyncio.run(_up(settings, report))


def run(settings: Settings, report: Report, *, once: bool) -> int:
    """Gather without serving; at the end, what it got in numbers."""
    from wirecopy.gather import gather

    prepare(settings)
    try:
        summary = asyncio.run(gather(settings, once=once, report=report))
    finally:
        report.close()
    held = ", ".join(f"{count} {reason}" for reason, count in sorted(summary.held.items()))
    click.echo(
        f"{many(summary.feeds, 'feed')} and {many(summary.pages, 'page')} answered; "
        f"{many(summary.announced, 'article')} announced, {summary.published} published, "
        f"{sum(summary.held.values())} held back{f' ({held})' if held else ''}."
    )
    return 0


def serve(settings: Settings, *, until_parent_ends: bool) -> int:
    """Serve what is in the store."""
    from wirecopy import serving

    ensure_free(settings.site.host, settings.site.port)
    if until_parent_ends:
        _end_with_parent()
    serving.serve(settings)
    return 0


def demo(folder: Path, port: int, report: Report) -> int:
    """The demo edition, gathered and served."""
    from wirecopy.demo.edition import run_demo

    ensure_folder(folder)
    ensure_free("127.0.0.1", port)
    try:
        run_demo(folder, port, report)
    finally:
        report.close()
    return 0


# ---------------------------------------------------------------- up


async def _up(settings: Settings, report: Report) -> int:
    from wirecopy.gather import gather
    from wirecopy.webprocess import end_web, start_web

    gathering = asyncio.create_task(gather(settings, once=False, report=report))
    web = await start_web(settings)
    waiting = asyncio.create_task(web.wait())
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    # Both ways to stop us end the loop from inside, so that nothing is cut in the middle.
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    stopping = asyncio.create_task(stop.wait())
    report.line(f"The newspaper is at {settings.base_url} (Ctrl-C ends it).")
    try:
        await asyncio.wait({gathering, waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done() and not stop.is_set() and not gathering.done():
            raise ConfigError(
                f"The web server ended with code {waiting.result()}.",
                cure="What it said stands above; `wirecopy serve` runs it alone.",
            )
        if gathering.done():
            gathering.result()  # its error is ours
    finally:
        gathering.cancel()
        await asyncio.gather(gathering, return_exceptions=True)
        await end_web(web)
        stopping.cancel()
        loop.remove_signal_handler(signal.SIGTERM)
        report.close()
    return 0


def _end_with_parent() -> None:
    """End this process when standard input closes: whoever started it is gone."""

    def watch() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(0, 4096):
                pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def introduction(settings: Settings) -> list[str]:
    """What `up` says first: how many sources, and which are link-only and why."""
    feeds = sum(len(publisher.feeds) for publisher in settings.publishers)
    lines = [f"{many(len(settings.publishers), 'publisher')}, {many(feeds, 'feed')}."]
    if not settings.site.contact:
        lines.append("No contact under [site]: publishers cannot tell who asks. Please give one.")
    return lines + link_only(settings)


def link_only(settings: Settings) -> list[str]:
    """Publishers of which only headline and link are shown, grouped by the reason."""
    from wirecopy.model import Signals
    from wirecopy.stages.rights import decide

    groups: dict[str, list[str]] = defaultdict(list)
    for publisher in settings.publishers:
        policy = decide(publisher=publisher, private_site=settings.private, signals=Signals())
        if policy.mode in (Mode.LINK, Mode.OFF):
            binding = [
                reason.words
                for reason in policy.reasons
                if reason.mode == policy.mode and not reason.notice
            ]
            groups["; ".join(binding)].append(publisher.name)
    if not groups and settings.private:
        return ["A private site: no publisher is link-only; robots.txt and paywalls still bind."]
    return [
        f"Link-only, {len(names)}: {', '.join(names)}. Why: {why.rstrip('.')}."
        for why, names in groups.items()
    ]


# ---------------------------------------------------------------- before work


def prepare(settings: Settings) -> None:
    """Everything that can be found wrong before the first request."""
    if not settings.publishers:
        raise ConfigError(
            f"{settings.path} names no publisher.",
            cure="Run `wirecopy add URL`, or `wirecopy init` for a starter list.",
        )
    ensure_folder(settings.storage.folder)


def ensure_folder(folder: Path) -> None:
    """Make the data folder; ConfigError when it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass  # rights, a read-only file system, a full disk: only trying tells
    except OSError as error:
        raise ConfigError(
            f"The folder {folder} cannot be written ({error.strerror or error}).",
            cure="Give yourself the right to write there, or set folder under [storage].",
        ) from error


def ensure_free(host: str, port: int) -> None:
    """ConfigError when nobody can listen there: before work, not after it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise ConfigError(
            f"The address {host} cannot be listened on ({error.strerror}).",
            cure='Set host = "127.0.0.1" under [site].',
        ) from error
    with socket.socket(family, kind, protocol) as probe:
        # As uvicorn does: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                message = f"Port {port} on {host} is in use."
                cure = "Stop the programme that listens there, or choose another port."
            else:
                message = f"Port {port} on {host} cannot be listened on ({error.strerror})."
                cure = "Choose a port from 1024 on, and an address of this machine."
            raise ConfigError(message, cure=cure) from error
