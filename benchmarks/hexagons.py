"""How well a hexagon layout keeps what a map shows: neighbours, places, directions, units.

Computes the layout of the English districts anew and measures it against their true borders:
``python -m benchmarks.hexagons BOUNDARIES``, a file of ONS's districts of December 2016.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from scipy import ndimage

from generator.data.names import is_island
from generator.errors import SourceError
from generator.hexagons.compute import compute_layout
from generator.hexagons.layout import Floats, HexLayout, cell_centres, projected

AREAS = Path(__file__).resolve().parents[1] / "boundaries/authorities_2016.csv"


def hex_neighbours(layout: HexLayout) -> dict[str, tuple[str, ...]]:
    """Codes of the up to six cells that share a side, sorted, by code."""
    at = {(c.column, c.row): c.code for c in layout.cells}
    return {
        c.code: tuple(sorted(at[p] for p in cells_beside(c.column, c.row) if p in at))
        for c in layout.cells
    }


def cells_beside(column: int, row: int) -> tuple[tuple[int, int], ...]:
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


@dataclass(frozen=True, slots=True)
class LayoutQuality:
    """Figures about one layout; shares are between 0 and 1.

    Attributes
    ----------
    true_pairs, kept_pairs, kept_share
        Pairs of areas with a common border, how many of them share a side of their
        hexagons, and the share.
    touching_pairs, touching_true_share
        Pairs of hexagons with a common side, and how many of them have a common border.
    mean_km, median_km, max_km
        Distance on the ellipsoid between an area's point and the centre of its hexagon.
    mean_widths, max_widths
        The same in the plane of EPSG:3857, in widths of a cell.
    octant_share
        True pairs whose hexagons lie in the same of the eight compass octants
        (N, NE, E, ...) as their points.  Touching hexagons never lie due north or
        south of each other, so that 1 can't be reached.
    direction_share, median_turn_deg
        True pairs whose direction is at most 45° off, and the median difference.
    regions, regions_whole, counties, counties_whole
        Units, and those whose cells are in one connected piece.  Areas without any
        true neighbour (islands) are set aside.
    holes
        Empty cells that cells enclose.
    """

    true_pairs: int
    kept_pairs: int
    kept_share: float
    touching_pairs: int
    touching_true_share: float
    mean_km: float
    median_km: float
    max_km: float
    mean_widths: float
    max_widths: float
    octant_share: float
    direction_share: float
    median_turn_deg: float
    regions: int
    regions_whole: int
    counties: int
    counties_whole: int
    holes: int


def measure(
    layout: HexLayout,
    true_neighbours: Iterable[tuple[str, str]],
    points: Mapping[str, tuple[float, float]],
    regions: Mapping[str, str],
    counties: Mapping[str, str],
) -> LayoutQuality:
    """Judge a layout by who really borders whom.

    Parameters
    ----------
    layout
        The layout to judge.
    true_neighbours
        Pairs of codes with a common border; order and repetition don't matter.
    points
        Longitude and latitude (WGS 84) by code.
    regions, counties
        Unit by code; areas without one are left out.

    Raises
    ------
    SourceError
        If a pair names a code that the layout doesn't have.
    """
    codes = [cell.code for cell in layout.cells]
    true = {(min(pair), max(pair)) for pair in true_neighbours if pair[0] != pair[1]}
    unknown = sorted({code for pair in true for code in pair} - set(codes))
    if unknown:
        raise SourceError(
            f"neighbours of areas that have no hexagon: {', '.join(unknown[:10])}",
            fix="Give the neighbours of the same areas as the layout's.",
        )
    beside = hex_neighbours(layout)
    touching = {(a, b) for a, near in beside.items() for b in near if a < b}
    kept = len(true & touching)
    km, widths = _displacement(layout, points)
    turn_deg, same_octant = _directions(layout, sorted(true), points)
    islands = set(codes) - {code for pair in true for code in pair}
    pieces = [
        _whole(beside, {code: unit for code, unit in units.items() if code not in islands})
        for units in (regions, counties)
    ]
    return LayoutQuality(
        true_pairs=len(true),
        kept_pairs=kept,
        kept_share=kept / max(len(true), 1),
        touching_pairs=len(touching),
        touching_true_share=kept / max(len(touching), 1),
        mean_km=float(km.mean()),
        median_km=float(np.median(km)),
        max_km=float(km.max()),
        mean_widths=float(widths.mean()),
        max_widths=float(widths.max()),
        octant_share=float(same_octant.mean()) if true else 1.0,
        direction_share=float((turn_deg <= 45).mean()) if true else 1.0,
        median_turn_deg=float(np.median(turn_deg)) if true else 0.0,
        regions=len(pieces[0]),
        regions_whole=sum(pieces[0].values()),
        counties=len(pieces[1]),
        counties_whole=sum(pieces[1].values()),
        holes=_holes(layout),
    )


def _displacement(
    layout: HexLayout, points: Mapping[str, tuple[float, float]]
) -> tuple[Floats, Floats]:
    """Distance of each cell from its point, in km and in cell widths."""
    centres = _centres_m(layout)
    codes = [cell.code for cell in layout.cells]
    here = projected(codes, points, where="the published points")
    to_degrees = pyproj.Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(centres[:, 0], centres[:, 1])
    degrees = np.array([points[code] for code in codes], dtype=np.float64)
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(degrees[:, 0], degrees[:, 1], lon, lat)
    widths = np.hypot(*(centres - here).T) / layout.width_m
    return np.asarray(metres, dtype=np.float64) / 1000, widths


def _directions(
    layout: HexLayout, pairs: list[tuple[str, str]], points: Mapping[str, tuple[float, float]]
) -> tuple[Floats, np.typing.NDArray[np.bool_]]:
    """Turn in degrees (0 to 180) and sameness of octant for each pair."""
    codes = [cell.code for cell in layout.cells]
    number = {code: k for k, code in enumerate(codes)}
    ends = np.array([(number[a], number[b]) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    here = projected(codes, points, where="the published points")
    angles = []
    for plane in (here, _centres_m(layout)):
        dx, dy = (plane[ends[:, 1]] - plane[ends[:, 0]]).T
        angles.append(np.degrees(np.arctan2(dy, dx)))
    turn = np.abs((angles[1] - angles[0] + 180) % 360 - 180)
    octants = [np.floor((angle + 22.5) / 45).astype(np.int64) % 8 for angle in angles]
    return turn, octants[0] == octants[1]


def _centres_m(layout: HexLayout) -> Floats:
    """Centres of the cells in EPSG:3857 metres, in the order of the layout."""
    return cell_centres(layout.cells) * layout.width_m + (layout.origin_x_m, layout.origin_y_m)


def _whole(beside: Mapping[str, tuple[str, ...]], units: Mapping[str, str]) -> dict[str, bool]:
    """For each unit, whether its areas are one connected piece."""
    members: dict[str, set[str]] = {}
    for code in beside:
        if units.get(code):
            members.setdefault(units[code], set()).add(code)
    return {unit: _connected(codes, beside) for unit, codes in sorted(members.items())}


def _connected(codes: set[str], beside: Mapping[str, tuple[str, ...]]) -> bool:
    todo = [min(codes)]
    reached = set(todo)
    while todo:
        for near in beside[todo.pop()]:
            if near in codes and near not in reached:
                reached.add(near)
                todo.append(near)
    return reached == codes


def _holes(layout: HexLayout) -> int:
    """Number of empty cells from which no way over empty cells leads outside."""
    column = np.array([cell.column for cell in layout.cells])
    row = np.array([cell.row for cell in layout.cells])
    q = column - (row - (row & 1)) // 2
    empty = np.ones((int(np.ptp(row)) + 3, int(np.ptp(q)) + 3), dtype=bool)
    empty[row - row.min() + 1, q - q.min() + 1] = False
    # In axial coordinates the six neighbours are these of the eight in the array.
    pieces, _ = ndimage.label(empty, structure=[[0, 1, 1], [1, 1, 1], [1, 1, 0]])
    return int((empty & (pieces != pieces[0, 0])).sum())


def true_neighbours(boundaries: Path, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of districts with a common border of some length, by ONS's outlines."""
    frame = gpd.read_file(boundaries).to_crs("EPSG:27700")
    frame = frame[frame["lad16cd"].isin(list(codes))].sort_values("lad16cd")
    shapes = shapely.make_valid(frame.geometry.to_numpy())
    code = frame["lad16cd"].to_numpy()
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    a, b = a[a < b], b[a < b]
    border_m = shapely.length(shapely.intersection(shapes[a], shapes[b]))
    return [(code[i], code[j]) for i, j in zip(a[border_m > 0], b[border_m > 0], strict=True)]


def main() -> None:
    """Print the figures of one layout, or of several seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("boundaries", type=Path, help="ONS districts, December 2016")
    parser.add_argument("--seeds", type=int, default=1, help="layouts to compute")
    options = parser.parse_args()
    with AREAS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points = {row["code"]: (float(row["lon"]), float(row["lat"])) for row in rows}
    regions = {row["code"]: row["region_code"] for row in rows}
    counties = {row["code"]: row["county_code"] for row in rows}
    pairs = true_neighbours(options.boundaries, points)
    for seed in range(options.seeds):
        start = time.process_time()
        layout = compute_layout(
            points,
            regions=regions,
            counties=counties,
            areas_km2={row["code"]: float(row["area_km2"]) for row in rows},
            islands=[row["code"] for row in rows if is_island(row["name"])],
            seed=seed,
        )
        print(f"seed {seed}: {time.process_time() - start:.1f} s of CPU")
        for name, value in asdict(measure(layout, pairs, points, regions, counties)).items():
            print(f"  {name:20} {value:.4g}")


if __name__ == "__main__":
    main()
