"""The gatherer: asks feeds, pages and pictures when they are due, politely, and hands on what came.

Here it is put together and begun, with what a crash left behind taken in first; its loop stands in
`gather_loop`.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from ssl import SSLContext
from urllib.parse import urlsplit

from wirecopy import __version__
from wirecopy.archive import Archive, read_capture, recover
from wirecopy.clock import Clock, SystemClock
from wirecopy.config import Settings
from wirecopy.config_keys import is_loopback
from wirecopy.dial import Dialer, PublicDialer
from wirecopy.engine import Engine
from wirecopy.engine.local import LocalEngine
from wirecopy.errands import Errands
from wirecopy.fetch import Fetcher, Limits, Manners
from wirecopy.gather_alarms import Teller
from wirecopy.gather_hubs import Subscriber
from wirecopy.gather_loop import Gatherer, Look, Summary
from wirecopy.log import get
from wirecopy.newsroom import Newsroom, open_newsroom
from wirecopy.progress import Report
from wirecopy.pruning import Pruner, file_bytes
from wirecopy.reapplying import reapply, settle
from wirecopy.recalling import Memory
from wirecopy.recorder import Recorder
from wirecopy.replay import catch_up
from wirecopy.store import captures, sources
from wirecopy.store.db import Store, open_store
from wirecopy.store.knocks import Knocks

log = get()

__all__ = ["Gatherer", "Summary", "gather", "open_gatherer"]


@asynccontextmanager
async def open_gatherer(
    settings: Settings,
    *,
    dialer: Dialer,
    clock: Clock,
    manners: Manners,
    limits: Limits | None = None,
    tls: SSLContext | None = None,
    engine: Engine | None = None,
    report: Report,
    pictures_too: bool = True,
) -> AsyncIterator[Gatherer]:
    """Open the store, the archive and a pool of workers, and take in what a crash left behind.

    `pictures_too` is False where recorded pages are played that have no pictures with them.
    Another engine than this machine's own may be given; it is closed in the end. Raises StoreError
    or ArchiveError when one of them cannot be used.
    """
    settings.archive_folder.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        store = stack.enter_context(open_store(settings.database_url))
        with store.begin() as c:
            sources.put_publishers(c, settings.publishers, clock.now())
            room = open_newsroom(settings, c)
            after = captures.cursor(c)
            resting = sources.resting_hosts(c, clock.now())
        recover(settings.archive_folder, after)
        archive = Archive(
            settings.archive_folder,
            rotate_bytes=file_bytes(settings),
            software=f"Wirecopy/{__version__}",
        )
        stack.callback(archive.close)
        engine = engine or LocalEngine(preload=("wirecopy.warm",))
        stack.push_async_callback(engine.close)
        recorder = Recorder(
            store=store, folder=settings.archive_folder, keeper=archive, engine=engine, room=room
        )
        recording = asyncio.create_task(recorder.run())
        stack.push_async_callback(_end, recorder, recording)
        await catch_up(recorder, settings.archive_folder, after, report)
        await _decide_again(store, recorder, room, settings, report)
        memory = Memory(store, settings.archive_folder)
        stack.callback(memory.close)
        fetcher = await stack.enter_async_context(
            Fetcher(
                dialer=dialer,
                clock=clock,
                manners=manners,
                limits=limits,
                tls=tls,
                keep=recorder.put,
                resting=resting,
                recall=memory.recall,
                terms=True,
            )
        )
        gatherer = Gatherer(
            store=store,
            errands=Errands(fetcher=fetcher, recorder=recorder, clock=clock),
            recorder=recorder,
            recording=recording,
            engine=engine,
            pruner=Pruner(store, settings),
            clock=clock,
            report=report,
            pictures_too=pictures_too,
            looks=_looks(stack, settings, store, recorder, fetcher, clock),
        )
        recorder.on_recorded = gatherer.heard
        stack.push_async_callback(gatherer.close)
        stack.enter_context(_little_garbage())
        yield gatherer


def _looks(
    stack: AsyncExitStack,
    settings: Settings,
    store: Store,
    recorder: Recorder,
    fetcher: Fetcher,
    clock: Clock,
) -> list[Look]:
    """Alarms are told on every site; hubs can call back to a public one alone."""
    teller = Teller(
        webhook=settings.gather.webhook,
        site=settings.site.name,
        store=store,
        recorder=recorder,
        fetcher=fetcher,
        clock=clock,
    )
    if settings.private or is_loopback(urlsplit(settings.base_url).hostname or ""):
        return [teller.look]
    knocks = Knocks(settings.storage.folder / "knocks.db")
    stack.callback(knocks.close)
    subscriber = Subscriber(
        base_url=settings.base_url,
        store=store,
        recorder=recorder,
        fetcher=fetcher,
        knocks=knocks,
        clock=clock,
    )
    return [teller.look, subscriber.look]


@contextmanager
def _little_garbage() -> Iterator[None]:
    """Collect cyclic garbage less often, and not among what was loaded and restored.

    The live window is millions of small objects and no garbage: looking through it again and
    again took an eighth of this process's time.
    """
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


async def _decide_again(
    store: Store, recorder: Recorder, room: Newsroom, settings: Settings, report: Report
) -> None:
    """Let settings that changed since the last run take effect, from the archive alone."""
    with store.begin() as c:
        again = reapply(c, room)
    for record in again:
        item, _ = await asyncio.to_thread(read_capture, settings.archive_folder, record)
        await recorder.take_over(item, None)
        report.advanced("settings")
    await recorder.settle()
    with store.begin() as c:
        settle(c, room)


async def _end(recorder: Recorder, recording: asyncio.Task[None]) -> None:
    """Record what is in line, so that a Ctrl-C loses nothing that was fetched."""
    await recorder.close()
    await asyncio.gather(recording, return_exceptions=True)


async def gather(settings: Settings, *, once: bool, report: Report) -> Summary:
    """Gather from the live web: one round, or for ever."""
    clock = SystemClock()
    for one in settings.gather.allow_internal:
        log.warning("exempt from the guard", address=one, setting="allow_internal")
    manners = Manners(user_agent=settings.user_agent, delay_seconds=settings.gather.delay_seconds)
    limits = Limits(page_bytes=settings.gather.page_limit_mb * 1_000_000)
    async with open_gatherer(
        settings,
        dialer=PublicDialer(allow=settings.gather.vouched),
        clock=clock,
        manners=manners,
        limits=limits,
        report=report,
    ) as gatherer:
        if once:
            return await gatherer.once()
        await gatherer.for_ever()
        return gatherer.summary
