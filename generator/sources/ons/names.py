"""Names that tables use beside the boundaries' own: larger areas' for rows of totals, Welsh ones.

Source: Office for National Statistics, Open Government Licence v3.0.
"""

from __future__ import annotations

import csv
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


def _read(name: str) -> tuple[tuple[str, str], ...]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple((row["code"], row["name"]) for row in csv.DictReader(file))
