"""Finds a cell for each point: spread, assign, anneal, with regions whole at every step.

1. `hexguess`: points and areas tell who probably borders whom, and who faces the sea.
2. Spread: the points move until likely neighbours are one cell apart in their true
   direction, which makes room in the crowds and shrinks the moors (least squares).
3. Assigned: each gets the cell that makes the sum of squared distances least.
4. `hexsoft`: all areas find better cells at once (not for thousands of them).
5. Mended: enclosed empty cells are closed, torn regions drawn together.
6. `hexanneal`: many small moves, none of which tears a region or encloses an empty cell;
   cooled several times, the best kept.
7. Islands are put into the sea near their places, touching nobody.

What is kept, and what each part of it is worth, is in `hexvalues`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import scipy.sparse
from scipy import ndimage
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from generator.hexagons.anneal import Board, fill_holes
from generator.hexagons.guess import guess_borders
from generator.hexagons.lattice import RING, ROW_HEIGHT, Floats, Ints, axial_centres
from generator.hexagons.soft import soften
from generator.hexagons.values import Wishes, springs, wishes

FEW = 5  # fewer points have no triangulation worth the name
SOFT_MOST = 600  # up to here all areas are placed at once
SOFT_STRICT = 2.0  # directions, units and coasts count this much more at first
BATCHES_EACH, BATCHES = 12, (100, 8_000)  # of 256 moves: for each area, and least and most
TURNS = 12  # annealed so often, each time from the best so far
HOT, COLD = 0.45, 0.1  # temperatures of that, in the unit of `hexvalues`
DRAW_PULL = 1.0  # further gain where two of one region touch, before thousands are annealed
DRAW_BATCHES, DRAW_HEAT = 2_500, (0.8, 0.3)
MANY_BATCHES = 2_500
DENSE_MOST = 1500  # up to here the full cost matrix is quicker than a sparse one
SPREAD_ROUNDS = 60
HOLD = 1e-5  # keeps parts that nothing binds from drifting off
REACH = 3.0  # cells further from all places than this are left out, in cell widths
ROOMY = 2  # but this many cells are left for each area
ISLAND_GAP = 2.0  # distance of an island's cell from the next, in cell widths
ISLAND_TIES = 3  # nearest areas that say where an island lies


def place(
    xy: Floats,
    *,
    regions: Ints,
    counties: Ints,
    areas: Floats | None = None,
    islands: npt.NDArray[np.bool_] | None = None,
    seed: int = 0,
) -> Ints:
    """Choose a cell for each point.

    Parameters
    ----------
    xy
        Points in a plane, shape (n, 2), x eastwards, y northwards.
    regions, counties
        Numbers of the larger and smaller units from 0, shape (n,); -1 for none.
    areas
        Areas in the square of the points' unit, shape (n,), or None.
    islands
        Areas known to border no other, shape (n,), or None.
    seed
        Start of the random numbers.

    Returns
    -------
    Axial coordinates, shape (n, 2): q eastwards, r south-eastwards; no two rows alike.
    """
    plane, unit = _apart(xy, np.random.default_rng(seed))
    size = None if areas is None else areas / unit**2
    apart = np.zeros(len(xy), dtype=bool) if islands is None else islands.copy()
    if (~apart).sum() >= FEW:
        guess = guess_borders(plane[~apart], None if size is None else size[~apart])
        apart[np.flatnonzero(~apart)[guess.islands]] = True
    land = np.flatnonzero(~apart)
    cells = np.zeros((len(xy), 2), dtype=np.int64)
    if len(land) < FEW:
        return _assign(plane)
    cells[land] = _mainland(
        plane[land], None if size is None else size[land], regions[land], counties[land], seed
    )
    return _add_islands(plane, cells, apart)


def _mainland(xy: Floats, size: Floats | None, regions: Ints, counties: Ints, seed: int) -> Ints:
    """Cells of all that are no islands."""
    guess = guess_borders(xy, size)
    tied = springs(xy, guess)
    home = _spread(xy, tied)
    cells = _assign(home)
    if len(xy) <= SOFT_MOST:
        strict = wishes(guess, home, tied, regions, counties, strict=SOFT_STRICT)
        cells = soften(strict, cells)
    cells = fill_holes(cells)
    final = wishes(guess, home, tied, regions, counties)
    if len(xy) > SOFT_MOST:
        return _many(final, regions, counties, cells, seed)
    least = np.inf
    for turn in range(TURNS):
        board = Board(final, regions, counties, cells, seed + turn)
        board.mend()
        board.run(int(np.clip(BATCHES_EACH * len(xy), *BATCHES)), HOT, COLD)
        if board.loss() < least:
            least, cells = board.loss(), board.axial()
    return cells


def _many(kept: Wishes, regions: Ints, counties: Ints, cells: Ints, seed: int) -> Ints:
    """A lighter search for thousands: regions are drawn together, then one annealing."""
    alike = (regions[:, None] == regions) & (regions >= 0)
    touch = kept.touch + DRAW_PULL * alike
    np.fill_diagonal(touch, 0)
    board = Board(replace(kept, touch=touch), regions, counties, cells, seed)
    board.run(DRAW_BATCHES, *DRAW_HEAT)
    board.mend(turns=3)
    board = Board(kept, regions, counties, board.axial(), seed)
    board.run(MANY_BATCHES, HOT, COLD)
    return board.axial()


def _add_islands(xy: Floats, cells: Ints, islands: npt.NDArray[np.bool_]) -> Ints:
    """Put each island into the sea where the nearest areas would have it, touching nobody."""
    cells = cells.copy()
    land = np.flatnonzero(~islands)
    for island in np.flatnonzero(islands):
        _, near = cKDTree(xy[land]).query(xy[island], k=min(ISLAND_TIES, len(land)))
        near = land[np.atleast_1d(near)]
        step = xy[island] - xy[near]
        step *= ISLAND_GAP / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
        wanted = (axial_centres(cells[near]) + step).mean(axis=0)
        cells[island] = _free_cell(wanted, cells[land])
        land = np.append(land, island)
    return cells


def _free_cell(wanted: Floats, cells: Ints) -> Ints:
    """The nearest cell to a place that touches none of the others and encloses no sea."""
    middle = np.rint((wanted[0] + wanted[1] / ROW_HEIGHT / 2, -wanted[1] / ROW_HEIGHT))
    low = np.minimum(cells.min(axis=0), middle.astype(np.int64)) - 4
    columns, rows = np.maximum(cells.max(axis=0), middle.astype(np.int64)) + 5 - low
    taken = np.zeros((rows, columns), dtype=bool)
    taken[tuple((cells - low).T[::-1])] = True
    touched = ndimage.binary_dilation(taken, RING)
    touched[[0, -1]] = touched[:, [0, -1]] = True
    free = np.argwhere(~touched)[:, ::-1] + low
    pieces = ndimage.label(~taken, RING)[1]
    away = ((axial_centres(free) - wanted) ** 2).sum(axis=1).round(6)
    for cell in free[np.lexsort((free[:, 1], free[:, 0], away))]:
        tried = taken.copy()
        tried[tuple((cell - low)[::-1])] = True
        if ndimage.label(~tried, RING)[1] == pieces:
            return np.asarray(cell, dtype=np.int64)
    raise AssertionError("there is always room at sea")


def _apart(xy: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    """Points in units of their typical distance, a hair apart where they coincide."""
    centred = xy - xy.mean(axis=0)
    if len(xy) == 1:
        return centred, 1.0
    near, _ = cKDTree(centred).query(centred, k=2)
    unit = float(np.median(near[:, 1])) or float(np.ptp(centred, axis=0).max()) or 1.0
    return centred / unit + rng.normal(scale=1e-4, size=xy.shape), unit


def _spread(xy: Floats, tied: tuple[Ints, Floats, Floats]) -> Floats:
    """Positions in cell widths that suit the springs and keep everybody a cell apart.

    Crowds dissolve slowly, so that the push apart grows stronger by and by.
    """
    pairs, wanted, strength = tied
    goal = _solve(xy * 0, pairs, wanted, strength)
    for turn in range(SPREAD_ROUNDS):
        close = cKDTree(goal).query_pairs(1.0, output_type="ndarray").astype(np.int64)
        if not len(close):
            break
        close = close[np.lexsort((close[:, 1], close[:, 0]))]
        step = goal[close[:, 1]] - goal[close[:, 0]]
        push = 1.03 * step / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
        goal = _solve(
            goal,
            np.concatenate([pairs, close]),
            np.concatenate([wanted, push]),
            np.concatenate([strength, np.full(len(close), 1.2 ** max(turn - 20, 0))]),
        )
    return np.asarray(np.round(goal, 3), dtype=np.float64)


def _solve(start: Floats, pairs: Ints, wanted: Floats, strength: Floats) -> Floats:
    """Positions whose differences over the pairs are nearest to those wanted."""
    m, n = len(pairs), len(start)
    rows = np.repeat(np.arange(m), 2)
    difference = scipy.sparse.csr_matrix(
        (np.tile([-1.0, 1.0], m), (rows, pairs.ravel())), shape=(m, n)
    )
    weighted = difference.T.multiply(strength).tocsr()
    normal = (weighted @ difference + HOLD * scipy.sparse.eye(n)).tocsc()
    return np.asarray(splu(normal).solve(weighted @ wanted + HOLD * start), dtype=np.float64)


def _assign(goal: Floats) -> Ints:
    """Cells (axial, one per row of `goal`) with the least sum of squared distances."""
    low = int(np.floor(-goal[:, 1].max() / ROW_HEIGHT)) - 4
    high = int(np.ceil(-goal[:, 1].min() / ROW_HEIGHT)) + 4
    west = int(np.floor(goal[:, 0].min() - high / 2)) - 4
    east = int(np.ceil(goal[:, 0].max() - low / 2)) + 4
    r, q = np.mgrid[low : high + 1, west : east + 1]
    cells = np.stack([q.ravel(), r.ravel()], axis=1).astype(np.int64)
    centres = np.stack([cells[:, 0] + cells[:, 1] / 2, -cells[:, 1] * ROW_HEIGHT], axis=1)
    near, _ = cKDTree(goal).query(centres)
    reach = max(REACH, np.sort(near)[min(ROOMY * len(goal), len(near)) - 1])
    cells, centres = cells[near <= reach], centres[near <= reach]
    if len(goal) <= DENSE_MOST:
        cost = ((goal[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        _, chosen = linear_sum_assignment(cost)
        return np.asarray(cells[chosen], dtype=np.int64)
    return np.asarray(cells[_match_sparsely(goal, centres)], dtype=np.int64)


def _match_sparsely(goal: Floats, centres: Floats) -> Ints:
    """The same assignment with only the nearest cells of each point as candidates."""
    tree = cKDTree(centres)
    most = 32
    while True:
        distance, found = tree.query(goal, k=min(most, len(centres)))
        rows = np.repeat(np.arange(len(goal)), found.shape[1])
        # A cost of 0 would not be stored; one more for all changes nothing.
        cost = scipy.sparse.csr_matrix(
            (1 + distance.ravel() ** 2, (rows, found.ravel())), shape=(len(goal), len(centres))
        )
        try:
            _, chosen = min_weight_full_bipartite_matching(cost)
        except ValueError:  # too few candidates for a full matching
            if most >= len(centres):
                raise
            most *= 2
            continue
        return np.asarray(chosen, dtype=np.int64)
