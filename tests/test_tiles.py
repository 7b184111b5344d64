"""The tiles that are written, read back with decoders that had no part in writing them."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from pmtiles.reader import Reader, all_tiles
from tile_rules import check_style, check_tilejson
from tile_sets import EXTENT, TINY, ZOOMS, Made, mini_areas, write

from benchmarks import tilecheck
from generator.build.workers import Processes
from generator.errors import OutputError
from generator.report import BufferReport
from generator.tiles import write as tiles_module
from generator.tiles.documents import (
    ADDRESSES_KEY,
    StyleClass,
    StyleNames,
    style,
    tilejson,
)

GOLDEN = Path(__file__).parent / "mini_tiles.json"


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    return mini_areas()


@pytest.fixture(scope="module")
def made(areas: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return write(tmp_path_factory.mktemp("tiles"), areas)


def fingerprint(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by its path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def size_by_code(tree: Path, zoom: int) -> Counter[str]:
    """Square tile units of each area, summed over the tiles without their buffers."""
    square = shapely.box(0, 0, EXTENT, EXTENT)
    sizes: Counter[str] = Counter()
    for _, _, path in tilecheck.tile_paths(tree, zoom):
        for code, shape in tilecheck.decode(path):
            sizes[code] += shapely.intersection(shapely.make_valid(shape), square).area
    return sizes


# -- What is in the tiles ----------------------------------------------------------------


def test_no_area_is_lost_at_any_zoom(made: Made, areas: gpd.GeoDataFrame) -> None:
    for zoom in range(ZOOMS[0], ZOOMS[1] + 1):
        assert tilecheck.codes(made.folder, zoom) == set(areas["code"]), zoom


def test_areas_keep_their_size_at_the_top_zoom(made: Made, areas: gpd.GeoDataFrame) -> None:
    shapes = tilecheck.world_units(areas.geometry.to_numpy(), ZOOMS[1])
    found = size_by_code(made.folder, ZOOMS[1])
    for code, shape in zip(areas["code"], shapes, strict=True):
        # Thinning and rounding move a border by less than one unit.
        assert abs(found[code] - shape.area) <= max(4, shape.length), code


def test_borders_are_shared_at_every_zoom(made: Made, areas: gpd.GeoDataFrame) -> None:
    for zoom in range(ZOOMS[0], ZOOMS[1] + 1):
        found = tilecheck.faults(made.folder, zoom, areas.geometry.to_numpy())
        assert found.border > 1000
        # A speck may have to be one square unit on top of its neighbour.
        assert found.unshared in ({4} if zoom == 4 else {0, 4} if zoom < 7 else {0}), (zoom, found)
        assert (found.gaps, found.overlaps) == (0, 0), (zoom, found)


def test_the_measure_of_faults_finds_them(areas: gpd.GeoDataFrame, tmp_path: Path) -> None:
    metres = areas.to_crs(3857)
    torn = metres.set_geometry(metres.geometry.simplify(8000, preserve_topology=True))
    pyogrio.write_dataframe(
        torn, tmp_path / "torn", driver="MVT", layer="areas",
        FORMAT="DIRECTORY", COMPRESS="NO", MINZOOM=5, MAXZOOM=5,
    )  # fmt: skip
    found = tilecheck.faults(tmp_path / "torn", 5, areas.geometry.to_numpy())
    assert found.share > 0.02
    assert found.gaps > 5
    assert found.overlaps > 5


def test_layers_and_attributes(made: Made) -> None:
    import mapbox_vector_tile

    largest = max(made.tiles, key=lambda tile: tile.size)
    biggest = made.folder / f"{largest.zoom}/{largest.x}/{largest.y}.pbf"
    tile = mapbox_vector_tile.decode(biggest.read_bytes())
    assert list(tile) == ["areas", "regions", "labels"]
    for name, layer in tile.items():
        assert (layer["version"], layer["extent"]) == (2, EXTENT)
        fields = {"region"} if name == "regions" else {"code", "name", "region"}
        assert {frozenset(f["properties"]) for f in layer["features"]} == {frozenset(fields)}
        kinds = {feature["geometry"]["type"].removeprefix("Multi") for feature in layer["features"]}
        assert kinds == {{"areas": "Polygon", "regions": "LineString", "labels": "Point"}[name]}


def test_a_label_lies_in_its_area_and_once_in_the_tiles(
    made: Made, areas: gpd.GeoDataFrame
) -> None:
    shapes = dict(
        zip(areas["code"], tilecheck.world_units(areas.geometry.to_numpy(), 8), strict=True)
    )
    found: Counter[str] = Counter()
    for x, y, path in tilecheck.tile_paths(made.folder, 8):
        for code, point in tilecheck.decode(path, "labels"):
            if 0 <= point.x < EXTENT and 0 <= point.y < EXTENT:
                found[code] += 1
                place = shapely.Point(point.x + x * EXTENT, point.y + y * EXTENT)
                assert shapes[code].distance(place) <= 1
    assert found == Counter(areas["code"])


def test_small_areas_get_their_label_later(made: Made) -> None:
    def labelled(zoom: int) -> set[str]:
        paths = tilecheck.tile_paths(made.folder, zoom)
        return {code for *_, path in paths for code, _ in tilecheck.decode(path, "labels")}

    counts = [len(labelled(zoom)) for zoom in range(4, 9)]
    assert counts == sorted(counts)
    assert TINY not in labelled(7)
    assert TINY in labelled(8)


def test_region_outlines_run_along_areas(made: Made) -> None:
    import mapbox_vector_tile

    for _, _, path in tilecheck.tile_paths(made.folder, 6):
        tile = mapbox_vector_tile.decode(path.read_bytes(), default_options={"y_coord_down": True})
        shapes = [shapely.geometry.shape(f["geometry"]) for f in tile["areas"]["features"]]
        borders = shapely.union_all(shapely.boundary(np.asarray(shapes)))
        for feature in tile.get("regions", {"features": []})["features"]:
            line = shapely.geometry.shape(feature["geometry"])
            inside = shapely.clip_by_rect(line, 0, 0, EXTENT, EXTENT)
            assert inside.difference(borders.buffer(0.01)).length == 0


def test_golden_tiles(made: Made, request: pytest.FixtureRequest) -> None:
    found = {
        f"4/{x}/{y}": {
            layer: sorted(
                [code, shapely.normalize(shape).wkt]
                for code, shape in tilecheck.decode(path, layer)
            )
            for layer in ("areas", "labels")
        }
        for x, y, path in tilecheck.tile_paths(made.folder, 4)
    }
    if request.config.getoption("--update-goldens"):
        GOLDEN.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


# -- Files ---------------------------------------------------------------------------------


def test_same_bytes_whatever_the_order_and_the_number_of_processes(
    made: Made, areas: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    write(tmp_path, areas.iloc[::-1], side_by_side=Processes(2).map)
    assert fingerprint(tmp_path) == fingerprint(made.folder.parent)


def test_an_older_tile_set_is_replaced(areas: gpd.GeoDataFrame, tmp_path: Path) -> None:
    write(tmp_path, areas, zooms=(4, 6))
    write(tmp_path, areas, zooms=(5, 5))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "areas", "areas.json", "areas.pmtiles",
    ]  # fmt: skip
    assert [path.name for path in (tmp_path / "areas").iterdir()] == ["5"]


def test_no_tile_is_missing_within_the_bounds(made: Made) -> None:
    west, south, east, north = made.bounds
    empty = 0
    for zoom in range(ZOOMS[0], ZOOMS[1] + 1):
        corners = shapely.points([[west, north], [east, south]])
        low, high = shapely.get_coordinates(tilecheck.world_units(corners, zoom)) // EXTENT
        for x in range(int(low[0]), int(high[0]) + 1):
            for y in range(int(low[1]), int(high[1]) + 1):
                path = made.folder / str(zoom) / str(x) / f"{y}.pbf"
                assert path.exists(), path
                empty += path.stat().st_size == 0
    assert empty == made.empty_count > 0


def test_the_archive_holds_the_same_tiles(made: Made) -> None:
    data = made.archive.read_bytes()
    archived = {
        f"{z}/{x}/{y}": gzip.decompress(tile)
        for (z, x, y), tile in all_tiles(lambda start, length: data[start : start + length])
    }
    tree = {
        str(path.relative_to(made.folder).with_suffix("")): path.read_bytes()
        for path in made.folder.rglob("*.pbf")
    }
    assert archived == {name: tile for name, tile in tree.items() if tile}


def test_the_archive_is_read_by_short_ranges(made: Made) -> None:
    data, asked = made.archive.read_bytes(), []

    def fetch(start: int, length: int) -> bytes:
        asked.append(length)
        return data[start : start + length]

    reader = Reader(fetch)
    largest = max(made.tiles, key=lambda tile: tile.size)
    tile = reader.get(largest.zoom, largest.x, largest.y)
    assert tile
    assert len(asked) <= 3
    assert sum(asked) < 16_384 + len(tile)


def test_the_archive_says_what_is_in_it(made: Made) -> None:
    data = made.archive.read_bytes()
    reader = Reader(lambda start, length: data[start : start + length])
    header, metadata = reader.header(), reader.metadata()
    assert (header["min_zoom"], header["max_zoom"]) == ZOOMS
    assert header["clustered"]
    found = [header[f"{edge}_e7"] / 1e7 for edge in ("min_lon", "min_lat", "max_lon", "max_lat")]
    assert found == pytest.approx(made.bounds)
    assert metadata["attribution"] == "Made up for tests"
    assert [layer["id"] for layer in metadata["vector_layers"]] == ["areas", "regions", "labels"]


def test_gdal_reads_the_archive(made: Made, areas: gpd.GeoDataFrame) -> None:
    found = pyogrio.read_dataframe(made.archive, layer="areas")
    assert set(found["code"]) == set(areas["code"])
    assert found.to_crs(4326).total_bounds == pytest.approx(areas.total_bounds, abs=0.02)


# -- Sizes and errors ------------------------------------------------------------------------


def test_a_heavy_tile_is_named_with_what_to_do(
    areas: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = BufferReport()
    monkeypatch.setattr(tiles_module, "TILE_LIMIT_BYTES", 5_000)
    made = write(tmp_path, areas, zooms=(4, 8), report=report)
    heavy = [tile for tile in made.tiles if tile.size > 5_000]
    zooms = {tile.zoom for tile in heavy}
    assert zooms
    assert max(zooms) < 8
    assert len(report.warnings) == len(zooms)
    for warning in report.warnings:
        named = re.search(r"areas: tile (\d+)/(\d+)/(\d+) has", warning)
        assert named
        assert tuple(map(int, named.groups())) in {(t.zoom, t.x, t.y) for t in heavy}
        assert f"start the tiles at zoom {max(zooms) + 1}" in warning


def test_no_warning_for_light_tiles(areas: gpd.GeoDataFrame, tmp_path: Path) -> None:
    report = BufferReport()
    write(tmp_path, areas, zooms=(4, 5), report=report)
    assert report.warnings == []


def test_a_folder_that_is_a_file_is_an_error(areas: gpd.GeoDataFrame, tmp_path: Path) -> None:
    (tmp_path / "tiles").write_text("in the way")
    with pytest.raises(OutputError, match="could not be written") as caught:
        write(tmp_path / "tiles", areas)
    assert caught.value.where.endswith("areas")
    assert caught.value.fix


def test_no_areas_are_an_error(areas: gpd.GeoDataFrame, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no areas"):
        write(tmp_path, areas.iloc[:0])


def test_missing_and_numeric_attributes(areas: gpd.GeoDataFrame, tmp_path: Path) -> None:
    import mapbox_vector_tile

    some = areas.assign(year=2016)
    some.loc[3, "region"] = None
    made = write(tmp_path, some, zooms=(4, 4))
    assert tilecheck.codes(made.folder, 4) == set(areas["code"])
    features = [
        feature["properties"]
        for _, _, path in tilecheck.tile_paths(made.folder, 4)
        for feature in mapbox_vector_tile.decode(path.read_bytes())["areas"]["features"]
    ]
    assert {feature["year"] for feature in features} == {"2016"}
    assert {f["code"] for f in features if "region" not in f} == {areas["code"][3]}


def test_hexagons_with_rounding_noise_still_share_borders(tmp_path: Path) -> None:
    angles = np.radians(np.arange(0, 360, 60) + 30)
    hexagons = []
    for row in range(6):
        for column in range(6):
            centre = np.array([-3 + 0.3 * (column + row % 2 / 2), 51 + 0.3 * row * np.sqrt(3) / 2])
            corners = centre + 0.3 / np.sqrt(3) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
            hexagons.append(shapely.Polygon(corners))
    layout = gpd.GeoDataFrame(
        {"code": [f"H{at:02}" for at in range(36)]}, geometry=hexagons, crs=4326
    )
    made = write(tmp_path, layout, "hexagons", zooms=(4, 7), regions=False)
    for zoom in range(4, 8):
        found = tilecheck.faults(made.folder, zoom, layout.geometry.to_numpy())
        assert found.border > 0
        assert (found.unshared, found.gaps, found.overlaps) == (0, 0, 0)


# -- Documents -------------------------------------------------------------------------------


CLASSES = [
    StyleClass("Best", "#b2182b", ("V00000003", "V00000001")),
    StyleClass("Nobody", "#888888", ()),
    StyleClass("Worst", "#2166ac", ("V00000002",)),
]


def test_tilejson_follows_its_specification(made: Made) -> None:
    check_tilejson(tilejson(made, base_url="https://example.org/atlas/tiles/"), absolute=True)
    relative = json.loads((made.folder.parent / "areas.json").read_text(encoding="utf-8"))
    check_tilejson(relative, absolute=False)
    assert relative["tiles"] == ["areas/{z}/{x}/{y}.pbf"]


def test_tilejson_bounds_hold_every_area(made: Made, areas: gpd.GeoDataFrame) -> None:
    west, south, east, north = made.bounds
    found = areas.total_bounds
    assert west <= found[0] < west + 1e-5
    assert south <= found[1] < south + 1e-5
    assert east - 1e-5 < found[2] <= east
    assert north - 1e-5 < found[3] <= north


def test_a_style_follows_its_specification(made: Made) -> None:
    check_style(style(made, CLASSES, title="Sixty cells"))
    names = StyleNames("plain", "glyphs/{fontstack}/{range}.pbf", ("V00000002",))
    named: Any = style(made, CLASSES, title="Sixty cells", names=names)
    check_style(named)
    assert named["layers"][-1]["type"] == "symbol"
    assert named["layers"][-1]["layout"]["text-font"] == ["plain"]
    assert named["glyphs"] == "glyphs/{fontstack}/{range}.pbf"
    whole: Any = style(made, [], title="x", names=names, base_url="https://example.org/t/")
    assert whole["glyphs"] == "https://example.org/t/glyphs/{fontstack}/{range}.pbf"


def test_documents_with_relative_addresses_say_so(made: Made) -> None:
    base = "https://example.org/t/"
    for document, said in (
        (tilejson(made), lambda found: found),
        (style(made, CLASSES, title="x"), lambda found: found["metadata"]),
    ):
        assert "--base-url" in said(document)[ADDRESSES_KEY]
    for whole in (tilejson(made, base_url=base), style(made, CLASSES, title="x", base_url=base)):
        assert ADDRESSES_KEY not in json.dumps(whole)


def test_a_style_draws_each_class_in_its_colour(made: Made) -> None:
    document: Any = style(made, CLASSES, title="Sixty cells", base_url="https://example.org/t")
    assert document["sources"]["areas"]["url"] == "https://example.org/t/areas.json"
    fill = next(layer for layer in document["layers"] if layer["id"] == "areas")
    assert fill["paint"]["fill-color"] == [
        "match", ["get", "code"],
        ["V00000001", "V00000003"], "#b2182b",
        ["V00000002"], "#2166ac",
        "#ffffff",
    ]  # fmt: skip
    legend = document["metadata"]["atlas:classes"]
    assert [item["label"] for item in legend] == ["Best", "Nobody", "Worst"]


def test_a_style_without_classes_draws_all_as_missing(made: Made) -> None:
    document: Any = style(made, [], title="Sixty cells")
    check_style(document)
    assert document["layers"][1]["paint"]["fill-color"] == "#ffffff"


def test_without_regions_there_are_no_outlines(areas: gpd.GeoDataFrame, tmp_path: Path) -> None:
    made = write(tmp_path, areas[["code", "geometry"]], zooms=(4, 4), regions=False)
    assert [layer.name for layer in made.layers] == ["areas", "labels"]
    assert [layer["id"] for layer in style(made, [], title="x")["layers"]] == [  # type: ignore[index]
        "paper", "areas", "borders",
    ]  # fmt: skip


# -- The true boundaries ---------------------------------------------------------------------


@pytest.mark.real
def test_the_english_districts(tmp_path: Path, true_boundaries: Path) -> None:
    districts = pyogrio.read_dataframe(true_boundaries).to_crs(4326)
    england = gpd.GeoDataFrame(
        {
            "code": districts["lad16cd"].to_numpy(),
            "region": districts["lad16cd"].str[:3].to_numpy(),
        },
        geometry=districts.geometry.to_numpy(),
        crs=4326,
    )
    report = BufferReport()
    made = write(tmp_path, england, zooms=(4, 10), side_by_side=Processes(2).map, report=report)
    assert report.warnings == []
    for zoom in (4, 7, 10):
        assert len(tilecheck.codes(made.folder, zoom)) == 326
        found = tilecheck.faults(made.folder, zoom, england.geometry.to_numpy())
        assert found.share < 0.002
        assert found.unshared == 0 or zoom < 10
        assert (found.gaps, found.overlaps) == (0, 0)
