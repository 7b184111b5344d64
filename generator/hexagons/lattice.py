"""Cells of a lattice of regular hexagons, and the plane in which it lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyproj

from generator.errors import SourceError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROW_HEIGHT = float(np.sqrt(3)) / 2  # distance of two rows in cell widths

# Steps to the east, north-east, north-west, west, south-west and south-east in axial
# coordinates (q eastwards, r south-eastwards), and where the side opposite to each stands.
AXIAL_STEPS: Ints = np.array([(1, 0), (1, -1), (0, -1), (-1, 0), (-1, 1), (0, 1)], dtype=np.int64)
OPPOSITE: Ints = np.array([3, 4, 5, 0, 1, 2], dtype=np.int64)
# The same neighbourhood in an array of axial coordinates, for `scipy.ndimage.label`.
RING = ((0, 1, 1), (1, 1, 1), (1, 1, 0))


def axial_centres(axial: Ints) -> Floats:
    """Centres of cells in cell widths, shape (n, 2), eastwards and northwards."""
    return np.stack([axial[:, 0] + axial[:, 1] / 2, -axial[:, 1] * ROW_HEIGHT], axis=1)


@dataclass(frozen=True, slots=True)
class HexCell:
    """The place of one area in the lattice (odd-r offset, row 0 in the north)."""

    code: str
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class HexLayout:
    """One cell per area, and where the lattice lies.

    Attributes
    ----------
    cells
        Sorted by code; no code and no cell twice.
    origin_x_m, origin_y_m
        Centre of cell (0, 0) in EPSG:3857 metres.
    width_m
        Distance between the flat sides of a cell in EPSG:3857 metres.
    """

    cells: tuple[HexCell, ...]
    origin_x_m: float
    origin_y_m: float
    width_m: float


def hex_neighbours(layout: HexLayout) -> dict[str, tuple[str, ...]]:
    """Codes of the up to six cells that share a side, sorted, by code."""
    at = {(c.column, c.row): c.code for c in layout.cells}
    return {
        c.code: tuple(sorted(at[p] for p in offset_neighbours(c.column, c.row) if p in at))
        for c in sorted(layout.cells, key=lambda cell: cell.code)
    }


def offset_neighbours(column: int, row: int) -> tuple[tuple[int, int], ...]:
    """The six cells around a cell of an odd-r lattice, from the east counter-clockwise."""
    east = column + (row & 1)
    return (
        (column + 1, row),
        (east, row - 1),
        (east - 1, row - 1),
        (column - 1, row),
        (east - 1, row + 1),
        (east, row + 1),
    )


def cell_centres(cells: Iterable[HexCell]) -> Floats:
    """Centres relative to cell (0, 0) in cell widths, shape (n, 2), eastwards and northwards."""
    return np.array(
        [(c.column + (c.row & 1) / 2, -c.row * ROW_HEIGHT) for c in cells], dtype=np.float64
    ).reshape(-1, 2)


def projected(codes: list[str], points: Mapping[str, tuple[float, float]], *, where: str) -> Floats:
    """Points in EPSG:3857 metres, shape (n, 2), in the order of the codes."""
    if not codes:
        raise SourceError("no area to lay out", where=where, fix="Give at least one point.")
    degrees = np.array([points[code] for code in codes], dtype=np.float64)
    inside = (np.abs(degrees) <= (180, 85)).all(axis=1)
    if not inside.all():
        bad = codes[int(np.argmin(inside))]
        raise SourceError(
            f"the point of {bad} is not a longitude and latitude on a web map: {points[bad]}",
            where=where,
            fix="Points are in degrees (WGS 84), longitude first, no further than 85° from "
            "the equator.",
        )
    x, y = to_metres().transform(degrees[:, 0], degrees[:, 1])
    return np.stack([x, y], axis=1)


@cache
def to_metres() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)


@cache
def to_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True)
