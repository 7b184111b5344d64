"""Places all areas at once, first everywhere a little, then ever more surely in one cell.

Mean-field annealing of the quadratic assignment problem, with sums kept by Sinkhorn's
scaling ("softassign": Gold and Rangarajan 1996, A graduated assignment algorithm for graph
matching).  Every area has a share in every cell; what a cell is worth to an area follows
from the shares of the others around it.  As the temperature falls, shares go to 0 or 1.
It finds better layouts than thousands of single moves, but costs n² a round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from scipy.optimize import linear_sum_assignment

from generator.sources.hexlattice import ROW_HEIGHT, Floats, Ints
from generator.sources.hexvalues import HOME, SPRING, Task, sea_values, touch_matrix

HOT, COLD = 0.75, 0.3  # temperatures, in the unit of `hexvalues`
ROUNDS = 450
DAMPING = 0.5  # share of the old shares in the new ones; keeps rounds from swinging
BALANCING = 8  # rounds of Sinkhorn's scaling at each temperature
START_SPREAD = 0.8  # squared cell widths over which an area is spread at first
ROOM = 3  # rings of cells around the first layout that may be used too

# Axial steps to the east, north-east, north-west, west, south-west and south-east.
AROUND = ((1, 0), (1, -1), (0, -1), (-1, 0), (-1, 1), (0, 1))


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells that may be used."""

    axial: Ints  # (m, 2)
    centre: Floats  # (m, 2) in cell widths
    beside: list[scipy.sparse.csr_matrix]  # for each side, (m, m): 1 at the cell there
    edge: Floats  # (6, m): 1 where there is no cell at that side


def soften(task: Task, cells: Ints, *, jitter: float = 0.0, seed: int = 0) -> Ints:
    """Find better cells (axial, shape (n, 2)) than those given.

    Parameters
    ----------
    task
        What to keep.
    cells
        A first layout; the result stays near its outline.
    jitter
        Standard deviation of a random shift of each starting place, in cell widths.
    """
    room = _room(cells)
    n, m = len(cells), len(room.axial)
    rng = np.random.default_rng(seed)
    start = task.goal + rng.normal(scale=jitter, size=(n, 2)) if jitter else task.goal
    home = _squares(task.goal, room.centre)
    share = np.exp(-_squares(start, room.centre) / START_SPREAD)
    share /= share.sum(axis=1, keepdims=True)
    touch, sea = touch_matrix(task), sea_values(task.guess)
    pull = _Pull(task)
    scale = np.ones(m)
    for k in range(ROUNDS):
        temperature = HOT * (COLD / HOT) ** (k / (ROUNDS - 1))
        loss = _touching(share, touch, sea, room) + pull(share, room.centre) + HOME * home
        fresh, scale = _balance(loss / temperature, scale)
        share = DAMPING * share + (1 - DAMPING) * fresh
    _, chosen = linear_sum_assignment(-share)
    return np.asarray(room.axial[chosen], dtype=np.int64)


def _room(cells: Ints) -> _Cells:
    """Cells of a layout and `ROOM` rings around them."""
    near = {(q, r) for q, r in cells.tolist()}
    for _ in range(ROOM):
        near |= {(q + a, r + b) for q, r in near for a, b in AROUND}
    axial = np.array(sorted(near), dtype=np.int64)
    number = {cell: k for k, cell in enumerate(sorted(near))}
    centre = np.stack([axial[:, 0] + axial[:, 1] / 2, -axial[:, 1] * ROW_HEIGHT], axis=1)
    beside, edge = [], np.ones((6, len(axial)))
    for side, (a, b) in enumerate(AROUND):
        pairs = [
            (k, number[q + a, r + b]) for (q, r), k in number.items() if (q + a, r + b) in near
        ]
        here, there = np.array(pairs).T
        shape = (len(axial), len(axial))
        beside.append(scipy.sparse.csr_matrix((np.ones(len(here)), (here, there)), shape=shape))
        edge[side, here] = 0
    return _Cells(axial, centre, beside, edge)


def _touching(share: Floats, touch: Floats, sea: Floats, room: _Cells) -> Floats:
    """Loss of each area in each cell by what is around it, shape (n, m)."""
    value = touch @ share
    empty = np.clip(1 - share.sum(axis=0), 0, 1)
    loss = np.zeros_like(share)
    for side, beside in enumerate(room.beside):
        loss -= (beside @ value.T).T
        loss -= np.outer(sea[:, side], beside @ empty + room.edge[side])
        # Whoever sits here takes the sea from those who have this cell at their other side.
        loss += beside @ (share.T @ sea[:, (side + 3) % 6])
    return loss


class _Pull:
    """Loss by springs, as if every other area were at the middle of its shares."""

    def __init__(self, task: Task) -> None:
        first, second = task.springs.pairs.T
        wanted, m = task.springs.wanted, len(first)
        self.other = np.concatenate([second, first])
        self.offset = np.concatenate([wanted, -wanted])
        self.strength = SPRING * np.concatenate([task.springs.strength] * 2)[:, None]
        self.sum = scipy.sparse.csr_matrix(
            (np.ones(2 * m), (np.concatenate([first, second]), np.arange(2 * m))),
            shape=(len(task.xy), 2 * m),
        )

    def __call__(self, share: Floats, centre: Floats) -> Floats:
        wanted = (share @ centre)[self.other] - self.offset
        strain = np.sqrt(1 + _squares(wanted, centre)) - 1
        return np.asarray(self.sum @ (strain * self.strength), dtype=np.float64)


def _balance(exponent: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """Shares exp(-exponent), scaled to one for each area and at most one in each cell.

    What is left of the cells goes to an area more, the sea.  `scale` is the column scale
    of the last round, from which the next one starts.
    """
    n, m = exponent.shape
    share = np.exp(exponent.min(axis=1, keepdims=True) - exponent)
    column = scale / scale.max()
    row = np.ones(n)
    for _ in range(BALANCING):
        row = 1 / (share @ column)
        column = 1 / (row @ share + (m - n) / column.sum())
    share = share * row[:, None] * column
    return share / share.sum(axis=1, keepdims=True), column


def _squares(a: Floats, b: Floats) -> Floats:
    """Squared distances between two sets of points, shape (len(a), len(b))."""
    return np.asarray(((a[:, None] - b[None]) ** 2).sum(axis=2), dtype=np.float64)
