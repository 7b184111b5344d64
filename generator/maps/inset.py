"""Where a map of all areas needs an inset: a part so dense that a finger can't meet its areas.

Found by computation: areas that would be under 16 pixels on a map of usual height, in one group
(if the atlas has groups with outlines) and touching one another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from generator.maps.framing import Window, window_of
from generator.maps.layouts import Layout

MAP_PX = 480.0
"""Height of a map of all areas in a browser of usual height."""
SMALL_PX = 16.0
LEAST = 12
"""Areas that an inset is worth making for."""
LARGEST_SHARE = 0.3
"""An inset shows a part of the map: at most so much of its width and height."""
DENSE_SHARE = 0.75
"""So many of a group's areas must be small."""
INSET_UNITS = 280
INSET_RATIO = 1.25
TOUCH_M = 60.0


def dense_part(layout: Layout) -> tuple[str, ...]:
    """Codes of the densest part of a layout, rising; empty if no part needs an inset."""
    if layout.cells or len(layout.codes) < LEAST:
        return ()
    return tuple(layout.kept.value(("dense", layout.digest), lambda: _densest(layout)))


def _densest(layout: Layout) -> list[str]:
    left, bottom, right, top = layout.box
    pixel_m = max(right - left, top - bottom) / MAP_PX
    sizes = layout.boxes[:, 2:] - layout.boxes[:, :2]
    small = np.flatnonzero(sizes.max(axis=1) < SMALL_PX * pixel_m)
    found: list[list[int]] = []
    for members in _groups(layout):
        inside = np.intersect1d(small, members)
        if len(inside) >= DENSE_SHARE * len(members):
            found += _touching(layout, inside.tolist())
    largest = LARGEST_SHARE * np.array([right - left, top - bottom])
    fitting = [part for part in found if len(part) >= LEAST and _fits(layout, part, largest)]
    if not fitting:
        return []
    best = max(fitting, key=lambda part: (len(part), -part[0]))
    return [layout.codes[at] for at in best]


def inset_window(layout: Layout, codes: Sequence[str]) -> Window:
    """The window of an inset's areas."""
    boxes = layout.boxes[[layout.at[code] for code in codes]]
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return window_of(box, INSET_UNITS, ratio=INSET_RATIO, pad=0.02)


def _groups(layout: Layout) -> list[list[int]]:
    """Positions of the areas of each outlined group; of all areas if there are none."""
    members: dict[str, list[int]] = {}
    for at, code in enumerate(layout.codes):
        members.setdefault(layout.group_of.get(code, ""), []).append(at)
    return [members[group] for group in sorted(members)]


def _touching(layout: Layout, rows: list[int]) -> list[list[int]]:
    """Parts that hang together."""
    shapes = layout.geometry[rows]
    near = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOUCH_M)
    part = np.arange(len(rows))
    for a, b in near.T.tolist():
        if part[a] != part[b]:
            part[part == part[b]] = part[a]
    return [[rows[at] for at in np.flatnonzero(part == p)] for p in np.unique(part)]


def _fits(layout: Layout, part: list[int], largest: np.ndarray) -> bool:
    boxes = layout.boxes[part]
    size = boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)
    return bool((size <= largest).all())
