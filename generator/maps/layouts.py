"""Geometry ready to draw: projected, simplified as one coverage, on a whole-number grid.

A layout holds its areas in EPSG:3857, the plane of web maps, so that a static SVG and
an interactive map of the same window agree.  For drawing, a layout is asked for a
`Detail`: all geometry simplified together (shared borders stay shared), snapped to
units of some metres, y downwards.  Details come from a ladder of a factor √2, so that
many windows share one, and a ring's path text is made once.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from generator.kept import Kept, digest
from generator.maps.shapes import Shape, snapped
from generator.sources.coverages import union_of

WEB_MERCATOR = "EPSG:3857"
_TO_WGS84 = Transformer.from_crs(WEB_MERCATOR, "EPSG:4326", always_xy=True)
LADDER_BASE_M = 25.0
"""Metres (EPSG:3857) per unit on rung 0; rung n has 25 · √2ⁿ."""

DETAIL_UNITS = 2.0
"""Detail smaller than this many units goes; a unit is a little over a CSS pixel."""

Box = tuple[float, float, float, float]
Geometries = NDArray[np.object_]


class Shapes(Mapping[str, Shape]):
    """The shapes of a detail by code, each made when it is asked for and then kept."""

    def __init__(self, at: Mapping[str, int], areas: Geometries, unit_m: float) -> None:
        self._at, self._areas, self._unit_m = at, areas, unit_m
        self._made: dict[str, Shape] = {}

    def __getitem__(self, code: str) -> Shape:
        if code not in self._made:
            self._made[code] = snapped(self._areas[self._at[code]], self._unit_m)
        return self._made[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


@dataclass(frozen=True, slots=True)
class Detail:
    """A layout in one degree of detail: shapes by code, outlines by group id, land around.

    ``borders`` are the outlines as lines, and ``areas`` the areas in the order of codes, in
    metres: for windows that show a part of them.
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
        return snapped(shapely.multipolygons(polygons), self.unit_m) if polygons else None


@dataclass(frozen=True)
class Layout:
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
    kept
        What former builds made of these very shapes.
    """

    id: str
    codes: tuple[str, ...]
    geometry: Geometries
    context: Geometries
    group_of: Mapping[str, str]
    cells: bool
    note: str
    beyond: Geometries = field(default_factory=lambda: np.empty(0, dtype=object))
    kept: Kept = field(default_factory=Kept, compare=False, repr=False)
    _details: dict[int, Detail] = field(default_factory=dict, compare=False, repr=False)
    _shapes: dict[tuple[str, int], dict[str, Shape]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _middles: dict[str, tuple[float, float, float]] = field(
        default_factory=dict, compare=False, repr=False
    )

    _within: dict[Box, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def digest(self) -> str:
        """A hash of all that may be drawn of the layout."""
        found = hashlib.sha256()
        for shapes in (self.geometry, self.context, self.beyond):
            for content in shapely.to_wkb(shapes):
                found.update(content)
            found.update(b";")
        found.update(digest(self.codes, sorted(self.group_of.items()), self.cells).encode())
        return found.hexdigest()[:32]

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
            self._middles[code] = middle_of(self.geometry[self.at[code]])
        return self._middles[code]

    def within(self, box: Box) -> list[str]:
        """Codes of the areas that meet a box, rising."""
        if box not in self._within:
            found = self.tree.query(shapely.box(*box), predicate="intersects")
            self._within.clear()  # a page asks four times for the box of its map, and no other does
            self._within[box] = tuple(self.codes[at] for at in sorted(found))
        return list(self._within[box])

    def shapes(self, rung: int) -> dict[str, Shape]:
        """All areas at 25 · √2^rung metres per unit, by code."""
        return self._shapes_of("areas", rung, lambda: self.detail(rung).shapes)

    def outlines(self, rung: int) -> dict[str, Shape]:
        """The outlines of groups, by their ids."""
        return self._shapes_of("outlines", rung, lambda: self.detail(rung).outlines)

    def _shapes_of(
        self, what: str, rung: int, make: Callable[[], Mapping[str, Shape]]
    ) -> dict[str, Shape]:
        if (what, rung) not in self._shapes:
            rows = self.kept.value(
                (what, self.digest, rung), lambda: {c: s.row() for c, s in make().items()}
            )
            self._shapes[what, rung] = {code: Shape.of_row(row) for code, row in rows.items()}
        return self._shapes[what, rung]

    def detail(self, rung: int) -> Detail:
        """The layout at 25 · √2^rung metres per unit; made once."""
        if rung not in self._details:
            self._details[rung] = _make_detail(self, ladder_unit(rung))
        return self._details[rung]

    def outline(self, codes: Sequence[str], rung: int) -> Shape:
        """The outline of some areas together; borders between them are left out."""

        def made() -> list[object]:
            areas = self.detail(rung).areas[[self.at[c] for c in codes]]
            return snapped(union_of(areas), ladder_unit(rung)).row()

        return Shape.of_row(self.kept.value(("outline", self.digest, rung, list(codes)), made))


def middles_of(areas: Geometries) -> NDArray[np.float64]:
    """Centre and radius, shape (n, 3), of the widest circle within the widest part of each area."""
    parts, of = shapely.get_parts(areas, return_index=True)
    order = np.lexsort((-shapely.area(parts), of))
    widest = parts[order][np.unique(of[order], return_index=True)[1]]
    boxes = shapely.bounds(widest)
    tolerance = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) / 50
    circles = shapely.maximum_inscribed_circle(widest, tolerance=tolerance)
    centres = shapely.get_coordinates(shapely.get_point(circles, 0))
    return np.column_stack([centres, shapely.length(circles)])


def middle_of(area: shapely.Geometry) -> tuple[float, float, float]:
    """Centre and radius of the widest circle within the widest part of an area."""
    x, y, radius = middles_of(np.array([area])).tolist()[0]
    return (x, y, radius)


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


def make_layout(
    id: str,
    frame: gpd.GeoDataFrame,
    *,
    context: gpd.GeoDataFrame | None = None,
    beyond: gpd.GeoDataFrame | None = None,
    group_of: Mapping[str, str] | None = None,
    cells: bool = False,
    note: str = "",
    kept: Kept | None = None,
) -> Layout:
    """A layout from areas in any CRS.

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
    kept
        What former builds made; None keeps nothing between builds.
    """
    frame = frame.sort_values("code")
    return Layout(
        id=id,
        codes=tuple(frame["code"]),
        geometry=np.asarray(frame.geometry.to_crs(WEB_MERCATOR).to_numpy(), dtype=object),
        context=_projected(context),
        beyond=_projected(beyond),
        group_of=dict(group_of or {}),
        cells=cells,
        note=note,
        kept=kept or Kept(),
    )


def _projected(frame: gpd.GeoDataFrame | None) -> Geometries:
    shapes = frame.geometry.to_crs(WEB_MERCATOR).to_numpy() if frame is not None else []
    return np.asarray(shapes, dtype=object)


def grouped(layout: Layout) -> Layout:
    """A layout whose areas are the groups of another one; their ids are its codes."""
    members: dict[str, list[int]] = {}
    for at, code in enumerate(layout.codes):
        if code in layout.group_of:
            members.setdefault(layout.group_of[code], []).append(at)
    ids = tuple(sorted(members))
    unions = np.array([union_of(layout.geometry[members[id_]]) for id_ in ids], dtype=object)
    return replace(
        layout,
        codes=ids,
        geometry=unions,
        group_of={},
        cells=False,
        _details={},
        _shapes={},
        _middles={},
        _within={},
    )


def simplify(layout: Layout, tolerance_m: float) -> tuple[Geometries, Geometries]:
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
    if layout.cells:
        return layout.geometry, layout.context
    whole = np.concatenate([layout.geometry, layout.context])
    thin = shapely.coverage_simplify(whole, tolerance_m)
    gone = shapely.is_empty(thin) | ~shapely.is_valid(thin)
    thin[gone] = whole[gone]
    return thin[: len(layout.geometry)], thin[len(layout.geometry) :]


def _make_detail(layout: Layout, unit_m: float) -> Detail:
    areas, context = simplify(layout, DETAIL_UNITS * unit_m)
    outlines: dict[str, Shape] = {}
    borders: dict[str, shapely.Geometry] = {}
    groups: dict[str, list[int]] = {}
    for at, code in enumerate(layout.codes):
        if code in layout.group_of:
            groups.setdefault(layout.group_of[code], []).append(at)
    for group, members in sorted(groups.items()):
        union = union_of(areas[members])
        outlines[group] = snapped(union, unit_m)
        borders[group] = shapely.boundary(union)
    return Detail(
        unit_m,
        Shapes(layout.at, areas, unit_m),
        outlines,
        borders,
        tuple(snapped(land, unit_m) for land in context),
        tuple(snapped(band, unit_m) for band in layout.beyond),
        areas,
        context,
    )
