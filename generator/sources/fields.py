"""Which column of a boundary file holds the codes, and which the names.

ONS renames its columns with every vintage (``lad16cd``, ``LAD24CD``, ``areacd``), so
columns are found by what is in them and their names only settle ties.  Codes of any other
shape (NUTS, Kreise, départements) are found by the column's name, or named in the settings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from generator.errors import SourceError

GSS_CODE = re.compile(r"[EWSNKJ]\d{8}")
"""A code of the Government Statistical Service: country letter, entity type, instance."""

_CODE_NAME = re.compile(r"(?:[a-z]{2,6}\d{0,2}cd|(?:gss_?|area_?|geo_?)?code)")
_NAME_NAME = re.compile(r"(?:[a-z]{2,6}\d{0,2}nm|.*name)")
WELSH_NAMES = re.compile(r"[a-z]{2,6}\d{0,2}nmw")
_OTHER_CODE_NAME = re.compile(
    r"(?:code|insee|nuts).*|.*(?:code|cd|kod|kode|id|nr|number|nummer)|ags|ars|rs|geoid|fips|key"
)
_ROW_NUMBERS = frozenset({"objectid", "fid", "globalid", "gid", "oid", "ogc_fid"})
_IDENTIFIER = re.compile(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")


@dataclass(frozen=True, slots=True)
class BoundaryColumns:
    """The columns of a boundary file that the settings name; empty finds them by content."""

    code: str = ""
    name: str = ""


BY_CONTENT = BoundaryColumns()


def code_shaped(values: pd.Series) -> pd.Series:
    """Tell which values are GSS codes.

    Parameters
    ----------
    values
        Any column; missing values count as not shaped like a code.

    Returns
    -------
    pandas.Series
        Booleans with the index of `values`.
    """
    return values.astype("string").str.strip().str.fullmatch(GSS_CODE.pattern).fillna(False)


def find_code_column(table: pd.DataFrame, wanted: str = "", where: str = "") -> str | None:
    """Find the column that identifies the rows.

    A column qualifies when at least half of its values are GSS codes.  Among several
    the one with the most distinct codes wins (a ward file also names each ward's
    district), then one that is named like a code column, then the first.  Without GSS codes
    it is a column that is named like one and has another value in each row.

    Parameters
    ----------
    table
        The attributes, one row per area.
    wanted
        The column that the settings name, in any case; empty finds one.
    where
        The file, for messages.

    Returns
    -------
    str or None
        The column's name, or None if no column holds codes.

    Raises
    ------
    SourceError
        If there is no column that is called as `wanted`.
    """
    if wanted:
        return _named(table, wanted, where)
    best: tuple[int, bool] | None = None
    found: str | None = None
    for column in _text_columns(table):
        shaped = code_shaped(table[column])
        if not shaped.any() or shaped.mean() < 0.5:
            continue
        distinct = int(table[column][shaped].nunique())
        merit = (distinct, bool(_CODE_NAME.fullmatch(column.lower())))
        if best is None or merit > best:
            best, found = merit, column
    return found or _other_code_column(table)


def _named(table: pd.DataFrame, wanted: str, where: str) -> str:
    by_lower = {str(column).lower(): str(column) for column in table.columns}
    if wanted.lower() not in by_lower:
        raise SourceError(
            f'there is no column "{wanted}"; the columns are: {describe_columns(table)}',
            where=where,
            fix="Name one of them under [geography].",
        )
    return by_lower[wanted.lower()]


def _other_code_column(table: pd.DataFrame) -> str | None:
    """A column named like codes, of another shape than ONS's, with a value of its own per row."""
    for column in map(str, table.columns):
        name = column.lower()
        if column == "geometry" or name in _ROW_NUMBERS or not _OTHER_CODE_NAME.fullmatch(name):
            continue
        values = table[column]
        if not (pd.api.types.is_string_dtype(values) or pd.api.types.is_integer_dtype(values)):
            continue
        texts = values.astype("string").str.strip()
        identifiers = texts.str.fullmatch(_IDENTIFIER.pattern).fillna(False)
        filled = texts.notna().all() and (texts != "").all()
        if filled and texts.is_unique and not identifiers.any():
            return column
    return None


def find_name_column(
    table: pd.DataFrame, code_column: str, wanted: str = "", where: str = ""
) -> str | None:
    """Find the column with the areas' names in English.

    The code column's sibling comes first (``LAD24NM`` beside ``LAD24CD``); without one,
    a text column that is named like names, then the one with the most distinct texts.
    Welsh names (``...nmw``), other codes and identifiers are passed over.

    Parameters
    ----------
    table
        The attributes, one row per area.
    code_column
        The result of `find_code_column`.
    wanted, where
        As for `find_code_column`.

    Returns
    -------
    str or None
        The column's name, or None if the file holds no names.

    Raises
    ------
    SourceError
        If there is no column that is called as `wanted`.
    """
    if wanted:
        return _named(table, wanted, where)
    by_lower = {str(column).lower(): str(column) for column in table.columns}
    stem = re.sub(r"(?:cd|code)$", "", code_column.lower())
    siblings = [by_lower[stem + end] for end in ("nm", "name") if stem + end in by_lower]
    texts = set(_text_columns(table))
    for sibling in siblings:
        if sibling in texts and table[sibling].notna().any():
            return sibling
    best: tuple[bool, int] | None = None
    found: str | None = None
    for column in _text_columns(table):
        if column == code_column or not _holds_names(table[column], column):
            continue
        merit = (bool(_NAME_NAME.fullmatch(column.lower())), int(table[column].nunique()))
        if best is None or merit > best:
            best, found = merit, column
    return found


def describe_columns(table: pd.DataFrame) -> str:
    """List the columns for a message, at most twelve of them."""
    columns = [str(column) for column in table.columns if column != "geometry"]
    shown = ", ".join(columns[:12]) or "none"
    return shown + (f" and {len(columns) - 12} more" if len(columns) > 12 else "")


def _text_columns(table: pd.DataFrame) -> Sequence[str]:
    return [
        str(column)
        for column in table.columns
        if pd.api.types.is_string_dtype(table[column].dtype) and column != "geometry"
    ]


def _holds_names(values: pd.Series, column: str) -> bool:
    texts = values.dropna().astype("string").str.strip()
    if texts.empty or column.lower().endswith("nmw") or code_shaped(texts).mean() >= 0.5:
        return False
    worded = texts.str.contains(r"[^\W\d_]{2}", regex=True)
    identifiers = texts.str.fullmatch(_IDENTIFIER.pattern)
    return bool(worded.mean() >= 0.5 and identifiers.mean() < 0.5)
