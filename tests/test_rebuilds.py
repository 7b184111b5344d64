"""Only what changed is made again, and whatever goes into a site counts."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from built import ROOT
from reading import read_page
from rebuilding import bytes_of, rebuild, replace, state

from generator.build import site, staleness, versions
from generator.build.options import Options
from generator.build.staleness import build_key, is_up_to_date
from generator.report import BufferReport
from generator.settings import read_settings
from generator.sources.gather import input_files

# -- Only what changed ---------------------------------------------------------------------


def test_a_second_build_does_nothing(mini: Path, out: Path) -> None:
    before = state(out)
    assert rebuild(mini, out) is None
    assert state(out) == before


def test_one_changed_score_leaves_most_files_alone(mini: Path, out: Path) -> None:
    before = state(out)
    replace(mini.parent / "harvest_2020.csv", 'Moor,"1,234.5"', "Moor,1235.5")
    published = rebuild(mini, out)
    assert published is not None
    assert 0 < published.written < published.files / 2
    after = state(out)
    same = [path for path in before if before[path] == after.get(path)]
    assert len(same) == published.unchanged, "the same inode and time stamp"
    assert "parishes/moor/index.html" not in same
    assert b"1235.5" in after["parishes/moor/index.html"][0]


def test_an_area_that_is_gone_leaves_no_page(mini: Path, out: Path) -> None:
    replace(mini.parent / "harvest_2020.csv", "Castle,..\n", "")
    replace(mini.parent / "areas.csv", "E07000903,Castle,East,896\n", "")
    published = rebuild(mini, out)
    assert published is not None
    assert published.removed > 0
    assert not (out / "parishes/castle").exists()
    assert not (out / "code/E07000903").exists()


@pytest.mark.parametrize(
    ("path", "how"),
    [("parishes/moor/index.html", "gone"), ("data/all.csv", "longer"), ("card.png", "as long")],
)
def test_a_file_that_was_tampered_with_is_restored(
    mini: Path, out: Path, path: str, how: str
) -> None:
    before = bytes_of(out)
    if how == "gone":
        (out / path).unlink()
    else:
        content = before[path]
        damaged = content + b"!" if how == "longer" else content[:-2] + b"!!"
        (out / path).unlink()
        (out / path).write_bytes(damaged)
    published = rebuild(mini, out)
    assert published is not None
    assert bytes_of(out) == before
    assert published.written == 1


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("atlas.toml", "Mini <Atlas>", "Maxi <Atlas>"),
        ("areas.csv", "Abbey", "Abbot"),
        ("harvest_2021.csv", "E07000905,2,22", "E07000905,2,23"),
        ("standings.csv", "among the worst", "the worst"),
        ("changes.csv", "2023", "2024"),
        ("boundaries/parishes.geojson", "-2.0", "-2.1"),
    ],
)
def test_every_input_counts(mini: Path, name: str, old: str, new: str) -> None:
    def key() -> str:
        return build_key(mini, Options(mini.parent / "site"), None)

    before = key()
    assert key() == before
    replace(mini.parent / name, old, new)
    assert key() != before


def own_packages() -> list[str]:
    """What pyproject.toml names for a build, read apart from the code that is tested."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["postcodes"]]
    return sorted({re.split(r"[^A-Za-z0-9-]", line)[0].lower() for line in lines})


def test_every_package_of_the_project_has_a_version_in_the_key() -> None:
    found = versions.versions()
    for name in own_packages():
        assert found[name] == metadata.version(name), name
    # What they require in turn, of which no list tells.
    for name in ("scikit-learn", "certifi", "pydantic-core"):
        assert found[name] == metadata.version(name), name
    assert "pytest" not in found, "the tools of development don't make the site"


@pytest.mark.parametrize("name", ["python", "zlib", *own_packages(), "scikit-learn", "numpy"])
def test_another_version_of_a_package_makes_the_site_stale(
    mini: Path, out: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    options = Options(out)
    assert is_up_to_date(mini, options, None)
    newer = {**versions.versions(), name: "99.9"}
    monkeypatch.setattr("generator.build.staleness.versions", lambda: newer)
    assert not is_up_to_date(mini, options, None)


def test_another_python_makes_the_site_stale(
    mini: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions.sys, "version_info", (3, 99, 0))
    assert not is_up_to_date(mini, Options(out), None)


@pytest.mark.parametrize("config", ["mini", "shipped"])
def test_every_file_that_is_read_is_in_the_key(mini: Path, config: str) -> None:
    """What the settings name is found by its text; the settings themselves know it by name."""
    path = mini if config == "mini" else ROOT / "atlas.toml"
    settings = read_settings(path)
    choice = site.choose_boundaries(settings, "auto", BufferReport())
    hashed = set(staleness._inputs(path, staleness._parsed(path), Options(path.parent / "site")))
    own = [p for p in input_files(settings, choice) if choice.kind == "file" or p != choice.path]
    assert [p for p in own if p not in hashed] == []
    assert len(own) > 4


def test_a_new_boundary_file_makes_the_site_stale(mini: Path, out: Path) -> None:
    assert is_up_to_date(mini, Options(out), None)
    (mini.parent / "boundaries/another.geojson").write_text("{}", encoding="utf-8")
    assert not is_up_to_date(mini, Options(out), None)


def test_a_part_of_a_shapefile_makes_the_site_stale(mini: Path) -> None:
    chosen = mini.parent / "areas.shp"
    for ending in ("shp", "dbf", "prj", "cpg"):
        chosen.with_suffix(f".{ending}").write_bytes(b"1")
    keys = {build_key(mini, Options(mini.parent / "site", str(chosen)), None)}
    for ending in ("shp", "dbf", "prj", "cpg"):
        chosen.with_suffix(f".{ending}").write_bytes(b"2")
        keys.add(build_key(mini, Options(mini.parent / "site", str(chosen)), None))
    assert len(keys) == 5


HEAVY = [
    "PIL", "branca", "folium", "geopandas", "jinja2", "mapclassify", "numpy", "pandas", "pyarrow",
    "pydantic", "pyogrio", "pyproj", "requests", "resvg_py", "rich", "scipy", "shapely", "sklearn",
    "asyncio", "distributed",
]  # fmt: skip


def test_a_build_with_nothing_to_do_imports_nothing_of_weight(mini: Path, out: Path) -> None:
    stated = (
        "import sys; from generator.cli import main\n"
        f"status = main(['--config', {str(mini)!r}, '--out', {str(out)!r}])\n"
        f"print(status, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", stated], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0 []"
    assert "up to date" in done.stderr


def test_a_build_begins_without_what_few_builds_or_one_worker_need() -> None:
    """A build of a few pages spends a third of its time on imports."""
    code = "import sys, generator.build.site; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    heavy = {"openpyxl", "scipy.spatial", "scipy.stats", "scipy.optimize", "sklearn", "matplotlib"}
    assert not heavy & set(done.stdout.decode().split())


def test_the_base_url_counts(mini: Path, out: Path) -> None:
    settings = read_settings(mini).with_base_url("https://atlas.example/repo/")
    options = site.Options(out=out, boundaries="auto")
    assert site.build(settings, options, BufferReport()) is not None
    html = (out / "parishes/moor/index.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://atlas.example/repo/parishes/moor/">' in html
    assert 'content="https://atlas.example/repo/parishes/moor/card.png"' in html
    sitemap = (out / "sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>https://atlas.example/repo/parishes/moor/</loc>" in sitemap
    assert "Sitemap: https://atlas.example/repo/sitemap.xml" in (out / "robots.txt").read_text()
    missing = (out / "404.html").read_text(encoding="utf-8")
    assert 'href="/repo/parishes/"' in missing


def test_an_atlas_without_words_of_its_own_says_what_it_shows(mini: Path, out: Path) -> None:
    lines = mini.read_text(encoding="utf-8").splitlines()
    plain = [line for line in lines if not line.startswith(("subject", "summary", "intro"))]
    assert len(plain) == len(lines) - 3
    mini.write_text("\n".join(plain), encoding="utf-8")
    options = site.Options(out=out, boundaries="auto")
    assert site.build(read_settings(mini), options, BufferReport()) is not None
    page = read_page((out / "index.html").read_text(encoding="utf-8"))
    main = read_settings(mini).indicator[0].name
    assert page.title == f"Mini <Atlas> & Co: {main}"
    (description,) = [m["content"] for m in page.all("meta") if m.get("name") == "description"]
    assert description.startswith(main)
    assert description.endswith("parishes, ranked and mapped.")
