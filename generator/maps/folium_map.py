"""Interactive maps, by folium; this is the only module that imports it.

A page's map is a `folium.Map` with a layer of areas on it.  folium would ask four hosts for
ten files; this one names Leaflet, from the package XStatic-Leaflet, and the site's own script.
Its element holds the page's own drawing (`maps.svg`), which the layer takes over, and what
differs from page to page stands in the element's attributes: so the script that folium writes
is the same for every page of a site, and all share one file.  Saved alone (`AtlasMap.save`),
the map is a page that works wherever it can reach the site's assets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources

from generator.later import imported_when_called

with imported_when_called({"requests": {}}):  # folium would get other people's files with it
    import folium
    from branca.element import Figure, MacroElement
    from folium.template import Template

ELEMENT = "map_page"
"""The id of a map's element, and its variable in the script; a page has one map."""

_OPENS = re.compile(r"\{(?=[{%#])")
"""A brace that opens something in a template."""


@dataclass(frozen=True, slots=True)
class MapConfig:
    """What all maps of a site share; paths are from the site's root.

    ``layouts`` and ``measures`` give the file of each layout's sheets and each measure's
    values; ``layout`` and ``measure`` are shown first.
    """

    layout: str
    layouts: Mapping[str, str]
    measure: str
    measures: Mapping[str, str]
    names: str


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What a page's map has of its own.

    ``root`` is the way to the site's root, ``here`` lists the codes that the page is about,
    ``shows`` is national, overview, group or neighbourhood, ``svg`` the drawing, ``measure`` its
    measure, where that isn't what all maps show first; ``values`` is the file of what it draws,
    from the root, where that isn't a measure that all maps know.
    """

    root: str
    shows: str
    here: tuple[str, ...]
    svg: str
    measure: str = ""
    values: str = ""


class AtlasMap(folium.Map):
    """A `folium.Map` that holds a page's drawing and needs no host but the site.

    Parameters
    ----------
    frame
        What the page's map has of its own.
    config
        What the maps of the site share; becomes the map's layer of areas.
    assets
        Published path of ``leaflet.js``, ``map.js``, ``leaflet.css``, ``style.css`` and
        ``classes.css``, from the site's root, for a map that is saved alone.
    """

    _template = Template(
        """
{% macro html(this, kwargs) %}
<figure class="map"><div class="map-stage">{{ this.written() }}</div></figure>
{% endmacro %}
{% macro script(this, kwargs) %}
var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
  crs: L.CRS.{{ this.crs }},
  ...{{ this.options|tojavascript }}
});
{% endmacro %}
"""
    )
    _element = Template(
        '<div class="map-frame" id="{{ name }}" data-root="{{ frame.root|e }}" '
        'data-view="{{ frame.shows }}" data-here="{{ frame.here|join(" ")|e }}"'
        '{% if frame.measure %} data-measure="{{ frame.measure }}"{% endif %}'
        '{% if frame.values %} data-values="{{ frame.values }}"{% endif %}>'
        "{{ frame.svg }}</div>"
    )

    def __init__(
        self, frame: PageFrame, config: MapConfig, assets: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(
            tiles=None,
            zoom_control=False,
            zoom_snap=0,
            attribution_control=False,
            scroll_wheel_zoom=False,
            keyboard=False,
        )
        self.frame = frame
        paths = {name: frame.root + path for name, path in (assets or {}).items()}
        self.default_js = [(n, p) for n, p in paths.items() if n.endswith(".js")]
        self.default_css = [(n, p) for n, p in paths.items() if n.endswith(".css")]
        AreaLayer(config).add_to(self)

    def get_name(self) -> str:
        """The map's element and variable: named, where folium's own ids are random."""
        return ELEMENT

    def element(self, frame: PageFrame | None = None) -> str:
        """The element that the map draws into, with the page's drawing in it.

        With `frame`, that of another page: the maps of a site differ in nothing else.
        """
        return str(self._element.render(name=self.get_name(), frame=frame or self.frame))

    def written(self) -> str:
        """The element as branca takes it, which reads what a template wrote as another one."""
        return _OPENS.sub("&#123;", self.element())

    def script(self) -> str:
        """The script of the map and its layer, as folium writes it."""
        figure = self.get_root()
        if not isinstance(figure, Figure):
            raise TypeError("an atlas map stands in a figure of its own")
        figure.render()
        return str(figure.script.render()).strip() + "\n"


class AreaLayer(MacroElement):
    """The areas of a map: hands the map and what all maps share to the site's script.

    `folium.GeoJson` would carry the geometry in every page, or fetch it synchronously
    by jQuery; this one reuses what the page already shows.
    """

    _template = Template(
        """
{% macro script(this, kwargs) %}
atlas.areas({{ this._parent.get_name() }}, {{ this.stated() }});
{% endmacro %}
"""
    )
    _json = Template("{{ config|tojson }}")

    def __init__(self, config: MapConfig) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.config = config

    def stated(self) -> str:
        """The options as JSON that closes no script and opens no template.

        branca reads what a template wrote as another one, so that braces in a column's name
        would be run as code.
        """
        return _OPENS.sub(r"\\u007b", self._json.render(config=asdict(self.config)))

    def get_name(self) -> str:
        """The layer's name, which orders it within the script."""
        return "areas"


def page_script(config: MapConfig) -> str:
    """The script that all pages of a site share; each page's map renders the same."""
    return AtlasMap(PageFrame("", "national", (), ""), config).script()


def frame_element(frame: PageFrame) -> str:
    """The element of a page's map, from a `folium.Map` that stands for all of them."""
    return _any_map().element(frame)


@cache
def _any_map() -> AtlasMap:
    return AtlasMap(PageFrame("", "national", (), ""), MapConfig("", {}, "", {}, ""))


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
