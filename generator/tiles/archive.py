"""PMTiles archives (specification version 3) of tiles that are already encoded.

GDAL's own PMTiles driver would make the tiles a second time and from one geometry
for all zooms.  Here the archive holds the very tiles of the tree, each gzipped, in
the order of the Hilbert curve, so that a map view needs few range requests.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

_GZIP_LEVEL = 6


@dataclass(frozen=True, slots=True)
class PackedTile:
    """A tile as an archive holds it: `size` in bytes before, `data` after gzip.

    `place` is its number along the Hilbert curves of all zooms.
    """

    place: int
    zoom: int
    x: int
    y: int
    size: int
    data: bytes


def pack(zoom: int, tiles: Mapping[tuple[int, int], bytes]) -> list[PackedTile]:
    """Compress the tiles of one zoom, by column and row, without a time stamp."""
    done: dict[bytes, bytes] = {}
    packed = []
    for (x, y), tile in tiles.items():
        # Within a large area all tiles are alike.
        if tile not in done:
            done[tile] = gzip.compress(tile, _GZIP_LEVEL, mtime=0)
        place = zxy_to_tileid(zoom, x, y)
        packed.append(PackedTile(place, zoom, x, y, len(tile), done[tile]))
    return packed


def write_archive(
    path: Path,
    tiles: Sequence[PackedTile],
    *,
    bounds: tuple[float, float, float, float],
    center: tuple[float, float, int],
    metadata: Mapping[str, object],
) -> int:
    """Write an archive, and return its size in bytes.

    Parameters
    ----------
    tiles
        In any order, at least one.
    bounds, center
        EPSG:4326; the third of `center` is a zoom.
    metadata
        What the specification asks of vector tiles: ``vector_layers``, and what it
        allows: ``name``, ``description``, ``attribution``, ``type``, ``version``.
    """
    west, south, east, north = (_e7(degrees) for degrees in bounds)
    with path.open("wb") as file:
        writer: Any = Writer(file)  # type: ignore[no-untyped-call]
        for tile in sorted(tiles, key=attrgetter("place")):
            writer.write_tile(tile.place, tile.data)
        writer.finalize(
            {
                "tile_type": TileType.MVT,
                "tile_compression": Compression.GZIP,
                "min_lon_e7": west,
                "min_lat_e7": south,
                "max_lon_e7": east,
                "max_lat_e7": north,
                "center_lon_e7": _e7(center[0]),
                "center_lat_e7": _e7(center[1]),
                "center_zoom": center[2],
            },
            dict(metadata),
        )
    return path.stat().st_size


def _e7(degrees: float) -> int:
    return round(degrees * 10_000_000)
