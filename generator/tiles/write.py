"""Vector tiles: one tile set per layout, as a tree of files and as one archive.

A tile set holds three MVT layers, so that one source serves a whole style: ``areas``
(polygons), ``regions`` (the outlines of the regions) and ``labels`` (a point in each
area).  Where a tile of a low zoom would hold too many areas, it holds ``groups`` of them
(polygons) in their place, and ``labels`` of the groups.

Every zoom gets geometry of its own: thinned as a coverage (`coverage`), snapped to
that zoom's tile grid (`snap`), fixed where that made borders cross (`noding`), cut into
tiles (`clip`) and encoded (`mvt`).  All of it
acts alike on both sides of a border, and so can't part them.  Zooms are made side by
side, the largest first.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, product
from operator import itemgetter
from pathlib import Path
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from generator.errors import OutputError
from generator.report import Report
from generator.tiles.archive import PackedTile, pack, write_archive
from generator.tiles.clip import clip, clip_points
from generator.tiles.coverage import (
    EXTENT,
    Ints,
    Thinner,
    areas_m2,
    coverage,
    to_lonlat,
    to_mercator,
    to_units,
    unit_m,
    without_positions,
)
from generator.tiles.documents import MadeTiles, MvtLayer, TileInfo, TileSet, tilejson
from generator.tiles.mvt import LINE, POINT, POLYGON, Texts, encode, texts_of
from generator.tiles.noding import fix, turning_of
from generator.tiles.snap import Snapped, area_rings, outlines, snap

THINNING_UNITS = 4.0
"""Vertices go whose triangle is smaller than a square of this side, in tile units.

A tile of 4,096 units is drawn on 512 to 1,024 CSS pixels, so it is a quarter of a
square pixel to one.
"""
THINNING_UNITS_TOP = 1.0
"""The same at the highest zoom, whose tiles are also drawn enlarged."""
LABEL_UNITS = 160
"""An area gets its label point where a square of its size has this side, in tile units."""
TILE_LIMIT_BYTES = 500_000
"""Uncompressed; larger tiles are slow to load and to draw, and the user is warned."""


@dataclass(frozen=True, slots=True)
class _Zoom:
    """What a worker needs to make the tiles of one zoom; ``N`` areas, ``R`` regions.

    `layer` is what the areas are called (``areas``, or ``groups`` in their place), `texts`
    are their attributes, `anchors` (N, 2) label points in tile units, `labelled` (N,) which of
    them are shown, `group` (N,) the region's index
    or -1, `regions` what the R regions are called, if there are any.
    """

    layer: str
    snapped: Snapped
    turning: Ints
    texts: Texts
    anchors: Ints
    labelled: NDArray[np.bool_]
    group: Ints
    regions: Texts | None
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _MadeZoom:
    """The tiles of one zoom by column and row, and compressed; all places within the bounds."""

    zoom: int
    tiles: dict[tuple[int, int], bytes]
    packed: list[PackedTile]
    places: list[tuple[int, int]]


class SideBySide(Protocol):
    """A `map`: calls a function for each item, perhaps in other processes, and keeps the order."""

    def __call__(
        self, function: Callable[[_Zoom], _MadeZoom], items: Iterable[_Zoom], /
    ) -> Iterator[_MadeZoom]: ...


def describe(
    name: str,
    areas: gpd.GeoDataFrame,
    *,
    zooms: tuple[int, int],
    areas_from: int | None = None,
    regions: bool = True,
    attribution: str,
    description: str,
) -> TileSet:
    """What a tile set of some areas holds; nothing is made yet.

    Parameters
    ----------
    areas
        As `write_tileset` takes them.
    zooms
        Lowest and highest zoom, both inclusive.
    areas_from
        The lowest zoom with areas, if lower ones hold groups of them.
    regions
        Whether equal values of the column ``region`` make a region with an outline.

    Raises
    ------
    OutputError
        There are no areas.
    """
    if areas.empty:
        raise OutputError(
            "there are no areas to make vector tiles of",
            where=name,
            fix="Check the boundaries: none of them has a code of the tables",
        )
    bounds, first = _outward(areas.total_bounds), max(zooms[0], areas_from or zooms[0])
    layers = _mvt_layers(areas, regions, zooms, first)
    return TileSet(name, description, attribution, bounds, *zooms, first, layers)


def write_tileset(
    tileset: TileSet,
    areas: gpd.GeoDataFrame,
    folder: Path,
    *,
    groups: gpd.GeoDataFrame | None = None,
    report: Report,
    base_url: str | None = None,
    side_by_side: SideBySide = map,
) -> MadeTiles:
    """Write ``folder/<name>/{z}/{x}/{y}.pbf``, ``<name>.pmtiles`` and ``<name>.json``.

    The bytes depend on the areas alone: not on their order, the time, or how many worked.

    Parameters
    ----------
    tileset
        What `describe` says of the areas.
    areas
        Valid polygons and multipolygons, EPSG:3857, that share their borders vertex
        by vertex.  Every other column becomes an attribute, as text; ``code`` is the
        key.  Keep them few and short: every tile repeats them.
    groups
        What stands for the areas at zooms below `TileSet.areas_from`, in the same form,
        with the columns ``code`` and ``name``.
    base_url
        The absolute URL of `folder` on the web, for the TileJSON document.
    side_by_side
        A `map` for zooms, in any processes: they need no disk in common with this one.

    Raises
    ------
    OutputError
        The tiles can't be written.
    """
    name = tileset.name
    work = folder / f".{name}-work"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
        packed: list[PackedTile] = []
        empty_count = 0
        for made in side_by_side(_make_zoom, _zooms(tileset, areas, groups)):
            _write_zoom(made, work / "tree")
            packed += made.packed
            empty_count += len(made.places) - len(made.packed)
        size = _publish(tileset, packed, work, folder)
    except OSError as problem:
        raise OutputError(
            f"the vector tiles could not be written ({problem})",
            where=str(folder / name),
            fix="Make sure that the folder can be written and that the disk is not full",
        ) from problem
    finally:
        shutil.rmtree(work, ignore_errors=True)
    document = json.dumps(tilejson(tileset, base_url=base_url), ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(document + "\n", encoding="utf-8")
    tiles = tuple(sorted(TileInfo(t.zoom, t.x, t.y, t.size) for t in packed))
    result = MadeTiles(tiles, empty_count, size, folder / name, folder / f"{name}.pmtiles")
    _judge_sizes(tileset, result, report)
    return result


def _zooms(
    tileset: TileSet, areas: gpd.GeoDataFrame, groups: gpd.GeoDataFrame | None
) -> Iterator[_Zoom]:
    """One task after the other, from the highest zoom, which takes longest."""
    top, first, low = tileset.max_zoom, tileset.areas_from, tileset.min_zoom
    yield from _zooms_of("areas", tileset, areas, range(top, first - 1, -1))
    if groups is not None and tileset.has_groups:
        yield from _zooms_of("groups", tileset, groups, range(first - 1, low - 1, -1))


def _zooms_of(
    layer: str, tileset: TileSet, areas: gpd.GeoDataFrame, zooms: range
) -> Iterator[_Zoom]:
    areas = areas.iloc[np.argsort(areas["code"].to_numpy(dtype=object), kind="stable")]
    cover = coverage(areas.geometry.to_numpy())
    thinner, turning = Thinner(cover), turning_of(cover)
    plain = areas.drop(columns=areas.geometry.name)
    texts = texts_of([(str(column), _texts(plain[column])) for column in plain])
    group, regions = np.full(len(areas), -1), None
    if tileset.has_regions and layer == "areas":
        group, found = pd.factorize(plain["region"], sort=True)
        regions = texts_of([("region", _texts(pd.Series(found)))])
    places = shapely.get_coordinates(shapely.point_on_surface(areas.geometry.to_numpy()))
    sizes_m = np.sqrt(areas_m2(cover))
    top = tileset.max_zoom
    for zoom in zooms:
        units = THINNING_UNITS_TOP if zoom == top else THINNING_UNITS
        thinner.thin((units * unit_m(zoom)) ** 2)
        cover = without_positions(cover, thinner.alive)
        yield _Zoom(
            layer=layer,
            snapped=_recast(snap(cover, thinner.alive, zoom), np.int32),
            turning=turning,
            texts=texts,
            anchors=to_units(places, zoom),
            labelled=(sizes_m >= LABEL_UNITS * unit_m(zoom)) | (zoom == top),
            group=group,
            regions=regions,
            bounds=tileset.bounds,
        )


def _recast(snapped: Snapped, kind: type[np.signedinteger[Any]]) -> Snapped:
    """The same with short numbers, to wait in, or with long ones, to compute with."""
    return replace(snapped, xy=snapped.xy.astype(kind), across=snapped.across.astype(kind))


def _texts(values: pd.Series) -> NDArray[np.object_]:
    """Values as text, and None where there is none."""
    texts = [
        None if missing else str(value)
        for value, missing in zip(values, values.isna(), strict=True)
    ]
    return np.array(texts, dtype=object)


def _make_zoom(task: _Zoom) -> _MadeZoom:
    """The tiles of one zoom."""
    zoom = task.snapped.zoom
    tiles = _tiles(task)
    # Within the bounds an empty tile is a file too, so that no client meets a 404.
    places = sorted({*tiles, *_places_within(task.bounds, zoom)})
    return _MadeZoom(zoom, tiles, pack(zoom, tiles), places)


def _write_zoom(made: _MadeZoom, tree: Path) -> None:
    folder = tree / str(made.zoom)
    for column, group in groupby(made.places, key=itemgetter(0)):
        (folder / str(column)).mkdir(parents=True)
        for _, row in group:
            _write(f"{folder}/{column}/{row}.pbf", made.tiles.get((column, row), b""))


def _tiles(task: _Zoom) -> dict[tuple[int, int], bytes]:
    """The tiles of one zoom that have something in them, by column and row."""
    zoom = task.snapped.zoom
    snapped, faulty = fix(_recast(task.snapped, np.int64), task.turning)
    snapped = _recast(snapped, np.int32)
    areas = clip(area_rings(snapped, faulty, task.anchors), zoom, closed=True)
    tiles = encode(task.layer, POLYGON, areas, task.texts)
    del areas
    layers = []
    if task.regions:
        lines = clip(outlines(snapped, task.group), zoom, closed=False)
        layers.append(("regions", LINE, lines, task.regions))
    shown = np.flatnonzero(task.labelled)
    points = clip_points(task.anchors[shown], shown, zoom)
    layers.append(("labels", POINT, points, task.texts))
    for layer in layers:
        for tile, data in encode(*layer).items():
            # A tile is a repeated field of layers: joined bytes are joined layers.
            tiles[tile] = tiles.get(tile, b"") + data
    return tiles


def _places_within(
    bounds: tuple[float, float, float, float], zoom: int
) -> Iterator[tuple[int, int]]:
    """Column and row of each tile that meets the bounds."""
    west, south, east, north = bounds
    corners = to_mercator(np.array([[west, north], [east, south]]))
    (left, top), (right, bottom) = to_units(corners, zoom) / EXTENT
    yield from product(range(int(left), math.ceil(right)), range(int(top), math.ceil(bottom)))


def _write(path: str, data: bytes) -> None:
    # Thousands of small files: what pathlib and buffers add would double the time.
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(file, left) :]
    finally:
        os.close(file)


def _publish(tileset: TileSet, packed: list[PackedTile], work: Path, folder: Path) -> int:
    """Write the archive, and put it and the tree where the old ones were; its bytes."""
    west, south, east, north = tileset.bounds
    archive, tree = work / f"{tileset.name}.pmtiles", folder / tileset.name
    size = write_archive(
        archive,
        packed,
        bounds=tileset.bounds,
        center=((west + east) / 2, (south + north) / 2, tileset.min_zoom),
        metadata={
            "name": tileset.name,
            "description": tileset.description,
            "attribution": tileset.attribution,
            "type": "overlay",
            "version": "1",
            "vector_layers": [layer.as_json() for layer in tileset.layers],
        },
    )
    if tree.exists():
        tree.rename(work / "old")
    (work / "tree").rename(tree)
    archive.replace(folder / archive.name)
    return size


def _outward(bounds_m: NDArray[np.float64]) -> tuple[float, float, float, float]:
    bounds = to_lonlat(bounds_m.reshape(2, 2)).ravel()
    west, south = (math.floor(degrees * 1e6) / 1e6 for degrees in bounds[:2])
    east, north = (math.ceil(degrees * 1e6) / 1e6 for degrees in bounds[2:])
    return west, south, east, north


def _mvt_layers(
    areas: gpd.GeoDataFrame, regions: bool, zooms: tuple[int, int], first: int
) -> tuple[MvtLayer, ...]:
    low, top = zooms
    names = [str(column) for column in areas.columns if column != areas.geometry.name]
    fields = tuple((name, "String") for name in names)
    layers = [MvtLayer("areas", "The areas, as polygons", first, top, fields)]
    if regions:
        outline = (("region", "String"),)
        layers.append(MvtLayer("regions", "The outlines of the regions", first, top, outline))
    labelled = "A point within each area"
    if first > low:
        own = tuple(field for field in fields if field[0] in ("code", "name"))
        said = "Groups of areas in their place, as polygons"
        layers.insert(0, MvtLayer("groups", said, low, first - 1, own))
        labelled = "A point within each area or group"
    layers.append(MvtLayer("labels", labelled, low, top, fields))
    return tuple(layers)


def _judge_sizes(tileset: TileSet, result: MadeTiles, report: Report) -> None:
    """Say how big the tiles are, and warn of big ones once for each zoom that has any."""
    report.detail(
        f"{tileset.name}: {len(result.tiles):,} tiles with {result.total_bytes / 1e6:,.1f} MB,"
        f" an archive of {result.archive_bytes / 1e6:,.1f} MB"
    )
    heavy = {tile.zoom for tile in result.tiles if tile.size > TILE_LIMIT_BYTES}
    light = [z for z in range(tileset.min_zoom, tileset.max_zoom + 1) if z > max(heavy, default=-1)]
    for zoom in sorted(heavy):
        tiles = [t for t in result.tiles if t.zoom == zoom and t.size > TILE_LIMIT_BYTES]
        worst = max(tiles, key=lambda tile: tile.size)
        advice = f"start the tiles at zoom {light[0]}" if light else "raise the highest zoom"
        report.warn(
            f"{tileset.name}: tile {worst.zoom}/{worst.x}/{worst.y} has"
            f" {worst.size / 1000:,.0f} KB, more than {TILE_LIMIT_BYTES // 1000} KB ({len(tiles)}"
            f" of the tiles at zoom {zoom} do); {advice}, or take more generalised boundaries"
        )
