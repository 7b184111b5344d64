"""Finds a cell for each point: guess the borders, spread, assign, then anneal.

1. `hexguess` guesses from points and areas who borders whom and who faces the sea.
2. The points are spread until neighbours are one cell apart in their true direction:
   a least-squares problem, solved again with every pair that comes too close.
3. The spread points are assigned to cells with the least sum of squared distances.
4. `hexsoft` places all areas anew, all at once, if they are not too many for that.
5. `hexanneal` improves the result by many small moves, and sees to holes and pieces.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from generator.report import Report
from generator.sources.hexanneal import Schedule, anneal
from generator.sources.hexguess import Guess, guess_borders
from generator.sources.hexlattice import ROW_HEIGHT, Floats, Ints
from generator.sources.hexsoft import soften
from generator.sources.hexvalues import Springs, Task

FEW = 5  # fewer points have no triangulation worth the name
SOFT_MOST = 600  # up to here all areas are placed at once
SHAKE = 0.4  # random shift between attempts, in cell widths
DENSE_MOST = 1500  # up to here the full cost matrix is quicker than a sparse one
SPREAD_ROUNDS = 60
LARGE = 2.0  # springs are stronger with the size of the larger area, up to this factor
TIES = 3.0  # areas whose chances of neighbours add up to less get stronger springs
ISLAND_STRENGTH = 2.0  # pull of an island's spring; a certain neighbour's is 1
ISLAND_GAP = 1.9  # wanted distance of an island's cell from the next, in cell widths
HOLD = 1e-5  # keeps parts that nothing binds from drifting off
REACH = 3.0  # cells further from all places than this are left out, in cell widths
ROOMY = 2  # but this many cells are left for each area


def place(
    xy: Floats,
    *,
    regions: Ints,
    counties: Ints,
    areas: Floats | None = None,
    islands: npt.NDArray[np.bool_] | None = None,
    seed: int = 0,
    tries: int = 1,
    report: Report | None = None,
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
    seed, tries
        Start of the random numbers, and how many layouts to compute; the best is taken.

    Returns
    -------
    Axial coordinates, shape (n, 2): q eastwards, r south-eastwards; no two rows alike.
    """
    rng = np.random.default_rng(seed)
    plane, unit = _apart(xy, rng)
    if len(xy) < FEW:
        return _assign(plane)
    guess = guess_borders(plane, None if areas is None else areas / unit**2, islands)
    springs = _springs(plane, guess)
    goal = _spread(plane, springs)
    task = Task(
        xy=plane,
        goal=goal,
        guess=guess,
        springs=springs,
        regions=np.where(guess.islands, -1, regions),
        counties=counties,
    )
    start = _assign(goal)
    found = [_improve(task, start, seed, k, report) for k in range(max(tries, 1))]
    best, _ = min(found, key=lambda layout: layout[1])
    return best


def _improve(
    task: Task, cells: Ints, seed: int, attempt: int, report: Report | None
) -> tuple[Ints, float]:
    """One layout and what it loses; attempts differ by a shake of the start."""
    n = len(cells)
    if n <= SOFT_MOST:
        cells = soften(task, cells, jitter=SHAKE if attempt else 0.0, seed=seed + attempt)
        schedule = Schedule(moves=1_000 * n, hot=0.3, cold=0.12)
    else:
        schedule = Schedule(moves=min(2_500 * n, 1_000_000), hot=0.55, cold=0.25)
    return anneal(task, cells, schedule, seed=seed + attempt, report=report)


def _apart(xy: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    """Points in units of their typical distance, a hair apart where they coincide."""
    centred = xy - xy.mean(axis=0)
    if len(xy) == 1:
        return centred, 1.0
    near, _ = cKDTree(centred).query(centred, k=2)
    unit = float(np.median(near[:, 1])) or float(np.ptp(centred, axis=0).max()) or 1.0
    return centred / unit + rng.normal(scale=1e-4, size=xy.shape), unit


def _springs(xy: Floats, guess: Guess) -> Springs:
    """What every likely pair wants: to be one cell apart in its true direction."""
    pairs = np.concatenate([guess.pairs, guess.links])
    step = xy[pairs[:, 1]] - xy[pairs[:, 0]]
    wide = np.concatenate([np.ones(len(guess.pairs)), np.full(len(guess.links), ISLAND_GAP)])
    wanted = step / np.hypot(*step.T)[:, None] * wide[:, None]
    strength = np.concatenate([guess.chance, np.full(len(guess.links), ISLAND_STRENGTH)])
    # An area with few ties holds on to them all the more.
    total = np.bincount(pairs.ravel(), np.repeat(strength, 2), len(xy))
    strength = strength * np.maximum(TIES / total[pairs].min(axis=1), 1)
    # A large area out of its place is seen at once.
    size = np.clip(guess.radius / np.median(guess.radius), 1, LARGE)
    strength = strength * size[pairs].max(axis=1)
    return Springs(pairs, wanted, strength)


def _spread(xy: Floats, springs: Springs) -> Floats:
    """Positions in cell widths that suit the springs and keep everybody a cell apart.

    Crowds dissolve slowly, so that the push apart grows stronger by and by.
    """
    goal = _solve(xy * 0, springs.pairs, springs.wanted, springs.strength)
    for turn in range(SPREAD_ROUNDS):
        close = cKDTree(goal).query_pairs(1.0, output_type="ndarray").astype(np.int64)
        if not len(close):
            break
        close = close[np.lexsort((close[:, 1], close[:, 0]))]
        step = goal[close[:, 1]] - goal[close[:, 0]]
        push = 1.03 * step / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
        goal = _solve(
            goal,
            np.concatenate([springs.pairs, close]),
            np.concatenate([springs.wanted, push]),
            np.concatenate([springs.strength, np.full(len(close), 1.2 ** max(turn - 20, 0))]),
        )
    return goal


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
