"""A small ArcGIS feature service on the loopback interface, with faults to order.

It speaks what the portal speaks (service and layer documents, counts, paged queries in
GeoJSON and Esri JSON) over any features, and misbehaves by rules:

    with StubPortal(grid(4, 3), page_rows=5) as portal:
        portal.rules.append(Rule(http_error(503), kind="page", number=2, times=1))
        fetch(named_service(portal.service), cache, report=report, base=portal.base)
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import shapely
from shapely.geometry import mapping, shape

Feature = dict[str, Any]
ROOT = "/org/arcgis/rest/services"


@dataclass
class Asked:
    """One request: what it is for, the how-manyth of its kind, and its query."""

    kind: str
    number: int
    path: str
    query: dict[str, str]


@dataclass
class Answer:
    """What goes over the wire, how slowly, and whether the line is closed after it."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    before_s: float = 0.0
    per_byte_s: float = 0.0
    hang_up: bool = False


Action = Callable[["StubPortal", Asked, Answer], Answer]


@dataclass
class Rule:
    """Do `action` to the answers of a kind ("service", "layer", "count", "page", "any").

    The first rule that takes a request is the only one; `times` None takes all.
    """

    action: Action
    kind: str = "any"
    number: int | None = None
    times: int | None = None

    def takes(self, asked: Asked) -> bool:
        if self.times == 0 or self.kind not in ("any", asked.kind):
            return False
        if self.number is not None and self.number != asked.number:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class StubPortal:
    """The service `service`, with one polygon layer over `features` (WGS 84, GeoJSON).

    Parameters
    ----------
    features
        What it holds; the properties become its fields, beside an object id ``FID``.
    page_rows
        Its `maxRecordCount`.
    short_by
        How many features fewer than asked for each page brings.
    layer_id
        Of the only layer.
    formats
        "JSON, geoJSON" or "JSON".
    upper
        Field names in capitals, as ONS has them since 2019.
    epsg
        The CRS it answers in if it takes no notice of `outSR` (27700), else None.
    declares
        Whether it declares the CRS in GeoJSON.
    """

    def __init__(
        self,
        features: Sequence[Feature],
        *,
        service: str = "Test_Districts",
        page_rows: int = 100,
        short_by: int = 0,
        layer_id: int = 0,
        formats: str = "JSON, geoJSON",
        upper: bool = False,
        epsg: int | None = None,
        declares: bool = True,
    ) -> None:
        self.service = service
        self.page_rows = page_rows
        self.short_by = short_by
        self.layer_id = layer_id
        self.formats = formats
        self.epsg = epsg
        self.declares = declares
        self.extra_layers: list[dict[str, Any]] = []
        self.layer_notes: dict[str, Any] = {}
        self.rules: list[Rule] = []
        self.log: list[Asked] = []
        self.features = [_cased(feature, upper) for feature in features]
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    @property
    def base(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}{ROOT}"

    def __enter__(self) -> StubPortal:
        portal = self

        class Handler(_Handler):
            stub = portal

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        # A handler that drips or sleeps must not hold up the end of a test.
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def kinds(self) -> list[str]:
        return [asked.kind for asked in self.log]

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        with self._lock:
            kind = self._kind(path, query)
            number = 1 + self.kinds().count(kind)
            asked = Asked(kind, number, path, query)
            self.log.append(asked)
            rule = next((rule for rule in self.rules if rule.takes(asked)), None)
        answer = _json(self._document(asked))
        return rule.action(self, asked, answer) if rule else answer

    def _kind(self, path: str, query: dict[str, str]) -> str:
        root = f"{ROOT}/{self.service}/FeatureServer"
        if path == root:
            return "service"
        if path == f"{root}/{self.layer_id}":
            return "layer"
        if path == f"{root}/{self.layer_id}/query":
            return "count" if query.get("returnCountOnly") == "true" else "page"
        return "unknown"

    def _document(self, asked: Asked) -> dict[str, Any]:
        if asked.kind == "service":
            layer = {"id": self.layer_id, "name": self.service, "type": "Feature Layer"}
            return {"currentVersion": 12, "layers": [layer, *self.extra_layers], "tables": []}
        if asked.kind == "layer":
            return self._layer()
        if asked.kind == "count":
            return {"count": len(self.features)}
        if asked.kind == "page":
            return self._page(asked.query)
        return {"error": {"code": 400, "message": "Invalid URL", "details": ["Invalid URL"]}}

    def _layer(self) -> dict[str, Any]:
        fields = [{"name": "FID", "type": "esriFieldTypeOID"}]
        for name in self.features[0]["properties"]:
            fields.append({"name": name, "type": "esriFieldTypeString"})
        return {
            "id": self.layer_id,
            "name": self.service,
            "geometryType": "esriGeometryPolygon",
            "objectIdField": "FID",
            "maxRecordCount": self.page_rows,
            "supportedQueryFormats": self.formats,
            "advancedQueryCapabilities": {"supportsPagination": True, "supportsOrderBy": True},
            "fields": fields,
            **self.layer_notes,
        }

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        assert query["where"] == "1=1"
        offset = int(query.get("resultOffset", 0))
        rows = min(int(query.get("resultRecordCount", self.page_rows)), self.page_rows)
        rows = max(1, rows - self.short_by)
        numbered = list(enumerate(self.features, start=1))
        if query.get("orderByFields") != "FID":
            numbered.reverse()
        chosen = numbered[offset : offset + rows]
        more = offset + rows < len(numbered)
        epsg = self.epsg or int(query.get("outSR", 27700))
        if query["f"] == "geojson":
            assert "geoJSON" in self.formats
            return self._geojson(chosen, epsg, more)
        return self._esri(chosen, epsg, more)

    def _geojson(self, rows: list[tuple[int, Feature]], epsg: int, more: bool) -> dict[str, Any]:
        page: dict[str, Any] = {"type": "FeatureCollection", "features": []}
        if self.declares:
            page["crs"] = {"type": "name", "properties": {"name": f"EPSG:{epsg}"}}
        if more:
            page["properties"] = {"exceededTransferLimit": True}
        for fid, feature in rows:
            page["features"].append(
                {
                    "type": "Feature",
                    "id": fid,
                    "properties": {"FID": fid, **feature["properties"]},
                    "geometry": _moved(feature["geometry"], epsg),
                }
            )
        return page

    def _esri(self, rows: list[tuple[int, Feature]], epsg: int, more: bool) -> dict[str, Any]:
        page: dict[str, Any] = {
            "objectIdFieldName": "FID",
            "geometryType": "esriGeometryPolygon",
            "spatialReference": {"wkid": epsg, "latestWkid": epsg},
            "fields": self._layer()["fields"],
            "features": [],
        }
        if more:
            page["exceededTransferLimit"] = True
        for fid, feature in rows:
            page["features"].append(
                {
                    "attributes": {"FID": fid, **feature["properties"]},
                    "geometry": {"rings": _rings(_moved(feature["geometry"], epsg))},
                }
            )
        return page


class _Handler(BaseHTTPRequestHandler):
    stub: StubPortal
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        answer = self.stub.answer(parts.path, query)
        time.sleep(answer.before_s)
        headers = {"Content-Type": "application/json", **answer.headers}
        if "Transfer-Encoding" not in headers:
            headers.setdefault("Content-Length", str(len(answer.body)))
        try:
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self._send(answer)
        except OSError:
            self.close_connection = True

    def _send(self, answer: Answer) -> None:
        if not answer.per_byte_s:
            self.wfile.write(answer.body)
        for position in range(len(answer.body) if answer.per_byte_s else 0):
            self.wfile.write(answer.body[position : position + 1])
            self.wfile.flush()
            time.sleep(answer.per_byte_s)
        self.close_connection = answer.hang_up

    def log_message(self, *args: object) -> None:
        """Keep the tests' output clean."""


def http_error(status: int, **headers: str) -> Action:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda portal, asked, answer: Answer(b"<html>busy</html>", status, named)


def error_object(code: int, message: str, details: Sequence[str] = ()) -> Action:
    document = {"error": {"code": code, "message": message, "details": list(details)}}
    return lambda portal, asked, answer: _json(document)


def body(content: bytes) -> Action:
    return lambda portal, asked, answer: Answer(content)


def change(edit: Callable[[dict[str, Any]], None]) -> Action:
    """Edit the true document before it is sent."""

    def act(portal: StubPortal, asked: Asked, answer: Answer) -> Answer:
        document = json.loads(answer.body)
        edit(document)
        return _json(document)

    return act


def cut_json(portal: StubPortal, asked: Asked, answer: Answer) -> Answer:
    return Answer(answer.body[: len(answer.body) // 2])


def cut_line(portal: StubPortal, asked: Asked, answer: Answer) -> Answer:
    half = answer.body[: len(answer.body) // 2]
    return Answer(half, headers={"Content-Length": str(len(answer.body))}, hang_up=True)


def gzipped(portal: StubPortal, asked: Asked, answer: Answer) -> Answer:
    return Answer(gzip.compress(answer.body), headers={"Content-Encoding": "gzip"})


def chunked(portal: StubPortal, asked: Asked, answer: Answer) -> Answer:
    """In pieces of unannounced total length, and gzipped, as the portal does."""
    packed = gzip.compress(answer.body)
    pieces = [packed[start : start + 50] for start in range(0, len(packed), 50)]
    wire = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return Answer(wire, headers={"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"})


def chunked_cut(portal: StubPortal, asked: Asked, answer: Answer) -> Answer:
    whole = chunked(portal, asked, answer)
    return Answer(whole.body[: len(whole.body) // 2], headers=whole.headers, hang_up=True)


def slow(seconds: float) -> Action:
    return lambda portal, asked, answer: Answer(answer.body, before_s=seconds)


def drip(seconds: float) -> Action:
    return lambda portal, asked, answer: Answer(answer.body, per_byte_s=seconds)


def redirect(location: str) -> Action:
    return lambda portal, asked, answer: Answer(b"", 302, {"Location": location})


def grid(columns: int = 4, rows: int = 3) -> list[Feature]:
    """English squares that share borders, and one Welsh and one Scottish square apart."""
    features = []
    for number in range(columns * rows):
        west, south = -1.9 + 0.1 * (number % columns), 52.0 + 0.1 * (number // columns)
        features.append(_square(f"E{7_000_001 + number:08d}", f"Place {number + 1}", west, south))
    features.append(_square("W06000001", "Ynys Môn", -4.4, 53.2))
    features.append(_square("S12000005", "Clackmannanshire", -3.8, 56.1))
    return features


def features_of(path: Path) -> list[Feature]:
    """The features of a GeoJSON file."""
    features: list[Feature] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return features


def _square(code: str, name: str, west: float, south: float) -> Feature:
    ring = shapely.box(round(west, 6), round(south, 6), round(west + 0.1, 6), round(south + 0.1, 6))
    return {
        "type": "Feature",
        "properties": {"lad16cd": code, "lad16nm": name, "lad16nmw": name},
        "geometry": mapping(ring),
    }


def _cased(feature: Feature, upper: bool) -> Feature:
    properties = {
        name.upper() if upper else name: value for name, value in feature["properties"].items()
    }
    return {**feature, "properties": properties}


def _moved(geometry: dict[str, Any], epsg: int) -> dict[str, Any]:
    if epsg == 4326:
        return geometry
    moved = gpd.GeoSeries([shape(geometry)], crs=4326).to_crs(epsg).iloc[0]
    result: dict[str, Any] = mapping(moved)
    return result


def _rings(geometry: dict[str, Any]) -> list[Any]:
    rings = []
    for polygon in shapely.get_parts(shape(geometry)):
        clockwise = shapely.orient_polygons(polygon, exterior_cw=True)
        rings.append([list(point) for point in clockwise.exterior.coords])
        rings.extend([list(point) for point in hole.coords] for hole in clockwise.interiors)
    return rings


def _json(document: dict[str, Any]) -> Answer:
    return Answer(json.dumps(document).encode())
