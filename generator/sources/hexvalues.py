"""What a hexagon layout should keep, and what each part of that is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from generator.sources.hexguess import Guess
from generator.sources.hexlattice import Floats, Ints

# What a layout is worth.  The unit is one certain pair of neighbours that touch.
FALSE_TOUCH = 0.2  # loss where two touch that are no neighbours
FAR_TOUCH = 0.35  # the same for those far apart on the ground
FAR = 2.2  # "far": further than this many times both radii together
ISLAND_TOUCH = 0.5  # further loss where an island touches anything
SAME_COUNTY = 0.12  # gain where two of one county touch
SAME_REGION = 0.25  # the same for a region
INLAND_SEA = 0.2  # loss for each side that is sea and should not be
SEA_SIDE = 0.15  # gain for each side that is sea and should be
COAST_SIZE = (0.5, 5.0)  # bounds of an area's radius over the median, as a factor on that gain
ISLAND_SEA = 0.4  # gain for each side of an island that is sea
SPRING = 0.04  # loss for each cell width by which a pair is out of distance or direction
HOME = 0.004  # loss for each squared cell width from the spread place

NEAREST = 24  # nearest points whose touching is judged one by one


@dataclass(frozen=True, slots=True)
class Springs:
    """Pairs of areas (m, 2), wanted offset from first to second in cell widths, strength."""

    pairs: Ints
    wanted: Floats
    strength: Floats


@dataclass(frozen=True, slots=True)
class Task:
    """What the layout should keep; regions are -1 where an area may stand apart."""

    xy: Floats
    goal: Floats
    guess: Guess
    springs: Springs
    regions: Ints
    counties: Ints


def touch_values(task: Task) -> list[dict[int, float]]:
    """Gain by touching, for each area by the other; `-FAR_TOUCH` where there is none."""
    guess, n = task.guess, len(task.xy)
    _, near = cKDTree(task.xy).query(task.xy, k=min(NEAREST + 1, n))
    chance = {
        (a, b): p for (a, b), p in zip(guess.pairs.tolist(), guess.chance.tolist(), strict=True)
    }
    pairs = {(min(a, b), max(a, b)) for a, row in enumerate(near.tolist()) for b in row if a != b}
    values: list[dict[int, float]] = [{} for _ in range(n)]
    for a, b in sorted(pairs | set(chance)):
        p = chance.get((a, b), 0.0)
        distance = math.dist(task.xy[a], task.xy[b])
        far = distance > FAR * (guess.radius[a] + guess.radius[b])
        gain = p - (1 - p) * (FAR_TOUCH if far else FALSE_TOUCH)
        if task.counties[a] == task.counties[b] >= 0:
            gain += SAME_COUNTY
        if task.regions[a] == task.regions[b] >= 0:
            gain += SAME_REGION
        if guess.islands[a] or guess.islands[b]:
            gain -= ISLAND_TOUCH
        values[a][b] = values[b][a] = float(gain)
    return values


def touch_matrix(task: Task) -> Floats:
    """Return the same as an array of shape (n, n), 0 on the diagonal."""
    matrix = np.full((len(task.xy), len(task.xy)), -FAR_TOUCH)
    for a, row in enumerate(touch_values(task)):
        for b, gain in row.items():
            matrix[a, b] = gain
    np.fill_diagonal(matrix, 0)
    return matrix


def sea_values(guess: Guess) -> Floats:
    """Gain by an empty cell at each of the six sides of each area, shape (n, 6)."""
    # Long coasts make the outline: what an area gains grows with its size.
    size = np.clip(guess.radius / np.median(guess.radius), *COAST_SIZE)[:, None]
    values = SEA_SIDE * size * guess.sea - INLAND_SEA * (1 - guess.sea)
    values[guess.islands] = ISLAND_SEA
    return np.asarray(values, dtype=np.float64)
