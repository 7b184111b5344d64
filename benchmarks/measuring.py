"""What benchmarks share: memory of a process with all that it started, sizes, this machine."""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One command.

    Attributes
    ----------
    seconds, cpu
        By the clock, and of processors, of the command with all that it started.
    pss_mb, rss_mb
        Most memory of all its processes together: what several share counted once, and for
        each of them.
    output
        What it printed.
    """

    seconds: float
    cpu: float
    pss_mb: float
    rss_mb: float
    output: str


def run(
    command: Sequence[str],
    folder: Path,
    *,
    every: float = 0.2,
    env: Mapping[str, str] | None = None,
) -> Run:
    """Run a command, with its memory looked at every so many seconds.

    Raises
    ------
    SystemExit
        If it fails.
    """
    started, before = time.perf_counter(), os.times()
    pss = rss = 0.0
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
        ) as child,
    ):  # fmt: skip
        while child.poll() is None:
            each = [memory_mb(pid) for pid in family(child.pid)]
            pss, rss = max(pss, sum(p for p, _ in each)), max(rss, sum(r for _, r in each))
            time.sleep(every)
        said.seek(0)
        output = said.read()
    after = os.times()
    if child.returncode:
        raise SystemExit(f"{' '.join(command[:4])} ended with {child.returncode}\n{output[-2000:]}")
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return Run(time.perf_counter() - started, cpu, pss, rss, output)


def family(pid: int) -> list[int]:
    """A process and those that it started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in family(int(child)))]


def memory_mb(pid: int) -> tuple[float, float]:
    """Proportional and resident set size of a process, MB; zeros if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    found = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return found.get("Pss", 0) / 1024, found.get("Rss", 0) / 1024


def family_pss_mb(pid: int) -> float:
    """Memory of a process with those that it started; what they share counts once."""
    return sum(memory_mb(each)[0] for each in family(pid))


def size_of(folder: Path) -> tuple[int, int]:
    """Files below a folder, and their bytes together."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)


def machine() -> str:
    """This machine in a line."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    name = names[0] if names else platform.machine()
    return f"{os.cpu_count()} × {name}, Python {platform.python_version()}"
