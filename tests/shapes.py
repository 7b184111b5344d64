"""Invented land for tests: coverages of random cells, and a reader of path data."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import shapely

from generator.maps.layouts import Layout, make_layout

Ring = list[tuple[int, int]]


def read_path(text: str) -> list[Ring]:
    """Rings (open, absolute) of path data of the kinds M, m, l and z; anything else fails."""
    assert re.fullmatch(r"[Mmlz0-9 \-]*", text), text[:80]
    rings: list[Ring] = []
    x = y = 0
    closed = True
    for letter, body in re.findall(r"([Mmlz])([^Mmlz]*)", text):
        numbers = [int(n) for n in re.findall(r"-?\d+", body)]
        assert re.sub(r"-?\d+| ", "", body) == ""
        if letter == "z":
            assert not numbers
            x, y = rings[-1][0]
            closed = True
            continue
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        assert pairs, "a command without numbers"
        for at, (dx, dy) in enumerate(pairs):
            x, y = (dx, dy) if letter == "M" and at == 0 else (x + dx, y + dy)
            if letter in "Mm" and at == 0:
                assert closed, "a ring that is not closed"
                rings.append([(x, y)])
                closed = False
            else:
                rings[-1].append((x, y))
    assert closed, "the last ring is not closed"
    return rings


def net_area(text: str) -> float:
    """The area of a path's outer rings without its holes, units²."""
    total = 0.0
    for ring in read_path(text):
        points = np.array(ring, dtype=float)
        ahead = np.roll(points, -1, axis=0)
        total += (points[:, 0] * ahead[:, 1] - ahead[:, 0] * points[:, 1]).sum() / 2
    return abs(total)


def area_of(text: str) -> float:
    """The area that a path fills by the even-odd rule, units²."""
    filled = shapely.Polygon()
    for ring in read_path(text):
        filled = filled.symmetric_difference(shapely.make_valid(shapely.Polygon(ring)))
    return float(filled.area)


def cells(seed: int, count: int, *, size_m: float = 200_000.0) -> gpd.GeoDataFrame:
    """A coverage of `count` crooked cells of a square somewhere near England, EPSG:3857.

    Cells are parts of a fine mosaic put together, so that borders have many corners.
    """
    random = np.random.default_rng(seed)
    centres = random.uniform(0, size_m, (count, 2))
    grains = shapely.MultiPoint(random.uniform(0, size_m, (count * 25, 2)))
    box = shapely.box(0, 0, size_m, size_m)
    mosaic = shapely.get_parts(shapely.voronoi_polygons(grains, extend_to=box))
    mosaic = shapely.set_precision(shapely.intersection(mosaic, box), 0)
    points = shapely.get_coordinates(shapely.centroid(mosaic))
    nearest = np.argmin(((points[:, None, :] - centres[None]) ** 2).sum(axis=2), axis=1)
    shapes = [shapely.coverage_union_all(mosaic[nearest == at]) for at in range(count)]
    found = [(at, shape) for at, shape in enumerate(shapes) if not shape.is_empty]
    moved = [shapely.affinity.translate(shape, -300_000, 6_900_000) for _, shape in found]
    return gpd.GeoDataFrame(
        {"code": [f"E07{at:06}" for at, _ in found]}, geometry=moved, crs="EPSG:3857"
    )


def layout_of(frame: gpd.GeoDataFrame, groups: int = 3, **options: object) -> Layout:
    """A layout of a frame, its areas dealt out among some groups."""
    group_of = {code: f"G{at % groups}" for at, code in enumerate(frame["code"])}
    return make_layout("geography", frame, group_of=group_of, **options)  # type: ignore[arg-type]
