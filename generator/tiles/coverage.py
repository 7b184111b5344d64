"""Coverages for vector tiles: one topology, thinned further for every zoom.

A coverage is held as flat arrays in which a vertex that several areas share is
stored once.  Thinning acts on that one vertex, so a border can't come apart:
whatever happens to it, happens to both of its sides.

Thinning is the method of Visvalingam and Whyatt (1993, "Line generalisation by
repeated elimination of points"): the vertex whose triangle with its two
neighbours is smallest goes first.  All local minima of a round go at once, which
is what makes it quick in numpy.

Coordinates are EPSG:3857 metres; or whole tile units of one zoom, x to the east and
y to the south of the north-west corner of the world, 4,096 units to a tile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EXTENT = 4096
"""Tile units along the side of a tile."""
EARTH_RADIUS_M = 6378137.0
WORLD_M = 2 * np.pi * EARTH_RADIUS_M
"""Side of the square that EPSG:3857 makes of the world, in metres."""
_BATCH = 50_000
RING_FLOOR = 4
"""Thinning leaves at least this many vertices to a ring that had them."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Areas that share their borders, as flat arrays.

    A *position* is one vertex of one ring; rings are not closed by a repeated
    vertex.  ``V`` vertices, ``M`` positions, ``N`` areas.  What there is of each
    vertex and position are numbers of 32 bits.

    Attributes
    ----------
    xy
        (V, 2) distinct vertices, EPSG:3857 metres.
    vertex
        (M,) vertex at each position.
    rings, parts, areas
        Offsets: of positions to rings, of rings to polygons (the outer ring
        first), of polygons to areas; each one longer than what it counts.
    across
        (M,) area on the other side of the edge that leaves the position, or -1.
    links
        (V, 2) the two neighbours of a vertex that may be thinned; -1 at nodes,
        where borders meet.
    """

    xy: Floats
    vertex: Ints
    rings: Ints
    parts: Ints
    areas: Ints
    across: Ints
    links: Ints


def owners_of_rings(parts: Ints, areas: Ints) -> Ints:
    """Area of each ring, from the offsets of a coverage."""
    area_of_part = np.repeat(np.arange(len(areas) - 1), np.diff(areas))
    return np.asarray(np.repeat(area_of_part, np.diff(parts)))


def unit_m(zoom: int) -> float:
    """Side of one tile unit at a zoom, in EPSG:3857 metres."""
    return float(WORLD_M / 2**zoom / EXTENT)


def to_mercator(lonlat: Floats) -> Floats:
    """Spherical Mercator of (n, 2) degrees, in metres (EPSG method 1024).

    The formula is written out because it runs ten times as fast as a general
    transformation, and equal input gives equal output bit by bit.
    """
    x: Floats = np.radians(lonlat[:, 0]) * EARTH_RADIUS_M
    y: Floats = np.log(np.tan(np.pi / 4 + np.radians(lonlat[:, 1]) / 2)) * EARTH_RADIUS_M
    xy: Floats = np.stack([x, y], axis=1)
    return xy


def to_lonlat(xy_m: Floats) -> Floats:
    """Degrees of (n, 2) metres: what `to_mercator` undoes."""
    longitude = np.degrees(xy_m[:, 0] / EARTH_RADIUS_M)
    latitude = np.degrees(2 * np.arctan(np.exp(xy_m[:, 1] / EARTH_RADIUS_M)) - np.pi / 2)
    lonlat: Floats = np.stack([longitude, latitude], axis=1)
    return lonlat


def to_units(xy_m: Floats, zoom: int) -> Ints:
    """The nearest tile grid point of (n, 2) EPSG:3857 metres."""
    scaled = (xy_m * (1, -1) + WORLD_M / 2) / unit_m(zoom)
    return np.rint(scaled).astype(np.int64)


def to_metres(units: Ints, zoom: int) -> Floats:
    """EPSG:3857 metres of (n, 2) tile grid points."""
    east = units[:, 0] * unit_m(zoom) - WORLD_M / 2
    north = WORLD_M / 2 - units[:, 1] * unit_m(zoom)
    xy_m: Floats = np.stack([east, north], axis=1)
    return xy_m


def next_position(rings: Ints) -> Ints:
    """For each position the one that follows it in its ring."""
    after = np.arange(1, rings[-1] + 1)
    filled = np.diff(rings) > 0
    after[rings[1:][filled] - 1] = rings[:-1][filled]
    return after


def coverage(polygons: Sequence[shapely.Geometry] | NDArray[np.object_]) -> Coverage:
    """Build the topology of valid polygons and multipolygons in EPSG:3857.

    Two areas share a border where their vertices are equal to a tenth of a millimetre.
    """
    kind, metres, offsets = shapely.to_ragged_array(np.asarray(polygons, dtype=object))
    if kind == shapely.GeometryType.POLYGON:
        offsets = (*offsets, np.arange(len(offsets[1])))
    assert len(offsets) == 3, "areas are polygons"
    rings, parts, areas = (offset.astype(np.int64) for offset in offsets)
    del offsets
    metres = np.round(metres, 4)
    metres += 0.0  # -0 is 0
    points, at = np.unique(metres.view(np.complex128)[:, 0], return_inverse=True)
    del metres
    vertex, rings = _unclosed(at.astype(np.int32), rings)
    del at
    owner = np.repeat(owners_of_rings(parts, areas).astype(np.int32), np.diff(rings))
    across, links = _topology(vertex, vertex[next_position(rings)], owner, len(points))
    xy = np.column_stack([points.real, points.imag])
    return Coverage(xy, vertex, rings, parts, areas, across, links)


def _unclosed(at: Ints, rings: Ints) -> tuple[Ints, Ints]:
    """Drop each ring's closing vertex, and repeated vertices."""
    keep = np.ones(len(at), dtype=bool)
    keep[1:] = at[1:] != at[:-1]
    keep[rings[:-1]] = True
    last = rings[1:] - 1
    keep[last] = False
    return at[keep], np.concatenate([[0], np.cumsum(keep)])[rings]


def _topology(start: Ints, end: Ints, owner: Ints, count: int) -> tuple[Ints, Ints]:
    """Who is across each edge, and the neighbours of each vertex that is no node."""
    key = np.minimum(start, end) * np.int64(count) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    key = key[order]
    same = key[1:] == key[:-1]
    across = np.full(len(key), -1, dtype=np.int32)
    across[order[:-1][same]] = owner[order[1:][same]]
    across[order[1:][same]] = owner[order[:-1][same]]
    del order
    low, high = np.divmod(key[np.concatenate([[True], ~same])], count)
    here = np.concatenate([low, high]).astype(np.int32)
    there = np.concatenate([high, low]).astype(np.int32)
    del key, low, high
    by_vertex = np.argsort(here, kind="stable")
    degree = np.bincount(here, minlength=count)
    begin = np.cumsum(degree) - degree
    links = np.full((count, 2), -1, dtype=np.int32)
    inner = np.flatnonzero(degree == 2)
    links[inner, 0] = there[by_vertex[begin[inner]]]
    links[inner, 1] = there[by_vertex[begin[inner] + 1]]
    return across, links


class Thinner:
    """Thins a coverage further and further, from the finest zoom to the coarsest.

    A vertex stays if another lies in the triangle that its removal would sweep
    over: so no border is drawn across another.  `alive` is the (V,) mask of the
    vertices that are left.
    """

    def __init__(self, cover: Coverage) -> None:
        self._cover = cover
        count = len(cover.xy)
        self.alive: Bools = np.ones(count, dtype=bool)
        self._links = cover.links.copy()
        self._free = cover.links[:, 0] >= 0
        self._left = np.diff(cover.rings)
        # A vertex that is no node lies in one ring, or in two.
        ring_of = np.repeat(np.arange(len(cover.rings) - 1, dtype=np.int32), self._left)
        self._in_rings = np.full((count, 2), -1, dtype=np.int32)
        self._in_rings[cover.vertex, 0] = ring_of
        self._in_rings[cover.vertex[::-1], 1] = ring_of[::-1]
        self._area = np.full(count, np.inf)
        self._indexed = np.zeros(0, dtype=np.int64)
        self._tree: Any = None

    def thin(self, limit_m2: float) -> None:
        """Remove vertices until every triangle left has at least this area."""
        self._weigh(np.flatnonzero(self._free & self.alive))
        waiting = np.flatnonzero(self._area < limit_m2)
        if len(waiting) and 2 * np.count_nonzero(self.alive) < len(self._indexed):
            self._indexed = np.zeros(0, dtype=np.int64)
        while len(waiting):
            chosen = self._keep_clear(self._keep_rings(self._local_minima(waiting)))
            a, b = self._links[chosen].T
            self.alive[chosen] = False
            self._area[chosen] = np.inf
            # Neighbours are never chosen together, so each link is set once.
            for here, there in ((a, b), (b, a)):
                for side in (0, 1):
                    hit = self._links[here, side] == chosen
                    self._links[here[hit], side] = there[hit]
            first, second = self._in_rings[chosen].T
            np.subtract.at(self._left, first, 1)
            np.subtract.at(self._left, second[second != first], 1)
            touched = np.unique(np.concatenate([a, b]))
            touched = touched[self._free[touched]]  # all alive: neighbours are not chosen together
            self._weigh(touched)
            waiting = np.unique(np.concatenate([waiting, touched]))
            waiting = waiting[self._area[waiting] < limit_m2]

    def _weigh(self, at: Ints) -> None:
        for some in batches(at):
            xy, (a, b) = self._cover.xy, self._links[some].T
            u, v = xy[a] - xy[some], xy[b] - xy[some]
            self._area[some] = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2

    def _local_minima(self, waiting: Ints) -> Ints:
        mine = self._area[waiting]
        smallest = np.ones(len(waiting), dtype=bool)
        for beside in self._links[waiting].T:
            other = self._area[beside]
            smallest &= (mine < other) | ((mine == other) & (waiting < beside))
        return waiting[smallest]

    def _keep_rings(self, chosen: Ints) -> Ints:
        """Leave out, for good, the vertices of rings that would get too small."""
        first, second = self._in_rings[chosen].T
        loss = np.bincount(first, minlength=len(self._left))
        loss += np.bincount(second[second != first], minlength=len(self._left))
        small = (loss > 0) & (self._left - loss < RING_FLOOR)
        locked = small[first] | small[second]
        self._free[chosen[locked]] = False
        self._area[chosen[locked]] = np.inf
        return np.asarray(chosen[~locked])

    def _keep_clear(self, chosen: Ints) -> Ints:
        """Leave out, for this time, vertices whose triangle has another vertex in it."""
        if not len(chosen):
            return chosen
        if not len(self._indexed):
            self._indexed = np.flatnonzero(self.alive)
            # Quick to build, and as quick to ask: the vertices lie evenly.
            # Imported here: it takes a fifth of a second, and most builds cut no tiles anew.
            from scipy.spatial import KDTree

            self._tree = KDTree(
                self._cover.xy[self._indexed], 32, compact_nodes=False, balanced_tree=False
            )
        blocked = np.concatenate([self._blocked(some) for some in batches(chosen)])
        self._area[blocked] = np.inf
        return np.setdiff1d(chosen, blocked)

    def _blocked(self, chosen: Ints) -> Ints:
        """Those of the vertices whose triangle has another vertex in it."""
        xy, (a, b) = self._cover.xy, self._links[chosen].T
        corners = np.stack([xy[a], xy[chosen], xy[b]])
        low, high = corners.min(axis=0), corners.max(axis=0)
        reach = np.hypot(*(high - low).T) / 2 * (1 + 1e-9)
        near = self._tree.query_ball_point((low + high) / 2, reach, return_sorted=False)
        at = np.repeat(np.arange(len(near)), [len(some) for some in near])
        found = self._indexed[np.fromiter(chain.from_iterable(near), np.int64, len(at))]
        other = self.alive[found] & (found != chosen[at]) & (found != a[at]) & (found != b[at])
        at, point = at[other], xy[found[other]]
        turns = [
            np.sign(turn_of(corners[i, at], corners[(i + 1) % 3, at], point)) for i in range(3)
        ]
        within = np.abs(np.sum(turns, axis=0)) == np.sum(np.abs(turns), axis=0)
        return np.asarray(chosen[np.unique(at[within])])


def batches(some: Ints) -> Iterator[Ints]:
    """An array in pieces, so that what is reckoned from each takes little memory."""
    for start in range(0, len(some), _BATCH):
        yield some[start : start + _BATCH]


def turn_of(a: NDArray[Any], b: NDArray[Any], c: NDArray[Any]) -> NDArray[Any]:
    """Twice the signed area of triangles; exact for whole numbers below 2**30."""
    u, v = b - a, c - a
    return np.asarray(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])


def doubled_areas(xy: NDArray[Any], rings: Ints) -> NDArray[Any]:
    """Twice the signed area of each ring, in squares of the unit of `xy` (shoelace)."""
    # Relative to its first point, or the products of a big ring would overflow; and
    # so the edges to and from that point add nothing.
    origin, count = rings[:-1][np.diff(rings) > 0], np.diff(rings)[np.diff(rings) > 0]
    kind = np.result_type(xy, np.int64)
    x, y = (np.subtract(axis, np.repeat(axis[origin], count), dtype=kind) for axis in xy.T)
    total = np.zeros(len(xy) + 1, dtype=kind)
    total[2:] = x[:-1] * y[1:] - y[:-1] * x[1:]
    total[origin + 1] = 0
    total = np.cumsum(total, out=total)
    return np.asarray(total[rings[1:]] - total[rings[:-1]])


def without_positions(cover: Coverage, alive: Bools) -> Coverage:
    """The coverage without the positions of vertices that aren't alive any more."""
    kept = np.flatnonzero(alive[cover.vertex])
    return replace(
        cover,
        vertex=cover.vertex[kept],
        rings=np.searchsorted(kept, cover.rings),
        across=cover.across[kept],
    )


def areas_m2(cover: Coverage) -> Floats:
    """(N,) areas in EPSG:3857 square metres, which are larger than those on the ground."""
    rings: Floats = np.abs(doubled_areas(cover.xy[cover.vertex], cover.rings)) / 2
    rings[np.setdiff1d(np.arange(len(rings)), cover.parts[:-1])] *= -1
    total: Floats = np.zeros(len(cover.areas) - 1)
    np.add.at(total, owners_of_rings(cover.parts, cover.areas), rings)
    return total
