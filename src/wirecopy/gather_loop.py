"""The gatherer's loop: errands that are due, one a host at a time, other hosts not held up.

It decides nothing: when to ask next is `stages.schedule`'s word, and what a capture means is
`pipeline`'s. Here is only the waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from wirecopy.clock import Clock
from wirecopy.engine import Engine
from wirecopy.errands import Errands
from wirecopy.model import Feed, FeedState, Purpose
from wirecopy.progress import Report
from wirecopy.pruning import Pruner
from wirecopy.recorder import Recorder
from wirecopy.recording import Recorded
from wirecopy.store import articles, pictures, sources
from wirecopy.store.articles import DuePage
from wirecopy.store.db import Store
from wirecopy.store.pictures import DuePicture

BESIDE_SECONDS = 2.0  # how often hubs and alarms are looked after
LOOK_SECONDS = 1.0  # how often the store is asked what is due, when nothing else wakes us
LOOK_AT_ALL_SECONDS = 10.0  # and when there is always something else: feeds take 20 us each
AT_ONCE = 64  # errands under way that hold an answer or soon will, over all hosts
ERRANDS = 2_048  # all that are under way, those that wait for a slow host or a pause too
DUE_LIMIT = 5_000  # due pages held in memory; the rest waits in the store
FEEDS_A_HOST = 16  # of them feeds of one host: more than its pauses allow until the next look

EVERYTHING = frozenset({Purpose.FEED, Purpose.PAGE, Purpose.IMAGE})

_STAGES = {Purpose.FEED: "feeds", Purpose.PAGE: "pages", Purpose.IMAGE: "pictures"}

Look = Callable[[], Awaitable[None]]
"""Something to look after beside the errands: hubs, alarms."""

Key = tuple[Purpose, str]
"""What an errand is about; the same one is never run twice at a time."""

Line = OrderedDict[str, deque[tuple[Key, Callable[[], Awaitable[None]]]]]
"""Errands that wait, by host."""


@dataclass(slots=True)
class Summary:
    """What a run got, in numbers."""

    feeds: int = 0  # that were asked, as were the pages and pictures
    pages: int = 0
    pictures: int = 0
    announced: int = 0
    published: int = 0
    held: dict[str, int] = field(default_factory=dict)  # by reason


class Gatherer:
    """Runs errands until nothing is due, or for ever; what comes goes through the recorder."""

    def __init__(
        self,
        *,
        store: Store,
        errands: Errands,
        recorder: Recorder,
        recording: asyncio.Task[None],
        engine: Engine,
        pruner: Pruner,
        clock: Clock,
        report: Report,
        pictures_too: bool = True,
        looks: Sequence[Look] = (),
    ) -> None:
        self._looks = looks
        self.summary = Summary()
        self.store = store
        self._errands = errands
        self.recorder = recorder
        self._recording = recording
        self._engine = engine
        self._pruner = pruner
        self._clock = clock
        self._report = report
        self._pictures_too = pictures_too
        self._waiting: Line = OrderedDict()
        self._doubtful: Line = OrderedDict()  # feeds that failed the last time
        self._known: set[Key] = set()
        self._settled: set[Key] | None = None  # during a look into the store: settled meanwhile
        self._busy: set[str] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._ended: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self._held_up = False  # whether an errand waits for the recorder
        errands.call_when_stuck(self._wake.set)  # another may start in its place
        self._look = set(EVERYTHING)  # of what the store may hold more that is due
        self._later = False  # whether it may hold more by now: what feeds brought, or was left
        self._looked = 0.0  # when it was asked for everything, by the machine's monotonic clock

    @property
    def holding(self) -> int:
        """Large answers that are held and not recorded yet."""
        return self._errands.holding

    async def warm(self) -> None:
        """Start the workers now, not with the first page."""
        await asyncio.gather(*(self._engine.run(abs, -1) for _ in range(self._engine.capacity)))

    async def once(self) -> Summary:
        """Ask everything that is due, and what that brings, until nothing is."""
        self._look = set(EVERYTHING)
        await self._beside_recorder(self._until_nothing_is_due())
        answered = self._errands.answered
        self.summary.feeds = answered[Purpose.FEED]
        self.summary.pages = answered[Purpose.PAGE]
        self.summary.pictures = answered[Purpose.IMAGE]
        return self.summary

    async def for_ever(self) -> None:
        """Ask everything when it is due, until cancelled."""
        await self._beside_recorder(self._always())

    async def _until_nothing_is_due(self) -> None:
        while await self._turn():
            pass
        for look in self._looks:
            await look()

    async def _always(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_beside())
            while True:
                if not await self._turn():
                    await self._nap()
                    self._look = set(EVERYTHING)

    async def _look_beside(self) -> None:
        while True:
            for look in self._looks:
                await look()
            await asyncio.sleep(BESIDE_SECONDS)

    async def _beside_recorder(self, work: Coroutine[object, object, None]) -> None:
        """Work until it is done, or the recorder ends: then nothing can be kept, and we stop."""
        working = asyncio.create_task(work)
        try:
            await asyncio.wait({working, self._recording}, return_when=asyncio.FIRST_COMPLETED)
            if self._recording.done():
                self._recording.result()
            if working.done():
                working.result()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def ask_every_feed(self, why: str, *, spared: timedelta = sources.REFRESH) -> None:
        """Make every feed due now, but for those asked within `spared`.

        `why` is what readers are told.
        """
        now = self._clock.now()
        self.recorder.write(lambda c, *_: sources.make_due(c, now, why, spared=spared))
        await self.recorder.settle()
        self._look.add(Purpose.FEED)
        self._wake.set()

    def heard(self, recorded: Recorded) -> None:
        """The recorder's word that something stands in the store; there may be new errands."""
        self.summary.announced += recorded.announced
        if recorded.announced:
            self._look.add(Purpose.PAGE)
            self._later = True
        if recorded.picture:
            self._look.add(Purpose.IMAGE)
        if recorded.held:
            count = self.summary.held.get(recorded.held, 0)
            self.summary.held[recorded.held] = count + 1
            self._report.line(f"held back: {recorded.words or recorded.url}")
        if recorded.mode is not None:
            self.summary.published += 1
            self._report.advanced("publish", note=recorded.words)
        if recorded.announced or recorded.picture or self._held_up:
            self._held_up = False
            self._wake.set()

    async def close(self) -> None:
        """Drop what waits, and end what is under way."""
        self._waiting.clear()
        self._doubtful.clear()
        for task in self._running:
            task.cancel()
        # The ended ones too: of many that failed at once, one was loud enough.
        await asyncio.gather(*self._running, *self._ended, return_exceptions=True)

    # ------------------------------------------------------------ one turn of the loop

    async def _turn(self) -> bool:
        """Start what can be started and wait for something to happen; False when nothing is due."""
        now = self._clock.now()
        if self._pruner.due(now):
            await self.recorder.between_batches(partial(self._pruner.prune, now))
        if time.monotonic() - self._looked >= LOOK_AT_ALL_SECONDS:
            self._look = set(EVERYTHING)
        if self._look:
            await self._find_due()
        self._start()
        if self._running or self._ended:
            await self._nap()
            return True
        await self.recorder.settle()
        if self._later:
            self._look = set(EVERYTHING)
        return bool(self._look)

    async def _nap(self) -> None:
        """Sleep until an errand ends, news was recorded, or it is time to look again."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            self._look = set(EVERYTHING)
        self._wake.clear()
        while self._ended:
            self._ended.pop().result()  # a defect is loud

    def _end(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._ended.append(task)
        self._wake.set()

    async def _find_due(self) -> None:
        self._settled = set()
        wanted, self._look = self._look, set()
        if wanted >= EVERYTHING:
            self._later, self._looked = False, time.monotonic()
        feeds, pages, images = await asyncio.to_thread(self._due, wanted, self._clock.now())
        a_host = Counter(urlsplit(feed.url).hostname for feed, _ in feeds)
        full = DUE_LIMIT in (len(feeds), len(pages), len(images))
        if full or FEEDS_A_HOST in a_host.values():
            self._later = True  # the store holds more than we took
        for feed, state in feeds:
            key = (Purpose.FEED, feed.url)
            line = self._doubtful if state.failures else self._waiting
            self._add(
                key, feed.url, partial(self._errands.poll, feed, state, self._done(key)), line
            )
        for page in pages:
            key = (Purpose.PAGE, page.article)
            self._add(key, page.url, partial(self._errands.fetch, page, self._done(key)))
        for image in images:
            key = (Purpose.IMAGE, image.article)
            self._add(key, image.url, partial(self._errands.draw, image, self._done(key)))
        for page in reversed(pages):
            # News before more feeds, and over the connection that brought the feed.
            if page.host in self._waiting:
                self._waiting.move_to_end(page.host, last=False)

        # What was settled while the store was read may stand there as due still. Known until now,
        # it was not asked a second time (seen with 2 pages of 300 on a busy machine).
        self._known -= self._settled
        self._settled = None

    def _due(
        self, wanted: Collection[Purpose], now: datetime
    ) -> tuple[list[tuple[Feed, FeedState]], list[DuePage], list[DuePicture]]:
        with self.store.connect() as c:
            return (
                sources.due_feeds(c, now, DUE_LIMIT, FEEDS_A_HOST)
                if Purpose.FEED in wanted
                else [],
                articles.due_pages(c, now, DUE_LIMIT) if Purpose.PAGE in wanted else [],
                pictures.due(c, now, DUE_LIMIT)
                if Purpose.IMAGE in wanted and self._pictures_too
                else [],
            )

    def _done(self, key: Key) -> Callable[[], None]:
        """Called when the errand's outcome stands in the store: it may be due again."""

        def done() -> None:
            if self._settled is None:
                self._known.discard(key)
            else:
                self._settled.add(key)

        return done

    def _add(
        self, key: Key, url: str, run: Callable[[], Awaitable[None]], line: Line | None = None
    ) -> None:
        if key in self._known:
            return
        self._known.add(key)
        host = urlsplit(url).hostname or ""
        line = self._waiting if line is None else line
        line.setdefault(host, deque()).append((key, run))

    def _start(self) -> None:
        self._start_of(self._waiting)
        self._start_of(self._doubtful)  # what failed the last time waits for what did not

    def _start_of(self, line: Line) -> None:
        for host in list(line):
            if not self._has_room():
                return
            if host in self._busy:
                continue
            queue = line[host]
            key, run = queue.popleft()
            if queue:
                line.move_to_end(host)  # no host's long queue holds up the others
            else:
                del line[host]
            self._busy.add(host)
            task = asyncio.create_task(self._do(host, key, run))
            self._running.add(task)
            task.add_done_callback(self._end)

    def _has_room(self) -> bool:
        """Whether one more errand may start: bounds the answers in memory, not those waited for."""
        running = len(self._running)
        if running >= ERRANDS:
            return False
        if running and self.recorder.full:
            self._held_up = True
            return False
        return running - self._errands.stuck < AT_ONCE

    async def _do(self, host: str, key: Key, run: Callable[[], Awaitable[None]]) -> None:
        try:
            await run()
        finally:
            self._busy.discard(host)
            self._report.advanced(_STAGES[key[0]], note=host)
