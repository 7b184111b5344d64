"""Finds a cell for each point: guess, spread, assign, anneal (how long: here); the islands last.

1. `guess`: points and areas tell who probably borders whom, and who faces the sea.
2. Spread: likely neighbours move one cell apart in their true direction (least squares).
3. Assigned: each gets the cell that makes the sum of squared distances least.
4. `anneal`: many small moves, cooled several times; then homes are spread anew from there.
5. Islands are put into the sea near their places, touching nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import scipy.sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from generator.hexagons.anneal import Board, Wishes, axial_centres, cells_around
from generator.hexagons.guess import Guess, guess_borders
from generator.hexagons.layout import Floats, HexCell, HexLayout, Ints, Points, lay_over, projected

ISLAND_GAP = 2.0  # distance of an island's cell from the nearest areas, in cell widths
FEW = 5  # fewer points tell nothing about borders
TURNS, MANY = 5, 600  # annealed so often; once, if there are more areas than that
BATCHES_EACH, BATCHES = 10, (100, 5_000)  # of moves: for each area, and least and most
HOT, COLD = 0.45, 0.1  # temperatures of that, in the unit of `Wishes`
# The unit is one certain pair of neighbours that touch; all else makes the map recognised.
FALSE_TOUCH = 0.025  # loss where two touch that are no neighbours
SAME_COUNTY, SAME_REGION = 0.06, 0.12  # gain where two of one unit touch
TORN_COUNTY, TORN_REGION, TORN_SEA = 0.5, 4.0, 100.0  # loss for each piece
INLAND_SEA, SEA_SIDE = 0.06, 0.075  # loss for a side that is sea, gain where it should be
COAST_SIZE = (0.5, 5.0)  # bounds of an area's radius over the median, as a factor on that gain
HOME, HOME_SIZE = 0.02, (1.0, 3.0)  # loss for each squared cell width from home; by size too
FRIENDS = 5  # areas that each tries to stand beside
TIED, LEAST_TIES = 0.5, 3  # pairs less likely are no springs, but everybody keeps so many
TIES = 3.0  # springs are stronger where an area's chances of neighbours add up to less
SPREAD_ROUNDS = 60
HOLD, HOLD_AGAIN = 1e-5, 0.5  # springs to the places before: at first, and after annealing


def compute_layout(
    points: Points,
    *,
    regions: Mapping[str, str] | None = None,
    counties: Mapping[str, str] | None = None,
    areas_km2: Mapping[str, float] | None = None,
    islands: Collection[str] = (),
    seed: int = 0,
) -> HexLayout:
    """Compute a cell for every area from its point.

    All are by code: regions are kept in one piece, counties where possible; areas (all or none)
    help to guess who borders whom; islands stand apart.  The same input gives the same layout.

    Raises SourceError if there is no point, or one lies outside the world of EPSG:3857.
    """
    codes = sorted(points)
    xy, unit = _apart(projected(codes, points, where="the published points"), seed)
    size = None
    if areas_km2 is not None and all(areas_km2.get(code, 0) > 0 for code in codes):
        # Mercator stretches by 1 / cos(latitude) both ways.
        stretch = 1 / np.cos(np.radians([points[code][1] for code in codes]))
        size = np.array([areas_km2[code] for code in codes]) * (1000 * stretch / unit) ** 2
    land = np.flatnonzero(~np.isin(codes, sorted(islands)))
    while len(land) >= FEW:
        guess = guess_borders(xy[land], None if size is None else size[land])
        if not guess.islands.any():
            break
        land = land[~guess.islands]
    cells = _assign(xy)
    if len(land) >= FEW:
        kinds = ((regions, TORN_REGION), (counties, TORN_COUNTY))
        units = [(_numbers(codes, groups)[land], loss) for groups, loss in kinds]
        cells[land] = _mainland(xy[land], guess, units, seed)
        _put_to_sea(xy, cells, land)
    centre = axial_centres(cells)
    if ((centre - centre.mean(axis=0)) * xy).sum() < 0:  # a handful may turn over
        cells = _assign(xy)
    row = cells[:, 1] - cells[:, 1].min()
    column = cells[:, 0] + row // 2
    placed = zip(codes, (column - column.min()).tolist(), row.tolist(), strict=True)
    return lay_over([HexCell(*cell) for cell in placed], points, where="the computed layout")


def _numbers(codes: list[str], groups: Mapping[str, str] | None) -> Ints:
    """Numbers for group names by sorted name; -1 where an area has none."""
    names = np.array([(groups or {}).get(code) or "" for code in codes])
    return np.asarray(np.where(names == "", -1, np.unique(names, return_inverse=True)[1]))


def _apart(xy: Floats, seed: int) -> tuple[Floats, float]:
    """Points in units of their typical distance, a hair apart where they coincide; the unit."""
    centred = xy - xy.mean(axis=0)
    near, _ = cKDTree(centred).query(centred, k=min(2, len(xy)))
    unit = float(np.median(near.reshape(len(xy), -1)[:, -1]))
    unit = unit or float(np.ptp(centred, axis=0).max()) or 1.0
    return centred / unit + np.random.default_rng(seed).normal(scale=1e-4, size=xy.shape), unit


def _mainland(xy: Floats, guess: Guess, units: list[tuple[Ints, float]], seed: int) -> Ints:
    """Cells of all that are no islands."""
    tied = _springs(xy, guess)
    home = _spread(xy, tied)
    cells = _assign(home)
    for turn in range(TURNS if len(xy) <= MANY else 1):
        board = Board(_wishes(guess, home, units), cells, seed + turn)
        board.run(int(np.clip(BATCHES_EACH * len(xy), *BATCHES)), HOT, COLD)
        cells = board.cells()
        home = _solve(axial_centres(cells), tied, HOLD_AGAIN).round(3)
    return cells


def _wishes(guess: Guess, home: Floats, units: list[tuple[Ints, float]]) -> Wishes:
    touch = np.full((len(home), len(home)), -FALSE_TOUCH)
    a, b = guess.pairs.T
    touch[a, b] = touch[b, a] = guess.chance - (1 - guess.chance) * FALSE_TOUCH
    for (group, _), gain in zip(units, (SAME_REGION, SAME_COUNTY), strict=True):
        touch += gain * ((group[:, None] == group) & (group >= 0))
    np.fill_diagonal(touch, 0)
    # Long coasts make the outline: what an area gains grows with its size.
    size = guess.radius / np.median(guess.radius)
    coast = SEA_SIDE * np.clip(size, *COAST_SIZE)[:, None]
    sea = coast * guess.sea - INLAND_SEA * (1 - guess.sea)
    hold = HOME * np.clip(size, *HOME_SIZE)
    friends = np.argsort(-touch.round(6), axis=1, kind="stable")[:, :FRIENDS]
    return Wishes(touch, sea, home, hold, friends, tuple(units), TORN_SEA)


def _springs(xy: Floats, guess: Guess) -> tuple[Ints, Floats, Floats]:
    """Likely pairs (m, 2), wanted offset from first to second (m, 2), strength (m,)."""
    end, pair = guess.pairs.T.ravel(), np.tile(np.arange(len(guess.pairs)), 2)
    order = np.lexsort((pair, -guess.chance[pair], end))
    rank = np.arange(len(end)) - np.searchsorted(end[order], end[order])
    tied = guess.chance > TIED
    # An area on a peninsula may have no likely neighbour; it would drift across the country.
    tied[pair[order[rank < LEAST_TIES]]] = True
    pairs, strength = guess.pairs[tied], guess.chance[tied]
    step = xy[pairs[:, 1]] - xy[pairs[:, 0]]
    # An area with few ties holds on to them all the more.
    total = np.bincount(pairs.ravel(), np.repeat(strength, 2), len(xy))
    strength = strength * np.maximum(TIES / total[pairs].min(axis=1), 1)
    return pairs, step / np.hypot(*step.T)[:, None], strength


def _spread(xy: Floats, tied: tuple[Ints, Floats, Floats]) -> Floats:
    """Positions in cell widths that suit the springs and keep everybody a cell apart."""
    pairs, wanted, strength = tied
    goal = _solve(xy * 0, tied, HOLD)
    for turn in range(SPREAD_ROUNDS):
        close = cKDTree(goal).query_pairs(1.0, output_type="ndarray").astype(np.int64)
        if not len(close):
            break
        close = close[np.lexsort((close[:, 1], close[:, 0]))]
        step = goal[close[:, 1]] - goal[close[:, 0]]
        push = 1.03 * step / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
        # Crowds dissolve slowly, so that the push apart grows stronger by and by.
        force = np.full(len(close), 1.2 ** max(turn - 20, 0))
        more = np.vstack([pairs, close]), np.vstack([wanted, push]), np.append(strength, force)
        goal = _solve(goal, more, HOLD)
    return goal.round(3)


def _solve(start: Floats, tied: tuple[Ints, Floats, Floats], hold: float) -> Floats:
    """Positions whose differences over the pairs are nearest to those wanted."""
    pairs, wanted, strength = tied
    ends = (np.repeat(np.arange(len(pairs)), 2), pairs.ravel())
    signs = np.tile([-1.0, 1.0], len(pairs))
    difference = scipy.sparse.csr_matrix((signs, ends), shape=(len(pairs), len(start)))
    weighted = difference.T.multiply(strength).tocsr()
    normal = (weighted @ difference + hold * scipy.sparse.eye(len(start))).tocsc()
    return np.asarray(splu(normal).solve(weighted @ wanted + hold * start), dtype=np.float64)


def _assign(goal: Floats) -> Ints:
    """Cells (axial, one per row of `goal`) with the least sum of squared distances."""
    cells = cells_around(goal)
    away, _ = cKDTree(goal).query(axial_centres(cells))
    cells = cells[np.argsort(away.round(6), kind="stable")[: 3 * len(goal)]]
    cost = cdist(goal, axial_centres(cells), "sqeuclidean")
    return np.asarray(cells[linear_sum_assignment(cost)[1]])


def _put_to_sea(xy: Floats, cells: Ints, land: Ints) -> None:
    """Give the islands cells where the nearest areas would have them, touching nobody."""
    for island in np.setdiff1d(np.arange(len(xy)), land):
        _, near = cKDTree(xy[land]).query(xy[island], k=3)
        step = xy[island] - xy[land[near]]
        step *= ISLAND_GAP / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
        centres = axial_centres(cells[land])
        wanted = (centres[near] + step).mean(axis=0)
        free = cells_around(centres)
        away = cKDTree(centres).query(axial_centres(free))[0]
        free = free[away > 1.5]
        cells[island] = free[((axial_centres(free) - wanted) ** 2).sum(axis=1).round(6).argmin()]
        land = np.append(land, island)
