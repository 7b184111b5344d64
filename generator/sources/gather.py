"""Finds and reads all inputs of a build: which files there are, then what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from generator.errors import SettingsError, SourceError
from generator.report import Report
from generator.settings import Settings
from generator.sources.boundaries import Boundaries, find_boundary_file, read_boundaries
from generator.sources.ons.cache import OnsService, obtain
from generator.sources.ons.services import named_service, service_for
from generator.sources.tables import Table, read_table

CACHE = "ons-cache"


@dataclass(frozen=True, slots=True)
class BoundaryChoice:
    """Which boundaries a build takes.

    ``path`` is None for hexagons; ``origin`` tells the reader where a file is from.
    """

    path: Path | None
    origin: str | None
    kind: Literal["file", "ons"]


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


def boundary_folder(settings: Settings) -> Path:
    """Where a user puts boundary files: ``boundaries/`` beside the settings."""
    return settings.folder / "boundaries"


def ons_service(settings: Settings) -> OnsService:
    """The portal's service that the settings name.

    Raises
    ------
    SettingsError
        If they name none, or one that isn't known.
    """
    geography = settings.geography
    if geography.service:
        return named_service(geography.service, geography.layer)
    if not geography.geography or geography.year is None:
        raise SettingsError(
            "no ONS geography is named",
            where=f"{settings.file}, [geography]",
            fix='write geography = "lad", year = 2016 and detail = "generalised", '
            "or the portal's service",
        )
    return service_for(geography.geography, geography.year, geography.detail)


def choose_boundaries(settings: Settings, wanted: str, report: Report) -> BoundaryChoice:
    """Decide on the boundaries by the rule of ``--boundaries``.

    Parameters
    ----------
    wanted
        ``auto``, ``hex``, ``ons``, or the path of a file.
    """
    if wanted == "hex":
        return BoundaryChoice(None, None, "file")
    cache = boundary_folder(settings) / CACHE
    if wanted in {"auto", "ons"}:
        found = find_boundary_file(boundary_folder(settings)) if wanted == "auto" else None
        if found is not None:
            return BoundaryChoice(found, None, "file")
        if wanted == "auto" and not (settings.geography.service or settings.geography.geography):
            return BoundaryChoice(None, None, "file")
        mode = cast(Literal["auto", "ons"], wanted)
        layer = obtain(ons_service(settings), mode, cache=cache, report=report)
        return BoundaryChoice(layer.path if layer else None, layer.origin if layer else None, "ons")
    path = Path(wanted)
    if not path.exists():
        raise SourceError(
            "there is no such boundary file",
            where=wanted,
            fix="--boundaries takes auto, hex, ons, or the path of a GeoJSON, GeoPackage or "
            "zipped Shapefile",
        )
    return BoundaryChoice(path, None, "file")


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
        boundaries=read_boundaries(
            choice.path,
            keep=geography.keep,
            report=report,
            origin=choice.origin,
            kind=choice.kind,
        )
        if choice.path
        else None,
    )
