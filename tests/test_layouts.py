"""Geometry for drawing: on whole-number grids, with borders that stay shared."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import area_of, cells, layout_of, net_area, read_path

from generator.maps.layouts import (
    ladder_unit,
    make_layout,
    rung_for,
    simplify,
    to_wgs84,
)
from generator.maps.shapes import line_path
from generator.maps.sheets import sheets

seeds = st.integers(0, 10_000)
rungs = st.integers(0, 10)


def one(geometry: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": ["E07000001"]}, geometry=[geometry], crs="EPSG:3857")


# -- The ladder ------------------------------------------------------------------------------


@given(st.integers(0, 40))
def test_a_rung_s_own_unit_leads_back_to_it(rung: int) -> None:
    assert rung_for(ladder_unit(rung)) == rung


@given(st.floats(25, 1e6))
def test_the_rung_is_the_coarsest_that_is_fine_enough(metres: float) -> None:
    rung = rung_for(metres)
    assert ladder_unit(rung) <= metres * (1 + 1e-9)
    assert ladder_unit(rung + 1) > metres * (1 - 1e-9)


def test_finer_than_the_ladder_is_its_lowest_rung() -> None:
    assert rung_for(1.0) == 0


# -- Levels ----------------------------------------------------------------------------------


@settings(max_examples=25)
@given(seeds, st.integers(1, 14), rungs)
def test_paths_fill_what_the_areas_fill(seed: int, count: int, rung: int) -> None:
    layout = layout_of(cells(seed, count))
    detail = layout.detail(rung)
    thin, _ = simplify(layout, detail.unit_m)
    assert detail.unit_m == ladder_unit(rung)
    assert tuple(detail.shapes) == layout.codes
    for code, geometry in zip(layout.codes, thin, strict=True):
        filled = area_of(detail.shapes[code].path()) * detail.unit_m**2
        # Each corner moves by at most half a unit's diagonal.
        slack = geometry.length * detail.unit_m * 0.75 + 2 * detail.unit_m**2
        assert abs(filled - geometry.area) <= slack


@settings(max_examples=25)
@given(seeds, st.integers(2, 14), rungs)
def test_borders_stay_shared(seed: int, count: int, rung: int) -> None:
    """Along a shared border one area's outline runs against the other's, so that in the sum of
    the signed areas it cancels: what is left is exactly the outline of them all."""
    layout = layout_of(cells(seed, count))
    detail = layout.detail(rung)
    parts = sum(net_area(shape.path()) for shape in detail.shapes.values())
    assert parts == net_area(layout.outline(layout.codes, rung).path())


@settings(max_examples=25)
@given(seeds, st.integers(2, 14), st.floats(0, 60_000))
def test_simplified_areas_are_still_a_coverage(seed: int, count: int, tolerance: float) -> None:
    layout = layout_of(cells(seed, count))
    thin, _ = simplify(layout, tolerance)
    assert shapely.coverage_is_valid(thin)
    assert shapely.is_valid(thin).all()
    assert not shapely.is_empty(thin).any()
    assert shapely.union_all(thin).area == pytest.approx(shapely.area(thin).sum(), rel=1e-9)
    corners = shapely.get_num_coordinates
    assert corners(thin).sum() <= corners(layout.geometry).sum()


@settings(max_examples=25)
@given(seeds, st.integers(1, 14), st.integers(0, 24))
def test_nothing_vanishes_however_coarse(seed: int, count: int, rung: int) -> None:
    layout = layout_of(cells(seed, count))
    detail = layout.detail(rung)
    for shape in [*detail.shapes.values(), *detail.outlines.values()]:
        rings = read_path(shape.path())
        assert len(rings) >= 1
        assert all(len(ring) >= 3 for ring in rings)
        points = np.array([point for ring in rings for point in ring])
        assert shape.box == (*points.min(axis=0), *points.max(axis=0))
    assert set(detail.outlines) == set(layout.group_of.values())


@given(seeds, st.integers(-2000, 2000), st.integers(-2000, 2000))
def test_a_path_can_be_put_anywhere(seed: int, left: int, top: int) -> None:
    shape = next(iter(layout_of(cells(seed % 5, 3)).detail(4).shapes.values()))
    moved = read_path(shape.path(left, top))
    assert moved == [[(x - left, y - top) for x, y in ring] for ring in read_path(shape.path())]


def test_islands_and_holes_are_rings_of_one_path() -> None:
    square = shapely.box(0, 0, 10_000, 10_000)
    hole = shapely.box(2_000, 2_000, 4_000, 5_000)
    island = shapely.box(20_000, 0, 21_000, 1_000)
    layout = make_layout("geography", one(shapely.MultiPolygon([square - hole, island])))
    path = layout.detail(0).shapes["E07000001"].path()
    assert len(read_path(path)) == 3
    assert area_of(path) * 25**2 == 10_000**2 - 2_000 * 3_000 + 1_000**2


@settings(max_examples=20)
@given(seeds, st.integers(2, 12), rungs, st.booleans(), st.booleans())
def test_holes_run_against_their_shells(
    seed: int, count: int, rung: int, turned: bool, simplified: bool
) -> None:
    """SVG fills by winding: a hole that ran like its shell would be painted over."""
    frame = cells(seed, count)
    frame["geometry"] = [_with_a_lake(shape, turned) for shape in frame.geometry]
    layout = layout_of(frame, cells=not simplified)
    holes = 0
    for shape in layout.detail(rung).shapes.values():
        filled = area_of(shape.path())
        slack = 0.02 * filled + 2  # rings that cross themselves where the grid is coarse
        assert abs(net_area(shape.path()) - filled) <= slack
        holes += len(read_path(shape.path())) > 1
    assert holes or rung > 3


def _with_a_lake(shape: shapely.Geometry, turned: bool) -> shapely.Polygon:
    """The largest part of a shape with a hole in its middle, which may run like its shell."""
    widest = max(shapely.get_parts(shape), key=shapely.area)
    x, y, radius = *(circle := shapely.maximum_inscribed_circle(widest)).coords[0], circle.length
    lake = shapely.box(x - radius / 2, y - radius / 2, x + radius / 2, y + radius / 2)
    shell = shapely.orient_polygons(shapely.Polygon(widest.exterior), exterior_cw=turned).exterior
    ring = shapely.orient_polygons(lake, exterior_cw=turned).exterior
    return shapely.Polygon(shell, [ring])


def test_y_runs_down() -> None:
    layout = make_layout("geography", one(shapely.box(0, 1_000, 500, 2_000)))
    assert layout.detail(0).shapes["E07000001"].box == (0, -80, 20, -40)


def test_straight_runs_are_one_line_but_a_spike_keeps_its_tip() -> None:
    straight = shapely.Polygon([(0, 0), (250, 0), (500, 0), (500, 500), (0, 500)])
    (ring,) = read_path(make_layout("g", one(straight)).detail(0).shapes["E07000001"].path())
    assert len(ring) == 4
    spike = shapely.Polygon([(0, 0), (500, 0), (500, 240), (900, 251), (500, 260), (500, 500)])
    (ring,) = read_path(make_layout("g", one(spike)).detail(0).shapes["E07000001"].path())
    assert (36, -10) in ring


def test_a_speck_is_still_drawn() -> None:
    layout = make_layout("geography", one(shapely.box(10_000, 10_000, 10_001, 10_001)))
    shape = layout.detail(10).shapes["E07000001"]
    assert 0 < area_of(shape.path()) <= 1
    assert abs(shape.x - 10_000 / ladder_unit(10)) <= 1


def test_cells_are_never_simplified() -> None:
    frame = cells(1, 6)
    layout = layout_of(frame, cells=True)
    thin, _ = simplify(layout, 50_000)
    assert all(a.equals_exact(b, 0) for a, b in zip(thin, frame.geometry, strict=True))


def test_a_detail_is_made_once() -> None:
    layout = layout_of(cells(1, 3))
    assert layout.detail(3) is layout.detail(3)


def test_outlines_leave_out_the_borders_within_a_group() -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["E07000001", "E07000002"]},
        geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)],
        crs="EPSG:3857",
    )
    layout = make_layout("g", frame, group_of={"E07000001": "G", "E07000002": "G"})
    (ring,) = read_path(layout.detail(0).outlines["G"].path())
    assert len(ring) == 4
    assert layout.detail(0).borders["G"].length == 6000


def test_areas_come_in_the_order_of_their_codes_and_in_web_mercator() -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["E07000002", "E07000001"]},
        geometry=[shapely.box(-1, 52, 0, 53), shapely.box(0, 52, 1, 53)],
        crs="EPSG:4326",
    )
    layout = make_layout("geography", frame, context=frame.iloc[:1])
    assert layout.codes == ("E07000001", "E07000002")
    assert layout.box == pytest.approx((-111319.49, 6800125.45, 111319.49, 6982997.92), abs=0.01)
    assert layout.within(layout.box) == list(layout.codes)
    assert layout.within((1_000, 6_900_000, 2_000, 6_900_001)) == ["E07000001"]
    back = to_wgs84(layout.geometry[1])
    assert back.bounds == pytest.approx((-1, 52, 0, 53), abs=1e-6)


@settings(max_examples=20)
@given(seeds)
def test_the_middle_of_an_area_lies_in_it(seed: int) -> None:
    layout = layout_of(cells(seed, 5))
    for code, geometry in zip(layout.codes, layout.geometry, strict=True):
        x, y, radius = layout.middle(code)
        assert shapely.Point(x, y).buffer(radius * 0.9).within(geometry.buffer(1))


def test_lines_are_drawn_from_their_first_point() -> None:
    lines = shapely.MultiLineString([[(0, 0), (100, 0), (100, 100)], [(500, 500), (501, 500)]])
    assert line_path(lines, 25.0, 1, -4) == "M-1 4l4 0 0-4"


# -- Sheets ----------------------------------------------------------------------------------


@settings(max_examples=20)
@given(seeds, st.integers(1, 20), st.integers(200, 5_000))
def test_sheets_deal_out_all_areas(seed: int, count: int, target: int) -> None:
    layout = layout_of(cells(seed, count))
    cut = sheets(layout, 4, target_bytes=target)
    codes = [code for sheet in cut for code in sheet.paths]
    assert sorted(codes) == list(layout.codes)
    detail = layout.detail(4)
    for sheet in cut:
        assert list(sheet.paths) == sorted(sheet.paths)
        for code, path in sheet.paths.items():
            left, top, right, bottom = detail.shapes[code].box
            assert sheet.box[0] <= left
            assert sheet.box[1] <= top
            assert sheet.box[2] >= right
            assert sheet.box[3] >= bottom
            assert path == detail.shapes[code].path()
        size = sum(len(code) + len(path) for code, path in sheet.paths.items())
        assert len(sheet.paths) == 1 or size <= target * 1.2
