"""What a tile tree really holds, read back with an independent decoder.

All lengths are in tile units, of which a tile's side has 4,096.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray

EXTENT = 4096
COAST_UNITS = 10.0
"""An edge this near to the outline of the input counts as coast, not as a border."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How well the areas of one zoom fit together, in the tiles proper, without buffers.

    Attributes
    ----------
    border
        Length of the borders between areas, each counted once.
    unshared
        Length of the edges that only one area has, away from the coast: where borders
        are shared, each of their edges belongs to two, vertex by vertex.
    gaps, overlaps
        Where more than one tile unit lies between two areas, or belongs to both.
    """

    border: float
    unshared: float
    gaps: int
    overlaps: int

    @property
    def share(self) -> float:
        """The part of the borders' length that is not shared."""
        return self.unshared / self.border if self.border else 0.0


def tile_paths(tree: Path, zoom: int) -> Iterator[tuple[int, int, Path]]:
    """Column, row and path of each tile of a zoom that has something in it."""
    for path in sorted((tree / str(zoom)).glob("*/*.pbf")):
        if path.stat().st_size:
            yield int(path.parent.name), int(path.stem), path


def decode(path: Path, layer: str = "areas") -> list[tuple[str, shapely.Geometry]]:
    """Code and geometry of a layer's features, in units of the tile, y to the south."""
    tile = mapbox_vector_tile.decode(path.read_bytes(), default_options={"y_coord_down": True})
    found = tile.get(layer, {"features": [], "extent": EXTENT})
    # The driver may halve a layer's resolution to keep a tile small.
    scale = EXTENT / found["extent"]
    return [
        (
            feature["properties"]["code"],
            shapely.transform(shapely.geometry.shape(feature["geometry"]), lambda xy: xy * scale),
        )
        for feature in found["features"]
    ]


def codes(tree: Path, zoom: int, layer: str = "areas") -> set[str]:
    """Codes that occur in a layer of any tile of a zoom."""
    return {code for _, _, path in tile_paths(tree, zoom) for code, _ in decode(path, layer)}


def faults(tree: Path, zoom: int, lonlat: NDArray[np.object_], layer: str = "areas") -> Faults:
    """Measure the borders of one zoom against the input, in EPSG:4326."""
    outline = shapely.boundary(shapely.union_all(world_units(lonlat, zoom)))
    total = np.zeros(4)
    for x, y, path in tile_paths(tree, zoom):
        here = shapely.transform(outline, lambda xy, x=x, y=y: xy - (x * EXTENT, y * EXTENT))
        total += _tile_faults([shape for _, shape in decode(path, layer)], here)
    return Faults(total[0], total[1], int(total[2]), int(total[3]))


def world_units(lonlat: NDArray[np.object_], zoom: int) -> NDArray[np.object_]:
    """Project to the tile units of a zoom; written apart from the generator's own."""

    def project(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        east, north = np.radians(degrees).T
        across = (east / np.pi + 1) / 2
        down = (1 - np.arcsinh(np.tan(north)) / np.pi) / 2
        return np.stack([across, down], axis=1) * EXTENT * 2**zoom

    return shapely.make_valid(shapely.transform(lonlat, project))


def _tile_faults(shapes: list[shapely.Geometry], outline: shapely.Geometry) -> NDArray[np.float64]:
    """Border, unshared length, gaps and overlaps of one tile."""
    square = shapely.box(0, 0, EXTENT, EXTENT)
    near = shapely.clip_by_rect(outline, -99, -99, EXTENT + 99, EXTENT + 99)
    coast = shapely.buffer(near, COAST_UNITS)
    shapely.prepare(coast)
    areas = np.asarray(shapes, dtype=object)
    border, unshared = _edges(areas, coast)
    inside = shapely.intersection(shapely.make_valid(areas), square)
    one, two = shapely.STRtree(inside).query(inside, "intersects")
    common = shapely.intersection(inside[one[one < two]], inside[two[one < two]])
    land = shapely.intersection(shapely.buffer(_land(near, inside, square), 0), square)
    missing = shapely.difference(shapely.difference(land, shapely.union_all(inside)), coast)
    return np.array([border, unshared, _wide(missing), _wide(common)])


def _land(
    outline: shapely.Geometry, inside: NDArray[np.object_], square: shapely.Geometry
) -> shapely.Geometry:
    """The parts of the square, cut along the outline of the input, that areas fill."""
    frame = shapely.union_all([outline, square.boundary])
    faces = shapely.get_parts(shapely.polygonize([frame]))
    covered = shapely.area(shapely.intersection(faces, shapely.union_all(inside)))
    return shapely.union_all(faces[covered > shapely.area(faces) / 2])


def _edges(areas: NDArray[np.object_], coast: shapely.Geometry) -> tuple[float, float]:
    """Length within the tile of the edges that several areas have, and that one has."""
    rings = shapely.get_rings(shapely.get_parts(areas))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.hstack([points[:-1][same], points[1:][same]]).astype(np.int64)
    back = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[back] = ends[back][:, [2, 3, 0, 1]]
    edges, times = np.unique(ends, axis=0, return_counts=True)
    lines = shapely.linestrings(edges.reshape(-1, 2, 2).astype(np.float64))
    lines = shapely.clip_by_rect(lines, 0, 0, EXTENT, EXTENT)
    single = lines[times == 1]
    single = single[~shapely.intersects(coast, single)]
    return float(shapely.length(lines[times > 1]).sum()), float(shapely.length(single).sum())


def _wide(pieces: NDArray[np.object_] | shapely.Geometry) -> int:
    """How many pieces are wider than one tile unit."""
    parts = shapely.get_parts(shapely.get_parts(np.atleast_1d(np.asarray(pieces, dtype=object))))
    return int(np.count_nonzero(~shapely.is_empty(shapely.buffer(parts, -0.501))))
