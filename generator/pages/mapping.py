"""Maps of pages: the window, whose names come first, folium's element, where each stands alone."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
import shapely
from markupsafe import Markup

from generator import urls
from generator.data.compare import Measure
from generator.language.choices import layout_name
from generator.language.numbers import list_text
from generator.maps.asides import Ground
from generator.maps.folium_map import ELEMENT, PageFrame, frame_element
from generator.maps.framing import Window, area_window, coarser, group_window, national_window
from generator.maps.inset import inset_window
from generator.maps.label_drawing import label_svg
from generator.maps.labels import STEPS_PX, Room, place_labels
from generator.maps.layouts import Layout, middle_of
from generator.maps.legend import Legend
from generator.maps.names import NamePlace, ordered
from generator.maps.svg import Drawn, draw
from generator.pages import parts
from generator.pages.atlas import Atlas
from generator.pages.legends import legend
from generator.pages.overview import groups_among, too_many

SCRIPTS = ("leaflet.js", "map.js", urls.PAGE_MAP)
"""What a page with a map loads, in this order."""
STYLES = ("leaflet.css",)
TOOLS = (Room(0.9, 0.0, 1.0, 0.2),)
"""Where the buttons of a live map stand."""
SHOWS = {"nation": "national", "area": "neighbourhood", "group": "group"}


def page_map(
    atlas: Atlas,
    path: str,
    *,
    name: str,
    subject: str,
    here: Sequence[str] = (),
    kind: str = "area",
    measure: Measure | None = None,
    coarse: bool = False,
) -> parts.MapView:
    """A page's map in the default layout.

    Parameters
    ----------
    path
        Of the page, from the site's root.
    name
        Makes the ids within the drawing unique.
    subject
        What the map is of ("Rushcliffe and its surroundings"); its caption adds the figures.
    kind
        ``"nation"`` (all areas), ``"area"`` (one and its surroundings) or ``"group"``.
    measure
        What it shows first; the main measure unless given.
    coarse
        With half the detail, for small frames.
    """
    measures = atlas.comparison.measures
    main = measure or atlas.comparison.main
    captions = {m.id: f"{subject}: {m.indicator.name}, {m.edition.title}" for m in measures}
    caption = captions[main.id]
    layout, about = atlas.layouts[0], atlas.drawn_in(main)
    many = atlas.comparison.areas if kind == "nation" else here
    overview = too_many(atlas, many)
    if overview:
        layout, about = atlas.group_layout, atlas.drawn_groups
        here = [g.id for g in groups_among(atlas, here)]
    window = map_window(atlas, layout, kind, here)
    window = coarser(window, 2) if coarse and not layout.cells else window
    brief = kind == "area" and not atlas.per_area("full_pages")
    svg = draw(
        layout,
        window,
        _in_brief(atlas, window, about, here) if brief else about,
        id=name,
        label=caption,
        url=lambda href: urls.relative(path, href),
        here=here,
        mute_others=kind == "group",
    )
    names = _group_names(atlas, window) if overview else _names(atlas, window, kind, here, about)
    drawing = _with_names(svg, names)
    # Ids of groups may have spaces, and scripts know areas only.
    shows, named = ("overview", ()) if overview else (SHOWS[kind], tuple(here))
    own = main.id if main is not atlas.comparison.main else ""
    frame = frame_element(PageFrame(urls.to_root(path), shows, named, drawing, own))
    marked = here[0] if kind == "area" and here else ""
    return parts.MapView(
        id=ELEMENT,
        frame=Markup(frame),  # noqa: S704 - folium's template escapes what isn't the drawing
        caption=caption,
        note=layout.note if overview else _note(atlas, layout, here),
        # The others are in the values files, which scripts fetch when they are chosen.
        legends=(legend(atlas.speak, atlas.comparison, main, code=marked),),
        layouts=() if overview else _layouts(atlas),
        measures=() if overview else _measures(atlas, main, captions),
        attribution=atlas.attribution,
        embeds=() if overview else _embeds(atlas, path, subject, here, kind, own),
        inset=_inset(atlas, path, about) if kind == "nation" and not overview else None,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a map of all areas shows, where that isn't a measure.

    Attributes
    ----------
    id
        By which scripts know it, and its legend.
    values
        The file that says the same to scripts, from the site's root.
    drawn, groups
        What the map says of every area, and of every outlined group that stands for its areas.
    """

    id: str
    values: str
    caption: str
    drawn: Mapping[str, Drawn]
    groups: Mapping[str, Drawn]
    legend: Legend


def national_map(atlas: Atlas, path: str, shown: Shown) -> parts.MapView:
    """A map of all areas in the default layout that shows something else than a measure."""
    overview = too_many(atlas, atlas.comparison.areas)
    layout = atlas.group_layout if overview else atlas.layouts[0]
    about = shown.groups if overview else shown.drawn
    window = map_window(atlas, layout, "nation", ())
    svg = draw(
        layout, window, about, id="nation", label=shown.caption,
        url=lambda href: urls.relative(path, href),
    )  # fmt: skip
    names = _group_names(atlas, window) if overview else _names(atlas, window, "nation", (), about)
    frame = PageFrame(
        urls.to_root(path), "overview" if overview else SHOWS["nation"], (),
        _with_names(svg, names), shown.id, shown.values,
    )  # fmt: skip
    return parts.MapView(
        id=ELEMENT,
        frame=Markup(frame_element(frame)),  # noqa: S704 - as above
        caption=shown.caption,
        note=layout.note if overview else _note(atlas, layout, ()),
        legends=(shown.legend,),
        layouts=() if overview else _layouts(atlas),
        measures=(),
        attribution=atlas.attribution,
        inset=None if overview else _inset(atlas, path, about),
    )


SMALL = 0.12
"""Areas less than this share of a window across have no link where pages are in brief."""


def without_small_links(
    layout: Layout, window: Window, drawn: dict[str, Drawn], kept: Sequence[str]
) -> MutableMapping[str, Drawn]:
    """What a map says of its areas, without the links of those too small to press.

    They are drawn as one shape for each class, which weighs a quarter; scripts fetch the
    areas themselves as soon as a reader turns to the map.
    """
    within = (code for code in layout.within(window.box) if code in drawn and code not in kept)
    codes = [code for code in within if drawn[code].level is not None]
    boxes = layout.boxes[[layout.at[code] for code in codes]].reshape(-1, 4)
    small = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) < SMALL * window.width * window.unit_m
    bare = {code: replace(drawn[code], href="") for code in np.array(codes)[small].tolist()}
    return ChainMap(bare, drawn)


def _in_brief(
    atlas: Atlas, window: Window, drawn: dict[str, Drawn], here: Sequence[str]
) -> Mapping[str, Drawn]:
    near = [c for code in here for c in atlas.comparison.neighbours.get(code, ())]
    return without_small_links(atlas.layouts[0], window, drawn, (*here, *near))


def _embeds(
    atlas: Atlas, path: str, subject: str, here: Sequence[str], kind: str, measure: str
) -> tuple[parts.Link, ...]:
    """Maps to show alone: the page's own, that of its region, that of all areas.

    `measure` is the id of what is shown, where that isn't what all maps show first.
    """
    found = []
    if kind == "nation":
        query = f"?edition={measure}" if measure else ""
        return (parts.Link(subject, embed_path(atlas, urls.HOME) + query),)
    one = here if kind == "area" else ()
    if not one or atlas.per_area("embeds"):
        found.append(parts.Link(subject, embed_path(atlas, path)))
    if one and one[0] in atlas.region_of:
        region = atlas.region_of[one[0]]
        if not too_many(atlas, region.members):
            found.append(parts.Link(region.name, embed_path(atlas, atlas.group_href(region))))
    if not too_many(atlas, atlas.comparison.areas):
        found.append(parts.Link(atlas.everywhere, embed_path(atlas, urls.HOME)))
    return tuple(found)


def _inset(atlas: Atlas, path: str, drawn: Mapping[str, Drawn]) -> parts.Inset | None:
    """The densest part of a map of all areas, larger, in the same colours."""
    layout = atlas.layouts[0]
    codes = atlas.dense
    if not codes:
        return None
    window = inset_window(layout, codes)
    groups = {g.id: g.name for g in atlas.comparison.groups}
    title = groups.get(layout.group_of.get(codes[0], ""), atlas.speak("The densest part"))
    svg = draw(
        layout,
        window,
        drawn,
        id="inset",
        label=atlas.speak("%(title)s, larger", title=title),
        url=lambda href: urls.relative(path, href),
        here=codes,
        mute_others=True,
    )
    return parts.Inset(title, _with_names(svg, _names(atlas, window, "group", codes, drawn)))


def _with_names(svg: Markup, names: str) -> Markup:
    """A drawing with the names that lie over it."""
    return Markup(  # noqa: S704 - both are drawings whose texts are escaped
        f'<div class="map-sheet">{svg}<div class="map-names">{names}</div></div>'
    )


def _layouts(atlas: Atlas) -> tuple[parts.Choice, ...]:
    first = atlas.layouts[0]
    found = tuple(
        parts.Choice(la.id, layout_name(atlas.speak, la.id), la is first, note=la.note)
        for la in atlas.layouts
    )
    return found if len(found) > 1 else ()


def _measures(
    atlas: Atlas, shown: Measure, captions: Mapping[str, str]
) -> tuple[parts.Choice, ...]:
    found = tuple(
        parts.Choice(m.id, atlas.measure_name(m), m is shown, caption=captions[m.id])
        for m in atlas.comparison.measures
    )
    return found if len(found) > 1 else ()


def _note(atlas: Atlas, layout: Layout, here: Sequence[str]) -> str:
    """What the shapes are, and which of the page's own areas have none."""
    areas = atlas.comparison.areas
    lost = [areas[code].name for code in here if code not in layout.at]
    if not lost:
        return layout.note
    text = atlas.speak.plural(
        "%(names)s has no boundary in the source, so no map shows it.",
        "%(names)s have no boundary in the source, so no map shows them.",
        len(lost), names=list_text(atlas.speak, lost),
    )  # fmt: skip
    return f"{text} {layout.note}"


def _names(
    atlas: Atlas, window: Window, kind: str, here: Sequence[str], drawn: Mapping[str, Drawn]
) -> str:
    """The names on a map: of the page's own area, its members or neighbours, then others."""
    own = list(here)
    if kind == "area":
        own += atlas.comparison.neighbours.get(here[0], ())
    found = _places_within(atlas, window)
    if kind == "area":
        found += _cut_places(atlas, window, here[0], found)
    wanted = ordered(found, (here[:1], own) if kind == "area" else (own,))
    if kind != "nation":
        wanted = [place for place in wanted if place.code]
    levels = {
        place.code: None if kind == "group" and place.code not in own else drawn[place.code].level
        for place in wanted
        if place.code
    }
    return _label_svg(atlas, wanted, window, levels, kind, here)


def _places_within(atlas: Atlas, window: Window) -> list[NamePlace]:
    left, bottom, right, top = window.box
    x, y = atlas.name_points.T
    within = np.flatnonzero((left < x) & (x < right) & (bottom < y) & (y < top))
    return [atlas.names[at] for at in within]


def _cut_places(
    atlas: Atlas, window: Window, code: str, found: Sequence[NamePlace]
) -> list[NamePlace]:
    """Where to name the areas that a window shows a part of, if nothing else in it has a name."""
    layout = atlas.layouts[0]
    if layout.cells or any(place.code not in ("", code) for place in found):
        return []
    areas = atlas.comparison.areas
    return [
        NamePlace(*middle_of(shapely.clip_by_rect(layout.geometry[layout.at[other]], *window.box)),
              areas[other].name, other)
        for other in layout.within(window.box)
        if other != code
    ]  # fmt: skip


def _ground(layout: Layout, window: Window, kind: str, here: Sequence[str]) -> Ground:
    """The page's own areas may be named beside themselves: not over one another or, on an
    area's map, over any other.
    """
    detail = layout.detail(window.rung)
    within = layout.within(window.box)
    codes = [c for c in here if c in layout.at] if kind == "group" else within
    return Ground(layout, here, detail.areas[[layout.at[c] for c in codes]], codes)


def _group_names(atlas: Atlas, window: Window) -> str:
    """The names of groups that stand for their areas."""
    wanted = [place for place in atlas.names if not place.code]
    return _label_svg(atlas, wanted, window, {})


def _label_svg(
    atlas: Atlas,
    wanted: Sequence[NamePlace],
    window: Window,
    levels: Mapping[str, int | None],
    kind: str = "nation",
    here: Sequence[str] = (),
) -> str:
    """The drawing of names, as `maps.labels` makes it or made it in a former build."""
    layout = atlas.layouts[0]
    whole = kind == "nation" or layout.cells

    def drawn() -> str:
        ground = None if whole else _ground(layout, window, kind, here)
        steps = len(STEPS_PX) - (kind != "nation")
        placed = place_labels(wanted, window, taken=TOOLS, ground=ground, steps=steps)
        return label_svg(placed, levels)

    what = (
        "names",
        window,
        wanted,
        TOOLS,
        levels,
        kind,
        *((layout.digest, here) if not whole else ()),
    )
    made: str = layout.kept.value(what, drawn)
    return made


def map_window(atlas: Atlas, layout: Layout, kind: str, here: Sequence[str]) -> Window:
    """What a map shows first: the nation, some areas together, or one and its neighbours."""
    if kind == "nation":
        return national_window(layout)
    near = atlas.comparison.neighbours[here[0]] if kind == "area" else ()

    def found() -> list[int]:
        one = area_window(layout, here[0], near) if kind == "area" else group_window(layout, here)
        return list(astuple(one))

    return Window(
        *layout.kept.value(("window", layout.digest, kind, list(here), list(near)), found)
    )


def embed_path(atlas: Atlas, page_path: str) -> str:
    """Where the map of a page is shown alone: ``embed/<slug>/``, ``embed/map/`` for all."""
    return urls.embed_page(page_path, atlas.settings.atlas.words.path)
