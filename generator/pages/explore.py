"""The tile explorer's page, and how to use the tiles elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence

from generator import urls
from generator.catalogue import Catalogue
from generator.data.palettes import PALETTES
from generator.language.choices import layout_name, palette_name
from generator.pages import parts, views
from generator.pages.atlas import Atlas
from generator.pages.head import Meta, page
from generator.pages.mapping import page_map
from generator.tiles.documents import TileSource, promoted

SCRIPTS = ("maplibre-gl.js", "explore.js")
STYLES = ("maplibre-gl.css", "explore.css")


def explore_page(atlas: Atlas) -> views.ExplorePage:
    """The frame that the explorer's script fills; without it, the national map and links."""
    own, comparison, speak = atlas.settings.atlas.words, atlas.comparison, atlas.speak
    outlined = atlas.settings.outlined_kind
    main = comparison.main
    drawn = page_map(
        atlas, urls.EXPLORE, name="static", kind="nation",
        subject=atlas.everywhere,
    )  # fmt: skip
    editions = {m.edition.id: m.edition.title for m in comparison.measures}
    indicators = {m.indicator.id: m.indicator.name for m in comparison.measures}
    return views.ExplorePage(
        page=page(
            atlas,
            urls.EXPLORE,
            speak("Explore"),
            speak(
                "Every edition and indicator on one map: choose classes, colours and %(areas)s.",
                areas=own.areas,
            ),
            Meta(section=urls.EXPLORE, scripts=SCRIPTS, styles=STYLES),
        ),
        map=drawn,
        editions=tuple(
            parts.Choice(id_, title, id_ == main.edition.id) for id_, title in editions.items()
        ),
        indicators=tuple(
            parts.Choice(id_, name, id_ == main.indicator.id) for id_, name in indicators.items()
        ),
        palettes=(
            parts.Choice("own", speak("As on the other maps"), True),
            *(parts.Choice(p.id, palette_name(speak, p.id), False) for p in PALETTES),
        ),
        layouts=tuple(
            parts.Choice(tiles.name, layout_name(speak, tiles.name), at == 0)
            for at, tiles in enumerate(atlas.tiles)
        ),
        outlines=outlined.name.lower() if outlined else "",
    )  # fmt: skip


def tile_uses(atlas: Atlas) -> tuple[views.TileUse, ...]:
    """What to type into other map tools; but for the addresses, of the first tile set."""
    if not atlas.tiles:
        return ()
    tiles = atlas.tiles[0]
    base, speak = atlas.settings.atlas.base_url, atlas.speak

    def whole(path: str) -> str:
        return base + path

    return tuple(
        views.TileUse(title, text, code)
        for title, text, code in (
            _address(speak, tiles, [whole(one.path) for one in atlas.tiles]),
            _qgis(speak, whole(tiles.path), whole(urls.tile_file(tiles.name, "pmtiles"))),
            _maplibre(speak, tiles, whole(tiles.path), ". ".join(atlas.attribution)),
            _leaflet(speak, tiles, whole(tiles.path), ". ".join(atlas.attribution)),
            _hosted(
                speak,
                base,
                urls.tile_file(tiles.name, "json"),
                urls.tile_file(tiles.name, "style.json"),
            ),
            _archive(speak, whole(urls.tile_file(tiles.name, "pmtiles"))),
        )
    )


def _address(speak: Catalogue, tiles: TileSource, urls: Sequence[str]) -> tuple[str, str, str]:
    grouped = speak(
        "At zooms below %(zoom)s a layer “groups” (code, name) stands in place of “areas”.",
        zoom=tiles.areas_from,
    )
    return (
        speak("The address"),
        (f"{grouped} " if tiles.has_groups else "")
        + speak(
            "Zooms %(least)s to %(most)s; clients enlarge the tiles of the last one. The layer "
            "“areas” has the attributes code, name and region. Values aren't in the tiles: join a "
            "table from above by its code. Outside of %(bounds)s (west, south, east, north) there "
            "are no tiles.",
            least=tiles.min_zoom,
            most=tiles.max_zoom,
            bounds=", ".join(f"{edge:.3f}" for edge in tiles.bounds),
        ),
        "\n".join(urls),
    )


def _qgis(speak: Catalogue, url: str, archive: str) -> tuple[str, str, str]:
    return (
        "QGIS",
        speak(
            "Layer, Add Layer, Add Vector Tile Layer, New, New Generic Connection: paste the "
            "address above and its zooms. Or open all tiles as one file: Add Vector Layer, "
            "protocol HTTP(S), with the second line."
        ),
        f"{url}\n{archive}",
    )


def _maplibre(speak: Catalogue, tiles: TileSource, url: str, credit: str) -> tuple[str, str, str]:
    source = {
        "type": "vector",
        "tiles": [url],
        "minzoom": tiles.min_zoom,
        "maxzoom": tiles.max_zoom,
        "bounds": list(tiles.bounds),
        "promoteId": promoted(tiles),
        "attribution": credit,
    }
    layers = [
        {
            "id": layer, "type": "fill", "source": "atlas", "source-layer": layer,
            "paint": {"fill-color": "#cdc7b8", "fill-outline-color": "#14130f"},
        }
        for layer in promoted(tiles)
    ]  # fmt: skip
    added = "\n".join(f"map.addLayer({json.dumps(layer, indent=2)});" for layer in layers)
    return (
        "MapLibre GL JS",
        speak(
            "promoteId makes the code the feature's id, so that setFeatureState can colour by "
            "values."
        ),
        f'map.addSource("atlas", {json.dumps(source, indent=2, ensure_ascii=False)});\n{added}',
    )


def _leaflet(speak: Catalogue, tiles: TileSource, url: str, credit: str) -> tuple[str, str, str]:
    options = {
        "minZoom": tiles.min_zoom,
        "maxNativeZoom": tiles.max_zoom,
        "attribution": credit,
        "vectorTileLayerStyles": {
            **{layer: {"weight": 1} for layer in promoted(tiles)},
            "regions": {"weight": 2},
            "labels": [],
        },
    }
    return (
        "Leaflet",
        speak("With the plug-in Leaflet.VectorGrid."),
        f"L.vectorGrid.protobuf({json.dumps(url)}, "
        f"{json.dumps(options, indent=2, ensure_ascii=False)}).addTo(map);",
    )


def _hosted(speak: Catalogue, base: str, document: str, style: str) -> tuple[str, str, str]:
    relative = (
        ""
        if base
        else " "
        + speak(
            "This site was built without its address, so the addresses in both files are relative, "
            "and MapLibre can't use them from another page."
        )
    )
    return (
        speak("Felt and other tools on the web"),
        speak(
            "Where a tool asks for vector tiles by address, give it the address above; where it "
            "asks for TileJSON, the first line; for a style, the second, in the atlas's classes. "
            "A tool that takes no tiles takes the GeoJSON file above."
        )
        + relative,
        f"{base}{document}\n{base}{style}",
    )


def _archive(speak: Catalogue, url: str) -> tuple[str, str, str]:
    return (
        "PMTiles",
        speak(
            "All tiles in one file, read in parts by HTTP range requests: for the protocol of the "
            "pmtiles library in MapLibre, for pmtiles.io, or to keep a copy of your own."
        ),
        f"pmtiles://{url}",
    )
