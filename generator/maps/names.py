"""The names of a layer: where each may stand, and whose come first.

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
from generator.maps.layers import Geometries, Layer

SPILL, LARGE_SPILL, CELL_SPILL = 2.8, 14.0, 1.35
"""How much wider than the widest circle within its area a name may be: of most areas, of the
most important ones, and of cells."""
LARGE_SHARE = 0.15
"""So many of the areas whose importance is known may be named although they are small."""
MOST_CIRCLES = 3_000
"""With more areas than this, circles are estimated from points and sizes."""


@dataclass(frozen=True, slots=True)
class NamePlace:
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


def places(
    layer: Layer,
    area_names: Mapping[str, str],
    group_names: Mapping[str, str],
    importance: Mapping[str, float],
) -> tuple[NamePlace, ...]:
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
        NamePlace(x, y, radius, area_names[c], c, spill.get(c, usual))
        for c, (x, y, radius) in ((code, found[code]) for code in order)
    )
    return (*group_places(layer, group_names, importance), *own)


def group_places(
    layer: Layer, names: Mapping[str, str], importance: Mapping[str, float]
) -> tuple[NamePlace, ...]:
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
        found[group] = beside.get(group) or NamePlace(x, y, radius, names[group], "")

    def weight(group: str) -> float:
        total = sum(importance.get(layer.codes[at], 0.0) for at in members[group])
        return total / math.sqrt(shapely.area(layer.geometry[members[group]]).sum())

    return tuple(found[group] for group in sorted(found, key=lambda g: (-weight(g), g)))


def _beside_cells(layer: Layer, names: Mapping[str, str]) -> dict[str, NamePlace]:
    """The names of groups that have room beside all cells, by group."""

    def made() -> list[object]:
        return [[g, x, y, side.end, side.target] for g, (x, y, side) in sides(layer, names)]

    found = layer.kept.value(("sides", layer.digest, sorted(names.items())), made)
    return {
        g: NamePlace(x, y, 0.0, names[g], "", SPILL, Side(end, tuple(to) if to else None))
        for g, x, y, end, to in found
    }


def _widest_circle(areas: Geometries) -> list[float]:
    """Centre and radius, metres, of the widest circle within some areas, roughly."""
    union = shapely.union_all(shapely.simplify(areas, 1_000.0).tolist())
    widest = max(shapely.get_parts(shapely.buffer(union, 500.0)), key=shapely.area)
    circle = shapely.maximum_inscribed_circle(widest, tolerance=2_000.0)
    x, y = circle.coords[0]
    return [x, y, float(circle.length)]


def ordered(found: Iterable[NamePlace], first: Sequence[Iterable[str]]) -> list[NamePlace]:
    """Places with those of some codes before the others, tier by tier; else as they were."""
    tier = {code: at for at in range(len(first) - 1, -1, -1) for code in first[at]}
    return sorted(found, key=lambda place: tier.get(place.code, len(first)))


def layer_names(comparison: Comparison, layer: Layer) -> tuple[NamePlace, ...]:
    """Where the names of a layer's groups and areas may stand, the most important first."""
    outlined = set(layer.group_of.values())
    return places(
        layer,
        {code: area.name for code, area in comparison.areas.items()},
        {group.id: group.name for group in comparison.groups if group.id in outlined},
        {code: area.importance for code, area in comparison.areas.items()},
    )
