"""A site that is brought up to date is the very site that a clean build makes.

Every edit is built twice: over the former site with what is kept, and into an empty folder with
nothing kept.  Both must be equal byte for byte; and no page may be rendered for an edit that
doesn't reach it.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from built import Built, build_site, copy_mini

from generator.build import pages
from generator.build.links import PageLinks, read_links
from generator.build.manifest import MANIFEST
from generator.errors import OutputError
from generator.theme import TEMPLATES

Edit = Callable[[Path], None]


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def in_file(name: str, old: str, new: str) -> Edit:
    return lambda folder: replaced(folder / name, old, new)


def theme_part(name: str, old: str, new: str) -> Edit:
    """Changes a template in the theme of the atlas."""
    return lambda folder: replaced(folder / "theme" / name, old, new)


def moved_corner(folder: Path) -> None:
    """A border of the boundaries moves a little."""
    boundaries = next((folder / "boundaries").glob("*.geojson"))
    replaced(boundaries, "52.3", "52.31")


def another_asset(folder: Path) -> None:
    (folder / "theme/assets/more.css").write_text("p{}", encoding="utf-8")


EDITS: dict[str, Edit] = {
    "a score": in_file("harvest_2020.csv", "9.5", "9.6"),
    "a score that moves ranks": in_file("harvest_2020.csv", "9.5", "1.5"),
    "a name": in_file("areas.csv", "Far End", "Farther End"),
    "a group": in_file("areas.csv", ",East,901", ',"North & ""West""",901'),
    "the title": in_file("atlas.toml", "Mini <Atlas>", "Maxi <Atlas>"),
    "the palette": in_file(
        "atlas.toml",
        "[spots]",
        '[classes]\nk = 3\ncolours = ["#aa0000", "#dddddd", "#0000aa"]\n\n[spots]',
    ),
    "the words": in_file("atlas.toml", 'hot = "garden"', 'hot = "orchard"'),
    "a border": moved_corner,
    "a template of one kind": theme_part("redirect.html", "<body", "<body data-new"),
    "a part of a template": theme_part("partials/table.html", "<table", '<table data-new=""'),
    "the style sheet": theme_part("assets/style.css", "{", "{color:red;"),
    "a script": theme_part("assets/table.js", "\n", "\n// new\n"),
    "an asset more": another_asset,
    "parts of the theme go": lambda folder: shutil.rmtree(folder / "theme/partials"),
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The mini atlas with a theme of its own, built once."""
    folder = tmp_path_factory.mktemp("first")
    config = copy_mini(folder / "mini")
    shutil.copytree(TEMPLATES, folder / "mini/theme")
    replaced(config, 'title = "Mini', 'theme = "theme"\ntitle = "Mini')
    return build_site(config, folder / "site", boundaries="auto", jobs=1)


@pytest.fixture
def again(first: Built, tmp_path: Path) -> Path:
    """A copy of all of that, in which something can be changed; returns its folder."""
    shutil.copytree(first.folder.parent, tmp_path / "again")
    return tmp_path / "again"


def clean_build(folder: Path) -> Built:
    """The same inputs built into an empty folder, with nothing kept."""
    fresh = folder.with_name("fresh")
    shutil.copytree(folder / "mini", fresh / "mini", ignore=shutil.ignore_patterns("*-cache"))
    return build_site(fresh / "mini/atlas.toml", fresh / "site", boundaries="auto", jobs=1)


def rendered(built: Built) -> dict[str, str]:
    """Pages that were rendered again, and why."""
    lines = (line.partition(": ") for line in built.report.lines)
    return {path: why for path, _, why in lines if path.endswith(".html")}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_leads_to_the_site_of_a_clean_build(again: Path, name: str) -> None:
    EDITS[name](again / "mini")
    site = build_site(again / "mini/atlas.toml", again / "site", boundaries="auto", jobs=1)
    clean = clean_build(again)
    assert sorted(site.files) == sorted(clean.files)
    for path in clean.files:
        if path != MANIFEST:
            assert (site.folder / path).read_bytes() == (clean.folder / path).read_bytes(), path


def changed_only(again: Path, edit: Edit) -> dict[str, str]:
    """What was rendered for an edit; all other pages are the files that they were."""
    pages = sorted((again / "site").rglob("*.html"))
    before = {path.relative_to(again / "site").as_posix(): path.read_bytes() for path in pages}
    edit(again / "mini")
    site = build_site(again / "mini/atlas.toml", again / "site", boundaries="auto", jobs=1)
    found = rendered(site)
    changed = {path for path, text in before.items() if (site.folder / path).read_bytes() != text}
    if not any("assets" in why for why in found.values()):
        assert set(found) <= set(before)
    stage = next(one for one in site.report.stages if one.name == "pages")
    assert stage.result.startswith(f"{len(found)} rendered, ")
    assert changed or not found
    return found


def test_one_score_renders_what_shows_it(again: Path) -> None:
    found = changed_only(again, EDITS["a score"])
    assert set(found.values()) == {"what it says or shows changed"}
    assert "parishes/b-bold-and-sons-b/index.html" in found
    assert "index.html" in found
    assert not any(path.startswith("code/") for path in found)
    assert "404.html" not in found


def test_one_score_renders_what_shows_it_where_assets_are_folders(tmp_path: Path) -> None:
    """The names of folders change with what is in them, as those of files do."""
    config = copy_mini(tmp_path / "mini")
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\n[per_area]\nmost_in_one_file = 7\n", encoding="utf-8")
    build_site(config, tmp_path / "site", boundaries="auto", jobs=1)
    before = {path.name for path in (tmp_path / "site/assets/values").glob("*/*")}
    found = changed_only(tmp_path, EDITS["a score"])
    assert before != {path.name for path in (tmp_path / "site/assets/values").glob("*/*")}
    assert set(found.values()) == {"what it says or shows changed"}
    assert not any(path.startswith("code/") for path in found)
    clean = clean_build(tmp_path)
    for path in clean.files:
        if path != MANIFEST:
            own = (tmp_path / "site" / path).read_bytes()
            assert own == (clean.folder / path).read_bytes(), path


def test_a_score_changes_no_page_that_does_not_show_it(tmp_path: Path) -> None:
    """What maps fetch and charts share keeps its name where no limit, end or median moves."""
    folder = tmp_path / "again"
    config = copy_mini(folder / "mini")
    replaced(config, "[spots]", "[classes]\nk = 2\n\n[spots]")
    before = build_site(config, folder / "site", boundaries="auto", jobs=1)
    old = {path: (before.folder / path).read_bytes() for path in before.files}
    replaced(folder / "mini/harvest_2020.csv", "Ynys Mon,3", "Ynys Mon,3.5")
    after = build_site(config, folder / "site", boundaries="auto", jobs=1)
    changed = {p for p in after.files if (after.folder / p).read_bytes() != old.get(p)} - {MANIFEST}
    pages = {path for path in changed if path.endswith(".html")}
    assert pages <= {*rendered(after)}
    assert "parishes/ynys-mon/index.html" in pages
    assert not pages & {"parishes/castle/index.html", "compare/index.html"}
    same = set(before.files) & set(after.files)
    for name in ("values/2020-yield.", "strip.", "compare.", "explore/2020-yield/"):
        assert any(path.startswith(f"assets/{name}") for path in changed & same), name
    clean = clean_build(folder)
    for path in set(clean.files) - {MANIFEST}:
        assert (after.folder / path).read_bytes() == (clean.folder / path).read_bytes(), path


def test_a_template_renders_its_own_pages(again: Path) -> None:
    found = changed_only(again, EDITS["a template of one kind"])
    assert found
    assert set(found.values()) == {"templates changed: redirect.html"}
    assert all(path.startswith("code/") for path in found)


def test_a_part_renders_the_pages_that_include_it(again: Path) -> None:
    found = changed_only(again, EDITS["a part of a template"])
    assert set(found.values()) == {"templates changed: partials/table.html"}
    assert "parishes/moor/index.html" in found
    assert not any(path.startswith(("code/", "embed/")) for path in found)


def test_an_asset_s_content_renders_no_page(again: Path) -> None:
    assert changed_only(again, EDITS["the style sheet"]) == {}
    assert "style." in (again / "site/index.html").read_text(encoding="utf-8")


def test_what_all_pages_share_renders_all(again: Path) -> None:
    found = changed_only(again, EDITS["the title"])
    assert len(set(found.values())) == 1
    assert "what all pages share changed" in next(iter(found.values()))
    assert len(found) == len(list((again / "site").rglob("*.html")))


def test_every_other_file_that_is_written_says_why(again: Path) -> None:
    before = {p.relative_to(again / "site").as_posix(): p.read_bytes()
              for p in (again / "site").rglob("*") if p.is_file()}  # fmt: skip
    (again / "site/robots.txt").write_text("mine", encoding="utf-8")
    EDITS["a score"](again / "mini")
    site = build_site(again / "mini/atlas.toml", again / "site", boundaries="auto", jobs=1)
    lines = (line.partition(": ") for line in site.report.lines)
    said = {path: why for path, _, why in lines if path in site.files and path[-5:] != ".html"}
    assert said.pop("robots.txt") == "it was not there as it was written"
    now = {path: (site.folder / path).read_bytes() for path in site.files if path[-5:] != ".html"}
    assert said == {
        path: "its content changed" if path in before else "it is new"
        for path, content in now.items()
        if before.get(path) != content and path != MANIFEST
    }
    assert "data/all.csv" in said


def test_a_page_that_somebody_changed_is_made_again(again: Path) -> None:
    page = again / "site/code/E07000905/index.html"
    before = page.read_bytes()
    page.write_text("mine", encoding="utf-8")
    found = changed_only(again, EDITS["a score"])
    assert "is not as it was written" in found["code/E07000905/index.html"]
    assert page.read_bytes() == before


def test_force_renders_every_page(again: Path) -> None:
    config = again / "mini/atlas.toml"
    site = build_site(config, again / "site", boundaries="auto", jobs=1, force=True)
    stage = next(one for one in site.report.stages if one.name == "pages")
    assert stage.result.endswith(" rendered, 0 as before")
    assert site.published.written == 0


# -- Links -----------------------------------------------------------------------------------


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files of pages whose links are read."""
    found: list[str] = []

    def noted(path: str, *rest: str) -> PageLinks:
        found.append(path)
        return read_links(path, *rest)

    monkeypatch.setattr(pages, "read_links", noted)
    return found


def test_links_of_pages_as_before_are_not_read(again: Path, read: list[str]) -> None:
    found = changed_only(again, EDITS["a score"])
    assert set(found) <= set(read)
    assert set(read) - set(found) == {"data/index.html"}, "others link to a place within it"


def with_link(again: Path, href: str) -> None:
    """A line of the list of areas, which nothing else changes, links somewhere."""
    replaced(
        again / "mini/theme/404.html",
        "{% block main %}",
        f'{{% block main %}}<a href="{href}">x</a>',
    )
    build_site(again / "mini/atlas.toml", again / "site", boundaries="auto", jobs=1)


def test_a_place_within_a_page_that_goes_is_missed(again: Path, read: list[str]) -> None:
    part = 'id="own"'
    replaced(again / "mini/theme/methodology.html", "<article", f"<article {part}")
    with_link(again, "/methodology/#own")
    read.clear()
    replaced(again / "mini/theme/methodology.html", part, 'id="other"')
    with pytest.raises(OutputError, match=r"404.html: /methodology/#own"):
        build_site(again / "mini/atlas.toml", again / "site", boundaries="auto", jobs=1)


def test_a_page_that_goes_is_missed_by_pages_as_before(again: Path) -> None:
    with_link(again, "/code/E07000905/")
    config = again / "mini/atlas.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\n[per_area]\ncode_pages = false\n", encoding="utf-8")
    with pytest.raises(OutputError, match=r"404.html: /code/E07000905/"):
        build_site(config, again / "site", boundaries="auto", jobs=1)


def test_a_new_link_into_a_page_as_before_is_followed(again: Path) -> None:
    part = "{% block main %}"
    link = '<a href="methodology/#nowhere">x</a>'
    replaced(again / "mini/theme/home.html", part, part + link)
    with pytest.raises(OutputError, match=r"index.html: methodology/#nowhere"):
        build_site(again / "mini/atlas.toml", again / "site", boundaries="auto", jobs=1)


# -- Edits that nobody thought of ------------------------------------------------------------


def some_edit(folder: Path, chance: random.Random) -> str:
    """Changes one figure or one row; returns what was done, for who reads of a failure."""
    table = folder / "harvest_2020.csv"
    with table.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    ranked = [row for row in rows if len(row) > 1 and row[1].replace(".", "").isdigit()]
    row = chance.choice(ranked)
    edit = chance.choice(["figure", "tie", "none", "order"])
    if edit == "figure":
        row[1] = f"{chance.uniform(0, 20):.2f}"
    elif edit == "tie":
        row[1] = chance.choice(ranked)[1]
    elif edit == "none" and len(ranked) > 5:
        row[1] = ".."
    else:
        chance.shuffle(rows)
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return f"{edit}: {row}"


@pytest.mark.parametrize("seed", range(4))
def test_a_row_of_any_edits_leads_to_the_site_of_a_clean_build(again: Path, seed: int) -> None:
    chance = random.Random(seed)
    done = []
    for _ in range(3):
        done.append(some_edit(again / "mini", chance))
        site = build_site(again / "mini/atlas.toml", again / "site", boundaries="auto", jobs=1)
    clean = clean_build(again)
    assert sorted(site.files) == sorted(clean.files), done
    for path in clean.files:
        if path != MANIFEST:
            own = (site.folder / path).read_bytes()
            assert own == (clean.folder / path).read_bytes(), (path, done)
