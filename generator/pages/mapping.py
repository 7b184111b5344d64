"""Maps of pages: the view, the script that folium writes, and where each stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator import urls
from generator.maps.folium_map import MapConfig, element_id, map_script
from generator.maps.framing import View, area_view, group_view, national_view
from generator.maps.layers import Layer
from generator.maps.svg import draw
from generator.pages import parts
from generator.pages.atlas import Atlas
from generator.pages.legends import legend


@dataclass(frozen=True, slots=True)
class PageMap:
    """A map's view for the template, and its script (path beside the page, text)."""

    view: parts.MapView
    script_path: str
    script: str


def page_map(
    atlas: Atlas,
    path: str,
    *,
    name: str,
    subject: str,
    here: Sequence[str] = (),
    kind: str = "area",
) -> PageMap:
    """A page's map in the default layout.

    Parameters
    ----------
    subject
        What the map is of ("Rushcliffe and its surroundings"); its caption adds the figures.
    kind
        ``"nation"`` (all areas), ``"area"`` (one and its surroundings) or ``"group"``.
    """
    measures = atlas.comparison.headline()
    main = atlas.comparison.main
    captions = {m.id: f"{subject}: {m.indicator.name}, {m.edition.title}" for m in measures}
    caption = captions[main.id]
    layer = atlas.layers[0]
    view = map_view(atlas, layer, kind, here)
    groups = {g.id: g.name for g in atlas.comparison.groups if g.id in layer.group_of.values()}
    svg = draw(
        layer,
        view,
        atlas.drawn,
        id=name,
        label=caption,
        url=lambda href: urls.relative(path, href),
        here=here,
        group_names=groups if kind == "nation" else None,
        mute_others=kind == "group",
    )
    config = MapConfig(
        root=urls.to_root(path) if path else "",
        layout=layer.id,
        layouts={la.id: atlas.assets[urls.layout_asset(la.id)] for la in atlas.layers},
        measure=main.id,
        measures={m.id: atlas.assets[urls.values_asset(m.id)] for m in measures},
        names=atlas.assets[urls.NAMES],
        here=tuple(here),
        view={"nation": "national", "area": "neighbourhood", "group": "group"}[kind],
    )
    marked = here[0] if kind == "area" and here else ""
    shown = parts.MapView(
        id=element_id(name),
        svg=svg,
        caption=caption,
        note=_note(atlas, layer, here),
        # The others are in the values files, which scripts fetch when they are chosen.
        legends=(legend(atlas.comparison, main, code=marked),),
        layouts=tuple(
            parts.Choice(la.id, la.id[:1].upper() + la.id[1:], la is layer, note=la.note)
            for la in atlas.layers
        )
        if len(atlas.layers) > 1
        else (),
        measures=tuple(
            parts.Choice(m.id, m.edition.id, m is main, caption=captions[m.id]) for m in measures
        )
        if len(measures) > 1
        else (),
        attribution=atlas.attribution,
        embed=embed_path(atlas, path),
    )
    return PageMap(shown, urls.beside(path, "map.js"), map_script(name, view.box, config))


def _note(atlas: Atlas, layer: Layer, here: Sequence[str]) -> str:
    """What the shapes are, and which of the page's own areas have none."""
    areas = atlas.comparison.areas
    lost = [areas[code].name for code in here if code not in layer.at]
    if not lost:
        return layer.note
    listed = lost[0] if len(lost) == 1 else f"{', '.join(lost[:-1])} and {lost[-1]}"
    have = "has" if len(lost) == 1 else "have"
    which = "it" if len(lost) == 1 else "them"
    return f"{listed} {have} no boundary in the source, so no map shows {which}. {layer.note}"


def map_view(atlas: Atlas, layer: Layer, kind: str, here: Sequence[str]) -> View:
    """What a map shows first: the nation, some areas together, or one and its neighbours."""
    if kind == "nation":
        return national_view(layer)
    if kind == "group":
        return group_view(layer, here)
    return area_view(layer, here[0], atlas.comparison.neighbours[here[0]])


def embed_path(atlas: Atlas, page_path: str) -> str:
    """Where the map of a page is shown alone: ``embed/<slug>/``, ``embed/map/`` for all."""
    return urls.embed_page(page_path, atlas.settings.atlas.words.path)
