"""Pages of change: every number on them is worked out again from the tables that went in."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from built import ROOT, Built
from changing import AFTER, BEFORE, changed_site
from test_verify import faults, plant, swapped

from generator.charts import slope, timeline
from generator.pages import changes, overview
from generator.report import BufferReport
from generator.verify.site import verify

Figures = Mapping[str, Decimal]
"""By code."""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return changed_site(tmp_path_factory.mktemp("changed"))


def column(text: str, name: str, code: str = "code") -> dict[str, Decimal]:
    """The figures of a column, by code."""
    rows = csv.DictReader(io.StringIO(text))
    cells = {row[code]: row[name].replace(",", "") for row in rows}
    return {c: Decimal(cell) for c, cell in cells.items() if re.fullmatch(r"-?\d+(\.\d+)?", cell)}


def words(node: Tag | None) -> str:
    assert node is not None
    return " ".join(node.get_text().split())


def figure(text: str) -> Decimal:
    """The only number of a text."""
    (found,) = re.findall(r"[−-]?\d+(?:\.\d+)?", text.translate({0x202F: None, ord(","): None}))
    return Decimal(found.replace("−", "-"))


def rounds(text: str, value: Decimal) -> bool:
    said = figure(text)
    return abs(said - value) <= Decimal(5).scaleb(-len(text.partition(".")[2]) - 1)


def ranks(figures: Figures, *, lower: bool) -> dict[str, int]:
    return {
        code: 1 + sum((other < own) if lower else (other > own) for other in figures.values())
        for code, own in figures.items()
    }


def check(
    page: BeautifulSoup, before: Figures, after: Figures, names: Mapping[str, str], *, lower: bool
) -> dict[str, int]:
    """Compare all numbers of a page with the figures; returns the class of each area."""
    change = {code: after[code] - before[code] for code in before.keys() & after.keys()}
    rose = [code for code, value in change.items() if value > 0]
    fell = [code for code, value in change.items() if value < 0]
    title, counts = words(page.h1), words(page.select_one(".lede"))
    most = ("rose", rose) if len(rose) > len(fell) else ("fell", fell)
    assert title.startswith(f"{len(most[1])} of {len(change)} ")
    assert title.endswith(most[0])
    same = len(change) - len(rose) - len(fell)
    unknown = len(names) - len(change)
    expected = f"Rises: {len(rose)}. Falls: {len(fell)}. No change: {same}."
    assert counts == expected + f" Not known in both editions: {unknown}." * bool(unknown)
    levels = {}
    rows = {row["data-code"]: row for row in page.select("table[data-change] tbody tr")}
    assert rows.keys() == names.keys()
    both = [ranks(figures, lower=lower) for figures in (before, after)]
    for code, row in rows.items():
        assert words(row.th.a) == names[code]
        cells = {cell["data-of"]: words(cell) for cell in row.select("td.moved")}
        for name, figures in (("earlier", before), ("later", after), ("change", change)):
            assert (not cells[name]) == (code not in figures)
            assert code not in figures or rounds(cells[name], figures[code])
        if code in change:
            assert cells["change"][0] == {1: "+", 0: "0", -1: "−"}[sign(change[code])]
        if len(before) == len(after):
            moved = both[0][code] - both[1][code] if code in change else None
            way = "0" if not moved else f"{abs(moved)} {'up' if moved > 0 else 'down'}"
            assert cells["places_up"] == ("" if moved is None else way)
        else:
            assert "places_up" not in cells
        levels[code] = row.select_one("td.class")["class"][-1].removeprefix("level-")
    _check_legend(page, change, levels, len(names))
    for link in page.select("svg.map-svg .areas a"):
        assert f"level-{levels[link['data-code']]}" in link.path["class"]
        assert words(link.title).startswith(f"{names[link['data-code']]}: ")
    _check_lists(page, change, names)
    return levels


def sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _check_legend(
    page: BeautifulSoup, change: Figures, levels: Mapping[str, str], areas: int
) -> None:
    rows = page.select("table.legend tbody tr")
    found = {}
    for row in rows:
        level = row.th["class"][0].removeprefix("level-")
        limits, count = (words(cell) for cell in row.select("td"))
        assert int(count) == sum(own == level for own in levels.values())
        if level == "none":
            assert int(count) == areas - len(change)
            continue
        ends = [figure(part) for part in limits.replace("+", "").split(" to ")]
        found[int(level)] = (min(ends), max(ends))
        for code, own in levels.items():
            if own == level:
                assert (
                    min(ends) - Decimal("0.0501") <= change[code] <= max(ends) + Decimal("0.0501")
                )
    middle = len(found) // 2
    assert sorted(found) == list(range(2 * middle + 1))
    assert found[middle] == (0, 0)
    for step in range(1, middle + 1):
        low, high = found[middle + step]
        assert found[middle - step] == (-high, -low)
    for code, value in change.items():
        assert sign(value) == sign(Decimal(int(levels[code]) - middle))


def _check_lists(page: BeautifulSoup, change: Figures, names: Mapping[str, str]) -> None:
    lists = page.select("ol.moves")
    for way, listed in zip((1, -1), lists, strict=True):
        wanted = sorted((way * v for v in change.values() if way * v > 0), reverse=True)[:5]
        items = listed.select("li")
        assert [way * change[item["data-code"]] for item in items] == wanted
        for item in items:
            assert words(item.a) == names[item["data-code"]]
            assert rounds(words(item.select_one(".moved")), change[item["data-code"]])


def table(built: Built, pair: str, indicator: str) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(built.text(f"data/change-{pair}.csv")))
    return {row["code"]: row for row in rows if row["indicator"] == indicator}


def names_of(built: Built) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(built.text("data/areas.csv")))
    return {row["code"]: row["name"] for row in rows}


@pytest.mark.parametrize(
    ("indicator", "path", "lower"), [("yield", "", False), ("loss", "loss/", True)]
)
def test_every_number_of_a_page_of_change(
    changed: Built, indicator: str, path: str, lower: bool
) -> None:
    page = BeautifulSoup(changed.text(f"change/2020-2022/{path}index.html"), "html.parser")
    before, after = (column(text, indicator) for text in (BEFORE, AFTER))
    levels = check(page, before, after, names_of(changed), lower=lower)
    rows = table(changed, "2020-2022", indicator)
    assert rows.keys() == levels.keys()
    for code, row in rows.items():
        for name, figures in (("earlier", before), ("later", after)):
            assert (Decimal(row[name]) if row[name] else None) == figures.get(code)
        if row["change"]:
            assert Decimal(row["change"]) == after[code] - before[code]
        assert (str(int(row["class"]) - 1) if row["class"] else "none") == levels[code]
    (values,) = [f for f in changed.files if f.startswith(f"assets/changes/2020-2022-{indicator}.")]
    stated = json.loads(changed.text(values))["values"]
    assert {code: str(value[2]) for code, value in stated.items()} == {
        code: level for code, level in levels.items() if level != "none"
    }
    assert f'data-values="{values}"' in str(page.select_one(".map-frame"))


def test_a_composite_changes_in_rank_alone(changed: Built) -> None:
    page = BeautifulSoup(changed.text("change/2020-2022/both/index.html"), "html.parser")
    heads = [words(head) for head in page.select("table[data-change] th[scope=col]")]
    assert heads == ["Parish", "Rank, 2020 of 8", "Rank, 2022 of 8", "Change of rank", "Class"]
    for row in table(changed, "2020-2022", "both").values():
        assert (row["earlier"], row["later"], row["change"]) == ("", "", "")
        assert int(row["places_up"]) == int(row["earlier_rank"]) - int(row["later_rank"])


def test_a_rise_is_not_said_to_be_better(changed: Built) -> None:
    for path in ("", "loss/", "both/"):
        text = changed.text(f"change/2020-2022/{path}index.html")
        article = words(BeautifulSoup(text, "html.parser").article)
        said = re.findall(r"[^.:]*\b(?:better|best|worse|worst)\b[^.]*", article)
        assert all("values are" in one or "igher is" in one or "ower is" in one for one in said), (
            said
        )


def test_pages_lead_to_what_changed_and_to_one_another(changed: Built) -> None:
    for path in ("index.html", "methodology/index.html", "indicators/index.html"):
        page = BeautifulSoup(changed.text(path), "html.parser")
        links = [a["href"] for a in page.select("main a")]
        assert any(href.endswith("change/2020-2022/") for href in links), path
    own = BeautifulSoup(changed.text("indicators/loss/index.html"), "html.parser")
    assert "../../change/2020-2022/loss/" in [a["href"] for a in own.select("a")]
    page = BeautifulSoup(changed.text("change/2020-2022/index.html"), "html.parser")
    nav = page.select_one("nav.switch")
    assert [a["href"] for a in nav.select("a")] == ["loss/", "both/"]
    assert words(nav.select_one("[aria-current]")) == "Yield <t/ha>"
    area = BeautifulSoup(changed.text("parishes/dale/index.html"), "html.parser")
    assert "Yield <t/ha> (t & more): from −1.5 in 2020 to −2.0 in 2022, a fall of 0.5." in words(
        area
    )


def test_an_atlas_without_comparable_editions_has_no_page_of_change(mini_site: Built) -> None:
    assert not [f for f in mini_site.files if "change" in f]
    assert "change" not in mini_site.text("data/datapackage.json")


def test_a_page_of_change_of_many_areas_has_no_row_and_no_line_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond some number of areas: here of eight, with limits of three and two for 1,500."""
    for module in (overview, changes):
        monkeypatch.setattr(module, "MOST_ON_A_PAGE", 3)
    for chart in (slope, timeline):
        monkeypatch.setattr(chart, "MOST_LINES", 2)
    many = changed_site(tmp_path)
    page = BeautifulSoup(many.text("change/2020-2022/index.html"), "html.parser")
    assert page.select("table[data-change]") == []
    assert "They are too many for a page" in words(page.article)
    drawn = {g["data-code"] for g in page.select("svg.map-svg .areas [data-code]")}
    assert len(drawn) == 2, "groups stand for their areas"
    assert [words(row) for row in page.select("table.legend tbody tr")]
    marked = {words(a.title).partition(":")[0] for a in page.select("svg.timeline a")}
    assert len(marked) == 2
    assert marked == {words(listed.li.a) for listed in page.select("ol.moves")}
    (lines,) = page.select('svg.timeline path[stroke-width="1"]')
    assert lines["d"].count("M") == len(marked)
    area = BeautifulSoup(many.text("parishes/moor/index.html"), "html.parser")
    assert area.select('svg.slope path[stroke-width="1"]') == []
    assert len(area.select('svg.slope path[stroke-width="3.5"]')) == 1
    assert len(table(many, "2020-2022", "yield")) == 8
    assert faults(many.folder) == []


PAGE, TABLE = "change/2020-2022/index.html", "data/change-2020-2022.csv"


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (PAGE, b'data-sort="0.2">+0.2<', b'data-sort="0.2">+0.4<', "change of E07000906"),
        (PAGE, b'data-sort="-0.5"', b'data-sort="-0.6"', "change of E07000904"),
        (PAGE, b'class="moved">+0.3<', b'class="moved">+9.3<', "the list says"),
        (TABLE, b",0.25,", b",0.35,", "change of E07000146 (yield) is not what"),
        (TABLE, b",-1.375,", b",1.375,", "change of E07000902 (yield)"),
    ],
)
def test_a_planted_change_is_found(
    changed: Built, tmp_path: Path, path: str, old: bytes, new: bytes, said: str
) -> None:
    out = shutil.copytree(changed.folder, tmp_path / "site")
    plant(out, path, swapped(old, new))
    assert any(said in fault for fault in faults(out)), faults(out)


def test_a_site_with_changes_has_no_faults(changed: Built) -> None:
    assert verify(changed.folder, BufferReport()) == []


@pytest.mark.slow
def test_the_example_of_wales_says_what_changed(wales_site: Built) -> None:
    folder = ROOT / "examples/wales"
    before, after = (
        column((folder / f"libraries{year}.csv").read_text(), "Visits per head", "Area code")
        for year in ("", "_2019")
    )
    assert len(before) == 22
    page = BeautifulSoup(wales_site.text("change/2016-2019/index.html"), "html.parser")
    check(page, before, after, names_of(wales_site), lower=False)
