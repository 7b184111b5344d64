"""Work on a Dask cluster: two workers on this machine make the same bytes as one process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Built

from generator.build.manifest import MANIFEST

pytest.importorskip("distributed")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_LOGGING__DISTRIBUTED": "error"}


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
    """A scheduler and two workers, each in a folder of its own, ended by their own ids."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    running = [
        started(
            tmp_path, "dask_scheduler", "--host", "127.0.0.1", "--port", str(port),
            "--no-dashboard", "--idle-timeout", "300s",
        )
    ]  # fmt: skip
    for name in ("one", "two"):
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
        for one in reversed(running):
            one.terminate()
        for one in running:
            try:
                one.wait(timeout=20)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()


def build(mini: Path, out: Path, scheduler: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "build.py"), "--config", str(mini), "--out", str(out)]
    return subprocess.run(
        [*command, "--scheduler", scheduler], capture_output=True, text=True, check=False,
        env=ENVIRONMENT, timeout=300,
    )  # fmt: skip


@pytest.mark.slow
def test_two_workers_of_a_cluster_make_the_same_bytes(
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
