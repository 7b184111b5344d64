"""Names beside what they name: next to an area that is too small for its own, at the end of a
short line, and next to all cells of a layout, for its groups.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from generator.maps.framing import national_window
from generator.maps.layouts import Box, Geometries, Layout
from generator.maps.lettering import (
    GROUP_LINE_PX,
    GROUP_SIZE_PX,
    LINE_PX,
    SIZE_PX,
    text_width,
    wrapped,
)
from generator.sources.coverages import union_of

GAP_PX, GROUP_GAP_PX = 3.0, 5.0
"""Free space around a name, and around a group's that stands among those of areas."""
NEAR_PX, FAR_PX = 8.0, 26.0
"""How far from an area's circle its name may stand."""
THIN_SHARE = 0.25
"""An area is thin, or scattered, if its widest circle is narrower than this share of it."""
_SLOPE = 0.7
DIRECTIONS = (
    (1.0, 0.0), (-1.0, 0.0), (_SLOPE, -_SLOPE), (_SLOPE, _SLOPE),
    (-_SLOPE, -_SLOPE), (-_SLOPE, _SLOPE), (0.0, 1.0), (0.0, -1.0),
)  # fmt: skip
"""Where to look for room, the best first: right, left, slanting, below, above."""
USUAL_PX = 340
"""Width of a map of all cells for which the names of groups are placed."""
CORNER = (0.86, 0.78)
"""Where the corner for the map's buttons begins, as shares of its width and, upwards, height."""
LOOKED_AT = 64
"""Places to look at along the width of such a map."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Where a name stands, CSS pixels from its place: its near end, or its middle.

    ``end`` is "start" for a name to the right of the point, "end" for one to the left,
    "middle" for one above or below.
    """

    dx: float
    dy: float
    end: str


@dataclass(frozen=True, slots=True)
class Side:
    """How a group's name stands beside the cells: ``end`` as of an `Aside`, or "below".

    ``target`` is where a line leads from the name (EPSG:3857), None if it stands close by.
    """

    end: str
    target: tuple[float, float] | None

    def aside(self, lines: int) -> Aside:
        """The place of a name of so many lines."""
        if self.end in ("start", "end"):
            return Aside(0.0, 0.0, self.end)
        half = lines * GROUP_LINE_PX / 2
        return Aside(0.0, half if self.end == "below" else -half, "middle")


def asides(radius_px: float, height_px: float) -> list[Aside]:
    """Places to try for a name beside a circle, the best first."""
    found = []
    for gap in (NEAR_PX, FAR_PX):
        reach = radius_px + gap
        for x, y in DIRECTIONS:
            end = "start" if x > 0 else "end" if x < 0 else "middle"
            rest = y * height_px / 2 if not x else 0.0
            found.append(Aside(round(x * reach), round(y * reach + rest), end))
    return found


def box_of(lines: Sequence[str], aside: Aside | None = None, *, group: bool = False) -> Box:
    """The box of a name around its place, pixels, y down: left, top, right, bottom."""
    size, line = (GROUP_SIZE_PX, GROUP_LINE_PX) if group else (SIZE_PX, LINE_PX)
    gap = GROUP_GAP_PX if group and not aside else GAP_PX
    width = max(text_width(text, size) for text in lines)
    tall = len(lines) * line / 2 + gap / 2
    x, y, end = (aside.dx, aside.dy, aside.end) if aside else (0.0, 0.0, "middle")
    left = {"start": x, "end": x - width, "middle": x - width / 2}[end]
    return (left - gap, y - tall, left + width + gap, y + tall)


def reaching(box: Box) -> Box:
    """A box around a place that takes in the place itself, and so the line between them."""
    return (min(box[0], 0.0), min(box[1], 0.0), max(box[2], 0.0), max(box[3], 0.0))


class Ground:
    """Land that names beside areas must not cover.

    Attributes
    ----------
    codes
        The areas that may be named beside themselves.
    thin
        Those of them that should be wherever there is room: a name would cover them.
    """

    def __init__(
        self, layout: Layout, codes: Iterable[str], land: Geometries, owners: Sequence[str]
    ) -> None:
        self.codes = frozenset(codes)
        sides = layout.boxes[:, 2:] - layout.boxes[:, :2]
        self.thin = frozenset(
            code
            for code in self.codes & set(owners)
            if 2 * layout.middle(code)[2] < THIN_SHARE * sides[layout.at[code]].max()
        )
        self._tree = shapely.STRtree(land)
        self._owners = np.array(owners, dtype=object)

    def free(
        self, code: str, point: tuple[float, float], boxes: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Which boxes lie over no land but the area's own; (n, 4) metres from a point, y down."""
        x, y = point
        left, top, right, bottom = boxes.T
        drawn = shapely.box(x + left, y - bottom, x + right, y - top)
        box_at, land_at = self._tree.query(drawn, predicate="intersects")
        free = np.ones(len(boxes), dtype=bool)
        free[box_at[self._owners[land_at] != code]] = False
        return free


def sides(layout: Layout, names: Mapping[str, str]) -> list[tuple[str, tuple[float, float, Side]]]:
    """Where the names of a layout's groups stand beside all of its cells.

    Each takes the free place that is nearest to its group; the one that has least choice is
    placed first.

    Returns
    -------
    list
        Group, and its name's place (EPSG:3857) with the side.
    """
    rows: dict[str, list[int]] = {}
    for at, code in enumerate(layout.codes):
        if layout.group_of.get(code) in names:
            rows.setdefault(layout.group_of[code], []).append(at)
    if not rows:
        return []
    groups = {group: union_of(layout.geometry[members]) for group, members in sorted(rows.items())}
    land = union_of(layout.geometry)
    shapely.prepare(land)
    frame = left, bottom, right, top = national_window(layout).box
    pixel_m = (frame[2] - frame[0]) / USUAL_PX
    found: dict[str, tuple[float, float, Side]] = {}
    options = {
        group: _options(shape, names[group], land, frame, pixel_m)
        for group, shape in groups.items()
    }
    corner = (left + CORNER[0] * (right - left), bottom + CORNER[1] * (top - bottom))
    taken = [shapely.box(*corner, right, top)]
    for group in sorted(options, key=lambda g: (-_nearest(options[g]), g)):
        boxes, far = options[group]
        free = np.ones(len(boxes), dtype=bool)
        for other in taken:
            free &= ~shapely.intersects(boxes, other)
        if not free.any():
            continue
        best = boxes[int(np.argmin(np.where(free, far, np.inf)))]
        taken.append(best)
        found[group] = _anchored(best, groups[group], layout.usual_extent)
    return sorted(found.items())


_Options = tuple[Geometries, NDArray[np.float64]]


def _nearest(options: _Options) -> float:
    return float(options[1].min(initial=math.inf))


def _options(
    shape: shapely.Geometry, name: str, land: shapely.Geometry, frame: Box, pixel_m: float
) -> _Options:
    """Boxes of a name within a frame that lie off the land, and how far from the group."""
    lines = wrapped(name, max(map(len, name.split()), default=1))
    beside = box_of(lines, Aside(0.0, 0.0, "middle"), group=True)
    _, _, half_width, half_height = (pixel_m * side for side in beside)
    step = (frame[2] - frame[0]) / LOOKED_AT
    x, y = np.meshgrid(
        np.arange(frame[0] + half_width, frame[2] - half_width, step),
        np.arange(frame[1] + half_height, frame[3] - half_height, step),
    )
    x, y = x.ravel(), y.ravel()
    boxes = shapely.box(x - half_width, y - half_height, x + half_width, y + half_height)
    boxes = boxes[~shapely.intersects(boxes, land)]
    return boxes, shapely.distance(boxes, shape)


def _anchored(
    box: shapely.Geometry, shape: shapely.Geometry, cell_m: float
) -> tuple[float, float, Side]:
    """The side of a name's box that faces its group, and the line to it if it is far."""
    left, bottom, right, top = box.bounds
    way = shapely.shortest_line(box, shape.buffer(-cell_m / 4))
    (_, _), (x, y) = shapely.get_coordinates(way)
    target = (float(x), float(y)) if shapely.distance(box, shape) > cell_m else None
    middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
    if x > right or x < left:
        end = "end" if x > right else "start"
        return (right if x > right else left, middle_y, Side(end, target))
    end = "above" if y < middle_y else "below"
    return (middle_x, bottom if y < middle_y else top, Side(end, target))
