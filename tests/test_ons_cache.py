"""What was fetched from the portal is kept, and serves where there is no network."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fetching import HASTY, SERVICE, files, get
from portal_stub import (
    Action,
    Rule,
    StubPortal,
    cut_json,
    drip,
    error_object,
    features_of,
    http_error,
    slow,
)

from generator.errors import PortalError, SourceError
from generator.report import BufferReport
from generator.sources.ons import cache as ons
from generator.sources.ons import transport
from generator.sources.ons.cache import (
    CachedLayer,
    obtain,
)
from generator.sources.ons.transport import BRIEF

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
