"""The steps by which a layout of hexagons is found."""

from __future__ import annotations

import numpy as np
import pytest
from lattices import authorities, lattice
from scipy.optimize import linear_sum_assignment

from benchmarks.hexagons import hex_neighbours, measure
from generator.hexagons.anneal import AXIAL_STEPS, GRAIN, Board, Wishes, axial_centres
from generator.hexagons.compute import (
    LEAST_TIES,
    TORN_REGION,
    _assign,
    _springs,
    _wishes,
)
from generator.hexagons.guess import guess_borders

# -- The steps ---------------------------------------------------------------------------


def test_everybody_has_springs_enough_to_be_placed() -> None:
    """On a peninsula no neighbour may be likely; without a spring it would drift away."""
    shipped = authorities()
    xy = np.array([(float(r["easting_m"]), float(r["northing_m"])) for r in shipped]) / 10_000
    guess = guess_borders(xy, np.array([float(r["area_km2"]) for r in shipped]) / 100)
    pairs, _, strength = _springs(xy, guess)
    possible = np.bincount(guess.pairs.ravel(), minlength=len(xy))
    assert (np.bincount(pairs.ravel(), minlength=len(xy)) >= np.minimum(possible, LEAST_TIES)).all()
    assert (strength > 0).all()
    assert np.bincount(pairs.ravel(), minlength=len(xy))[~guess.islands].min() >= 1


def test_claims_get_the_size_of_their_areas() -> None:
    """Claims by rays have the sizes that thrown darts find, and those they should have."""
    rng = np.random.default_rng(5)
    grid = np.stack(np.meshgrid(np.arange(10.0), np.arange(6.0)), axis=-1).reshape(-1, 2)
    xy = grid + rng.uniform(-0.3, 0.3, size=(60, 2))
    size = rng.uniform(0.4, 1.2, size=60)
    radius = guess_borders(xy, size).radius
    darts = rng.uniform(-3, 13, size=(100_000, 2))
    power = ((darts[:, None] - xy[None]) ** 2).sum(axis=2) - radius**2
    owner = np.where(power.min(axis=1) < 0, power.argmin(axis=1), 60)
    counted = np.bincount(owner, minlength=61)[:60] * 256 / 100_000
    assert counted == pytest.approx(size, abs=0.2)


def test_borders_coasts_and_islands_are_guessed() -> None:
    """A row of three, one above its middle and one far off."""
    xy = np.array([(0.0, 0.0), (2.0, 0.0), (4.0, 0.0), (2.0, 2.0), (30.0, 0.0)])
    guess = guess_borders(xy, np.full(5, 4.0))
    chance = {
        (a, b): p for (a, b), p in zip(guess.pairs.tolist(), guess.chance.tolist(), strict=True)
    }
    assert all(chance[pair] > 0.5 for pair in ((0, 1), (1, 2), (1, 3)))
    assert chance.get((0, 2), 0) < 0.1
    assert not any(4 in pair for pair in chance)
    assert guess.islands.tolist() == [False, False, False, False, True]
    assert (guess.sea[4] == 1).all()
    east, _, _, west, _, _ = guess.sea[0]
    assert west == 1
    assert east < 0.3
    assert ((guess.chance > 0) & (guess.chance <= 1)).all()


def test_the_assignment_is_the_best_there_is() -> None:
    goal = np.random.default_rng(1).uniform(0, 9, size=(70, 2))
    cells = _assign(goal)
    cost = ((goal - axial_centres(cells)) ** 2).sum()
    grid = np.stack(np.meshgrid(np.arange(-9, 20), np.arange(-19, 10)), axis=-1).reshape(-1, 2)
    every = ((goal[:, None] - axial_centres(grid)) ** 2).sum(axis=2)
    rows, columns = linear_sum_assignment(every)
    assert len(np.unique(cells, axis=0)) == 70
    assert cost == pytest.approx(every[rows, columns].sum())


def board_of(xy: np.ndarray, cells: np.ndarray, regions: np.ndarray, seed: int = 0) -> Board:
    none = np.full(len(xy), -1)
    units = [(regions, TORN_REGION), (none, 0.0)]
    return Board(_wishes(guess_borders(xy), xy, units), cells, seed)


def block(side: int) -> np.ndarray:
    return np.array([(q, r) for r in range(side) for q in range(side)])


def judged(cells: np.ndarray, regions: np.ndarray) -> tuple[int, int]:
    """Regions in one piece, and holes."""
    layout = lattice({f"{k:02}": (int(q + r // 2), int(r)) for k, (q, r) in enumerate(cells)})
    beside = hex_neighbours(layout)
    points = dict.fromkeys(beside, (0.0, 52.0))
    everyone = [(a, b) for a, near in beside.items() for b in near]
    named = {f"{k:02}": str(region) for k, region in enumerate(regions)}
    quality = measure(layout, everyone, points, named, {})
    return quality.regions_whole, quality.holes


@pytest.mark.parametrize("seed", range(26, 46))
def test_annealing_keeps_regions_whole_and_makes_no_holes(seed: int) -> None:
    """Where a torn region only cost much, seed 35 gained more by it, and it stayed torn."""
    cells = block(6)
    regions = cells[:, 0] // 2
    near = axial_centres(cells) + np.random.default_rng(seed).normal(scale=0.7, size=(36, 2))
    board = board_of(near, cells, regions, seed)
    for _ in range(5):
        board.run(40, 0.3, 0.2)
        assert judged(board.cells(), regions) == (3, 0)
    assert (board.cells() != cells).any()


def test_no_gain_is_worth_a_torn_region_or_a_hole() -> None:
    cells = block(6)
    regions = cells[:, 0] // 2
    board = board_of(axial_centres(cells), cells, regions)
    made = 0
    for _ in range(100):
        paths, size = board._rows()
        made += board._make(paths[0, : size[0]], 1e9)
        assert judged(board.cells(), regions) == (3, 0)
    assert 10 < made < 100


def test_annealing_counts_what_it_changes() -> None:
    """The rises by which moves are judged are the differences of the whole."""
    cells = block(6)
    home = axial_centres(cells)[::-1]
    wishes = _wishes(guess_borders(home), home, [(np.full(36, -1), 0.0)] * 2)
    board = Board(wishes, cells, seed=0)
    made = 0
    for _ in range(40):
        paths, size = board._rows()
        before, rise = loss(board, wishes), board._rise(paths, size)[0]
        if board._make(paths[0, : size[0]], 50.0):
            made += 1
            assert loss(board, wishes) - before == pytest.approx(rise * GRAIN, abs=0.01)
    assert made > 10


def loss(board: Board, wishes: Wishes) -> float:
    """What a layout loses, counted pair by pair; a torn sea is left out."""
    at = {tuple(cell): area for area, cell in enumerate(board.cells().tolist())}
    centre = axial_centres(board.cells())
    total = (wishes.hold * ((centre - wishes.home) ** 2).sum(axis=1)).sum()
    for (q, r), area in at.items():
        for side, (dq, dr) in enumerate(AXIAL_STEPS.tolist()):
            other = at.get((q + dq, r + dr))
            gain = wishes.sea[area, side] if other is None else wishes.touch[area, other] / 2
            total -= gain
    return float(total)
