"""What a column is about, by its name and its cells: figures, or a year, a rank, an id.

The first column of numbers of a real table is as often a year, a row number or a population
as the subject.
"""

from __future__ import annotations

import itertools
import re
from typing import Literal

from generator.sources.tables.figures import Figure
from generator.sources.tables.table import GSS_CODE, Table

Role = Literal[
    "figure", "count", "serial", "year", "id", "rank", "interval", "coordinate", "size", "code",
    "text", "empty",
]  # fmt: skip

WORDS: dict[Role, str] = {
    "figure": "figures",
    "count": "a count of people or homes",
    "year": "years",
    "id": "row numbers or keys",
    "serial": "row numbers, 1, 2, 3 …",
    "rank": "ranks",
    "interval": "bounds of an interval",
    "coordinate": "coordinates",
    "size": "sizes of areas",
    "code": "codes",
    "text": "text",
    "empty": "nothing",
}
"""Each role for the reader."""

_YEARS = frozenset({"year", "years", "yr", "blwyddyn", "calendar year", "financial year"})
_IDS = frozenset(
    {
        "id", "fid", "oid", "gid", "uid", "objectid", "object id", "no", "nr", "ref", "key", "row",
        "row number", "row no", "order", "sort order", "sort", "unnamed 0", "serial", "s no",
        "area id", "la id", "geo id", "column 1",
    }
)  # fmt: skip
_COORDINATES = frozenset(
    {
        "lon", "lat", "long", "longitude", "latitude", "easting", "northing", "eastings",
        "northings", "easting m", "northing m", "bng e", "bng n", "x coordinate",
        "y coordinate", "lng",
    }
)  # fmt: skip
_SIZE = re.compile(
    r"\b(area (km2|sq ?km|ha|hectares|m2)|hectares|shape (area|length|leng)|st area)"
)
_RANK = re.compile(r"\b(rank|ranks|ranking|rheng|safle|position)\b")
_INTERVAL = re.compile(
    r"\b(l?ci|uci|lcl|ucl|moe|confidence|margin of error|standard error|std error|s e)\b"
    r"|\b(lower|upper) (limit|bound|95|99|ci|confidence)|\b9[59] (lower|upper)|\bse$"
)
_COUNT = re.compile(
    r"\b(population|populations|pop|poblogaeth|persons|people|residents|households|dwellings"
    r"|denominator|denom|sample size|base|electorate|mid year estimate)\b"
)
_RATIO = re.compile(r"\b(per|rate|rates|share|percent|percentage|pct|proportion|density|index"
                    r"|score|average|mean|median|ratio|change|growth|aged)\b|%")  # fmt: skip
_CODES = re.compile(r"\b(codes?|cd|\w+\d\dcd|cod)\b")


def fold(name: str) -> str:
    """A column's name in lower case, its words apart by one space.

    >>> fold("Area_Code"), fold("LAD23CD"), fold("% aged 65+")
    ('area code', 'lad23cd', '% aged 65')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[^\w%]+|_", " ", apart).split()).casefold()


def column_role(table: Table, name: str) -> Role:
    """What a column is about."""
    cells = table.column(name)
    said = [cell for cell in cells if cell]
    if not said:
        return "empty"
    if sum(bool(GSS_CODE.match(cell)) for cell in said) > 0.6 * len(said):
        return "code"
    if table.numeric_share(name) <= 0.5:
        return "text"
    words = fold(name)
    figures = _readable(table, cells)
    values = [figure.value for figure in figures if figure.value is not None]
    kind = table.facts[name].kind if name in table.facts else ""
    if kind == "year" or _are_years(words, values):
        return "year"
    if _RANK.search(words):
        return "rank"
    pair = {"x", "y"} <= {fold(column) for column in table.columns}
    if words in _COORDINATES or (pair and words in {"x", "y"}):
        return "coordinate"
    if _SIZE.search(words):
        return "size"
    if kind != "number" and (words in _IDS or _CODES.search(words) or words.endswith(" id")):
        return "id"
    if kind != "number" and _counts_rows(values):
        return "serial"
    if _INTERVAL.search(words):
        return "interval"
    unit = table.facts[name].unit if name in table.facts else ""
    whole = all(value >= 0 and value == int(value) for value in values)
    signed = any(figure.unit for figure in figures)
    if _COUNT.search(words) and not _RATIO.search(f"{words} {unit}") and whole and not signed:
        return "count"
    return "figure"


def is_year_name(name: str) -> bool:
    """Whether a column's name is a year or a period: "2016", "2016/17", "2016-17"."""
    return bool(re.fullmatch(r"(19|20)\d\d([/\-–](\d\d|(19|20)\d\d))?", name.strip()))


def _readable(table: Table, cells: tuple[str, ...]) -> list[Figure]:
    found = []
    for cell in cells:
        try:
            found.append(table.figure(cell))
        except ValueError:
            continue
    return found


def _are_years(words: str, values: list[float]) -> bool:
    years = all(value == int(value) and 1900 <= value <= 2100 for value in values)
    if not (years and values):
        return False
    named = words in _YEARS or words.split()[-1:] == ["year"] or words in {"date", "period", "time"}
    # Without the word: a few years that come again and again, as in a table in long format.
    return named or len(set(values)) * 3 <= len(values)


def _counts_rows(values: list[float]) -> bool:
    """Whether the cells count the rows: 0, 1, 2 … or 1, 2, 3 …, and no score does."""
    return (
        len(values) >= 5
        and values[0] in {0, 1}
        and all(b - a == 1 for a, b in itertools.pairwise(values))
    )
