"""A build that is cut short, wherever that is: the site is the former or the next, and whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from built import ROOT

from generator.build import swap
from generator.build.manifest import MANIFEST, is_whole, read_manifest
from generator.build.outputs import Output
from generator.errors import OutputError

OLD = {"index.html": "old", "a/b/index.html": "old", "same.txt": "same", "gone/x.html": "old"}
NEW = {"index.html": "new", "a/b/index.html": "new", "same.txt": "same", "more/y.html": "new"}


def publish(folder: Path, files: dict[str, str]) -> None:
    with Output(folder) as output:
        for path, content in files.items():
            output.write(path, content)
        output.publish({"build": files["index.html"]})


def contents(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8")
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != MANIFEST
    }


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "place" / "site"
    publish(folder, OLD)
    (folder / "CNAME").write_text("atlas.example")
    return folder


@pytest.fixture(params=["beside", "within"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to publish; the second is that of mount points."""
    if request.param == "within":
        monkeypatch.setattr(swap, "is_mount", lambda _: True)
    return str(request.param)


# A child is forked for each event of the file system, and killed just before it.
DRIVER = textwrap.dedent(
    """
    import json, os, shutil, signal, sys
    from pathlib import Path
    from generator import cli
    from generator.build import swap
    from generator.build.outputs import Output

    way, site, new = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
    if way == "within":
        swap.is_mount = lambda _: True
    EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link"}
    fatal, count = 0, 0

    def hook(event, arguments):
        global count
        if not fatal:
            return
        writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & 0x241
        if event in EVENTS or writing:
            count += 1
            if count == fatal:
                print(event, flush=True)
                os.kill(os.getpid(), how)

    sys.addaudithook(hook)
    moment, how = int(sys.argv[4]), int(sys.argv[5])
    child = os.fork()
    if child == 0:
        try:
            with cli._stopped_by_sigterm():
                fatal = moment
                with Output(site) as output:
                    for path, content in new.items():
                        output.write(path, content)
                    output.publish({"build": "new"})
        except KeyboardInterrupt:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print("killed" if status else "done")
    """
)


def cut_short(way: str, site: Path, moment: int, how: int = signal.SIGKILL) -> str:
    """Build, and be killed before an event; says which that was, or "done"."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, way, str(site), json.dumps(NEW), str(moment), str(int(how))],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout.split()[0]


@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_a_build_killed_at_any_point_leaves_a_whole_site(
    way: str, tmp_path: Path, first: int
) -> None:
    """Every fourth event each, so that four processes can share the work."""
    seen = set()
    for moment in range(first, 200, 4):
        site = tmp_path / f"{moment}" / "site"
        publish(site, OLD)
        (site / "CNAME").write_text("atlas.example")
        event = cut_short(way, site, moment)
        seen.add(event)
        swap.recover(site)
        recovered = contents(site)
        assert recovered in ({**OLD, "CNAME": "atlas.example"}, {**NEW, "CNAME": "atlas.example"})
        assert is_whole(site, read_manifest(site))
        assert list(site.parent.iterdir()) == [site], (moment, event)
        publish(site, NEW)
        assert contents(site) == {**NEW, "CNAME": "atlas.example"}
        assert list(site.parent.iterdir()) == [site]
        if event == "done":
            break
    assert event == "done", "there are more events than were tried"
    assert {"os.rename", "os.mkdir", "done"} <= seen | {"os.rename", "os.mkdir"}
    assert len(seen) > 3


@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_a_build_that_is_asked_to_stop_at_any_point_cleans_up_itself(
    way: str, tmp_path: Path, first: int
) -> None:
    """SIGTERM before each event, also between staging and the work, and within the swap."""
    seen = []
    for moment in range(first, 200, 4):
        site = tmp_path / f"{moment}" / "site"
        publish(site, OLD)
        seen.append(cut_short(way, site, moment, signal.SIGTERM))
        assert list(site.parent.iterdir()) == [site], (moment, seen[-1])
        assert contents(site) in (OLD, NEW), moment
        assert is_whole(site, read_manifest(site))
        assert not list(site.glob(".atlas-[!m]*"))
        if seen[-1] == "done":
            break
    assert seen[-1] == "done", "there are more events than were tried"
    assert len(seen) > 3


def test_a_site_lost_between_two_renames_is_back_before_bad_input_is_read(
    mini: Path, tmp_path: Path
) -> None:
    from generator import cli

    out = tmp_path / "site"
    publish(out, OLD)
    out.rename(tmp_path / ".site.former")
    mini.write_text("nonsense", encoding="utf-8")
    assert cli.main(["-q", "--config", str(mini), "--out", str(out)]) == 1
    assert contents(out) == OLD
    assert not (tmp_path / ".site.former").exists()


def test_a_former_site_that_was_left_behind_goes(site: Path) -> None:
    left = site.with_name(".site.former")
    left.mkdir()
    (left / "x").write_text("x")
    swap.recover(site)
    assert list(site.parent.iterdir()) == [site]
    assert contents(site)["index.html"] == "old"


# -- Links and mounts ----------------------------------------------------------------------


def test_a_link_to_a_site_is_followed(site: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(site, target_is_directory=True)
    publish(link, NEW)
    assert link.is_symlink()
    assert contents(site)["index.html"] == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "place"]


def test_a_link_to_nothing_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "not yet" / "site")
    publish(link, NEW)
    assert link.is_symlink()
    assert contents(tmp_path / "not yet" / "site") == NEW


def test_a_circle_of_links_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(OutputError, match="can't write here"):
        publish(tmp_path / "a", NEW)


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own, where the machine allows that."""
    point = tmp_path / "mounted"
    point.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(point)]
    try:
        mount = subprocess.run(command, check=False, capture_output=True)
    except FileNotFoundError:
        pytest.skip("NO FILE SYSTEM CAN BE MOUNTED HERE: publishing onto one is not tried")
    if mount.returncode:
        pytest.skip("THIS USER MAY NOT MOUNT: publishing onto a file system is not tried")
    try:
        yield point
    finally:
        subprocess.run(["umount", str(point)], check=True)


def test_a_mount_point_is_filled_and_stays_one(mounted: Path) -> None:
    publish(mounted, OLD)
    (mounted / "CNAME").write_text("atlas.example")
    inode = (mounted / "same.txt").stat().st_ino
    publish(mounted, NEW)
    assert contents(mounted) == {**NEW, "CNAME": "atlas.example"}
    assert (mounted / "same.txt").stat().st_ino == inode
    assert not (mounted / "gone").exists()
    assert mounted.is_mount()
    assert is_whole(mounted, read_manifest(mounted))


def test_a_folder_mounted_on_a_folder_is_seen(mounted: Path) -> None:
    (mounted / "inner").mkdir()
    (mounted / "point").mkdir()
    bind = ["mount", "--bind", str(mounted / "inner"), str(mounted / "point")]
    subprocess.run(bind, check=True)
    try:
        publish(mounted / "point", OLD)
        publish(mounted / "point", NEW)
        assert contents(mounted / "inner") == NEW
    finally:
        subprocess.run(["umount", str(mounted / "point")], check=True)


@pytest.mark.parametrize("where", ["", "sub/site"])
def test_a_full_disk_is_one_message_and_the_site_stays(mounted: Path, where: str) -> None:
    site = mounted / where
    publish(site, OLD)
    with pytest.raises(OutputError, match="No space left") as caught:
        publish(site, {**NEW, "big.bin": "x" * 400_000})
    assert "big.bin" in caught.value.where
    assert contents(site) == OLD
    assert not list(site.glob(".atlas-s*"))


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"moves": ["../../x"], "gone": []}', '{"moves": [], "gone": ["/etc/x"]}'],
)
def test_a_damaged_journal_is_one_message(
    site: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(swap, "is_mount", lambda _: True)
    (site / ".atlas-journal.json").write_text(text)
    with pytest.raises(OutputError, match="journal of a build that was cut short is damaged"):
        swap.recover(site)
    assert contents(site)["index.html"] == "old"


# -- What others put there -----------------------------------------------------------------


def test_a_page_replaced_by_a_folder_is_one_message(site: Path, way: str) -> None:
    (site / "index.html").unlink()
    (site / "index.html").mkdir()
    (site / "index.html/mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="stands where a page of the site goes") as caught:
        publish(site, NEW)
    assert caught.value.where.endswith("index.html/mine.txt")
    assert (site / "index.html/mine.txt").read_text() == "mine"


def test_a_file_where_a_folder_of_pages_goes_is_one_message(site: Path, way: str) -> None:
    (site / "more").write_text("mine")
    with pytest.raises(OutputError, match="stands where a page of the site goes"):
        publish(site, NEW)
    assert (site / "more").read_text() == "mine"


def test_a_path_that_is_too_long_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="can't write here"):
        publish(tmp_path / ("x" * 300), NEW)
    with pytest.raises(OutputError, match="can't write here"):
        publish(tmp_path / "site", {**NEW, f"{'y' * 300}/index.html": "z"})
    assert list(tmp_path.iterdir()) == []
