"""The hexagon layout: the shipped table, how layouts are computed, and how good they are."""

from __future__ import annotations

import csv
import itertools
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lattices import ROOT, TABLE, Points, authorities, lattice, points_of

from benchmarks.hexagons import cells_beside, hex_neighbours, measure, true_neighbours
from generator.data.names import is_island
from generator.errors import SourceError
from generator.hexagons.compute import (
    compute_layout,
)
from generator.hexagons.layout import (
    HexLayout,
    cell_centres,
    hexagons,
    read_layout,
)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return authorities()


@pytest.fixture(scope="module")
def points(rows: list[dict[str, str]]) -> Points:
    return points_of(rows)


@pytest.fixture(scope="module")
def layout(points: Points) -> HexLayout:
    return read_layout(TABLE, points)


# -- The shipped table -------------------------------------------------------------------


def test_the_table_has_one_cell_for_each_authority(layout: HexLayout, points: Points) -> None:
    assert [cell.code for cell in layout.cells] == sorted(points)
    assert len(layout.cells) == 326
    assert len({(cell.column, cell.row) for cell in layout.cells}) == 326
    assert min(cell.column for cell in layout.cells) == 0
    assert min(cell.row for cell in layout.cells) == 0


def test_the_table_names_the_authorities_as_their_table_does(rows: list[dict[str, str]]) -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        table = {row["code"]: row["name"] for row in csv.DictReader(file)}
    assert table == {row["code"]: row["name"] for row in rows}


def test_regions_hold_together(layout: HexLayout, rows: list[dict[str, str]]) -> None:
    islands = {row["code"] for row in rows if row["name"].startswith(("Isle of", "Isles of"))}
    beside = hex_neighbours(layout)
    for region in sorted({row["region"] for row in rows}):
        inside = {row["code"] for row in rows if row["region"] == region} - islands
        reached, todo = set(), [min(inside)]
        while todo:
            code = todo.pop()
            if code not in reached:
                reached.add(code)
                todo += [near for near in beside[code] if near in inside]
        assert reached == inside, region


def test_england_is_laid_out_as_on_a_map(
    layout: HexLayout, rows: list[dict[str, str]], points: Points
) -> None:
    code = {row["name"]: row["code"] for row in rows}
    centre = dict(
        zip((c.code for c in layout.cells), cell_centres(layout.cells).tolist(), strict=True)
    )

    def middle(**group: str) -> np.ndarray:
        (column, value), *_ = group.items()
        return np.mean([centre[r["code"]] for r in rows if r[column] == value], axis=0)

    cornwall, devon = centre[code["Cornwall"]], middle(county="Devon")
    assert cornwall[0] < devon[0], "Cornwall lies west of Devon"
    assert cornwall[1] < devon[1] + 2, "and hardly north of its middle"
    kent, london = middle(county="Kent"), middle(region="London")
    assert kent[0] > london[0] > middle(region="South West")[0]
    assert kent[1] < london[1]
    east_most = max(centre.values())[0]
    assert east_most - middle(county="Norfolk")[0] < 5
    tops = sorted(centre, key=lambda c: -centre[c][1])[:10]
    north = {r["code"] for r in rows if r["region"] in ("North East", "North West")}
    assert set(tops) <= north
    # The Thames: none of these lies south of the one it is paired with on the south bank.
    banks = [
        ("Tower Hamlets", "Lewisham"),
        ("City of London", "Southwark"),
        ("Camden", "Lambeth"),
        ("Barking and Dagenham", "Bexley"),
        ("Thurrock", "Dartford"),
    ]
    for north_bank, south_bank in banks:
        assert centre[code[north_bank]][1] >= centre[code[south_bank]][1], (north_bank, south_bank)


def test_inner_london_is_inside(layout: HexLayout, rows: list[dict[str, str]]) -> None:
    london = {row["code"] for row in rows if row["region"] == "London"}
    city = next(row["code"] for row in rows if row["name"] == "City of London")
    beside = hex_neighbours(layout)
    assert len(beside[city]) == 6
    assert set(beside[city]) <= london
    centre = dict(
        zip((c.code for c in layout.cells), cell_centres(layout.cells).tolist(), strict=True)
    )
    middle = np.mean([centre[code] for code in london], axis=0)
    reach = sorted(math.dist(centre[code], middle) for code in london)
    # A round patch of 33 cells reaches 3 widths from its middle.
    assert reach[-1] < 5
    assert math.dist(centre[city], middle) < 2.5


def test_islands_stand_apart(layout: HexLayout, rows: list[dict[str, str]]) -> None:
    islands = [row["code"] for row in rows if is_island(row["name"])]
    assert len(islands) == 2
    beside = hex_neighbours(layout)
    assert all(beside[code] == () for code in islands)


def test_nobody_stands_among_strangers(layout: HexLayout, points: Points) -> None:
    """Nobody is further than four cells from the middle of its six nearest places."""
    centre = cell_centres(layout.cells)
    width = np.hypot(*(centre[1:] - centre[0]).T).min()
    here = np.array([points[cell.code] for cell in layout.cells]) * (math.cos(math.radians(53)), 1)
    away = np.hypot(*(here[:, None] - here[None]).transpose(2, 0, 1))
    near = away.argsort(axis=1)[:, 1:7]
    off = np.hypot(*(centre - np.median(centre[near], axis=1)).T) / width
    assert off.max() < 4


@pytest.mark.slow
def test_the_command_gives_the_table(rows: list[dict[str, str]], tmp_path: Path) -> None:
    """Byte for byte, from another folder and with other settings of what must not matter."""
    for name in ("atlas.toml", "data", "boundaries"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    again = tmp_path / "boundaries/hexagons_2016.csv"
    again.unlink()
    subprocess.run(
        [sys.executable, ROOT / "build.py", "--quiet", "hexagons"],
        env={**os.environ, "PYTHONHASHSEED": "7", "OPENBLAS_NUM_THREADS": "1"},
        cwd=tmp_path,
        check=True,
    )
    assert again.read_bytes() == TABLE.read_bytes()


@pytest.mark.real
def test_quality_by_the_true_boundaries(
    layout: HexLayout, rows: list[dict[str, str]], points: Points, true_boundaries: Path
) -> None:
    pairs = true_neighbours(true_boundaries, points)
    assert len(pairs) > 800
    quality = measure(
        layout,
        pairs,
        points,
        {row["code"]: row["region_code"] for row in rows},
        {row["code"]: row["county_code"] for row in rows},
    )
    assert quality.kept_share >= FLOORS["kept_share"]
    assert quality.touching_true_share >= FLOORS["touching_true_share"]
    assert quality.direction_share >= FLOORS["direction_share"]
    assert quality.octant_share >= FLOORS["octant_share"]
    assert quality.mean_km <= FLOORS["mean_km"]
    assert quality.max_km <= FLOORS["max_km"]
    assert (quality.regions, quality.regions_whole) == (9, 9)
    assert quality.counties_whole >= FLOORS["counties_whole"]
    assert quality.holes == 0


# A little worse than what boundaries/README.md records.
FLOORS = {
    "kept_share": 0.72,
    "touching_true_share": 0.68,
    "direction_share": 0.77,
    "octant_share": 0.44,
    "mean_km": 35,
    "max_km": 190,
    "counties_whole": 32,
}


# -- Computing ---------------------------------------------------------------------------


def scattered(n: int, seed: int = 0) -> Points:
    rng = np.random.default_rng(seed)
    middles = rng.normal(size=(max(n // 12, 1), 2))
    xy = middles[rng.integers(len(middles), size=n)] + rng.normal(size=(n, 2)) * 0.2
    return {f"X{k:05}": (float(x) - 1, float(y) * 0.6 + 53) for k, (x, y) in enumerate(xy)}


@given(st.lists(st.tuples(st.integers(-40, 20), st.integers(500, 560)), min_size=1, max_size=12))
@settings(max_examples=10)
def test_any_points_get_cells_of_their_own(places: list[tuple[int, int]]) -> None:
    """Also points in one place, on a line or on a grid."""
    points = {f"P{k:02}": (x / 10, y / 10) for k, (x, y) in enumerate(places)}
    layout = compute_layout(points)
    assert [cell.code for cell in layout.cells] == sorted(points)
    assert len({(cell.column, cell.row) for cell in layout.cells}) == len(points)
    assert layout.width_m > 0
    assert hexagons(layout).is_valid.all()


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 17])
def test_points_in_one_place_are_no_error(n: int) -> None:
    layout = compute_layout({f"{k:02}": (0.0, 52.0) for k in range(n)})
    assert len({(cell.column, cell.row) for cell in layout.cells}) == n


def test_a_hexagonal_lattice_stays_as_it_is() -> None:
    true = lattice({f"{c}{r}": (c, r) for c in range(5) for r in range(5)})
    middles = hexagons(true).centroid.to_crs("EPSG:4326")
    points = {cell.code: (p.x, p.y) for cell, p in zip(true.cells, middles, strict=True)}
    layout = compute_layout(points)
    assert hex_neighbours(layout) == hex_neighbours(true)


def test_a_layout_keeps_what_it_should() -> None:
    """A square of 6 by 6 areas in four regions, with one island off the coast."""
    points = {f"{x}{y}": (x / 10, 52 + y / 16) for x in range(6) for y in range(6)}
    regions = {code: f"{int(code[0]) // 3}{int(code[1]) // 3}" for code in points}
    pairs = [
        (a, b)
        for a, b in itertools.combinations(points, 2)
        if abs(int(a[0]) - int(b[0])) + abs(int(a[1]) - int(b[1])) == 1
    ]
    points["island"] = (1.0, 52.2)
    regions["island"] = "00"
    layout = compute_layout(points, regions=regions, islands=["island"])
    quality = measure(layout, pairs, points, regions, {})
    assert quality.kept_share > 0.85
    assert quality.direction_share > 0.85
    assert (quality.regions, quality.regions_whole) == (4, 4)
    assert quality.holes == 0
    assert hex_neighbours(layout)["island"] == ()


def test_the_same_input_gives_the_same_layout_in_any_process() -> None:
    code = (
        "import sys\n"
        "sys.path.insert(0, 'tests')\n"
        "from lattices import authorities, points_of\n"
        "from generator.hexagons.compute import compute_layout\n"
        "rows = [r for r in authorities() if r['region'] == 'London']\n"
        "p = points_of(rows)\n"
        "g = {r['code']: r['county'] for r in rows}\n"
        "print(compute_layout(p, regions=g, counties=g, seed=3))\n"
    )
    results = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(results) == 1
    assert "HexLayout" in results.pop()


def test_order_of_the_input_does_not_matter() -> None:
    points = scattered(16)
    backwards = dict(reversed(points.items()))
    assert compute_layout(points) == compute_layout(backwards)


@pytest.mark.slow
def test_many_points_are_laid_out_too() -> None:
    points = scattered(1_000, seed=1)
    regions = {code: str(int(x > -1) + 2 * int(y > 53)) for code, (x, y) in points.items()}
    layout = compute_layout(points, regions=regions)
    assert len({(cell.column, cell.row) for cell in layout.cells}) == 1_000
    quality = measure(layout, [], points, regions, {})
    # Above 600 areas there is one anneal, for time: a few cells may stay empty inland.
    assert quality.holes <= 10


# -- Measuring ---------------------------------------------------------------------------


def test_measure_counts_what_it_says() -> None:
    """Three cells in a row and one below; two units, one of them torn."""
    layout = lattice({"A": (0, 0), "B": (1, 0), "C": (2, 0), "D": (0, 1)})
    middles = hexagons(layout).centroid.to_crs("EPSG:4326")
    points = {cell.code: (p.x, p.y) for cell, p in zip(layout.cells, middles, strict=True)}
    quality = measure(
        layout,
        [("A", "B"), ("B", "A"), ("A", "C"), ("C", "D")],
        points,
        {"A": "left", "D": "left", "B": "right", "C": "right"},
        {"A": "torn", "C": "torn"},
    )
    assert (quality.true_pairs, quality.kept_pairs) == (3, 1)
    assert quality.kept_share == pytest.approx(1 / 3)
    assert quality.touching_pairs == 4
    assert quality.touching_true_share == pytest.approx(1 / 4)
    assert quality.max_km < 0.01
    assert quality.octant_share == quality.direction_share == 1
    assert (quality.regions, quality.regions_whole) == (2, 2)
    assert (quality.counties, quality.counties_whole) == (1, 0)
    assert quality.holes == 0


def test_measure_finds_holes_turns_and_distances() -> None:
    ring = {str(k): p for k, p in enumerate(cells_beside(5, 5))}
    layout = lattice(ring)
    middles = hexagons(layout).centroid.to_crs("EPSG:4326")
    here = {cell.code: (p.x, p.y) for cell, p in zip(layout.cells, middles, strict=True)}
    # Every area's point is on the other side of the hole: all directions are reversed.
    across = {code: here[str((int(code) + 3) % 6)] for code in here}
    quality = measure(layout, [("0", "1"), ("1", "2")], across, {}, {})
    assert quality.holes == 1
    assert quality.direction_share == 0
    assert quality.median_turn_deg == pytest.approx(180, abs=0.1)
    assert quality.mean_widths == pytest.approx(2, rel=1e-3)
    lat = math.radians(here["0"][1])
    assert quality.mean_km == pytest.approx(20 * math.cos(lat), rel=0.01)


def test_measure_refuses_neighbours_without_a_cell() -> None:
    with pytest.raises(SourceError, match="no hexagon: Z"):
        measure(lattice({"A": (0, 0)}), [("A", "Z")], {"A": (0.0, 52.0)}, {}, {})
