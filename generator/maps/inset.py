"""Where a map of all areas needs an inset: a part so dense that a finger can't meet its areas.

Found by computation: areas that would be under 16 pixels on a map of usual height, in one group
(if the atlas has groups with outlines) and touching one another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from generator.maps.framing import Window, window_of
from generator.maps.layers import Layer

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


def dense_part(layer: Layer) -> tuple[str, ...]:
    """Codes of the densest part of a layer, rising; empty if no part needs an inset."""
    if layer.cells or len(layer.codes) < LEAST:
        return ()
    return tuple(layer.kept.value(("dense", layer.digest), lambda: _densest(layer)))


def _densest(layer: Layer) -> list[str]:
    left, bottom, right, top = layer.box
    pixel_m = max(right - left, top - bottom) / MAP_PX
    sizes = layer.boxes[:, 2:] - layer.boxes[:, :2]
    small = np.flatnonzero(sizes.max(axis=1) < SMALL_PX * pixel_m)
    found: list[list[int]] = []
    for members in _groups(layer):
        inside = np.intersect1d(small, members)
        if len(inside) >= DENSE_SHARE * len(members):
            found += _touching(layer, inside.tolist())
    largest = LARGEST_SHARE * np.array([right - left, top - bottom])
    fitting = [part for part in found if len(part) >= LEAST and _fits(layer, part, largest)]
    if not fitting:
        return []
    best = max(fitting, key=lambda part: (len(part), -part[0]))
    return [layer.codes[at] for at in best]


def inset_window(layer: Layer, codes: Sequence[str]) -> Window:
    """The window of an inset's areas."""
    boxes = layer.boxes[[layer.at[code] for code in codes]]
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return window_of(box, INSET_UNITS, ratio=INSET_RATIO, pad=0.02)


def _groups(layer: Layer) -> list[list[int]]:
    """Positions of the areas of each outlined group; of all areas if there are none."""
    members: dict[str, list[int]] = {}
    for at, code in enumerate(layer.codes):
        members.setdefault(layer.group_of.get(code, ""), []).append(at)
    return [members[group] for group in sorted(members)]


def _touching(layer: Layer, rows: list[int]) -> list[list[int]]:
    """Parts that hang together."""
    shapes = layer.geometry[rows]
    near = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOUCH_M)
    part = np.arange(len(rows))
    for a, b in near.T.tolist():
        if part[a] != part[b]:
            part[part == part[b]] = part[a]
    return [[rows[at] for at in np.flatnonzero(part == p)] for p in np.unique(part)]


def _fits(layer: Layer, part: list[int], largest: np.ndarray) -> bool:
    boxes = layer.boxes[part]
    size = boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)
    return bool((size <= largest).all())
