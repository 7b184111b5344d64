"""What shapes a boundary file may have, and every damage that one can have."""

from __future__ import annotations

import contextlib
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapely
from boundary_files import read, refusal, save, square, table, write_geojson
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_stub import grid

from generator.errors import SourceError

# --- geometry ----------------------------------------------------------------------------

BOW_TIE = [[[-1.0, 52.0], [-0.9, 52.1], [-0.9, 52.0], [-1.0, 52.1], [-1.0, 52.0]]]


def test_crossing_outlines_are_repaired_and_named(tmp_path: Path) -> None:
    features = grid()
    features[0]["geometry"] = {"type": "Polygon", "coordinates": BOW_TIE}
    features[-1]["geometry"] = {
        "type": "Polygon",
        "coordinates": [[[-4, 56], [-3, 57], [-3, 56], [-4, 57], [-4, 56]]],
    }
    found, report = read(write_geojson(tmp_path / "a.geojson", features), keep=("E",))
    assert found.repaired == ("E07000001",)
    assert "Place 1 (E07000001)" in report.lines[0]
    assert "in the background as well: 1" in report.lines[1]
    assert report.warnings == []
    assert shapely.is_valid(found.frame.geometry.values).all()
    assert found.frame.geometry[0].geom_type == "MultiPolygon"


def test_a_spike_goes_and_the_polygon_stays(tmp_path: Path) -> None:
    features = grid()
    spiked = [[-1, 52], [-0.9, 52], [-0.9, 52.1], [-0.8, 52.1], [-0.9, 52.1], [-1, 52.1], [-1, 52]]
    features[0]["geometry"] = {"type": "Polygon", "coordinates": [spiked]}
    found, _ = read(write_geojson(tmp_path / "a.geojson", features))
    assert found.repaired == ("E07000001",)
    plain = shapely.normalize(shapely.box(-1, 52, -0.9, 52.1))
    assert shapely.normalize(found.frame.geometry[0]).equals_exact(plain, 1e-9)


@given(
    st.lists(
        st.tuples(st.floats(-2, -1, width=32), st.floats(52, 53, width=32)),
        min_size=4, max_size=12, unique=True,
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_ring_becomes_valid_polygons_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, points: list[tuple[float, float]]
) -> None:
    ring = [*points, points[0]]
    path = tmp_path_factory.mktemp("ring") / "a.geojson"
    features = [square("E07000001", -1, 52), square("E07000002", -1, 52)]
    features[0]["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    write_geojson(path, features)
    try:
        found, _ = read(path)
    except SourceError as error:
        assert "enclose no ground" in str(error)  # noqa: PT017 - either outcome is right
        return
    assert shapely.is_valid(found.frame.geometry.values).all()
    assert set(found.frame.geom_type) <= {"Polygon", "MultiPolygon"}


def test_an_outline_without_ground_is_an_error(tmp_path: Path) -> None:
    features = grid()
    line = [[[-1.0, 52.0], [-0.9, 52.0], [-0.8, 52.0], [-1.0, 52.0]]]
    features[2]["geometry"] = {"type": "Polygon", "coordinates": line}
    stated = refusal(write_geojson(tmp_path / "a.geojson", features))
    assert "E07000003" in stated
    assert "feature 3" in stated


@pytest.mark.parametrize("geometry", [None, {"type": "Polygon", "coordinates": []}])
def test_a_missing_geometry_is_located(tmp_path: Path, geometry: object) -> None:
    features = grid()
    features[3]["geometry"] = geometry
    stated = refusal(write_geojson(tmp_path / "a.geojson", features))
    assert "feature 4" in stated
    assert "E07000004" in stated


def test_points_are_not_boundaries(tmp_path: Path) -> None:
    frame = table()
    frame.geometry = frame.representative_point()
    assert "E07000001 is a Point" in refusal(save(tmp_path, "gpkg", frame))


def test_overlaps_are_a_warning_with_the_codes(tmp_path: Path) -> None:
    features = grid()
    features[1] = square("E07000002", -1.81, 52.0, 0.11)
    found, report = read(write_geojson(tmp_path / "a.geojson", features), keep=("E",))
    assert "E07000001" in found.overlaps
    assert "E07000002" in found.overlaps
    assert "E07000012" not in found.overlaps
    assert "Place 1 (E07000001)" in report.warnings[0]


def test_rounded_coordinates_do_not_cry_wolf(tmp_path: Path) -> None:
    features = [square("E07000001", -1.8, 52.0), square("E07000002", -1.70004, 52.0)]
    found, report = read(write_geojson(tmp_path / "a.geojson", features))
    assert (found.overlaps, report.warnings) == ((), [])


# --- damage ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "stated"),
    [
        ("a.geojson", b"", "cut short or damaged"),
        ("a.geojson", b"<html>Not found</html>", "cut short or damaged"),
        ("a.geojson", b'{"type":"FeatureCollection","features":[]}', "holds no areas"),
        ("a.gpkg", bytes(1000), "cut short or damaged"),
        ("a.zip", b"PK\x03\x04 and no more", "cut short or damaged"),
        ("a.shp", bytes(100), "not complete without a.shx and a.dbf"),
        ("a.kml", b"<kml/>", ".kml"),
    ],
)
def test_what_is_no_boundary_file_is_refused(
    tmp_path: Path, name: str, content: bytes, stated: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert stated in refusal(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "a.geojson")


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "shp", "zip"])
@pytest.mark.parametrize("part", [0.3, 0.7, 0.95])
def test_a_file_cut_short_is_refused(tmp_path: Path, kind: str, part: float) -> None:
    path = save(tmp_path, kind, table())
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    refusal(path)


def test_a_shapefile_with_a_cut_table_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, "shp", table())
    rows = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".dbf").write_bytes(rows[: len(rows) // 2])
    refusal(path)


def test_a_geopackage_that_lost_rows_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, "gpkg", table())
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute("DELETE FROM areas WHERE fid = 3")
    assert "announces 14 areas but only 13" in refusal(path)


def test_a_zip_without_boundaries_or_parts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "holds no boundary file" in refusal(path)
    save(tmp_path, "shp", table())
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "areas.shp", "areas.shp")
        archive.write(tmp_path / "areas.shx", "areas.shx")
    assert "areas.dbf" in refusal(path)


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, "zip", table())
    content = bytearray(path.read_bytes())
    # The flag of the first bit says "encrypted", in each entry of the central directory.
    position = content.find(b"PK\x01\x02")
    while position >= 0:
        content[position + 8] |= 1
        position = content.find(b"PK\x01\x02", position + 4)
    path.write_bytes(bytes(content))
    assert "password" in refusal(path)


@pytest.mark.parametrize(
    "more", [{"properties": {"exceededTransferLimit": True}}, {"exceededTransferLimit": True}]
)
def test_one_page_of_a_service_is_not_the_layer(tmp_path: Path, more: dict[str, Any]) -> None:
    stated = refusal(write_geojson(tmp_path / "a.geojson", grid(), **more))
    assert "only one page" in stated
