"""Work on a Dask cluster: workers on this machine make the same bytes as one process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from built import ROOT, Built, build_site
from rebuilding import bytes_of

from generator.build.cluster import Cluster
from generator.cli import main
from generator.errors import AtlasError

if TYPE_CHECKING:
    from distributed import Client

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


class Machines:
    """A scheduler and three workers, each in a folder of its own, ended by their own ids."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self._folder = folder
        self._scheduler = started(
            folder, "dask_scheduler", "--host", "127.0.0.1", "--port", str(port),
            "--no-dashboard", "--idle-timeout", "300s",
        )  # fmt: skip
        self._workers: list[subprocess.Popen[bytes]] = []

    def complete(self) -> None:
        """Others in the place of those that died."""
        alive = [one for one in self._workers if one.poll() is None]
        while len(alive) < 3:
            alive.append(
                started(
                    self._folder, "dask_worker", self.address, "--nthreads", "1", "--no-nanny",
                    "--no-dashboard", "--death-timeout", "60", "--local-directory", ".",
                )
            )  # fmt: skip
        self._workers = alive

    def wait(self, client: Client) -> None:
        """Until all three are there.

        A worker that a test before gave its death may die of it only now, so those that have
        ended are looked for again and again.
        """
        for _ in range(30):
            self.complete()
            with suppress(TimeoutError):
                client.wait_for_workers(3, timeout=5)
                return
        raise AssertionError("the workers don't come")

    def kill_workers(self) -> None:
        """Killed: asked to end after the death of a worker, one of them took 20 s to do so."""
        for one in self._workers:
            one.kill()

    def end(self) -> None:
        self.kill_workers()
        self._scheduler.kill()
        for one in (*self._workers, self._scheduler):
            one.wait()


@contextmanager
def running(folder: Path) -> Iterator[Machines]:
    machines = Machines(folder)
    try:
        yield machines
    finally:
        machines.end()


@pytest.fixture(scope="module")
def builders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of machines that build, and that nobody kills."""
    import distributed

    with running(tmp_path_factory.mktemp("builders")) as machines:
        with distributed.Client(machines.address, timeout=60) as client:
            machines.wait(client)
        yield machines.address


@pytest.fixture(scope="module")
def mortals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Others, which have built nothing: what they hold is there at once, and so are they."""
    with running(tmp_path_factory.mktemp("mortals")) as machines:
        yield machines


@pytest.fixture
def cluster(mortals: Machines) -> Iterator[Cluster]:
    import distributed

    with distributed.Client(mortals.address, timeout=60) as client:
        mortals.wait(client)
        yield Cluster(client)


def test_a_worker_that_dies_after_it_was_counted_is_replaced(mortals: Machines) -> None:
    """It was waited for, 150 seconds, when the test before had it killed a little too late."""
    import distributed

    with distributed.Client(mortals.address, timeout=60) as client:
        mortals.complete()
        mortals.kill_workers()
        mortals.wait(client)
        assert len(client.scheduler_info()["workers"]) >= 3


@pytest.mark.slow
def test_workers_of_a_cluster_make_the_same_bytes(
    mini: Path, mini_site: Built, tmp_path: Path, builders: str
) -> None:
    command = [sys.executable, str(ROOT / "build.py"), "--config", str(mini)]
    command += ["--out", str(tmp_path / "site"), "--scheduler", builders]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=ENVIRONMENT, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert bytes_of(tmp_path / "site") == bytes_of(mini_site.folder)


@pytest.mark.slow
def test_workers_of_a_cluster_make_the_shipped_atlas_too(
    hex_site: Built, tmp_path: Path, builders: str
) -> None:
    """Into an empty folder: only what is drawn of outlines alone is there from before."""
    again = build_site(ROOT / "atlas.toml", tmp_path / "site", scheduler=builders)
    assert bytes_of(again.folder) == bytes_of(hex_site.folder)


def test_a_scheduler_that_does_not_answer_is_one_message(
    mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("generator.build.cluster._CONNECT_SECONDS", 0.5)
    for address in (f"tcp://127.0.0.1:{free_port()}", "nonsense://x"):
        command = ["--config", str(mini), "--out", str(tmp_path / "site"), "--scheduler", address]
        assert main(command) == 1
        said = capsys.readouterr().err
        assert f"error: --scheduler {address}: no scheduler answers there" in said
        assert "Traceback" not in said
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
def test_workers_that_are_gone_are_one_message(
    cluster: Cluster, mortals: Machines, tmp_path: Path
) -> None:
    import dask

    mortals.kill_workers()
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "2s"}),
        pytest.raises(AtlasError, match=r"does not answer|died over"),
    ):
        list(cluster.map(Dying(tmp_path, 0), range(6)))
