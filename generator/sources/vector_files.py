"""Opening boundary files: which file, which layer in it, and whether it is whole."""

from __future__ import annotations

import hashlib
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyogrio
import pyproj
import shapely

from generator.errors import SourceError
from generator.report import Report
from generator.sources.containers import (
    MEGABYTES,
    check_content,
    check_member,
    check_size,
    file_head,
    without_network,
)
from generator.sources.fields import find_code_column

BY_HAND = "Download the layer again from the ONS Open Geography Portal as GeoJSON or GeoPackage."

_SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".zip")
_IN_ZIP = (".shp", ".gpkg", ".geojson", ".json")
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_READ = frozenset((*_IN_ZIP, *_SHAPEFILE_PARTS))
_FIRST_PAGE = re.compile(rb'"exceededTransferLimit"\s*:\s*true')
_END_BYTES = 1 << 16
_GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyproj.exceptions.ProjError,
    shapely.errors.ShapelyError,
    UnicodeDecodeError,
    UnboundLocalError,  # how pyogrio ends over a CRS that it can't write out
)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer that GDAL can open: its name for the user, the data source, GDAL's name."""

    label: str
    source: str
    name: str | None


def find_boundary_file(folder: Path) -> Path | None:
    """Find the one boundary file that lies in a folder.

    Parameters
    ----------
    folder
        Usually ``boundaries/``; its subfolders (the download cache) are not searched.

    Returns
    -------
    Path or None
        None if there is no such folder, or no boundary file in it.

    Raises
    ------
    SourceError
        If several lie there, because choosing silently would hide one.
    """
    if not folder.is_dir():
        return None
    found = sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")
    )
    if len(found) > 1:
        raise SourceError(
            f"{len(found)} boundary files lie here: {', '.join(path.name for path in found)}",
            where=str(folder),
            fix="Keep one of them, or name the one to use with --boundaries PATH.",
        )
    return found[0] if found else None


def read_layer(
    path: Path, *, layer: str | None, report: Report, megabytes: int = MEGABYTES
) -> gpd.GeoDataFrame:
    """Read the layer that holds areas, with all its columns and in its own CRS.

    Parameters
    ----------
    path
        A GeoJSON, GeoPackage, Shapefile or zipped Shapefile.
    layer
        The layer to read; None takes the only one with a column of GSS codes.
    report
        Hears, as details, what GDAL warned of.
    megabytes
        Of a larger file, or of one that unpacks to more, nothing is read.

    Returns
    -------
    geopandas.GeoDataFrame
        At least one row; `crs` is what the file declares, or None.

    Raises
    ------
    SourceError
        If the file is missing, damaged, locked or empty, or the layer is not plain.
    """
    return _read(path, _choose_layer(path, layer, megabytes), report)


def _choose_layer(path: Path, wanted: str | None, megabytes: int) -> _Layer:
    layers = _layers(path, megabytes)
    labels = ", ".join(layer.label for layer in layers)
    if wanted is not None:
        named = [layer for layer in layers if layer.label == wanted]
        if not named:
            raise SourceError(
                f'has no layer "{wanted}"; it has: {labels}',
                where=str(path),
                fix=f'Name one of these layers in atlas.toml: layer = "{layers[0].label}".',
            )
        return named[0]
    if len(layers) == 1:
        return layers[0]
    coded = [layer for layer in layers if _has_codes(layer)]
    if len(coded) == 1:
        return coded[0]
    what = "no layer has a column of GSS codes" if not coded else "several layers have GSS codes"
    labels = ", ".join(layer.label for layer in coded) or labels or "none with polygons"
    first = (coded or layers)[0].label if coded or layers else "name"
    raise SourceError(
        f"{what}: {labels}",
        where=str(path),
        fix=f'Name the layer to read in atlas.toml, under [geography]: layer = "{first}".',
    )


def _layers(path: Path, megabytes: int) -> list[_Layer]:
    if not path.is_file():
        raise SourceError(
            "there is no such file", where=str(path), fix="Check the path of the boundaries."
        )
    if path.suffix.lower() not in _SUFFIXES:
        raise SourceError(
            f'can\'t read boundaries from a "{path.suffix}" file',
            where=str(path),
            fix="Give a GeoJSON, a GeoPackage, a Shapefile or a zipped Shapefile.",
        )
    check_size(path, path.stat().st_size, megabytes)
    if path.suffix.lower() == ".shp":
        _check_parts(path, [other.name for other in path.parent.iterdir()], path.name)
    if path.suffix.lower() != ".zip":
        check_content(path, file_head(path), path.suffix)
    if path.suffix.lower() in (".geojson", ".json"):
        _check_pages(path)
    if path.suffix.lower() == ".zip":
        members = _zip_members(path, megabytes)
        return [
            _Layer(Path(member).stem, f"/vsizip/{{{path.resolve()}}}/{member}", None)
            for member in members
        ]
    if path.suffix.lower() == ".gpkg":
        try:
            with without_network():
                listed = pyogrio.list_layers(path)
        except _GDAL_ERRORS as error:
            raise _unreadable(path, error) from error
        return [_Layer(name, str(path), name) for name, geometry in listed if geometry is not None]
    return [_Layer(path.stem, str(path), None)]


def _zip_members(path: Path, megabytes: int) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            entries = [
                entry
                for entry in archive.infolist()
                if Path(entry.filename).suffix.lower() in _IN_ZIP
                and not entry.filename.startswith("__MACOSX/")
            ]
            parts = [e for e in archive.infolist() if Path(e.filename).suffix.lower() in _READ]
            check_size(path, sum(e.file_size for e in parts), megabytes, unpacked=True)
            if not any(entry.flag_bits & 1 for entry in entries):
                for entry in entries:
                    check_member(path, archive, entry)
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from error
    if not entries:
        raise SourceError("the archive holds no boundary file", where=str(path), fix=BY_HAND)
    if any(entry.flag_bits & 1 for entry in entries):
        raise SourceError(
            "the archive is protected by a password",
            where=str(path),
            fix="Unpack it and put the files it holds here instead.",
        )
    members = sorted(entry.filename for entry in entries)
    for member in members:
        if member.lower().endswith(".shp"):
            _check_parts(path, names, member)
    return members


def _check_parts(path: Path, names: list[str], shapefile: str) -> None:
    """Refuse a Shapefile without all its parts: GDAL would read areas without codes."""
    lowered = {name.lower() for name in names}
    stem = shapefile.lower().removesuffix(".shp")
    missing = [f"{stem}{end}" for end in (".shx", ".dbf") if stem + end not in lowered]
    if missing:
        raise SourceError(
            f"the Shapefile is not complete without {' and '.join(missing)}",
            where=str(path),
            fix="Put all its parts together (.shp, .shx, .dbf, .prj), or use a GeoPackage.",
        )


def _check_pages(path: Path) -> None:
    """Refuse a query saved from the browser that says it is only the first page."""
    with path.open("rb") as stream:
        ends = stream.read(_END_BYTES)
        stream.seek(max(0, path.stat().st_size - _END_BYTES))
        ends += stream.read()
    if _FIRST_PAGE.search(ends):
        raise SourceError(
            "is only one page of a service's answer; areas are missing",
            where=str(path),
            fix="Download the whole layer, or let the build do it with --boundaries ons.",
        )


def _has_codes(layer: _Layer) -> bool:
    try:
        with warnings.catch_warnings(), without_network():
            warnings.simplefilter("ignore", RuntimeWarning)
            sample = pyogrio.read_dataframe(
                layer.source, layer=layer.name, max_features=50, read_geometry=False
            )
    except _GDAL_ERRORS:
        return False
    return not sample.columns.duplicated().any() and find_code_column(sample) is not None


def _read(path: Path, layer: _Layer, report: Report) -> gpd.GeoDataFrame:
    try:
        with warnings.catch_warnings(record=True) as caught, without_network():
            warnings.simplefilter("always")
            table = pyogrio.read_dataframe(layer.source, layer=layer.name)
            # Of the formats here only these keep a count that damage can contradict.
            counted = not layer.source.lower().endswith("json")
            info = pyogrio.read_info(layer.source, layer=layer.name) if counted else {}
    except _GDAL_ERRORS as error:
        raise _unreadable(path, error) from error
    for warning in caught:
        report.detail(f"{path.name}: {warning.message}")
    if not isinstance(table, gpd.GeoDataFrame) or table.empty:
        raise SourceError("holds no areas", where=str(path), fix=BY_HAND)
    doubled = sorted(map(str, table.columns[table.columns.duplicated()]))
    if doubled:
        raise SourceError(
            f"several columns are called {doubled[0]!r}", where=str(path), fix=BY_HAND
        )
    promised = info.get("features", len(table))
    if promised != len(table):
        raise SourceError(
            f"announces {promised} areas but only {len(table)} can be read; it is damaged",
            where=str(path),
            fix=BY_HAND,
        )
    return table


def _unreadable(path: Path, error: Exception) -> SourceError:
    reason = " ".join(str(error).split()).split(";")[0].rstrip(".")
    return SourceError(
        f"can't be read as a boundary file; it may be cut short or damaged ({reason})",
        where=str(path),
        fix=BY_HAND,
    )


def file_sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal; of a loose Shapefile, over all its parts by name."""
    parts = [path]
    if path.suffix.lower() == ".shp":
        parts = sorted(
            other
            for other in path.parent.iterdir()
            if other.stem == path.stem and other.suffix.lower() in _SHAPEFILE_PARTS
        )
    digest = hashlib.sha256()
    for part in parts:
        with part.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
