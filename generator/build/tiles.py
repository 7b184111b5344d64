"""What tiles say of each area; makes the tile sets, one per layout, or keeps those that hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from generator import urls
from generator.build.glyphs import write_glyphs
from generator.build.outputs import Output
from generator.build.run import Run
from generator.data.compare import Comparison
from generator.language.numbers import size_words
from generator.maps.layouts import WEB_MERCATOR, Layout, grouped
from generator.maps.names import LARGE_SHARE
from generator.pages.parts import Download
from generator.settings import Settings
from generator.tiles.coverage import EARTH_RADIUS_M, EXTENT, to_units
from generator.tiles.documents import StyleClass, StyleNames, TileSet, TileSource, style
from generator.tiles.glyphs import FONT_STACK
from generator.tiles.write import describe, write_tileset

FOLDER = "tiles"
GLYPHS = "glyphs/{fontstack}/{range}.pbf"
"""Where a style finds letters, seen from the folder of the tiles."""
MAX_ZOOM, SMALL_MAX_ZOOM, SMALL_KM2 = 10, 12, 25.0
"""Highest zoom where the settings name none: the second if half the areas are smaller."""
MOST_IN_TILE = 5_000
"""Where a tile would hold more areas, it holds the groups that the maps outline in their place:
so many weigh a third of a megabyte, and are as much as a window of small areas can show."""
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
    layouts: Sequence[Layout],
    attribution: Sequence[str],
    output: Output,
) -> TileFiles:
    """Put a tile set below ``tiles/`` for every layout."""
    keys = write_glyphs(_labels(run.settings, comparison, layouts), output)
    sources: list[TileSource] = []
    downloads: list[Download] = []
    base = run.settings.atlas.base_url
    for layout in layouts:
        _warn_of_ungrouped(run, comparison, layout)
        frame = _frame(comparison, layout)
        tileset = _tileset(run.settings, layout, frame, attribution)
        key = f"tiles {layout.id}"
        keys[key] = _key(tileset, frame, base)
        if output.former.keys.get(key) != keys[key] or not _keep(layout.id, output):
            scratch = output.scratch(f"tiles-{layout.id}")
            write_tileset(
                tileset,
                frame,
                scratch,
                groups=_group_frame(comparison, layout) if tileset.has_groups else None,
                report=run.report,
                base_url=f"{base}{FOLDER}/" if base else None,
                side_by_side=run.workers.map,
            )
            output.adopt(scratch, FOLDER)
        _write_style(run.settings, comparison, tileset, output)
        sources.append(
            TileSource(
                layout.id,
                urls.tile(layout.id),
                tileset.bounds,
                tileset.min_zoom,
                tileset.max_zoom,
                tileset.areas_from,
            )
        )
        downloads += _offers(run.settings, tileset, output)
    return TileFiles(keys, tuple(sources), tuple(downloads))


def _warn_of_ungrouped(run: Run, comparison: Comparison, layout: Layout) -> None:
    """Say that groups can't stand for areas, where the settings want it."""
    alone, chosen = _ungrouped(layout), run.settings.tiles.areas_from
    if not alone or chosen is None or chosen <= run.settings.tiles.min_zoom:
        return
    run.report.warn(
        f"{layout.id}: [tiles] areas_from has no effect: {len(alone)} of {len(layout.codes)} areas"
        f" are in no group that is outlined, such as {comparison.areas[alone[0]].name}"
    )


def _keep(name: str, output: Output) -> bool:
    """Take a whole tile set from the former site, or nothing of it."""
    paths = (urls.tile_file(name, "json"), urls.tile_file(name, "pmtiles"))
    if not all(output.has_former(path) for path in paths):
        return False
    return bool(output.reuse(f"{FOLDER}/{name}/")) and all(output.keep(path) for path in paths)


def _labels(settings: Settings, comparison: Comparison, layouts: Sequence[Layout]) -> Iterator[str]:
    """The names in tiles: of the areas, and of the groups that stand for them."""
    yield from (area.name for area in comparison.areas.values())
    stands = any(_areas_from(settings, la) > settings.tiles.min_zoom for la in layouts)
    if stands and settings.outlined_kind:
        outlined = settings.outlined_kind.kind
        yield from (group.name for group in comparison.groups if group.kind == outlined)


def _zooms(settings: Settings, layout: Layout) -> tuple[int, int]:
    low, high = settings.tiles.min_zoom, settings.tiles.max_zoom
    if high is None:
        high = SMALL_MAX_ZOOM if not layout.cells and _median_km2(layout) < SMALL_KM2 else MAX_ZOOM
    most = min(high, MOST_HEXAGON_ZOOM) if layout.cells else high
    return low, max(low, most)


def _ungrouped(layout: Layout) -> list[str]:
    """Codes of the areas that no outlined group could stand for."""
    return [code for code in layout.codes if code not in layout.group_of]


def _areas_from(settings: Settings, layout: Layout) -> int:
    """The lowest zoom whose tiles hold areas: as far down as none of them holds too many.

    All zooms do where some area is in no group, for groups could not stand for it.
    """
    low, high = _zooms(settings, layout)
    if _ungrouped(layout):
        return low
    if settings.tiles.areas_from is not None:
        return min(max(settings.tiles.areas_from, low), high)
    for zoom in range(low, high):
        tiles = np.floor(to_units(layout.points, zoom) / EXTENT)
        _, counts = np.unique(tiles, axis=0, return_counts=True)
        if counts.max() <= MOST_IN_TILE:
            return zoom
    return high


def _median_km2(layout: Layout) -> float:
    """The typical size of the areas on the ground; EPSG:3857 stretches by 1 / cos(latitude)."""
    middle_y_m = (layout.boxes[:, 1] + layout.boxes[:, 3]) / 2
    cosine = 1 / np.cosh(middle_y_m / EARTH_RADIUS_M)
    return float(np.median(shapely.area(layout.geometry) * cosine**2)) / 1e6


def _frame(comparison: Comparison, layout: Layout) -> gpd.GeoDataFrame:
    """What the tiles say of each area, and its shape."""
    names = {g.id: g.name for g in comparison.groups}
    return gpd.GeoDataFrame(
        {
            "code": list(layout.codes),
            "name": [comparison.areas[code].name for code in layout.codes],
            "region": [names.get(layout.group_of.get(code, ""), "") for code in layout.codes],
        },
        geometry=list(layout.geometry),
        crs=WEB_MERCATOR,
    )


def _group_frame(comparison: Comparison, layout: Layout) -> gpd.GeoDataFrame:
    """What tiles of low zooms say of each outlined group, and its shape."""
    groups = grouped(layout)
    names = {g.id: g.name for g in comparison.groups}
    return gpd.GeoDataFrame(
        {"code": list(groups.codes), "name": [names.get(id_, "") for id_ in groups.codes]},
        geometry=list(groups.geometry),
        crs=WEB_MERCATOR,
    )


def _tileset(
    settings: Settings, layout: Layout, frame: gpd.GeoDataFrame, attribution: Sequence[str]
) -> TileSet:
    return describe(
        layout.id,
        frame,
        zooms=_zooms(settings, layout),
        areas_from=_areas_from(settings, layout),
        regions=bool(layout.group_of),
        attribution=". ".join(attribution),
        description=f"{settings.atlas.title}: {settings.atlas.words.areas}. {layout.note}",
    )


def _key(tileset: TileSet, frame: gpd.GeoDataFrame, base_url: str) -> str:
    """A hash of what the bytes of a tile set depend on: shapes, and whatever is said of them."""
    digest = hashlib.sha256()
    for shape in shapely.to_wkb(frame.geometry.to_numpy()):
        digest.update(shape)
    here = Path(__file__).resolve().parent
    for path in [here / "tiles.py", *sorted((here.parent / "tiles").glob("*.py"))]:
        digest.update(path.read_bytes())
    versions = [metadata.version(name) for name in ("numpy", "pmtiles", "scipy", "shapely")]
    texts = frame.drop(columns="geometry").to_dict("list")
    digest.update(repr((tileset, texts, base_url, versions)).encode())
    return digest.hexdigest()


def _write_style(
    settings: Settings, comparison: Comparison, tileset: TileSet, output: Output
) -> None:
    """Write the style, which names the areas of each class."""
    base = settings.atlas.base_url
    document = style(
        tileset,
        _classes(settings, comparison, tileset),
        title=f"{settings.atlas.title}: {comparison.main.edition.title}",
        names=StyleNames(FONT_STACK, GLYPHS, _named_first(comparison)),
        base_url=f"{base}{FOLDER}/" if base else None,
    )
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
    output.write(urls.tile_file(tileset.name, "style.json"), text)


def _named_first(comparison: Comparison) -> tuple[str, ...]:
    """Codes of the areas that names on a map should not leave out: cities, on drawn maps too."""
    known = {c: a.importance for c, a in comparison.areas.items() if a.importance > 0}
    return tuple(sorted(known, key=lambda c: (-known[c], c))[: round(LARGE_SHARE * len(known))])


def _offers(settings: Settings, tileset: TileSet, output: Output) -> Iterator[Download]:
    """What is offered of a tile set, under the licences of the figures and the boundaries."""
    licence = "; ".join(dict.fromkeys(e.licence for e in settings.edition if e.licence))
    said = f"{licence}. {tileset.attribution}".strip(". ")
    speak = settings.speak
    word = speak("Boundaries") if tileset.name == "geography" else speak("Hexagons")
    zooms = speak("Zooms %(least)s to %(most)s.", least=tileset.min_zoom, most=tileset.max_zoom)
    archive, address = speak("All vector tiles in one file."), speak("Where the tiles are.")
    for ending, kind, about in (
        ("pmtiles", "PMTiles", f"{archive} {zooms}"),
        ("json", "TileJSON", f"{address} {zooms}"),
        ("style.json", speak("MapLibre style"), speak("The tiles in the atlas's classes.")),
    ):
        path = urls.tile_file(tileset.name, ending)
        size = size_words(len(output.read(path)))
        yield Download(path, f"{word} ({kind})", about, size, said)


def _classes(settings: Settings, comparison: Comparison, tileset: TileSet) -> list[StyleClass]:
    main = comparison.main
    stands = settings.outlined_kind if tileset.has_groups else None
    medians = {
        id_: main.level_of(summary.median_rank, summary.median_score)
        for (kind, id_), summary in comparison.summaries[main.id].items()
        if stands and kind == stands.kind
    }
    return [
        StyleClass(
            c.label,
            c.colour,
            tuple(code for code, p in main.positions.items() if p.level == c.level),
            tuple(id_ for id_, level in medians.items() if level == c.level),
        )
        for c in main.classification.classes
    ]
