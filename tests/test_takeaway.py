"""Files to take away, opened by the programs that readers open them with."""

from __future__ import annotations

import dataclasses
import io
import json
import time
import zipfile
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import psutil
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as limited
from hypothesis import strategies as st
from making import made, shipped
from packages import problems
from shapes import cells

from generator.build.pieces import Pieces, PieceWork
from generator.build.takeaway import packed_tables, shape_files, table_files, takeaway_files
from generator.build.workers import Processes
from generator.catalogue import ENGLISH
from generator.data import classify
from generator.data.compare import Comparison
from generator.exports import tables
from generator.exports.data_package import Resource, datapackage
from generator.exports.formats import unguarded
from generator.exports.workbook import workbook
from generator.hexagons import layout as hexgrid
from generator.maps.layouts import Layout, make_layout
from generator.report import BufferReport
from generator.settings import Settings
from generator.sources.choice import choose_boundaries
from generator.sources.gather import read_inputs

CODE = {"code": str}


@cache
def hexagons() -> Layout:
    settings, comparison = shipped()
    points = {
        a.code: (a.lon, a.lat)
        for a in comparison.areas.values()
        if a.lon is not None and a.lat is not None
    }
    assert settings.geography.hexagons
    hexes = hexgrid.read_layout(settings.path(settings.geography.hexagons), points)
    return make_layout("hexagons", hexgrid.hexagons(hexes), cells=True)


def offered() -> dict[str, Resource]:
    """What the shipped atlas offers without boundaries, by path."""
    settings, comparison = shipped()
    tables, packed = table_files(settings, comparison), packed_tables(settings, comparison)
    shapes = {"hexagons": shape_files(settings, comparison, hexagons())}
    found = takeaway_files(settings, [hexagons()], tables, packed, shapes)
    return {one.path: one for one in found}


@cache
def files() -> dict[str, Resource]:
    return offered()


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(files()[name].content), dtype=CODE)


def sheet(name: str) -> pd.DataFrame:
    content = io.BytesIO(files()["atlas.xlsx"].content)
    return pd.read_excel(content, sheet_name=name, dtype=CODE, engine="openpyxl")


# -- Tables -------------------------------------------------------------------------------


def test_what_is_offered() -> None:
    assert list(files()) == [
        "2016.csv", "2017.csv", "all.csv", "areas.csv", "atlas.xlsx", "hexagons.geojson",
        "hexagons.parquet", "datapackage.json",
    ]  # fmt: skip
    assert all(one.title and one.about and one.content for one in files().values())
    assert all("Open Government Licence" in one.licence for one in files().values())


def test_an_edition_says_what_its_source_says() -> None:
    settings, _ = shipped()
    published = pd.read_csv(settings.path(settings.edition[0].table))
    given_ = table("2016.csv").set_index("code")
    assert len(given_) == 326
    known = given_.dropna(subset="overall_rank")
    # The table of the source has names only: scores and ranks must be the same set.
    assert sorted(known["overall_score"]) == sorted(published["score"])
    by_rank = known.sort_values(["overall_rank", "overall_score"])
    assert list(by_rank["overall_rank"]) == sorted(published["rank"])
    assert given_.loc["E07000176", "overall_rank"] == 44
    assert (
        (known["overall_spot"] == "hotspot").sum()
        == (known["overall_spot"] == "coldspot").sum()
        == 65
    )


def test_the_long_table_holds_the_editions() -> None:
    long = table("all.csv")
    for edition in ("2016", "2017"):
        part = long[long["edition"].astype(str) == edition].set_index("code")
        whole = table(f"{edition}.csv").set_index("code")
        for ours, theirs in (("rank", "overall_rank"), ("score", "overall_score")):
            pd.testing.assert_series_equal(
                part[ours].astype(float), whole[theirs].astype(float), check_names=False
            )


def test_the_areas_lead_to_their_pages_and_groups() -> None:
    areas = table("areas.csv").set_index("code")
    source = pd.read_csv(
        Path(__file__).resolve().parents[1] / "boundaries" / "authorities_2016.csv"
    ).set_index("code")
    for ours, theirs in (
        ("name", "name"), ("region", "region"), ("region_code", "region_code"),
        ("county_code", "county_code"), ("lon", "lon"), ("lat", "lat"), ("area_km2", "area_km2"),
    ):  # fmt: skip
        pd.testing.assert_series_equal(areas[ours], source[theirs], check_names=False)
    assert areas.loc["E07000176", "page"] == "authorities/rushcliffe/"
    assert areas["page"].is_unique


@pytest.mark.parametrize("name", ["2016", "2017", "areas"])
def test_a_sheet_is_its_csv(name: str) -> None:
    pd.testing.assert_frame_equal(sheet(name), table(f"{name}.csv"), check_dtype=False)


def test_the_workbook_explains_itself() -> None:
    book = openpyxl.load_workbook(io.BytesIO(files()["atlas.xlsx"].content))
    assert book.sheetnames == ["About", "2016", "2017", "areas"]
    stated = [[cell for cell in row if cell] for row in book["About"].iter_rows(values_only=True)]
    text = " ".join(" ".join(map(str, row)) for row in stated)
    assert "Open Government Licence v3.0" in text
    assert "Contains OS data © Crown copyright and database right 2016" in text
    assert "Only 47 of the 324 ranks are known here" in text
    explained = {(row[0], row[1]) for row in stated if len(row) > 2}
    for name in ("2016", "2017", "areas"):
        for column in sheet(name).columns:
            assert (name, column) in explained
    assert book["2016"].freeze_panes == "C2"
    assert book["2016"].auto_filter.ref == "A1:K327"


def test_every_column_is_described_in_the_order_of_its_table() -> None:
    for one in files().values():
        if one.table is not None:
            header = one.content.decode().splitlines()[0].split(",")
            assert [column.name for column in one.table.columns] == header
            assert all(column.about for column in one.table.columns)


# -- Side by side --------------------------------------------------------------------------


def test_no_worker_makes_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is forked after threads of k-means ran waits for them without end."""

    def refused(*_: object) -> None:
        raise AssertionError("a worker made classes")

    monkeypatch.setattr(classify, "_fit", refused)
    monkeypatch.setattr(classify, "_fitted", refused)
    settings, comparison = shipped()
    work = PieceWork(settings, comparison, [hexagons()])
    made = dict(zip(work.names(), map(work, work.names()), strict=True))
    assert ("workbook", "") in made
    assert made["clusters", ""][0] is not None


@pytest.mark.parametrize("jobs", [1, 2])
def test_pieces_are_taken_in_any_order_and_then_no_worker_is_left(jobs: int) -> None:
    settings, comparison = shipped()
    before = set(psutil.Process().children())
    pieces = Pieces(PieceWork(settings, comparison, [hexagons()]), Processes(jobs), BufferReport())
    assert pieces.take("clusters").measure == comparison.main.id
    assert pieces.take("shapes", "hexagons") == shape_files(settings, comparison, hexagons())
    assert pieces.take("workbook") == packed_tables(settings, comparison)
    end = time.monotonic() + 30
    while not set(psutil.Process().children()) <= before:
        assert time.monotonic() < end
        time.sleep(0.01)


# -- Same bytes ---------------------------------------------------------------------------


def test_the_time_of_day_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert {path: one.content for path, one in offered().items()} == {
        path: one.content for path, one in files().items()
    }


def test_the_workbook_is_of_the_day_of_its_data() -> None:
    with zipfile.ZipFile(io.BytesIO(files()["atlas.xlsx"].content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2017, 11, 28, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2017-11-28T00:00:00Z") == 2


# -- Odd texts ----------------------------------------------------------------------------

printable = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1
).filter(lambda text: text == text.strip())


@limited(max_examples=30)
@given(names=st.lists(printable, min_size=1, max_size=4, unique=True))
def test_any_name_comes_back_as_it_went_in(names: list[str]) -> None:
    settings, comparison = made(
        {"2016": {name: (float(at), at + 1) for at, name in enumerate(names)}}, areas=names
    )
    one = tables.edition_takeaway(settings, comparison, "2016")
    back = pd.read_csv(io.BytesIO(one.csv()), keep_default_na=False, dtype=str)
    assert list(back["name"].map(unguarded)) == sorted(names)
    book = openpyxl.load_workbook(io.BytesIO(workbook(settings, [one])))
    cells_ = list(book["2016"].iter_rows(min_row=2, max_col=2))
    assert [row[1].value for row in cells_] == sorted(names)
    assert {row[1].data_type for row in cells_} == {"s"}


def test_no_cell_is_a_formula_and_control_characters_are_left_out() -> None:
    settings, comparison = made({"2016": {"=1+1": (1.0, 1), "a\x01b": (0.0, 2)}},
                                areas=["=1+1", "a\x01b"])  # fmt: skip
    one = tables.edition_takeaway(settings, comparison, "2016")
    book = openpyxl.load_workbook(io.BytesIO(workbook(settings, [one])))
    assert [row[1].value for row in book["2016"].iter_rows(min_row=2)] == ["=1+1", "ab"]
    assert book["2016"]["B2"].data_type == "s"


def test_sheets_get_names_that_programs_accept() -> None:
    settings, comparison = made({"2016": {"a": (1.0, 1)}}, areas=["a"])
    one = tables.edition_takeaway(settings, comparison, "2016")
    names = ["about", "x" * 40, "x" * 40, "X" * 40, "a/b:c"]
    sheets = [dataclasses.replace(one, name=name) for name in names]
    book = openpyxl.load_workbook(io.BytesIO(workbook(settings, sheets)))
    titles = book.sheetnames
    assert len({title.casefold() for title in titles}) == len(titles) == 6
    assert all(len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in titles)


# -- Shapes -------------------------------------------------------------------------------


def opened(layout: Layout, settings: Settings, comparison: Comparison) -> list[gpd.GeoDataFrame]:
    """The layout as both formats give it back, by code."""
    frame = tables.shapes(ENGLISH, layout, comparison, settings.spots)
    return [
        gpd.read_file(io.BytesIO(tables.geojson(frame))).set_index("code"),
        gpd.read_parquet(io.BytesIO(tables.geoparquet(frame))).set_index("code"),
    ]


def figures_agree(frame: gpd.GeoDataFrame) -> None:
    for edition in ("2016", "2017"):
        whole = table(f"{edition}.csv").set_index("code")
        for what in ("score", "rank", "class"):
            ours = frame[f"overall_{edition}_{what}"].astype("Float64").to_numpy(float, na_value=-9)
            theirs = whole[f"overall_{what}"].fillna(-9).to_numpy(float)
            np.testing.assert_array_equal(ours, theirs)
        spots = frame[f"overall_{edition}_spot"].fillna("").astype(object)
        assert list(spots) == list(whole["overall_spot"].fillna(""))
    assert list(frame["name"]) == list(table("areas.csv")["name"])
    assert list(frame["region"]) == list(table("areas.csv")["region"])


def test_hexagons_and_figures_come_back_from_both_formats() -> None:
    settings, comparison = shipped()
    points = table("areas.csv").set_index("code")
    for frame in opened(hexagons(), settings, comparison):
        assert frame.crs.to_epsg() == 4326
        assert frame.index.is_monotonic_increasing
        assert len(frame) == 326
        assert frame.is_valid.all()
        assert set(frame.geom_type) == {"Polygon"}
        assert set(frame.count_coordinates()) == {7}
        figures_agree(frame)
        middles = shapely.centroid(frame.geometry.to_numpy())
        far = np.hypot(
            shapely.get_x(middles) - points["lon"], shapely.get_y(middles) - points["lat"]
        )
        assert np.median(far) < 1.0, "hexagons lie near their places, in degrees"


def test_geojson_is_as_its_standard_has_it() -> None:
    found = json.loads(files()["hexagons.geojson"].content)
    assert found["type"] == "FeatureCollection"
    assert "crs" not in found
    for feature in found["features"]:
        assert feature["id"] == feature["properties"]["code"]
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        assert shapely.LinearRing(ring).is_ccw
        assert all(round(x, 5) == x for point in ring for x in point)


@pytest.mark.parametrize("clockwise", [True, False])
def test_outer_rings_run_counter_clockwise_whichever_way_they_came(clockwise: bool) -> None:
    frame = cells(3, 4)
    frame = frame.set_geometry(shapely.orient_polygons(frame.geometry, exterior_cw=clockwise))
    codes = list(frame["code"])
    settings, comparison = made({"1": dict.fromkeys(codes, (1.0, 1))}, areas=codes)
    made_frame = tables.shapes(ENGLISH, make_layout("geography", frame), comparison, settings.spots)
    for feature in json.loads(tables.geojson(made_frame))["features"]:
        for polygon in shapely.get_parts(shapely.from_geojson(json.dumps(feature["geometry"]))):
            assert polygon.exterior.is_ccw, feature["id"]


def test_geoparquet_tells_its_version_and_place() -> None:
    import pyarrow.parquet as pq

    held = pq.read_schema(io.BytesIO(files()["hexagons.parquet"].content)).metadata
    stated = json.loads(held[b"geo"])
    assert stated["version"] == "1.1.0"
    assert stated["columns"]["geometry"]["encoding"] == "WKB"
    assert stated["columns"]["geometry"]["crs"]["id"] == {"authority": "OGC", "code": "CRS84"} or (
        stated["columns"]["geometry"]["crs"]["id"]["code"] == 4326
    )


@limited(max_examples=20)
@given(seed=st.integers(0, 1000))
def test_outlines_stay_valid_and_share_their_borders(seed: int) -> None:
    frame = cells(seed, 12)
    names = list(frame["code"])
    settings, comparison = made(
        {"2016": {name: (float(at), None) for at, name in enumerate(names)}}, areas=names
    )
    layout = make_layout("geography", frame)
    shapes = tables.shapes(ENGLISH, layout, comparison, settings.spots)
    assert list(shapes["code"]) == sorted(names)
    assert shapes.is_valid.all()
    flat = shapes.to_crs(3857).geometry.to_numpy()
    whole = shapely.union_all(flat)
    overlap = shapely.area(flat).sum() - shapely.area(whole)
    assert abs(overlap) < 1e-4 * shapely.area(whole)


@pytest.mark.real
def test_the_true_boundaries_can_be_taken_away() -> None:
    settings, comparison = shipped()
    report = BufferReport()
    choice = choose_boundaries(settings, "package", report)
    boundaries = read_inputs(settings, choice, report).boundaries
    assert boundaries is not None
    whole = boundaries.frame[boundaries.frame["code"].isin(comparison.areas)]
    layout = make_layout("geography", whole, context=boundaries.context)
    before = whole.sort_values("code").to_crs(27700).area.to_numpy()
    for frame in opened(layout, settings, comparison):
        assert frame.is_valid.all()
        figures_agree(frame)
        after = frame.to_crs(27700).area.to_numpy()
        assert np.median(abs(after / before - 1)) < 0.001
    size = len(tables.geojson(tables.shapes(ENGLISH, layout, comparison, settings.spots)))
    assert size < 1_200_000


# -- The data package ---------------------------------------------------------------------


def test_the_package_keeps_to_the_standard_and_to_the_data() -> None:
    package = files()["datapackage.json"].content
    assert problems(package, lambda path: files()[path].content) == []
    found = json.loads(package)
    assert {one["path"] for one in found["resources"]} == {
        path for path in files() if path.endswith((".csv", ".geojson"))
    }
    tables = {one["name"]: one for one in found["resources"] if one.get("type") == "table"}
    assert set(tables) == {"2016", "2017", "all", "areas"}
    assert all(one["licenses"] for one in found["resources"])
    for name in ("2016", "2017", "all"):
        (key,) = tables[name]["schema"]["foreignKeys"]
        assert key["reference"] == {"resource": "areas", "fields": ["code"]}
    fields = {field["name"]: field for field in tables["2016"]["schema"]["fields"]}
    assert fields["overall_score"]["type"] == "number"
    assert fields["overall_score"]["unit"] == "sum of weighted z-scores"
    assert fields["overall_rank"]["constraints"] == {"minimum": 1, "maximum": 324}


def spoilt(change: dict[str, bytes]) -> list[str]:
    """What is found wrong with a package whose files differ from what it describes."""
    settings, _ = shipped()
    given_ = [
        dataclasses.replace(one, content=change.get(path, one.content))
        for path, one in files().items()
        if path != "datapackage.json"
    ]
    by_path = {one.path: one.content for one in given_}
    return problems(datapackage(settings, given_), by_path.__getitem__)


def test_what_contradicts_the_package_is_found() -> None:
    csv = files()["2016.csv"].content.decode()
    assert spoilt({}) == []
    assert any("above 324" in text for text in spoilt(
        {"2016.csv": csv.replace(",44,5,hot", ",999,5,hot").encode()}
    ))  # fmt: skip
    assert any("none of" in text for text in spoilt(
        {"2016.csv": csv.replace(",44,5,hot", ",44,5,tepid").encode()}
    ))  # fmt: skip
    assert any("no number" in text for text in spoilt(
        {"2016.csv": csv.replace("42.307", "42,307".replace(",", "·")).encode()}
    ))  # fmt: skip
    assert any("not in areas" in text for text in spoilt(
        {"2016.csv": csv.replace("E07000176", "E07999999").encode()}
    ))  # fmt: skip
    lines = csv.splitlines(keepends=True)
    assert any("there twice" in text for text in spoilt(
        {"2016.csv": "".join([*lines, lines[-1]]).encode()}
    ))  # fmt: skip
    package = files()["datapackage.json"].content
    other = {path: one.content + b" " for path, one in files().items()}
    assert any("hashed" in text for text in problems(package, other.__getitem__))


def test_licences_by_name_and_by_text_alone() -> None:
    settings, _ = shipped()
    edition = settings.edition[0].model_copy(update={"licence": "Ask first; CC BY 4.0"})
    changed = settings.model_copy(update={"edition": (edition,)})
    found = json.loads(datapackage(changed, [Resource("a.json", "A", "", b"{}", "Ask first")]))
    assert [one["name"] for one in found["licenses"]] == ["Ask-first", "CC-BY-4.0"]
    assert problems(json.dumps(found).encode(), lambda _: b"{}") == []
