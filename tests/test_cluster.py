"""Work on a Dask cluster: workers on this machine make the same bytes as one process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from built import ROOT, Built

from generator.build.cluster import Cluster
from generator.build.manifest import MANIFEST
from generator.errors import AtlasError

pytest.importorskip("distributed")
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
    "DASK_LOGGING__DISTRIBUTED": "error",
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def started(folder: Path, module: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    return subprocess.Popen(
        command, env=ENVIRONMENT, cwd=folder, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A scheduler and three workers, each in a folder of its own, ended by their own ids."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    running = [
        started(
            tmp_path, "dask_scheduler", "--host", "127.0.0.1", "--port", str(port),
            "--no-dashboard", "--idle-timeout", "300s",
        )
    ]  # fmt: skip
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        running.append(
            started(
                tmp_path / name, "dask_worker", address, "--nthreads", "1", "--no-nanny",
                "--no-dashboard", "--death-timeout", "60", "--local-directory", ".",
            )
        )  # fmt: skip
    try:
        yield address
    finally:
        # Killed: asked to end after the death of a worker, one of them took 20 s to do so.
        for one in reversed(running):
            one.kill()
        for one in running:
            one.wait()


def build(mini: Path, out: Path, scheduler: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "build.py"), "--config", str(mini), "--out", str(out)]
    return subprocess.run(
        [*command, "--scheduler", scheduler], capture_output=True, text=True, check=False,
        env=ENVIRONMENT, timeout=300,
    )  # fmt: skip


@pytest.mark.slow
def test_workers_of_a_cluster_make_the_same_bytes(
    mini: Path, mini_site: Built, tmp_path: Path, scheduler: str
) -> None:
    deadline = time.monotonic() + 90
    while True:
        done = build(mini, tmp_path / "site", scheduler)
        if "has no workers" not in done.stderr and "no scheduler answers" not in done.stderr:
            break
        assert time.monotonic() < deadline
        time.sleep(1)
    assert done.returncode == 0, done.stderr
    for path in mini_site.files:
        assert (tmp_path / "site" / path).read_bytes() == (mini_site.folder / path).read_bytes()
    assert (tmp_path / "site" / MANIFEST).is_file()


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_one_message(mini: Path, tmp_path: Path) -> None:
    for address in (f"tcp://127.0.0.1:{free_port()}", "nonsense://x"):
        done = build(mini, tmp_path / "site", address)
        assert done.returncode == 1
        assert f"error: --scheduler {address}: no scheduler answers there" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "site").exists()


class Dying:
    """Doubles numbers; at one of them its process ends, so many times."""

    def __init__(self, folder: Path, times: int) -> None:
        self.folder, self.times = folder, times

    def __call__(self, number: int) -> int:
        deaths = len(list(self.folder.glob("died-*")))
        if number == 3 and deaths < self.times:
            (self.folder / f"died-{os.getpid()}").write_text("")
            os.kill(os.getpid(), signal.SIGKILL)
        return 2 * number


class DyingAlways:
    def __call__(self, number: int) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return number


@pytest.fixture
def cluster(scheduler: str) -> Iterator[Cluster]:
    import distributed

    with distributed.Client(scheduler, timeout=60) as client:
        client.wait_for_workers(3, timeout=150)
        yield Cluster(client)


@pytest.mark.slow
def test_the_batch_of_a_worker_that_dies_is_done_by_another(
    cluster: Cluster, tmp_path: Path
) -> None:
    assert list(cluster.map(Dying(tmp_path, 1), range(6))) == [0, 2, 4, 6, 8, 10]
    assert len(list(tmp_path.glob("died-*"))) == 1


@pytest.mark.slow
def test_a_batch_that_kills_two_workers_ends_the_build_and_is_named(
    cluster: Cluster, tmp_path: Path
) -> None:
    with pytest.raises(AtlasError, match=r"died over one batch \(Dying: 3\)") as caught:
        list(cluster.map(Dying(tmp_path, 9), range(6)))
    assert "memory" in caught.value.fix
    assert len(list(tmp_path.glob("died-*"))) == 2


@pytest.mark.slow
def test_a_batch_that_kills_all_workers_ends_the_build(cluster: Cluster, tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="died over"):
        list(cluster.map(DyingAlways(), range(6)))


@pytest.mark.slow
def test_workers_that_are_gone_are_one_message(cluster: Cluster, tmp_path: Path) -> None:
    import dask

    for worker in psutil.Process().children():
        if "dask_worker" in " ".join(worker.cmdline()):
            worker.kill()
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "2s"}),
        pytest.raises(AtlasError, match=r"does not answer|died over"),
    ):
        list(cluster.map(Dying(tmp_path, 0), range(6)))
