"""Looks at a table and guesses what the settings must say of it, and how sure that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

from generator.data.indicators import subject_columns, unit_of
from generator.data.names import canonical, slugify
from generator.errors import SourceError
from generator.init.areas import AreasGuess, guess_areas
from generator.report import Report
from generator.sources.tables import Table, TableOptions, read_table
from generator.sources.tables.roles import WORDS, Role, column_role, is_year_name

MOST_EDITIONS = 60
MOST_INDICATORS = 200
_LOWER = re.compile(
    r"\b(crimes?|unemploy\w*|jobless\w*|poverty|poor|deprivation|deprived|deaths?|mortality"
    r"|minutes|wait\w*|delays?|debt|emissions?|co2|pollution|claimants?|absen\w+|obes\w+|smok\w+"
    r"|homeless\w*|accidents?|casualt\w+|injur\w+|suicides?|exclusions?|eviction\w*|fires?|fraud"
    r"|theft|burglar\w*|violen\w+|worklessness|vacan\w+|litter|overcrowd\w*|hunger)\b",
    re.IGNORECASE,
)
_HIGHER = re.compile(
    r"\b(scores?|income|earnings?|pay|wages?|employment|attainment|qualifi\w+|life expectancy"
    r"|attendance|recycl\w+|satisf\w+|well-?being|happiness|trees?|librar\w+|progress"
    r"|good|achiev\w+|survival|coverage|participation|productivity)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class IndicatorGuess:
    """One indicator: its settings, and what is not sure of them.

    ``columns`` are, by edition, the score's column and what its rows must say.
    """

    id: str
    name: str
    unit: str
    better: str
    sure: bool
    rank: str = ""
    about: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class EditionGuess:
    """One edition: its id, what its rows must say, and each indicator's column and rows."""

    id: str
    where: Mapping[str, str]
    columns: Mapping[str, tuple[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Guess:
    """All that was guessed of a table; ``notes`` are what the user should check."""

    table: Table
    options: TableOptions
    areas: AreasGuess
    title: str
    source: str
    indicators: tuple[IndicatorGuess, ...]
    editions: tuple[EditionGuess, ...]
    left: tuple[str, ...]
    stages: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def look(path: Path, report: Report) -> Guess:
    """Guess what a table holds.

    Raises
    ------
    AtlasError
        If it can't be read, or holds nothing that can be the subject.
    """
    options = TableOptions()
    table = read_table(path, report=report, options=options)
    notes = []
    if any(table.has_decimal_commas(name) for name in table.columns):
        options = TableOptions(decimal=",")
        table = read_table(path, report=report, options=options)
        notes.append("the comma is taken as the decimal sign of the figures")
    roles = {name: column_role(table, name) for name in table.columns}
    areas = guess_areas(table)
    long_columns = _long_columns(table, roles, areas)
    indicators, editions = _contents(table, roles, areas, long_columns)
    taken = {column for e in editions for column, _ in e.columns.values()} | set(long_columns)
    taken |= {i.rank for i in indicators}
    left = tuple(
        f"{name} ({WORDS[role]})"
        for name, role in roles.items()
        if name not in {*taken, areas.column} and role != "empty"
    )
    source = next((_after(text) for text in table.footnotes if _is_source(text)), "")
    stages = _stages(table, editions)
    staged = tuple(replace(one, stage=stages.get(one.id, "")) for one in indicators)
    return Guess(
        table, options, areas, _title(table), source, staged, editions, left,
        tuple(dict.fromkeys(stages.values())), tuple(notes),
    )  # fmt: skip


def _stages(table: Table, editions: Sequence[EditionGuess]) -> dict[str, str]:
    """The heading over each indicator's column, if headings tell several groups apart."""
    over = {
        id_: table.headings[column]
        for id_, (column, _) in editions[0].columns.items()
        if column in table.headings
    }
    counts = Counter(over.values())
    return over if len(counts) > 1 and max(counts.values()) > 1 else {}


def _long_columns(table: Table, roles: Mapping[str, Role], areas: AreasGuess) -> tuple[str, ...]:
    """The columns that tell an area's rows apart, if it has several: years, measures."""
    if not areas.column:
        return ()
    keys = table.column(areas.column)
    if len(set(keys)) == len(keys):
        return ()
    free = [
        name
        for name, role in roles.items()
        if role in {"year", "text"} and name != areas.column and len(set(table.column(name))) > 1
    ]
    # A column that follows from the area (its name, its region) tells nothing apart.
    free = [
        name for name in free if len({*zip(keys, table.column(name), strict=True)}) > len({*keys})
    ]
    for count in (1, 2):
        for names in combinations(free, count):
            columns = [table.column(name) for name in names]
            if len({*zip(keys, *columns, strict=True)}) == len(keys):
                return names
    return ()


def _contents(
    table: Table, roles: Mapping[str, Role], areas: AreasGuess, long_columns: Sequence[str]
) -> tuple[tuple[IndicatorGuess, ...], tuple[EditionGuess, ...]]:
    years = [name for name in long_columns if roles[name] == "year" or _named_time(name)]
    measures = [name for name in long_columns if name not in years]
    wide = [
        name for name, role in roles.items() if role in {"figure", "count"} and is_year_name(name)
    ]
    if len(wide) > 1:
        return _by_year_columns(table, wide)
    kept = {name: role for name, role in roles.items() if name != areas.column}
    rank = next((name for name, role in roles.items() if role == "rank"), "")
    figures = any(role in {"figure", "count", "serial"} for role in kept.values())
    columns = subject_columns(table, kept) if figures or not rank else [rank]
    found: list[IndicatorGuess] = []
    places: dict[str, tuple[str, Mapping[str, str]]] = {}
    only = len(columns) == 1 and not measures
    for column in columns:
        for wheres in _combinations(table, measures):
            name = _indicator_name(table, column, wheres, many=len(columns) > 1)
            one = _indicator(table, column, name, rank if only else "")
            if one.id in places:
                one = IndicatorGuess(
                    f"{one.id}-{len(places) + 1}", one.name, one.unit, one.better, one.sure
                )
            found.append(one)
            places[one.id] = (column, wheres)
    if len(found) > MOST_INDICATORS:
        raise SourceError(
            f"the table holds {len(found)} indicators, more than {MOST_INDICATORS}",
            where=str(table.path),
            fix="leave out the columns and rows that the atlas is not about",
        )
    editions = [
        EditionGuess(_edition_id(table, wheres), wheres, places)
        for wheres in _combinations(table, years)
    ]
    if len(editions) > MOST_EDITIONS:
        raise SourceError(
            f"the table holds {len(editions)} years, more than {MOST_EDITIONS}",
            where=str(table.path),
            fix="keep the years that the atlas is about",
        )
    return tuple(found), _unique(editions)


def _by_year_columns(
    table: Table, columns: Sequence[str]
) -> tuple[tuple[IndicatorGuess, ...], tuple[EditionGuess, ...]]:
    one = _indicator(table, columns[0], _title(table), "")
    editions = [EditionGuess(slugify(name), {}, {one.id: (name, {})}) for name in columns]
    return (one,), _unique(editions)


def _combinations(table: Table, names: Sequence[str]) -> list[dict[str, str]]:
    """What the rows of each edition or indicator say in the columns that tell them apart."""
    if not names:
        return [{}]
    said = sorted(set(zip(*(table.column(name) for name in names), strict=True)))
    return [dict(zip(names, cells, strict=True)) for cells in said if all(cells)]


def _named_time(name: str) -> bool:
    words = set(canonical(name).split())
    return bool(words & {"year", "date", "period", "time", "quarter", "edition", "blwyddyn"})


def _indicator_name(table: Table, column: str, wheres: Mapping[str, str], *, many: bool) -> str:
    facts = table.facts.get(column)
    title = facts.title if facts and facts.title else column
    said = ", ".join(wheres.values())
    return f"{said}: {title}" if said and many else said or title


def _indicator(table: Table, column: str, name: str, rank: str) -> IndicatorGuess:
    facts = table.facts.get(column)
    unit = (facts.unit if facts else "") or unit_of(table, column)
    about = facts.about if facts else ""
    lower, higher = bool(_LOWER.search(name)), bool(_HIGHER.search(name))
    better = "lower" if lower else "higher"
    said = _by_ranks(table, column, rank) if rank else ""
    # Nothing is called good or bad that neither its name nor its ranks call so.
    better = said or (better if lower != higher else "neutral")
    return IndicatorGuess(
        slugify(name) or "figures", name, unit, better, better != "neutral", rank, about
    )


def _by_ranks(table: Table, column: str, rank: str) -> str:
    """Which end is the best by the published ranks: that of rank 1; empty if they don't agree."""
    if column == rank:
        return "higher"
    pairs = [
        (place, score)
        for place, score in zip(table.ranks(rank), table.numbers(column), strict=True)
        if place is not None and score is not None
    ]
    scores = [score for _, score in sorted(pairs)]
    if scores == sorted(scores, reverse=True):
        return "higher"
    return "lower" if scores == sorted(scores) else ""


def _edition_id(table: Table, wheres: Mapping[str, str]) -> str:
    if wheres:
        return slugify(" ".join(wheres.values())) or "edition"
    texts = (*table.titles, table.path.stem)
    years = [year for text in texts for year in re.findall(r"\b(?:19|20)\d\d\b", text)]
    years = years or re.findall(r"(?:19|20)\d\d", table.path.stem)
    return years[0] if years else slugify(table.path.stem) or "edition"


def _unique(editions: Sequence[EditionGuess]) -> tuple[EditionGuess, ...]:
    seen: dict[str, int] = {}
    made = []
    for edition in editions:
        seen[edition.id] = seen.get(edition.id, 0) + 1
        id_ = edition.id if seen[edition.id] == 1 else f"{edition.id}-{seen[edition.id]}"
        made.append(EditionGuess(id_, edition.where, edition.columns))
    return tuple(made)


def _title(table: Table) -> str:
    """The first text above the header that is a title, or else the file's name in words."""
    for text in table.titles:
        if 3 < len(text) <= 100 and not _is_source(text) and " " in text:
            return re.sub(r"^(table|figure) [\w.]+\s*[:.-]?\s*", "", text, flags=re.IGNORECASE)
    words = re.sub(r"[_\W]+", " ", table.path.stem).strip()
    return words[:1].upper() + words[1:] or "Atlas"


def _is_source(text: str) -> bool:
    return bool(re.match(r"(sources?|ffynhonnell)\b\s*:?", text, re.IGNORECASE))


def _after(text: str) -> str:
    return re.sub(r"^(sources?|ffynhonnell)\b\s*:?\s*", "", text, flags=re.IGNORECASE)[:300]
