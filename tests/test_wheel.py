"""The installed product: a wheel, away from the repository, makes the same site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from built import ROOT, Built

from generator.build.manifest import MANIFEST


def listed_packages() -> list[str]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["tool"]["setuptools"]["packages"])


def test_every_package_is_in_the_wheel() -> None:
    """They are listed, as the theme lies elsewhere: a new one has to be added."""
    folders = [p.parent.relative_to(ROOT) for p in (ROOT / "generator").rglob("__init__.py")]
    found = sorted(".".join(folder.parts) for folder in folders)
    assert sorted(listed_packages()) == sorted([*found, "generator.templates"])


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a wheel, installed into a folder of its own; no network, no repository."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in ("generator", "templates"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    made = [*pip, "wheel", ".", "--no-deps", "--no-build-isolation", "--no-index", "-w", ".."]
    subprocess.run(made, cwd=source, check=True, capture_output=True, text=True)
    shutil.rmtree(source)
    (wheel,) = folder.glob("*.whl")
    put = [*pip, "install", str(wheel), "--no-deps", "--no-index", "--target", "installed"]
    subprocess.run(put, cwd=folder, check=True, capture_output=True, text=True)
    return folder / "installed"


def run(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [str(installed / "bin/static-atlas"), *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_console_command_builds_an_atlas_anywhere(
    installed: Path, mini: Path, mini_site: Built, tmp_path: Path
) -> None:
    done = run(installed, tmp_path, "--config", str(mini), "--out", "my site", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    out = tmp_path / "my site"
    made = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    folder = mini_site.folder
    expected = {path: (folder / path).read_bytes() for path in mini_site.files}
    assert made.pop(MANIFEST)
    expected.pop(MANIFEST, None)
    assert made == expected
    again = run(installed, tmp_path, "--config", str(mini), "--out", "my site")
    assert "up to date" in again.stderr


@pytest.mark.slow
def test_the_installed_product_knows_the_versions_that_it_needs(installed: Path) -> None:
    from generator.build import versions

    asked = "from generator.build.versions import *; print(sorted(set(own_requirements())))"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    stated = subprocess.run(
        [sys.executable, "-c", asked], cwd=installed, env=environment, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert stated.stdout.strip() == str(sorted(set(versions.own_requirements())))


@pytest.mark.slow
def test_help_calls_the_program_by_the_name_it_was_called_by(installed: Path) -> None:
    stated = run(installed, installed, "--help").stdout
    assert stated.startswith("usage: static-atlas ")
    assert "build.py" not in stated
