"""What is done again: nothing to do, one score, one template, against a build of everything.

``python -m benchmarks.again``: the shipped atlas in a folder of its own, each build a process of
its own but the last, in which a process that goes on (as ``serve``) renders a changed template.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.builds import build, change_one_score, copy_shipped
from benchmarks.measuring import machine
from generator.build import site
from generator.build.options import Options
from generator.build.warm import Warm
from generator.report import BufferReport
from generator.settings import read_settings

PART = "partials/map.html"
TABLE, COLUMN = "data/social_mobility_2016.csv", "score"
HIGHEST, MIDDLE = 0, 149
"""Rows: the highest score is in the legend of every page, another one on few pages."""


def _touch(path: Path, round_: int) -> None:
    """Change a template so that its pages change."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text + f"{{# {round_} #}}\n", encoding="utf-8")


def _served(config: Path, out: Path, part: Path, jobs: int, runs: int) -> list[tuple[float, float]]:
    """Seconds and CPU seconds of a changed part, in a process that remembers its last build."""
    options, warm = Options(out, jobs=jobs), Warm()
    site.build(read_settings(config), options, BufferReport(), warm)
    warm.compose()
    found = []
    for at in range(runs):
        _touch(part, 100 + at)
        start, before = time.perf_counter(), time.process_time()
        site.build(read_settings(config), options, BufferReport(), warm)
        found.append((time.perf_counter() - start, time.process_time() - before))
    return found


def measure(work: Path, jobs: int, runs: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds and CPU seconds of each kind of build."""
    config = copy_shipped(work / "shipped") / "atlas.toml"
    theme = config.parent / "theme"
    part = theme / PART
    part.parent.mkdir(parents=True)
    part.write_bytes((Path("templates") / PART).read_bytes())
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[atlas]", '[atlas]\ntheme = "theme"', 1), encoding="utf-8")
    found: dict[str, list[tuple[float, float]]] = {}

    def timed(name: str, *options: str) -> None:
        made = build(config, work / "site", "--jobs", str(jobs), *options)
        found.setdefault(name, []).append((made.run.seconds, made.run.cpu))

    build(config, work / "site", "--jobs", str(jobs))  # places postcodes and prepares boundaries
    for at in range(runs):
        timed("everything", "--force")
        timed("nothing to do")
        change_one_score(config.parent / TABLE, COLUMN, MIDDLE)
        timed("one score")
        change_one_score(config.parent / TABLE, COLUMN, HIGHEST)
        timed("the highest score")
        _touch(part, at)
        timed("one template")
    found["one template, served"] = _served(config, work / "site", part, jobs, runs)
    return found


def main() -> None:
    """Print the table of the README."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--runs", type=int, default=3)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), given.jobs, given.runs)
    middle = {n: [statistics.median(v) for v in zip(*r, strict=True)] for n, r in found.items()}
    whole = middle["everything"]
    print(f"{machine()}; {given.jobs} processes, medians of {given.runs}\n")
    print("| what changed | s | ratio | CPU s | ratio |\n|---|--:|--:|--:|--:|")
    for name, (seconds, cpu) in middle.items():
        print(
            f"| {name} | {seconds:.2f} | {seconds / whole[0]:.2f} "
            f"| {cpu:.2f} | {cpu / whole[1]:.2f} |"
        )


if __name__ == "__main__":
    main()
