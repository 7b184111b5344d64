"""The geometry of one zoom on its tile grid, ready to be encoded.

Rounding acts on the vertices that areas share, and what is drawn is taken from the
same rounded rings: polygons, outlines of regions, and a stand-in for what is too
small to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from generator.tiles.coverage import (
    Bools,
    Coverage,
    Ints,
    doubled_areas,
    next_position,
    owners_of_rings,
    to_units,
)
from generator.tiles.paths import (
    Paths,
    chained,
    combined,
    offsets_of,
    ranges,
    taken,
    turned,
    without_repeats,
)


@dataclass(frozen=True, slots=True)
class Snapped:
    """The rings of one zoom on its tile grid, aligned with those of a `Coverage`.

    Attributes
    ----------
    zoom
        The zoom whose grid this is.
    xy
        (m, 2) whole tile units, y to the south; no point equals the one before it.
    rings
        Offsets of positions to rings.  A ring may have collapsed to two points or
        none: `area_rings` leaves it out.
    parts, areas
        Offsets as in `Coverage`.
    across
        (m,) area on the other side of the edge that leaves the position, or -1.
    """

    zoom: int
    xy: Ints
    rings: Ints
    parts: Ints
    areas: Ints
    across: Ints


def snap(cover: Coverage, alive: Bools, zoom: int) -> Snapped:
    """Round the vertices that are left to the tile grid of a zoom."""
    kept = np.flatnonzero(alive[cover.vertex])
    rings = np.searchsorted(kept, cover.rings)
    left = np.flatnonzero(alive)
    place = np.empty(len(alive), dtype=np.int64)
    place[left] = np.arange(len(left))
    xy = to_units(cover.xy[left], zoom)[place[cover.vertex[kept]]]
    moved = np.any(xy != xy[next_position(rings)], axis=1)
    return Snapped(
        zoom=zoom,
        xy=xy[moved],
        rings=offsets_of(moved)[rings],
        parts=cover.parts,
        areas=cover.areas,
        across=cover.across[kept[moved]],
    )


def area_rings(snapped: Snapped, faulty: Bools, anchors: Ints) -> Paths:
    """The rings of all areas of one zoom, as `clip.clip` takes them.

    An area that touches itself is taken apart there; vertices stay where they are.
    One of which nothing is left becomes the one grid square next to its anchor, so
    that no area is lost at any zoom, however small it is there.

    Parameters
    ----------
    faulty
        (N,) which areas aren't valid polygons as they are.
    anchors
        (N, 2) a point for each area, in tile units.
    """
    owner = owners_of_rings(snapped.parts, snapped.areas)
    alive = _alive(snapped)
    outer = np.zeros(len(owner), dtype=bool)
    outer[snapped.parts[:-1]] = True
    usual = np.flatnonzero(alive & ~faulty[owner])
    sound = turned(taken(Paths(snapped.xy, snapped.rings, owner), usual), outer[usual])
    fixed = _taken_apart(snapped, np.flatnonzero(faulty))
    lost = np.setdiff1d(np.arange(len(anchors)), np.concatenate([sound.owner, fixed.owner]))
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    squares = (anchors[lost][:, None] + corners).reshape(-1, 2)
    tiny = Paths(squares, 4 * np.arange(len(lost) + 1), lost)
    every = combined([sound, fixed, tiny])
    return taken(every, np.argsort(every.owner, kind="stable"))


def _taken_apart(snapped: Snapped, which: Ints) -> Paths:
    """The rings of areas that touch or cross themselves, made valid."""
    if not len(which):
        return combined([])
    parts, part_owner = shapely.get_parts(
        shapely.make_valid(raw_shapes(snapped, which)), return_index=True
    )
    parts, part = shapely.get_parts(parts, return_index=True)
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, owner = parts[polygons], which[part_owner[part[polygons]]]
    rings, of_part = shapely.get_rings(parts, return_index=True)
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    offsets = np.searchsorted(of_ring, np.arange(len(rings) + 1))
    xy = np.rint(points).astype(np.int64)
    closed = Paths(xy, offsets, owner[of_part])
    open_ = without_repeats(closed, closed=True)
    outer = np.diff(of_part, prepend=-1) > 0
    return turned(open_, outer)


def _alive(snapped: Snapped) -> Bools:
    """(rings,) which rings have an area, and belong to a polygon that has."""
    alive = doubled_areas(snapped.xy, snapped.rings) != 0
    # A polygon stands and falls with its outer ring, the first.
    alive &= np.repeat(alive[snapped.parts[:-1]], np.diff(snapped.parts))
    return np.asarray(alive)


def raw_shapes(snapped: Snapped, which: Ints) -> NDArray[np.object_]:
    """Some areas of one zoom as multipolygons that may touch or cross themselves.

    `which` is sorted.  Rings without area are left out, and polygons without an outer ring.
    """
    some = _some(snapped, which)
    alive = _alive(some)
    count = np.diff(some.rings)[alive]
    rings = offsets_of(count)
    xy = some.xy[ranges(some.rings[:-1][alive], count)]
    ring_count = offsets_of(alive)[some.parts]
    filled = np.diff(ring_count) > 0
    closed = np.insert(np.arange(len(xy)), rings[1:], rings[:-1])
    made: NDArray[np.object_] = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON,
        xy[closed].astype(np.float64),
        (
            rings + np.arange(len(rings)),
            np.append(0, ring_count[1:][filled]),
            offsets_of(filled)[some.areas],
        ),
    )
    return made


def _some(snapped: Snapped, which: Ints) -> Snapped:
    """Only these areas; what lies across their edges keeps its number."""
    parts = ranges(snapped.areas[which], np.diff(snapped.areas)[which])
    rings = ranges(snapped.parts[parts], np.diff(snapped.parts)[parts])
    points = ranges(snapped.rings[rings], np.diff(snapped.rings)[rings])
    return Snapped(
        zoom=snapped.zoom,
        xy=snapped.xy[points],
        rings=offsets_of(np.diff(snapped.rings)[rings]),
        parts=offsets_of(np.diff(snapped.parts)[parts]),
        areas=offsets_of(np.diff(snapped.areas)[which]),
        across=snapped.across[points],
    )


def outlines(snapped: Snapped, group: Ints) -> Paths:
    """The borders of groups of areas as lines in tile units; their owners are the groups.

    `group` gives each area's group, -1 for none; the outline of a group is what
    parts it from other groups, from none, and from the sea.
    """
    owner = np.repeat(owners_of_rings(snapped.parts, snapped.areas), np.diff(snapped.rings))
    mine = group[owner]
    theirs = np.where(snapped.across < 0, -1, group[snapped.across])
    edges = np.flatnonzero((mine != theirs) & (mine >= 0))
    if not len(edges):
        return combined([])
    start, end = snapped.xy[edges], snapped.xy[next_position(snapped.rings)[edges]]
    # A group has its outline on one side: where one edge ends, the next begins.
    order, leader = chained(_following(mine[edges], start, end))
    first = np.diff(leader[order], prepend=-1) != 0
    last = np.append(np.flatnonzero(first)[1:], len(order)) - 1
    # Every line has the starts of its edges, and the end of the last.
    points = np.insert(start[order], last + 1, end[order][last], axis=0)
    offsets = np.append(np.flatnonzero(first), len(order)) + np.arange(len(last) + 1)
    lines = Paths(points, offsets, mine[edges][leader[order][first]])
    return taken(lines, np.argsort(lines.owner, kind="stable"))


def _following(group: Ints, start: Ints, end: Ints) -> Ints:
    """For each edge the one of its group that begins where it ends, or -1."""
    # x and y as one number; there are fewer than 2**31 units to zoom 19.
    points = np.concatenate([start, end]) @ np.array([2**31, 1])
    _, at = np.unique(points, return_inverse=True)
    one, two = np.split(at * (group.max(initial=0) + 1) + np.tile(group, 2), 2)
    # Where several begin or end, the n-th of the one goes with the n-th of the other.
    begins, ends = np.argsort(one, kind="stable"), np.argsort(two, kind="stable")
    places = [
        key[order] * len(key) + np.arange(len(key)) - np.searchsorted(key[order], key[order])
        for key, order in ((one, begins), (two, ends))
    ]
    _, by_begin, by_end = np.intersect1d(
        places[0], places[1], assume_unique=True, return_indices=True
    )
    after = np.full(len(group), -1)
    after[ends[by_end]] = begins[by_begin]
    return after
