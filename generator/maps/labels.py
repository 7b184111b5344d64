"""Which names have room on a map, in the order given: at a constant size, never over one another.

Static maps carry their names in a drawing of their own that lies over the map.  It has no view
box: places are shares of its width and height, sizes are CSS pixels, so that names keep their
size however wide the map is shown.  Two names that are apart on a narrow map are apart on every
wider one; so each name gets the narrowest width at which it has room (`PlacedLabel.step`), and
the style sheet hides it below that.  What comes with every move of a live map is placed by
``templates/assets/map/labels.js``, by the same rules.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from generator.maps.asides import Aside, Ground, asides, box_of, reaching
from generator.maps.framing import Window
from generator.maps.layouts import Box
from generator.maps.lettering import LINE_PX, MOST_GROUP_LETTERS, forms, wrapped
from generator.maps.names import SPARE, NamePlace

STEPS_PX = (230, 300, 380, 460, 560, 680, 820)
"""Widths of the map, in CSS pixels, at which more names appear."""
USUAL_STEP = 4
SMALLEST_PX = 5.0
"""Areas whose widest circle is smaller than this across are not named."""
EDGE_PX = 2.0


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


def place_labels(
    wanted: Sequence[NamePlace],
    window: Window,
    *,
    taken: Sequence[Room] = (),
    ground: Ground | None = None,
    steps: int = len(STEPS_PX),
) -> list[PlacedLabel]:
    """The names that have room in a window, most important first, none over another.

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
    waiting = [p for p in wanted if _within(p, window)]
    # What a usual width has room for comes first; narrower maps show some of it, wider ones more.
    usual = _Board(window, USUAL_STEP, taken, ground).add(waiting, [])
    chosen = {label.code or label.lines: label.aside is not None for label in usual}
    placed: list[PlacedLabel] = []
    for step in range(1, steps):
        narrow = step < USUAL_STEP
        found = [p for p in waiting if not narrow or _key(p) in chosen]
        apart = {_key(p) for p in found if not narrow or chosen[_key(p)]}
        placed += _Board(window, step, taken, ground).add(found, placed, apart)
        done = {label.code or label.lines for label in placed}
        waiting = [p for p in waiting if _key(p) not in done]
    return _narrowest(placed, wanted, _Board(window, 0, taken, ground))


def _narrowest(
    placed: Sequence[PlacedLabel], wanted: Iterable[NamePlace], board: _Board
) -> list[PlacedLabel]:
    """The same names; those of the second step that also have room at the first show from there.

    A drawing as narrow as an inset may name few areas, and so keep out none that is more
    important and has room a little later.
    """
    early = {label.code or label.lines: label for label in placed if label.step == 1}
    again = [p for p in wanted if _key(p) in early and _within(p, board.window)]
    apart = [key for key, label in early.items() if label.aside]
    found = board.add(again, [], apart)
    same = {
        key for label in found if replace(label, step=1) == early[key := label.code or label.lines]
    }
    return [
        replace(p, step=0) if (p.code or p.lines) in same and p.step == 1 else p for p in placed
    ]


class _Board:
    """A window at the width of a step, and what stands on it."""

    def __init__(
        self, window: Window, step: int, taken: Sequence[Room], ground: Ground | None
    ) -> None:
        self.window, self.step, self.ground = window, step, ground
        self.width = float(STEPS_PX[step])
        self.height = self.width * window.height / window.width
        w, h = self.width, self.height
        self.boxes = [(r.left * w, r.top * h, r.right * w, r.bottom * h) for r in taken]

    def add(
        self,
        waiting: Iterable[NamePlace],
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
        named: set[str | tuple[str, ...]] = set()
        for p in waiting:
            spare = p.spill == SPARE and _key(p) in named
            if p.code not in own and not spare and (label := self._centred(p)):
                named.add(_key(p))
                found.append(label)
        return found

    def _box(self, label: PlacedLabel) -> Box:
        """What a name takes up, with the line that leads to it."""
        x, y = label.x * self.width, label.y * self.height
        box = box_of(label.lines, label.aside, group=not label.code)
        if label.aside and label.code:
            box = reaching(box)
        return (box[0] + x, box[1] + y, box[2] + x, box[3] + y)

    def _centred(self, place: NamePlace) -> PlacedLabel | None:
        for lines in _forms(place):
            label = _labelled(place, self.window, self.step, lines)
            box = self._box(label)
            if _fits(place, box, self.window, self.width) and not _meets_any(box, self.boxes):
                self.boxes.append(box)
                return label
        return None

    def _first(self, place: NamePlace) -> PlacedLabel | None:
        thin = self.ground is not None and place.code in self.ground.thin
        return (self._beside(place) if thin else None) or self._centred(place)

    def _beside(self, place: NamePlace) -> PlacedLabel | None:
        """The name of an area that has no room for it, where there is room beside the area."""
        if self.ground is None:
            return None
        lines = _forms(place)[0]
        pixel_m = self.window.unit_m * self.window.width / self.width
        tried = asides(place.radius_m / pixel_m, len(lines) * LINE_PX)
        boxes = np.array([box_of(lines, aside) for aside in tried])
        # On a wider map the name stands nearer to its area.
        least_m = self.window.unit_m * self.window.width / STEPS_PX[-1]
        point = (place.x_m, place.y_m)
        free = self.ground.free(place.code, point, boxes * pixel_m)
        free &= self.ground.free(place.code, point, boxes * least_m)
        for at in np.flatnonzero(free):
            label = replace(_labelled(place, self.window, self.step, lines), aside=tried[at])
            box = self._box(label)
            if _inside(box, self.width, self.height) and not _meets_any(box, self.boxes):
                self.boxes.append(box)
                return replace(label, inside=len(STEPS_PX))
        return None


def _key(place: NamePlace) -> str | tuple[str, ...]:
    return place.code or _forms(place)[0]


def _forms(place: NamePlace) -> tuple[tuple[str, ...], ...]:
    if place.code:
        return forms(place.name)
    longest = max(map(len, place.name.split()), default=1)
    most = longest if place.side else MOST_GROUP_LETTERS
    return (wrapped(place.name, most),)


def _within(place: NamePlace, window: Window) -> bool:
    left, bottom, right, top = window.box
    return left < place.x_m < right and bottom < place.y_m < top


def _labelled(place: NamePlace, window: Window, step: int, lines: tuple[str, ...]) -> PlacedLabel:
    box = box_of(lines)
    radius = place.radius_m / window.unit_m / window.width
    corner = math.hypot(box[2], box[3])
    side = place.side

    def share(x_m: float, y_m: float) -> tuple[float, float]:
        x, y = x_m / window.unit_m - window.left, -y_m / window.unit_m - window.top
        return x / window.width, y / window.height

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


def _fits(place: NamePlace, box: Box, window: Window, width: float) -> bool:
    inside_window = _inside(box, width, width * window.height / window.width)
    if not inside_window or not place.code:
        return inside_window
    across = 2 * place.radius_m / window.unit_m * width / window.width
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
