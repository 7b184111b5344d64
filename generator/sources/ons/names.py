"""Names and codes that tables use beside the boundaries' own: larger areas', Welsh, of other years.

Source: Office for National Statistics, Open Government Licence v3.0.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent


@cache
def larger_areas() -> tuple[tuple[str, str], ...]:
    """Code and name of the kingdom's countries, regions and counties; some have two names."""
    return _read("larger_areas.csv")


@cache
def welsh_names() -> tuple[tuple[str, str], ...]:
    """Code and Welsh name of the districts of Wales."""
    return _read("names_cy.csv")


@dataclass(frozen=True, slots=True)
class DistrictChange:
    """A district's code that gave way to another in a year; from December on the new one holds."""

    old_code: str
    new_code: str
    year: int


@cache
def district_changes() -> tuple[DistrictChange, ...]:
    """The districts of the kingdom that were merged or got other codes since 2012."""
    with (_FOLDER / "district_changes.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            DistrictChange(row["old_code"], row["new_code"], int(row["year"]))
            for row in csv.DictReader(file)
        )


def _read(name: str) -> tuple[tuple[str, str], ...]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple((row["code"], row["name"]) for row in csv.DictReader(file))
