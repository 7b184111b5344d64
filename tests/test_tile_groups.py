"""Tiles of low zooms hold groups in place of areas, where these are too many for one tile."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from built import Built, build_site
from making import shipped
from tile_rules import check_style, check_tilejson
from tile_sets import ZOOMS, Made, mini_areas, write

from benchmarks import tilecheck
from generator.build import tiles as build_tiles
from generator.settings import Settings, Tiles
from generator.tiles.documents import StyleClass, style, tilejson
from generator.verify.tiles import decode

FROM = 7


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    return mini_areas()


@pytest.fixture(scope="module")
def groups(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Each region of the sixty cells as one shape."""
    found = areas.dissolve("region").reset_index()
    codes = [f"G{at}" for at in range(len(found))]
    return gpd.GeoDataFrame(
        {"code": codes, "name": found["region"]}, geometry=found.geometry.to_numpy(), crs=areas.crs
    )


@pytest.fixture(scope="module")
def made(
    areas: gpd.GeoDataFrame, groups: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory
) -> Made:
    return write(tmp_path_factory.mktemp("tiles"), areas, areas_from=FROM, groups=groups)


def layers(made: Made, zoom: int) -> set[str]:
    return {
        name
        for *_, path in tilecheck.tile_paths(made.folder, zoom)
        for name in decode(path.read_bytes())
    }


def test_every_zoom_holds_all_groups_or_all_areas(
    made: Made, areas: gpd.GeoDataFrame, groups: gpd.GeoDataFrame
) -> None:
    assert len(groups) > 2
    for zoom in range(ZOOMS[0], FROM):
        assert layers(made, zoom) == {"groups", "labels"}
        assert tilecheck.codes(made.folder, zoom, "groups") == set(groups["code"])
    for zoom in range(FROM, ZOOMS[1] + 1):
        assert layers(made, zoom) == {"areas", "regions", "labels"}
        assert tilecheck.codes(made.folder, zoom) == set(areas["code"])


def test_groups_share_their_borders(made: Made, groups: gpd.GeoDataFrame) -> None:
    for zoom in range(ZOOMS[0], FROM):
        found = tilecheck.faults(made.folder, zoom, groups.geometry.to_numpy(), "groups")
        assert found.border > 100
        assert (found.unshared, found.gaps, found.overlaps) == (0, 0, 0), (zoom, found)


def test_higher_zooms_are_as_they_are_without_groups(
    made: Made, areas: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    alone = write(tmp_path, areas)
    for zoom in range(FROM, ZOOMS[1] + 1):
        for x, y, path in tilecheck.tile_paths(alone.folder, zoom):
            assert (made.folder / f"{zoom}/{x}/{y}.pbf").read_bytes() == path.read_bytes()


def test_documents_say_where_each_layer_is(made: Made) -> None:
    document: Any = tilejson(made, base_url="https://example.org/t/")
    check_tilejson(document, absolute=True)
    zooms = {
        layer["id"]: (layer["minzoom"], layer["maxzoom"]) for layer in document["vector_layers"]
    }
    assert zooms == {
        "groups": (4, 6), "areas": (FROM, 8), "regions": (FROM, 8), "labels": (4, 8),
    }  # fmt: skip


def test_a_style_draws_groups_in_the_classes_of_their_medians(made: Made) -> None:
    classes = [
        StyleClass("Best", "#b2182b", ("V00000001",), ("G1",)),
        StyleClass("Worst", "#2166ac", ("V00000002",), ("G0", "G2")),
    ]
    document: Any = style(made, classes, title="x", base_url="https://example.org/t/")
    check_style(document)
    fills = {
        la["id"]: la["paint"]["fill-color"] for la in document["layers"] if la["type"] == "fill"
    }
    assert fills == {
        "groups": ["match", ["get", "code"], ["G1"], "#b2182b", ["G0", "G2"], "#2166ac", "#ffffff"],
        "areas": [
            "match", ["get", "code"], ["V00000001"], "#b2182b", ["V00000002"], "#2166ac", "#ffffff",
        ],
    }  # fmt: skip
    assert document["sources"]["areas"]["promoteId"] == {"areas": "code", "groups": "code"}


# -- From which zoom on -----------------------------------------------------------------------


def crowd(side: int, *, lonely: bool = False) -> SimpleNamespace:
    """Squares of 10 km by 10 km in two groups; or the last of them in none."""
    corners = [(x * 10_000, 6_982_000 + y * 10_000) for x in range(side) for y in range(side)]
    squares = np.array([shapely.box(x, y, x + 10_000, y + 10_000) for x, y in corners])
    codes = [f"A{at:04}" for at in range(len(squares))]
    return SimpleNamespace(
        geometry=squares,
        boxes=shapely.bounds(squares),
        cells=False,
        codes=codes,
        points=shapely.get_coordinates(shapely.centroid(squares)),
        group_of={code: code[-1] for code in codes[: len(codes) - lonely]},
    )


WORLD_M = 40_075_016.686


def unstated() -> Settings:
    """Settings that leave all zooms open: these squares get 4 to 10."""
    return shipped()[0].model_copy(update={"tiles": Tiles()})


def fullest(layout: Any, zoom: int) -> int:
    """How many areas the fullest tile of a zoom holds."""
    tiles = np.floor((layout.points + WORLD_M / 2) / (WORLD_M / 2**zoom))
    return int(np.unique(tiles, axis=0, return_counts=True)[1].max())


@pytest.mark.parametrize("most", [10_000, 399, 100, 20])
def test_areas_begin_where_no_tile_holds_too_many(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(build_tiles, "MOST_IN_TILE", most)
    layout: Any = crowd(20)
    wanted = next(zoom for zoom in range(4, 11) if fullest(layout, zoom) <= most)
    assert build_tiles._areas_from(unstated(), layout) == wanted
    assert (wanted > 4) == (most < 400)


def test_the_highest_zoom_has_areas_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_tiles, "MOST_IN_TILE", 0)
    layout: Any = crowd(4)
    assert build_tiles._areas_from(unstated(), layout) == 10


def test_an_area_without_a_group_keeps_all_zooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_tiles, "MOST_IN_TILE", 10)
    lonely: Any = crowd(20, lonely=True)
    assert build_tiles._areas_from(unstated(), lonely) == 4


@pytest.mark.parametrize(("chosen", "first"), [(6, 6), (2, 4), (15, 10), (4, 4)])
def test_a_setting_moves_where_areas_begin(chosen: int, first: int) -> None:
    settings = shipped()[0].model_copy(update={"tiles": Tiles(areas_from=chosen)})
    layout: Any = crowd(4)
    assert build_tiles._areas_from(settings, layout) == first


# -- The mini atlas -----------------------------------------------------------------------------


@pytest.fixture
def grouped(mini: Path, tmp_path: Path) -> Built:
    text = mini.read_text(encoding="utf-8")
    text = text.replace("[tiles]\n", "[tiles]\nareas_from = 6\n")
    mini.write_text(text, encoding="utf-8")
    return build_site(mini, tmp_path / "site", boundaries="auto", jobs=1)


def test_a_site_names_its_groups_in_tiles_style_and_directions(grouped: Built) -> None:
    document = json.loads(grouped.text("tiles/geography.json"))
    assert [layer["id"] for layer in document["vector_layers"]] == [
        "groups", "areas", "regions", "labels",
    ]  # fmt: skip
    tree = grouped.folder / "tiles/geography"
    ids = tilecheck.codes(tree, 5, "groups")
    assert len(ids) == 2
    drawn = json.loads(grouped.text("tiles/geography.style.json"))
    fill = next(layer for layer in drawn["layers"] if layer["id"] == "groups")["paint"][
        "fill-color"
    ]
    assert {code for group in fill[2:-1:2] for code in group} == ids
    data = grouped.text("data/index.html")
    assert "At zooms below 6 a layer “groups”" in data
    assert "&#34;source-layer&#34;: &#34;groups&#34;" in data


def test_that_groups_cannot_stand_for_all_areas_is_said(mini: Path, tmp_path: Path) -> None:
    text = mini.read_text(encoding="utf-8").replace("[tiles]\n", "[tiles]\nareas_from = 6\n")
    mini.write_text(text, encoding="utf-8")
    table = mini.parent / "areas.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Abbey,East,", "Abbey,,"), "utf-8")
    built = build_site(mini, tmp_path / "site", boundaries="auto", jobs=1)
    (warning,) = [w for w in built.report.warnings if "areas_from" in w]
    assert "1 of 8 areas" in warning
    assert warning.endswith("such as Abbey")
    layers_there = json.loads(built.text("tiles/geography.json"))["vector_layers"]
    assert [layer["id"] for layer in layers_there] == ["areas", "regions", "labels"]
