"""Static maps: a view of a layer as inline SVG, with links and titles, before any script.

The elements and attributes written here are what `templates/assets/style.css` styles
and the scripts in `templates/assets/map/` read; docs/architecture.md lists them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from markupsafe import Markup, escape

from generator.maps.fineness import FINE_UNITS, small_size_m
from generator.maps.framing import View, view_of
from generator.maps.layers import Box, Detail, Geometries, Layer
from generator.maps.shapes import Shape, line_path

NATURAL_PX = 10
"""Pixels per unit of a map where no style sheet says otherwise.  Larger than any screen, as
style sheets can shrink a drawing into a box of any shape by its own ratio, but not enlarge it."""
LOCATOR_UNITS = 110
MINI_UNITS = 110
CONTEXT_MARGIN = 0.7
"""How far land around goes on beyond a national view, as a share of the view's width."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a map says of one area: where it leads, its title, its class."""

    href: str
    title: str
    level: int | None
    name: str


def draw(
    layer: Layer,
    view: View,
    drawn: Mapping[str, Drawn],
    *,
    id: str,
    label: str,
    url: Callable[[str], str],
    here: Sequence[str] = (),
    mute_others: bool = False,
) -> Markup:
    """A view as inline SVG.

    Parameters
    ----------
    drawn
        What to say of each area, by code; those that lead nowhere are one shape a class.
    id
        Of the map's element; makes the ids inside unique.
    label
        The accessible name of the drawing.
    url
        Makes an href of the site's root one of the page.
    here
        Codes of the areas that get the heavy outline.
    mute_others
        Fade the areas that are not `here` (a group's map).
    """
    shown = [code for code in layer.within(view.box) if code in drawn]
    marked = frozenset(here)
    linked = [c for c in shown if (not mute_others or c in marked) and drawn[c].href]
    rest = sorted(set(shown).difference(linked))
    sketch = _sketch(layer, view, shown, here)
    links = (_link(id, code, drawn[code], url, sketch.paths[code]) for code in linked)
    parts = [
        _opening(layer, view, label, fine=sketch.fine),
        # An inset stays when another measure is chosen, in which more may be without a class.
        hatching(id) if mute_others or any(drawn[c].level is None for c in shown) else "",
        sketch.land,
        _others(rest, drawn, sketch, faded=mute_others),
        f'<g class="areas">{"".join(links)}</g>',
        sketch.lines,
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 - every text put in is escaped above


@dataclass(frozen=True, slots=True)
class _Sketch:
    """What a drawing has of outlines alone: land around, a path by code, lines on top.

    ``fine`` says whether areas are so small here that usual borders would cover them.
    """

    land: str
    paths: Mapping[str, str]
    lines: str
    fine: bool


def _sketch(layer: Layer, view: View, shown: Sequence[str], here: Sequence[str]) -> _Sketch:
    """What a view shows before anything is known of the areas; made once, also between builds."""

    def made() -> list[object]:
        detail = layer.detail(view.rung)
        wide = _widened(view, 0 if here else CONTEXT_MARGIN)
        land = (
            _group("beyond", _land_paths(detail, detail.beyond, layer.beyond, view, wide)),
            _group("context", _land_paths(detail, detail.context, detail.land, view, wide)),
        )
        paths = {code: _within(layer, detail, code, view) for code in shown}
        marked = [code for code in here if code in layer.at]
        own = _group("here", (_here_path(layer, marked, view),)) if marked else ""
        fine = bool(shown) and small_size_m(layer, shown) / view.unit_m < FINE_UNITS
        return ["".join(land), paths, _borders(layer, view) + own, fine]

    found = layer.kept.value(("map", layer.digest, view, shown, list(here)), made)
    return _Sketch(*found)


def _link(id: str, code: str, about: Drawn, url: Callable[[str], str], path: str) -> str:
    """One area: where it leads, what it is, its class."""
    fill = (
        f'class="area level-{about.level}"'
        if about.level is not None
        else f'class="area level-none" fill="url(#hatch-{id})"'
    )
    return (
        f'<a href="{escape(url(about.href))}" data-code="{escape(code)}" tabindex="-1">'
        f"<title>{escape(about.title)}</title>"
        f'<path {fill} d="{path}"/></a>'
    )


def hatching(id: str) -> str:
    """The hatching of areas without a class, for the map named `id`."""
    return (
        f'<defs><pattern id="hatch-{id}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="hatch-ground" d="M0 0h6v6h-6z"/>'
        '<path class="hatch-line" d="M0 0v6"/></pattern></defs>'
    )


def _opening(layer: Layer, view: View, label: str, *, fine: bool) -> str:
    """The drawing's element, with what scripts need to place it."""
    unit = view.unit_m
    width, height = NATURAL_PX * view.width, NATURAL_PX * view.height
    name = f"map-svg {layer.id}" + (" fine" if fine else "")
    return (
        f'<svg class="{name}" width="{width}" height="{height}" '
        f'viewBox="0 0 {view.width} {view.height}" role="group" '
        f'aria-label="{escape(label)}" data-layout="{layer.id}" data-unit="{unit:.6f}" '
        f'data-x="{view.left * unit:.3f}" data-y="{-view.top * unit:.3f}">'
    )


def _group(name: str, paths: Iterable[str]) -> str:
    inner = "".join(paths)
    return f'<g class="{name}">{inner}</g>' if inner else ""


def _others(
    codes: Sequence[str], drawn: Mapping[str, Drawn], sketch: _Sketch, *, faded: bool
) -> str:
    """Areas without links: one path per class, faded where a map only hints at them."""
    kind = "area other" if faded else "area"
    by_class: dict[str, str] = {}
    for code in codes:
        found = drawn[code].level
        name = "level-none" if found is None else f"level-{found}"
        by_class[name] = by_class.get(name, "") + sketch.paths[code]
    return _group(
        "others",
        (f'<path class="{kind} {name}" d="{d}"/>' for name, d in sorted(by_class.items())),
    )


def _borders(layer: Layer, view: View) -> str:
    """Group borders within the view; each stretch once, though two groups share it."""
    detail = layer.detail(view.rung)
    room = 4 * view.unit_m
    left, bottom, right, top = view.box
    near = [b for g, b in detail.borders.items() if _meets(detail.outlines[g], view)]
    clipped = shapely.clip_by_rect(near, left - room, bottom - room, right + room, top + room)
    lines = shapely.union_all([line for line in clipped if not shapely.is_empty(line)])
    path = line_path(lines, view.unit_m, view.left, view.top)
    return _group("outlines", (f'<path d="{path}"/>',) if path else ())


CLIP_UNITS = 6
"""How far beyond the view a clipped area goes on, so that the cut isn't seen."""


def _clip_box(view: View) -> Box:
    room = CLIP_UNITS * view.unit_m
    left, bottom, right, top = view.box
    return left - room, bottom - room, right + room, top + room


def _sticks_out(shape: Shape, view: View) -> bool:
    """Whether an area goes on far enough beyond the view to be worth cutting."""
    left, top, right, bottom = shape.box
    room = 4 * CLIP_UNITS
    return (
        left < view.left - room
        or top < view.top - room
        or right > view.left + view.width + room
        or bottom > view.top + view.height + room
    )


def _within(layer: Layer, detail: Detail, code: str, view: View) -> str:
    """The path of an area, cut at the edges of the view if it goes far beyond."""
    shape = detail.shapes[code]
    if not layer.cells and _sticks_out(shape, view):
        shape = detail.clipped(detail.areas[layer.at[code]], _clip_box(view)) or shape
    return shape.path(view.left, view.top)


def _widened(view: View, margin: float) -> View:
    """A view with a share of its width more on all sides."""
    room = math.ceil(margin * view.width)
    return View(
        view.rung, view.left - room, view.top - room,
        view.width + 2 * room, view.height + 2 * room,
    )  # fmt: skip


def _land_paths(
    detail: Detail, shapes: Sequence[Shape], land: Geometries, view: View, wide: View
) -> Iterable[str]:
    """Paths of land on a view's grid, cut at the edges of a wider view."""
    for shape, whole in zip(shapes, land, strict=True):
        if not _meets(shape, wide):
            continue
        part = detail.clipped(whole, _clip_box(wide)) if _sticks_out(shape, wide) else shape
        if part is not None:
            yield _path(part, view)


def _path(shape: Shape, view: View) -> str:
    return f'<path d="{shape.path(view.left, view.top)}"/>'


def _meets(shape: Shape, view: View) -> bool:
    left, top, right, bottom = shape.box
    return (
        left <= view.left + view.width
        and right >= view.left
        and top <= view.top + view.height
        and bottom >= view.top
    )


def _here_path(layer: Layer, here: Sequence[str], view: View) -> str:
    detail = layer.detail(view.rung)
    if len(here) == 1:
        return _path(detail.shapes[here[0]], view)
    return _path(layer.outline(here, view.rung), view)


def mini(layer: Layer, codes: Sequence[str], drawn: Mapping[str, Drawn], label: str) -> Markup:
    """A small map of some areas in their classes, without links: one of small multiples."""
    boxes = layer.boxes[[layer.at[c] for c in codes]]
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    view = view_of(box, MINI_UNITS, ratio=1.0, pad=0.04)

    def made() -> list[str]:
        shapes = layer.detail(view.rung).shapes
        return [shapes[code].path(view.left, view.top) for code in codes]

    by_class: dict[str, str] = {}
    outlines = layer.kept.value(("mini", layer.digest, view, list(codes)), made)
    for code, path in zip(codes, outlines, strict=True):
        found = drawn[code].level
        name = "level-none" if found is None else f"level-{found}"
        by_class[name] = by_class.get(name, "") + path
    paths = "".join(f'<path class="area {n}" d="{d}"/>' for n, d in sorted(by_class.items()))
    return Markup(  # noqa: S704 - the label is escaped, the rest are numbers
        f'<svg class="mini" viewBox="0 0 {view.width} {view.height}" role="img" '
        f'aria-label="{escape(label)}">{paths}</svg>'
    )


def locator_land(layer: Layer) -> str:
    """The land of all locators, as an SVG file that pages refer to (``#land``)."""
    view = view_of(layer.box, LOCATOR_UNITS, pad=0.04)
    land = layer.outlines(view.rung) or layer.shapes(view.rung)
    paths = "".join(shape.path(view.left, view.top) for shape in land.values())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {view.width} {view.height}">'
        f'<path id="land" d="{paths}"/></svg>\n'
    )


def locator(layer: Layer, codes: Sequence[str], label: str, land: str) -> Markup:
    """A small map of all land with a mark where `codes` lie.

    `land` is where the file of `locator_land` is, seen from the page.
    """
    view = view_of(layer.box, LOCATOR_UNITS, pad=0.04)
    points = layer.points[[layer.at[c] for c in codes]].mean(axis=0)
    x, y = points[0] / view.unit_m - view.left, -points[1] / view.unit_m - view.top
    return Markup(  # noqa: S704 - the label is escaped, the rest are numbers
        f'<svg class="locator" viewBox="0 0 {view.width} {view.height}" role="img" '
        f'aria-label="{escape(label)}"><use class="land" href="{escape(land)}#land"/>'
        f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="8"/>'
        f'<circle class="here" cx="{x:.1f}" cy="{y:.1f}" r="3"/></svg>'
    )
