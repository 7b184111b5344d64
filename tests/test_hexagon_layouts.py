"""Hexagon layouts as tables and as shapes: read, written, drawn."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from lattices import Points, lattice

from benchmarks.hexagons import cells_beside, hex_neighbours
from generator.errors import SourceError
from generator.hexagons.compute import (
    compute_layout,
)
from generator.hexagons.layout import (
    HexCell,
    cell_centres,
    hexagons,
    lay_over,
    read_layout,
    write_layout,
)

# -- Reading and writing -----------------------------------------------------------------

SMALL: Points = {"A": (-1.0, 52.0), "B": (-0.8, 52.0), "C": (-0.9, 51.9)}


def table(folder: Path, text: str) -> Path:
    path = folder / "cells.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_survives_writing_and_reading(tmp_path: Path) -> None:
    path = table(tmp_path, "code,name,column,row\nC,Sea,0,1\nA,Up,0,0\nB,Right,1,0\n")
    layout = read_layout(path, SMALL)
    assert [cell.code for cell in layout.cells] == ["A", "B", "C"]
    again = tmp_path / "again.csv"
    write_layout(layout, {"A": "Up", "B": 'The "right", one', "C": "Ynys Môn"}, again)
    assert read_layout(again, SMALL) == layout
    assert again.read_bytes().startswith(b"code,name,column,row\nA,Up,0,0\nB,")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code,column,row\nA,0,0\nA,1,0\nB,2,0\nC,0,1\n", "A stands in the table twice"),
        ("code,column,row\nA,0,0\nB,0,0\nC,0,1\n", "B has the same cell as A"),
        ("code,column,row\nA,0,0\nB,1.5,0\nC,0,1\n", "B are not whole numbers"),
        ("code,column,row\nA,0,0\nB,1\nC,0,1\n", "B are not whole numbers"),
        ("code,column,row\nA,0,0\nB,1,0\nC,0,1\nD,1,1\n", "unknown code D"),
        ("code,column,row\nA,0,0\nB,1,0\n", "no cell for C"),
        ("code,column,row\nA,0,0\n,1,0\nB,2,0\nC,0,1\n", "row 3: no code"),
        ("code,spalte,row\nA,0,0\n", "no column 'column'"),
        ("code,column,row\n", "no cell for A, B, C"),
        ("code,column,row\nA,1,1\nB,0,1\nC,0,0\n", "run against the points"),
    ],
)
def test_a_bad_table_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = table(tmp_path, text)
    with pytest.raises(SourceError) as refused:
        read_layout(path, SMALL)
    assert says in refused.value.message
    assert str(path) in refused.value.where
    assert refused.value.fix


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    path = table(tmp_path, "code,column,row\nA,0,0\nB,x,0\nD,0,0\n")
    with pytest.raises(SourceError, match=r"whole numbers.*same cell.*unknown code D.*for C"):
        read_layout(path, SMALL)


def test_a_table_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"build\.py hexagons"):
        read_layout(tmp_path / "none.csv", SMALL)


def test_points_off_the_map_are_refused() -> None:
    with pytest.raises(SourceError, match="the point of B is not a longitude and latitude"):
        compute_layout({"A": (-1.0, 52.0), "B": (451_000.0, 339_000.0)})
    with pytest.raises(SourceError, match="no area"):
        compute_layout({})


def test_lattice_is_laid_over_the_points_by_least_squares() -> None:
    true = lattice({f"{c}{r}": (c, r) for c in range(5) for r in range(6)})
    centres = hexagons(true).geometry.centroid
    degrees = gpd.GeoSeries(centres, crs="EPSG:3857").to_crs("EPSG:4326")
    points = {cell.code: (p.x, p.y) for cell, p in zip(true.cells, degrees, strict=True)}
    fitted = lay_over(true.cells, points, where="")
    assert fitted.width_m == pytest.approx(true.width_m, rel=1e-4)
    assert fitted.origin_x_m == pytest.approx(true.origin_x_m, abs=5)
    assert fitted.origin_y_m == pytest.approx(true.origin_y_m, abs=5)


# -- Shapes ------------------------------------------------------------------------------

cells_of_any_layout = st.sets(
    st.tuples(st.integers(-4, 12), st.integers(-4, 12)), min_size=1, max_size=25
)


@given(cells_of_any_layout, st.floats(500, 60_000))
@settings(max_examples=40)
def test_hexagons_are_regular_and_tile(cells: set[tuple[int, int]], width_m: float) -> None:
    layout = lattice({f"{k:02}": cell for k, cell in enumerate(sorted(cells))}, width_m)
    frame = hexagons(layout)
    assert list(frame.columns) == ["code", "geometry"]
    assert frame["code"].is_monotonic_increasing
    assert frame.crs.to_epsg() == 3857
    assert frame.is_valid.all()
    assert all(
        shape.exterior.is_ccw and len(shape.exterior.coords) == 7 for shape in frame.geometry
    )
    plane = frame.geometry
    for shape in plane:
        side = [math.dist(p, q) for p, q in itertools.pairwise(shape.exterior.coords)]
        assert side == pytest.approx([width_m / math.sqrt(3)] * 6, abs=0.02)
    assert plane.area.sum() == pytest.approx(shapely.union_all(plane.to_numpy()).area, rel=1e-9)
    assert shapely.coverage_is_valid(frame.geometry.to_numpy())


@given(cells_of_any_layout)
@settings(max_examples=40)
def test_neighbours_share_two_corners_exactly(cells: set[tuple[int, int]]) -> None:
    layout = lattice({f"{k:02}": cell for k, cell in enumerate(sorted(cells))})
    corners = {row.code: set(row.geometry.exterior.coords) for row in hexagons(layout).itertuples()}
    beside = hex_neighbours(layout)
    for a, b in itertools.combinations(corners, 2):
        shared = len(corners[a] & corners[b])
        assert shared in (0, 2)
        assert (b in beside[a]) == (a in beside[b]) == (shared == 2)


@given(st.integers(-50, 50), st.integers(-50, 50))
def test_the_six_neighbours_are_one_width_away(column: int, row: int) -> None:
    here = cell_centres([HexCell("", column, row)])[0]
    around = cell_centres([HexCell("", *p) for p in cells_beside(column, row)])
    step = around - here
    assert np.hypot(*step.T) == pytest.approx(np.ones(6))
    turn = np.degrees(np.arctan2(step[:, 1], step[:, 0])) % 360
    assert turn == pytest.approx([0, 60, 120, 180, 240, 300], abs=1e-9)
