"""A hexagon layout: one regular hexagon per area, near its place; read, written and drawn.

The lattice is "odd-r" offset: pointy-top hexagons, row 0 the northernmost, columns
counted eastwards, odd rows pushed east by half a cell, in the plane of EPSG:3857.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from generator.errors import SourceError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Points = Mapping[str, tuple[float, float]]  # longitude and latitude (WGS 84) by code

ROW_HEIGHT = float(np.sqrt(3)) / 2  # distance of two rows in cell widths
COLUMNS = ("code", "name", "column", "row")
LONELY_WIDTH_M = 10_000.0  # one point alone, or all in one place, says nothing about a width
FURTHEST = 100_000  # columns or rows from cell (0, 0)
NAMED = 10  # codes named in one message

# Corners of a pointy-top hexagon, counter-clockwise from the south, in half widths
# eastwards and half sides northwards: whole numbers, so that cells share corners exactly.
_CORNERS = np.array([(0, -2), (1, -1), (1, 1), (0, 2), (-1, 1), (-1, -1)])


@dataclass(frozen=True, slots=True)
class HexCell:
    """The place of one area in the lattice (odd-r offset, row 0 in the north)."""

    code: str
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class HexLayout:
    """One cell per area, and where the lattice lies."""

    cells: tuple[HexCell, ...]  # sorted by code; no code and no cell twice
    origin_x_m: float  # centre of cell (0, 0) in EPSG:3857
    origin_y_m: float
    width_m: float  # distance between the flat sides of a cell in EPSG:3857


def read_layout(path: Path, points: Points) -> HexLayout:
    """Read a CSV with the columns ``code``, ``column`` and ``row``; lay it over the points.

    Raises SourceError, with all problems at once, if codes or cells are doubled, not whole
    numbers, or not the same codes as those of `points`.
    """
    rows = _read_rows(path)
    problems: list[str] = []
    cells: dict[str, HexCell] = {}
    taken: dict[tuple[int, int], str] = {}
    for line, code, column, row in rows:
        try:
            place = int(column), int(row)
        except ValueError:
            problems.append(
                f"row {line}: column and row of {code or 'an area without a code'} "
                f"are not whole numbers ({column!r}, {row!r})"
            )
            continue
        if max(map(abs, place)) > FURTHEST:
            problems.append(f"row {line}: the cell of {code} is more than {FURTHEST:,} away")
        elif not code:
            problems.append(f"row {line}: no code")
        elif code in cells:
            problems.append(f"row {line}: {code} stands in the table twice")
        elif place in taken:
            problems.append(f"row {line}: {code} has the same cell as {taken[place]}")
        else:
            cells[code] = HexCell(code, *place)
            taken[place] = code
    seen = {code for _, code, _, _ in rows} - {""}
    for what, codes in (("unknown code", seen - set(points)), ("no cell for", set(points) - seen)):
        rest = f" and {len(codes) - NAMED} more" if len(codes) > NAMED else ""
        problems += [f"{what} {', '.join(sorted(codes)[:NAMED])}{rest}"] if codes else []
    if problems:
        rest = f"; and {len(problems) - NAMED} more" if len(problems) > NAMED else ""
        raise SourceError(
            f"the hexagon layout can't be used: {'; '.join(problems[:NAMED])}{rest}",
            where=str(path),
            fix="Correct the rows, or compute the table anew with `python build.py hexagons`.",
        )
    return lay_over(cells.values(), points, where=str(path))


def _read_rows(path: Path) -> list[tuple[int, str, str, str]]:
    """Line in the file (the header is line 1), code, column and row of each area."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            header = reader.fieldnames or []
            missing = [repr(name) for name in ("code", "column", "row") if name not in header]
            if not missing:
                return [
                    (reader.line_num, row["code"].strip(), row["column"], row["row"])
                    for row in reader
                ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(
            f"the hexagon layout can't be read ({error})",
            where=str(path),
            fix="Compute the table with `python build.py hexagons`.",
        ) from error
    raise SourceError(
        f"no column {', '.join(missing)}",
        where=f"{path}, row 1",
        fix=f"The header must be: {','.join(COLUMNS)}.",
    )


def lay_over(cells: Iterable[HexCell], points: Points, *, where: str) -> HexLayout:
    """Lay the lattice over the points: least squares in shift and size, no rotation."""
    cells = tuple(sorted(cells, key=lambda cell: cell.code))
    unit = cell_centres(cells)
    xy_m = projected([c.code for c in cells], points, where=where)
    spread = unit - unit.mean(axis=0)
    square = float((spread**2).sum())
    reach = float((spread * (xy_m - xy_m.mean(axis=0))).sum())
    apart = float(np.ptp(xy_m, axis=0).max()) > 1
    width_m = reach / square if square > 0 and apart else LONELY_WIDTH_M
    if width_m < 0:
        raise SourceError(
            "the cells run against the points, as if north and south or east and west were swapped",
            where=where,
            fix="Count rows from the north and columns from the west.",
        )
    origin = xy_m.mean(axis=0) - width_m * unit.mean(axis=0)
    return HexLayout(cells, float(origin[0]), float(origin[1]), width_m)


def write_layout(layout: HexLayout, names: Mapping[str, str], path: Path) -> None:
    """Write the table of cells: UTF-8 CSV, line feeds, sorted by code."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([c.code, names.get(c.code, ""), c.column, c.row] for c in layout.cells)


def hexagons(layout: HexLayout) -> gpd.GeoDataFrame:
    """Draw the cells: ``code`` and ``geometry`` (EPSG:3857), sorted by code.

    Polygons are counter-clockwise; those that touch share their corners exactly.
    """
    half_width = layout.width_m / 2
    centres = np.array([(2 * c.column + (c.row & 1), -3 * c.row) for c in layout.cells])
    corners = (centres.reshape(-1, 1, 2) + _CORNERS) * (half_width, half_width / np.sqrt(3))
    metres = np.round(corners + np.array([layout.origin_x_m, layout.origin_y_m]), 2)
    codes = [cell.code for cell in layout.cells]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapely.polygons(metres), crs="EPSG:3857")


def cell_centres(cells: Iterable[HexCell]) -> Floats:
    """Centres relative to cell (0, 0) in cell widths, shape (n, 2), eastwards and northwards."""
    return np.array(
        [(c.column + (c.row & 1) / 2, -c.row * ROW_HEIGHT) for c in cells], dtype=np.float64
    ).reshape(-1, 2)


def projected(codes: list[str], points: Points, *, where: str) -> Floats:
    """Points in EPSG:3857 metres, shape (n, 2), in the order of the codes."""
    if not codes:
        raise SourceError("no area to lay out", where=where, fix="Give at least one point.")
    degrees = np.array([points[code] for code in codes], dtype=np.float64)
    for bad in (c for c, d in zip(codes, degrees, strict=True) if not (abs(d) <= (180, 85)).all()):
        raise SourceError(
            f"the point of {bad} is not a longitude and latitude on a web map: {points[bad]}",
            where=where,
            fix="Points are in degrees (WGS 84), longitude first, no further than 85° from "
            "the equator.",
        )
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    return np.stack(to_metres.transform(degrees[:, 0], degrees[:, 1]), axis=1)
