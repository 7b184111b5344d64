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
from itertools import islice
from multiprocessing import connection
from typing import Any, Protocol, TypeVar, cast

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
            Taken as they are needed: an iterator is never far ahead of the results.  Work on the
            first begins at once, before a result is asked for, where it is spread.
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
        return begun(_spread(work, items, jobs)) if jobs > 1 else map(work, items)


def _spread(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int
) -> Iterator[Result | None]:
    """None once the first items are on the way, then the results."""
    # Where processes are forked, they get the work with all that it has computed so far.
    with ProcessPoolExecutor(jobs, initializer=_start, initargs=(work,)) as pool:
        # Started now, they don't hold on to what is in memory while items are made.
        pool.submit(os.getpid)
        try:
            results = in_order(lambda item: pool.submit(_run, item), items, jobs * _WAITING)
            yield None
            yield from results
        except BrokenProcessPool:
            raise AtlasError(
                "a process that worked for this build was ended from outside",
                fix="memory may be short: build with fewer processes, --jobs 1",
            ) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def begun(results: Iterator[Result | None]) -> Iterator[Result]:
    """Results after a None that stands for the beginning of the work, which is waited for."""
    next(results)
    return cast("Iterator[Result]", results)


def in_order(
    submit: Callable[[Item], Future[Result]], items: Iterable[Item], most: int
) -> Iterator[Result]:
    """Results in the order of the items, with at most so many on the way, the first at once."""
    more = iter(items)
    waiting = deque(map(submit, islice(more, most)))

    def results() -> Iterator[Result]:
        for item in more:
            done = waiting.popleft().result()
            waiting.append(submit(item))
            yield done
        while waiting:
            yield waiting.popleft().result()

    return results()


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
