"""The small atlas is built, and killed at random moments; two builds at once; a full disk."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from built import ROOT, copy_mini

sys.path.insert(0, str(ROOT / "tests/fuzz"))
from nursery import Ended, Nursery, Task

from generator.build import swap
from generator.build.manifest import is_whole, read_manifest

# The check tries some of what the long run tries: CONTRIBUTING.md has its command.
KILLS, PAIRS = (50, 10) if "ATLAS_LONG" in os.environ else (15, 4)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as held:
        yield held


class Atlas:
    """The small atlas in two versions, and one site that they write by turns."""

    def __init__(self, folder: Path, nursery: Nursery) -> None:
        self.place = folder / "place"
        self.site = self.place / "site"
        self.place.mkdir()
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.nursery = nursery
        self.configs = [copy_mini(folder / "one"), copy_mini(folder / "two")]
        text = self.configs[1].read_text(encoding="utf-8")
        self.configs[1].write_text(text.replace('title = "Mini', 'title = "Other'))

    def build(self, version: int, *more: str, kill_s: float | None = None) -> Ended:
        command = ["-q", "--config", str(self.configs[version]), "--out", str(self.site), *more]
        return self.nursery.run(Task(command, str(self.scratch), kill_s=kill_s))

    def version(self) -> int:
        """Which version stands there; every file of it is as it was written."""
        assert is_whole(self.site, read_manifest(self.site))
        made = {p.relative_to(self.site).as_posix() for p in self.site.rglob("*") if p.is_file()}
        assert made - {".atlas-manifest.json"} == set(read_manifest(self.site).files)
        return int("Other" in (self.site / "index.html").read_text(encoding="utf-8"))


@pytest.fixture
def atlas(tmp_path: Path, nursery: Nursery) -> Atlas:
    return Atlas(tmp_path, nursery)


def orphans() -> list[psutil.Process]:
    """Processes of a nursery whose parent has gone."""
    found = []
    for process in psutil.process_iter(["cmdline", "ppid"]):
        command = process.info["cmdline"] or []
        if any(part.endswith("nursery.py") for part in command) and process.info["ppid"] == 1:
            found.append(process)
    return found


@pytest.mark.slow
def test_a_build_killed_at_random_moments_leaves_one_whole_site(atlas: Atlas) -> None:
    assert atlas.build(0, "--jobs", "2").status == 0
    started = time.monotonic()
    assert atlas.build(1, "--jobs", "2", "--force").status == 0
    longest = time.monotonic() - started
    rng = random.Random(13)
    standing, killed, changed = 1, 0, 0
    for at in range(KILLS):
        wanted = at % 2
        ended = atlas.build(wanted, "--jobs", "2", "--force", kill_s=rng.uniform(0, 1.05 * longest))
        assert ended.status in {0, -9}, ended
        killed += ended.status == -9
        swap.recover(atlas.site)
        assert [p.name for p in atlas.place.iterdir()] == ["site"]
        found = atlas.version()
        assert found in {standing, wanted}
        if ended.status == 0:
            assert found == wanted
        changed += found != standing
        standing = found
    assert killed > KILLS / 4
    deadline = time.monotonic() + 10
    while orphans() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert orphans() == []
    assert atlas.build(1 - standing).status == 0
    assert atlas.version() == 1 - standing
    checked = atlas.nursery.run(Task(["-q", "verify", str(atlas.site)], str(atlas.scratch)))
    assert checked.status == 0, checked.said


@pytest.mark.slow
def test_two_builds_at_once_give_one_site_and_one_message(tmp_path: Path) -> None:
    """Pairs that begin together: each ends well or says that another one is at work."""
    configs = [copy_mini(tmp_path / "one"), copy_mini(tmp_path / "two")]
    text = configs[1].read_text(encoding="utf-8")
    configs[1].write_text(text.replace('title = "Mini', 'title = "Other'))
    site = tmp_path / "place" / "site"
    site.parent.mkdir()
    scratches = [tmp_path / "a", tmp_path / "b"]
    for scratch in scratches:
        scratch.mkdir()
    refused = 0
    with Nursery() as one, Nursery() as other:
        pair = (one, other)
        for _ in range(PAIRS):
            for nursery, config, scratch in zip(pair, configs, scratches, strict=True):
                command = ["-q", "--force", "--jobs", "1", "--config", str(config)]
                nursery.send(Task([*command, "--out", str(site)], str(scratch)))
            ended = [nursery.receive() for nursery in pair]
            assert 0 in {e.status for e in ended}
            for lost in (e for e in ended if e.status):
                refused += 1
                assert lost.status == 1
                assert lost.said.count("error: ") == 1
                assert "another build is writing this site" in lost.said
            assert [p.name for p in site.parent.iterdir()] == ["site"]
            assert is_whole(site, read_manifest(site))
    assert refused > 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes, where the machine allows that."""
    point = tmp_path / "disk"
    point.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(point)]
    if shutil.which("mount") is None or os.name == "nt":
        pytest.skip("NO FILE SYSTEM CAN BE MOUNTED HERE: a full disk is not tried")
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("THIS USER MAY NOT MOUNT: a full disk is not tried")
    try:
        yield point
    finally:
        subprocess.run(["umount", str(point)], check=True)


def test_a_disk_that_fills_up_is_one_message_and_the_site_stays(
    atlas: Atlas, small_disk: Path
) -> None:
    atlas.place = small_disk / "place"
    atlas.place.mkdir()
    atlas.site = atlas.place / "site"
    assert atlas.build(0, "--jobs", "1").status == 0
    filler = small_disk / "filler"
    free = shutil.disk_usage(small_disk).free
    filler.write_bytes(bytes(max(0, free - 150_000)))
    ended = atlas.build(1, "--jobs", "1", "--force")
    assert ended.status == 1
    assert ended.said.count("error: ") == 1
    assert "No space left" in ended.said
    assert "→" in ended.said
    assert str(small_disk) in ended.said
    assert [p.name for p in atlas.place.iterdir()] == ["site"]
    assert atlas.version() == 0
    filler.unlink()
    assert atlas.build(1, "--jobs", "1", "--force").status == 0
    assert atlas.version() == 1
