"""What changes where there are many areas: groups stand for them, less lies beside each page."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from built import Built, build_site
from explored import explored, figures, fours
from reading import read_page

from generator.build.budget import check_budget
from generator.exports import compare_file, explorer, map_files
from generator.maps.framing import national_window
from generator.maps.layouts import make_layout
from generator.maps.svg import Drawn, draw
from generator.pages import overview
from generator.pages.mapping import without_small_links
from generator.report import BufferReport


@pytest.fixture
def crowded(mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """The mini atlas as if its eight parishes were too many for a page, and for extras."""
    monkeypatch.setattr(overview, "MOST_ON_A_PAGE", 3)
    text = mini.read_text(encoding="utf-8")
    mini.write_text(f"{text}\n[per_area]\nmost_areas = 7\n", encoding="utf-8")
    return build_site(mini, tmp_path / "site", boundaries="auto", jobs=1)


def drawn_codes(html: str) -> set[str]:
    return {part.split('"')[0] for part in html.split('data-code="')[1:] if "<title>" in part[:300]}


def test_the_home_page_shows_groups_and_leads_into_them(crowded: Built) -> None:
    html = crowded.text("index.html")
    assert drawn_codes(html) == {"East", "North &amp; &#34;West&#34;"}
    assert 'href="shires/east/" data-code' in html
    assert 'data-view="overview"' in html
    lines = "\n".join(read_page(html).lines)
    assert "Shire by median" in lines


def test_the_list_of_all_areas_lists_their_groups(crowded: Built) -> None:
    lines = "\n".join(read_page(crowded.text("parishes/index.html")).lines)
    assert "Shire: medians of their parishes" in lines
    assert "Castle" not in lines


def test_a_large_group_is_drawn_by_its_groups_and_a_small_area_by_itself(crowded: Built) -> None:
    group = crowded.text("shires/east/index.html")
    assert 'data-view="overview"' in group
    area = crowded.text("parishes/castle/index.html")
    assert "E07000903" in drawn_codes(area)


def test_what_lies_beside_each_page_is_left_out(crowded: Built) -> None:
    assert not [path for path in crowded.files if path.startswith(("code/E07", "embed/castle"))]
    assert "parishes/castle/data.csv" not in crowded.files
    assert "embed/map/index.html" not in crowded.files
    assert "data/all.csv" in crowded.files
    # What came later is found by its code only there.
    assert "code/E06000991/index.html" in crowded.files
    assert not crowded.report.warnings


def test_a_setting_brings_back_what_a_limit_leaves_out(mini: Path, tmp_path: Path) -> None:
    text = mini.read_text(encoding="utf-8")
    extra = "\n[per_area]\nmost_areas = 7\nembeds = true\ncode_pages = true\n"
    mini.write_text(text + extra, encoding="utf-8")
    built = build_site(mini, tmp_path / "site", boundaries="auto", jobs=1)
    assert "embed/castle/index.html" in built.files
    assert "code/E07000903/index.html" in built.files
    assert "parishes/castle/data.json" not in built.files


def test_a_site_that_is_too_large_for_its_host_says_so() -> None:
    report = BufferReport()
    check_budget({"areas/a/index.html": 800_000_000, "tiles/1.pbf": 150_000_000}, report)
    (warning,) = report.warnings
    assert "0.95 GB" in warning
    assert "areas/ 800 MB, tiles/ 150 MB" in warning
    report = BufferReport()
    check_budget({f"code/{at}/index.html": 1 for at in range(200_001)}, report)
    (warning,) = report.warnings
    assert "200,001 files" in warning
    report = BufferReport()
    check_budget({"index.html": 10, "areas/a/index.html": 899_999_000}, report)
    assert not report.warnings
    assert report.lines[0] == "areas/ 1 files, 900.0 MB"


@pytest.fixture
def in_parts(mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """The mini atlas with what its maps fetch cut into files of two areas at most."""
    monkeypatch.setattr(map_files, "MOST_IN_SHEET", 2)
    monkeypatch.setattr(compare_file, "AREAS_IN_PART", 3)
    monkeypatch.setattr(compare_file, "PAGES_IN_PART", 3)
    monkeypatch.setattr(explorer, "MOST_IN_PART", 3)
    monkeypatch.setattr(explorer, "KEYS_IN_FILE", 5)
    text = mini.read_text(encoding="utf-8")
    mini.write_text(f"{text}\n[per_area]\nmost_in_one_file = 7\n", encoding="utf-8")
    return build_site(mini, tmp_path / "site", boundaries="auto", jobs=1)


def in_folder(built: Built, folder: str) -> dict[str, Any]:
    """The JSON files of an asset's folder, by their names."""
    found = [p for p in built.files if p.startswith(f"assets/{folder}/")]
    return {path.rsplit("/", 1)[1]: json.loads(built.text(path)) for path in found}


def joined_parts(files: dict[str, Any]) -> dict[str, Any]:
    """What numbered files say together; none says it of an area that another has."""
    parts = [content for name, content in files.items() if name[0].isdigit()]
    together = {code: about for part in parts for code, about in part.items()}
    assert len(together) == sum(map(len, parts))
    return together


def test_parts_say_together_what_one_file_says(in_parts: Built, mini_site: Built) -> None:
    def whole(name: str) -> Any:
        (path,) = [p for p in mini_site.files if re.fullmatch(rf"assets/{name}\.\w+\.json", p)]
        return json.loads(mini_site.text(path))

    for measure in ("2020-yield", "2021-yield"):
        files = in_folder(in_parts, f"values/{measure}")
        values = joined_parts(files)
        assert {**files["all.json"], "values": values} == whole(f"values/{measure}")
    assert joined_parts(in_folder(in_parts, "names")) == whole("names")
    compared = in_folder(in_parts, "compare-parts")
    (head,) = [p for p in in_parts.files if re.fullmatch(r"assets/compare\.\w+\.json", p)]
    first = json.loads(in_parts.text(head))
    assert joined_parts(compared) == whole("compare")["areas"]
    assert first["measures"] == whole("compare")["measures"]
    assert first["codes"] == [min(compared[f"{at}.json"]) for at in range(len(first["codes"]))]
    for at, start in enumerate(first["slugs"]):
        assert min(compared[f"pages-{at}.json"]) == start


def test_the_explorer_s_parts_say_together_what_one_says(in_parts: Built, mini_site: Built) -> None:
    cut, whole = explored(in_parts), explored(mini_site)
    assert (whole.head["parts"], whole.head["find"]) == (1, [])
    assert cut.head["parts"] > 2
    assert max(Counter(cut.part_of).values()) <= 3
    assert sorted(cut.codes) == whole.codes
    assert {code: cut.box(code) for code in cut.codes} == {c: whole.box(c) for c in whole.codes}
    named = dict(zip(cut.codes, zip(cut.names, cut.slugs, strict=True), strict=True))
    assert [named[c] for c in whole.codes] == list(zip(whole.names, whole.slugs, strict=True))
    for (id_, *_, folder), (other, *_, one) in zip(
        cut.head["measures"], whole.head["measures"], strict=True
    ):
        some = figures(in_parts, folder, cut.head["parts"])
        every = figures(mini_site, one, 1)
        assert (id_, some.head) == (other, every.head)
        for own, all_ in (
            (some.ranks, every.ranks), (some.scores, every.scores), (some.places, every.places),
            (some.bins, every.bins),
            *((some.levels[key], every.levels[key]) for key in every.levels),
        ):  # fmt: skip
            assert dict(zip(cut.codes, own, strict=True)) == dict(
                zip(whole.codes, all_, strict=True)
            )


def test_an_area_of_the_explorer_is_found_by_code_and_page(in_parts: Built) -> None:
    found = explored(in_parts)
    files = [
        json.loads(in_parts.text(f"{found.head['folder']}find-{at}.json"))
        for at in range(len(found.head["find"]))
    ]
    assert len(files) > 2
    assert [min(file) for file in files] == found.head["find"] == sorted(found.head["find"])
    assert all(max(a) < min(b) for a, b in pairwise(files))
    every = {key: where for file in files for key, where in file.items()}
    wanted = {code: [part, code] for code, part in zip(found.codes, found.part_of, strict=True)}
    pages = {f"/{slug}": wanted[code] for slug, code in zip(found.slugs, found.codes, strict=True)}
    assert every == wanted | pages


def test_a_part_s_box_holds_its_areas_and_its_labels_are_theirs(in_parts: Built) -> None:
    found = explored(in_parts)
    for name, layout in found.head["layouts"].items():
        boxes = fours(layout["parts"])
        assert len(boxes) == found.head["parts"]
        orders = list(layout["order"])
        for at, around in enumerate(boxes):
            own = [
                b for b, part in zip(found.boxes[name], found.part_of, strict=True) if part == at
            ]
            drawn = np.array([box for box in own if any(box)]).reshape(-1, 4)
            assert len(drawn) == 0 or [
                *drawn[:, :2].min(axis=0), *drawn[:, 2:].max(axis=0)
            ] == around  # fmt: skip
            part = json.loads(in_parts.text(f"{found.head['folder']}{at}.json"))["layouts"][name]
            assert all(0 <= label[4] < len(own) for label in part["labels"])
            orders += part["order"]
        assert sorted(orders) == list(range(len(orders)))


def test_groups_that_stand_for_areas_say_their_medians(mini: Path, tmp_path: Path) -> None:
    text = mini.read_text(encoding="utf-8").replace("[tiles]\n", "[tiles]\nareas_from = 6\n")
    mini.write_text(text, encoding="utf-8")
    built = build_site(mini, tmp_path / "site", boundaries="auto", jobs=1)
    found = explored(built)
    layout = found.head["layouts"]["geography"]
    assert (layout["zooms"], layout["areas_from"]) == ([5, 6], 6)
    (folder,) = [f for id_, _, _, f in found.head["measures"] if id_ == "2020-yield"]
    data = figures(built, folder, 1).head
    rows = list(csv.DictReader(built.text("data/2020.csv").splitlines()))
    scores = [float(row["yield_score"]) for row in rows if row["yield_score"]]
    low, high = min(scores), max(scores)
    own = data["schemes"][0]
    uppers = sorted(own["breaks"])
    assert len(data["groups"]) == len(found.head["groups"]) == 2
    for at, (said, place) in enumerate(data["groups"]):
        name = found.head["groups"][at][0]
        members = [row for row in rows if row["shire"] == name]
        middle = median(float(row["yield_score"]) for row in members if row["yield_score"])
        text, figure = said.rsplit(" ", 1)
        assert text == f"{len(members)} parishes, median"
        assert float(figure) == pytest.approx(middle, abs=0.051)
        assert place == pytest.approx(1000 * (middle - low) / (high - low), abs=0.5)
        assert int(own["groups"][at], 36) == sum(upper < middle for upper in uppers)
        boxes = np.array([found.box(row["code"], "geography") for row in members])
        drawn = boxes[boxes.any(axis=1)]
        around = [*drawn[:, :2].min(axis=0), *drawn[:, 2:].max(axis=0)]
        assert [n / 1000 for n in fours(layout["groups"])[at]] == around


def test_a_sheet_names_the_parts_that_know_its_areas(in_parts: Built, mini_site: Built) -> None:
    (path,) = [p for p in in_parts.files if re.fullmatch(r"assets/layouts/\w+\.\w+\.json", p)]
    index = json.loads(in_parts.text(path))
    names, values = in_folder(in_parts, "names"), in_folder(in_parts, "values/2020-yield")
    drawn: dict[str, str] = {}
    labels: list[list[Any]] = list(index["labels"])
    order = [-1] * len(labels)
    assert index["outlines"] == []
    assert len(index["sheets"]) > 3
    for *_, file, parts in index["sheets"]:
        sheet = json.loads(in_parts.text(file))
        assert len(sheet["areas"]) <= 2
        drawn |= sheet["areas"]
        labels += sheet["labels"]
        order += sheet["order"]
        for code in sheet["areas"]:
            assert any(code in names[f"{at}.json"] for at in parts)
            assert sheet["outlines"]
        assert all(f"{at}.json" in values for at in parts)
    # Together the same as where all is whole.
    (path,) = [p for p in mini_site.files if re.fullmatch(r"assets/layouts/\w+\.\w+\.json", p)]
    whole = json.loads(mini_site.text(path))
    assert [
        label for _, label in sorted(zip(order, labels, strict=True), key=lambda pair: pair[0])
    ] == whole["labels"]
    areas = [json.loads(mini_site.text(file))["areas"] for *_, file in whole["sheets"]]
    assert drawn == {code: d for sheet in areas for code, d in sheet.items()}


def test_pages_in_brief_leave_out_what_says_least(crowded: Built, mini_site: Built) -> None:
    for built, full in ((mini_site, True), (crowded, False)):
        html = built.text("parishes/castle/index.html")
        assert (">Neighbours (" in html) is full
        assert "<h2>Neighbours</h2>" in html


def test_areas_too_small_to_press_are_one_shape_for_each_class() -> None:
    boxes = [shapely.box(0, 0, 9_000, 9_000)]
    boxes += [shapely.box(9_000, 500 * at, 9_500, 500 * at + 500) for at in range(18)]
    codes = [f"E{at:02}" for at in range(len(boxes))]
    frame = gpd.GeoDataFrame({"code": codes}, geometry=boxes, crs="EPSG:3857")
    layout = make_layout("geography", frame)
    levels = {code: None if at == 5 else at % 2 for at, code in enumerate(codes)}
    about = {c: Drawn(f"areas/{c}/", f"{c}: 1st", level, c) for c, level in levels.items()}
    window = national_window(layout)
    # The second is kept, the sixth has no class and so no colour but its hatching.
    known = without_small_links(layout, window, about, ["E01"])
    svg = str(draw(layout, window, known, id="m", label="Map", url=str))
    assert re.findall(r'data-code="(E\d\d)"', svg) == ["E00", "E01", "E05"]
    plain = re.search(r'<g class="others">(.*?)</g>', svg)
    assert plain
    found = re.findall(r'<path class="area level-(\d)" d="([^"]*)"/>', plain[1])
    assert [level for level, _ in found] == ["0", "1"]
    assert sum(path.count("M") for _, path in found) == 16
