"""An atlas in the shape of the official workbook: sixteen indicators of four stages, no codes."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[1]
STAGES = {
    "Early years": ("Nursery quality", "School readiness"),
    "School": ("Secondary quality", "Primary quality", "Key stage 2", "GCSE", "Good degree"),
    "Youth": ("Staying on", "Level 3 points", "Two A levels", "Not in work or study"),
    "Working lives": ("Wages", "House prices", "Managers", "Living wage", "Home owners"),
}
NAMES = [name for names in STAGES.values() for name in names]
LOWER = {"Not in work or study", "House prices"}
WEIGHTS = {"nursery-quality": 2, "gcse": 1.5, "house-prices": 1}
COMPOSITES = {"growing-up": "z-scores", "growing-up-by-ranks": "ranks"}


def value(at: int, indicator: int) -> float:
    """Something different for every area and indicator, and equal every time."""
    return round(((at * (7 + 2 * indicator) + 13 * indicator) % 331) / 50 - 3.3, 4)


def make_workbook(path: Path, areas: list[str]) -> None:
    """The layout of the official workbook: a title above, the header on row 3, no codes."""
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    sheet = book.create_sheet("Standardised scores")
    sheet.append(["Index of 2017"])
    sheet.append([])
    sheet.append(["Local Authority", "Overall score", *NAMES])
    for at, name in enumerate(areas):
        figures = [value(at, n) for n in range(len(NAMES))]
        sheet.append([name, round(sum(figures), 3), *figures])
    book.save(path)


def settings_file(folder: Path) -> Path:
    with (ROOT / "data/social_mobility_2016.csv").open(encoding="utf-8", newline="") as file:
        areas = [row["name"] for row in csv.DictReader(file)]
    make_workbook(folder / "scores.xlsx", areas)
    lines = [
        'main_edition = "2017"',
        f"stages = {list(STAGES)}".replace("'", '"'),
        '[atlas]\ntitle = "Sixteen"\n',
        "[geography]",
        'keep = ["E"]',
        f'areas = "{ROOT}/boundaries/authorities_2016.csv"',
        f'hexagons = "{ROOT}/boundaries/hexagons_2016.csv"',
        "[tiles]\nenabled = false\n[per_area]\ncards = false",
        '[[group]]\nkind = "region"\nname = "Region"\nplural = "Regions"\npath = "regions"',
        'column = "region"\ncode_column = "region_code"\noutline = true',
        '[[indicator]]\nid = "overall"\nname = "Overall score"',
    ]
    columns = ['overall = { score = "Overall score" }']
    for stage, names in STAGES.items():
        for name in names:
            id_ = name.lower().replace(" ", "-")
            better = "lower" if name in LOWER else "higher"
            lines.append(
                f'[[indicator]]\nid = "{id_}"\nname = "{name}"\nstage = "{stage}"\n'
                f'better = "{better}"\nabout = "What {name} means."'
            )
            columns.append(f'{id_} = {{ score = "{name}" }}')
    weights = ", ".join(f"{name} = {weight}" for name, weight in WEIGHTS.items())
    lines += [
        f'[[composite]]\nid = "{id_}"\nname = "{id_.replace("-", " ").capitalize()}"\n'
        f'method = "{method}"\nweights = {{ {weights} }}'
        for id_, method in COMPOSITES.items()
    ]
    lines += [
        '[[edition]]\nid = "2017"\ntable = "scores.xlsx"\nsheet = "Standardised scores"',
        'header_row = 3\nname_column = "Local Authority"\n[edition.columns]',
        *columns,
    ]
    config = folder / "atlas.toml"
    config.write_text("\n".join(lines), encoding="utf-8")
    return config
