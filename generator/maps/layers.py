"""Geometry ready to draw: projected, simplified as one coverage, on a whole-number grid.

A layer holds its areas in EPSG:3857, the plane of web maps, so that a static SVG and
an interactive map of the same view agree.  For drawing, a layer is asked for a
`Level`: all geometry simplified together (shared borders stay shared), snapped to
units of some metres, y downwards.  Levels come from a ladder of a factor √2, so that
many views share one, and a ring's path text is made once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

WEB_MERCATOR = "EPSG:3857"
_TO_WGS84 = Transformer.from_crs(WEB_MERCATOR, "EPSG:4326", always_xy=True)
LADDER_BASE_M = 25.0
"""Metres (EPSG:3857) per unit on rung 0; rung n has 25 · √2ⁿ."""

DETAIL_UNITS = 2.0
"""Detail smaller than this many units goes; a unit is a little over a CSS pixel."""

Box = tuple[float, float, float, float]
Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Shape:
    """One area on a level's grid.

    ``x, y`` is the start of its path in units, ``body`` what follows (only relative
    moves and lines, so it is the same wherever the start is put), ``box`` its extent.
    """

    x: int
    y: int
    body: str
    box: tuple[int, int, int, int]

    def path(self, left: int = 0, top: int = 0) -> str:
        """SVG path data, with the point (`left`, `top`) as origin."""
        return f"M{self.x - left} {self.y - top}{self.body}"


class Shapes(Mapping[str, Shape]):
    """The shapes of a level by code, each made when it is asked for and then kept."""

    def __init__(self, at: Mapping[str, int], areas: Geometries, unit_m: float) -> None:
        self._at, self._areas, self._unit_m = at, areas, unit_m
        self._made: dict[str, Shape] = {}

    def __getitem__(self, code: str) -> Shape:
        if code not in self._made:
            self._made[code] = _shape(self._areas[self._at[code]], self._unit_m)
        return self._made[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


@dataclass(frozen=True, slots=True)
class Level:
    """A layer at one resolution: shapes by code, outlines by group id, land around.

    ``borders`` are the outlines as lines, and ``areas`` the areas in the order of codes, in
    metres: for views that show a part of them.
    """

    unit_m: float
    shapes: Mapping[str, Shape]
    outlines: Mapping[str, Shape]
    borders: Mapping[str, shapely.Geometry]
    context: tuple[Shape, ...]
    beyond: tuple[Shape, ...]
    areas: Geometries
    land: Geometries

    def clipped(self, geometry: shapely.Geometry, box: Box) -> Shape | None:
        """The part of a geometry within a box (metres); None if there is none."""
        part = shapely.clip_by_rect(geometry, *box)
        polygons = [p for p in shapely.get_parts(part) if p.geom_type == "Polygon"]
        return _shape(shapely.multipolygons(polygons), self.unit_m) if polygons else None


@dataclass(frozen=True)
class Layer:
    """Areas in the plane.

    Attributes
    ----------
    id
        ``"geography"`` or ``"hexagons"``.
    codes
        Codes of the areas, rising.
    geometry
        One valid Polygon or MultiPolygon per code, EPSG:3857, sharing borders exactly.
    context
        Land around, of the same coverage.
    beyond
        Land that the boundaries' file lacks, as bands that fade away, the widest first.
    group_of
        The group whose outline an area belongs to, by code.
    cells
        True where every area is one cell, which is never simplified.
    note
        For the reader: what these shapes are.
    """

    id: str
    codes: tuple[str, ...]
    geometry: Geometries
    context: Geometries
    group_of: Mapping[str, str]
    cells: bool
    note: str
    beyond: Geometries = field(default_factory=lambda: np.empty(0, dtype=object))
    _levels: dict[int, Level] = field(default_factory=dict, compare=False, repr=False)
    _middles: dict[str, tuple[float, float, float]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """Bounds of each area (minx, miny, maxx, maxy), metres."""
        return np.asarray(shapely.bounds(self.geometry))

    @cached_property
    def box(self) -> Box:
        """Bounds of all areas, metres."""
        low, high = self.boxes[:, :2].min(axis=0), self.boxes[:, 2:].max(axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    @cached_property
    def usual_extent(self) -> float:
        """The median of the areas' longer sides, metres."""
        sides = self.boxes[:, 2:] - self.boxes[:, :2]
        return float(np.median(sides.max(axis=1)))

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Finds areas by place."""
        return shapely.STRtree(self.geometry)

    @cached_property
    def at(self) -> dict[str, int]:
        """Position of each code."""
        return {code: at for at, code in enumerate(self.codes)}

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """A point inside each area, shape (n, 2), metres."""
        return np.asarray(shapely.get_coordinates(shapely.point_on_surface(self.geometry)))

    def middle(self, code: str) -> tuple[float, float, float]:
        """Centre and radius of the widest circle within an area, metres; where a name fits."""
        if code not in self._middles:
            widest = max(shapely.get_parts(self.geometry[self.at[code]]), key=shapely.area)
            left, bottom, right, top = widest.bounds
            tolerance = max(right - left, top - bottom) / 50
            circle = shapely.maximum_inscribed_circle(widest, tolerance=tolerance)
            (x, y), _ = circle.coords
            self._middles[code] = (x, y, float(circle.length))
        return self._middles[code]

    def within(self, box: Box) -> list[str]:
        """Codes of the areas that meet a box, rising."""
        found = self.tree.query(shapely.box(*box), predicate="intersects")
        return [self.codes[at] for at in sorted(found)]

    def level(self, rung: int) -> Level:
        """The layer at 25 · √2^rung metres per unit; made once."""
        if rung not in self._levels:
            self._levels[rung] = _make_level(self, ladder_unit(rung))
        return self._levels[rung]

    def outline(self, codes: Sequence[str], rung: int) -> Shape:
        """The outline of some areas together; borders between them are left out."""
        areas = self.level(rung).areas[[self.at[c] for c in codes]]
        return _shape(union_of(areas), ladder_unit(rung))


def ladder_unit(rung: int) -> float:
    """Metres per unit on a rung of the ladder."""
    return float(LADDER_BASE_M * math.sqrt(2) ** rung)


def rung_for(metres_per_unit: float) -> int:
    """The coarsest rung whose unit is not above `metres_per_unit`."""
    return max(0, math.floor(2 * math.log2(metres_per_unit / LADDER_BASE_M) + 1e-9))


def to_wgs84(geometry: shapely.Geometry) -> shapely.Geometry:
    """A geometry of EPSG:3857 in longitude and latitude, to six decimals (about 0.1 m)."""
    degrees = shapely.transform(geometry, _TO_WGS84.transform, interleaved=False)
    return shapely.transform(degrees, lambda points: points.round(6))


def make_layer(
    id: str,
    frame: gpd.GeoDataFrame,
    *,
    context: gpd.GeoDataFrame | None = None,
    beyond: gpd.GeoDataFrame | None = None,
    group_of: Mapping[str, str] | None = None,
    cells: bool = False,
    note: str = "",
) -> Layer:
    """A layer from areas in any CRS.

    Parameters
    ----------
    frame
        Columns ``code`` and ``geometry``: valid polygons, one row a code.
    context
        Land around, same CRS; only geometry is used.
    beyond
        Bands of land that the file lacks, same CRS.
    group_of
        By code, the id of the group whose outline is drawn over the areas.
    cells
        True for hexagons.
    """
    frame = frame.sort_values("code")
    return Layer(
        id=id,
        codes=tuple(frame["code"]),
        geometry=np.asarray(frame.geometry.to_crs(WEB_MERCATOR).to_numpy(), dtype=object),
        context=_projected(context),
        beyond=_projected(beyond),
        group_of=dict(group_of or {}),
        cells=cells,
        note=note,
    )


def _projected(frame: gpd.GeoDataFrame | None) -> Geometries:
    shapes = frame.geometry.to_crs(WEB_MERCATOR).to_numpy() if frame is not None else []
    return np.asarray(shapes, dtype=object)


def grouped(layer: Layer) -> Layer:
    """A layer whose areas are the groups of another one; their ids are its codes."""
    members: dict[str, list[int]] = {}
    for at, code in enumerate(layer.codes):
        if code in layer.group_of:
            members.setdefault(layer.group_of[code], []).append(at)
    ids = tuple(sorted(members))
    unions = np.array([union_of(layer.geometry[members[id_]]) for id_ in ids], dtype=object)
    return replace(
        layer, codes=ids, geometry=unions, group_of={}, cells=False, _levels={}, _middles={}
    )


def simplify(layer: Layer, tolerance_m: float) -> tuple[Geometries, Geometries]:
    """All areas and the land around, simplified together (Visvalingam–Whyatt, by GEOS).

    Parameters
    ----------
    tolerance_m
        Roughly the length, in metres of EPSG:3857, of detail that may go.

    Returns
    -------
    tuple
        Simplified areas and context; a piece that would vanish stays as it was.
    """
    if layer.cells:
        return layer.geometry, layer.context
    whole = np.concatenate([layer.geometry, layer.context])
    thin = shapely.coverage_simplify(whole, tolerance_m)
    gone = shapely.is_empty(thin) | ~shapely.is_valid(thin)
    thin[gone] = whole[gone]
    return thin[: len(layer.geometry)], thin[len(layer.geometry) :]


def union_of(areas: Geometries) -> shapely.Geometry:
    """Areas of one coverage as one; overlaps and gaps are bridged the slow way."""
    try:
        union = shapely.coverage_union_all(areas)
    except shapely.GEOSException:
        union = None
    # Areas that could not be thinned stand at full detail beside thinned neighbours.
    if union is None or not shapely.is_valid(union):
        union = shapely.union_all(shapely.make_valid(areas))
    return union


def _make_level(layer: Layer, unit_m: float) -> Level:
    areas, context = simplify(layer, DETAIL_UNITS * unit_m)
    outlines: dict[str, Shape] = {}
    borders: dict[str, shapely.Geometry] = {}
    groups: dict[str, list[int]] = {}
    for at, code in enumerate(layer.codes):
        if code in layer.group_of:
            groups.setdefault(layer.group_of[code], []).append(at)
    for group, members in sorted(groups.items()):
        union = union_of(areas[members])
        outlines[group] = _shape(union, unit_m)
        borders[group] = shapely.boundary(union)
    return Level(
        unit_m,
        Shapes(layer.at, areas, unit_m),
        outlines,
        borders,
        tuple(_shape(land, unit_m) for land in context),
        tuple(_shape(band, unit_m) for band in layer.beyond),
        areas,
        context,
    )


def _shape(geometry: shapely.Geometry, unit_m: float) -> Shape:
    """Snap to the grid; rings of no area are left out unless nothing else is left."""
    rings = []
    # Simplifying may turn rings round, and a hole that runs like its shell would be filled.
    for polygon in shapely.get_parts(shapely.orient_polygons(geometry)):
        exterior = _grid_ring(shapely.get_exterior_ring(polygon), unit_m)
        if len(exterior) < 3:
            continue
        rings.append(exterior)
        holes = (_grid_ring(hole, unit_m) for hole in polygon.interiors)
        rings += [hole for hole in holes if len(hole) >= 3]
    if not rings:
        x, y = shapely.get_coordinates(shapely.point_on_surface(geometry))[0] / unit_m
        left, top = round(x), round(-y)
        rings = [np.array([(left, top), (left + 1, top), (left + 1, top + 1), (left, top + 1)])]
    start = rings[0][0]
    body, pen = [], start
    for number, ring in enumerate(rings):
        if number:
            dx, dy = ring[0] - pen
            body.append(f"m{dx}{_signed(dy)}")
        steps = np.diff(ring, axis=0)
        body.append("l" + _pairs(steps) + "z")
        pen = ring[0]
    points = np.concatenate(rings)
    low, high = points.min(axis=0), points.max(axis=0)
    box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
    return Shape(int(start[0]), int(start[1]), "".join(body), box)


def _grid_ring(ring: shapely.Geometry, unit_m: float) -> NDArray[np.int64]:
    """Whole-number corners of a ring, y down, open, without repeats and straight runs."""
    points: NDArray[np.int64] = np.rint(shapely.get_coordinates(ring) / (unit_m, -unit_m)).astype(
        np.int64
    )
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    points = points[keep]
    if len(points) > 1 and (points[0] == points[-1]).all():
        points = points[:-1]
    if len(points) < 3:
        return points
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    # A vertex on a straight line draws nothing, but a spike's tip must stay.
    ahead = (before * after).sum(axis=1) > 0
    kept: NDArray[np.int64] = points[(turn != 0) | ~ahead]
    return kept


def line_path(lines: shapely.Geometry, unit_m: float, left: int, top: int) -> str:
    """Lines as SVG path data on the grid, with the point (`left`, `top`) as origin."""
    parts = []
    for line in shapely.get_parts(shapely.line_merge(lines)):
        scaled = shapely.get_coordinates(line) / (unit_m, -unit_m)
        points: NDArray[np.int64] = np.rint(scaled).astype(np.int64) - (left, top)
        keep = np.ones(len(points), dtype=bool)
        keep[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
        points = points[keep]
        if len(points) > 1:
            x, y = points[0]
            parts.append(f"M{x} {y}l{_pairs(np.diff(points, axis=0))}")
    return "".join(parts)


def _pairs(steps: NDArray[np.int64]) -> str:
    """Relative steps as compact path text: ``5-6 7 8``; a minus needs no space before it."""
    text = " ".join(f"{dx}{_signed(dy)}" for dx, dy in steps.tolist())
    return text.replace(" -", "-")


def _signed(number: int) -> str:
    return f"{number}" if number < 0 else f" {number}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of a layer that is fetched as one file: its areas' paths by code, and their box."""

    box: tuple[int, int, int, int]
    paths: Mapping[str, str]


def sheets(layer: Layer, rung: int, *, target_bytes: int = 40_000) -> list[Sheet]:
    """Cut a level into sheets of neighbouring areas, each of about `target_bytes`.

    Areas are halved along the longer side of their extent until a part is small
    enough (a k-d tree), so that a sheet is compact; the order is that of the tree.
    """
    level = layer.level(rung)
    sizes = {code: len(shape.body) + 24 for code, shape in level.shapes.items()}
    parts: list[list[str]] = []

    def halve(codes: list[str]) -> None:
        if len(codes) <= 1 or sum(sizes[c] for c in codes) <= target_bytes:
            parts.append(sorted(codes))
            return
        points = layer.points[[layer.at[c] for c in codes]]
        axis = int(np.argmax(points.max(axis=0) - points.min(axis=0)))
        order = sorted(codes, key=lambda c: (layer.points[layer.at[c]][axis], c))
        middle = len(order) // 2
        halve(order[:middle])
        halve(order[middle:])

    halve(list(layer.codes))
    return [
        Sheet(_box([level.shapes[c] for c in part]), {c: level.shapes[c].path() for c in part})
        for part in parts
    ]


def _box(shapes: Sequence[Shape]) -> tuple[int, int, int, int]:
    boxes = np.array([shape.box for shape in shapes])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
