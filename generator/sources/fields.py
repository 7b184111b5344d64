"""Which column of a boundary file holds the codes, and which the names.

ONS renames its columns with every vintage (``lad16cd``, ``LAD24CD``, ``areacd``), so
columns are found by what is in them and their names only settle ties.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

GSS_CODE = re.compile(r"[EWSNKJ]\d{8}")
"""A code of the Government Statistical Service: country letter, entity type, instance."""

_CODE_NAME = re.compile(r"(?:[a-z]{2,6}\d{0,2}cd|(?:gss_?|area_?|geo_?)?code)")
_NAME_NAME = re.compile(r"(?:[a-z]{2,6}\d{0,2}nm|.*name)")
_IDENTIFIER = re.compile(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")


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


def find_code_column(table: pd.DataFrame) -> str | None:
    """Find the column that identifies the rows by GSS code.

    A column qualifies when at least half of its values are GSS codes.  Among several
    the one with the most distinct codes wins (a ward file also names each ward's
    district), then one that is named like a code column, then the first.

    Parameters
    ----------
    table
        The attributes, one row per area.

    Returns
    -------
    str or None
        The column's name, or None if no column holds codes.
    """
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
    return found


def find_name_column(table: pd.DataFrame, code_column: str) -> str | None:
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

    Returns
    -------
    str or None
        The column's name, or None if the file holds no names.
    """
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
