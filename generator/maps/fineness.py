"""How small the areas of a map are, and when their borders become hairlines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from generator.maps.layouts import Layout

FINE_UNITS = 4.0
"""Drawn maps whose small areas are narrower, in units of the drawing, get hairlines: a unit is
about a pixel."""


def small_size_m(layout: Layout, codes: Sequence[str] = ()) -> float:
    """The width of a small area: the root of the lower quartile of sizes, in EPSG:3857.

    Of all areas, or of some: a quarter of them is smaller.  Towns hold many small areas and
    the country few wide ones, so that the middle one would say too little of towns.
    """
    chosen = [layout.at[code] for code in codes] if codes else slice(None)
    areas = shapely.area(layout.geometry[chosen])
    return float(np.sqrt(np.quantile(areas, 0.25))) if len(areas) else 0.0
