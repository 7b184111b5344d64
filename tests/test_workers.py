"""Work that is spread over processes: order, bounds, and what becomes of it when one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from built import ROOT, Built, copy_mini

from generator.build.workers import MOST_JOBS, Processes
from generator.errors import AtlasError, SourceError

SPAWNED = """
import multiprocessing
import sys
from generator.cli import main

if __name__ == "__main__":
    multiprocessing.set_start_method("{method}")
    raise SystemExit(main(sys.argv[1:]))
"""


class Doubling:
    """Doubles, slower the smaller the number, so that results come out of order."""

    def __call__(self, number: int) -> tuple[int, int]:
        time.sleep((20 - number) / 2000)
        return 2 * number, os.getpid()


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    made = list(Processes(jobs).map(Doubling(), range(20)))
    assert [double for double, _ in made] == [2 * n for n in range(20)]
    pids = {pid for _, pid in made}
    assert (pids == {os.getpid()}) == (jobs == 1)
    assert len(pids) <= jobs


def test_items_are_taken_as_they_are_needed() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(20):
            taken += 1
            yield number

    results = Processes(2).map(Doubling(), items())
    next(results)
    assert taken <= 5, "one is done, two are being worked on, two wait"
    results.close()


class Marking:
    """Leaves a file for each item, before anything else."""

    def __call__(self, file: Path) -> str:
        file.touch()
        return file.name


def test_work_begins_before_anybody_asks_for_a_result(tmp_path: Path) -> None:
    files = [tmp_path / name for name in "abcdef"]
    results = Processes(2).map(Marking(), files)
    end = time.monotonic() + 30
    while not (files[0].exists() and files[1].exists()):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert list(results) == list("abcdef")


def test_work_that_nobody_waits_for_ends(tmp_path: Path) -> None:
    before = set(psutil.Process().children(recursive=True))
    results = Processes(2).map(Doubling(), range(20))
    del results
    end = time.monotonic() + 30
    while not set(psutil.Process().children(recursive=True)) <= before:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_there_are_never_more_processes_than_items(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Pool:
        def __init__(self, jobs: int, **_: object) -> None:
            asked.append(jobs)
            raise SourceError("enough")

    monkeypatch.setattr("generator.build.workers.ProcessPoolExecutor", Pool)
    for items in (range(3), (n for n in range(3))):
        with pytest.raises(SourceError):
            list(Processes(1_000_000).map(Doubling(), items))
    assert asked == [3, MOST_JOBS]


class Failing:
    def __call__(self, number: int) -> int:
        if number == 3:
            raise SourceError("three", where="here", fix="count on")
        return number


def test_an_error_comes_back_as_it_was_raised() -> None:
    with pytest.raises(SourceError) as caught:
        list(Processes(2).map(Failing(), range(6)))
    assert str(caught.value) == "here: three\n  → count on"


class Ended:
    def __call__(self, number: int) -> int:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return number


def test_a_worker_that_is_ended_from_outside_is_one_message() -> None:
    with pytest.raises(AtlasError, match="ended from outside") as caught:
        list(Processes(2).map(Ended(), range(6)))
    assert "--jobs 1" in caught.value.fix


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_their_parent(how: signal.Signals) -> None:
    script = textwrap.dedent(
        """
        import os
        import time
        from generator.build.workers import Processes

        def sleep(_):
            os.write(1, b"at work\\n")  # one write, so that lines of three don't mix
            time.sleep(120)

        list(Processes(3).map(sleep, range(3)))
        """
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    said = [parent.stdout.readline() for _ in range(3)]
    children = psutil.Process(parent.pid).children(recursive=True)
    parent.send_signal(how)
    parent.wait()
    _, alive = psutil.wait_procs(children, timeout=10)
    for left_over in alive:
        left_over.kill()
    parent.stdout.close()
    assert said == ["at work\n"] * 3
    assert len(children) >= 3
    assert alive == []


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_workers_that_are_not_forked_make_the_same_site(
    mini_site: Built, tmp_path: Path, method: str
) -> None:
    """As on Windows and macOS, and from Python 3.14 on everywhere: nothing is inherited."""
    config = copy_mini(tmp_path / "mini")
    program = tmp_path / "build.py"
    program.write_text(SPAWNED.format(method=method))
    done = subprocess.run(
        [sys.executable, str(program), "-q", "--jobs", "2", "--config", str(config),
         "--out", str(tmp_path / "site")],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # Python 3.11 may say at its very end that a pipe of the pool is closed already.
    said, _, _ = done.stderr.partition("Exception ignored in: <module 'threading'")
    assert (done.returncode, said) == (0, ""), done.stderr
    for path in mini_site.files:
        if path != ".atlas-manifest.json":
            assert (tmp_path / "site" / path).read_bytes() == (mini_site.folder / path).read_bytes()
