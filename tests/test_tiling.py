"""Which zooms the tiles of a layout get, and when they are made again."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from making import shipped

from generator.build.tiles import MOST_HEXAGON_ZOOM, _key, _median_km2, _zooms
from generator.settings import Tiles


def layout(side_km: float, *, cells: bool = False) -> SimpleNamespace:
    """Nine squares of a size on the ground, near 53° north, EPSG:3857."""
    side = side_km * 1000 / np.cos(np.radians(53))
    corners = [(x * side, 6_982_000 + y * side) for x in range(3) for y in range(3)]
    squares = np.array([shapely.box(x, y, x + side, y + side) for x, y in corners])
    return SimpleNamespace(geometry=squares, boxes=shapely.bounds(squares), cells=cells)


def test_the_typical_size_is_that_on_the_ground() -> None:
    assert _median_km2(layout(4)) == pytest.approx(16, rel=0.01)


@pytest.mark.parametrize(
    ("side_km", "chosen", "zooms"),
    [
        (20, Tiles(), (4, 10)),
        (4, Tiles(), (4, 12)),
        (4, Tiles(max_zoom=9), (4, 9)),
        (20, Tiles(min_zoom=11), (11, 11)),
        (20, Tiles(min_zoom=2, max_zoom=14), (2, 14)),
    ],
)
def test_small_areas_get_higher_zooms(
    side_km: float, chosen: Tiles, zooms: tuple[int, int]
) -> None:
    settings = shipped()[0].model_copy(update={"tiles": chosen})
    assert _zooms(settings, layout(side_km)) == zooms  # type: ignore[arg-type]
    low, high = _zooms(settings, layout(side_km, cells=True))  # type: ignore[arg-type]
    assert (low, high) == (zooms[0], max(zooms[0], min(zooms[1], MOST_HEXAGON_ZOOM)))


def test_whatever_tiles_say_of_an_area_is_in_their_key() -> None:
    """A column that was added later was not: the tiles of the former site were kept."""
    said = {"code": ["A", "B"], "name": ["East", "West"], "people": [3, 5]}
    frame = gpd.GeoDataFrame(said, geometry=list(layout(4).geometry[:2]), crs=3857)
    others = {column: frame.assign(**{column: frame[column][::-1].array}) for column in frame}
    tileset = SimpleNamespace(name="geography")
    keys = {column: _key(tileset, other, "") for column, other in others.items()}  # type: ignore[arg-type]
    assert set(keys) == {"code", "name", "people", "geometry"}
    assert _key(tileset, frame, "") not in keys.values()  # type: ignore[arg-type]
    assert len(set(keys.values())) == 4
