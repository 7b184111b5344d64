"""Who borders whom, guessed from one point and the land area of each place.

Every area claims land around its point as far as its circle reaches, and two circles that
meet share a straight border where both reach equally far (a power diagram, clipped to its
circles; Aurenhammer 1987).  The circles are grown until each claim has the area's true
size, which is the optimal partial transport of the areas to the plane.  What nobody claims
is sea or abroad.  How deep two circles overlap on their common axis, before a third one or
the sea comes between, is the margin of the pair; it says how likely they are neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull, QhullError, cKDTree

from generator.hexagons.lattice import Floats, Ints

GROWTH_STEPS = 150  # leaves a median error of 0.06 % in the areas of 326 districts
NEAREST = 20  # pairs further apart than this many places are no neighbours
AXIS_SAMPLES = 33
AXIS_REACH = 2.0  # how far the axis is followed, in radii of the smaller circle
SHORE = 0.5  # how far from a circle its border may lie at sea, in squared smaller radii
# Chance of a border = 1 / (1 + exp(-score)), where the score is the sum of these times margin,
# gap between the circles (in both radii together) and log of the smaller area (over the
# median).  Fitted to the English districts of 2016 by logistic regression.
BASE, BY_MARGIN, BY_GAP, BY_SIZE = 0.2, 5.3, -2.0, 0.77
SMALLEST = 0.4  # over the median; smaller ones count as this, or they would lose all ties
LEAST = 0.02  # pairs less likely than this are left out
ISLAND_CHANCE = 0.1  # an area whose likeliest neighbour is less likely than this is an island
SEA_GROWTH = 1.2  # circles are drawn this much larger to close chinks inland
SEA_SAMPLES = 48


@dataclass(frozen=True, slots=True)
class Guess:
    """What points and areas tell about the map.

    Attributes
    ----------
    pairs
        Areas that may share a border, shape (m, 2), the smaller number first, sorted.
    chance
        How likely each pair does, shape (m,), above 0 and below 1.
    islands
        Areas that seem to border none, shape (n,).
    radius
        Radius of each area's circle in the unit of the points, shape (n,).
    sea
        Share of open water (or foreign land) that each area faces to the east, north-east,
        north-west, west, south-west and south-east, shape (n, 6), 0 to 1.
    """

    pairs: Ints
    chance: Floats
    islands: npt.NDArray[np.bool_]
    radius: Floats
    sea: Floats


@dataclass(frozen=True, slots=True)
class _Diagram:
    """A clipped power diagram; each border stands twice, once from each side."""

    area: Floats  # (n,)
    left: Ints  # (m,) the area whose border it is
    right: Ints  # (m,) the area beyond
    length: Floats  # (m,) 0 where the circles don't meet


def guess_borders(xy: Floats, areas: Floats | None = None) -> Guess:
    """Guess borders, islands and coasts.

    Parameters
    ----------
    xy
        Points in a plane, shape (n, 2), n at least 5, no two in one place.
    areas
        Areas in the square of the points' unit; guessed from the distances if unknown.
    """
    size = _area_from_distance(xy) if areas is None else areas
    weight = size / np.pi
    for _ in range(GROWTH_STEPS):
        diagram = _power_diagram(xy, weight)
        weight = weight + 0.7 * (size - diagram.area) / np.pi
    radius = np.sqrt(np.maximum(weight, 0.3 * size / np.pi))
    _, near = cKDTree(xy).query(xy, k=min(NEAREST + 1, len(xy)))
    here = np.repeat(np.arange(len(xy)), near.shape[1])
    pairs = np.sort(np.stack([here, near.ravel()], axis=1), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0).astype(np.int64)
    step = xy[pairs[:, 1]] - xy[pairs[:, 0]]
    gap = np.hypot(*step.T) / radius[pairs].sum(axis=1) - 1
    small = np.log(np.maximum(size[pairs].min(axis=1) / np.median(size), SMALLEST))
    margin = _margins(xy, weight, radius, pairs)
    score = BASE + BY_MARGIN * margin + BY_GAP * gap + BY_SIZE * small
    # More digits would only carry the rounding of one machine into the layout.
    chance = np.round(1 / (1 + np.exp(-np.clip(score, -50, 50))), 3)
    best = np.zeros(len(xy))
    np.maximum.at(best, pairs.ravel(), np.repeat(chance, 2))
    likely = chance > LEAST
    return Guess(
        pairs=pairs[likely],
        chance=chance[likely],
        islands=best < ISLAND_CHANCE,
        radius=radius,
        sea=np.round(_sea_sides(xy, SEA_GROWTH * radius), 3),
    )


def _margins(xy: Floats, weight: Floats, radius: Floats, pairs: Ints) -> Floats:
    """How deep the circles of each pair overlap where nobody else's circle reaches, shape (m,).

    The unit is the product of both radii; below 0, it is how far they are from a border.
    """
    a, b = pairs.T
    step = xy[b] - xy[a]
    distance = np.hypot(*step.T)
    along = step / distance[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    depth = (distance**2 + weight[a] - weight[b]) / (2 * distance)
    small = np.minimum(radius[a], radius[b])
    reach = np.linspace(-AXIS_REACH, AXIS_REACH, AXIS_SAMPLES) * small[:, None]
    foot = xy[a] + along * depth[:, None]
    axis = foot[:, None] + across[:, None] * reach[:, :, None]
    own = reach**2 + (depth**2 - weight[a])[:, None]
    # A third coordinate turns the least power (distance² - weight) into the nearest point.
    most = float(weight.max()) * 1.0001
    tree = cKDTree(np.column_stack([xy, np.sqrt(most - weight)]))
    query = np.column_stack([axis.reshape(-1, 2), np.zeros(axis.shape[0] * AXIS_SAMPLES)])
    far, found = tree.query(query, k=3)
    both = np.repeat(pairs, AXIS_SAMPLES, axis=0)
    ours = (found == both[:, :1]) | (found == both[:, 1:])
    third = np.where(ours, np.inf, far).min(axis=1).reshape(own.shape) ** 2 - most
    free = np.minimum(third, SHORE * small[:, None] ** 2) - own
    return np.asarray(free.max(axis=1) / (radius[a] * radius[b]), dtype=np.float64)


def _area_from_distance(xy: Floats) -> Floats:
    """Areas of hexagons as wide as the mean distance to the six nearest points."""
    near, _ = cKDTree(xy).query(xy, k=min(7, len(xy)))
    return np.asarray(np.sqrt(3) / 2 * near[:, 1:].mean(axis=1) ** 2, dtype=np.float64)


def _power_diagram(xy: Floats, weight: Floats) -> _Diagram:
    """Cells of the power diagram of circles with squared radius `weight`, clipped to them."""
    n = len(xy)
    left, right, high, low = _dual_edges(xy, weight)
    step = xy[right] - xy[left]
    distance = np.hypot(*step.T)
    along = step / distance[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    # The radical axis of two circles crosses the line of their centres here.
    depth = (distance**2 + weight[left] - weight[right]) / (2 * distance)
    foot = xy[left] + along * depth[:, None]
    top = np.where(np.isnan(high[:, 0]), np.inf, ((high - foot) * across).sum(axis=1))
    bottom = np.where(np.isnan(low[:, 0]), -np.inf, ((low - foot) * across).sum(axis=1))
    chord = np.sqrt(np.maximum(weight[left] - depth**2, 0))
    top, bottom = np.clip(top, -chord, chord), np.clip(bottom, -chord, chord)
    length = np.maximum(top - bottom, 0)
    # Green's theorem around each point: triangles over the straight borders, sectors
    # over the arcs that are left.
    turned = np.bincount(left, np.arctan2(depth * length, depth**2 + top * bottom), n)
    straight = np.bincount(left, depth * length / 2, n)
    inside = np.bincount(left, depth <= 0, n) == 0
    arc = np.clip(2 * np.pi * inside - turned, 0, 2 * np.pi)
    present = np.bincount(left, minlength=n) > 0
    area = np.where(present, straight + np.maximum(weight, 0) * arc / 2, 0)
    return _Diagram(area, left, right, length)


def _dual_edges(xy: Floats, weight: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """Directed edges of the regular triangulation, and the centres left and right of them.

    A centre is NaN where the edge is on the outside.
    """
    lifted = np.column_stack([xy, (xy**2).sum(axis=1) - weight])
    try:
        hull = ConvexHull(lifted, qhull_options="Qt")
    except QhullError:  # flat input; joggle it
        hull = ConvexHull(lifted, qhull_options="QJ")
    below = hull.equations[:, 2] < -1e-12
    triangles = hull.simplices[below].astype(np.int64)
    plane = hull.equations[below]
    centre = -plane[:, :2] / (2 * plane[:, 2:3])
    a, b, c = (xy[triangles[:, k]] for k in range(3))
    clockwise = np.cross(np.c_[b - a, a[:, :1] * 0], np.c_[c - a, a[:, :1] * 0])[:, 2] < 0
    triangles[clockwise] = triangles[clockwise][:, [0, 2, 1]]
    n = len(xy)
    start, end = triangles.ravel(), triangles[:, [1, 2, 0]].ravel()
    key = start * n + end
    order = np.argsort(key, kind="stable")
    start, end, key, high = start[order], end[order], key[order], np.repeat(centre, 3, 0)[order]
    back = np.minimum(np.searchsorted(key, end * n + start), len(key) - 1)
    paired = key[back] == end * n + start
    low = np.where(paired[:, None], high[back], np.nan)
    outer = ~paired
    nothing = np.full((int(outer.sum()), 2), np.nan)
    return (
        np.concatenate([start, end[outer]]),
        np.concatenate([end, start[outer]]),
        np.concatenate([high, nothing]),
        np.concatenate([low, high[outer]]),
    )


def _sea_sides(xy: Floats, radius: Floats) -> Floats:
    """Share of each sixth of a circle that no other circle covers, shape (n, 6)."""
    n = len(xy)
    angle = 2 * np.pi * (np.arange(SEA_SAMPLES) + 0.5) / SEA_SAMPLES
    rim = xy[:, None] + radius[:, None, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    # A third coordinate turns the least power (distance² - radius²) into the nearest point.
    most = float((radius**2).max()) * 1.0001
    tree = cKDTree(np.column_stack([xy, np.sqrt(most - radius**2)]))
    query = np.column_stack([rim.reshape(-1, 2), np.zeros(n * SEA_SAMPLES)])
    distance, found = tree.query(query, k=2)
    own = np.repeat(np.arange(n), SEA_SAMPLES)
    other = np.where(found[:, 0] == own, distance[:, 1], distance[:, 0])
    free = (other**2 >= most).reshape(n, SEA_SAMPLES)
    turn = (np.degrees(angle)[None, :] - 60 * np.arange(6)[:, None] + 180) % 360 - 180
    sector = (np.abs(turn) <= 30).astype(np.float64)
    return np.asarray(free @ sector.T / sector.sum(axis=1), dtype=np.float64)
