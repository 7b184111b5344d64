"""Templates that change while a process goes on: rendered from memory, as a clean build does."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from built import build_site, copy_mini

from generator.build import site
from generator.build.manifest import MANIFEST
from generator.build.options import Options
from generator.build.outputs import Published
from generator.build.warm import Warm
from generator.errors import AtlasError, OutputError
from generator.report import BufferReport
from generator.settings import read_settings
from generator.theme import TEMPLATES


@dataclass
class Serving:
    """An atlas with a theme of its own, and the process that serves it."""

    folder: Path
    jobs: int = 1
    warm: Warm = field(default_factory=Warm)
    report: BufferReport = field(default_factory=BufferReport)

    @property
    def out(self) -> Path:
        return self.folder / "site"

    def build(self) -> Published | None:
        self.report = BufferReport()
        options = Options(self.out, boundaries="auto", jobs=self.jobs)
        settings = read_settings(self.folder / "mini/atlas.toml")
        try:
            return site.build(settings, options, self.report, self.warm)
        finally:
            self.warm.compose()

    @property
    def stages(self) -> list[str]:
        return [stage.name for stage in self.report.stages]

    def change(self, name: str, old: str, new: str) -> None:
        path = self.folder / "mini/theme" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def content(self) -> dict[str, bytes]:
        found = (path for path in self.out.rglob("*") if path.is_file())
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    config = copy_mini(folder / "mini")
    shutil.copytree(TEMPLATES, folder / "mini/theme")
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[atlas]", '[atlas]\ntheme = "theme"', 1), encoding="utf-8")
    build_site(config, folder / "site", boundaries="auto", jobs=1)
    return folder


@pytest.fixture
def serving(built: Path, tmp_path: Path) -> Serving:
    """With a site that is up to date, and a process that knows all its pages."""
    found = Serving(shutil.copytree(built, tmp_path / "served"))
    found.build()
    return found


@pytest.mark.parametrize(("name", "old"), [("redirect.html", "<body"), ("base.html", "<main")])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_template_is_rendered_from_memory(
    serving: Serving, tmp_path: Path, name: str, old: str, jobs: int
) -> None:
    serving.jobs = jobs
    serving.change(name, old, f"{old} data-new")
    published = serving.build()
    assert published is not None
    assert published.written > 3
    assert serving.stages == ["pages"]
    shutil.copytree(serving.folder / "mini", tmp_path / "clean/mini")
    clean = build_site(
        tmp_path / "clean/mini/atlas.toml", tmp_path / "clean/site", boundaries="auto", jobs=1
    )
    found = serving.content()
    for path in clean.files:
        if path != MANIFEST:
            assert found[path] == (clean.folder / path).read_bytes(), path
    assert found.keys() == set(clean.files)
    assert serving.build() is None, "the manifest says what the site is made from"


def test_what_is_not_a_template_of_pages_is_built_whole(serving: Serving) -> None:
    serving.change("assets/style.css", "{", "{color:red;")
    assert serving.build() is not None
    assert "read" in serving.stages


def test_one_change_after_the_other(serving: Serving) -> None:
    before = serving.content()
    for text in ("<main data-one", "<main data-two"):
        serving.change("base.html", "<main", text)
        serving.build()
        assert serving.stages == ["pages"]
        assert text in (serving.out / "index.html").read_text(encoding="utf-8")
        serving.change("base.html", text, "<main")
        serving.build()
    after = serving.content()
    assert {path for path in before if after[path] != before[path]} <= {MANIFEST}


@pytest.mark.parametrize(
    ("new", "error"),
    [("<main>{{ view.nothing }}", AtlasError), ('<main><a href="gone/"></a>', OutputError)],
)
def test_a_template_at_fault_leaves_the_site_as_it_was(
    serving: Serving, new: str, error: type[AtlasError]
) -> None:
    before = serving.content()
    serving.change("base.html", "<main", new)
    with pytest.raises(error):
        serving.build()
    assert serving.content() == before
    serving.change("base.html", new, "<main data-new")
    serving.build()
    assert serving.stages == ["pages"]
    assert "<main data-new" in (serving.out / "index.html").read_text(encoding="utf-8")


def test_a_build_that_failed_is_forgotten(serving: Serving) -> None:
    serving.warm.forget()
    serving.change("base.html", "<main", "<main data-new")
    serving.build()
    assert "read" in serving.stages
    assert "<main data-new" in (serving.out / "index.html").read_text(encoding="utf-8")
