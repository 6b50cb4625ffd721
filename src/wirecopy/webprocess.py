"""The web as a process of its own beside the gatherer, started and ended by it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

from wirecopy.config import Settings
from wirecopy.errors import ConfigError
from wirecopy.progress import Report

WEB_ENDS_SECONDS = 10.0  # the web process has this long to end before it is killed
WEB_STARTS_SECONDS = 30.0


async def start_web(settings: Settings) -> asyncio.subprocess.Process:
    # A session of its own: Ctrl-C reaches us alone, and we end it. Its standard input is a pipe
    # that we never write: it closes when we die, however we die, and the child ends with us.
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "wirecopy",
        "--settings",
        str(settings.path),
        "serve",
        "--until-parent-ends",
        stdin=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


async def end_web(web: asyncio.subprocess.Process) -> None:
    if web.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        web.terminate()
    try:
        await asyncio.wait_for(web.wait(), WEB_ENDS_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            web.kill()
        await web.wait()


async def answers(settings: Settings, web: asyncio.subprocess.Process) -> bool:
    """Wait until the newspaper's port is open; False when the process ended first."""
    deadline = asyncio.get_running_loop().time() + WEB_STARTS_SECONDS
    while web.returncode is None and asyncio.get_running_loop().time() < deadline:
        try:
            _, writer = await asyncio.open_connection(settings.site.host, settings.site.port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True
    return False


async def serve_beside(settings: Settings, report: Report) -> None:
    """Serve from a process of its own until Ctrl-C or SIGTERM.

    Raises ConfigError when that process ends by itself.
    """
    web = await start_web(settings)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    try:
        if await answers(settings, web):
            report.line(f"The newspaper is at {settings.base_url} (Ctrl-C ends it).")
        ended = asyncio.create_task(web.wait())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if ended.done() and not stop.is_set():
            raise ConfigError(
                f"The web server ended with code {ended.result()}.",
                cure="What it said stands above; `wirecopy serve` runs it alone.",
            )
    finally:
        await end_web(web)
        loop.remove_signal_handler(signal.SIGTERM)
