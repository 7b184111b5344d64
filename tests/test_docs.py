"""The documentation site: built without a warning, whole, and asking nobody else."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from generator.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs"))

from settings_table import models, settings_markdown  # noqa: E402

_LOADING = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=[\"']([^\"']+)"
    r"|<link\b[^>]*\brel=[\"']?(?:stylesheet|preload|icon|shortcut icon|preconnect|dns-prefetch)"
    r"[^>]*\bhref=[\"']([^\"']+)"
    r"|@import\s+(?:url\()?[\"']?([^\"')]+)|url\([\"']?(?!data:)([^\"')]+)",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def docs_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sphinx")
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "-q",
               "-b", "html", "-d", str(folder / "trees"), str(ROOT / "docs"),
               str(folder / "site")]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder / "site"


@pytest.mark.slow
def test_every_page_is_there_and_reached(docs_site: Path) -> None:
    sources = [p for p in (ROOT / "docs").rglob("*.md") if "_site" not in p.parts]
    assert len(sources) > 10
    for source in sources:
        page = docs_site / source.relative_to(ROOT / "docs").with_suffix(".html")
        assert page.is_file(), page


@pytest.mark.slow
def test_no_page_loads_anything_from_another_host(docs_site: Path) -> None:
    looked_at = 0
    for path in docs_site.rglob("*"):
        if path.suffix not in {".html", ".css"}:
            continue
        for found in _LOADING.finditer(path.read_text(encoding="utf-8")):
            address = next(filter(None, found.groups()))
            looked_at += 1
            assert not re.match(r"(\w+:)?//", address), f"{path.name} loads {address}"
    assert looked_at > 50


@pytest.mark.slow
def test_the_reference_of_the_settings_has_every_entry(docs_site: Path) -> None:
    page = unescape((docs_site / "reference/settings.html").read_text(encoding="utf-8"))
    entries = set(re.findall(r'<span class="pre">(\w+)</span></code></p></td>', page))
    every = {name for _, model in models() for name in model.model_fields} - {"folder", "file"}
    assert every <= entries


@pytest.mark.slow
def test_the_interface_and_the_command_are_described(docs_site: Path) -> None:
    python = (docs_site / "reference/python.html").read_text(encoding="utf-8")
    assert all(f"generator.api.{name}" in python for name in ("read_atlas", "build", "Atlas"))
    command = (docs_site / "reference/command.html").read_text(encoding="utf-8")
    assert "look at a table, and write settings for it" in command


def test_the_generated_reference_follows_the_models() -> None:
    text = settings_markdown()
    assert "| `header_row` | whole number |  | The row of the column names, from 1;" in text
    assert "## `[[edition]]`" in text
    assert "| `k` | whole number | `5` |" in text
    assert next(models()) == ("Top level", Settings)


def test_every_setting_is_explained_by_hand_too() -> None:
    explained = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    missing = [
        f"{heading} {name}"
        for heading, model in models()
        for name in model.model_fields
        if name not in {"folder", "file"}
        and not re.search(rf"[`.{{ ]{name}\b", explained)
        and f"[{name}" not in explained
    ]
    assert missing == []


@pytest.mark.parametrize("word", ["mend", "mends", "mended", "mending", "told", "for want of"])
def test_plain_words(word: str) -> None:
    """Code, messages and documents say "fix" and "report"."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout
    kinds = (".py", ".md", ".toml", ".html", ".js", ".css", ".svg", ".yml")
    for path in listed.split():
        if path.endswith(kinds) and path != "tests/test_docs.py":
            found = re.search(rf"\b{word}\b", (ROOT / path).read_text(encoding="utf-8"), re.I)
            assert not found, path
