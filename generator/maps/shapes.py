"""One outline as SVG path data on a grid of whole units, y downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Shape:
    """One area on the grid of one detail.

    ``x, y`` is the start of its path in units, ``body`` what follows (only relative
    moves and lines, so it is the same wherever the start is put), ``box`` its extent.
    """

    x: int
    y: int
    body: str
    box: tuple[int, int, int, int]

    def path(self, left: int = 0, top: int = 0) -> str:
        """SVG path data, with the point (`left`, `top`) as origin."""
        return f"M{self.x - left} {self.y - top}{self.body}"

    def row(self) -> list[object]:
        """The shape as JSON has it; `of_row` reads it."""
        return [self.x, self.y, self.body, list(self.box)]

    @staticmethod
    def of_row(row: Sequence[Any]) -> Shape:
        x, y, body, (left, top, right, bottom) = row
        return Shape(x, y, body, (left, top, right, bottom))


def snapped(geometry: shapely.Geometry, unit_m: float) -> Shape:
    """Snap to the grid; rings of no area are left out unless nothing else is left."""
    rings = []
    # Simplifying may turn rings round, and a hole that runs like its shell would be filled.
    for polygon in shapely.get_parts(shapely.orient_polygons(geometry)):
        exterior = _grid_ring(shapely.get_exterior_ring(polygon), unit_m)
        if len(exterior) < 3:
            continue
        rings.append(exterior)
        holes = (_grid_ring(hole, unit_m) for hole in polygon.interiors)
        rings += [hole for hole in holes if len(hole) >= 3]
    if not rings:
        x, y = shapely.get_coordinates(shapely.point_on_surface(geometry))[0] / unit_m
        left, top = round(x), round(-y)
        rings = [np.array([(left, top), (left + 1, top), (left + 1, top + 1), (left, top + 1)])]
    start = rings[0][0]
    body, pen = [], start
    for number, ring in enumerate(rings):
        if number:
            dx, dy = ring[0] - pen
            body.append(f"m{dx}{_signed(dy)}")
        steps = np.diff(ring, axis=0)
        body.append("l" + _pairs(steps) + "z")
        pen = ring[0]
    points = np.concatenate(rings)
    low, high = points.min(axis=0), points.max(axis=0)
    box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
    return Shape(int(start[0]), int(start[1]), "".join(body), box)


def _grid_ring(ring: shapely.Geometry, unit_m: float) -> NDArray[np.int64]:
    """Whole-number corners of a ring, y down, open, without repeats and straight runs."""
    points: NDArray[np.int64] = np.rint(shapely.get_coordinates(ring) / (unit_m, -unit_m)).astype(
        np.int64
    )
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    points = points[keep]
    if len(points) > 1 and (points[0] == points[-1]).all():
        points = points[:-1]
    if len(points) < 3:
        return points
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    # A vertex on a straight line draws nothing, but a spike's tip must stay.
    ahead = (before * after).sum(axis=1) > 0
    kept: NDArray[np.int64] = points[(turn != 0) | ~ahead]
    return kept


def line_path(lines: shapely.Geometry, unit_m: float, left: int, top: int) -> str:
    """Lines as SVG path data on the grid, with the point (`left`, `top`) as origin."""
    parts = []
    for line in shapely.get_parts(shapely.line_merge(lines)):
        scaled = shapely.get_coordinates(line) / (unit_m, -unit_m)
        points: NDArray[np.int64] = np.rint(scaled).astype(np.int64) - (left, top)
        keep = np.ones(len(points), dtype=bool)
        keep[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
        points = points[keep]
        if len(points) > 1:
            x, y = points[0]
            parts.append(f"M{x} {y}l{_pairs(np.diff(points, axis=0))}")
    return "".join(parts)


def _pairs(steps: NDArray[np.int64]) -> str:
    """Relative steps as compact path text: ``5-6 7 8``; a minus needs no space before it."""
    text = " ".join(f"{dx}{_signed(dy)}" for dx, dy in steps.tolist())
    return text.replace(" -", "-")


def _signed(number: int) -> str:
    return f"{number}" if number < 0 else f" {number}"
