"""Names and codes that tables use beside the boundaries' own: larger areas', Welsh, of other years.

Source: Office for National Statistics, Open Government Licence v3.0.  What was compared with what
others use: the recodings of Scottish districts of 2018 and 2019 and some of the English ones, with
tables in public repositories, which agree; samples of the codes of counties and of Welsh names.
The Code History Database of the Office for National Statistics could not be read here.
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


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Codes of one geography that came into use together.

    Attributes
    ----------
    prefix, least, most
        The first three characters, and the numbers after them, both ends included.
    first_year, last_year
        Of the boundaries that have them; 0 where they may be in use still.
    """

    prefix: str
    least: int
    most: int
    geography: str
    first_year: int
    last_year: int


@cache
def code_ranges() -> tuple[CodeRange, ...]:
    """When codes of small areas, constituencies and health areas came into use.

    The highest codes of 2011 in England and Wales (33768, 1958, 6934, 423) and in Scotland
    (13481, 2514) are those that public code for the surveys and censuses of those years checks
    against, and the data zones of 2022 are said there to be 13482 to 20873.  That those of a
    vintage follow one another without a gap is how they have been given out, and the numbers
    agree with how many areas there are (6,505, 6,976 and 7,392 data zones, 1,235 and 1,279
    intermediate zones, 4,537 small areas); the registers themselves could not be read here.
    """
    with (_FOLDER / "code_ranges.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            CodeRange(
                row["prefix"], int(row["least"]), int(row["most"]), row["geography"],
                int(row["first_year"]), int(row["last_year"] or 0),
            )
            for row in csv.DictReader(file)
        )  # fmt: skip


def range_of(code: str) -> CodeRange | None:
    """The range that a GSS code lies in, if it is of a geography that `code_ranges` knows.

    >>> range_of("E01034000").first_year, range_of("E07000176")
    (2021, None)
    """
    number = code[3:]
    if not number.isdigit():
        return None
    for one in code_ranges():
        if code.startswith(one.prefix) and one.least <= int(number) <= one.most:
            return one
    return None


def _read(name: str) -> tuple[tuple[str, str], ...]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple((row["code"], row["name"]) for row in csv.DictReader(file))
