"""Static maps: a view of a layer as inline SVG, with links and titles, before any script.

The elements and attributes written here are what `templates/assets/style.css` styles
and `templates/assets/map.js` reads; docs/architecture.md lists them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from markupsafe import Markup, escape

from generator.maps.framing import View, view_of
from generator.maps.layers import Box, Layer, Level, Shape, line_path

LOCATOR_UNITS = 110
MINI_UNITS = 110
NAME_SHARE = 0.0185
"""Size of an area's name as a share of the view's width: some 12 pixels."""
LETTER, LINE = 0.52, 1.15
"""Width of a letter and height of a line, as shares of the type size."""
GROUP_NAME_SIZE = 15


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
    group_names: Mapping[str, str] | None = None,
    mute_others: bool = False,
) -> Markup:
    """A view as inline SVG.

    Parameters
    ----------
    drawn
        What to say of each area, by code.
    id
        Of the map's element; makes the ids inside unique.
    label
        The accessible name of the drawing.
    url
        Makes an href of the site's root one of the page.
    here
        Codes of the areas that get the heavy outline.
    group_names
        Names to write over the groups with outlines, by id; none unless given.
    mute_others
        Fade the areas that are not `here` (a group's map).
    """
    level = layer.level(view.rung)
    shown = [code for code in layer.within(view.box) if code in drawn]
    parts = [
        _opening(layer, view, label),
        hatching(id),
        _group("context", _context_paths(level, view)),
    ]
    marked = frozenset(here)
    if mute_others:
        parts.append(_others(layer, [c for c in shown if c not in marked], drawn, view))
    parts.append('<g class="areas">')
    for code in shown:
        if mute_others and code not in marked:
            continue
        about = drawn[code]
        fill = (
            f'class="area level-{about.level}"'
            if about.level is not None
            else f'class="area level-none" fill="url(#hatch-{id})"'
        )
        parts.append(
            f'<a href="{escape(url(about.href))}" data-code="{code}" tabindex="-1">'
            f"<title>{escape(about.title)}</title>"
            f'<path {fill} d="{_within(layer, level, code, view)}"/></a>'
        )
    parts.append("</g>")
    parts.append(_borders(layer, view))
    marked_here = [code for code in here if code in layer.at]
    if marked_here:
        parts.append(_group("here", (_here_path(layer, marked_here, view),)))
    if layer.cells:
        avoid = _group_label_boxes(layer, group_names, view) if group_names else []
        parts.append(_cell_labels(layer, shown, drawn, view, avoid))
    elif not group_names:
        parts.append(_area_names(layer, shown, drawn, view))
    if group_names:
        parts.append(_group_labels(layer, group_names, view))
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text put in is escaped above


def frame(layer: Layer, view: View, label: str) -> Markup:
    """A view without anything in it yet: for maps whose areas a script fetches."""
    return Markup(_opening(layer, view, label) + "</svg>")  # noqa: S704 - escaped


def hatching(id: str) -> str:
    """The hatching of areas without a class, for the map named `id`."""
    return (
        f'<defs><pattern id="hatch-{id}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="hatch-ground" d="M0 0h6v6h-6z"/>'
        '<path class="hatch-line" d="M0 0v6"/></pattern></defs>'
    )


def _opening(layer: Layer, view: View, label: str) -> str:
    """The drawing's element, with what scripts need to place it."""
    unit = view.unit_m
    return (
        f'<svg class="map-svg {layer.id}" viewBox="0 0 {view.width} {view.height}" role="group" '
        f'aria-label="{escape(label)}" data-layout="{layer.id}" data-unit="{unit:.6f}" '
        f'data-x="{view.left * unit:.3f}" data-y="{-view.top * unit:.3f}">'
    )


def _group(name: str, paths: Iterable[str]) -> str:
    inner = "".join(paths)
    return f'<g class="{name}">{inner}</g>' if inner else ""


def _others(layer: Layer, codes: Sequence[str], drawn: Mapping[str, Drawn], view: View) -> str:
    """Areas that a group's map only hints at: one path per class, without links."""
    level = layer.level(view.rung)
    by_class: dict[str, str] = {}
    for code in codes:
        found = drawn[code].level
        name = "level-none" if found is None else f"level-{found}"
        by_class[name] = by_class.get(name, "") + _within(layer, level, code, view)
    return _group(
        "others",
        (f'<path class="area other {name}" d="{d}"/>' for name, d in sorted(by_class.items())),
    )


def _borders(layer: Layer, view: View) -> str:
    """Group borders within the view; each stretch once, though two groups share it."""
    level = layer.level(view.rung)
    room = 4 * view.unit_m
    left, bottom, right, top = view.box
    near = [b for g, b in level.borders.items() if _meets(level.outlines[g], view)]
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


def _within(layer: Layer, level: Level, code: str, view: View) -> str:
    """The path of an area, cut at the edges of the view if it goes far beyond."""
    shape = level.shapes[code]
    if not layer.cells and _sticks_out(shape, view):
        shape = level.clipped(level.areas[layer.at[code]], _clip_box(view)) or shape
    return shape.path(view.left, view.top)


def _context_paths(level: Level, view: View) -> Iterable[str]:
    for shape, land in zip(level.context, level.land, strict=True):
        if not _meets(shape, view):
            continue
        part = level.clipped(land, _clip_box(view)) if _sticks_out(shape, view) else shape
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
    level = layer.level(view.rung)
    if len(here) == 1:
        return _path(level.shapes[here[0]], view)
    return _path(layer.outline(here, view.rung), view)


def short_label(name: str) -> str:
    """Up to four letters that call a name to mind: "Rush", "NED", "KLWN".

    >>> short_label("Rushcliffe"), short_label("North East Derbyshire"), short_label("St. Helens")
    ('Rush', 'NED', 'StHe')
    """
    words: list[str] = re.findall(r"[^\W\d_]+", name.replace("'", "").replace("’", ""))
    big = [w for w in words if w.casefold() not in {"and", "of", "the", "upon", "in", "on", "with"}]
    if len(big) <= 1:
        return (big or words or [name])[0][:4]
    if len(big) == 2:
        return big[0][:2] + big[1][:2]
    return "".join(w[0] for w in big)[:4]


def wrapped(name: str, width: int) -> list[str]:
    """A name in lines of at most `width` letters, broken at spaces and hyphens."""
    lines: list[str] = [""]
    for word in re.findall(r"[^\s-]+-?", name):
        joint = "" if not lines[-1] or lines[-1].endswith("-") else " "
        if lines[-1] and len(lines[-1]) + len(joint) + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += joint + word
    return lines


def _cell_labels(
    layer: Layer,
    shown: Sequence[str],
    drawn: Mapping[str, Drawn],
    view: View,
    avoid: Sequence[Label],
) -> str:
    """A label in every cell: its name where cells are large, else some letters of it."""
    unit = view.unit_m
    box = layer.boxes[layer.at[shown[0]]] if shown else (0.0, 0.0, 0.0, 0.0)
    across = (box[2] - box[0]) / unit
    near = across > view.width / 12
    texts = []
    for code in shown:
        x0, y0, x1, y1 = layer.boxes[layer.at[code]] / unit
        x, y = round((x0 + x1) / 2) - view.left, round(-(y0 + y1) / 2) - view.top
        if not (0 < x < view.width and 0 < y < view.height) or any(a.covers(x, y) for a in avoid):
            continue
        lines = wrapped(drawn[code].name, 11) if near else [short_label(drawn[code].name)]
        level = drawn[code].level
        tone = f' class="on-{level}"' if level is not None else ""
        first = y - (len(lines) - 1) * 0.5 * across * 0.17
        spans = "".join(
            f'<tspan x="{x}" y="{round(first + at * across * 0.17)}">{escape(line)}</tspan>'
            for at, line in enumerate(lines)
        )
        texts.append(
            f"<text{tone}>{spans}</text>"
            if len(lines) > 1
            else f'<text{tone} x="{x}" y="{round(first)}">{escape(lines[0])}</text>'
        )
    size, height = ("near", across * 0.135) if near else ("far", across * 0.3)
    return (
        f'<g class="hex-labels {size}" font-size="{height:.1f}" text-anchor="middle" '
        f'aria-hidden="true">{"".join(texts)}</g>'
    )


def _area_names(layer: Layer, shown: Sequence[str], drawn: Mapping[str, Drawn], view: View) -> str:
    """Names of the areas that have room for theirs, in their middle."""
    texts = []
    size = view.width * NAME_SHARE
    for code in shown:
        x_m, y_m, radius_m = layer.middle(code)
        x, y = x_m / view.unit_m - view.left, -y_m / view.unit_m - view.top
        lines = wrapped(drawn[code].name, 12)
        half_width = max(map(len, lines)) * size * LETTER / 2
        half_height = len(lines) * size * LINE / 2
        fits = math.hypot(half_width, half_height) <= radius_m / view.unit_m * 1.05
        inside = half_width < x < view.width - half_width
        if not (fits and inside and half_height < y < view.height - half_height):
            continue
        level = drawn[code].level
        tone = f' class="on-{level}"' if level is not None else ""
        spans = "".join(
            f'<tspan x="{round(x)}" y="{round(y - half_height + size * LINE * (at + 0.8))}">'
            f"{escape(line)}</tspan>"
            for at, line in enumerate(lines)
        )
        texts.append(f"<text{tone}>{spans}</text>")
    inner = "".join(texts)
    return (
        f'<g class="hex-labels near" font-size="{size:.1f}" text-anchor="middle" '
        f'aria-hidden="true">{inner}</g>'
    )


def group_places(layer: Layer, names: Mapping[str, str]) -> list[tuple[float, float, str]]:
    """Where to write each group's name: the middle of its widest part (x, y metres, name)."""
    members: dict[str, list[int]] = {}
    for at, code in enumerate(layer.codes):
        group = layer.group_of.get(code)
        if group in names:
            members.setdefault(str(group), []).append(at)
    places = []
    for group, rows in sorted(members.items()):
        union = shapely.union_all(shapely.simplify(layer.geometry[rows], 1_000.0).tolist())
        widest = max(shapely.get_parts(shapely.buffer(union, 500.0)), key=shapely.area)
        circle = shapely.maximum_inscribed_circle(widest, tolerance=2_000.0)
        x, y = circle.coords[0]
        places.append((x, y, names[group]))
    return places


@dataclass(frozen=True, slots=True)
class Label:
    """A group's name in lines, around a middle, in units of the view."""

    x: int
    y: int
    lines: tuple[str, ...]

    def covers(self, x: float, y: float) -> bool:
        """Whether something at a point would be written over."""
        half_width = max(map(len, self.lines)) * GROUP_NAME_SIZE * LETTER / 2 + 8
        half_height = len(self.lines) * GROUP_NAME_SIZE * LINE / 2 + 4
        return abs(x - self.x) < half_width and abs(y - self.y + 4) < half_height


def _group_label_boxes(layer: Layer, names: Mapping[str, str], view: View) -> list[Label]:
    return [
        Label(
            round(x / view.unit_m) - view.left,
            round(-y / view.unit_m) - view.top,
            tuple(wrapped(name, 13)),
        )
        for x, y, name in group_places(layer, names)
    ]


def _group_labels(layer: Layer, names: Mapping[str, str], view: View) -> str:
    texts = []
    for label in _group_label_boxes(layer, names, view):
        middle = (len(label.lines) - 1) / 2
        spans = "".join(
            f'<tspan x="{label.x}" y="{round(label.y + (at - middle) * GROUP_NAME_SIZE * LINE)}">'
            f"{escape(line)}</tspan>"
            for at, line in enumerate(label.lines)
        )
        texts.append(f'<text class="region-name">{spans}</text>')
    return f'<g class="labels" text-anchor="middle" aria-hidden="true">{"".join(texts)}</g>'


def mini(layer: Layer, codes: Sequence[str], drawn: Mapping[str, Drawn], label: str) -> Markup:
    """A small map of some areas in their classes, without links: one of small multiples."""
    boxes = layer.boxes[[layer.at[c] for c in codes]]
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    view = view_of(box, MINI_UNITS, ratio=1.0, pad=0.04)
    level = layer.level(view.rung)
    by_class: dict[str, str] = {}
    for code in codes:
        found = drawn[code].level
        name = "level-none" if found is None else f"level-{found}"
        path = level.shapes[code].path(view.left, view.top)
        by_class[name] = by_class.get(name, "") + path
    paths = "".join(f'<path class="area {n}" d="{d}"/>' for n, d in sorted(by_class.items()))
    return Markup(  # noqa: S704 - the label is escaped, the rest are numbers
        f'<svg class="mini" viewBox="0 0 {view.width} {view.height}" role="img" '
        f'aria-label="{escape(label)}">{paths}</svg>'
    )


def locator_land(layer: Layer) -> str:
    """The land of all locators, as an SVG file that pages refer to (``#land``)."""
    view = view_of(layer.box, LOCATOR_UNITS, pad=0.04)
    land = layer.level(view.rung).outlines or layer.level(view.rung).shapes
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
