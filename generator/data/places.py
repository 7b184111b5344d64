"""The areas of an atlas and the groups that they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generator.data.names import slugs
from generator.errors import JoinError
from generator.report import Report
from generator.settings import GroupKind, Settings
from generator.sources.tables import Table

_KINDS = {
    "E01": "LSOA", "E02": "MSOA", "E05": "ward", "E06": "unitary authority",
    "E07": "non-metropolitan district", "E08": "metropolitan district", "E09": "London borough",
    "E10": "county", "E12": "region", "W01": "Welsh LSOA", "W06": "Welsh unitary authority",
    "S12": "Scottish council area", "N09": "Northern Irish district", "W02": "Welsh MSOA",
    "S01": "Scottish data zone", "S02": "Scottish intermediate zone", "E14": "constituency",
    "N00": "Northern Irish small area", "N20": "Northern Irish data zone",
    "W07": "Welsh constituency", "S14": "Scottish constituency", "E54": "integrated care board",
    "N05": "Northern Irish constituency", "N06": "Northern Irish constituency",
    "E38": "sub-location of an integrated care board", "W11": "Welsh health board",
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
    importance: float = 0.0
    """Of two names that can't both stand on a map, the area with more wins."""


def make_areas(
    settings: Settings,
    table: Table | None,
    boundary_names: Mapping[str, str],
    report: Report,
) -> tuple[tuple[Area, ...], tuple[Group, ...]]:
    """Areas from the table of areas, or else from the boundaries; groups from its columns.

    Raises
    ------
    JoinError
        If codes are missing, doubled, or of another geography than the boundaries.
    """
    if table is None:
        if settings.group:
            raise JoinError(
                "the settings describe groups, but no table of areas to take them from",
                where=str(settings.file),
                fix='name a CSV with the group columns as geography.areas, or drop "[[group]]"',
            )
        listed = _Listed(boundary_names, {}, {})
    else:
        listed = _read_areas(settings, table)
        _compare_codes(table, listed.names, boundary_names, report)
    keep = settings.geography.keep
    named = sorted((c, n) for c, n in listed.names.items() if not keep or c.startswith(keep))
    slug_of = slugs(named, [listed.cells[kind.column] for kind in settings.group])

    def number(column: str, code: str) -> float | None:
        return listed.numbers.get(column, {}).get(code)

    areas = tuple(
        Area(
            c, n, slug_of[c], number("lon", c), number("lat", c), number("area_km2", c),
            number("importance", c) or 0.0,
        )
        for c, n in named
    )  # fmt: skip
    return areas, _groups(areas, settings.group, listed.cells)


@dataclass(frozen=True, slots=True)
class _Listed:
    """What is known of areas, by code: names, numbers by what they mean, cells by column."""

    names: Mapping[str, str]
    numbers: Mapping[str, Mapping[str, float | None]]
    cells: Mapping[str, Mapping[str, str]]


def _read_areas(settings: Settings, table: Table) -> _Listed:
    """The table of areas: one row for each."""
    codes = _codes(table)
    meant: dict[str, str] = {
        name: name for name in ("lon", "lat", "area_km2") if name in table.columns
    }
    weight = settings.geography.importance
    if weight:
        if weight not in table.columns:
            raise JoinError(
                f'no column "{weight}", which importance under [geography] names',
                where=str(table.path),
                fix="correct the name in the settings, or add the column",
            )
        meant["importance"] = weight
    wanted = {c for g in settings.group for c in (g.column, g.code_column) if c}
    return _Listed(
        dict(zip(codes, table.column("name"), strict=True)),
        {
            meaning: dict(zip(codes, table.numbers(name), strict=True))
            for meaning, name in meant.items()
        },
        {name: dict(zip(codes, table.column(name), strict=True)) for name in wanted},
    )


def _codes(table: Table) -> Sequence[str]:
    """The codes of the table of areas, each of them once."""
    column = table.code_column() or ("code" if "code" in table.columns else None)
    if column is None:
        raise JoinError(
            "no column holds the areas' codes",
            where=str(table.path),
            fix='call the column of codes "code"',
        )
    codes = table.column(column)
    doubled = sorted(code for code, count in Counter(codes).items() if count > 1)
    if doubled or "" in codes:
        raise JoinError(
            f"the code {doubled[0]!r} stands twice" if doubled else "a row has no code",
            where=f'{table.path}, column "{column}"',
            fix="give each area one row",
        )
    return codes


def _compare_codes(
    table: Table, names: Mapping[str, str], boundary_names: Mapping[str, str], report: Report
) -> None:
    if not boundary_names:
        return
    unknown = sorted(set(names) - set(boundary_names))
    if len(unknown) == len(names):
        raise JoinError(
            f"none of its codes is in the boundaries ({code_kind(next(iter(names)))} codes here, "
            f"{code_kind(next(iter(boundary_names)))} codes there)",
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


def renamed(
    areas: Sequence[Area], groups: Sequence[Group], names: Mapping[str, str]
) -> tuple[Area, ...]:
    """The areas under other names (by code), and their pages' names with them."""
    named = [(area.code, names.get(area.code, area.name)) for area in areas]
    parents: dict[str, dict[str, str]] = {}
    for group in groups:
        parents.setdefault(group.kind, {}).update(dict.fromkeys(group.members, group.name))
    slug_of = slugs(named, list(parents.values()))
    name_of = dict(named)
    return tuple(replace(a, name=name_of[a.code], slug=slug_of[a.code]) for a in areas)


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


def code_kind(code: str) -> str:
    """What a GSS code is of: "ward", "unitary authority"; its first letters if unknown."""
    return _KINDS.get(code[:3], code[:3] or "no")
