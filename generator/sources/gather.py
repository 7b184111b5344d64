"""Finds and reads all inputs of a build: which files there are, then what they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.report import Report
from generator.settings import Settings
from generator.sources.boundaries import Boundaries, prepared_boundaries, read_boundaries
from generator.sources.choice import (
    CACHE,
    PREPARED_CACHE,
    BoundaryChoice,
    boundary_folder,
    choose_boundaries,
    ons_service,
)
from generator.sources.prepared import Recipe, prepare
from generator.sources.tables import Table, read_table

__all__ = [
    "CACHE",
    "BoundaryChoice",
    "Inputs",
    "boundary_folder",
    "choose_boundaries",
    "input_files",
    "ons_service",
    "read_inputs",
]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that was read.

    ``tables`` are by edition; ``standing_tables`` follow the settings' entries.
    """

    area_table: Table | None
    tables: Mapping[str, Table]
    standing_tables: tuple[Table, ...]
    change_table: Table | None
    boundaries: Boundaries | None


def input_files(settings: Settings, choice: BoundaryChoice) -> list[Path]:
    """Every file that a build would read, the settings first."""
    geography = settings.geography
    named = [
        geography.areas,
        geography.hexagons,
        geography.changes,
        *(edition.table for edition in settings.edition),
        *(standing.table for standing in settings.standings),
        settings.claims,
        *(step.lookup for step in geography.dissolve),
    ]
    paths = [settings.path(path) for path in named if path is not None]
    return [settings.file, *paths, *([choice.path] if choice.path else [])]


def read_inputs(settings: Settings, choice: BoundaryChoice, report: Report) -> Inputs:
    """Read tables and boundaries.

    Raises
    ------
    SourceError
        If one can't be read.
    """
    geography = settings.geography

    def table(path: Path | None) -> Table | None:
        return read_table(settings.path(path), report=report) if path else None

    return Inputs(
        area_table=table(geography.areas),
        tables={
            edition.id: read_table(
                settings.path(edition.table),
                report=report,
                sheet=edition.sheet,
                header_row=edition.header_row,
            )
            for edition in settings.edition
        },
        standing_tables=tuple(
            read_table(settings.path(s.table), report=report) for s in settings.standings
        ),
        change_table=table(geography.changes),
        boundaries=_boundaries(settings, choice, report),
    )


def _boundaries(settings: Settings, choice: BoundaryChoice, report: Report) -> Boundaries | None:
    if choice.path is None:
        return None
    keep = settings.geography.keep
    if not choice.rules and choice.kind != "package":
        return read_boundaries(
            choice.path,
            keep=keep,
            report=report,
            layer=choice.layer,
            origin=choice.origin,
            kind=choice.kind,
        )
    recipe = Recipe(
        choice.path,
        choice.layer,
        choice.rules,
        re.sub(r"[^a-z0-9]+", "-", choice.path.stem.lower()),
        choice.beyond,
    )
    prepared = prepare(recipe, boundary_folder(settings) / PREPARED_CACHE, report)
    return prepared_boundaries(
        prepared, path=choice.path, keep=keep, origin=choice.origin, kind=choice.kind
    )
