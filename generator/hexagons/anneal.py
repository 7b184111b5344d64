"""Improves a layout by simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983).

A move takes a row of cells and shifts what is in them by one, the last to the front.  Worse
layouts are accepted with a chance that falls with the temperature.  Hundreds are weighed at
once; those that seem good and don't meet are made, unless they tear more than they are worth,
or a region or the sea, which stay in one piece once they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from generator.hexagons.layout import ROW_HEIGHT, Floats, Ints

# Steps to the east, north-east, north-west, west, south-west and south-east in axial
# coordinates (q eastwards, r south-eastwards), and where the side opposite to each stands.
AXIAL_STEPS: Ints = np.array([(1, 0), (1, -1), (0, -1), (-1, 0), (-1, 1), (0, 1)], dtype=np.int64)
OPPOSITE: Ints = np.array([3, 4, 5, 0, 1, 2], dtype=np.int64)
RING = ((0, 1, 1), (1, 1, 1), (1, 1, 0))  # the same neighbourhood as an array, for ndimage

WEIGHED = 192  # moves weighed at once
LONGEST = 8  # cells in one row
FAR = 0.6  # share of rows that lead anywhere
MARGIN = 8  # empty cells around the board: room to move
WHOLE = 1.0  # a unit whose pieces cost so much stays whole once it is, whatever else is gained
GRAIN = 2.0**-14  # everything counted is a multiple of this, so that sums are exact


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a layout should keep; the unit is one certain pair of neighbours that touch."""

    touch: Floats  # (n, n) gain where two areas touch, symmetric
    sea: Floats  # (n, 6) gain by an empty cell at each side, from the east counter-clockwise
    home: Floats  # (n, 2) places of the areas in cell widths
    hold: Floats  # (n,) loss for each squared cell width from there
    friends: Ints  # (n, any) areas beside which each might like to be
    units: tuple[tuple[Ints, float], ...]  # by kind: areas' units (-1: none), loss for a piece
    torn_sea: float  # loss for each piece of the sea: a hole is one


def axial_centres(axial: Ints) -> Floats:
    """Centres of cells in cell widths, shape (n, 2), eastwards and northwards."""
    return np.stack([axial[:, 0] + axial[:, 1] / 2, -axial[:, 1] * ROW_HEIGHT], axis=1)


def cells_around(places: Floats) -> Ints:
    """Cells (axial) in a box around some places."""
    room = 4 + int(np.sqrt(len(places)))
    west, south = np.floor(places.min(axis=0)).astype(int) - room
    east, north = np.ceil(places.max(axis=0)).astype(int) + room
    row, column = np.mgrid[int(-north / ROW_HEIGHT) : int(-south / ROW_HEIGHT) + 1, west : east + 1]
    return np.stack([(column - row // 2).ravel(), row.ravel()], axis=1).astype(np.int64)


class Board:
    """A layout that is being improved, from cells (axial, shape (n, 2)) and a random seed.

    Cells are numbered by rows of an axial array, areas from 0; `n` stands for none.  Cell 0
    is far out at sea and fills what is missing in short rows.
    """

    def __init__(self, wishes: Wishes, cells: Ints, seed: int) -> None:
        self.n = n = len(cells)
        self.rng = np.random.default_rng(seed)
        corner = cells.min(axis=0) - MARGIN
        columns, rows = (np.ptp(cells, axis=0) + 2 * MARGIN + 1).tolist()
        self.shape = (rows, columns)
        r, q = np.divmod(np.arange(rows * columns), columns)
        self.axial = np.stack([q, r], axis=1) + corner
        self.centre = axial_centres(self.axial)
        self.inner = (r > 1) & (q > 1) & (r < rows - 2) & (q < columns - 2)
        self.step = AXIAL_STEPS @ (1, columns)
        # An empty cell counts as six: n to n + 5, by the side at which an area has it.
        self.value = np.zeros((n + 6, n + 6), dtype=np.int32)
        self.value[:n, :n] = np.rint(wishes.touch / GRAIN)
        self.value[:n, n:] = np.rint(wishes.sea / GRAIN)
        self.value[n:, :n] = self.value[:n, n:].T
        self.home = np.vstack([wishes.home, (0, 0)])
        self.hold = np.append(wishes.hold / GRAIN, 0)
        self.friends = wishes.friends
        # Empty cells are the one unit of one more kind.
        self.kinds = [(np.append(units, -1), loss) for units, loss in wishes.units]
        self.kinds.append((np.append(np.full(n, -1), 0), wishes.torn_sea))
        self.cell = (cells - corner) @ (1, columns)
        self.board = np.full(len(q), n)
        self.board[self.cell] = np.arange(n)
        # One copy for each move that is weighed, so that any move can be tried on it.
        self.boards = np.repeat(self.board[None], WEIGHED, axis=0)
        self.on_path = np.zeros(self.boards.shape, dtype=np.int8)

    def cells(self) -> Ints:
        """Cells (axial, shape (n, 2))."""
        return np.asarray(self.axial[self.cell], dtype=np.int64)

    def pieces(self, areas: Ints) -> list[tuple[float, int]]:
        """Loss for a piece and number of pieces, by unit of some areas (`n` for the sea)."""
        return [
            (loss, ndimage.label((units == unit)[self.board].reshape(self.shape), RING)[1])
            for units, loss in self.kinds
            for unit in set(units[areas].tolist()) - {-1}
        ]

    def run(self, batches: int, hot: float, cold: float) -> None:
        """Try a number of batches of moves while the temperature falls."""
        for k in range(batches):
            temperature = hot * (cold / hot) ** (k / batches)
            paths, size = self._rows()
            rise = self._rise(paths, size)
            limit = -temperature / GRAIN * np.log(1 - self.rng.random(len(size)))
            changed = np.zeros(len(self.board), dtype=bool)
            for move in np.flatnonzero(rise <= limit).tolist():
                path = paths[move, : size[move]]
                met = changed[path[:, None] + self.step].any()
                if not met and self._make(path, (limit - rise)[move] * GRAIN):
                    changed[path] = True

    def _rows(self) -> tuple[Ints, Ints]:
        """Rows of cells from an area towards a friend, or anywhere, to the first empty cell."""
        area = self.rng.integers(self.n, size=WEIGHED)
        friend = self.friends[area, self.rng.integers(self.friends.shape[1], size=WEIGHED)]
        here = self.cell[area]
        goal = self.cell[friend] + self.step[self.rng.integers(6, size=WEIGHED)]
        far = self.rng.random(WEIGHED) < FAR
        goal = np.where(far, self.rng.integers(len(self.board), size=WEIGHED), goal)
        most = np.where(far, self.rng.integers(2, LONGEST + 1, size=WEIGHED), LONGEST)
        paths, size = np.zeros((WEIGHED, LONGEST), np.int64), np.ones(WEIGHED, np.int64)
        paths[:, 0], going = here, np.ones(WEIGHED, bool)
        for k in range(1, LONGEST):
            beside = here[:, None] + self.step
            away = np.hypot(*(self.centre[beside] - self.centre[goal][:, None]).transpose(2, 0, 1))
            # So little noise that every step comes nearer, and no cell is met twice.
            nearest = (away + 0.5 * self.rng.random(away.shape)).argmin(axis=1)
            going &= (k < most) & (here != goal)
            going &= self.inner[beside[np.arange(WEIGHED), nearest]]
            here = np.where(going, beside[np.arange(WEIGHED), nearest], here)
            paths[:, k] = np.where(going, here, 0)
            size += going
            going &= self.board[here] < self.n
        # Half of the rows move backwards.
        place = np.arange(LONGEST)
        back = np.where(self.rng.random((WEIGHED, 1)) < 0.5, size[:, None] - 1 - place, place)
        paths = np.where(place < size[:, None], np.take_along_axis(paths, back.clip(0), 1), 0)
        return paths[size > 1], size[size > 1]

    def _rise(self, paths: Ints, size: Ints) -> Floats:
        """What is lost by each move, in grains, but for torn units."""
        move, old = np.arange(len(paths)), self.board[paths]
        new = np.roll(old, 1, axis=1)
        new[:, 0] = old[move, size - 1]
        new[np.arange(paths.shape[1]) >= size[:, None]] = self.n
        around = np.maximum(paths[:, :, None] + self.step, 0)
        row, across = move[:, None], move[:, None, None]
        before = self._values(old[:, :, None], self.board[around])
        self.boards[row, paths], self.on_path[row, paths] = new, 1
        after = self._values(new[:, :, None], self.boards[across, around])
        # What both ends of a pair do counts once.
        gain = ((after - before) * (2 - self.on_path[across, around])).sum(axis=(1, 2))
        self.boards[row, paths], self.on_path[row, paths] = old, 0
        home = (self._away(new, paths) - self._away(old, paths)).sum(axis=1)
        return np.asarray(home - gain / 2, dtype=np.float64)

    def _values(self, area: Ints, around: Ints) -> Ints:
        """Gain by what is at the six sides; the last axis is the sides."""
        here = np.where(area == self.n, self.n + OPPOSITE, area)
        there = np.where(around == self.n, self.n + np.arange(6), around)
        return np.asarray(self.value.ravel().take(here * (self.n + 6) + there), dtype=np.int64)

    def _away(self, area: Ints, cell: Ints) -> Floats:
        """Loss by distance from home."""
        dx, dy = np.moveaxis(self.centre[cell] - self.home[area], -1, 0)
        return np.asarray(np.rint(self.hold[area] * (dx * dx + dy * dy)), dtype=np.float64)

    def _make(self, path: Ints, slack: float) -> bool:
        """Make a move unless it tears what is to stay whole, or more than `slack` is worth."""
        old = self.board[path]
        alike = all((units[old] == units[old[0]]).all() for units, _ in self.kinds)
        before = [] if alike else self.pieces(old)
        self._put(path, np.roll(old, 1))
        after = [] if alike else self.pieces(old)
        torn = 0.0
        for (loss, was), (_, now) in zip(before, after, strict=True):
            torn += np.inf if loss >= WHOLE and was == 1 < now else loss * (now - was)
        if torn > slack:
            self._put(path, old)
            return False
        self.boards[:, path] = self.board[path]
        return True

    def _put(self, path: Ints, areas: Ints) -> None:
        self.board[path] = areas
        self.cell[areas[areas < self.n]] = path[areas < self.n]
