"""Packages: docs/dependencies.md names all and no other; none that is merely there counts."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib

from making import ROOT


def test_every_dependency_is_weighed_in_writing() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(r for name in sorted(extras) for r in extras[name])]
    named = {re.split(r"[<>=\[; ]", requirement)[0].casefold() for requirement in wanted}
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?!package|---)([^|]+?) \|", text, flags=re.MULTILINE)
    written = {name.strip().casefold() for row in rows for name in row.split(",")}
    assert len(named) > 30
    assert written == named


def test_every_pinned_package_is_listed_with_its_licence() -> None:
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = {
        (re.sub(r"[-_.]+", "-", name).lower(), version)
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", pins, flags=re.MULTILINE)
    }
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?!package|---)(\S+) \| (\S+) \| (.+) \|$", text, flags=re.MULTILINE)
    listed = {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version, _ in rows}
    assert len(pinned) > 30
    assert listed == pinned
    assert [name for name, _, licence in rows if licence in {"", "UNKNOWN"}] == []


def test_no_package_that_happens_to_be_there_changes_a_workbook() -> None:
    """A clean environment has no lxml, this one has; openpyxl writes other bytes with it."""
    code = "import generator.exports.workbook, openpyxl.xml; print(openpyxl.xml.LXML)"
    unset = {name: value for name, value in os.environ.items() if name != "OPENPYXL_LXML"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=unset,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert importlib.util.find_spec("lxml") is not None
    assert done.stdout.strip() == "False"
