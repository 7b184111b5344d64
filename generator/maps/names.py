"""The names of a layout: where each may stand, and whose come first.

Which of them have room on a map is for `maps.labels`; on a page's map those of its own areas come
first (`pages.mapping`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import shapely

from generator.data.compare import Comparison
from generator.maps.asides import Side, sides
from generator.maps.layouts import Geometries, Layout, middles_of

SPILL, LARGE_SPILL, CELL_SPILL = 2.8, 14.0, 1.35
"""How much wider than the widest circle within its area a name may be: of most areas, of the
most important ones, and of cells."""
LARGE_SHARE = 0.15
"""So many of the areas whose importance is known may be named although they are small."""
SPARE = 0.0
"""Instead of a spill: a place for a group's name if the places before it had no room."""
MOST_SPARE, SPARE_SHARE = 2, 0.5
"""Further places for a group's name, and how wide their circles are at least, as a share of the
widest: a region that bends around a city still has room elsewhere."""


@dataclass(frozen=True, slots=True)
class NamePlace:
    """Where a name may stand: centre and radius (metres, EPSG:3857) of a circle of its area.

    ``code`` is empty for the name of a group; ``spill`` is how much wider than the circle
    the name may be, or `SPARE`.  With a ``side`` the name stands beside what it names, and
    (x, y) is where.
    """

    x_m: float
    y_m: float
    radius_m: float
    name: str
    code: str
    spill: float = SPILL
    side: Side | None = None


def places(
    layout: Layout,
    area_names: Mapping[str, str],
    group_names: Mapping[str, str],
    importance: Mapping[str, float],
) -> tuple[NamePlace, ...]:
    """All names of a layout: groups, then areas, each from the most important to the least.

    Parameters
    ----------
    importance
        By code; areas that have none, or the same, are ordered by their size.  A group has
        that of its areas together, by its width: a city comes before the country around it.
    """
    size = dict(zip(layout.codes, shapely.area(layout.geometry).tolist(), strict=True))
    order = sorted(
        (c for c in layout.codes if c in area_names),
        key=lambda c: (-importance.get(c, 0.0), -size[c], c),
    )
    middles = layout.kept.value(
        ("middles", layout.digest, order),
        lambda: middles_of(layout.geometry[[layout.at[code] for code in order]]).tolist(),
    )
    large = round(LARGE_SHARE * sum(importance.get(code, 0.0) > 0 for code in order))
    usual = CELL_SPILL if layout.cells else SPILL
    spill = {c: LARGE_SPILL for c in order[:large] if not layout.cells}
    own = tuple(
        NamePlace(x, y, radius, area_names[c], c, spill.get(c, usual))
        for c, (x, y, radius) in zip(order, middles, strict=True)
    )
    return (*group_places(layout, group_names, importance), *own)


def group_places(
    layout: Layout, names: Mapping[str, str], importance: Mapping[str, float]
) -> tuple[NamePlace, ...]:
    """Where to write each group's name: the widest circle of its widest part, then spare places.

    Cells have names of their own, so their groups' names stand beside all of them, if they can.
    """
    beside = _beside_cells(layout, names) if layout.cells else {}
    members: dict[str, list[int]] = {}
    for at, code in enumerate(layout.codes):
        group = layout.group_of.get(code)
        if group in names:
            members.setdefault(str(group), []).append(at)

    def made() -> list[list[list[float]]]:
        return [_widest_circles(layout.geometry[rows]) for _, rows in sorted(members.items())]

    circles = layout.kept.value(("group circles", layout.digest, sorted(members.items())), made)
    found = {}
    for group, own in zip(sorted(members), circles, strict=True):
        spills = (SPILL, *[SPARE] * MOST_SPARE)
        inside = [
            NamePlace(x, y, radius, names[group], "", spill)
            for (x, y, radius), spill in zip(own, spills, strict=False)
        ]
        found[group] = [beside[group]] if group in beside else inside

    def weight(group: str) -> float:
        total = sum(importance.get(layout.codes[at], 0.0) for at in members[group])
        return total / math.sqrt(shapely.area(layout.geometry[members[group]]).sum())

    order = sorted(found, key=lambda g: (-weight(g), g))
    return tuple(place for group in order for place in found[group])


def _beside_cells(layout: Layout, names: Mapping[str, str]) -> dict[str, NamePlace]:
    """The names of groups that have room beside all cells, by group."""

    def made() -> list[object]:
        return [[g, x, y, side.end, side.target] for g, (x, y, side) in sides(layout, names)]

    found = layout.kept.value(("sides", layout.digest, sorted(names.items())), made)
    return {
        g: NamePlace(x, y, 0.0, names[g], "", SPILL, Side(end, tuple(to) if to else None))
        for g, x, y, end, to in found
    }


def _widest_circles(areas: Geometries) -> list[list[float]]:
    """Centre and radius, metres, of the widest circle within some areas, roughly; then of those
    beside it that are nearly as wide.
    """
    union = shapely.union_all(shapely.simplify(areas, 1_000.0).tolist())
    widest = max(shapely.get_parts(shapely.buffer(union, 500.0)), key=shapely.area)
    found: list[list[float]] = []
    while len(found) <= MOST_SPARE and not widest.is_empty:
        circle = shapely.maximum_inscribed_circle(widest, tolerance=2_000.0)
        x, y = circle.coords[0]
        radius = float(circle.length)
        if found and radius < SPARE_SHARE * found[0][2]:
            break
        found.append([x, y, radius])
        widest = shapely.difference(widest, shapely.buffer(shapely.Point(x, y), radius))
    return found


def ordered(found: Iterable[NamePlace], first: Sequence[Iterable[str]]) -> list[NamePlace]:
    """Places with those of some codes before the others, tier by tier; else as they were."""
    tier = {code: at for at in range(len(first) - 1, -1, -1) for code in first[at]}
    return sorted(found, key=lambda place: tier.get(place.code, len(first)))


def name_places(comparison: Comparison, layout: Layout) -> tuple[NamePlace, ...]:
    """Where the names of a layout's groups and areas may stand, the most important first."""
    outlined = set(layout.group_of.values())
    return places(
        layout,
        {code: area.name for code, area in comparison.areas.items()},
        {group.id: group.name for group in comparison.groups if group.id in outlined},
        {code: area.importance for code, area in comparison.areas.items()},
    )
