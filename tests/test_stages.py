"""Headings over the columns of a table become the stages of its indicators."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from sixteen import STAGES, value

from generator.init.guess import look
from generator.init.write import write_folder
from generator.report import BufferReport
from generator.settings import read_settings

CODES = [f"W060000{n:02d}" for n in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11)]


def rows(heading: list[str], *, title: bool = True) -> list[list[object]]:
    names = [name for names in STAGES.values() for name in names]
    figures = [[value(at, n) for n in range(len(names))] for at in range(len(CODES))]
    return [
        *([["Index of 2017"], []] if title else []),
        heading,
        ["Code", "Overall score", *names],
        *([code, round(sum(own), 3), *own] for code, own in zip(CODES, figures, strict=True)),
    ]


def headings() -> list[str]:
    """A heading over the first column of each stage, the cells after it free, as if merged."""
    cells = ["", ""]
    for stage, names in STAGES.items():
        cells += [stage, *[""] * (len(names) - 1)]
    return cells


def saved(path: Path, table: list[list[object]], *, merged: bool = False) -> Path:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(table)
        return path
    book = openpyxl.Workbook()
    for row in table:
        book.active.append([cell or None for cell in row])
    at = 3
    for names in STAGES.values():
        if merged:
            book.active.merge_cells(
                start_row=3, end_row=3, start_column=at, end_column=at + len(names) - 1
            )
        at += len(names)
    book.save(path)
    return path


@pytest.mark.parametrize("ending", ["csv", "xlsx", "merged.xlsx"])
@pytest.mark.parametrize("title", [True, False])
def test_headings_over_columns_are_stages(tmp_path: Path, ending: str, title: bool) -> None:
    path = saved(
        tmp_path / f"scores_2017.{ending.rpartition('.')[2]}",
        rows(headings(), title=title),
        merged=title and "merged" in ending,
    )
    guess = look(path, BufferReport())
    assert guess.stages == tuple(STAGES)
    settings = read_settings(write_folder(guess, tmp_path / "atlas"))
    assert settings.stages == tuple(STAGES)
    found: dict[str, list[str]] = {}
    for one in settings.indicator:
        found.setdefault(one.stage, []).append(one.name)
    assert found == {"": ["Overall score"], **{s: list(names) for s, names in STAGES.items()}}
    assert settings.atlas.title == ("Index of 2017" if title else "Scores 2017")


@pytest.mark.parametrize(
    "heading",
    [
        ["Index of local authorities, all of the figures are standardised scores", ""],
        ["", "", "Nursery quality of every kind"],
    ],
)
def test_other_rows_above_are_no_stages(tmp_path: Path, heading: list[str]) -> None:
    path = saved(tmp_path / "scores.csv", rows(heading))
    guess = look(path, BufferReport())
    assert guess.stages == ()
    assert all(not one.stage for one in guess.indicators)
