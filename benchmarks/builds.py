"""Whole builds: how they grow with the number of areas.

``python -m benchmarks.builds growth``: the shipped atlas, the small areas of three regions, and all
34,753 of them; seconds of each stage, processor time, memory, files and bytes; then a build with
nothing to do, and one after one score has changed.  Who does the work is `benchmarks.clusters`.
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import Run, machine, run, size_of

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["growth"])
    every = ("shipped", "some", "all")
    parser.add_argument("--sizes", nargs="+", default=every, choices=every)
    parser.add_argument("--jobs", default="2")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        growth(Path(folder), options.sizes, options.jobs)


if __name__ == "__main__":
    main()
