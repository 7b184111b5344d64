"""The portal's protocol, over loopback: which layers there are, and how one is downloaded whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from fetching import files, get, refused
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_stub import (
    Action,
    Rule,
    StubPortal,
    change,
    chunked,
    features_of,
    grid,
    gzipped,
    http_error,
)

from generator.errors import SettingsError
from generator.report import BufferReport
from generator.sources.boundaries import read_boundaries
from generator.sources.ons.cache import (
    OnsService,
    load_registry,
    named_service,
    service_for,
)

REAL = Path(__file__).resolve().parents[1] / "../shared/boundaries/lad_2016_uk_bsc.geojson"
needs_real = pytest.mark.skipif(not REAL.exists(), reason="the real boundary file is not here")

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
