"""The portal's protocol and every way in which it can fail, over loopback."""

from __future__ import annotations

import hashlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import requests
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_stub import (
    Action,
    Rule,
    StubPortal,
    body,
    change,
    chunked,
    chunked_cut,
    cut_json,
    cut_line,
    drip,
    error_object,
    features_of,
    grid,
    gzipped,
    http_error,
    redirect,
    slow,
)

from generator.errors import PortalError, SettingsError, SourceError
from generator.report import BufferReport
from generator.sources.boundaries import read_boundaries
from generator.sources.ons import cache as ons
from generator.sources.ons import transport
from generator.sources.ons.cache import (
    CachedLayer,
    OnsService,
    fetch,
    load_registry,
    named_service,
    obtain,
    service_for,
)
from generator.sources.ons.transport import BRIEF, THOROUGH, Patience, Transport, check_base

REAL = Path(__file__).resolve().parents[1] / "../shared/boundaries/lad_2016_uk_bsc.geojson"
needs_real = pytest.mark.skipif(not REAL.exists(), reason="the real boundary file is not here")

SERVICE = named_service("Test_Districts")
HASTY = Patience(connect_s=1, silence_s=0.4, trouble_s=1.0, tries=3)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATLAS_ONS_BASE", raising=False)


@pytest.fixture
def portal() -> Iterator[StubPortal]:
    with StubPortal(grid(), page_rows=5) as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "ons-cache"


class Naps:
    """Sleeps that only add up."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def get(
    portal: StubPortal, cache: Path, service: OnsService = SERVICE, **more: Any
) -> tuple[CachedLayer, BufferReport]:
    report = BufferReport()
    settled = {"sleep": Naps(), "jitter": lambda: 0.5, **more}
    return fetch(service, cache, report=report, base=portal.base, **settled), report


def files(cache: Path) -> list[Path]:
    return sorted(cache.rglob("*")) if cache.exists() else []


def refused(portal: StubPortal, cache: Path, *stated: str, **more: Any) -> PortalError:
    """Fetching fails with a message that names URL, cause and way out, and caches nothing."""
    with pytest.raises(PortalError) as caught:
        get(portal, cache, **more)
    error = caught.value
    assert error.where.startswith(portal.base)
    assert portal.service in error.where
    for part in stated:
        assert part in error.message
    assert error.reachable
    assert files(cache) == []
    return error


# --- the registry ------------------------------------------------------------------------


def test_the_registry_is_well_formed() -> None:
    registry = load_registry()
    keys = [(entry.geography, entry.year, entry.detail) for entry in registry]
    assert len(set(keys)) == len(keys)
    assert len({entry.service for entry in registry}) == len(registry)
    details = {"full", "generalised", "super-generalised", "ultra-generalised"}
    for entry in registry:
        assert entry.geography in {
            "lad", "region", "ctyua", "ward", "msoa", "lsoa", "pcon", "icb", "sicbl", "lhb",
        }  # fmt: skip
        assert entry.detail in details
        assert entry.extent in {"UK", "GB", "EW", "EN", "WA"}
        assert str(entry.year)[2:] in entry.code_field
        assert str(entry.year) in entry.service
        assert entry.code_field.lower().endswith("cd")


@pytest.mark.parametrize(
    ("key", "service"),
    [
        (("lad", 2016, "generalised"),
         "Local_Authority_Districts_December_2016_GCB_in_the_UK_2022"),
        (("lad", 2024, "generalised"),
         "Local_Authority_Districts_December_2024_Boundaries_UK_BGC"),
        (("lad", 2025, "generalised"), "Local_Authority_Districts_DEC_2025_Boundaries_UK_BGC"),
        (("region", 2024, "generalised"), "Regions_December_2024_Boundaries_EN_BGC"),
        (("ctyua", 2024, "generalised"),
         "Counties_and_Unitary_Authorities_December_2024_Boundaries_UK_BGC"),
        (("lsoa", 2021, "super-generalised"), "LSOA_2021_EW_BSC_V4_RUC"),
        (("lsoa", 2021, "full"), "LSOA_2021_EW_BFE_V10_RUC"),
        (("msoa", 2021, "generalised"), "MSOA_2021_EW_BGC_V2"),
        (("ward", 2025, "generalised"), "WD_DEC_2025_UK_BGC"),
    ],
)  # fmt: skip
def test_services_are_found_by_geography_year_and_detail(
    key: tuple[str, int, str], service: str
) -> None:
    found = service_for(*key)
    assert found.service == service
    assert named_service(service) == found


def test_an_unknown_year_lists_what_is_known_of_the_geography() -> None:
    with pytest.raises(SettingsError, match="ward 2025 generalised") as caught:
        service_for("ward", 1999, "generalised")
    assert "ward 1999 generalised" in caught.value.message
    assert "lad" not in caught.value.message


def test_an_unknown_geography_lists_everything() -> None:
    with pytest.raises(SettingsError, match=r"lad 2016 generalised.*lsoa 2021 full"):
        service_for("parish", 2024, "generalised")


def test_any_service_can_be_named() -> None:
    assert named_service("My_Layer", 7) == OnsService("My_Layer", 7)
    assert named_service("LSOA_2021_EW_BFE_V10_RUC", 3).layer == 3


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a/b", "a?b", ".hidden", "a b"])
def test_a_service_name_can_not_leave_the_cache(portal: StubPortal, cache: Path, name: str) -> None:
    with pytest.raises(SettingsError):
        get(portal, cache, OnsService(name))
    assert portal.log == []


# --- what works --------------------------------------------------------------------------


def test_a_layer_is_downloaded_in_pages(portal: StubPortal, cache: Path) -> None:
    layer, report = get(portal, cache)
    assert portal.kinds() == ["service", "layer", "count", "page", "page", "page"]
    offsets = [asked.query.get("resultOffset") for asked in portal.log[3:]]
    assert offsets == ["0", "5", "10"]
    assert {asked.query["orderByFields"] for asked in portal.log[3:]} == {"FID"}
    assert {asked.query["outSR"] for asked in portal.log[3:]} == {"4326"}
    assert layer.areas == 14
    assert files(cache) == sorted([layer.path, layer.sidecar])
    found = read_boundaries(layer.path, keep=("E",), report=report, origin=layer.origin, kind="ons")
    assert (len(found.frame), len(found.context), found.kind) == (12, 2, "ons")
    assert "Ynys Môn" in set(found.context["name"])
    assert found.origin == "ONS Open Geography Portal, Test_Districts"
    true = gpd.GeoDataFrame.from_features(grid()).set_index("lad16cd").geometry
    for code, shape in zip(found.frame["code"], found.frame.geometry.to_crs(4326), strict=True):
        assert shape.equals_exact(true[code], 1e-9)


def test_the_sidecar_says_what_when_where_and_how_many(portal: StubPortal, cache: Path) -> None:
    layer, _ = get(portal, cache)
    about = json.loads(layer.sidecar.read_text())
    assert about["service"] == "Test_Districts"
    assert about["url"] == f"{portal.base}/Test_Districts/FeatureServer/0"
    assert about["areas"] == 14
    assert about["size_bytes"] == layer.path.stat().st_size
    assert about["sha256"] == hashlib.sha256(layer.path.read_bytes()).hexdigest()
    assert about["fetched"][4] == "-"
    assert about["fetched"].endswith("Z")
    assert "Open Government Licence" in about["attribution"][0]
    assert about["fetched"][:4] in about["attribution"][1]


@pytest.mark.parametrize("formats", ["JSON, geoJSON", "JSON"])
@pytest.mark.parametrize("epsg", [None, 27700])
@pytest.mark.parametrize("upper", [False, True])
def test_formats_systems_and_cases(
    cache: Path, formats: str, epsg: int | None, upper: bool
) -> None:
    with StubPortal(
        grid(), page_rows=5, formats=formats, epsg=epsg, upper=upper, layer_id=3
    ) as portal:
        layer, report = get(portal, cache)
        assert portal.kinds()[3:] == ["page"] * 3
    found = read_boundaries(layer.path, keep=("E",), report=report)
    assert len(found.frame) == 12
    assert list(found.frame["name"][:2]) == ["Place 1", "Place 2"]
    true = gpd.GeoDataFrame.from_features(grid()).set_index("lad16cd").geometry
    for code, shape in zip(found.frame["code"], found.frame.geometry.to_crs(4326), strict=True):
        assert shapely.hausdorff_distance(shape, true[code]) < 1e-4
    assert layer.url.endswith("/FeatureServer/3")


def test_a_layer_that_declares_no_system_is_recognised(cache: Path) -> None:
    with StubPortal(grid(), epsg=27700, declares=False) as portal:
        layer, report = get(portal, cache)
    assert len(read_boundaries(layer.path, report=report).frame) == 14
    assert "British National Grid" in report.lines[-1]


@given(
    rows=st.integers(1, 20), short_by=st.integers(0, 20),
    formats=st.sampled_from(["JSON", "JSON, geoJSON"]),
)  # fmt: skip
@settings(max_examples=12, deadline=None)
def test_no_page_size_loses_an_area(
    tmp_path_factory: pytest.TempPathFactory, rows: int, short_by: int, formats: str
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    with StubPortal(grid(), page_rows=rows, short_by=short_by, formats=formats) as portal:
        layer, _ = get(portal, cache)
    codes = [feature["properties"]["lad16cd"] for feature in features_of(layer.path)]
    assert sorted(codes) == sorted(feature["properties"]["lad16cd"] for feature in grid())


def test_a_short_page_without_the_flag_is_not_the_end(portal: StubPortal, cache: Path) -> None:
    portal.short_by = 2

    def unflag(page: dict[str, Any]) -> None:
        page.pop("properties", None)

    portal.rules.append(Rule(change(unflag), kind="page"))
    assert get(portal, cache)[0].areas == 14


@pytest.mark.parametrize("coding", [gzipped, chunked])
def test_packed_answers_are_unpacked(portal: StubPortal, cache: Path, coding: Action) -> None:
    portal.rules.append(Rule(coding))
    layer, _ = get(portal, cache)
    assert len(features_of(layer.path)) == layer.areas == 14


def test_full_resolution_comes_in_small_pages(cache: Path) -> None:
    with StubPortal(grid(), page_rows=2000) as portal:
        get(portal, cache, OnsService("Test_Districts", detail="full"))
        assert portal.log[-1].query["resultRecordCount"] == "100"


def test_a_service_that_can_not_skip_is_read_if_it_fits(cache: Path) -> None:
    with StubPortal(grid(), page_rows=20) as portal:
        portal.layer_notes["advancedQueryCapabilities"] = {"supportsPagination": False}
        assert get(portal, cache)[0].areas == 14
        assert "resultOffset" not in portal.log[-1].query


def test_the_layer_named_is_read(portal: StubPortal, cache: Path) -> None:
    portal.extra_layers.append({"id": 8, "name": "Centroids"})
    layer, _ = get(portal, cache, OnsService("Test_Districts", 0))
    assert layer.path.name == "Test_Districts_0.geojson"


# --- the cache ---------------------------------------------------------------------------


def test_a_cache_hit_asks_nothing(portal: StubPortal, cache: Path) -> None:
    first, _ = get(portal, cache)
    asked = len(portal.log)
    second, report = get(portal, cache)
    assert second == first
    assert len(portal.log) == asked
    assert report.lines == []
    assert obtain(SERVICE, "auto", cache=cache, report=report, base=portal.base) == first
    assert obtain(SERVICE, "ons", cache=cache, report=report, base=portal.base) == first
    assert len(portal.log) == asked


def test_refresh_asks_again_and_replaces(portal: StubPortal, cache: Path) -> None:
    first, _ = get(portal, cache)
    portal.features = portal.features[:9]
    second, _ = get(portal, cache, refresh=True)
    assert (first.areas, second.areas) == (14, 9)
    assert len(features_of(second.path)) == 9
    assert get(portal, cache)[0] == second


def test_a_failed_refresh_leaves_the_cache_whole(portal: StubPortal, cache: Path) -> None:
    first, _ = get(portal, cache)
    before = {path: path.read_bytes() for path in files(cache)}
    portal.rules.append(Rule(http_error(400), kind="page", number=5))
    portal.rules.append(Rule(http_error(400), kind="page", number=6))
    with pytest.raises(PortalError):
        get(portal, cache, refresh=True)
    assert {path: path.read_bytes() for path in files(cache)} == before
    report = BufferReport()
    again = obtain(SERVICE, "auto", cache=cache, refresh=True, report=report, base=portal.base)
    assert again == first
    assert len(report.lines) == 1
    assert first.fetched[:10] in report.lines[0]


def _spoil_data(layer: CachedLayer) -> None:
    layer.path.write_text(layer.path.read_text().replace("Place 1", "Place X"))


def _cut_data(layer: CachedLayer) -> None:
    layer.path.write_bytes(layer.path.read_bytes()[:-20])


def _drop_data(layer: CachedLayer) -> None:
    layer.path.unlink()


def _drop_note(layer: CachedLayer) -> None:
    layer.sidecar.unlink()


def _spoil_note(layer: CachedLayer) -> None:
    layer.sidecar.write_text('{"areas": 14}')


@pytest.mark.parametrize("spoil", [_spoil_data, _cut_data, _drop_data, _drop_note, _spoil_note])
def test_a_damaged_cache_is_told_and_downloaded_again(
    portal: StubPortal, cache: Path, spoil: Callable[[CachedLayer], None]
) -> None:
    first, _ = get(portal, cache)
    spoil(first)
    with pytest.raises(SourceError, match="damaged") as caught:
        ons.cached(SERVICE, cache)
    assert "--refresh" in caught.value.fix
    second, report = get(portal, cache)
    assert "damaged" in report.lines[0]
    assert second.sha256 == first.sha256
    assert get(portal, cache)[0] == second


def test_a_damaged_cache_without_a_network_is_not_used(portal: StubPortal, cache: Path) -> None:
    _spoil_data(get(portal, cache)[0])
    report = BufferReport()
    base = closed_port()
    assert obtain(SERVICE, "auto", cache=cache, report=report, base=base) is None
    with pytest.raises(PortalError):
        obtain(SERVICE, "ons", cache=cache, report=report, base=base)


# --- passing trouble ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        http_error(503),
        http_error(429),
        http_error(500),
        http_error(504),
        error_object(503, "Service unavailable"),
        error_object(429, "Too many requests"),
        cut_json,
        cut_line,
        chunked_cut,
        body(b"<html>Please wait</html>"),
        body(b""),
    ],
)
@pytest.mark.parametrize("kind", ["service", "count", "page"])
def test_trouble_that_passes_is_tried_again(
    portal: StubPortal, cache: Path, fault: Action, kind: str
) -> None:
    number = 2 if kind == "page" else None
    portal.rules.append(Rule(fault, kind=kind, number=number, times=1))
    naps = Naps()
    layer, _ = get(portal, cache, sleep=naps)
    assert layer.areas == 14
    assert len(naps.seconds) == 1
    assert portal.kinds().count(kind) == (4 if kind == "page" else 2)


def test_pauses_double_and_spread(portal: StubPortal, cache: Path) -> None:
    portal.rules.append(Rule(http_error(503), kind="count", times=4))
    naps = Naps()
    get(portal, cache, sleep=naps, jitter=lambda: 0.5)
    assert naps.seconds == [0.5, 1.0, 2.0, 4.0]
    portal.rules.append(Rule(http_error(503), kind="count", times=4))
    naps = Naps()
    get(portal, cache, refresh=True, sleep=naps, jitter=lambda: 0.0)
    assert naps.seconds == [0.25, 0.5, 1.0, 2.0]


def test_the_portal_says_when_to_come_back(portal: StubPortal, cache: Path) -> None:
    portal.rules.append(Rule(http_error(429, Retry_After="7"), kind="page", number=2, times=1))
    naps = Naps()
    get(portal, cache, sleep=naps, jitter=lambda: 0.5)
    assert naps.seconds == [7.25]


def test_the_portal_may_name_a_date(portal: StubPortal, cache: Path) -> None:
    long_ago = "Wed, 21 Oct 2015 07:28:00 GMT"
    portal.rules.append(Rule(http_error(503, Retry_After=long_ago), kind="count", times=1))
    portal.rules.append(Rule(http_error(503, Retry_After="soon"), kind="count", times=1))
    portal.rules.append(Rule(http_error(503, Retry_After="9" * 5000), kind="count", times=1))
    naps = Naps()
    get(portal, cache, sleep=naps, jitter=lambda: 0.5)
    assert naps.seconds == [0.25, 1.0, 2.0]


def test_a_long_wait_is_not_waited_for(portal: StubPortal, cache: Path) -> None:
    portal.rules.append(Rule(http_error(429, Retry_After="3600"), kind="page", number=2))
    naps = Naps()
    refused(portal, cache, "429", "asks to wait 3600 s", sleep=naps)
    assert naps.seconds == []


def test_no_password_of_the_user_goes_to_the_portal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine mirror.example login me password secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    request = requests.Request("GET", "https://mirror.example/")
    assert "Authorization" in requests.Session().prepare_request(request).headers
    assert "Authorization" not in Transport(BRIEF)._session.prepare_request(request).headers


# --- trouble that stays ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "stated"),
    [
        (http_error(503), "HTTP 503"),
        (error_object(500, "Error performing query operation"), "Error performing query"),
        (cut_json, "not whole JSON"),
        (cut_line, "broke off"),
        (chunked_cut, "broke off"),
        (body(b"<html>Maintenance</html>"), "<html>Maintenance"),
    ],
)
@pytest.mark.parametrize(("kind", "number"), [("service", None), ("count", None), ("page", None)])
def test_trouble_that_stays_ends_in_a_message(
    portal: StubPortal, cache: Path, fault: Action, stated: str, kind: str, number: int | None
) -> None:
    portal.rules.append(Rule(fault, kind=kind, number=number))
    naps = Naps()
    error = refused(portal, cache, stated, f"{THOROUGH.tries} times", sleep=naps)
    assert "by hand" in error.fix
    assert len(naps.seconds) == THOROUGH.tries - 1
    assert portal.kinds().count(kind) == THOROUGH.tries


def test_503_on_every_later_page_caches_nothing(portal: StubPortal, cache: Path) -> None:
    for number in range(2, 20):
        portal.rules.append(Rule(http_error(503), kind="page", number=number))
    error = refused(portal, cache, "HTTP 503")
    assert "resultOffset=5" in error.where


@pytest.mark.parametrize(
    ("fault", "stated"),
    [
        (error_object(400, "Cannot perform query", ["Invalid field: FID"]), "Invalid field: FID"),
        (error_object(499, "Token Required"), "error 499: Token Required"),
        (http_error(403), "HTTP 403"),
        (body(b"[1, 2]"), "not an object"),
        (body(b'{"error": "no"}'), "error: no"),
    ],
)
def test_a_refusal_is_not_tried_again(
    portal: StubPortal, cache: Path, fault: Action, stated: str
) -> None:
    portal.rules.append(Rule(fault, kind="page", number=2))
    refused(portal, cache, stated)
    assert portal.kinds().count("page") == 2


@pytest.mark.parametrize(
    "fault",
    [
        error_object(400, "Invalid URL", ["Invalid URL"]),
        error_object(404, "Service not found"),
        http_error(404),
    ],
)
def test_a_renamed_service_is_told(portal: StubPortal, cache: Path, fault: Action) -> None:
    portal.rules.append(Rule(fault, kind="service"))
    error = refused(portal, cache, "no such layer")
    assert "renames services" in error.fix
    assert "by hand" in error.fix
    assert len(portal.log) == 1


def test_a_removed_service_has_a_fallback(portal: StubPortal, cache: Path) -> None:
    gone = OnsService("Old_Name", code_field="lad16cd", fallbacks=("Test_Districts",))
    layer, report = get(portal, cache, gone)
    assert layer.service == "Test_Districts"
    assert layer.path.name == "Old_Name.geojson"
    assert "Old_Name" in report.lines[0]
    assert get(portal, cache, gone)[0] == layer
    with pytest.raises(PortalError, match="no such layer"):
        get(portal, cache / "other", OnsService("Old_Name", fallbacks=("Older_Name",)))


# --- halves and doubles ------------------------------------------------------------------


@pytest.mark.parametrize("count", [13, 15, 10, 400])
def test_a_count_that_lies_is_found_out(portal: StubPortal, cache: Path, count: int) -> None:
    portal.rules.append(Rule(body(json.dumps({"count": count}).encode()), kind="count"))
    refused(portal, cache, f"counted {count} areas but sent")


@pytest.mark.parametrize("count", [b'{"count": 0}', b'{"count": null}', b"{}", b'{"count": true}'])
def test_a_count_of_nothing_is_refused(portal: StubPortal, cache: Path, count: bytes) -> None:
    portal.rules.append(Rule(body(count), kind="count"))
    refused(portal, cache, "the count of its areas is")


def test_a_page_that_comes_twice_is_found_out(portal: StubPortal, cache: Path) -> None:
    query = {"where": "1=1", "f": "geojson", "orderByFields": "FID", "outSR": "4326"}
    first = json.dumps(portal._page(query)).encode()
    portal.rules.append(Rule(body(first), kind="page", number=2))
    refused(portal, cache, "sent areas twice")


def test_an_empty_page_in_between_is_found_out(portal: StubPortal, cache: Path) -> None:
    empty = (
        b'{"type":"FeatureCollection","features":[],"properties":{"exceededTransferLimit":true}}'
    )
    portal.rules.append(Rule(body(empty), kind="page", number=2))
    refused(portal, cache, "counted 14 areas but sent 5")


def _no_geometry(page: dict[str, Any]) -> None:
    page["features"][1]["geometry"] = None


def _points(page: dict[str, Any]) -> None:
    page["features"][1]["geometry"] = {"type": "Point", "coordinates": [-1, 52]}


def _no_code(page: dict[str, Any]) -> None:
    page["features"][1]["properties"]["lad16cd"] = None


def _no_codes(page: dict[str, Any]) -> None:
    for feature in page["features"]:
        feature["properties"].pop("lad16cd")


def _swapped(page: dict[str, Any]) -> None:
    for feature in page["features"]:
        rings = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = [[point[::-1] for point in ring] for ring in rings]


def _no_list(page: dict[str, Any]) -> None:
    page["features"] = None


def _other_crs(page: dict[str, Any]) -> None:
    if page["features"][0]["id"] > 5:
        page["crs"]["properties"]["name"] = "EPSG:27700"


@pytest.mark.parametrize(
    ("edit", "stated"),
    [
        (_no_geometry, "area 2 came without polygons"),
        (_points, "area 2 came without polygons"),
        (_no_code, 'no code in column "lad16cd"'),
        (_no_codes, "no column holds GSS codes"),
        (_swapped, "swapped"),
        (_no_list, "no list of features"),
        (_other_crs, "differ in CRS"),
    ],
)
def test_pages_that_can_not_be_drawn_are_refused(
    portal: StubPortal, cache: Path, edit: Callable[[dict[str, Any]], None], stated: str
) -> None:
    portal.rules.append(Rule(change(edit), kind="page"))
    refused(portal, cache, stated)


def test_a_wrong_declaration_is_found_out(cache: Path) -> None:
    with StubPortal(grid()) as portal:

        def lie(page: dict[str, Any]) -> None:
            page["crs"]["properties"]["name"] = "EPSG:27700"

        portal.rules.append(Rule(change(lie), kind="page"))
        refused(portal, cache, "degrees")


# --- layers ------------------------------------------------------------------------------


def test_several_layers_need_a_choice(portal: StubPortal, cache: Path) -> None:
    portal.extra_layers.append({"id": 8, "name": "Centroids"})
    error = refused(portal, cache, "no layer was named", "0 (Test_Districts), 8 (Centroids)")
    assert "atlas.toml" in error.fix
    refused(portal, cache, "there is no layer 5", service=OnsService("Test_Districts", 5))


def test_points_and_tables_are_refused(portal: StubPortal, cache: Path) -> None:
    portal.layer_notes["geometryType"] = "esriGeometryPoint"
    refused(portal, cache, "esriGeometryPoint, not polygons")
    portal.layer_notes["geometryType"] = None
    refused(portal, cache, "no geometry, not polygons")


def test_a_service_that_can_not_skip_is_refused_if_it_does_not_fit(
    portal: StubPortal, cache: Path
) -> None:
    portal.layer_notes["advancedQueryCapabilities"] = {"supportsPagination": False}
    refused(portal, cache, "14 areas, gives 5 at a time")


# --- time and size -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["service", "page"])
def test_silence_ends_in_a_message(portal: StubPortal, cache: Path, kind: str) -> None:
    portal.rules.append(Rule(slow(5), kind=kind))
    started = time.monotonic()
    refused(portal, cache, "no answer within", patience=HASTY)
    assert time.monotonic() - started < 2.5


@pytest.mark.parametrize("kind", ["service", "page"])
def test_a_drip_ends_in_a_message(portal: StubPortal, cache: Path, kind: str) -> None:
    portal.rules.append(Rule(drip(0.05), kind=kind))
    started = time.monotonic()
    refused(portal, cache, "bytes in", patience=HASTY)
    assert time.monotonic() - started < 2.5


def test_too_much_is_not_read(
    portal: StubPortal, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Small(Transport):
        def __init__(self, patience: Patience, **more: Any) -> None:
            super().__init__(patience, max_bytes=3000, **more)

    monkeypatch.setattr(ons, "Transport", Small)
    refused(portal, cache, "more than the 3,000 bytes")


# --- addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "stated"),
    [
        ("http://portal.example/rest", "redirects to another host: http://portal.example/rest"),
        ("https://portal.example/rest", "redirects from http to https"),
        ("ftp://127.0.0.1/rest", "redirects from http to ftp"),
        ("file:///etc/passwd", "redirects from http to file"),
        ("//portal.example/rest", "redirects to another host"),
        ("http://[", "redirects to what is no address (Invalid IPv6 URL)"),
        ("http://127.0.0.1:99999/rest", "redirects to what is no address"),
    ],
)
def test_redirects_away_are_refused(
    portal: StubPortal, cache: Path, location: str, stated: str
) -> None:
    portal.rules.append(Rule(redirect(location), kind="page", number=2))
    refused(portal, cache, stated)


def test_redirects_on_the_same_host_are_followed_but_not_for_ever(
    portal: StubPortal, cache: Path
) -> None:
    count = f"{portal.base}/Test_Districts/FeatureServer/0/query?returnCountOnly=true&f=json"
    portal.rules.append(Rule(redirect(count), kind="count", times=2))
    assert get(portal, cache)[0].areas == 14
    portal.rules.append(Rule(redirect(count), kind="count"))
    with pytest.raises(PortalError, match="more than 3 redirects"):
        get(portal, cache, refresh=True)


@pytest.mark.parametrize(
    ("url", "location", "allowed"),
    [
        ("https://a.example/x", "https://b.example/y", True),
        ("https://a.example/x", "/y", True),
        ("https://a.example/x", "http://a.example/y", False),
        ("https://a.example/x", "http://127.0.0.1/y", False),
        ("http://127.0.0.1:1/x", "http://127.0.0.1:2/y", True),
        ("http://127.0.0.1:1/x", "http://localhost:1/y", False),
    ],
)
def test_where_a_redirect_may_lead(url: str, location: str, allowed: bool) -> None:
    if allowed:
        assert transport._follow(url, location).endswith("/y")
    else:
        with pytest.raises(PortalError, match="redirects"):
            transport._follow(url, location)


@pytest.mark.parametrize(
    "base",
    ["https://mirror.example/rest/", "http://127.0.0.1:8000/rest", "http://localhost/rest",
     "http://[::1]:8000/rest"],
)  # fmt: skip
def test_https_and_loopback_are_allowed(base: str) -> None:
    assert check_base(base) == base.rstrip("/")


@pytest.mark.parametrize(
    "base",
    ["http://mirror.example/rest", "http://127.0.0.1.example/rest", "ftp://127.0.0.1/rest",
     "file:///rest", "mirror.example/rest", "https://user:secret@mirror.example/rest",
     "https://mirror.example/rest?token=1", "https://", "nonsense", "https://[",
     "https://mirror.example:99999/rest"],
)  # fmt: skip
def test_other_addresses_are_refused(
    base: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_ONS_BASE", base)
    with pytest.raises(SettingsError) as caught:
        fetch(SERVICE, cache, report=BufferReport())
    assert caught.value.where == "ATLAS_ONS_BASE"
    assert "secret" not in str(caught.value)


def test_the_environment_names_a_mirror(
    portal: StubPortal, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_ONS_BASE", portal.base + "/")
    assert fetch(SERVICE, cache, report=BufferReport()).url.startswith(portal.base)


# --- without a network -------------------------------------------------------------------


def closed_port() -> str:
    """An address on loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/rest/services"


def test_auto_without_a_network_says_so_in_one_line_at_once(cache: Path) -> None:
    report = BufferReport()
    started = time.monotonic()
    assert obtain(SERVICE, "auto", cache=cache, report=report, base=closed_port()) is None
    assert time.monotonic() - started < 1
    assert len(report.lines) == 1
    assert "127.0.0.1 can't be reached" in report.lines[0]
    assert "hexagons" in report.lines[0]
    assert "\n" not in report.lines[0]
    assert report.warnings == []
    assert files(cache) == []


def test_ons_without_a_network_is_an_error(cache: Path) -> None:
    base = closed_port()
    with pytest.raises(PortalError) as caught:
        obtain(SERVICE, "ons", cache=cache, report=BufferReport(), base=base)
    assert not caught.value.reachable
    assert base in caught.value.where
    assert "by hand" in caught.value.fix
    assert files(cache) == []


def _unresolvable(*args: object) -> None:
    raise socket.gaierror(-3, "Temporary failure in name resolution")


def _never_resolves(*args: object) -> None:
    time.sleep(20)


@pytest.mark.parametrize("resolver", [_unresolvable, _never_resolves])
def test_a_resolver_that_fails_or_hangs_costs_seconds(
    cache: Path, monkeypatch: pytest.MonkeyPatch, resolver: Callable[..., None]
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(transport.socket, "getaddrinfo", resolver)
    report = BufferReport()
    started = time.monotonic()
    base = "https://portal.example/rest/services"
    assert obtain(SERVICE, "auto", cache=cache, report=report, base=base) is None
    assert time.monotonic() - started < BRIEF.connect_s + 1
    assert "portal.example can't be reached: no network" in report.lines[0]


@pytest.mark.parametrize(
    "fault", [http_error(503), error_object(400, "Invalid URL"), cut_json, slow(30), drip(0.1)]
)
def test_auto_with_a_portal_that_answers_badly_goes_on_within_seconds(
    portal: StubPortal, cache: Path, fault: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert BRIEF.trouble_s + BRIEF.connect_s < 8
    monkeypatch.setattr(ons, "BRIEF", HASTY)
    portal.rules.append(Rule(fault, kind="page" if fault is cut_json else "any"))
    report = BufferReport()
    started = time.monotonic()
    assert obtain(SERVICE, "auto", cache=cache, report=report, base=portal.base) is None
    assert time.monotonic() - started < HASTY.trouble_s + 1
    assert len(report.lines) == 1
    assert "hexagons" in report.lines[0]
    assert files(cache) == []


# --- the real thing ----------------------------------------------------------------------


@needs_real
@pytest.mark.parametrize("formats", ["JSON, geoJSON", "JSON"])
def test_326_english_districts_come_through_in_pages(cache: Path, formats: str) -> None:
    service = service_for("lad", 2016, "generalised")
    with StubPortal(
        features_of(REAL), service=service.service, page_rows=100, formats=formats
    ) as portal:
        portal.rules.append(Rule(http_error(503), kind="page", number=2, times=1))
        layer, report = get(portal, cache, service)
        assert portal.kinds().count("page") == 5
    assert layer.areas == 391
    found = read_boundaries(layer.path, keep=("E",), report=report, kind="ons")
    true = read_boundaries(REAL, keep=("E",), report=BufferReport())
    assert len(found.frame) == 326
    assert list(found.frame["code"]) == list(true.frame["code"])
    assert list(found.frame["name"]) == list(true.frame["name"])
    assert found.repaired == true.repaired
    assert shapely.equals(
        shapely.normalize(found.frame.geometry.values),
        shapely.normalize(true.frame.geometry.values),
    ).all()


@needs_real
def test_326_english_districts_come_through_on_the_grid(cache: Path) -> None:
    service = service_for("lad", 2016, "generalised")
    with StubPortal(
        features_of(REAL), service=service.service, page_rows=100, epsg=27700, upper=True
    ) as portal:
        layer, report = get(portal, cache, service)
    found = read_boundaries(layer.path, keep=("E",), report=report, kind="ons")
    true = read_boundaries(REAL, keep=("E",), report=BufferReport())
    assert list(found.frame["code"]) == list(true.frame["code"])
    apart = shapely.hausdorff_distance(
        found.frame.geometry.to_crs(4326).values, true.frame.geometry.to_crs(4326).values
    )
    assert apart.max() < 1e-4
