"""Whether CSV, JSON, XLSX, Parquet, XML, SVG and PNG files open, and downloads say the same."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from generator.build.manifest import Manifest
from generator.exports.formats import is_formula, unguarded
from generator.verify.faults import Fault

PACKAGE = "data/datapackage.json"


def download_faults(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """What is wrong with CSV, JSON, GeoJSON, XLSX, GeoParquet, XML, SVG and PNG files."""
    counts: dict[str, int] = {}
    for path in sorted(manifest.files):
        opens = OPENERS.get(PurePosixPath(path).suffix)
        if opens is None:
            continue
        try:
            counts[path] = opens((folder / path).read_bytes())
        except Exception as error:
            yield Fault(path, f"does not open ({type(error).__name__}: {error})")
    yield from _shape_faults(counts)
    if PACKAGE in manifest.files:
        yield from _package_faults(folder)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file by column, each cell as it was before it was guarded.

    Raises
    ------
    ValueError
        It is not UTF-8, a row is longer or shorter than its header, or a cell is one that a
        spreadsheet would run as a formula.
    """
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    if not rows:
        raise ValueError("no header")
    header = rows[0]
    for at, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise ValueError(f"row {at} has {len(row)} cells, the header {len(header)}")
    for at, row in enumerate(rows, 1):
        for cell in filter(is_formula, row):
            raise ValueError(f"row {at} has a formula: {cell[:40]!r}")
    plain = [[unguarded(cell) for cell in row] for row in rows]
    return [dict(zip(plain[0], row, strict=True)) for row in plain[1:]]


def _csv(content: bytes) -> int:
    return len(csv_rows(content))


def _json(content: bytes) -> int:
    return len(json.loads(content))


def _geojson(content: bytes) -> int:
    import shapely

    features = json.loads(content)["features"]
    shapes = shapely.from_geojson([json.dumps(one["geometry"]) for one in features])
    if not shapely.is_valid(shapes).all():
        raise ValueError("an outline that crosses itself")
    return len(features)


def _parquet(content: bytes) -> int:
    import geopandas as gpd

    frame = gpd.read_parquet(io.BytesIO(content))
    if not frame.geometry.is_valid.all():
        raise ValueError("an outline that crosses itself")
    return len(frame)


def _xlsx(content: bytes) -> int:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def _xml(content: bytes) -> int:
    from xml.etree import ElementTree

    return len(ElementTree.fromstring(content))  # noqa: S314 - our own file


def _png(content: bytes) -> int:
    from PIL import Image

    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
    return 1


OPENERS: dict[str, Callable[[bytes], int]] = {
    ".csv": _csv,
    ".geojson": _geojson,
    ".json": _json,
    ".parquet": _parquet,
    ".png": _png,
    ".svg": _xml,
    ".xlsx": _xlsx,
    ".xml": _xml,
}
"""By the ending of the file: opens it whole, and counts what is in it."""


def _shape_faults(counts: dict[str, int]) -> Iterator[Fault]:
    """A layout's GeoJSON and GeoParquet hold as many areas."""
    for path, count in counts.items():
        twin = path.removesuffix(".geojson") + ".parquet"
        if path.endswith(".geojson") and counts.get(twin, count) != count:
            yield Fault(twin, f"has {counts[twin]} areas, {path} has {count}")


def _package_faults(folder: Path) -> Iterator[Fault]:
    """The data package tells the size and hash of what lies beside it."""
    try:
        resources = json.loads((folder / PACKAGE).read_bytes())["resources"]
        listed = [
            (str(one["path"]), one.get("bytes"), str(one.get("hash", ""))) for one in resources
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Fault(PACKAGE, f"is no data package ({error})")
        return
    for name, size, stated in listed:
        path = str(PurePosixPath(PACKAGE).parent / name)
        try:
            content = (folder / path).read_bytes()
        except OSError:
            yield Fault(PACKAGE, f"describes {path}, which is not there")
            continue
        if size != len(content) or stated != f"sha256:{hashlib.sha256(content).hexdigest()}":
            yield Fault(PACKAGE, f"tells another size or hash than {path} has")
