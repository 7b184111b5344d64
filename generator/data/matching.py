"""Which area each row of a table means: by code or by name, and which rows mean none.

Rows of totals and of areas outside the atlas are left out and named; anything else that finds
no area stops the build, with the nearest candidates.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from generator.data.names import NameIndex, canonical
from generator.data.places import Area, Group, code_kind
from generator.errors import JoinError
from generator.report import Report
from generator.settings_editions import Edition
from generator.sources.ons.names import (
    CodeRange,
    code_ranges,
    larger_areas,
    range_of,
    welsh_names,
)
from generator.sources.tables import GSS_CODE, Table
from generator.sources.tables.roles import column_role

_TOTALS = frozenset(
    {
        "total", "totals", "grand total", "overall total", "all", "all areas", "overall", "average",
        "mean", "median", "sum", "minimum", "maximum", "min", "max", "national average",
        "cyfanswm", "cyfartaledd",
    }
)  # fmt: skip
_TIERS = {"K0": 5, "E92": 5, "W92": 5, "S92": 5, "N92": 5, "E12": 4, "E10": 3, "E11": 3, "E13": 3,
          "E06": 2, "E07": 2, "E08": 2, "E09": 2, "W06": 2, "S12": 2, "N09": 2}  # fmt: skip
"""Larger areas are of higher tiers; what is not listed is of tier 0."""
_SHOWN = 20
_ENOUGH = 10_000
"""Rows that find no area: who has more of them has another table, and needn't wait for all."""
_LOOK = 50_000
"""Rows by which the column of names is found."""


@dataclass(frozen=True, slots=True)
class AreaIndex:
    """The areas of an atlas, to be found by code and by name.

    ``outside`` are names by code that the boundaries hold but the atlas leaves out;
    ``later`` says by code what became of former and later areas, for messages.
    """

    areas: Mapping[str, Area]
    names: NameIndex
    groups: Mapping[str, frozenset[str]]
    other_names: Mapping[str, str]
    outside: Mapping[str, str]
    outside_names: Mapping[str, str]
    keep: tuple[str, ...]
    later: Mapping[str, str]

    @property
    def tier(self) -> int:
        return max((_tier(code) for code in self.areas), default=0)


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows that mean an area: the table of them, the code of each, the column that gave it."""

    table: Table
    codes: tuple[str, ...]
    column: str


def index_areas(
    areas: Sequence[Area],
    groups: Sequence[Group],
    boundary_names: Mapping[str, str],
    keep: tuple[str, ...] = (),
    later: Mapping[str, str] | None = None,
) -> AreaIndex:
    """Prepare the areas for matching."""
    known = {area.code: area for area in areas}
    parents: dict[str, set[str]] = {}
    for group in groups:
        for code in group.members:
            parents.setdefault(code, set()).update({canonical(group.name), group.id})
    tier = max((_tier(code) for code in known), default=0)
    outside = {code: name for code, name in boundary_names.items() if code not in known}
    larger: dict[str, str] = {}
    for code, name in larger_areas():
        if _tier(code) > tier:
            larger.setdefault(code, name)
    larger_names = {canonical(name): code for code, name in larger_areas() if code in larger}
    return AreaIndex(
        areas=known,
        names=NameIndex((area.code, area.name) for area in areas),
        groups={code: frozenset(names) for code, names in parents.items()},
        other_names={canonical(name): code for code, name in welsh_names() if code in known},
        outside={**outside, **larger},
        outside_names={**{canonical(n): c for c, n in outside.items()}, **larger_names},
        keep=keep,
        later=later or {},
    )


def match_rows(edition: Edition, table: Table, index: AreaIndex, report: Report) -> Matched:
    """The area of each row.

    Raises
    ------
    JoinError
        If rows mean no area or several, or an area has two rows: all of them at once.
    """
    column = edition.code_column or ("" if edition.name_column else _code_column(table, index))
    found = _by_code(table, column, index) if column else _by_name(edition, table, index)
    column = column or edition.name_column or _name_column(table, index)
    if not found.kept:
        raise JoinError(
            "no row is of an area of the atlas",
            where=f'{table.path}, column "{column}"',
            fix="name the table's own geography under [geography], and the areas to keep",
        )
    if found.left_out:
        shown = "; ".join(found.left_out[:8])
        more = f" and {len(found.left_out) - 8} more" if len(found.left_out) > 8 else ""
        many = "a row is" if len(found.left_out) == 1 else f"{len(found.left_out)} rows are"
        report.say(f"{table.path}: {many} of no area of the atlas and left out: {shown}{more}")
    kept = table.only(found.kept)
    _one_row_each(found.codes, kept, f'{table.path}, column "{column}"')
    return Matched(kept, tuple(found.codes), column)


@dataclass(slots=True)
class _Found:
    """Places of the rows that are kept, their codes, and the rows left out, in words."""

    kept: list[int]
    codes: list[str]
    left_out: list[str]


def _by_code(table: Table, column: str, index: AreaIndex) -> _Found:
    found = _Found([], [], [])
    problems: list[str] = []
    codes = table.column(column)
    place = f'{table.path}, column "{column}"'
    if index.areas and codes and not any(code in index.areas for code in codes):
        raise _other_geography(codes, place, index)
    for at, (number, code) in enumerate(zip(table.row_numbers, codes, strict=True)):
        if code in index.areas:
            found.kept.append(at)
            found.codes.append(code)
        elif said := _left_out(code, table.rows[at], index):
            found.left_out.append(f"row {number}, {said}")
        else:
            # Candidates are dear to find, and only the first problems are shown.
            shown = len(problems) < _SHOWN
            problems.append(_unknown_code(number, code, index) if shown else "")
            if len(problems) > _ENOUGH:
                break
    _no_problems(
        problems, place, "correct or remove the rows, or use boundaries of the table's year"
    )
    return found


def _other_geography(codes: Sequence[str], place: str, index: AreaIndex) -> JoinError:
    first = next((code for code in codes if code), "")
    fix = "name the table's own geography and year under [geography]"
    here, there = code_kind(first), code_kind(min(index.areas))
    if here == there:
        return JoinError(
            f"none of the codes is an area of the atlas: {first}, for one, is not there"
            f"{_vintage(first, index)}",
            where=place,
            fix=fix,
        )
    return JoinError(
        "none of the codes is an area of the atlas: "
        f"the table has {here} codes, the atlas {there} codes",
        where=place,
        fix=fix,
    )


def _unknown_code(number: int, code: str, index: AreaIndex) -> str:
    if not code:
        return f"row {number} has no code"
    if code in index.later:
        return f"row {number}: {code!r} is of another year: {index.later[code]}"
    near = difflib.get_close_matches(code, sorted(index.areas), n=2, cutoff=0.85)
    word = "is no area of the atlas" if GSS_CODE.match(code) else "is no GSS code"
    hint = f"; nearest: {', '.join(near)}" if near else ""
    return f"row {number}: {code!r} {word}{_vintage(code, index) or hint}"


def _vintage(code: str, index: AreaIndex) -> str:
    """Which year's boundaries have a code that the atlas's vintage lacks, in words."""
    own = range_of(code)
    if own is None:
        return ""
    there = [one for one in code_ranges() if one.prefix == own.prefix and _has(index, one)]
    if own not in there:
        until = f" to {own.last_year}" if own.last_year else " or later"
        return f"; boundaries of {own.first_year}{until} have it"
    newest = max(one.first_year for one in there)
    if newest > own.first_year:
        return f"; the atlas's boundaries are of {newest} or later, and earlier ones may have it"
    return ""


def _has(index: AreaIndex, one: CodeRange) -> bool:
    return any(
        area.startswith(one.prefix)
        and area[3:].isdigit()
        and one.least <= int(area[3:]) <= one.most
        for area in index.areas
    )


def _by_name(edition: Edition, table: Table, index: AreaIndex) -> _Found:
    column = edition.name_column or _name_column(table, index)
    _check_header(table, column, index)
    aliases = {canonical(name): code for name, code in edition.aliases.items()}
    find = _finder(index, aliases)
    found = _Found([], [], [])
    problems: list[str] = []
    for at, (number, name) in enumerate(zip(table.row_numbers, table.column(column), strict=True)):
        codes = find(name)
        if len(codes) > 1:
            codes = _by_parent(codes, table.rows[at], index) or codes
        if len(codes) == 1:
            found.kept.append(at)
            found.codes.append(codes[0])
        elif not codes and (said := _left_out(name, table.rows[at], index)):
            found.left_out.append(f"row {number}, {said}")
        else:
            shown = len(problems) < _SHOWN
            problems.append(_unclear_name(number, name, codes, index) if shown else "")
            if len(problems) > _ENOUGH:
                break
    _no_problems(
        problems,
        f'{table.path}, column "{column}"',
        f"correct the names, or add them to aliases of {edition.id!r}",
    )
    return found


def _finder(index: AreaIndex, aliases: Mapping[str, str]) -> Callable[[str], tuple[str, ...]]:
    def find(name: str) -> tuple[str, ...]:
        alias = aliases.get(canonical(name))
        if alias in index.areas:
            return (str(alias),)
        if found := index.names.find(name):
            return found
        other = index.other_names.get(canonical(name))
        return (other,) if other else ()

    return find


def _by_parent(codes: Sequence[str], row: Sequence[str], index: AreaIndex) -> tuple[str, ...]:
    """Of several areas of one name, that whose code or parent stands in the row too."""
    cells = {canonical(cell) for cell in row if cell} | set(row)
    return tuple(
        code for code in codes if code in cells or index.groups.get(code, frozenset()) & cells
    )


def _unclear_name(number: int, name: str, codes: Sequence[str], index: AreaIndex) -> str:
    if not name:
        return f"row {number} has no name"
    if codes:
        shown = " or ".join(codes[:3]) + (f" or {len(codes) - 3} more" if len(codes) > 3 else "")
        return (
            f"row {number}: {name!r} may mean {shown}: give a column of codes or of the areas' "
            "parents"
        )
    near = index.names.nearest(name)
    hint = f"; nearest: {', '.join(near)}" if near else ""
    return f"row {number}: {name!r} is no area{hint}"


def _left_out(said: str, row: Sequence[str], index: AreaIndex) -> str:
    """In words, why a row is of no area of the atlas but no mistake either; else nothing."""
    if said in index.outside:
        return f"{index.outside[said]} ({said})"
    if GSS_CODE.match(said):
        outside = bool(index.keep) and not said.startswith(index.keep)
        larger = _tier(said) > index.tier > 0
        return f"{said} (a {code_kind(said)})" if outside or larger else ""
    for cell in (said,) if said else row:
        folded = canonical(cell)
        if folded in _TOTALS or folded in index.outside_names:
            return repr(cell)
    return ""


def _tier(code: str) -> int:
    return _TIERS.get(code[:3], _TIERS.get(code[:2], 0)) if GSS_CODE.match(code) else 0


def _no_problems(problems: Sequence[str], place: str, fix: str) -> None:
    if problems:
        shown = "\n".join(f"  - {line}" for line in problems[:_SHOWN])
        more = f"\n  … and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        many = f"{len(problems)} rows find" if len(problems) > 1 else "a row finds"
        if len(problems) > _ENOUGH:
            many, more = f"more than {_ENOUGH:,} rows find", "\n  … and more"
        raise JoinError(f"{many} no area:\n{shown}{more}", where=place, fix=fix)


def _one_row_each(codes: Sequence[str], table: Table, place: str) -> None:
    first: dict[str, int] = {}
    for at, code in enumerate(codes):
        if code in first:
            a, b = table.row_numbers[first[code]], table.row_numbers[at]
            fix = "keep one row per area"
            if column := _long_column(codes, table, first[code], at):
                said = table.column(column)[at]
                fix = (
                    f"if the table has one row for each {column!r} of an area, write "
                    f'where = {{ "{column}" = "{said}" }} in the edition, and one edition for each'
                )
            raise JoinError(f"rows {a} and {b} are both {code}", where=place, fix=fix)
        first[code] = at


def _long_column(codes: Sequence[str], table: Table, a: int, b: int) -> str:
    """The column that tells an area's rows apart in a table in long format, if there is one."""
    for at, name in enumerate(table.columns):
        if table.rows[a][at] == table.rows[b][at]:
            continue
        if column_role(table, name) not in {"year", "text"}:
            continue
        pairs = {(code, row[at]) for code, row in zip(codes, table.rows, strict=True)}
        if len(pairs) == len(codes):
            return name
    return ""


def _code_column(table: Table, index: AreaIndex) -> str:
    """The column in which most cells are codes of the areas, or else GSS codes at all."""
    for at, name in enumerate(table.columns):
        cells = [row[at] for row in table.rows if row[at]]
        if cells and sum(cell in index.areas for cell in cells) * 2 > len(cells):
            return name
    return table.code_column() or ""


def _name_column(table: Table, index: AreaIndex) -> str:
    """The text column whose cells are most often names of areas."""
    find = _finder(index, {})
    hits = {
        name: sum(len(find(cell)) > 0 for cell in table.column(name)[:_LOOK])
        for name in table.columns
    }
    best = max(table.columns, key=lambda name: hits[name])
    if not hits[best]:
        raise JoinError(
            "no column holds codes or names of the atlas's areas",
            where=str(table.path),
            fix="name it as code_column or name_column of the edition",
        )
    return best


def _check_header(table: Table, column: str, index: AreaIndex) -> None:
    """Refuse a header that names an area: it is a row of the table."""
    if index.names.find(column):
        raise JoinError(
            f"the header holds the name of an area, {column!r}: it is a row of the table",
            where=str(table.path),
            fix="correct header_row in the settings, or leave it out to have it found",
        )
