"""Fixes what snapping folds: borders meet in vertices, and nowhere else.

Rounding moves a vertex by up to 0.71 tile units, so that a narrow neck can fold
over.  Its borders are then cut where they cross, at the nearest grid point, on
every area that has the edge: no later step has to invent vertices that only one of
two neighbours gets.  A neck that folded stays folded; what overlaps there is no
wider than the rounding.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from generator.tiles.coverage import (
    Bools,
    Coverage,
    Ints,
    doubled_areas,
    next_position,
    owners_of_rings,
    turn_of,
)
from generator.tiles.snap import Snapped, raw_shapes

Numbers = NDArray[Any]

MAX_ROUNDS = 20
"""Each round settles most of what is left; more than five are rare."""
_BATCH = 5_000
_HASH = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5])
_HASH = _HASH.astype(np.uint64).view(np.int64)


def turning_of(cover: Coverage) -> Ints:
    """(rings,) which way each ring turns on the tile grid: -1 or 1, and 0 without area."""
    southward = cover.xy[cover.vertex] * (1, -1)
    turning: Ints = np.sign(doubled_areas(southward, cover.rings)).astype(np.int64)
    return turning


def fix(snapped: Snapped, turning: Ints) -> tuple[Snapped, Bools]:
    """Cut edges where they meet, until they do so in common vertices only.

    `turning` is what `turning_of` says of the coverage.  Returned with the result:
    (areas,) which still aren't valid polygons, because they touch themselves.
    """
    faulty = _faulty(snapped, np.arange(len(snapped.areas) - 1))
    for _ in range(MAX_ROUNDS):
        pairs = _crossings(snapped, turning, faulty)
        if not len(pairs):
            break
        snapped, changed = _cut(snapped, pairs)
        faulty[changed] = _faulty(snapped, changed)
    return snapped, faulty


def _faulty(snapped: Snapped, which: Ints) -> Bools:
    """Which of some areas aren't valid polygons."""
    faulty = np.zeros(len(which), dtype=bool)
    # In batches, because as geometries they take several times the memory.
    for start in range(0, len(which), _BATCH):
        some = slice(start, start + _BATCH)
        faulty[some] = ~shapely.is_valid(raw_shapes(snapped, which[some]))
    return faulty


def _crossings(snapped: Snapped, turning: Ints, faulty: Bools) -> Ints:
    """(k, 2) positions whose edges cross, or touch away from a common end."""
    area_of_ring = owners_of_rings(snapped.parts, snapped.areas)
    owner = np.repeat(area_of_ring, np.diff(snapped.rings))
    suspects = faulty.copy()
    turned = np.sign(doubled_areas(snapped.xy, snapped.rings)) != turning
    suspects[area_of_ring[turned]] = True
    # The sea is nobody's area: two coasts can cross while every area is valid.
    at_sea = np.flatnonzero(snapped.across < 0)
    coast = _meeting(snapped, at_sea, np.ones(len(at_sea), dtype=bool))
    suspects[owner[coast.ravel()]] = True
    if not suspects.any():
        return coast
    near = np.flatnonzero(_near(snapped, owner, suspects)[owner])
    return _meeting(snapped, near, suspects[owner[near]])


def _near(snapped: Snapped, owner: Ints, suspects: Bools) -> Bools:
    """(areas,) which areas have a bounding box that meets a suspect's."""
    low = np.full((len(suspects), 2), np.iinfo(np.int64).max)
    high = np.full((len(suspects), 2), np.iinfo(np.int64).min)
    np.minimum.at(low, owner, snapped.xy)
    np.maximum.at(high, owner, snapped.xy)
    there = np.flatnonzero(low[:, 0] <= high[:, 0])
    boxes = shapely.box(*low[there].T, *high[there].T)
    found = shapely.STRtree(boxes).query(boxes[suspects[there]])[1]
    near = np.zeros(len(suspects), dtype=bool)
    near[there[found]] = True
    return near


def _edges(snapped: Snapped, positions: Ints) -> Ints:
    """(k, 4) the edges that leave positions, the same for both sides of a border."""
    start = snapped.xy[positions]
    end = snapped.xy[next_position(snapped.rings)[positions]]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    return np.where(swap[:, None], np.hstack([end, start]), np.hstack([start, end]))


def _meeting(snapped: Snapped, positions: Ints, asking: Bools) -> Ints:
    """(k, 2) those of the positions whose edges meet elsewhere than in a common end.

    One of each pair is an asking one.
    """
    # Those that ask come first, so that they stand for both sides of their border.
    positions = np.concatenate([positions[asking], positions[~asking]])
    edges = _edges(snapped, positions)
    _, first = np.unique(edges @ _HASH, return_index=True)
    asking = first < np.count_nonzero(asking)
    edges, positions = edges[first], positions[first]
    lines = shapely.linestrings(edges.reshape(-1, 2, 2).astype(np.float64))
    one, two = shapely.STRtree(lines).query(lines[asking])
    one = np.flatnonzero(asking)[one]
    once = (one < two) | ~asking[two]
    one, two = one[once], two[once]
    a, b, c, d = edges[one, :2], edges[one, 2:], edges[two, :2], edges[two, 2:]
    meets = _cross(a, b, c, d)
    for point, p, q in ((a, c, d), (b, c, d), (c, a, b), (d, a, b)):
        meets |= _inside(point, p, q)
    return np.column_stack([positions[one[meets]], positions[two[meets]]])


def _cross(a: Numbers, b: Numbers, c: Numbers, d: Numbers) -> Bools:
    """Whether a-b and c-d cross in a point that is an end of neither."""
    apart_1 = np.sign(turn_of(a, b, c)) * np.sign(turn_of(a, b, d)) < 0
    apart_2 = np.sign(turn_of(c, d, a)) * np.sign(turn_of(c, d, b)) < 0
    return np.asarray(apart_1 & apart_2)


def _inside(point: Numbers, a: Numbers, b: Numbers) -> Bools:
    """Whether the point lies on a-b, but not at its ends."""
    u, v = point - a, point - b
    return np.asarray((turn_of(a, b, point) == 0) & ((u * v).sum(axis=1) < 0))


def _cut(snapped: Snapped, pairs: Ints) -> tuple[Snapped, Ints]:
    """Put vertices into edges where they meet, on both sides of every border.

    Returned with the result: the areas that have such an edge.
    """
    cuts = _cuts(snapped, pairs)
    edges = _edges(snapped, np.arange(len(snapped.xy)))
    hit = np.flatnonzero(np.isin(edges @ _HASH, np.array([edge @ _HASH for edge in cuts])))
    at: list[int] = []
    points: list[Ints] = []
    for position in hit:
        found = cuts.get(tuple(edges[position]))
        if found is not None:
            same_way = np.array_equal(snapped.xy[position], edges[position, :2])
            points.append(found if same_way else found[::-1])
            at += [int(position)] * len(found)
    count = np.bincount(np.asarray(at, dtype=np.int64), minlength=len(snapped.xy))
    grown = np.concatenate([[0], np.cumsum(count + 1)])
    where = np.asarray(at, dtype=np.int64) + 1
    ring = np.searchsorted(snapped.rings, where - 1, side="right") - 1
    made = replace(
        snapped,
        xy=np.insert(snapped.xy, where, np.concatenate(points), axis=0),
        rings=grown[snapped.rings],
        across=np.insert(snapped.across, where, snapped.across[where - 1]),
    )
    return made, np.unique(owners_of_rings(snapped.parts, snapped.areas)[ring])


def _cuts(snapped: Snapped, pairs: Ints) -> dict[tuple[int, ...], Ints]:
    """For each edge to be cut the points to put in, in order from its first end."""
    one, two = _edges(snapped, pairs[:, 0]), _edges(snapped, pairs[:, 1])
    a, b, c, d = one[:, :2], one[:, 2:], two[:, :2], two[:, 2:]
    crossing = np.flatnonzero(_cross(a, b, c, d))
    share = turn_of(c, d, a)[crossing] / (turn_of(c, d, a) - turn_of(c, d, b))[crossing]
    met = a[crossing] + np.rint(share[:, None] * (b - a)[crossing]).astype(np.int64)
    edges = [one[crossing], two[crossing]]
    points = [met, met]
    for edge, point in ((two, a), (two, b), (one, c), (one, d)):
        touched = _inside(point, edge[:, :2], edge[:, 2:])
        edges.append(edge[touched])
        points.append(point[touched])
    rows = np.unique(np.hstack([np.concatenate(edges), np.concatenate(points)]), axis=0)
    new = np.any(rows[:, :2] != rows[:, 4:], axis=1) & np.any(rows[:, 2:4] != rows[:, 4:], axis=1)
    grouped: dict[tuple[int, ...], list[Ints]] = {}
    for row in rows[new]:
        grouped.setdefault(tuple(row[:4]), []).append(row[4:])
    return {edge: _along(edge, np.array(points)) for edge, points in grouped.items()}


def _along(edge: tuple[int, ...], points: Ints) -> Ints:
    """Sort points by how far along an edge they are."""
    ahead = np.array([edge[2] - edge[0], edge[3] - edge[1]])
    return np.asarray(points[np.argsort(points @ ahead, kind="stable")])
