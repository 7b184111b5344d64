"""Names on maps: at a constant size, never over one another, the most important first.

Static maps carry their names in a drawing of their own that lies over the map.  It has no view
box: places are shares of its width and height, sizes are CSS pixels, so that names keep their
size however wide the map is shown.  Two names that are apart on a narrow map are apart on every
wider one; so each name gets the narrowest width at which it has room (`PlacedLabel.step`), and
the style sheet hides it below that.  What comes with every move of a live map is placed by
``templates/assets/map/labels.js``, by the same rules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from markupsafe import escape

from generator.maps.framing import View
from generator.maps.layers import Geometries, Layer

STEPS_PX = (300, 380, 460, 560, 680, 820)
"""Widths of the map, in CSS pixels, at which more names appear."""
USUAL_STEP = 3
SIZE_PX, LINE_PX = 12.0, 14.0
GROUP_SIZE_PX, GROUP_LINE_PX = 13.5, 16.0
MOST_LETTERS = 12
MOST_GROUP_LETTERS = 14
SPILL, LARGE_SPILL, CELL_SPILL = 2.8, 14.0, 1.35
"""How much wider than the widest circle within its area a name may be: of most areas, of the
most important ones, and of cells."""
LARGE_SHARE = 0.15
"""So many of the areas whose importance is known may be named although they are small."""
SMALLEST_PX = 5.0
"""Areas whose widest circle is smaller than this across are not named."""
GAP_PX = 3.0
EDGE_PX = 2.0
MOST_CIRCLES = 3_000
"""With more areas than this, circles are estimated from points and sizes."""
NARROW, WIDE = set("fijlrtI.,'’-() "), set("mwMW")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name may stand: centre and radius (metres, EPSG:3857) of a circle of its area.

    ``code`` is empty for the name of a group; ``spill`` is how much wider than the circle
    the name may be.
    """

    x_m: float
    y_m: float
    radius_m: float
    name: str
    code: str
    spill: float = SPILL


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A name in lines: its middle as shares of the map, and the widths from which it shows.

    ``step`` counts in `STEPS_PX`; from step ``inside`` on the name lies within its area, which
    is as many as there are steps if it never does.
    """

    x: float
    y: float
    lines: tuple[str, ...]
    step: int
    code: str
    inside: int


@dataclass(frozen=True, slots=True)
class Room:
    """A part of a map (shares of width and height) that names stay out of."""

    left: float
    top: float
    right: float
    bottom: float


_Box = tuple[float, float, float, float]


def places(
    layer: Layer,
    area_names: Mapping[str, str],
    group_names: Mapping[str, str],
    importance: Mapping[str, float],
) -> tuple[Place, ...]:
    """All names of a layer, groups first, then areas from the most important to the least.

    Parameters
    ----------
    importance
        By code; areas that have none, or the same, are ordered by their size.
    """
    size = dict(zip(layer.codes, shapely.area(layer.geometry).tolist(), strict=True))
    order = sorted(
        (c for c in layer.codes if c in area_names),
        key=lambda c: (-importance.get(c, 0.0), -size[c], c),
    )
    found: dict[str, tuple[float, float, float]]
    if len(order) <= MOST_CIRCLES:
        found = layer.kept.value(
            ("middles", layer.digest, order), lambda: {code: layer.middle(code) for code in order}
        )
    else:
        radius = {code: 0.6 * math.sqrt(size[code] / math.pi) for code in order}
        found = {c: (*layer.points[layer.at[c]].tolist(), radius[c]) for c in order}
    large = round(LARGE_SHARE * sum(importance.get(code, 0.0) > 0 for code in order))
    usual = CELL_SPILL if layer.cells else SPILL
    spill = {c: LARGE_SPILL for c in order[:large] if not layer.cells}
    own = tuple(
        Place(x, y, radius, area_names[c], c, spill.get(c, usual))
        for c, (x, y, radius) in ((code, found[code]) for code in order)
    )
    return (*group_places(layer, group_names), *own)


def group_places(layer: Layer, names: Mapping[str, str]) -> tuple[Place, ...]:
    """Where to write each group's name: the widest circle of its widest part."""
    members: dict[str, list[int]] = {}
    for at, code in enumerate(layer.codes):
        group = layer.group_of.get(code)
        if group in names:
            members.setdefault(str(group), []).append(at)

    def made() -> list[list[float]]:
        return [_widest_circle(layer.geometry[rows]) for _, rows in sorted(members.items())]

    circles = layer.kept.value(("group middles", layer.digest, sorted(members.items())), made)
    return tuple(
        Place(x, y, radius, names[group], "")
        for group, (x, y, radius) in zip(sorted(members), circles, strict=True)
    )


def _widest_circle(areas: Geometries) -> list[float]:
    """Centre and radius, metres, of the widest circle within some areas, roughly."""
    union = shapely.union_all(shapely.simplify(areas, 1_000.0).tolist())
    widest = max(shapely.get_parts(shapely.buffer(union, 500.0)), key=shapely.area)
    circle = shapely.maximum_inscribed_circle(widest, tolerance=2_000.0)
    x, y = circle.coords[0]
    return [x, y, float(circle.length)]


def ordered(found: Iterable[Place], first: Sequence[Iterable[str]]) -> list[Place]:
    """Places with those of some codes before the others, tier by tier; else as they were."""
    tier = {code: at for at in range(len(first) - 1, -1, -1) for code in first[at]}
    return sorted(found, key=lambda place: tier.get(place.code, len(first)))


def place_labels(
    wanted: Sequence[Place], view: View, *, taken: Sequence[Room] = ()
) -> list[PlacedLabel]:
    """The names that have room in a view, most important first, none over another.

    Parameters
    ----------
    wanted
        In the order of importance.
    taken
        What names must stay out of.
    """
    waiting = [p for p in wanted if _within(p, view)]
    # What a usual width has room for comes first; narrower maps show some of it, wider ones more.
    usual = _added([], waiting, view, USUAL_STEP, taken)
    chosen = {label.code or label.lines for label in usual}
    placed: list[PlacedLabel] = []
    for step in range(len(STEPS_PX)):
        found = [p for p in waiting if step >= USUAL_STEP or (p.code or _lines(p)) in chosen]
        placed += _added(placed, found, view, step, taken)
        done = {label.code or label.lines for label in placed}
        waiting = [p for p in waiting if (p.code or _lines(p)) not in done]
    return placed


def _added(
    placed: Sequence[PlacedLabel],
    waiting: Sequence[Place],
    view: View,
    step: int,
    taken: Sequence[Room],
) -> list[PlacedLabel]:
    """The names that have room beside those that are placed, at the width of a step."""
    width = STEPS_PX[step]
    height = width * view.height / view.width
    boxes = [(r.left * width, r.top * height, r.right * width, r.bottom * height) for r in taken]
    boxes += [_box(p.lines, p.x * width, p.y * height, not p.code) for p in placed]
    found = []
    for place in waiting:
        label = _labelled(place, view, step)
        box = _box(label.lines, label.x * width, label.y * height, not place.code)
        if _fits(place, box, view, width) and not _meets_any(box, boxes):
            found.append(label)
            boxes.append(box)
    return found


def _lines(place: Place) -> tuple[str, ...]:
    return wrapped(place.name, MOST_LETTERS if place.code else MOST_GROUP_LETTERS)


def label_svg(labels: Iterable[PlacedLabel], levels: Mapping[str, int | None]) -> str:
    """The drawing that lies over a map's own.

    Parameters
    ----------
    levels
        The class under each name that lies within its area, by code; names of other
        areas get a halo.
    """
    texts = []
    for label in labels:
        level = levels.get(label.code)
        tone = "halo" if label.code else "region-name"
        if label.inside < len(STEPS_PX) and level is not None:
            tone = f"on-{level}" + (f" halo-{label.inside}" if label.inside > label.step else "")
        step = f" from-{label.step}" if label.step else ""
        code = f' data-code="{label.code}"' if label.code else ""
        attributes = f'class="{tone}{step}" y="{_percent(label.y)}"{code}'
        if len(label.lines) == 1:
            line = escape(label.lines[0])
            texts.append(f'<text x="{_percent(label.x)}" {attributes}>{line}</text>')
            continue
        line_px = LINE_PX if label.code else GROUP_LINE_PX
        first = -(len(label.lines) - 1) / 2 * line_px
        spans = "".join(
            f'<tspan x="{_percent(label.x)}" dy="{(line_px if at else first):g}">'
            f"{escape(line)}</tspan>"
            for at, line in enumerate(label.lines)
        )
        texts.append(f"<text {attributes}>{spans}</text>")
    return f'<svg class="map-labels" aria-hidden="true">{"".join(texts)}</svg>'


def _percent(share: float) -> str:
    """A place in a drawing to a tenth of a per cent: less than a pixel."""
    return f"{100 * share:.1f}%"


@lru_cache(maxsize=100_000)
def wrapped(name: str, width: int) -> tuple[str, ...]:
    """A name in lines of at most `width` letters, broken at spaces and hyphens."""
    lines: list[str] = [""]
    for word in re.findall(r"[^\s-]+-?", name) or [name]:
        joint = "" if not lines[-1] or lines[-1].endswith("-") else " "
        if lines[-1] and len(lines[-1]) + len(joint) + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += joint + word
    return tuple(lines)


@lru_cache(maxsize=100_000)
def text_width(text: str, size_px: float) -> float:
    """About how wide a text is in a usual sans serif, on the safe side."""
    units = sum(0.32 if c in NARROW else 0.9 if c in WIDE else 0.6 for c in text)
    return units * size_px + 0.06 * size_px * sum(c.isupper() for c in text)


def _within(place: Place, view: View) -> bool:
    left, bottom, right, top = view.box
    return left < place.x_m < right and bottom < place.y_m < top


def _labelled(place: Place, view: View, step: int) -> PlacedLabel:
    lines = _lines(place)
    box = _box(lines, 0.0, 0.0, not place.code)
    radius = place.radius_m / view.unit_m / view.width
    corner = math.hypot(box[2], box[3])
    return PlacedLabel(
        x=(place.x_m / view.unit_m - view.left) / view.width,
        y=(-place.y_m / view.unit_m - view.top) / view.height,
        lines=lines,
        step=step,
        code=place.code,
        inside=sum(corner > radius * wide for wide in STEPS_PX),
    )


def _box(lines: Sequence[str], x: float, y: float, group: bool) -> _Box:
    size, line = (GROUP_SIZE_PX, GROUP_LINE_PX) if group else (SIZE_PX, LINE_PX)
    half_width = max(text_width(text, size) for text in lines) / 2 + GAP_PX
    half_height = len(lines) * line / 2 + GAP_PX / 2
    return (x - half_width, y - half_height, x + half_width, y + half_height)


def _fits(place: Place, box: _Box, view: View, width: float) -> bool:
    height = width * view.height / view.width
    across = 2 * place.radius_m / view.unit_m * width / view.width
    inside_view = (
        box[0] >= EDGE_PX
        and box[1] >= EDGE_PX
        and box[2] <= width - EDGE_PX
        and box[3] <= height - EDGE_PX
    )
    if not inside_view or not place.code:
        return inside_view
    return across >= SMALLEST_PX and across * place.spill >= box[2] - box[0]


def _meets_any(box: _Box, others: Sequence[_Box]) -> bool:
    if not others:
        return False
    found = np.asarray(others)
    return bool(
        (
            (box[0] < found[:, 2])
            & (found[:, 0] < box[2])
            & (box[1] < found[:, 3])
            & (found[:, 1] < box[3])
        ).any()
    )
