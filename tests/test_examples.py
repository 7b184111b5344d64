"""Every example is built, speaks of itself alone, and has the pages that it promises."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, Built, build_site
from reading import read_page

from generator.report import BufferReport
from generator.verify.site import verify

EXAMPLES = ROOT / "examples"
# What only the shipped atlas may say.
ITS_WORDS = re.compile(
    r"\bEngland\b|\bauthorit(?:y|ies)\b|\bmobility\b|\b(?:hot|cold)spots?\b|D2N2|life stages?", re.I
)


def copy_of(name: str, folder: Path) -> Path:
    """An example's files, to build them where nothing is written beside the sources."""
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("*-cache"))
    return folder


def wards(folder: Path, count: int) -> Path:
    """The example of wards with so many of them."""
    copy_of("wards", folder)
    spec = importlib.util.spec_from_file_location("make_wards", folder / "make_wards.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(count, folder)
    return folder


def built(name: str, tmp_path: Path) -> Built:
    folder = tmp_path / name
    folder = wards(folder, 120) if name == "wards" else copy_of(name, folder)
    return build_site(folder / "atlas.toml", tmp_path / "site", boundaries="auto", jobs=1)


def test_the_list_of_examples_is_whole() -> None:
    listed = set(re.findall(r"^\| `([\w-]+)` \|", (EXAMPLES / "README.md").read_text(), re.M))
    assert listed == {path.name for path in EXAMPLES.iterdir() if path.is_dir()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("wales", ["districts/cardiff", "districts/isle-of-anglesey"]),
        ("elsewhere", ["kreise/abing", "kreise/grundorf", "laender/oberland"]),
        ("wards", ["wards/st-marys-ashby", "wards/st-marys-birchby", "districts/ashby"]),
        ("d2n2", ["authorities/rushcliffe", "counties/derbyshire"]),
    ],
)
def test_an_example_is_built(tmp_path: Path, name: str, pages: list[str]) -> None:
    site = built(name, tmp_path)
    assert site.report.warnings == []
    assert verify(site.folder, BufferReport()) == []
    for page in pages:
        assert f"{page}/index.html" in site.files, [f for f in site.files if f.count("/") == 2][:40]
    assert 'data-layout="geography"' in site.text("index.html")
    if name == "d2n2":
        return
    if name == "elsewhere":
        own = [line for line in site.report.lines if line.startswith("theme: ")]
        how_to = (ROOT / "docs/howto/look.md").read_text(encoding="utf-8")
        assert own
        assert "\n".join(own) in how_to
        page = site.text("kreise/abing/index.html")
        assert "</a> → Abing" in page
        assert 'alt="A bicycle"' in page
        assert "<strong>Verein der Radwege</strong>" in page
    for path in site.files:
        if path.endswith(".html"):
            said = [line for line in read_page(site.text(path)).lines if ITS_WORDS.search(line)]
            # Sources and licences may name ONS's layers, which do name England.
            said = [line for line in said if "Office for National Statistics" not in line]
            assert not said, (path, said[:3])
