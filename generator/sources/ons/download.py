"""One layer of the portal into one GeoJSON file, with every check that it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from generator.errors import PortalError, SourceError
from generator.report import BufferReport, Report
from generator.sources.fields import find_code_column
from generator.sources.ons.protocol import (
    Feature,
    ServiceLayer,
    count_features,
    describe_layer,
    pages,
)
from generator.sources.ons.services import OnsService
from generator.sources.ons.transport import BY_HAND, Transport
from generator.sources.placing import to_mercator
from generator.sources.vector_files import read_layer

# Full-resolution outlines are heavy: a service gives up on a page of thousands.
_ROWS = {"full": 100}
_USUAL_ROWS = 1000


@dataclass(frozen=True, slots=True)
class DownloadedLayer:
    """What has been written: the layer's name and address, and its codes as they came."""

    title: str
    url: str
    codes: tuple[str, ...]


def download(
    transport: Transport,
    base: str,
    name: str,
    service: OnsService,
    target: Path,
    report: Report,
) -> DownloadedLayer:
    """Download a layer and check it.

    Parameters
    ----------
    transport
        Asks the portal.
    base
        The services' directory.
    name
        The service to ask: `service` itself or one of its fallbacks.
    service
        Says which layer, which code column and how much detail.
    target
        The GeoJSON file to write, which ends in ``.geojson``; it declares its CRS.
    report
        Shows the progress.

    Returns
    -------
    DownloadedLayer
        As many codes as the service counted beforehand, each once.

    Raises
    ------
    PortalError
        If anything is missing, doubled, in the wrong place or not to be had; `target` is
        then not to be used.
    """
    layer = describe_layer(transport, base, name, service.layer)
    expected = count_features(transport, layer)
    table = _write(
        transport, layer, expected, _ROWS.get(service.detail, _USUAL_ROWS), target, report
    )
    codes = _checked_codes(layer, table, service)
    _check_place(layer, target, codes)
    return DownloadedLayer(title=layer.title, url=layer.url, codes=codes)


def _write(
    transport: Transport,
    layer: ServiceLayer,
    expected: int,
    rows: int,
    target: Path,
    report: Report,
) -> pd.DataFrame:
    """Write the pages to one file as they come, and return the areas' attributes."""
    systems: set[str] = set()

    def features() -> Iterator[Feature]:
        for page in pages(transport, layer, expected=expected, rows=rows):
            systems.update({page.crs or "none declared"} if page.features else ())
            yield from page.features

    attributes: list[dict[str, Any]] = []
    with target.open("w", encoding="utf-8") as stream:
        stream.write('{"type": "FeatureCollection", "features": [\n')
        for feature in report.progress(features(), label=layer.title, total=expected):
            attributes.append(_attributes(layer, feature, len(attributes)))
            stream.write(",\n" if len(attributes) > 1 else "")
            json.dump(feature, stream, ensure_ascii=False, separators=(",", ":"))
        stream.write("\n]")
        if systems and "none declared" not in systems:
            crs = {"type": "name", "properties": {"name": min(systems)}}
            stream.write(f', "crs": {json.dumps(crs)}')
        stream.write("}\n")
    if len(systems) > 1:
        raise _bad(layer, f"its pages differ in CRS: {', '.join(sorted(systems))}")
    if len(attributes) != expected:
        raise _bad(layer, f"the service counted {expected} areas but sent {len(attributes)}")
    return pd.DataFrame(attributes)


def _attributes(layer: ServiceLayer, feature: object, row: int) -> dict[str, Any]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if (
        kind not in ("Polygon", "MultiPolygon")
        or not (isinstance(geometry, dict) and geometry.get("coordinates"))
        or not isinstance(properties, dict)
    ):
        raise _bad(layer, f"area {row + 1} came without polygons or without attributes")
    return properties


def _checked_codes(
    layer: ServiceLayer, table: pd.DataFrame, service: OnsService
) -> tuple[str, ...]:
    by_lower = {str(column).lower(): str(column) for column in table.columns}
    column = by_lower.get(service.code_field.lower()) or find_code_column(table)
    if column is None:
        raise _bad(layer, "no column holds GSS codes such as E06000001")
    codes = table[column].fillna("").astype("str").str.strip()
    if (codes == "").any():
        raise _bad(layer, f'{int((codes == "").sum())} areas have no code in column "{column}"')
    twice = sorted(codes[codes.duplicated()].unique())
    if twice:
        raise _bad(layer, f"sent areas twice, so others are missing: {', '.join(twice[:5])}")
    return tuple(codes)


def _check_place(layer: ServiceLayer, target: Path, codes: tuple[str, ...]) -> None:
    """Make sure that what is cached can be read, and lies where its codes say."""
    silent = BufferReport()
    try:
        table = read_layer(target, layer=None, report=silent)
        shapes = np.asarray(table.geometry.values, dtype=object)
        if len(shapes) != len(codes):
            raise _bad(layer, f"only {len(shapes)} of {len(codes)} areas can be read again")
        to_mercator(target, table.crs, codes, shapes, silent)
    except SourceError as error:
        raise _bad(layer, error.message) from error


def _bad(layer: ServiceLayer, stated: str) -> PortalError:
    return PortalError(f"the download is not usable: {stated}", where=layer.url, fix=BY_HAND)
