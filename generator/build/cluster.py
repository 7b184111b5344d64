"""Workers of a Dask cluster: the same work, on other machines.

Work goes to every worker once, by the network; results come back as bytes.  Nothing is read from
or written to a disk in common.  What a worker died over is done again by another one, as often as
the scheduler allows (its setting ``allowed-failures``, three times unless set); then the build
fails, names what it was about, and the former site stays.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, cast

from generator.build.options import Options
from generator.build.versions import versions
from generator.build.workers import Item, Processes, Result, Workers, begun, in_order
from generator.errors import AtlasError

_CONNECT_SECONDS = 10
_MEMORY = "memory may be short there: give the workers more, or start fewer on a machine"
_WAITING = 2
_ONE_AT_A_TIME = threading.Lock()
"""Of a worker: Dask may give it several threads, and our work takes one."""


@contextmanager
def workers_for(options: Options) -> Iterator[Workers]:
    """The workers that the command line asks for: processes here, or a cluster.

    Raises
    ------
    AtlasError
        There is no scheduler at that address, or its workers would make another site.
    """
    if not options.scheduler:
        yield Processes(options.jobs)
        return
    try:
        import distributed
    except ImportError:
        raise AtlasError(
            "Dask is not installed",
            where=f"--scheduler {options.scheduler}",
            fix='pip install "mobility-atlas[dask]"',
        ) from None
    try:
        connect: Any = distributed.Client
        client = connect(options.scheduler, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise AtlasError(
            f"no scheduler answers there ({error})",
            where=f"--scheduler {options.scheduler}",
            fix="start one with: dask scheduler; its first lines name its address",
        ) from None
    with client:
        _need_same_versions(client, options.scheduler)
        yield Cluster(client)


class Cluster:
    """Workers of a cluster that a client is connected to."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        return begun(self._spread(work, items))

    def _spread(
        self, work: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[Result | None]:
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker

        client = self._client
        try:
            there = client.scatter(work, broadcast=True, hash=False)
        except OSError as error:
            raise AtlasError(
                f"a worker of the cluster does not answer ({error})",
                fix="see to that worker, or start others with: dask worker ADDRESS",
            ) from None
        items_of: dict[str, Item] = {}

        def submit(item: Item) -> Future[Result]:
            done = client.submit(_run, there, item, pure=False, retries=1)
            items_of[str(done.key)] = item
            return cast("Future[Result]", done)

        most = _WAITING * max(1, sum(client.nthreads().values()))
        try:
            results = in_order(submit, items, most)
            yield None
            yield from results
        except KilledWorker as error:
            about = items_of.get(str(error.task), "an unknown one")
            raise AtlasError(
                f"the cluster's workers died over one batch ({type(work).__name__}: {about})",
                fix=_MEMORY,
            ) from None
        except FutureCancelledError:
            raise AtlasError(
                f"the workers that had got the work died over it ({type(work).__name__})",
                fix=_MEMORY,
            ) from None


def _run(work: Callable[[Any], Any], item: Any) -> Any:
    with _ONE_AT_A_TIME:
        return work(item)


def _need_same_versions(client: Any, address: str) -> None:
    """Workers with other packages would make other bytes."""
    own = versions()
    stated = client.run(versions)
    if not stated:
        raise AtlasError(
            "the scheduler has no workers",
            where=f"--scheduler {address}",
            fix=f"start some with: dask worker {address}",
        )
    for worker, theirs in sorted(stated.items()):
        apart = sorted(
            name for name in own.keys() | theirs.keys() if own.get(name) != theirs.get(name)
        )
        if apart:
            raise AtlasError(
                f"this worker has other versions of {', '.join(apart[:5])}",
                where=str(worker),
                fix="install the same requirements there as here",
            )
