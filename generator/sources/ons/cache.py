"""Boundaries from the ONS Open Geography Portal: named by geography and year, got once.

A layer lands in the cache whole or not at all: its areas are counted before, and their
number and codes are compared after.  Beside it lies a small JSON file that says what it
is, when and where it came from, and its SHA-256.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import random
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from generator.errors import PortalError, SettingsError, SourceError
from generator.report import Report
from generator.sources.ons.download import download
from generator.sources.ons.services import OnsService, load_registry, named_service, service_for
from generator.sources.ons.transport import (
    BRIEF,
    THOROUGH,
    GoneError,
    Patience,
    Transport,
    check_base,
)
from generator.sources.vector_files import file_sha256

__all__ = [
    "ATTRIBUTION",
    "BASE_VARIABLE",
    "PORTAL_BASE",
    "CachedLayer",
    "OnsService",
    "cached",
    "fetch",
    "load_registry",
    "named_service",
    "obtain",
    "service_for",
]

PORTAL_BASE = "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services"
BASE_VARIABLE = "ATLAS_ONS_BASE"
ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
    "Contains OS data © Crown copyright and database right {year}",
)

_SERVICE_NAME = re.compile(r"[\w()-][\w().-]*")
_SIDECAR_FIELDS = ("service", "title", "url", "fetched", "areas", "size_bytes", "sha256")


@dataclass(frozen=True, slots=True)
class CachedLayer:
    """A downloaded layer.

    Attributes
    ----------
    path
        GeoJSON that declares its CRS.
    sidecar
        The JSON file beside it with the fields below.
    service, title, url
        The service that gave it, the layer's own name, and its address.
    fetched
        When, ISO 8601 in UTC.
    areas, size_bytes, sha256
        Of `path`.
    """

    path: Path
    sidecar: Path
    service: str
    title: str
    url: str
    fetched: str
    areas: int
    size_bytes: int
    sha256: str

    @property
    def origin(self) -> str:
        """What to tell the reader."""
        return f"ONS Open Geography Portal, {self.title or self.service}"


def cached(service: OnsService, cache: Path) -> CachedLayer | None:
    """Find a layer in the cache, without a request.

    Parameters
    ----------
    service
        What to look for.
    cache
        The cache's folder, ``boundaries/ons-cache``.

    Returns
    -------
    CachedLayer or None
        None if it was never downloaded.

    Raises
    ------
    SourceError
        If the file is not the one that was downloaded: changed, cut short, or without
        its sidecar.
    """
    path, sidecar = _paths(service, cache)
    if not path.exists() and not sidecar.exists():
        return None
    try:
        about = json.loads(sidecar.read_text(encoding="utf-8"))
        found = CachedLayer(
            path=path, sidecar=sidecar, **{name: about[name] for name in _SIDECAR_FIELDS}
        )
        sound = found.sha256 == file_sha256(path)
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise SourceError(
            "the downloaded boundaries are damaged (they don't match their SHA-256)",
            where=str(path),
            fix="Run python build.py fetch --refresh to download them again.",
        )
    return found


def fetch(
    service: OnsService,
    cache: Path,
    *,
    refresh: bool = False,
    report: Report,
    base: str | None = None,
    patience: Patience = THOROUGH,
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[], float] = random.random,
) -> CachedLayer:
    """Give the cached layer, downloading it first if need be.

    Parameters
    ----------
    service
        From `service_for`, or made from a name.
    cache
        The cache's folder; made if it is missing.
    refresh
        Download even if it is cached; the cached layer stays until the new one is whole.
    report
        Shows the progress, and hears of a damaged cache or of a fallback.
    base
        The portal's address; None takes ``ATLAS_ONS_BASE``, or else ONS.
    patience, sleep, jitter
        Time limits, and what tests replace (see `Transport`).

    Returns
    -------
    CachedLayer
        As many areas as the service counted, each code once.

    Raises
    ------
    PortalError
        If the portal does not deliver; nothing of it is cached.
    SettingsError
        If the address or the service's name can't be one.
    """
    if not refresh:
        try:
            hit = cached(service, cache)
        except SourceError as error:
            report.say(f"{error.message}; downloading {service.service} again")
        else:
            if hit is not None:
                return hit
    address = check_base(base or os.environ.get(BASE_VARIABLE) or PORTAL_BASE)
    transport = Transport(patience, sleep=sleep, jitter=jitter)
    try:
        return _download_any(transport, address, service, cache, report)
    finally:
        transport.close()


def obtain(
    service: OnsService,
    mode: Literal["auto", "ons"],
    *,
    cache: Path,
    refresh: bool = False,
    report: Report,
    base: str | None = None,
) -> CachedLayer | None:
    """Get boundaries by the rule of ``--boundaries auto`` or ``ons``.

    Parameters
    ----------
    service
        The layer that ``atlas.toml`` names.
    mode
        "ons" must have it.  "auto" would like it: a portal that can't be reached or
        answers badly costs a few seconds and one line, and what is cached is used.
    cache, refresh, report, base
        As for `fetch`.

    Returns
    -------
    CachedLayer or None
        None only for "auto": go on with the hexagons.

    Raises
    ------
    PortalError
        Only for "ons".
    SettingsError
        If the address or the service's name can't be one.
    """
    if mode == "ons":
        return fetch(service, cache, refresh=refresh, report=report, base=base)
    try:
        return fetch(service, cache, refresh=refresh, report=report, base=base, patience=BRIEF)
    except PortalError as error:
        with contextlib.suppress(SourceError):
            former = cached(service, cache)
            if former is not None:
                report.say(f"ONS boundaries as of {former.fetched[:10]}, because {error.message}")
                return former
        report.say(f"no ONS boundaries ({error.message}): drawing hexagons instead")
        return None


def _download_any(
    transport: Transport, base: str, service: OnsService, cache: Path, report: Report
) -> CachedLayer:
    names = (service.service, *service.fallbacks)
    for name in names[:-1]:
        try:
            return _into_cache(transport, base, name, service, cache, report)
        except GoneError as error:
            report.say(f"{name}: {error.message}; trying another service with the same areas")
    return _into_cache(transport, base, names[-1], service, cache, report)


def _into_cache(
    transport: Transport, base: str, name: str, service: OnsService, cache: Path, report: Report
) -> CachedLayer:
    path, sidecar = _paths(service, cache)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=cache) as folder:
        draft = Path(folder) / "layer.geojson"
        got = download(transport, base, name, service, draft, report)
        about = CachedLayer(
            path=path,
            sidecar=sidecar,
            service=name,
            title=got.title,
            url=got.url,
            fetched=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            areas=len(got.codes),
            size_bytes=draft.stat().st_size,
            sha256=file_sha256(draft),
        )
        note = Path(folder) / "layer.json"
        note.write_text(_sidecar_text(about), encoding="utf-8")
        # Should the second step never come, the SHA-256 of the old sidecar gives it away.
        draft.replace(path)
        note.replace(sidecar)
    report.detail(f"{about.areas} areas in {transport.requests} requests from {about.url}")
    return about


def _paths(service: OnsService, cache: Path) -> tuple[Path, Path]:
    if not _SERVICE_NAME.fullmatch(service.service):
        raise SettingsError(
            f'"{service.service}" can\'t be the name of a service',
            where="atlas.toml",
            fix="Give the part of the portal's address before /FeatureServer, without slashes.",
        )
    stem = service.service if service.layer is None else f"{service.service}_{service.layer}"
    return cache / f"{stem}.geojson", cache / f"{stem}.json"


def _sidecar_text(about: CachedLayer) -> str:
    fields = {name: value for name, value in asdict(about).items() if name in _SIDECAR_FIELDS}
    fields["attribution"] = [line.format(year=about.fetched[:4]) for line in ATTRIBUTION]
    return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"
