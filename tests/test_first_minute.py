"""From a CSV of 22 rows to a site by the commands that the README gives."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from built import ROOT

MOST_SECONDS = 60.0


def commands(folder: Path) -> list[list[str]]:
    """The README's commands up to the one that serves, their folder another."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(python build\.py init .*?)```", text, re.DOTALL)
    lines = block.replace("my-atlas", str(folder)).splitlines()
    assert len(lines) == 3
    assert "http.server" in lines[2]
    return [[sys.executable, *line.split()[1:]] for line in lines[:2]]


@pytest.mark.slow
def test_the_commands_of_the_readme_make_a_site_in_less_than_a_minute(tmp_path: Path) -> None:
    """Processor time, which says the same on a busy machine, of all processes together."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in commands(tmp_path / "my-atlas"):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=580)
        assert done.returncode == 0, done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert seconds < MOST_SECONDS / 2, seconds
    pages = list((tmp_path / "my-atlas/site").glob("local-authorities/*/index.html"))
    assert len(pages) == 22
