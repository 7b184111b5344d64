"""Who borders whom, guessed from one point and the land area of each place.

Every area claims land as far as its circle reaches, and two that meet share a straight
border where both reach equally far (a power diagram; Aurenhammer 1987).  The circles grow
until each claim has the area's true size; what nobody claims is sea or abroad.  How far a
third one, or the sea, is behind the border of two tells how likely they are neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from generator.hexagons.layout import Floats, Ints

NEAREST = 16  # pairs further apart than this many places are no neighbours
RAYS = 72  # directions in which claims are measured, a multiple of six
GROWTH_STEPS = 80
# Chance of a border = 1 / (1 + exp(-score)), where the score is the sum of these times margin,
# gap between the circles (in both radii together) and log of the smaller area (over the
# median).  Fitted to the English districts of 2016 by logistic regression.
BASE, BY_MARGIN, BY_GAP, BY_SIZE = -0.6, 6.8, -2.75, 1.3
SMALLEST = 0.4  # over the median; smaller ones count as this, or they would lose all ties
SHORE = 1.2  # no border is further from a point than this, in radii
LEAST = 0.02  # pairs less likely than this are left out
ISLAND_CHANCE = 0.1  # an area whose likeliest neighbour is less likely than this is an island
SEA_GROWTH = 1.2  # circles are drawn this much larger to close chinks inland


@dataclass(frozen=True, slots=True)
class Guess:
    """What points and areas tell about the map; sides count from the east counter-clockwise."""

    pairs: Ints  # (m, 2) areas that may share a border, the smaller number first, sorted
    chance: Floats  # (m,) how likely they do, 0 to 1
    islands: npt.NDArray[np.bool_]  # (n,) areas that seem to border none
    radius: Floats  # (n,) of each area's circle, in the unit of the points
    sea: Floats  # (n, 6) share of open water (or foreign land) at each side, 0 to 1


def guess_borders(xy: Floats, areas: Floats | None = None) -> Guess:
    """Guess borders, islands and coasts from points (n, 2), n at least 5, no two in one place.

    `areas` are in the square of the points' unit, and guessed from the distances if unknown.
    """
    distance, near = cKDTree(xy).query(xy, k=min(NEAREST + 1, len(xy)))
    distance, near = distance[:, 1:], near[:, 1:]
    # Hexagons as wide as the mean distance to the six nearest points.
    size = np.sqrt(3) / 2 * distance[:, :6].mean(axis=1) ** 2 if areas is None else areas
    step = (xy[near] - xy[:, None]) / distance[:, :, None]
    angle = 2 * np.pi * (np.arange(RAYS) + 0.5) / RAYS
    cosine = step @ np.stack([np.cos(angle), np.sin(angle)])
    weight = size / np.pi
    for _ in range(GROWTH_STEPS):
        area, _ = claims(distance, near, cosine, weight)
        weight = weight + 0.7 * (size - area) / np.pi
    radius = np.sqrt(np.maximum(weight, 0.3 * size / np.pi))
    margin = _margins(claims(distance, near, cosine, weight)[1], radius, near)
    here = np.repeat(np.arange(len(xy)), near.shape[1])
    both = np.sort(np.stack([here, near.ravel()], axis=1), axis=1)
    pairs, side = np.unique(both, axis=0, return_inverse=True)
    deepest = np.full(len(pairs), -np.inf)
    np.maximum.at(deepest, side.ravel(), margin.ravel())
    apart = np.hypot(*(xy[pairs[:, 1]] - xy[pairs[:, 0]]).T)
    gap = apart / radius[pairs].sum(axis=1) - 1
    small = np.log(np.maximum(size[pairs].min(axis=1) / np.median(size), SMALLEST))
    score = BASE + BY_MARGIN * deepest + BY_GAP * gap + BY_SIZE * small
    # More digits would only carry the rounding of one machine into the layout.
    chance = np.round(1 / (1 + np.exp(-np.clip(score, -50, 50))), 3)
    best = np.zeros(len(xy))
    np.maximum.at(best, pairs.ravel(), np.repeat(chance, 2))
    likely = chance > LEAST
    return Guess(
        pairs=pairs[likely].astype(np.int64),
        chance=chance[likely],
        islands=best < ISLAND_CHANCE,
        radius=radius,
        sea=np.round(_sea_sides(distance, near, cosine, SEA_GROWTH * radius), 3),
    )


def claims(distance: Floats, near: Ints, cosine: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Size of each claim (n,), and how far each ray goes to each border (n, neighbours, rays).

    Beyond all circles, or away from the border, that is infinite.
    """
    # The radical axis of two circles crosses the line of their centres here.
    depth = (distance**2 + weight[:, None] - weight[near]) / (2 * distance)
    with np.errstate(divide="ignore"):
        reach = depth[:, :, None] / cosine
    towards = cosine > 0
    end = np.where(towards, reach, np.inf)
    last = np.minimum(end.min(axis=1), np.sqrt(np.maximum(weight, 0))[:, None])
    # A point may lie outside its own claim; then rays away from the border enter it late.
    first = np.where(towards, 0, reach).max(axis=1).clip(0)
    size = np.maximum(last.clip(0) ** 2 - first**2, 0).sum(axis=1) * np.pi / cosine.shape[2]
    return size, end


def _margins(end: Floats, radius: Floats, near: Ints) -> Floats:
    """How far a third claim, or the sea, is behind each border; in smaller radii, to 1."""
    first, second = np.sort(end, axis=1)[:, :2].transpose(1, 0, 2)
    rest = np.where(end == first[:, None], second[:, None], first[:, None])
    rest = np.minimum(rest, SHORE * radius[:, None, None])
    scale = np.minimum(radius[:, None], radius[near])
    return np.asarray(np.tanh((rest - end).max(axis=2) / scale))


def _sea_sides(distance: Floats, near: Ints, cosine: Floats, radius: Floats) -> Floats:
    """Share of each sixth of a circle that no other circle covers, shape (n, 6)."""
    own, far = radius[:, None, None], distance[:, :, None]
    away = own**2 + far**2 - 2 * own * far * cosine
    free = (away >= radius[near][:, :, None] ** 2).all(axis=1)
    sixth = RAYS // 6
    turned = np.roll(free, sixth // 2, axis=1)
    return np.asarray(turned.reshape(len(near), 6, sixth).mean(axis=2))
