"""Which areas lie side by side, which lie nearest, and which are alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from generator.data.places import Area
from generator.kept import Kept

NEAREST = 6
SIMILAR = 5
FEW = 1500
"""Of so many points all distances are looked at: that takes less than to import a tree for them."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A similar area and the distance to it in standard deviations of the features."""

    code: str
    distance: float


MERCATOR_RADIUS_M = 6_378_137.0
"""Of the sphere that EPSG:3857 projects from."""


def shared_borders(boundaries: gpd.GeoDataFrame) -> dict[str, tuple[str, ...]]:
    """Areas that share a stretch of border (a common corner alone doesn't count).

    The longest shared border comes first, in metres on the ground: a degree from west to
    east is far shorter than one from south to north.  `boundaries` has the columns
    ``code`` and ``geometry``, in any CRS.
    """
    codes = boundaries["code"].to_numpy()
    geometries = np.asarray(boundaries.geometry.to_crs("EPSG:3857").to_numpy(), dtype=object)
    first, second = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    lines = shapely.boundary(geometries)
    lengths = _great_circle_lengths(shapely.intersection(lines[first], lines[second]))
    found: dict[str, list[tuple[float, str]]] = {str(code): [] for code in codes}
    for a, b, length in zip(first, second, lengths, strict=True):
        if length > 0:
            found[str(codes[a])].append((-float(length), str(codes[b])))
            found[str(codes[b])].append((-float(length), str(codes[a])))
    return {code: tuple(other for _, other in sorted(pairs)) for code, pairs in found.items()}


def neighbours_of(
    areas: Sequence[Area], boundaries: gpd.GeoDataFrame | None, kept: Kept
) -> dict[str, tuple[str, ...]]:
    """`shared_borders`, or without boundaries `nearest_points`.

    With many areas it takes seconds to find out who shares a border; `kept` may know it.
    """
    if boundaries is None:
        return nearest_points(areas)
    outlines = hashlib.sha256(b"".join(boundaries.geometry.to_wkb())).hexdigest()
    asked = ("borders", list(boundaries["code"]), str(boundaries.crs), outlines)
    found = kept.value(asked, lambda: shared_borders(boundaries))
    return {code: tuple(others) for code, others in found.items()}


def _great_circle_lengths(shapes: np.ndarray) -> np.ndarray:
    """(n,) length of each shape's lines on the unit sphere; points have none.  EPSG:3857."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    linear = shapely.get_dimensions(parts) == 1
    parts, owner = parts[linear], owner[linear]
    metres, at = shapely.get_coordinates(parts, return_index=True)
    lon, y = metres.T / MERCATOR_RADIUS_M
    lat = 2 * np.arctan(np.exp(y)) - np.pi / 2
    edge = at[1:] == at[:-1]
    half = np.sin(np.diff(lat) / 2) ** 2
    half += np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
    arcs = 2 * np.arcsin(np.sqrt(half))
    lengths = np.bincount(owner[at[1:][edge]], weights=arcs[edge], minlength=len(shapes))
    # To some millimetres on Earth: rounding errors are not to order borders of one length.
    rounded: np.ndarray = lengths.round(9)
    return rounded


def nearest_points(areas: Sequence[Area], count: int = NEAREST) -> dict[str, tuple[str, ...]]:
    """The `count` nearest areas by great-circle distance of their points, nearest first."""
    points = {a.code: (a.lon, a.lat) for a in areas if a.lon is not None and a.lat is not None}
    if len(points) < 2:
        return {}
    codes = list(points)
    lon, lat = np.radians(np.array(list(points.values()), dtype=float)).T
    # On the unit sphere straight-line and great-circle distance order points alike.
    xyz = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    _, found = nearest_rows(xyz, count + 1)
    return {
        code: tuple(codes[i] for i in row if codes[i] != code)[:count]
        for code, row in zip(codes, found, strict=True)
    }


def nearest_rows(points: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Distances to the `count` nearest of the same points, itself among them, and which those are.

    Parameters
    ----------
    points
        (n, dimensions) coordinates.

    Returns
    -------
    tuple
        (n, count) distances and places in `points`, the nearest first; fewer of fewer points.
    """
    count = min(count, len(points))
    if len(points) > FEW:
        from scipy.spatial import KDTree

        distances, found = KDTree(points).query(points, k=range(1, count + 1))
        return distances, found
    squares = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    found = np.argsort(squares, axis=1, kind="stable")[:, :count]
    return np.sqrt(np.take_along_axis(squares, found, axis=1)), found


def similar_areas(
    areas: Sequence[Area], scored: Mapping[str, float], what: str, count: int = SIMILAR
) -> tuple[dict[str, tuple[Similar, ...]], tuple[str, ...]]:
    """The areas most alike in score and, where known, in the logarithm of their size.

    `scored` are the scores by code, `what` says what they are.  Each feature is standardised
    (mean 0, standard deviation 1); the distance is Euclidean.  Areas that lack a feature are
    left out.

    Returns
    -------
    tuple
        Similar areas by code, the most similar first, and the features: `what`, "size".
    """
    sized = {a.code: a.area_km2 for a in areas if a.area_km2}
    codes = sorted(c for c in scored if c in sized) if sized else sorted(scored)
    if len(codes) < 2:
        return {}, ()
    columns = [np.array([scored[c] for c in codes])]
    words = [what]
    if sized:
        columns.append(np.log([sized[c] for c in codes]))
        words.append("size")
    features = np.column_stack([_standardised(column) for column in columns])
    distances, found = nearest_rows(features, count + 1)
    return {
        code: tuple(
            Similar(codes[i], float(d)) for d, i in zip(drow, frow, strict=True) if codes[i] != code
        )[:count]
        for code, drow, frow in zip(codes, distances, found, strict=True)
    }, tuple(words)


def _standardised(column: np.ndarray) -> np.ndarray:
    spread = column.std()
    return (column - column.mean()) / spread if spread else column * 0.0
