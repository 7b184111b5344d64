"""Small boundary files, and how tests read them."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from portal_stub import grid
from shapely.geometry import mapping

from generator.errors import SourceError
from generator.report import BufferReport
from generator.sources.boundaries import Boundaries, read_boundaries


def table(**columns: list[str]) -> gpd.GeoDataFrame:
    """The squares of `grid`, with further columns."""
    frame = gpd.GeoDataFrame.from_features(grid(), crs="EPSG:4326")
    for name, values in columns.items():
        frame[name] = values
    return frame


def write_geojson(path: Path, features: list[dict[str, Any]], **more: object) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path


def square(code: str, west: float, south: float, size: float = 0.1) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"lad16cd": code, "lad16nm": f"Place {code}"},
        "geometry": mapping(shapely.box(west, south, west + size, south + size)),
    }


def read(path: Path, **keywords: Any) -> tuple[Boundaries, BufferReport]:
    """What was read, in degrees, as the files here are written; and what was said."""
    report = BufferReport()
    found = read_boundaries(path, report=report, **keywords)
    assert found.frame.crs == "EPSG:3857"
    return replace(found, frame=found.frame.to_crs("EPSG:4326")), report


def refusal(path: Path, **keywords: Any) -> str:
    with pytest.raises(SourceError) as caught:
        read(path, **keywords)
    assert str(path) in caught.value.where
    assert caught.value.fix
    return str(caught.value)


def save(folder: Path, kind: str, frame: gpd.GeoDataFrame) -> Path:
    if kind == "zip":
        frame.to_file(folder / "areas.shp")
        with zipfile.ZipFile(folder / "areas.zip", "w") as archive:
            for part in folder.glob("areas.*"):
                if part.suffix != ".zip":
                    archive.write(part, f"folder with blank/{part.name}")
        return folder / "areas.zip"
    path = folder / f"areas.{kind}"
    frame.to_file(path, driver={"geojson": "GeoJSON", "gpkg": "GPKG"}.get(kind))
    return path
