"""Who does the work of a build: one process, two, or Dask with one, two and four workers.

``python -m benchmarks.clusters``: the shipped atlas, built anew each time; seconds, and whether all
wrote the same bytes.  Scheduler and workers are started on this machine by the commands of
docs/scale.md.  ``… clusters wire``: what goes to a worker, and what comes back.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.builds import ROOT, Build, build, copy_shipped
from benchmarks.measuring import machine
from generator.build import site
from generator.build.manifest import MANIFEST
from generator.build.options import Options
from generator.report import BufferReport
from generator.settings import read_settings

DASK = Path(sys.executable).with_name("dask")


@contextmanager
def cluster(folder: Path, count: int) -> Iterator[str]:
    """The address of a Dask scheduler with so many workers, each in a folder of its own."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = str(one.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def start(name: str, *command: str) -> subprocess.Popen[bytes]:
        (folder / name).mkdir(parents=True)
        return subprocess.Popen(
            [str(DASK), *command], cwd=folder / name, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    running = [start("scheduler", "scheduler", "--host", "127.0.0.1", "--port", port)]
    for at in range(count):
        running.append(start(f"worker {at}", "worker", address, "--nthreads", "1"))
    try:
        time.sleep(8)  # until the workers have found the scheduler
        yield address
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(30)


def fingerprint(folder: Path) -> str:
    """One hash of the paths and bytes of a site, without what it says of its own making."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            total.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return total.hexdigest()


def ways(work: Path, counts: Iterable[int], repeat: int) -> None:
    """Build the shipped atlas in each way, and print a row for each."""
    config = copy_shipped(work / "shipped") / "atlas.toml"
    runs: dict[str, list[Build]] = {}
    marks = set()

    def timed(way: str, *options: str) -> None:
        for turn in range(repeat):
            shutil.rmtree(config.parent / "boundaries" / "prepared-cache", ignore_errors=True)
            out = work / f"{way} {turn}"
            runs.setdefault(way, []).append(build(config, out, *options))
            marks.add(fingerprint(out))
            shutil.rmtree(out)

    timed("one process", "--jobs", "1")
    timed("two processes", "--jobs", "2")
    for count in counts:
        with cluster(work / f"cluster of {count}", count) as address:
            timed(f"Dask, workers: {count}", "--scheduler", address)
    base = median(one.run.seconds for one in runs["one process"])
    print(f"{machine()}\n\n| | s | ratio | files, s | cards, s | pages, s |")
    print("|---|--:|--:|--:|--:|--:|")
    for way, found in runs.items():
        seconds = median(one.run.seconds for one in found)
        stages = [median(one.stages[n] for one in found) for n in ("files", "cards", "pages")]
        cells = " | ".join(f"{one:.1f}" for one in stages)
        print(f"| {way} | {seconds:.1f} | {seconds / base:.2f} | {cells} |")
    print(f"\nsame bytes: {len(marks) == 1}")


class Counting:
    """Does the work here, and counts the bytes that a worker would get and give."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, int, int, int]] = []

    def map(self, work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        given = taken = count = 0
        for item in items:
            made = work(item)
            given += len(pickle.dumps(item))
            taken += len(pickle.dumps(made))
            count += 1
            yield made
        self.rows.append((type(work).__name__, len(pickle.dumps(work)), count, given, taken))


def wire(config: Path, out: Path) -> None:
    """Build an atlas here, and print what each kind of work would send."""
    counting = Counting()

    @contextmanager
    def counted(_: Options) -> Iterator[Counting]:
        yield counting

    site.workers_for = counted
    site.build(read_settings(config), Options(out), BufferReport())
    print("| work | to each worker, KB | items | items, KB | results, KB |")
    print("|---|--:|--:|--:|--:|")
    for name, once, count, given, taken in counting.rows:
        print(f"| {name} | {once / 1e3:,.0f} | {count} | {given / 1e3:,.0f} | {taken / 1e3:,.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["ways", "wire"], default="ways")
    parser.add_argument("--workers", nargs="*", type=int, default=[1, 2, 4])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--config", type=Path, help="of the atlas for wire; the shipped one unless")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if options.what == "ways":
            ways(work, options.workers, options.repeat)
        else:
            config = options.config or copy_shipped(work / "shipped") / "atlas.toml"
            wire(config, work / "site")


if __name__ == "__main__":
    main()
