"""Where the coordinates of a boundary file lie, so that nothing is drawn in the sea."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from generator.errors import SourceError
from generator.report import Report
from generator.sources.fields import GSS_CODE

WGS84 = "EPSG:4326"
BRITISH_NATIONAL_GRID = "EPSG:27700"

Geometries = npt.NDArray[np.object_]
Box = tuple[float, float, float, float]
"""West, south, east, north."""

_WORLD: Box = (-180.0, -90.0, 180.0, 90.0)
_UK: Box = (-14.5, 49.0, 2.5, 61.5)
_UK_SWAPPED: Box = (49.0, -14.5, 61.5, 2.5)
# The grid proper begins at 0, but layers of the whole kingdom go on to Fermanagh and Rockall.
_UK_GRID_M: Box = (-320_000.0, 0.0, 700_000.0, 1_300_000.0)
# In degrees, with some sea: where a code's country letter may lie.
_COUNTRIES: dict[str, tuple[str, Box]] = {
    "E": ("England", (-6.7, 49.7, 2.0, 56.0)),
    "W": ("Wales", (-6.0, 51.2, -2.4, 53.7)),
    "S": ("Scotland", (-14.5, 54.3, -0.4, 61.3)),
    "N": ("Northern Ireland", (-8.6, 53.8, -5.1, 55.6)),
}


def to_wgs84(
    path: Path, declared: Any, codes: Iterable[str], shapes: Geometries, report: Report
) -> Geometries:
    """Bring coordinates to longitude and latitude, or refuse them.

    A file that declares no CRS, or one that its coordinates contradict, is taken as
    British National Grid or WGS 84 if the numbers can't be anything else; the report is
    told.

    Parameters
    ----------
    path
        The file, for messages.
    declared
        The `pyproj.CRS` that the file declares, or None.
    codes
        One GSS code per shape; its first letter says in which country the shape lies.
    shapes
        Polygons in `declared`.
    report
        Told of a CRS that had to be recognised.

    Returns
    -------
    numpy.ndarray
        The shapes in EPSG:4326, longitude first.

    Raises
    ------
    SourceError
        If the CRS can't be told, latitude stands first, or an area would not touch its
        country.
    """
    crs = _recognise(path, declared, shapes, report)
    moved: Geometries = np.asarray(
        gpd.GeoSeries(shapes, crs=crs).to_crs(WGS84).to_numpy(), dtype=object
    )
    _check_countries(path, codes, moved)
    return moved


def _recognise(path: Path, declared: Any, shapes: Geometries, report: Report) -> Any:
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    box = (west, south, east, north)
    told = f"x runs from {west:,.6g} to {east:,.6g} and y from {south:,.6g} to {north:,.6g}"
    if not np.isfinite(box).all():
        raise SourceError(
            "some coordinates are not finite numbers",
            where=str(path),
            fix="Download the file again, or save it anew in a GIS.",
        )
    if _within(box, _UK_SWAPPED):
        raise SourceError(
            f"latitude and longitude are swapped: {told}",
            where=str(path),
            fix="Write longitude first, as GeoJSON does, or download the file again.",
        )
    if declared is not None and declared.is_geographic == _within(box, _WORLD):
        return declared
    if declared is not None and not declared.is_geographic:
        raise SourceError(
            f"declares {declared.name}, but {told}, which are degrees",
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
        f"the CRS is unknown: {told}, neither longitude and latitude nor British National Grid",
        where=str(path),
        fix="Declare the CRS in the file (a .prj beside a Shapefile), or save it as WGS 84.",
    )


def _check_countries(path: Path, codes: Iterable[str], shapes: Geometries) -> None:
    for code, corners in zip(codes, shapely.bounds(shapes), strict=True):
        west, south, east, north = (float(value) for value in corners)
        letter = code[0] if GSS_CODE.fullmatch(code) else ""
        country, expected = _COUNTRIES.get(letter, ("the United Kingdom", _UK))
        finite = bool(np.isfinite(corners).all())
        if not (finite and _touch((west, south, east, north), expected)):
            place = f"at longitude {west:.2f}, latitude {south:.2f}" if finite else "nowhere"
            raise SourceError(
                f"{code} would lie {place}, outside {country}",
                where=str(path),
                fix="Check the CRS that the file declares, and the order of its coordinates.",
            )


def _within(box: Box, outer: Box) -> bool:
    return outer[0] <= box[0] and outer[1] <= box[1] and box[2] <= outer[2] and box[3] <= outer[3]


def _touch(box: Box, other: Box) -> bool:
    return box[0] <= other[2] and other[0] <= box[2] and box[1] <= other[3] and other[1] <= box[3]
