"""Builds: the same input gives the same bytes, and what goes wrong leaves the site as it was."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from built import ROOT, Built, build_site
from rebuilding import bytes_of, rebuild, replace, state

from generator.build import site
from generator.build.links import LinkCheck
from generator.build.manifest import MANIFEST, is_whole, read_manifest
from generator.build.options import Options
from generator.build.swap import recover
from generator.errors import AtlasError
from generator.report import BufferReport
from generator.settings import read_settings

# -- Same input, same bytes ----------------------------------------------------------------


def test_two_builds_in_different_folders_are_the_same_bytes(
    mini: Path, mini_site: Built, tmp_path: Path
) -> None:
    again = build_site(mini, tmp_path / "another place" / "site", boundaries="auto")
    assert bytes_of(again.folder) == bytes_of(mini_site.folder)


@pytest.mark.slow
def test_neither_hash_seeds_nor_folders_nor_clocks_reach_the_bytes(
    mini: Path, mini_site: Built, tmp_path: Path
) -> None:
    expected = bytes_of(mini_site.folder)
    for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo")):
        target = tmp_path / f"seed {seed}"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        command = [sys.executable, str(ROOT / "build.py"), "-q", "--config", str(mini), "--out"]
        subprocess.run([*command, str(target)], check=True, env=environment, cwd=tmp_path)
        assert bytes_of(target) == expected


@pytest.mark.slow
def test_one_process_makes_the_bytes_that_several_made(hex_site: Built, tmp_path: Path) -> None:
    """Into an empty folder: only what is drawn of outlines alone is there from before."""
    serial = build_site(ROOT / "atlas.toml", tmp_path / "site", jobs=1)
    assert bytes_of(serial.folder) == bytes_of(hex_site.folder)


def test_nothing_of_this_machine_reaches_the_site(mini_site: Built) -> None:
    own = [str(mini_site.folder.parent).encode(), str(ROOT).encode(), str(Path.home()).encode()]
    own = [path for path in own if len(path) > 5]
    for path, content in bytes_of(mini_site.folder).items():
        assert not [o for o in own if o in content], path


# -- What goes wrong -----------------------------------------------------------------------


def test_a_build_that_fails_leaves_the_site(mini: Path, out: Path) -> None:
    before = state(out)
    replace(mini.parent / "harvest_2020.csv", "Moor", "More")
    with pytest.raises(AtlasError, match="'More' is no area"):
        rebuild(mini, out)
    assert state(out) == before


def test_a_build_that_fails_late_leaves_the_site(
    mini: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(out)
    replace(mini.parent / "harvest_2020.csv", "Dale,−1.5", "Dale,−2.5")

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LinkCheck, "need_whole", fail)
    with pytest.raises(KeyboardInterrupt):
        rebuild(mini, out)
    assert state(out) == before
    assert sorted(p.name for p in out.parent.iterdir()) == ["mini", "site"]


@pytest.mark.slow
def test_a_build_that_is_killed_leaves_the_site(mini: Path, out: Path) -> None:
    before = state(out)
    replace(mini.parent / "harvest_2020.csv", "Dale,−1.5", "Dale,−2.5")
    command = [sys.executable, str(ROOT / "build.py"), "--config", str(mini), "--out", str(out)]
    running = subprocess.Popen([*command, "--jobs", "1"], stderr=subprocess.DEVNULL)
    staging = out.with_name(".site.staging")
    deadline = time.monotonic() + 60
    while not (staging / "assets").exists():
        assert running.poll() is None, "the build ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert staging.exists()
    assert state(out) == before
    assert rebuild(mini, out) is not None
    assert not staging.exists(), "the next build cleans up"
    assert b"\xe2\x88\x922.5" in (out / "parishes/dale/index.html").read_bytes()


@pytest.mark.slow
def test_builds_killed_at_many_moments_leave_a_whole_site(mini: Path, out: Path) -> None:
    """Children are forked, so that none spends its life importing."""
    before = bytes_of(out)
    replace(mini.parent / "harvest_2020.csv", "Dale,−1.5", "Dale,−2.5")
    config = read_settings(mini)
    start = time.monotonic()
    site.build(config, Options(mini.parent / "elsewhere"), BufferReport())
    lasts = time.monotonic() - start
    after = bytes_of(mini.parent / "elsewhere")
    lots = random.Random(2017)
    ends = set()
    for _ in range(50 if "ATLAS_LONG" in os.environ else 35):
        child = os.fork()
        if child == 0:
            site.build(config, Options(out), BufferReport())
            os._exit(0)
        time.sleep(lots.random() * lasts)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        recover(out)
        found = bytes_of(out)
        assert found in (before, after)
        assert sorted(p.name for p in out.parent.iterdir()) == ["mini", "site"]
        ends.add(found == after)
        if found == after:
            shutil.rmtree(out)
            for path, content in before.items():
                (out / path).parent.mkdir(parents=True, exist_ok=True)
                (out / path).write_bytes(content)
    assert False in ends
    assert rebuild(mini, out) is not None
    assert bytes_of(out) == after


def test_two_builds_at_once_end_with_one_site(mini: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    command = [sys.executable, str(ROOT / "build.py"), "--config", str(mini), "--jobs", "1"]
    both = [
        subprocess.Popen([*command, "--out", str(out)], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    stated = [one.communicate(timeout=200)[1] for one in both]
    assert 0 in [one.returncode for one in both]
    for one, err in zip(both, stated, strict=True):
        assert one.returncode == 0 or "another build is writing this site" in err, err
        assert "Traceback" not in err
    assert is_whole(out, read_manifest(out))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mini", "site"]


def test_force_makes_everything_anew_and_changes_nothing(mini: Path, out: Path) -> None:
    before = bytes_of(out)
    published = rebuild(mini, out, force=True)
    assert published is not None
    assert bytes_of(out) == before


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (b"{{ 1 // 0 }}", "areas.html, line 1: the template fails: "),
        (b"\xff", "areas.html: the template fails: 'utf-8' codec"),
        (b"\n{{ nothing }}", "areas.html, line 2: the template fails: 'nothing' is undefined"),
        (b"\n\n{% if %}", "areas.html, line 3: the template fails: "),
        (
            b"{% include 'none.html' %}",
            "areas.html, line 1: the template fails: 'none.html' not found",
        ),
    ],
)
def test_a_template_that_fails_is_named(mini: Path, out: Path, template: bytes, said: str) -> None:
    before = state(out)
    theme = mini.parent / "theme"
    theme.mkdir()
    (theme / "areas.html").write_bytes(template)
    replace(mini, "[atlas]", '[atlas]\ntheme = "theme"')
    with pytest.raises(AtlasError) as caught:
        rebuild(mini, out)
    assert said in str(caught.value)
    assert state(out) == before


def test_a_theme_that_is_not_there_is_named(mini: Path, out: Path) -> None:
    replace(mini, "[atlas]", '[atlas]\ntheme = "nothere"')
    with pytest.raises(AtlasError, match=r"nothere: there is no such folder") as caught:
        rebuild(mini, out)
    assert "atlas.theme" in caught.value.fix


def test_braces_in_an_attribution_are_text(mini: Path, out: Path) -> None:
    line = "© {year} {foo} {year:>1000000000} {"
    replace(mini, "Drawn for tests & <nothing> else", line)
    assert rebuild(mini, out) is not None
    assert "{foo}" in (out / "index.html").read_text(encoding="utf-8")


def test_strict_makes_warnings_errors(mini: Path, tmp_path: Path) -> None:
    replace(mini, "absent.E07000906", 'absent.E07000901 = "?"\nabsent.E07000906')
    with pytest.raises(AtlasError, match="1 warnings, and --strict"):
        rebuild(mini, tmp_path / "site", strict=True)
    assert not (tmp_path / "site").exists()
    assert rebuild(mini, tmp_path / "site") is not None
    with pytest.raises(AtlasError, match="1 warnings, and --strict"):
        rebuild(mini, tmp_path / "site", strict=True)


def test_strict_is_content_without_warnings(mini: Path, out: Path) -> None:
    assert rebuild(mini, out, strict=True) is None


def test_checking_writes_nothing(mini: Path, tmp_path: Path) -> None:
    before = state(mini.parent)
    report = BufferReport()
    options = site.Options(out=tmp_path / "site", boundaries="auto")
    comparison = site.check(read_settings(mini), options, report)
    assert len(comparison.areas) == 8
    assert state(mini.parent) == before
    assert not (tmp_path / "site").exists()


def test_a_hexagon_layout_is_kept_as_a_table(mini: Path, tmp_path: Path) -> None:
    replace(mini, "[geography]", '[geography]\nhexagons = "hexagons.csv"')
    rows = (mini.parent / "areas.csv").read_text(encoding="utf-8").splitlines()
    points = ["lon,lat", *(f"{-3 + n * 0.1:.1f},52.{n}" for n in range(8))]
    text = "\n".join(f"{row},{point}" for row, point in zip(rows, points, strict=True))
    (mini.parent / "areas.csv").write_text(text + "\n", encoding="utf-8")
    options = site.Options(out=tmp_path / "site", boundaries="hex")
    path = site.store_hexagons(read_settings(mini), options, BufferReport())
    assert path == mini.parent / "hexagons.csv"
    first = path.read_bytes()
    site.store_hexagons(read_settings(mini), options, BufferReport())
    assert path.read_bytes() == first
    built = build_site(mini, tmp_path / "site", boundaries="hex")
    assert 'data-layout="hexagons"' in built.text("index.html")


def test_the_manifest_lists_all_files_with_their_fingerprints(mini_site: Built) -> None:
    found = read_manifest(mini_site.folder).files
    assert sorted(found) == [p for p in mini_site.files if p != MANIFEST]
    for path, (digest, size) in found.items():
        content = (mini_site.folder / path).read_bytes()
        assert hashlib.sha256(content).hexdigest().startswith(digest)
        assert (len(digest), size) == (24, len(content))
