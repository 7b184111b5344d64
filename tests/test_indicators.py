"""Indicators are first-class: a workbook of sixteen of them gives an atlas with a page each."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from statistics import median

import openpyxl
import pytest
from conftest import Built, build_site
from making import made
from reading import read_page
from scipy.stats import rankdata

from generator.charts.scatter import scatter
from generator.data.relations import relate

ROOT = Path(__file__).resolve().parents[1]
STAGES = {
    "Early years": ("Nursery quality", "School readiness"),
    "School": ("Secondary quality", "Primary quality", "Key stage 2", "GCSE", "Good degree"),
    "Youth": ("Staying on", "Level 3 points", "Two A levels", "Not in work or study"),
    "Working lives": ("Wages", "House prices", "Managers", "Living wage", "Home owners"),
}
NAMES = [name for names in STAGES.values() for name in names]
LOWER = {"Not in work or study", "House prices"}


def _value(at: int, indicator: int) -> float:
    """Something different for every area and indicator, and equal every time."""
    return round(((at * (7 + 2 * indicator) + 13 * indicator) % 331) / 50 - 3.3, 4)


def _workbook(path: Path, areas: list[str]) -> None:
    """The layout of the official workbook: a title above, the header on row 3, no codes."""
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    sheet = book.create_sheet("Standardised scores")
    sheet.append(["Index of 2017"])
    sheet.append([])
    sheet.append(["Local Authority", "Overall score", *NAMES])
    for at, name in enumerate(areas):
        figures = [_value(at, n) for n in range(len(NAMES))]
        sheet.append([name, round(sum(figures), 3), *figures])
    book.save(path)


def _settings(folder: Path) -> Path:
    with (ROOT / "data/social_mobility_2016.csv").open(encoding="utf-8", newline="") as file:
        areas = [row["name"] for row in csv.DictReader(file)]
    _workbook(folder / "scores.xlsx", areas)
    lines = [
        'main_edition = "2017"',
        f"stages = {list(STAGES)}".replace("'", '"'),
        '[atlas]\ntitle = "Sixteen"\n',
        "[geography]",
        'keep = ["E"]',
        f'areas = "{ROOT}/boundaries/authorities_2016.csv"',
        f'hexagons = "{ROOT}/boundaries/hexagons_2016.csv"',
        "[tiles]\nenabled = false\n[per_area]\ncards = false",
        '[[group]]\nkind = "region"\nname = "Region"\nplural = "Regions"\npath = "regions"',
        'column = "region"\ncode_column = "region_code"\noutline = true',
        '[[indicator]]\nid = "overall"\nname = "Overall score"',
    ]
    columns = ['overall = { score = "Overall score" }']
    for stage, names in STAGES.items():
        for name in names:
            id_ = name.lower().replace(" ", "-")
            better = "lower" if name in LOWER else "higher"
            lines.append(
                f'[[indicator]]\nid = "{id_}"\nname = "{name}"\nstage = "{stage}"\n'
                f'better = "{better}"\nabout = "What {name} means."'
            )
            columns.append(f'{id_} = {{ score = "{name}" }}')
    lines += [
        '[[edition]]\nid = "2017"\ntable = "scores.xlsx"\nsheet = "Standardised scores"',
        'header_row = 3\nname_column = "Local Authority"\n[edition.columns]',
        *columns,
    ]
    config = folder / "atlas.toml"
    config.write_text("\n".join(lines), encoding="utf-8")
    return config


@pytest.fixture(scope="module")
def sixteen(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("sixteen")
    return build_site(_settings(folder), folder / "site", boundaries="hex", jobs=1)


def _rows(built: Built, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(built.text(path))))


@pytest.mark.slow
def test_every_indicator_has_a_page_with_what_it_needs(sixteen: Built) -> None:
    index = read_page(sixteen.text("indicators/index.html"))
    for stage in STAGES:
        assert stage in index.text
    for name in [*NAMES, "Overall score"]:
        id_ = name.lower().replace(" ", "-").replace("overall-score", "overall")
        html = sixteen.text(f"indicators/{id_}/index.html")
        page = read_page(html)
        assert page.title == f"{name} | Sixteen"
        assert name in index.text
        for heading in ("Distribution", "First and last", "Regions", "Beside other indicators"):
            assert heading in page.text, name
        assert 'class="map-frame"' in html
        rows = _rows(sixteen, f"indicators/{id_}/data.csv")
        assert {row["indicator"] for row in rows} == {id_}
        assert sum(bool(row["score"]) for row in rows) == 324


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Nursery quality", "House prices"])
def test_an_indicator_s_figures_are_those_of_its_table(sixteen: Built, name: str) -> None:
    """First, last and median ranks by region, counted again from the download."""
    id_ = name.lower().replace(" ", "-")
    rows = [r for r in _rows(sixteen, f"indicators/{id_}/data.csv") if r["score"]]
    sign = 1 if name in LOWER else -1
    ranks = rankdata([sign * float(r["score"]) for r in rows], method="min")
    assert [int(r["rank"]) for r in rows] == [int(n) for n in ranks]
    html = sixteen.text(f"indicators/{id_}/index.html")
    best = min(rows, key=lambda r: (int(r["rank"]), r["code"]))["name"]
    assert html.index(f">{best}</a>", html.index("The first")) < html.index("The last")
    regions = {r["code"]: r["region"] for r in _rows(sixteen, "data/2017.csv")}
    for region in set(regions.values()):
        own = [int(r["rank"]) for r in rows if regions[r["code"]] == region]
        row = re.search(rf'>{region}</a></th><td class="num">([\d.\u2009\u202f]+)</td>', html)
        assert row
        assert float(row[1]) == median(own)


@pytest.mark.slow
def test_an_area_s_page_has_a_profile_by_stage_and_a_switch(sixteen: Built) -> None:
    html = sixteen.text("areas/rushcliffe/index.html")
    for stage, names in STAGES.items():
        at = html.index(f"<h2>{stage}</h2>")
        for name in names:
            at = html.index(name, at)
    assert html.count('class="chart profile-line"') == len(NAMES)
    assert html.count('name="edition"') == len(NAMES) + 1
    target = re.search(r'href="([^"]*indicators/wages/)#at-E07000176"', html)
    assert target
    assert 'id="at-E07000176"' in sixteen.text("indicators/wages/index.html")


@pytest.mark.slow
def test_compare_knows_every_indicator(sixteen: Built) -> None:
    path = next(p for p in sixteen.files if re.match(r"assets/compare\.\w+\.json", p))
    assert sixteen.text(path).count('"edition":"') == len(NAMES) + 1


def test_a_scatter_has_a_dot_for_each_area_that_has_both() -> None:
    _, comparison = made(
        {
            "2020": {c: (float(at), None) for at, c in enumerate("abcdef")},
            "2021": {c: (-float(at), None) for at, c in enumerate("bcdefg")},
        },
        areas=list("abcdefg"),
    )
    relation = relate(*comparison.measures)
    assert relation.codes == tuple("bcdef")
    assert relation.rho == -1
    drawn = str(scatter(comparison, *comparison.measures, relation))
    assert re.findall(r'id="at-(\w)"', drawn) == list("bcdef")
    # The area with the highest value across lies furthest right, and lowest.
    places = {
        code: (float(x), float(y))
        for code, x, y in re.findall(r'id="at-(\w)"[^>]*cx="([\d.]+)%" cy="([\d.]+)"', drawn)
    }
    assert max(places, key=lambda c: places[c][0]) == "f"
    assert max(places, key=lambda c: places[c][1]) == "f"
