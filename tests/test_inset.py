"""Where a map needs an inset, found by computation."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import shapely
from making import made

from generator.maps.inset import dense_part, inset_window
from generator.maps.layouts import Layout, make_layout
from generator.pages.atlas import Atlas
from generator.pages.mapping import page_map

FINE, COARSE = 4_000.0, 40_000.0


def town(side: int, cell_m: float, left: float, bottom: float) -> list[shapely.Geometry]:
    """A block of square areas."""
    return [
        shapely.box(left + x * cell_m, bottom + y * cell_m,
                    left + (x + 1) * cell_m, bottom + (y + 1) * cell_m)
        for x in range(side) for y in range(side)
    ]  # fmt: skip


def land(*parts: tuple[str, list[shapely.Geometry]]) -> Layout:
    shapes = [(group, shape) for group, found in parts for shape in found]
    codes = [f"E{at:08}" for at in range(len(shapes))]
    frame = gpd.GeoDataFrame(
        {"code": codes}, geometry=[shape for _, shape in shapes], crs="EPSG:3857"
    )
    groups = {code: group for code, (group, _) in zip(codes, shapes, strict=True)}
    return make_layout("geography", frame, group_of={c: g for c, g in groups.items() if g})


def test_the_densest_group_is_found() -> None:
    country = town(8, COARSE, 0.0, 0.0)
    layout = land(("shire", country), ("city", town(5, FINE, 400_000.0, 0.0)),
                 ("town", town(4, FINE, 400_000.0, 200_000.0)))  # fmt: skip
    found = dense_part(layout)
    assert {layout.group_of[code] for code in found} == {"city"}
    assert len(found) == 25
    window = inset_window(layout, found)
    boxes = layout.boxes[[layout.at[c] for c in found]]
    left, bottom, right, top = window.box
    assert (boxes[:, :2] >= np.array([left, bottom])).all()
    assert (boxes[:, 2:] <= np.array([right, top])).all()


def test_without_groups_it_is_what_hangs_together() -> None:
    layout = land(("", town(8, COARSE, 0.0, 0.0)), ("", town(5, FINE, 400_000.0, 0.0)),
                 ("", town(4, FINE, 400_000.0, 200_000.0)))  # fmt: skip
    assert dense_part(layout) == (), "most areas are large: no part is worth it"
    layout = land(("", town(3, COARSE, 0.0, 0.0)), ("", town(8, FINE, 200_000.0, 0.0)))
    assert len(dense_part(layout)) == 64


def test_no_inset_where_all_areas_can_be_met() -> None:
    assert dense_part(land(("a", town(6, COARSE, 0.0, 0.0)))) == ()
    assert dense_part(land(("a", town(3, FINE, 0.0, 0.0)))) == (), "too few"


def test_an_inset_shows_a_part() -> None:
    """Where everything is small there is nothing to take out."""
    assert dense_part(land(("a", town(60, FINE, 0.0, 0.0)))) == ()


def test_the_inset_shows_what_its_page_s_map_shows() -> None:
    layout = land(("", town(3, COARSE, 0.0, 0.0)), ("", town(8, FINE, 200_000.0, 0.0)))
    up = {code: (float(at), len(layout.codes) - at) for at, code in enumerate(layout.codes)}
    down = {code: (-score, len(layout.codes) + 1 - rank) for code, (score, rank) in up.items()}
    settings, comparison = made({"1": up, "2": down}, areas=list(layout.codes))
    atlas = Atlas(settings, comparison, (layout,), {}, "", ())
    seen = []
    for measure in comparison.measures:
        drawn = page_map(atlas, "a/", name="a", subject="A", kind="nation", measure=measure)
        assert drawn.inset is not None
        found = re.findall(r'data-code="(\w+)".*?class="area level-(\d)"', str(drawn.inset.drawing))
        assert len(found) == len(atlas.dense) == 64
        levels = {code: atlas.drawn_in(measure)[code].level for code in atlas.dense}
        assert {code: int(level) for code, level in found} == levels
        seen.append(levels)
    assert seen[0] != seen[1]
