"""Which columns are indicators where the settings don't say, and with how many decimals.

Years, row numbers, ranks, coordinates and populations are not what an atlas is about,
although they are numbers and often come first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from generator.data.names import slugify
from generator.errors import JoinError
from generator.report import Report
from generator.settings import Indicator
from generator.sources.tables import Table
from generator.sources.tables.roles import WORDS, Role, column_role, is_year_name

MOST_DECIMALS = 6
_DIGITS = 3
"""Significant digits of the middle half's spread that are worth showing."""


def found_indicators(tables: Mapping[str, Table], report: Report) -> tuple[Indicator, ...]:
    """Every column of figures that can be the subject; the first one colours the maps.

    Raises
    ------
    JoinError
        If there is none, or the columns are years, so that they are editions.
    """
    found: dict[str, Indicator] = {}
    for table in tables.values():
        roles = {name: column_role(table, name) for name in table.columns}
        columns = subject_columns(table, roles)
        for name in columns:
            found.setdefault(slugify(name), _indicator(table, name))
        _say_chosen(table, roles, columns, report)
    return tuple(found.values())


def subject_columns(table: Table, roles: Mapping[str, Role]) -> list[str]:
    """The columns of one table that can be its subject: figures, or a count if that is all.

    Raises
    ------
    JoinError
        If there is none, or the columns are years.
    """
    figures = [name for name, role in roles.items() if role == "figure"]
    years = [name for name in figures if is_year_name(name)]
    if len(years) > 1:
        first = years[0]
        raise JoinError(
            f"the columns {', '.join(map(repr, years[:6]))} are years: each is an edition",
            where=str(table.path),
            fix="describe an [[indicator]], and write an [[edition]] for each year with "
            f'columns.<indicator> = {{ score = "{first}" }} (python build.py init does so)',
        )
    chosen = (
        figures
        or [name for name, role in roles.items() if role == "count"]
        or [name for name, role in roles.items() if role == "serial"]
    )
    if chosen:
        return chosen
    others = [
        f"{name!r} looks like {WORDS[role]}"
        for name, role in roles.items()
        if role not in {"text", "code", "empty"}
    ]
    near = [
        f"{name!r} is read as text, because only {table.numeric_share(name):.0%} of its cells are "
        "numbers"
        for name, role in roles.items()
        if role == "text" and table.numeric_share(name) > 0
    ]
    reasons = f" ({'; '.join([*others, *near])})" if others or near else ""
    fix = "add a column of scores, or name one under edition.columns in the settings"
    commas = [name for name in table.columns if table.has_decimal_commas(name)]
    if commas:
        fix = f'if {commas[0]!r} has decimal commas, write decimal = "," in the edition'
    raise JoinError(
        f"no column holds numbers that can be scores{reasons}", where=str(table.path), fix=fix
    )


def _say_chosen(
    table: Table, roles: Mapping[str, Role], columns: Sequence[str], report: Report
) -> None:
    left = [
        f"{name!r} ({WORDS[role]})"
        for name, role in roles.items()
        if name not in columns and role not in {"text", "code", "empty"}
    ]
    first = repr(columns[0])
    why = (
        "the only column of figures"
        if len(columns) == 1
        else (f"the first of {len(columns)} columns of figures")
    )
    if roles[columns[0]] != "figure":
        why = f"{WORDS[roles[columns[0]]]}, but nothing else is a figure"
    said = f"{table.path}: {first} is taken as the subject, {why}"
    if left:
        said += f"; not taken: {', '.join(left)}"
    for name, role in roles.items():
        share = table.numeric_share(name) if role == "text" else 0
        if share > 0:
            said += f"; {name!r} is read as text ({share:.0%} of its cells are numbers)"
    if len(columns) > 1 or roles[columns[0]] != "figure":
        report.warn(f"{said}. Describe the subject as [[indicator]] to be sure")
    else:
        report.say(said)


def _indicator(table: Table, name: str) -> Indicator:
    facts = table.facts.get(name)
    unit = facts.unit if facts and facts.unit else unit_of(table, name)
    made: dict[str, Any] = {"id": slugify(name) or "figures", "name": name, "unit": unit}
    if facts:
        made["name"] = facts.title or name
        made["about"] = facts.about
    return Indicator(**made)


def say_directions(indicators: Sequence[Indicator], report: Report) -> None:
    """Say of which indicators the settings don't state whether high or low values are better."""
    unstated = [repr(i.name) for i in indicators if "better" not in i.model_fields_set]
    if unstated:
        more = f" and {len(unstated) - 5} more" if len(unstated) > 5 else ""
        report.say(
            f"which values are better is not stated for {', '.join(unstated[:5])}{more}: higher "
            'ones count as better, unless better of an [[indicator]] says "lower" or "neutral"'
        )


def unit_of(table: Table, name: str) -> str:
    """The sign that a column's figures carry ("%", "£"), or nothing."""
    return next((figure.unit for figure in table.figures(name) if figure.unit), "")


def with_decimals(
    indicators: Sequence[Indicator], columns: Mapping[str, Iterable[tuple[Table, str]]]
) -> tuple[Indicator, ...]:
    """Give the indicators whose settings don't state their decimals those that the data need.

    Parameters
    ----------
    columns
        By indicator, each table and column of its scores.
    """
    return tuple(
        indicator
        if "decimals" in indicator.model_fields_set
        else indicator.model_copy(
            update={"decimals": _needed([*columns.get(indicator.id, ())], indicator.decimals)}
        )
        for indicator in indicators
    )


def _needed(columns: Sequence[tuple[Table, str]], default: int) -> int:
    figures = [
        figure
        for table, name in columns
        for figure in table.figures(name)
        if figure.value is not None
    ]
    if not figures:
        return default
    values = [figure.value for figure in figures if figure.value is not None]
    # The middle half: one outlier must not take the decimals from all others.
    low, high = np.percentile(values, [25, 75])
    spread = float(high - low) or (max(values) - min(values)) or max(map(abs, values))
    if not spread:
        return 0
    stated = max(figure.decimals for figure in figures)
    worth = _DIGITS - 1 - math.floor(math.log10(spread))
    if worth > MOST_DECIMALS + _DIGITS - 1 and stated > MOST_DECIMALS:
        table, name = columns[0]
        raise JoinError(
            f"the figures differ by {spread:g} at most, too little to be printed",
            where=f'{table.path}, column "{name}"',
            fix="give them in a smaller unit, for example per million",
        )
    return max(0, min(stated, worth, MOST_DECIMALS))
