"""Encoded layers, read back with a decoder that had no part in writing them."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from test_tileclip import ORIGIN, ZOOM, blocks, paths_of, square, stars

from generator.tiles.clip import TilePaths, clip, clip_points
from generator.tiles.coverage import EXTENT, doubled_areas
from generator.tiles.mvt import LINE, POINT, POLYGON, encode, texts_of, varint_sizes, varints
from generator.tiles.paths import Paths

texts = st.none() | st.text(st.characters(codec="utf-8"), max_size=200)


def decoded(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    return found


def objects(values: list[str | None]) -> Any:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def columns(count: int) -> tuple[tuple[str, Any], ...]:
    return (("code", objects([f"E{at}" for at in range(count)])),)


def read_varint(data: bytes) -> tuple[int, int]:
    """A number and how many bytes it took, as the protobuf documentation describes it."""
    value = 0
    for at, byte in enumerate(data):
        value += (byte % 128) * 128**at
        if byte < 128:
            return value, at + 1
    raise AssertionError("no end")


@given(st.lists(st.integers(0, 300) | st.integers(0, 2**35 - 1), max_size=30))
def test_varints(numbers: list[int]) -> None:
    data, offsets = varints(np.array(numbers, dtype=np.int64))
    rest = data.tobytes()
    for number, size in zip(numbers, np.diff(offsets).tolist(), strict=True):
        assert read_varint(rest) == (number, size)
        rest = rest[size:]
    assert rest == b""
    assert varint_sizes(np.array(numbers, dtype=np.int64)).tolist() == np.diff(offsets).tolist()


@settings(max_examples=150)
@given(st.lists(blocks() | stars(), min_size=1, max_size=4))
def test_areas_come_back(shapes: list[shapely.Geometry]) -> None:
    clipped = clip(paths_of(shapes), ZOOM, closed=True)
    tiles = encode("areas", POLYGON, clipped, texts_of(columns(len(shapes))))
    assert sorted(tiles) == sorted(set(map(tuple, clipped.tile.tolist())))
    for (x, y), data in tiles.items():
        layer = decoded(data)["areas"]
        assert (layer["version"], layer["extent"]) == (2, EXTENT)
        codes = [feature["properties"]["code"] for feature in layer["features"]]
        assert codes == sorted(set(codes))
        for feature in layer["features"]:
            made = shapely.geometry.shape(feature["geometry"])
            # Each polygon is valid: an outer ring, and holes in it.
            assert shapely.is_valid(shapely.get_parts(made)).all()
            for part in shapely.get_parts(made):
                for at, ring in enumerate([part.exterior, *part.interiors]):
                    xy = np.array(ring.coords)[:-1]
                    size = doubled_areas(xy, np.array([0, len(xy)]))[0]
                    assert size > 0 if at == 0 else size < 0
            shape = shapes[int(feature["properties"]["code"][1:])]
            wanted = shapely.intersection(shape, square((x, y)))
            here = shapely.transform(made, lambda xy, x=x, y=y: xy + np.array([x, y]) * EXTENT)
            off = shapely.symmetric_difference(shapely.make_valid(here), wanted)
            assert shapely.buffer(off, -0.75).is_empty


def test_a_hole_comes_after_the_ring_around_it() -> None:
    # Two parts, each with a hole; in the larger hole an island with a hole of its own.
    large = shapely.box(0, 0, 3000, 3000).difference(shapely.box(500, 500, 2500, 2500))
    island = shapely.box(1000, 1000, 2000, 2000).difference(shapely.box(1200, 1200, 1300, 1300))
    small = shapely.box(3100, 0, 3500, 400).difference(shapely.box(3200, 100, 3300, 200))
    whole = shapely.MultiPolygon([small, island, large])
    moved = shapely.transform(whole, lambda xy: xy + ORIGIN)
    clipped = clip(paths_of([moved]), ZOOM, closed=True)
    data = encode("areas", POLYGON, clipped, texts_of(columns(1)))[5, 5]
    (feature,) = decoded(data)["areas"]["features"]
    made = shapely.geometry.shape(feature["geometry"])
    assert made.is_valid
    assert shapely.normalize(made) == shapely.normalize(whole)


@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(-80, 4176), st.integers(-80, 4176)),
            min_size=2, max_size=20, unique=True,
        ),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_lines_come_back(lines: list[list[tuple[int, int]]]) -> None:
    points = np.array([point for line in lines for point in line])
    offsets = np.cumsum([0, *map(len, lines)])
    # All lines are parts of one feature.
    paths = Paths(points + ORIGIN, offsets, np.zeros(len(lines), dtype=np.int64))
    tile = TilePaths(paths, np.full((len(lines), 2), 5))
    data = encode("regions", LINE, tile, texts_of(columns(1)))[5, 5]
    (feature,) = decoded(data)["regions"]["features"]
    found = feature["geometry"]["coordinates"]
    found = [found] if len(lines) == 1 else found
    assert [[tuple(point) for point in line] for line in found] == lines


@given(st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=6))
def test_attributes_come_back(rows: list[list[str | None]]) -> None:
    count = len(rows)
    named = tuple(
        (name, objects([row[at] for row in rows]))
        for at, name in enumerate(("code", "näme", "région"))
    )
    xy = np.arange(count)[:, None] * 10 + np.array([ORIGIN + 100, ORIGIN + 100])
    points = clip_points(xy, np.arange(count), ZOOM)
    features = decoded(encode("labels", POINT, points, texts_of(named))[5, 5])["labels"]["features"]
    assert len(features) == count
    for at, (feature, row) in enumerate(zip(features, rows, strict=True)):
        wanted = zip(("code", "näme", "région"), row, strict=True)
        assert feature["properties"] == {key: text for key, text in wanted if text is not None}
        assert feature["geometry"] == {"type": "Point", "coordinates": [100 + 10 * at] * 2}


def test_a_text_stands_in_a_tile_once() -> None:
    count = 300
    named = (("code", objects([f"E{at}" for at in range(count)])),
             ("region", objects(["The only region there is"] * count)))  # fmt: skip
    xy = np.full((count, 2), ORIGIN + 100) + np.arange(count)[:, None]
    points = clip_points(xy, np.arange(count), ZOOM)
    data = encode("labels", POINT, points, texts_of(named))[5, 5]
    assert data.count(b"The only region there is") == 1
    assert len(decoded(data)["labels"]["features"]) == count


def test_a_tile_has_only_the_texts_that_it_needs() -> None:
    xy = np.array([[ORIGIN + 2000, ORIGIN + 2000], [ORIGIN + 6000, ORIGIN + 2000]])
    tiles = encode("labels", POINT, clip_points(xy, np.arange(2), ZOOM), texts_of(columns(2)))
    assert b"E0" in tiles[5, 5]
    assert b"E1" not in tiles[5, 5]
    assert b"E1" in tiles[6, 5]


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = [shapely.box(x, x, x + 5000, x + 3000) for x in range(0, 30_000, 700)]
    clipped = clip(paths_of(shapes), ZOOM, closed=True)
    whole = encode("areas", POLYGON, clipped, texts_of(columns(len(shapes))))
    monkeypatch.setattr("generator.tiles.mvt._BLOCK", 16)
    assert encode("areas", POLYGON, clipped, texts_of(columns(len(shapes)))) == whole


def test_nothing_is_no_tile() -> None:
    none = clip_points(np.zeros((0, 2), np.int64), np.zeros(0, np.int64), ZOOM)
    assert encode("labels", POINT, none, texts_of(columns(1))) == {}
