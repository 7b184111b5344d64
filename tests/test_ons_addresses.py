"""Which addresses the portal may have, and where it may lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from fetching import SERVICE, get, refused
from portal_stub import (
    Rule,
    StubPortal,
    redirect,
)

from generator.errors import PortalError, SettingsError
from generator.report import BufferReport
from generator.sources.ons import transport
from generator.sources.ons.cache import (
    fetch,
)
from generator.sources.ons.transport import check_base

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
