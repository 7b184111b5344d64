"""The boundary layers of the ONS Open Geography Portal that the generator knows by name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from generator.errors import SettingsError

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
    related = [entry for entry in known if entry.geography == geography]
    listed = "; ".join(
        f"{entry.geography} {entry.year} {entry.detail}" for entry in (related or known)
    )
    raise SettingsError(
        f"no ONS service is known for {geography} {year} {detail}; known are: {listed}",
        where="atlas.toml",
        fix="Choose one of these, or name the portal's service itself.",
    )


def named_service(name: str, layer: int | None = None) -> OnsService:
    """Make a service from its name, with what is known of it if anything is."""
    known = {entry.service: entry for entry in load_registry()}
    return replace(known.get(name, OnsService(service=name)), layer=layer)
