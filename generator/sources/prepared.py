"""Boundaries that take seconds to make (cleaned, dissolved) are made once and kept.

What is kept is a FlatGeobuf of parents and a JSON file that says what it was made from.  It is
used as long as the file, the package, the rules, this code and its libraries are the same.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from generator.errors import SourceError
from generator.report import Report
from generator.sources.beyond import fading_bands
from generator.sources.containers import MEGABYTES
from generator.sources.coverages import (
    POLYGONAL,
    clean_coverage,
    furthest_move,
    repair_polygons,
    round_to_grid,
)
from generator.sources.dissolve import ParentRule, dissolve, find_parents, report_orphans
from generator.sources.fields import BY_CONTENT, BoundaryColumns, find_code_column, find_name_column
from generator.sources.placing import (
    WEB_MERCATOR,
    WGS84,
    Geometries,
    check_places,
    metric_crs,
    project,
    recognise_crs,
)
from generator.sources.vector_files import BY_HAND, file_sha256, read_layer

_MADE_BY = ("prepared.py", "beyond.py", "dissolve.py", "coverages.py")
_ROLES = ("area", "background", "beyond")
_LIBRARIES = ("shapely", "pyproj", "pyogrio", "geopandas")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What boundaries are made from.

    Attributes
    ----------
    path, layer
        The file that holds the parts, and its layer.
    rules
        The steps from the parts to the areas; none keeps the parts, as a clean coverage.
    label
        Names the cached file: letters, digits and hyphens.
    columns
        The parts' columns with codes and names, where they are named.
    crs
        In which the coordinates are written; empty takes what the file declares.
    beyond
        A sketch of land that borders on the parts (longitude, latitude); empty if there is none.
    megabytes
        How large the file may be, unpacked.
    """

    path: Path
    layer: str | None
    rules: tuple[ParentRule, ...]
    label: str
    columns: BoundaryColumns = BY_CONTENT
    crs: str = ""
    beyond: tuple[tuple[float, float], ...] = ()
    megabytes: int = MEGABYTES


@dataclass(frozen=True, slots=True)
class Prepared:
    """Areas that are a valid coverage.

    Attributes
    ----------
    frame
        ``code`` (unique, rising), ``name``, ``geometry``, EPSG:3857.
    background
        The same columns: the parts that found no parent, as one shape without a code.
    beyond
        The same columns: land beyond, the widest band first (see `fading_bands`).
    sha256
        Of the file that holds the parts.
    """

    frame: gpd.GeoDataFrame
    background: gpd.GeoDataFrame
    beyond: gpd.GeoDataFrame
    sha256: str


def prepare(recipe: Recipe, cache: Path, report: Report) -> Prepared:
    """Take boundaries from the cache, or make and keep them.

    Parameters
    ----------
    recipe
        What to make.
    cache
        Where it is kept; made if it is missing.  One that can't be written costs time only.
    report
        Hears what making them changed, of a damaged cache, and of parts without a parent.

    Raises
    ------
    SourceError
        If the file can't be read, or no part finds a parent.
    """
    sha256 = file_sha256(recipe.path)
    asked = (recipe.layer, recipe.rules, recipe.columns, recipe.crs)
    stem = f"{recipe.label}-{_digest(*asked)[:8]}"
    key = _digest(sha256, *asked, recipe.beyond, _surroundings())
    table, about = cache / f"{stem}.fgb", cache / f"{stem}.json"
    kept = _read(table, about, key, report)
    if kept is None:
        rows, facts = _make(recipe, report)
        _store(rows, {**facts, "key": key}, table, about, report)
    else:
        rows, facts = kept
    report_orphans(facts["orphans"], facts["parts"], recipe.path.name, report)
    areas, background, beyond = (
        rows.loc[rows["role"] == role, ["code", "name", "geometry"]].reset_index(drop=True)
        for role in _ROLES
    )
    return Prepared(areas, background, beyond, sha256)


def _surroundings() -> list[str]:
    """Our own code and the libraries that shape the result."""
    folder = Path(__file__).resolve().parent
    code = [file_sha256(folder / name) for name in _MADE_BY]
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    return [*code, *versions, shapely.geos_version_string]


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _read(
    table: Path, about: Path, key: str, report: Report
) -> tuple[gpd.GeoDataFrame, dict[str, Any]] | None:
    """What is kept under a key; None if nothing is, or if it is damaged."""
    if not about.exists() and not table.exists():
        return None
    try:
        facts = json.loads(about.read_text(encoding="utf-8"))
        if facts["key"] != key:
            return None
        sound = facts["sha256"] == file_sha256(table)
        rows = pyogrio.read_dataframe(table) if sound else None
    except (OSError, ValueError, KeyError, TypeError, pyogrio.errors.DataSourceError):
        rows = None
    if rows is None:
        report.say(f"{table} is damaged; making it again")
        return None
    return _plain(rows), facts


def _plain(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The same geometry types whether just made or read back: one part is a Polygon."""
    shapes: Geometries = np.asarray(rows.geometry.to_numpy(), dtype=object)
    multi = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON
    single = multi & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    columns = ("role", "code", "name")
    frame = pd.DataFrame({name: rows[name].fillna("").astype(str) for name in columns})
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=WEB_MERCATOR)


def _make(recipe: Recipe, report: Report) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    table = read_layer(recipe.path, layer=recipe.layer, report=report, megabytes=recipe.megabytes)
    parents, labels = _parents(table, recipe)
    shapes = _outlines(recipe, table, labels)
    codes = parents["code"]
    crs = recipe.crs or recognise_crs(recipe.path, table.crs, codes, shapes, report)
    metric = metric_crs(shapes, crs)
    shapes = round_to_grid(project(shapes, crs, metric))
    shapes, broken = repair_polygons(shapes)
    lost = shapely.is_empty(shapes)
    if lost.any():
        raise SourceError(
            f"outlines that enclose no ground: {labels[int(np.flatnonzero(lost)[0])]}",
            where=str(recipe.path),
            fix=BY_HAND,
        )
    clean, faulty = clean_coverage(shapes)
    codes, whole = dissolve(clean, list(parents["code"]))
    names = parents.drop_duplicates("code").set_index("code")["name"]
    bands = _beyond(recipe, whole, metric)
    outlines = project(np.concatenate([whole, bands]), metric, WEB_MERCATOR)
    check_places(recipe.path, codes, outlines[: len(codes)])
    roles = ["area" if code else "background" for code in codes]
    rows = gpd.GeoDataFrame(
        {
            "role": [*roles, *["beyond"] * len(bands)],
            "code": [*codes, *[""] * len(bands)],
            "name": [*(names[code] for code in codes), *[""] * len(bands)],
        },
        geometry=outlines,
        crs=WEB_MERCATOR,
    )
    fixed = [labels[at] for at in np.flatnonzero(broken)]
    _report_changes(recipe, len(table), fixed, len(faulty), furthest_move(shapes, clean), report)
    orphans = [labels[at] for at in np.flatnonzero(parents["code"] == "")]
    return _plain(rows), {"parts": len(table), "orphans": orphans}


def _beyond(recipe: Recipe, areas: Geometries, crs: str) -> Geometries:
    if not recipe.beyond:
        return np.empty(0, dtype=object)
    sketch = np.array([shapely.Polygon(recipe.beyond)], dtype=object)
    return fading_bands(project(sketch, WGS84, crs)[0], areas)


def _parents(table: gpd.GeoDataFrame, recipe: Recipe) -> tuple[pd.DataFrame, list[str]]:
    """Code and name of each part's parent, and what messages call each part."""
    where = str(recipe.path)
    code_column = find_code_column(table, recipe.columns.code, where)
    if code_column is None:
        labels = [f"feature {number}" for number in range(1, len(table) + 1)]
        own = None
    else:
        name_column = find_name_column(table, code_column, recipe.columns.name, where)
        name_column = name_column or code_column
        own = pd.DataFrame({"code": table[code_column], "name": table[name_column]})
        own = own.fillna("").astype(str)
        labels = [f"{name} ({code})" for code, name in own.itertuples(index=False)]
    parents = own
    for step, rule in enumerate(recipe.rules):
        parents = find_parents(table if step == 0 else parents, rule, where)
    if parents is None:
        raise SourceError("no column holds codes", where=where, fix=BY_HAND)
    return parents.reset_index(drop=True), labels


def _outlines(recipe: Recipe, table: gpd.GeoDataFrame, labels: Sequence[str]) -> Geometries:
    shapes: Geometries = np.asarray(table.geometry.to_numpy(), dtype=object)
    polygonal = np.isin(shapely.get_type_id(shapes), POLYGONAL)
    wrong = np.flatnonzero(~polygonal | shapely.is_empty(shapes))
    if wrong.size:
        raise SourceError(
            f"{labels[wrong[0]]} has no polygon",
            where=f"{recipe.path}, feature {wrong[0] + 1}",
            fix=BY_HAND,
        )
    flat: Geometries = shapely.force_2d(shapes)
    return flat


def _report_changes(
    recipe: Recipe, parts: int, fixed: list[str], unshared: int, moved_m: float, report: Report
) -> None:
    name = recipe.path.name
    if fixed:
        shown = ", ".join(fixed[:12]) + (f" and {len(fixed) - 12} more" if len(fixed) > 12 else "")
        report.say(
            f"{name}: repaired outlines that cross themselves, {len(fixed)} of {parts}: {shown}"
        )
    if unshared:
        report.say(
            f"{name}: {unshared} of {parts} areas had edges that no neighbour shared; "
            f"now they meet, and no outline moved by more than {max(moved_m, 0.001):.3f} m"
        )


def _store(
    rows: gpd.GeoDataFrame, facts: dict[str, Any], table: Path, about: Path, report: Report
) -> None:
    """Keep boundaries: the table first, then what it is, each whole or not at all."""
    try:
        table.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=table.parent) as folder:
            draft = Path(folder) / "draft.fgb"
            # Without an index the rows keep their order.
            pyogrio.write_dataframe(rows, draft, driver="FlatGeobuf", SPATIAL_INDEX="NO")
            facts = {**facts, "sha256": file_sha256(draft)}
            words = Path(folder) / "draft.json"
            words.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
            draft.replace(table)
            words.replace(about)
    except (OSError, pyogrio.errors.DataSourceError) as error:
        report.detail(
            f"{table.parent} can't keep the boundaries ({error}); they are made each time"
        )
