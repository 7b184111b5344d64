"""Which part of the plane a map shows: all areas, one and its surroundings, or a group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from generator.maps.layouts import Box, Geometries, Layout, ladder_unit, rung_for

NATIONAL_UNITS = 620
AREA_UNITS = 280
AREA_RATIO = 10 / 9
NEAR_CELLS = 7.4
MIN_AREA_WINDOW_M = 24_000.0
MIN_AREA_EXTENTS = 1.0
"""The window of one area is at least so wide, or so many times as wide as areas usually are."""
BEYOND_SHARE = 0.1
"""How far a map of all areas goes on to land beyond them, as a share of its longer side."""
CELLS_PAD = 0.07
"""Room around all cells for the names of their groups, as a share of their longer side."""
COMPANY_SHARE = 0.04
"""Where other land fills less of a window than this, it goes on to the nearest other land."""
LEAST_OWN_SHARE = 0.1
"""As long as the window's own areas stay so wide within it."""
COAST_SHARE = 0.8
"""How far a window that goes on to other land follows it, as a share of the way there."""
SEA_SHARE, EDGE_SHARE = 0.06, 0.14
"""A window moves away from sea that is wider than this at one of its sides, until its own areas
are so near its edge."""


@dataclass(frozen=True, slots=True)
class Window:
    """What a map shows: a rectangle of one detail's grid, in units from its origin, y down."""

    rung: int
    left: int
    top: int
    width: int
    height: int

    @property
    def unit_m(self) -> float:
        return ladder_unit(self.rung)

    @property
    def box(self) -> Box:
        """The rectangle in EPSG:3857 metres."""
        unit = self.unit_m
        return (
            self.left * unit,
            -(self.top + self.height) * unit,
            (self.left + self.width) * unit,
            -self.top * unit,
        )


def coarser(window: Window, rungs: int) -> Window:
    """The same part of the plane with less detail: by a factor of √2 a rung."""
    unit = ladder_unit(window.rung + rungs)
    left, bottom, right, top = window.box
    first_x, first_y = math.floor(left / unit), math.floor(-top / unit)
    width, height = math.ceil(right / unit) - first_x, math.ceil(-bottom / unit) - first_y
    return Window(window.rung + rungs, first_x, first_y, width, height)


def window_of(box: Box, units: int, *, ratio: float | None = None, pad: float = 0.03) -> Window:
    """The window that holds a box (EPSG:3857), at least `units` wide.

    Parameters
    ----------
    ratio
        Width by height to widen the box to; its own unless given.
    pad
        Free space around it, as a share of its longer side.
    """
    left, bottom, right, top = box
    room = pad * max(right - left, top - bottom)
    width, height = right - left + 2 * room, top - bottom + 2 * room
    if ratio is not None:
        width, height = max(width, height * ratio), max(height, width / ratio)
    middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
    rung = rung_for(width / units)
    unit = ladder_unit(rung)
    first_x = math.floor((middle_x - width / 2) / unit)
    first_y = math.floor(-(middle_y + height / 2) / unit)
    last_x = math.ceil((middle_x + width / 2) / unit)
    last_y = math.ceil(-(middle_y - height / 2) / unit)
    return Window(rung, first_x, first_y, last_x - first_x, last_y - first_y)


def national_window(layout: Layout) -> Window:
    """The window of all areas, with some room for land that borders on them to fade away in."""
    left, bottom, right, top = layout.box
    room = BEYOND_SHARE * max(right - left, top - bottom)
    own = shapely.box(left, bottom, right, top)
    if len(layout.beyond) and shapely.dwithin(own, layout.beyond, room).any():
        west, south, east, north = (float(n) for n in shapely.total_bounds(layout.beyond))
        left, bottom = max(left - room, min(left, west)), max(bottom - room, min(bottom, south))
        right, top = min(right + room, max(right, east)), min(top + room, max(top, north))
    pad = CELLS_PAD if layout.cells and layout.group_of else 0.02
    return window_of((left, bottom, right, top), NATIONAL_UNITS, pad=pad)


def narrowest_window_m(layout: Layout) -> float:
    """How much a window of one area shows at least: enough to see where it is, not a county."""
    return min(MIN_AREA_WINDOW_M, MIN_AREA_EXTENTS * layout.usual_extent)


def area_window(layout: Layout, code: str, neighbours: Sequence[str]) -> Window:
    """The window of one area and what lies around it.

    Hexagons: about seven cells across.  Geography: twice the area's extent, wider if its
    neighbours' points lie further out, and never less than `narrowest_window_m` across.
    An area without an outline is somewhere among all.
    """
    if code not in layout.at:
        return national_window(layout)
    left, bottom, right, top = layout.boxes[layout.at[code]]
    x, y = (left + right) / 2, (bottom + top) / 2
    if layout.cells:
        half = NEAR_CELLS * (right - left) / 2
        box = (x - half, y - half / AREA_RATIO, x + half, y + half / AREA_RATIO)
    else:
        half = max(right - left, top - bottom, narrowest_window_m(layout) / 2)
        points = np.array([layout.points[layout.at[c]] for c in neighbours if c in layout.at])
        # Far neighbours must not shrink the area that the page is about: two extents at most.
        low = np.array([x - half, y - half])
        high = np.array([x + half, y + half])
        if len(points):
            low = np.maximum(np.minimum(low, points.min(axis=0)), low - half)
            high = np.minimum(np.maximum(high, points.max(axis=0)), high + half)
        box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return _placed_window(layout, box, [layout.at[code]], pad=0.0)


def group_window(layout: Layout, codes: Sequence[str]) -> Window:
    """The window of some areas together; of all, where none of them has an outline."""
    rows = [layout.at[c] for c in codes if c in layout.at]
    if not rows:
        return national_window(layout)
    return _placed_window(layout, _extent(layout.boxes[rows]), rows, pad=0.06)


def _placed_window(layout: Layout, box: Box, rows: Sequence[int], *, pad: float) -> Window:
    """The window of a box around some areas that shows where on land they lie."""
    if not layout.cells:
        box = _with_company(layout, box, rows)
    window = window_of(box, AREA_UNITS, ratio=AREA_RATIO, pad=pad)
    return _off_the_sea(layout, window, rows)


def _with_company(layout: Layout, box: Box, rows: Sequence[int]) -> Box:
    """A box that goes on to the nearest other land, where it would show next to none."""
    left, bottom, right, top = box
    seen = shapely.area(shapely.clip_by_rect(_others(layout, box, rows), *box)).sum()
    if seen >= COMPANY_SHARE * (right - left) * (top - bottom):
        return box
    others = np.concatenate([np.delete(layout.geometry, rows), layout.context])
    if not len(others):
        return box
    own = shapely.multipolygons(shapely.get_parts(layout.geometry[list(rows)]))
    way = shapely.shortest_line(own, others[shapely.STRtree(others).nearest(own)])
    reach = COAST_SHARE * way.length
    x, y = shapely.get_coordinates(way)[-1].tolist()
    wider = _extent(np.array([own.bounds, (x - reach, y - reach, x + reach, y + reach)]))
    return wider if _side(own.bounds) >= LEAST_OWN_SHARE * _side(wider) else box


def _off_the_sea(layout: Layout, window: Window, rows: Sequence[int]) -> Window:
    """A window moved towards land where one of its sides is empty, its own areas still within."""
    box = window.box
    own = layout.geometry[list(rows)]
    near = np.concatenate([own, _others(layout, box, rows)])
    land = shapely.total_bounds(shapely.clip_by_rect(near, *box))
    held = _extent(layout.boxes[list(rows)])
    moved = [0, 0]
    for axis in (0, 1):
        low, high = box[axis], box[axis + 2]
        sea, edge = SEA_SHARE * (high - low), EDGE_SHARE * (high - low)
        up = max(0.0, min(land[axis] - low - sea, held[axis] - low - edge))
        down = max(0.0, min(high - sea - land[axis + 2], high - edge - held[axis + 2]))
        # Land that ends within the window on both sides stands in its middle.
        moved[axis] = round((up - down) / (2 if up and down else 1) / window.unit_m)
    return replace(window, left=window.left + moved[0], top=window.top - moved[1])


def _others(layout: Layout, box: Box, rows: Sequence[int]) -> Geometries:
    """Land that meets a box: areas but for some, and land around."""
    found = shapely.box(*box)
    areas = np.setdiff1d(layout.tree.query(found, predicate="intersects"), rows)
    context = layout.context[shapely.intersects(layout.context, found)]
    near: Geometries = np.concatenate([layout.geometry[areas], context])
    return near


def _side(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _extent(boxes: NDArray[np.float64]) -> Box:
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
