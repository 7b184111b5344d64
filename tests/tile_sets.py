"""Tile sets for tests: sixty small areas, written as tiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from benchmarks.coverages import voronoi_coverage
from generator.report import BufferReport
from generator.tiles.documents import (
    MadeTiles,
    TileInfo,
    TileSet,
)
from generator.tiles.write import describe, write_tileset

EXTENT = 4096
ZOOMS = (4, 8)
TINY, ISLANDS = "V00000007", "V00000011"


def mini_areas() -> gpd.GeoDataFrame:
    """Sixty cells; one of them 60 m wide within another, one with an island and a hole."""
    areas = voronoi_coverage(60)
    shapes = areas.geometry.to_numpy().copy()
    row = {code: at for at, code in enumerate(areas["code"])}
    home = shapes[row["V00000020"]]
    centre = shapely.point_on_surface(home)
    speck = shapely.box(centre.x, centre.y, centre.x + 0.0009, centre.y + 0.0005)
    shapes[row["V00000020"]] = shapely.difference(home, speck)
    shapes[row["V00000021"]] = shapely.union(shapes[row["V00000021"]], shapes[row[TINY]])
    shapes[row[TINY]] = speck
    island = shapely.Point(-6.6, 51).buffer(0.05, quad_segs=12)
    shapes[row[ISLANDS]] = shapely.MultiPolygon(
        [shapes[row[ISLANDS]], shapely.difference(island, shapely.Point(-6.6, 51).buffer(0.02))]
    )
    return areas.set_geometry(gpd.GeoSeries(shapes, index=areas.index, crs=areas.crs))


class Made:
    """A tile set and what was written of it, as one."""

    def __init__(self, tileset: TileSet, files: MadeTiles) -> None:
        self.tileset, self.files = tileset, files

    def __getattr__(self, name: str) -> Any:
        return getattr(self.files if hasattr(self.files, name) else self.tileset, name)

    @property
    def biggest(self) -> TileInfo:
        """The tile with the most bytes; the first of several."""
        return max(self.files.tiles, key=lambda tile: tile.size)


def write(folder: Path, areas: gpd.GeoDataFrame, name: str = "areas", **options: Any) -> Made:
    """Write the tiles of areas in degrees."""
    wanted: dict[str, Any] = {"zooms": ZOOMS, "attribution": "Made up for tests"}
    wanted |= {
        key: options.pop(key) for key in ("zooms", "areas_from", "regions") if key in options
    }
    areas = areas.to_crs(3857)
    if "groups" in options:
        options["groups"] = options["groups"].to_crs(3857)
    tileset = describe(name, areas, description="Sixty cells", **wanted)
    files = write_tileset(tileset, areas, folder, **({"report": BufferReport()} | options))
    return Made(tileset, files)
