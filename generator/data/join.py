"""Brings rows and areas together, one to one, on code or on name.

`names` says which names are alike.  What finds no partner is named, with the nearest
candidates.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.data.names import NameIndex, canonical, slugify
from generator.data.places import Area, Group, code_kind, make_areas
from generator.errors import JoinError
from generator.report import Report
from generator.settings import Edition, Indicator, Remark, Settings, Standings
from generator.sources.tables import GSS_CODE, Table


@dataclass(frozen=True, slots=True)
class Value:
    """What one edition says of one area: a score, a published rank, remarks (label, text).

    ``source`` says where this one figure was published, if the table tells it.
    """

    score: float | None
    rank: int | None
    remarks: tuple[tuple[str, str], ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class EditionData:
    """One edition, joined.

    Attributes
    ----------
    settings
        Its entry in the settings.
    values
        ``values[indicator][code]``; codes without a row have no entry.
    absent
        Codes without a row, and why (an empty text if no reason is given).
    names
        The name under which the table lists a code.
    """

    settings: Edition
    values: Mapping[str, Mapping[str, Value]]
    absent: Mapping[str, str]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is said to be among the best or worst at one life stage, without a figure."""

    code: str
    edition: str
    stage: str
    standing: str
    stated: str
    source: str


@dataclass(frozen=True, slots=True)
class AreaChange:
    """What happened to an area later: ``kind`` is "merged" or "recoded"."""

    old_code: str
    new_code: str
    year: int
    kind: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Areas (sorted by code), their groups, indicators, editions, standings, later changes."""

    areas: tuple[Area, ...]
    groups: tuple[Group, ...]
    indicators: tuple[Indicator, ...]
    editions: tuple[EditionData, ...]
    standings: tuple[Standing, ...]
    changes: tuple[AreaChange, ...] = ()


def join(
    settings: Settings,
    *,
    area_table: Table | None,
    boundary_names: Mapping[str, str],
    tables: Mapping[str, Table],
    standing_tables: Sequence[Table],
    change_table: Table | None = None,
    report: Report,
) -> Joined:
    """Join every table to the areas.

    Parameters
    ----------
    settings
        Says which column means what.
    area_table
        The table of areas, if the settings name one; it decides which areas there are.
    boundary_names
        Names by code of the boundary file, for areas without a table (and its check).
    tables
        One table per edition, by its id.
    standing_tables
        One table per entry of ``settings.standings``, in the same order.
    change_table
        Later changes of codes: ``old_code``, ``new_code``, ``year``, ``kind``.

    Raises
    ------
    JoinError
        If a row means no area, or several, or an area has two rows: all of them at once.
    """
    areas, groups = make_areas(settings, area_table, boundary_names, report)
    index = NameIndex((area.code, area.name) for area in areas)
    indicators = settings.indicator or _found_indicators(tables)
    editions = tuple(
        _edition(edition, tables[edition.id], areas, index, indicators, report)
        for edition in settings.edition
    )
    standings = [
        standing
        for about, table in zip(settings.standings, standing_tables, strict=True)
        for standing in _standings(about, table, index, settings)
    ]
    changes = _changes(change_table) if change_table else ()
    return Joined(areas, groups, indicators, editions, tuple(standings), changes)


def _changes(table: Table) -> tuple[AreaChange, ...]:
    columns = [table.column(name) for name in ("old_code", "new_code", "year", "kind")]
    found = []
    for number, old, new, year, kind in zip(table.row_numbers, *columns, strict=True):
        if not (GSS_CODE.match(old) and GSS_CODE.match(new) and year.isdigit()):
            raise JoinError(
                f"{old!r} → {new!r} in {year!r} is no change of a code",
                where=f"{table.path}, row {number}",
                fix="write two GSS codes and a year",
            )
        found.append(AreaChange(old, new, int(year), kind))
    return tuple(found)


_NO_INDICATORS = {"rank", "lon", "lat", "easting m", "northing m", "area km2"}


def _found_indicators(tables: Mapping[str, Table]) -> tuple[Indicator, ...]:
    """Without a word in the settings, every numeric column (but ranks) is an indicator."""
    names: dict[str, str] = {}
    for table in tables.values():
        for column in table.numeric_columns():
            if canonical(column) not in {
                "rank",
                "lon",
                "lat",
                "easting m",
                "northing m",
                "area km2",
            }:
                names.setdefault(slugify(column), column)
    if not names:
        raise JoinError(
            "no column holds numbers",
            where=str(next(iter(tables.values())).path),
            fix="add a column of scores, or name one under edition.columns in the settings",
        )
    return tuple(Indicator(id=slug, name=name) for slug, name in names.items())


def _edition(
    edition: Edition,
    table: Table,
    areas: Sequence[Area],
    index: NameIndex,
    indicators: Sequence[Indicator],
    report: Report,
) -> EditionData:
    codes, column = _codes_of_rows(edition, table, areas, index)
    remarks, sources = _remarks(edition, table)
    values: dict[str, dict[str, Value]] = {}
    for indicator in indicators:
        score_column, rank_column = _columns(edition, indicator, table)
        if not (score_column or rank_column):
            continue
        nothing: tuple[None, ...] = (None,) * len(codes)
        scores = table.numbers(score_column) if score_column else nothing
        ranks = table.ranks(rank_column) if rank_column else nothing
        values[indicator.id] = {
            code: Value(scores[at], ranks[at], _told(remarks[at], ranks[at]), sources[at])
            for at, code in enumerate(codes)
            if scores[at] is not None or ranks[at] is not None
        }
        if not values[indicator.id]:
            named = " or ".join(repr(c) for c in (score_column, rank_column) if c)
            raise JoinError(
                f"the column {named} holds no value at all",
                where=str(table.path),
                fix=f"name another column, or leave {indicator.id!r} out of the edition "
                f"{edition.id!r}",
            )
    if not values:
        raise JoinError(
            "the table has none of the indicators",
            where=str(table.path),
            fix=f"name its columns under edition.columns for the edition {edition.id!r}",
        )
    names = dict(zip(codes, table.column(column), strict=True))
    rows = set(codes)
    absent = {a.code: edition.absent.get(a.code, "") for a in areas if a.code not in rows}
    stray = sorted(set(edition.absent) - set(absent))
    if stray:
        report.warn(f"edition {edition.id}: {', '.join(stray)} is said to be absent, but is not")
    report.detail(f"edition {edition.id}: {len(rows)} areas with a row, {len(absent)} without")
    return EditionData(edition, values, absent, names)


def _remarks(edition: Edition, table: Table) -> tuple[list[list[tuple[Remark, str]]], list[str]]:
    """The remarks of each row that say something, and the source of each row."""
    cells = [(remark, table.column(remark.column)) for remark in edition.remarks]
    remarks, sources = [], []
    for at in range(len(table.rows)):
        texts = [(remark, column[at]) for remark, column in cells if column[at]]
        sources.append("; ".join(text for remark, text in texts if remark.kind == "source"))
        remarks.append([(r, text) for r, text in texts if r.kind != "source"])
    return remarks, sources


def _told(remarks: Sequence[tuple[Remark, str]], rank: int | None) -> tuple[tuple[str, str], ...]:
    """Labels and texts; a figure that is printed as it is says nothing."""
    return tuple(
        (remark.label, text)
        for remark, text in remarks
        if not (remark.kind == "printed" and text == str(rank))
    )


def _columns(edition: Edition, indicator: Indicator, table: Table) -> tuple[str, str]:
    if edition.columns:
        named = edition.columns.get(indicator.id)
        return (named.score, named.rank) if named else ("", "")
    for column in table.numeric_columns():
        if slugify(column) == indicator.id:
            return column, ""
    return "", ""


def _codes_of_rows(
    edition: Edition, table: Table, areas: Sequence[Area], index: NameIndex
) -> tuple[list[str], str]:
    """The area of each row, and the column that told it."""
    column = edition.code_column or (None if edition.name_column else table.code_column())
    if column:
        return _by_code(table, column, areas), column
    column = edition.name_column or _name_column(table, index)
    known = {area.code for area in areas}
    aliases = {canonical(name): code for name, code in edition.aliases.items()}
    found, problems = [], []
    for number, name in zip(table.row_numbers, table.column(column), strict=True):
        alias = aliases.get(canonical(name))
        codes = (alias,) if alias in known else index.find(name)
        if len(codes) != 1:
            near = index.nearest(name)
            may = f"may mean {' or '.join(codes)}" if codes else "is no area"
            hint = f"; nearest: {', '.join(near)}" if near and not codes else ""
            problems.append(f"row {number}: {name!r} {may}{hint}")
        found.append(codes[0] if codes and codes[0] else "")
    place = f'{table.path}, column "{column}"'
    _no_problems(problems, place, f"mend the names, or add them to aliases of {edition.id!r}")
    _one_row_each(found, table, place)
    return [str(code) for code in found], column


def _by_code(table: Table, column: str, areas: Sequence[Area]) -> list[str]:
    known = {area.code for area in areas}
    codes = list(table.column(column))
    place = f'{table.path}, column "{column}"'
    unknown = [
        (number, code)
        for number, code in zip(table.row_numbers, codes, strict=True)
        if code not in known
    ]
    if known and len(unknown) == len(codes):
        raise JoinError(
            "none of the codes is an area of the atlas: "
            f"the table has {code_kind(codes[0])} codes, "
            f"the atlas {code_kind(min(known))} codes",
            where=place,
            fix="name the table's own geography and year under [geography]",
        )
    problems = []
    for number, code in unknown:
        near = difflib.get_close_matches(code, sorted(known), n=2, cutoff=0.85)
        word = "is no area of the atlas" if GSS_CODE.match(code) else "is no GSS code"
        hint = f"; nearest: {', '.join(near)}" if near else ""
        problems.append(f"row {number}: {code!r} {word}{hint}")
    _no_problems(problems, place, "mend or remove the rows, or use boundaries of the table's year")
    _one_row_each(codes, table, place)
    return codes


def _no_problems(problems: Sequence[str], place: str, fix: str) -> None:
    if problems:
        shown = "\n".join(f"  - {line}" for line in problems[:20])
        more = f"\n  … and {len(problems) - 20} more" if len(problems) > 20 else ""
        many = f"{len(problems)} rows find" if len(problems) > 1 else "a row finds"
        raise JoinError(f"{many} no area:\n{shown}{more}", where=place, fix=fix)


def _one_row_each(codes: Sequence[str], table: Table, place: str) -> None:
    first: dict[str, int] = {}
    for number, code in zip(table.row_numbers, codes, strict=True):
        if code in first:
            raise JoinError(
                f"rows {first[code]} and {number} are both {code}",
                where=place,
                fix="keep one row per area",
            )
        first[code] = number


def _name_column(table: Table, index: NameIndex) -> str:
    """The text column whose cells are most often names of areas."""
    hits = {
        name: sum(len(index.find(c)) == 1 for c in table.column(name)) for name in table.columns
    }
    best = max(table.columns, key=lambda name: hits[name])
    if not hits[best]:
        raise JoinError(
            "no column holds codes or names of the atlas's areas",
            where=str(table.path),
            fix="name it as code_column or name_column of the edition",
        )
    return best


def _standings(
    about: Standings, table: Table, index: NameIndex, settings: Settings
) -> list[Standing]:
    place, found = str(table.path), []
    columns = {name: table.column(name) for name in ("name", "stage", "standing", "stated")}
    for at, number in enumerate(table.row_numbers):
        row = {name: cells[at] for name, cells in columns.items()}
        codes = index.find(row["name"])
        if len(codes) != 1:
            near = ", ".join(index.nearest(row["name"]))
            problem, fix = f"{row['name']!r} is no area", f"nearest: {near}"
        elif row["stage"] not in settings.stages:
            problem = f"there is no stage {row['stage']!r}"
            fix = f"the settings list: {', '.join(settings.stages)}"
        elif row["standing"] not in {"best", "worst"}:
            problem, fix = f"{row['standing']!r} is no standing", 'write "best" or "worst"'
        else:
            found.append(
                Standing(
                    codes[0], about.edition, row["stage"], row["standing"], row["stated"],
                    about.source,
                )
            )  # fmt: skip
            continue
        raise JoinError(problem, where=f"{place}, row {number}", fix=fix)
    return found
