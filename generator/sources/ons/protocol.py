"""The protocol of an ArcGIS feature service: its layers, a count, and features in pages.

Whatever the service speaks (GeoJSON or Esri JSON, any CRS), a page here is a list of
GeoJSON features and the CRS that they are in.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyogrio

from generator.errors import PortalError
from generator.sources.ons.transport import BY_HAND, Transport

Feature = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ServiceLayer:
    """One layer of a service, as it describes itself.

    Attributes
    ----------
    url
        Of the layer, without ``/query``.
    title
        The layer's name.
    order_field
        The object id, which pages are ordered by.
    max_rows
        The most features that one answer holds.
    geojson
        Whether it answers in GeoJSON; otherwise in Esri JSON.
    pages
        Whether it can skip features (`resultOffset`).
    """

    url: str
    title: str
    order_field: str | None
    max_rows: int
    geojson: bool
    pages: bool


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Some features, the name of their CRS ("EPSG:4326"), and whether more follow."""

    features: list[Feature]
    crs: str | None
    more: bool


def describe_layer(
    transport: Transport, base: str, service: str, layer: int | None
) -> ServiceLayer:
    """Ask a service which layers it has, and one of them what it can do.

    Parameters
    ----------
    transport
        Asks the questions.
    base
        The services' directory, ``https://.../rest/services``.
    service
        The service's name.
    layer
        The layer's id; None takes the only layer, whatever its id.

    Raises
    ------
    PortalError
        If there is no such service or layer, several could be meant, or it holds no
        polygons.
    """
    url = f"{base}/{service}/FeatureServer"
    layers = transport.get_json(url, {"f": "json"}).get("layers")
    found = {
        entry["id"]: str(entry.get("name", ""))
        for entry in (layers if isinstance(layers, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("id"), int)
    }
    listed = ", ".join(f"{number} ({name})" for number, name in found.items()) or "none"
    if layer is None and len(found) == 1:
        layer = next(iter(found))
    if layer not in found:
        asked = "no layer was named" if layer is None else f"there is no layer {layer}"
        raise PortalError(
            f"{asked}; its layers are: {listed}", where=url, fix="Name the layer in atlas.toml."
        )
    about = transport.get_json(f"{url}/{layer}", {"f": "json"})
    if about.get("geometryType") != "esriGeometryPolygon":
        raise PortalError(
            f"the layer holds {about.get('geometryType') or 'no geometry'}, not polygons",
            where=f"{url}/{layer}",
            fix="Name a service with boundaries in atlas.toml.",
        )
    advanced = about.get("advancedQueryCapabilities")
    return ServiceLayer(
        url=f"{url}/{layer}",
        title=str(about.get("name") or found[layer]),
        order_field=_object_id(about),
        max_rows=max(1, int(about.get("maxRecordCount") or 1000)),
        geojson="geojson" in str(about.get("supportedQueryFormats", "")).lower(),
        pages=not isinstance(advanced, dict) or advanced.get("supportsPagination") is not False,
    )


def count_features(transport: Transport, layer: ServiceLayer) -> int:
    """Ask how many features the layer has, before any is downloaded."""
    url = f"{layer.url}/query"
    answer = transport.get_json(url, {"where": "1=1", "returnCountOnly": "true", "f": "json"})
    count = answer.get("count")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise PortalError(f"the count of its areas is {count!r}", where=url, fix=BY_HAND)
    return count


def pages(
    transport: Transport, layer: ServiceLayer, *, expected: int, rows: int
) -> Iterator[ResultPage]:
    """Download the features in pages.

    A short page is not the end, because a service may send fewer than asked for: the end
    is where as many came as were counted and the service says that no more follow, or
    where nothing comes any more.  Whether that is all is for the caller to check.

    Parameters
    ----------
    transport
        Asks the questions.
    layer
        From `describe_layer`.
    expected
        From `count_features`.
    rows
        Features per page, at most; the service may allow fewer.
    """
    size = min(rows, layer.max_rows)
    if not layer.pages:
        size = layer.max_rows
        if expected > size:
            raise PortalError(
                f"has {expected} areas, gives {size} at a time and can't continue",
                where=layer.url,
                fix=BY_HAND,
            )
    received = 0
    while True:
        page = _page(transport, layer, offset=received, size=size)
        yield page
        received += len(page.features)
        if not page.features or (received >= expected and not page.more) or received > expected:
            return


def _page(transport: Transport, layer: ServiceLayer, *, offset: int, size: int) -> ResultPage:
    url = f"{layer.url}/query"
    query: dict[str, object] = {
        "where": "1=1",
        "outFields": "*",
        "returnGeometry": "true",
        "outSR": 4326,
        "geometryPrecision": 6,
        "f": "geojson" if layer.geojson else "json",
    }
    if layer.pages:
        query |= {"resultOffset": offset, "resultRecordCount": size}
        if layer.order_field is not None:
            query["orderByFields"] = layer.order_field
    answer = transport.get_json(url, query)
    features = answer.get("features")
    if not isinstance(features, list):
        raise PortalError("the answer holds no list of features", where=url, fix=BY_HAND)
    properties = answer.get("properties")
    more = bool(answer.get("exceededTransferLimit")) or (
        isinstance(properties, dict) and bool(properties.get("exceededTransferLimit"))
    )
    if not features:
        return ResultPage([], None, more)
    if layer.geojson:
        return ResultPage(features, _declared_crs(answer), more)
    return _from_esri(url, answer, more)


def _from_esri(url: str, answer: dict[str, Any], more: bool) -> ResultPage:
    """Turn rings into polygons with GDAL, which knows which ring is a hole of which."""
    # GDAL would go and look for the next page itself, in vain.
    alone = {name: value for name, value in answer.items() if name != "exceededTransferLimit"}
    try:
        with warnings.catch_warnings():
            # It warns that areas of many islands may be slow to sort; they are few.
            warnings.simplefilter("ignore", RuntimeWarning)
            table = pyogrio.read_dataframe(json.dumps(alone).encode())
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise PortalError("the answer is not Esri JSON", where=url, fix=BY_HAND) from error
    epsg = table.crs.to_epsg() if getattr(table, "crs", None) is not None else None
    collection = json.loads(table.to_json(drop_id=True))
    return ResultPage(collection["features"], f"EPSG:{epsg}" if epsg else None, more)


def _declared_crs(answer: dict[str, Any]) -> str | None:
    crs = answer.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return str(name) if name else None


def _object_id(about: dict[str, Any]) -> str | None:
    name = about.get("objectIdField")
    if name:
        return str(name)
    fields = about.get("fields")
    for field in fields if isinstance(fields, list) else []:
        if isinstance(field, dict) and field.get("type") == "esriFieldTypeOID":
            return str(field.get("name"))
    return None
