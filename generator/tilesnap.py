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

from generator.tilegeom import (
    EXTENT,
    Bools,
    Coverage,
    Ints,
    doubled_areas,
    next_position,
    owners_of_rings,
    to_units,
)

OUTLINE_BLOCK = 4
"""Tiles along the side of a block of `outlines`; smaller ones cost calls, larger ones clipping."""


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
        none: `shapes` leaves it out.
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
    xy = to_units(cover.xy, zoom)[cover.vertex[kept]]
    moved = np.any(xy != xy[next_position(rings)], axis=1)
    return Snapped(
        zoom=zoom,
        xy=xy[moved],
        rings=np.concatenate([[0], np.cumsum(moved)])[rings],
        parts=cover.parts,
        areas=cover.areas,
        across=cover.across[kept[moved]],
    )


def shapes(snapped: Snapped) -> NDArray[np.object_]:
    """The areas of one zoom as valid multipolygons in tile units, y to the south.

    What touches itself is taken apart there; vertices stay where they are.  An
    area of which nothing is left is an empty multipolygon.
    """
    made = raw_shapes(snapped)
    for at in np.flatnonzero(~shapely.is_valid(made)):
        made[at] = polygons_of(shapely.make_valid(made[at]))
    return made


def raw_shapes(snapped: Snapped) -> NDArray[np.object_]:
    """The areas of one zoom as multipolygons that may touch or cross themselves.

    Rings without area are left out, and polygons without an outer ring.
    """
    alive = doubled_areas(snapped.xy.astype(np.int64), snapped.rings) != 0
    # A polygon stands and falls with its outer ring, the first.
    alive &= np.repeat(alive[snapped.parts[:-1]], np.diff(snapped.parts))
    rings, parts, areas = _offsets_of(alive, snapped)
    xy = snapped.xy[np.repeat(alive, np.diff(snapped.rings))]
    closed = np.insert(np.arange(len(xy)), rings[1:], rings[:-1])
    made: NDArray[np.object_] = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON,
        xy[closed].astype(np.float64),
        (rings + np.arange(len(rings)), parts, areas),
    )
    return made


def _offsets_of(alive: Bools, snapped: Snapped) -> tuple[Ints, Ints, Ints]:
    """The offsets of `snapped` with only the rings that are alive."""
    rings = np.concatenate([[0], np.cumsum(np.diff(snapped.rings)[alive])])
    ring_count = np.concatenate([[0], np.cumsum(alive)])[snapped.parts]
    filled = np.diff(ring_count) > 0
    areas = np.concatenate([[0], np.cumsum(filled)])[snapped.areas]
    return rings, np.concatenate([[0], ring_count[1:][filled]]), areas


def polygons_of(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    """The polygons of any geometry, without its lines and points."""
    flat = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.MultiPolygon([part for part in flat if part.geom_type == "Polygon"])


def outlines(snapped: Snapped, group: Ints) -> tuple[NDArray[np.object_], Ints]:
    """The borders of groups of areas as multilines in tile units, y to the south.

    `group` gives each area's group, -1 for none; the outline of a group is what
    parts it from other groups, from none, and from the sea.  There is one multiline
    for each group and block of tiles, so that clipping one need not look at all of a
    long coast; the group of each is the second thing returned.
    """
    owner = np.repeat(owners_of_rings(snapped.parts, snapped.areas), np.diff(snapped.rings))
    mine = group[owner]
    theirs = np.where(snapped.across < 0, -1, group[snapped.across])
    edges = np.flatnonzero((mine != theirs) & (mine >= 0))
    after = next_position(snapped.rings)[edges]
    tiles = (snapped.xy[edges] + snapped.xy[after]) // (2 * OUTLINE_BLOCK * EXTENT)
    key = np.column_stack([mine[edges], tiles])
    order = np.lexsort(key.T[::-1])
    edges, after, key = edges[order], after[order], key[order]
    lines = shapely.linestrings(
        np.stack([snapped.xy[edges], snapped.xy[after]], axis=1).astype(np.float64)
    )
    first = np.flatnonzero(np.any(np.diff(key, axis=0, prepend=-2) != 0, axis=1))
    of_line = np.cumsum(np.isin(np.arange(len(edges)), first)) - 1
    return shapely.line_merge(shapely.multilinestrings(lines, indices=of_line)), key[first, 0]


def with_tiny_areas(made: NDArray[np.object_], anchors: Ints) -> NDArray[np.object_]:
    """Give each area that has collapsed the one grid square next to its anchor.

    So that no area is lost at any zoom, however small it is there.
    """
    lost = np.flatnonzero(shapely.is_empty(made))
    x, y = anchors[lost].T
    made[lost] = shapely.multipolygons(shapely.box(x, y, x + 1, y + 1)[:, None])
    return made
