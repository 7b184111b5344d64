"""Boundary files: GeoJSON, GeoPackage, Shapefile (also zipped) → areas in the plane of web maps.

Whatever the file calls its columns and whichever CRS it declares, what leaves here is
one valid polygon per code.  Anything that would be drawn in the wrong place, or drawn
twice, is refused or reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from generator.errors import SourceError
from generator.report import Report
from generator.sources.containers import MEGABYTES
from generator.sources.coverages import POLYGONAL, clean_coverage, repair_polygons
from generator.sources.fields import (
    BY_CONTENT,
    WELSH_NAMES,
    BoundaryColumns,
    code_shaped,
    describe_columns,
    find_code_column,
    find_name_column,
)
from generator.sources.placing import WEB_MERCATOR, Geometries, metric_crs, project, to_mercator
from generator.sources.prepared import Prepared
from generator.sources.vector_files import BY_HAND, file_sha256, find_boundary_file, read_layer

__all__ = ["OVERLAP_WIDTH_M", "Boundaries", "find_boundary_file", "read_boundaries"]

OVERLAP_WIDTH_M = 15.0
"""Narrower overlaps are rounding (four decimals of a degree move a point by up to 7 m)."""


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The areas of an atlas, and the land around them.

    Attributes
    ----------
    frame
        One row per area that the atlas is about: `code` (unique, rising), `name`,
        `geometry` (valid Polygon or MultiPolygon, two dimensions), EPSG:3857.
    context
        The file's other areas with the same columns: quiet background.
    beyond
        A sketch of land that borders on them and isn't in the file, as bands that fade away, the
        widest first; the same columns, without codes.
    origin
        What to tell the reader: the file's name, or the ONS service.
    kind
        Whether the file is the user's, an installed package's, or a download from ONS.
    repaired
        Codes in `frame` whose polygons were invalid and have been repaired, rising.
    overlaps
        Codes in `frame` that overlap another by more than `OVERLAP_WIDTH_M`, rising.
    sha256
        Of the input file; for a loose Shapefile, of all its parts.
    names_cy
        Welsh names by code, where the file has them.
    """

    frame: gpd.GeoDataFrame
    context: gpd.GeoDataFrame
    beyond: gpd.GeoDataFrame
    origin: str
    kind: Literal["file", "package", "ons"]
    repaired: tuple[str, ...]
    overlaps: tuple[str, ...]
    sha256: str
    names_cy: Mapping[str, str] = field(default_factory=dict)


def read_boundaries(
    path: Path,
    *,
    keep: Sequence[str] = (),
    report: Report,
    layer: str | None = None,
    origin: str | None = None,
    kind: Literal["file", "package", "ons"] = "file",
    columns: BoundaryColumns = BY_CONTENT,
    megabytes: int = MEGABYTES,
) -> Boundaries:
    """Read a boundary file, whatever its CRS and column names.

    Parameters
    ----------
    path
        A GeoJSON, GeoPackage, Shapefile or zipped Shapefile.
    keep
        Code prefixes of the areas that the atlas is about (``("E",)``); empty keeps all.
    report
        Hears of repairs and of a recognised CRS; overlaps are warnings.
    layer
        The layer to read where the file has several.
    origin
        What to tell the reader instead of the file's name.
    kind
        "ons" for a file from the download cache.
    columns
        The columns with codes and names, where they are named.
    megabytes
        How large a file may be, unpacked.

    Returns
    -------
    Boundaries
        Areas in EPSG:3857, sorted by code.

    Raises
    ------
    SourceError
        If the file can't be read, has no codes or has them twice, lacks polygons, or
        would not lie in the United Kingdom.
    """
    table = read_layer(path, layer=layer, report=report, megabytes=megabytes)
    codes, names = _codes_and_names(path, table, tuple(keep), columns)
    shapes, broken = _repair(path, codes, _polygons(path, codes, table))
    shapes = to_mercator(path, table.crs, codes, shapes, report)
    frame = gpd.GeoDataFrame({"code": codes, "name": names}, geometry=shapes, crs=WEB_MERCATOR)
    frame = frame.sort_values("code", ignore_index=True)
    areas, _ = _split(path, frame, tuple(keep))
    repaired = tuple(code for code in areas["code"] if code in broken)
    _tell_repairs(areas, repaired, len(broken) - len(repaired), report)
    overlaps = _overlapping(areas)
    if overlaps:
        report.warn(f"{path.name}: areas overlap, {_listed(areas, overlaps)}")
    areas, context = _split(path, _with_shared_borders(frame, report), tuple(keep))
    return Boundaries(
        frame=areas,
        context=context,
        beyond=context.iloc[:0],
        origin=origin or path.name,
        kind=kind,
        repaired=repaired,
        overlaps=overlaps,
        sha256=file_sha256(path),
        names_cy=_welsh_names(table, codes),
    )


def _welsh_names(table: gpd.GeoDataFrame, codes: pd.Series) -> dict[str, str]:
    """The column of Welsh names that ONS puts beside the English ones (``LAD24NMW``)."""
    column = next((c for c in map(str, table.columns) if WELSH_NAMES.fullmatch(c.lower())), None)
    if column is None:
        return {}
    names = table[column].fillna("").astype("str").str.strip()
    return {code: name for code, name in zip(codes, names, strict=True) if name}


def prepared_boundaries(
    prepared: Prepared,
    *,
    path: Path,
    keep: Sequence[str],
    origin: str | None,
    kind: Literal["file", "package", "ons"],
) -> Boundaries:
    """Boundaries that have been cleaned or dissolved; what keeps them apart is as for files.

    Raises
    ------
    SourceError
        If no area is kept.
    """
    areas, context = _split(path, prepared.frame, tuple(keep))
    context = pd.concat([context, prepared.background], ignore_index=True)
    return Boundaries(
        frame=areas,
        context=gpd.GeoDataFrame(context, geometry="geometry", crs=WEB_MERCATOR),
        beyond=prepared.beyond,
        origin=origin or path.name,
        kind=kind,
        repaired=(),
        overlaps=(),
        sha256=prepared.sha256,
    )


def _split(
    path: Path, frame: gpd.GeoDataFrame, keep: tuple[str, ...]
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The areas that the atlas is about, and the land around them."""
    kept = _kept(frame["code"], keep)
    if not kept.any():
        raise SourceError(
            f"no area's code begins with {' or '.join(keep)}; "
            f"the codes run from {frame['code'].iloc[0]} to {frame['code'].iloc[-1]}",
            where=str(path),
            fix="Use a file with these areas, or change the prefixes to keep in atlas.toml.",
        )
    return frame[kept].reset_index(drop=True), frame[~kept].reset_index(drop=True)


def _codes_and_names(
    path: Path, table: gpd.GeoDataFrame, keep: tuple[str, ...], columns: BoundaryColumns
) -> tuple[pd.Series, pd.Series]:
    column = find_code_column(table, columns.code, str(path))
    if column is None:
        raise SourceError(
            "no column holds codes, such as ONS's E06000001; "
            f"the columns are: {describe_columns(table)}",
            where=str(path),
            fix='Name the column with each area\'s code under [geography]: code_column = "…".',
        )
    codes = table[column].astype("string").fillna("").astype("str").str.strip()
    wrong = codes == ""
    if code_shaped(codes).mean() >= 0.5 and not columns.code:
        # A UK file may carry older codes abroad (Northern Ireland's 95AA01): they are background.
        wrong |= ~code_shaped(codes) & _kept(codes, keep)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise SourceError(
            f'"{codes.iloc[row]}" stands where a GSS code should be',
            where=f'{path}, feature {row + 1}, column "{column}"',
            fix="Give each area its code, such as E06000001.",
        )
    twice = sorted(codes[codes.duplicated()].unique())
    if twice:
        raise SourceError(
            f"codes that stand in more than one feature: {_some(twice)}",
            where=f'{path}, column "{column}"',
            fix="Merge the features of each code into one (dissolve by code).",
        )
    name_column = find_name_column(table, column, columns.name, str(path))
    if name_column is None:
        return codes, codes
    names = table[name_column].fillna("").astype("str").str.strip()
    return codes, names.mask(names == "", codes)


def _polygons(path: Path, codes: pd.Series, table: gpd.GeoDataFrame) -> Geometries:
    shapes: Geometries = np.asarray(table.geometry.values, dtype=object)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if empty.any():
        raise SourceError(
            f"areas without a geometry: {_some(list(codes[empty]))}",
            where=f"{path}, feature {int(np.flatnonzero(empty)[0]) + 1}",
            fix=BY_HAND,
        )
    polygonal = np.isin(shapely.get_type_id(shapes), POLYGONAL)
    if not polygonal.all():
        row = int(np.flatnonzero(~polygonal)[0])
        raise SourceError(
            f"{codes.iloc[row]} is a {shapes[row].geom_type}, but an area needs polygons",
            where=f"{path}, feature {row + 1}",
            fix="Use the boundaries of the areas, not their centres or lines.",
        )
    flat: Geometries = shapely.force_2d(shapes)
    # The bounds of all skip NaN, so that each shape is looked at.
    places, owner = shapely.get_coordinates(flat, return_index=True)
    unplaced = owner[~np.isfinite(places).all(axis=1)]
    if len(unplaced):
        named = list(codes.iloc[np.unique(unplaced)])
        raise SourceError(
            f"coordinates that are no finite numbers: {_some(named)}",
            where=f"{path}, feature {int(unplaced[0]) + 1}",
            fix=BY_HAND,
        )
    return flat


def _repair(path: Path, codes: pd.Series, shapes: Geometries) -> tuple[Geometries, set[str]]:
    """Make polygons valid in the file's own coordinates, where neighbours still agree exactly."""
    fixed, bad = repair_polygons(shapes)
    lost = shapely.is_empty(fixed) | ~np.isin(shapely.get_type_id(fixed), POLYGONAL)
    if lost.any():
        raise SourceError(
            f"outlines that enclose no ground: {_some(list(codes[lost]))}",
            where=f"{path}, feature {int(np.flatnonzero(lost)[0]) + 1}",
            fix=BY_HAND,
        )
    return fixed, set(codes[bad])


def _overlapping(areas: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Codes of the areas that share ground with another, slivers of rounding aside."""
    shapes: Geometries = np.asarray(areas.geometry.to_numpy(), dtype=object)
    shapes = project(shapes, WEB_MERCATOR, metric_crs(shapes, WEB_MERCATOR))
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    if suspects.size == 0:
        return ()
    first, second = shapely.STRtree(shapes).query(shapes[suspects], predicate="intersects")
    first = suspects[first]
    pairs = first != second
    first, second = first[pairs], second[pairs]
    shared = shapely.intersection(
        shapely.make_valid(shapes[first]), shapely.make_valid(shapes[second])
    )
    wide = ~shapely.is_empty(shapely.buffer(shared, -OVERLAP_WIDTH_M / 2))
    found = np.unique(np.concatenate([first[wide], second[wide]]))
    return tuple(areas["code"].iloc[found])


def _with_shared_borders(frame: gpd.GeoDataFrame, report: Report) -> gpd.GeoDataFrame:
    """Areas and background as one coverage; says which areas did not fit their neighbours."""
    shapes, rows = clean_coverage(np.asarray(frame.geometry.values, dtype=object))
    if not len(rows):
        return frame
    codes = tuple(frame["code"].iloc[rows])
    report.say(f"fitted borders that did not meet exactly, {_listed(frame, codes)}")
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def _tell_repairs(
    areas: gpd.GeoDataFrame, repaired: tuple[str, ...], elsewhere: int, report: Report
) -> None:
    if repaired:
        report.say(f"repaired outlines that cross themselves, {_listed(areas, repaired)}")
    if elsewhere:
        report.detail(f"repaired outlines in the background as well: {elsewhere}")


def _listed(areas: gpd.GeoDataFrame, codes: tuple[str, ...]) -> str:
    names = areas.set_index("code")["name"]
    return f"{len(codes)} of {len(areas)}: " + _some([f"{names[code]} ({code})" for code in codes])


def _some(items: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(items[:most])
    return shown + (f" and {len(items) - most} more" if len(items) > most else "")


def _kept(codes: pd.Series, keep: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    if not keep:
        return np.ones(len(codes), dtype=bool)
    return np.asarray(codes.str.startswith(keep), dtype=bool)
