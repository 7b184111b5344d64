"""Which boundaries a build takes: a file, what was fetched, a package, the portal, or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator.errors import SettingsError, SourceError
from generator.report import Report
from generator.settings import Settings
from generator.settings_geography import Dissolve
from generator.sources.boundaries import find_boundary_file
from generator.sources.dissolve import ParentRule
from generator.sources.folders import ONS_CACHE, boundary_folder
from generator.sources.ons.cache import CachedLayer, OnsService, cached, obtain
from generator.sources.ons.services import named_service, service_for
from generator.sources.packages.find import find_installed
from generator.sources.packages.registry import (
    PackagedFile,
    carried_geographies,
    packaged_file,
)
from generator.sources.tables import GSS_CODE, read_table
from generator.sources.tables.limits import table_limits

Kind = Literal["file", "package", "ons"]


@dataclass(frozen=True, slots=True)
class BoundaryChoice:
    """Which boundaries a build takes.

    Attributes
    ----------
    path
        The file to read; None for hexagons.
    origin
        What to tell the reader instead of the file's name.
    kind
        Whose the file is: the user's, an installed package's, or a download from ONS.
    layer
        The layer to read where the file has several.
    rules
        How its areas are dissolved into those of the atlas.
    licence
        Of the file, where it is known.
    crs
        In which the coordinates are written, where the file does not declare it.
    beyond
        A sketch of land that borders on the file's areas and isn't in it (longitude, latitude).
    """

    path: Path | None
    origin: str | None
    kind: Kind
    layer: str | None = None
    rules: tuple[ParentRule, ...] = ()
    licence: str = ""
    crs: str = ""
    beyond: tuple[tuple[float, float], ...] = ()


HEXAGONS = BoundaryChoice(None, None, "file")


def ons_service(settings: Settings) -> OnsService:
    """The portal's service that the settings name.

    Raises
    ------
    SettingsError
        If they name none, or one that isn't known.
    """
    geography = settings.geography
    if geography.service:
        layer = geography.layer if isinstance(geography.layer, int) else None
        return named_service(geography.service, layer)
    if not geography.geography or geography.year is None:
        raise SettingsError(
            "no ONS geography is named",
            where=f"{settings.file}, [geography]",
            fix='write geography = "lad", year = 2016 and detail = "generalised", '
            "or the portal's service",
        )
    return service_for(geography.geography, geography.year, geography.detail)


def choose_boundaries(settings: Settings, wanted: str, report: Report) -> BoundaryChoice:
    """Decide on the boundaries by the rule of ``--boundaries``, and say which they are.

    Parameters
    ----------
    settings
        Name the geography, and how it is dissolved.
    wanted
        ``auto``, ``hex``, ``package``, ``ons``, or the path of a file.
    report
        Hears which source is taken, and why those before it are not.

    Raises
    ------
    SourceError
        If what was asked for by name can't be had.
    SettingsError
        If the settings don't say what to look for.
    """
    if wanted == "hex":
        return HEXAGONS
    if wanted == "auto":
        return _first_of_all(settings, report)
    if wanted == "package":
        return _packaged(settings, _wanted_package(settings), report)
    if wanted == "ons":
        layer = obtain(ons_service(settings), "ons", cache=_ons_cache(settings), report=report)
        assert layer is not None
        return _downloaded(settings, layer, report)
    path = Path(wanted)
    if not path.exists():
        raise SourceError(
            "there is no such boundary file",
            where=wanted,
            fix="--boundaries takes auto, hex, package, ons, or the path of a GeoJSON, "
            "GeoPackage or zipped Shapefile",
        )
    return _users(settings, path, report)


def _first_of_all(settings: Settings, report: Report) -> BoundaryChoice:
    """The first that there is: a file, what was fetched, a package, the portal, hexagons."""
    found = find_boundary_file(boundary_folder(settings))
    if found is not None:
        return _users(settings, found, report)
    geography = settings.geography
    online = bool(geography.service or geography.geography)
    if online:
        fetched = _fetched(settings, report)
        if fetched is not None:
            return _downloaded(settings, fetched, report)
    package = _known_package(settings)
    if package is not None:
        try:
            return _packaged(settings, package, report)
        except SourceError as error:
            report.say(f"{error.message} ({error.where}); looking further")
    if online:
        service = ons_service(settings)
        layer = obtain(service, "auto", cache=_ons_cache(settings), report=report)
        if layer is not None:
            return _downloaded(settings, layer, report)
    return HEXAGONS


def _ons_cache(settings: Settings) -> Path:
    return boundary_folder(settings) / ONS_CACHE


def _fetched(settings: Settings, report: Report) -> CachedLayer | None:
    """What ``fetch`` has downloaded, without a request."""
    try:
        return cached(ons_service(settings), _ons_cache(settings))
    except SettingsError:
        # The portal may lack what a package carries.
        if _known_package(settings) is None:
            raise
    except SourceError as error:
        report.say(f"{error.message} ({error.where}); looking further")
    return None


def _known_package(settings: Settings) -> PackagedFile | None:
    geography = settings.geography
    if geography.package is not None:
        named = geography.package
        return PackagedFile(
            package=named.name,
            path=named.file,
            sha256=named.sha256,
            title=named.title,
            licence=named.licence,
        )
    if geography.service or not geography.geography:
        return None
    return packaged_file(geography.geography, geography.year)


def _wanted_package(settings: Settings) -> PackagedFile:
    package = _known_package(settings)
    if package is None:
        geography = settings.geography
        where, known = f"{settings.file}, [geography]", "; ".join(carried_geographies())
        if not geography.geography:
            raise SettingsError(
                f"no geography is named, so that no package can be looked for; known are: {known}",
                where=where,
                fix='Write geography = "lad" and year = 2016, for example, or name a package of '
                "your own as geography.package.",
            )
        what = f"{geography.geography} {geography.year or ''}".strip()
        raise SettingsError(
            f"no package is known to carry {what}; known are: {known}",
            where=where,
            fix="Choose one of these, or name a package of your own as geography.package.",
        )
    return package


def _users(settings: Settings, path: Path, report: Report) -> BoundaryChoice:
    layer = settings.geography.layer
    report.say(f"boundaries: {_vintage(settings)}from the file {path}")
    name = layer if isinstance(layer, str) else None
    return BoundaryChoice(path, None, "file", name, _own_rules(settings, report))


def _downloaded(settings: Settings, layer: CachedLayer, report: Report) -> BoundaryChoice:
    detail = settings.geography.detail
    report.say(
        f"boundaries: {_vintage(settings)}{detail}, from the {layer.origin}, "
        f"as of {layer.fetched[:10]}"
    )
    return BoundaryChoice(layer.path, layer.origin, "ons", rules=_own_rules(settings, report))


def _packaged(settings: Settings, package: PackagedFile, report: Report) -> BoundaryChoice:
    installed = find_installed(package)
    carrier = f"the package {package.package} {installed.version}"
    made_of = f", dissolved from {package.made_of}" if package.rules and package.made_of else ""
    detail = f"{package.detail}, " if package.detail else ""
    report.say(f"boundaries: {_vintage(settings)}{detail}from {carrier}{made_of}")
    title = f"{package.publisher}, {package.title}".strip(", ")
    named = f"{package.package} {installed.version}"
    if made_of:
        origin = settings.speak(
            "%(title)s, dissolved, as the package %(package)s carries it",
            title=title, package=named,
        )  # fmt: skip
    else:
        origin = settings.speak(
            "%(title)s, as the package %(package)s carries it", title=title, package=named
        )
    return BoundaryChoice(
        installed.path,
        origin.removeprefix(", "),
        "package",
        rules=(*package.rules, *_own_rules(settings, report)),
        licence=package.licence,
        crs=package.crs,
        beyond=package.beyond,
    )


def _vintage(settings: Settings) -> str:
    geography = settings.geography
    named = " ".join(str(part) for part in (geography.geography, geography.year) if part)
    return f"{named}, " if named else ""


def _own_rules(settings: Settings, report: Report) -> tuple[ParentRule, ...]:
    return tuple(_rule(settings, step, report) for step in settings.geography.dissolve)


def _rule(settings: Settings, step: Dissolve, report: Report) -> ParentRule:
    if step.lookup is None:
        return ParentRule(step.column, step.pattern, step.name)
    path, limits = settings.path(step.lookup), table_limits(settings)
    table = read_table(path, report=report, limits=limits)
    keys = table.column(step.key or table.columns[0])
    codes = table.column(step.code)
    names = table.column(step.name) if step.name else codes
    lookup = {
        key: (code, name or code) for key, code, name in zip(keys, codes, names, strict=True) if key
    }
    return ParentRule(
        column=step.column, pattern=step.pattern, lookup=lookup, lookup_name=str(step.lookup)
    )


def credited(
    settings: Settings, choice: BoundaryChoice, codes: Iterable[str], report: Report
) -> Settings:
    """The settings with the credit that the outlines ask for.

    What ONS asks for stands at maps unless the settings name another credit.  But outlines of a
    file of one's own, of areas whose codes are not those of the United Kingdom, are not from ONS.

    Parameters
    ----------
    codes
        Of the atlas's areas.
    """
    theirs = choice.path is not None and choice.kind != "file"
    stated = "attribution" in settings.geography.model_fields_set
    if stated or theirs or any(GSS_CODE.match(code) for code in codes):
        return settings
    report.say(
        "the maps name nobody whose outlines they are: if somebody is to be named, "
        f'write attribution = ["..."] in {settings.file}, [geography]'
    )
    geography = settings.geography.model_copy(update={"attribution": ()})
    return settings.model_copy(update={"geography": geography})
