"""What a tile set is, and the two documents that describe it to map clients.

A TileJSON 3.0.0 document says where the tiles are and what is in them; a MapLibre
style (version 8) draws them in the classes of the atlas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

EXTRA_KEY = "atlas:classes"
"""Where a style's ``metadata`` says what its colours mean."""
ADDRESSES_KEY = "atlas:addresses"
"""Where a document says that its addresses are relative, if they are."""
RELATIVE = (
    "The addresses in this file are relative to it. On another site, and in MapLibre GL JS and "
    "QGIS anywhere, they must be made absolute: build the atlas with --base-url."
)


@dataclass(frozen=True, slots=True)
class MvtLayer:
    """One MVT layer of a tile set, as TileJSON's ``vector_layers`` names it.

    `fields` are pairs of an attribute and what it says.
    """

    name: str
    description: str
    min_zoom: int
    max_zoom: int
    fields: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, object]:
        """The entry of ``vector_layers`` in TileJSON and in PMTiles metadata."""
        return {
            "id": self.name,
            "description": self.description,
            "minzoom": self.min_zoom,
            "maxzoom": self.max_zoom,
            "fields": dict(self.fields),
        }


@dataclass(frozen=True, slots=True, order=True)
class TileInfo:
    """One tile that has something in it; `size` in bytes, uncompressed."""

    zoom: int
    x: int
    y: int
    size: int


@dataclass(frozen=True, slots=True)
class TileSet:
    """What a tile set holds, made or yet to be made.

    Attributes
    ----------
    name
        ``geography`` or ``hexagons``: of the folder, the archive and the documents.
    bounds
        West, south, east, north of the areas, EPSG:4326, rounded outwards to 1e-6.
    min_zoom, max_zoom
        Both inclusive.
    areas_from
        The lowest zoom with areas; tiles of lower ones hold groups of areas in their place.
    layers
        The MVT layers, in drawing order.
    """

    name: str
    description: str
    attribution: str
    bounds: tuple[float, float, float, float]
    min_zoom: int
    max_zoom: int
    areas_from: int
    layers: tuple[MvtLayer, ...]

    @property
    def has_groups(self) -> bool:
        """Whether there are zooms that hold groups in place of areas."""
        return self.areas_from > self.min_zoom

    @property
    def has_regions(self) -> bool:
        """Whether outlines of regions are among the layers."""
        return any(layer.name == "regions" for layer in self.layers)


@dataclass(frozen=True, slots=True)
class MadeTiles:
    """What `write_tileset` wrote.

    Attributes
    ----------
    tiles
        Tiles with something in them, by zoom, column and row.
    empty_count
        Empty files within the bounds, so that no client meets a 404 there.
    archive_bytes
        Of the PMTiles archive.
    folder, archive
        Where the tree and the archive are.
    """

    tiles: tuple[TileInfo, ...]
    empty_count: int
    archive_bytes: int
    folder: Path
    archive: Path

    @property
    def total_bytes(self) -> int:
        """Bytes of the tile tree."""
        return sum(tile.size for tile in self.tiles)


@dataclass(frozen=True, slots=True)
class TileSource:
    """A tile set as pages and scripts name it.

    Attributes
    ----------
    name
        Of the tile set and its layout: ``geography`` or ``hexagons``.
    path
        Tile path template from the site's root, ``tiles/geography/{z}/{x}/{y}.pbf``.
    bounds
        West, south, east, north, EPSG:4326.
    areas_from
        The lowest zoom with areas, as in `TileSet`.
    """

    name: str
    path: str
    bounds: tuple[float, float, float, float]
    min_zoom: int
    max_zoom: int
    areas_from: int

    @property
    def has_groups(self) -> bool:
        """Whether there are zooms that hold groups in place of areas."""
        return self.areas_from > self.min_zoom


@dataclass(frozen=True, slots=True)
class StyleClass:
    """One class of a choropleth: what it is called, its CSS colour, its areas and groups."""

    label: str
    colour: str
    codes: tuple[str, ...]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StyleNames:
    """How a style writes names: `font`, a font stack of its glyphs.

    `glyphs` is where they are, a path below the style's folder with ``{fontstack}`` and
    ``{range}``; areas whose code is in `first` are named before others.
    """

    font: str
    glyphs: str
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StyleInk:
    """The CSS colours of a style that aren't data."""

    paper: str = "#fbfaf7"
    missing: str = "#ffffff"
    border: str = "#ffffff"
    region: str = "#1c1c1a"


def tilejson(tiles: TileSet, *, base_url: str | None = None) -> dict[str, object]:
    """Describe a tile set in TileJSON 3.0.0.

    Parameters
    ----------
    base_url
        The absolute URL of the folder with the tile set.  The specification wants
        absolute URLs.  Without one the URLs are relative to the document, which says so
        (`ADDRESSES_KEY`): OpenLayers and Leaflet plug-ins resolve them; for MapLibre GL JS,
        which loads tiles in a worker that has no address, and for QGIS they have to be made
        absolute first (``transformRequest: url => ({url: new URL(url, folder).href})``).
    """
    west, south, east, north = tiles.bounds
    return {
        "tilejson": "3.0.0",
        "name": tiles.name,
        "description": tiles.description,
        "version": "1.0.0",
        "attribution": tiles.attribution,
        "scheme": "xyz",
        "tiles": [_below(base_url, f"{tiles.name}/{{z}}/{{x}}/{{y}}.pbf")],
        "minzoom": tiles.min_zoom,
        "maxzoom": tiles.max_zoom,
        "bounds": [west, south, east, north],
        "center": [round((west + east) / 2, 6), round((south + north) / 2, 6), tiles.min_zoom],
        "vector_layers": [layer.as_json() for layer in tiles.layers],
        **_said_of_addresses(base_url),
    }


def _said_of_addresses(base_url: str | None) -> dict[str, str]:
    return {} if base_url else {ADDRESSES_KEY: RELATIVE}


def style(
    tiles: TileSet,
    classes: Sequence[StyleClass],
    *,
    title: str,
    base_url: str | None = None,
    names: StyleNames | None = None,
    ink: StyleInk | None = None,
) -> dict[str, object]:
    """Draw a tile set as a choropleth, in the MapLibre style specification, version 8.

    Values are not in the tiles, so the style names the codes of each class.  Where
    that gets long (a class of thousands of areas), leave `classes` empty and set the
    colours as feature state: ``code`` is promoted to the feature id.

    Parameters
    ----------
    classes
        In the order of the legend; an area in none of them is drawn as missing.
    base_url
        As in `tilejson`.
    names
        Only with it are there names on the map: a style may not draw text without glyphs.
    """
    ink = ink or StyleInk()
    west, south, east, north = tiles.bounds
    document: dict[str, object] = {
        "version": 8,
        "name": title,
        "metadata": {
            EXTRA_KEY: [{"label": c.label, "colour": c.colour} for c in classes],
            **_said_of_addresses(base_url),
        },
        "center": [round((west + east) / 2, 6), round((south + north) / 2, 6)],
        "zoom": max(tiles.min_zoom, 5),
        "sources": {
            tiles.name: {
                "type": "vector",
                "url": _below(base_url, f"{tiles.name}.json"),
                "promoteId": promoted(tiles),
            }
        },
        "layers": _style_layers(tiles, classes, ink, names),
    }
    return document | {"glyphs": _below(base_url, names.glyphs)} if names else document


def promoted(tiles: TileSet | TileSource) -> dict[str, str]:
    """The attributes that identify features, by layer, as MapLibre's ``promoteId`` takes them."""
    return {"areas": "code"} | ({"groups": "code"} if tiles.has_groups else {})


def _style_layers(
    tiles: TileSet, classes: Sequence[StyleClass], ink: StyleInk, names: StyleNames | None
) -> list[dict[str, object]]:
    areas = _colour_by_code([(c.codes, c.colour) for c in classes], ink.missing)
    groups = _colour_by_code([(c.groups, c.colour) for c in classes], ink.missing)
    borders = {4: 0.2, 10: 1}
    return [
        {"id": "paper", "type": "background", "paint": {"background-color": ink.paper}},
        *(
            [
                _fill("groups", tiles.name, groups),
                _lines("group-borders", tiles.name, "groups", ink.border, borders),
            ]
            if tiles.has_groups
            else []
        ),
        _fill("areas", tiles.name, areas),
        _lines("borders", tiles.name, "areas", ink.border, borders),
        *(
            [_lines("regions", tiles.name, "regions", ink.region, {4: 0.5, 10: 1.5})]
            if tiles.has_regions
            else []
        ),
        *([_labels(tiles.name, names, ink)] if names else []),
    ]


def _below(base_url: str | None, path: str) -> str:
    return path if base_url is None else f"{base_url.rstrip('/')}/{path}"


def _colour_by_code(classes: Sequence[tuple[Sequence[str], str]], missing: str) -> object:
    # An empty list of labels, and a match without any, are errors in a style.
    filled = [(sorted(codes), colour) for codes, colour in classes if codes]
    pairs = [item for pair in filled for item in pair]
    return ["match", ["get", "code"], *pairs, missing] if pairs else missing


def _fill(layer: str, source: str, colour: object) -> dict[str, object]:
    return {
        "id": layer,
        "type": "fill",
        "source": source,
        "source-layer": layer,
        "paint": {"fill-color": colour},
    }


def _lines(
    name: str, source: str, layer: str, colour: str, widths: dict[int, float]
) -> dict[str, object]:
    stops = [value for stop in widths.items() for value in stop]
    return {
        "id": name,
        "type": "line",
        "source": source,
        "source-layer": layer,
        "layout": {"line-join": "round"},
        "paint": {
            "line-color": colour,
            "line-width": ["interpolate", ["linear"], ["zoom"], *stops],
        },
    }


def _labels(source: str, names: StyleNames, ink: StyleInk) -> dict[str, object]:
    """Names at a constant size, none over another, those of `StyleNames.first` before others."""
    layout: dict[str, object] = {
        "text-field": ["get", "name"],
        "text-font": [names.font],
        "text-size": 12,
        "text-max-width": 7,
        "text-padding": 3,
    }
    if names.first:
        layout["symbol-sort-key"] = ["match", ["get", "code"], sorted(names.first), 0, 1]
    return {
        "id": "labels",
        "type": "symbol",
        "source": source,
        "source-layer": "labels",
        "layout": layout,
        "paint": {
            "text-color": ink.region,
            "text-halo-color": ink.paper,
            "text-halo-width": 1.5,
        },
    }
