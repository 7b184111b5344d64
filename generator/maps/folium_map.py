"""Interactive maps, by folium; this is the only module that imports it.

folium writes each page's map script: Leaflet's map, then our own layer of areas, which
takes over the inline SVG that stands in the page (`drawing`).  folium would ask four
hosts for ten files; here it asks for Leaflet alone, from the package XStatic-Leaflet,
served by the site.  Scripts go into files, so that a strict Content-Security-Policy
holds, and element ids are given names, so that equal input gives equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any

import folium
import shapely
from branca.element import MacroElement
from folium.template import Template

from generator.maps.layers import Box, to_wgs84


@dataclass(frozen=True, slots=True)
class MapConfig:
    """What the page's script tells `atlas.areas`; paths are from the site's root.

    ``layouts`` and ``measures`` give the file of each layout's sheets and each
    measure's values; ``here`` lists the codes that the page is about.
    """

    root: str
    layout: str
    layouts: Mapping[str, str]
    measure: str
    measures: Mapping[str, str]
    names: str
    here: tuple[str, ...]
    view: str


class AtlasMap(folium.Map):
    """A `folium.Map` that draws into an element of the page and needs Leaflet alone."""

    default_js = [("leaflet", "assets/leaflet.js")]  # noqa: RUF012 - as folium declares them
    default_css = [("leaflet_css", "assets/leaflet.css")]  # noqa: RUF012
    _template = Template(
        """
{% macro script(this, kwargs) %}
var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
  center: {{ this.location|tojson }},
  crs: L.CRS.{{ this.crs }},
  ...{{ this.options|tojavascript }}
});
{% endmacro %}
"""
    )

    def __init__(self, name: str, box: Box) -> None:
        west, south, east, north = to_wgs84(shapely.box(*box)).bounds
        super().__init__(
            location=[round((south + north) / 2, 5), round((west + east) / 2, 5)],
            tiles=None,
            zoom_start=6,
            zoom_control=False,
            zoom_snap=0,
            attribution_control=False,
            scroll_wheel_zoom=False,
            keyboard=False,
        )
        self._id = name


class AreaLayer(MacroElement):
    """The areas of a map: hands the map and its configuration to the site's `map.js`.

    `folium.GeoJson` would carry the geometry in every page, or fetch it synchronously
    by jQuery; this one reuses what the page already shows.
    """

    _template = Template(
        """
{% macro script(this, kwargs) %}
atlas.areas({{ this._parent.get_name() }}, {{ this.config|tojson }});
{% endmacro %}
"""
    )

    def __init__(self, config: MapConfig) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "AreaLayer"
        self._id = "areas"
        self.config: dict[str, Any] = asdict(config)


def element_id(name: str) -> str:
    """The id of the element that a map named `name` draws into."""
    return f"map_{name}"


def map_script(name: str, box: Box, config: MapConfig) -> str:
    """The script of one page's map, as folium renders it.

    Parameters
    ----------
    name
        Of the map within its page (``"area"``); the element is `element_id`.
    box
        What the map shows first, EPSG:3857 metres.
    """
    atlas_map = AtlasMap(name, box)
    atlas_map.add_child(AreaLayer(config))
    elements = (atlas_map, *atlas_map._children.values())
    macros = [vars(element._template.module)["script"] for element in elements]
    text = "".join(str(macro(element, {})) for macro, element in zip(macros, elements, strict=True))
    return re.sub(r"\n\s*\n+", "\n", text).strip() + "\n"


def leaflet_files() -> dict[str, bytes]:
    """Leaflet's files by name, from the installed package; the source map's mention is cut.

    The images that its style sheet names belong to controls and markers that we don't
    use; those rules are left out, so that no file is asked for that isn't there.
    """
    data = resources.files("xstatic.pkg.leaflet") / "data"
    script = (data / "leaflet.js").read_text(encoding="utf-8")
    style = (data / "leaflet.css").read_text(encoding="utf-8")
    script = re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", script)
    style = re.sub(r"[^{}]*\{[^{}]*url\((?!#)[^{}]*\}", "", style)
    return {"leaflet.js": script.encode(), "leaflet.css": style.encode()}
