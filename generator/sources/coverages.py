"""Makes polygons valid, and makes those that should share their borders do so exactly.

Small areas come from generalised files in which, now and then, a vertex of one area lies
on an edge of its neighbour, or two areas overlap by a sliver.  Borders of groups and
simplified outlines need a coverage: no overlap, and the same vertices on both sides.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
Rows = NDArray[np.intp]

POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
GRID_M = 2.0**-10
"""About a millimetre; a power of two, so that whole steps are exact."""

_NESTED = "Nested shells"


def round_to_grid(shapes: Shapes) -> Shapes:
    """Coordinates in whole steps of `GRID_M`.

    Neighbours in ONS's files differ by less than a nanometre here and there, which no validator
    sees, and which another projection would turn into gaps.
    """
    rounded: Shapes = shapely.transform(shapes, lambda points: _in_steps(points, GRID_M))
    return rounded


def _in_steps(points: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    return np.rint(points / step) * step


def repair_polygons(shapes: Shapes) -> tuple[Shapes, NDArray[np.bool_]]:
    """Make polygons valid, each by itself.

    A shell within another is a hole that lost its mark, and becomes one (even-odd rule).  What
    crosses itself keeps all that its loops enclose.  Lines and points are left out.

    Returns
    -------
    tuple
        Polygons and multipolygons, empty where nothing encloses ground; and which were invalid.
    """
    bad = ~shapely.is_valid(shapes)
    if not bad.any():
        return shapes, bad
    fixed = shapes.copy()
    reasons = shapely.is_valid_reason(shapes[bad])
    fixed[bad] = [
        _polygons(shapely.make_valid(shape))
        if reason.startswith(_NESTED)
        else shapely.make_valid(shape, method="structure", keep_collapsed=False)
        for shape, reason in zip(shapes[bad], reasons, strict=True)
    ]
    return fixed, bad


def _polygons(geometry: shapely.Geometry) -> shapely.Geometry:
    if shapely.get_type_id(geometry) in POLYGONAL:
        return geometry
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def clean_coverage(shapes: Shapes) -> tuple[Shapes, Rows]:
    """Polygons of one coverage, cleaned where they do not share their borders exactly.

    Parameters
    ----------
    shapes
        (n,) valid polygons and multipolygons, in any one CRS.

    Returns
    -------
    tuple
        (n,) the polygons, and the rows, rising, whose borders did not meet their
        neighbours'.  Without such rows the polygons are the very ones that were given.
        Ground that two areas claim goes to the smaller one, so that an area drawn on top of
        another is cut out of it; one of which nothing would be left stays as it was.
    """
    faulty = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    if not len(faulty):
        return shapes, faulty
    cleaned = _clean_around(shapes, faulty)
    lost = shapely.is_empty(cleaned)
    cleaned[lost] = shapes[lost]
    return cleaned, faulty


def _clean_around(shapes: Shapes, faulty: Rows) -> Shapes:
    """Clean what is at fault and its neighbours; all, if that leaves a fault at their rim.

    A country has few faults, and cleaning all of it takes twelve times as long.
    """
    tree = shapely.STRtree(shapes)
    near = np.unique(tree.query(shapes[faulty], predicate="intersects")[1])
    cleaned: Shapes = shapes.copy()
    cleaned[near] = shapely.coverage_clean(shapes[near], merge_strategy="min_area")
    rim = np.unique(tree.query(shapes[near], predicate="intersects")[1])
    if not shapely.coverage_is_valid(cleaned[rim]):
        cleaned[:] = shapely.coverage_clean(shapes, merge_strategy="min_area")
    return cleaned


def union_of(areas: Shapes) -> shapely.Geometry:
    """Areas of one coverage as one; overlaps and gaps are bridged the slow way."""
    try:
        union = shapely.coverage_union_all(areas)
    except shapely.GEOSException:
        union = None
    # Areas that could not be thinned stand at full detail beside thinned neighbours.
    if union is None or not shapely.is_valid(union):
        union = shapely.union_all(shapely.make_valid(areas))
    return union


def furthest_move(before: Shapes, after: Shapes) -> float:
    """How far an outline moved at most, in units of the CRS (Hausdorff distance of outlines)."""
    changed = ~shapely.equals_exact(shapely.normalize(before), shapely.normalize(after))
    moved = shapely.hausdorff_distance(
        shapely.boundary(before[changed]), shapely.boundary(after[changed])
    )
    return float(np.nanmax(moved, initial=0.0))
