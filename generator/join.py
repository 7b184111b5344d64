"""Brings rows and areas together, one to one, on code or on name.

`names` says which names are alike.  What finds no partner is named, with the nearest
candidates.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.errors import JoinError
from generator.names import NameIndex, canonical, slugify, slugs
from generator.report import Report
from generator.settings import Edition, GroupKind, Indicator, Remark, Settings, Standings
from generator.sources.tables import GSS_CODE, Table

_KINDS = {
    "E01": "LSOA", "E02": "MSOA", "E05": "ward", "E06": "unitary authority",
    "E07": "non-metropolitan district", "E08": "metropolitan district", "E09": "London borough",
    "E10": "county", "E12": "region", "W01": "Welsh LSOA", "W06": "Welsh unitary authority",
    "S12": "Scottish council area", "N09": "Northern Irish district",
}  # fmt: skip

@dataclass(frozen=True, slots=True)
class Group:
    """A named set of areas.  `members` are codes in order; `id` is its code, or its slug."""

    kind: str
    id: str
    name: str
    slug: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A place with a page.  `lon` and `lat` (WGS 84) lie inside it; None if not known."""

    code: str
    name: str
    slug: str
    lon: float | None
    lat: float | None
    area_km2: float | None


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
    areas, groups = _areas(settings, area_table, boundary_names, report)
    index = NameIndex((area.code, area.name) for area in areas)
    indicators = settings.indicator or _found_indicators(settings, tables)
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


def _areas(
    settings: Settings,
    table: Table | None,
    boundary_names: Mapping[str, str],
    report: Report,
) -> tuple[tuple[Area, ...], tuple[Group, ...]]:
    if table is None:
        names = dict(boundary_names)
        numbers: dict[str, Mapping[str, float | None]] = {}
        if settings.group:
            raise JoinError(
                "the settings describe groups, but no table of areas to take them from",
                where=str(settings.file),
                fix='name a CSV with the group columns as geography.areas, or drop "[[group]]"',
            )
        cells: dict[str, Mapping[str, str]] = {}
    else:
        code_column = table.code_column()
        if code_column is None:
            raise JoinError(
                "no column holds GSS codes",
                where=str(table.path),
                fix="add a column of codes such as E07000176",
            )
        codes = table.column(code_column)
        doubled = sorted({code for code in codes if codes.count(code) > 1})
        if doubled or "" in codes:
            raise JoinError(
                f"the code {doubled[0]!r} stands twice" if doubled else "a row has no code",
                where=f'{table.path}, column "{code_column}"',
                fix="give each area one row",
            )
        names = dict(zip(codes, table.column("name"), strict=True))
        numbers = {
            name: dict(zip(codes, table.numbers(name), strict=True))
            for name in ("lon", "lat", "area_km2")
            if name in table.columns
        }
        wanted = {c for g in settings.group for c in (g.column, g.code_column) if c}
        cells = {name: dict(zip(codes, table.column(name), strict=True)) for name in wanted}
        _compare_codes(table, names, boundary_names, report)
    keep = settings.geography.keep
    named = sorted((c, n) for c, n in names.items() if not keep or c.startswith(keep))
    slug_of = slugs(named)

    def number(column: str, code: str) -> float | None:
        return numbers.get(column, {}).get(code)

    areas = tuple(
        Area(c, n, slug_of[c], number("lon", c), number("lat", c), number("area_km2", c))
        for c, n in named
    )
    return areas, _groups(areas, settings.group, cells)


def _compare_codes(
    table: Table, names: Mapping[str, str], boundary_names: Mapping[str, str], report: Report
) -> None:
    if not boundary_names:
        return
    unknown = sorted(set(names) - set(boundary_names))
    if len(unknown) == len(names):
        raise JoinError(
            f"none of its codes is in the boundaries ({_kind(next(iter(names)))} codes here, "
            f"{_kind(next(iter(boundary_names)))} codes there)",
            where=str(table.path),
            fix="use boundaries of the same geography and year as the table of areas",
        )
    if unknown:
        listed = ", ".join(f"{names[c]} ({c})" for c in unknown[:5])
        report.warn(f"{table.path}: {len(unknown)} areas have no boundary: {listed}")
    extra = sorted(set(boundary_names) - set(names))
    if extra:
        listed = ", ".join(f"{boundary_names[c]} ({c})" for c in extra[:5])
        report.warn(f"{len(extra)} areas of the boundaries are not in {table.path}: {listed}")


def _groups(
    areas: Sequence[Area],
    kinds: Sequence[GroupKind],
    cells: Mapping[str, Mapping[str, str]],
) -> tuple[Group, ...]:
    groups: list[Group] = []
    for kind in kinds:
        members: dict[tuple[str, str], list[str]] = {}
        for area in areas:
            value = cells[kind.column].get(area.code, "")
            if value:
                key = cells[kind.code_column].get(area.code, "") if kind.code_column else value
                members.setdefault((key, kind.names.get(value, value)), []).append(area.code)
        slug_of = slugs(list(members))
        groups += [
            Group(kind.kind, key, name, slug_of[key], tuple(codes))
            for (key, name), codes in sorted(members.items(), key=lambda item: item[0][1])
        ]
    return tuple(groups)


def _found_indicators(settings: Settings, tables: Mapping[str, Table]) -> tuple[Indicator, ...]:
    """Without a word in the settings, every numeric column (but ranks) is an indicator."""
    names: dict[str, str] = {}
    for table in tables.values():
        for column in table.numeric_columns():
            if canonical(column) not in {"rank", "lon", "lat", "easting m", "northing m", "area km2"}:
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


def _remarks(
    edition: Edition, table: Table
) -> tuple[list[list[tuple[Remark, str]]], list[str]]:
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
            f"none of the codes is an area of the atlas: the table has {_kind(codes[0])} codes, "
            f"the atlas {_kind(min(known))} codes",
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
    hits = {name: sum(len(index.find(c)) == 1 for c in table.column(name)) for name in table.columns}
    best = max(table.columns, key=lambda name: hits[name])
    if not hits[best]:
        raise JoinError(
            "no column holds codes or names of the atlas's areas",
            where=str(table.path),
            fix="name it as code_column or name_column of the edition",
        )
    return best


def _standings(about: Standings, table: Table, index: NameIndex, settings: Settings) -> list[
    Standing
]:
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


def _kind(code: str) -> str:
    return _KINDS.get(code[:3], code[:3] or "no")
