"""The swarm: a dot for each area of a measure, packed so that none lies upon another.

Places along the width are those of the measure's scale; heights are in CSS pixels.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generator.charts.scales import Scale, scale_of
from generator.data.compare import Measure

NARROW_PX = 340
"""Dots are packed for this width; on a wider screen they only move apart."""
DOT_PX = 5.0
MAX_DOTS = 1500
ROOM_PX = 10
"""Room above and below the middle line grows in such steps: else one dot more at the tallest place
would move the charts of all pages."""


@dataclass(frozen=True, slots=True)
class Swarm:
    """A beeswarm of one measure.

    Attributes
    ----------
    points
        ``(thousandths of the width, pixels above the lower end of that room)`` by code,
        from left to right.
    height_px
        Room for the dots' middles: as much above the middle line as below it.
    dot_px
        Diameter at which no two dots overlap at `NARROW_PX` and wider.
    each
        How many areas a dot stands for; more than 1 only beyond `MAX_DOTS` areas.
    dots
        The codes that are drawn; the others of `points` lie on the middle line.
    middle_px
        Height of the middle line in that room.
    """

    scale: Scale
    points: Mapping[str, tuple[int, int]]
    height_px: int
    dot_px: float
    each: int
    dots: tuple[str, ...]
    middle_px: int

    def room(self) -> Swarm:
        """What the charts of all pages rely on, whatever lies where: all but the dots."""
        return replace(self, points={}, dots=())


def swarm(measure: Measure) -> Swarm:
    """Pack one dot per known area, side by side, never one upon another.

    The same dots always give the same picture: from left to right, each dot takes the
    free place nearest to the middle line, above before below.  Beyond `MAX_DOTS` areas a
    dot stands for several that lie side by side, so that a chart never costs more.
    """
    scale = scale_of(measure)
    along = sorted((round(scale.at(value)), code) for code, value in measure.values.items())
    each = math.ceil(len(along) / MAX_DOTS) if along else 1
    shown = along[each // 2 :: each]
    dot_px = max(2.0, min(DOT_PX, DOT_PX * math.sqrt(324 / max(1, len(shown)))))
    offsets = pack([x * NARROW_PX / 1000 for x, _ in shown], dot_px)
    middle = ROOM_PX * math.ceil(max(map(abs, offsets), default=0) / ROOM_PX)
    points = {code: (x, middle) for x, code in along} if each > 1 else {}
    points |= {c: (x, middle + o) for (x, c), o in zip(shown, offsets, strict=True)}
    dots = tuple(code for _, code in shown)
    return Swarm(scale, points, 2 * middle, dot_px, each, dots, middle)


def pack(xs: Sequence[float], diameter: float) -> list[int]:
    """Whole-number offsets from the middle line for ascending `xs`, so that dots don't overlap.

    >>> pack([0, 0, 0, 10], 4)
    [0, 4, -4, 0]
    """
    offsets: list[int] = []
    for at, x in enumerate(xs):
        first = bisect_left(xs, x - diameter, 0, at)
        near = [(x - xs[i], offsets[i]) for i in range(first, at)]
        taken = [
            (o - math.sqrt(diameter**2 - dx**2), o + math.sqrt(diameter**2 - dx**2))
            for dx, o in near
            if dx < diameter
        ]
        candidates = {0}
        for low, high in taken:
            candidates |= {math.floor(low), math.ceil(high)}
        free = (c for c in candidates if all(c <= lo or c >= hi for lo, hi in taken))
        offsets.append(min(free, key=lambda c: (abs(c), -c)))
    return offsets
