"""Whole builds: how they grow with the number of areas, and with who does the work.

``python -m benchmarks.builds growth``: the shipped atlas, the small areas of three regions, and all
34,753 of them; seconds of each stage, processor time, memory, files and bytes; then a build with
nothing to do, and one after one score has changed.  ``python -m benchmarks.builds workers``: the
shipped atlas by one process, by two, and by a Dask cluster of two workers on this machine, and
whether all wrote the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.measuring import Run, machine, run, size_of
from generator.build.manifest import MANIFEST

ROOT = Path(__file__).resolve().parents[1]
STROKE = ROOT / "examples" / "stroke-units"
SOME_REGIONS = ("North East", "Yorkshire and The Humber", "Wales")
STAGES = ("read", "join", "compare", "tiles", "files", "cards", "pages", "links", "publish")
TABLES = ("minutes.csv", "data/social_mobility_2016.csv")
COLUMNS = ("minutes", "score")
_STAGE = re.compile(r"^(\w+) +(\d+\.\d) s$", re.M)


@dataclass(frozen=True, slots=True)
class Build:
    """One build, and what it left behind."""

    run: Run
    stages: dict[str, float]
    files: int
    bytes: int


def build(config: Path, out: Path, *options: str) -> Build:
    """Build an atlas with the command, in a process of its own."""
    command = [sys.executable, "build.py", "--config", str(config), "--out", str(out), *options]
    made = run(command, ROOT)
    stages = {name: float(seconds) for name, seconds in _STAGE.findall(made.output)}
    return Build(made, stages, *size_of(out))


# -- Growth ------------------------------------------------------------------------------------


def some_regions(folder: Path) -> Path:
    """The example of all small areas, cut down to a few regions; its settings."""
    shutil.copytree(STROKE, folder, ignore=shutil.ignore_patterns("*cache*"))
    kept = set()
    for name in ("areas.csv", "minutes.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        if name == "areas.csv":
            rows = [row for row in rows if row[header.index("region")] in SOME_REGIONS]
            kept = {row[0] for row in rows}
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *(row for row in rows if row[0] in kept)])
    return folder / "atlas.toml"


def change_one_score(table: Path, column: str, row: int = 0) -> None:
    """Make a figure of a table a little larger; rows count from 0."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    at = header.index(column)
    rows[row][at] = f"{float(rows[row][at]) + 0.1:.1f}"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def growth(work: Path, sizes: list[str], jobs: str) -> None:
    """Build each size and print a column for each."""
    whole = work / "whole"
    if {"some", "all"} & set(sizes) and not (STROKE / "minutes.csv").exists():
        raise SystemExit("run python examples/stroke-units/make_tables.py first")
    columns: dict[str, list[str]] = {}
    for size in sizes:
        if size == "shipped":
            config = copy_shipped(work / "shipped") / "atlas.toml"
        elif size == "some":
            config = some_regions(work / "some")
        else:
            shutil.copytree(STROKE, whole, ignore=shutil.ignore_patterns("*cache*"))
            config = whole / "atlas.toml"
        out = work / f"{size}-site"
        first = build(config, out, "--jobs", jobs)
        nothing = build(config, out, "--jobs", jobs)
        table, column = (
            ("data/social_mobility_2016.csv", "score")
            if size == "shipped"
            else ("minutes.csv", "minutes")
        )
        change_one_score(config.parent / table, column)
        one = build(config, out, "--jobs", jobs)
        columns[size] = _column(first, nothing, one)
        print(f"{size}: {first.run.seconds:.0f} s", file=sys.stderr, flush=True)
    labels = [*STAGES, "seconds", "CPU seconds", "PSS, MB", "RSS, MB", "files", "MB",
              "nothing to do, s", "one score, s", "one score, CPU s"]  # fmt: skip
    print(f"{machine()}\n\n| | {' | '.join(columns)} |\n|---|{'--:|' * len(columns)}")
    for at, label in enumerate(labels):
        print(f"| {label} | {' | '.join(cells[at] for cells in columns.values())} |")


def _column(first: Build, nothing: Build, one: Build) -> list[str]:
    return [
        *(f"{first.stages[name]:.1f}" if name in first.stages else "–" for name in STAGES),
        f"{first.run.seconds:.0f}",
        f"{first.run.cpu:.0f}",
        f"{first.run.pss_mb:,.0f}",
        f"{first.run.rss_mb:,.0f}",
        f"{first.files:,}",
        f"{first.bytes / 1e6:,.1f}",
        f"{nothing.run.seconds:.1f}",
        f"{one.run.seconds:.0f}",
        f"{one.run.cpu:.0f}",
    ]


def copy_shipped(folder: Path) -> Path:
    """The shipped atlas in a folder of its own, whose tables may be changed."""
    folder.mkdir()
    shutil.copy(ROOT / "atlas.toml", folder)
    for name in ("data", "boundaries"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*cache*"))
    return folder


# -- Workers -----------------------------------------------------------------------------------


@contextmanager
def cluster(work: Path) -> Iterator[str]:
    """The address of a Dask scheduler with two workers, each in a folder of its own."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def start(module: str, folder: Path, *options: str) -> subprocess.Popen[bytes]:
        folder.mkdir()
        command = [sys.executable, "-m", f"distributed.cli.{module}", *options, "--no-dashboard"]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, cwd=folder, env=environment, stderr=quiet, stdout=quiet)

    running = [
        start("dask_scheduler", work / "scheduler", "--host", "127.0.0.1", "--port", str(port))
    ]
    for name in ("one", "two"):
        running.append(start("dask_worker", work / name, address, "--nthreads", "1", "--no-nanny"))
    try:
        time.sleep(5)
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


def workers(work: Path, repeat: int) -> None:
    """Build the shipped atlas in each way, and print a row for each."""
    config = copy_shipped(work / "shipped") / "atlas.toml"
    runs: dict[str, list[Build]] = {}
    marks = set()
    with cluster(work) as address:
        ways = {
            "one process": ("--jobs", "1"),
            "two processes": ("--jobs", "2"),
            "Dask, two workers": ("--scheduler", address),
        }
        for turn in range(repeat):
            for way, options in ways.items():
                shutil.rmtree(config.parent / "boundaries" / "prepared-cache", ignore_errors=True)
                out = work / f"{way} {turn}"
                runs.setdefault(way, []).append(build(config, out, *options))
                marks.add(fingerprint(out))
                shutil.rmtree(out)
    base = runs["one process"]
    print(f"{machine()}\n\n| | s | ratio | pages, s | cards, s |\n|---|--:|--:|--:|--:|")
    for way, found in runs.items():
        ratio = median(a.run.seconds / b.run.seconds for a, b in zip(found, base, strict=True))
        times = [median(one.stages[name] for one in found) for name in ("pages", "cards")]
        seconds = median(one.run.seconds for one in found)
        print(f"| {way} | {seconds:.1f} | {ratio:.2f} | {times[0]:.1f} | {times[1]:.1f} |")
    print(f"\nsame bytes: {len(marks) == 1}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["growth", "workers"])
    parser.add_argument("--sizes", nargs="*", default=["shipped", "some", "all"])
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.what == "growth":
            growth(Path(folder), options.sizes, options.jobs)
        else:
            workers(Path(folder), options.repeat)


if __name__ == "__main__":
    main()
