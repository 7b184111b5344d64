"""Improves an assignment of areas to hexagons by simulated annealing.

A move takes a short path of cells and shifts what is in them by one, the last to the
front: a swap, a round of several, or a row that is pushed out to sea.  Worse layouts are
accepted with a chance that falls as the temperature falls (Kirkpatrick, Gelatt and
Vecchi 1983); what would break a region in more pieces or enclose an empty cell never is.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from generator.report import Report
from generator.sources.hexlattice import ROW_HEIGHT, Ints
from generator.sources.hexvalues import (
    FAR_TOUCH,
    HOME,
    SPRING,
    Springs,
    Task,
    sea_values,
    touch_values,
)

CHUNK = 2_048  # moves at one temperature
LONGEST_ROW, LONGEST_ROUND = 14, 9  # cells in one move
MARGIN = 8  # empty cells around the board: room to move
ALONE, EMPTY = -1, -2  # kinds of cell besides the regions' numbers

_RING = [[0, 1, 1], [1, 1, 1], [1, 1, 0]]  # the six neighbours in an array of axial coordinates


@dataclass(frozen=True, slots=True)
class Schedule:
    """How many moves are tried, and how warm it is (unit: what is lost by a move)."""

    moves: int
    hot: float
    cold: float
    last: float = 0.08
    cooling: float = 0.93  # share of the moves until `cold`; the rest is at `last`

    def temperature(self, done: float) -> float:
        """Temperature when a share of the moves is done."""
        if done >= self.cooling:
            return self.last
        return self.hot * math.pow(self.cold / self.hot, done / self.cooling)


def anneal(
    task: Task, cells: Ints, schedule: Schedule, *, seed: int = 0, report: Report | None = None
) -> tuple[Ints, float]:
    """Improve the cells (axial, shape (n, 2)).

    Returns
    -------
    The best cells met, with as few pieces and holes as could be, and what they lose:
    the unit is in `hexvalues`, less is better, and each piece or hole too many counts 1000.
    """
    search = _Search(task, cells, seed)
    chunks = max(schedule.moves // CHUNK, 1)
    steps = range(chunks + 1)
    for chunk in report.progress(steps, label="hexagons", total=len(steps)) if report else steps:
        temperature = schedule.temperature(chunk / chunks)
        if temperature == schedule.last:
            search.fill_holes()  # those that are left; most have closed by themselves
        search.run(CHUNK, temperature)
    return search.best()


class _Search:
    """The board and what is on it.

    Cells are numbered row by row of the axial array, areas from 0; `n` stands for none.
    Plain lists, because single look-ups in them are several times quicker than in arrays.
    """

    def __init__(self, task: Task, cells: Ints, seed: int) -> None:
        n = len(cells)
        self.n = n
        self.random = random.Random(seed)
        self.corner = cells.min(axis=0) - MARGIN
        columns, rows = np.ptp(cells, axis=0) + 2 * MARGIN + 1
        self.shape = (int(rows), int(columns))
        r, q = np.divmod(np.arange(rows * columns), columns)
        corner_q, corner_r = self.corner.tolist()
        self.x = (q + corner_q + (r + corner_r) / 2).tolist()
        self.y = (-(r + corner_r) * ROW_HEIGHT).tolist()
        self.inner = ((r > 1) & (q > 1) & (r < rows - 2) & (q < columns - 2)).tolist()
        # East, north-east, north-west, west, south-west, south-east.
        self.around = [1, 1 - int(columns), -int(columns), -1, int(columns) - 1, int(columns)]
        at = (cells[:, 1] - corner_r) * columns + cells[:, 0] - corner_q
        self.cell_of: list[int] = at.tolist()
        self.area_in = [n] * int(rows * columns)
        for area, cell in enumerate(self.cell_of):
            self.area_in[cell] = area
        self.kind_of = [*task.regions.tolist(), EMPTY]
        self.kind = np.array([self.kind_of[area] for area in self.area_in])
        self.pieces = {k: self._count(k) for k in sorted({EMPTY, *self.kind_of} - {ALONE})}
        self.goal = task.goal.tolist()
        self.touch = touch_values(task)
        self.sea = sea_values(task.guess).tolist()
        self.springs = _springs_by_area(task.springs, n)
        self.likely = [[b for b, *_ in springs] for springs in self.springs]
        self.energy = 0.0  # relative to the start
        self.start = self._local(range(n))
        self._best = (self._broken(), 0.0, list(self.cell_of))

    def best(self) -> tuple[Ints, float]:
        """Cells of the best layout met (axial, shape (n, 2)), and what it loses."""
        broken, energy, cells = self._best
        r, q = np.divmod(np.array(cells, dtype=np.int64), self.shape[1])
        axial = np.asarray(np.stack([q, r], axis=1) + self.corner, dtype=np.int64)
        return axial, 1000 * broken + self.start + energy

    def fill_holes(self, tries: int = 100) -> None:
        """Pull a row of areas inwards for each empty cell that is enclosed."""
        while self.pieces[EMPTY] > 1:
            sea, _ = ndimage.label((self.kind == EMPTY).reshape(self.shape), structure=_RING)
            hole = int(np.flatnonzero((sea.ravel() != 0) & (sea.ravel() != sea[0, 0]))[0])
            moves = []
            for _ in range(tries):
                out = self._walk(hole, 2 * max(self.shape), straight=0.7)
                if self.area_in[out[-1]] == self.n and len(out) > 2:
                    path = out[-2::-1]
                    moves.append((self._rise(path), path))
            for rise, path in sorted(moves):
                if self._settle(path, rise):
                    break
            else:
                return

    def run(self, moves: int, temperature: float) -> None:
        """Try a number of moves at one temperature."""
        chance = self.random.random
        for _ in range(moves):
            path = self._path()
            if len(path) < 2 or not (self.inner[path[0]] and self.inner[path[-1]]):
                continue
            rise = self._rise(path)
            if rise <= 0 or chance() < math.exp(-rise / temperature):
                self._settle(path, rise)

    def _rise(self, path: list[int]) -> float:
        """What is lost by shifting the contents of the cells by one, the last to the front."""
        old = [self.area_in[cell] for cell in path]
        new = old[-1:] + old[:-1]
        moved = [area for area in old if area != self.n]
        before = self._local(moved)
        self._put(path, new)
        rise = self._local(moved) - before
        if self.n in old:
            rise += self._coast(path, old, new, moved)
        self._put(path, old)
        return rise

    def _settle(self, path: list[int], rise: float) -> bool:
        """Make the move unless it breaks something; say whether it was made."""
        old = [self.area_in[cell] for cell in path]
        new = old[-1:] + old[:-1]
        if not self._holds(path, old, new):
            return False
        self._put(path, new)
        self.energy += rise
        self._remember()
        return True

    def _path(self) -> list[int]:
        """Cells of the next move; fewer than two if none comes out."""
        u = self.random.random()
        area = self.random.randrange(self.n)
        start = self.cell_of[area]
        if u < 0.25:
            path = self._walk(start, LONGEST_ROW, straight=0.6)
            return path if self.area_in[path[-1]] == self.n else []
        if u < 0.65 or not self.likely[area]:
            steps = 1 if u < 0.5 else self.random.randrange(2, 6)
            return self._walk(start, steps, straight=0.5)
        other = self.cell_of[self.random.choice(self.likely[area])]
        if other - start in self.around:
            return []
        beside = other + self.random.choice(self.around)
        return [start, beside] if u < 0.7 else self._line(beside, start)

    def _walk(self, cell: int, steps: int, straight: float) -> list[int]:
        """A random walk that seldom turns, until it meets an empty cell or itself."""
        path = [cell]
        heading = self.random.randrange(6)
        while len(path) <= steps:
            u = self.random.random()
            turn = 0 if u < straight else 1 if u < (1 + straight) / 2 else 5
            cell += self.around[(heading + turn) % 6]
            if cell in path:
                break
            path.append(cell)
            if self.area_in[cell] == self.n:
                break
        return path

    def _line(self, cell: int, target: int) -> list[int]:
        """The way from cell to cell, as straight as can be; empty if it is too long."""
        path = [cell]
        to_x, to_y = self.x[target], self.y[target]
        while cell != target:
            if len(path) == LONGEST_ROUND:
                return []
            cell = min(
                (cell + step for step in self.around),
                key=lambda c: (
                    (self.x[c] - to_x) ** 2 + (self.y[c] - to_y) ** 2 + 0.3 * self.random.random()
                ),
            )
            path.append(cell)
        return path

    def _put(self, path: list[int], areas: list[int]) -> None:
        for cell, area in zip(path, areas, strict=True):
            self.area_in[cell] = area
            if area != self.n:
                self.cell_of[area] = cell

    def _local(self, areas: Sequence[int]) -> float:
        """What the layout loses by these areas; pairs among them count once."""
        total = 0.0
        none, xs, ys = self.n, self.x, self.y
        for area in areas:
            cell = self.cell_of[area]
            value = self.touch[area]
            sea = self.sea[area]
            for side, step in enumerate(self.around):
                other = self.area_in[cell + step]
                if other == none:
                    total -= sea[side]
                else:
                    gain = value.get(other, -FAR_TOUCH)
                    total -= gain / 2 if other in areas else gain
            x, y = xs[cell], ys[cell]
            for other, strength, to_x, to_y in self.springs[area]:
                there = self.cell_of[other]
                dx, dy = xs[there] - x - to_x, ys[there] - y - to_y
                loss = strength * (math.sqrt(1 + dx * dx + dy * dy) - 1)
                total += loss / 2 if other in areas else loss
            home = self.goal[area]
            total += HOME * ((x - home[0]) ** 2 + (y - home[1]) ** 2)
        return total

    def _coast(self, path: list[int], old: list[int], new: list[int], moved: list[int]) -> float:
        """What bystanders lose where a cell beside them became empty or was filled."""
        rise = 0.0
        for cell, was, now in zip(path, old, new, strict=True):
            if (was == self.n) == (now == self.n):
                continue
            for side, step in enumerate(self.around):
                other = self.area_in[cell + step]
                if other != self.n and other not in moved:
                    value = self.sea[other][(side + 3) % 6]
                    rise += value if was == self.n else -value
        return rise

    def _holds(self, path: list[int], old: list[int], new: list[int]) -> bool:
        """Whether no region and no sea is in more pieces than before; if so, note it."""
        before = [self.kind_of[area] for area in old]
        after = [self.kind_of[area] for area in new]
        if before == after:
            return True
        self.kind[path] = after
        pieces = {}
        for kind in sorted(set(before) - {ALONE}):
            pieces[kind] = self._count(kind)
            if pieces[kind] > self.pieces[kind]:
                self.kind[path] = before
                return False
        self.pieces.update(pieces)
        return True

    def _count(self, kind: int) -> int:
        """Number of connected pieces of one kind of cell."""
        return int(ndimage.label((self.kind == kind).reshape(self.shape), structure=_RING)[1])

    def _broken(self) -> int:
        return sum(self.pieces.values()) - len(self.pieces)

    def _remember(self) -> None:
        if self.energy < self._best[1] - 1e-9 or self._best[0]:
            key = (self._broken(), self.energy)
            if key < self._best[:2]:
                self._best = (*key, list(self.cell_of))


def _springs_by_area(springs: Springs, n: int) -> list[list[tuple[int, float, float, float]]]:
    """For each area: the other, strength, and wanted offset of the other."""
    table: list[list[tuple[int, float, float, float]]] = [[] for _ in range(n)]
    for (a, b), (x, y), strength in zip(
        springs.pairs.tolist(), springs.wanted.tolist(), springs.strength.tolist(), strict=True
    ):
        table[a].append((b, SPRING * strength, x, y))
        table[b].append((a, SPRING * strength, -x, -y))
    return table
