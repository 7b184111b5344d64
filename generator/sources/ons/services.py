"""The boundary layers of the ONS Open Geography Portal that the generator knows by name."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.errors import SettingsError
from generator.sources.ons.names import district_changes

REGISTRY_FILE = Path(__file__).resolve().with_name("services.toml")


@dataclass(frozen=True, slots=True)
class OnsService:
    """A boundary layer of the portal.

    Attributes
    ----------
    service
        Its name in the REST directory.
    layer
        The layer's id; None takes the only one.
    geography, year, detail
        What it shows; empty and 0 where the service was named directly.
    code_field
        The column with GSS codes, in any case; empty finds it by content.
    extent
        UK, GB, EW or EN; empty if unknown.
    fallbacks
        Services with the same areas, for when ONS has removed this one.
    """

    service: str
    layer: int | None = None
    geography: str = ""
    year: int = 0
    detail: str = ""
    code_field: str = ""
    extent: str = ""
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Boundaries that the portal does not hold: who publishes them, and where.

    ``address`` is a file to download and to put into ``boundaries/``, or a page that leads to
    it; ``title`` says what they are called.
    """

    geography: str
    year: int
    title: str
    publisher: str
    address: str


def load_elsewhere(path: Path = REGISTRY_FILE) -> tuple[Elsewhere, ...]:
    """Read the table of boundaries that others publish."""
    with path.open("rb") as stream:
        return tuple(Elsewhere(**entry) for entry in tomllib.load(stream)["elsewhere"])


def load_registry(path: Path = REGISTRY_FILE) -> tuple[OnsService, ...]:
    """Read the table of known services."""
    with path.open("rb") as stream:
        entries = tomllib.load(stream)["service"]
    return tuple(
        OnsService(
            service=entry["name"],
            layer=entry.get("layer"),
            geography=entry["geography"],
            year=entry["year"],
            detail=entry["detail"],
            code_field=entry["code"],
            extent=entry["extent"],
            fallbacks=tuple(entry.get("fallbacks", ())),
        )
        for entry in entries
    )


def service_for(
    geography: str,
    year: int,
    detail: str,
    registry: tuple[OnsService, ...] | None = None,
) -> OnsService:
    """Find the service for a geography, year and detail.

    Parameters
    ----------
    geography
        ``lad``, ``region``, ``ctyua``, ``ward``, ``msoa`` or ``lsoa``.
    year
        Of the boundaries.
    detail
        ``full``, ``generalised``, ``super-generalised`` or ``ultra-generalised``.
    registry
        The known services; None reads the table that comes with the generator.

    Raises
    ------
    SettingsError
        If there is none; the message lists those that are known.
    """
    known = load_registry() if registry is None else registry
    for entry in known:
        if (entry.geography, entry.year, entry.detail) == (geography, year, detail):
            return entry
    other = _published_elsewhere(geography, year)
    if other is not None:
        raise SettingsError(
            f"{other.title} are published by the {other.publisher}, not on ONS's portal",
            where="atlas.toml",
            fix=f"download {other.address} and put it into boundaries/ beside the settings",
        )
    related = [entry for entry in known if entry.geography == geography]
    listed = "; ".join(
        f"{entry.geography} {entry.year} {entry.detail}" for entry in (related or known)
    )
    raise SettingsError(
        f"no ONS service is known for {geography} {year} {detail}; known are: {listed}",
        where="atlas.toml",
        fix=f"{_same_codes(geography, year, related)}choose one of these, or name the portal's "
        "service itself",
    )


def _published_elsewhere(geography: str, year: int) -> Elsewhere | None:
    """The boundaries of that year that others publish, or else the latest of them."""
    entries = [entry for entry in load_elsewhere() if entry.geography == geography]
    exact = [entry for entry in entries if entry.year == year]
    return next(iter(exact or sorted(entries, key=lambda entry: -entry.year)), None)


def _same_codes(geography: str, year: int, known: Sequence[OnsService]) -> str:
    """Which known years have the codes of a year that isn't known, in words."""
    if geography != "lad":
        return ""
    moved = {change.year for change in district_changes()}
    same = {
        entry.year
        for entry in known
        if not any(min(year, entry.year) < at <= max(year, entry.year) for at in moved)
    }
    if not same:
        return ""
    listed = ", ".join(map(str, sorted(same)))
    return f"the codes of {year} are those of {listed}: write year = {max(same)}, or "


def named_service(name: str, layer: int | None = None) -> OnsService:
    """Make a service from its name, with what is known of it if anything is."""
    known = {entry.service: entry for entry in load_registry()}
    return replace(known.get(name, OnsService(service=name)), layer=layer)
