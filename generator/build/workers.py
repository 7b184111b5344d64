"""The one place where work is spread: over processes here, or over a cluster with Dask.

A piece of work is an object that is called with one item after the other.  It goes to
each worker once, items and results go to and fro; workers write nothing, so they need no
disk in common.  Results come in the order of the items, whoever made them.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from typing import Any, Protocol, TypeVar

from generator.build.options import MOST_JOBS
from generator.errors import AtlasError

Item = TypeVar("Item")
Result = TypeVar("Result")
_MOST_ON_WINDOWS = 61
_WAITING = 2
"""Items that wait for each worker: enough that none is idle, few enough to be in memory."""


class Workers(Protocol):
    """Runs work over items, side by side."""

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Results of ``work(item)``, in the order of `items`.

        Parameters
        ----------
        work
            Can be pickled, and so can items and results.
        items
            Taken as they are needed: an iterator is never far ahead of the results.
        """


class Processes:
    """Workers that are processes on this machine.

    Parameters
    ----------
    jobs
        How many; 1 does the work in this process.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        most = len(items) if isinstance(items, Sized) else self.jobs
        jobs = min(self.jobs, most, _MOST_ON_WINDOWS if sys.platform == "win32" else MOST_JOBS)
        if jobs <= 1:
            yield from map(work, items)
            return
        # Where processes are forked, they get the work with all that it has computed so far.
        with ProcessPoolExecutor(jobs, initializer=_start, initargs=(work,)) as pool:
            # Started now, they don't hold on to what is in memory while items are made.
            pool.submit(os.getpid)
            try:
                yield from in_order(lambda item: pool.submit(_run, item), items, jobs * _WAITING)
            except BrokenProcessPool:
                raise AtlasError(
                    "a process that worked for this build was ended from outside",
                    fix="memory may be short: build with fewer processes, --jobs 1",
                ) from None
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


def in_order(
    submit: Callable[[Item], Future[Result]], items: Iterable[Item], most: int
) -> Iterator[Result]:
    """Results in the order of the items, with at most so many on the way."""
    waiting: deque[Future[Result]] = deque()
    for item in items:
        waiting.append(submit(item))
        if len(waiting) >= most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


_work: Callable[[Any], Any] | None = None
"""Of a worker: what it does with every item."""


def _start(work: Callable[[Any], Any]) -> None:
    """Prepare a worker; it ends with its parent, however that ends."""
    global _work
    _work = work
    gc.freeze()  # what came from the parent is no garbage, and looking at it would copy it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when to stop
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _run(item: Any) -> Any:
    assert _work is not None
    return _work(item)
