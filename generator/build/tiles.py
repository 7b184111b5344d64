"""Makes the tile sets of a site, one per layout, or keeps those whose geometry is as before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from generator import urls
from generator.build.outputs import Output
from generator.build.run import Run
from generator.data.compare import Comparison
from generator.language.numbers import size_words
from generator.maps.layers import WEB_MERCATOR, Layer
from generator.pages.parts import Download
from generator.settings import Settings
from generator.tiles.coverage import EARTH_RADIUS_M
from generator.tiles.documents import MvtLayer, StyleClass, TileSetResult, TileSource, style
from generator.tiles.write import write_tileset

FOLDER = "tiles"
MAX_ZOOM, SMALL_MAX_ZOOM, SMALL_KM2 = 10, 12, 25.0
"""Highest zoom where the settings name none: the second if half the areas are smaller."""
MOST_HEXAGON_ZOOM = 8
"""Hexagons have six corners at every zoom; clients enlarge the tiles of this one."""


@dataclass(frozen=True, slots=True)
class TileFiles:
    """The tile sets of a site.

    Attributes
    ----------
    keys
        What each was made from, for the manifest.
    sources
        How pages name them.
    downloads
        What is offered of them: PMTiles, TileJSON, style.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[TileSource, ...] = ()
    downloads: tuple[Download, ...] = ()


def write_tiles(
    run: Run,
    comparison: Comparison,
    layers: Sequence[Layer],
    attribution: Sequence[str],
    output: Output,
) -> TileFiles:
    """Put a tile set below ``tiles/`` for every layout."""
    keys: dict[str, str] = {}
    sources: list[TileSource] = []
    downloads: list[Download] = []
    for layer in layers:
        key = f"tiles {layer.id}"
        keys[key] = _key(run.settings, comparison, layer, attribution)
        same = output.former.keys.get(key) == keys[key]
        if not (same and _keep(layer.id, output)):
            _make(run, comparison, layer, attribution, output)
        source, offers = _publish(run.settings, comparison, layer, output)
        sources.append(source)
        downloads.extend(offers)
    return TileFiles(keys, tuple(sources), tuple(downloads))


def _keep(name: str, output: Output) -> bool:
    """Take a whole tile set from the former site, or nothing of it."""
    paths = (urls.tile_file(name, "json"), urls.tile_file(name, "pmtiles"))
    if not all(output.has_former(path) for path in paths):
        return False
    return bool(output.reuse(f"{FOLDER}/{name}/")) and all(output.keep(path) for path in paths)


def _zooms(settings: Settings, layer: Layer) -> tuple[int, int]:
    low, high = settings.tiles.min_zoom, settings.tiles.max_zoom
    if high is None:
        high = SMALL_MAX_ZOOM if not layer.cells and _median_km2(layer) < SMALL_KM2 else MAX_ZOOM
    most = min(high, MOST_HEXAGON_ZOOM) if layer.cells else high
    return low, max(low, most)


def _median_km2(layer: Layer) -> float:
    """The typical size of the areas on the ground; EPSG:3857 stretches by 1 / cos(latitude)."""
    middle_y_m = (layer.boxes[:, 1] + layer.boxes[:, 3]) / 2
    cosine = 1 / np.cosh(middle_y_m / EARTH_RADIUS_M)
    return float(np.median(shapely.area(layer.geometry) * cosine**2)) / 1e6


def _key(
    settings: Settings, comparison: Comparison, layer: Layer, attribution: Sequence[str]
) -> str:
    digest = hashlib.sha256()
    for shape in shapely.to_wkb(layer.geometry):
        digest.update(shape)
    here = Path(__file__).resolve().parent
    for path in [here / "tiles.py", *sorted((here.parent / "tiles").glob("*.py"))]:
        digest.update(path.read_bytes())
    names = [(code, comparison.areas[code].name) for code in layer.codes]
    versions = [metadata.version(name) for name in ("numpy", "pmtiles", "scipy", "shapely")]
    told = (names, sorted(layer.group_of.items()), _zooms(settings, layer), tuple(attribution))
    digest.update(repr((told, settings.atlas.base_url, settings.atlas.title, versions)).encode())
    return digest.hexdigest()


def _make(
    run: Run,
    comparison: Comparison,
    layer: Layer,
    attribution: Sequence[str],
    output: Output,
) -> None:
    settings = run.settings
    names = {g.id: g.name for g in comparison.groups}
    frame = gpd.GeoDataFrame(
        {
            "code": list(layer.codes),
            "name": [comparison.areas[code].name for code in layer.codes],
            "region": [names.get(layer.group_of.get(code, ""), "") for code in layer.codes],
        },
        geometry=list(layer.geometry),
        crs=WEB_MERCATOR,
    ).to_crs("EPSG:4326")
    base = settings.atlas.base_url
    scratch = output.scratch(f"tiles-{layer.id}")
    write_tileset(
        layer.id,
        frame,
        scratch,
        zooms=_zooms(settings, layer),
        region="region" if layer.group_of else None,
        attribution=". ".join(attribution),
        description=f"{settings.atlas.title}: {settings.atlas.words.areas}. {layer.note}",
        report=run.report,
        base_url=f"{base}{FOLDER}/" if base else None,
        side_by_side=run.workers.map,
    )
    output.adopt(scratch, FOLDER)


def _publish(
    settings: Settings, comparison: Comparison, layer: Layer, output: Output
) -> tuple[TileSource, tuple[Download, ...]]:
    """Write the style, which names the areas of each class, and describe the tile set."""
    about = json.loads(output.read(f"{FOLDER}/{layer.id}.json"))
    made = _described(about)
    base = settings.atlas.base_url
    document = style(
        made,
        _classes(comparison),
        title=f"{settings.atlas.title}: {comparison.main.edition.title}",
        base_url=f"{base}{FOLDER}/" if base else None,
    )
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
    output.write(urls.tile_file(layer.id, "style.json"), text)
    licence = "Open Government Licence v3.0"

    def offer(ending: str, title: str, what: str) -> Download:
        path = f"{FOLDER}/{layer.id}.{ending}"
        return Download(path, title, what, size_words(len(output.read(path))), licence)

    word = "Boundaries" if layer.id == "geography" else "Hexagons"
    about_zooms = f"zooms {made.min_zoom} to {made.max_zoom}."
    source = TileSource(
        layer.id,
        urls.tile(layer.id),
        made.bounds,
        made.min_zoom,
        made.max_zoom,
    )
    return source, (
        offer("pmtiles", f"{word} (PMTiles)", f"All vector tiles in one file, {about_zooms}"),
        offer("json", f"{word} (TileJSON)", f"Where the tiles are, {about_zooms}"),
        offer("style.json", f"{word} (MapLibre style)", "The tiles in the atlas's classes."),
    )


def _described(about: dict[str, Any]) -> TileSetResult:
    """A tile set as its TileJSON document describes it."""
    west, south, east, north = about["bounds"]
    return TileSetResult(
        name=about["name"],
        description=about["description"],
        attribution=about["attribution"],
        bounds=(west, south, east, north),
        min_zoom=about["minzoom"],
        max_zoom=about["maxzoom"],
        layers=tuple(
            MvtLayer(
                one["id"], one["description"], one["minzoom"], one["maxzoom"],
                tuple(one["fields"].items()),
            )
            for one in about["vector_layers"]
        ),
        tiles=(),
        empty_count=0,
        archive_bytes=0,
        folder=Path(),
        archive=Path(),
    )  # fmt: skip


def _classes(comparison: Comparison) -> list[StyleClass]:
    main = comparison.main
    return [
        StyleClass(
            c.label,
            c.colour,
            tuple(code for code, p in main.positions.items() if p.level == c.level),
        )
        for c in main.classification.classes
    ]
