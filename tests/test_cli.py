"""The command line as a newcomer meets it: what it says, where, and its exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from built import ROOT

from generator import __version__, cli


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """`python build.py ...` in a process of its own, away from the project's folder."""
    return subprocess.run(
        [sys.executable, str(ROOT / "build.py"), *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def called(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """The same within this process: exit status, standard output, standard error."""
    try:
        status = cli.main([str(a) for a in arguments])
    except SystemExit as stop:
        status = int(stop.code or 0)
    return status, *capsys.readouterr()


# -- Done ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_build_ends_with_0_and_says_how_to_look_at_it(mini: Path, tmp_path: Path) -> None:
    done = run("--config", mini, "--out", "my site", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert (tmp_path / "my site/index.html").is_file()
    for word in ("read", "join", "compare", "layouts", "pages", "links", "publish", "total",
                 "size", "warnings", "python -m http.server -d"):  # fmt: skip
        assert word in done.stderr, word
    again = run("--config", mini, "--out", "my site", cwd=tmp_path)
    assert again.returncode == 0
    assert "up to date" in again.stderr


def test_quiet_says_nothing_when_all_is_well(
    mini: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = called(
        capsys, "-q", "--config", mini, "--out", tmp_path / "site", "--jobs", "1"
    )
    assert (status, out, err) == (0, "", "")


def test_check_writes_nothing(
    mini: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(p.as_posix() for p in tmp_path.rglob("*"))
    status, out, err = called(capsys, "check", "--config", mini, "--out", tmp_path / "site")
    assert status == 0
    assert out == ""
    assert "fine: 8 areas, 0 warnings" in err
    assert sorted(p.as_posix() for p in tmp_path.rglob("*")) == before


def test_strict_checks_count_warnings(mini: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = mini.read_text(encoding="utf-8")
    mini.write_text(text.replace("absent.E07000906", 'absent.E07000901 = "?"\nabsent.E07000906'))
    assert called(capsys, "check", "--config", mini)[0] == 0
    status, _, err = called(capsys, "check", "--strict", "--config", mini)
    assert status == 1
    assert "warning: edition 2020: E07000901 is said to be absent" in err


# -- Input at fault --------------------------------------------------------------------------


def test_a_fault_is_one_message_without_a_traceback(
    mini: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = mini.parent / "harvest_2020.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Moor", "Moore"), encoding="utf-8")
    status, out, err = called(capsys, "-q", "--config", mini, "--out", tmp_path / "site")
    assert status == 1
    assert out == ""
    assert err.startswith("error: ")
    assert "'Moore' is no area; nearest: Moor (E07000905)" in err
    assert "→ correct the names" in err
    assert "Traceback" not in err
    assert err.count("error:") == 1
    assert not (tmp_path / "site").exists()


def test_verbose_gives_the_traceback(
    mini: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mini.parent / "harvest_2020.csv").unlink()
    status, _, err = called(capsys, "-v", "--config", mini, "--out", tmp_path / "site")
    assert status == 1
    assert "Traceback" in err
    assert err.rstrip().splitlines()[-2].startswith("error: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--config", "gone.toml"], "gone.toml: there is no such settings file"),
        (["--boundaries", "gone.geojson"], "gone.geojson: there is no such boundary file"),
        (["--base-url", "atlas.example"], "must be an absolute URL"),
        (["--out", "atlas.toml"], "a file, not a folder"),
        (["--out", "."], "files that this generator didn't make"),
        (["hexagons"], "no place for the layout is named"),
        (["fetch"], "no ONS geography is named"),
        (["--boundaries", "ons"], "no ONS geography is named"),
    ],
)
def test_faults_end_with_1(
    mini: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(mini.parent)
    before = sorted(mini.parent.rglob("*"))
    status, _, err = called(capsys, "--jobs", "1", *arguments)
    assert status == 1, err
    assert said in err
    assert "→" in err
    assert "Traceback" not in err
    assert sorted(mini.parent.rglob("*")) == before


def test_an_interrupt_is_told_and_ends_with_1(
    mini: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from generator.build import site

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(site, "build", interrupt)
    status, _, err = called(capsys, "--config", mini)
    assert status == 1
    assert "the site is as it was before" in err


def disk_full() -> OSError:
    return OSError(28, "No space left on device", "/a/disk")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero\n  → this is"),
        (RecursionError("x" * 100_000), "RecursionError: xxx"),
        (MemoryError(), "memory is short\n  → build with fewer processes"),
        (disk_full(), "/a/disk: No space left on device\n  → "),
    ],
)
def test_what_nobody_foresaw_is_one_message(
    mini: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    said: str,
) -> None:
    from generator.build import site

    def stumble(*_: object) -> None:
        raise error

    monkeypatch.setattr(site, "build", stumble)
    out = mini.parent / "site"
    status, _, err = called(capsys, "--config", mini, "--out", out)
    assert status == 1
    assert err.startswith(f"error: {said}")
    assert len(err) < 700
    assert "Traceback" not in err
    assert "Traceback" in called(capsys, "-v", "--config", mini, "--out", out)[2]


@pytest.mark.slow
def test_sigterm_ends_a_build_as_the_keyboard_does(mini: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "build.py"), "--config", str(mini), "--jobs", "1"]
    out = tmp_path / "site"
    running = subprocess.Popen(
        [*command, "--out", str(out)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    staging = tmp_path / ".site.staging/tiles"  # in the midst of writing
    deadline = time.monotonic() + 100
    while not staging.exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    running.send_signal(signal.SIGTERM)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert err.endswith("stopped; the site is as it was before\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mini"]


@pytest.mark.parametrize("jobs", ["0", "-1", "1000000", "9" * 5000, "²", "two", "1.5"])
def test_a_number_of_processes_that_no_machine_has_is_wrong_usage(
    capsys: pytest.CaptureFixture[str], jobs: str
) -> None:
    status, _, err = called(capsys, "--jobs", jobs)
    assert status == 2
    assert "must be a number from 1 to 256" in err


def test_settings_that_can_not_be_read_are_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nested = tmp_path / "nested.toml"
    nested.write_text("a = " + "[" * 20_000, encoding="utf-8")
    for config, said in (
        (tmp_path, "Is a directory"),
        (tmp_path / ("x" * 300), "name too long"),
        (nested, "nested too deeply"),
    ):
        status, _, err = called(capsys, "check", "--config", config)
        assert status == 1
        assert said in err
        assert "fault of the generator" not in err


def test_a_long_place_for_the_site_is_one_message(
    mini: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = called(capsys, "--config", mini, "--out", tmp_path / ("x" * 5000))
    assert status == 1
    assert "name too long" in err
    assert len(err) < 700


# -- Wrong usage and help ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [["--colour", "red"], ["bulid"], ["--jobs", "0"], ["--jobs", "many"], ["-q", "-v"], ["--out"],
     ["build", "twice"]],
)  # fmt: skip
def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, err = called(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert "usage: build.py" in err
    assert "Traceback" not in err


def test_help_tells_a_newcomer_all_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = called(capsys, "--help")
    assert (status, err) == (0, "")
    for word in ("build", "check", "fetch", "hexagons", "--config", "--out", "--boundaries",
                 "auto|hex|package|ons|PATH", "--base-url", "--jobs", "--strict", "--quiet",
                 "--verbose",
                 "http.server", "exit status: 0 done, 1 input or build at fault, 2"):  # fmt: skip
        assert word in out, word
    assert max(map(len, out.splitlines())) <= 100


def test_every_option_is_explained() -> None:
    for action in cli.parser()._actions:
        assert action.help, action.option_strings or action.dest


def test_help_does_not_load_the_machinery(tmp_path: Path) -> None:
    """--help and wrong usage answer at once, also where a library is broken."""
    code = """if True:
        import sys
        from generator import cli
        try:
            cli.main(["--help"])
        except SystemExit:
            heavy = ("pandas", "shapely", "folium", "pydantic", "importlib.metadata", "json")
            print([m for m in heavy if m in sys.modules])
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.rstrip().endswith("[]")


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert called(capsys, "--version") == (0, f"build.py {__version__}\n", "")
