"""Brings rows and areas together, one to one; `matching` says which row means which area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from generator.data.indicators import found_indicators, say_directions, with_decimals
from generator.data.matching import AreaIndex, Matched, index_areas, match_rows
from generator.data.names import NameIndex, slugify
from generator.data.places import Area, Group, make_areas
from generator.data.vintages import Lost, Piece, by_edition, carry
from generator.errors import JoinError
from generator.report import Report
from generator.settings import Indicator, Settings
from generator.settings_editions import Columns, Edition, Remark, Standings
from generator.sources.ons.names import DistrictChange, district_changes
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
    lost
        ``lost[indicator][code]``: why a figure of another vintage could not be carried over.
    """

    settings: Edition
    values: Mapping[str, Mapping[str, Value]]
    absent: Mapping[str, str]
    names: Mapping[str, str]
    lost: Mapping[str, Mapping[str, Lost]] = field(default_factory=dict)


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
    lookups: Mapping[str, Table] | None = None,
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
    lookups
        By edition, what its codes became: ``old_code``, ``new_code``, ``share``.

    Raises
    ------
    JoinError
        If a row means no area, or several, or an area has two rows: all of them at once.
    """
    areas, groups = make_areas(settings, area_table, boundary_names, report)
    changes = _changes(change_table) if change_table else ()
    index = index_areas(
        areas, groups, boundary_names, settings.geography.keep, _later(changes, areas)
    )
    used = {e.id: tables[e.id].where(e.where) for e in settings.edition}
    pieces = by_edition(lookups or {})
    indicators = settings.indicator or found_indicators(used, report)
    say_directions(indicators, report)
    scored: dict[str, list[tuple[Table, str]]] = {}
    editions = tuple(
        _edition(
            edition,
            _Carrier(used[edition.id], pieces.get(edition.id, ()), report),
            index,
            indicators,
            scored,
            report,
        )
        for edition in settings.edition
    )
    standings = [
        standing
        for about, table in zip(settings.standings, standing_tables, strict=True)
        for standing in _standings(about, table, index.names, settings)
    ]
    indicators = with_decimals(indicators, scored)
    return Joined(areas, groups, indicators, editions, tuple(standings), changes)


def _later(changes: Sequence[AreaChange], areas: Sequence[Area]) -> dict[str, str]:
    """What became of codes that the atlas doesn't have, in words, by code."""
    known = {area.code for area in areas}
    said: dict[str, str] = {}
    every: tuple[DistrictChange | AreaChange, ...] = (*district_changes(), *changes)
    for change in every:
        if change.old_code not in known:
            said[change.old_code] = (
                f"{change.new_code} replaced it in {change.year}: use boundaries from before"
            )
    for change in every:
        if change.new_code not in known:
            former = dict.fromkeys(c.old_code for c in every if c.new_code == change.new_code)
            said[change.new_code] = (
                f"it replaced {', '.join(former)} in {change.year}: use boundaries of "
                f"{change.year} or later"
            )
    return said


def _changes(table: Table) -> tuple[AreaChange, ...]:
    columns = [table.column(name) for name in ("old_code", "new_code", "year", "kind")]
    found = []
    for number, old, new, year, kind in zip(table.row_numbers, *columns, strict=True):
        if not (GSS_CODE.match(old) and GSS_CODE.match(new) and year.isdecimal()):
            raise JoinError(
                f"{old!r} → {new!r} in {year!r} is no change of a code",
                where=f"{table.path}, row {number}",
                fix="write two GSS codes and a year",
            )
        found.append(AreaChange(old, new, int(year), kind))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Carrier:
    """An edition's table, and how it comes to the atlas's vintage."""

    table: Table
    pieces: tuple[Piece, ...]
    report: Report

    def part(
        self, edition: Edition, indicator: Indicator, columns: Columns
    ) -> tuple[Table, Mapping[str, Lost]]:
        """The rows of one indicator, with the atlas's codes; and why some have no figure."""
        table = self.table.where(columns.where)
        if not self.pieces:
            return table, {}
        code_column = edition.code_column or table.code_column()
        if code_column is None:
            raise JoinError(
                "a lookup needs a column of codes",
                where=str(table.path),
                fix="name it as code_column of the edition",
            )
        if columns.rank:
            raise JoinError(
                f"published ranks ({columns.rank!r}) can't be carried to another vintage",
                where=str(table.path),
                fix="name a score alone; the ranks are computed",
            )
        carried = carry(
            table,
            code_column,
            [columns.score],
            self.pieces,
            kind=indicator.kind,
            weight=edition.weight,
        )
        how = "summed" if indicator.kind == "count" else "averaged where areas were merged"
        self.report.say(
            f"{table.path}: {carried.rows} rows have codes of another vintage and are carried over "
            f"by {edition.lookup}; {columns.score!r} is {how}"
        )
        for code, lost in sorted(carried.lost.items()):
            self.report.say(
                f"{table.path}: {code} has no {columns.score!r}, as the {lost.what} of "
                f"{', '.join(lost.old_codes)} is not known"
            )
        return carried.table, carried.lost


def _edition(
    edition: Edition,
    carrier: _Carrier,
    index: AreaIndex,
    indicators: Sequence[Indicator],
    scored: dict[str, list[tuple[Table, str]]],
    report: Report,
) -> EditionData:
    """Join one edition; `scored` gathers each indicator's table and column of scores."""
    table = carrier.table
    parts: dict[tuple[tuple[str, str], ...], Matched] = {}
    values: dict[str, dict[str, Value]] = {}
    lost: dict[str, Mapping[str, Lost]] = {}
    for indicator in indicators:
        columns = _columns(edition, indicator, table)
        if columns is None:
            continue
        key = (*sorted(columns.where.items()), *([(indicator.id, "")] if carrier.pieces else []))
        if key not in parts:
            part, lost[indicator.id] = carrier.part(edition, indicator, columns)
            parts[key] = match_rows(edition, part, index, report)
        values[indicator.id] = _values(edition, parts[key], columns, report)
        if not values[indicator.id]:
            named = " or ".join(repr(c) for c in (columns.score, columns.rank) if c)
            raise JoinError(
                f"the column {named} holds no value at all",
                where=str(table.path),
                fix=f"name another column, or leave {indicator.id!r} out of the edition "
                f"{edition.id!r}",
            )
        if columns.score:
            scored.setdefault(indicator.id, []).append((parts[key].table, columns.score))
    if not values:
        raise JoinError(
            "the table has none of the indicators",
            where=str(table.path),
            fix=f"name its columns under edition.columns for the edition {edition.id!r}",
        )
    names = {
        code: name
        for part in parts.values()
        for code, name in zip(part.codes, part.table.column(part.column), strict=True)
    }
    absent = {c: edition.absent.get(c, "") for c in index.areas if c not in names}
    stray = sorted(set(edition.absent) - set(absent))
    if stray:
        report.warn(f"edition {edition.id}: {', '.join(stray)} is said to be absent, but is not")
    report.detail(f"edition {edition.id}: {len(names)} areas with a row, {len(absent)} without")
    return EditionData(edition, values, absent, names, lost)


def _values(
    edition: Edition, matched: Matched, columns: Columns, report: Report
) -> dict[str, Value]:
    """The values of one indicator by code; an area without score and rank has none."""
    table, codes = matched.table, matched.codes
    remarks, sources = _remarks(edition, table)
    nothing: tuple[None, ...] = (None,) * len(codes)
    scores = table.numbers(columns.score) if columns.score else nothing
    ranks = table.ranks(columns.rank) if columns.rank else nothing
    for name in (columns.score, columns.rank):
        if name:
            _say_marks(table, name, report)
    return {
        code: Value(scores[at], ranks[at], _shown(remarks[at], ranks[at]), sources[at])
        for at, code in enumerate(codes)
        if scores[at] is not None or ranks[at] is not None
    }


def _say_marks(table: Table, name: str, report: Report) -> None:
    """Say which cells hold a sign for "no figure", or a flag behind one, with their rows."""
    missing: dict[str, list[int]] = {}
    flags: dict[str, list[int]] = {}
    for number, figure in zip(table.row_numbers, table.figures(name), strict=True):
        if figure.mark:
            (missing if figure.value is None else flags).setdefault(figure.mark, []).append(number)
    for marks, meaning in ((missing, "no figure"), (flags, "a flag behind the figure")):
        if marks:
            said = "; ".join(f"{mark!r} in {_rows_text(rows)}" for mark, rows in marks.items())
            report.say(f'{table.path}, column "{name}": read as {meaning}: {said}')


def _rows_text(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:8]))
    more = f" and {len(numbers) - 8} more" if len(numbers) > 8 else ""
    return f"row{'s' if len(numbers) > 1 else ''} {shown}{more}"


def _remarks(edition: Edition, table: Table) -> tuple[list[list[tuple[Remark, str]]], list[str]]:
    """The remarks of each row that say something, and the source of each row."""
    cells = [(remark, table.column(remark.column)) for remark in edition.remarks]
    remarks, sources = [], []
    for at in range(len(table.rows)):
        texts = [(remark, column[at]) for remark, column in cells if column[at]]
        sources.append("; ".join(text for remark, text in texts if remark.kind == "source"))
        remarks.append([(r, text) for r, text in texts if r.kind != "source"])
    return remarks, sources


def _shown(remarks: Sequence[tuple[Remark, str]], rank: int | None) -> tuple[tuple[str, str], ...]:
    """Labels and texts; a figure that is printed as it is says nothing."""
    return tuple(
        (remark.label, text)
        for remark, text in remarks
        if not (remark.kind == "printed" and text == str(rank))
    )


def _columns(edition: Edition, indicator: Indicator, table: Table) -> Columns | None:
    """Where the table holds an indicator; None if it doesn't."""
    if edition.columns:
        return edition.columns.get(indicator.id)
    for column in table.numeric_columns():
        if slugify(column) == indicator.id:
            return Columns(score=column)
    return None


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


def later_changes(joined: Joined) -> dict[str, tuple[AreaChange, ...]]:
    """What became of each area since, followed up to today, by its code."""
    by_code = {change.old_code: change for change in joined.changes}
    later: dict[str, tuple[AreaChange, ...]] = {}
    for area in joined.areas:
        chain: list[AreaChange] = []
        code = area.code
        while code in by_code and by_code[code] not in chain:
            chain.append(by_code[code])
            code = by_code[code].new_code
        if chain:
            later[area.code] = tuple(chain)
    return later
