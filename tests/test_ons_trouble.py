"""The portal in trouble: what passes is tried again, what stays is named, nothing half is kept."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from fetching import HASTY, Naps, get, refused
from portal_stub import (
    Action,
    Rule,
    StubPortal,
    body,
    change,
    chunked_cut,
    cut_json,
    cut_line,
    drip,
    error_object,
    grid,
    http_error,
    slow,
)

from generator.errors import PortalError
from generator.sources.ons import cache as ons
from generator.sources.ons.cache import (
    OnsService,
)
from generator.sources.ons.transport import BRIEF, THOROUGH, Patience, Transport

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
