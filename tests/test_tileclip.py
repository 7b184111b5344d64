"""Properties of cutting rings, lines and points into tiles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.tiles.clip import BUFFER, TilePaths, clip, clip_points
from generator.tiles.coverage import EXTENT, doubled_areas
from generator.tiles.paths import Paths, chained, combined, split_at_repeats, turned

ZOOM = 4
ORIGIN = 5 * EXTENT
"""Shapes are put here, some tiles away from the edge of the world."""
STEP = 16
"""Divides a tile and its buffer, so that edges can lie on cutting lines."""


def paths_of(shapes: list[shapely.Geometry]) -> Paths:
    """Rings of polygons and multipolygons, turned as `clip` wants them."""
    some = []
    for owner, shape in enumerate(shapes):
        for part in shapely.get_parts(shape):
            for at, ring in enumerate([part.exterior, *part.interiors]):
                xy = np.array(ring.coords)[:-1].astype(np.int64)
                one = Paths(xy, np.array([0, len(xy)]), np.array([owner]))
                some.append(turned(one, np.array([at == 0])))
    return combined(some)


def tiles_of(clipped: TilePaths) -> Iterator[tuple[tuple[int, int], dict[int, shapely.Geometry]]]:
    """For each tile its areas: the outer rings less the holes."""
    for tile in sorted(set(map(tuple, clipped.tile.tolist()))):
        signs: dict[int, tuple[list[shapely.Polygon], list[shapely.Polygon]]] = {}
        for at in np.flatnonzero(np.all(clipped.tile == tile, axis=1)):
            xy = ring_of(clipped.paths, at)
            outer = doubled_areas(xy, np.array([0, len(xy)]))[0] > 0
            signs.setdefault(int(clipped.paths.owner[at]), ([], []))[0 if outer else 1].append(
                shapely.Polygon(xy)
            )
        yield tile, {owner: area_of(*rings) for owner, rings in signs.items()}


def ring_of(paths: Paths, at: int) -> np.ndarray:  # type: ignore[type-arg]
    return paths.xy[paths.offsets[at] : paths.offsets[at + 1]]


def area_of(outer: list[shapely.Polygon], holes: list[shapely.Polygon]) -> shapely.Geometry:
    assert shapely.is_valid(outer + holes).all()
    whole = shapely.union_all(outer)
    # Outer rings don't overlap, unless one is an island in a hole.
    if not holes:
        assert whole.area == pytest.approx(shapely.area(outer).sum())
    assert shapely.union_all(holes).area == pytest.approx(shapely.area(holes).sum())
    if not holes:
        return whole
    return shapely.union_all([shapely.difference(one, shapely.union_all(
        [hole for hole in holes if one.area > hole.area])) for one in outer])  # fmt: skip


def square(tile: tuple[int, int], buffer: int = BUFFER) -> shapely.Polygon:
    x, y = tile[0] * EXTENT, tile[1] * EXTENT
    return shapely.box(x - buffer, y - buffer, x + EXTENT + buffer, y + EXTENT + buffer)


@st.composite
def blocks(draw: st.DrawFn) -> shapely.Geometry:
    """Boxes joined and cut out of each other, some with an edge on a cutting line."""
    place = st.integers(-2 * EXTENT // STEP, 2 * EXTENT // STEP) | st.sampled_from(
        [edge // STEP for edge in (-EXTENT, -BUFFER, 0, BUFFER, EXTENT - BUFFER, EXTENT + BUFFER)]
    )
    shape: shapely.Geometry = shapely.MultiPolygon()
    for x, y, other_x, other_y, cut in draw(
        st.lists(st.tuples(place, place, place, place, st.booleans()), min_size=1, max_size=8)
    ):
        box = shapely.box(x, y, other_x, other_y)
        shape = shapely.difference(shape, box) if cut else shapely.union(shape, box)
    polygons = [part for part in shapely.get_parts(shape) if part.area > 0]
    assume(shape.area > 0)
    return shapely.transform(shapely.MultiPolygon(polygons), lambda xy: xy * STEP + ORIGIN)


@st.composite
def stars(draw: st.DrawFn) -> shapely.Polygon:
    """Rugged shapes on whole numbers."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    count = draw(st.integers(3, 60))
    angle = np.sort(rng.uniform(0, 2 * np.pi, count))
    reach = rng.uniform(30, draw(st.sampled_from([60, 500, 5000, 9000])), count)
    centre = ORIGIN + rng.integers(-BUFFER, EXTENT + BUFFER, 2)
    xy = centre + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    star = shapely.remove_repeated_points(shapely.Polygon(np.rint(xy)))
    assume(star.is_valid and star.area > 0)
    return star


@settings(max_examples=150)
@given(blocks())
def test_tiles_hold_exactly_their_part_of_an_area(shape: shapely.Geometry) -> None:
    found = dict(tiles_of(clip(paths_of([shape]), ZOOM, closed=True)))
    for tile, areas in found.items():
        assert areas[0].equals(shapely.intersection(shape, square(tile)).buffer(0))
    pieces = [shapely.intersection(areas[0], square(tile, 0)) for tile, areas in found.items()]
    assert shapely.union_all(pieces).area == shape.area


@settings(max_examples=150)
@given(stars())
def test_a_cut_is_at_the_nearest_grid_point(shape: shapely.Polygon) -> None:
    clipped = clip(paths_of([shape]), ZOOM, closed=True)
    for tile, areas in tiles_of(clipped):
        off = shapely.symmetric_difference(areas[0], shapely.intersection(shape, square(tile)))
        # Half a unit along each of the two lines that cut an edge.
        assert shapely.buffer(off, -0.75).is_empty
    covered = [square(tile) for tile in map(tuple, clipped.tile.tolist())]
    # What is so narrow that rounding closes it can be left out.
    assert shapely.difference(shape, shapely.union_all(covered)).buffer(-0.75).is_empty


@settings(max_examples=150)
@given(stars())
def test_vertices_stay_and_none_is_made_inside(shape: shapely.Polygon) -> None:
    clipped = clip(paths_of([shape]), ZOOM, closed=True)
    given_points = {tuple(map(int, xy)) for xy in shape.exterior.coords}
    for tile in set(map(tuple, clipped.tile.tolist())):
        rows = np.flatnonzero(np.all(clipped.tile == tile, axis=1))
        made = {tuple(xy) for at in rows for xy in ring_of(clipped.paths, at).tolist()}
        west, north, east, south = map(int, square(tile).bounds)
        inside = {(x, y) for x, y in given_points if west < x < east and north < y < south}
        on_line = {(x, y) for x, y in made if x in (west, east) or y in (north, south)}
        assert made - on_line <= inside
        # Needles and notches so narrow that rounding closes them can be left out.
        here = shapely.intersection(shape, square(tile))
        for side in (here, shapely.difference(square(tile), shape)):
            wide = side.buffer(-0.75).buffer(0.76)
            inside -= {xy for xy in inside - made if not wide.covers(shapely.Point(xy))}
        assert inside <= made


@settings(max_examples=100)
@given(stars())
def test_neighbours_are_cut_in_the_same_points(shape: shapely.Polygon) -> None:
    frame = shapely.box(ORIGIN - 10_000, ORIGIN - 10_000, ORIGIN + 14_096, ORIGIN + 14_096)
    clipped = clip(paths_of([shape, shapely.difference(frame, shape)]), ZOOM, closed=True)
    for tile in set(map(tuple, clipped.tile.tolist())):
        edges: list[set[tuple[int, ...]]] = [set(), set()]
        west, north, east, south = map(int, square(tile).bounds)
        for at in np.flatnonzero(np.all(clipped.tile == tile, axis=1)):
            xy = ring_of(clipped.paths, at).tolist()
            for a, b in zip(xy, [*xy[1:], xy[0]], strict=True):
                on_line = (a[0] == b[0] and a[0] in (west, east)) or (
                    a[1] == b[1] and a[1] in (north, south)
                )
                if not on_line:
                    edges[clipped.paths.owner[at]].add((*min(a, b), *max(a, b)))
        outer = {
            edge
            for edge in edges[1]
            if shapely.LineString([edge[:2], edge[2:]]).within(frame.exterior)
        }
        # What rounding closes next to a line may be left out on one side of the border.
        lines = np.array([west, north, west, north]), np.array([east, south, east, south])
        for edge in edges[0] ^ (edges[1] - outer):
            assert min(np.abs(np.array(edge) - line).min() for line in lines) <= 1


def test_an_area_that_a_line_cuts_in_two_has_no_bridge() -> None:
    # A U, of which the lower tiles have the two ends only.
    outer = shapely.box(100, 100, 900, EXTENT + 900)
    shape = shapely.difference(outer, shapely.box(300, EXTENT - 500, 600, EXTENT + 900))
    shape = shapely.transform(shape, lambda xy: xy + ORIGIN)
    clipped = clip(paths_of([shape]), ZOOM, closed=True)
    assert clipped.tile.tolist() == [[5, 5], [5, 6], [5, 6]]
    assert np.diff(clipped.paths.offsets).tolist() == [8, 4, 4]


def test_a_tile_within_an_area_is_filled() -> None:
    shape = shapely.box(ORIGIN - 9000, ORIGIN - 9000, ORIGIN + 9000, ORIGIN + 9000)
    found = dict(tiles_of(clip(paths_of([shape]), ZOOM, closed=True)))
    assert len(found) == 25 + 11
    assert found[5, 5][0].equals(square((5, 5)))


def test_a_hole_that_is_cut_belongs_to_the_outline() -> None:
    outer = shapely.box(ORIGIN - 500, ORIGIN - 500, ORIGIN + 500, ORIGIN + 500)
    shape = shapely.difference(
        outer, shapely.box(ORIGIN - 200, ORIGIN - 200, ORIGIN + 200, ORIGIN + 200)
    )
    clipped = clip(paths_of([shape]), ZOOM, closed=True)
    assert len(clipped.tile) == 4
    assert (doubled_areas(clipped.paths.xy, clipped.paths.offsets) > 0).all()


def test_nothing_lies_beyond_the_world() -> None:
    shape = shapely.box(-500, -500, 500, 500)
    assert clip(paths_of([shape]), 3, closed=True).tile.tolist() == [[0, 0]]
    far = 2**3 * EXTENT
    shape = shapely.box(far - 500, far - 500, far + 500, far + 500)
    assert clip(paths_of([shape]), 3, closed=True).tile.tolist() == [[7, 7]]


def test_nothing_is_cut_to_nothing() -> None:
    nothing = combined([])
    assert len(clip(nothing, 3, closed=True).tile) == len(clip(nothing, 3, closed=False).tile) == 0


@settings(max_examples=100)
@given(st.integers(0, 10**6), st.integers(2, 40), st.sampled_from([40, 400, 4000]))
def test_lines_are_cut_where_they_leave(seed: int, count: int, stride: int) -> None:
    rng = np.random.default_rng(seed)
    xy = ORIGIN + np.cumsum(rng.integers(-stride, stride + 1, (count, 2)), axis=0)
    xy = xy[np.any(np.diff(xy, axis=0, prepend=-1) != 0, axis=1)]
    assume(len(xy) > 1 and xy.min() > 0 and xy.max() < 2**ZOOM * EXTENT)
    whole = shapely.LineString(xy)
    clipped = clip(Paths(xy, np.array([0, len(xy)]), np.array([3])), ZOOM, closed=False)
    lines = [shapely.LineString(ring_of(clipped.paths, at)) for at in range(len(clipped.tile))]
    assert set(clipped.paths.owner) == {3}
    for tile, line in zip(map(tuple, clipped.tile.tolist()), lines, strict=True):
        assert square(tile).covers(line)
        assert shapely.difference(line, whole.buffer(1)).length == 0
    inner = [
        shapely.intersection(line, square(tile, 0))
        for tile, line in zip(map(tuple, clipped.tile.tolist()), lines, strict=True)
    ]
    assert shapely.difference(whole, shapely.union_all(inner).buffer(1.5)).length == 0


@given(st.lists(st.tuples(st.integers(0, 4 * EXTENT), st.integers(0, 4 * EXTENT)), max_size=9))
def test_points_are_in_every_tile_that_shows_them(points: list[tuple[int, int]]) -> None:
    xy = np.array(points, dtype=np.int64).reshape(-1, 2)
    found = clip_points(xy, np.arange(len(xy)), 2)
    got = {(*tile, owner) for tile, owner in zip(
        map(tuple, found.tile.tolist()), found.paths.owner.tolist(), strict=True)}  # fmt: skip
    assert len(got) == len(found.tile)
    assert got == {
        (x, y, at)
        for x in range(4)
        for y in range(4)
        for at, point in enumerate(points)
        if shapely.contains_properly(square((x, y)), shapely.Point(point))
    }
    assert (found.paths.xy == xy[found.paths.owner]).all()


def test_tiles_come_in_order_and_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = [shapely.box(x, x, x + 5000, x + 3000) for x in range(0, 30_000, 700)]
    whole = clip(paths_of(shapes), ZOOM, closed=True)
    monkeypatch.setattr("generator.tiles.clip._BLOCK", 16)
    blocked = clip(paths_of(shapes), ZOOM, closed=True)
    assert whole.tile.tolist() == sorted(whole.tile.tolist())
    assert whole.tile.tolist() == blocked.tile.tolist()
    assert whole.paths.xy.tolist() == blocked.paths.xy.tolist()


def test_chains_are_followed_from_their_start() -> None:
    #    3 → 0 → 4, a circle of 1, 5, 2, and 6 by itself in a circle
    order, first = chained(np.array([4, 5, 1, 0, -1, 2, 6]))
    assert order.tolist() == [1, 5, 2, 3, 0, 4, 6]
    assert first.tolist() == [3, 1, 1, 3, 3, 1, 6]


def test_a_ring_is_taken_apart_where_it_meets_itself() -> None:
    ring = np.array([[0, 0], [2, 0], [1, 1], [2, 2], [0, 2], [1, 1]])
    square_ring = np.array([[5, 5], [6, 5], [6, 6], [5, 6]])
    rings = Paths(np.concatenate([ring, square_ring]), np.array([0, 6, 10]), np.array([7, 8]))
    split, source = split_at_repeats(rings, np.array([0]))
    assert source.tolist() == [1, 0, 0]
    assert split.owner.tolist() == [8, 7, 7]
    loops = [ring_of(split, at).tolist() for at in range(3)]
    assert loops[0] == square_ring.tolist()
    assert loops[1:] == [[[1, 1], [2, 2], [0, 2]], [[0, 0], [2, 0], [1, 1]]]
