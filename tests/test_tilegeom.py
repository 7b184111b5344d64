"""Properties of thinning, snapping and fixing that hold for every coverage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.coverages import voronoi_coverage
from generator.tiles.coverage import (
    Coverage,
    Thinner,
    areas_m2,
    coverage,
    doubled_areas,
    next_position,
    owners_of_rings,
    to_mercator,
    to_metres,
    to_units,
    unit_m,
)
from generator.tiles.noding import fix, turning_of
from generator.tiles.paths import Paths
from generator.tiles.snap import Snapped, area_rings, outlines, raw_shapes, snap


def coverage_of(lonlat: Sequence[shapely.Geometry] | np.ndarray) -> Coverage:
    """The coverage of shapes in degrees."""
    return coverage(shapely.transform(np.asarray(lonlat, dtype=object), to_mercator))


coverages = st.builds(
    lambda count, seed, depth: coverage_of(
        voronoi_coverage(count, seed=seed, depth=depth).geometry.to_numpy()
    ),
    st.integers(3, 60),
    st.integers(0, 10_000),
    st.integers(0, 4),
)


def squares() -> Coverage:
    """Two unit squares (degrees) side by side, and a third across the sea with a hole."""
    ring = shapely.box(3, 0, 5, 2)
    return coverage_of(
        [
            shapely.box(0, 0, 1, 1),
            shapely.box(1, 0, 2, 1),
            shapely.difference(ring, shapely.box(3.5, 0.5, 4.5, 1.5)),
        ]
    )


def polygons(rings: Paths, count: int) -> np.ndarray:  # type: ignore[type-arg]
    """Areas from their rings: what the outer ones hold, without the holes."""
    parts: list[list[shapely.Polygon]] = [[] for _ in range(count)]
    sizes = doubled_areas(rings.xy, rings.offsets)
    # Outer rings first, and a hole before the islands in it.
    for at in np.argsort(-np.abs(sizes), kind="stable"):
        ring = shapely.Polygon(rings.xy[rings.offsets[at] : rings.offsets[at + 1]])
        parts[rings.owner[at]].append(ring)
    return np.array([_even_odd(some) for some in parts])


def _even_odd(rings: list[shapely.Polygon]) -> shapely.Geometry:
    area: shapely.Geometry = shapely.MultiPolygon()
    for ring in rings:
        area = shapely.symmetric_difference(area, ring)
    return area


def all_of(cover: Coverage) -> np.ndarray:  # type: ignore[type-arg]
    return np.arange(len(cover.areas) - 1)


def rounded(cover: Coverage, zoom: int) -> Paths:
    snapped = fix(snap(cover, np.ones(len(cover.xy), dtype=bool), zoom), turning_of(cover))
    corners = to_units(cover.xy[cover.vertex[cover.rings[cover.parts[cover.areas[:-1]]]]], zoom)
    return area_rings(*snapped, corners)


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
    made = raw_shapes(left, all_of(cover))
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


def unnoded(snapped: Snapped) -> int:
    """How many edges a noder cuts or adds."""
    after = next_position(snapped.rings)
    pairs = np.stack([snapped.xy, snapped.xy[after]], axis=1).tolist()
    edges = {tuple(sorted(map(tuple, pair))) for pair in pairs}
    lines = shapely.multilinestrings([shapely.linestrings(edge) for edge in sorted(edges)])
    noded = shapely.get_parts(shapely.node(lines))
    found = {tuple(sorted(map(tuple, line.coords))) for line in noded}
    return len(edges ^ found)


@settings(max_examples=60)
@given(coverages, st.integers(0, 4), st.booleans())
def test_fixed_borders_meet_in_vertices_only(cover: Coverage, zoom: int, thin: bool) -> None:
    thinner = Thinner(cover)
    if thin:
        thinner.thin((4 * unit_m(zoom)) ** 2)
    fixed, _ = fix(snap(cover, thinner.alive, zoom), turning_of(cover))
    assert unnoded(fixed) == 0


def test_rounding_does_fold_some_borders() -> None:
    cover = coverage_of(voronoi_coverage(60, seed=2, depth=4).geometry.to_numpy())
    snapped = snap(cover, np.ones(len(cover.xy), dtype=bool), 0)
    assert unnoded(snapped) > 0
    assert unnoded(fix(snapped, turning_of(cover))[0]) == 0


@settings(max_examples=60)
@given(coverages, st.integers(0, 8))
def test_no_area_is_lost_by_rounding(cover: Coverage, zoom: int) -> None:
    rings = rounded(cover, zoom)
    made = polygons(rings, len(cover.areas) - 1)
    assert (np.diff(rings.owner) >= 0).all()
    assert (shapely.area(made) > 0).all()
    # Outer rings turn one way, holes the other, and nothing is counted twice.
    signed = np.bincount(rings.owner, doubled_areas(rings.xy, rings.offsets) / 2)
    assert signed == pytest.approx(shapely.area(made))


@settings(max_examples=60)
@given(coverages, st.integers(0, 8))
def test_what_touches_itself_is_taken_apart(cover: Coverage, zoom: int) -> None:
    snapped, faulty = fix(snap(cover, np.ones(len(cover.xy), dtype=bool), zoom), turning_of(cover))
    raw = raw_shapes(snapped, all_of(cover))
    assert (shapely.is_valid(raw) == ~faulty).all()
    rings = area_rings(snapped, faulty, np.full((len(raw), 2), -9))
    made = polygons(rings, len(raw))
    whole = shapely.make_valid(raw)
    there = shapely.area(whole) > 0
    assert shapely.area(made)[there] == pytest.approx(shapely.area(whole)[there])
    assert shapely.area(made)[~there] == pytest.approx(1)


def test_a_neck_that_rounding_folds_stays_shared() -> None:
    """Narrow strips at slants, of which rounding folds some."""
    folded = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        x = np.sort(rng.uniform(-40, 40, 24)) * unit_deg(4)
        low = np.column_stack([x, rng.uniform(-2, 2, 24) * unit_deg(4)])
        high = low + np.array([0, 0.6 * unit_deg(4)])
        ends = [(x[-1], 60 * unit_deg(4)), (x[0], 60 * unit_deg(4))]
        south = shapely.Polygon([*low, *(np.array(ends) * (1, -1))])
        strip = shapely.Polygon([*low, *high[::-1]])
        north = shapely.Polygon([*high, *ends])
        cover = coverage_of([south, strip, north])
        snapped = snap(cover, np.ones(len(cover.xy), dtype=bool), 4)
        folded += unnoded(snapped) > 0
        fixed, faulty = fix(snapped, turning_of(cover))
        assert unnoded(fixed) == 0
        made = polygons(area_rings(fixed, faulty, np.full((3, 2), 10**6)), 3)
        # What is a border of the strip is its neighbours', or the outer frame.
        frame = shapely.boundary(shapely.union_all(made))
        beside = shapely.union_all([*shapely.boundary(made[[0, 2]]), frame])
        assert shapely.difference(shapely.boundary(made[1]), beside).length == 0
    assert folded > 3


def unit_deg(zoom: int) -> float:
    """One tile unit on the equator, in degrees."""
    return 360 / 2**zoom / 4096


def lengths(lines: Paths, groups: int) -> list[float]:
    step = np.hypot(*np.diff(lines.xy, axis=0).T)
    step[lines.offsets[1:-1] - 1] = 0
    owner = np.repeat(lines.owner, np.diff(lines.offsets))[:-1]
    return np.bincount(owner, step, groups).tolist()


def test_outlines_part_the_groups() -> None:
    cover = squares()
    snapped = snap(cover, np.ones(len(cover.xy), dtype=bool), 4)
    made = polygons(rounded(cover, 4), 3)
    lines = outlines(snapped, np.array([0, 0, 1]))
    # Two squares as one, and a square with a hole: each line runs all round.
    assert lines.owner.tolist() == [0, 1, 1]
    assert (lines.xy[lines.offsets[:-1]] == lines.xy[lines.offsets[1:] - 1]).all()
    length = lengths(lines, 2)
    assert length[0] == pytest.approx(shapely.union_all(made[:2]).length)
    assert length[1] == pytest.approx(made[2].length)
    # Areas of no group have no outline, but still bound one.
    lines = outlines(snapped, np.array([0, -1, -1]))
    assert lengths(lines, 1) == pytest.approx([made[0].length])
    assert not len(outlines(snapped, np.array([-1, -1, -1])).owner)


@settings(max_examples=40)
@given(coverages, st.integers(1, 5), st.integers(0, 6))
def test_outlines_are_the_boundaries_of_groups(cover: Coverage, groups: int, zoom: int) -> None:
    count = len(cover.areas) - 1
    group = np.arange(count) % groups - (groups > 2)
    snapped, _ = fix(snap(cover, np.ones(len(cover.xy), dtype=bool), zoom), turning_of(cover))
    lines = outlines(snapped, group)
    drawn = (
        shapely.multilinestrings(
            [shapely.LineString(some) for some in np.split(lines.xy, lines.offsets[1:-1])]
        )
        if len(lines.owner)
        else shapely.MultiLineString()
    )
    after = next_position(snapped.rings)
    owner = np.repeat(owners_of_rings(snapped.parts, snapped.areas), np.diff(snapped.rings))
    theirs = np.where(snapped.across < 0, -1, group[snapped.across])
    parting = (group[owner] >= 0) & (theirs != group[owner])
    edges = np.stack([snapped.xy, snapped.xy[after]], axis=1)[parting]
    assert shapely.length(drawn) == pytest.approx(np.hypot(*(edges[:, 1] - edges[:, 0]).T).sum())
    if len(edges):
        wanted = shapely.union_all(shapely.linestrings(edges))
        assert shapely.equals(shapely.union_all(drawn), wanted)


def test_a_hole_does_not_outlive_the_ring_around_it() -> None:
    """Rounded, an outer ring may lie in a line while its hole still has an area."""
    line, hole = [(0, 0), (4, 0), (8, 0)], [(0, 0), (0, 4), (4, 0)]
    snapped = Snapped(
        zoom=4,
        xy=np.array([*line, *hole]),
        rings=np.array([0, 3, 6]),
        parts=np.array([0, 2]),
        areas=np.array([0, 1]),
        across=np.full(6, -1),
    )
    made = area_rings(snapped, np.array([False]), np.array([[100, 200]]))
    assert made.xy.tolist() == [[100, 200], [101, 200], [101, 201], [100, 201]]
    assert shapely.is_empty(raw_shapes(snapped, np.array([0]))).all()
