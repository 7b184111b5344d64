"""Improves an assignment of areas to hexagons by simulated annealing.

A move takes a short path of cells and shifts what is in them by one, the last to the
front: a swap, a round of several, or a row that is pushed out to sea.  Worse layouts are
accepted with a chance that falls as the temperature falls (Kirkpatrick, Gelatt and
Vecchi 1983); what would break a region in more pieces or enclose an empty cell never is.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from generator.report import Report
from generator.sources.hexguess import Guess
from generator.sources.hexlattice import ROW_HEIGHT, Floats, Ints

# What a layout is worth.  The unit is one certain pair of neighbours that touch.
FALSE_TOUCH = 0.2  # loss where two touch that are no neighbours
FAR_TOUCH = 0.35  # the same for those far apart on the ground
FAR = 2.2  # "far": further than this many times both radii together
ISLAND_TOUCH = 0.5  # further loss where an island touches anything
SAME_COUNTY = 0.12  # gain where two of one county touch
INLAND_SEA = 0.3  # loss for each side that is sea and should not be
SEA_SIDE = 0.25  # gain for each side that is sea and should be
ISLAND_SEA = 0.25  # gain for each side of an island that is sea
SPRING = 0.05  # loss for each cell width by which a pair is out of distance or direction
HOME = 0.004  # loss for each squared cell width from the spread place

HOT, COLD, LAST = 0.55, 0.25, 0.08  # temperatures: first, at the end of cooling, and after
COOLING = 0.93  # share of the moves during which it cools
MOVES_PER_AREA, MOST_MOVES = 2_500, 2_000_000  # at effort 1
CHUNK = 2_048  # moves at one temperature
LONGEST_ROW, LONGEST_ROUND = 14, 9  # cells in one move
MARGIN = 8  # empty cells around the board: room to move
NEAREST = 24  # nearest points whose touching is judged one by one
ALONE, EMPTY = -1, -2  # kinds of cell besides the regions' numbers

_RING = [[0, 1, 1], [1, 1, 1], [1, 1, 0]]  # the six neighbours in an array of axial coordinates


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


def anneal(
    task: Task, cells: Ints, *, seed: int = 0, effort: float = 1.0, report: Report | None = None
) -> Ints:
    """Improve the cells (axial, shape (n, 2)); `effort` multiplies the number of moves."""
    search = _Search(task, cells, seed)
    moves = int(effort * min(MOVES_PER_AREA * len(cells), MOST_MOVES))
    chunks = max(moves // CHUNK, 1)
    steps = range(chunks)
    for chunk in report.progress(steps, label="hexagons", total=chunks) if report else steps:
        cooled = chunk / chunks / COOLING
        search.run(CHUNK, HOT * (COLD / HOT) ** cooled if cooled < 1 else LAST)
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
        self.touch = _touch_values(task)
        self.sea = _sea_values(task.guess)
        self.springs = _springs_by_area(task.springs, n)
        self.likely = [[b for b, *_ in springs] for springs in self.springs]
        self.energy = 0.0  # relative to the start
        self._best = (self._broken(), 0.0, list(self.cell_of))

    def best(self) -> Ints:
        """Cells of the best layout seen, axial, shape (n, 2)."""
        r, q = np.divmod(np.array(self._best[2], dtype=np.int64), self.shape[1])
        return np.asarray(np.stack([q, r], axis=1) + self.corner, dtype=np.int64)

    def run(self, moves: int, temperature: float) -> None:
        """Try a number of moves at one temperature."""
        chance = self.random.random
        for _ in range(moves):
            path = self._path()
            if len(path) < 2 or not (self.inner[path[0]] and self.inner[path[-1]]):
                continue
            old = [self.area_in[cell] for cell in path]
            new = old[-1:] + old[:-1]
            moved = [area for area in old if area != self.n]
            before = self._local(moved)
            self._put(path, new)
            rise = self._local(moved) - before
            if self.n in old:
                rise += self._coast(path, old, new, moved)
            if (rise <= 0 or chance() < math.exp(-rise / temperature)) and self._holds(
                path, old, new
            ):
                self.energy += rise
                self._remember()
            else:
                self._put(path, old)

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

    def _local(self, areas: list[int]) -> float:
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


def _touch_values(task: Task) -> list[dict[int, float]]:
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
        if guess.islands[a] or guess.islands[b]:
            gain -= ISLAND_TOUCH
        values[a][b] = values[b][a] = float(gain)
    return values


def _sea_values(guess: Guess) -> list[list[float]]:
    """Gain by an empty cell at each of the six sides of each area."""
    values = SEA_SIDE * guess.sea - INLAND_SEA * (1 - guess.sea)
    values[guess.islands] = ISLAND_SEA
    return [list(map(float, row)) for row in values.tolist()]


def _springs_by_area(springs: Springs, n: int) -> list[list[tuple[int, float, float, float]]]:
    """For each area: the other, strength, and wanted offset of the other."""
    table: list[list[tuple[int, float, float, float]]] = [[] for _ in range(n)]
    for (a, b), (x, y), strength in zip(
        springs.pairs.tolist(), springs.wanted.tolist(), springs.strength.tolist(), strict=True
    ):
        table[a].append((b, SPRING * strength, x, y))
        table[b].append((a, SPRING * strength, -x, -y))
    return table
