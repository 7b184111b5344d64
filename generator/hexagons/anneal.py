"""Improves a layout by simulated annealing, and never breaks a region.

A move takes a row of cells and shifts what is in them by one, the last to the front: two
areas change places, one jumps in beside a likely neighbour, or a row is pushed out to sea.
Worse layouts are accepted with a chance that falls as the temperature falls (Kirkpatrick,
Gelatt and Vecchi 1983).  Hundreds of moves are weighed at once (numpy); those that are
accepted and don't meet are made one by one.

Regions, and the sea, stay in as many pieces as they are or fewer: a cell may leave its
kind only if the rest of that kind around it hangs together, and join another only where
it touches that (both seen from the six cells around it).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from generator.hexagons.lattice import AXIAL_STEPS, OPPOSITE, RING, Floats, Ints, axial_centres
from generator.hexagons.values import GRAIN, Wishes

WEIGHED = 256  # swaps weighed at once; half as many rows
LONGEST = 9  # cells in one row
ROWS = 3  # of ten batches
MARGIN = 8  # empty cells around the board: room to move
ALONE, EMPTY = -1, -2  # kinds of cell besides the regions' numbers
MEND_TURNS, MEND_BATCHES = 100, 30  # the second in each turn
MEND_COLD, MEND_HOT = 0.1, 0.5  # temperatures of the shakes where no move helps
TORN_COUNTY = 0.5  # loss for each piece of a county, in the unit of `hexvalues`


class Board:
    """A layout that is being improved.

    Cells are numbered row by row of an axial array with a wide margin, areas from 0; `n`
    stands for none.  Cell 0 is far out at sea and fills what is missing in short rows.

    Parameters
    ----------
    wishes
        What to keep.
    regions, counties
        Units by number, shape (n,), -1 for none; regions are kept whole by force, counties
        by `TORN_COUNTY`.
    cells
        Where to begin (axial, shape (n, 2)).
    """

    def __init__(
        self, wishes: Wishes, regions: Ints, counties: Ints, cells: Ints, seed: int
    ) -> None:
        self.n = len(cells)
        self.rng = np.random.default_rng(seed)
        self.corner = cells.min(axis=0) - MARGIN
        columns, rows = (np.ptp(cells, axis=0) + 2 * MARGIN + 1).tolist()
        self.shape = (rows, columns)
        self.r, self.q = np.divmod(np.arange(rows * columns), columns)
        self.x, self.y = axial_centres(np.stack([self.q, self.r], axis=1) + self.corner).T
        self.inner = (self.r > 1) & (self.q > 1) & (self.r < rows - 2) & (self.q < columns - 2)
        self.step = AXIAL_STEPS[:, 0] + AXIAL_STEPS[:, 1] * columns
        self._weigh(wishes)
        self.kind_of = [*regions.tolist(), EMPTY]
        self.kinds = np.array(self.kind_of)
        self.county_of = [*counties.tolist(), -1]
        self._place((cells[:, 1] - self.corner[1]) * columns + cells[:, 0] - self.corner[0])

    def _weigh(self, wishes: Wishes) -> None:
        """Tables of values in whole grains: sums are exact, whatever their order."""
        n = self.n
        # An empty cell counts as six: n to n + 5, by the side at which an area has it.
        self.value = np.zeros((n + 6, n + 6), dtype=np.int32)
        self.value[:n, :n] = np.rint(wishes.touch / GRAIN)
        self.value[:n, n:] = np.rint(wishes.sea / GRAIN)
        self.value[n:, :n] = self.value[:n, n:].T
        self.home = np.vstack([wishes.home, (0, 0)])
        self.hold = np.append(np.full(n, wishes.hold / GRAIN), 0.0)
        a, b = wishes.pairs.T
        own, other = np.concatenate([a, b]), np.concatenate([b, a])
        order = np.lexsort((other, own))
        own, other = own[order], other[order]
        self.springs = count = np.bincount(own, minlength=n + 1)
        slot = np.arange(len(own)) - np.repeat(np.cumsum(count) - count, count)
        table = (n + 1, max(int(count.max()), 1))
        self.other = np.full(table, n)
        self.strength, self.east, self.north = np.zeros((3, *table))
        self.other[own, slot] = other
        self.strength[own, slot] = np.tile(wishes.strength, 2)[order] / GRAIN
        wanted = np.concatenate([wishes.wanted, -wishes.wanted])[order]
        self.east[own, slot], self.north[own, slot] = wanted.T

    def _place(self, cell: Ints) -> None:
        n, size = self.n, len(self.q)
        self.cell = np.append(cell, 0)
        self.board = np.full(size, n)
        self.board[cell] = np.arange(n)
        # Single look-ups are several times quicker in lists.
        self.cell_list, self.board_list = self.cell.tolist(), self.board.tolist()
        self.steps = self.step.tolist()
        self.changed, self.batch = [0] * size, 0
        # One copy for each move that is weighed, so that any move can be tried on it.
        self.boards = np.repeat(self.board[None], WEIGHED, axis=0)
        self.cells = np.repeat(self.cell[None], WEIGHED, axis=0)
        self.on_path = np.zeros(self.boards.shape, dtype=np.int8)
        self.moved = np.zeros(self.cells.shape, dtype=np.int8)
        self.region, self.county = _members(self.kind_of), _members(self.county_of)
        self.county_pieces = {k: len(self._pieces(areas)) for k, areas in self.county.items()}

    # -- What stands ---------------------------------------------------------------------

    def axial(self) -> Ints:
        """Cells (axial, shape (n, 2))."""
        cell = self.cell[: self.n]
        return np.asarray(
            np.stack([self.q[cell], self.r[cell]], axis=1) + self.corner, dtype=np.int64
        )

    def torn(self) -> int:
        """Pieces of regions, and of the sea, beyond one each."""
        kinds = self.kinds[self.board].reshape(self.shape)
        present = set(self.kind_of) - {ALONE}
        return sum(int(ndimage.label(kinds == kind, RING)[1]) - 1 for kind in sorted(present))

    def loss(self) -> float:
        """What the layout loses, in the unit of `hexvalues`; less is better."""
        area, cell = np.arange(self.n), self.cell[: self.n]
        around = self.board[cell[:, None] + self.step]
        gain = self._values(area[:, None], around) * np.where(around == self.n, 2, 1)
        there = self.cell[self.other[area]]
        dx = self.x[there] - self.x[cell][:, None] - self.east[area]
        dy = self.y[there] - self.y[cell][:, None] - self.north[area]
        strain = np.rint(self.strength[area] * (np.sqrt(1 + dx * dx + dy * dy) - 1))
        home = np.rint(self._from_home(area, cell))
        county = TORN_COUNTY * sum(self.county_pieces.values())
        return float((strain.sum() - gain.sum()) / 2 + home.sum()) * GRAIN + county

    def _values(self, area: Ints, around: Ints) -> Ints:
        """Gain by what is at the six sides; the last axis is the sides."""
        sides = np.arange(6)
        here = np.where(area == self.n, self.n + OPPOSITE, area)
        there = np.where(around == self.n, self.n + sides, around)
        values = self.value.ravel().take(here * (self.n + 6) + there)
        return np.asarray(values, dtype=np.int64)

    def _from_home(self, area: Ints, cell: Ints) -> Floats:
        dx, dy = self.x[cell] - self.home[area, 0], self.y[cell] - self.home[area, 1]
        return np.asarray(self.hold[area] * (dx * dx + dy * dy), dtype=np.float64)

    # -- Moves ---------------------------------------------------------------------------

    def run(self, batches: int, hot: float, cold: float) -> None:
        """Try a number of batches of moves while the temperature falls."""
        for k in range(batches):
            temperature = hot * (cold / hot) ** (k / batches)
            paths, size = self._rows() if k % 10 < ROWS else self._swaps()
            if not len(size):
                continue
            rise = self._rise(paths, size)
            limit = -temperature / GRAIN * np.log(1 - self.rng.random(len(size)))
            self.batch += 1
            for move in np.flatnonzero(rise <= limit).tolist():
                path = paths[move, : size[move]].tolist()
                self._settle(path, float(limit[move] - rise[move]))

    def mend(self, turns: int = MEND_TURNS) -> None:
        """Bring home what is cut off from its region, each time by the cheapest of many moves."""
        for turn in range(turns):
            torn = [region for region in self.region if self._strays([region])]
            if not torn:
                break
            moves: list[tuple[float, list[int]]] = []
            for k in range(MEND_BATCHES):
                paths, size = self._rows() if k % 2 else self._swaps()
                concerned = np.isin(self.kinds[self.board[paths]], torn).any(axis=1)
                paths, size = paths[concerned], size[concerned]
                for rise, path, length in zip(
                    self._rise(paths, size).tolist(), paths.tolist(), size.tolist(), strict=True
                ):
                    moves.append((rise, path[:length]))
            for _, path in sorted(moves):
                self.batch += 1
                if self._settle(path, np.inf, torn):
                    break
            else:
                warm = MEND_HOT * turn / MEND_TURNS + MEND_COLD
                self.run(MEND_BATCHES, warm, warm)

    def _swaps(self) -> tuple[Ints, Ints]:
        """Areas and the cell beside them or beside a likely neighbour."""
        area, start, side, beside = self._picked(WEIGHED)
        near = (self.rng.random(WEIGHED) < 0.7) | (self.springs[area] == 0)
        target = np.where(near, start + self.step[side], beside)
        paths = np.stack([start, target], axis=1)[(target != start) & self.inner[target]]
        return paths, np.full(len(paths), 2)

    def _rows(self) -> tuple[Ints, Ints]:
        """Rows of cells in two directions 60° apart, in random order of the directions.

        Three in ten lead to an area from beside a likely neighbour of it; the others go
        anywhere, but no further than the first empty cell.
        """
        count = WEIGHED // 2
        area, start, side, beside = self._picked(count)
        likely = (self.rng.random(count) < 0.3) & (self.springs[area] > 0) & self.inner[beside]
        sector, along, across = self._staircase(start, beside)
        length = self.rng.integers(2, LONGEST, size=count)
        some = (self.rng.random(count) * (length + 1)).astype(np.int64)
        sector = np.where(likely, sector, side)
        along, length = np.where(likely, along, some), np.where(likely, along + across, length)
        place = np.arange(LONGEST + 1)
        order = np.where(place[1:] <= length[:, None], self.rng.random((count, LONGEST)), 2.0)
        first = order.argsort(axis=1).argsort(axis=1) < along[:, None]
        steps = np.where(first, self.step[sector][:, None], self.step[(sector + 1) % 6][:, None])
        cells = start[:, None] + np.column_stack([np.zeros(count, np.int64), steps.cumsum(axis=1)])
        within = place <= length[:, None]
        cells = np.where(within & (cells > 0) & (cells < len(self.board)), cells, 0)
        valid = (length <= LONGEST) & (self.inner[cells] | ~within).all(axis=1)
        empty = within & (self.board[cells] == self.n)
        shore = np.where(empty.any(axis=1) & ~likely, empty.argmax(axis=1), LONGEST)
        size = np.minimum(length, shore) + 1
        valid &= size >= 2
        cells, size = cells[valid], size[valid]
        back = likely[valid] | (self.rng.random(len(size)) < 0.3)
        turned = np.where(back[:, None], size[:, None] - 1 - place, place)
        inside = place < size[:, None]
        cells = np.take_along_axis(cells, np.where(inside, turned, 0), axis=1)
        return np.where(inside, cells, 0), size

    def _picked(self, count: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Random areas, their cells, a side, and the cell at that side of a likely neighbour."""
        area = self.rng.integers(self.n, size=count)
        slot = (self.rng.random(count) * np.maximum(self.springs[area], 1)).astype(np.int64)
        side = self.rng.integers(6, size=count)
        return area, self.cell[area], side, self.cell[self.other[area, slot]] + self.step[side]

    def _staircase(self, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
        """Sector, and steps in its first and in its second direction, from cell to cell."""
        q, r = self.q[end] - self.q[start], self.r[end] - self.r[start]
        first, second = AXIAL_STEPS, np.roll(AXIAL_STEPS, -1, axis=0)
        # Two neighbouring directions span the lattice: their determinant is 1 or -1.
        det = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
        along = (q[:, None] * second[:, 1] - r[:, None] * second[:, 0]) * det
        across = (r[:, None] * first[:, 0] - q[:, None] * first[:, 1]) * det
        sector = ((along >= 0) & (across >= 0)).argmax(axis=1)
        which = np.arange(len(q)), sector
        return sector, along[which], across[which]

    def _rise(self, paths: Ints, size: Ints) -> Floats:
        """What is lost by each move, in grains."""
        n = self.n
        move = np.arange(len(paths))[:, None]
        old = self.board[paths]
        new = np.roll(old, 1, axis=1)
        new[:, 0] = old[move[:, 0], size - 1]
        new[np.arange(paths.shape[1]) >= size[:, None]] = n
        before = self._values(old[:, :, None], self.board[self._around(paths)])
        x, y, other = self.x[paths], self.y[paths], self.other[old]
        strain = self._strain(old, x, y, self.cell[other])
        self._try(move, paths, new)
        self.on_path[move, paths], self.moved[move, old] = 1, 1
        across = move[:, :, None], self._around(paths)
        after = self._values(new[:, :, None], self.boards[across])
        # What both ends of a pair do counts once.
        gain = ((after - before) * (2 - self.on_path[across])).sum(axis=(1, 2), dtype=np.int64)
        now = self.cells[move, old]
        change = self._strain(old, self.x[now], self.y[now], self.cells[move[:, :, None], other])
        twice = 2 - self.moved[move[:, :, None], other]
        loss = (np.rint(change - strain) * twice).sum(axis=(1, 2))
        home = np.rint(self._from_home(old, now) - self._from_home(old, paths)).sum(axis=1)
        self._try(move, paths, old)
        self.on_path[move, paths], self.moved[move, old] = 0, 0
        return np.asarray((loss - gain) / 2 + home, dtype=np.float64)

    def _around(self, paths: Ints) -> Ints:
        return np.asarray(np.maximum(paths[:, :, None] + self.step, 0), dtype=np.int64)

    def _try(self, move: Ints, paths: Ints, areas: Ints) -> None:
        self.boards[move, paths] = areas
        self.cells[move, areas] = paths
        self.cells[move[:, 0], self.n] = 0

    def _strain(self, area: Ints, x: Floats, y: Floats, there: Ints) -> Floats:
        """Loss by each spring of each area."""
        dx = self.x[there] - x[:, :, None] - self.east[area]
        dy = self.y[there] - y[:, :, None] - self.north[area]
        loss = self.strength[area] * (np.sqrt(1 + dx * dx + dy * dy) - 1)
        return np.asarray(loss, dtype=np.float64)

    # -- One move ------------------------------------------------------------------------

    def _settle(self, path: list[int], slack: float, torn: Sequence[int] = ()) -> bool:
        """Make a move unless it breaks something or meets another of the same batch.

        If torn regions are given, it must bring some of their areas home.
        """
        batch, changed = self.batch, self.changed
        for cell in path:
            if changed[cell] == batch or any(changed[cell + s] == batch for s in self.steps):
                return False
        old = [self.board_list[cell] for cell in path]
        new = [old[-1], *old[:-1]]
        if not self._keeps_kinds(path, old, new):
            self._put(path, old)
            return False
        strays = self._strays(torn)
        self._put(path, new)
        if (torn and self._strays(torn) >= strays) or not self._keeps_counties(old, slack):
            self._put(path, old)
            return False
        at, areas = np.array(path), np.array(new)
        self.board[at] = self.boards[:, at] = areas
        some = areas != self.n
        self.cell[areas[some]] = self.cells[:, areas[some]] = at[some]
        for cell in path:
            changed[cell] = batch
        return True

    def _put(self, path: list[int], areas: list[int]) -> None:
        for cell, area in zip(path, areas, strict=True):
            self.board_list[cell] = area
            if area != self.n:
                self.cell_list[area] = cell

    def _keeps_kinds(self, path: list[int], old: list[int], new: list[int]) -> bool:
        """Whether no kind gets more pieces if the cells change one by one, from the last."""
        kind_of, board = self.kind_of, self.board_list
        for cell, area, other in zip(reversed(path), reversed(old), reversed(new), strict=True):
            was, will = kind_of[area], kind_of[other]
            if was != will:
                around = [kind_of[board[cell + step]] for step in self.steps]
                if will not in (ALONE, *around):
                    return False
                if was != ALONE and _arcs(around, was) > 1:
                    return False
            board[cell] = other
        return True

    def _keeps_counties(self, areas: list[int], slack: float) -> bool:
        """Whether the counties' pieces, after a move that is made, cost no more than `slack`."""
        touched = {self.county_of[area] for area in areas}
        if len(touched) == 1:
            return True
        found = {k: len(self._pieces(self.county[k])) for k in touched if k >= 0}
        more = sum(pieces - self.county_pieces[county] for county, pieces in found.items())
        if more * TORN_COUNTY / GRAIN > slack:
            return False
        self.county_pieces.update(found)
        return True

    def _strays(self, regions: Sequence[int]) -> int:
        """How many areas are cut off from the main part of their region."""
        pieces = [self._pieces(self.region[region]) for region in regions]
        return sum(sum(sizes) - max(sizes) for sizes in pieces)

    def _pieces(self, areas: list[int]) -> list[int]:
        """Sizes of the connected pieces that areas make."""
        left = {self.cell_list[area] for area in areas}
        sizes = []
        while left:
            todo = [left.pop()]
            for cell in todo:
                beside = [cell + step for step in self.steps if cell + step in left]
                left.difference_update(beside)
                todo += beside
            sizes.append(len(todo))
        return sizes


def _members(groups: list[int]) -> dict[int, list[int]]:
    members: dict[int, list[int]] = {}
    for area, group in enumerate(groups):
        if group >= 0:
            members.setdefault(group, []).append(area)
    return members


def _arcs(around: list[int], kind: int) -> int:
    """In how many runs a kind stands around a cell."""
    return sum(here == kind != before for before, here in itertools.pairwise(around[-1:] + around))


def fill_holes(cells: Ints) -> Ints:
    """Close the empty cells that are enclosed, each by the shortest row from the coast.

    Everybody on the way moves one cell inwards; cells are axial, shape (n, 2).
    """
    corner = cells.min(axis=0) - 1
    columns, rows = (np.ptp(cells, axis=0) + 3).tolist()
    board = np.full((rows, columns), -1)
    board[tuple((cells - corner).T[::-1])] = np.arange(len(cells))
    steps = [(b, a) for a, b in AXIAL_STEPS.tolist()]
    while True:
        sea, _ = ndimage.label(board < 0, RING)
        holes = np.argwhere((sea > 0) & (sea != sea[0, 0])).tolist()
        if not holes:
            break
        row, column = holes[0]
        path = _to_the_sea(sea, (row, column), steps)
        for here, there in itertools.pairwise(path):
            board[here], board[there] = board[there], -1
    order = np.argwhere(board >= 0)
    filled = np.empty_like(cells)
    filled[board[board >= 0]] = order[:, ::-1] + corner
    return filled


def _to_the_sea(
    sea: Ints, start: tuple[int, int], steps: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The shortest way from a cell to the last one before the open sea."""
    open_sea = sea[0, 0]
    came: dict[tuple[int, int], tuple[int, int]] = {start: start}
    todo = [start]
    for here in todo:
        for a, b in steps:
            there = (here[0] + a, here[1] + b)
            if sea[there] == open_sea:
                path = [here]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            if there not in came:
                came[there] = here
                todo.append(there)
    raise AssertionError("the sea surrounds every cell")
