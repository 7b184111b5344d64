"""The built-in layout: one regular hexagon per area, near its place.

A layout is a small table of lattice cells (`read_layout`, `write_layout`), computed
from published points (`compute_layout`; the optimisation itself is in `hexfit`),
drawn by `hexagons` and judged by `measure`.

The lattice is "odd-r" offset: pointy-top hexagons, row 0 the northernmost, columns
counted eastwards, odd rows pushed east by half a cell.  It lies in the plane of
EPSG:3857, so that the hexagons are regular on a web map.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from generator.errors import SourceError
from generator.hexagons import fit as hexfit
from generator.hexagons.lattice import (
    HexCell,
    HexLayout,
    Ints,
    cell_centres,
    hex_neighbours,
    projected,
    to_degrees,
)
from generator.hexagons.quality import LayoutQuality, measure

__all__ = [
    "HexCell",
    "HexLayout",
    "LayoutQuality",
    "compute_layout",
    "hex_neighbours",
    "hexagons",
    "islands_by_name",
    "measure",
    "read_layout",
    "write_layout",
]

COLUMNS = ("code", "name", "column", "row")
ISLAND_NAMES = ("Isle of ", "Isles of ")
LONELY_WIDTH_M = 10_000.0  # one point alone, or all in one place, says nothing about a width

# Corners of a pointy-top hexagon, counter-clockwise from the south, in half widths
# eastwards and half sides northwards: whole numbers, so that cells share corners exactly.
_CORNERS = np.array([(0, -2), (1, -1), (1, 1), (0, 2), (-1, 1), (-1, -1)])


def read_layout(path: Path, points: Mapping[str, tuple[float, float]]) -> HexLayout:
    """Read a table of cells and lay it over the points.

    Parameters
    ----------
    path
        CSV with the columns ``code``, ``column`` and ``row`` (others are ignored).
    points
        Longitude and latitude (WGS 84) by code.

    Raises
    ------
    SourceError
        If the file can't be read, or codes or cells are doubled, not whole numbers,
        or not the same codes as those of `points`; all problems are named at once.
    """
    rows = _read_rows(path)
    problems: list[str] = []
    cells: dict[str, HexCell] = {}
    taken: dict[tuple[int, int], str] = {}
    for line, row in rows:
        code = (row.get("code") or "").strip()
        try:
            place = int(row["column"]), int(row["row"])
        except (TypeError, ValueError):
            problems.append(
                f"row {line}: column and row of {code or 'an area without a code'} "
                f"are not whole numbers ({row['column']!r}, {row['row']!r})"
            )
            continue
        if not code:
            problems.append(f"row {line}: no code")
        elif code in cells:
            problems.append(f"row {line}: {code} stands in the table twice")
        elif place in taken:
            problems.append(f"row {line}: {code} has the same cell as {taken[place]}")
        else:
            cells[code] = HexCell(code, *place)
            taken[place] = code
    seen = {(row.get("code") or "").strip() for _, row in rows}
    problems += _listed("unknown code", sorted(seen - set(points) - {""}))
    problems += _listed("no cell for", sorted(set(points) - seen))
    if problems:
        raise SourceError(
            "the hexagon layout can't be used: " + "; ".join(problems),
            where=str(path),
            fix="Correct the rows, or compute the table anew with `python build.py hexagons`.",
        )
    return _placed([cells[code] for code in sorted(cells)], points, where=str(path))


def _read_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Rows with their line numbers in the file (the header is line 1)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [(reader.line_num, row) for row in reader]
            header = reader.fieldnames or []
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"the hexagon layout can't be read ({error})",
            where=str(path),
            fix="Compute the table with `python build.py hexagons`.",
        ) from error
    missing = [name for name in ("code", "column", "row") if name not in header]
    if missing:
        raise SourceError(
            f"no column {', '.join(map(repr, missing))}",
            where=f"{path}, row 1",
            fix=f"The header must be: {','.join(COLUMNS)}.",
        )
    return rows


def _listed(what: str, codes: list[str], most: int = 10) -> list[str]:
    if not codes:
        return []
    rest = f" and {len(codes) - most} more" if len(codes) > most else ""
    return [f"{what} {', '.join(codes[:most])}{rest}"]


def compute_layout(
    points: Mapping[str, tuple[float, float]],
    *,
    regions: Mapping[str, str] | None = None,
    counties: Mapping[str, str] | None = None,
    areas_km2: Mapping[str, float] | None = None,
    islands: Collection[str] = (),
    seed: int = 0,
) -> HexLayout:
    """Compute a cell for every area from its point.

    Parameters
    ----------
    points
        Longitude and latitude (WGS 84) of a point inside each area, by code.
    regions
        Larger unit by code; each is kept in one piece (areas that seem to be islands aside).
    counties
        Smaller unit by code, kept together where possible; empty for areas without one.
    areas_km2
        Land area by code; makes the guess who borders whom better.  All codes or none.
    islands
        Codes of areas that border no other; they stand apart, with sea between.
    seed
        Start of the random numbers.  The same input and seed give the same layout.

    Raises
    ------
    SourceError
        If there is no point, or one lies outside the world of EPSG:3857.
    """
    codes = sorted(points)
    xy_m = projected(codes, points, where="the published points")
    given = areas_km2 is not None and all(areas_km2.get(code, 0) > 0 for code in codes)
    areas_m2 = None
    if areas_km2 is not None and given:
        # Mercator stretches by 1 / cos(latitude) both ways.
        stretch = 1 / np.cos(np.radians([points[code][1] for code in codes]))
        areas_m2 = np.array([areas_km2[code] for code in codes]) * 1e6 * stretch**2
    axial = hexfit.place(
        xy_m,
        regions=_labels(codes, regions),
        counties=_labels(codes, counties),
        areas=areas_m2,
        islands=np.isin(codes, sorted(islands)),
        seed=seed,
    )
    offset = _offset_from_axial(axial)
    cells = [HexCell(code, int(c), int(r)) for code, (c, r) in zip(codes, offset, strict=True)]
    return _placed(cells, points, where="the computed layout")


def islands_by_name(names: Mapping[str, str]) -> frozenset[str]:
    """Codes of areas whose names say that they are islands, for `compute_layout`.

    >>> sorted(islands_by_name({"a": "Isle of Wight", "b": "Isles of Scilly", "c": "Islington"}))
    ['a', 'b']
    """
    return frozenset(code for code, name in names.items() if name.startswith(ISLAND_NAMES))


def _labels(codes: list[str], groups: Mapping[str, str] | None) -> Ints:
    """Numbers for group names by sorted name; -1 where an area has none."""
    names = [(groups or {}).get(code) or "" for code in codes]
    number = {name: k for k, name in enumerate(sorted(set(names) - {""}))}
    return np.array([number.get(name, -1) for name in names], dtype=np.int64)


def _offset_from_axial(axial: Ints) -> Ints:
    """Axial (q eastwards, r south-eastwards) to odd-r (column, row), both from 0."""
    row = axial[:, 1] - axial[:, 1].min()
    column = axial[:, 0] + (row - (row & 1)) // 2
    return np.stack([column - column.min(), row], axis=1)


def write_layout(layout: HexLayout, names: Mapping[str, str], path: Path) -> None:
    """Write the table of cells: UTF-8 CSV, line feeds, sorted by code."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for cell in sorted(layout.cells, key=lambda cell: cell.code):
        writer.writerow([cell.code, names.get(cell.code, ""), cell.column, cell.row])
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")


def hexagons(layout: HexLayout) -> gpd.GeoDataFrame:
    """Draw the cells.

    Returns
    -------
    geopandas.GeoDataFrame
        ``code`` and ``geometry`` (Polygon, counter-clockwise, EPSG:4326, 6 decimals), one
        row per cell, sorted by code.  Cells that touch share their corners exactly.
    """
    cells = sorted(layout.cells, key=lambda cell: cell.code)
    centres = np.array([(2 * c.column + (c.row & 1), -3 * c.row) for c in cells]).reshape(-1, 2)
    corners = centres[:, None, :] + _CORNERS[None, :, :]
    lattice, where = np.unique(corners.reshape(-1, 2), axis=0, return_inverse=True)
    half_width = layout.width_m / 2
    x = layout.origin_x_m + lattice[:, 0] * half_width
    y = layout.origin_y_m + lattice[:, 1] * half_width / np.sqrt(3)
    lon, lat = to_degrees().transform(x, y)
    degrees = np.round(np.stack([lon, lat], axis=1), 6)
    rings = degrees[where.reshape(-1, 6)]
    polygons = [shapely.Polygon(ring) for ring in rings]
    return gpd.GeoDataFrame(
        {"code": [cell.code for cell in cells]}, geometry=polygons, crs="EPSG:4326"
    )


def _placed(
    cells: list[HexCell], points: Mapping[str, tuple[float, float]], *, where: str
) -> HexLayout:
    """Lay the lattice over the points: least squares in shift and size, no rotation."""
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
    return HexLayout(tuple(cells), float(origin[0]), float(origin[1]), width_m)
