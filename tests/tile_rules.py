"""What the documents of a tile set must hold by their specifications."""

from __future__ import annotations

import re
from typing import Any


def check_tilejson(document: dict[str, Any], *, absolute: bool) -> None:
    """The rules of TileJSON 3.0.0, section 3."""
    assert set(document) >= {"tilejson", "tiles", "vector_layers"}
    for key in ("tilejson", "version"):
        assert re.fullmatch(r"\d+\.\d+\.\d+\w?[\w\d]*", document[key])
    assert document["tiles"]
    for url in document["tiles"]:
        assert all(part in url for part in ("{z}", "{x}", "{y}"))
        assert bool(re.match(r"https?://", url)) == absolute
    for layer in document["vector_layers"]:
        assert isinstance(layer["id"], str)
        assert all(isinstance(text, str) for text in layer["fields"].values())
        assert document["minzoom"] <= layer["minzoom"] <= layer["maxzoom"] <= document["maxzoom"]
    west, south, east, north = document["bounds"]
    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90
    lon, lat, zoom = document["center"]
    assert west <= lon <= east
    assert south <= lat <= north
    assert document["minzoom"] <= zoom <= document["maxzoom"] <= 30
    assert document["scheme"] in {"xyz", "tms"}
    assert all(isinstance(document[key], str) for key in ("name", "description", "attribution"))


def check_style(document: dict[str, Any]) -> None:
    """The rules of the MapLibre style specification, version 8, for what we use of it."""
    assert document["version"] == 8
    assert all(":" in key for key in document["metadata"])
    names = [layer["id"] for layer in document["layers"]]
    assert len(names) == len(set(names))
    for source in document["sources"].values():
        assert source["type"] == "vector"
        assert isinstance(source["url"], str)
    paints = {"background": "background-", "fill": "fill-", "line": "line-", "symbol": "text-"}
    for layer in document["layers"]:
        assert all(key.startswith(paints[layer["type"]]) for key in layer["paint"])
        if layer["type"] == "background":
            assert "source" not in layer
            continue
        assert layer["source"] in document["sources"]
        assert isinstance(layer["source-layer"], str)
        if "text-field" in layer.get("layout", {}):
            assert all(part in document["glyphs"] for part in ("{fontstack}", "{range}"))
        for value in layer["paint"].values():
            if isinstance(value, list) and value[0] == "match":
                check_match(value)
            elif isinstance(value, list):
                assert value[:2] == ["interpolate", ["linear"]]
                assert value[3::2] == sorted(set(value[3::2]))


def check_match(expression: list[Any]) -> None:
    """``["match", input, label, output, …, fallback]``; labels are unique over all."""
    assert len(expression) >= 5
    assert len(expression) % 2 == 1
    labels = [label for group in expression[2:-1:2] for label in group]
    assert labels
    assert len(labels) == len(set(labels))
