"""Land that borders on the boundaries and isn't in their file: a sketch that fades away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from generator.sources.coverages import union_of
from generator.sources.placing import Geometries

FADES_WITHIN_M = 36_000.0
BANDS = 6
_DETAIL_M = 1_000.0


def fading_bands(sketch: shapely.Geometry, areas: Geometries) -> Geometries:
    """Parts of a sketch by their distance from the areas, each within the one before.

    Drawn over one another with the same faint colour they make land that fades away.

    Parameters
    ----------
    sketch
        A polygon of the land beyond, in a CRS of metres; it may reach into the areas, which are
        drawn over it.
    areas
        A valid coverage in the same CRS.

    Returns
    -------
    numpy.ndarray
        Up to `BANDS` polygons, the widest first.
    """
    whole = shapely.simplify(union_of(areas), _DETAIL_M)
    near = shapely.clip_by_rect(whole, *_around(sketch))
    distances = np.linspace(FADES_WITHIN_M, FADES_WITHIN_M / BANDS, BANDS)
    bands = shapely.intersection(sketch, shapely.buffer(near, distances))
    bands = shapely.simplify(bands, _DETAIL_M / 2)
    found: Geometries = bands[~shapely.is_empty(bands)]
    return found


def _around(shape: shapely.Geometry) -> Sequence[float]:
    left, bottom, right, top = shape.bounds
    return (
        left - FADES_WITHIN_M,
        bottom - FADES_WITHIN_M,
        right + FADES_WITHIN_M,
        top + FADES_WITHIN_M,
    )
