"""Which area each postcode lies in, by the atlas's own outlines.

Three rules, in this order:

1. A postcode lies in the area whose outline holds its point.
2. A point outside all outlines (off a simplified coast) goes to the nearest area within
   `NEAREST_M`, if most of its district lies in the atlas.
3. Where the areas are districts, the directory names the district as well, by exact lines.
   If a simplified outline says another and the right one begins within `BORDER_M`, it is taken.

Without outlines, the district decides alone, as far as it stands for one area.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from generator.sources.placing import BRITISH_NATIONAL_GRID
from generator.sources.postcodes import Postcodes

NEAREST_M = 2000.0
"""How far outside all outlines a postcode may lie."""
BORDER_M = 250.0
"""How far beyond a border a postcode may be put back into its district."""
MOSTLY = 0.5
"""The share of a district's postcodes in the atlas that makes it one of the atlas's."""

CELL_M = 1000.0
"""Squares that lie wholly in one outline settle all their points at once."""
_ROW = 2**20

Ints = npt.NDArray[np.int32]
Points = npt.NDArray[np.float64]
_DISTRICT = re.compile(r"[EWS]0[6-9]\d{6}|S12\d{6}")
_IN_BRITAIN = "EWS"
NOWHERE = ""
"""The place of postcodes that the directory gives no place."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the rules did, in postcodes.

    Attributes
    ----------
    inside
        Within an outline (all that were placed by their district, where there is none).
    nearest
        Outside all outlines, given to the nearest area.
    by_district
        Of those two, moved across a border by their district.
    elsewhere
        In no area of the atlas, but known.
    """

    inside: int
    nearest: int
    by_district: int
    elsewhere: int

    @property
    def placed(self) -> int:
        """In some area of the atlas."""
        return self.inside + self.nearest


@dataclass(frozen=True, slots=True)
class Assignment:
    """The place of every postcode of the directory.

    Attributes
    ----------
    codes
        As in the directory: seven bytes each, rising; shape (n,).
    place
        Index into `places`; shape (n,).
    places
        Codes of the atlas's areas, in its order; then codes of today's districts that stand
        for several areas; then ``"E"``, ``"W"``, ``"S"``, ``"L"`` and ``"M"`` for elsewhere in
        England, Wales, Scotland, the Channel Islands and the Isle of Man; last ``""``
        (`NOWHERE`).
    areas
        How many of `places` are areas.
    counts
        What the rules did.
    """

    codes: npt.NDArray[np.bytes_]
    place: Ints
    places: tuple[str, ...]
    areas: int
    counts: Counts

    def per_area(self) -> dict[str, int]:
        """Postcodes in each area, former ones included."""
        found = np.bincount(self.place, minlength=len(self.places))
        return {code: int(found[at]) for at, code in enumerate(self.places[: self.areas])}


def former_areas(codes: Sequence[str], changes: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """By code of today, the atlas's areas that it stands for: itself, or what it was made from.

    Parameters
    ----------
    codes
        Of the atlas's areas.
    changes
        By code, those that it replaced.
    """
    own = set(codes)

    def of(code: str) -> set[str]:
        seen, waiting = {code}, [code]
        while waiting:
            older = set(changes.get(waiting.pop(), ())) - seen
            seen |= older
            waiting += older
        return seen & own

    return {code: found for code in {*own, *changes} if (found := of(code))}


def countries_of(codes: Sequence[str]) -> str:
    """The countries that GSS codes are of, as letters; empty if one is no code of Britain.

    >>> countries_of(["E07000176", "W06000015"]), countries_of(["A1"])
    ('EW', '')
    """
    if all(re.fullmatch(rf"[{_IN_BRITAIN}]\d{{8}}", code) for code in codes):
        return "".join(sorted({code[0] for code in codes}))
    return ""


def assign(
    postcodes: Postcodes,
    codes: Sequence[str],
    outlines: gpd.GeoDataFrame | None,
    changes: Mapping[str, Sequence[str]],
) -> Assignment:
    """Find the place of every postcode.

    Parameters
    ----------
    codes
        Of the atlas's areas.
    outlines
        ``code`` and geometry of areas that have one, in any CRS; None for an atlas of hexagons.
    changes
        By code of a later district, those that it replaced.
    """
    districts, district_of = _distinct(postcodes.districts)
    names = [name.decode() for name in districts]
    former = former_areas(codes, changes)
    wanted = [former.get(name, set()) if _DISTRICT.fullmatch(name) else set() for name in names]
    index = {code: at for at, code in enumerate(codes)}
    shared = (
        []
        if outlines is not None
        else [n for n, w in zip(names, wanted, strict=True) if len(w) > 1]
    )
    places = (*codes, *shared, *_IN_BRITAIN, "L", "M", NOWHERE)
    at = {name: number for number, name in enumerate(places)}
    if outlines is None:
        default = [
            index[min(w)] if len(w) == 1 else at[n] if len(w) > 1 else _elsewhere(n, at)
            for n, w in zip(names, wanted, strict=True)
        ]
        place = np.array(default, dtype=np.int32)[district_of]
        placed = int((place < len(codes) + len(shared)).sum())
        counts = Counts(placed, 0, 0, len(place) - placed)
        return Assignment(postcodes.codes, place, places, len(codes), counts)
    found = _Search(codes, outlines, [{index[c] for c in w} for w in wanted])
    countries = countries_of(codes)
    asked = np.isfinite(postcodes.points_m[:, 0])
    if countries:
        asked &= np.array([n[:1] in countries for n in names])[district_of]
    own, counts = found.areas_of(postcodes.points_m, np.flatnonzero(asked), district_of)
    elsewhere = np.array([_elsewhere(name, at) for name in names], dtype=np.int32)
    place = np.where(own >= 0, own, elsewhere[district_of]).astype(np.int32)
    return Assignment(postcodes.codes, place, places, len(codes), counts)


def _distinct(
    values: npt.NDArray[np.bytes_],
) -> tuple[npt.NDArray[np.bytes_], npt.NDArray[np.intp]]:
    """As `numpy.unique` with the inverse, for values that come in long runs: ten times as fast."""
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    found, of = np.unique(values[starts], return_inverse=True)
    return found, np.repeat(of, np.diff(np.r_[starts, len(values)]))


def _elsewhere(district: str, at: Mapping[str, int]) -> int:
    return at.get(district[:1], at[NOWHERE])


class _Search:
    """The outlines, made ready to be asked for millions of points.

    Parameters
    ----------
    wanted
        For each district, the areas (index into `codes`) that it stands for.
    """

    def __init__(
        self, codes: Sequence[str], outlines: gpd.GeoDataFrame, wanted: Sequence[set[int]]
    ) -> None:
        frame = outlines[outlines["code"].isin(codes)].to_crs(BRITISH_NATIONAL_GRID)
        index = {code: at for at, code in enumerate(codes)}
        self.shapes = np.asarray(frame.geometry.to_numpy(), dtype=object)
        self.area_of = np.array([index[code] for code in frame["code"]], dtype=np.int32)
        self.shape_of = {int(area): at for at, area in enumerate(self.area_of)}
        self.wanted = wanted

    def areas_of(
        self,
        points_m: npt.NDArray[np.float64],
        asked: npt.NDArray[np.intp],
        district_of: npt.NDArray[np.intp],
    ) -> tuple[Ints, Counts]:
        """The area of each point, −1 outside; only those `asked` for are looked at."""
        west, south, east, north = shapely.total_bounds(self.shapes)
        x, y = points_m[asked].T
        near = (x > west - NEAREST_M) & (x < east + NEAREST_M)
        near &= (y > south - NEAREST_M) & (y < north + NEAREST_M)
        asked = asked[near]
        points = points_m[asked]
        own = self._inside(points)
        inside = int((own >= 0).sum())
        self._nearest(points, own, district_of[asked])
        nearest = int((own >= 0).sum()) - inside
        moved = self._by_district(points, own, district_of[asked])
        whole = np.full(len(points_m), -1, dtype=np.int32)
        whole[asked] = own
        elsewhere = len(points_m) - inside - nearest
        return whole, Counts(inside, nearest, moved, elsewhere)

    def _inside(self, points_m: Points) -> Ints:
        """The area that holds each point; most are settled by the square that they lie in."""
        cell = np.floor(points_m / CELL_M).astype(np.int64)
        cells, cell_of = np.unique(cell[:, 0] * _ROW + cell[:, 1], return_inverse=True)
        x, y = np.divmod(cells, _ROW)
        boxes = shapely.box(x * CELL_M, y * CELL_M, (x + 1) * CELL_M, (y + 1) * CELL_M)
        own = self._held(boxes, "contains_properly")[cell_of]
        rest = np.flatnonzero(own < 0)
        own[rest] = self._held(shapely.points(points_m[rest]), "intersects")
        return own

    def _held(self, things: npt.NDArray[np.object_], predicate: str) -> Ints:
        """The area that holds each thing; of several (on a border) the first."""
        own = np.full(len(things), -1, dtype=np.int32)
        shape, thing = shapely.STRtree(things).query(self.shapes, predicate=predicate)
        order = np.argsort(-self.area_of[shape], kind="stable")
        own[thing[order]] = self.area_of[shape[order]]
        return own

    def _nearest(self, points: Points, own: Ints, district_of: npt.NDArray[np.intp]) -> None:
        all_of = np.bincount(district_of, minlength=len(self.wanted))
        inner = np.bincount(district_of[own >= 0], minlength=len(self.wanted))
        ours = inner >= MOSTLY * np.maximum(all_of, 1)
        lost = np.flatnonzero((own < 0) & ours[district_of])
        self._take_nearest(points, own, lost, np.arange(len(self.shapes)), NEAREST_M)

    def _by_district(self, points: Points, own: Ints, district_of: npt.NDArray[np.intp]) -> int:
        """Put points back into their district; returns how many were moved."""
        right = np.zeros((len(self.wanted), int(self.area_of.max()) + 1), dtype=bool)
        for district, areas in enumerate(self.wanted):
            right[district, [area for area in areas if area in self.shape_of]] = True
        bound = np.asarray(right.any(axis=1))
        wrong = np.flatnonzero((own >= 0) & bound[district_of])
        wrong = wrong[~right[district_of[wrong], own[wrong]]]
        moved = 0
        for district in np.unique(district_of[wrong]):
            some = wrong[district_of[wrong] == district]
            shapes = np.array([self.shape_of[int(a)] for a in np.flatnonzero(right[district])])
            moved += self._take_nearest(points, own, some, shapes, BORDER_M)
        return moved

    def _take_nearest(
        self,
        points: Points,
        own: Ints,
        some: npt.NDArray[np.intp],
        shapes: npt.NDArray[np.intp],
        most_m: float,
    ) -> int:
        """Give some points to the nearest of some shapes; returns how many found one."""
        if not some.size:
            return 0
        tree = shapely.STRtree(self.shapes[shapes])
        point, shape = tree.query_nearest(
            shapely.points(points[some]), max_distance=most_m, all_matches=False
        )
        own[some[point]] = self.area_of[shapes[shape]]
        return len(point)
