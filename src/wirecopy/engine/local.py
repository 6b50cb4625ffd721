"""The engine of one machine: a pool of worker processes that survives its workers.

A page can make a worker hang or die (a C library's fault, no memory). The pool is then renewed and
every item that was in flight is run again alone, in a worker of its own: the one at fault fails
there, and costs only itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import faulthandler
import gc
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver, resource_tracker
from typing import TypeVar

from wirecopy.engine import Failure
from wirecopy.errors import SourceError

T = TypeVar("T")
R = TypeVar("R")

MEMORY_BYTES = 3_000_000_000  # of address space: a worker past it gets MemoryError, not the machine
TRIM_BYTES = 1_000_000  # free at the heap's top before it is given back to the machine
_M_TRIM_THRESHOLD = -1  # mallopt(3)
GARBAGE = 5_000, 20, 20  # objects made before a look for cyclic garbage (700, 10, 10)
RECYCLE_AFTER = 2_000  # pages a worker; extraction libraries grow slowly (trafilatura issue 216)


class LocalEngine:
    """Runs pure functions in `workers` processes; see `engine` for its promises."""

    def __init__(
        self, *, workers: int | None = None, seconds: float = 60.0, preload: Sequence[str] = ()
    ) -> None:
        self.workers = workers or max(1, os.cpu_count() or 1)
        self.capacity = self.workers * 4
        self._seconds = seconds
        self._room = asyncio.Semaphore(self.capacity)
        self._alone = asyncio.Lock()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["wirecopy.engine.local", *preload])
        self._pool: Executor | None = None

    async def run(self, function: Callable[[T], R], item: T) -> R | Failure:
        async with self._room:
            pool = self._pool
            if pool is None:
                pool = self._pool = self._new_pool(self.workers)
            try:
                return await self._submit(pool, function, item)
            except BrokenProcessPool:
                if self._pool is pool:  # the first to notice renews it
                    self._pool = None
                    pool.shutdown(wait=False)
            return await self._run_alone(function, item)

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)

    async def _run_alone(self, function: Callable[[T], R], item: T) -> R | Failure:
        async with self._alone:
            return await self._in_a_pool_of_its_own(function, item, tries=5)

    async def _in_a_pool_of_its_own(
        self, function: Callable[[T], R], item: T, *, tries: int
    ) -> R | Failure:
        for left in reversed(range(tries)):
            pool = self._new_pool(1)
            began = time.monotonic()
            try:
                return await self._submit(pool, function, item)
            except BrokenProcessPool as error:
                if left and isinstance(error.__cause__, ConnectionError):
                    await asyncio.sleep(0.2)  # the dead fork server is not reaped yet
                    continue
                took = time.monotonic() - began
                if took >= self._seconds:
                    return Failure(reason="timed-out", detail=f"no result in {self._seconds:g} s")
                return Failure(reason="crashed", detail="the worker that read it died twice")
            finally:
                pool.shutdown(wait=False)
        raise AssertionError("the last try returns")

    async def _submit(self, pool: Executor, function: Callable[[T], R], item: T) -> R | Failure:
        try:
            future: Future[R | Failure] = pool.submit(_watched, function, item, self._seconds)
        except (
            RuntimeError,
            ConnectionError,
        ) as error:  # the pool was shut down between two awaits
            raise BrokenProcessPool(str(error)) from error
        return await asyncio.wrap_future(future)

    def _new_pool(self, workers: int) -> ProcessPoolExecutor:
        _start_server()
        return ProcessPoolExecutor(
            workers,
            mp_context=self._context,
            initializer=_start_worker,
            max_tasks_per_child=RECYCLE_AFTER,
        )


def _start_server() -> None:
    """Start the server that workers are forked from, deaf to the Ctrl-C that ends its parent.

    It ignores Ctrl-C by itself, but only after it has loaded what workers share: for 2 s it would
    die of it with a traceback. A blocked signal stays blocked in the process that is started.
    """
    resource_tracker.ensure_running()  # first: it unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, bound memory, and never outlive the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    _give_memory_back()
    gc.freeze()  # what all workers share is no garbage, and looking at it would copy it
    gc.set_threshold(*GARBAGE)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _give_memory_back() -> None:
    """Let glibc return what a large page took: 88 MB a worker after 250 pages become 68."""
    with contextlib.suppress(OSError, AttributeError):  # another C library keeps it
        ctypes.CDLL(None).mallopt(_M_TRIM_THRESHOLD, TRIM_BYTES)


def _follow_parent() -> None:
    # A killed gatherer cannot tell its workers; the pipe it held closes, and they notice.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _watched(function: Callable[[T], R], item: T, seconds: float) -> R | Failure:
    """Run it; a run past its time ends the process, even from inside a C library."""
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            return function(item)
        except SourceError as error:
            return Failure(reason=type(error).__name__, detail=error.message)
        except (MemoryError, RecursionError) as error:
            return Failure(reason="crashed", detail=type(error).__name__)
        finally:
            faulthandler.cancel_dump_traceback_later()
