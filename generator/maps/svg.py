"""Static maps: a window of a layout as inline SVG, with links and titles, before any script.

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
from generator.maps.framing import Window, window_of
from generator.maps.layouts import Box, Detail, Geometries, Layout
from generator.maps.shapes import Shape, line_path

NATURAL_PX = 10
"""Pixels per unit of a map where no style sheet says otherwise.  Larger than any screen, as
style sheets can shrink a drawing into a box of any shape by its own ratio, but not enlarge it."""
LOCATOR_UNITS = 110
MINI_UNITS = 110
CONTEXT_MARGIN = 0.7
"""How far land around goes on beyond a national window, as a share of the window's width."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a map says of one area: where it leads, its title, its class."""

    href: str
    title: str
    level: int | None
    name: str


def draw(
    layout: Layout,
    window: Window,
    drawn: Mapping[str, Drawn],
    *,
    id: str,
    label: str,
    url: Callable[[str], str],
    here: Sequence[str] = (),
    mute_others: bool = False,
) -> Markup:
    """A window as inline SVG.

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
    shown = [code for code in layout.within(window.box) if code in drawn]
    marked = frozenset(here)
    linked = [c for c in shown if (not mute_others or c in marked) and drawn[c].href]
    rest = sorted(set(shown).difference(linked))
    sketch = _sketch(layout, window, shown, here)
    links = (_link(id, code, drawn[code], url, sketch.paths[code]) for code in linked)
    parts = [
        _opening(layout, window, label, fine=sketch.fine),
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


def _sketch(layout: Layout, window: Window, shown: Sequence[str], here: Sequence[str]) -> _Sketch:
    """What a window shows before anything is known of the areas; made once, also between builds."""

    def made() -> list[object]:
        detail = layout.detail(window.rung)
        wide = _widened(window, 0 if here else CONTEXT_MARGIN)
        land = (
            _group("beyond", _land_paths(detail, detail.beyond, layout.beyond, window, wide)),
            _group("context", _land_paths(detail, detail.context, detail.land, window, wide)),
        )
        paths = {code: _within(layout, detail, code, window) for code in shown}
        marked = [code for code in here if code in layout.at]
        own = _group("here", (_here_path(layout, marked, window),)) if marked else ""
        fine = bool(shown) and small_size_m(layout, shown) / window.unit_m < FINE_UNITS
        return ["".join(land), paths, _borders(layout, window) + own, fine]

    found = layout.kept.value(("map", layout.digest, window, shown, list(here)), made)
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


def _opening(layout: Layout, window: Window, label: str, *, fine: bool) -> str:
    """The drawing's element, with what scripts need to place it."""
    unit = window.unit_m
    width, height = NATURAL_PX * window.width, NATURAL_PX * window.height
    name = f"map-svg {layout.id}" + (" fine" if fine else "")
    return (
        f'<svg class="{name}" width="{width}" height="{height}" '
        f'viewBox="0 0 {window.width} {window.height}" role="group" '
        f'aria-label="{escape(label)}" data-layout="{layout.id}" data-unit="{unit:.6f}" '
        f'data-x="{window.left * unit:.3f}" data-y="{-window.top * unit:.3f}">'
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


def _borders(layout: Layout, window: Window) -> str:
    """Group borders within the window; each stretch once, though two groups share it."""
    detail = layout.detail(window.rung)
    room = 4 * window.unit_m
    left, bottom, right, top = window.box
    near = [b for g, b in detail.borders.items() if _meets(detail.outlines[g], window)]
    clipped = shapely.clip_by_rect(near, left - room, bottom - room, right + room, top + room)
    lines = shapely.union_all([line for line in clipped if not shapely.is_empty(line)])
    path = line_path(lines, window.unit_m, window.left, window.top)
    return _group("outlines", (f'<path d="{path}"/>',) if path else ())


CLIP_UNITS = 6
"""How far beyond the window a clipped area goes on, so that the cut isn't seen."""


def _clip_box(window: Window) -> Box:
    room = CLIP_UNITS * window.unit_m
    left, bottom, right, top = window.box
    return left - room, bottom - room, right + room, top + room


def _sticks_out(shape: Shape, window: Window) -> bool:
    """Whether an area goes on far enough beyond the window to be worth cutting."""
    left, top, right, bottom = shape.box
    room = 4 * CLIP_UNITS
    return (
        left < window.left - room
        or top < window.top - room
        or right > window.left + window.width + room
        or bottom > window.top + window.height + room
    )


def _within(layout: Layout, detail: Detail, code: str, window: Window) -> str:
    """The path of an area, cut at the edges of the window if it goes far beyond."""
    shape = detail.shapes[code]
    if not layout.cells and _sticks_out(shape, window):
        shape = detail.clipped(detail.areas[layout.at[code]], _clip_box(window)) or shape
    return shape.path(window.left, window.top)


def _widened(window: Window, margin: float) -> Window:
    """A window with a share of its width more on all sides."""
    room = math.ceil(margin * window.width)
    return Window(
        window.rung, window.left - room, window.top - room,
        window.width + 2 * room, window.height + 2 * room,
    )  # fmt: skip


def _land_paths(
    detail: Detail, shapes: Sequence[Shape], land: Geometries, window: Window, wide: Window
) -> Iterable[str]:
    """Paths of land on a window's grid, cut at the edges of a wider window."""
    for shape, whole in zip(shapes, land, strict=True):
        if not _meets(shape, wide):
            continue
        part = detail.clipped(whole, _clip_box(wide)) if _sticks_out(shape, wide) else shape
        if part is not None:
            yield _path(part, window)


def _path(shape: Shape, window: Window) -> str:
    return f'<path d="{shape.path(window.left, window.top)}"/>'


def _meets(shape: Shape, window: Window) -> bool:
    left, top, right, bottom = shape.box
    return (
        left <= window.left + window.width
        and right >= window.left
        and top <= window.top + window.height
        and bottom >= window.top
    )


def _here_path(layout: Layout, here: Sequence[str], window: Window) -> str:
    detail = layout.detail(window.rung)
    if len(here) == 1:
        return _path(detail.shapes[here[0]], window)
    return _path(layout.outline(here, window.rung), window)


def mini(layout: Layout, codes: Sequence[str], drawn: Mapping[str, Drawn], label: str) -> Markup:
    """A small map of some areas in their classes, without links: one of small multiples."""
    boxes = layout.boxes[[layout.at[c] for c in codes]]
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    window = window_of(box, MINI_UNITS, ratio=1.0, pad=0.04)

    def made() -> list[str]:
        shapes = layout.detail(window.rung).shapes
        return [shapes[code].path(window.left, window.top) for code in codes]

    by_class: dict[str, str] = {}
    outlines = layout.kept.value(("mini", layout.digest, window, list(codes)), made)
    for code, path in zip(codes, outlines, strict=True):
        found = drawn[code].level
        name = "level-none" if found is None else f"level-{found}"
        by_class[name] = by_class.get(name, "") + path
    paths = "".join(f'<path class="area {n}" d="{d}"/>' for n, d in sorted(by_class.items()))
    return Markup(  # noqa: S704 - the label is escaped, the rest are numbers
        f'<svg class="mini" viewBox="0 0 {window.width} {window.height}" role="img" '
        f'aria-label="{escape(label)}">{paths}</svg>'
    )


def locator_land(layout: Layout) -> str:
    """The land of all locators, as an SVG file that pages refer to (``#land``)."""
    window = window_of(layout.box, LOCATOR_UNITS, pad=0.04)
    land = layout.outlines(window.rung) or layout.shapes(window.rung)
    paths = "".join(shape.path(window.left, window.top) for shape in land.values())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {window.width} {window.height}">'
        f'<path id="land" d="{paths}"/></svg>\n'
    )


def locator(layout: Layout, codes: Sequence[str], label: str, land: str) -> Markup:
    """A small map of all land with a mark where `codes` lie.

    `land` is where the file of `locator_land` is, seen from the page.
    """
    window = window_of(layout.box, LOCATOR_UNITS, pad=0.04)
    points = layout.points[[layout.at[c] for c in codes]].mean(axis=0)
    x, y = points[0] / window.unit_m - window.left, -points[1] / window.unit_m - window.top
    return Markup(  # noqa: S704 - the label is escaped, the rest are numbers
        f'<svg class="locator" viewBox="0 0 {window.width} {window.height}" role="img" '
        f'aria-label="{escape(label)}"><use class="land" href="{escape(land)}#land"/>'
        f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="8"/>'
        f'<circle class="here" cx="{x:.1f}" cy="{y:.1f}" r="3"/></svg>'
    )
