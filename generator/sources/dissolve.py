"""Small areas become larger ones: who is the parent of each, and the union of its parts.

A parent is found in up to three steps, each of which may be left out: take the value of a
column, keep the part of it that a pattern catches, look that up in a table.  So parents may
stand in a column, within a column ("Rushcliffe 001A"), or in a table from codes to parents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from generator.errors import SourceError
from generator.report import Report
from generator.sources.coverages import union_of
from generator.sources.fields import describe_columns, find_code_column
from generator.sources.placing import Geometries

MOST_NAMED = 12
"""So many parts without a parent stand in the warning; ``-v`` shows all."""


@dataclass(frozen=True, slots=True)
class ParentRule:
    """How the parent of an area is found.

    Attributes
    ----------
    column
        The column that leads to the parent, in any case; empty takes the areas' codes.
    pattern
        A regular expression that fits the whole value; what its first group catches goes on
        (all of the value if it has none).  Empty keeps the value.
    name_column
        Without a lookup: the column that holds the parents' names.
    lookup
        From the value to the parent's code and name; None if the value is the parent's code.
    lookup_name
        What messages call the lookup.
    """

    column: str = ""
    pattern: str = ""
    name_column: str = ""
    lookup: Mapping[str, tuple[str, str]] | None = None
    lookup_name: str = ""


def find_parents(table: pd.DataFrame, rule: ParentRule, where: str) -> pd.DataFrame:
    """The parent of each area.

    Parameters
    ----------
    table
        The areas' attributes, one row an area.
    rule
        How to find a parent.
    where
        The file, for messages.

    Returns
    -------
    pandas.DataFrame
        With the rows of `table`: ``code`` and ``name`` of the parent, both empty where none was
        found.

    Raises
    ------
    SourceError
        If the table lacks a column, no area finds a parent, or a parent has two names.
    """
    column = _column(table, rule.column, where)
    keys = table[column].fillna("").astype(object).map(lambda value: str(value).strip())
    if rule.pattern:
        keys = keys.map(lambda value: _caught(rule.pattern, value))
    if rule.lookup is not None:
        found = [rule.lookup.get(key, ("", "")) for key in keys]
        codes, names = [code for code, _ in found], [name for _, name in found]
    else:
        codes = list(keys)
        named = _column(table, rule.name_column, where) if rule.name_column else column
        names = list(table[named].fillna("").astype(str)) if rule.name_column else codes
    parents = pd.DataFrame({"code": codes, "name": names}, index=table.index)
    parents.loc[parents["code"] == "", "name"] = ""
    if not (parents["code"] != "").any():
        raise SourceError(
            f'no area finds a parent by its "{column}"'
            + (f", {keys.iloc[0]!r} for one, in {rule.lookup_name}" if rule.lookup_name else ""),
            where=where,
            fix="Check the column, the pattern and the lookup under geography.dissolve.",
        )
    _check_names(parents, where)
    return parents


def _column(table: pd.DataFrame, wanted: str, where: str) -> str:
    if not wanted:
        found = "code" if "code" in table.columns else find_code_column(table)
        if found is not None:
            return found
        wanted = "code"
    by_lower = {str(column).lower(): str(column) for column in table.columns}
    if wanted.lower() not in by_lower:
        raise SourceError(
            f'there is no column "{wanted}" to dissolve by; '
            f"the columns are: {describe_columns(table)}",
            where=where,
            fix="Name one of them under geography.dissolve.",
        )
    return by_lower[wanted.lower()]


def _caught(pattern: str, value: str) -> str:
    match = re.fullmatch(pattern, value)
    if match is None:
        return ""
    return (match.group(1) if match.re.groups else match.group(0)) or ""


def _check_names(parents: pd.DataFrame, where: str) -> None:
    known = parents[parents["code"] != ""].drop_duplicates()
    twice = known[known["code"].duplicated(keep=False)]
    if len(twice):
        code = twice["code"].iloc[0]
        names = sorted(twice.loc[twice["code"] == code, "name"])
        raise SourceError(
            f"the parent {code} has two names: {names[0]} and {names[1]}",
            where=where,
            fix="Give each parent one name, or dissolve by a column that tells them apart.",
        )


def report_orphans(labels: Sequence[str], total: int, where: str, report: Report) -> None:
    """Name the parts that found no parent; they are background.

    Parameters
    ----------
    labels
        Name and code of each part without a parent.
    total
        How many parts there are.
    """
    if not labels:
        return
    shown = ", ".join(labels[:MOST_NAMED])
    rest = (
        f" and {len(labels) - MOST_NAMED} more (-v names all)" if len(labels) > MOST_NAMED else ""
    )
    report.warn(
        f"{where}: {len(labels)} of {total} areas find no parent and are background: {shown}{rest}"
    )
    if rest:
        report.detail(f"areas without a parent: {', '.join(labels)}")


def dissolve(shapes: Geometries, parents: Sequence[str]) -> tuple[tuple[str, ...], Geometries]:
    """Unite the parts of each parent.

    Parameters
    ----------
    shapes
        A valid coverage: parts that don't overlap, with equal vertices along shared edges.
    parents
        The parent's code of each part.

    Returns
    -------
    tuple
        The parents' codes, rising, and their outlines: again a valid coverage, without the
        edges between parts of one parent.
    """
    codes, at = np.unique(np.asarray(parents, dtype=object).astype(str), return_inverse=True)
    order = np.argsort(at, kind="stable")
    parts = np.split(shapes[order], np.cumsum(np.bincount(at))[:-1])
    whole = np.empty(len(codes), dtype=object)
    for number, members in enumerate(parts):
        whole[number] = members[0] if len(members) == 1 else union_of(members)
    return tuple(str(code) for code in codes), whole
