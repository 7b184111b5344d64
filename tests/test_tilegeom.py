"""Properties of thinning, snapping and mending that hold for every coverage."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.coverages import voronoi_coverage
from generator.tilegeom import (
    Coverage,
    Thinner,
    areas_m2,
    coverage,
    doubled_areas,
    next_position,
    to_mercator,
    to_metres,
    to_units,
    unit_m,
)
from generator.tilenoding import mend, turning_of
from generator.tilesnap import outlines, raw_shapes, shapes, snap, with_tiny_areas

coverages = st.builds(
    lambda count, seed, depth: coverage(
        voronoi_coverage(count, seed=seed, depth=depth).geometry.to_numpy()
    ),
    st.integers(3, 60),
    st.integers(0, 10_000),
    st.integers(0, 4),
)


def squares() -> Coverage:
    """Two unit squares (degrees) side by side, and a third across the sea with a hole."""
    ring = shapely.box(3, 0, 5, 2)
    return coverage(
        [
            shapely.box(0, 0, 1, 1),
            shapely.box(1, 0, 2, 1),
            shapely.difference(ring, shapely.box(3.5, 0.5, 4.5, 1.5)),
        ]
    )


def rounded(cover: Coverage, zoom: int) -> np.ndarray:  # type: ignore[type-arg]
    snapped = mend(snap(cover, np.ones(len(cover.xy), dtype=bool), zoom), turning_of(cover))
    return shapes(snapped)


def test_the_topology_of_three_squares() -> None:
    cover = squares()
    assert len(cover.xy) == 6 + 8
    assert np.count_nonzero(cover.across >= 0) == 2
    # The two corners where the squares meet are nodes: three borders meet there.
    assert np.count_nonzero(cover.links[:, 0] < 0) == 2
    assert (np.abs(turning_of(cover)) == 1).all()


def test_mercator_agrees_with_an_independent_projection() -> None:
    import pyproj

    lonlat = np.array([[-6.4, 49.87], [0.0, 51.48], [1.76, 55.81], [-0.1, 0.0]])
    ours = to_mercator(lonlat)
    theirs = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(*lonlat.T)
    assert ours == pytest.approx(np.stack(theirs, axis=1), abs=1e-6)


def test_units_and_metres_are_inverse() -> None:
    units = np.array([[0, 0], [4096, 8192], [65535, 12345]])
    assert to_units(to_metres(units, 4), 4).tolist() == units.tolist()
    assert to_metres(np.array([[0, 0]]), 4)[0].tolist() == pytest.approx(
        [-20037508.342789244, 20037508.342789244]
    )


def test_next_position_passes_over_empty_rings() -> None:
    assert next_position(np.array([0, 0, 3, 3, 5, 5])).tolist() == [1, 2, 0, 4, 3]


def test_areas_without_their_holes() -> None:
    one, two, ring = areas_m2(squares())
    assert one == pytest.approx(two)
    assert ring == pytest.approx(3 * one, rel=0.002)


@given(coverages, st.floats(1, 1e9))
def test_thinning_draws_no_border_across_another(cover: Coverage, limit_m2: float) -> None:
    thinner = Thinner(cover)
    thinner.thin(limit_m2)
    # At zoom 24 a tile unit is less than a millimetre: nothing is rounded away.
    left = snap(cover, thinner.alive, 24)
    made = raw_shapes(left)
    assert shapely.is_valid(made).all()
    assert shapely.coverage_is_valid(made)
    assert (np.sign(doubled_areas(left.xy, left.rings)) == turning_of(cover)).all()


@given(coverages, st.floats(1, 1e9))
def test_thinning_keeps_nodes_and_rings(cover: Coverage, limit_m2: float) -> None:
    thinner = Thinner(cover)
    thinner.thin(limit_m2)
    assert thinner.alive[cover.links[:, 0] < 0].all()
    before = np.diff(cover.rings)
    after = np.add.reduceat(thinner.alive[cover.vertex].astype(int), cover.rings[:-1])
    assert (after >= np.minimum(before, 4)).all()


@given(coverages)
def test_thinning_further_only_removes(cover: Coverage) -> None:
    thinner = Thinner(cover)
    alive = thinner.alive.copy()
    for zoom in range(10, 3, -1):
        thinner.thin((4 * unit_m(zoom)) ** 2)
        assert not (thinner.alive & ~alive).any()
        alive = thinner.alive.copy()


@settings(max_examples=60)
@given(coverages, st.integers(0, 6))
def test_mended_borders_meet_in_vertices_only(cover: Coverage, zoom: int) -> None:
    thinner = Thinner(cover)
    thinner.thin((4 * unit_m(zoom)) ** 2)
    snapped = mend(snap(cover, thinner.alive, zoom), turning_of(cover))
    after = next_position(snapped.rings)
    ends = np.unique(
        np.sort(np.stack([snapped.xy, snapped.xy[after]], axis=1).view("i8,i8"), axis=1).view("i8"),
        axis=0,
    ).reshape(-1, 2, 2)
    lines = shapely.linestrings(ends.astype(float))
    # Whoever nodes these lines finds nothing to add.
    assert shapely.get_num_geometries(shapely.node(shapely.multilinestrings(lines))) == len(lines)


@settings(max_examples=60)
@given(coverages, st.integers(0, 8))
def test_no_area_is_lost_by_rounding(cover: Coverage, zoom: int) -> None:
    made = rounded(cover, zoom)
    corners = to_units(cover.xy[cover.vertex[cover.rings[cover.parts[cover.areas[:-1]]]]], zoom)
    made = with_tiny_areas(made, corners)
    assert len(made) == len(cover.areas) - 1
    assert shapely.is_valid(made).all()
    assert (shapely.area(made) > 0).all()
    assert (shapely.get_coordinates(made) % 1 == 0).all()


def test_a_neck_that_rounding_folds_stays_shared() -> None:
    """A strip 0.6 units wide at zoom 4 between two areas, whose sides are rounded across."""
    unit = 360 / 2**4 / 4096
    xs = np.arange(8) * 3 * unit
    low = np.column_stack([xs, 0.45 * unit * (-1) ** np.arange(8)])
    high = low + np.array([1.3 * unit, 0.3 * unit])
    high[0, 0], high[-1, 0] = low[0, 0], low[-1, 0]
    south = shapely.Polygon([*low, (xs[-1], -60 * unit), (xs[0], -60 * unit)])
    strip = shapely.Polygon([*low, *high[::-1]])
    north = shapely.Polygon([*high, (xs[-1], 60 * unit), (xs[0], 60 * unit)])
    assert shapely.coverage_is_valid([south, strip, north])
    made = rounded(coverage([south, strip, north]), 4)
    edge = shapely.boundary(made)
    # Each piece of a border belongs to two of the three, or to the outer frame.
    alone = shapely.difference(edge[1], shapely.union(edge[0], edge[2]))
    frame = shapely.boundary(shapely.union_all(made))
    assert shapely.difference(alone, frame).length == 0


def test_outlines_part_the_groups() -> None:
    cover = squares()
    snapped = snap(cover, np.ones(len(cover.xy), dtype=bool), 4)
    made = rounded(cover, 4)
    lines, group = outlines(snapped, np.array([0, 0, 1]))
    assert set(group) == {0, 1}
    length = [
        sum(line.length for line, g in zip(lines, group, strict=True) if g == at) for at in (0, 1)
    ]
    assert length[0] == pytest.approx(shapely.union_all(made[:2]).length)
    assert length[1] == pytest.approx(made[2].length)
    # Areas of no group have no outline, but still bound one.
    lines, group = outlines(snapped, np.array([0, -1, -1]))
    assert shapely.length(lines).sum() == pytest.approx(made[0].length)
