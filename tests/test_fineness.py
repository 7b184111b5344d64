"""Borders never cover what they divide: their widths follow the size of areas on the screen."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from test_drawing import about

from generator.maps.fineness import small_size_m
from generator.maps.framing import national_window
from generator.maps.layouts import Layout, make_layout
from generator.maps.svg import draw


def town_and_country(side: int) -> Layout:
    """A town of `side` × `side` small squares beside four large ones."""
    size = 40_000 / side
    small = [
        shapely.box(x * size, y * size, (x + 1) * size, (y + 1) * size)
        for x in range(side)
        for y in range(side)
    ]
    large = [shapely.box(40_000 * x, 40_000, 40_000 * (x + 1), 80_000) for x in range(4)]
    codes = [f"E{at:08d}" for at in range(len(small) + 4)]
    frame = gpd.GeoDataFrame({"code": codes}, geometry=[*small, *large], crs="EPSG:3857")
    return make_layout("geography", frame)


def test_a_town_decides_how_wide_borders_are() -> None:
    layout = town_and_country(40)
    assert small_size_m(layout) == pytest.approx(1_000)
    assert small_size_m(layout, layout.codes[-4:]) == pytest.approx(40_000)


@pytest.mark.parametrize(("away_km", "shown"), [(5, True), (400, False)])
def test_only_land_that_borders_on_an_atlas_widens_its_map(away_km: int, shown: bool) -> None:
    """Wales is not drawn with all of England above it, for the sake of Scotland."""
    layout = town_and_country(2)
    far = shapely.box(0, 80_000 + away_km * 1_000, 160_000, 280_000 + away_km * 1_000)
    with_land = replace(layout, beyond=np.array([far], dtype=object))
    wide, own = national_window(with_land).box, national_window(layout).box
    assert (wide[3] > own[3]) == shown
    assert wide[3] - own[3] < 30_000


@pytest.mark.parametrize(("side", "fine"), [(2, False), (200, True)])
def test_drawings_of_small_areas_get_hairlines(side: int, fine: bool) -> None:
    layout = town_and_country(side)
    svg = draw(
        layout, national_window(layout), about(layout), id="m", label="Map", url=lambda href: href
    )
    assert (' fine"' in svg.partition(">")[0]) == fine
