"""Layouts of hexagons for tests: the shipped points, and cells laid out by hand."""

from __future__ import annotations

import csv
from pathlib import Path

from generator.hexagons.layout import (
    HexCell,
    HexLayout,
)

ROOT = Path(__file__).resolve().parents[1]
AREAS = ROOT / "boundaries/authorities_2016.csv"
TABLE = ROOT / "boundaries/hexagons_2016.csv"

Points = dict[str, tuple[float, float]]


def authorities() -> list[dict[str, str]]:
    with AREAS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def points_of(rows: list[dict[str, str]]) -> Points:
    return {row["code"]: (float(row["lon"]), float(row["lat"])) for row in rows}


def lattice(cells: dict[str, tuple[int, int]], width_m: float = 10_000.0) -> HexLayout:
    placed = tuple(HexCell(code, *cells[code]) for code in sorted(cells))
    return HexLayout(placed, origin_x_m=-200_000.0, origin_y_m=7_000_000.0, width_m=width_m)
