"""Makes polygons that should share their borders do so exactly.

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
    cleaned: Shapes = np.asarray(
        shapely.coverage_clean(shapes, merge_strategy="min_area"), dtype=object
    )
    lost = shapely.is_empty(cleaned)
    cleaned[lost] = shapes[lost]
    return cleaned, faulty
