"""Places all areas at once, first everywhere a little, then ever more surely in one cell.

Mean-field annealing of the quadratic assignment problem, with sums kept by Sinkhorn's
scaling ("softassign": Gold and Rangarajan 1996, A graduated assignment algorithm for graph
matching).  Every area has a share in every cell; what a cell is worth to an area follows
from the shares of the others around it.  As the temperature falls, shares go to 0 or 1.
It finds the broad arrangement far better than single moves do, but costs n² a round.

Shares are kept as multiples of `QUANTUM`, so that the large sums are exact and the same in
any order: processors and numbers of threads can't change the layout.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse
from scipy.optimize import linear_sum_assignment

from generator.hexagons.lattice import AXIAL_STEPS, OPPOSITE, Floats, Ints, axial_centres
from generator.hexagons.values import Wishes

HOT, COLD = 0.75, 0.3  # temperatures, in the unit of `hexvalues`
ROUNDS = 450
DAMPING = 0.5  # share of the old shares in the new ones; keeps rounds from swinging
BALANCING = 8  # rounds of Sinkhorn's scaling at each temperature
START_SPREAD = 0.8  # squared cell widths over which an area is spread at first
ROOM = 3  # rings of cells around the first layout that may be used too
QUANTUM = 2.0**-22


def soften(wishes: Wishes, cells: Ints) -> Ints:
    """Find better cells (axial, shape (n, 2)) than those given, near their outline."""
    axial, beside = _room(cells)
    centre = axial_centres(axial)
    m = len(axial)
    adjacent = _adjacency(beside)
    home = _squares(wishes.home, centre)
    share = np.exp(-home / START_SPREAD)
    share = _exact(share / share.sum(axis=1, keepdims=True))
    pull = _Pull(wishes)
    scale = np.ones(m)
    sides = np.arange(6)[:, None]
    for k in range(ROUNDS):
        temperature = HOT * (COLD / HOT) ** (k / (ROUNDS - 1))
        gain = wishes.touch @ np.ascontiguousarray((adjacent @ share.T).T)
        empty = np.append(np.clip(1 - share.sum(axis=0), 0, 1), 1.0)
        gain += wishes.sea @ empty[beside]
        # Whoever sits here takes the sea from those who have this cell at their other side.
        taken = np.column_stack([wishes.sea[:, OPPOSITE].T @ share, np.zeros(6)])
        gain -= taken[sides, beside].sum(axis=0)
        gain -= pull(share, centre) + wishes.hold * home
        fresh, scale = _balance(gain / temperature, scale)
        share = _exact(DAMPING * share + (1 - DAMPING) * fresh)
    _, chosen = linear_sum_assignment(-share)
    return np.asarray(axial[chosen], dtype=np.int64)


def _room(cells: Ints) -> tuple[Ints, Ints]:
    """Cells of a layout with `ROOM` rings around, and those at the six sides of each.

    The second has shape (6, m); m stands for a cell that may not be used.
    """
    near = {(q, r) for q, r in cells.tolist()}
    for _ in range(ROOM):
        near |= {(q + a, r + b) for q, r in near for a, b in AXIAL_STEPS.tolist()}
    number = {cell: k for k, cell in enumerate(sorted(near))}
    beside = [
        [number.get((q + a, r + b), len(number)) for q, r in number]
        for a, b in AXIAL_STEPS.tolist()
    ]
    return np.array(list(number), dtype=np.int64), np.array(beside, dtype=np.int64)


def _adjacency(beside: Ints) -> scipy.sparse.csr_matrix:
    m = beside.shape[1]
    inside = beside.ravel() < m
    here, there = np.tile(np.arange(m), 6)[inside], beside.ravel()[inside]
    return scipy.sparse.csr_matrix((np.ones(len(here)), (here, there)), shape=(m, m))


class _Pull:
    """Loss by springs, as if every other area were at the middle of its shares.

    The springs' loss grows as the distance; the square that touches it from above at the
    area's present place does the same work and needs no sum over springs for each cell.
    """

    def __init__(self, wishes: Wishes) -> None:
        first, second = wishes.pairs.T
        self.own = np.concatenate([first, second])
        self.other = np.concatenate([second, first])
        self.offset = np.concatenate([wishes.wanted, -wishes.wanted])
        self.strength = np.tile(wishes.strength, 2)
        ends = (self.own, np.arange(len(self.own)))
        self.sum = scipy.sparse.csr_matrix(
            (np.ones(len(self.own)), ends), shape=(len(wishes.home), len(self.own))
        )

    def __call__(self, share: Floats, centre: Floats) -> Floats:
        middle = share @ centre
        target = middle[self.other] - self.offset
        far = ((middle[self.own] - target) ** 2).sum(axis=1)
        weight = self.strength / (2 * np.sqrt(1 + far))
        total, aim = self.sum @ weight, self.sum @ (weight[:, None] * target)
        squares = (centre**2).sum(axis=1)
        return np.asarray(total[:, None] * squares - 2 * aim @ centre.T, dtype=np.float64)


def _balance(exponent: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """Shares exp(exponent), scaled to one for each area and at most one in each cell.

    What is left of the cells goes to an area more, the sea.  `scale` is the column scale
    of the last round, from which the next one starts.
    """
    n, m = exponent.shape
    share = _exact(np.exp(exponent - exponent.max(axis=1, keepdims=True)))
    column = scale / scale.max()
    row = np.ones(n)
    for _ in range(BALANCING):
        row = 1 / (share @ column)
        column = 1 / (row @ share + (m - n) / column.sum())
    share = share * row[:, None] * column
    return share / share.sum(axis=1, keepdims=True), column


def _exact(share: Floats) -> Floats:
    return np.asarray(np.rint(share / QUANTUM) * QUANTUM, dtype=np.float64)


def _squares(a: Floats, b: Floats) -> Floats:
    """Squared distances between two sets of points, shape (len(a), len(b))."""
    return np.asarray(((a[:, None] - b[None]) ** 2).sum(axis=2), dtype=np.float64)
