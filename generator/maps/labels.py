"""Names on maps: never over one another, in the order given, by default the most important first.

Static maps carry their names in a drawing of their own that lies over the map.  It has no view
box: places are shares of its width and height, sizes are CSS pixels, so that names keep their
size however wide the map is shown.  Two names that are apart on a narrow map are apart on every
wider one; so each name gets the narrowest width at which it has room (`PlacedLabel.step`), and
the style sheet hides it below that.  What comes with every move of a live map is placed by
``templates/assets/map/labels.js``, by the same rules.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from generator.maps.asides import Aside, Ground, Side, asides, box_of, reaching, sides
from generator.maps.framing import View
from generator.maps.layers import Box, Geometries, Layer
from generator.maps.lettering import LINE_PX, MOST_GROUP_LETTERS, forms, wrapped

STEPS_PX = (300, 380, 460, 560, 680, 820)
"""Widths of the map, in CSS pixels, at which more names appear."""
USUAL_STEP = 3
SPILL, LARGE_SPILL, CELL_SPILL = 2.8, 14.0, 1.35
"""How much wider than the widest circle within its area a name may be: of most areas, of the
most important ones, and of cells."""
LARGE_SHARE = 0.15
"""So many of the areas whose importance is known may be named although they are small."""
SMALLEST_PX = 5.0
"""Areas whose widest circle is smaller than this across are not named."""
EDGE_PX = 2.0
MOST_CIRCLES = 3_000
"""With more areas than this, circles are estimated from points and sizes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name may stand: centre and radius (metres, EPSG:3857) of a circle of its area.

    ``code`` is empty for the name of a group; ``spill`` is how much wider than the circle
    the name may be.  With a ``side`` the name stands beside what it names, and (x, y) is where.
    """

    x_m: float
    y_m: float
    radius_m: float
    name: str
    code: str
    spill: float = SPILL
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A name in lines: its middle as shares of the map, and the widths from which it shows.

    ``step`` counts in `STEPS_PX`; from step ``inside`` on the name lies within its area, which
    is as many as there are steps if it never does.  With an ``aside`` the name stands beside
    the place, at the end of a line to it or (``lead``, shares of the map) to another.
    """

    x: float
    y: float
    lines: tuple[str, ...]
    step: int
    code: str
    inside: int
    aside: Aside | None = None
    lead: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """A part of a map (shares of width and height) that names stay out of."""

    left: float
    top: float
    right: float
    bottom: float


def places(
    layer: Layer,
    area_names: Mapping[str, str],
    group_names: Mapping[str, str],
    importance: Mapping[str, float],
) -> tuple[Place, ...]:
    """All names of a layer: groups, then areas, each from the most important to the least.

    Parameters
    ----------
    importance
        By code; areas that have none, or the same, are ordered by their size.  A group has
        that of its areas together, by its width: a city comes before the country around it.
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
    return (*group_places(layer, group_names, importance), *own)


def group_places(
    layer: Layer, names: Mapping[str, str], importance: Mapping[str, float]
) -> tuple[Place, ...]:
    """Where to write each group's name: the widest circle of its widest part.

    Cells have names of their own, so their groups' names stand beside all of them, if they can.
    """
    beside = _beside_cells(layer, names) if layer.cells else {}
    members: dict[str, list[int]] = {}
    for at, code in enumerate(layer.codes):
        group = layer.group_of.get(code)
        if group in names:
            members.setdefault(str(group), []).append(at)

    def made() -> list[list[float]]:
        return [_widest_circle(layer.geometry[rows]) for _, rows in sorted(members.items())]

    circles = layer.kept.value(("group middles", layer.digest, sorted(members.items())), made)
    found = {}
    for group, (x, y, radius) in zip(sorted(members), circles, strict=True):
        found[group] = beside.get(group) or Place(x, y, radius, names[group], "")

    def weight(group: str) -> float:
        total = sum(importance.get(layer.codes[at], 0.0) for at in members[group])
        return total / math.sqrt(shapely.area(layer.geometry[members[group]]).sum())

    return tuple(found[group] for group in sorted(found, key=lambda g: (-weight(g), g)))


def _beside_cells(layer: Layer, names: Mapping[str, str]) -> dict[str, Place]:
    """The names of groups that have room beside all cells, by group."""

    def made() -> list[object]:
        return [[g, x, y, side.end, side.target] for g, (x, y, side) in sides(layer, names)]

    found = layer.kept.value(("sides", layer.digest, sorted(names.items())), made)
    return {
        g: Place(x, y, 0.0, names[g], "", SPILL, Side(end, tuple(to) if to else None))
        for g, x, y, end, to in found
    }


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
    wanted: Sequence[Place],
    view: View,
    *,
    taken: Sequence[Room] = (),
    ground: Ground | None = None,
    steps: int = len(STEPS_PX),
) -> list[PlacedLabel]:
    """The names that have room in a view, most important first, none over another.

    Parameters
    ----------
    wanted
        In the order of importance.
    taken
        What names must stay out of.
    ground
        Which areas may be named beside themselves, and what those names must not cover.
    steps
        How many of the widths to look at: a map that never is wide needs no more.
    """
    waiting = [p for p in wanted if _within(p, view)]
    # What a usual width has room for comes first; narrower maps show some of it, wider ones more.
    usual = _Board(view, USUAL_STEP, taken, ground).add(waiting, [])
    chosen = {label.code or label.lines: label.aside is not None for label in usual}
    placed: list[PlacedLabel] = []
    for step in range(steps):
        narrow = step < USUAL_STEP
        found = [p for p in waiting if not narrow or _key(p) in chosen]
        apart = {_key(p) for p in found if not narrow or chosen[_key(p)]}
        placed += _Board(view, step, taken, ground).add(found, placed, apart)
        done = {label.code or label.lines for label in placed}
        waiting = [p for p in waiting if _key(p) not in done]
    return placed


class _Board:
    """A view at the width of a step, and what stands on it."""

    def __init__(self, view: View, step: int, taken: Sequence[Room], ground: Ground | None) -> None:
        self.view, self.step, self.ground = view, step, ground
        self.width = float(STEPS_PX[step])
        self.height = self.width * view.height / view.width
        w, h = self.width, self.height
        self.boxes = [(r.left * w, r.top * h, r.right * w, r.bottom * h) for r in taken]

    def add(
        self,
        waiting: Iterable[Place],
        placed: Sequence[PlacedLabel],
        apart: Iterable[str | tuple[str, ...]] | None = None,
    ) -> list[PlacedLabel]:
        """The names that have room beside those that are placed; `apart` may stand aside."""
        self.boxes += [self._box(label) for label in placed]
        own = self.ground.codes if self.ground else frozenset()
        first = [p for p in waiting if p.code in own]
        found = [label for p in first if (label := self._first(p))]
        done = {label.code for label in found}
        may = set(own if apart is None else apart)
        left = [p for p in first if p.code not in done and p.code in may]
        found += [label for p in left if (label := self._beside(p))]
        return found + [label for p in waiting if p.code not in own and (label := self._centred(p))]

    def _box(self, label: PlacedLabel) -> Box:
        """What a name takes up, with the line that leads to it."""
        x, y = label.x * self.width, label.y * self.height
        box = box_of(label.lines, label.aside, group=not label.code)
        if label.aside and label.code:
            box = reaching(box)
        return (box[0] + x, box[1] + y, box[2] + x, box[3] + y)

    def _centred(self, place: Place) -> PlacedLabel | None:
        for lines in _forms(place):
            label = _labelled(place, self.view, self.step, lines)
            box = self._box(label)
            if _fits(place, box, self.view, self.width) and not _meets_any(box, self.boxes):
                self.boxes.append(box)
                return label
        return None

    def _first(self, place: Place) -> PlacedLabel | None:
        thin = self.ground is not None and place.code in self.ground.thin
        return (self._beside(place) if thin else None) or self._centred(place)

    def _beside(self, place: Place) -> PlacedLabel | None:
        """The name of an area that has no room for it, where there is room beside the area."""
        if self.ground is None:
            return None
        lines = _forms(place)[0]
        pixel_m = self.view.unit_m * self.view.width / self.width
        tried = asides(place.radius_m / pixel_m, len(lines) * LINE_PX)
        boxes = np.array([box_of(lines, aside) for aside in tried])
        # On a wider map the name stands nearer to its area.
        least_m = self.view.unit_m * self.view.width / STEPS_PX[-1]
        point = (place.x_m, place.y_m)
        free = self.ground.free(place.code, point, boxes * pixel_m)
        free &= self.ground.free(place.code, point, boxes * least_m)
        for at in np.flatnonzero(free):
            label = replace(_labelled(place, self.view, self.step, lines), aside=tried[at])
            box = self._box(label)
            if _inside(box, self.width, self.height) and not _meets_any(box, self.boxes):
                self.boxes.append(box)
                return replace(label, inside=len(STEPS_PX))
        return None


def _key(place: Place) -> str | tuple[str, ...]:
    return place.code or _forms(place)[0]


def _forms(place: Place) -> tuple[tuple[str, ...], ...]:
    if place.code:
        return forms(place.name)
    longest = max(map(len, place.name.split()), default=1)
    most = longest if place.side else MOST_GROUP_LETTERS
    return (wrapped(place.name, most),)


def _within(place: Place, view: View) -> bool:
    left, bottom, right, top = view.box
    return left < place.x_m < right and bottom < place.y_m < top


def _labelled(place: Place, view: View, step: int, lines: tuple[str, ...]) -> PlacedLabel:
    box = box_of(lines)
    radius = place.radius_m / view.unit_m / view.width
    corner = math.hypot(box[2], box[3])
    side = place.side

    def share(x_m: float, y_m: float) -> tuple[float, float]:
        x, y = x_m / view.unit_m - view.left, -y_m / view.unit_m - view.top
        return x / view.width, y / view.height

    return PlacedLabel(
        *share(place.x_m, place.y_m),
        lines=lines,
        step=step,
        code=place.code,
        inside=sum(corner > radius * wide for wide in STEPS_PX),
        aside=side.aside(len(lines)) if side else None,
        lead=share(*side.target) if side and side.target else None,
    )


def _inside(box: Box, width: float, height: float) -> bool:
    return (
        box[0] >= EDGE_PX
        and box[1] >= EDGE_PX
        and box[2] <= width - EDGE_PX
        and box[3] <= height - EDGE_PX
    )


def _fits(place: Place, box: Box, view: View, width: float) -> bool:
    inside_view = _inside(box, width, width * view.height / view.width)
    if not inside_view or not place.code:
        return inside_view
    across = 2 * place.radius_m / view.unit_m * width / view.width
    return across >= SMALLEST_PX and across * place.spill >= box[2] - box[0]


def _meets_any(box: Box, others: Sequence[Box]) -> bool:
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
