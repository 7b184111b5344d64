"""Boundary files of every kind, and every fault that a file can have."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from boundary_files import read, refusal, save, square, table, write_geojson
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_stub import grid

from generator.errors import SourceError
from generator.report import BufferReport
from generator.settings import read_settings
from generator.sources.boundaries import Boundaries, find_boundary_file
from generator.sources.choice import choose_boundaries
from generator.sources.fields import BoundaryColumns, find_code_column, find_name_column
from generator.sources.gather import read_inputs

# --- formats -----------------------------------------------------------------------------


@pytest.mark.parametrize("epsg", [4326, 27700, 3857, 4277])
@pytest.mark.parametrize("kind", ["geojson", "gpkg", "shp", "zip"])
def test_every_format_in_any_declared_crs_gives_the_same_areas(
    tmp_path: Path, kind: str, epsg: int
) -> None:
    path = save(tmp_path, kind, table().to_crs(epsg))
    found, report = read(path, keep=("E",))
    assert list(found.frame.columns) == ["code", "name", "geometry"]
    assert len(found.frame) == 12
    assert list(found.frame["code"]) == sorted(found.frame["code"])
    assert found.frame["name"].iloc[0] == "Place 1"
    assert list(found.context["code"]) == ["S12000005", "W06000001"]
    assert list(found.context["name"]) == ["Clackmannanshire", "Ynys Môn"]
    true = table().set_index("lad16cd").geometry
    for code, shape in zip(found.frame["code"], found.frame.geometry, strict=True):
        assert shapely.hausdorff_distance(shape, true[code]) < 3e-4
    assert (found.origin, found.kind) == (path.name, "file")
    assert (report.warnings, report.lines) == ([], [])


def test_origin_and_kind_can_be_told(tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "a.geojson", grid())
    found, _ = read(path, origin="ONS, some layer", kind="ons")
    assert (found.origin, found.kind) == ("ONS, some layer", "ons")


def test_the_sha256_of_a_shapefile_covers_its_table(tmp_path: Path) -> None:
    path = save(tmp_path, "shp", table())
    before = read(path)[0].sha256
    table(lad16nm=[f"New {n}" for n in range(14)]).to_file(path)
    assert read(path)[0].sha256 != before


def test_third_dimensions_are_dropped(tmp_path: Path) -> None:
    frame = table()
    frame.geometry = shapely.force_3d(frame.geometry.values, 12.0)
    found, _ = read(save(tmp_path, "gpkg", frame))
    assert not shapely.has_z(found.frame.geometry.values).any()


# --- the folder --------------------------------------------------------------------------


def test_a_folder_without_boundaries_has_none(tmp_path: Path) -> None:
    (tmp_path / "ons-cache").mkdir()
    (tmp_path / "ons-cache" / "layer.geojson").touch()
    (tmp_path / "authorities.csv").touch()
    (tmp_path / ".hidden.geojson").touch()
    assert find_boundary_file(tmp_path) is None
    assert find_boundary_file(tmp_path / "missing") is None


@pytest.mark.parametrize("name", ["a.geojson", "a.GPKG", "a.zip", "a.shp"])
def test_the_one_file_in_the_folder_is_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    (tmp_path / "README.md").touch()
    assert find_boundary_file(tmp_path) == tmp_path / name


def test_two_files_in_the_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").touch()
    (tmp_path / "b.zip").touch()
    with pytest.raises(SourceError, match=r"a\.geojson, b\.zip") as caught:
        find_boundary_file(tmp_path)
    assert "--boundaries" in caught.value.fix


# --- columns -----------------------------------------------------------------------------

CODES = ["E05000001", "E05000002", "E05000003"]
PARENTS = ["E09000001", "E09000001", "E09000002"]


@pytest.mark.parametrize(
    ("columns", "code", "name"),
    [
        ({"lad16cd": CODES, "lad16nm": ["a", "b", "c"]}, "lad16cd", "lad16nm"),
        ({"LAD24NMW": ["x", "y", "z"], "LAD24NM": ["a", "b", "c"], "LAD24CD": CODES}, 2, 1),
        ({"areacd": CODES, "areanm": ["a", "b", "c"]}, "areacd", "areanm"),
        ({"LAD25CD": PARENTS, "LAD25NM": ["p", "p", "q"], "WD25CD": CODES, "WD25NM": list("abc")},
         "WD25CD", "WD25NM"),
        ({"id": CODES, "LSOA21CD": CODES, "LSOA21NM": list("abc")}, "LSOA21CD", "LSOA21NM"),
        ({"gss_code": CODES, "name": ["Ash", "Bow", "Cam"]}, "gss_code", "name"),
        ({"code": CODES, "district": ["Ash", "Bow", "Cam"]}, "code", "district"),
        ({"code": CODES, "label": ["Ash"] * 3, "title": ["Ash", "Bow", "Cam"]}, "code", "title"),
        ({"LAD24CD": CODES, "LAD24NMW": ["Môn", "Wy", "Dy"]}, "LAD24CD", None),
        ({"LAD24CD": CODES, "GlobalID": ["01a2b3c4-0000-4000-8000-00000000000" + d for d in "123"]},
         "LAD24CD", None),
        ({"LAD24CD": CODES, "LAD24NM": [None] * 3, "town": ["Ash", "Bow", "Cam"]}, 0, "town"),
        ({"name": ["Ash", "Bow", "Cam"], "n": ["1", "2", "3"]}, None, None),
    ],
)  # fmt: skip
def test_columns_are_found_by_content(
    columns: dict[str, list[str]], code: str | int | None, name: str | int | None
) -> None:
    frame = pd.DataFrame(columns)
    code = list(columns)[code] if isinstance(code, int) else code
    name = list(columns)[name] if isinstance(name, int) else name
    assert find_code_column(frame) == code
    if code is not None:
        assert find_name_column(frame, code) == name


@given(
    stem=st.sampled_from(["lad", "LAD", "wd", "LSOA", "msoa", "ctyua", "Area"]),
    year=st.sampled_from(["", "11", "16", "24"]),
    order=st.permutations(["code", "name", "welsh", "noise", "number"]),
)
@settings(max_examples=50, deadline=None)
def test_the_order_of_columns_does_not_matter(stem: str, year: str, order: list[str]) -> None:
    upper = stem.isupper()
    ends = {"code": "cd", "name": "nm", "welsh": "nmw"}
    named = {key: f"{stem}{year}{end.upper() if upper else end}" for key, end in ends.items()} | {
        "noise": "GlobalID",
        "number": "Shape__Area",
    }
    content = {
        "code": CODES, "name": ["Ash", "Bow", "Cam"], "welsh": ["Onnen", "Bwa", "Crwm"],
        "noise": ["{9f}", "{8e}", "{7d}"], "number": [1.0, 2.0, 3.0],
    }  # fmt: skip
    frame = pd.DataFrame({named[key]: content[key] for key in order})
    assert find_code_column(frame) == named["code"]
    assert find_name_column(frame, named["code"]) == named["name"]


def test_areas_without_a_name_are_called_by_their_code(tmp_path: Path) -> None:
    features = [square("E07000001", -1, 52), square("E07000002", -0.9, 52)]
    features[1]["properties"]["lad16nm"] = None
    found, _ = read(write_geojson(tmp_path / "a.geojson", features))
    assert list(found.frame["name"]) == ["Place E07000001", "E07000002"]


def test_a_file_without_codes_lists_its_columns(tmp_path: Path) -> None:
    features = grid()
    for feature in features:
        feature["properties"] = {"town": feature["properties"]["lad16nm"], "size": 1}
    stated = refusal(write_geojson(tmp_path / "a.geojson", features))
    assert "no column holds codes" in stated
    assert "town, size" in stated
    assert 'code_column = "' in stated


def test_a_missing_code_is_located(tmp_path: Path) -> None:
    features = grid()
    features[4]["properties"]["lad16cd"] = None
    stated = refusal(write_geojson(tmp_path / "a.geojson", features))
    assert 'feature 5, column "lad16cd"' in stated


def test_a_misshapen_code_is_located_where_it_matters(tmp_path: Path) -> None:
    features = [*grid(), square("95AA01", -6.5, 54.5), square("E0600001", -1, 52)]
    path = write_geojson(tmp_path / "a.geojson", features)
    assert '"E0600001"' in refusal(path, keep=("E",))
    found, _ = read(write_geojson(path, features[:-1]), keep=("E",))
    assert "95AA01" in set(found.context["code"])
    assert '"95AA01"' in refusal(path)


def test_double_codes_are_named(tmp_path: Path) -> None:
    features = [*grid(), square("E07000003", -1, 53)]
    stated = refusal(write_geojson(tmp_path / "a.geojson", features))
    assert "E07000003" in stated
    assert "dissolve" in stated


def test_no_area_to_keep_is_an_error(tmp_path: Path) -> None:
    stated = refusal(write_geojson(tmp_path / "a.geojson", grid()), keep=("N", "K"))
    assert "N or K" in stated
    assert "E07000001" in stated


# --- layers ------------------------------------------------------------------------------


def test_the_layer_with_codes_is_chosen_or_all_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "many.gpkg"
    roads = gpd.GeoDataFrame({"ref": ["A1"]}, geometry=[shapely.box(0, 51, 1, 52)], crs=4326)
    roads.to_file(path, layer="roads")
    table().to_file(path, layer="districts")
    assert len(read(path)[0].frame) == 14
    table().head(3).to_file(path, layer="counties")
    stated = refusal(path)
    assert "counties, districts" in stated or "districts, counties" in stated
    assert "roads" not in stated
    assert len(read(path, layer="counties")[0].frame) == 3
    assert "counties" in refusal(path, layer="wards")


def test_the_settings_name_the_layer_to_read(tmp_path: Path) -> None:
    """Obeying the message about two layers with codes works."""
    (tmp_path / "boundaries").mkdir()
    path = tmp_path / "boundaries/all.gpkg"
    table().to_file(path, layer="districts")
    table().iloc[:3].to_file(path, layer="counties")
    (tmp_path / "scores.csv").write_text("code,score\nE07000001,1\n")
    text = '[atlas]\ntitle = "A"\n[geography]\n{}\n[[edition]]\nid = "1"\ntable = "scores.csv"\n'
    config = tmp_path / "atlas.toml"
    config.write_text(text.format(""))
    with pytest.raises(SourceError, match="several layers have GSS codes") as caught:
        boundaries_of(config)
    said = re.search(r'layer = "\w+"', caught.value.fix)
    assert said is not None
    config.write_text(text.format('layer = "counties"'))
    assert len(boundaries_of(config).frame) == 3
    config.write_text(text.format(said.group()))
    boundaries_of(config)


def boundaries_of(config: Path) -> Boundaries:
    settings_read = read_settings(config)
    report = BufferReport()
    found = read_inputs(settings_read, choose_boundaries(settings_read, "auto", report), report)
    assert found.boundaries is not None
    return found.boundaries


def test_a_geopackage_without_codes_in_any_layer_lists_them(tmp_path: Path) -> None:
    path = tmp_path / "many.gpkg"
    for name in ("roads", "rails"):
        gpd.GeoDataFrame({"ref": ["A1"]}, geometry=[shapely.box(0, 51, 1, 52)], crs=4326).to_file(
            path, layer=name
        )
    assert "roads, rails" in refusal(path)


def test_a_zip_with_two_files_needs_a_choice(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("full", "rough"):
            archive.write(write_geojson(tmp_path / f"{name}.geojson", grid()), f"{name}.geojson")
    assert "full, rough" in refusal(path)
    assert len(read(path, layer="rough")[0].frame) == 14


# --- place -------------------------------------------------------------------------------


def test_undeclared_british_national_grid_is_recognised_with_a_notice(tmp_path: Path) -> None:
    features = json.loads(table().to_crs(27700).to_json())["features"]
    found, report = read(write_geojson(tmp_path / "grid.geojson", features))
    assert "British National Grid" in report.lines[0]
    assert np.allclose(found.frame.total_bounds, table().total_bounds, atol=1e-4)


@pytest.mark.parametrize(("epsg", "stated"), [(27700, "National Grid"), (4326, "WGS 84")])
def test_a_shapefile_without_prj_is_recognised(tmp_path: Path, epsg: int, stated: str) -> None:
    path = save(tmp_path, "shp", table().to_crs(epsg))
    path.with_suffix(".prj").unlink()
    found, report = read(path)
    assert stated in report.lines[0]
    assert np.allclose(found.frame.total_bounds, table().total_bounds, atol=1e-4)


def test_another_undeclared_crs_is_refused(tmp_path: Path) -> None:
    features = json.loads(table().to_crs(3857).to_json())["features"]
    assert "CRS is unknown" in refusal(write_geojson(tmp_path / "a.geojson", features))


def test_swapped_coordinates_are_refused(tmp_path: Path) -> None:
    frame = table()
    frame.geometry = shapely.transform(frame.geometry.values, lambda xy: xy[:, ::-1])
    features = json.loads(frame.to_json())["features"]
    stated = refusal(write_geojson(tmp_path / "a.geojson", features))
    assert "latitude and longitude are swapped" in stated


def test_degrees_under_a_grid_declaration_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path, "gpkg", table().set_crs(27700, allow_override=True))
    assert "degrees" in refusal(path)


def test_swapped_easting_and_northing_would_leave_the_country(tmp_path: Path) -> None:
    cornwall = [square("E06000052", -5.2, 50.2), square("E06000047", -1.6, 54.7)]
    frame = gpd.GeoDataFrame.from_features(cornwall, crs=4326).to_crs(27700)
    frame.geometry = shapely.transform(frame.geometry.values, lambda xy: xy[:, ::-1])
    assert "outside England" in refusal(save(tmp_path, "gpkg", frame))


@pytest.mark.parametrize(
    ("code", "west", "south", "country"),
    [
        ("E07000001", -4.0, 57.0, "England"),
        ("W06000002", -1.0, 52.0, "Wales"),
        ("S12000001", -1.0, 52.0, "Scotland"),
        ("N09000001", -1.0, 52.0, "Northern Ireland"),
        ("K02000001", 8.0, 50.0, "the United Kingdom"),
    ],
)
def test_areas_outside_their_country_are_refused(
    tmp_path: Path, code: str, west: float, south: float, country: str
) -> None:
    features = [*grid(), square(code, west, south)][1:]
    stated = refusal(write_geojson(tmp_path / "a.geojson", features))
    assert f"outside {country}" in stated
    assert code in stated


@given(west=st.floats(-180, 179), south=st.floats(-90, 89), code=st.sampled_from("EWSNKJ"))
@settings(max_examples=60, deadline=None)
def test_nothing_is_ever_drawn_outside_the_kingdom(
    tmp_path_factory: pytest.TempPathFactory, west: float, south: float, code: str
) -> None:
    path = tmp_path_factory.mktemp("place") / "a.geojson"
    write_geojson(path, [square(f"{code}07000001", west, south, 0.5)])
    try:
        found, _ = read(path)
    except SourceError:
        return
    box = found.frame.total_bounds
    assert -15.1 < box[0] < 2.6
    assert 48.4 < box[1] < 61.6


# --- the real thing ----------------------------------------------------------------------


def test_the_districts_of_2016(true_boundaries: Path) -> None:
    found, report = read(true_boundaries, keep=("E",))
    assert len(found.frame) == 326
    assert found.overlaps == ()
    assert report.warnings == []
    shapes = found.frame.geometry.values
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.union_all(shapes)
    assert whole.is_valid
    area_km2 = gpd.GeoSeries([whole], crs=4326).to_crs(27700).area.iloc[0] / 1e6
    assert area_km2 == pytest.approx(130_300, rel=0.005)


def test_the_districts_of_2016_on_the_grid(true_boundaries: Path, tmp_path: Path) -> None:
    path = tmp_path / "grid.gpkg"
    gpd.read_file(true_boundaries).to_crs(27700).to_file(path)
    true, _ = read(true_boundaries, keep=("E",))
    found, _ = read(path, keep=("E",))
    apart = shapely.hausdorff_distance(found.frame.geometry.values, true.frame.geometry.values)
    assert apart.max() < 1e-3


# -- Codes of any shape ------------------------------------------------------------------------


def land(column: str, codes: list[object], **more: list[object]) -> gpd.GeoDataFrame:
    """Squares in a row in the middle of Germany."""
    boxes = [shapely.box(10 + at / 10, 50, 10.1 + at / 10, 50.1) for at in range(len(codes))]
    return gpd.GeoDataFrame({column: codes, **more}, geometry=boxes, crs="EPSG:4326")


@pytest.mark.parametrize(
    ("column", "codes"),
    [
        ("NUTS_ID", ["DE300", "DE212", "DE600"]),
        ("AGS", ["09162", "11000", "02000"]),
        ("code_insee", ["75", "2A", "13"]),
        ("geo_code", [16062, 16063, 16064]),
    ],
)
def test_codes_of_any_shape_are_found(tmp_path: Path, column: str, codes: list[object]) -> None:
    frame = land(column, codes, OBJECTID=[1, 2, 3], GEN=["Abing", "Bedorf", "Cehausen"])
    frame.to_file(tmp_path / "areas.gpkg")
    found, _ = read(tmp_path / "areas.gpkg")
    assert list(found.frame["code"]) == sorted(map(str, codes))
    assert set(found.frame["name"]) == {"Abing", "Bedorf", "Cehausen"}
    assert found.frame.geometry[0].bounds[1] == pytest.approx(50)


def test_the_settings_name_columns_that_nobody_could_guess(tmp_path: Path) -> None:
    frame = land("kurz", ["ab", "be"], lang=["Abing", "Bedorf"], andere=["Xx", "Yy"])
    frame.to_file(tmp_path / "areas.gpkg")
    columns = BoundaryColumns("KURZ", "lang")
    found, _ = read(tmp_path / "areas.gpkg", columns=columns)
    assert dict(zip(found.frame["code"], found.frame["name"], strict=True)) == {
        "ab": "Abing", "be": "Bedorf",
    }  # fmt: skip
    with pytest.raises(SourceError, match="the columns are: kurz, lang, andere"):
        read(tmp_path / "areas.gpkg", columns=BoundaryColumns("missing"))


def test_row_numbers_and_identifiers_are_no_codes(tmp_path: Path) -> None:
    ids = ["{8f2b2c5e-8b1f-4f57-9a3c-0c7d1f2b3a4d}", "{8f2b2c5e-8b1f-4f57-9a3c-0c7d1f2b3a4e}"]
    land("OBJECTID", [1, 2], GlobalID=ids, uid=ids).to_file(tmp_path / "areas.gpkg")
    assert "no column holds codes" in refusal(tmp_path / "areas.gpkg")


def test_a_code_that_is_not_unique_is_passed_over(tmp_path: Path) -> None:
    land("land_code", ["D", "D"], kreis_code=["1", "2"]).to_file(tmp_path / "areas.gpkg")
    found, _ = read(tmp_path / "areas.gpkg")
    assert list(found.frame["code"]) == ["1", "2"]


def test_islands_far_away_are_not_swapped(tmp_path: Path) -> None:
    """Longitude 55, latitude −4 is the Seychelles, unless the codes are of the kingdom."""
    frame = land("code", ["SC-1", "SC-2"])
    frame = frame.set_geometry(frame.geometry.translate(45, -54))
    frame.to_file(tmp_path / "areas.gpkg")
    found, _ = read(tmp_path / "areas.gpkg")
    assert found.frame.geometry[0].bounds[0] == pytest.approx(55)
