"""A process that has imported everything once, and forks a child for each build.

A build in a fresh interpreter spends most of its time on imports.  A forked child starts with
them, has limits of its own (processor seconds, memory, size of files), and can't harm the next.

Lines of JSON come in on standard input, one task each, and lines of JSON go out.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
CPU_SECONDS = 60
WALL_SECONDS = 300
MEGABYTES = 1_500
"""What a child may hold beside what it was born with; a build of the small atlas holds 300."""
FILE_MEGABYTES = 200


@dataclass(frozen=True, slots=True)
class Task:
    """One run of the command line.

    Attributes
    ----------
    arguments
        Of ``python build.py``.
    scratch
        Where it finds a folder for temporary files, and where what it says goes.
    environment
        Variables to set.
    paths
        Folders where packages are looked for first.
    kill_s
        SIGKILL after so many seconds.
    """

    arguments: list[str]
    scratch: str
    environment: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    kill_s: float | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: status (negative: the signal), what it said, seconds, megabytes."""

    status: int
    said: str
    cpu_s: float
    megabytes: float


class Nursery:
    """The warmed-up process, held as a context."""

    def __enter__(self) -> Nursery:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={
                **os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
        )  # fmt: skip
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def run(self, task: Task) -> Ended:
        """Fork a child for a task, and wait until it has ended."""
        self.send(task)
        return self.receive()

    def send(self, task: Task) -> None:
        """Begin a task; `receive` says how it ended."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.flush()

    def receive(self) -> Ended:
        assert self._process.stdout
        return Ended(**json.loads(self._process.stdout.readline()))


def main() -> None:
    """Warm up, then work through the tasks."""
    import generator.build.site
    import generator.verify.site  # noqa: F401 - so that no child has to
    from generator.sources.containers import keep_own_drivers

    keep_own_drivers()
    for line in sys.stdin:
        print(json.dumps(asdict(_run(Task(**json.loads(line))))), flush=True)


def _run(task: Task) -> Ended:
    scratch = Path(task.scratch)
    said = scratch / "said.txt"
    child = os.fork()
    if child == 0:
        _child(task, said)
    status, cpu_s, megabytes = _awaited(child, task.kill_s)
    return Ended(status, said.read_text("utf-8", "replace"), cpu_s, megabytes)


def _child(task: Task, said: Path) -> None:
    """Run the command line and end; never returns."""
    from generator import cli

    status = 70
    try:
        out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(out, stream)
        os.environ.update({**task.environment, "TMPDIR": task.scratch})
        tempfile.tempdir = None
        sys.path[:0] = task.paths
        _limit()
        status = cli.main(task.arguments)
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 71
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    held = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    most = held + MEGABYTES * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    largest = FILE_MEGABYTES * 1_000_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _awaited(child: int, kill_s: float | None) -> tuple[int, float, float]:
    started = time.monotonic()
    ended, status = 0, 0
    while not ended:
        ended, status, used = os.wait4(child, os.WNOHANG)
        if not ended:
            elapsed = time.monotonic() - started
            if elapsed > (WALL_SECONDS if kill_s is None else kill_s):
                os.kill(child, signal.SIGKILL)
                _, status, used = os.wait4(child, 0)
                break
            time.sleep(0.002)
    seconds = used.ru_utime + used.ru_stime
    return os.waitstatus_to_exitcode(status), round(seconds, 3), round(used.ru_maxrss / 1000, 1)


if __name__ == "__main__":
    main()
