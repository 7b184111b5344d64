"""Where the coordinates of a boundary file lie, so that nothing is drawn in the sea."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from generator.errors import SourceError
from generator.report import Report
from generator.sources.fields import GSS_CODE

WGS84 = "EPSG:4326"
WEB_MERCATOR = "EPSG:3857"
BRITISH_NATIONAL_GRID = "EPSG:27700"

Geometries = npt.NDArray[np.object_]
Box = tuple[float, float, float, float]
"""West, south, east, north."""

_RADIUS_M = 6_378_137.0
_WORLD: Box = (-180.0, -90.0, 180.0, 90.0)
# Web Mercator ends where the map is a square.
_DRAWABLE: Box = (-180.0, -85.05, 180.0, 85.05)
_UK: Box = (-14.5, 49.0, 2.5, 61.5)
_UK_SWAPPED: Box = (49.0, -14.5, 61.5, 2.5)
# The grid proper begins at 0, but layers of the whole kingdom go on to Fermanagh and Rockall.
_UK_GRID_M: Box = (-320_000.0, 0.0, 700_000.0, 1_300_000.0)
# No area of the kingdom is wider or higher than all of it.
_MOST_DEGREES = 20.0
# In degrees, with some sea: where a code's country letter may lie.
_COUNTRIES: dict[str, tuple[str, Box]] = {
    "E": ("England", (-6.7, 49.7, 2.0, 56.0)),
    "W": ("Wales", (-6.0, 51.2, -2.4, 53.7)),
    "S": ("Scotland", (-14.5, 54.3, -0.4, 61.3)),
    "N": ("Northern Ireland", (-8.6, 53.8, -5.1, 55.6)),
}


def to_mercator(
    path: Path, declared: Any, codes: Iterable[str], shapes: Geometries, report: Report
) -> Geometries:
    """Bring coordinates to the plane of web maps, or refuse them.

    Parameters
    ----------
    path
        The file, for messages.
    declared
        The `pyproj.CRS` that the file declares, or None.
    codes
        One code per shape.
    shapes
        Polygons in `declared`.
    report
        Hears of a CRS that had to be recognised.

    Returns
    -------
    numpy.ndarray
        The shapes in EPSG:3857.

    Raises
    ------
    SourceError
        If the CRS can't be known, latitude stands first, or an area would not touch its
        country.
    """
    codes = tuple(codes)
    crs = recognise_crs(path, declared, codes, shapes, report)
    moved = project(shapes, crs, WEB_MERCATOR)
    check_places(path, codes, moved)
    return moved


def project(shapes: Geometries, source: Any, target: Any) -> Geometries:
    """Shapes of one CRS in another, x (or longitude) first."""
    moved = gpd.GeoSeries(shapes, crs=source).to_crs(target).to_numpy()
    return np.asarray(moved, dtype=object)


def metric_crs(shapes: Geometries, crs: Any) -> str:
    """A CRS of metres for work on shapes: the British National Grid there, else EPSG:3857."""
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    transformer = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True)
    box = transformer.transform_bounds(west, south, east, north)
    return BRITISH_NATIONAL_GRID if _within(box, _UK) else WEB_MERCATOR


def recognise_crs(
    path: Path, declared: Any, codes: Iterable[str], shapes: Geometries, report: Report
) -> Any:
    """The CRS in which a file's coordinates are written.

    A file that declares no CRS, or one that its coordinates contradict, is taken as
    British National Grid or WGS 84 if the numbers can't be anything else; it is
    reported.

    Raises
    ------
    SourceError
        If it can't be known, or latitude stands first.
    """
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    box = (west, south, east, north)
    stated = f"x runs from {west:,.6g} to {east:,.6g} and y from {south:,.6g} to {north:,.6g}"
    if not np.isfinite(box).all():
        raise SourceError(
            "some coordinates are not finite numbers",
            where=str(path),
            fix="Download the file again, or save it anew in a GIS.",
        )
    if _within(box, _UK_SWAPPED) and any(GSS_CODE.fullmatch(code) for code in codes):
        raise SourceError(
            f"latitude and longitude are swapped: {stated}",
            where=str(path),
            fix="Write longitude first, as GeoJSON does, or download the file again.",
        )
    if declared is not None and declared.is_geographic == _within(box, _WORLD):
        _check_way(path, declared)
        return declared
    if declared is not None and not declared.is_geographic:
        raise SourceError(
            f"declares {declared.name}, but {stated}, which are degrees",
            where=str(path),
            fix="Declare the CRS in which the coordinates are written.",
        )
    # GDAL reports WGS 84 for a GeoJSON that declares nothing: metres there are as good as none.
    for box_of_crs, crs, name in (
        (_UK, WGS84, "WGS 84"),
        (_UK_GRID_M, BRITISH_NATIONAL_GRID, "British National Grid"),
    ):
        if _within(box, box_of_crs):
            report.say(f"{path.name} declares no CRS that fits: its coordinates are read as {name}")
            return crs
    raise SourceError(
        f"the CRS is unknown: {stated}, neither longitude and latitude nor British National Grid",
        where=str(path),
        fix="Declare the CRS in the file (a .prj beside a Shapefile), or save it as WGS 84.",
    )


def _check_way(path: Path, declared: Any) -> None:
    """Refuse a CRS that no transformation leads out of: of another planet, or damaged."""
    try:
        pyproj.Transformer.from_crs(declared, WGS84, always_xy=True)
    except pyproj.exceptions.ProjError:
        raise SourceError(
            f"declares {declared.name}, from which coordinates can't be brought to a map",
            where=str(path),
            fix="Declare the CRS in which the coordinates are written, or save them as WGS 84.",
        ) from None


def check_places(path: Path, codes: Iterable[str], shapes: Geometries) -> None:
    """Make sure that areas lie where they can be drawn, and GSS codes in their country.

    Parameters
    ----------
    codes
        One code per shape.
    shapes
        In EPSG:3857.

    Raises
    ------
    SourceError
        Naming the first area that doesn't.
    """
    bounds = shapely.bounds(shapes) / _RADIUS_M
    corners = np.degrees(bounds)
    corners[:, 1::2] = np.degrees(2 * np.arctan(np.exp(bounds[:, 1::2])) - np.pi / 2)
    for code, (west, south, east, north) in zip(codes, corners.tolist(), strict=True):
        country, expected = "the world", _DRAWABLE
        if GSS_CODE.fullmatch(code):
            country, expected = _COUNTRIES.get(code[0], ("the United Kingdom", _UK))
        finite = bool(np.isfinite((west, south, east, north)).all())
        if not (finite and _touch((west, south, east, north), expected)):
            place = f"at longitude {west:.2f}, latitude {south:.2f}" if finite else "nowhere"
            raise SourceError(
                f"{code} would lie {place}, outside {country}",
                where=str(path),
                fix="Check the CRS that the file declares, and the order of its coordinates.",
            )
        if expected is not _DRAWABLE and max(east - west, north - south) > _MOST_DEGREES:
            raise SourceError(
                f"{code} would reach over {max(east - west, north - south):.0f} degrees; "
                "the United Kingdom has 17",
                where=str(path),
                fix="Look for a damaged coordinate in the outline of this area.",
            )


def _within(box: Box, outer: Box) -> bool:
    return outer[0] <= box[0] and outer[1] <= box[1] and box[2] <= outer[2] and box[3] <= outer[3]


def _touch(box: Box, other: Box) -> bool:
    return box[0] <= other[2] and other[0] <= box[2] and box[1] <= other[3] and other[1] <= box[3]
